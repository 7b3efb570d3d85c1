"""French notes: identifiers of France, with layouts of Belgium, French-speaking Switzerland and Quebec."""

from __future__ import annotations

from cloister.deid.text.finding import Recognizer
from cloister.deid.text.patterns import Pattern, PatternRecognizer
from cloister.deid.text.recognizers.languages.announced_name import AnnouncedNames, Announcement
from cloister.deid.text.recognizers.languages.labelled_code import MIXED_CODE, labelled_code
from cloister.deid.text.recognizers.languages.language_dates import LanguageDates
from cloister.deid.text.recognizers.languages.national_checksums import ahv, nir, niss
from cloister.deid.text.recognizers.languages.signature import SIGNATURE

_TITLE = (
    r"(?:mme|mlle|mr|monsieur|madame|mademoiselle|mmes|mrs|messieurs|docteur|docteure|dr|dre|drs|professeur"
    r"|professeure|prof|pr|prs|maître|me|sœur|soeur"
    r"|m\.(?![ ]?(?:[a-z]\.)+[ ]?[a-z]{1,2}\b\.))"
)
_PERSON_FIELD = (
    r"(?:nom(?:[ ](?:de[ ]naissance|d['’]usage|d['’]épouse|marital|de[ ]jeune[ ]fille|patronymique"
    r"|et[ ]prénom[s]?|du[ ]patient|complet))?|pr[ée]nom[s]?"
    r"|patient(?:e)?(?:\(e\))?|résident[e]?|bénéficiaire|assuré[e]?|médecin(?:[ ](?:traitant|prescripteur"
    r"|référent|responsable|adresseur|senior))?|praticien"
    r"|chirurgien|opérateur|aide(?:[ ]opératoire)?|anesthésiste|radiologue|prescripteur|préleveur|biologiste"
    r"|pathologiste|interne|senior|externe|ide|ibode|iade"
    r"|infirmi[èe]re?|sage-femme|kinésithérapeute|cadre[ ]de[ ]santé|assistante[ ]sociale|secrétariat"
    r"|secrétaire|signataire|signé(?:[ ]électroniquement)?(?:[ ]par)?"
    r"|dicté[ ]par|validé[ ]par|rédigé[ ]par|vu[ ]par|copies?(?:[ ]à)?|correspondant[s]?|concerne|objet"
    r"|personne[ ](?:à[ ]prévenir|de[ ]confiance)|contact|tuteur"
    r"|tutrice|chef[ ]de[ ]service|destinataire)"
)
_NOT_NAMES = frozenset(
    """
    né née naissance nom prénom adresse demeurant domicile tél tel téléphone fax email e-mail courriel sexe âge ans
    date ddn ipp nda service unité pôle hôpital hospitalier centre chu chru ch clinique polyclinique institut cabinet
    laboratoire praticien chef interne externe médecin docteur professeur monsieur madame mademoiselle mme mlle mr dr
    pr cher chère confrère consœur confrères ami bien confraternellement cordialement je nous il elle le la les un une
    des du de pour par avec sans dans est a été sera présente se plaint rapporte décrit reçoit vit hospitalisé
    hospitalisée adressé adressée vu vue cardiologie neurologie urologie chirurgie pneumologie oncologie radiologie
    gériatrie pédiatrie psychiatrie médecine urgences réanimation gynécologie rpps adeli finess chambre lit rue avenue
    boulevard place chemin allée motif antécédents traitement examen diagnostic conclusion compte rendu janvier
    février mars avril mai juin juillet août septembre octobre novembre décembre non renseigné inconnu homme femme
    masculin féminin suivi suivie traitant patient patiente retraité retraitée mariée marié veuve veuf ce cette signé
    copie fait certifie soussigné soussignée à rentre rentré rentrée passe vient habite habitant mutuelle sécurité
    sociale n° no numéro dossier séjour entrée sortie bonjour merci et ou pas plus en au aux allergies
    """.split()  # noqa: SIM905
)
_NAME = AnnouncedNames(
    language="fr",
    announcements=(
        Announcement(
            rf"(?<![\w.])(?:{_TITLE}\.?[ ]{{1,2}}(?:(?:le|la)[ ](?=pr|dr|doct|chir))?){{1,3}}(?:\(?né[e]?\)?[ ])?",
            0.88,
            several=True,
            most=4,
        ),
        Announcement(
            rf"(?<![\w/-]){_PERSON_FIELD}[ \t]?:[ \t]*(?:{_TITLE}\.?[ ]{{1,2}}(?:(?:le|la)[ ](?=pr|dr|doct"
            rf"|chir))?){{0,3}}",
            0.9,
            field=True,
            several=True,
        ),
        Announcement(
            r"(?<!\w)(?:je m['’]appelle|je suis|c['’]est|(?:son|sa|ma|mon) (?:épouse|mari|femme|conjoint[e]?"
            r"|compagne|compagnon|fils|fille|mère|père|frère|sœur)[, ]{1,2}"
            r"|signé(?: électroniquement)?(?: par)?|dicté par|validé par)[ ]?",
            0.45,
            most=3,
        ),
        Announcement(
            rf"(?<!\w)(?:confraternellement|cordialement|respectueusement"
            rf"|salutations(?: distinguées)?)[ ]?[,.]?[ \t]*\n\s*(?:{_TITLE}\.?[ ]{{1,2}}){{0,2}}",
            0.6,
            most=4,
        ),
    ),
    not_names=_NOT_NAMES,
)
_BEFORE_BIRTH = PatternRecognizer(
    name="announced-name",
    label="NAME",
    patterns=(
        Pattern(
            r"(?<![\w'’-])(?P<it>(?!M\.|Mme|Mlle|Mr|Monsieur|Madame"
            r"|Patient)[^\W\d_a-zàâéèêëîïôûùç][\w'’-]+(?:[ ](?:de|du|la|le|van|el"
            r"|ben)){0,2}(?:[ ][^\W\d_a-zàâéèêëîïôûùç][\w'’.-]*){1,3})"
            r"(?=[ ]?[,;(]{0,2}[ ]?(?:née?|né\(e\)|DDN)[ ]?:?[ ]?(?:le[ ])?\d)",
            0.85,
        ),
    ),
)

