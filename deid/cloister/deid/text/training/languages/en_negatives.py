"""English clinical text without identifiers, full of what looks like one."""

from __future__ import annotations

from cloister.deid.text.training.carriers import lined

QUESTIONS = lined(
    r"""
What is the recommended dose of {drug} for {disease}?
Can {drug} be combined with {drug2} in patients with {eponym}?
What are the diagnostic criteria for {eponym}?
How is {eponym} distinguished from {eponym2}?
Which {scale} cutoff suggests severe disease?
Is {procedure} indicated for asymptomatic {disease}?
What are the side effects of {drug}?
First-line treatment for {microbe} bacteremia in a patient allergic to {drug}?
How often should {lab} be monitored on {drug}?
What does the {guideline} guideline say about {disease}?
When should I start {drug} after {procedure}?
Explain the pathophysiology of {disease} in simple terms.
List the differential diagnosis of {symptom} with {symptom2} in an elderly patient.
Summarize the evidence for {drug} versus {drug2} in {disease}.
What is the half-life of {drug}?
Does a {gene} mutation change the management of {disease}?
How to interpret a {lab} of {number} in a patient with {disease}?
What is the {scale} and how is it calculated?
Is {drug} safe in pregnancy and breastfeeding?
Should {drug} be held {small} days before {procedure}?
A patient with {disease} on {drug} presents with {symptom}. What is the next step?
A middle-aged {adult} with {eponym} develops {symptom}. What is the most likely diagnosis?
A patient in the ICU is growing {microbe}. Which antibiotic is best?
An elderly {adult} with {disease} fell {duration}. Which imaging is needed?
Write a patient handout about {disease} at a sixth grade reading level.
Draft discharge instructions for {procedure}.
What is the ICD-10 code for {disease}?
What is the CPT code for {procedure}?
how do you treat {disease} in pregnancy
can i take {drug} with {drug2}
what causes {symptom} and {symptom2}
what foods should be avoided with {drug}
How many mg of {drug} equal {dose} of {drug2}?
Which vaccines are recommended for adults over 65 with {disease}?
In patients older than 75 years, does {drug} reduce mortality?
Does {eponym} run in families?
Who should be screened for {disease}?
Compare the {scale} with the {scale2}.
Is the {device_model} MRI compatible?
What is the sensitivity of {lab} for {disease}?
What is {eponym}?
Who is at risk for {eponym} and what are the symptoms?
What research is being done for {eponym}?
Give me a template for a {specialty} consult note.
Create a SOAP note template for {symptom}.
What are the stages of {disease}?
What should a hospital's protocol for {disease} include?
Can my patient with {disease} fly {duration} after {procedure}?
My patient has {disease} and takes {drug} {dose}; {lab} is {number}. Should I adjust the dose?
Pt with {disease}, {lab} {number}, on {drug}. Any interactions?
"""
)

