"""French words and layouts that fill the slots of the carrier text."""

from __future__ import annotations

from collections.abc import Mapping

from cloister.deid.text.training.carriers import lined
from cloister.deid.text.training.names.listed import listed

TERMS: Mapping[str, tuple[str, ...]] = {
    "drug": listed(
        """
        paracétamol, ibuprofène, kétoprofène, tramadol, morphine, oxycodone, amlodipine, ramipril, périndopril,
        irbésartan, valsartan, bisoprolol, nébivolol, furosémide, spironolactone, hydrochlorothiazide, amiodarone,
        digoxine, apixaban, rivaroxaban, warfarine, fluindione, énoxaparine, héparine, aspirine, acide
        acétylsalicylique, clopidogrel, ticagrélor, atorvastatine, rosuvastatine, ézétimibe, metformine, gliclazide,
        sitagliptine, insuline glargine, dulaglutide, lévothyroxine, prednisone, prednisolone, méthylprednisolone,
        dexaméthasone, salbutamol, ipratropium, budésonide, tiotropium, montélukast, amoxicilline, amoxicilline-acide
        clavulanique, ceftriaxone, céfotaxime, pipéracilline-tazobactam, imipénème, vancomycine, gentamicine,
        amikacine, ofloxacine, lévofloxacine, ciprofloxacine, métronidazole, clindamycine, spiramycine, cotrimoxazole,
        pristinamycine, fluconazole, aciclovir, rifampicine, isoniazide, ésoméprazole, pantoprazole, phloroglucinol,
        métoclopramide, ondansétron, macrogol, lorazépam, alprazolam, zopiclone, midazolam, halopéridol, rispéridone,
        olanzapine, quétiapine, cyamémazine, sertraline, escitalopram, venlafaxine, miansérine, amitriptyline,
        lithium, valproate, lévétiracétam, lamotrigine, carbamazépine, prégabaline, gabapentine, lévodopa,
        méthotrexate, azathioprine, ciclosporine, tacrolimus, mycophénolate, infliximab, adalimumab, rituximab,
        tocilizumab, cyclophosphamide, cisplatine, carboplatine, paclitaxel, docétaxel, doxorubicine, 5-fluorouracile,
        capécitabine, oxaliplatine, bévacizumab, trastuzumab, pembrolizumab, tamoxifène, létrozole, allopurinol,
        colchicine, fer injectable, acide folique, vitamine D, Doliprane, Efferalgan, Dafalgan, Topalgic, Acupan,
        Contramal, Kardégic, Plavix, Eliquis, Xarelto, Préviscan, Lovenox, Lasilix, Cardensiel, Coversyl, Tahor,
        Lévothyrox, Solupred, Cortancyl, Ventoline, Seretide, Spiriva, Augmentin, Rocéphine, Tazocilline, Flagyl,
        Bactrim, Inexium, Spasfon, Primpéran, Zophren, Forlax, Temesta, Xanax, Stilnox, Risperdal, Zyprexa, Seroplex,
        Effexor, Laroxyl, Dépakine, Keppra, Lyrica, Modopar, Humira, Lantus, Novorapid, Glucophage, Diamicron
        """
    ),
    "disease": listed(
        """
        hypertension artérielle, HTA, diabète de type 2, diabète de type 1, dyslipidémie, cardiopathie ischémique,
        infarctus du myocarde, insuffisance cardiaque, fibrillation auriculaire, ACFA, rétrécissement aortique,
        insuffisance mitrale, cardiomyopathie dilatée, endocardite, péricardite, AOMI, phlébite, thrombose veineuse
        profonde, embolie pulmonaire, BPCO, asthme, pneumopathie, fibrose pulmonaire, tuberculose, cancer bronchique,
        adénocarcinome pulmonaire, pleurésie, SAOS, reflux gastro-œsophagien, gastrite, ulcère gastrique, hémorragie
        digestive, cirrhose, hépatite C, lithiase vésiculaire, cholécystite, pancréatite aiguë, rectocolite
        hémorragique, sigmoïdite, appendicite, occlusion intestinale, hernie inguinale, cancer colorectal, cancer du
        pancréas, carcinome hépatocellulaire, insuffisance rénale chronique, insuffisance rénale aiguë, syndrome
        néphrotique, pyélonéphrite, cystite, colique néphrétique, adénome de prostate, cancer de la prostate, cancer
        de la vessie, cancer du sein, cancer de l'ovaire, endométriose, fibrome utérin, pré-éclampsie, grossesse
        extra-utérine, anémie ferriprive, thrombopénie, leucémie aiguë, leucémie lymphoïde chronique, myélome
        multiple, lymphome folliculaire, mélanome, psoriasis, eczéma, érysipèle, escarre, polyarthrite rhumatoïde,
        lupus, spondylarthrite, pseudopolyarthrite rhizomélique, goutte, ostéoporose, gonarthrose, coxarthrose,
        fracture du col fémoral, fracture du poignet, tassement vertébral, hernie discale, lombosciatique, AVC
        ischémique, hémorragie méningée, hématome sous-dural, épilepsie, sclérose en plaques, migraine, neuropathie
        périphérique, démence, syndrome confusionnel, épisode dépressif majeur, schizophrénie, trouble bipolaire,
        éthylisme chronique, hypothyroïdie, hyperthyroïdie, goitre, insuffisance surrénalienne, sepsis, méningite,
        infection à VIH, paludisme, glaucome, cataracte, DMLA, angine, otite moyenne, bronchiolite, drépanocytose
        """
    ),
    "eponym": listed(
        """
        maladie de Parkinson, maladie d'Alzheimer, maladie de Crohn, maladie de Hodgkin, lymphome non hodgkinien,
        lymphome de Hodgkin, maladie de Basedow, maladie d'Addison, syndrome de Cushing, maladie de Horton, maladie de
        Wilson, maladie de Whipple, maladie de Paget, maladie de Ménière, maladie de Dupuytren, maladie de
        Scheuermann, maladie de Verneuil, maladie de Rendu-Osler, maladie de Gaucher, maladie de Fabry, maladie de
        Waldenström, maladie de Vaquez, maladie de Biermer, maladie de Berger, maladie de Kawasaki, maladie de Still,
        maladie de Charcot, maladie de Charcot-Marie-Tooth, maladie de Creutzfeldt-Jakob, maladie de Lyme, thyroïdite
        de Hashimoto, syndrome de Guillain-Barré, syndrome de Gougerot-Sjögren, syndrome de Raynaud, syndrome de
        Marfan, syndrome de Turner, syndrome de Klinefelter, syndrome de Lynch, syndrome de Korsakoff, encéphalopathie
        de Gayet-Wernicke, syndrome de Claude Bernard-Horner, syndrome de Gilles de la Tourette, syndrome de
        Budd-Chiari, syndrome de Dressler, syndrome de Mallory-Weiss, endobrachyœsophage de Barrett, diverticule de
        Zenker, diverticule de Meckel, kyste de Baker, fracture de Pouteau-Colles, tumeur de Klatskin, tumeur de
        Wilms, sarcome d'Ewing, sarcome de Kaposi, carcinome de Merkel, lymphome de Burkitt, purpura de
        Schönlein-Henoch, gangrène de Fournier, œdème de Quincke, syndrome de Lyell, syndrome de Stevens-Johnson,
        syndrome de Wolff-Parkinson-White, bloc de Mobitz, signe de Lasègue, signe de Babinski, signe de Murphy, signe
        de Homans, signe de Hoffmann, signe de Chvostek, manœuvre de Valsalva, manœuvre de Heimlich, manœuvre de Dix
        et Hallpike, manœuvre d'Epley, test de Coombs, test de Schirmer, test de Schober, test de Romberg, Mini-Mental
        de Folstein, point de McBurney, espace de Morrison, cul-de-sac de Douglas, canal de Wirsung, anse de Henle,
        polygone de Willis, sonde de Foley, drain de Redon, drain de Kehr, drain de Jackson-Pratt, cathéter de
        Swan-Ganz, broche de Kirschner, attelle de Zimmer, bandage de Dujarrier, collier de Schanz, position de
        Trendelenburg, incision de Pfannenstiel, incision de Mac Burney, intervention de Hartmann, intervention de
        Whipple, intervention de Lichtenstein, intervention de Nissen, protéine de Bence-Jones, coloration de Gram,
        coloration de Ziehl, corps de Lewy, corps de Jolly, dyspnée de Kussmaul, dyspnée de Cheyne-Stokes, holter ECG,
        score de Gleason, doppler, hémorroïdes selon Milligan-Morgan, PTH selon Hardinge, Bouchard, Heberden
        """
    ),
    "scale": listed(
        """
        score de Glasgow, Glasgow, score d'Apgar, EVA, EN, échelle de Norton, score de Braden, IGS II, SOFA, score de
        Child-Pugh, MELD, NIHSS, score de Rankin, Karnofsky, indice OMS, ECOG, MMS, MMSE, MoCA, BREF, test de
        l'horloge, échelle de Hamilton, MADRS, CHA2DS2-VASc, HAS-BLED, CRB-65, score de Wells, score de Genève, TNM,
        ACR 4, BI-RADS 3, PI-RADS 4, NYHA, CCS, ASA, Killip, GIR 4, AGGIR, ADL de Katz, IADL, Tinetti, Mallampati,
        Cormack, Rutherford, Leriche et Fontaine, Forrest, Garden, EDSS, UPDRS, DAS28, BASDAI, score de Bishop
        """
    ),
    "microbe": listed(
        """
        Escherichia coli, Staphylococcus aureus, SARM, Staphylococcus epidermidis, Streptococcus pneumoniae,
        pneumocoque, Klebsiella pneumoniae, Pseudomonas aeruginosa, Enterococcus faecalis, Haemophilus influenzae,
        Mycobacterium tuberculosis, Candida albicans, Aspergillus fumigatus, Helicobacter pylori, Clostridioides
        difficile, Listeria monocytogenes, Salmonella, Campylobacter, Borrelia burgdorferi, Legionella pneumophila,
        norovirus, VRS, grippe A, SARS-CoV-2, CMV, EBV, virus d'Epstein-Barr, HSV, VZV, Toxoplasma gondii, Plasmodium
        falciparum, Proteus mirabilis, Neisseria meningitidis, Treponema pallidum, Coxiella burnetii
        """
    ),
    "anatomy": listed(
        """
        abdomen, thorax, cœur, poumon gauche, lobe inférieur droit, plèvre, médiastin, aorte abdominale, veine cave,
        artère carotide interne, IVA, coronaire droite, ventricule gauche, valve mitrale, foie, vésicule biliaire,
        pancréas, rate, estomac, duodénum, grêle, côlon sigmoïde, rectum, rein droit, surrénale, uretère, vessie,
        prostate, testicule, utérus, ovaire gauche, annexes, sein droit, creux axillaire, thyroïde, larynx, pharynx,
        œsophage, crâne, cervelet, tronc cérébral, noyaux gris centraux, nerf optique, nerf facial, œil gauche,
        cornée, rétine, macula, oreille moyenne, sinus maxillaire, rachis cervical, rachis lombaire, L4-L5, sacrum,
        bassin, hanche droite, fémur, genou gauche, tibia, cheville, pied, épaule, humérus, coude, poignet, main,
        peau, aires ganglionnaires, moelle osseuse, mollet, ménisque interne, ligament croisé, tendon d'Achille, paroi
        abdominale, fosse iliaque droite, hypochondre droit, région lombaire
        """
    ),
    "symptom": listed(
        """
        douleurs abdominales, douleur thoracique, dyspnée d'effort, dyspnée, fièvre, toux, expectorations, hémoptysie,
        céphalées, vertiges, syncope, malaise, amaigrissement, sueurs nocturnes, asthénie, anorexie, nausées,
        vomissements, diarrhée, constipation, méléna, rectorragies, ictère, prurit, hématurie, brûlures mictionnelles,
        pollakiurie, douleur lombaire, œdèmes des membres inférieurs, palpitations, orthopnée, paresthésies, déficit
        moteur droit, hémiparésie, dysphagie, dysphonie, baisse d'acuité visuelle, diplopie, otalgie, acouphènes,
        métrorragies, douleurs pelviennes, masse palpable, adénopathies, éruption cutanée, arthralgies, raideur
        matinale, lombalgies, tremblements, crise convulsive, confusion, hallucinations, insomnie, troubles de la
        marche, chute, claudication intermittente, aphasie, altération de l'état général, AEG, frissons
        """
    ),
    "procedure": listed(
        """
        échographie abdominale, scanner thoracique, TDM abdomino-pelvienne, scanner cérébral, IRM cérébrale, IRM
        lombaire, radiographie thoracique, ECG, holter, épreuve d'effort, échocardiographie, ETT, ETO,
        coronarographie, angioplastie, pose de pacemaker, TAVI, pontage coronarien, fibroscopie, FOGD, coloscopie,
        CPRE, bronchoscopie, biopsie hépatique, myélogramme, ponction lombaire, ponction pleurale, ponction d'ascite,
        scintigraphie osseuse, TEP-scanner, cystoscopie, RTUP, prostatectomie radicale, néphrectomie,
        cholécystectomie, appendicectomie, hémicolectomie droite, gastrectomie, thyroïdectomie, mastectomie,
        tumorectomie, hystérectomie, césarienne, prothèse totale de hanche, PTH, PTG, arthroscopie, ostéosynthèse,
        craniotomie, greffe rénale, hémodialyse, intubation, VNI, transfusion, chimiothérapie, radiothérapie,
        vitrectomie, chirurgie de la cataracte, amygdalectomie, trachéotomie, thrombolyse, thrombectomie,
        écho-doppler, EEG, EMG, EFR, kinésithérapie, cardioversion, mammographie, frottis cervico-vaginal,
        ostéodensitométrie
        """
    ),
    "lab": listed(
        """
        hémoglobine, Hb, hématocrite, leucocytes, plaquettes, PNN, lymphocytes, CRP, VS, procalcitonine, glycémie,
        HbA1c, créatinine, urée, DFG, natrémie, kaliémie, calcémie, phosphorémie, ASAT, ALAT, gamma-GT, PAL,
        bilirubine totale, lipase, LDH, CPK, troponine, BNP, NT-proBNP, cholestérol total, LDL, HDL, triglycérides,
        acide urique, albumine, protidémie, ferritine, coefficient de saturation, vitamine B12, folates, TSH, T4
        libre, cortisol, PTH, PSA, ACE, CA 19-9, CA 125, alpha-fœtoprotéine, bêta-HCG, D-dimères, INR, TP, TCA,
        fibrinogène, facteurs antinucléaires, ANCA, facteur rhumatoïde, anti-CCP, IgG, IgA, IgM, complément, sérologie
        VIH, Ag HBs, hémocultures, ECBU, gaz du sang, pH, pCO2, lactates, protéinurie, groupe sanguin, RAI
        """
    ),
    "specialty": listed(
        """
        Cardiologie, Médecine interne, Neurologie, Urologie, Chirurgie viscérale, Chirurgie orthopédique, Oncologie,
        Hématologie, Néphrologie, Pneumologie, Hépato-gastro-entérologie, Endocrinologie, Rhumatologie, Dermatologie,
        Ophtalmologie, ORL, Gynécologie-Obstétrique, Pédiatrie, Psychiatrie, Radiologie, Anatomopathologie,
        Anesthésie-Réanimation, Radiothérapie, Médecine nucléaire, Neurochirurgie, Chirurgie vasculaire, Chirurgie
        cardiaque, Chirurgie plastique, Stomatologie, Gériatrie, Soins palliatifs, Maladies infectieuses, Urgences,
        SSR, Médecine générale
        """
    ),
    "heading": listed(
        """
        Motif d'hospitalisation, Motif de consultation, Antécédents, Antécédents médicaux, Antécédents chirurgicaux,
        Antécédents familiaux, Mode de vie, Allergies, Traitement à l'entrée, Traitement habituel, Histoire de la
        maladie, Examen clinique, Examen clinique à l'entrée, Examens complémentaires, Biologie, Imagerie, Évolution
        dans le service, Évolution, Conclusion, Au total, Traitement de sortie, Diagnostic, Diagnostic principal,
        Indication, Technique, Résultat, Compte rendu opératoire, Compte rendu d'hospitalisation, Prise en charge,
        Conduite à tenir, Suivi, Constantes, Bilan biologique, Anatomopathologie
        """
    ),
    "civilite": listed("M., Mme, Mlle, Monsieur, Madame, Mr, Mademoiselle"),
    "patient": listed("patient, patiente, homme, femme, garçon, fillette, monsieur, dame"),
    "kin": listed(
        """
        épouse, mari, mère, père, fils, fille, frère, sœur, petite-fille, conjoint, compagne, tutrice, voisine
        """
    ),
    "duration": listed(
        """
        depuis trois semaines, il y a deux jours, hier, ce jour, depuis la veille, il y a 5 ans, pendant 10 jours, ces
        derniers mois, toutes les 8 heures, deux fois par jour, à J3 post-opératoire, à 32 SA, depuis environ quinze
        jours, dans les 24 heures, après 6 semaines, depuis ce matin, dans l'enfance, au décours, à l'admission, la
        nuit
        """
    ),
    "pauta": listed(
        """
        1-0-1, 1-0-0, 0-0-1, 1 cp matin et soir, 1 cp par jour, 3 fois par jour, toutes les 6 heures si besoin, le
        matin à jeun, au coucher, SC, IV, per os, pendant 7 jours, en dose dégressive, selon INR, 10 UI, 2 bouffées
        matin et soir, 1 sachet par jour, 1 g x 3/j, à renouveler 3 mois
        """
    ),
    "normal": listed(
        """
        normal, sans particularité, RAS, négatif, positif, dans les limites de la normale, élevé, abaissé, sans
        anomalie, non contributif, stable, satisfaisant
        """
    ),
    "guideline": listed(
        """
        OMS, HAS, ANSM, recommandations ESC, SPILF, GOLD, critères de Duke, critères de Rome IV, protocole R-CHOP,
        FOLFOX, FOLFIRI, ABVD, KDIGO, CIM-10, DSM-5, CCAM, RCP, AFSSAPS, NICE
        """
    ),
    "month": listed("janvier, février, mars, avril, mai, juin, juillet, août, septembre, octobre, novembre, décembre"),
    "month_short": listed("janv., févr., mars, avr., mai, juin, juil., août, sept., oct., nov., déc."),
    "weekday": listed("lundi, mardi, mercredi, jeudi, vendredi, samedi, dimanche"),
    "date": lined(
        """
        {dd}/{mm}/{yyyy}
        {d}/{m}/{yyyy}
        {dd}/{mm}/{yy}
        {d}/{m}/{yy}
        {dd}.{mm}.{yyyy}
        {dd}-{mm}-{yyyy}
        {yyyy}-{mm}-{dd}
        {d} {month} {yyyy}
        {d} {month}
        1er {month} {yyyy}
        1er {month}
        {d} {mon} {yyyy}
        {weekday} {d} {month} {yyyy}
        {weekday} {d} {month}
        {month} {yyyy}
        {mon} {yyyy}
        {mm}/{yyyy}
        {mm}/{yy}
        {dd}/{mm}
        {dd} {mm} {yyyy}
        {weekday} dernier
        """
    ),
    "age": lined(
        """
        {n} ans
        {n}
        {n}ans
        {n} a
        {n} mois
        """
    ),
    "doctor_title": listed(
        """
        Dr, Docteur, Pr, Professeur, Dr., le Dr, le Pr, Drs, Mme le Dr, Monsieur le Pr, M. le Professeur, IDE, interne
        """
    ),
    "degree": listed("PH, CCA, PU-PH, interne, IDE, Chef de clinique, Praticien hospitalier, sage-femme"),
    "street": lined(
        """
        {n} rue de {proper}
        {n} rue {proper}
        {n}, rue {proper}
        {n}, rue de la {proper}
        {n} rue du {proper}
        {n} rue des {proper}
        {n} bis rue {proper}
        {n} ter, rue de {proper}
        {n} avenue {proper}
        {n}, avenue de {proper}
        {n} av. {proper}
        {n} av du {proper}
        {n} boulevard {proper}
        {n}, boulevard de {proper}
        {n} bd {proper}
        {n} Bld {proper}
        {n} place {proper}
        {n}, place de {proper}
        {n} allée des {proper}
        {n} chemin de {proper}
        {n} chemin du {proper}
        {n} impasse {proper}
        {n}, impasse des {proper}
        {n} quai {proper}
        {n} cours {proper}
        {n} route de {proper}
        {n} square {proper}
        {n} passage {proper}
        {n} faubourg {proper}
        {n} rue {proper}, bât. @
        {n} rue {proper}, appt ##
        {n} lotissement {proper}
        Résidence {proper}, {n} rue {proper}
        lieu-dit {proper}
        Le Clos {proper}
        BP ####
        Rue {proper} {n}
        Chemin de {proper} {n}
        """
    ),
    "street_proper": listed(
        """
        la République, Victor Hugo, Gambetta, Jean Jaurès, Jules Ferry, Pasteur, Charles de Gaulle, Général Leclerc,
        Maréchal Foch, Voltaire, Émile Zola, Molière, Balzac, Lamartine, Jean Moulin, Pierre Curie, Marie Curie,
        Paris, Lyon, Strasbourg, Verdun, la Gare, l'Église, la Mairie, l'Hôpital, la Liberté, la Paix, la Libération,
        Moulin, Château, Stade, Lavoir, Pont, Port, Lilas, Roses, Tilleuls, Acacias, Cerisiers, Peupliers,
        Marronniers, Platanes, Mimosas, Fontaine, Saint-Michel, Saint-Martin, Saint-Jacques, Notre-Dame,
        Sainte-Catherine, Vauban, Lafayette, Rivoli, Haussmann, Magenta, Sébastopol, Solférino, Aristide Briand,
        Anatole France, Louis Pasteur, Claude Bernard, Ambroise Paré, Léon Blum, Salvador Allende, Frères Lumière,
        Vieux Bourg, Bellevue, Beauséjour, Clemenceau, Thiers, Carnot, Kléber, Racine, George Sand, Grenier, Sablons
        """
    ),
    "city": listed(
        """
        Paris, Marseille, Lyon, Toulouse, Nice, Nantes, Montpellier, Strasbourg, Bordeaux, Lille, Rennes, Reims,
        Toulon, Saint-Étienne, Le Havre, Grenoble, Dijon, Angers, Villeurbanne, Nîmes, Aix-en-Provence,
        Clermont-Ferrand, Le Mans, Brest, Tours, Amiens, Annecy, Limoges, Metz, Boulogne-Billancourt, Perpignan,
        Besançon, Orléans, Rouen, Saint-Denis, Montreuil, Caen, Argenteuil, Mulhouse, Nancy, Tourcoing, Roubaix,
        Nanterre, Vitry-sur-Seine, Créteil, Avignon, Poitiers, Aubervilliers, Asnières-sur-Seine, Versailles,
        Colombes, Aulnay-sous-Bois, Saint-Pierre, Courbevoie, Fort-de-France, Cherbourg-en-Cotentin, Le Tampon,
        Rueil-Malmaison, Champigny-sur-Marne, Béziers, Pau, La Rochelle, Saint-Maur-des-Fossés, Cannes, Calais,
        Antibes, Drancy, Mérignac, Ajaccio, Bastia, Saint-Nazaire, Colmar, Issy-les-Moulineaux, Noisy-le-Grand, Évry,
        Vénissieux, Cergy, Pessac, Levallois-Perret, Valence, Bourges, Quimper, Troyes, Antony, La Seyne-sur-Mer,
        Villeneuve-d'Ascq, Montauban, Chambéry, Niort, Neuilly-sur-Seine, Lorient, Sarcelles, Villejuif, Hyères,
        Beauvais, Cholet, Saint-Quentin, Fréjus, Vannes, Maisons-Alfort, Narbonne, La Roche-sur-Yon, Arles, Épinal,
        Clamart, Meaux, Charleville-Mézières, Chartres, Melun, Évreux, Blois, Albi, Brive-la-Gaillarde, Carcassonne,
        Saint-Malo, Saint-Brieuc, Châteauroux, Châlons-en-Champagne, Belfort, Tarbes, Bayonne, Angoulême, Castres,
        Boulogne-sur-Mer, Arras, Alès, Thionville, Compiègne, Gap, Bourg-en-Bresse, Vienne, Draguignan, Douai,
        Périgueux, Mâcon, Nevers, Auxerre, Agen, Roanne, Saint-Lô, Laval, Alençon, Vichy, Montluçon, Aurillac, Le
        Puy-en-Velay, Rodez, Mende, Cahors, Auch, Foix, Digne-les-Bains, Pointe-à-Pitre, Cayenne, Nouméa, Papeete,
        Bruxelles, Liège, Namur, Charleroi, Mons, Louvain-la-Neuve, Tournai, Arlon, Genève, Lausanne, Fribourg,
        Neuchâtel, Sion, Delémont, Montréal, Québec, Laval-des-Rapides, Gatineau, Longueuil, Sherbrooke,
        Trois-Rivières, Saguenay, Luxembourg, Monaco, Dakar, Abidjan
        """
    ),
    "state": listed(
        """
        Île-de-France, Bretagne, Normandie, Alsace, Lorraine, Grand Est, Bourgogne, Franche-Comté, Auvergne,
        Rhône-Alpes, Occitanie, Nouvelle-Aquitaine, Pays de la Loire, Hauts-de-France, Provence, PACA, Corse,
        Guadeloupe, Martinique, La Réunion, Guyane, Finistère, Morbihan, Isère, Savoie, Val-de-Marne,
        Seine-Saint-Denis, Gironde, Bouches-du-Rhône, Wallonie, canton de Vaud, Québec
        """
    ),
    "country": listed(
        """
        France, Belgique, Suisse, Canada, Maroc, Algérie, Tunisie, Sénégal, Mali, Côte d'Ivoire, Cameroun, Congo,
        Guinée, Burkina Faso, Bénin, Togo, Madagascar, Comores, Haïti, Portugal, Espagne, Italie, Allemagne, Pologne,
        Roumanie, Royaume-Uni, Angleterre, Pays-Bas, Turquie, Syrie, Liban, Égypte, Irak, Iran, Afghanistan, Inde,
        Pakistan, Sri Lanka, Bangladesh, Vietnam, Cambodge, Chine, Japon, Brésil, Colombie, États-Unis, Ukraine,
        Russie, Arménie, Thaïlande
        """
    ),
    "zip": listed("#####, 7####, 0####, 9####, B-####, ####, H#@ #@#"),
    "hospital": lined(
        """
        CHU de {city}
        CHU {city}
        CHU {proper}
        CHRU de {city}
        CH de {city}
        CH {city}
        CHR de {city}
        CHIC de {city}
        Centre Hospitalier de {city}
        Centre Hospitalier Universitaire de {city}
        Centre Hospitalier {proper}
        Centre Hospitalier Intercommunal de {city}
        Hôpital {proper}
        Hôpital {proper}, {city}
        Hôpital de {city}
        Hôpital d'Instruction des Armées {proper}
        Hôpitaux Universitaires de {city}
        Hôpital Privé de {city}
        Hôpital cantonal de {city}
        Hospices Civils de {city}
        Groupe Hospitalier {proper}
        GH {proper}
        GHU {city}
        Clinique {proper}
        Clinique de {city}
        Clinique du {proper}
        Polyclinique {proper}
        Polyclinique de {city}
        Institut {proper}
        Centre {proper}
        Centre de rééducation {proper}
        Centre Léon {proper}
        Maternité {proper}
        EHPAD {proper}
        SSR {proper}
        Maison médicale {proper}
        Maison de santé de {city}
        Cabinet médical {proper}
        CMP de {city}
        Cliniques universitaires {proper}
        """
    ),
    "hospital_proper": listed(
        """
        Pitié-Salpêtrière, Lariboisière, Saint-Louis, Saint-Antoine, Cochin, Necker, Bichat, Beaujon, Bicêtre, Tenon,
        Avicenne, Henri-Mondor, Ambroise-Paré, Raymond-Poincaré, Robert-Debré, Trousseau, Georges-Pompidou,
        Hôtel-Dieu, Foch, Édouard-Herriot, Croix-Rousse, Lyon-Sud, La Timone, Nord, Sainte-Marguerite, Purpan,
        Rangueil, Pellegrin, Haut-Lévêque, Saint-André, Pontchaillou, La Cavale Blanche, Laennec, Lapeyronie,
        Gui-de-Chauliac, Hautepierre, Brabois, Gustave-Roussy, Institut Curie, Bérard, Oscar-Lambret, Paoli-Calmettes,
        Saint-Joseph, Sainte-Anne, Saint-Vincent, Sainte-Marie, Notre-Dame, Saint-Jean, Saint-Luc, Érasme, du Parc,
        des Cèdres, Bellevue, Les Tilleuls, Les Oliviers, Pasteur, Jeanne d'Arc, Marie-Lannelongue, Jacques-Cartier,
        Claude-Bernard, Belledonne, Bretéché, La Colline, Maisonneuve-Rosemont, Sainte-Justine
        """
    ),
    "organization": lined(
        """
        Université de {city}
        Lycée {proper}
        Collège {proper}
        École {proper}
        EHPAD {proper}
        Résidence {proper}
        Foyer {proper}
        Mairie de {city}
        Pharmacie {family}
        Pharmacie de {city}
        Laboratoire {family}
        Entreprise {family}
        Garage {family}
        Boulangerie {family}
        Établissements {family}
        Mutuelle {proper}
        CPAM de {city}
        Tribunal de {city}
        SSIAD de {city}
        Ambulances {family}
        Crèche {proper}
        """
    ),
    "profession": listed(
        """
        institutrice, professeur, professeure des écoles, agriculteur, éleveur, maçon, plombier, électricien,
        menuisier, charpentier, mécanicien, carreleur, peintre en bâtiment, boulanger, boucher, cuisinier, serveuse,
        coiffeuse, caissière, vendeuse, secrétaire, comptable, aide-soignante, infirmière, sage-femme, pharmacien,
        médecin, ingénieur, informaticien, architecte, avocat, notaire, policier, gendarme, militaire, pompier,
        chauffeur routier, chauffeur de taxi, facteur, cheminot, femme de ménage, gardien d'immeuble, agent de
        sécurité, ouvrier, soudeur, mineur retraité, marin-pêcheur, jardinier, viticulteur, retraité, étudiante,
        assistante maternelle, éducateur, musicien, journaliste, prêtre, couturière, manutentionnaire
        """
    ),
    "phone": lined(
        """
        0# ## ## ## ##
        01 ## ## ## ##
        02.##.##.##.##
        06 ## ## ## ##
        07.##.##.##.##
        06########
        05-##-##-##-##
        +33 # ## ## ## ##
        +33 6 ## ## ## ##
        +33 (0)# ## ## ## ##
        0033 # ## ## ## ##
        +32 # ### ## ##
        04## ## ## ##
        +41 22 ### ## ##
        022 ### ## ##
        514 ###-####
        """
    ),
    "mrn": lined(
        """
        ########
        ##########
        #######
        #### ###
        ##-######
        @#######
        """
    ),
    "ssn": lined(
        """
        # ## ## ## ### ### ##
        1 ## ## ## ### ### ##
        2 ## ## ## ### ### ##
        1##############
        2##############
        2 ## ## ## ### ###
        756.####.####.##
        ##.##.##-###.##
        """
    ),
    "health_plan": lined(
        """
        # ## ## ## ### ### ##
        ##########
        ########
        @@@@ #### ####
        MUT-######
        """
    ),
    "license": lined(
        """
        10#########
        ###########
        ## # ##### #
        #########
        """
    ),
    "vehicle": lined(
        """
        @@-###-@@
        @@ ### @@
        #### @@ ##
        @@###@@
        """
    ),
    "device": lined(
        """
        ########
        @@@######@
        ######
        ##########
        @####
        """
    ),
    "id": lined(
        """
        ##-#####
        ##@#####
        ########
        @##-#####
        ####/##
        ##H######
        """
    ),
    "account": lined(
        """
        ##########
        ########
        FR## #### #### #### #### #### ###
        #########
        """
    ),
    "email_domain": listed(
        """
        gmail.com, orange.fr, wanadoo.fr, free.fr, sfr.fr, laposte.net, hotmail.fr, yahoo.fr, chu-ville.fr, aphp.fr,
        ch-exemple.fr, chu.example, hcuge.ch, skynet.be, videotron.ca, medecin.mssante.fr
        """
    ),
    "cultures": listed("french, french, french, french, arabic, west_african, portuguese"),
    "small": listed("1, 2, 3, 4, 5, 6, 8, 10, 12, 14, deux, trois, quatre"),
}
