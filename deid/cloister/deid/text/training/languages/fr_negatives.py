"""French clinical text without identifiers, full of what looks like one."""

from __future__ import annotations

from cloister.deid.text.training.carriers import lined

NOTES = lined(
    r"""
Motif d'hospitalisation : {symptom} dans un contexte de {disease}.
Antécédents médicaux : {disease}, {disease2}, {eponym}. Antécédents chirurgicaux : {procedure}.
{heading} : {normal}.
{heading} :\n{symptom}, {symptom2}. {lab} {normal}.
{heading}
{heading} : {disease} ; {eponym} ; {disease2}.
Mode de vie : vit à domicile avec son épouse, autonome, pas d'aide. Tabagisme sevré, 30 PA. Alcool occasionnel.
Mode de vie : retraité, deux enfants, maison de plain-pied, aide ménagère deux fois par semaine. GIR 5.
Allergies : Pénicilline (urticaire), Iode, Latex. Pas d'allergie au Paracétamol.
Examen clinique à l'entrée : TA {bp} mmHg, FC {hr}/min, température {temp} °C, saturation 97 % en air ambiant, Glasgow
  15.
Auscultation cardiaque régulière, sans souffle. Murmure vésiculaire bilatéral et symétrique. Mollets souples, Homans
  négatif.
Abdomen souple, dépressible, indolore. Pas de défense. Murphy négatif, point de McBurney indolore. Bruits
  hydro-aériques présents.
Examen neurologique : pas de déficit, ROT présents et symétriques, Babinski négatif, Romberg négatif, Kernig et
  Brudzinski négatifs.
Biologie : {lab} {number}, {lab2} {number} g/L, {lab3} {number} mmol/L.
Bilan biologique : {lab} à {number}, {lab2} à {number}, {lab3} {normal}.
{lab} {number}, {lab2} {number}, {lab3} {number}.
ECG : rythme sinusal à {hr}/min, axe normal, pas de trouble de la repolarisation. QTc de Bazett 420 ms.
ETT : FEVI 55 %, pas de valvulopathie significative, VCI fine et compliante. PAPS 35 mmHg. Simpson biplan.
{procedure} : {anatomy} {normal}. Absence d'argument en faveur d'une {disease}.
{procedure} : aspect évocateur de {disease}, à compléter par {procedure2}.
Radiographie thoracique : pas de foyer, pas d'épanchement, silhouette cardiaque normale.
Scanner cérébral sans injection : pas de saignement, pas d'effet de masse, polygone de Willis perméable. ASPECTS 10.
IRM cérébrale : leucoaraïose Fazekas 2, atrophie hippocampique Scheltens 3, pas d'AVC récent.
Coronarographie : sténose de 80 % de l'IVA moyenne, angioplastie avec pose d'un stent actif. Circonflexe et Coronaire
  Droite sans lésion.
FOGD : œsophagite Los Angeles A, endobrachyœsophage de Barrett C1M2, ulcère Forrest III. Helicobacter pylori positif.
Coloscopie : deux polypes Paris Is réséqués à l'anse, diverticules sigmoïdiens. Boston 8/9.
Échographie : foie de Taille normale, vésicule alithiasique, voies biliaires fines, espace de Morrison libre,
  cul-de-sac de Douglas libre.
Échodoppler veineux : pas de thrombose. Échodoppler artériel : IPS 0,9. Leriche et Fontaine stade II.
Évolution dans le service : sur le plan infectieux, antibiothérapie par {drug} {dose} {pauta}, apyrexie {duration}.
Sur le plan cardiologique, déplétion par {drug}, perte de 4 kg. Introduction de {drug2}.
Au total, {patient} présentant une {disease} avec {symptom}, d'évolution favorable sous {drug}.
Conclusion : {disease} chez un patient porteur de {eponym}.
Conclusion : {eponym} probable. Pas d'argument pour {disease}.
Traitement de sortie :\n- {drug} {dose}, {pauta}\n- {drug2} {dose}, {pauta}\n- {drug3} {pauta}
Traitement à l'entrée : {drug} {dose} {pauta}, {drug2} {dose} {pauta}, {drug3} si besoin.
{drug} {dose} {pauta}
Arrêt de {drug}, relais par {drug2} {dose} {pauta}. Surveillance {lab} toutes les {small} semaines.
Conduite à tenir : contrôle {lab} dans {small} jours, {procedure} en externe, revoir en consultation de {specialty}.
Suivi : consultation de {specialty} dans {small} mois avec {procedure}. Consulter en urgence si {symptom}.
Histoire de la maladie : {symptom} {duration}, associés à {symptom2}, sans {symptom3}.
Patient se plaignant de {symptom} {duration}. Pas de {symptom2}.
{symptom}, {symptom2}. Pas de {symptom3}.
Suspicion de {eponym}. À éliminer : {disease}.
Recherche de {eponym} négative. {disease} non retenue.
{scale} : {small}. {scale2} : {small}.
Glasgow 15, NIHSS 4, Rankin 1 avant l'épisode. MMS 24/30. Tinetti 18/28. Norton 14.
Anatomopathologie : adénocarcinome lieberkühnien moyennement différencié, pT3N1M0, R0, KRAS muté, MSS.
Immunohistochimie : CK7+, TTF1+, ALK négatif, PD-L1 60 %. Ki-67 à 20 %. HER2 score 1+.
Lymphome diffus à grandes cellules B, Ann Arbor III, IPI 2, R-CHOP 6 cures, TEP Deauville 2.
Mélanome, Breslow 1,2 mm, Clark III, non ulcéré. Ganglion sentinelle négatif.
Prostate : Gleason 7 (3+4), ISUP 2, {small} biopsies positives. D'Amico intermédiaire.
Microbiologie : {microbe} sensible à {drug}, résistant à {drug2}.
Hémocultures positives à {microbe}. ECBU stérile. PCR grippe négative.
Compte rendu opératoire : patient en décubitus dorsal, incision de Pfannenstiel, hémostase, drainage par Redon,
  fermeture plan par plan au Vicryl 2/0.
Cœlioscopie : trocart de Hasson, Trendelenburg, cholécystectomie, Triangle de Calot disséqué, pièce dans un Endobag.
PTH par voie de Hardinge, cupule double mobilité, tige sans ciment. Lever à J1, béquilles. Bas de contention.
Ostéosynthèse par plaque, fracture Garden III, Weber B, Gustilo I. Attelle de Zimmer {small} semaines.
Kinésithérapie : verticalisation, marche avec déambulateur, travail de l'équilibre, renforcement du Quadriceps.
Soins : pansement Aquacel, sonde de Foley Ch 16, perfusion de Ringer Lactate, Lovenox 4000 UI par jour, bas de
  contention.
Transmissions : nuit calme, EVA 2/10, diurèse 1200 ml, selles normales, réfection du pansement. Prise de {drug} à
  {time}.
Diabète : insuline {small} UI au coucher, dextro {number}, éducation thérapeutique, Holter glycémique.
Gynécologie : G3P2, 32 SA, BDC positifs, Bishop 6, col long. Streptocoque B négatif. Manning 8/8.
Nouveau-né : Apgar 10/10, poids 3420 g, Guthrie réalisé, Ortolani et Barlow négatifs, Silverman 0, Denver normal.
Ophtalmologie : AV 8/10, TO 16 mmHg, Goldmann normal, Schirmer 5 mm, Tyndall négatif, Amsler sans métamorphopsies.
ORL : tympans normaux, Rinne positif, Weber indifférent, Dix et Hallpike négatif. Manœuvre d'Epley réalisée.
Rhumatologie : Schober 10+4, nodosités d'Heberden et de Bouchard, DAS28 3,2, Lasègue à 40°, Léri négatif.
Dermatologie : plaques de psoriasis, PASI 12, Nikolski négatif, phototype III de Fitzpatrick, Koebner.
Psychiatrie : humeur triste, pas d'idée suicidaire, Hamilton 18, MADRS 22. Majoration de {drug}.
Réanimation : IOT, VAC, FiO2 40 %, PEP 8, Noradrénaline 0,3 µg/kg/min, Cormack 2, Swan-Ganz non posé.
Gaz du sang : pH 7,38, PaCO2 42, PaO2 78, bicarbonates 24, lactates 1,2.
EFR : VEMS 68 %, Tiffeneau 62 %, GOLD 2. Test de marche 380 m, Borg 4.
Cures de FOLFOX bien tolérées, neutropénie grade 2, neuropathie grade 1. Prochaine cure dans {small} semaines.
Selon les recommandations {guideline}, {drug} est indiqué en cas de {disease}.
Dossier discuté en RCP : chimiothérapie par {drug}, puis {procedure}.
CIM-10 : I10, E11.9, J44.1. CCAM : HHFA001. GHM 05M092. Loinc 718-7.
Régime sans sel, boissons 1,5 L, Fortimel 2 par jour. Vaccination antigrippale faite {duration}.
Prothèse Zimmer, pacemaker Medtronic DDD, stent Xience, défibrillateur Boston Scientific contrôlé.
Personne de confiance désignée. Directives anticipées non rédigées. Famille informée et d'accord.
Information donnée au Patient et à sa Famille. Consentement signé. Fiche SFAR remise.
Cher confrère, merci de me l'avoir adressé. Bien confraternellement.
Sortie à domicile avec une Ordonnance, un Courrier et un Arrêt de Travail. Transport en VSL.
Réhospitalisation à prévoir pour {procedure}. Isolement contact levé.
Embolie Pulmonaire bilatérale, score de Wells 6, sPESI 1, Troponine négative. Anticoagulation par {drug}.
Insuffisance Rénale Aiguë KDIGO 2 sur Déshydratation. Échographie Rénale sans dilatation.
Notion de contage tuberculeux. Quantiféron positif. Bacilloscopies négatives, Ziehl négatif. IDR 15 mm.
Syndrome de Claude Bernard-Horner gauche, cône de Pancoast-Tobias. Bilan d'extension négatif.
Facteur V de Leiden hétérozygote, Willebrand normal, test de Coombs négatif, corps de Jolly présents.
Cirrhose Child B8, MELD 14, VO grade 2, ascite, score de Maddrey 28. Ponction du cul-de-sac de Douglas.
Fracture de Pouteau-Colles gauche, manchette plâtrée. Syndrome de Volkmann absent. Radio à J8.
Hernie opérée selon Lichtenstein, Hémorroïdes selon Milligan-Morgan, RGO selon Nissen-Rossetti.
    """
)

