import re
from typing import Any


def test_nothing_could_reach_or_be_a_real_person(hospital: Any) -> None:
    """Numbers and addresses come from ranges that are reserved for fiction or never issued."""
    for record in hospital.lines("patients.jsonl"):
        assert all(re.fullmatch(r"\(\d{3}\) 555-01\d\d", phone) for phone in record["phones"])
        assert all(re.fullmatch(r"[a-z0-9._]+@(mail\.)?example\.(org|com|net)", mail) for mail in record["emails"])
        assert re.fullmatch(r"(666|9\d\d)-(0[1-9]|[1-4]\d)-\d{4}", record["ids"]["ssn"])
    for truth in hospital.lines("truth/notes.jsonl"):
        for span in truth["spans"]:
            if span["label"] == "PHONE" and len(span["text"]) > 4:
                assert re.search(r"55501\d\d$", re.sub(r"\D", "", span["text"]))
            if span["label"] == "URL":
                assert ".example.org/" in span["text"].lower()


def test_a_relative_never_bears_the_patients_very_name(hospital: Any) -> None:
    for record in hospital.lines("patients.jsonl"):
        assert record["names"][0] not in record["relatives"]


def test_names_come_from_many_cultures(hospitals: dict[str, Any]) -> None:
    families = {r["names"][0]["family"] for h in hospitals.values() for r in h.lines("patients.jsonl")}
    assert len(families) > 80
    assert any(not family.isascii() for family in families)
    assert any("-" in family or "'" in family or " " in family for family in families)
    assert any(len(family) <= 3 for family in families)
