"""Spanish notes: identifiers of Spain and of Spanish-speaking America."""

from __future__ import annotations

from cloister.deid.text.finding import Recognizer
from cloister.deid.text.patterns import Pattern, PatternRecognizer
from cloister.deid.text.recognizers.languages.announced_name import AnnouncedNames, Announcement
from cloister.deid.text.recognizers.languages.labelled_code import MIXED_CODE, labelled_code
from cloister.deid.text.recognizers.languages.language_dates import LanguageDates
from cloister.deid.text.recognizers.languages.national_checksums import dni, nass
from cloister.deid.text.recognizers.languages.signature import SIGNATURE

_TITLE = (
    r"(?:d\.?ª|dña|d[ºª]|don|doña|sr|sra|srta|señor|señora|señorita|dr|dra|dr\.a|drª|doctor|doctora|prof|profesor"
    r"|profesora|due|enf|lic|licda)"
)
_PERSON_FIELD = (
    r"(?:nombre(?:[ ]y[ ]apellidos?|[ ]completo|[ ]del?[ ](?:la[ ])?paciente|\(s\))?|(?:primer|segundo|1er|2º"
    r"|1º)?[ ]?apellidos?"
    r"(?:[ ]y[ ]nombre)?|paciente|m[ée]dic[oa](?:[ ](?:responsable|solicitante|remitente|adjunto|residente"
    r"|de[ ]familia|que[ ]"
    r"informa|peticionario))?|facultativo|cirujano|anestesista|ayudante|radi[óo]logo|pat[óo]logo|enfermer[oa]"
    r"|matrona|remitido[ ]por"
    r"|responsable[ ]cl[íi]nico|firmado(?:[ ]electr[óo]nicamente)?(?:[ ]por)?|fdo|informado[ ]por"
    r"|validado[ ]por|solicitado[ ]por"
    r"|persona[ ]de[ ]contacto|familiar|acompañante|tutor[a]?|representante|titular|autor(?:es)?|contacto)"
)
_NOT_NAMES = frozenset(
    """
    apellidos nombre nhc nass nss cipa dni nie nif domicilio localidad provincia cp fecha edad sexo país médico
    servicio servei unidad unitat sección departamento departament hospital clínica centro fundación complejo
    consorcio instituto institut universidad universitat facultad calle c avda avenida av plaza pza paseo carretera
    ctra camino ronda teléfono tel tlf tfno fax email e-mail correo correspondencia nºcol ncol colegiado jefe adjunto
    residente facultativo especialista episodio historia informe tratamiento diagnóstico motivo ingreso alta cama
    habitación planta consulta urgencias medicina cirugía urología cardiología neurología oncología pediatría
    radiología anatomía sanitario sanitaria dr dra doctor doctora sr sra don doña dña director directora coordinador
    enfermera enfermero hola gracias dirección presentamos el la los las un una unos se individuo gestante
    especialidad por para con sin que y/o en niega refiere presenta acude ingresa desconocido desconocida varón mujer
    no consta procedencia hijo hija esposa marido padre madre hermano hermana paciente pacientes enero febrero marzo
    abril mayo junio julio agosto septiembre octubre noviembre diciembre
    """.split()  # noqa: SIM905
)
_NAME = AnnouncedNames(
    language="es",
    announcements=(
        Announcement(rf"(?<!\w)(?:{_TITLE}(?:[.:]{{1,2}}[ ]?|[ ]))(?:{_TITLE}\.?[ ]){{0,2}}", 0.85, several=True),
        Announcement(r"(?<!\w)(?:dres|dras|sres|srs)\.?[ ]{1,2}", 0.9, field=True, several=True),
        Announcement(
            rf"(?<![\w/]){_PERSON_FIELD}[ \t]?(?:\.:|:|\.(?=[ ]?:))[ \t]*(?:{_TITLE}(?:[.:]{{1,2}}[ ]{{0,2}}"
            rf"|[ ]{{1,2}})){{0,3}}",
            0.95,
            field=True,
            several=True,
        ),
        Announcement(
            rf"(?<!\w)(?:remitid[oa] por|firmado por|enviado por)[ ](?:(?:el|la)[ ])?(?:{_TITLE}(?:\.[ ]{{0,2}}"
            rf"|[ ]{{1,2}})){{0,3}}",
            0.8,
        ),
        Announcement(
            r"(?<!\w)(?:me llamo|se llama|llamad[oa]|(?:mi|nuestr[oa]) paciente[,]?|soy"
            r"|su (?:hij[oa]|esposa|marido|"
            r"mujer|herman[oa]|madre|padre|cuidadora|cónyuge|pareja)[,]?)[ ]",
            0.5,
        ),
    ),
    not_names=_NOT_NAMES,
)

