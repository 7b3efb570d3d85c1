"""German notes: identifiers of Germany, Austria and German-speaking Switzerland."""

from __future__ import annotations

from cloister.deid.text.finding import Recognizer
from cloister.deid.text.patterns import Pattern, PatternRecognizer
from cloister.deid.text.recognizers.languages.announced_name import AnnouncedNames, Announcement
from cloister.deid.text.recognizers.languages.labelled_code import MIXED_CODE, labelled_code
from cloister.deid.text.recognizers.languages.language_dates import LanguageDates
from cloister.deid.text.recognizers.languages.national_checksums import ahv, identity_card, kvnr, steuer_id, svnr
from cloister.deid.text.recognizers.languages.signature import SIGNATURE

_DEGREE = (
    r"(?:(?:univ\.?-?[ ]?)?prof(?:essor(?:in)?)?|pd|priv\.?-?[ ]?doz|doz|dr|dres|dipl\.?-?[ ]?(?:psych|med|ing"
    r"|soz\.?[ ]?päd)|mag|med|mult|h\.c|habil"
    r"|dent|rer\.?[ ]?nat|phil|univ|sc|hum|biol|msc|m\.sc|vet|doktor)\.?"
)
_ROLE = (
    r"(?:oberarzt|oberärztin|oä|oa|loa|foa|ltd\.?[ ]oberarzt|leitender[ ]oberarzt|chefarzt|chefärztin|ca|cä"
    r"|assistenzarzt|assistenzärztin|assistenz"
    r"|stationsarzt|stationsärztin|hausarzt|hausärztin|facharzt|fachärztin|notarzt|notärztin|belegarzt"
    r"|amtsarzt|kolleg(?:e|en|in)|direktor|schwester"
    r"|pfleger|schw|sr|hebamme|aa|kollegen|operateur|anästhesist)\.?"
)
_CIVIL = r"(?:herrn?|frau|hr|fr|fräulein|familie|eheleute)\.?"
_GAP = r"(?:(?<=\.)[ ]{0,2}|[ ]{1,2})"
_TITLES = rf"(?:(?:{_DEGREE}|{_ROLE}|{_CIVIL}){_GAP}){{0,6}}"
_PERSON_FIELD = (
    r"(?:name(?:[ ]des[ ]patienten)?|patient(?:in|enname)?|pat\.?-?name|nachname|familienname|zuname"
    r"|vorname[n]?|geburtsname|(?:name,[ ]?vorname)"
    r"|(?:vor-[ ]und[ ]nachname)|pat|betr(?:ifft|eff|\.)?|re|hausarzt|hausärztin|behandelnder?[ ]arzt"
    r"|behandelnde[ ]ärztin|aufnehmender[ ]arzt|arzt|ärztin"
    r"|chefarzt|oberarzt|oberärztin|stationsarzt|operateur(?:in)?|(?:1\.|2\.|erster|zweiter)[ ]assistent"
    r"|assistent(?:in|enz)?|assistenz|anästhesist(?:in)?"
    r"|anästhesie|untersucher(?:in)?|befunder|einsender(?:in)?|zuweiser(?:in)?|überweiser(?:in)?"
    r"|ansprechpartner(?:in)?|angehörige[r]?|kontaktperson"
    r"|bevollmächtigte[r]?|betreuer(?:in)?|notarzt|hebamme"
    r"|diktiert(?:[ ]von)?|geschrieben|dokumentiert|validiert"
    r"|freigegeben(?:[ ]von)?|unterzeichnet(?:[ ]von)?|verteiler|nachrichtlich(?:[ ]an)?|empfänger|pathologe"
    r"|radiologe|versicherter|bewohner(?:in)?)"
)
_NOT_NAMES = frozenset(
    """
    geb geboren geborene geburtsdatum geb.-datum jahrgang wohnhaft adresse anschrift straße telefon tel fax mobil
    e-mail email station klinik klinikum krankenhaus universitätsklinikum hospital praxis abteilung ambulanz zentrum
    institut fallnummer fallnr pat pid nr nummer aufnahme entlassung datum vom bis von-bis am seit diagnose diagnosen
    anamnese befund therapie krankenkasse versicherung kostenträger arzt ärztin oberarzt oberärztin chefarzt
    chefärztin assistenzarzt assistenzärztin facharzt fachärztin direktor direktorin leiter leiterin kollege kollegin
    kollegen kolleginnen doktor professor herr herrn frau hr fr patient patientin patienten dr prof pd med dipl-med
    sehr geehrte geehrter geehrten damen herren guten tag hallo mit freundlichen kollegialen grüßen wir ich sie er es
    der die das den dem ein eine keine kein wurde wird ist war hat und oder sowie für über innere medizin chirurgie
    neurologie kardiologie urologie radiologie pathologie gynäkologie pädiatrie onkologie anästhesie psychiatrie
    orthopädie intensivstation notaufnahme allergien medikation labor epikrise beurteilung verlauf siehe unbekannt
    entfällt nicht angegeben männlich weiblich vorname nachname name geschlecht fall z.n zustand nach verdacht bei
    wegen telefonisch persönlich oben genannten genannte o.g stationär januar februar märz april mai juni juli august
    september oktober november dezember op opdatum material einsender mfg gez ihr ihre pflege visite rücksprache
    kontrolle termin vorstellung empfehlung wohnt lebt klagt berichtet stellte kam
    """.split()  # noqa: SIM905
)
_NAME = AnnouncedNames(
    language="de",
    announcements=(
        Announcement(
            rf"(?<![\w-]){_CIVIL}[ ]{{1,2}}(?:(?:{_DEGREE}|{_ROLE}){_GAP}){{0,6}}",
            0.9,
            several=True,
            most=4,
        ),
        Announcement(
            rf"(?<![\w.-])(?:prof|pd|priv\.?-?doz|dr|dres)\.?{_GAP}(?:{_DEGREE}{_GAP}){{0,5}}",
            0.9,
            several=True,
            most=4,
        ),
        Announcement(
            rf"(?<![\w-])(?:oä|oa|ca|cä|aa|oberarzt|oberärztin|chefarzt|chefärztin|schwester|pfleger|schw\."
            rf"|stationsärztin|stationsarzt|hausarzt|hausärztin)[ ]"
            rf"(?:{_DEGREE}{_GAP}){{0,4}}",
            0.7,
            several=True,
            most=3,
        ),
        Announcement(rf"(?<![\w/-]){_PERSON_FIELD}[ \t]?:[ \t]*{_TITLES}(?:\*[ ]?)?", 0.9, field=True, several=True),
        Announcement(
            rf"(?<!\w)(?:gez\.|mfg|hz\.?:?|(?:^|(?<=\n))[ ]*i\.[ ]?[av]\.)[ ]{_TITLES}", 0.8, several=True, most=4
        ),
        Announcement(
            rf"(?<!\w)(?:grüßen|grüße|gruß|hochachtungsvoll|ihr|ihre)[ ]?[,.]?[ \t]*\n\s*{_TITLES}",
            0.6,
            several=True,
            most=4,
        ),
        Announcement(
            r"(?<!\w)(?:mein name ist|ich heiße|hier ist|(?:ehefrau|ehemann|tochter|sohn|mutter|vater|bruder"
            r"|schwester|lebensgefährt(?:in|e)|enkel(?:in)?)[ ,]{0,2}"
            rf"{_CIVIL})[ ]",
            0.8,
            most=3,
        ),
    ),
    not_names=_NOT_NAMES,
)
_BEFORE_BIRTH = PatternRecognizer(
    name="announced-name",
    label="NAME",
    patterns=(
        Pattern(
            r"(?<![\w'’-])(?P<it>(?!Herrn?[ ]|Frau[ ]|Patient|Dr)[^\W\d_a-zäöüß][\w'’-]+(?:,)?(?:[ ](?:von|van"
            r"|zu|der|de)){0,2}(?:[ ][^\W\d_a-zäöüß][\w'’.-]*){1,3})"
            r"(?=[ ]?[,;(]{0,2}[ ]?(?:geb\.?|geboren|\*)[ ]?(?:am[ ])?\d)",
            0.85,
        ),
    ),
)

