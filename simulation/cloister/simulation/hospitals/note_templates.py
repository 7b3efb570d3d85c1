"""The texts of notes, as data. What stands in braces is filled in by `notes.py` (its `_FIELDS` lists all fields).

Per style there are headers, bodies for each type of note, sentences about the people around the patient, and
signatures. Nothing here depends on the condition: what is learned comes from the findings that are filled in.
"""

from __future__ import annotations

from typing import Literal

from cloister.simulation.hospitals.wordings import Style

NoteType = Literal["admission", "progress", "radiology", "discharge"]

TITLES: dict[Style, dict[NoteType, str]] = {
    "narrative": {
        "admission": "History and Physical",
        "progress": "Progress Note",
        "radiology": "Radiology Report",
        "discharge": "Discharge Summary",
    },
    "telegraphic": {"admission": "ADMIT NOTE", "progress": "PN", "radiology": "CXR", "discharge": "D/C SUMM"},
    "templated": {
        "admission": "ADMISSION ASSESSMENT",
        "progress": "DAILY PROGRESS NOTE",
        "radiology": "DIAGNOSTIC IMAGING REPORT",
        "discharge": "DISCHARGE SUMMARY",
    },
    "textbook": {
        "admission": "Clerking",
        "progress": "Ward round",
        "radiology": "Chest radiograph",
        "discharge": "Letter on discharge",
    },
}

HEADERS: dict[Style, tuple[str, ...]] = {
    "narrative": (
        "{hospital}\n{title}\n\nPatient: {full_name}\nMedical record number: {mrn}\nDate of birth: {dob}\n"
        "Date of service: {date}\n\n",
        "{title}\n{date}\n\nRe: {full_name}, born {dob}\nRecord {mrn}\nAttending: {doctor_full}\n\n",
        "{hospital}, {title}\nName: {last_first}    MRN: {mrn}\nDOB: {dob}    Account: {account}\n"
        "Dictated {date} at {time}\n\n",
        "{title} for {full_name} ({mrn})\nSeen {date} by {doctor}\n\n",
    ),
    "telegraphic": (
        "{title} {date} {time}\n{last_first} {mrn} {dob} {age}{sex}\n",
        "{last_first}  #{mrn}  dob {dob}\n{title} {date}\n",
        "{title}/{doctor_bare} {date}\npt {full_name} mr# {mrn_bare}\n",
        "{date} {time} {title}\n{mrn} {last_first} {sex}{age} acct {account}\n",
    ),
    "templated": (
        "=== {hospital} ===\n{title}\nPATIENT NAME: {last_first}\nMRN: {mrn}\nDOB: {dob}\nSEX: {sex}\n"
        "ACCOUNT #: {account}\nDATE OF SERVICE: {date}\nATTENDING: {doctor_full}\n\n",
        "{title}\nName: {full_name}\nMRN: {mrn} | CSN: {encounter} | DOB: {dob}\nAdmit date: {admitted}\n"
        "Insurance: {health_plan}\n\n",
        "{title} - {date}\n[PATIENT] {last_first}\n[MRN] {mrn}\n[SSN] {ssn}\n[PCP] {doctor_full}\n\n",
    ),
    "textbook": (
        "{hospital}. {title}. {date}.\nName: {full_name}. Record: {mrn}. Born: {dob}.\n\n",
        "{title}, {date}\n{full_name}, {address}\nRecord no. {mrn}\n\n",
        "{title} of {date}. Subject: {last_first}; number {mrn}.\n\n",
    ),
}