_DATE = LanguageDates(
    "fr",
    patterns=(
        Pattern(
            r"\b(?:le|du|au|depuis le|jusqu['’]au|dès le|et le)[ ](?P<it>(?:0?[1-9]|[12]\d"
            r"|3[01])[/.](?:0?[1-9]|1[0-2]))(?![\w/]|[.,]\d)",
            0.6,
            folded=True,
        ),
        Pattern(
            r"(?<!\w)(?P<it>(?:1er|[12]?\d|3[01])[ ](?:janvier|février|fevrier|mars|avril|mai|juin|juillet"
            r"|août|aout|septembre|octobre|novembre|décembre|decembre)"
            r"(?:[ ](?:19|20)\d\d)?)(?!\w)",
            0.9,
            folded=True,
        ),
        Pattern(
            r"(?<!\w)(?P<it>(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)[ ](?:dernier|prochain"
            r"|passé))(?!\w)",
            0.5,
            folded=True,
        ),
        Pattern(
            r"(?<![\w./-])(?:0[1-9]|1[0-2])/(?:\d{2})(?![\w/.,]|[ ]?(?:mg|ml|mmhg|%|points?|g/l))", 0.3, folded=True
        ),
    ),
)
_AGE = PatternRecognizer(
    name="age",
    label="AGE",
    patterns=(
        Pattern(r"(?<![\d.,/])(?P<it>(?:9\d|1[0-2]\d)[ ]?ans)(?!\w)", 0.95, folded=True),
        Pattern(r"\bâge[ ]?:?[ ]?(?P<it>9\d|1[0-2]\d)(?![\d.,%])", 0.95, folded=True),
        Pattern(
            r"\b(?P<it>quatre-vingt-(?:dix|onze|douze|treize|quatorze|quinze|seize|dix-sept|dix-huit|dix-neuf)"
            r"|nonante(?:[- ](?:et[- ])?\w+)?|cent(?:[ ]un|[ ]deux|[ ]trois)?)[ ]ans\b",
            0.9,
            folded=True,
        ),
        Pattern(r"\b(?P<it>nonagénaire|centenaire)\b", 0.7, folded=True),
    ),
)

