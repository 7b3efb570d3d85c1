"""Each recogniser: what it must find, what it must leave, in one table each."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloister.deid.text.detector import detect
from cloister.deid.text.finding import Label, Recognizer
from cloister.deid.text.recognizers import RECOGNIZERS
from cloister.deid.text.recognizers.name import NAME


@pytest.fixture(autouse=True)
def _without_taggers(monkeypatch: pytest.MonkeyPatch) -> None:
    """These tables are about the recognisers: what the taggers find or miss in addition is measured elsewhere."""
    monkeypatch.setattr("cloister.deid.text.taggers.find_tagged", lambda *_: [])


FOUND: list[tuple[Label, str, str]] = [
    ("DATE", "Seen 03/07/2021 in clinic", "03/07/2021"),
    ("DATE", "since 4/28.", "4/28"),
    ("DATE", "7th of March, 1951", "7th of March, 1951"),
    ("AGE", "a 92-year-old man", "92"),
    ("AGE", "aged 101, frail", "101"),
    ("AGE", "ninety-three year old", "ninety-three"),
    ("AGE", "KANG, JI F98 acct", "98"),
    ("PHONE", "call (555) 010-2233 now", "(555) 010-2233"),
    ("PHONE", "cell +1 555 010 2233", "+1 555 010 2233"),
    ("PHONE", "pager 12345", "12345"),
    ("FAX", "Fax: 555.010.2233 ext 12", "555.010.2233 ext 12"),
    ("EMAIL", "write m.k+x@mail.example.org.", "m.k+x@mail.example.org"),
    ("EMAIL", "maria (at) example (dot) org", "maria (at) example (dot) org"),
    ("URL", "see https://example.org/a?id=5.", "https://example.org/a?id=5"),
    ("URL", "at www.example.org today", "www.example.org"),
    ("IP", "from 192.168.10.12 at", "192.168.10.12"),
    ("IP", "device 00:1B:44:11:3A:B7", "00:1B:44:11:3A:B7"),
    ("SSN", "SSN 123-45-6789", "123-45-6789"),
    ("SSN", "ssn: 123456789", "123456789"),
    ("SSN", "xxx-xx-6789", "xxx-xx-6789"),
    ("MRN", "MRN: 00482913", "00482913"),
    ("MRN", "mr# 781-48-34,", "781-48-34"),
    ("MRN", "Medical Record Number M8243444", "M8243444"),
    ("ACCOUNT", "acct V770021477", "V770021477"),
    ("ACCOUNT", "Encounter # 5500123", "5500123"),
    ("HEALTH_PLAN", "Member ID: XHP745442431", "XHP745442431"),
    ("HEALTH_PLAN", "Medicare 1EG4-TE5-MK73", "1EG4-TE5-MK73"),
    ("LICENSE", "License No. D1234567", "D1234567"),
    ("DEVICE", "serial: SN20481123", "SN20481123"),
    ("ID", "number 12345678 unexplained", "12345678"),
    ("ADDRESS", "at 14 Willow Street, Ashford, OH 44012.", "14 Willow Street, Ashford, OH 44012"),
    ("ADDRESS", "P.O. Box 123", "P.O. Box 123"),
    ("ADDRESS", "lives in Ashford with", "Ashford"),
    ("NAME", "seen by Dr. Ahmed Al-Sayed today", "Ahmed Al-Sayed"),
    ("NAME", "Patient: KOWALSKI, MARIA E.", "KOWALSKI, MARIA E"),
    ("NAME", "Susan B. Miller, MD", "Susan B. Miller"),
    ("NAME", "her daughter Agnieszka visited", "Agnieszka"),
    ("NAME", "Electronically signed by: O'Brien, Pat", "O'Brien, Pat"),
    ("NAME", "pcp Singh (216) 555-0166", "Singh"),
    ("NAME", "seen by dr. rossi, stable", "rossi"),
    ("DATE", "admitted last Tuesday with fever", "Tuesday"),
    ("DATE", "fell on Thanksgiving 2021.", "Thanksgiving 2021"),
    ("AGE", "my pt, a 93yo retired teacher", "93"),
    ("AGE", "Mrs. Osei, 94, lives alone", "94"),
    ("AGE", "in her late 90s", "90s"),
    ("FAX", "please fax the results to (415) 555-2671", "(415) 555-2671"),
    ("SSN", "last four of her social are 6789", "6789"),
    ("SSN", "his social security number is 123 45 6789", "123 45 6789"),
    ("MRN", "her MRN (old clinic) is 4471-229", "4471-229"),
    ("MRN", "a patient with record number 55-20-19", "55-20-19"),
    ("HEALTH_PLAN", "prior auth PA-99281-22 for Zofran", "PA-99281-22"),
    ("HEALTH_PLAN", "claim number CLM2291837", "CLM2291837"),
    ("HEALTH_PLAN", "insurance member ID is BCBS-88213-XQ", "BCBS-88213-XQ"),
    ("HEALTH_PLAN", "prescription Rx 7728193", "7728193"),
    ("LICENSE", "driver's license is D123-4567-8901", "D123-4567-8901"),
    ("LICENSE", "DEA number AB1234563", "AB1234563"),
    ("LICENSE", "NPI 1234567893", "1234567893"),
    ("VEHICLE", "from Boise, plate 7KLM223", "7KLM223"),
    ("VEHICLE", "VIN 1HGCM82633A004352", "1HGCM82633A004352"),
    ("DEVICE", "pacemaker serial number PJN4471829", "PJN4471829"),
    ("DEVICE", "UDI (01)00844588003288(17)141120(10)7654321D", "(01)00844588003288(17)141120(10)7654321D"),
    ("URL", "twitter handle @jdoe_88", "@jdoe_88"),
    ("URL", "her blog janedoe.blog/2021/cancer", "janedoe.blog/2021/cancer"),
    ("ID", "Fingerprint ID FP-88213-A", "FP-88213-A"),
    ("ID", "photo file IMG_20211105.jpg attached", "IMG_20211105.jpg"),
    ("ID", "Ref #A99-22817.", "A99-22817"),
    ("ID", "NW-4471-229 unexplained", "NW-4471-229"),
    ("ADDRESS", "she moved to Maricopa County", "Maricopa County"),
    ("ADDRESS", "a welder from Tucson, AZ 85701", "Tucson, AZ 85701"),
    ("ADDRESS", "patient commutes from Brainerd", "Brainerd"),
    ("ADDRESS", "rash after a trip, from fresno", "fresno"),
    ("ADDRESS", "zip code 83702-1234", "83702-1234"),
    ("ADDRESS", "near 5th and Main in town", "5th and Main"),
    ("NAME", "what dose for rajesh patel, 54m", "rajesh patel"),
    ("NAME", "my patient Oluwaseun has been on warfarin", "Oluwaseun"),
    ("NAME", "call Tunde at once", "Tunde"),
    ("NAME", "a woman named Agnieszka Wiśniewska", "Agnieszka Wiśniewska"),
    ("NAME", "Was Dr. Parkinson informed?", "Parkinson"),
    ("NAME", "Giovanni Di Stefano, MD", "Giovanni Di Stefano"),
    ("NAME", "how do i tell xqwertz ramirez that metformin stops", "xqwertz ramirez"),
    ("NAME", "should ramirez take prednisone with food?", "ramirez"),
    ("NAME", "SPOKE TO MARIA VAN DEN RAMIREZ ABOUT THE CAST", "MARIA VAN DEN RAMIREZ"),
    ("ORGANIZATION", "went to St. Mary's Hospital yesterday", "St. Mary's Hospital"),
    ("ORGANIZATION", "University of Ashford Medical Center", "University of Ashford Medical Center"),
    ("ORGANIZATION", "retired from Castle Rock Brewery", "Castle Rock Brewery"),
    ("ORGANIZATION", "Are the Ashford General Hospital tables right?", "Ashford General Hospital"),
    ("ORGANIZATION", "they sent him on to tacoma general hospital", "tacoma general hospital"),
    ("ORGANIZATION", "THEN SEEN AT THE ASHFORD MEDICAL CENTER", "ASHFORD MEDICAL CENTER"),
]
LEFT = [
    "what foods should i avoid with coumadin",
    "vaccine clinic is open from 9 to 4",
    "how often should a foley catheter be changed in long term care?",
    "liver cells cannot use glycogen for energy",
    "female who presents to the clinic today",
    "BP 120/80, HR 88, temp 98.6, SpO2 95 % on 2 L",
    "furosemide 40 mg po bid, insulin 10 units",
    "WBC 11.2, platelets 250000, creatinine 1.3",
    "Parkinson's disease, Foley catheter, Graves disease",
    "Brief Hospital Course: improved",
    "a 45-year-old woman, the 3rd admission in 2019",
    "Chest pain radiating to the left arm for 3 days",
    "Plan: 1. continue antibiotics 2. follow up in 2 weeks",
    "EF 55-60 %, LVH, mild MR, no AS",
    "ratio 150/4 and 500 mg x 3",
    "How do I interpret a Glasgow Coma Scale of 9 in Parkinson's disease?",
    "Does May-Thurner syndrome require stenting on Eliquis 5 mg BID?",
    "Compare the 2019 AHA guidelines with the 2021 ESC guidelines",
    "Is ICD-10 code E11.65 right?",
    "Which antibiotics cover Staphylococcus aureus and Klebsiella pneumoniae?",
    "Medtronic pacemaker with Boston Scientific leads",
    "side effects of Ambien and Lipitor in a 72yo female",
    "Child-Pugh class, Wells criteria or the Geneva score, temp 101.5 F",
    "should i use dexamethasone or prednisone for croup in a toddler",
    "dialysis on Tuesdays and Thursdays, smoking since 1998",
    "a winter cough for three weeks, worse in the morning",
    "She is from Texas and was born in Mexico",
    "rs1801133, NCT04512345, PMID 28405123",
    "why do my hands shake when i take albuterol",
    "should i see a doctor or a nurse practitioner for strep throat?",
    "ask your doctor before taking it for long term pain",
    "it makes a protein called MeCP2 in nerve cells",
    "steps of the ivor lewis esophagectomy in young adults",
    "culture grew staphylococcus lugdunensis and candida glabrata",
    "1/2 NS at 75 mL/hr, 2/4 blood cultures positive, take 1/2 tablet",
]


@pytest.mark.parametrize(("label", "text", "value"), FOUND)
def test_identifier_is_found_whole_and_under_its_label(label: Label, text: str, value: str) -> None:
    start = text.index(value)
    covering = [f for f in detect(text) if f.start <= start and f.end >= start + len(value)]
    assert [f.label for f in covering] == [label]


@pytest.mark.parametrize("text", LEFT)
def test_clinical_content_is_left_alone(text: str) -> None:
    assert detect(text) == []


@pytest.mark.parametrize("recognizer", RECOGNIZERS, ids=lambda r: r.name)
@given(text=st.text(st.characters(codec="utf-8") | st.sampled_from("0123456789-/.: ABCabc\n"), max_size=120))
def test_offsets_lie_in_the_text_and_labels_are_announced(recognizer: Recognizer, text: str) -> None:
    for finding in recognizer.find(text):
        assert 0 <= finding.start < finding.end <= len(text)
        assert finding.label in recognizer.labels
        assert 0 < finding.score <= 1


@pytest.mark.parametrize("filler", ["a", "A ", "1", "1-", "Aa ", "Dr. ", "1/", "x@", "Mc'", "A. ", "(", "1 Ab "])
def test_hostile_repetition_takes_linear_time(filler: str) -> None:
    """No pattern may backtrack its way to a standstill: 16 times the text takes 256 times as long if the time is
    quadratic. The bound lies far from both, and the best of three counts, so that a busy machine fails nothing."""

    def seconds(length: int) -> float:
        text = (filler * length)[:length]
        started = time.process_time()
        detect(text)
        return time.process_time() - started

    short = min(seconds(2000) for _ in range(3))
    assert any(seconds(32_000) < 100 * short for _ in range(3))


def test_particles_without_a_name_take_linear_time() -> None:
    started = time.process_time()
    assert list(NAME.find(f"Name: {'de ' * 33_000}!")) == []
    assert time.process_time() - started < 5