BODIES: dict[Style, dict[NoteType, tuple[str, ...]]] = {
    "narrative": {
        "admission": (
            "{patient} is a {years} {man} who was brought in by {his} {relation} {relative}. {He} tells us of "
            "{symptoms}. {He} denies {no_symptoms}. {His} past history includes {history}. At home {he} takes {drugs}. "
            "{contact}\n\nOn examination there was {exam}; we found no {no_exam}. {vitals} Blood work showed {labs}. "
            "{differential}\n\nWe will {plan}. {contact}",
            "This {years} {man} was last seen here in {earlier} by {doctor}. Over the past days {patient} noticed "
            "{symptoms}, without {no_symptoms}. {contact} {He} lives with {history}.\n\nMedicines: {drugs}.\n\n"
            "{vitals} The examination is notable for {exam}. {labs} came back from the laboratory. The film shows "
            "{imaging}. {differential} {contact} Plan: {plan}.",
        ),
        "progress": (
            "{patient} had a {calm} night. {He} still mentions {symptoms} but no longer {no_symptoms}. {vitals} "
            "I hear and see {exam}. New results: {labs}. {contact}\n\n{differential} We continue {drugs} and will "
            "{plan}.",
            "Hospital day {day}, admitted {admitted}. I spoke with {patient} and {his} {relation} {relative} at the "
            "bedside. There is {exam}, and {he} describes {symptoms}. {labs} today. {He} receives {drugs}. {contact} "
            "I discussed the case with {doctor}; {differential} We will {plan}.",
        ),
        "radiology": (
            "Examination: chest, two views, accession {accession}.\nClinical question from {doctor}: {symptoms}; "
            "{question}\nComparison: film of {earlier}.\n\nThere is {imaging}. I do not see {no_imaging}. The bones "
            "show no fracture. {contact}\n\nImpression: {impression} Findings were called to {doctor} on {date} at "
            "{time}.",
        ),
        "discharge": (
            "{patient} was with us from {admitted} to {discharged}. {He} had come with {symptoms}; {his} background "
            "is {history}. During the stay we noted {exam}, and the film showed {imaging}. Laboratory values were "
            "{labs}. {He} was treated with {drugs}. {hint}\n\n{contact} {He} will be seen on {later} by {doctor}. "
            "{contact} Please {plan}.",
        ),
    },
    "telegraphic": {
        "admission": (
            "CC/HPI: {age}{sex} w/ {symptoms}. no {no_symptoms}. PMH {history}. meds: {drugs}. {contact}\n"
            "{contact} PE: {vitals} {exam}; no {no_exam}\nlabs {labs}\ncxr {imaging}\nA/P: {differential} {plan}. "
            "{contact} {contact} full code per {relation} {relative}.",
            "hx per pt + {relation} {relative} ({relative_phone}). {symptoms}; (-) {no_symptoms}. h/o {history}. "
            "{contact}\nrx {drugs}\nVS {vitals} exam {exam}, - {no_exam}. {labs}.\n{differential} d/w {doctor_bare}. "
            "{plan}. last adm {earlier}. {contact} NKDA. lives {city}.",
        ),
        "progress": (
            "HD{day} (adm {admitted}). {contact} s: pt {calm} o/n, c/o {symptoms}, no {no_symptoms}; {history}. "
            "{contact} o: {vitals} {exam}. {labs}. a: {differential} p: cont {drugs}. {plan}. {contact} {contact}",
            "S- {patient} {calm}. {symptoms}. known {history}. {contact} "
            "O- {vitals} {exam}, no {no_exam}; {labs}. A/P- {plan}; {drugs}. "
            "{contact} seen w/ {doctor_bare}. {differential} dispo: home w/ {relation} vs {facility}. {contact}",
        ),
        "radiology": (
            "{accession} pa/lat. ind: {symptoms}, hx {history}, {question} req {doctor_bare}. comp {earlier}.\n"
            "{imaging}. "
            "no {no_imaging}. no ptx. bones ok. lines/tubes none. {contact} {contact}\n"
            "imp: {impression} called {doctor_bare} {pager} {time}. "
            "{contact}",
        ),
        "discharge": (
            "adm {admitted} dc {discharged}. {contact} p/w {symptoms}. hx {history}. exam {exam}. cxr {imaging}. "
            "{labs}. {contact} rx'd {drugs}. {hint} dc home w/ {relation} {relative} {relative_phone}. "
            "f/u {doctor_bare} {later}. {plan}. {contact} {contact}",
        ),
    },
    "templated": {
        "admission": (
            "REASON FOR ADMISSION\nPositive: {symptoms}\nNegative: {no_symptoms}\n\nHISTORY: {history}\n"
            "MEDICATIONS: {drugs}\nCONTACT PERSON: {relative} ({relation}), {relative_phone}\n\nPHYSICAL EXAM\n"
            "{vitals}\nAbnormal: {exam}\nNormal: no {no_exam}\n\nRESULTS: {labs}\nASSESSMENT: {differential}\n"
            "PLAN: {plan}\n{contact}\n",
            "ADDRESS: {address}\nPHONE: {phone}\nEMERGENCY CONTACT: {relative} / {relation} / {relative_phone}\n\n"
            "ROS POSITIVE: {symptoms}\nROS NEGATIVE: {no_symptoms}\nPMH: {history}\nHOME MEDS: {drugs}\n"
            "EXAM POSITIVE: {exam}\nLABS: {labs}\nIMAGING: {imaging}\nIMPRESSION: {differential}\nORDERS: {plan}\n"
            "{contact}\n",
        ),
        "progress": (
            "SUBJECTIVE\nReports: {symptoms}\nDenies: {no_symptoms}\n\nOBJECTIVE\n{vitals}\nFindings: {exam}\n"
            "Absent: {no_exam}\nLabs: {labs}\n\nASSESSMENT: {differential}\nCURRENT MEDICATIONS: {drugs}\n"
            "PLAN: {plan}\n{contact}\n{contact}\n",
        ),
        "radiology": (
            "EXAM: XR CHEST 2 VIEWS\nACCESSION: {accession}\nORDERING PROVIDER: {doctor_full}\nINDICATION: "
            "{symptoms}; {question}\nCOMPARISON: {earlier}\n\nFINDINGS\nPresent: {imaging}\nNot present: {no_imaging}\n"
            "Osseous structures: intact\n\nIMPRESSION: {impression}\n{contact}\n",
        ),
        "discharge": (
            "ADMITTED: {admitted}   DISCHARGED: {discharged}\nPRESENTING SYMPTOMS: {symptoms}\nCOMORBIDITIES: "
            "{history}\nFINDINGS: {exam}\nIMAGING: {imaging}\nLABS: {labs}\nDISCHARGE MEDICATIONS: {drugs}\n"
            "SUMMARY: {hint}\nFOLLOW-UP: {doctor_full}, {later}\nDISPOSITION: home with {relation} {relative}\n"
            "INSTRUCTIONS: {plan}. Portal: {portal}\n{contact}\n",
        ),
    },
    "textbook": {
        "admission": (
            "A {man} of {age} years presented with {symptoms}; {no_symptoms} were not reported. The history comprises "
            "{history}. Regular treatment: {drugs}. {contact} Examination disclosed {exam} but not {no_exam}. "
            "{vitals} Investigations: {labs}. The radiograph suggests {imaging}. {differential} It was decided to "
            "{plan}. {contact}",
        ),
        "progress": (
            "Day {day} since admission on {admitted}. {patient} is {calm}. Complaints: {symptoms}. Signs: {exam}; "
            "not {no_exam}. {labs}. {differential} Treatment: {drugs}. {contact} The team, led by {doctor}, will "
            "{plan}. {contact}",
        ),
        "radiology": (
            "Request {accession} from {doctor}: {symptoms}; {question} Compared with {earlier}. The radiograph shows "
            "{imaging}. There is no {no_imaging}. The skeleton is unremarkable. {contact} Conclusion: {impression}",
        ),
        "discharge": (
            "{patient}, a {man} of {age} years, stayed from {admitted} to {discharged} on account of {symptoms}. "
            "Background: {history}. Signs: {exam}. Radiograph: {imaging}. Laboratory: {labs}. Treatment: {drugs}. "
            "{hint} Review on {later} with {doctor}. {contact} Kindly {plan}. {contact}",
        ),
    },
}

