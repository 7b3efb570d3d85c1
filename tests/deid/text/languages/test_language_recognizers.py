"""What the recognisers of each language find in sentences of its hospitals, and what they leave."""

from __future__ import annotations

from importlib import import_module

import pytest

from cloister.deid.text.finding import Finding, Recognizer
from cloister.deid.text.patterns import FAILED_CHECK

LANGUAGES = ("es", "de", "fr", "it", "pt", "nl")

# Language, label, text in which the identifier stands between « and ».
FOUND = [
    ("es", "NAME", "Acude con la Dra. «Itziar Etxeberria» a consulta."),
    ("es", "NAME", "Remitido por: Dr. «Xavier Puig i Ferrer» Servicio de Urología"),
    ("es", "NAME", "Apellidos: «Núñez de la Fuente»."),
    ("es", "NAME", "doy metformina a don «julián pérez»?"),
    ("es", "SSN", "con DNI «12345678Z» en regla"),
    ("es", "SSN", "NIE: «X1234567L»"),
    ("es", "HEALTH_PLAN", "NASS: «28 12345678 40»."),
    ("es", "MRN", "NHC: «2847413»."),
    ("es", "LICENSE", "NºCol: «28 28 57403»."),
    ("es", "DATE", "intervenida el «12 de marzo de 2020» sin incidencias"),
    ("es", "DATE", "revisión el «3/11» en consulta"),
    ("es", "AGE", "Varón de «94 años» con disnea"),
    ("es", "PHONE", "su hija (tlf «93 715 22 10») refiere"),
    ("es", "PHONE", "llamar al «612 34 56 78» mañana"),
    ("es", "ADDRESS", "vive en «C/ Mayor nº 12, 3º 2ª» desde niño"),
    ("es", "ADDRESS", "Domicilio: «Av. de los Olivos, 27, 4 D».\nLocalidad"),
    ("es", "ADDRESS", "«08201 Sabadell», tratado"),
    ("es", "ADDRESS", "mujer natural de «Villanueva del Río» con tos"),
    ("es", "ORGANIZATION", "trasladado al «Hospital Universitario Virgen de la Salud» ayer"),
    ("es", "VEHICLE", "conducía el «4821 KBC» por la autovía"),
    ("es", "PROFESSION", "de profesión «albañil», fumador"),
    ("de", "NAME", "Herr «von Zitzewitz» klagt über Husten."),
    ("de", "NAME", "Sehr geehrte Frau Kollegin Dr. «Schönfeld-Maier»,"),
    ("de", "NAME", "durch OA Dr. «Benedikt Huber» operiert"),
    ("de", "NAME", "Patient: «Öztürk, Ayşe»\nStation 4"),
    ("de", "NAME", "Mit freundlichen Grüßen\n\nDr. A. Roth          «S. Yilmaz»\nOberarzt"),
    ("de", "DATE", "stationär vom «3.4.» bis auf weiteres"),
    ("de", "DATE", "am «14. März 2019» entlassen"),
    ("de", "DATE", "NSTEMI (ED «02/19»)"),
    ("de", "AGE", "Die «92»-jährige Patientin"),
    ("de", "PHONE", "Tel. «0761 / 270-34010» oder"),
    ("de", "PHONE", "erreichbar «+49 171 2345678» abends"),
    ("de", "FAX", "Fax: «0761/270-34020»"),
    ("de", "ADDRESS", "wohnhaft «Bergstraße 12» hier"),
    ("de", "ADDRESS", "in «79106 Freiburg im Breisgau» geboren"),
    ("de", "ADDRESS", "wohnt Am Markt 5, «8010 Graz», ledig"),
    ("de", "ADDRESS", "Patient wohnhaft in «Buxtehude» seit Jahren"),
    ("de", "SSN", "Steuer-ID «86 095 742 719»"),
    ("de", "HEALTH_PLAN", "Versichertennummer: «A123456780»"),
    ("de", "MRN", "Pat.-ID: «0045123»"),
    ("de", "ACCOUNT", "Fallnr. «30012345»"),
    ("de", "ORGANIZATION", "verlegt in das «St.-Josefs-Krankenhaus Offenburg» zur Reha"),
    ("de", "ORGANIZATION", "«Universitätsklinikum Tübingen»\nInnere Medizin"),
    ("de", "VEHICLE", "Kennzeichen: «FR-AB 123»"),
    ("fr", "NAME", "votre patiente Mme «Geneviève DELAPORTE», opérée"),
    ("fr", "NAME", "revu par le Dr «Le Goff» hier"),
    ("fr", "NAME", "Pr «A. Lemarchand»\nChef de service"),
    ("fr", "NAME", "Prénom : «Marie-Thérèse»"),
    ("fr", "DATE", "opéré le «4 septembre 2021» sans suite"),
    ("fr", "DATE", "Le «1er août», fièvre"),
    ("fr", "AGE", "patient de «91 ans» autonome"),
    ("fr", "PHONE", "joignable au «06 12 34 56 78» le soir"),
    ("fr", "SSN", "N° SS : «2 55 08 14 168 025 38»"),
    ("fr", "MRN", "IPP : «8001234567»"),
    ("fr", "LICENSE", "RPPS : «10101234567»"),
    ("fr", "ADDRESS", "demeurant «14 bis rue des Lilas» depuis"),
    ("fr", "ADDRESS", "«27400 Louviers» (Eure)"),
    ("fr", "ADDRESS", "\n«Rouen», le 4 septembre 2021"),
    ("fr", "ORGANIZATION", "transfert à la «Clinique Saint-Hilaire» prévu"),
    ("fr", "VEHICLE", "véhicule immatriculé «AB-123-CD» impliqué"),
    ("it", "NAME", "Si dimette il Sig. «Giovanni Lo Presti», nato"),
    ("it", "NAME", "Dott.ssa «Maria Concetta D'Angelo»"),
    ("it", "SSN", "C.F. «RSSMRA85T10A562S»"),
    ("it", "ADDRESS", "residente in «via Garibaldi 12/B» da anni"),
    ("it", "DATE", "ricoverato il «3 maggio 2020» per tosse"),
    ("it", "AGE", "donna di «95 anni» vigile"),
    ("it", "PHONE", "tel. «347 1234567»"),
    ("it", "ORGANIZATION", "presso l'«Ospedale Maggiore» di zona"),
    ("pt", "NAME", "Doente: «Maria da Conceição Ferreira dos Santos», reformada"),
    ("pt", "NAME", "visto pelo Dr. «João Gonçalves» hoje"),
    ("pt", "SSN", "CPF «529.982.247-25»"),
    ("pt", "SSN", "NIF: «123456789»"),
    ("pt", "ADDRESS", "morada: «Rua das Flores, nº 12, 3º Esq.»"),
    ("pt", "ADDRESS", "«4900-123 Viana do Castelo», reformada"),
    ("pt", "DATE", "internada a «3 de março de 2021» com febre"),
    ("pt", "AGE", "mulher de «91 anos» com queda"),
    ("pt", "PHONE", "Tlm: «912 345 678»"),
    ("pt", "ORGANIZATION", "no «Hospital de Santa Luzia» desde ontem"),
    ("nl", "NAME", "bericht over mevr. «A.M. van der Velde-de Jong», bekend"),
    ("nl", "NAME", "Dr. «P. Bakker», cardioloog"),
    ("nl", "SSN", "BSN: «111222333»"),
    ("nl", "ADDRESS", "«Lange Nieuwstraat 12» te bereiken"),
    ("nl", "ADDRESS", "«3512 PH Utrecht», alleenstaand"),
    ("nl", "DATE", "opname op «3 mei 2020» wegens koorts"),
    ("nl", "AGE", "De «95»-jarige patiënte"),
    ("nl", "PHONE", "Tel «030-1234567»"),
    ("nl", "ORGANIZATION", "in het «St. Antonius Ziekenhuis» opgenomen"),
]

