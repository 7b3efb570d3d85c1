"""Italian notes: identifiers of Italy and of Italian-speaking Switzerland."""

from __future__ import annotations

from cloister.deid.text.finding import Recognizer
from cloister.deid.text.patterns import Pattern, PatternRecognizer
from cloister.deid.text.recognizers.languages.announced_name import AnnouncedNames, Announcement
from cloister.deid.text.recognizers.languages.labelled_code import MIXED_CODE, labelled_code
from cloister.deid.text.recognizers.languages.language_dates import LanguageDates
from cloister.deid.text.recognizers.languages.national_checksums import codice_fiscale
from cloister.deid.text.recognizers.languages.signature import SIGNATURE

_TITLE = (
    r"(?:sigg?|sig\.ra|sig\.na|sig\.r|signor[ae]?|signorina|dott|dott\.?ssa|dott\.?sse|dottor|dottore"
    r"|dottoressa|dr|dr\.?ssa|prof|prof\.?ssa|professor(?:e|essa)?|avv|ing"
    r"|primario|inf)"
)
_PERSON_FIELD = (
    r"(?:nome(?:[ ]e[ ]cognome)?|cognome(?:[ ]e[ ]nome)?|nominativo|paziente|assistit[oa]"
    r"|medico(?:[ ](?:curante|di[ ]base|refertatore|richiedente|prescrittore|responsabile"
    r"|di[ ]medicina[ ]generale))?"
    r"|mmg|chirurgo|operatore|anestesista|radiologo|patologo|infermier[ea]|ostetrica"
    r"|firmato(?:[ ]digitalmente)?(?:[ ]da)?|refertato[ ]da|validato[ ]da|familiare|caregiver|tutore"
    r""
    r"|referente|inviante|contatto)"
)
_NOT_NAMES = frozenset(
    """
    nato nata data nascita residente indirizzo via viale piazza telefono tel cell fax email codice fiscale cf reparto
    servizio unità u.o uo ospedale clinica azienda istituto policlinico dipartimento ambulatorio medico medici
    chirurgo direttore primario specialista dottor dottore dottoressa signor signora paziente sesso età anni cartella
    nosologico ricovero dimissione diagnosi anamnesi terapia esame motivo presenta riferisce viene è ha era il lo la i
    gli le un una di in con per su da del della non cordiali saluti distinti collega egregio caro buongiorno
    grazie sconosciuto maschio femmina gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre
    novembre dicembre cardiologia neurologia urologia chirurgia oncologia medicina pediatria radiologia pronto
    soccorso vive lavora si che e tessera sanitaria
    """.split()  # noqa: SIM905
)
_NAME = AnnouncedNames(
    language="it",
    announcements=(
        Announcement(rf"(?<![\w.])(?:{_TITLE}\.?[ ]{{1,2}}|{_TITLE}\.){{1,3}}", 0.88, several=True, most=4),
        Announcement(
            rf"(?<![\w/-]){_PERSON_FIELD}[ \t]?:[ \t]*(?:{_TITLE}\.?[ ]{{1,2}}){{0,3}}", 0.9, field=True, several=True
        ),
        Announcement(
            r"(?<!\w)(?:mi chiamo|si chiama|sono(?= [A-Z])|firmato(?: digitalmente)? da|(?:la|sua"
            r"|mia) (?:moglie|figlia|madre)[, ]{1,2}|(?:il|suo|mio) (?:marito|figlio|padre)[, ]{1,2})[ ]?",
            0.45,
            most=3,
        ),
    ),
    not_names=_NOT_NAMES,
)
_DATE = LanguageDates(
    "it",
    patterns=(
        Pattern(
            r"\b(?:il|dal|al|del|in data|fino al)[ ](?P<it>(?:0?[1-9]|[12]\d|3[01])[/.-](?:0?[1-9]"
            r"|1[0-2]))(?![\w/-]|[.,]\d)",
            0.6,
            folded=True,
        ),
        Pattern(
            r"(?<!\w)(?P<it>(?:lunedì|martedì|mercoledì|giovedì|venerdì|sabato|domenica)[ ](?:scors[oa]"
            r"|prossim[oa]|passat[oa]))(?!\w)",
            0.5,
            folded=True,
        ),
    ),
)
_AGE = PatternRecognizer(
    name="age",
    label="AGE",
    patterns=(
        Pattern(r"(?<![\d.,/])(?P<it>(?:9\d|1[0-2]\d)[ ]?anni)(?!\w)", 0.95, folded=True),
        Pattern(r"\betà[ ]?:?[ ]?(?:di[ ])?(?P<it>9\d|1[0-2]\d)(?![\d.,%])", 0.95, folded=True),
        Pattern(r"\b(?P<it>novantenne|ultranovantenne|centenari[oa]|novant\w+enne)\b", 0.8, folded=True),
    ),
)
_TELEPHONE = r"(?P<it>\+?\(?\d(?:[ ().\-/]{0,3}\d){4,14})(?!\d)"
_PHONE = PatternRecognizer(
    name="phone",
    label="PHONE",
    patterns=(
        labelled_code(
            r"(?:telefono|telefonico|tel|cellulare|cell|recapito|utenza|centralino|segreteria)", 0.92, _TELEPHONE
        ),
        Pattern(r"(?<![\w.,+/-])(?:(?:\+|00)39[ .-]?)?3[2-9]\d[ ./-]?\d{3}[ .-]?\d{3,4}(?![\w]|[.,/-]\d)", 0.75),
        Pattern(r"(?<![\w.,+/-])(?:(?:\+|00)39[ .-]?)?0\d{1,3}[ ./-]{1,2}\d{3,4}[ .-]?\d{2,4}(?![\w]|[.,/-]\d)", 0.65),
        labelled_code(r"(?:interno|int)", 0.6, r"(?P<it>\d{3,5})(?!\d|[.,/-]\d)"),
    ),
)
_FAX = PatternRecognizer(name="fax", label="FAX", patterns=(labelled_code(r"(?:tele)?fax", 0.93, _TELEPHONE),))
_SSN = PatternRecognizer(
    name="codice-fiscale",
    label="SSN",
    patterns=(
        Pattern(
            r"(?<!\w)[a-z]{3}[ ]?[a-z]{3}[ ]?[\dlmnpqrstuv]{2}[abcdehlmprst]"
            r"[\dlmnpqrstuv]{2}[ ]?[a-z][\dlmnpqrstuv]{3}[a-z](?!\w)",
            0.95,
            folded=True,
            check=codice_fiscale,
        ),
        labelled_code(r"(?:codice[ ]fiscale|cod\.?[ ]?fisc|c\.?f)", 0.93, MIXED_CODE, check=codice_fiscale),
        labelled_code(r"(?:carta[ ](?:d['’]identità|di[ ]identità)|passaporto|documento)", 0.9, MIXED_CODE),
    ),
)
_HEALTH_PLAN = PatternRecognizer(
    name="health-plan",
    label="HEALTH_PLAN",
    patterns=(
        labelled_code(r"(?:tessera[ ]sanitaria|t\.?s|ssn|team|polizza|assicurat[oa]|esenzione)", 0.9, MIXED_CODE),
        Pattern(r"(?<!\d)80380\d{15}(?!\d)", 0.95),
    ),
)
_MRN = PatternRecognizer(
    name="record-number",
    label="MRN",
    patterns=(
        labelled_code(
            r"(?:cartella(?:[ ]clinica)?|nosologico|nosografico|id[ ]paziente|codice[ ]paziente|c\.c|scheda)",
            0.93,
            MIXED_CODE,
        ),
        labelled_code(r"(?:episodio|accesso|pratica|fattura|impegnativa|accettazione|iban)", 0.85, MIXED_CODE),
    ),
)
_LICENSE = PatternRecognizer(
    name="license",
    label="LICENSE",
    patterns=(
        labelled_code(
            r"(?:ordine[ ]dei[ ]medici|iscrizione[ ](?:albo|all['’]albo)|enpam|patente|codice[ ]regionale|omceo)",
            0.9,
            MIXED_CODE,
        ),
    ),
)
_VEHICLE = PatternRecognizer(
    name="vehicle",
    label="VEHICLE",
    patterns=(
        Pattern(r"(?<![\w-])[A-HJ-NPR-TV-Z]{2}[ -]?\d{3}[ -]?[A-HJ-NPR-TV-Z]{2}(?![\w-])", 0.75),
        labelled_code(r"targa(?:ta|to)?", 0.9, MIXED_CODE),
    ),
)
_DEVICE = PatternRecognizer(
    name="device",
    label="DEVICE",
    patterns=(labelled_code(r"(?:numero[ ]di[ ]serie|n[°.][ ]?di[ ]serie|matricola|s/n|sn|lotto)", 0.8, MIXED_CODE),),
)
_ID = PatternRecognizer(
    name="numbered-sample",
    label="ID",
    patterns=(
        labelled_code(
            r"(?:n[°.]?[ ]?(?:esame|campione|referto|richiesta|protocollo)|referto[ ]n|campione[ ]n)", 0.75, MIXED_CODE
        ),
    ),
)
_LOWER = "a-zàèéìíòóùú"
_PROPER = rf"[^\W\d_{_LOWER}][\w'’-]{{0,40}}"
_LINK = (
    r"(?:di|de|del|della|dello|dei|degli|delle|dell['’]|d['’]|da|dal|la|lo|le|il|e|in|al|sul|nell['’]|San|Santa|S\.)"
)
_PROPERS = rf"(?:(?:{_LINK}[ ]?){{0,3}}{_PROPER}(?:[ ](?:{_LINK}[ ]?){{0,3}}{_PROPER}){{0,4}})"
_WAY = (
    r"(?:[Vv]ia|VIA|[Vv]iale|[Vv]\.le|[Pp]iazza|PIAZZA|[Pp]\.?(?:zza|za)|[Pp]iazzale|[Pp]\.le|[Cc]orso|[Cc]\.so"
    r"|[Ll]argo|[Vv]icolo|[Ss]trada|[Cc]ontrada|[Cc]\.da|[Ll]ungomare|[Ll]ungotevere|[Cc]alle|[Ll]ocalità|[Ll]oc\."
    r"|[Ff]razione)"
)
_STREET = PatternRecognizer(
    name="street",
    label="ADDRESS",
    by_capitals=True,
    patterns=(
        Pattern(
            rf"(?<![\w-]){_WAY}[ ]{_PROPERS},?[ ](?:n[.°][ ]?)?\d{{1,4}}(?:[ ]?[/-][ ]?\w{{1,3}}"
            rf"|[A-Za-z](?!\w))?(?!\d|[.,]\d)",
            0.92,
        ),
        Pattern(rf"(?<![\w-])(?:Via|Viale|Piazza|Corso|Vicolo|Largo)[ ]{_PROPERS}", 0.75),
        Pattern(
            r"\b(?:indirizzo|residenza|domicilio)[ ]?:[ ]*(?P<it>(?:via|viale|piazza"
            r"|corso|\w+,)[^\n]{4,70}?)(?=[ ]*(?:\n|$)|[.;][ ]|[ ]{2,}|[ ](?:tel|cell|nat)|,[ ]c\.?f)",
            0.85,
            folded=True,
        ),
    ),
)
_PLACE = PatternRecognizer(
    name="place",
    label="ADDRESS",
    by_capitals=True,
    patterns=(
        Pattern(
            rf"(?<![\w.,/-])(?:I-)?\d{{5}}[ ](?:-[ ])?(?!(?:UI|Anni|Mg"
            rf"|Ml)(?!\w)){_PROPERS}(?:[ ]\(?[A-Z]{{2}}\)?(?!\w))?",
            0.88,
        ),
        Pattern(rf"(?<![\w-]){_PROPER}(?:[ ]{_PROPER}){{0,2}}[ ]\((?:[A-Z]{{2}})\)", 0.6),
        Pattern(r"\bcap[ ]?:?[ ]?(?P<it>\d{5})(?!\d)", 0.9, folded=True),
        Pattern(
            r"\b(?:comune|città|luogo di nascita|provincia|nazionalità|cittadinanza"
            r"|paese)[ ]?:[ ]*(?P<it>[^\W\d_][^\n:;\d]{1,40}?)(?=[ ]*(?:\n|$)|[,;]|[ ]{2,})",
            0.88,
            folded=True,
        ),
        Pattern(
            rf"\b(?:nat[oa]|residente|abita|vive|proveniente|originari[oa]|domiciliat[oa]|trasferit[oa]|viaggio"
            rf"|soggiorno)[ ](?:(?:recente|attualmente|sola|solo)[ ])?(?:a|ad|in|di|da)[ ](?P<it>(?:(?:La|Le"
            rf"|L['’])[ ]?)?{_PROPERS})",
            0.6,
        ),
        Pattern(
            rf"(?:^|\n)[ \t]*(?P<it>{_PROPERS}),[ ](?:il[ ]|lì[ ])?(?=\d{{1,2}}[/. ](?:\d|gen|feb|mar|apr|mag"
            rf"|giu|lug|ago|set|ott|nov|dic))",
            0.85,
        ),
    ),
)
_ORGANIZATION = PatternRecognizer(
    name="organization",
    label="ORGANIZATION",
    patterns=(
        Pattern(
            r"(?<![\w-])(?:Ospedal[ei]|OSPEDALE|Osp\.|Azienda[ ](?:Ospedaliera|Ospedaliero|USL|Sanitaria"
            r"|Socio)(?:[ -](?:Universitaria|Locale|Territoriale))*|A\.?O\.?U?\.?|ASL|ASST|AUSL|ATS|IRCCS"
            r"|Policlinico|Presidio[ ]Ospedaliero"
            r"|Clinica|Casa[ ]di[ ](?:Cura|Riposo)|Istituto|Poliambulatorio|Fondazione|Centro[ ](?:Medico"
            r"|Diagnostico)|RSA|Farmacia|Laboratorio|Università)"
            rf"(?:[ ](?:Universitari[oa]|Civil[ei]|Generale|Maggiore|Regionale|Pediatrico))*[ ](?:(?:di|del"
            rf"|della|dell['’]|dei|degli)[ ]?)?[\"“]?{_PROPERS}",
            0.82,
        ),
    ),
)
_PROFESSION = PatternRecognizer(
    name="profession",
    label="PROFESSION",
    patterns=(
        Pattern(
            r"\b(?:professione|occupazione|lavoro)[ ]?:[ ]*(?P<it>[^\n.;,:\d]{3,40}?)(?=[ ]*(?:[.,;\n]|$))",
            0.85,
            folded=True,
        ),
    ),
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
"""For Italian notes, beside those of any language."""