CONTACTS: dict[Style, tuple[str, ...]] = {
    "narrative": (
        "{His} {relation} {relative} can be reached at {relative_phone}.",
        "{patient} used to work at {employer} and lives at {street} in {city}.",
        "{He} was transferred from {facility} on {admitted}.",
        "We called {relative} on {date} and left a message.",
        "The family, above all {his} {relation} {relative}, would like {doctor} to call them back.",
        "{He} asked that results be mailed to {email}.",
        "Mail from the insurer (member {health_plan}) still goes to {address}.",
        "Earlier records may be under {alias}.",
        '"{given} never complains," says {his} {relation}.',
        "The {relation} of {patient} works at {facility}.",
        "{His} phone number is now {phone}.",
        "The social worker, {colleague}, met {patient} on {date}.",
    ),
    "telegraphic": (
        "{relation} {relative} {relative_phone}.",
        "pcp {doctor_bare} {pager}.",
        "xfer fr {facility} {admitted}.",
        "d/w {relative} {day_month}, agrees.",
        "pt's cell {phone}.",
        "aka {alias}.",
        "ins {health_plan}.",
        "{colleague} SW aware.",
        "ret'd {employer}.",
        "addr {street}, {city}.",
        "ssn {ssn} per reg.",
        "{given} wants to go home.",
        "cc {doctor_bare}, {facility}.",
    ),
    "templated": (
        "NEXT OF KIN: {relative}, {relation}, {relative_phone}",
        "PATIENT CONTACT: {phone} / {email}",
        "REFERRED BY: {facility}",
        "INSURANCE ID: {health_plan}",
        "EMPLOYER: {employer}",
        "FORMER NAME: {alias}",
        "CASE MANAGER: {colleague}, tel. {pager}",
        "DISCUSSED WITH: {relation} {relative} on {date} {time}",
        "MAILING ADDRESS: {address}",
        "PATIENT PORTAL: {portal}",
    ),
    "textbook": (
        "The {relation}, {relative}, was informed on {date}.",
        "The patient resides in {city}, at {street}.",
        "Correspondence: {email}; telephone {phone}.",
        "A former employee of {employer}.",
        "The general practitioner at {facility} receives a copy.",
        "Formerly registered as {alias}.",
        "{doctor} was consulted.",
    ),
}

