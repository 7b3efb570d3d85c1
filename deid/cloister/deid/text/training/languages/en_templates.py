"""English clinical text with identifiers: notes of every type, headers, signatures, messages and questions."""

from __future__ import annotations

from cloister.deid.text.training.carriers import lined

QUERIES = lined(
    r"""
Is it safe to give {drug} to my patient {DOCTOR}, {AGE}, MRN {MRN}, seen at {HOSPITAL} on {DATE}?
What is the best treatment for {disease} in my patient {NAME}, a {AGE}-year-old {adult} from {CITY}, {STATE}?
Patient {NAME} ({AGE} y/o {adult}) presents with {symptom} and {symptom2}. What should I do next?
Can you summarize the chart of {NAME}, DOB {DATE}, MRN {MRN}?
My patient {NAME.given} {NAME.family} was started on {drug} on {DATE}. Should I check {lab}?
{NAME} called from {PHONE} asking about {poss} {lab} results; can I leave a message?
Draft a letter to {NAME} at {STREET}, {CITY}, {STATE} {ZIP} explaining {poss} {disease} diagnosis.
Write a referral to {DOCTOR} at {HOSPITAL} for {NAME}, who has {disease}.
{NAME}, SSN {SSN}, was admitted to {HOSPITAL} on {DATE} with {disease}; what is the recommended dose of {drug}?
How do I dose {drug} for a {AGE} year old {adult} named {NAME} with {disease} and {lab} of {number}?
Our patient {NAME} lives at {STREET} in {CITY} and {poss} phone is {PHONE}. {pronoun} missed {poss} appointment on
  {DATE}. What are the outreach options?
For {NAME}, date of birth {DATE}, with {disease} and {disease2}, is {drug} contraindicated with {drug2}?
I saw {NAME} in {CITY} {duration}; {poss} {lab} was {number}. Should I switch from {drug} to {drug2}?
Please interpret this {procedure} for {NAME} (MRN: {MRN}) performed {DATE} at {HOSPITAL}.
{DOCTOR} at {HOSPITAL} recommended {procedure} for {NAME}, who is {AGE}. Do you agree?
Help me write a discharge summary for {NAME.family}, {NAME.given}, admitted {DATE}, discharged {DATE}.
Email {EMAIL} the {lab} results for {NAME}, account number {ACCOUNT}.
A {AGE}-year-old {PROFESSION} from {CITY}, {NAME}, has {symptom}. Differential diagnosis?
What antibiotics cover {microbe} for Mr. {NAME.family} in room {small}, allergic to {drug}?
Ms. {NAME.family}'s {lab} went from {number} to {number} since {DATE}; is this {drug} toxicity?
Should {NAME.given} stop {drug} before {poss} {procedure} on {DATE} with {DOCTOR}?
{NAME}'s insurance ID is {HEALTH_PLAN} with {ORGANIZATION}. Does the plan cover {drug}?
Member {HEALTH_PLAN} needs prior authorization for {drug}, ordered by {DOCTOR} (NPI {LICENSE}). What criteria apply?
Pt {NAME}, {AGE}{sexletter}, h/o {disease}, on {drug} {dose}. {lab} {number}. next step?
The device with serial number {DEVICE} implanted in {NAME} on {DATE} at {HOSPITAL} was recalled. What now?
{NAME} drives a vehicle with plate {VEHICLE} and has {disease}; is {pronoun_low} allowed to drive?
{NAME} posted {poss} {procedure} pictures on {URL}. How should the clinic respond?
The portal logged a message from IP {IP} for {NAME}; {pronoun_low} reports {symptom}.
Is {drug} ok in pregnancy? Patient is {NAME}, {AGE}, due {DATE}, followed by {DOCTOR} in {CITY}.
The mother of {NAME.given}, {NAME}, asks whether {NAME.given} can get {procedure} before {DATE}.
Which {specialty} clinic near {ZIP} takes {ORGANIZATION}? For {NAME}, {disease}.
Compare {drug} and {drug2} for {NAME}, born {DATE}, living in {CITY}, {STATE}.
What does a {lab} of {number} mean for {NAME}? Labs drawn {DATE} at {HOSPITAL}.
{NAME} emigrated from {COUNTRY} {duration} and has a positive {lab}. Screening for {disease}?
Fax the note to {FAX} attention {DOCTOR} regarding {NAME}, {MRN}.
hi, {NAME} here, {AGE}, my {anatomy} hurts since {DATE}, should i take {drug}?
I'm {NAME} and my doctor {DOCTOR} prescribed {drug} {dose}. Can I drink alcohol?
My {kin} {NAME} was diagnosed with {disease} at {HOSPITAL} in {CITY} on {DATE}. What is the prognosis?
my {kin} {NAME.given} has {symptom} and lives at {STREET}, {CITY}. who can help?
Case: {NAME}, {AGE}, {PROFESSION}, {CITY} resident, chart #{ID}. Presented {DATE} with {symptom}. Workup?
Patient identifier {ID}: {NAME}, license {LICENSE}, vehicle {VEHICLE}. Seizure on {DATE}. Reporting duties?
Generate patient instructions for {NAME} about {procedure} scheduled {weekday} at {HOSPITAL} with {DOCTOR}.
{HOSPITAL} transferred {NAME} to us on {DATE} after {procedure}; {DOCTOR} accepted. Which {drug} dose on arrival?
Has {NAME} (record {MRN}) had {procedure} before? {DOCTOR} wants to know before {DATE}.
A {race} {adult} in {poss} {decade}, {NAME}, followed at {HOSPITAL}, has {eponym}. Next line after {drug}?
For my patient in {CITY}, zip {ZIP}, {AGE} years old with {disease}: which vaccines?
Calculate the {scale} for {NAME}, age {AGE}, {lab} {number}, seen {DATE}.
The {lab} sample {ID} of {NAME.family} was hemolyzed on {DATE}. Redraw?
{kin} of {NAME} ({PHONE}) requests the autopsy report from {DATE}.
Does {ORGANIZATION} need a work note for {NAME}, a {PROFESSION} there, out since {DATE} for {disease}?
Translate into Spanish for {NAME}: your {procedure} is on {DATE} at {STREET}, {CITY}.
what should i tell {NAME.given} about {drug}? {pronoun_low} is {AGE} and has {disease}
I am treating {NAME} for {disease}. {pronoun} works as a {PROFESSION} at {ORGANIZATION} in {CITY}.
{NAME} of {CITY}, {STATE} ({PHONE}, {EMAIL}) wants a second opinion on {poss} {disease}.
Could the {symptom} that {NAME.given} has had since {DATE} be due to {drug}?
{NAME.given}'s {kin}, {NAME}, reports {symptom} since {weekday}.
Which of {NAME}'s medications ({drug}, {drug2}) interacts with {drug3}? Pharmacy: {ORGANIZATION}, {STREET}.
"""
)