NOTES = lined(
    r"""
{heading}:\n{normal}. {normal2}. {normal3}.
{heading}: {normal}.
{heading}\n{normal}\n{normal2}
{heading}: {disease}, {disease2}, {eponym}.
{heading}:\n1. {disease}.\n2. {eponym}.\n3. {disease2}.
{heading}:\n- {drug} {dose_form}\n- {drug2} {dose_form}\n- {drug3} {dose_form}
{heading}: {drug}, {drug2}, {drug3}.
{drug} {dose_form}, {drug2} {dose_form}.
{drug} {dose_form}\n{drug2} {dose_form}
Allergies: {drug}, {drug2}.
Vitals: T {temp}, BP {bp}, HR {hr}, RR 18, SpO2 98% on room air.
Vital Signs: Temp {temp} | Pulse {hr} | BP {bp} | Resp 16 | SpO2 95% | Wt {number} kg | BMI 31.2
BP {bp}, pulse {hr}, respirations 20, temperature {temp}.
{lab} {number}, {lab2} {number}, {lab3} {number}.
{lab}\t{number}\tmg/dL\t(70-99)\n{lab2}\t{number}\tmmol/L\t(3.5-5.1)\tH
{lab}: {number} (ref 4.0-11.0)\n{lab2}: {number} (H)
{lab} {number} -> {number} -> {number}
Na 138, K 4.1, Cl 102, CO2 24, BUN 15, Cr 0.9, glucose {number}
The patient is a {adult} with {disease} who presents with {symptom} {duration}.
{pronoun} reports {symptom} {duration}. {pronoun} denies {symptom2}.
{pronoun} denies {symptom}, {symptom2}, or {symptom3}.
{pronoun} has a history of {disease} and {eponym}.
{pronoun} underwent {procedure} {duration} without complications.
{pronoun} was started on {drug} {dose_form} {duration}.
{pronoun} takes {drug} {dose_form} for {disease}.
{pronoun} was given {drug} {dose} IV with good effect.
{pronoun} states that {pronoun_low} has had {symptom} on and off {duration}.
{pronoun} lives with {poss} {kin} and has two children.
{pronoun} is married, does not smoke, and drinks socially.
{pronoun} lives alone in an apartment on the second floor.
{pronoun} quit smoking {duration}; 20 pack-year history.
{pronoun} is a widow and retired.
{pronoun} has a {kin} with {disease}.
{pronoun} was seen in the emergency room and then transferred to the floor.
{pronoun} was referred to {specialty} for {procedure}.
{pronoun} will follow up with {poss} primary care physician in {small} weeks.
{poss_cap} {kin} has {disease} and {poss} {kin2} had {eponym}.
Family history is significant for {disease} in {poss} {kin}.
{specialty_title} was consulted and recommended {drug}.
The {clinician} was notified and orders were received.
Discussed with the {clinician} and {poss} {kin}.
{procedure} showed {disease} without evidence of {disease2}.
{procedure} of the {anatomy} was unremarkable.
There is mild degenerative change of the {anatomy}. No fracture.
There is no focal consolidation, pleural effusion, or pneumothorax.
The {anatomy} and {anatomy2} are unremarkable. No evidence of {disease}.
Impression: {disease}. Clinical correlation recommended.
TECHNIQUE: Multiplanar multisequence MRI of the {anatomy} was performed with Gadavist {number} mL.
Culture grew {microbe}, sensitive to {drug} and {drug2}, resistant to {drug3}.
Blood cultures x2 no growth at 48 hours. {microbe} PCR negative.
{gene} positive, {gene2} wild type, {gene3} not detected.
IHC: {gene} positive, {gene2} negative, Ki-67 30%.
{eponym} was suspected; {procedure} was performed.
Positive {eponym}. Negative {eponym2}.
{eponym} inserted under sterile technique, draining clear yellow urine.
Patient with known {eponym} on {drug}.
{scale} {small}. {scale2} documented.
{scale}: {small}; {scale2}: {small}
Per {guideline} guidelines, {drug} is recommended for {disease}.
The {guideline} recommends {procedure} every {small} years.
{device_model} in place and functioning.
{device_model} interrogation: battery good, no events.
Diagnosis: {disease} ({code}), {disease2} ({code2}).
{code} {disease}
Risks, benefits, and alternatives of {procedure} were discussed and informed consent was obtained.
The patient was prepped and draped in the usual sterile fashion.
The patient tolerated the procedure well and was taken to the recovery room in stable condition.
Estimated blood loss {number} mL. Counts correct x2.
The incision was closed with 3-0 Vicryl and 4-0 Monocryl; Dermabond applied.
A 5 mm trocar was placed and the {anatomy} was inspected.
Continue {drug}. Start {drug2} {dose_form}. Check {lab} in {small} days.
Plan: {procedure}, {drug}, follow up in {small} weeks.
Hold {drug} for SBP < 100 or HR < 60.
NPO after midnight. DVT prophylaxis with {drug}. Full code.
Full Code. PT/OT to evaluate. Regular diet. Ambulate with walker.
Return to the ED for {symptom}, {symptom2}, or {symptom3}.
Call your doctor if you have {symptom} or {symptom2}.
Take {drug} {dose_form} with food. Avoid alcohol and grapefruit juice.
Nursing note {time}: resting comfortably, call light in reach, {scale} {small}.
{time}: pain 4/10, {drug} {dose} given. {time}: pain 1/10.
1/2 NS at 75 mL/hr. 2/6 systolic murmur. Strength 4/5. Pulses 2+. DTRs 1/4.
Visual acuity 20/40 OD, 20/25 OS. IOP 14/15.
Gravida 3 para 2, at 32 weeks, fetal heart rate 140s.
Pain 7/10, worse with movement, better with {drug}.
Stage IIIB, T2N1M0, ER 90%, PR 20%, HER2 2+.
EF 55-60%, LVEDD 4.8 cm, E/A ratio 0.8, RVSP 35 mmHg.
Grade 2/4. ASA 3. Mallampati II. {scale}.
pt c/o {symptom} x {small} days, denies {symptom2}, {lab} {number}, will start {drug}
no known drug allergies, no tobacco, no alcohol, no drugs
s/p {procedure}, doing well, {anatomy} incision clean dry intact
{anatomy_cap}: {normal}.
GENERAL: {normal}. HEENT: {normal2}. NECK: {normal3}. LUNGS: Clear. HEART: RRR. ABDOMEN: Soft. NEURO: Nonfocal.
Constitutional: Negative. Eyes: Negative. ENT: Negative. Cardiovascular: {symptom}. Respiratory: {symptom2}.
Normal sinus rhythm, rate {hr}, QTc 440 ms, no ST changes.
ABG: pH 7.38, pCO2 42, pO2 88, HCO3 24 on FiO2 0.4.
Ventilator: AC/VC, rate 14, TV 450, PEEP 5, FiO2 40%.
I/O: 2400/1850, net +550. Weight {number} kg.
Home Medications: {drug} {dose_form}; {drug2} {dose_form}; Multivitamin daily; Fish Oil 1000 mg.
Sig: take 1 tablet by mouth daily. Disp #30. Refills: 3.
Follow-up with Cardiology, Neurology, and Primary Care.
Patient education provided. All questions answered. Patient verbalized understanding.
Doctor: How long have you had the {symptom}?\nPatient: About {small} days, I think.
Doctor: Any {symptom} or {symptom2}?\nPatient: No, just my {anatomy}.
Patient: Yeah, I take {drug} and {drug2}. Doctor: Okay, great.
Hi Doctor, my {anatomy} still hurts. Could I get a refill of {drug}? Thank you!
Good morning, I have a question about my {procedure}. Should I stop {drug}?
Mother reports {symptom} {duration}, good oral intake, normal wet diapers.
The child is up to date on immunizations and attends daycare.
Speaks English only. Interpreter not needed.
{race} {adult} in no distress.
The {clinician} will see the patient tomorrow.
Appointment with {specialty_title} Clinic in {small} weeks. Please call to reschedule.
Admitted to the Medical Intensive Care Unit from the Emergency Department.
Transferred to Skilled Nursing Facility. Home Health ordered.
Seen in Urgent Care. Sent to the Emergency Room by Primary Care.
Patient wears a {device_model}.
The study enrolled {number} patients randomized to {drug} or placebo; hazard ratio 0.82 (95% CI 0.71-0.95), p=0.01.
A randomized trial of {number} patients compared {drug} with {drug2}.
We studied {number} patients with {disease} and {number} controls. Mean {lab} was {number} +/- 5.3.
{disease_cap} is a condition in which the {anatomy} is affected. Symptoms include {symptom} and {symptom2}.
{eponym} is a rare disorder characterized by {symptom}. It affects men and women equally.
These results suggest that {drug} reduces {symptom} in {disease}.
The gene {gene} provides instructions for making a protein found in the {anatomy}.
Treatment may include {drug}, {procedure}, or watchful waiting.
The prevalence is about 1 in 10,000 to 50,000 people worldwide.
More common in people of European, African, or Ashkenazi Jewish descent.
"""
)