QUESTIONS = lined(
    r"""
Quelle est la posologie de {drug} en cas de {disease} ?
Peut-on associer {drug} et {drug2} ?
Quels sont les critères diagnostiques de la {eponym} ?
Comment distinguer {eponym} et {eponym2} ?
Que signifie un taux de {lab} à {number} ?
À quelle fréquence surveiller {lab} sous {drug} ?
Quels sont les effets indésirables de {drug} ?
Que recommande la {guideline} pour {disease} ?
Explique-moi {eponym} avec des mots simples.
Traitement de première intention de {microbe} en cas d'allergie aux pénicillines ?
Quand faut-il proposer une {procedure} devant {symptom} ?
Est-ce normal d'avoir {symptom} après une {procedure} ?
Mon médecin m'a prescrit {drug}, puis-je conduire ?
que prendre contre {symptom} avec {disease}
interactions {drug} {drug2} {drug3}
diagnostic différentiel {symptom} et {symptom2} chez le sujet âgé
patiente d'âge moyen avec {symptom}, {lab} élevé : quel bilan ?
résumé des preuves {drug} versus {drug2}
je voudrais savoir si {drug} fait grossir
comment lire un résultat de {lab} ?
traitement de fond de la {disease} chez la femme enceinte
que faire si j'oublie une prise de {drug} ?
    """
)

SHORT = lined(
    r"""
{symptom_cap} {duration}. TA {bp}, FC {hr}. {lab} {number}.
{procedure_cap} ce jour : {normal}.
Poursuite de {drug} {pauta}. {lab} de contrôle demandé.
Avis {specialty} demandé pour {disease}.
{patient_cap} de la cinquantaine, {disease}, {symptom}.
Contexte : {eponym} connue, {drug} arrêté {duration}.
Pas de fièvre, pas de {symptom}. Transit conservé. Appétit correct.
ATCD : {disease}, {eponym}. TTT : {drug}, {drug2}.
Mutation BRCA1 absente, caryotype 46,XX, FISH t(9;22) négative, JAK2 V617F positif.
Peser tous les matins. Éviter les AINS. Boire deux litres d'eau.
    """
)
