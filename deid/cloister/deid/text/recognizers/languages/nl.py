"""Dutch notes: identifiers of the Netherlands and of Flanders."""

from __future__ import annotations

from cloister.deid.text.finding import Recognizer
from cloister.deid.text.patterns import Pattern, PatternRecognizer
from cloister.deid.text.recognizers.languages.announced_name import AnnouncedNames, Announcement
from cloister.deid.text.recognizers.languages.labelled_code import MIXED_CODE, labelled_code
from cloister.deid.text.recognizers.languages.language_dates import LanguageDates
from cloister.deid.text.recognizers.languages.national_checksums import bsn, niss
from cloister.deid.text.recognizers.languages.signature import SIGNATURE

_TITLE = (
    r"(?:dhr|de[ ]heer|heer|mevr|mevrouw|mw|mej|dr|drs|prof|professor|dokter|ir|ing|mr|zuster|broeder|collega"
    r"|huisarts|arts-assistent|aios|anios|verpleegkundige|internist|chirurg|cardioloog|neuroloog)"
)
_PERSON_FIELD = (
    r"(?:naam(?:[ ]patiënt)?|voornaam|voorletters|achternaam|meisjesnaam|geboortenaam|patiënt(?:e)?|pati[eë]nt"
    r"|cliënt[e]?|bewoner|huisarts|(?:behandelend(?:e)?[ ])?(?:arts|specialist)|hoofdbehandelaar|verwijzer"
    r"|operateur"
    r"|assistent|anesthesist|anesthesioloog|radioloog|patholoog|verpleegkundige|verloskundige|contactpersoon"
    r"|mantelzorger|ondertekend(?:[ ]door)?"
    r"|geautoriseerd[ ]door|aanvrager|betreft|inzake)"
)
_NOT_NAMES = frozenset(
    """
    geboren geb geboortedatum adres woonplaats telefoon tel mobiel fax email afdeling polikliniek ziekenhuis kliniek
    centrum umc instituut arts huisarts specialist patiënt patiënte mevrouw heer dokter collega geachte beste met
    vriendelijke collegiale groet hoogachtend bsn patiëntnummer nummer datum leeftijd jaar man vrouw diagnose anamnese
    behandeling onderzoek reden opname ontslag conclusie beleid wordt werd is heeft was kwam meldt presenteert klaagt
    woont de het een van in op en of bij voor door niet geen onbekend januari februari maart april mei juni juli
    augustus september oktober november december cardiologie neurologie urologie chirurgie oncologie interne
    geneeskunde pediatrie radiologie spoedeisende hulp ik wij hij zij ze dank u
    """.split()  # noqa: SIM905
)
_NAME = AnnouncedNames(
    language="nl",
    announcements=(
        Announcement(rf"(?<![\w.])(?:{_TITLE}\.?[ ]{{1,2}}){{1,3}}", 0.86, several=True),
        Announcement(
            rf"(?<![\w/-]){_PERSON_FIELD}[ \t]?:[ \t]*(?:{_TITLE}\.?[ ]{{1,2}}){{0,3}}", 0.9, field=True, several=True
        ),
        Announcement(
            r"(?<!\w)(?:ik heet|mijn naam is|genaamd|(?:zijn|haar|mijn) (?:echtgenote|vrouw|man|dochter|zoon"
            r"|moeder|vader|partner)[, ]{1,2})[ ]?",
            0.45,
            most=3,
        ),
        Announcement(
            rf"(?<!\w)(?:groet(?:en)?|hoogachtend)[ ]?[,.]?[ \t]*\n\s*(?:{_TITLE}\.?[ ]{{1,2}}){{0,3}}", 0.6, most=4
        ),
    ),
    not_names=_NOT_NAMES,
)
_DATE = LanguageDates(
    "nl",
    patterns=(
        Pattern(
            r"\b(?:op|van|tot|sinds|vanaf|d\.d\.|dd\.?|per)[ ](?P<it>(?:0?[1-9]|[12]\d|3[01])[/-](?:0?[1-9]"
            r"|1[0-2]))(?![\w/-]|[.,]\d)",
            0.6,
            folded=True,
        ),
        Pattern(
            r"(?<!\w)(?:op|afgelopen|volgende|komende|vorige)[ ](?P<it>(?:maandag|dinsdag|woensdag|donderdag"
            r"|vrijdag|zaterdag|zondag))(?!\w)",
            0.45,
            folded=True,
        ),
    ),
)
_AGE = PatternRecognizer(
    name="age",
    label="AGE",
    patterns=(
        Pattern(r"(?<![\d.,/])(?P<it>9\d|1[0-2]\d)(?=[ -]?jarige|[ ]jaar\b|[ ]?jr\b)", 0.95, folded=True),
        Pattern(r"\bleeftijd[ ]?:?[ ]?(?P<it>9\d|1[0-2]\d)(?![\d.,%])", 0.95, folded=True),
        Pattern(r"\b(?P<it>(?:\w{2,5}[eë]n)?negentig|honderd)(?=[ -]?jarige)", 0.9, folded=True),
    ),
)
_TELEPHONE = r"(?P<it>\+?\(?\d(?:[ ().\-/]{0,3}\d){4,14})(?!\d)"
_PHONE = PatternRecognizer(
    name="phone",
    label="PHONE",
    patterns=(
        labelled_code(
            r"(?:telefoon(?:nummer)?|telefonisch|tel|mobiel|gsm|sein|pieper|doorkiesnummer|bereikbaar[ ]op)",
            0.92,
            _TELEPHONE,
        ),
        Pattern(
            r"(?<![\w.,+/-])(?:(?:\+|00)31[ -]?(?:\(0\))?[ -]?|0)[1-9](?:\d{2}[ -]\d{7}|\d[ -]\d{7}"
            r"|\d{2}[ -]\d{2}[ ]?\d{2}[ ]?\d{2,3}|[ -]\d{8}|\d{8}|[ -]?\d{2}(?:[ -]?\d{2}){3})(?![\w]"
            r"|[.,/-]\d)",
            0.75,
        ),
        Pattern(
            r"(?<![\w.,+/-])(?:\+|00)32[ .-]?(?:\(0\))?(?:[ ./-]?\d){8,9}(?![\w]|[.,/-]\d)"
            r"|(?<![\w.,+/-])0\d{1,3}[ /][ ]?\d{2,3}[ .]?\d{2}[ .]?\d{2}(?![\w]|[.,/-]\d)",
            0.75,
        ),
    ),
)
_FAX = PatternRecognizer(
    name="fax", label="FAX", patterns=(labelled_code(r"(?:tele)?fax(?:nummer)?", 0.93, _TELEPHONE),)
)
_SSN = PatternRecognizer(
    name="bsn",
    label="SSN",
    patterns=(
        labelled_code(r"(?:bsn|burgerservicenummer|sofinummer)(?:[ -]?nummer)?", 0.95, check=bsn),
        Pattern(
            r"(?<![\w.,-])\d{4}[. ]\d{2}[. ]\d{3}(?![\w]|[.,-]\d)|(?<![\w.,-])\d{9}(?![\w]|[.,-]\d)", 0.5, check=bsn
        ),
        Pattern(r"(?<![\w.-])\d{2}\.\d{2}\.\d{2}[ -]\d{3}[.-]\d{2}(?!\w)", 0.9, check=niss),
        labelled_code(r"(?:rijksregister(?:nummer|nr)?|insz|niss)", 0.93, check=niss),
        labelled_code(r"(?:paspoort|identiteitskaart|id-kaart|rijbewijs)(?:nummer|nr)?", 0.9, MIXED_CODE),
    ),
)
_HEALTH_PLAN = PatternRecognizer(
    name="health-plan",
    label="HEALTH_PLAN",
    patterns=(
        labelled_code(
            r"(?:polis(?:nummer|nr)?|verzekerden?(?:nummer|nr)?|verzekering(?:snummer)?|uzovi|mutualiteit"
            r"|relatienummer)",
            0.9,
            MIXED_CODE,
        ),
    ),
)
_MRN = PatternRecognizer(
    name="record-number",
    label="MRN",
    patterns=(
        labelled_code(
            r"(?:pati[eë]nt(?:en)?(?:nummer|nr|[ -]?id)|pat\.?[ -]?(?:nr|nummer)|patnr|dossier(?:nummer|nr)?"
            r"|eadnummer|ead|epd-?nummer|zisnummer|zis)",
            0.94,
            MIXED_CODE,
        ),
        labelled_code(
            r"(?:opname(?:nummer|nr)|zorgtraject(?:nummer)?|factuur(?:nummer|nr)?|dbc(?:-?nummer)?|iban)",
            0.85,
            MIXED_CODE,
        ),
    ),
)
_LICENSE = PatternRecognizer(
    name="license",
    label="LICENSE",
    patterns=(
        labelled_code(
            r"(?:big(?:[ -]?(?:nummer|nr|registratie))?|agb(?:[ -]?code)?|riziv(?:[ -]?(?:nummer|nr))?)", 0.93
        ),
    ),
)
_VEHICLE = PatternRecognizer(
    name="vehicle",
    label="VEHICLE",
    patterns=(
        labelled_code(r"(?:kenteken|nummerplaat)", 0.92, MIXED_CODE),
        Pattern(
            r"(?<![\w-])(?:[A-Z]{1,2}-\d{3}-[A-Z]{1,2}|\d{1,2}-[A-Z]{3}-\d{1,2}|[A-Z]{2}-\d{2}-\d{2}"
            r"|\d{2}-\d{2}-[A-Z]{2}|\d-[A-Z]{3}-\d{3})(?![\w-])",
            0.7,
        ),
    ),
)
_DEVICE = PatternRecognizer(
    name="device",
    label="DEVICE",
    patterns=(labelled_code(r"(?:serie-?(?:nummer|nr)|s/n|sn|lot(?:nummer)?|batch(?:nummer)?)", 0.8, MIXED_CODE),),
)
_ID = PatternRecognizer(
    name="numbered-sample",
    label="ID",
    patterns=(
        labelled_code(
            r"(?:monster(?:nummer|nr)|lab(?:nummer|nr)|aanvraag(?:nummer|nr)|pa-?(?:nummer|nr)"
            r"|onderzoeks(?:nummer|nr)|kenmerk|referentie)",
            0.75,
            MIXED_CODE,
        ),
    ),
)
_LOWER = "a-zàáâäçèéêëïíóôöúü"
_PROPER = rf"['’]?[^\W\d_{_LOWER}][\w'’-]{{0,40}}"
_LINK = r"(?:van|van[ ]de|van[ ]der|van[ ]den|de|den|der|het|'t|aan[ ]de|aan[ ]den|op|in|te|ter|ten|en|bij|Sint|St\.)"
_PROPERS = rf"(?:(?:{_LINK}[ ]){{0,3}}{_PROPER}(?:[ ](?:{_LINK}[ ]){{0,3}}{_PROPER}){{0,3}})"
_HOUSE = r"[ ]\d{1,4}(?:[ ]?[-/]?[ ]?(?:[A-Za-z]|\d{1,3}|bis|hs|I{1,3}|bus[ ]\d+)(?!\w))?(?!\d|[.,]\d)"
_STREET = PatternRecognizer(
    name="street",
    label="ADDRESS",
    by_capitals=True,
    patterns=(
        Pattern(
            rf"(?<![\w-])(?:(?:{_LINK}[ ]){{0,2}}{_PROPER}[ ](?:{_LINK}[ ]){{0,2}}){{0,3}}"
            rf"[^\W\d_{_LOWER}]?[\w'’-]{{0,40}}?(?:straat"
            rf"|laan|weg|plein|gracht|kade|singel|dijk|pad|steeg|hof|dreef|baan|lei|markt|wal|park|plantsoen"
            rf"|ring|erf|veld|berg){_HOUSE}",
            0.85,
        ),
        Pattern(rf"(?<![\w-])(?:{_PROPER}[ ]){{1,2}}(?:Straat|Laan|Weg|Plein|Gracht|Kade|Singel|Dijk){_HOUSE}", 0.85),
        Pattern(
            r"\b(?:adres|straat|woonadres)[ ]?:[ ]*(?P<it>[^\n]{4,80}?)(?=[ ]*(?:\n|$)|[.;][ ]|[ ]{2,}"
            r"|[ ](?:tel|geb))",
            0.88,
            folded=True,
        ),
        Pattern(r"\bpostbus[ ]\d{1,6}", 0.9, folded=True),
    ),
)
_PLACE = PatternRecognizer(
    name="place",
    label="ADDRESS",
    by_capitals=True,
    patterns=(
        Pattern(rf"(?<![\w.,/-])[1-9]\d{{3}}[ ]?(?!SA|SD|SS)[A-Z]{{2}}(?:,?[ ]{{1,2}}{_PROPERS})?(?![\w])", 0.85),
        Pattern(
            rf"(?:(?<=,[ ])|(?<=,)|(?<=\n)|(?<![\w.,/-])B-)[1-9]\d{{3}}[ ](?!(?:Mg|Ml"
            rf"|IE)(?!\w)){_PROPERS}(?=[,.;)\n]|$)",
            0.8,
        ),
        Pattern(r"\b(?:postcode)[ ]?:?[ ]?(?P<it>\d{4}(?:[ ]?[a-z]{2})?)(?!\w)", 0.9, folded=True),
        Pattern(
            r"\b(?:woonplaats|plaats|geboorteplaats|gemeente|land"
            r"|nationaliteit)[ ]?:[ ]*(?P<it>[^\W\d_][^\n:;\d]{1,40}?)(?=[ ]*(?:\n|$)|[,;]|[ ]{2,})",
            0.88,
            folded=True,
        ),
        Pattern(
            rf"\b(?:woont|wonende|woonachtig|wonend|woonde|geboren|afkomstig|verhuisd|reis|verblijf|vakantie"
            rf"|overgeplaatst)[ ](?:(?:alleen|nu|zelfstandig|recent)[ ])?(?:in|te|uit"
            rf"|naar)[ ](?P<it>{_PROPERS})",
            0.62,
        ),
        Pattern(
            rf"(?:^|\n)[ \t]*(?P<it>{_PROPERS}),[ ](?=\d{{1,2}}(?:[/-]\d|[ ](?:jan|feb|maa|apr|mei|jun|jul|aug"
            rf"|sep|okt|nov|dec)))",
            0.85,
        ),
    ),
)
_ORGANIZATION = PatternRecognizer(
    name="organization",
    label="ORGANIZATION",
    patterns=(
        Pattern(
            r"(?<![\w-])(?:UMC|UZ|AZ|ZNA|MUMC|AMC|LUMC|Universitair[ ](?:Medisch[ ]Centrum|Ziekenhuis)"
            r"|Ziekenhuis|Medisch[ ]Centrum|Kliniek|Algemeen[ ]Ziekenhuis|Sint|St\.|Gezondheidscentrum"
            r"|Huisartsenpraktijk|Huisartsenpost"
            rf"|Verpleeghuis|Verzorgingshuis|Woonzorgcentrum|WZC|Zorgcentrum|Apotheek|Laboratorium|Universiteit"
            rf"|Thuiszorg|Revalidatiecentrum)[ ](?:(?:van|de|het)[ ])?{_PROPERS}",
            0.8,
        ),
        Pattern(
            rf"(?<![\w-])(?:{_PROPER}[ ]){{0,2}}{_PROPER}[ -]?(?:[Zz]iekenhuis|[Gg]asthuis|[Kk]liniek|MC|UMC"
            rf"|[Zz]orggroep)(?![\w-])",
            0.7,
        ),
    ),
)
_PROFESSION = PatternRecognizer(
    name="profession",
    label="PROFESSION",
    patterns=(Pattern(r"\bberoep[ ]?:[ ]*(?P<it>[^\n.;,:\d]{3,40}?)(?=[ ]*(?:[.,;\n]|$))", 0.85, folded=True),),
)

RECOGNIZERS: tuple[Recognizer, ...] = (
    _NAME,
    _DATE,
    _AGE,
    _PHONE,
    _FAX,
    _SSN,
    _HEALTH_PLAN,
    _MRN,
    _LICENSE,
    _VEHICLE,
    _DEVICE,
    _ID,
    _STREET,
    _PLACE,
    _ORGANIZATION,
    _PROFESSION,
    SIGNATURE,
)
"""For Dutch notes, beside those of any language."""
