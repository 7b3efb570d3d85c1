"""French clinical text with identifiers: hospital reports, letters, prescriptions, imaging, messages."""

from __future__ import annotations

from cloister.deid.text.training.carriers import lined

LETTERS = lined(
    r"""
Cher confrère,\n\nJe vous remercie de m'avoir adressé votre patient {civilite} {NAME}, né le {DATE}, que j'ai vu en
  consultation le {DATE} pour {symptom}.
Chère Consœur, cher Confrère,\n\nNous avons hospitalisé dans notre service du {DATE} au {DATE} votre patiente Mme
  {NAME}, née le {DATE}, demeurant {STREET}, {ZIP} {CITY}.
Cher ami,\nMerci de revoir M. {NAME.family}, {AGE}, suivi pour {disease}. Il présente {duration} {symptom}.
Monsieur le Docteur {NAME.family}\n{STREET}\n{ZIP} {CITY}\n\n{CITY}, le {DATE}\n\nConcerne : {NAME}, né(e) le {DATE}
COMPTE RENDU D'HOSPITALISATION\nNom : {NAME.family}\nPrénom : {NAME.given}\nDate de naissance : {DATE}\nIPP :
  {MRN}\nN° de séjour : {ACCOUNT}\nAdresse : {STREET}, {ZIP} {CITY}\nDate d'entrée : {DATE}\nDate de sortie :
  {DATE}\nMédecin traitant : {DOCTOR}\n\nMotif d'hospitalisation : {symptom}
{HOSPITAL}\nService de {specialty}\nChef de service : Pr {NAME}\n{STREET}\n{ZIP} {CITY}\nTél : {PHONE}\nFax :
  {FAX}\nCourriel : {EMAIL}\n\nCompte rendu de consultation du {DATE}\nPatient : {NAME}
Nom de naissance : {NAME.family} Nom d'usage : {NAME.family} Prénom : {NAME.given} Né(e) le : {DATE} NDA : {ACCOUNT}
  IPP : {MRN}
Patient : {NAME} DDN : {DATE} Sexe : F N° SS : {SSN} Tél. : {PHONE}
ORDONNANCE\n{DOCTOR}\n{specialty}\nRPPS : {LICENSE}\n{STREET}, {ZIP} {CITY}\n\nLe {DATE}\n{civilite} {NAME},
  {AGE}\n\n{drug} {dose}, {pauta}\n{drug2} {dose}, {pauta}
ORDONNANCE du {DATE} pour Mme {NAME.family} {NAME.given} (née le {DATE}) : {drug} {pauta}.
COMPTE RENDU OPÉRATOIRE\nPatient : {NAME}, né le {DATE}\nDate d'intervention : {DATE}\nOpérateur : {DOCTOR}\nAide :
  {DOCTOR}\nAnesthésiste : {DOCTOR}\nIBODE : {NAME.given}\nIntervention : {procedure}\nMatériel implanté : {DEVICE}
IMAGERIE MÉDICALE\n{HOSPITAL}\nExamen du {DATE}\nPatient : {NAME}, {DATE}\nPrescripteur :
  {DOCTOR}\n{procedure}\nIndication : {symptom}.\nRésultat : {anatomy} {normal}.\nConclusion : pas d'argument pour
  {disease}.\n{DOCTOR}
Laboratoire {NAME.family}\nDossier n° {ID}\nPatient : {NAME}\nPrélevé le {DATE} à {time}\n{lab} : {number}\n{lab2} :
  {number}\nBiologiste : {DOCTOR}
SERVICE D'ACCUEIL DES URGENCES\nArrivée le {DATE} à {time}\n{NAME}, {AGE}\nAmené par les pompiers de {CITY}\nMotif :
  {symptom}\nMédecin : {DOCTOR}\nPersonne à prévenir : {NAME} ({kin}) {PHONE}
ANATOMIE ET CYTOLOGIE PATHOLOGIQUES\nN° d'enregistrement : {ID}\nPatient : {NAME} ({DATE})\nPréleveur : {DOCTOR},
  {HOSPITAL}\nReçu le {DATE}\nNature : {anatomy}\nConclusion : {disease}.
Certificat médical\nJe soussigné, Docteur {NAME}, certifie avoir examiné ce jour {civilite} {NAME}, né le {DATE},
  demeurant {STREET} à {CITY}.\nFait à {CITY}, le {DATE}
Arrêt de travail : {NAME}, {SSN}, {STREET} {ZIP} {CITY}, employeur {ORGANIZATION}, du {DATE} au {DATE}.
Fiche de liaison\nRésident : {NAME}\nÉtablissement : {ORGANIZATION}\nMédecin traitant : {DOCTOR}, {PHONE}\nTuteur :
  {NAME}
Demande d'avis {specialty} pour {NAME} (IPP {MRN}), chambre {small}, {disease}. {DOCTOR}, bip {small}.
    """
)