_TELEPHONE = r"(?P<it>\+?\(?\d(?:[ ().\-/]{0,3}\d){4,14})(?!\d)"
_PHONE = PatternRecognizer(
    name="phone",
    label="PHONE",
    patterns=(
        labelled_code(
            r"(?:téléphone|telephone|tél|tel|tph|portable|port|mobile|gsm|ligne[ ]directe|secrétariat|standard"
            r"|joignable[ ]au|bip|poste|dect)",
            0.92,
            _TELEPHONE,
        ),
        labelled_code(r"(?:poste|bip|dect)", 0.7, r"(?P<it>\d{3,6})(?!\d|[.,/]\d)"),
        Pattern(r"(?<![\w.,+/-])(?:(?:\+|00)33[ .-]?(?:\(0\))?[ .-]?|0)[1-9](?:[ .-]?\d{2}){4}(?![\w]|[.,/-]\d)", 0.85),
        Pattern(
            r"(?<![\w.,+/-])(?:\+|00)(?:32|41|352|377|1)[ .-]?(?:\(0\))?(?:[ ./-]?\d){7,10}(?![\w]|[.,/-]\d)", 0.85
        ),
        Pattern(r"(?<![\w.,+/-])0\d{1,3}[ /.-]\d{2,3}[ .-]?\d{2}[ .-]?\d{2}(?![\w]|[.,/-]\d)", 0.6),
        Pattern(r"\b(?:au|numéro est le)[ ](?P<it>0\d(?:[ .-]?\d{2}){4})(?!\d)", 0.9, folded=True),
    ),
)
_FAX = PatternRecognizer(
    name="fax", label="FAX", patterns=(labelled_code(r"(?:télécopie|telecopie|fax)", 0.93, _TELEPHONE),)
)

