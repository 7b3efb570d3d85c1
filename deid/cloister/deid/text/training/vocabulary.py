"""Words of running clinical prose, by language: what is no identifier although no carrier text holds it.

Carrier texts are few; the words of real notes are many, and a tagger that has never met a word tends to take it for a
name. Loose sentences of these words, and of the common words that the `faker` package lists by language, teach it
otherwise. In English the lists of common words and clinical terms that the detector knows are among them.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from functools import cache

from cloister.deid.text.gazetteers.listed_terms import read_words

CLINICAL: Mapping[str, str] = {
    "en": """
        abnormal absent access achieved acute adequate adjacent adjusted administered admission admitted advanced
        advised affected aggressive agitated agreed alert allergic ambulate ambulating ambulatory anterior anticipated
        anxious apparent appeared appears appetite appointment appropriate approximately area arrival artery aspirate
        assess assessed assessment assistance associated asymptomatic atraumatic attack attempted attended available
        average avoid awake aware bandage baseline bath bedtime began behavior beneath benefit benign bilateral
        bilaterally
        biopsy birth bleeding blister bloating block blood blurry body bone borderline bowel breakfast breast breath
        breathing bruise bruising burning calcification calm cancer cardiac care carefully cast catching caused
        cautiously
        cell change changes chart checked chew chewing childhood chills chronic circumference clear clearly clinic
        clinical
        clinically clots coarse cold collapse color comfortable comfort compared complained complains complaint
        complete
        completed compliance complication complications concentration concern concerned concerning condition confirmed
        confused congestion conscious consent considered consistent constant consult consultation contact continued
        continues contrast control controlled cooperative counseled count course cramping crackles crying culture
        current
        currently cut cycle daily damage daughter deceased decrease decreased deep deficit definite dehydrated delayed
        delivered delivery demonstrated denied denies density depressed depth described despite detailed deteriorated
        developed development device diagnosed diagnosis diagnostic diameter died diet difficult difficulty diffuse
        diffusely digit dilated diminished dinner direct discharge discharged discomfort discontinued discussed
        disease
        disoriented displaced distal distended distress disturbance dizzy document documented dominant dose double
        drainage draining drank draped dressing drink drinking driving drop drove drug dry due dull duration edema
        effect effective effusion elderly elected elevated elevation emergency enlarged episode episodes erythema
        evaluate evaluated evaluation evening eventually evidence exacerbation exam examination examined except
        excessive
        excision exercise exertion experienced explained exposed exposure extended extension external extremities eye
        facial factor failed failure fainted fairly fall falling familiar family fasting fat father fatigue fatty
        feeding
        feels feet felt female fever few fibers field fighting filling film final finding findings finger firm first
        flexion flow fluid focal followed following follows food foot force foreign form formed fracture fragment
        frequency
        frequent frequently fresh full function functional further gain gained gait gastric gauge general generalized
        gentle gently girlfriend given gland glasses gradual gradually greater gross grossly growth guidance gums
        habits hands happened happy hard headaches healed healing health healthy hearing heart heat heavy height
        helped
        high higher hip history hoarse hold holding home hospital hospitalization hospitalized hour hours house hurts
        identified ill illness image images imaging immediate immediately impaired impression improve improved
        improvement
        improving inability incision included including incontinence increase increased increasing independent
        independently indicated infant infection inferior inflammation informed initial initially injected injection
        injuries injury inpatient insertion inspection instructed instructions intact intake intermittent internal
        interval intervention intolerance intravenous involved involvement irregular irrigated irritation isolated
        issue
        issues itchy jaw job joint jumping kept kicked kidney knee knees knot known labs lack large last lasted later
        lateral lawsuit layer leak leaning leave left leg legal legs lens lesion lesions less lethargic level
        levels lift
        lifting ligament light likely limb limited limits line lips liquid list little lives lobe local located
        location
        long longer loose lose losing loss lost loud low lower lump lunch lung lungs lying main maintained major male
        malignancy manage managed management manner margin marked markedly married mass matter mature maximum meal
        meals
        measured measures measuring medial median medical medically medication medications medicine memory menstrual
        mentation mid middle mild mildly minimal minor minutes missed mobile mobility moderate moderately moist
        monitor
        monitored monitoring month morning mother motion motor mouth moved movement moving multiple muscle muscles
        muscular
        narrow narrowing nasal nausea nauseated nearly neck need needed needle needs nephropathy nerve nerves
        neurologic
        nodule nodules noise none nonfocal nontender normal normally nose notable note noted notes nothing notice
        noticed
        numb number numbness nurse nursing nutrition obese observed obstruction obtain obtained obvious occasional
        occasionally occurred occurs office ongoing onset opacity open opened operating operation options oral order
        ordered orders oriented osteopathic outcome outpatient output outside overall overnight overweight oxygen
        pacing
        packed pads pain painful painless palpable palpated palpation paper parents partial past pathology patient
        patients
        patchy pattern peak pelvic perforation performed period peripheral permanent persistent persists person
        pharmacy
        phase physical physician physicians picture piece pills placed placement plain plan planned plans plate
        play playing
        pleasant pleasure pleural plugs point poor poorly portable portion position positive possible possibly
        posterior
        postoperative potential practice pregnancy pregnant premature preparation prepped prescribed prescription
        presence
        present presentation presented pressure previous previously primarily primary prior private probable
        probably problem
        problems procedure procedures progress progressed progression progressive progressively prolonged prominent
        prone
        proper protocol provided provoked proximal psychiatric pull pulled pulmonary pulse pulses pump pupils
        purpose pushed
        quadrant question questions quickly quiet quit radiates radiating radiology raised ran range rapid rare
        rarely rash
        rate reaction reactive readily ready reason reasonable reassured recall received recent recently recheck
        recommend recommendations recommended recommends record records recovered recovery recurrence recurrent red
        redness
        reduced reduction referral referred reflex refused region regular regularly rehabilitation related
        relationship
        release relief relieved remained remains remarkable removal remove removed renal repair repaired repeat
        repeated
        replaced replacement report reported reports request requested require required requires resected resection
        residual resistance resolved respiratory response responsive rest resting restless result resulted results
        resume
        retired retraction return returned returns review reviewed right risk risks room rotation roughly routine rule
        running safe safety sat satisfactory scan scar scheduled school screening scrubbed secondary secretions
        section
        secured sedation seen segment self sensation sensitive separate series serious services session several severe
        severely shaking shaped sharp shift short shortly shoulder showed shower showing shown shows sibling
        siblings side
        sides sign significant significantly signs similar simple single site sits sitting situation size skin sleep
        sleeping slept slight slightly slow slowly small smear smoke smoker smokes smoking smooth sodium soft solid
        sometimes
        somewhat soon sore sound sounds source space specific specimen speech spent sports spots spouse spread stable
        staff stage staged stairs standing staples start started starting state stated states status stay stayed
        steadily
        stenosis steps sterile stiff stiffness stomach stone stones stool stools stopped straight strain strength
        stress
        strong structures struck student studies study subcutaneous subsequent subsequently substance successful
        successfully sudden suddenly sufficient suggest suggested suggesting suggestive suicidal suite suitable
        superficial
        superior supine supple support supportive surface surgeries surgery surgical surgically surrounding
        suspected suspicious
        sutured sutures swallow swallowing sweating swelling swollen symmetric symmetrical symptomatic symptoms
        syndrome
        system systems taken takes taking talked talking target teeth temperature temporarily tender tenderness tendon
        tension test tested testing tests therapy thick thickening thickness thin things thirst thoughts throat
        thrombus
        throughout tightness times tingling tired tissue tobacco today toe toes tolerate tolerated tolerating
        tongue took
        total touch tracing transfer transferred transfused transported trauma traumatic travel treadmill treat
        treated
        treating treatment tree trial tried trouble tube tumor turned twice type typical ulcer unable unchanged
        unclear uncomfortable uncomplicated underlying understand understanding understood undergoing undergone
        underwent
        unit unknown unlikely unremarkable unsteady upper upset urgent urinary urinating urine use used uses using
        usual
        usually vaccine vague vaginal valve variable various vein venous ventricular verbal version vessel vessels
        vision
        visit visits visual vital vitamins voice volume vomited vomiting waking walk walked walker walking wall
        warm washed
        water weak weakness weaned wearing week weekend weeks weight wet wheelchair white wide widow withdrawn wore
        work
        worked working works worried worse worsened worsening wound wounds wrist yearly years yellow yesterday younger
    """,
    "es": """
        abdomen abdominal absceso acude acudió adecuada adecuado además administró afebril afectación afecta agudo
        aguda
        aislado alta alteración alteraciones ambos ambas analítica analíticas ansiedad antecedentes antibiótico
        antibióticos anterior anticoagulación apareció aparición apirético aporta aproximadamente asintomático
        asintomática
        asistencia asociado asociada aspecto astenia atención aumento aumentado aunque ausencia axial bajo baja
        bilateral
        bilaterales biopsia biopsias bioquímica cabeza calidad cambios cansancio cara características cardiaco
        cardiaca casa
        casos causa cavidad cefalea células central cerebral cirugía citología clínica clínico clínicos coagulación
        colocación coloración compatible compatibles complementarias completa completo complicaciones condición
        conciencia
        consciente consulta consultas contenido contraste control controles convencional corporal corresponde
        corticoides
        crecimiento criterios crónica crónico cuadro cuello cultivo cultivos curso daño datos debido decidió decide
        deformidad
        demostró densidad derecha derecho derivado derivada desarrollo descartó desde desaparición desplazamiento
        destaca
        destacaba detectó diabético diagnosticada diagnosticado diagnóstico diagnósticas diámetro diferencial
        diferentes
        difusa difuso discreta discreto distal dolor dolorosa doloroso dolores dosis drenaje duración durante
        ecografía
        edad edema efectos ejercicio elevación elevada elevado embarazo empeoramiento encontró encuentra enfermedad
        enfermedades episodio episodios erupción escasa escaso especializada espontánea esputo estable estado
        estancia estaba
        estenosis estómago estructura estructuras estudio estudios evidencia evidenció evolución evolucionó examen
        éxitus
        exploración exploraciones expone explica extensa extensión externa extirpación extracción extremidad
        extremidades
        familiar familiares fase favorable fiebre fibra fina física físico flexión foco fondo forma fractura
        frecuencia
        frecuente fue fueron función funcional funciones ganglios gasto general genital glándula global glucemia
        grado gran
        grave gravedad gris grupo habitual habituales hábito hallazgo hallazgos hemático hematíes hematoma
        hemodinámica
        hemodinámicamente hemoglobina hemograma hemorragia hepática hepático hermano hermana hijo hijos hipertensión
        hipertenso historia histológico histológica hombre horas hospital hospitalización hospitalizado hueso
        imagen imágenes
        incluyendo incisión incremento indicación indicó individuo infarto infección infecciones inferior inferiores
        infiltración inflamación inflamatorio informe ingresa ingresada ingresado ingresó ingreso inicia inicial
        inicialmente
        inició inicio inmunohistoquímica instaura instauró intensa intensidad intenso interconsulta interés
        interior interna
        interno intervención intervenida intervenido intestinal intolerancia intravenosa intravenoso izquierda
        izquierdo
        juicio laboratorio lado laterales lateral leche lecho lengua lenta lesión lesiones leucocitos leve leves
        líquido
        límites localización localizada localizado longitud lumbar maligna maligno malestar manifestaciones mano manos
        marcada marcado masa masas materna materia mayor mecánica media mediante médica médico médicos medicación
        medio
        medida médula mejor mejoría membrana menor meses método mínima mínimo moderada moderado molestias momento
        mostraba
        mostró motivo movimiento movilidad mucosa muerte muestra muestras mujer múltiples muscular músculo natural
        náuseas
        necesidad necesario necrosis negativa negativo negativos nervio nivel niveles nódulo nódulos noche normal
        normales
        normalidad núcleos número objetiva objetivó observa observaba observan observó obstrucción ocasional ocular
        oído ojo
        ojos operación oral órganos orina orientado origen ósea óseo paciente pacientes padre padres palpación
        palpable
        palpa parcial pared parte partes patología pecho pequeña pequeño pequeñas pérdida perforación periférica
        periodo
        permanece permite persistencia persistente peso piel pieza pierna placa plaquetas población porción
        positiva positivo
        positivos posible posterior posteriores posteriormente postoperatorio precisa precisó presencia presenta
        presentaba
        presentan presentó presión previa previo previamente primaria primario primera primer primeros principal
        probable
        problema procedencia proceso producto profundidad progresiva progresivo progresivamente pronóstico propia
        próstata
        proteína proximal prueba pruebas pulmonar pulmones punta punción quirúrgica quirúrgico quiste radiografía
        radiología
        radiológico radioterapia rápida rápidamente rara reacción realiza realizada realizado realizan realizando
        realizaron
        realizó recibió recidiva recto recuento recuperación reducción referencia refería refiere región regular
        relación
        relata remite remitida remitido remitió renal repetición resección resonancia respiratoria respiratorio
        respuesta
        restos resto resultado resultados retirada retirar revela reveló revisión revisiones riesgo riñón ritmo
        rodilla rojo
        saliva sangrado sangre sangría sección secreción secundaria secundario seguimiento segunda segundo semanas
        semana
        sensación sensibilidad separación serie serología seroso severa sexo siendo signo signos siguiente
        siguientes simple
        simples síndrome síntoma síntomas sintomatología sistema sistémica situación sobre social solicita solicitó
        sospecha
        subcutáneo sufrió suero superficie superior superiores suspendió sutura tabaco tacto tamaño tardía técnica
        tejido
        temperatura temprana tendencia tendón tensión terapia tercio tiempo tipo tolerancia tomografía torácica
        torácico tórax
        total toxicidad tracto transfusión trastorno tras traslado tratada tratado tratamiento tratamientos
        traumatismo
        trombo tumor tumoral tumoración tumores ubicada úlcera última último unidad unilateral urgencia urgencias
        urgente
        urológica uso utilizando útero valor valora valoración valores variable varias varón vascular vaso vasos
        vecina vejiga
        velocidad vena venosa vía vías vida viral visible visión visita visual vivir volumen vómito vómitos zona zonas
        adyacente anterolateral apendicular basal benigno bordes caudal cervical cicatriz cortical cutánea cutáneo
        densa
        dental endoscópica esclerosis facial fibrosis hilio hipoecoico irregular laparoscópica macroscópicamente
        microscópicamente nasal ocupación opacidad oral palidez parénquima pélvica perfil quística retroperitoneal
        sólida
    """,
    "de": """
        Abdomen abgeklärt Ablauf Abschluss akut akute akuten akuter Aktivität allergisch Allgemeinzustand
        altersentsprechend
        ambulant ambulante Anamnese anamnestisch Angaben Angehörige Anhalt Anlage anschließend Antrag Antibiose
        Anwendung
        Arterie Arzt Ärzte ärztlich Atemfrequenz Atemwege Atmung auffällig Auffälligkeiten Aufklärung Aufnahme
        aufgenommen
        aufgrund Aufenthalt Auge Augen ausgedehnt ausgeprägt ausreichend Ausschluss Auswurf Bad Bauch Beatmung bedarf
        Bedarf beginnend Behandlung behandelt beidseits Bein Beine Beinödeme bekannt Belastung Belastungsdyspnoe
        beobachtet
        Beratung Bereich Bericht berichtet beschrieben Beschwerden beschwerdefrei besteht Bestrahlung Besserung
        Betreuung
        Bett Beurteilung bewegung beweglich Bewusstsein Biopsie bildgebend Bild Blut Blutbild Blutdruck Blutung Brust
        Chirurgie chirurgisch chronisch chronische Darm Darstellung dargestellt Dauer Defekt degenerativ demenziell
        deutlich
        Diagnose Diagnostik diagnostisch dezent Diät diffus diskret Dosierung Dosis Drainage dringend Druck
        druckschmerzhaft
        Durchfall durchgeführt Durchmesser Echokardiographie eingeschränkt eingestellt Eingriff Einlage einmal
        Einnahme
        Einstellung Einweisung Eltern empfehlen Empfehlung empfohlen Entfernung Entlassung entlassen Entwicklung
        Entzündung
        entzündlich erfolgt erfolgte erfolgreich Ergebnis Ergebnisse Erguss erhalten erhielt erhöht erhöhte Erkrankung
        Erkrankungen erneut Ernährung Ernährungszustand erweitert Exzision Fähigkeit Familie Faktor Fieber
        fieberhaft Flüssigkeit
        flüssig folgend Folge folgende Form Fraktur frei freundlich Frequenz Funktion Fuß Gabe Gallenblase Gang
        Gefäß Gefäße
        Gelenk gelegentlich geplant geringgradig geringer gesamt Geschwister gesund Gesicht gestellt gestern Gewebe
        Gewicht
        Gewichtsverlust gleichmäßig gut gute guter Haare Hals Haltung Hand Harn Harnblase Haut Hautkolorit Heilung
        Herz
        Herzaktion Herzfrequenz Herztöne heute hierbei Hilfe hinten hochgradig Höhe homogen Husten Hygiene
        Hypertonie Infekt
        Infektion Infiltrat Informationen initial innere insgesamt insbesondere intakt Intervall intravenös Jahr
        Jahre Jahren
        Katheter keine keinen Kind Kinder klar klein kleine kleiner Klinik klinisch Knie Knochen Kolon komplett
        Komplikation
        Komplikationen komplikationslos Kontakt kontinuierlich Kontrastmittel Kontrolle Kontrollen Kopf
        Kopfschmerzen Körper
        körperlich körperliche Kost Kraft Krankheit Kreislauf kreislaufstabil Kur Labor Laborwerte Lage langsam
        laufend leicht
        leichte Leber Leistung links linken linksseitig Lokalisation Luft Luftnot Lunge Lungen Lymphknoten Magen
        mäßig maligne
        maximal Medikament Medikamente Medikation medikamentös mehrere mehrfach Menge mild Minuten mittel Mittel
        mittelgradig
        mobil Mobilisation Monat Monate Monaten morgens Muskulatur Mutter Nachsorge nachweisbar Nachweis nachts
        Narbe Narkose
        Nase negativ Nerv neu neue neurologisch neurologische Niere Nieren Niveau normal normale Normbereich
        normwertig notwendig
        Oberarm Oberbauch obere oberen Oberschenkel Ödem Ödeme offen Operation operativ operiert oral orientiert
        Organ Ort palpabel
        parallel Patient Patienten Patientin Perforation peripher Pflege Phase Plan positiv postoperativ postoperative
        Präparat präoperativ primär Probe Problem problemlos Prognose Prozess prüfen Puls Punkt Punktion
        radiologisch rasch
        Reaktion Rechts rechts rechten rechtsseitig reduziert regelmäßig regelrecht regelrechte Region
        Rehabilitation reizlos
        rezidivierend Reflexe Rhythmus Risiko Rücken Ruhe ruhig Rückbildung Sauerstoff Schilddrüse Schlaf
        Schlafstörung Schleimhaut
        Schmerz Schmerzen schmerzfrei Schmerztherapie Schnitt Schulter Schwäche schwer schwere Schwellung Schwester
        Schwindel
        Sehstörung sehr seit Seite seitengleich sekundär selbst selbstständig Serologie sicher Sinusrhythmus sofort
        sollte
        sonographisch Sonographie sonst Sohn Spur stabil stabile Stadium stark starke stationär stationäre stationären
        Stauung stellte Stellung Störung Struktur Stunden Stuhl Stuhlgang subjektiv Symptom Symptomatik Symptome
        System
        täglich Tag Tage Tagen Temperatur Test therapeutisch Therapie Thorax Thrombose Tochter Transfusion Trauma
        tumor Tumor
        überwiegend Übelkeit üblich Überweisung Ulkus Umgebung unauffällig unauffällige unauffälliger unklar
        unruhig untere unteren
        Unterarm Unterbauch Unterschenkel Untersuchung Untersuchungen unverändert Urin Ursache Vater venös Veränderung
        Veränderungen Verband verabreicht Verbesserung Verdacht verbreitert Verlauf verlegt Verlegung verletzt
        Verletzung
        vermehrt verminderte verordnet verschlechtert Verschlechterung verstorben vertragen verträglich
        Verwirrtheit Vitalzeichen
        vollständig Volumen vorhanden vorne vorgestellt Vorstellung Vorerkrankungen vorliegend Vorgeschichte wach
        Wand weich
        weiter weitere weiteren weiterhin Werte wesentlich wieder Wiedervorstellung Wirbelsäule Wirkung Woche
        Wochen Wunde
        Wundheilung Zahn Zehe Zeichen Zeit Zeitpunkt zentral Zentrum Ziel Zimmer zunächst zunehmend zuletzt Zunahme
        zusätzlich
        Zustand zweimal Zyste Zeugnis Zucker Zugang Zusammenfassung Befund Befunde Vorbefund Verdachtsdiagnose
        Nebendiagnosen
        Hauptdiagnose Epikrise Procedere Entlassungsmedikation Hausarzt Röntgen Computertomographie
        Kernspintomographie
    """,
    "fr": """
        abcès abdomen abdominal abdominale absence accident accompagné actuel actuelle actuellement admis admise
        admission
        affection afin âge aggravation aigu aiguë ainsi allaitement allergie allergies altération amaigrissement
        amélioration
        amélioré analyse anamnèse ancien anémie angine anomalie anomalies antalgique antécédent antécédents antérieur
        antibiotique antibiothérapie anticoagulant anxiété apparition appétit après arrêt artère artérielle
        arthrose aspect
        aspiration associé associée asthénie atteinte attente aucun aucune augmentation auscultation autre avant
        avis bactérie
        baisse bas bassin bénigne bien bilan bilatéral bilatérale bilatéraux biologie biologique biopsie blessure
        bloc bon
        bonne bras bronche bronchite brutale cadre calme canal cardiaque cas cause cellules cérébral cérébrale
        chaleur chambre
        changement charge chimiothérapie chirurgical chirurgicale chirurgie chronique chute cicatrice circonstances
        clinique
        cliniquement coagulation coeur cohérent col colique compatible complément complète complication complications
        comportement compression compte concernant conclusion condition confirme confusion conscience conscient
        conservé
        conservée constantes constate constipation consultation contact contexte contrôle contrôlée contraste
        convulsion corps
        correct correcte côté cou couché courant cours crâne crise croissance cutané cutanée début décès découverte
        déficit
        déformation dégradation demande demandé dent dépistage dépression depuis dernier dernière dès description
        détresse
        devant diabétique diagnostic diamètre diarrhée difficulté difficultés diffus diffuse dilatation diminution
        discret
        discrète distal domicile dose dossier douleur douleurs douloureux douloureuse drain drainage droit droite
        durée dyspnée
        échec échographie effectué effectuée effet effort élevé élevée élimination embolie enfant enfants entrée
        environ épanchement
        épaule épisode épisodes équilibre éruption essai essoufflement estomac état étiologie étude évaluation
        évoque évolution
        examen examens exploration expression externe extrémité fac facteur facteurs faiblesse familial familiaux
        famille fatigue
        favorable femme fièvre fils fille fin flexion foie fois fonction fonctionnel fonctionnelle fond fracture
        fréquence frère
        frottis fumeur ganglion ganglions gauche gêne général générale genou gonflement grade grave gravité
        grossesse groupe
        habituel habituels hanche hémodynamique hémorragie hépatique histoire histologie histologique homme hôpital
        hospitalisation
        hospitalisé hospitalisée humide hypertension hypothèse image imagerie images immédiat immédiate important
        importante
        indication indolore infection infectieux inférieur inférieure infiltration inflammation inflammatoire
        injection inquiétude
        instabilité insuffisance intense intensité interne interrogatoire intervention intestin intolérance invasif
        irradiation
        jambe jambes jour jours jugulaire laboratoire lait laisse langue latéral légère lésion lésions lié liée
        limite limites
        liquide lit localisation localisé lombaire long lors maintien mal malade maladie maladies malaise malgré
        malin marche
        mari masse massif matin mauvais mécanique médecin médecine médical médicale médicament médicaments membre
        membres mère mesure
        métabolique mieux mise modéré modérée moelle mois moment mouvement moyen moyenne muqueuse muscle musculaire
        naissance nausée
        nausées nécessaire nécessité négatif négative nerf nerveux net nette neurologique niveau nodule nodules non
        normal normale
        normales normaux nouveau nouvelle nuit objectif oedème oedèmes oeil opacité opération opératoire opéré
        opérée oral orale
        ordonnance organe origine os osseuse osseux ouverture pâleur palpation paralysie parents paroi partie
        passage patient
        patiente patients peau pendant père perforation période périphérique permet persistance persistante perte
        petit petite
        pied plaie plan plaquettes plaie plusieurs poids poignet point poitrine polype ponction position positif
        positive possible
        postopératoire poumon pouls préalable précoce prélèvement prélèvements premier première prescription
        présence présent présente
        présentait pression prévu prévue principal prise probable problème procédure prochain production produit
        profond progressif
        progressive prolongé propre prostate protéine protocole proximal pulmonaire pulmonaires quelques quotidien
        quotidienne rachis
        radio radiographie radiologique rapide rapidement rapport rare réaction réalisation réalisé réalisée récent
        récente récidive
        recherche rectal réduction réflexes régime région régulier régulière rein reins relation relais rémission
        rénal rénale renouvellement
        repos reprise résection respiratoire reste résultat résultats retour retrait retrouve retrouvé retrouvée
        révèle rhume risque
        rythme sain sang sanguin santé saignement scanner séance secondaire secteur selles semaine semaines
        sensibilité sensible
        série sérologie service seul sévère siège signe signes simple soeur soin soins sommeil sortie soupçon
        souffle souffrance
        souple sous stable stade station suite suites suivi suivie superficiel supérieur supérieure surveillance
        suspicion sutures
        symptomatique symptôme symptômes syndrome système systolique tabac tabagisme taille technique température
        temps tendance tension
        test tête thérapeutique thoracique thorax thyroïde tissu tolérance total toux traitement traitements
        transfert transfusion
        trauma traumatisme trouble troubles tube tumeur type ulcère unité urgence urgences urinaire urine urines
        utilisation vaccin
        valeur valeurs valve variable vasculaire veine veineux ventre vertèbre vertige vessie vie vigilance visage
        vision visite
        visuel vitesse voie voies vomissement vomissements voyage zone
    """,
}  # fmt: skip

_LOREM = {"en": "en_US", "es": "es_ES", "de": "de_DE", "fr": "fr_FR", "it": "it_IT", "nl": "nl_NL"}


@cache
def words(language: str) -> tuple[str, ...]:
    """Clinical and common words of a language, each once; empty for a language without a list."""
    common: tuple[str, ...] = ()
    if language in _LOREM:
        provider = importlib.import_module(f"faker.providers.lorem.{_LOREM[language]}").Provider
        common = tuple(provider.word_list)
    if language == "en":
        common += tuple(sorted(read_words("common_words.txt") | read_words("clinical_terms.txt")))
    return tuple(dict.fromkeys((*CLINICAL.get(language, "").split(), *common)))


@cache
def function_words(language: str) -> tuple[str, ...]:
    """Articles, pronouns, prepositions and the like, as spaCy lists them (MIT; needed for training only)."""
    return tuple(sorted(importlib.import_module(f"spacy.lang.{language}.stop_words").STOP_WORDS))