SIGNATURES = lined(
    r"""
Bien confraternellement,\n\nDocteur {NAME}
Bien confraternellement.\n\nDr {NAME}\nPraticien hospitalier\n\nPr {NAME}\nChef de service
Confraternellement,\nDr {NAME.family}
Dr {NAME} Dr {NAME}\nPraticien hospitalier Interne
Docteur {NAME}\n{specialty}\n{STREET}\n{ZIP} {CITY}\nTél. {PHONE}\n{EMAIL}
Signé électroniquement par {NAME} le {DATE} à {time}
Dicté par {DOCTOR} le {DATE}, relu le {DATE}
Copie : {DOCTOR}, {HOSPITAL}
Copies à : Dr {NAME.family}, Dr {NAME.family}, Pr {NAME.family}
Cordialement,\n{NAME}\n{HOSPITAL}\n{PHONE}
Fait à {CITY}, le {DATE}. {DOCTOR}
Secrétariat : {NAME.given} {NAME.family}, tél. {PHONE}, fax {FAX}, {EMAIL}
{CITY}, le {DATE}
Interne : {NAME}. Senior : Dr {NAME.family}. IDE : {NAME.given}.
    """
)

NARRATIVE = lined(
    r"""
M. {NAME.family}, {AGE}, {PROFESSION}, est hospitalisé le {DATE} pour {symptom}.
Mme {NAME} a été hospitalisée du {DATE} au {DATE} dans le service de {specialty} de {HOSPITAL}.
Patient de {AGE}, originaire de {COUNTRY}, vivant à {CITY}, adressé par le Dr {NAME.family} pour {symptom}.
Patiente de {AGE} adressée par {DOCTOR} ({CITY}) pour prise en charge d'une {disease}.
Monsieur {NAME} a bénéficié d'une {procedure} le {DATE} par le Pr {NAME.family} à {HOSPITAL}.
Madame {NAME.family} vit seule à {CITY}, sa {kin} {NAME.given} passe tous les jours.
Mode de vie : marié à {NAME}, deux enfants, {PROFESSION} chez {ORGANIZATION}, domicilié {STREET} à {CITY}.
Antécédents : {disease} ({DATE}), {procedure} en {DATE} à {HOSPITAL}.
- {DATE} : {procedure} ({HOSPITAL})
- {disease} diagnostiquée en {DATE}, suivie par {DOCTOR}
Appel de la {kin}, {NAME}, au {PHONE} : {symptom} {duration}.
Joint par téléphone le médecin traitant, Dr {NAME.family} ({PHONE}).
Transfert vers {HOSPITAL} le {DATE} pour {procedure}.
Retour à domicile le {DATE}. Rendez-vous avec {DOCTOR} le {DATE} à {time}.
Consultation de contrôle prévue le {DATE} avec le Dr {NAME.family} à {HOSPITAL}.
Le {DATE}, {lab} à {number} ; le {DATE}, {lab} à {number}.
Vu par {DOCTOR} ({specialty}) le {DATE} : introduction de {drug}.
{civilite} {NAME.family} reçoit {drug} {dose} {pauta}, bonne tolérance.
M. {NAME.family} est décédé le {DATE} à {time} en présence de sa {kin}.
Enfant {NAME}, né le {DATE} à {CITY}, amené par sa mère {NAME.given} pour {symptom}.
Bébé {NAME.given} {NAME.family}, né à 39 SA, Apgar 10/10, mère {NAME}, {AGE}.
Voyage récent en {COUNTRY} en {DATE}.
Née à {CITY} ({COUNTRY}), en France depuis {DATE}, travaille comme {PROFESSION}.
AVP le {DATE} à {CITY}, véhicule immatriculé {VEHICLE}, pris en charge par le SMUR de {CITY}.
Pose d'un pacemaker, numéro de série {DEVICE}, le {DATE}, par {DOCTOR}.
Résultats transmis par fax au {FAX} à l'attention du Dr {NAME.family}.
Compte rendu envoyé à {EMAIL}.
N° de sécurité sociale {SSN}, mutuelle {HEALTH_PLAN}.
Chambre {small}, {NAME} : {symptom}, {drug} administré à {time}. IDE {NAME.given}.
Dossier {MRN} : {NAME}, {AGE}, {disease}, {drug}.
Le dossier de {NAME} a été discuté en RCP le {DATE} en présence du Pr {NAME.family}, du Dr {NAME.family} et du Dr
  {NAME.family}.
Accompagné de son {kin} {NAME}, le patient décrit {symptom} {duration}.
Mme {NAME.family}-{NAME.family} est suivie à {HOSPITAL} pour {eponym}.
Suivi au {HOSPITAL} par le Pr {NAME} pour {eponym} depuis {DATE}.
Le père, {NAME}, est suivi pour {eponym} ; la mère est décédée à {AGE}.
Homme de {AGE} résidant à {CITY} ({ZIP}), {PROFESSION}, consultant pour {symptom}.
Femme de {AGE}, G2P1, suivie à la maternité de {HOSPITAL}, terme prévu le {DATE}.
Assistante sociale : {NAME}, {PHONE}. Demande d'entrée à {ORGANIZATION}.
Kinésithérapie à domicile par {NAME} ({CITY}).
Le patient est retraité de {ORGANIZATION} ({PROFESSION}) et vit à {CITY} en {STATE}.
Bonjour, je suis {NAME}, j'ai {AGE} et j'habite à {CITY}. Depuis le {DATE} j'ai {symptom}. Que faire ?
bonjour docteur {NAME.family}, c'est {NAME}, mon numéro est le {PHONE}, merci de me rappeler
Ma {kin} {NAME} a été opérée à {HOSPITAL} le {DATE}, est-ce normal d'avoir {symptom} ?
Quelle dose de {drug} pour mon patient {NAME}, {AGE}, {disease}, IPP {MRN} ?
Peut-on donner {drug} à {civilite} {NAME.family} qui a une {disease} ?
Résume le dossier de {NAME}, né le {DATE}, suivi à {HOSPITAL}.
Rédige un courrier au {DOCTOR}, {STREET}, {ZIP} {CITY}, concernant {NAME}.
{NAME} habite {STREET} à {CITY} ; comment organiser {procedure} à domicile ?
Accès au dossier {MRN} depuis l'adresse {IP} par {EMAIL} le {DATE} à {time}.
Images disponibles sur {URL}, code {ID}.
Facture {ACCOUNT} adressée à {NAME}, {STREET}, {ZIP} {CITY}.
Permis de conduire n° {LICENSE} de {NAME} : avis défavorable pour {eponym}.
Mr {NAME.family} {AGE} HTA DNID BPCO hospi {DATE} {HOSPITAL} pour {symptom} ttt {drug} {drug2}
Transmission : {NAME.given} a bien dormi, EVA 2, TA {bp}, T {temp}. {NAME}, IDE de nuit.
Relu avec {DOCTOR}. Famille informée ({kin} : {NAME}).
Suite à la chute du {DATE} {STREET} à {CITY}, {symptom}.
Infirmière libérale : {NAME}, {PHONE}. Pharmacie : {ORGANIZATION}.
Avis du Dr {NAME.family} : poursuivre {drug}. Avis du Pr {NAME.family} : {procedure}.
Dernière hospitalisation en {DATE} au {HOSPITAL} pour {disease}.
Arrivé de {COUNTRY} en {DATE}, hébergé au {ORGANIZATION} à {CITY}.
Patient {NAME.family} {NAME.given} vu le {DATE}, ATCD {disease}, ttt {drug}. Dr {NAME.family}
Le {DATE} à {time}, appel du SAMU de {CITY} : {patient} de {AGE}, {symptom}.
Prélèvement n° {ID} du {DATE}, {NAME} : {microbe}.
{NAME} est réadmise le {DATE} pour {disease}. Elle avait quitté {HOSPITAL} le {DATE}.
    """
)

LINES = lined(
    r"""
Nom : {NAME.family}
Prénom : {NAME.given}
Nom et prénom : {NAME}
Patient : {NAME}
Né(e) le {DATE}
Née le {DATE} à {CITY}
Date de naissance : {DATE}
Adresse : {STREET}, {ZIP} {CITY}
Ville : {CITY}
Code postal : {ZIP}
Téléphone : {PHONE}
Portable : {PHONE}
Fax : {FAX}
Email : {EMAIL}
N° sécu : {SSN}
N° de dossier : {MRN}
IPP : {MRN}
RPPS : {LICENSE}
FINESS : {LICENSE}
Mutuelle : {ORGANIZATION}, n° {HEALTH_PLAN}
Date d'entrée : {DATE}
Date de sortie : {DATE}
Médecin traitant : {DOCTOR}
Médecin : {DOCTOR}
Profession : {PROFESSION}
Correspondants : {DOCTOR}, {DOCTOR}
Établissement : {HOSPITAL}
    """
)
