"""German clinical text without identifiers, full of what looks like one."""

from __future__ import annotations

from cloister.deid.text.training.carriers import lined

NOTES = lined(
    r"""
Diagnosen: {disease}, {disease2}, {eponym}.
Diagnosen:\n- {disease}\n- {eponym}\n- Zustand nach {procedure}
{heading}: {normal}.
{heading}:\n{symptom}, {symptom2}. {lab} {normal}.
{heading}
{heading}: {disease}; {eponym}; {disease2}.
Aufnahmebefund: Patient in gutem Allgemein- und Ernährungszustand. Keine Zyanose, kein Ikterus, keine Ödeme.
Körperlicher Untersuchungsbefund: Cor: Herztöne rein, rhythmisch, keine pathologischen Geräusche. Pulmo: vesikuläres
  Atemgeräusch beidseits.
Abdomen weich, keine Abwehrspannung, Darmgeräusche regelrecht. Nierenlager frei. Peristaltik über allen Quadranten.
RR {bp} mmHg, Puls {hr}/min, Temperatur {temp} °C, Sättigung 96% unter Raumluft. Größe 172 cm, Gewicht 78 kg.
EKG: Sinusrhythmus, HF {hr}/min, Indifferenztyp, keine Erregungsrückbildungsstörungen. Sokolow-Lyon-Index negativ.
Labor: {lab} {number} mg/dl, {lab2} {number} U/l, {lab3} {number} mmol/l, sonst {normal}.
{lab} {number}, {lab2} {number}, {lab3} {number}.
Echokardiographie: Linksventrikuläre Funktion normal, EF 55%. Mitralklappeninsuffizienz I°. Rechter Ventrikel nicht
  dilatiert.
{procedure}: {anatomy} {normal}. Kein Nachweis von {disease}.
{procedure}: Kein Hinweis auf {disease}. {anatomy} altersentsprechend.
Röntgen-Thorax: Herz nicht verbreitert, keine Infiltrate, kein Erguss, Zwerchfell glatt begrenzt.
Sonographie Abdomen: Leber homogen, Gallenblase steinfrei, Pankreas einsehbar, Milz nicht vergrößert. Restharn 50 ml.
Koronarangiographie: Hochgradige Stenose der RIVA, PCI mit Implantation eines Drug-Eluting-Stents. RCX und RCA ohne
  Stenosen.
cCT nativ: Keine Blutung, keine Raumforderung, Mittellinie mittelständig. Basale Zisternen frei.
MRT Schädel: Mikroangiopathische Marklagerläsionen Fazekas II. Hippocampusatrophie, Scheltens 2.
ÖGD: Axiale Hiatushernie, Refluxösophagitis Los Angeles B, Barrett-Ösophagus C1M2 nach Prag. Urease-Test negativ.
Koloskopie: Sigmadivertikulose, zwei Polypen (Paris Is) mit der Schlinge abgetragen. Boston-Skala 8.
Therapie und Verlauf: Die stationäre Aufnahme erfolgte wegen {symptom}. Unter {drug} kam es zur Besserung.
Epikrise: Der Patient wurde mit {symptom} aufgenommen. Klinisch und laborchemisch zeigte sich {disease}.
Epikrise: Die Patientin stellte sich {duration} mit {symptom} und {symptom2} vor. Im {procedure} fand sich {disease}.
Wir begannen eine antibiotische Therapie mit {drug} {dose} {pauta}, worunter {lab} rückläufig war.
Medikation bei Entlassung:\n{drug} {dose} {pauta}\n{drug2} {dose} {pauta}\n{drug3} {dose} {pauta}
Entlassmedikation: {drug} {dose} {pauta}, {drug2} {dose} {pauta}, {drug3} bei Bedarf.
{drug} {dose} {pauta}
Empfehlung: Fortführung der Therapie mit {drug}, Kontrolle von {lab} durch den Hausarzt in {small} Wochen.
Procedere: Ambulante {procedure} in {small} Monaten. Wiedervorstellung bei Beschwerden jederzeit.
Vegetative Anamnese: Appetit gut, Gewicht konstant, Stuhlgang und Miktion unauffällig. Nikotin 20 py, Alkohol
  gelegentlich.
Familienanamnese: Mutter {disease}, Vater {eponym}. Keine Tumorerkrankungen bekannt.
Sozialanamnese: verheiratet, zwei Kinder, Rente, lebt selbstständig im eigenen Haus. Kein Pflegegrad.
Allergien: Penicillin (Exanthem), Kontrastmittel, Pflaster, Nickel, Hausstaub.
Eigenanamnese: {disease} seit {small} Jahren, Zustand nach {procedure}, {eponym}.
Z.n. {procedure}, bekannte {disease}, Dauertherapie mit {drug}.
Verdacht auf {eponym}, differentialdiagnostisch {disease}.
V.a. {eponym}. DD {disease}, {disease2}.
Ausschluss {eponym}. Kein Anhalt für {disease}.
Neurologischer Befund: Wach, orientiert, Hirnnerven intakt, Babinski beidseits negativ, Romberg sicher, Unterberger
  ohne Abweichung, Lasègue negativ.
GCS 15, Pupillen isokor, Meningismus negativ, Kernig und Brudzinski negativ. Trömner-Reflex seitengleich.
Psychischer Befund: Wach, zu allen Qualitäten orientiert, Stimmung gedrückt, kein Anhalt für Suizidalität.
{scale}: {small} Punkte. {scale2}: {small}.
Barthel-Index bei Aufnahme 45, bei Entlassung 70 Punkte. Tinetti 18/28. MMST 24/30.
Histologie: Mäßig differenziertes Adenokarzinom, pT3 pN1 (2/18) L1 V0 R0, G2. Ki-67 30%, HER2 negativ.
Mikroskopie: Tumorinfiltrate mit Nekrosen, immunhistochemisch CK7 positiv, CK20 negativ, TTF-1 positiv.
Makroskopie: Präparat 12 x 8 x 4 cm, Schnittfläche grauweiß. Randmarkierung mit Faden.
Mikrobiologie: {microbe}, sensibel auf {drug}, resistent gegen {drug2}.
Blutkulturen: Nachweis von {microbe}. Umstellung auf {drug}.
MRSA-Screening negativ. Isolation aufgehoben. Keine Hinweise auf {microbe}.
Operationsverlauf: Rückenlage, Desinfektion, sterile Abdeckung. Hautschnitt nach Kocher. Präparation in die Tiefe.
  Blutstillung. Schichtweiser Wundverschluss, Redon-Drainage.
Anlage eines Foley-Katheters, Bülau-Drainage rechts, ZVK in die Vena jugularis interna links.
Operation in Trendelenburg-Lagerung, Zugang nach Pfannenstiel, Naht mit Vicryl 3-0, Prolene 4-0.
Osteosynthese mit Kirschner-Drähten, Ruhigstellung im Gilchrist-Verband für {small} Wochen.
Weber-B-Fraktur links, AO 44-B1, Versorgung mittels Drittelrohrplatte. Vollbelastung nach {small} Wochen.
Garden-III-Fraktur, Implantation einer Duokopfprothese. Mobilisation durch die Physiotherapie am Rollator.
Chemotherapie nach FOLFOX, {small} Zyklen, gut vertragen. Neutropenie CTCAE Grad 2.
Rituximab plus CHOP (R-CHOP-14), komplette Remission im PET-CT, Deauville 1.
Therapie nach {guideline}. Vorgehen entsprechend {guideline2}.
Gemäß {guideline} ist {drug} bei {disease} indiziert.
Risikostratifizierung: CHA2DS2-VASc-Score 4, HAS-BLED 2. Indikation zur Antikoagulation mit {drug}.
Der stationäre Verlauf gestaltete sich komplikationslos. Die Wundverhältnisse waren reizlos, Fadenzug am 12. Tag beim
  Hausarzt.
Postoperativ Überwachung auf der Intensivstation, Extubation problemlos, Verlegung auf die Normalstation am Folgetag.
Die Patientin wurde in stabilem Zustand in die ambulante Weiterbehandlung entlassen.
Wir danken für die freundliche Überweisung und stehen für Rückfragen gerne zur Verfügung.
Mit freundlichen kollegialen Grüßen
Sehr geehrte Damen und Herren, sehr geehrte Kolleginnen und Kollegen,
Wir berichten über den oben genannten Patienten, der sich in unserer stationären Behandlung befand.
Aufklärung über Risiken und Alternativen erfolgt, Einwilligung liegt vor.
Patient klagt {duration} über {symptom}. Keine {symptom2}, kein {symptom3}.
{symptom} {duration}, {symptom2} verneint.
Notfallmäßige Vorstellung wegen {symptom}. Bei Eintreffen GCS 14, RR {bp}, SpO2 89%, BZ {number} mg/dl.
Pflegebericht: Nacht ruhig, Lagerung alle 2 Stunden, Vitalzeichen stabil, Ausfuhr 1200 ml. Haut intakt, Fersen frei.
Pflege: Körperpflege mit Hilfe, Verbandwechsel, Mobilisation an die Bettkante, Thrombosestrümpfe, Getränke gereicht.
Physiotherapie: Gangschule am Rollator, Treppensteigen geübt, Atemtherapie mit Triflo.
Logopädie: Schluckstörung nach Rosenbek 5, Kostform passiert, Flüssigkeit angedickt.
Diabetesberatung: Basalinsulin {small} IE zur Nacht, Korrekturschema, Spritztechnik geschult. BE-Faktoren angepasst.
Wundbeschreibung: Ulcus cruris rechts, Wagner 2, Fibrinbeläge, Exsudat mäßig, Wundrand mazeriert.
Geburtshilfe: I-Gravida, 0-Para, 38+4 SSW, Bishop-Score 6, CTG nach FIGO normal, Leopold-Handgriffe: Schädellage.
Neugeborenes: Apgar 9/10/10, Nabelschnur-pH 7,28, Gewicht 3420 g, Barlow und Ortolani negativ, Silverman 0.
Augenbefund: Visus RA 0,8 LA 0,6, Tensio 16/18 mmHg, Goldmann-Perimetrie {normal}, Schirmer-Test 5 mm.
HNO-Befund: Rinne beidseits positiv, Weber im Kopf, Trommelfelle reizlos, Frenzelbrille ohne Nystagmus.
Haut: Psoriasis-Plaques, PASI 12. Nikolski-Zeichen negativ, Auspitz-Phänomen positiv. Fitzpatrick-Hauttyp II.
Gelenkstatus: Schober 10/14 cm, Ott 30/32 cm, Neer- und Hawkins-Test positiv, Lachman negativ, McMurray fraglich, Payr
  positiv.
Gefäßstatus: Pulse bds. tastbar, ABI 0,9, Fontaine IIb, Ratschow-Test pathologisch, Allen-Test unauffällig.
Duplexsonographie: Keine hämodynamisch relevanten Stenosen, Crosse suffizient, Hach II. Giacomini-Vene kompetent.
Lungenfunktion: FEV1 68% vom Soll, Tiffeneau 0,62, TLC normal, GOLD II. Euler-Liljestrand ausgeschlossen.
BGA: pH 7,41, pCO2 38 mmHg, pO2 72 mmHg, BE 1,2, Laktat 0,9 mmol/l.
Beatmung: BIPAP, FiO2 0,4, PEEP 8, Horovitz-Index 220. Katecholamine: Arterenol 0,1 µg/kg/min.
Infusion: Ringer-Acetat 1000 ml, Jonosteril, Glucose 5%. Transfusion von {small} Erythrozytenkonzentraten.
Kinderkrankheiten, Impfstatus vollständig nach STIKO, U9 unauffällig, Perzentile 50.
ICD-10: I10.90, E11.90, N18.3. OPS: 5-820.00. DRG F62B. Liegezeit {small} Tage.
Herzschrittmacher DDD, Medtronic, Batteriestatus gut, Reizschwellen stabil. Nächste Kontrolle in {small} Monaten.
Gabe von {drug} i.v. um {time} Uhr, danach {drug2} {dose}.
Einmalig {drug} {dose}, Wiederholung nach {small} Stunden. {normal_cap}.
Laut Patient keine Vorerkrankungen. Fremdanamnese mit der Ehefrau: Zunehmende Vergesslichkeit {duration}.
Ernährung: Leichte Vollkost, Trinkmenge 1,5 Liter, Fresubin zweimal täglich. Eiweißreiche Kost.
Befund am Aufnahmetag: Druckschmerz im Epigastrium, Murphy negativ, McBurney negativ, Blumberg und Rovsing negativ.
Virchow-Drüse nicht tastbar. Keine Osler-Spots, keine Janeway-Läsionen. Roth-Flecken nicht gesehen.
Kaiserschnitt in Spinalanästhesie, Bauchschnitt nach Misgav-Ladach, Kind lebensfrisch.
Patient mit Kammerflimmern, Defibrillation {small} Mal, ROSC nach 12 Minuten, Hypothermie auf 33 °C.
Sommer- und Wintergrippe, Herbstdepression; Morgensteifigkeit, Abendtemperatur, Nachtschmerz.
Kopf frei beweglich, Hals schlank, Schilddrüse schluckverschieblich, Lymphknoten nicht vergrößert.
Konsiliarische Mitbeurteilung durch die Kollegen der {specialty}. Übernahme in die {specialty2} erfolgt.
Verlegung auf die {ward}. Weiterbehandlung durch {specialty}.
    """
)

QUESTIONS = lined(
    r"""
Welche Dosis von {drug} ist bei {disease} empfohlen?
Darf man {drug} mit {drug2} kombinieren?
Was sind die Kriterien für {eponym}?
Wie unterscheidet man {eponym} von {eponym2}?
Was bedeutet ein {lab}-Wert von {number}?
Wie oft muss {lab} unter {drug} kontrolliert werden?
Welche Nebenwirkungen hat {drug}?
Was empfiehlt die {guideline} bei {disease}?
Erkläre mir {eponym} in einfachen Worten.
Therapie der Wahl bei {microbe} und Penicillinallergie?
Ab wann ist eine {procedure} bei {disease} indiziert?
Ist {symptom} nach {procedure} normal?
Mein Arzt hat mir {drug} verschrieben, kann ich damit Auto fahren?
was hilft gegen {symptom} bei {disease}
wechselwirkungen {drug} {drug2} {drug3}
Differentialdiagnosen bei {symptom} und {symptom2} im höheren Lebensalter?
    """
)
