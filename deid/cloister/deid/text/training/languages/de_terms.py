"""German words and layouts that fill the slots of the carrier text."""

from __future__ import annotations

from collections.abc import Mapping

from cloister.deid.text.training.carriers import lined
from cloister.deid.text.training.names.listed import listed

TERMS: Mapping[str, tuple[str, ...]] = {
    "drug": listed(
        """
        Paracetamol, Ibuprofen, Metamizol, Novalgin, Diclofenac, Pantoprazol, Omeprazol, Ramipril, Enalapril,
        Lisinopril, Candesartan, Valsartan, Amlodipin, Lercanidipin, Bisoprolol, Metoprolol, Beloc-Zok, Carvedilol,
        Torasemid, Furosemid, Lasix, HCT, Spironolacton, Digitoxin, Amiodaron, Phenprocoumon, Marcumar, Apixaban,
        Eliquis, Rivaroxaban, Xarelto, Edoxaban, Heparin, Enoxaparin, Clexane, ASS, Aspirin, Clopidogrel, Ticagrelor,
        Prasugrel, Atorvastatin, Simvastatin, Rosuvastatin, Ezetimib, Metformin, Sitagliptin, Empagliflozin,
        Dapagliflozin, Insulin glargin, Lantus, Actrapid, NovoRapid, L-Thyroxin, Euthyrox, Thiamazol, Prednisolon,
        Decortin, Dexamethason, Fortecortin, Hydrocortison, Salbutamol, Ipratropiumbromid, Budesonid, Tiotropium,
        Spiriva, Berodual, Viani, Amoxicillin, Ampicillin/Sulbactam, Unacid, Piperacillin/Tazobactam, Tazobac,
        Ceftriaxon, Rocephin, Cefuroxim, Meropenem, Vancomycin, Linezolid, Ciprofloxacin, Levofloxacin, Moxifloxacin,
        Metronidazol, Clindamycin, Clarithromycin, Doxycyclin, Cotrimoxazol, Fluconazol, Aciclovir, Rifampicin,
        Isoniazid, Lorazepam, Tavor, Diazepam, Midazolam, Dormicum, Haloperidol, Risperidon, Quetiapin, Seroquel,
        Olanzapin, Melperon, Mirtazapin, Sertralin, Citalopram, Venlafaxin, Amitriptylin, Lithium, Valproat,
        Levetiracetam, Keppra, Lamotrigin, Carbamazepin, Pregabalin, Lyrica, Gabapentin, Levodopa/Benserazid, Madopar,
        Tramadol, Tilidin, Oxycodon, Targin, Morphin, Fentanyl, Hydromorphon, Palladon, Methotrexat, Azathioprin,
        Ciclosporin, Tacrolimus, Prograf, Mycophenolat, Infliximab, Adalimumab, Humira, Rituximab, Cyclophosphamid,
        Cisplatin, Carboplatin, Paclitaxel, Docetaxel, Doxorubicin, Vincristin, 5-FU, Capecitabin, Oxaliplatin,
        Gemcitabin, Pembrolizumab, Nivolumab, Trastuzumab, Bevacizumab, Tamoxifen, Letrozol, Leuprorelin, Allopurinol,
        Colchicin, Kalinor, Movicol, Laxoberal, MCP, Vomex, Ondansetron, Zofran, Dekristol, Ferro sanol, Folsäure,
        Vitamin B12, Alendronsäure, Prolia, Tamsulosin, Arterenol, Suprarenin, Propofol, Sufentanil
        """
    ),
    "disease": listed(
        """
        arterielle Hypertonie, Diabetes mellitus Typ 2, Hyperlipidämie, koronare Herzkrankheit, KHK, NSTEMI, STEMI der
        Vorderwand, Herzinsuffizienz, Vorhofflimmern, Aortenklappenstenose, Mitralklappeninsuffizienz, dilatative
        Kardiomyopathie, Endokarditis, Myokarditis, pAVK, tiefe Beinvenenthrombose, Lungenarterienembolie, COPD,
        Asthma bronchiale, Pneumonie, Lungenfibrose, Bronchialkarzinom, Tuberkulose, Pleuraerguss,
        Schlafapnoe-Syndrom, Refluxösophagitis, Gastritis, Ulcus duodeni, obere gastrointestinale Blutung,
        Leberzirrhose, Hepatitis C, Cholezystolithiasis, Cholezystitis, Pankreatitis, Colitis ulcerosa,
        Divertikulitis, Appendizitis, Ileus, Leistenhernie, Kolonkarzinom, Rektumkarzinom, Pankreaskarzinom,
        hepatozelluläres Karzinom, chronische Niereninsuffizienz, akutes Nierenversagen, Pyelonephritis,
        Harnwegsinfekt, Urolithiasis, Prostatahyperplasie, Prostatakarzinom, Nierenzellkarzinom, Urothelkarzinom,
        Mammakarzinom, Ovarialkarzinom, Zervixkarzinom, Endometriose, Präeklampsie, Anämie, Thrombozytopenie, akute
        myeloische Leukämie, CLL, Multiples Myelom, follikuläres Lymphom, malignes Melanom, Basaliom, Psoriasis,
        Erysipel, Dekubitus, rheumatoide Arthritis, systemischer Lupus erythematodes, Polymyalgia rheumatica, Gicht,
        Osteoporose, Gonarthrose, Coxarthrose, Schenkelhalsfraktur, distale Radiusfraktur, Wirbelkörperfraktur,
        Bandscheibenvorfall, Spinalkanalstenose, Schlaganfall, Mediainfarkt, intrazerebrale Blutung,
        Subarachnoidalblutung, Epilepsie, Multiple Sklerose, Migräne, Polyneuropathie, Demenz, Delir, Depression,
        Schizophrenie, Alkoholabhängigkeit, Hypothyreose, Hyperthyreose, Struma nodosa, Nebenniereninsuffizienz,
        Sepsis, Meningitis, Borreliose, HIV-Infektion, Glaukom, Katarakt, Tonsillitis, Otitis media, Hörsturz
        """
    ),
    "eponym": listed(
        """
        Morbus Parkinson, Morbus Alzheimer, Morbus Crohn, M. Crohn, M. Hodgkin, Non-Hodgkin-Lymphom, Morbus Basedow,
        Morbus Addison, Morbus Cushing, Cushing-Syndrom, Morbus Bechterew, M. Bechterew, Morbus Wilson, Morbus
        Whipple, Morbus Paget, Morbus Meulengracht, Morbus Menière, Morbus Dupuytren, Morbus Scheuermann, Morbus
        Perthes, Morbus Ledderhose, Morbus Osler, Morbus Gaucher, Morbus Fabry, Morbus Waldenström, Morbus Boeck,
        Hashimoto-Thyreoiditis, Guillain-Barré-Syndrom, Sjögren-Syndrom, Raynaud-Syndrom, Marfan-Syndrom,
        Down-Syndrom, Turner-Syndrom, Klinefelter-Syndrom, Lynch-Syndrom, Korsakow-Syndrom, Wernicke-Enzephalopathie,
        Horner-Syndrom, Tourette-Syndrom, Budd-Chiari-Syndrom, Dressler-Syndrom, Mallory-Weiss-Läsion,
        Barrett-Ösophagus, Zenker-Divertikel, Meckel-Divertikel, Baker-Zyste, Colles-Fraktur, Le-Fort-Fraktur,
        Weber-B-Fraktur, Klatskin-Tumor, Warthin-Tumor, Wilms-Tumor, Ewing-Sarkom, Kaposi-Sarkom, Merkelzellkarzinom,
        Burkitt-Lymphom, Schilling-Test, Schober-Zeichen, Lasègue-Zeichen, Babinski-Zeichen, Murphy-Zeichen,
        Courvoisier-Zeichen, Homans-Zeichen, Payr-Zeichen, Rinne-Test, Weber-Test, Romberg-Versuch,
        Unterberger-Tretversuch, Trendelenburg-Zeichen, Allen-Test, Coombs-Test, Quick-Wert, Bence-Jones-Proteine,
        Foley-Katheter, Swan-Ganz-Katheter, Demers-Katheter, Sheldon-Katheter, Hickman-Katheter, Robinson-Drainage,
        Redon-Drainage, Jackson-Drainage, Bülau-Drainage, Kirschner-Draht, Gilchrist-Verband, Desault-Verband,
        Ringer-Lösung, Billroth-II-Operation, Whipple-Operation, Hartmann-Operation, Roux-Y-Anastomose,
        Kocher-Schnitt, Pfannenstiel-Schnitt, Trendelenburg-Lagerung, Fogarty-Katheter, Palmaz-Stent,
        Lichtenstein-Operation, Shouldice-Operation, Nissen-Fundoplikatio, Bentall-Operation, Holter-EKG,
        Schirmer-Test, Mantoux-Test, Gram-Färbung, Gleason-Score, Bosniak-Klassifikation, Garden III,
        Jakob-Creutzfeldt-Krankheit, Wegener-Granulomatose, Quincke-Ödem, Lyell-Syndrom,
        Wolff-Parkinson-White-Syndrom, Adam-Stokes-Anfall, Osgood-Schlatter, Sudeck-Dystrophie, Still-Syndrom,
        Gilles-de-la-Tourette
        """
    ),
    "scale": listed(
        """
        Glasgow Coma Scale, GCS, Barthel-Index, Apgar, NRS, VAS, Norton-Skala, Braden-Skala, APACHE II, SOFA-Score,
        Child-Pugh-Score, MELD-Score, NIHSS, modifizierte Rankin-Skala, mRS, Karnofsky-Index, ECOG, MMST, MoCA,
        DemTect, Uhrentest, Hamilton-Skala, BDI-II, CHA2DS2-VASc-Score, HAS-BLED, CRB-65, Wells-Score, TNM,
        Gleason-Score, BI-RADS, PI-RADS, NYHA, CCS, ASA, Killip, Tinetti-Test, Timed-up-and-go, Hunt und Hess, Fisher,
        Mallampati, Rutherford, Fontaine, Forrest, AO, Nurick, EDSS, Hoehn und Yahr, ISAR
        """
    ),
    "microbe": listed(
        """
        Escherichia coli, Staphylococcus aureus, MRSA, Staphylococcus epidermidis, Streptococcus pneumoniae,
        Klebsiella pneumoniae, Pseudomonas aeruginosa, Enterococcus faecium, VRE, Haemophilus influenzae,
        Mycobacterium tuberculosis, Candida albicans, Aspergillus fumigatus, Helicobacter pylori, Clostridioides
        difficile, Listeria monocytogenes, Salmonella enteritidis, Campylobacter jejuni, Borrelia burgdorferi,
        Legionella pneumophila, Norovirus, RSV, Influenza A, SARS-CoV-2, CMV, EBV, Epstein-Barr-Virus, Herpes simplex,
        Varizella Zoster, Toxoplasma gondii, Echinococcus multilocularis, Proteus mirabilis, Acinetobacter baumannii,
        Treponema pallidum
        """
    ),
    "anatomy": listed(
        """
        Abdomen, Thorax, Herz, Lunge, linker Unterlappen, Pleura, Mediastinum, Aorta, Vena cava, Arteria carotis
        interna, RIVA, RCX, RCA, linker Ventrikel, Mitralklappe, Trikuspidalklappe, Leber, Gallenblase, Pankreas,
        Milz, Magen, Duodenum, Jejunum, Colon ascendens, Sigma, Rektum, Niere rechts, Nebenniere, Harnblase, Prostata,
        Uterus, Adnexe, Mamma links, Axilla, Schilddrüse, Larynx, Pharynx, Ösophagus, Schädel, Kleinhirn, Hirnstamm,
        Basalganglien, Nervus opticus, Nervus facialis, Auge rechts, Hornhaut, Netzhaut, Makula, Mittelohr,
        Nasennebenhöhlen, Halswirbelsäule, HWS, BWS, LWS, LWK 4, Os sacrum, Becken, Hüfte links, Femur, Knie rechts,
        Tibia, Sprunggelenk, Fuß, Schulter, Humerus, Ellenbogen, Handgelenk, Daumen, Haut, Lymphknoten, Knochenmark,
        Musculus gastrocnemius, Meniskus, Kreuzband, Achillessehne, Bauchdecke, Leiste, Zwerchfell
        """
    ),
    "symptom": listed(
        """
        Bauchschmerzen, Thoraxschmerzen, Belastungsdyspnoe, Dyspnoe, Fieber, Husten, Auswurf, Hämoptysen,
        Kopfschmerzen, Schwindel, Synkope, Gewichtsverlust, Nachtschweiß, Leistungsknick, Müdigkeit, Appetitlosigkeit,
        Übelkeit, Erbrechen, Diarrhoe, Obstipation, Teerstuhl, Hämatochezie, Ikterus, Juckreiz, Hämaturie, Dysurie,
        Pollakisurie, Nykturie, Flankenschmerzen, Beinödeme, Palpitationen, Orthopnoe, Parästhesien, Kribbeln,
        Hemiparese rechts, Schwäche, Dysphagie, Heiserkeit, Sehstörung, Doppelbilder, Ohrenschmerzen, Tinnitus,
        vaginale Blutung, Unterbauchschmerzen, tastbare Resistenz, Lymphknotenschwellung, Hautausschlag,
        Gelenkschmerzen, Morgensteifigkeit, Rückenschmerzen, Tremor, Krampfanfall, Verwirrtheit, Halluzinationen,
        Schlafstörungen, Gangunsicherheit, Sturz, Claudicatio intermittens, Aphasie, Neglect, Angina pectoris
        """
    ),
    "procedure": listed(
        """
        Abdomensonographie, CT Thorax, CT Abdomen, cCT, MRT Schädel, MRT der LWS, Röntgen-Thorax, EKG, Langzeit-EKG,
        Belastungs-EKG, Echokardiographie, TEE, Koronarangiographie, PTCA mit Stentimplantation,
        Schrittmacherimplantation, ICD-Implantation, TAVI, Bypass-Operation, Gastroskopie, ÖGD, Koloskopie, ERCP,
        Bronchoskopie, Leberbiopsie, Knochenmarkpunktion, Lumbalpunktion, Pleurapunktion, Aszitespunktion,
        Szintigraphie, PET-CT, Zystoskopie, TUR-B, TUR-P, Prostatektomie, Nephrektomie, Cholezystektomie,
        Appendektomie, Hemikolektomie rechts, Gastrektomie, Thyreoidektomie, Mastektomie, Hysterektomie, Sectio
        caesarea, Hüft-TEP, Knie-TEP, Arthroskopie, Osteosynthese, Kraniotomie, Nierentransplantation, Hämodialyse,
        Intubation, Reanimation, Transfusion, Chemotherapie, Radiatio, Vitrektomie, Phakoemulsifikation,
        Tonsillektomie, Tracheotomie, Lyse, Thrombektomie, Karotis-Duplex, EEG, ENG, EMG, Lungenfunktion,
        Bodyplethysmographie, Physiotherapie, Ergotherapie, Logopädie, Kardioversion, Wunddebridement, VAC-Anlage
        """
    ),
    "lab": listed(
        """
        Hämoglobin, Hb, Hämatokrit, Leukozyten, Thrombozyten, Erythrozyten, CRP, BSG, PCT, Glukose, HbA1c, Kreatinin,
        Harnstoff, GFR, Natrium, Kalium, Calcium, Phosphat, Magnesium, GOT, GPT, Gamma-GT, AP, Bilirubin, Lipase,
        Amylase, LDH, CK, CK-MB, Troponin T, NT-proBNP, Cholesterin, LDL, HDL, Triglyceride, Harnsäure, Albumin,
        Gesamteiweiß, Ferritin, Transferrin, Eisen, Vitamin D, TSH, fT3, fT4, Cortisol, Parathormon, PSA, CEA, CA
        19-9, CA 125, AFP, Beta-HCG, D-Dimere, INR, Quick, PTT, Fibrinogen, AT III, ANA, ANCA, Rheumafaktor, Anti-CCP,
        IgG, IgA, IgM, C3, HBs-Antigen, Anti-HCV, HIV, Blutkulturen, Urinkultur, BGA, pH, pCO2, Laktat, Urinstatus,
        Blutgruppe
        """
    ),
    "specialty": listed(
        """
        Kardiologie, Innere Medizin, Neurologie, Urologie, Allgemein- und Viszeralchirurgie, Unfallchirurgie,
        Orthopädie, Onkologie, Hämatologie, Nephrologie, Pneumologie, Gastroenterologie, Endokrinologie,
        Rheumatologie, Dermatologie, Augenheilkunde, HNO, Gynäkologie und Geburtshilfe, Pädiatrie, Psychiatrie,
        Radiologie, Pathologie, Anästhesie und Intensivmedizin, Strahlentherapie, Nuklearmedizin, Neurochirurgie,
        Gefäßchirurgie, Herzchirurgie, Plastische Chirurgie, Mund-Kiefer-Gesichtschirurgie, Geriatrie,
        Palliativmedizin, Allgemeinmedizin, Labormedizin, Notaufnahme
        """
    ),
    "ward": listed(
        """
        Station 3B, Station 12, Intensivstation, Stroke Unit, IMC, Aufnahmestation, Tagesklinik, Station A4,
        Kreißsaal, Ambulanz
        """
    ),
    "heading": listed(
        """
        Diagnosen, Diagnose, Nebendiagnosen, Vordiagnosen, Anamnese, Eigenanamnese, Familienanamnese, Sozialanamnese,
        Vegetative Anamnese, Medikamentenanamnese, Aktuelle Anamnese, Aufnahmebefund, Körperlicher
        Untersuchungsbefund, Klinischer Befund, Befund, Labor, Laborwerte, Beurteilung, Epikrise, Therapie, Therapie
        und Verlauf, Verlauf, Procedere, Prozedere, Entlassmedikation, Medikation bei Aufnahme, Medikation bei
        Entlassung, Empfehlung, Zusammenfassung, Mikrobiologie, Bildgebung, Histologie, Makroskopie, Mikroskopie,
        Indikation, Operationsverlauf, Allergien, Vitalparameter, Status praesens, Neurologischer Befund, Psychischer
        Befund, Fragestellung, Technik
        """
    ),
    "anrede": listed("Herr, Frau, Herrn, Hr., Fr., der Patient, die Patientin, Pat."),
    "kin": listed(
        """
        Ehefrau, Ehemann, Tochter, Sohn, Mutter, Vater, Bruder, Schwester, Enkelin, Lebensgefährtin, Nachbarin,
        Schwiegertochter, Betreuerin
        """
    ),
    "duration": listed(
        """
        seit drei Wochen, vor zwei Tagen, gestern, heute, seit gestern Abend, vor 5 Jahren, für 10 Tage, in den
        letzten Monaten, alle 8 Stunden, zweimal täglich, am 3. postoperativen Tag, in der 32. SSW, seit ca. 14 Tagen,
        vor einem halben Jahr, innerhalb von 24 Stunden, nach 6 Wochen, seit dem Morgen, im Kindesalter, postoperativ,
        im Verlauf, am Aufnahmetag, nachts
        """
    ),
    "pauta": listed(
        """
        1-0-1, 1-0-0, 0-0-1, 1-1-1, 1-0-0-0, 0-0-1-0, 1x tgl., 2x täglich, alle 8 h, bei Bedarf, b. Bed., morgens
        nüchtern, zur Nacht, s.c., i.v., p.o., für 7 Tage, ausschleichend, laut Plan, nach INR, 10 IE, 1 Tbl.
        """
    ),
    "normal": listed(
        """
        unauffällig, o.B., regelrecht, normwertig, negativ, positiv, grenzwertig, erhöht, erniedrigt, im Normbereich,
        nicht beurteilbar, ohne pathologischen Befund, altersentsprechend, nicht nachweisbar
        """
    ),
    "guideline": listed(
        """
        WHO, ESC-Leitlinie, S3-Leitlinie, AWMF, RKI, STIKO, GOLD, DGK, AO-Klassifikation, R-CHOP, FOLFOX, FOLFIRINOX,
        ABVD, Duke-Kriterien, Rom-IV-Kriterien, Sepsis-3, ICD-10, OPS, DRG, TNM 8. Auflage, KDIGO, UICC, ERAS-Konzept,
        ATLS, MDK, Barthel
        """
    ),
    "month": listed("Januar, Februar, März, April, Mai, Juni, Juli, August, September, Oktober, November, Dezember"),
    "month_short": listed("Jan., Feb., Mrz., Apr., Mai, Jun., Jul., Aug., Sept., Okt., Nov., Dez."),
    "weekday": listed("Montag, Dienstag, Mittwoch, Donnerstag, Freitag, Samstag, Sonntag"),
    "date": lined(
        """
        {dd}.{mm}.{yyyy}
        {d}.{m}.{yyyy}
        {dd}.{mm}.{yy}
        {d}.{m}.{yy}
        {d}.{m}.
        {dd}.{mm}.
        {d}. {month} {yyyy}
        {d}. {month}
        {dd}. {month} {yyyy}
        {d}.{month} {yyyy}
        {d}. {mon} {yyyy}
        {month} {yyyy}
        {mon} {yyyy}
        {mm}/{yyyy}
        {m}/{yy}
        {mm}/{yy}
        {yyyy}-{mm}-{dd}
        {weekday}, {dd}.{mm}.{yyyy}
        {weekday}, den {d}. {month} {yyyy}
        {weekday}, den {d}.{m}.
        {d}. {m}. {yyyy}
        {d}.{m}
        Anfang {month} {yyyy}
        Mitte {month}
        Ende {month} {yyyy}
        {weekday}
        """
    ),
    "age": lined(
        """
        {n}
        {n} Jahre
        {n} Jahre alt
        {n}J
        {n} J.
        {n} Monate
        """
    ),
    "doctor_title": listed(
        """
        Dr., Dr. med., Dr, Prof. Dr., Prof. Dr. med., PD Dr., Priv.-Doz. Dr. med., OA Dr., OÄ Dr., CA Dr., AA Dr.,
        Dres., Univ.-Prof. Dr., Frau Dr., Herr Dr., Oberarzt Dr., Chefarzt Prof. Dr., Dipl.-Psych., Dr. med. univ.,
        Dr. med. dent.
        """
    ),
    "degree": listed("FÄ, Facharzt für Innere Medizin, Assistenzärztin, Oberarzt, M.Sc., Physiotherapeutin, MHBA"),
    "street": lined(
        """
        {proper}straße {n}
        {proper}str. {n}
        {proper}str.{n}
        {proper}strasse {n}
        {proper}weg {n}
        {proper}gasse {n}
        {proper}platz {n}
        {proper}allee {n}
        {proper}ring {n}
        {proper}ufer {n}
        {proper}damm {n}
        {proper}straße {n}a
        {proper}weg {n} b
        {proper}-Straße {n}
        {proper}-Str. {n}
        {proper}-Weg {n}
        {proper}-Platz {n}
        {proper}-Allee {n}
        {proper} Straße {n}
        {proper} Str. {n}
        {proper} Weg {n}
        {proper} Platz {n}
        {proper} Allee {n}
        {proper} Gasse {n}
        Am {proper} {n}
        An der {proper} {n}
        Im {proper} {n}
        In der {proper} {n}
        Auf dem {proper} {n}
        Zum {proper} {n}
        Zur {proper} {n}
        Unter den {proper} {n}
        {proper}gasse {n}/##/#
        {proper}straße {n}/#
        {proper}hof {n}
        {proper}berg {n}
        Postfach ####
        """
    ),
    "street_proper": listed(
        """
        Haupt, Bahnhof, Schul, Garten, Dorf, Berg, Kirch, Linden, Birken, Wald, Ring, Mühlen, Schiller, Goethe,
        Mozart, Beethoven, Lessing, Heine, Kant, Uhland, Bismarck, Kaiser, Friedrich, Wilhelm, Ludwig, Karl, August,
        Luisen, Marien, Martin, Kloster, Brücken, Markt, Rathaus, Post, Wiesen, Feld, Blumen, Rosen, Tulpen, Buchen,
        Eichen, Ahorn, Kastanien, Tannen, Fichten, Amsel, Drossel, Finken, Lerchen, Sonnen, Stein, Hohe, Breite,
        Lange, Alte, Neue, Untere, Obere, Industrie, Frankfurter, Berliner, Münchner, Hamburger, Kölner, Leipziger,
        Dresdner, Breslauer, Königsberger, Danziger, Stettiner, Wiener, Konrad-Adenauer, Theodor-Heuss, Willy-Brandt,
        Robert-Koch, Albert-Schweitzer, Geschwister-Scholl, Thomas-Mann, Rosa-Luxemburg, Ernst-Thälmann,
        Käthe-Kollwitz, Rudolf-Virchow, Carl-Benz, Heinrich-Heine, Anne-Frank, Sonnenblumen, Weiher, Anger, Graben,
        Hang, Ahornhain
        """
    ),
    "city": listed(
        """
        Berlin, Hamburg, München, Köln, Frankfurt am Main, Frankfurt, Stuttgart, Düsseldorf, Leipzig, Dortmund, Essen,
        Bremen, Dresden, Hannover, Nürnberg, Duisburg, Bochum, Wuppertal, Bielefeld, Bonn, Münster, Mannheim,
        Karlsruhe, Augsburg, Wiesbaden, Mönchengladbach, Gelsenkirchen, Aachen, Braunschweig, Kiel, Chemnitz, Halle
        (Saale), Halle, Magdeburg, Freiburg im Breisgau, Freiburg, Krefeld, Mainz, Lübeck, Erfurt, Oberhausen,
        Rostock, Kassel, Hagen, Potsdam, Saarbrücken, Hamm, Ludwigshafen, Oldenburg, Mülheim an der Ruhr, Osnabrück,
        Leverkusen, Heidelberg, Darmstadt, Solingen, Regensburg, Herne, Paderborn, Neuss, Ingolstadt, Offenbach,
        Fürth, Ulm, Würzburg, Heilbronn, Pforzheim, Wolfsburg, Göttingen, Bottrop, Reutlingen, Erlangen, Bremerhaven,
        Koblenz, Remscheid, Bergisch Gladbach, Trier, Jena, Recklinghausen, Salzgitter, Siegen, Moers, Gera,
        Hildesheim, Gütersloh, Kaiserslautern, Cottbus, Schwerin, Witten, Esslingen, Ludwigsburg, Gießen, Hanau,
        Flensburg, Tübingen, Konstanz, Villingen-Schwenningen, Worms, Marburg, Wilhelmshaven, Zwickau, Lüneburg,
        Bayreuth, Bamberg, Celle, Landshut, Aschaffenburg, Dessau-Roßlau, Rosenheim, Fulda, Lippstadt, Offenburg,
        Stralsund, Greifswald, Neubrandenburg, Weimar, Görlitz, Plauen, Kempten, Passau, Friedrichshafen, Goslar,
        Emden, Cuxhaven, Husum, Itzehoe, Neumünster, Bad Homburg, Bad Kreuznach, Bad Oeynhausen, Bad Nauheim,
        Garmisch-Partenkirchen, Wernigerode, Quedlinburg, Stendal, Wittenberg, Eisenach, Suhl, Nordhausen, Bautzen,
        Pirna, Freising, Dachau, Erding, Straubing, Deggendorf, Weiden, Amberg, Wien, Graz, Linz, Salzburg, Innsbruck,
        Klagenfurt, Villach, Wels, St. Pölten, Dornbirn, Steyr, Wiener Neustadt, Feldkirch, Bregenz, Leoben, Krems,
        Baden, Mödling, Zürich, Genf, Basel, Bern, Lausanne, Winterthur, Luzern, St. Gallen, Lugano, Biel, Thun, Chur,
        Aarau, Zug, Vaduz, Bozen, Meran
        """
    ),
    "state": listed(
        """
        Bayern, Baden-Württemberg, Nordrhein-Westfalen, NRW, Hessen, Niedersachsen, Sachsen, Sachsen-Anhalt,
        Thüringen, Brandenburg, Mecklenburg-Vorpommern, Schleswig-Holstein, Rheinland-Pfalz, Saarland, Tirol,
        Steiermark, Kärnten, Oberösterreich, Niederösterreich, Burgenland, Vorarlberg, Kanton Zürich, Aargau, Wallis,
        Allgäu, Schwarzwald, Oberbayern, Franken, Ostfriesland, Landkreis Passau, Münsterland, Sauerland
        """
    ),
    "country": listed(
        """
        Deutschland, Österreich, Schweiz, Türkei, Polen, Rumänien, Bulgarien, Syrien, Afghanistan, Irak, Iran,
        Ukraine, Russland, Kasachstan, Italien, Griechenland, Kroatien, Serbien, Bosnien, Kosovo, Albanien, Spanien,
        Portugal, Frankreich, Niederlande, Belgien, Dänemark, Tschechien, Slowakei, Ungarn, Eritrea, Äthiopien,
        Somalia, Nigeria, Ghana, Marokko, Tunesien, Ägypten, Libanon, Pakistan, Indien, Sri Lanka, Vietnam, Thailand,
        Philippinen, China, Brasilien, USA, England
        """
    ),
    "zip": listed("#####, 0####, D-#####, ####, A-####, CH-####"),
    "hospital": lined(
        """
        Universitätsklinikum {city}
        Uniklinik {city}
        Universitätsklinik {city}
        Universitätsmedizin {city}
        Klinikum {city}
        Klinikum der Stadt {city}
        Städtisches Klinikum {city}
        Städtisches Krankenhaus {city}
        Kreiskrankenhaus {city}
        Kreisklinik {city}
        Krankenhaus {city}
        Krankenhaus {proper}
        {proper}-Krankenhaus
        {proper}-Krankenhaus {city}
        {proper}-Klinikum
        {proper}-Klinik
        {proper}-Klinik {city}
        {proper}-Hospital {city}
        {proper}-Stift
        Klinik {proper}
        Rehaklinik {proper}
        Reha-Klinik {city}
        Fachklinik {city}
        Diakonie-Klinikum {city}
        Diakonissenkrankenhaus {city}
        Bundeswehrkrankenhaus {city}
        BG-Klinik {city}
        Berufsgenossenschaftliche Unfallklinik {city}
        Evangelisches Krankenhaus {city}
        Katholisches Klinikum {city}
        Helios Klinikum {city}
        Asklepios Klinik {city}
        Sana Klinikum {city}
        Medizinische Hochschule {city}
        Landeskrankenhaus {city}
        LKH {city}
        Kantonsspital {city}
        Inselspital {city}
        Spital {city}
        Herzzentrum {city}
        Lungenklinik {city}
        MVZ {city}
        MVZ {proper}
        Praxis {family}
        Gemeinschaftspraxis {family}
        Hausarztpraxis {city}
        Praxis Dr. {family}
        UKE {city}
        AKH {city}
        """
    ),
    "hospital_proper": listed(
        """
        St.-Josef, St. Josef, St.-Marien, St. Marien, Marien, St.-Elisabeth, St. Elisabeth, St.-Vinzenz, St. Vincenz,
        St.-Franziskus, St. Johannes, St.-Johannes, St. Anna, St.-Antonius, St. Bernward, St.-Barbara, Barmherzige
        Brüder, Herz-Jesu, Heilig-Geist, Robert-Bosch, Albert-Schweitzer, Rudolf-Virchow, Robert-Koch,
        Ernst-von-Bergmann, Carl-Thiem, Friedrich-Ebert, Bethesda, Bethanien, Diakonie, Johanniter, Malteser,
        Rotkreuz, Caritas, Wald, Berg, Park, Schlossberg, Rosenhof, Sonnenblick, Eichenhof, Vivantes, Havelhöhe,
        Charité, Großhadern, Rechts der Isar, Bogenhausen, Eppendorf, Josephinum, Theresien, Agaplesion, Schön,
        Median, Weserbergland, Hochrhein, Schwarzwald-Baar
        """
    ),
    "organization": lined(
        """
        Universität {city}
        Pflegeheim {proper}
        Seniorenheim {proper}
        Seniorenresidenz {proper}
        Seniorenzentrum {proper}
        Pflegedienst {family}
        Apotheke {city}
        {proper}-Apotheke
        AOK {city}
        Kindergarten {proper}
        Grundschule {city}
        Gymnasium {city}
        {family} GmbH
        {family} & Söhne
        Bäckerei {family}
        Autohaus {family}
        Amtsgericht {city}
        Stadtwerke {city}
        Kirchengemeinde {proper}
        Sanitätshaus {family}
        Labor Dr. {family}
        Dialysezentrum {city}
        Kurzzeitpflege {proper}
        """
    ),
    "profession": listed(
        """
        Lehrerin, Lehrer, Krankenpfleger, Krankenschwester, Altenpflegerin, Landwirt, Maurer, Dachdecker, Elektriker,
        Schlosser, Kfz-Mechaniker, Tischler, Schreiner, Bäcker, Metzger, Koch, Kellnerin, Friseurin, Verkäuferin,
        Bankkaufmann, Bürokauffrau, Sekretärin, Buchhalterin, Ingenieur, Informatiker, Architektin, Rechtsanwalt,
        Richter, Polizist, Feuerwehrmann, Soldat, Busfahrer, LKW-Fahrer, Taxifahrer, Postbote, Hausfrau, Rentner,
        Rentnerin, Beamter, Bergmann, Stahlarbeiter, Schweißer, Maler und Lackierer, Gärtner, Förster, Pfarrer,
        Student, Erzieherin, Sozialarbeiterin, Apothekerin, Musiker, Journalistin, Reinigungskraft, Hausmeister,
        Lagerarbeiter, Pilot, Näherin
        """
    ),
    "phone": lined(
        """
        0## / ### ## ##
        0##/#######
        0### / ######
        0###-######
        0### ######
        0#### ## ## ##
        0#### / ###-0
        0##-####-###
        0###/####-####
        +49 ## ########
        +49 (0) ### ######
        +49 ### #######
        0049 ### ######
        01## #######
        01##/########
        017# / ### ## ##
        +43 1 ### ## ##
        0664 ### ## ##
        +41 44 ### ## ##
        044 ### ## ##
        """
    ),
    "mrn": lined(
        """
        #######
        ########
        ##########
        ######
        ##-#####
        ##.###.###
        ######-##
        K######
        """
    ),
    "ssn": lined(
        """
        ## ### ### ###
        ###########
        ## ###### @ ###
        ########@###
        756.####.####.##
        #### ######
        """
    ),
    "health_plan": lined(
        """
        @#########
        @ ### ### ###
        @########-#
        ##########
        A#########
        10#######
        """
    ),
    "license": lined(
        """
        #########
        ##/####
        B######
        ######-##
        """
    ),
    "vehicle": lined(
        """
        @-@@ ####
        @@-@ ###
        @@@-@@ ##
        @@ @@ ####
        W-#####@
        """
    ),
    "device": lined(
        """
        ########
        @@@######@
        ######
        ##########
        #####-@
        """
    ),
    "id": lined(
        """
        ##-#####
        E/####/####
        H##-#####
        ####/##
        @##-####
        @@-########
        """
    ),
    "account": lined(
        """
        ##########
        DE## #### #### #### #### ##
        ########
        F#########
        """
    ),
    "email_domain": listed(
        """
        gmx.de, web.de, t-online.de, gmail.com, yahoo.de, klinikum-stadt.de, uk-muster.de, charite.de,
        uniklinik.example, praxis-am-markt.de, hotmail.com, posteo.de, aon.at, gmx.at, bluewin.ch, spital.example,
        kkh-nord.de, arztpraxis.example
        """
    ),
    "cultures": listed("german, german, german, german, turkish, slavic"),
    "small": listed("1, 2, 3, 4, 5, 6, 8, 10, 12, 14, zwei, drei, vier"),
}