_PART = r"(?:0?[1-9]|[12]\d|3[01])\.[ ]?(?:0?[1-9]|1[0-2])"
_DATE = LanguageDates(
    "de",
    patterns=(
        Pattern(rf"(?:^|\n|[(,;:-][ ]?|[(])(?P<it>{_PART}\.)(?![\d ]?\d|[\w])", 0.4),
        Pattern(
            rf"\b(?:am|vom|bis|zum|ab|seit|den|dem|und|datum:?)[ ](?:\w{{2}}[.,][ ])?(?P<it>{_PART}\.?)(?![\d,]"
            rf"|\.\d|[ ]?(?:mg|ml|cm|mm|%|g\b))",
            0.6,
            folded=True,
        ),
        Pattern(
            r"(?<![\w./-])(?:0[1-9]|1[0-2]|(?:(?<=ed )|(?<=im )|(?<=seit )|(?<=op ))[1-9])/(?:\d{2})(?![\w/.]"
            r"|[ ]?(?:mg|cm|mm|ml|mmhg|pkt|punkte|stufe|%|l/min))",
            0.35,
            folded=True,
        ),
        Pattern(
            r"\b(?:am|vom|seit|bis|letzten|nächsten|vergangenen|kommenden|diesen)[ ](?P<it>(?:montag|dienstag"
            r"|mittwoch|donnerstag|freitag|samstag|sonnabend|sonntag))(?!\w)",
            0.4,
            folded=True,
        ),
        Pattern(
            r"(?<![\w.])(?:0?[1-9]|[12]\d|3[01])\.[ ]?(?:0?[1-9]|1[0-2])\.?[ ]?(?:-|bis|–|und)[ ]?(?:0?[1-9]"
            r"|[12]\d|3[01])\.[ ]?(?:0?[1-9]|1[0-2])\.?"
            r"(?:[ ]?(?:19|20)?\d{2})?(?!\d)",
            0.6,
            folded=True,
        ),
    ),
)
_AGE = PatternRecognizer(
    name="age",
    label="AGE",
    patterns=(
        Pattern(
            r"(?<![\d.,/+])(?P<it>9\d|1[0-2]\d)(?=[ -]?jährig|[ -]?jahre\b|[ ]?j\b|[ -]?jaehrig)", 0.95, folded=True
        ),
        Pattern(r"\balter[ ]?:?[ ](?:von[ ])?(?P<it>9\d|1[0-2]\d)(?![\d.,%])", 0.95, folded=True),
        Pattern(
            r"\b(?P<it>(?:(?:ein|zwei|drei|vier|fünf|sechs|sieben|acht|neun)und)?neunzig|hundert)[ -]?jährig",
            0.9,
            folded=True,
        ),
    ),
)