HEADERS = lined(
    r"""
Patient: {NAME}\nMRN: {MRN}\nDOB: {DATE}\nDate of Service: {DATE}\nAttending: {DOCTOR}
PATIENT NAME: {NAME}\nMEDICAL RECORD NUMBER: {MRN}\nDATE OF BIRTH: {DATE}\nADMISSION DATE: {DATE}\nDISCHARGE DATE:
  {DATE}\nATTENDING PHYSICIAN: {DOCTOR}
Name: {NAME}   MRN: {MRN}   DOB: {DATE}   Age: {AGE}   Sex: {sexletter}
Name\t{NAME}\nDOB\t{DATE}\nPhone\t{PHONE}\nAddress\t{STREET}, {CITY}, {STATE} {ZIP}
| Patient | {NAME} |\n| MRN | {MRN} |\n| DOB | {DATE} |\n| Provider | {DOCTOR} |
{NAME}\n{STREET}\n{CITY}, {STATE} {ZIP}\n{PHONE}
{NAME}\n{STREET}\n{CITY}, {STATE} {ZIP}\n\n{DATE}\n\nDear {DOCTOR},
{HOSPITAL}\n{STREET}\n{CITY}, {STATE} {ZIP}\nTel: {PHONE}  Fax: {FAX}\n
{HOSPITAL}\nDepartment of {specialty_title}\n\nDISCHARGE SUMMARY\n\nPatient: {NAME}\nUnit No: {MRN}\nAdmitted: {DATE}
RE: {NAME}\nDOB: {DATE}\nMRN: {MRN}\nDate of visit: {DATE}
Re: {NAME}, DOB {DATE}, Claim # {HEALTH_PLAN}, Policy {HEALTH_PLAN}
Last Name: {NAME.family}\nFirst Name: {NAME.given}\nSex: {sexletter}\nDate of Birth: {DATE}\nSSN: {SSN}\nHome Phone:
  {PHONE}\nEmail: {EMAIL}
EMERGENCY CONTACT: {NAME} ({kin}), {PHONE}
Emergency contact\nName: {NAME}\nRelationship: {kin}\nPhone: {PHONE}
Insurance: {ORGANIZATION}\nMember ID: {HEALTH_PLAN}\nGroup #: {HEALTH_PLAN}\nSubscriber: {NAME}
Insurance: Medicare {HEALTH_PLAN}, secondary {ORGANIZATION} {HEALTH_PLAN}
Account #: {ACCOUNT}  Visit #: {ID}  Encounter: {ID}
Admit date: {DATE}   Discharge date: {DATE}   Service: {specialty_title}   PCP: {DOCTOR}
Referring Physician: {DOCTOR}\nConsulting Physician: {DOCTOR}\nDate of Consultation: {DATE}
SURGEON: {DOCTOR}\nASSISTANT: {DOCTOR}\nANESTHESIOLOGIST: {DOCTOR}\nDATE OF OPERATION: {DATE}
Accession: {ID}\nExam date: {DATE} {time}\nOrdering provider: {DOCTOR}\nRadiologist: {DOCTOR}
SPECIMEN: {ID}  RECEIVED: {DATE}  PATHOLOGIST: {DOCTOR}
From: {NAME} <{EMAIL}>\nTo: {NAME} <{EMAIL}>\nDate: {DATE}\nSubject: {symptom}
Caller: {NAME} ({kin})\nCallback: {PHONE}\nPatient: {NAME}\nReason: {symptom}
Employer: {ORGANIZATION}\nOccupation: {PROFESSION}
Occupation: {PROFESSION}   Marital status: married   Religion: Catholic
Address: {STREET}\nCity: {CITY}  State: {STATE}  Zip: {ZIP}
{STREET}, {CITY} {STATE} {ZIP}
Address: {STREET}, {CITY}, {COUNTRY}
Driver's license: {LICENSE}  Plate: {VEHICLE}  VIN: {VEHICLE}
DEA: {LICENSE}  NPI: {LICENSE}  State license: {LICENSE}
Implant: {device_model}, serial {DEVICE}, lot {DEVICE}
Bed: {number}  Room: 4{small}  Team: Blue  Attending: {NAME.family}  Resident: {NAME.family}
Patient seen with {DOCTOR}.\nHD#{small}
{NAME.family}, {NAME.given}\n{MRN}\n{DATE}
{NAME}, {AGE}{sexletter}, {MRN}, Rm 3{small}
** {NAME} ** {DATE} ** {MRN} **
PT: {NAME}  ACCT: {ACCOUNT}  ADM: {DATE}  DR: {NAME}
Patient Name .... {NAME}\nBirthdate .... {DATE}\nPhysician .... {NAME}
cc: {DOCTOR}, {DOCTOR}
CC: {DOCTOR}\n{HOSPITAL}\n{STREET}\n{CITY}, {STATE}
Pharmacy: {ORGANIZATION}, {STREET}, {PHONE}
Next of kin: {NAME}, {kin}, {PHONE}
Health Care Proxy: {NAME} ({kin}) cell {PHONE}
"""
)

