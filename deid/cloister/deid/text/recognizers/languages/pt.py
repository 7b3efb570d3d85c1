"""Portuguese notes: identifiers of Portugal and Brazil."""

from __future__ import annotations

from cloister.deid.text.finding import Recognizer
from cloister.deid.text.patterns import Pattern, PatternRecognizer
from cloister.deid.text.recognizers.languages.announced_name import AnnouncedNames, Announcement
from cloister.deid.text.recognizers.languages.labelled_code import MIXED_CODE, labelled_code
from cloister.deid.text.recognizers.languages.language_dates import LanguageDates
from cloister.deid.text.recognizers.languages.national_checksums import cpf, nif
from cloister.deid.text.recognizers.languages.signature import SIGNATURE

_TITLE = (
    r"(?:sr|sra|srª|sr\.ª|sr\(a\)|srta|senhor|senhora|dona|dom|d\.ª|dª|dr|dra|drª|dr\.ª|dr\(a\)|doutor|doutora"
    r"|prof|profª|prof\.ª|professor|professora|enf|enfª|enf\.ª|enfermeir[oa]|eng)"
)
_PERSON_FIELD = (
    r"(?:nome(?:[ ](?:completo|do[ ](?:doente|utente|paciente)|da[ ]mãe|do[ ]pai|social))?|apelido|sobrenome"
    r"|doente|utente|paciente|médic[oa](?:[ ](?:assistente|responsável|solicitante|de[ ]família))?"
    r"|cirurgi(?:ão|ã)|anestesista|radiologista|patologista|enfermeir[oa]|responsável|acompanhante"
    r"|cuidador[a]?|assinado(?:[ ]por)?|validado[ ]por|contacto|contato)"
)
_NOT_NAMES = frozenset(
    """
    nascido nascida data morada endereço rua avenida telefone tel telemóvel celular fax email idade anos
    sexo serviço unidade hospital centro clínica instituto departamento médico médica diretor diretora especialista
    doutor doutora senhor senhora doente utente paciente processo prontuário número cartão diagnóstico história
    tratamento exame motivo refere apresenta vem foi é tem era está o a os as um uma de em com por para no na ao não
    cumprimentos atenciosamente caro colega obrigado desconhecido masculino feminino janeiro fevereiro março abril
    maio junho julho agosto setembro outubro novembro dezembro cardiologia neurologia urologia cirurgia oncologia
    medicina pediatria radiologia urgência internamento alta vive trabalha se que crm cpf rg sus cns nif
    """.split()  # noqa: SIM905
)
_NAME = AnnouncedNames(
    language="pt",
    announcements=(
        Announcement(rf"(?<![\w.])(?:{_TITLE}\.?[ ]{{1,2}}|{_TITLE}\.){{1,3}}", 0.88, several=True, most=6),
        Announcement(
            rf"(?<![\w/-]){_PERSON_FIELD}[ \t]?:[ \t]*(?:{_TITLE}\.?[ ]{{1,2}}){{0,3}}", 0.9, field=True, several=True
        ),
        Announcement(
            r"(?<!\w)(?:me chamo|chamo-me|chama-se|meu nome é|(?:a|sua|minha) (?:esposa|filha|mãe)[, ]{1,2}"
            r"|(?:o|seu|meu) (?:marido|filho|pai)[, ]{1,2})[ ]?",
            0.45,
            most=4,
        ),
    ),
    not_names=_NOT_NAMES,
)
_DATE = LanguageDates(
    "pt",
    patterns=(
        Pattern(
            r"\b(?:em|dia|desde|até)[ ](?P<it>(?:0?[1-9]|[12]\d|3[01])[/-](?:0?[1-9]"
            r"|1[0-2]))(?![\w/-]|[.,]\d)",
            0.55,
            folded=True,
        ),
        Pattern(
            r"(?<!\w)(?P<it>(?:(?:segunda|terça|quarta|quinta|sexta)(?:-feira)?|sábado"
            r"|domingo)[ ](?:passad[oa]|próxim[oa]))(?!\w)",
            0.5,
            folded=True,
        ),
    ),
)
_AGE = PatternRecognizer(
    name="age",
    label="AGE",
    patterns=(
        Pattern(r"(?<![\d.,/])(?P<it>(?:9\d|1[0-2]\d)[ ]?anos)(?!\w)", 0.95, folded=True),
        Pattern(r"\bidade[ ]?:?[ ]?(?P<it>9\d|1[0-2]\d)(?![\d.,%])", 0.95, folded=True),
        Pattern(r"\b(?P<it>nonagenári[oa]|centenári[oa])\b", 0.7, folded=True),
    ),
)
_TELEPHONE = r"(?P<it>\+?\(?\d(?:[ ().\-/]{0,3}\d){4,14})(?!\d)"
_PHONE = PatternRecognizer(
    name="phone",
    label="PHONE",
    patterns=(
        labelled_code(
            r"(?:telefone|telem[óo]vel|telef|tel|tlm|celular|cel|whatsapp|fone|contact?o|ramal)", 0.92, _TELEPHONE
        ),
        Pattern(
            r"(?<![\w.,+/-])(?:(?:\+|00)351[ .-]?)?(?:9[1236]\d|2\d{2})[ .-]?\d{3}[ .-]?\d{3}(?![\w]|[.,/-]\d)", 0.75
        ),
        Pattern(r"(?<![\w.,+/-])(?:(?:\+|00)55[ .-]?)?\(?\d{2}\)?[ .-]?9?\d{4}[ .-]\d{4}(?![\w]|[.,/-]\d)", 0.8),
        labelled_code(r"(?:ramal|extensão|ext)", 0.6, r"(?P<it>\d{3,6})(?!\d|[.,/-]\d)"),
    ),
)
_FAX = PatternRecognizer(name="fax", label="FAX", patterns=(labelled_code(r"(?:tele)?fax", 0.93, _TELEPHONE),))
_SSN = PatternRecognizer(
    name="taxpayer-number",
    label="SSN",
    patterns=(
        Pattern(r"(?<![\w.-])\d{3}\.\d{3}\.\d{3}-\d{2}(?!\w)", 0.95, check=cpf),
        labelled_code(r"cpf", 0.95, check=cpf),
        labelled_code(r"(?:nif|contribuinte)", 0.95, check=nif),
        Pattern(r"(?<![\w.,-])[1-35689]\d{2}[ ]?\d{3}[ ]?\d{3}(?![\w]|[.,-]\d)", 0.5, check=nif),
        labelled_code(
            r"(?:rg|bi|cc|cart[ãa]o[ ]de[ ]cidad[ãa]o|bilhete[ ]de[ ]identidade|identidade|passaporte|niss|pis|nis)",
            0.9,
            MIXED_CODE,
        ),
        Pattern(r"(?<!\w)\d{8}[ ]?\d[ ]?[a-z]{2}\d(?!\w)", 0.8, folded=True),
        labelled_code(r"(?:rg|bi|niss|pis|cart[ãa]o[ ]de[ ]cidad[ãa]o)", 0.9),
    ),
)
_HEALTH_PLAN = PatternRecognizer(
    name="health-plan",
    label="HEALTH_PLAN",
    patterns=(
        labelled_code(
            r"(?:(?:n[º°.]?[ ]?(?:de[ ]|do[ ])?)?(?:utente|sns)|cns|cart[ãa]o[ ](?:sus"
            r"|nacional[ ]de[ ]sa[úu]de)|carteirinha|convênio|apólice|subsistema|adse|plano[ ]de[ ]saúde"
            r"|benefici[áa]ri[oa]|matr[íi]cula)",
            0.92,
        ),
        Pattern(r"(?<![\w.-])[12789]\d{2}[ ]\d{4}[ ]\d{4}[ ]\d{4}(?!\w)", 0.8),
    ),
)
_MRN = PatternRecognizer(
    name="record-number",
    label="MRN",
    patterns=(
        labelled_code(
            r"(?:prontu[áa]rio|processo(?:[ ]clínico)?|proc|n[º°.]?[ ]?(?:de[ ]|do[ ])?processo|registro"
            r"|registo|epis[óo]dio|atendimento|internamento[ ]n[º°]|conta|factura|fatura)",
            0.92,
            MIXED_CODE,
        ),
    ),
)
_LICENSE = PatternRecognizer(
    name="license",
    label="LICENSE",
    patterns=(
        labelled_code(
            r"(?:crm(?:[ /-][a-z]{2})?|coren(?:[ /-][a-z]{2})?|cremesp|o\.?m|ordem[ ]dos[ ]médicos"
            r"|cédula(?:[ ]profissional)?|carta[ ]de[ ]condução|cnh)",
            0.93,
        ),
    ),
)
_VEHICLE = PatternRecognizer(
    name="vehicle",
    label="VEHICLE",
    patterns=(
        Pattern(
            r"(?<![\w-])(?:[A-Z]{2}-\d{2}-[A-Z]{2}|\d{2}-[A-Z]{2}-\d{2}|\d{2}-\d{2}-[A-Z]{2}"
            r"|[A-Z]{3}-?\d[A-Z\d]\d{2})(?![\w-])",
            0.7,
        ),
        labelled_code(r"(?:matrícula[ ]do[ ]veículo|placa)", 0.9, MIXED_CODE),
    ),
)
_DEVICE = PatternRecognizer(
    name="device",
    label="DEVICE",
    patterns=(labelled_code(r"(?:n[º°.]{0,2}[ ]?(?:de[ ])?série|número[ ]de[ ]série|s/n|sn|lote)", 0.8, MIXED_CODE),),
)
_ID = PatternRecognizer(
    name="numbered-sample",
    label="ID",
    patterns=(
        labelled_code(
            r"(?:n[º°.]{0,2}[ ]?(?:da[ ]|de[ ]|do[ ])?(?:amostra|exame|pedido|requisição|biópsia|protocolo)"
            r"|requisição|pedido[ ]n[º°])",
            0.75,
            MIXED_CODE,
        ),
    ),
)
_LOWER = "a-zàáâãçéêíóôõúü"
_PROPER = rf"[^\W\d_{_LOWER}][\w'’-]{{0,40}}"
_LINK = r"(?:de|da|do|das|dos|e|a|o|d['’]|em|São|Santa|Dr\.|Prof\.)"
_PROPERS = rf"(?:(?:{_LINK}[ ]){{0,3}}{_PROPER}(?:[ ](?:{_LINK}[ ]){{0,3}}{_PROPER}){{0,4}})"
_WAY = (
    r"(?:[Rr]ua|RUA|[Rr]\.(?=[ ][A-Z])|[Aa]v(?:enida|\.)?|[Pp]raça|[Pp]ç[ªa]?\.?|[Ll]argo|[Tt]ravessa|[Tt]v\."
    r"|[Ee]strada|[Ee]str\.|[Rr]odovia|[Aa]lameda|[Aa]l\.|[Cc]alçada|[Bb]eco|[Uu]rbanização|[Uu]rb\.|[Qq]uinta"
    r"|[Bb]airro|[Cc]aminho|[Rr]otunda)"
)
_STREET = PatternRecognizer(
    name="street",
    label="ADDRESS",
    by_capitals=True,
    patterns=(
        Pattern(
            rf"(?<![\w-]){_WAY}[ ]{_PROPERS},?[ ](?:n[º°.]{{1,2}}[ ]?|lote[ ]"
            rf"|lt\.?[ ])?\d{{1,5}}(?:[ ]?[A-Z](?!\w))?(?:[ ,-]{{1,3}}(?:\d{{1,2}}[º°ª.](?:[ ]?(?:[A-Z]"
            rf"|[Ee]sq\.?|[Dd]to\.?|[Ff](?:rente|te)\.?)(?!\w))?|r/c|ap(?:to|artamento|\.)?[ ]?\d+"
            rf"|bloco[ ]\w+)){{0,3}}(?!\d|[.,]\d)",
            0.92,
        ),
        Pattern(rf"(?<![\w-])(?:Rua|Avenida|Travessa|Praça|Alameda)[ ]{_PROPERS}", 0.75),
        Pattern(
            r"\b(?:morada|endereço|residência)[ ]?:[ ]*(?P<it>[^\n]{4,90}?)(?=[ ]*(?:\n|$)|[.;][ ]|[ ]{2,}"
            r"|[ ](?:tel|cep|tlm))",
            0.88,
            folded=True,
        ),
    ),
)
_PLACE = PatternRecognizer(
    name="place",
    label="ADDRESS",
    by_capitals=True,
    patterns=(
        Pattern(rf"(?<![\w.,/-])\d{{4}}-\d{{3}}(?:,?[ ]{{1,2}}{_PROPERS})?(?!\d)", 0.9),
        Pattern(rf"(?<![\w.,/-])\d{{5}}-\d{{3}}(?:[ ,-]{{1,3}}{_PROPERS})?(?!\d)", 0.9),
        Pattern(r"\b(?:cep|código postal|cód\.? postal)[ ]?:?[ ]?(?P<it>\d{4,5}-?\d{0,3})(?!\d)", 0.9, folded=True),
        Pattern(
            r"\b(?:localidade|cidade|concelho|freguesia|distrito|naturalidade|nacionalidade|município|país"
            r"|bairro|estado)[ ]?:[ ]*(?P<it>[^\W\d_][^\n:;\d]{1,40}?)(?=[ ]*(?:\n|$)|[,;]|[ ]{2,})",
            0.88,
            folded=True,
        ),
        Pattern(
            rf"\b(?:natural|residente|reside|mora|morador[a]?|vive|proveniente|procedente|oriund[oa]|nascid[oa]"
            rf"|transferid[oa]|viagem|viajou|veio)[ ](?:(?:recente|atualmente|sozinh[oa])[ ])?(?:em|no|na|de|do"
            rf"|da|a|ao|para)[ ](?P<it>{_PROPERS})",
            0.6,
        ),
        Pattern(rf"(?:^|\n)[ \t]*(?P<it>{_PROPERS}),[ ](?:em[ ]|aos[ ])?(?=\d{{1,2}}(?:[/.-]\d|[ ]de[ ]))", 0.85),
    ),
)
_ORGANIZATION = PatternRecognizer(
    name="organization",
    label="ORGANIZATION",
    patterns=(
        Pattern(
            r"(?<![\w-])(?:Hospital|HOSPITAL|Hosp\.|Centro[ ](?:Hospitalar|de[ ]Saúde|Médico"
            r"|Hospitalar[ ]Universitário)|Santa[ ]Casa|Clínica|Policlínica|Instituto"
            r"|Unidade[ ]Local[ ]de[ ]Saúde|ULS|USF|UCSP|UBS|UPA|HC|Maternidade|Fundação"
            r"|Casa[ ]de[ ](?:Saúde|Repouso)|Lar|Farmácia|Laboratório|Universidade|Escola|IPO)"
            rf"(?:[ ](?:Universitário|Geral|Distrital|Central|Regional|Municipal|Estadual|Federal|Português"
            rf"|Pediátrico|das[ ]Clínicas))*[ ](?:(?:de|da|do|das|dos)[ ])?{_PROPERS}",
            0.82,
        ),
    ),
)
_PROFESSION = PatternRecognizer(
    name="profession",
    label="PROFESSION",
    patterns=(
        Pattern(r"\b(?:profissão|ocupação)[ ]?:[ ]*(?P<it>[^\n.;,:\d]{3,40}?)(?=[ ]*(?:[.,;\n]|$))", 0.85, folded=True),
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
"""For Portuguese notes, beside those of any language."""