_TELEPHONE = r"(?P<it>\+?\(?\d(?:[ ().\-/]{0,3}\d){4,15})(?!\d)"
_PHONE = PatternRecognizer(
    name="phone",
    label="PHONE",
    patterns=(
        labelled_code(
            r"(?:telefon(?:nummer)?|telefonisch[ ]unter|tel|fon|handy(?:nummer)?|mobil(?:telefon)?|durchwahl"
            r"|dw|rufnummer|ruf|funk|piepser|pager|notfallnummer"
            r"|zentrale|sekretariat|anmeldung|pforte|whatsapp|erreichbar[ ]unter)",
            0.92,
            _TELEPHONE,
        ),
        Pattern(
            r"(?<![\w.,+/-])(?P<it>(?:(?:\+|00)(?:49|43|41)[ ]?(?:\(0\))?[ ./-]{0,3}"
            r"|\(?0)[1-9]\d{1,4}\)?[ ]?[/ -][ ]?\d(?:[ -]?\d){3,9})(?![\w]|[.,/-]\d)",
            0.75,
        ),
        Pattern(r"(?<![\w.,+/-])(?P<it>01[5-7]\d{8,9}|06[5-9]\d{7,9})(?![\w]|[.,/-]\d)", 0.7),
        Pattern(
            r"(?<!\w)(?:unter|durchwahl|dw)[ ]?[:.]?[ ]?(?P<it>-?[ ]?\d{3,6})(?!\d|[.,/-]\d|[ ]?(?:mg|ml|%|uhr))",
            0.5,
            folded=True,
        ),
    ),
)
_FAX = PatternRecognizer(
    name="fax", label="FAX", patterns=(labelled_code(r"(?:tele)?fax(?:nummer)?", 0.93, _TELEPHONE),)
)