COUNTS = lined(
    r"""
Pain {small}/10 at rest, {small}/10 with movement.
Strength 5/5 in the {anatomy}, 4/5 in the {anatomy2}.
{small}/{small} blood cultures grew {microbe}.
D5 1/2 NS with 20 mEq KCl at 125 mL/hr.
1/2 NS at 100 cc/hr after 1 L NS bolus.
II/VI systolic ejection murmur; 2/6 holosystolic murmur at the apex.
DTRs 2/4 and symmetric. Pulses 2/4.
Apgars {small} and 9 at 1 and 5 minutes.
Patients aged 45 or older should be screened; over age 75 individualize.
The median age was 62 (range 18-90) and 54% were women.
Ages 2 to 11: {dose} once; ages 12 and up: {dose}.
A man over age 50 or a woman under 40 with {disease}.
{number} of {number} patients improved; 3/4 had {symptom}.
From 1994 to 2003, {number} cases were reviewed.
In 2014 the {guideline} revised its recommendations.
{pronoun} was diagnosed in 2009 and has been in remission since 2016.
The {guideline} 2019 update lists {drug} as second line.
{pronoun} had {procedure} in 2011.
Copyright 2018. Volume 12, issue 3, pages 245-251.
{lab} 3/4+, {lab2} 1:80, ratio 2:1.
Step 1: {drug}. Step 2: {drug2}. Step 3: {procedure}.
Type 2 {lab}, grade 3 {disease}, class IV, level 5, phase II.
Rated 4 out of 10, {small} times a day, up to {number} per week.
Take 1-2 tablets every 4-6 hours, no more than 8 in 24 hours.
{number}-{number} {lab} is normal; above {number} is high.
Open Monday through Friday from 8 am to 5 pm.
Sex: F. Race: White. Marital status: single.
Sex: M  Age group: adult  Language: English
Room air. Bed rest. Head of bed at 30 degrees.
"""
)