_DATE = LanguageDates(
    "es",
    patterns=(
        Pattern(
            r"\b(?:el|del|al|desde el|hasta el|día)[ ](?P<it>(?:0?[1-9]|[12]\d|3[01])[/-](?:0?[1-9]"
            r"|1[0-2]))(?![\w/-]|\.\d)",
            0.6,
            folded=True,
        ),
        Pattern(
            r"\b(?:el|del|al|este|próximo|pasado|hasta el|desde el)[ ](?P<it>(?:pasado[ ]|próximo[ ])?(?:lunes|martes"
            r"|miércoles|jueves|viernes|sábado|domingo)(?:[ ](?:pasado|próximo))?)(?!\w)",
            0.4,
            folded=True,
        ),
    ),
)
_AGE = PatternRecognizer(
    name="age",
    label="AGE",
    patterns=(
        Pattern(r"(?<![\d.,/])(?P<it>(?:9\d|1[0-2]\d)[ ]?años(?:[ ]de[ ]edad)?)(?![ ]de[ ]evoluci)", 0.9, folded=True),
        Pattern(r"\bedad[ ]?:?[ ]{0,2}(?P<it>(?:9\d|1[0-2]\d)(?:[ ]?(?:años|a\b))?)(?![\d.,%])", 0.95, folded=True),
        Pattern(
            r"\b(?P<it>noventa(?: y (?:un|uno|dos|tres|cuatro|cinco|seis|siete|ocho|nueve))?|cien) años",
            0.9,
            folded=True,
        ),
        Pattern(r"\b(?P<it>nonagenari[oa]|centenari[oa])\b", 0.7, folded=True),
    ),
)

_PHONE_WORD = (
    r"(?:tel[eé]fonos?|tel[eé]f|tel|tlfno|tlfn|tlfs?|tfno|tfn|tf|m[oó]vil|m[oó]v|celular|cel|whatsapp|busca"
    r"|centralita)"
)
_SPANISH_PHONE = (
    r"(?:\(?(?:\+|00)?34\)?[ .-]{0,2})?(?:\(?[6-9]\d{2}\)?(?:[ .-]?\d{3}[ .-]?\d{3}|[ .-]?\d{2}[ .-]?\d{2}[ .-]?\d{2})"
    r"|\(?9[1-8]\)?[ .-]{1,2}\d{3}[ .-]?\d{2}[ .-]?\d{2})"
)
_PHONE = PatternRecognizer(
    name="phone",
    label="PHONE",
    patterns=(
        labelled_code(
            _PHONE_WORD, 0.9, r"(?P<it>\+?\(?\d(?:[ ().\-/]{0,3}\d){5,14}(?:[ ,]{1,2}ext\.?[ ]?\d{1,6})?)(?!\d)"
        ),
        Pattern(rf"(?<![\w.,+/-])(?P<it>{_SPANISH_PHONE})(?![\w]|[.,/-]\d)", 0.65),
        Pattern(r"(?<![\w.])ext(?:ensión|\.)?[ ]?:?[ ]?(?P<it>\d{3,6})(?!\d)", 0.6, folded=True),
    ),
)
_FAX = PatternRecognizer(
    name="fax",
    label="FAX",
    patterns=(labelled_code(r"(?:tele)?fax", 0.92, r"(?P<it>\+?\(?\d(?:[ ().\-/]{0,3}\d){5,14})(?!\d)"),),
)