_SSN = PatternRecognizer(
    name="national-number",
    label="SSN",
    patterns=(
        Pattern(r"(?<![\w.,/-])[1-9]\d[ ]?\d{3}[ ]?\d{3}[ ]?\d{3}(?![\w]|[.,/-]\d)", 0.6, check=steuer_id),
        labelled_code(
            r"(?:steuer-?(?:id|identifikations)?(?:[ -]?nr|nummer|-id)?|steuerliche[ ]identifikationsnummer|tin|idnr)",
            0.93,
            check=steuer_id,
        ),
        labelled_code(
            r"(?:sozialversicherungs(?:nummer|nr)|sv-?(?:nummer|nr)|svnr|rentenversicherungs(?:nummer|nr)"
            r"|rv-?(?:nummer|nr)|vsnr)",
            0.95,
            r"(?P<it>\d[\d ]{3,14}(?:[a-z][ ]?\d{3})?)(?!\w)",
        ),
        Pattern(r"(?<![\w.-])\d{2}[ ]?\d{6}[ ]?[A-Z][ ]?\d{3}(?!\w)", 0.7),
        Pattern(r"(?<![\w.-])\d{4}[ ](?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])\d{2}(?![\w.,])", 0.7, check=svnr),
        Pattern(r"(?<![\w.-])756[. ]?\d{4}[. ]?\d{4}[. ]?\d{2}(?![\w])", 0.9, check=ahv),
        labelled_code(r"(?:ahv|avs)(?:-?(?:nr|nummer))?", 0.93, check=ahv),
        labelled_code(r"(?:personalausweis|reisepass|pass|ausweis)(?:-?(?:nr|nummer))?", 0.9, MIXED_CODE),
        Pattern(r"(?<![\w-])[CFGHJKLMNPRTVWXYZ][CFGHJKLMNPRTVWXYZ0-9]{8}\d(?:D)?(?![\w-])", 0.55, check=identity_card),
    ),
)
_HEALTH_PLAN = PatternRecognizer(
    name="health-plan",
    label="HEALTH_PLAN",
    patterns=(
        Pattern(r"(?<![\w.-])[a-z][ ]?\d{3}[ ]?\d{3}[ ]?\d{3}(?![\w]|[.,/-]\d)", 0.75, folded=True, check=kvnr),
        labelled_code(
            r"(?:kv-?nr|kvnr|krankenversichert(?:en)?-?(?:nummer|nr)|versichert(?:en)?-?(?:nummer|nr|id)"
            r"|versicherungs-?(?:nummer|nr)|vers\.?-?nr|krankenkassen?-?(?:nummer|nr)"
            r"|ik|kassen-?(?:nr|nummer)|mitgliedsnummer|egk|(?:aok|tk|barmer|dak|ikk|bkk|ögk|bva"
            r"|svs)[^\n\d]{0,25}(?:nr|nummer))",
            0.93,
        ),
    ),
)
_MRN = PatternRecognizer(
    name="record-number",
    label="MRN",
    patterns=(
        labelled_code(
            r"(?:pat(?:ient(?:en)?)?[. -]{0,2}(?:id|nr|nummer|kennung|ident)|pid|patnr|pat\.-id"
            r"|krankenblatt(?:-?nr|nummer)?|akten-?(?:nr|nummer|zeichen)|akte|mrn|kis-?nr|orbis-?(?:nr|id))",
            0.95,
            MIXED_CODE,
        ),
    ),
)
_ACCOUNT = PatternRecognizer(
    name="account",
    label="ACCOUNT",
    patterns=(
        labelled_code(
            r"(?:fall-?(?:nr|nummer|id|zahl)|fallnr|aufnahme-?(?:nr|nummer)|aufenthalts-?(?:nr|nummer)"
            r"|rechnungs-?(?:nr|nummer)|konto(?:-?(?:nr|nummer))?|iban|kundennummer|vorgangs-?(?:nr|nummer))",
            0.93,
            MIXED_CODE,
        ),
        Pattern(r"(?<!\w)(?:de|at|ch)\d{2}(?:[ ]?\d{4}){3,4}[ ]?\d{1,2}(?!\d)", 0.9, folded=True),
    ),
)
_LICENSE = PatternRecognizer(
    name="license",
    label="LICENSE",
    patterns=(
        labelled_code(
            r"(?:lanr|bsnr|arzt-?(?:nr|nummer)|betriebsstätten-?(?:nr|nummer)|führerschein(?:-?(?:nr|nummer))?"
            r"|approbations(?:nr|nummer)?|zsr(?:-?nr)?|gln)",
            0.92,
            MIXED_CODE,
        ),
    ),
)
_VEHICLE = PatternRecognizer(
    name="vehicle",
    label="VEHICLE",
    patterns=(
        Pattern(
            r"\b(?:kennzeichen|kfz(?:-kennzeichen)?"
            r"|amtl\.?[ ]kennzeichen)[ :.]{1,3}(?P<it>[a-zäöü]{1,3}[ -]{1,2}[a-z]{1,2}[ -]?\d{1,4}[eh]?)(?!\w)",
            0.92,
            folded=True,
        ),
        Pattern(r"(?<![\w-])[A-ZÄÖÜ]{1,3}-[A-Z]{1,2}[ ]\d{1,4}[EH]?(?![\w.,/-])", 0.6),
    ),
)
_DEVICE = PatternRecognizer(
    name="device",
    label="DEVICE",
    patterns=(
        labelled_code(
            r"(?:serien-?(?:nr|nummer)|s/n|sn|ref|lot|chargen-?(?:nr|nummer)|charge|ch\.-b|geräte-?(?:nr|nummer))",
            0.8,
            MIXED_CODE,
        ),
    ),
)
_ID = PatternRecognizer(
    name="numbered-sample",
    label="ID",
    patterns=(
        labelled_code(
            r"(?:eingangs-?(?:nr|nummer)|journal-?(?:nr|nummer)|auftrags?-?(?:nr|nummer)?"
            r"|histo(?:logie)?-?(?:nr|nummer)|labor-?(?:nr|nummer)|einsende-?(?:nr|nummer)|präparate?-?(?:nr"
            r"|nummer)"
            r"|zeichen|az|barcode|e-?nr|f-?nr)",
            0.75,
            r"(?P<it>(?=(?:[a-z./-]*\d){3})[a-z0-9](?:[a-z0-9./-]{1,24}[a-z0-9]))(?!\w)(?<!\d\.\d{4})",
        ),
    ),
)