# Clinical text without identifiers, in which much looks like one.
LEFT = [
    ("es", "Enfermedad de Crohn y síndrome de Cushing. Signo de Murphy negativo, Glasgow 15, Apgar 9/10."),
    ("es", "Hemoglobina 13,3 g/dl, Plaquetas 281.000/ul, TA 120/80 mmHg, pH 7,38, FEVI 55%."),
    ("es", "Tratamiento: Nolotil 575 mg/8 h, Augmentine 1-0-1. Sonda de Foley. Polígono de Willis permeable."),
    ("es", "Varón de 45 años con dolor desde hace tres semanas. Vive con su esposa. Fumador de 20 cigarrillos/día."),
    ("es", "El paciente fue valorado por Medicina Interna y por el Servicio de Urgencias."),
    ("de", "Morbus Parkinson, Hashimoto-Thyreoiditis, Babinski beidseits negativ, Foley-Katheter, Holter-EKG."),
    ("de", "Medikation: ASS 100 1-0-0, Ramipril 5 mg 1-0-1, Bisoprolol 2,5 mg. RR 140/80 mmHg, Vitamin D 1.5."),
    ("de", "Der 71-jährige Patient klagt seit drei Wochen über Husten. Mutter: Diabetes mellitus, Vater: Herzinfarkt."),
    ("de", "Der Patient wurde in die Klinik für Innere Medizin übernommen. Therapie nach S3-Leitlinie, TNM pT2 pN0."),
    ("de", "Sehr geehrte Damen und Herren, wir danken für die freundliche Überweisung."),
    ("fr", "Maladie de Parkinson, signe de Babinski, sonde de Foley, score de Glasgow 15, fracture de Pouteau-Colles."),
    ("fr", "Doliprane 1 g x 3/j, Lasilix 40 mg, TA 140/80 mmHg, CRP 12 mg/L, FEVI 55 %, CHA2DS2-VASc 4."),
    ("fr", "Patient de 71 ans, toux depuis trois semaines. Mère : diabète. Père : maladie d'Alzheimer."),
    ("fr", "Hospitalisé en Cardiologie puis en Réanimation. Bien confraternellement."),
    ("it", "Morbo di Parkinson, segno di Murphy negativo, PA 120/80 mmHg, Tachipirina 1000 mg ogni 8 ore, EF 55%."),
    ("pt", "Doença de Parkinson, sinal de Murphy negativo, TA 120/80 mmHg, Brufen 600 mg de 8/8 horas, FEVE 55%."),
    ("nl", "Ziekte van Parkinson, teken van Murphy negatief, RR 120/80 mmHg, paracetamol 1000 mg 4 dd, EMV 15."),
]