_SSN = PatternRecognizer(
    name="dni",
    label="SSN",
    patterns=(
        Pattern(r"(?<![\w.-])(?:\d{8}|\d{2}\.\d{3}\.\d{3})[ -]?[a-z](?![\w])", 0.85, folded=True, check=dni),
        Pattern(r"(?<![\w-])[xyz][ -]?\d{7}[ -]?[a-z](?![\w])", 0.85, folded=True, check=dni),
        labelled_code(
            r"(?:d\.?n\.?i|n\.?i\.?e|n\.?i\.?f|c[eé]dula(?: de (?:identidad|ciudadanía))?|curp|rut|run|pasaporte"
            r"|documento(?: nacional)?(?: de identidad)?)(?:/(?:nie|nif|cif))?",
            0.9,
            MIXED_CODE,
        ),
        labelled_code(r"(?:dni|nie|nif|c[eé]dula|rut|documento)", 0.9),
        Pattern(r"(?<!\w)[a-z]{4}\d{6}[hm][a-z]{5}[a-z\d]\d(?!\w)", 0.85, folded=True),
    ),
)
_HEALTH_PLAN = PatternRecognizer(
    name="health-plan",
    label="HEALTH_PLAN",
    patterns=(
        labelled_code(
            r"(?:nass|n\.?[ºo]?[ ]?a?\.?s\.?s|nuss|nuhsa|naf|afiliaci[oó]n|seguridad[ ]social|seg\.?[ ]social|ss)",
            0.95,
            check=nass,
        ),
        labelled_code(
            r"(?:cipa?|cip[ ]?sns|sns|tis|tarjeta[ ]sanitaria(?:[ ]individual)?|t\.?s\.?i|asegurad[oa]|póliza"
            r"|mutua|nhusa|muface"
            r"|isfas|mugeju|eps|obra[ ]social|beneficiari[oa])",
            0.9,
            MIXED_CODE,
        ),
        labelled_code(r"(?:cipa?|tarjeta[ ]sanitaria|tis|póliza|asegurad[oa])", 0.9),
        Pattern(r"(?<![\w./-])\d{2}[ /-]\d{7,8}[ /-]\d{2}(?![\w/-]|[.,]\d)", 0.7, check=nass),
        Pattern(r"(?<![\w.-])[a-z]{4}\d{10}(?!\w)|(?<!\w)bbb[a-z]{2,13}\d{6,12}(?!\w)", 0.7, folded=True),
    ),
)
_MRN = PatternRecognizer(
    name="record-number",
    label="MRN",
    patterns=(
        labelled_code(
            r"(?:n\.?h\.?c|n[º°.]?[ ]?(?:de[ ])?h(?:\.?c\.?|ist(?:oria|\.)?)|hist(?:oria|\.)?[ ]?clínica|h\.?c"
            r"|historia|nhist|hcl?)",
            0.95,
            r"(?P<it>[a-z]{0,3}[ -]?\d(?:[ ./-]?\d){2,12}(?:[-/]?[a-z\d]{1,2})?)(?!\w)",
        ),
        labelled_code(r"(?:nhc|historia[ ]clínica|n[º°][ ]historia)", 0.95, MIXED_CODE),
    ),
)
_ACCOUNT = PatternRecognizer(
    name="account",
    label="ACCOUNT",
    patterns=(
        labelled_code(
            r"(?:episodio|n[º°][ ]?(?:de[ ])?episodio|icu|factura|cuenta|expediente|siniestro|ingreso[ ]n[º°])",
            0.9,
            MIXED_CODE,
        ),
        Pattern(r"(?<!\w)es\d{2}(?:[ ]?\d{4}){2}[ ]?\d{2}[ ]?\d{2}(?:[ ]?\d{4}){2}[ ]?\d{0,2}(?!\d)", 0.9, folded=True),
    ),
)
_LICENSE = PatternRecognizer(
    name="license",
    label="LICENSE",
    patterns=(
        labelled_code(
            r"(?:n[º°.]{0,2}[ ]?(?:de[ ])?col(?:egiad[oa]|\.)?|ncol|colegiad[oa](?:[ ]n[º°.]{1,2})?|col\."
            r"|núm\.?[ ]col|matrícula"
            r"|m\.?n|m\.?p|c\.?n\.?p|licencia|permiso[ ]de[ ]conducir|carn[eé](?:t)?(?:[ ]de[ ]conducir)?)",
            0.92,
        ),
    ),
)
_VEHICLE = PatternRecognizer(
    name="vehicle",
    label="VEHICLE",
    patterns=(
        Pattern(r"(?<![\w-])\d{4}[ -]?[BCDFGHJKLMNPRSTVWXYZ]{3}(?![\w-])", 0.7),
        labelled_code(r"matrícula(?:[ ]del[ ]vehículo)?", 0.9, MIXED_CODE),
    ),
)
_DEVICE = PatternRecognizer(
    name="device",
    label="DEVICE",
    patterns=(
        labelled_code(
            r"(?:n[º°.]{0,2}[ ]?(?:de[ ])?serie|número[ ]de[ ]serie|s/n|lote|ref(?:erencia)?)", 0.8, MIXED_CODE
        ),
    ),
)
_ID = PatternRecognizer(
    name="numbered-sample",
    label="ID",
    patterns=(
        labelled_code(
            r"(?:n[º°.]{0,2}[ ]?(?:de[ ])?(?:biopsia|muestra|registro|petición|protocolo)|biopsia[ ]n[º°]|petición"
            r"|muestra[ ]n[º°])",
            0.75,
            MIXED_CODE,
        ),
    ),
)