_PROPER = r"[^\W\d_a-zäöüß][^\W\d_]{0,40}(?:[-'’][^\W\d_]{1,40}){0,4}"
_STREET_END = (
    r"(?:str(?:a(?:ß|ss)e|\.|(?=[ ]\d))|weg|gasse|platz|allee|ring|ufer|damm|steig|stieg|steg|pfad|chaussee|graben"
    r"|markt|gäßchen|gässchen|zeile|promenade)"
)
_HOUSE = r"(?:[ ]?\d{1,4}(?:[ ]?[a-z](?![\w]))?(?:[ ]?[-/][ ]?\d{1,4}[a-z]?){0,3}(?!\d|[.,]\d))"
_STREET = PatternRecognizer(
    name="street",
    label="ADDRESS",
    by_capitals=True,
    patterns=(
        Pattern(rf"(?<![\w-])[^\W\d_a-zäöüß][\wäöüß-]{{0,40}}?(?:-|(?<=[a-zäöüß])){_STREET_END}{_HOUSE}", 0.9),
        Pattern(
            r"(?<![\w-])[^\W\d_a-zäöüß][\wäöüß-]{0,40}?(?:-|(?<=[a-zäöüß]))(?:straße|strasse|gasse|allee"
            r"|chaussee)(?![\w-])(?=[,)]|[ ]in\b|[ ]\()",
            0.7,
        ),
        Pattern(
            rf"(?<![\w-])(?:{_PROPER}[ ]){{1,3}}(?:Stra(?:ß|ss)e|Str\.|Weg|Platz|Allee|Gasse|Ring|Ufer|Damm"
            rf"|Chaussee|Markt|Steig){_HOUSE}",
            0.9,
        ),
        Pattern(
            rf"(?<![\w-])(?:Am|An[ ]der|An[ ]den|Auf[ ]de[rmn]|Auf[ ]der|Im|In[ ]der|In[ ]den|Zum|Zur"
            rf"|Unter[ ]den|Hinter[ ]de[rmn]|Vor[ ]de[rmn]|Bei[ ]der|Beim|Alter?|Neue[rs]?|Obere|Untere"
            rf"|Hinterm|Oberer|Unterer)[ ]{_PROPER}(?:[ ]{_PROPER})?[ ]\d{{1,3}}(?:[ ]?[a-z](?!\w))?(?![\w./%-]"
            rf"|[.,]\d|[ ](?:mg|ml|cm|mm|Uhr|Tage|Jahre|Punkte|Wochen|Monate|Stunden|Minuten))",
            0.5,
        ),
        Pattern(
            r"\b[^\W\d_]{3,}(?:straße|strasse|str\.|weg|gasse|platz|allee"
            r"|ring)[ ]\d{1,4}(?:[ ]?[a-z](?!\w))?(?![\w.,]\d)",
            0.8,
            folded=True,
        ),
        Pattern(
            r"\b(?:anschrift|adresse|wohnhaft(?:[ ]in)?|straße"
            r"|wohnort)[ ]?:[ ]*(?P<it>[^\n]{4,80}?)(?=[ ]*(?:\n|$)|[ ]{2,}|;|[ ](?:tel|fax|geb)\b)",
            0.9,
            folded=True,
        ),
        Pattern(r"\bpostfach[ ]\d{2}[ ]?\d{1,4}(?:[ ]\d{2})?", 0.9, folded=True),
    ),
)
_TOWN = (
    rf"(?:(?:Bad|St\.|Sankt|Markt|Neu|Alt)[ ])?{_PROPER}(?:[ ](?:am|an[ ]der|im|in|ob[ ]der|bei|vor[ ]der"
    rf"|a\.[ ]?[MRd]\.?|i\.[ ]?(?:Br|d)\.?|auf)[ ]{_PROPER}|[ ](?:i\.[ ]?Br|a\.[ ]?M|a\.[ ]?d\.[ ]?[A-Z])\.?"
    rf"|[ ]\([^()\n\d]{{2,20}}\)|[/-]{_PROPER}|[ ](?:Stadt|Land|West|Ost|Nord|Süd)(?!\w))?"
)
_NOT_TOWN = (
    r"(?!(?:Tagen?|Jahren?|Wochen|Monaten?|Stunden?|Minuten|Uhr|Grad|Patienten?|Punkten?|Prozent|Euro|Zyklen|Gray"
    r"|Einheiten|Schritte|Meter|Kalorien|IE|IU|E|ml|U)(?!\w))"
)
_PLACE = PatternRecognizer(
    name="place",
    label="ADDRESS",
    by_capitals=True,
    patterns=(
        Pattern(rf"(?<![\w.,/-])(?:(?:D|DE)[ -]{{1,3}})?\d{{5}}[ ]{{1,2}}{_NOT_TOWN}{_TOWN}", 0.9),
        Pattern(rf"(?<![\w.,/-])(?:A|CH|AT|FL)[ -]{{1,3}}\d{{4}}[ ]{{1,2}}{_TOWN}", 0.9),
        Pattern(rf"(?:(?<=,[ ])|(?<=,)|(?<=\n))\d{{4}}[ ]{_NOT_TOWN}{_TOWN}(?=[,.;)\n]|$)", 0.8),
        Pattern(r"\b(?:plz|postleitzahl)[ ]?:?[ ]?(?P<it>(?:d-)?\d{4,5})(?!\d)", 0.9, folded=True),
        Pattern(
            r"\b(?:wohnort|geburtsort|ort|stadt|staatsangehörigkeit|herkunft(?:sland)?"
            r"|geburtsland)[ ]?:[ ]*(?P<it>[^\W\d_][^\n:;\d]{1,40}?)(?=[ ]*(?:\n|$)|[,;]|[ ]{2,})",
            0.85,
            folded=True,
        ),
        Pattern(
            rf"\b(?:wohnhaft|wohnt|lebt|lebend|wohne|geboren|stammt|aufgewachsen|zuhause|beheimatet|gebürtig"
            rf"|zugezogen|umgezogen|verzogen|gereist|verlegt|geflohen|Urlaub|Reise|Aufenthalt"
            rf"|Rettungsdienst|Praxis|Umgebung|Heimat|Notarzt)[ ](?:(?:derzeit|alleine?|jetzt|seit[ ]\w+"
            rf"|ursprünglich|zurück)[ ])?(?:in|aus|bei|nach|zu)[ ]{_NOT_TOWN}(?!(?:[Dd]e[rmn]|[Ee]ine[rmn]?"
            rf"|Begleitung|Rente|Behandlung"
            rf"|Partnerschaft|Trennung|Scheidung|Haus|Wohnung|Deutsch|Gemeinschaft|Familie|Pflege|Narkose"
            rf"|Ruhe)\w*(?!\w))(?P<it>{_TOWN})",
            0.65,
        ),
        Pattern(rf"(?:^|\n)[ \t]*(?P<it>{_TOWN}),[ ](?:den[ ]|am[ ])?(?=\d{{1,2}}\.[ ]?(?:\d|[JFMASOND]))", 0.85),
    ),
)
_KIND = (
    r"(?:Universitäts(?:klinikum|klinik|spital|medizin)|Uniklinik(?:um)?|Klinikum|Klinik|Kliniken|Krankenhaus"
    r"|Krankenanstalt|Kreiskrankenhaus|Kreisklinik|Landeskrankenhaus|Landesklinikum"
    r"|LKH|AKH|UKE|UKD|Kantonsspital|Inselspital|Spital|Herzzentrum|Lungenklinik|Hautklinik|Augenklinik"
    r"|Frauenklinik|Kinderklinik|Rehaklinik|Reha-Klinik|Rehazentrum|Fachklinik|Bundeswehrkrankenhaus"
    r"|Diakonissenkrankenhaus|Diakonie-?[Kk]linikum|Bezirkskrankenhaus|Marienhospital|Hospital|Hospiz"
    r"|Sanatorium|MVZ|Gemeinschaftspraxis|Praxis|Medizinische[ ]Hochschule|Charité"
    r"|Pflegeheim|Altenheim|Seniorenheim|Seniorenresidenz|Seniorenzentrum|Pflegezentrum|Pflegedienst"
    r"|Sozialstation|Dialysezentrum|Tumorzentrum|Apotheke|Labor|Universität|Hochschule|Gymnasium|Grundschule)"
)
_ORGANIZATION = PatternRecognizer(
    name="organization",
    label="ORGANIZATION",
    patterns=(
        Pattern(
            rf"(?<![\w-])(?:(?:Städtisches?|Evangelisches?|Katholisches?|Ev\.|Kath\.|BG|Helios|HELIOS|Asklepios"
            rf"|Sana|SANA|Vivantes|AMEOS|Schön|Rhön|Agaplesion|Johanniter|Malteser|DRK|AOK)[ -]){{1,2}}"
            rf"{_KIND}(?:[ -](?:{_TOWN}))?",
            0.9,
        ),
        Pattern(
            rf"(?<![\w-]){_KIND}[ ](?:der[ ]Stadt[ ]|in[ ]|am[ ]|an[ ]der[ ]|im[ ]|zum[ ]"
            rf"|Dr\.[ ](?:med\.[ ])?)?(?!für|mit|und)(?:St\.[ -]?|Sankt[ -])?{_TOWN}",
            0.75,
        ),
        Pattern(
            rf"(?<![\w-])(?:St\.[ -]?|Sankt[ -])?{_PROPER}[- ](?:Krankenhaus|Klinikum|Klinik|Hospital|Stift"
            rf"|Spital|Apotheke|Heim|Hospiz|Hof|Residenz)(?![\w-])(?:[ ](?:in[ ])?{_TOWN})?",
            0.7,
        ),
        Pattern(
            r"\b(?:krankenkasse|kostenträger|kasse|arbeitgeber|versicherung|klinik|krankenhaus|einrichtung"
            r"|schule)[ ]?:[ ]*(?P<it>[^\W\d_][^\n;,]{1,45}?)(?=[ ]*(?:\n|$)|[,;]|[ ]{2,})",
            0.7,
            folded=True,
        ),
        Pattern(
            rf"(?<![\w-])(?:{_PROPER}[ ](?:&[ ])?){{1,3}}(?:GmbH|AG|KG|OHG|e\.V\.|GbR)(?:[ ]&[ ]Co\.?[ ]KG)?(?!\w)",
            0.85,
        ),
        Pattern(rf"\b(?:AOK|Barmer|BARMER|DAK|IKK|BKK|KKH|Techniker[ ]Krankenkasse)(?:[ -]{_PROPER})?(?!\w)", 0.5),
    ),
)
_JOB = (
    r"(?:lehrer(?:in)?|krankenpfleger(?:in)?|krankenschwester|altenpfleger(?:in)?|landwirt(?:in)?|maurer"
    r"|dachdecker|elektriker(?:in)?|schlosser|kfz-mechaniker|mechaniker|tischler|schreiner"
    r"|bäcker(?:in)?|metzger|koch|köchin|kellner(?:in)?|friseur(?:in)?|verkäufer(?:in)?|bankkauf(?:mann|frau)"
    r"|bürokauf(?:mann|frau)|sekretärin|buchhalter(?:in)?|ingenieur(?:in)?|informatiker(?:in)?"
    r"|architekt(?:in)?|rechtsanwalt|rechtsanwältin|richter(?:in)?|polizist(?:in)?|feuerwehrmann|soldat(?:in)?"
    r"|busfahrer(?:in)?|lkw-fahrer|kraftfahrer|taxifahrer|postbote|hausfrau|beamt(?:er|in)"
    r"|bergmann|stahlarbeiter|schweißer|maler|gärtner(?:in)?|förster|pfarrer(?:in)?|student(?:in)?"
    r"|erzieher(?:in)?|sozialarbeiter(?:in)?|apotheker(?:in)?|musiker(?:in)?|journalist(?:in)?|reinigungskraft"
    r"|hausmeister|lagerarbeiter|pilot(?:in)?|näherin|handwerker|unternehmer(?:in)?|steuerberater(?:in)?)"
)
_PROFESSION = PatternRecognizer(
    name="profession",
    label="PROFESSION",
    patterns=(
        Pattern(
            rf"\b(?:beruf|von beruf|arbeitet(?:e)? als|tätig als|ehemaliger?|pensionierter?|gelernter?"
            rf"|berenteter?|früher|ist|war|rentner(?:in)?)[ :,(]{{1,3}}(?:ein[e]?[ ])?(?P<it>{_JOB})(?!\w)",
            0.7,
            folded=True,
        ),
        Pattern(r"\bberuf[ ]?:[ ]*(?P<it>[^\n.;,:\d]{3,40}?)(?=[ ]*(?:[.,;\n]|$))", 0.85, folded=True),
    ),
)

RECOGNIZERS: tuple[Recognizer, ...] = (
    _NAME,
    _BEFORE_BIRTH,
    _DATE,
    _AGE,
    _PHONE,
    _FAX,
    _SSN,
    _HEALTH_PLAN,
    _MRN,
    _ACCOUNT,
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
"""For German notes, beside those of any language."""
