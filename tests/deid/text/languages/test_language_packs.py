"""The carrier texts of Spanish, German and French hold to the contract of `training.carriers`."""

from __future__ import annotations

import re

import pytest

from cloister.deid.text.training.carriers import LanguagePack
from cloister.deid.text.training.languages import de, es, fr
from cloister.deid.text.training.names import CULTURES

PACKS = (es.PACK, de.PACK, fr.PACK)
IDENTIFIERS = frozenset(
    """
    NAME NAME.family NAME.given DOCTOR DATE AGE PHONE FAX EMAIL STREET CITY ZIP STATE COUNTRY HOSPITAL ORGANIZATION
    PROFESSION MRN SSN ACCOUNT HEALTH_PLAN LICENSE VEHICLE DEVICE URL IP ID
    """.split()  # noqa: SIM905
)
GENERATED = frozenset({"dose", "number", "time", "bp", "hr", "temp"})
DATE_PARTS = frozenset({"d", "dd", "m", "mm", "month", "mon", "yy", "yyyy", "weekday"})
NAMED = {
    "street": {"proper", "n"},
    "hospital": {"proper", "city", "family"},
    "organization": {"proper", "city", "family"},
}
NEEDED = (
    "month", "weekday", "street", "street_proper", "city", "state", "country", "hospital", "hospital_proper",
    "profession", "cultures", "drug", "disease", "procedure", "anatomy", "symptom", "lab", "eponym", "scale", "microbe",
)  # fmt: skip


def slots(text: str) -> list[str]:
    return re.findall(r"\{([^{}]*)\}", text)


def known(pack: LanguagePack, slot: str) -> bool:
    base = re.sub(r"_(?:cap|low|title)$", "", slot)
    base = base if base in pack.terms else base.rstrip("0123456789")
    base = re.sub(r"_(?:cap|low|title)$", "", base)
    return slot in IDENTIFIERS or base in GENERATED or base in pack.terms


@pytest.mark.parametrize("pack", PACKS, ids=lambda pack: pack.language)
class TestPack:
    def test_holds_enough_of_everything(self, pack: LanguagePack) -> None:
        assert len(set(pack.templates)) >= 120
        assert len(set(pack.negatives)) >= 120
        assert all(pack.terms[key] for key in NEEDED)
        assert all(len(pack.terms[key]) >= 60 for key in ("drug", "disease", "procedure", "anatomy", "symptom", "lab"))
        assert len(pack.terms["city"]) >= 150
        assert (len(pack.terms["month"]), len(pack.terms["weekday"])) == (12, 7)

    def test_every_slot_is_known(self, pack: LanguagePack) -> None:
        texts = (*pack.templates, *pack.negatives)
        assert {slot for text in texts for slot in slots(text) if not known(pack, slot)} == set()

    def test_every_kind_of_identifier_stands_in_some_template(self, pack: LanguagePack) -> None:
        used = {slot for text in pack.templates for slot in slots(text)}
        assert IDENTIFIERS - used == set()

    def test_negatives_have_no_identifiers(self, pack: LanguagePack) -> None:
        assert [text for text in pack.negatives if any(slot in IDENTIFIERS for slot in slots(text))] == []

    def test_layouts_name_only_what_can_be_filled(self, pack: LanguagePack) -> None:
        assert {slot for layout in pack.terms["date"] for slot in slots(layout)} <= DATE_PARTS
        assert {slot for layout in pack.terms["age"] for slot in slots(layout)} == {"n"}
        for key, allowed in NAMED.items():
            assert {slot for layout in pack.terms[key] for slot in slots(layout)} <= allowed

    def test_lists_of_terms_do_not_repeat_themselves(self, pack: LanguagePack) -> None:
        for key in ("drug", "disease", "eponym", "procedure", "anatomy", "symptom", "lab", "city", "hospital_proper"):
            assert len(set(pack.terms[key])) == len(pack.terms[key]), key

    def test_cultures_have_names(self, pack: LanguagePack) -> None:
        assert set(pack.terms["cultures"]) <= set(CULTURES)