_PROPER = r"(?:(?:Sta|Sto|Ntra|Sra|Dra?|Gral|Prof|Fco)\.[ ]?)?[^\W\d_a-záéíóúñü][\w'’´·-]{0,40}"
_LINK = r"(?:de|del|la|las|los|el|d'|y|i|dels|les|da|do|das|dos|San|Santa|Dr\.|Doctor)"
_PROPERS = rf"(?:(?:{_LINK}[ ]){{0,3}}[\"'“‘]?{_PROPER}(?:[ ](?:{_LINK}[ ]){{0,3}}[\"'“‘]?{_PROPER}){{0,4}}[\"'”’]?)"
_STREET_KIND = (
    r"(?:[Cc]/\.?|C/?ª|[Cc]alle|CALLE|[Cc]arrer|[Aa]v(?:da|d|in|gda)?\.?|[Aa]venida|AVENIDA|[Aa]vinguda"
    r"|[Pp]laza|PLAZA|[Pp]za\.?|[Pp]la[çc]a|[Pp]l\.|[Pp]aseo|PASEO|[Pp]asseig|P[º°]\.?|[Cc]tra\.?|[Cc]arretera"
    r"|CARRETERA|[Cc]amino"
    r"|[Cc]amí|[Rr]onda|[Tt]ravesía|[Tt]rav\.|[Uu]rbanización|[Uu]rb\.|[Pp]olígono(?=[ ][Ii]nd)|[Gg]lorieta"
    r"|[Rr]úa|[Rr]ambla|[Pp]asaje"
    r"|[Cc]allejón|[Cc]uesta|[Bb]arrio|[Bb]ulevar|[Vv]ía|[Aa]lameda|[Bb]loque|[Ss]ector|[Rr]esidencial"
    r"|[Jj]irón|[Jj]r\.)\.?"
)
_NUMBER = (
    r"(?:,?[ ]{0,2}(?:n[º°o.]{1,2}|núm\.?|número|km\.?)?[ ]?(?:\d{1,5}(?:[.,]\d{1,3})?(?:[ -]\d{1,5})?|s/n"
    r"|S/N)[ ]?(?:bis|[A-Z](?!\w))?)"
)
_FLAT = (
    r"(?:[,.]?[ ]{1,2}(?:\d{1,2}[ ]?[º°ªo](?:[ -]?(?:[A-Za-z]|\d{1,2})[ªº]?(?!\w))?|(?:esc(?:alera|\.)?|portal"
    r"|piso|puerta|pta\.?|planta"
    r"|bajo|ático|izq(?:uierda|da|\.)?|dcha\.?|derecha|bl(?:oque|\.)?|pt\.)(?:[ ]?[\dA-Z]{1,3}(?!\w))?[º°ª]?"
    r"|\d{1,2}(?:-?[A-Z](?!\w)))|[ ]?-[ ]?(?:[A-Z]?\d{1,3}[ºª]?[A-Z]?)(?!\w)){0,4}"
)
_POSTCODE = r"(?:0[1-9]|[1-4]\d|5[0-2])\d{3}"
_STREET = PatternRecognizer(
    name="street",
    label="ADDRESS",
    by_capitals=True,
    patterns=(
        Pattern(rf"(?<![\w/]){_STREET_KIND}[ ]?{_PROPERS}(?:{_NUMBER}{_FLAT})?", 0.85),
        Pattern(
            r"(?<![\w/])(?:calle|carrer|avda\.?|avenida|plaza|paseo|pº|ctra\.?|c/)[ ]?(?:de(?:l| la| los| las)? )?"
            r"[^\W\d_]+(?:[ ][^\W\d_]+){0,3},?[ ](?:nº[ ]?)?\d{1,4}(?!\d)",
            0.7,
            folded=True,
        ),
        Pattern(
            r"\b(?:domicilio|dirección|direccion|domicili|dirección postal)[ ]?\.?:[ ]*(?P<it>[^\n]{3,90}?)"
            r"(?=\.?[ ]*(?:\n|$)|\.[ ]+[A-ZÁÉÍÓÚ]|[ ]{2,}|;)",
            0.9,
            folded=True,
        ),
        Pattern(
            rf"(?<![\w/]){_PROPERS},?[ ](?:n[º°][ ]?)?(?:\d{{1,4}}|s/n)[.,;]?[ ](?:-[ ])?(?=(?:E-)?{_POSTCODE}(?!\d))",
            0.8,
        ),
    ),
)
_PLACE = PatternRecognizer(
    name="place",
    label="ADDRESS",
    by_capitals=True,
    patterns=(
        Pattern(rf"(?<![\w.,/-])(?:E-)?{_POSTCODE}(?:[ ]?[-.,]?[ ]?{_PROPERS})(?:,?[ ]?\([^()\d\n]{{3,30}}\))?", 0.85),
        Pattern(
            rf"\b(?:c\.?p\.?|código[ ]postal|cod\.?[ ]postal|d\.?p\.?)[ ]?\.?:?[ ]?(?P<it>{_POSTCODE}"
            rf"|\d{{4,5}})(?!\d)",
            0.9,
            folded=True,
        ),
        Pattern(
            r"\b(?:localidad(?:[ ]?/[ ]?provincia)?|provincia|población|municipio|ciudad|procedencia"
            r"|nacionalidad|natural[ ]de"
            r"|(?:lugar|país|pais|ciudad|provincia)(?:[ ]de[ ](?:nacimiento|origen|procedencia|residencia))?"
            r"|comunidad autónoma)[ ]?:[ ]*"
            r"(?P<it>[^\W\d_][^\n:;\d]{1,45}?)(?=\.?[ ]*(?:\n|$)|\.[ ]|[ ]{2,}|[;:]|[ ](?:cp|c\.p|fecha|edad"
            r"|sexo|provincia|país)\b)",
            0.9,
            folded=True,
        ),
        Pattern(
            r"\b(?:natural|vecin[oa]|residente|residencia|oriund[oa]|originari[oa]|procedente|proveniente"
            r"|nacid[oa]|domiciliad[oa]|vive"
            r"|viviendo|vivía|reside|residía|trasladad[oa]|emigró|viaj[eéó][a-z]{0,4}|estancia|estuvo"
            r"|regres[oó]|ciudad|pueblo|localidad|municipio|provincia)"
            rf"(?:[ ](?:y[ ](?:residente|vecin[oa]))?)?[ ]?(?:(?:reciente|recientemente|actualmente|solo"
            rf"|sola)[ ])?(?:en|de|desde|a|por)[ ]"
            rf"(?P<it>(?:(?:La|El|Las|Los|San|Santa)[ ])?{_PROPER}(?:[ ](?:(?:de|del|la|el|los"
            rf"|las)[ ]){{0,2}}{_PROPER}){{0,2}})",
            0.6,
        ),
    ),
)
_COUNTRIES = (
    "España|Marruecos|Ecuador|Colombia|Perú|Bolivia|Argentina|Venezuela|República Dominicana|Cuba|México|Chile"
    "|Paraguay|Uruguay|Brasil|Honduras|Nicaragua|El Salvador|Guatemala|Costa Rica|Panamá|Rumanía|Bulgaria"
    "|Ucrania|Rusia|Polonia|Italia|Francia|Portugal|Alemania|Reino Unido|Inglaterra|Irlanda|Holanda|Bélgica"
    "|Suiza|Suecia|Argelia|Senegal|Malí|Nigeria|Ghana|Guinea Ecuatorial|China|Japón|Corea|Pakistán|India"
    "|Bangladesh|Filipinas|Siria|Irán|Iraq|Turquía|Estados Unidos|Canadá|Egipto|Gambia|Camerún|Congo|Etiopía"
    "|Mozambique|Angola|Tailandia|Vietnam|Australia"
)
_COUNTRY = PatternRecognizer(
    name="country",
    label="ADDRESS",
    patterns=(
        Pattern(
            rf"(?:[(,][ ]?|[.)][ ]|[ ]-[ ]|(?<![^\W\d_])[A-ZÁÉÍÓÚ][^\W\d_]{{1,30}}[ ]\(?)(?P<it>{_COUNTRIES})(?!\w)",
            0.5,
        ),
    ),
)
_INSTITUTION_HEAD = (
    r"(?:Hospitals?|HOSPITAL|Hosp\.|Complejo[ ](?:Hospitalario|Asistencial|Universitario)"
    r"|Complexo[ ]Hospitalario|Clínica|CLÍNICA|Clinica"
    r"|Policlínica|Centro[ ](?:Médico|de[ ]Salud|de[ ]Especialidades|Hospitalario|de[ ]Rehabilitación"
    r"|de[ ]Día)|C\.?S\.?(?=[ ][A-ZÁÉÍÓÚ])"
    r"|Ambulatorio|Fundación|Fundació|Fundacion|Instituto|Institut|Consorcio|Consorci|Corporació|Corporación"
    r"|Sanatorio|Residencia"
    r"|Residencia[ ]Sanitaria|H\.?(?:U|G|C|G\.?U|C\.?U|R\.?U)\.?(?=[ ][A-ZÁÉÍÓÚ])|Universidad|Universitat"
    r"|Facultad[ ]de|Colegio|IES|Mutua|Ayuntamiento"
    r"|Maternidad|Área[ ]Sanitaria|Gerencia)"
)
_ADJECTIVE = (
    r"(?:Universitari[oa]|Universitari|Clínico|Clínic|General|Comarcal|Regional|Provincial|Infantil|Militar"
    r"|Nacional|Central|Insular|Materno-?"
    r"[Ii]nfantil|Virgen|Nuestra|Señora|Doctor|Dr\.|Público|Vasco|Catalán?|Oncológic[oa])"
)
_ORGANIZATION = PatternRecognizer(
    name="organization",
    label="ORGANIZATION",
    patterns=(
        Pattern(
            rf"(?<![\w-]){_INSTITUTION_HEAD}(?![ ]y[ ])(?:[ ]{_ADJECTIVE}){{0,3}}(?:[ ](?:de|del|de[ ]la"
            rf"|de[ ]los|de[ ]las|d['’]))?[ ]?{_PROPERS}",
            0.85,
        ),
        Pattern(rf"(?<![\w-]){_INSTITUTION_HEAD}[ ](?:\d{{1,2}}|Doce)[ ]de[ ]{_PROPER}", 0.9),
        Pattern(rf"\b(?:trabaja|trabajador[a]?|emplead[oa])[ ](?:en|de)[ ](?:el|la|los)?[ ]?(?P<it>{_PROPERS})", 0.5),
    ),
)
_JOB = (
    r"(?:albañil|ama de casa|agricultor[a]?|ganader[oa]|profesor[a]?|maestr[oa]|abogad[oa]|administrativ[oa]"
    r"|conductor[a]?|camioner[oa]|taxista"
    r"|mecánic[oa]|electricista|fontaner[oa]|carpinter[oa]|pintor[a]?|cociner[oa]|camarer[oa]|panader[oa]"
    r"|carnicer[oa]|pescador[a]?|marinero|minero"
    r"|soldador[a]?|ingenier[oa]|arquitect[oa]|enfermer[oa]|veterinari[oa]|farmacéutic[oa]|policía|militar"
    r"|bombero|funcionari[oa]|contable|empresari[oa]"
    r"|dependient[ae]|peluquer[oa]|limpiador[a]?|jardiner[oa]|estudiante|informátic[oa]|periodista|músic[oa]"
    r"|sacerdote|cuidador[a]?|obrer[oa]|peón"
    r"|costurera|modista|comercial|comerciante|pastor|leñador|herrero|joyero|zapatero|transportista)"
)
_PROFESSION = PatternRecognizer(
    name="profession",
    label="PROFESSION",
    patterns=(
        Pattern(
            rf"\b(?:de profesión|trabaja(?:ba|dor)?(?: como)?(?: de)?|profesión ?:|ocupación ?:"
            rf"|jubilad[oa] (?:de)?|oficio ?:|ex)[ ,]{{1,2}}"
            rf"(?:un |una )?(?P<it>{_JOB}(?: jubilad[oa]| de [a-záéíóúñ]+)?)(?!\w)",
            0.8,
            folded=True,
        ),
        Pattern(r"\b(?:profesión|ocupación)[ ]?:[ ]*(?P<it>[^\n.;,:\d]{3,40}?)(?=[.,;\n]|$)", 0.85, folded=True),
        Pattern(rf"\baños,? (?:de edad,? )?(?P<it>{_JOB})(?!\w)", 0.7, folded=True),
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
    _ACCOUNT,
    _LICENSE,
    _VEHICLE,
    _DEVICE,
    _ID,
    _STREET,
    _PLACE,
    _COUNTRY,
    _ORGANIZATION,
    _PROFESSION,
    SIGNATURE,
)
"""For Spanish notes, beside those of any language."""