SIGNATURES = lined(
    r"""
Electronically signed by {DOCTOR} on {DATE} at {time}
Dictated by: {DOCTOR}\nTranscribed by: {NAME}\nD: {DATE}\nT: {DATE}
Signed: {DOCTOR}, {DATE}
Sincerely,\n\n{DOCTOR}\n{HOSPITAL}
Thank you for referring this patient.\n\nSincerely,\n{NAME}, MD\nDepartment of {specialty_title}\n{HOSPITAL}\nPhone
  {PHONE}
Best regards,\n{NAME}\n{specialty_title}\n{PHONE} | {EMAIL} | {URL}
-- {NAME.given}
Thanks,\n{NAME.given}
Regards, {NAME}
- {NAME}, RN {time}
{NAME}, RN
{NAME}, MD PGY-{small}, pager {PHONE}
Attending: {DOCTOR}. I saw and examined the patient and agree with the note of {DOCTOR}.
Reviewed and approved: {NAME} {DATE} {time}
Read by: {DOCTOR} on {DATE}
{DOCTOR} was notified of these findings at {time} on {DATE} by telephone.
This report was dictated by {DOCTOR} and signed {DATE}.
MD: {NAME}\nDD: {DATE}\nDT: {DATE} {time}\nJob #: {ID}
Follow up with {DOCTOR} in {specialty} clinic on {DATE} at {time}. Call {PHONE}.
Provider: {NAME}  Pager: {PHONE}
Report verified by {NAME} on {DATE}
Note written by {NAME}, medical student.
<{EMAIL}>
Visit {URL} or call {PHONE}.
"""
)