def recognizers(language: str) -> tuple[Recognizer, ...]:
    module = import_module(f"cloister.deid.text.recognizers.languages.{language}")
    found: tuple[Recognizer, ...] = module.RECOGNIZERS
    return found


def findings(language: str, text: str) -> list[Finding]:
    return [finding for recognizer in recognizers(language) for finding in recognizer.find(text)]


def unmarked(marked: str) -> tuple[str, int, int]:
    start, end = marked.index("«"), marked.index("»") - 1
    return marked.replace("«", "").replace("»", ""), start, end


@pytest.mark.parametrize(("language", "label", "marked"), FOUND)
def test_identifier_is_found_whole(language: str, label: str, marked: str) -> None:
    text, start, end = unmarked(marked)
    found = [(f.start, f.end) for f in findings(language, text) if f.label == label and f.score >= 0.3]
    assert any(left <= start and right >= end for left, right in found), found
    assert not any(left < start or right > end for left, right in found if left < end and right > start), found


@pytest.mark.parametrize(("language", "text"), LEFT)
def test_clinical_text_is_left(language: str, text: str) -> None:
    assert [text[f.start : f.end] for f in findings(language, text) if f.score >= 0.3] == []


@pytest.mark.parametrize(
    ("language", "label", "value"),
    [
        ("es", "SSN", "12345678A"),
        ("de", "HEALTH_PLAN", "A123456789"),
        ("fr", "SSN", "2 55 08 14 168 025 39"),
        ("it", "SSN", "RSSMRA85T10A562A"),
        ("pt", "SSN", "529.982.247-26"),
        ("nl", "SSN", "BSN 111222334"),
    ],
)
def test_failed_checksum_lowers_the_score_and_keeps_the_span(language: str, label: str, value: str) -> None:
    text = f"Nr {value} ok"
    digits = value.removeprefix("BSN ")
    found = [f for f in findings(language, text) if f.label == label and text[f.start : f.end] == digits]
    assert found
    assert max(f.score for f in found) <= 0.95 * FAILED_CHECK + 1e-9


@pytest.mark.parametrize("language", LANGUAGES)
def test_findings_lie_within_the_text(language: str) -> None:
    """Also in text whose lower case is longer than the text, and in signs of other scripts."""
    for text in ("", "\n", "İİİ Dr. İnci Dr.", "Dr. ", "Name: ", "Nombre:", "محمد Dr. أحمد 12.3.", "ß" * 50):
        for finding in findings(language, text):
            assert 0 <= finding.start < finding.end <= len(text)
            assert 0 < finding.score <= 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_hostile_text_takes_linear_time(language: str) -> None:
    """Repetitions of what expressions begin with: quadratic expressions took 20 s here, linear ones well under one."""
    from time import process_time

    for unit in (
        "a-",
        "A ",
        "Ab ",
        "1 ",
        "1-",
        "Dr. ",
        "de la ",
        "Calle de la ",
        "Müllerstr",
        "Name: ",
        "via Roma ",
        "x",
    ):
        text = unit * (20_000 // len(unit))
        started = process_time()
        for recognizer in recognizers(language):
            list(recognizer.find(text))
        assert process_time() - started < 5, unit