SIGNATURES: dict[Style, tuple[str, ...]] = {
    "narrative": (
        "\n\n{signer}\nDictated {date}, signed electronically {later_sign} {time}\n",
        "\n\nSincerely,\n{signer}\n{hospital}\nTel. {pager}\n",
        "\n\nElectronically signed by: {signer} on {date}\ncc: {doctor_full}\n",
    ),
    "telegraphic": (
        "\n{signer_short} {pager}\n",
        "\n-{signer_short}\n",
        "\n{signer} {date} {time}\n",
        "\n{signer_short} x{ext}\n",
    ),
    "templated": (
        "\n---\nSIGNED: {signer} | {date} {time} | PAGER {pager}\n",
        "\nELECTRONICALLY SIGNED BY {signer_upper} {date} {time}\nDOCUMENT ID: {document}\n",
        "\nAuthor: {signer}  Cosigner: {doctor_full}\nPage 1 of 1  MRN {mrn}\n",
    ),
    "textbook": ("\n\n{signer}\n", "\n\nSigned: {signer}, {hospital}, {date}.\n"),
}  # fmt: skip

VITALS: dict[Style, str] = {
    "narrative": "Pulse {pulse}, blood pressure {systolic}/{diastolic}, saturation {saturation} percent.",
    "telegraphic": "{pulse} {systolic}/{diastolic} {saturation}% RA.",
    "templated": "HR {pulse} | BP {systolic}/{diastolic} | SpO2 {saturation}% | RR {breaths}",
    "textbook": "Pulse rate {pulse} per minute, pressure {systolic}/{diastolic} mmHg, saturation {saturation} %.",
}

DIFFERENTIALS: dict[Style, tuple[str, ...]] = {
    "narrative": (
        "The picture may fit {first}, although {second} has not been excluded.",
        "I considered {first} and {second}; {third} is less likely.",
        "There is nothing to suggest {third}, but {second} and {first} remain open.",
        "An outside letter mentions {second}, which we could not confirm.",
    ),
    "telegraphic": ("ddx {first} vs {second}.", "? {second}, r/o {first}.", "doubt {third}. {first} v {second}.",
                    "h/o {second} per OSH, unconf."),
    "templated": (
        "Under consideration: {first}, {second}. Unlikely: {third}.",
        "Rule out {second}. Rule out {first}.",
        "Workup in progress; {third} not supported, {first} and {second} possible.",
    ),
    "textbook": (
        "The differential diagnosis embraces {first} and {second}, whereas {third} appears improbable.",
        "One must weigh {second} against {first}.",
    ),
}  # fmt: skip