_NIR = r"[12378][ .]?\d{2}[ .]?(?:0[1-9]|1[0-2]|[2-9]\d)[ .]?(?:\d{2}|2[ABab])[ .]?\d{3}[ .]?\d{3}(?:[ ./]{0,3}\d{2})?"
_SSN = PatternRecognizer(
    name="nir",
    label="SSN",
    patterns=(
        Pattern(rf"(?<![\w.,-]){_NIR}(?![\w]|[.,]\d)", 0.85, check=nir),
        labelled_code(
            r"(?:n[°º]?[ ]?(?:de[ ])?(?:s\.?s|sécurité[ ]sociale|sécu|secu|insee|immatriculation)|nir|nss"
            r"|ins(?:-nir)?|numéro[ ]de[ ]sécurité[ ]sociale|sécurité[ ]sociale|ramq|nam)",
            0.95,
        ),
        Pattern(r"(?<![\w.-])\d{2}\.\d{2}\.\d{2}[ -]\d{3}[.-]\d{2}(?![\w])", 0.9, check=niss),
        labelled_code(r"(?:niss|registre[ ]national)", 0.93, check=niss),
        Pattern(r"(?<![\w.-])756[. ]?\d{4}[. ]?\d{4}[. ]?\d{2}(?![\w])", 0.9, check=ahv),
        labelled_code(
            r"(?:avs|cni|carte[ ](?:nationale[ ])?d['’]identité|passeport|titre[ ]de[ ]séjour)", 0.9, MIXED_CODE
        ),
    ),
)
_HEALTH_PLAN = PatternRecognizer(
    name="health-plan",
    label="HEALTH_PLAN",
    patterns=(
        labelled_code(
            r"(?:carte[ ]vitale|mutuelle(?:[^\n\d:,]{0,25})?|adhérent|contrat|assuré[e]?|bénéficiaire|cpam|msa"
            r"|amo|amc|cmu|css|ame|police)",
            0.85,
        ),
        Pattern(r"(?<!\w)[a-z]{4}[ ]?\d{4}[ ]?\d{4}(?!\w)", 0.5, folded=True),
    ),
)
_MRN = PatternRecognizer(
    name="record-number",
    label="MRN",
    patterns=(
        labelled_code(
            r"(?:ipp|nip|n[°º][ ]?(?:de[ ])?(?:dossier|patient)|dossier(?:[ ](?:médical|patient))?"
            r"|numéro[ ](?:de[ ])?(?:dossier|patient)|identifiant(?:[ ]patient)?|id[ ]patient)",
            0.95,
            r"(?P<it>[a-z]{0,3}[ -]?\d(?:[ ./-]?\d){2,14}(?:[-/]?[a-z\d]{1,2})?)(?!\w)",
        ),
        labelled_code(r"(?:ipp|nip|n[°º][ ]?(?:de[ ])?dossier)", 0.95, MIXED_CODE),
    ),
)
_ACCOUNT = PatternRecognizer(
    name="account",
    label="ACCOUNT",
    patterns=(
        labelled_code(
            r"(?:nda|iep|n[°º][ ]?(?:de[ ])?(?:séjour|venue|passage|facture|compte)|séjour[ ]n[°º]|facture"
            r"|numéro[ ]de[ ](?:séjour|venue)|iban|rib)",
            0.92,
            MIXED_CODE,
        ),
        Pattern(r"(?<!\w)fr\d{2}(?:[ ]?[\da-z]{4}){5}[ ]?[\da-z]{3}(?!\w)", 0.9, folded=True),
    ),
)
_LICENSE = PatternRecognizer(
    name="license",
    label="LICENSE",
    patterns=(
        labelled_code(r"(?:rpps|adeli|finess|n[°º][ ]?(?:d['’]ordre|am)|inami|permis(?:[ ]de[ ]conduire)?|cnom)", 0.93),
        Pattern(r"(?<![\w.,-])10\d{9}(?![\w]|[.,-]\d)", 0.6),
    ),
)
_VEHICLE = PatternRecognizer(
    name="vehicle",
    label="VEHICLE",
    patterns=(
        Pattern(r"(?<![\w-])[A-HJ-NP-TV-Z]{2}-\d{3}-[A-HJ-NP-TV-Z]{2}(?![\w-])", 0.9),
        labelled_code(
            r"(?:immatriculé[e]?|immatriculation|plaque)",
            0.9,
            r"(?P<it>[a-z]{0,2}[ -]?\d{2,4}[ -]?[a-z]{1,3}(?:[ -]?\d{2})?)(?!\w)",
        ),
    ),
)
_DEVICE = PatternRecognizer(
    name="device",
    label="DEVICE",
    patterns=(
        labelled_code(
            r"(?:n[°º][ ]?(?:de[ ])?série|numéro[ ]de[ ]série|s/n|sn|n[°º][ ]?(?:de[ ])?lot|lot|réf(?:érence)?)",
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
            r"(?:n[°º][ ]?(?:d['’](?:enregistrement|examen|accession|ordre)|de[ ](?:prélèvement|demande"
            r"|compte[ ]rendu))|prélèvement[ ]n[°º]|examen[ ]n[°º]|demande[ ]n[°º])",
            0.75,
            MIXED_CODE,
        ),
    ),
)

