"""German clinical text with identifiers: letters, pathology, operation reports, imaging, ward notes, messages."""

from __future__ import annotations

from cloister.deid.text.training.carriers import lined

LETTERS = lined(
    r"""
Sehr geehrte Frau Kollegin Dr. {NAME.family},\n\nwir berichten über o.g. Patienten, Herrn {NAME}, geb. am {DATE},
  wohnhaft in {ZIP} {CITY}, {STREET}, der sich vom {DATE} bis {DATE} in unserer stationären Behandlung
  befand.\n\nDiagnosen:\n- {disease}\n- {eponym}
Sehr geehrter Herr Kollege {NAME.family},\n\nwir berichten Ihnen über Ihre Patientin Frau {NAME}, geboren am {DATE},
  die sich am {DATE} in unserer Ambulanz vorstellte.
Sehr geehrte Kolleginnen und Kollegen,\nnachfolgend berichten wir über Herrn {NAME.family}, {NAME.given}, geb. {DATE},
  {STREET}, {ZIP} {CITY}, welcher sich in der Zeit vom {DATE} bis zum {DATE} auf unserer {ward} befand.
Sehr geehrter Herr Dr. {NAME.family}, vielen Dank für die freundliche Überweisung von Frau {NAME}, geb. am {DATE}.
An\n{DOCTOR}\n{STREET}\n{ZIP} {CITY}\n\n{CITY}, den {DATE}\n\nBetr.: {NAME}, geb. {DATE}, wohnhaft {STREET}, {ZIP}
  {CITY}
{HOSPITAL}\nKlinik für {specialty}\nChefarzt: {DOCTOR}\n{STREET}, {ZIP} {CITY}\nTel.: {PHONE}\nFax: {FAX}\nE-Mail:
  {EMAIL}\n\nEntlassungsbrief\nPatient: {NAME}\nGeburtsdatum: {DATE}\nAufnahmenummer: {ACCOUNT}
ARZTBRIEF\n\nPatient: {NAME.family}, {NAME.given}\nGeb.-Datum: {DATE}\nAdresse: {STREET}, {ZIP} {CITY}\nKrankenkasse:
  {ORGANIZATION}\nVersichertennr.: {HEALTH_PLAN}\nFallnummer: {ACCOUNT}\nAufnahme: {DATE}\nEntlassung: {DATE}
Name: {NAME.family} Vorname: {NAME.given} geb.: {DATE} Pat.-Nr.: {MRN} Station: {ward} Arzt: {DOCTOR}
Patientenname: {NAME} Geburtsdatum: {DATE} Geschlecht: w PID: {MRN} Fall-Nr.: {ACCOUNT} Eingang: {DATE}
Herr {NAME}, *{DATE}, {STREET}, {ZIP} {CITY}, Tel. {PHONE}
Frau {NAME.family} {NAME.given}, geb. {DATE}, SVNR {SSN}, {ZIP} {CITY}
Betreff: {NAME}, geb. {DATE}\nBehandlung vom {DATE} bis {DATE}\nDiagnose: {disease}
Re: Pat. {NAME.family}, {NAME.given}; * {DATE}; Fallnr. {ACCOUNT}; {disease}
Pathologisches Institut {CITY}\nEingangsnummer: {ID}\nEinsender: {DOCTOR}, {HOSPITAL}\nPatient: {NAME}, geb.
  {DATE}\nMaterial: {anatomy}\nMakroskopie: Gewebsstück, {number} cm. Mikroskopie: {disease}.\nKritischer
  Befundbericht vom {DATE}
OP-BERICHT\nPatient: {NAME}, geb. {DATE}\nOP-Datum: {DATE}\nOperateur: {DOCTOR}\n1. Assistent: {DOCTOR}\nAnästhesist:
  {DOCTOR}\nOP-Pflege: Sr. {NAME.given}\nOperation: {procedure}\nImplantat: S/N {DEVICE}
RADIOLOGISCHER BEFUND\n{procedure} vom {DATE}\nPatient: {NAME} ({DATE})\nZuweiser: {DOCTOR}\nFragestellung:
  {disease}?\nBefund: {anatomy} {normal}.\nBeurteilung: Kein Hinweis auf {disease2}.
NOTAUFNAHME\nAnkunft: {DATE}, {time} Uhr\nPatient: {NAME}, {AGE} Jahre\nRettungsdienst aus {CITY}\nVorstellungsgrund:
  {symptom}\nAufnehmender Arzt: {DOCTOR}
Überweisung an {specialty}\nPatientin: {NAME}, geb. {DATE}\nVersichertennummer {HEALTH_PLAN}\nAuftrag:
  {procedure}\nÜberweiser: {DOCTOR}, LANR {LICENSE}, BSNR {LICENSE}
Labor Dr. {NAME.family}\nAuftrag: {ID}\nPatient: {NAME}\nAbnahme: {DATE} {time}\n{lab}: {number}\n{lab2}:
  {number}\nValidiert: {DOCTOR}
ARBEITSUNFÄHIGKEITSBESCHEINIGUNG\n{NAME}, geb. {DATE}, {STREET}, {ZIP} {CITY}\nArbeitsunfähig seit {DATE} bis
  {DATE}\nArbeitgeber: {ORGANIZATION}
Verordnung häuslicher Krankenpflege für {NAME}, geb. {DATE}, KVNR {HEALTH_PLAN}, durch {ORGANIZATION}, Tel. {PHONE}.
Pflegeüberleitungsbogen\nBewohner: {NAME}\nEinrichtung: {ORGANIZATION}\nAngehörige: {NAME} ({kin}), Tel.
  {PHONE}\nHausarzt: {DOCTOR}
Konsil {specialty}, {DATE}: Pat. {NAME.family}, {ward}, Zi. {small}. Anfrage durch {DOCTOR} wegen {symptom}.
    """
)