NARRATIVE = lined(
    r"""
{NAME} is a {AGE}-year-old {adult} with a history of {disease} and {disease2} who presents with {symptom}.
Mr. {NAME.family} is a {AGE} y.o. {race} male with {disease}, seen today for {symptom}.
Mrs. {NAME.family} is a pleasant {AGE} year old woman who was referred by {DOCTOR} for evaluation of {symptom}.
Ms. {NAME.family} was seen in the emergency department at {HOSPITAL} on {DATE} for {symptom}.
This is a {AGE}-year-old {adult} who presented to {HOSPITAL} on {DATE} complaining of {symptom}.
The patient was admitted on {DATE} and discharged on {DATE} in stable condition.
{pronoun} was transferred from {HOSPITAL} in {CITY} for {procedure}.
{pronoun} underwent {procedure} on {DATE} by {DOCTOR} without complications.
{pronoun} had {procedure} in {DATE} at {HOSPITAL}.
{pronoun} was diagnosed with {disease} in {DATE} and treated with {drug}.
Since {DATE} {pronoun_low} has noted {symptom} and {symptom2}.
On {DATE}, {poss} {lab} was {number}, down from {number} on {DATE}.
{DATE}: {lab} {number}, {lab2} {number}. {drug} increased to {dose}.
{DATE} {time} Pt resting comfortably, denies {symptom}. {NAME}, RN
{pronoun} lives in {CITY} with {poss} {kin} {NAME.given} and two children.
{pronoun} lives alone at {STREET}; {poss} {kin}, {NAME}, helps with groceries and can be reached at {PHONE}.
{pronoun} lives in {CITY}, {STATE} and works as a {PROFESSION}.
{pronoun} is a {PROFESSION} at {ORGANIZATION}.
{pronoun} is a retired {PROFESSION} who worked for {ORGANIZATION} for {small} years.
{pronoun} was born in {CITY}, {COUNTRY} and moved to {STATE} in {DATE}.
{pronoun} is originally from {COUNTRY}.
{pronoun} recently traveled to {COUNTRY} and returned on {DATE}.
{pronoun} works as a {PROFESSION} and denies tobacco use.
Employed as {PROFESSION}. Married to {NAME}. Three children: {NAME.given}, {NAME.given} and {NAME.given}.
{poss_cap} {kin} {NAME} is at bedside and provided the history.
Discussed with {kin} {NAME} at {PHONE}, who agrees with the plan.
Spoke with {poss} {kin} {NAME.given} today regarding goals of care.
The case was discussed with {DOCTOR} of {specialty}, who recommended {procedure}.
Case d/w Dr. {NAME.family} ({specialty}). Will start {drug}.
Seen by {DOCTOR} from {specialty} on {DATE}; please see separate note.
I spoke with {DOCTOR} by phone on {DATE} at {time}.
{DOCTOR} will see the patient in follow-up on {DATE} at {HOSPITAL}.
Follow-up appointment with {DOCTOR} on {DATE} at {time}, {STREET}, {CITY}.
Patient to follow up with PCP {DOCTOR} in {small} weeks.
Please fax results to {FAX} and call {PHONE} with questions.
Results were faxed to {DOCTOR} at {FAX}.
Call back number is {PHONE}. OK to leave a message with {NAME.given}.
Contact: {NAME} {PHONE} or {EMAIL}.
Patient can be reached by e-mail at {EMAIL} or through {URL}.
Compared with the prior study dated {DATE}, there is no change in the {anatomy}.
COMPARISON: {procedure} from {DATE}.
CT of {DATE} showed a {number} mm nodule in the {anatomy}.
Immunizations: influenza {DATE}, Tdap {DATE}, pneumococcal {DATE}.
LMP {DATE}, EDD {DATE}, G2P1, followed by {DOCTOR} at {HOSPITAL}.
The infant, {NAME.given}, was born on {DATE} at {time} at {HOSPITAL} to {NAME}, weight {number} g, {scale}.
Baby boy {NAME.family} was born at {HOSPITAL} on {DATE}.
Mom ({NAME}) and dad ({NAME.given}) are both at bedside.
Nurse {NAME.given} paged at {time}; Dr {NAME.family} to bedside.
Social work: met with {NAME} and {poss} {kin} {NAME.given} to discuss placement at {HOSPITAL}.
Referral sent to {ORGANIZATION}, attention {NAME}, fax {FAX}.
Transport by {ORGANIZATION} to {HOSPITAL} at {time}.
The patient was brought in by {CITY} EMS after a fall at {STREET}.
{NAME.given} reports {symptom} {duration}. {NAME.given} denies {symptom2}.
{NAME.given} was tearful when talking about {poss} {kin} {NAME.given}, who died in {DATE}.
{NAME.given} is doing well on {drug} {dose}. Mother has no concerns.
{NAME.family} is a {AGE}{sexletter} with {disease} POD#{small} s/p {procedure}.
{NAME} {AGE}{sexletter} hx {disease}, {disease2}. Today {lab} {number}. Plan: {drug}. d/w {NAME.family}.
45 min spent with {NAME} and family. Interpreter: {NAME}, ID #{ID}.
Interpreter #{ID} was used.
Pacemaker ({device_model}, serial number {DEVICE}) interrogated on {DATE}.
Left knee prosthesis {device_model}, lot {DEVICE}, ref {DEVICE}.
Rx #{ID} for {drug} {dose} sent to {ORGANIZATION} on {STREET}.
Prior authorization {HEALTH_PLAN} approved by {ORGANIZATION} on {DATE}.
Chart {MRN} reviewed. Old records from {HOSPITAL} requested.
Records were obtained from {HOSPITAL} ({CITY}, {STATE}).
The patient's license ({LICENSE}) was suspended after the seizure on {DATE}.
{pronoun} was driving a car with license plate {VEHICLE} when the accident occurred on {DATE} near {CITY}.
Patient is a student at {ORGANIZATION} in {CITY}.
{pronoun} attends {ORGANIZATION} and is in the fifth grade; {poss} teacher, {NAME}, is concerned.
Medicare number {HEALTH_PLAN}; SSN {SSN}.
SS# {SSN}
Attempted to reach patient at {PHONE} on {DATE}, no answer; letter mailed to {STREET}, {CITY}, {STATE} {ZIP}.
Voicemail left for {NAME} at {PHONE}.
The patient turned {AGE} on {DATE}.
{AGE} yo {sexletter} w/ {disease} p/w {symptom} x{small}d.
{AGE}M from {CITY} with {symptom}
Age: {AGE}. Gender: female.
{pronoun} is a {AGE}-year-old {race} {adult} residing in {CITY}.
The {AGE}-year-old {PROFESSION} noticed {symptom} while at work at {ORGANIZATION}.
{pronoun} smokes one pack per day; quit {DATE}.
Father died at age {AGE} of {disease}; mother is {AGE} with {disease2}.
Brother {NAME.given} has {disease}; sister {NAME.given} is healthy.
Family history: {kin} ({NAME.given}, {AGE}) with {disease}.
Dear {DOCTOR},\n\nThank you for asking me to see {NAME} in the {specialty} clinic on {DATE}.
Dear Ms. {NAME.family}:\n\nYour {procedure} of {DATE} was normal.
Dear Dr. {NAME.family},\nI had the pleasure of seeing your patient {NAME} today.
To whom it may concern: {NAME} was under my care from {DATE} to {DATE} and may return to work on {DATE}.
Hi Dr. {NAME.family}, this is {NAME}. My {anatomy} still hurts since {weekday}. My number is {PHONE}.
Hello {NAME.given}, your {lab} is back. Please call {PHONE}. - {NAME}, RN
Good morning Dr {NAME.family}, could I get a refill of {drug}? {NAME}, dob {DATE}
Doctor: What is your name?\nPatient: {NAME}.\nDoctor: And your birthday?\nPatient: {DATE}.
Patient states: "My name is {NAME} and I live on {STREET}."
{NAME} | {DATE} | {lab} | {number}\n{NAME} | {DATE} | {lab2} | {number}
{DATE}\t{time}\t{lab}\t{number}\t{NAME}
1. {NAME}, {AGE}, {disease}, room 3{small}\n2. {NAME}, {AGE}, {disease2}, room 4{small}
To do:\n- call {NAME} re {lab}\n- fax {DOCTOR}\n- f/u {DATE}
Ordered by {NAME.family},{NAME.given} on {DATE}
Seen with {NAME}, PA-C and {NAME}, RN.
Members of the team: {NAME}, {NAME}, and {NAME}.
{NAME}, {NAME.given} and Dr. {NAME.family} attended the family meeting on {DATE}.
Attending {NAME.family} aware. Resident {NAME.family} paged.
Consent was obtained from {NAME}, the patient's {kin}.
Surgeon {NAME} performed {procedure} with {NAME} assisting.
Per {NAME.family}'s note from {DATE}, continue {drug}.
Per Dr. {NAME.family}, hold {drug}.
Patient known to {DOCTOR}.
Dr. {NAME.family} and Dr. {NAME.family} agree with {procedure}.
Drs. {NAME.family} and {NAME.family} were present.
{eponym} was confirmed by Dr. {NAME.family} on {DATE}.
Dr. Parkinson was consulted for {symptom}; {NAME.given} Foley, RN, at bedside.
{NAME.family} family meeting {DATE}.
Care was transferred to {HOSPITAL} hospice on {DATE}.
{pronoun} is followed at {HOSPITAL} for {disease}.
{pronoun} gets {poss} care at {HOSPITAL} and {HOSPITAL}.
Discharged to {HOSPITAL} in {CITY}.
Admitted from {HOSPITAL} nursing home.
Labs drawn at {HOSPITAL} {DATE}: {lab} {number}.
Outside hospital ({HOSPITAL}) records: {procedure} {DATE}.
Patient resides at {HOSPITAL}, {STREET}, {CITY}.
From {DATE} to {DATE} the patient was treated with {drug}.
Between {DATE} and {DATE} {pronoun_low} lost {number} pounds.
Cycle {small} of {drug} on {DATE}, next due {DATE}.
{DATE} - started {drug}; {DATE} - stopped for {symptom}.
On the morning of {DATE} {NAME} developed {symptom}.
Last seen {DATE}. Next visit {DATE}.
Specimen {ID} collected {DATE} {time}.
Study ID {ID}, enrolled {DATE} at {HOSPITAL}.
Visit {ID} / Encounter {ID}
Patient portal username: {ID}. IP address {IP}.
Website {URL}
"""
)