_LOWER = "a-zàâäéèêëîïôöûùüçœ"
_PROPER = rf"(?:St[e]?\.[ ]?)?[^\W\d_{_LOWER}][\w'’-]{{0,40}}"
_LINK = r"(?:de|du|des|de[ ]la|de[ ]l['’]|d['’]|la|le|les|l['’]|et|en|sur|sous|lès|aux?|à|Saint|Sainte)"
_PROPERS = rf"(?:(?:{_LINK}[ ]?){{0,3}}{_PROPER}(?:[ ](?:{_LINK}[ ]?){{0,3}}{_PROPER}){{0,4}})"
_WAY = (
    r"(?:[Rr]ue|RUE|[Aa]venue|AVENUE|[Aa]v\.?|[Bb]oulevard|[Bb]o?u?l?v?d\.?|[Bb]ld\.?|[Pp]lace|[Pp]l\."
    r"|[Aa]llées?|[Cc]hemin|[Cc]he?m?\.|[Ii]mpasse|[Ii]mp\.|[Qq]uai|[Cc]ours|[Rr]oute|[Rr]te\.?"
    r"|[Ss]quare|[Pp]assage|[Ff]aubourg|[Ff]g|[Ll]otissement|[Ss]entier|[Vv]illa|[Rr]ond-point|[Mm]ontée"
    r"|[Ee]splanade|[Pp]romenade|[Vv]oie|[Rr]uelle|[Cc]hauss[ée]e)"
)
_STREET = PatternRecognizer(
    name="street",
    label="ADDRESS",
    by_capitals=True,
    patterns=(
        Pattern(
            rf"(?<![\w.,/-])\d{{1,4}}(?:[ ]?(?:bis|ter|quater"
            rf"|[A-Da-d](?!\w)))?,?[ ]{{1,2}}{_WAY}[ ](?:{_LINK}[ ]?){{0,3}}"
            rf"[\w'’.-]+(?:[ ](?:{_LINK}[ ]?){{0,2}}{_PROPER}){{0,4}}"
            r"(?:,?[ ](?:[Bb]ât(?:iment)?\.?|[Aa]pp(?:t|artement)?\.?|[Ee]sc(?:alier)?\.?)[ ]?\w{1,4}(?!\w)){0,2}",
            0.92,
        ),
        Pattern(rf"(?<![\w-]){_WAY}[ ]{_PROPERS}[ ]\d{{1,4}}(?![\w]|[.,]\d)", 0.8),
        Pattern(
            rf"(?<![\w-])(?:[Rr]ue|[Bb]oulevard|[Ii]mpasse"
            rf"|[Aa]venue)[ ](?:{_LINK}[ ]?){{1,3}}{_PROPER}(?:[ ]{_PROPER}){{0,3}}",
            0.7,
        ),
        Pattern(
            r"\b(?:adresse|demeurant|domicile)[ ]?:[ ]{0,2}(?P<it>\d[^\n]{4,80}?)(?=[ ]*(?:\n|$)|[.;][ ]|[ ]{2,}"
            r"|[ ](?:tél|tel|fax|né))",
            0.85,
            folded=True,
        ),
        Pattern(r"\b(?:bp|cs|cedex)[ ]?\d{2,6}(?!\d)", 0.7, folded=True),
        Pattern(rf"(?<!\w)(?:lieu-dit|Lieu-dit|résidence|Résidence|Rés\.)[ ]{_PROPERS}", 0.7),
    ),
)
_TOWN = rf"{_PROPER}(?:[ ](?:{_LINK}[ ]?){{0,2}}{_PROPER}){{0,3}}"
_NOT_TOWN = r"(?!(?:Ans|Mois|Jours|Semaines|UI|U|G|Mg|Ml|Euros|Patients|Plaquettes|Leucocytes|CEDEX)(?!\w))"
_PLACE = PatternRecognizer(
    name="place",
    label="ADDRESS",
    by_capitals=True,
    patterns=(
        Pattern(
            rf"(?<![\w.,/-])(?:F-|F |B-|L-)?\d{{5}}[ ]{{1,2}}{_NOT_TOWN}{_TOWN}(?:[ ](?:CEDEX|Cedex"
            rf"|cedex)(?:[ ]\d{{1,2}})?)?",
            0.9,
        ),
        Pattern(
            rf"(?:(?<=,[ ])|(?<=,)|(?<=\n)|(?<![\w.,/-])(?:B"
            rf"|CH)[ -]{{1,3}})\d{{4}}[ ]{_NOT_TOWN}{_TOWN}(?=[,.;)\n]|$)",
            0.8,
        ),
        Pattern(r"(?<!\w)[ABCEGHJ-NPRSTVXY]\d[A-Z][ ]?\d[A-Z]\d(?!\w)", 0.9),
        Pattern(r"\b(?:code[ ]postal|cp)[ ]?:?[ ]?(?P<it>\d{4,5})(?!\d)", 0.9, folded=True),
        Pattern(
            r"\b(?:ville|commune|pays|lieu[ ]de[ ]naissance|nationalité|localité"
            r"|département)[ ]?:[ ]*(?P<it>[^\W\d_][^\n:;\d]{1,40}?)(?=[ ]*(?:\n|$)|[,;]|[ ]{2,})",
            0.88,
            folded=True,
        ),
        Pattern(
            rf"\b(?:habite|habitant|habitait|vit|vivant|demeurant|domicilié[e]?|réside|résidant|résident[e]?"
            rf"|originaire|né[e]?|natif|native|venant|provenant|retraité[e]?|ville|commune|pompiers|samu|smur"
            rf"|SAMU|SMUR|voyage"
            rf"(?:[ ]récent)?|séjour|arrivé[e]?|transféré[e]?|déménagé|retourné[e]?|exerçant|installé[e]?"
            rf"|mairie|maternité|urgences|hébergé[e]?)[ ](?:(?:seule?|actuellement|maintenant"
            rf"|récemment)[ ])?(?:à|au|aux|en|de|d['’]|vers|près[ ]de)[ ]?"
            rf"(?!(?:Paris-Brest|J\d|EHPAD|SSR|Réanimation|Cardiologie|Médecine|Chirurgie))(?P<it>(?:(?:La|Le"
            rf"|Les|l['’]|L['’])[ ]?)?{_TOWN})",
            0.65,
        ),
        Pattern(
            rf"(?:^|\n)[ \t]*(?:fait[ ]à[ ]|Fait[ ]à[ ])?(?P<it>{_TOWN}),[ ]le[ ](?=\d|1er|lundi|mardi|mercredi"
            rf"|jeudi|vendredi|samedi|dimanche)",
            0.88,
        ),
        Pattern(rf"\bà[ ](?P<it>{_TOWN})(?=[ ]?[,(][ ]?\d{{5}}|,[ ]le[ ]\d)", 0.85),
    ),
)
_KIND = (
    r"(?:CHU|CHRU|CHR|CHI|CHIC|CHIV|GHU|GHT|GH|HIA|CH(?=[ ](?:de|d['’]|du|[A-Z]))|CHUV|HUG|AP-HP|APHP"
    r"|Centre[ ][Hh]ospitalier(?:[ ](?:[Uu]niversitaire|[Rr]égional|[Ii]ntercommunal|[Ss]pécialisé"
    r"|Universitaire[ ]Vaudois))*|[Hh]ôpita(?:l|ux)(?:[ ](?:[Pp]rivé|[Uu]niversitaire[s]?|[Cc]antonal"
    r"|d['’]Instruction[ ]des[ ]Armées|européen|Européen))?|HÔPITAL|Hopital|Hospices[ ]Civils"
    r"|Groupe[ ][Hh]ospitalier|[Cc]linique[s]?(?:[ ]universitaires)?|[Pp]olyclinique|[Ii]nstitut"
    r"|Centre(?=[ ](?:Léon|Oscar|Antoine|François|Georges|René|Jean|Henri|Eugène|Paul|Claudius"
    r"|de[ ]rééducation|de[ ]dialyse|médical|anticancéreux))"
    r"(?:[ ](?:de[ ]rééducation|de[ ]dialyse|médical|anticancéreux))?|[Mm]aternité|EHPAD|Ehpad|SSR|USLD|SSIAD"
    r"|CMP|CSG|CLSC|[Mm]aison[ ](?:de[ ]santé|médicale|de[ ]retraite|de[ ]repos)|[Cc]abinet(?:[ ]médical)?"
    r"|[Pp]harmacie|[Ll]aboratoire|[Uu]niversité|[Ll]ycée|[Cc]ollège|[ÉE]cole|[Rr]ésidence|[Ff]oyer"
    r"|[Mm]utuelle|CPAM|[Mm]airie|[Aa]mbulances)"
)
_ORGANIZATION = PatternRecognizer(
    name="organization",
    label="ORGANIZATION",
    patterns=(
        Pattern(
            rf"(?<![\w-]){_KIND}[ ](?:(?:de|du|des|d['’]|de[ ]la|de[ ]l['’]|la|le|les|l['’]|du[ ]Dr"
            rf"|Dr)[ ]?)?{_PROPERS}",
            0.82,
        ),
        Pattern(
            r"\b(?:établissement|employeur|mutuelle|hôpital|caisse"
            r"|organisme)[ ]?:[ ]*(?P<it>[^\W\d_][^\n;,]{1,45}?)(?=[ ]*(?:\n|$)|[,;]|[ ]{2,})",
            0.7,
            folded=True,
        ),
        Pattern(rf"(?<![\w-])(?:{_PROPER}[ ]){{1,3}}(?:SARL|SAS|SA|EURL|SCM|SELARL)(?!\w)", 0.8),
    ),
)
_JOB = (
    r"(?:institut(?:eur|rice)|professeure?(?: des écoles)?|agricult(?:eur|rice)|éleveur|maçon|plombier"
    r"|électricien(?:ne)?|menuisier|charpentier|mécanicien(?:ne)?|carreleur|peintre|boulang(?:er|ère)"
    r"|bouch(?:er|ère)|cuisini(?:er|ère)|serveu(?:r|se)|coiffeu(?:r|se)"
    r"|caissi(?:er|ère)|vendeu(?:r|se)|secrétaire|comptable|aide-soignante?|infirmi(?:er|ère)|sage-femme"
    r"|pharmacien(?:ne)?|ingénieure?|informaticien(?:ne)?|architecte|avocate?|notaire|polici(?:er|ère)"
    r"|gendarme|militaire|pompier|chauffeur(?: routier| de taxi)?|facteur|factrice"
    r"|cheminot|femme de ménage|gardien(?:ne)?|agent(?:e)? de sécurité|ouvri(?:er|ère)|soudeur|mineur|marin"
    r"|jardini(?:er|ère)|viticult(?:eur|rice)|étudiante?|assistante? (?:maternelle|sociale)|éducat(?:eur|rice)"
    r"|musicien(?:ne)?|journaliste|prêtre|couturière|manutentionnaire|cadre|commerçante?)"
)
_PROFESSION = PatternRecognizer(
    name="profession",
    label="PROFESSION",
    patterns=(
        Pattern(
            rf"\b(?:profession|travaille comme|exerce comme|ancien(?:ne)?|retraitée?|métier"
            rf"|ex)[ :,(]{{1,3}}(?:une?[ ])?(?P<it>{_JOB})(?!\w)",
            0.75,
            folded=True,
        ),
        Pattern(r"\bprofession[ ]?:[ ]*(?P<it>[^\n.;,:\d]{3,40}?)(?=[ ]*(?:[.,;\n]|$))", 0.85, folded=True),
        Pattern(rf"\bans, (?P<it>{_JOB})(?!\w)", 0.7, folded=True),
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
"""For French notes, beside those of any language."""