HINTS: dict[Style, tuple[str, ...]] = {
    "narrative": (
        "In the end we leaned towards {first}, and {he} improved; {second} was not borne out.",
        "Taken together this spoke more for {first} than for {second}.",
    ),
    "telegraphic": ("rx'd as {first}, {second} felt unlikely.", "c/w {first} > {second}."),
    "templated": ("Managed along the {first} pathway; {second} not confirmed.", "Favor {first} over {second}."),
    "textbook": ("The course was in keeping with {first} rather than {second}.",),
}

QUESTIONS: dict[Style, str] = {
    "narrative": "is there {first} or {second}?",
    "telegraphic": "r/o {first}/{second}.",
    "templated": "evaluate for {first} versus {second}",
    "textbook": "{first} or {second}?",
}

IMPRESSIONS: dict[Style, tuple[str, ...]] = {
    "narrative": (
        "The appearance is not specific; {first} or {second} could look like this.",
        "Clinical correlation is advised. No sign of {third}.",
        "Findings as described, to be followed until clear.",
    ),
    "telegraphic": ("nonspecific, {first} vs {second}.", "no {third}. correlate.", "as above, f/u film."),
    "templated": (
        "Nonspecific findings. Consider {first}, {second}.",
        "No radiographic evidence of {third}. Follow-up recommended.",
        "As described. Correlate clinically.",
    ),
    "textbook": ("the appearances do not distinguish {first} from {second}.", "no evidence of {third}."),
}

PLANS: dict[Style, tuple[str, ...]] = {
    "narrative": (
        "repeat the film in two days", "ask for an echocardiogram", "arrange a scan of the chest",
        "send sputum for culture", "test the breathing when {he} is stronger", "keep the present treatment",
        "watch {his} weight and urine", "let the physiotherapist see {him}", "check the blood again in the morning",
    ),
    "telegraphic": ("rpt cxr am", "TTE", "CT chest", "sputum cx", "PFTs outpt", "cont current", "I/Os daily wt",
                    "PT/OT", "am labs", "DVT ppx"),
    "templated": (
        "Repeat chest radiograph", "Echocardiogram", "CT chest with contrast", "Sputum culture", "Spirometry",
        "Continue current orders", "Daily weights", "Physical therapy consult", "CBC and BMP in AM",
    ),
    "textbook": (
        "repeat the radiograph", "obtain an echocardiogram", "perform computed tomography", "culture the sputum",
        "arrange spirometry", "continue as before", "record the fluid balance",
    ),
}  # fmt: skip

CALM: dict[Style, tuple[str, ...]] = {
    "narrative": ("restful", "difficult", "quiet", "short"),
    "telegraphic": ("stable", "NAD", "ok", "tired"),
    "templated": ("stable", "improved", "unchanged"),
    "textbook": ("comfortable", "stable", "unchanged"),
}

LABS: dict[Style, dict[str, str]] = {
    "narrative": {
        "wbc": "a white count of {}", "crp": "a CRP of {}", "bnp": "a BNP of {}", "creatinine": "creatinine {}",
        "hemoglobin": "hemoglobin {}", "sodium": "sodium {}", "calcium": "calcium {}", "pco2": "carbon dioxide of {}",
    },
    "telegraphic": {
        "wbc": "wbc {}", "crp": "crp {}", "bnp": "bnp {}", "creatinine": "cr {}", "hemoglobin": "hgb {}",
        "sodium": "na {}", "calcium": "ca {}", "pco2": "pco2 {}",
    },
    "templated": {
        "wbc": "WBC {} K/uL", "crp": "CRP {} mg/L", "bnp": "BNP {} pg/mL", "creatinine": "Creatinine {} mg/dL",
        "hemoglobin": "Hemoglobin {} g/dL", "sodium": "Sodium {} mmol/L", "calcium": "Calcium {} mg/dL",
        "pco2": "pCO2 {} mmHg",
    },
    "textbook": {
        "wbc": "leucocytes {}", "crp": "C-reactive protein {}", "bnp": "natriuretic peptide {}",
        "creatinine": "creatinine {}", "hemoglobin": "haemoglobin {}", "sodium": "sodium {}", "calcium": "calcium {}",
        "pco2": "carbon dioxide tension {}",
    },
}  # fmt: skip
LAB_FLAGS: dict[Style, tuple[str, str]] = {
    "narrative": (" (low)", " (high)"),
    "telegraphic": ("", ""),
    "templated": (" [L]", " [H]"),
    "textbook": (" (reduced)", " (raised)"),
}