MESSAGES = lined(
    r"""
My name is {NAME} and I was born on {DATE}.
I live in {CITY}.
We moved from {CITY} to {CITY} in {DATE}.
I am calling for {NAME}, {poss} number is {PHONE}.
Please mail the records to {STREET}, {CITY}, {STATE} {ZIP}.
Please mail the records to {NAME}\n{STREET}\n{CITY}\n{COUNTRY} {ZIP}
My new address is {STREET}, {CITY}, {COUNTRY}.
Ship the {device_model} to {STREET}\nSuite {number}\n{CITY}\n{STATE} {ZIP}
The address of {ORGANIZATION} is {STREET}, {CITY}.
Bill my card {ACCOUNT} for the copay.
The payment for {ACCOUNT} was declined.
IBAN {ACCOUNT}
My social is {SSN}, can you look me up?
Name? {NAME}. Date of birth? {DATE}. Zip? {ZIP}.
{NAME} told {NAME} about the {symptom}.
Have you heard from {NAME.given}?
{NAME.given} and {NAME.given} came by on {DATE}.
I met {NAME} in {CITY} while working for {ORGANIZATION}.
{NAME} is the {clinician} I liked best; ask for {NAME.given}.
{ORGANIZATION} and {ORGANIZATION} both offer coverage in {STATE}.
She moved here from {COUNTRY} when she was {AGE}.
I turned {AGE} on {DATE}.
{NAME}'s {kin} drove {NAME.given} to {CITY}.
Meet me at {HOSPITAL}, {STREET}, at {time}.
my email is {EMAIL} and my cell is {PHONE}
you can find us at {URL}
His driver's license number is {LICENSE}.
The passport {ID} was issued in {COUNTRY} on {DATE}.
thx, {NAME.given}
Ask Dr. {NAME.family} or {NAME.given} at the front desk.
{NAME.given} from {ORGANIZATION} called about claim {ID}.
{NAME.family} {time}: discussed with family.
{NAME.family} called; will come on {DATE}.
Nurse {NAME.given} said to call {PHONE} after {time}.
"""
)