SIGNATURES = lined(
    r"""
Mit freundlichen kollegialen Grüßen\n\n{DOCTOR}\nChefarzt\n\n{DOCTOR}\nOberarzt\n\n{DOCTOR}\nAssistenzärztin
Mit freundlichen Grüßen\n{DOCTOR} {DOCTOR}\nOberarzt Assistenzarzt
Mit freundlichen Grüßen\n\nProf. Dr. med. {NAME}\nDirektor der Klinik für {specialty}
Mit kollegialen Grüßen\n\nDr. {NAME.family}, Oberärztin, {HOSPITAL}
i.A. {DOCTOR}, Assistenzarzt\n{CITY}, {DATE}
Dr. med. {NAME}\nFacharzt für {specialty}\n{STREET}\n{ZIP} {CITY}\nTelefon {PHONE}\nTelefax {FAX}\n{EMAIL}
gez. {DOCTOR}
gez. Dr. {NAME.family} / Dr. {NAME.family}
Elektronisch freigegeben von {NAME} am {DATE} um {time} Uhr.
Diktiert: {NAME.family} am {DATE}, geschrieben: {NAME.family}, {DATE}
Für Rückfragen stehe ich unter {PHONE} gerne zur Verfügung.\nIhr {NAME}
Viele Grüße\n{NAME}\n{HOSPITAL}, {specialty}\n{PHONE}
MfG {NAME}
Nachrichtlich an: {DOCTOR}, {STREET}, {ZIP} {CITY}
{CITY}, {DATE}\n\n{DOCTOR}
{CITY}, den {DATE}
    """
)

