"""Labels of corpora and models under ours: known by name in every scheme, or asked for."""

from __future__ import annotations

import pytest

from cloister.deid.text.adapters.model_labels import begins, label_map, our_label
from cloister.deid.text.finding import LABELS
from cloister.study.errors import InputError


@pytest.mark.parametrize(
    ("names", "label"),
    [
        ("PATIENT DOCTOR USERNAME PER PERSON NOMBRE_SUJETO_ASISTENCIA HCW first_name", "NAME"),
        ("DATE FECHAS DATE_TIME", "DATE"),
        ("HOSPITAL ORG ORGANIZATION VENDOR", "ORGANIZATION"),
        ("CITY STREET ZIP LOC LOCATION-OTHER TERRITORIO", "ADDRESS"),
        ("PHONE NUMERO_TELEFONO", "PHONE"),
        ("MEDICALRECORD ID_SUJETO_ASISTENCIA", "MRN"),
        ("IDNUM BIOID passport", "ID"),
        ("E-MAIL CORREO_ELECTRONICO", "EMAIL"),
        ("PROFESSION PROFESION", "PROFESSION"),
    ],
)
def test_names_of_i2b2_conll_meddocan_and_common_models_are_known(names: str, label: str) -> None:
    assert {our_label(name) for name in names.split()} == {label}


@pytest.mark.parametrize("label", LABELS)
@pytest.mark.parametrize("prefix", ["", "B-", "I-", "L-", "U-", "E-", "S-"])
def test_our_own_labels_are_known_in_every_scheme(label: str, prefix: str) -> None:
    assert label_map([prefix + label], {}, "m") == {prefix + label: label}


def test_what_identifies_nobody_is_left() -> None:
    names = ["O", "B-MISC", "I-SEXO_SUJETO_ASISTENCIA", "B-PAIS", "COUNTRY"]
    assert set(label_map(names, {}, "m").values()) == {None}


def test_the_user_s_map_comes_first() -> None:
    assert label_map(["B-MISC", "I-DATE"], {"MISC": "ID", "I-DATE": None}, "m") == {"B-MISC": "ID", "I-DATE": None}


def test_every_unknown_label_is_named_once_and_generic_ones_too() -> None:
    with pytest.raises(InputError, match="LABEL_1, WARD") as refusal:
        label_map(["O", "B-WARD", "I-WARD", "LABEL_1"], {}, "models/odd")
    assert "models/odd" in refusal.value.message
    assert "labels = {" in refusal.value.remedy


def test_which_labels_open_an_identifier() -> None:
    assert [begins(name) for name in ("B-DATE", "U-DATE", "S-DATE", "I-DATE", "L-DATE", "DATE", "O")] == [
        True, True, True, False, False, False, False,
    ]  # fmt: skip