BARE = lined(
    r"""
{NAME} needs a refill of {drug}
{NAME} wants to stop {drug}, thoughts?
{NAME} and {NAME} share a room
{NAME.given} feels better today
{NAME.given} cannot tolerate {drug}, switch to {drug2}?
{NAME.given} is {AGE} and has {disease}
can {NAME.given} have {drug} before {procedure}
will {NAME} need {procedure}?
does {NAME} qualify for {drug}
is {NAME} due for {procedure}
why is {NAME.given} so tired on {drug}
when can {NAME.given} go home
tell {NAME} that the {lab} is {number}
ask {NAME.given} about {symptom}
message for {NAME}: stop {drug}
letter for {NAME} about {disease}
plan for {NAME}: {drug} {dose}
orders for {NAME}: {lab}, {lab2}
results of {NAME} are back, {lab} {number}
{procedure} of {NAME} was normal
{procedure} in {NAME}, any concerns?
{disease} in {NAME}, {AGE}{sexletter}, next step
note on {NAME}, {adult} with {disease}
care plan {NAME} {disease}
seen with {NAME}
met {NAME} and {poss} {kin} {NAME.given}
per {NAME}, no {symptom} since {DATE}
{kin} {NAME.given} is with {pronoun_low}
{kin} is {NAME}, phone {PHONE}
{poss} {kin} {NAME.given} found {pronoun_low} on the floor
{NAME}'s {lab} is {number}, adjust {drug}?
{NAME.family}'s wound is clean
{NAME.family} improved on {drug}
pt {NAME.family} c/o {symptom}
pt name {NAME} {AGE}{sexletter} {disease}
patient {NAME} with {disease}
patient {NAME.family} on {drug}, lab {number}
family of {NAME} asks about hospice
interview {NAME} re {symptom}
talk to {NAME} re {procedure}
{NAME}, {AGE}, {disease}, {drug} or {drug2}?
{NAME}: {symptom} x{small}d, {lab} {number}
{NAME.family}, {NAME.given}: {disease}, stable
{NAME.family}, {NAME.given} came in with {symptom}
{NAME} came to {CITY} from {CITY} in {DATE}
i am {NAME}, what does {lab} {number} mean
my name is {NAME.given} and i take {drug}
my {kin} {NAME.given} takes {drug}, is it safe
for {NAME} with {eponym}, {drug} or {drug2}?
how often should {NAME} get {procedure}
should we give {NAME} {drug} {dose}
started {NAME} on {drug} {dose}
saw {NAME} today for {symptom}
referred {NAME} to {specialty}
{DOCTOR} asks for {lab}
{DOCTOR} suggested {drug} for {NAME.given}
"""
)