NARRATIVE = lined(
    r"""
Herr {NAME.family} stellte sich am {DATE} mit {symptom} in unserer Notaufnahme vor.
Frau {NAME.family} wurde am {DATE} zur {procedure} stationär aufgenommen.
Die {AGE}-jährige Patientin Frau {NAME} kam am {DATE} wegen {symptom} zur Aufnahme.
Der {AGE}jährige Patient, von Beruf {PROFESSION}, wohnhaft in {CITY}, klagt über {symptom} {duration}.
{AGE}-jähriger Patient in reduziertem AZ, verlegt aus {HOSPITAL} am {DATE}.
Am {DATE} erfolgte durch {DOCTOR} die {procedure}, die Herr {NAME.family} gut tolerierte.
Wir konnten Frau {NAME.family} am {DATE} in gebessertem Allgemeinzustand in die häusliche Umgebung nach {CITY}
  entlassen.
Die Verlegung in die {HOSPITAL} erfolgte am {DATE}.
Z.n. {procedure} {DATE} im {HOSPITAL}.
Z. n. {disease} ({DATE}), {procedure} {DATE}
ED {disease} {DATE}, {procedure} am {DATE} ({HOSPITAL})
{disease} (ED {DATE}), {eponym} seit {DATE}
- {DATE}: {procedure}, {normal}
- {procedure} ({DATE}): {anatomy} {normal}.
Sozialanamnese: verheiratet mit {NAME}, zwei Kinder, {PROFESSION}, lebt in {CITY}.
Sozialanamnese: Pat. lebt im {ORGANIZATION}, Pflegegrad 3. Betreuung durch die {kin} {NAME}, Tel. {PHONE}.
Die {kin} des Patienten, {NAME}, berichtet telefonisch ({PHONE}), dass Herr {NAME.family} gestürzt sei.
Rücksprache mit Hausarzt Dr. {NAME.family} am {DATE}: {drug} pausieren.
Telefonat mit {kin} Fr. {NAME.family}, {PHONE}.
Pat. {NAME.family}, {AGE} J., {duration} {symptom}, {lab} {number}.
Anlage eines Schrittmachers (SN {DEVICE}) am {DATE} durch OA Dr. {NAME.family}.
Kontrolltermin bei {DOCTOR} am {DATE} um {time} Uhr in {HOSPITAL}.
Wir bitten um Wiedervorstellung in der Sprechstunde von {DOCTOR} am {DATE}, Anmeldung unter {PHONE}.
Herr {NAME.family} verstarb am {DATE} um {time} Uhr im Beisein der {kin}.
Geboren in {CITY}, {COUNTRY}, seit {DATE} in Deutschland, arbeitet als {PROFESSION} bei {ORGANIZATION}.
Der Patient ist {PROFESSION} in {CITY} und lebt seit {DATE} getrennt von seiner {kin} {NAME.given}.
Flüchtling aus {COUNTRY}, Ankunft in {CITY} am {DATE}, Dolmetscher Herr {NAME.family}.
Fr. {NAME.family} nimmt {drug} {dose} {pauta}; {DOCTOR} empfiehlt Umstellung auf {drug2}.
{NAME.given} schläft ruhig, keine Schmerzen. Vitalwerte {time}: RR {bp}, Puls {hr}. HZ {NAME.given} {NAME.family}
Bei Frau {NAME} besteht ein {eponym}. In der Untersuchung vom {DATE}: {anatomy} {normal}.
Herr {NAME} hat den Befund per E-Mail an {EMAIL} erhalten.
Befunde bitte an Fax {FAX}, z. Hd. {DOCTOR}.
Unfallhergang: am {DATE} gegen {time} Uhr auf der {STREET} in {CITY} mit PKW (Kennzeichen {VEHICLE}) kollidiert.
Vorstellung bei {DOCTOR}, {HOSPITAL}, {STREET}, {ZIP} {CITY}.
Im Konsil durch {DOCTOR} ({specialty}) wurde {procedure} empfohlen.
In der Bildgebung vom {DATE} zeigte sich im Vergleich zur Voruntersuchung vom {DATE} ein konstanter Befund.
Die Familie ({kin} {NAME}, {CITY}) wurde am {DATE} aufgeklärt.
Tumorkonferenz vom {DATE}: Pat. {NAME}, {AGE} J., {disease}. Teilnehmer: {DOCTOR}, {DOCTOR}, {DOCTOR}.
Patient wurde durch RTW {CITY} gebracht, Notarzt {DOCTOR}.
{anrede} {NAME}, geb. {DATE}, wurde heute von {NAME.given} ({kin}) gebracht.
Der Befund wurde {DOCTOR} am {DATE} um {time} Uhr telefonisch mitgeteilt.
Der Vater {NAME} leidet an {eponym}, die Mutter {NAME.given} verstarb {DATE}.
Baby {NAME.family}, geb. {DATE} um {time}, Apgar 9/10/10, Mutter: {NAME}, {AGE} J.
Sehr geehrte Frau {NAME.family}, Ihr Termin zur {procedure} ist am {DATE} in {HOSPITAL}.
Guten Tag, hier ist {NAME}, ich habe seit {DATE} {symptom}. Meine Nummer ist {PHONE}.
hallo, ich heiße {NAME}, bin {AGE} und wohne in {CITY}. darf ich {drug} nehmen?
Mein {kin} {NAME} liegt seit {DATE} im {HOSPITAL}. Was bedeutet {lab} {number}?
Meine Patientin {NAME}, {AGE} Jahre, aus {CITY}, hat {disease}. Welche Dosis {drug}?
Kann Herr {NAME.family} (Pat.-Nr. {MRN}) trotz {disease} {drug} bekommen?
Bitte fasse die Akte von {NAME}, geb. {DATE}, zusammen.
Schreibe einen Brief an {DOCTOR}, {STREET}, {CITY}, wegen {NAME}.
Versichertennummer {HEALTH_PLAN}, Steuer-ID {SSN}, Personalausweis {SSN}: {NAME}.
Dateizugriff von {IP} auf Akte {MRN} am {DATE} {time}.
Bilder unter {URL}, Zugangscode {ID}.
Konto {ACCOUNT}, Rechnungsempfänger {NAME}, {STREET}, {ZIP} {CITY}.
Die Kollegen aus {CITY} ({HOSPITAL}) übernahmen am {DATE}.
{DATE}, {time}: Visite OA {NAME.family}: {drug} ab.
{DATE} Visite Dr. {NAME.family}/Dr. {NAME.family}
Vorbefunde aus {HOSPITAL} vom {DATE} liegen vor.
Schw. {NAME.given} informiert, Arzt vom Dienst {NAME.family} verständigt.
Herr Prof. {NAME.family} und Frau Dr. {NAME.family} waren bei der Visite anwesend.
Dem Patienten wurde die Vorstellung in der Praxis {NAME.family} in {CITY} empfohlen.
Seit {DATE} bekannte {disease}, zuletzt {DATE} in {CITY} behandelt.
Urlaub in {COUNTRY} im {DATE}; seitdem {symptom}.
Die Patientin stammt aus {COUNTRY} und lebt in {CITY} ({STATE}).
Anschlussheilbehandlung ab {DATE} in der {HOSPITAL}.
Bevollmächtigte: {NAME}, {STREET}, {ZIP} {CITY}, Mobil {PHONE}.
Hr. {NAME.family} nahm {drug} wie von Dr. {NAME.family} verordnet; {lab} am {DATE} {number}, am {DATE} {number}.
Führerschein Nr. {LICENSE} von {NAME}: Fahrverbot bis {DATE} wegen {disease}.
{NAME} ({AGE} Jahre, {PROFESSION}): {symptom}, {symptom2}.
Die Untersuchung von {NAME.given} {NAME.family} ergab {normal}e Verhältnisse; {DOCTOR} stimmt zu.
Vertretung: {DOCTOR}, {CITY}, Tel. {PHONE}.
Klinik: {symptom}. {NAME}, {DATE}, {HOSPITAL}.
Pat. kommt in Begleitung von {NAME}, {kin}.
Dokumentiert: {NAME.family}, {DATE}, {time}
Hausarzt: {DOCTOR}, {STREET}, {ZIP} {CITY}
Nächster Termin: {DATE}, {time} Uhr, {DOCTOR}
    """
)

LINES = lined(
    r"""
Name: {NAME}
Patient: {NAME}
Vorname: {NAME.given}
Nachname: {NAME.family}
Geburtsname: {NAME.family}
geb. am {DATE} in {CITY}
Geburtsdatum: {DATE}
Datum: {DATE}
Wohnort: {ZIP} {CITY}
Anschrift: {STREET}, {ZIP} {CITY}
Straße: {STREET}
Telefon: {PHONE}
Mobil: {PHONE}
Fax: {FAX}
E-Mail: {EMAIL}
Krankenkasse: {ORGANIZATION}, Nr. {HEALTH_PLAN}
Aufnahmedatum: {DATE}
Entlassdatum: {DATE}
Behandelnder Arzt: {DOCTOR}
Hausarzt: {DOCTOR}
Klinik: {HOSPITAL}
Patienten-ID: {MRN}
Fallnummer: {ACCOUNT}
Beruf: {PROFESSION}
Untersucher: {DOCTOR}
Verteiler: {DOCTOR}, {HOSPITAL}
    """
)