KNOWLEDGE = lined(
    r"""
What did {trial} show?
{trial} vs {trial2}: which population was studied?
Was {drug} noninferior to {drug2} in {trial}?
How did {trial} change practice in {disease}?
Number needed to treat in {trial} and {trial2}
Results of {trial} at {small} years, hazard ratio 0.7{small}
Is {disease} more common in {people} patients?
Prevalence of {disease} in {people} and {people2} women
Why do {people} children have higher rates of {disease}?
{people} ancestry and {gene} variants
Should {people} patients be tested for HLA-B*15:02 before {drug}?
HLA-DR4, HLA-B*57:01 and {disease}
{gene} p.V{number}E, c.35delG, exon {small} deletion
Travelers returning from {region} with {symptom}
Is {microbe} endemic in {region}?
Vaccines before a trip to {region}
Outbreaks of {microbe} in {region} since 201{small}
{maker} {device_model} alarm will not stop, what now?
{maker} versus {maker2} pumps for teenagers
Is the {maker} {device_model} recalled?
Error {small}{small} on the {maker} monitor
Does {maker} make a generic {drug}?
{maker} stopped selling {drug}; alternatives?
Who was {figure} and why is it important for medicine?
What did {figure} contribute to modern surgery?
{figure}'s theory in nursing practice
Biography of {figure} for a history of medicine class
How is {eponym} different from {eponym2}?
{eponym} or {eponym2}?
{eponym} with {symptom}: what next?
{eponym} in a teenager, is surgery needed
cutoff for the {eponym} in older adults
how to perform {eponym}
steps of {procedure} with photos
is {eponym} hereditary
{eponym} explained simply
The {eponym} was positive on the left.
Positive {eponym}, {scale} {small}
Update on {eponym} from the {guideline} meeting
The {eponym} and {eponym2} are used in {disease}.
Flu season runs from {month} to {month}.
{month} is awareness month for {disease}.
Tick exposure between {month} and {month} is typical.
Clinic hours: {weekday} to {weekday}, 8 to 5.
Take {drug} every {weekday}; never daily.
Dialysis on {weekday}s, {weekday}s and {weekday}s.
Ask your doctor or pharmacist before taking {drug}.
Should I call the doctor or the nurse about {symptom}?
my doctor says {drug} is fine but the pharmacist disagrees
the nurse told me to stop {drug}, is that right
Dr. Google and self diagnosis of {disease}
What kind of doctor treats {disease}?
What does a {specialty} nurse practitioner do?
How do residents learn {procedure}?
The Department of {specialty_title} recommends {drug}.
Policy for {specialty} consults after hours
Safe staffing on a {specialty} ward
Does Medicare or Medicaid pay for {procedure}?
Which states allow pharmacists to give vaccines?
my blood pressure is {bp}, should i worry
bp {bp} and pulse {hr} after {drug}
temp {temp} for {small} days, {symptom}
is a {lab} of {number} bad
{lab} went from {number} to {number}, why
ratio of {number}/{number}, {small} out of {number} patients
{number}/{number} responders, 95% CI 1.{small} to 4.{small}
rs{number}{number} and response to {drug}
PMID {number}{number}, see table {small}
why does my {anatomy} shake when i take {drug}
long term {drug} use and {disease}
best diet for {disease}
home remedies for {symptom} in kids
can a {small} month old have {drug}
{small} year old with {symptom}, is it {disease}
{small}5 year old {adult} with {disease} and {eponym}
In a {small}5-year-old {adult} with {symptom}, {lab} {number}, what is the diagnosis?
A {adult} in {poss} {decade} with {eponym} asks about {procedure}.
{adult} with {disease}, eGFR {number}, choose {drug} or {drug2}?
Write a poem about {anatomy} for medical students.
Make flashcards for {microbe}, {microbe2} and {drug}.
Give me board questions on {eponym}.
Translate "{symptom}" into Spanish.
Summarize chapter {small} on {disease}.
Explain {procedure} to a child.
Explain {gene} testing to a {kin} of a patient.
what is the difference between {disease} and {disease2}
how long after {procedure} can i drive
can {disease} cause {symptom} at night
does {drug} make you sleepy
{drug} and grapefruit
{drug} {dose} for {symptom}?
{drug}/{drug2} dosing in renal failure
{drug}, {drug2} and {drug3}: which first
"""
)
