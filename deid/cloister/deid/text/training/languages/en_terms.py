"""English words and layouts that fill the slots of the carrier text."""

from __future__ import annotations

from collections.abc import Mapping

from cloister.deid.text.training.carriers import lined
from cloister.deid.text.training.names.listed import listed

TERMS: Mapping[str, tuple[str, ...]] = {
    "drug": listed(
        """
        amiodarone, metformin, lisinopril, atorvastatin, metoprolol, amlodipine, warfarin, apixaban, rivaroxaban,
        heparin, enoxaparin, aspirin, clopidogrel, ticagrelor, furosemide, torsemide, bumetanide, spironolactone,
        hydrochlorothiazide, chlorthalidone, losartan, valsartan, sacubitril-valsartan, carvedilol, bisoprolol,
        diltiazem, verapamil, digoxin, sotalol, flecainide, insulin glargine, insulin lispro, semaglutide,
        liraglutide, dulaglutide, empagliflozin, dapagliflozin, sitagliptin, glipizide, levothyroxine, methimazole,
        prednisone, methylprednisolone, dexamethasone, hydrocortisone, fludrocortisone, albuterol, ipratropium,
        tiotropium, budesonide, fluticasone, montelukast, omeprazole, pantoprazole, famotidine, ondansetron,
        metoclopramide, promethazine, docusate, senna, polyethylene glycol, lactulose, loperamide, mesalamine,
        infliximab, adalimumab, etanercept, rituximab, tocilizumab, ustekinumab, methotrexate, azathioprine,
        mycophenolate, tacrolimus, cyclosporine, hydroxychloroquine, sulfasalazine, leflunomide, colchicine,
        allopurinol, febuxostat, acetaminophen, ibuprofen, naproxen, ketorolac, celecoxib, tramadol, oxycodone,
        hydrocodone, morphine, hydromorphone, fentanyl, methadone, buprenorphine, naloxone, gabapentin, pregabalin,
        duloxetine, amitriptyline, nortriptyline, sertraline, fluoxetine, escitalopram, citalopram, venlafaxine,
        bupropion, mirtazapine, trazodone, lithium, valproate, lamotrigine, levetiracetam, carbamazepine, phenytoin,
        topiramate, lorazepam, diazepam, clonazepam, midazolam, propofol, ketamine, etomidate, rocuronium,
        succinylcholine, haloperidol, quetiapine, olanzapine, risperidone, aripiprazole, clozapine, donepezil,
        memantine, carbidopa-levodopa, ropinirole, pramipexole, sumatriptan, propranolol, baclofen, tizanidine,
        cyclobenzaprine, amoxicillin, amoxicillin-clavulanate, ampicillin-sulbactam, piperacillin-tazobactam,
        cefazolin, ceftriaxone, cefepime, cephalexin, meropenem, vancomycin, linezolid, daptomycin, clindamycin,
        doxycycline, azithromycin, levofloxacin, ciprofloxacin, metronidazole, nitrofurantoin,
        trimethoprim-sulfamethoxazole, fluconazole, micafungin, voriconazole, acyclovir, valacyclovir, oseltamivir,
        remdesivir, ganciclovir, tenofovir, emtricitabine, dolutegravir, rifampin, isoniazid, ethambutol,
        pyrazinamide, cisplatin, carboplatin, paclitaxel, docetaxel, doxorubicin, cyclophosphamide, vincristine,
        bortezomib, lenalidomide, pembrolizumab, nivolumab, trastuzumab, bevacizumab, imatinib, ibrutinib, tamoxifen,
        letrozole, anastrozole, leuprolide, goserelin, denosumab, alendronate, zoledronic acid, calcium carbonate,
        vitamin D3, ferrous sulfate, cyanocobalamin, folic acid, potassium chloride, magnesium oxide, epoetin,
        filgrastim, norepinephrine, vasopressin, dobutamine, milrinone, nitroglycerin, hydralazine, isosorbide
        mononitrate, clonidine, tamsulosin, finasteride, oxybutynin, sildenafil, estradiol, medroxyprogesterone,
        testosterone, oxytocin, magnesium sulfate, terbutaline, alteplase, tenecteplase, octreotide, thiamine,
        Lipitor, Plavix, Eliquis, Xarelto, Coumadin, Lasix, Lovenox, Toprol XL, Coreg, Norvasc, Diovan, Cozaar,
        Entresto, Jardiance, Farxiga, Ozempic, Trulicity, Lantus, Humalog, Novolog, Januvia, Glucophage, Synthroid,
        Advair, Symbicort, Spiriva, Singulair, ProAir, Ventolin, Nexium, Prilosec, Protonix, Pepcid, Zofran, Reglan,
        Tylenol, Motrin, Advil, Aleve, Toradol, Celebrex, Percocet, Norco, Vicodin, Dilaudid, OxyContin, Suboxone,
        Narcan, Neurontin, Lyrica, Cymbalta, Zoloft, Prozac, Lexapro, Celexa, Effexor, Wellbutrin, Remeron, Ambien,
        Xanax, Ativan, Valium, Klonopin, Haldol, Seroquel, Zyprexa, Risperdal, Abilify, Depakote, Keppra, Dilantin,
        Tegretol, Lamictal, Topamax, Sinemet, Aricept, Namenda, Imitrex, Botox, Humira, Enbrel, Remicade, Stelara,
        Rituxan, Keytruda, Opdivo, Herceptin, Avastin, Gleevec, Revlimid, Velcade, Neulasta, Prolia, Fosamax, Flomax,
        Proscar, Viagra, Cialis, Premarin, Depo-Provera, Mirena, Augmentin, Zosyn, Rocephin, Keflex, Bactrim,
        Levaquin,
        Cipro, Flagyl, Diflucan, Valtrex, Tamiflu, Paxlovid, Biktarvy, Truvada, Benadryl, Zyrtec, Claritin, Allegra,
        Flonase, Medrol Dosepak, Decadron, Solu-Medrol, Kenalog, Colace, Miralax, Dulcolax, Imodium, Tums, Maalox
        """
    ),
    "people": listed(
        """
        African American, Asian, Hispanic, Latina, Ashkenazi Jewish, Korean, Japanese, Chinese, Filipino, Vietnamese,
        South Asian, Indian, Pakistani, Arab, Turkish, Persian, Greek, Italian, Irish, Scottish, Scandinavian, Finnish,
        Icelandic, German, French, Polish, Russian, Ukrainian, Hungarian, Mexican, Puerto Rican, Cuban, Dominican,
        Haitian, Jamaican, Brazilian, Peruvian, Nigerian, Ethiopian, Somali, Kenyan, Ghanaian, Egyptian, Moroccan,
        Native American, Pacific Islander, Samoan, Hawaiian, Aboriginal, Inuit, Roma, Kurdish, Lebanese, Thai, Hmong,
        Cambodian, Indonesian, Malay, Caribbean, European, Mediterranean, East Asian, sub-Saharan African, Black, white
        """
    ),
    "region": listed(
        """
        Africa, Asia, Europe, South America, Latin America, Central America, North America, Southeast Asia, East Africa,
        West Africa, the Middle East, the Caribbean, the Mediterranean, the Balkans, Oceania, the tropics, Scandinavia,
        the United States, the United Kingdom, the Amazon basin, the Sahel, the Gulf, the Great Lakes, the Southwest
        """
    ),
    "trial": listed(
        """
        ALLHAT, COURAGE, ISCHEMIA, PLATO, TRITON, ARISTOTLE, ROCKET AF, RE-LY, ENGAGE AF, AFFIRM, CASTLE-AF, COAPT,
        MITRA-FR, PARTNER 3, SURTAVI, EAST-AFNET 4, FOURIER, ODYSSEY, IMPROVE-IT, REDUCE-IT, STRENGTH, ACCORD, ADVANCE,
        LEADER, SUSTAIN-6, REWIND, EMPA-REG OUTCOME, CANVAS, DECLARE, VERTIS, STEP 1, SURMOUNT-1, SELECT, FLOW, FIDELIO,
        FIGARO, ARDSnet, PROSEVA, ROSE, ANDROMEDA, ProCESS, ARISE, ProMISe, SMART, BaSICS, CLASSIC, CLOVERS, NICE-SUGAR,
        HYPRESS, ADRENAL, APROCCHSS, TTM2, CRASH-2, CRASH-3, MR CLEAN, DAWN, DEFUSE 3, NINDS, ECASS III, POINT, CHANCE,
        ARUBA, CHARM, MERIT-HF, COPERNICUS, RALES, EMPHASIS, TOPCAT, KEYNOTE-189, CheckMate 067, FLAURA,
        ALEX, MONALEESA-2,
        APHINITY, KATHERINE, DESTINY-Breast03, SOLO-1, PRIMA, STAMPEDE, CHAARTED, LATITUDE, POLO, IDEA,
        CROSS, FLOT4, ESPAC-4,
        NSABP B-31, Z0011, MINDACT, TAILORx, DIG, CAST, HERS, WHI, MESA, ARIC, NHANES
        """
    ),
    "maker": listed(
        """
        Medtronic, Abbott, Boston Scientific, Philips, Siemens, GE, Baxter, Stryker, Zimmer, DePuy, Smith &
        Nephew, Roche,
        Pfizer, Merck, Novartis, Sanofi, Bayer, Lilly, Novo Nordisk, AstraZeneca, Moderna, Teva, Gilead,
        Amgen, Genentech,
        Dexcom, Tandem, Insulet, Omron, Welch Allyn, Hillrom, Fresenius, DaVita, ResMed, Cochlear, Teleflex, Cook, Bard,
        Edwards, Terumo, Olympus, Karl Storz, Da Vinci, Epic, Cerner, Google, Apple, Fitbit, Garmin, Quest, Labcorp
        """
    ),
    "figure": listed(
        """
        Hippocrates, Galen, Pasteur, Koch, Lister, Fleming, Jenner, Nightingale, Osler, Halsted, Harvey,
        Vesalius, Freud,
        Jung, Piaget, Pavlov, Darwin, Mendel, Virchow, Semmelweis, Salk, Sabin, Banting, Curie, Roentgen, Snow, Erikson,
        Maslow, Skinner, Kubler-Ross, Florence Nightingale, Louis Pasteur, Alexander Fleming, Marie Curie, Edward Jenner
        """
    ),
    "disease": listed(
        """
        hypertension, type 2 diabetes, type 1 diabetes mellitus, coronary artery disease, heart failure with reduced
        ejection fraction, HFpEF, atrial fibrillation, atrial flutter, ventricular tachycardia, deep vein thrombosis,
        pulmonary embolism, stroke, transient ischemic attack, subarachnoid hemorrhage, epilepsy, migraine, multiple
        sclerosis, myasthenia gravis, dementia, delirium, major depressive disorder, generalized anxiety disorder,
        bipolar disorder, schizophrenia, PTSD, alcohol use disorder, opioid use disorder, asthma, COPD, pneumonia,
        community-acquired pneumonia, bronchiectasis, pulmonary fibrosis, sarcoidosis, obstructive sleep apnea,
        tuberculosis, COVID-19, influenza, sepsis, septic shock, cellulitis, osteomyelitis, endocarditis, meningitis,
        urinary tract infection, pyelonephritis, acute kidney injury, chronic kidney disease stage 3b, ESRD,
        nephrolithiasis, glomerulonephritis, nephrotic syndrome, cirrhosis, hepatitis C, hepatic encephalopathy,
        pancreatitis, cholecystitis, choledocholithiasis, diverticulitis, appendicitis, small bowel obstruction,
        gastroparesis, GERD, peptic ulcer disease, celiac disease, ulcerative colitis, irritable bowel syndrome,
        hypothyroidism, hyperthyroidism, adrenal insufficiency, diabetic ketoacidosis, hyponatremia, hyperkalemia,
        hypercalcemia, osteoporosis, gout, rheumatoid arthritis, systemic lupus erythematosus, ankylosing
        spondylitis, psoriatic arthritis, vasculitis, giant cell arteritis, polymyalgia rheumatica, fibromyalgia,
        osteoarthritis, iron deficiency anemia, sickle cell disease, thalassemia, hemophilia A, immune
        thrombocytopenia, multiple myeloma, acute myeloid leukemia, chronic lymphocytic leukemia, diffuse large
        B-cell lymphoma, breast cancer, prostate cancer, colon cancer, lung adenocarcinoma, pancreatic cancer,
        melanoma, glioblastoma, bladder cancer, ovarian cancer, cervical cancer, renal cell carcinoma, thyroid
        nodule, preeclampsia, gestational diabetes, placenta previa, endometriosis, polycystic ovary syndrome,
        benign prostatic hyperplasia, erectile dysfunction, glaucoma, macular degeneration, cataract, retinal
        detachment, eczema, psoriasis, shingles, rosacea, urticaria, anaphylaxis, autism spectrum disorder, ADHD,
        cystic fibrosis, muscular dystrophy, spinal stenosis, carpal tunnel syndrome, rotator cuff tear, hip
        fracture, plantar fasciitis, hyperlipidemia, obesity, peripheral neuropathy, aortic stenosis, mitral
        regurgitation, abdominal aortic aneurysm, peripheral artery disease, pericarditis, myocarditis, syncope
        """
    ),
    "eponym": listed(
        """
        Parkinson's disease, Parkinson disease, Alzheimer's disease, Alzheimer dementia, Crohn's disease, Crohn
        disease, Hodgkin lymphoma, non-Hodgkin's lymphoma, Cushing's syndrome, Cushing disease, Addison's disease,
        Addisonian crisis, Graves' disease, Graves disease, Hashimoto's thyroiditis, Hashimoto thyroiditis, Bell's
        palsy, Down syndrome, Turner syndrome, Klinefelter syndrome, Marfan syndrome, Ehlers-Danlos syndrome,
        Guillain-Barré syndrome, Raynaud's phenomenon, Sjögren's syndrome, Behçet disease, Kawasaki disease,
        Wilson's disease, Huntington's disease, Tourette syndrome, Lou Gehrig's disease, Charcot-Marie-Tooth, Lewy
        body dementia, Wernicke encephalopathy, Korsakoff syndrome, Creutzfeldt-Jakob disease, Meniere's disease,
        Barrett's esophagus, Meckel's diverticulum, Zenker's diverticulum, Hirschsprung disease, Mallory-Weiss tear,
        Budd-Chiari syndrome, Gilbert's syndrome, Zollinger-Ellison syndrome, Peutz-Jeghers syndrome, Lynch
        syndrome, Li-Fraumeni syndrome, von Willebrand disease, von Hippel-Lindau, Goodpasture syndrome, Wegener's
        granulomatosis, Henoch-Schönlein purpura, Berger's disease, Alport syndrome, Fanconi anemia,
        Diamond-Blackfan anemia, Waldenström macroglobulinemia, Burkitt lymphoma, Ewing sarcoma, Wilms tumor, Kaposi
        sarcoma, Merkel cell carcinoma, Paget's disease, Dupuytren contracture, Osgood-Schlatter, Legg-Calvé-Perthes,
        de Quervain tenosynovitis, Baker's cyst, Colles fracture, Lisfranc injury, Bennett fracture, Achilles
        tendinitis, Morton's neuroma, Takotsubo cardiomyopathy, Brugada syndrome, Wolff-Parkinson-White, Dressler
        syndrome, Eisenmenger syndrome, tetralogy of Fallot, Ebstein anomaly, Takayasu arteritis, Buerger's disease,
        May-Thurner syndrome, Stevens-Johnson syndrome, Bowen's disease, Fournier gangrene, Ludwig's angina, Lyme
        disease, Rocky Mountain spotted fever, West Nile virus, Chagas disease, Whipple's disease, Hansen's disease,
        Ramsay Hunt syndrome, Horner syndrome, Sheehan syndrome, Conn's syndrome, Bartter syndrome, Gitelman
        syndrome, Liddle syndrome, Gaucher disease, Fabry disease, Pompe disease, Tay-Sachs, Niemann-Pick, Hurler
        syndrome, Rett syndrome, Angelman syndrome, Prader-Willi syndrome, DiGeorge syndrome, Noonan syndrome,
        Asherman syndrome, Stein-Leventhal, Sweet syndrome, Still's disease, Reiter's, Felty syndrome, Caplan
        syndrome, Pott disease, Chiari malformation, Arnold-Chiari, Dandy-Walker, Sturge-Weber, von Recklinghausen
        disease, Lambert-Eaton, Miller Fisher, Todd's paralysis, Brown-Séquard, Babinski sign, positive Babinski,
        Murphy's sign, McBurney's point tenderness, Rovsing sign, Kernig, Brudzinski's sign, Homans sign, Romberg
        test, Trendelenburg position, Phalen's test, Tinel's sign, Lachman test, McMurray test, Hawkins test,
        Finkelstein's test, Spurling maneuver, Dix-Hallpike maneuver, Epley maneuver, Valsalva, Kussmaul breathing,
        Cheyne-Stokes respirations, Osler nodes, Janeway lesions, Roth spots, Heberden nodes, Cullen's sign, Grey
        Turner sign, Chvostek sign, Trousseau's sign, Virchow node, Courvoisier, Kerley B lines, Hampton hump, Auer
        rods, Reed-Sternberg cells, Howell-Jolly bodies, Bence Jones protein, Heinz bodies, Pap smear, Coombs test,
        Gram stain, Wright stain, Papanicolaou, Western blot, Foley catheter, Foley, Swan-Ganz catheter, Hickman
        catheter, Broviac, Port-a-Cath, Jackson-Pratt drain, JP drain, Penrose drain, Blake drain, Yankauer suction,
        Kelly clamp, Kocher, Bovie, DeBakey forceps, Allis clamps, Steri-Strips, Dermabond, Kerlix, Ace wrap, Unna
        boot, CAM boot, Miami J collar, Aspen collar, Philadelphia collar, Hoyer lift, Doppler, Holter monitor,
        Bruce protocol, Kirschner wires, Steinmann pin, Roux-en-Y, Whipple procedure, Nissen fundoplication, Heller
        myotomy, Billroth II, Hartmann procedure, Ivor Lewis esophagectomy, Bentall, Fontan, Glenn shunt, Norwood,
        Blalock-Taussig shunt, Mohs surgery, McDonald cerclage, Burch, Kegel exercises, Lamaze, Leopold maneuvers,
        Braxton Hicks contractions, Mirena, Bakri balloon, Ringer's lactate, Hartmann's solution, Kayexalate
        """
    ),
    "scale": listed(
        """
        Glasgow Coma Scale, GCS, Apgar, APGARs, Apgar scores 8 and 9, Braden scale, Braden score, Morse Fall Scale,
        Norton scale, Wells score, Geneva score, CHA2DS2-VASc, HAS-BLED, CURB-65, qSOFA, SOFA score, APACHE II,
        MELD-Na, Child-Pugh class B, Ranson criteria, Glasgow-Blatchford score, Rockall, Killip class II, NYHA class
        III, NIH Stroke Scale, NIHSS, modified Rankin, Hunt and Hess grade 3, Fisher grade, Karnofsky, ECOG
        performance status 1, Gleason 3+4, Gleason score, Clark level IV, Breslow depth, Dukes B, Ann Arbor stage
        III, Fontaine, Rutherford, Mallampati II, ASA class 3, Cormack-Lehane, Bishop score, Tanner stage 4,
        Ballard, Silverman, Finnegan, CIWA, COWS, RASS -2, PHQ-9, GAD-7, MoCA, MMSE, Beck Depression Inventory,
        Hamilton, Edinburgh Postnatal Depression Scale, AUDIT-C, CAGE, Katz, Lawton, Barthel index, Berg Balance
        Scale, Tinetti, Timed Up and Go, Wong-Baker FACES, Bristol stool type 4, Framingham risk, TIMI score, GRACE,
        HEART score, PERC, Centor, Alvarado, Bosniak IIF, BI-RADS 4, PI-RADS 5, LI-RADS 3, Lung-RADS 2, TI-RADS,
        Kellgren-Lawrence grade 3, Salter-Harris II, Garden III, Gustilo, Fitzpatrick type III, Hurley stage II,
        Schirmer, Snellen, Ishihara, Epworth Sleepiness Scale, STOP-BANG, Duke criteria, Light's criteria, Rome IV,
        Rotterdam criteria, McDonald criteria, Beers criteria, Fleischner guidelines, Milan criteria
        """
    ),
    "anatomy": listed(
        """
        abdomen, chest, left lower extremity, right knee, lumbar spine, cervical spine, right hip, left shoulder,
        neck, head, pelvis, right upper quadrant, left lower lobe, right middle lobe, heart, liver, spleen, kidneys,
        gallbladder, pancreas, bladder, prostate, uterus, ovaries, thyroid, brain, temporal lobe, frontal lobe,
        cerebellum, basal ganglia, thalamus, brainstem, spinal cord, aorta, carotid arteries, femoral artery, left
        anterior descending, circumflex, right coronary artery, vena cava, portal vein, esophagus, stomach, duodenum,
        jejunum, ileum, cecum, sigmoid colon, rectum, anus, circle of Willis, fossa of Rosenmüller, pouch of Douglas,
        Bartholin gland, fallopian tube, Eustachian tube, Achilles tendon, Broca's area, sphincter of Oddi, bundle
        of His, Purkinje fibers, Bowman's capsule, loop of Henle, islets of Langerhans, Peyer's patches, Cooper's
        ligament, Hesselbach triangle, Sylvian fissure, foramen of Monro, Adam's apple, ankle, wrist, elbow, forearm,
        thigh, calf, toes, fingers, scalp, face, oropharynx, tonsils, tongue, ears, tympanic membranes, nose, sinuses,
        eyes, cornea, retina, skin, lymph nodes, axilla, groin, sacrum, coccyx, femur, tibia, fibula, humerus, radius,
        ulna, clavicle, sternum, ribs, mandible, maxilla
        """
    ),
    "symptom": listed(
        """
        chest pain, shortness of breath, palpitations, syncope, dizziness, headache, nausea and vomiting, abdominal
        pain, diarrhea, constipation, melena, hematochezia, hematuria, dysuria, urinary frequency, fever, chills,
        night sweats, weight loss, fatigue, weakness, numbness, tingling, blurred vision, double vision, hearing
        loss, tinnitus, sore throat, cough, wheezing, hemoptysis, leg swelling, joint pain, back pain, neck pain,
        rash, itching, easy bruising, insomnia, anxiety, depressed mood, suicidal ideation, memory loss, confusion,
        tremor, gait instability, falls, seizures, heartburn, dysphagia, bloating, vaginal bleeding, pelvic pain,
        hot flashes, erectile dysfunction, polyuria, polydipsia, heat intolerance, cold intolerance, dry mouth, dry
        eyes, oral ulcers, hair loss, lower extremity edema, orthopnea, exertional dyspnea, claudication, snoring,
        runny nose, congestion, ear pain, eye discharge, swelling of the ankle, knee pain, shoulder pain
        """
    ),
    "procedure": listed(
        """
        colonoscopy, upper endoscopy, EGD, ERCP, bronchoscopy, cardiac catheterization, PCI, coronary artery bypass
        grafting, CABG x3, echocardiogram, transesophageal echo, stress test, EKG, CT head without contrast, CT
        abdomen and pelvis, CT angiogram, MRI brain, MRI lumbar spine, chest x-ray, ultrasound, mammogram, DEXA scan,
        PET-CT, biopsy, fine needle aspiration, lumbar puncture, thoracentesis, paracentesis, central line placement,
        intubation, tracheostomy, PEG tube placement, hemodialysis, blood transfusion, laparoscopic cholecystectomy,
        appendectomy, hernia repair, right hemicolectomy, total knee arthroplasty, total hip replacement, ORIF,
        arthroscopy, spinal fusion, laminectomy, craniotomy, thyroidectomy, mastectomy, lumpectomy, sentinel lymph
        node biopsy, hysterectomy, cesarean section, D&C, tubal ligation, TURP, cystoscopy, lithotripsy,
        prostatectomy, nephrectomy, kidney transplant, pacemaker placement, ICD implantation, ablation, cardioversion,
        carotid endarterectomy, angioplasty, amputation, wound debridement, skin graft, cataract extraction,
        tonsillectomy, sleep study, EEG, EMG, pulmonary function tests, allergy testing, physical therapy,
        chemotherapy,
        radiation therapy, vaccination
        """
    ),
    "lab": listed(
        """
        hemoglobin, hematocrit, WBC, platelets, sodium, potassium, chloride, bicarbonate, BUN, creatinine, glucose,
        calcium, magnesium, phosphorus, albumin, total bilirubin, AST, ALT, alkaline phosphatase, lipase, amylase,
        troponin, BNP, NT-proBNP, D-dimer, INR, PTT, fibrinogen, lactate, procalcitonin, CRP, ESR, ferritin, iron,
        TIBC, vitamin B12, folate, TSH, free T4, hemoglobin A1c, LDL, HDL, triglycerides, total cholesterol, PSA,
        CEA, CA-125, AFP, hCG, cortisol, ACTH, PTH, vitamin D, urinalysis, urine protein, urine creatinine, ANA,
        rheumatoid factor, anti-CCP, complement C3, HIV, hepatitis B surface antigen, RPR, blood culture, urine
        culture, CSF protein, pH, pCO2, pO2, oxygen saturation, eGFR, MCV, RDW, reticulocytes, haptoglobin, LDH, CK,
        uric acid, ammonia, tacrolimus level, vancomycin trough, digoxin level, MPV, neutrophils, lymphocytes,
        eosinophils, HbA1c, Na, K, Cl, HCO3, Cr, Hgb, Hct, Plt
        """
    ),
    "microbe": listed(
        """
        Escherichia coli, E. coli, Staphylococcus aureus, S. aureus, MRSA, MSSA, Streptococcus pneumoniae, group B
        strep, Streptococcus pyogenes, Enterococcus faecalis, VRE, Klebsiella pneumoniae, Pseudomonas aeruginosa,
        Acinetobacter baumannii, Proteus mirabilis, Enterobacter cloacae, Serratia marcescens, Clostridioides
        difficile, C. diff, Bacteroides fragilis, Listeria monocytogenes, Legionella, Mycoplasma, Chlamydia
        trachomatis, Neisseria gonorrhoeae, N. meningitidis, Haemophilus influenzae, Moraxella, Bordetella, Salmonella
        typhi, Shigella, Campylobacter jejuni, Helicobacter pylori, H. pylori, Borrelia burgdorferi, Treponema
        pallidum, Bartonella henselae, Rickettsia, Coxiella burnetii, Mycobacterium avium, Candida albicans, C. auris,
        Aspergillus fumigatus, Cryptococcus neoformans, Histoplasma, Coccidioides, Pneumocystis jirovecii, Toxoplasma
        gondii, Giardia lamblia, Plasmodium falciparum, Trypanosoma cruzi, Epstein-Barr virus, CMV, HSV-1, RSV, HIV-1,
        HPV 16, SARS-CoV-2, norovirus, rotavirus, Coxsackie virus, hantavirus, Zika
        """
    ),
    "gene": listed(
        """
        BRCA1, BRCA2, EGFR, ALK, ROS1, KRAS G12C, BRAF V600E, TP53, HER2, PIK3CA, MLH1, MSH2, APC, JAK2 V617F,
        BCR-ABL, FLT3-ITD, NPM1, IDH1, CFTR, DeltaF508, HFE, C282Y, factor V Leiden, prothrombin G20210A, MTHFR,
        HLA-B27, HLA-B*5701, CYP2C19, CYP2D6, TPMT, PD-L1, MGMT, NTRK, RET, MET exon 14, SMN1, DMD, FMR1, APOE e4,
        LRRK2, CD20, CD34, Ki-67, ER/PR, p16, p53, MYC, BCL2, 1p/19q, t(9;22), del(17p), trisomy 21, 46,XX
        """
    ),
    "guideline": listed(
        """
        AHA, ACC/AHA, ADA, WHO, CDC, FDA, USPSTF, NICE, ESC, ACOG, ACR, IDSA, NCCN, ASCO, AAP, AASLD, KDIGO, GOLD,
        GINA, ATS, CHEST, ACG, AUA, AAN, AAD, ASA, Surviving Sepsis, Joint Commission, JNC 8, UpToDate, Cochrane,
        PubMed, DSM-5, ICD-10, SNOMED CT, LOINC, CPT, HIPAA, Medicare, Medicaid, NEJM, Lancet, ATLS, ACLS, BLS, PALS
        """
    ),
    "device_model": listed(
        """
        Medtronic MiniMed 780G, Dexcom G6, FreeStyle Libre 2, Omnipod 5, Tandem t:slim X2, Boston Scientific
        Watchman, Abbott MitraClip, Edwards Sapien 3, St. Jude mechanical valve, Impella CP, HeartMate 3, LVAD,
        Philips Respironics, ResMed AirSense 10, BiPAP, CPAP, Hamilton G5 ventilator, Alaris pump, Zoll LifeVest,
        Siemens Somatom, GE Optima, Da Vinci Xi, Stryker Triathlon, Zimmer Biomet, DePuy Pinnacle, Smith & Nephew,
        Xience stent, Cypher stent, Micra leadless pacemaker, Inspire implant, Cochlear Nucleus, wound VAC, Bair
        Hugger, Accu-Chek, OneTouch Verio, Hemovac, Bard PowerPort, Ethicon mesh, Nexplanon, ParaGard
        """
    ),
    "specialty": listed(
        """
        cardiology, neurology, nephrology, gastroenterology, pulmonology, endocrinology, hematology, oncology,
        infectious disease, rheumatology, dermatology, psychiatry, general surgery, vascular surgery, orthopedics,
        neurosurgery, urology, ENT, ophthalmology, OB/GYN, pediatrics, geriatrics, palliative care, physical therapy,
        occupational therapy, speech pathology, nutrition, social work, case management, wound care, pain management,
        radiology, pathology, anesthesia, emergency medicine, internal medicine, family medicine, primary care,
        pharmacy, interventional radiology
        """
    ),
    "heading": listed(
        """
        HISTORY OF PRESENT ILLNESS, PAST MEDICAL HISTORY, PAST SURGICAL HISTORY, FAMILY HISTORY, SOCIAL HISTORY,
        MEDICATIONS, ALLERGIES, REVIEW OF SYSTEMS, PHYSICAL EXAM, PHYSICAL EXAMINATION, VITAL SIGNS, LABORATORY DATA,
        IMAGING, ASSESSMENT AND PLAN, ASSESSMENT, PLAN, IMPRESSION, FINDINGS, TECHNIQUE, COMPARISON, INDICATION,
        CLINICAL HISTORY, HOSPITAL COURSE, DISCHARGE DIAGNOSES, DISCHARGE MEDICATIONS, DISCHARGE INSTRUCTIONS,
        CONDITION ON DISCHARGE, DISPOSITION, FOLLOW-UP, CHIEF COMPLAINT, REASON FOR CONSULTATION, RECOMMENDATIONS,
        PROCEDURE, PREOPERATIVE DIAGNOSIS, POSTOPERATIVE DIAGNOSIS, ANESTHESIA, ESTIMATED BLOOD LOSS, COMPLICATIONS,
        SPECIMENS, GROSS DESCRIPTION, MICROSCOPIC DESCRIPTION, FINAL DIAGNOSIS, Subjective, Objective, Assessment,
        Plan, Chief Complaint, History of Present Illness, Past Medical History, Social History, Family History,
        Medications, Allergies, Review of Systems, Physical Exam, Labs, Imaging, Hospital Course, General, HEENT,
        Neck, Lungs, Heart, Abdomen, Extremities, Neuro, Skin, Psych, Musculoskeletal, Immunizations, Code Status,
        Diet, Activity, Wound Care, Neurologic, Cardiovascular, Respiratory, Gastrointestinal, Genitourinary
        """
    ),
    "dose_form": lined(
        """
        {dose} daily
        {dose} PO BID
        {dose} by mouth twice a day
        {dose} IV q8h
        {dose} po qhs
        {dose} tid prn
        {dose} q6h PRN pain
        {dose} SQ weekly
        {dose}
        {dose} at bedtime
        1 tab po daily
        2 puffs q4h prn
        one tablet every morning
        10 units subcutaneously at night
        """
    ),
    "code": lined(
        """
        ICD-10 I48.91
        ICD-10 code E11.9
        I10
        E78.5
        J44.1
        N18.31
        Z79.4
        CPT 99214
        CPT 45378
        LOINC 4548-4
        SNOMED 44054006
        DRG 291
        HCPCS G0439
        F32.1
        M54.50
        C50.911
        """
    ),
    "duration": lined(
        """
        three weeks ago
        two days ago
        {small} days ago
        {small} weeks ago
        several months ago
        about a year ago
        over the past {small} months
        for the last {small} years
        for {small} weeks
        since childhood
        in the last 24 hours
        within 30 minutes
        48 hours later
        this morning
        last night
        earlier today
        yesterday
        tomorrow
        {small} years
        every {small} hours
        in {small} months
        on postoperative day {small}
        on hospital day #{small}
        on POD {small}
        at {small} weeks gestation
        since her teens
        next week
        last month
        a few hours prior to arrival
        """
    ),
    "small": listed("1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 14, two, three, four, five, six, eight, ten"),
    "sex": listed("male, female, man, woman, M, F, gentleman, lady, boy, girl"),
    "adult": listed("male, female, man, woman, gentleman, lady"),
    "kin": listed(
        """
        wife, husband, son, daughter, mother, father, sister, brother, partner, spouse, niece, nephew, grandson,
        granddaughter, grandmother, aunt, uncle, cousin, friend, neighbor, roommate, fiancé, stepfather,
        mother-in-law,
        caregiver, guardian, girlfriend, boyfriend
        """
    ),
    "sexletter": listed("F, M, F, M, f, m"),
    "decade": listed("twenties, thirties, forties, fifties, sixties, seventies, eighties, 40s, 50s, 60s, 70s"),
    "pronoun": listed("He, She, The patient, Patient, Pt, They"),
    "poss": listed("his, her, their"),
    "race": listed(
        """
        African American, Caucasian, Hispanic, Asian, white, Black, Latino, Native American, Middle Eastern, Jewish,
        Catholic, Spanish-speaking, Mandarin-speaking, Vietnamese, Haitian Creole
        """
    ),
    "clinician": listed(
        """
        attending, resident, intern, nurse, charge nurse, hospitalist, cardiologist, PCP, primary care physician,
        surgeon, oncologist, neurologist, nephrologist, pharmacist, social worker, case manager, physical therapist,
        anesthesiologist, radiologist, pathologist, covering physician, on-call fellow, psychiatrist, dietitian
        """
    ),
    "normal": listed(
        """
        Alert and oriented x3, No acute distress, Normocephalic atraumatic, Pupils equal round and reactive to light,
        Extraocular movements intact, Mucous membranes moist, Supple no JVD, Clear to auscultation bilaterally,
        Regular
        rate and rhythm, No murmurs rubs or gallops, Soft nontender nondistended, Bowel sounds present, No clubbing
        cyanosis or edema, Cranial nerves II-XII intact, Strength 5/5 throughout, Reflexes 2+ symmetric, Sensation
        intact to light touch, Gait normal, No rashes, Mood and affect appropriate, PERRLA, EOMI, NAD, CTAB, RRR,
        NABS, MAEW, A&Ox4, Within normal limits, Unremarkable, Noncontributory, Deferred, Negative, None known, NKDA
        """
    ),
    "month": listed("January, February, March, April, May, June, July, August, September, October, November, December"),
    "month_short": listed("Jan, Feb, Mar, Apr, May, Jun, Jul, Aug, Sep, Oct, Nov, Dec"),
    "weekday": listed("Monday, Tuesday, Wednesday, Thursday, Friday, Saturday, Sunday"),
    "date": lined(
        """
        {m}/{d}/{yyyy}
        {m}/{d}/{yy}
        {mm}/{dd}/{yyyy}
        {mm}/{dd}/{yy}
        {mm}-{dd}-{yyyy}
        {m}-{d}-{yy}
        {m}/{d}
        {mm}/{dd}
        {yyyy}-{mm}-{dd}
        {yyyy}/{mm}/{dd}
        {dd}.{mm}.{yyyy}
        {dd}/{mm}/{yyyy}
        {d}/{m}/{yyyy}
        {month} {d}, {yyyy}
        {month} {d}, {yyyy}
        {month} {d} {yyyy}
        {month} {d}
        {month} {d}th
        {month} {d}th, {yyyy}
        {mon} {d}, {yyyy}
        {mon} {d}
        {mon}. {d}, {yyyy}
        {d} {month} {yyyy}
        {d} {mon} {yyyy}
        {dd}-{mon}-{yyyy}
        {dd}{mon}{yyyy}
        the {d}th of {month}
        {d}th {month} {yyyy}
        {month} {yyyy}
        {month} of {yyyy}
        {mon} {yyyy}
        {m}/{yyyy}
        {mm}/{yyyy}
        {weekday}, {month} {d}, {yyyy}
        {weekday} {month} {d}
        {weekday} {m}/{d}
        last {weekday}
        this past {weekday}
        next {weekday}
        {yyyy}{mm}{dd}
        Christmas Eve
        Thanksgiving
        New Year's Day
        """
    ),
    "title": listed("Mr., Mrs., Ms., Miss, Mr, Mrs, Ms, Mx., Sgt., Rev."),
    "doctor_title": listed("Dr., Dr, Dr., Doctor, Prof., Professor, Nurse, DR., dr."),
    "degree": listed("MD, M.D., DO, RN, NP, PA-C, PharmD, PhD, MBBS, LCSW, DPT, FACC, APRN, MD PhD, BSN RN, FNP-C"),
    "street": lined(
        """
        {n} {proper} Street
        {n} {proper} St
        {n} {proper} St.
        {n} {proper} Avenue
        {n} {proper} Ave
        {n} {proper} Ave.
        {n} {proper} Road
        {n} {proper} Rd
        {n} {proper} Drive
        {n} {proper} Dr
        {n} {proper} Lane
        {n} {proper} Ln
        {n} {proper} Court
        {n} {proper} Ct
        {n} {proper} Blvd
        {n} {proper} Boulevard
        {n} {proper} Way
        {n} {proper} Place
        {n} {proper} Circle
        {n} {proper} Parkway
        {n} {proper} Terrace
        {n} {proper} Trail
        {n} N {proper} St
        {n} South {proper} Avenue
        {n} W. {proper} Rd.
        {n} {proper} Street, Apt ##
        {n} {proper} Street Suite ###
        {n} {proper} Apt. ###
        #### {proper} ## Suite ###
        {n} {proper} {proper} Street
        {n} {proper} Ave Apt #@
        {n} {proper} Road, Unit #
        {n} {proper} Drive, Suite ###
        {n} {proper} St #{n}
        ## #th Street
        ### W ##th St
        #### NE ##nd Ave
        #### County Road ##
        #### Highway ##
        P.O. Box ####
        PO Box ###
        {proper} Street
        {proper} Avenue
        {proper} Road
        {n} Rue de {proper}
        Flat #, {n} {proper} Road
        """
    ),
    "street_proper": listed(
        """
        Maple, Oak, Main, Elm, Cedar, Pine, Washington, Lincoln, Jefferson, Park, Lake, Hill, River, Church, Mill,
        Spring,
        Walnut, Chestnut, Birch, Willow, Sycamore, Magnolia, Dogwood, Juniper, Aspen, Laurel, Hickory, Poplar, Cherry,
        Peachtree, Orchard, Meadow, Valley, Ridge, Forest, Highland, Sunset, Sunrise, Fairview, Lakeview, Riverside,
        Hillcrest, Westwood, Eastgate, Northgate, Southfield, Broadway, Market, Center, Franklin, Jackson, Madison,
        Monroe, Adams, Harrison, Cleveland, Roosevelt, Kennedy, Martin Luther King, Wilshire, Ventura, Lexington,
        Concord, Cambridge, Oxford, Windsor, Kensington, Victoria, Queen, King, Prince, Duke, College, University,
        Academy, School, Station, Depot, Railroad, Bridge, Ferry, Harbor, Bay, Ocean, Beach, Shore, Canyon, Mesa,
        Summit,
        Pleasant, Prospect, Liberty, Union, Commerce, Industrial, Old Post, Quail Hollow, Fox Run, Deer Creek,
        Cobblestone,
        Winding Brook, Stonegate, Brookhaven, Larkspur, Bluebonnet, Saguaro, Palmetto, Live Oak, Mulberry, Clover,
        Heron,
        Osprey, Kingfisher, Tamarack, Wisteria, Heather Glen, Thornhill, Whispering Pines, Copper Ridge, El Camino,
        La Brea
        """
    ),
    "city": listed(
        """
        Boston, Chicago, Houston, Phoenix, Philadelphia, San Antonio, San Diego, Dallas, Austin, Jacksonville,
        Fort Worth,
        Columbus, Charlotte, Indianapolis, Seattle, Denver, Nashville, Oklahoma City, El Paso, Portland, Las Vegas,
        Detroit,
        Memphis, Louisville, Baltimore, Milwaukee, Albuquerque, Tucson, Fresno, Sacramento, Mesa, Atlanta,
        Kansas City,
        Omaha, Colorado Springs, Raleigh, Miami, Long Beach, Virginia Beach, Oakland, Minneapolis, Tulsa, Tampa,
        Arlington,
        New Orleans, Wichita, Cleveland, Bakersfield, Aurora, Anaheim, Honolulu, Santa Ana, Riverside, Corpus Christi,
        Lexington, Henderson, Stockton, Saint Paul, St. Louis, Cincinnati, Pittsburgh, Greensboro, Anchorage, Plano,
        Lincoln, Orlando, Irvine, Newark, Toledo, Durham, Chula Vista, Fort Wayne, Jersey City, St. Petersburg,
        Laredo,
        Madison, Chandler, Buffalo, Lubbock, Scottsdale, Reno, Glendale, Norfolk, Winston-Salem, Boise, Richmond,
        Spokane, Baton Rouge, Tacoma, Modesto, Des Moines, Rochester, Fayetteville, Worcester, Yonkers, Little Rock,
        Huntsville, Augusta, Amarillo, Mobile, Grand Rapids, Salt Lake City, Tallahassee, Knoxville, Providence,
        Brownsville,
        Chattanooga, Fort Lauderdale, Tempe, Cape Coral, Eugene, Cary, Santa Rosa, Springfield, Salem, Pasadena,
        Macon,
        Bismarck, Fargo, Sioux Falls, Rapid City, Billings, Missoula, Cheyenne, Casper, Pocatello, Flagstaff, Yuma,
        Duluth, Eau Claire, Green Bay, Kalamazoo, Lansing, Ann Arbor, Dayton, Akron, Youngstown, Erie, Scranton,
        Bangor,
        Burlington, Concord, Nashua, Hartford, New Haven, Bridgeport, Waco, Tyler, Galveston, Biloxi, Jackson, Tupelo,
        Montgomery, Savannah, Charleston, Greenville, Asheville, Wilmington, Roanoke, Annapolis, Dover, Trenton,
        Camden,
        Albany, Syracuse, Utica, Ithaca, Poughkeepsie, Toronto, Vancouver, Montreal, Calgary, London, Manchester,
        Birmingham, Leeds, Glasgow, Edinburgh, Cardiff, Dublin, Cork, Sydney, Melbourne, Brisbane, Perth, Auckland,
        Mumbai, Delhi, Lahore, Karachi, Dhaka, Lagos, Nairobi, Accra, Cairo, Manila, Hanoi, Shanghai, Beijing, Tokyo,
        Seoul, Bangkok, Mexico City, Guadalajara, Havana, San Juan, Port-au-Prince, Kingston, Bogotá, Lima, São Paulo,
        Brookfield, Lakewood, Fairview, Riverton, Cedar Falls, Oakdale, Maplewood, Hillsboro, Clearwater, Elk Grove,
        Harrisburg, Greenfield, Westfield, Ashland, Milton, Newport, Bend, Medford, Yakima, Bellevue, Everett
        """
    ),
    "state": listed(
        """
        Alabama, Alaska, Arizona, Arkansas, California, Colorado, Connecticut, Delaware, Florida, Georgia, Hawaii,
        Idaho,
        Illinois, Indiana, Iowa, Kansas, Kentucky, Louisiana, Maine, Maryland, Massachusetts, Michigan, Minnesota,
        Mississippi, Missouri, Montana, Nebraska, Nevada, New Hampshire, New Jersey, New Mexico, New York,
        North Carolina,
        North Dakota, Ohio, Oklahoma, Oregon, Pennsylvania, Rhode Island, South Carolina, South Dakota, Tennessee,
        Texas,
        Utah, Vermont, Virginia, Washington, West Virginia, Wisconsin, Wyoming, AL, AK, AZ, AR, CA, CO, CT, DE, FL,
        GA, HI,
        ID, IL, IN, IA, KS, KY, LA, ME, MD, MA, MI, MN, MS, MO, MT, NE, NV, NH, NJ, NM, NY, NC, ND, OH, OK, OR, PA,
        RI, SC,
        SD, TN, TX, UT, VT, VA, WA, WV, WI, WY, DC, Ontario, Quebec, British Columbia, Kent, Yorkshire,
        New South Wales
        """
    ),
    "country": listed(
        """
        USA, United States, Mexico, Canada, England, Ireland, Scotland, India, Pakistan, Bangladesh, China, Japan,
        Korea,
        Vietnam, Philippines, Thailand, Nigeria, Ghana, Kenya, Ethiopia, Somalia, Egypt, Morocco, Iran, Iraq, Syria,
        Lebanon, Israel, Turkey, Greece, Italy, Spain, Portugal, France, Germany, Poland, Ukraine, Russia, Romania,
        Brazil, Colombia, Peru, Ecuador, Guatemala, El Salvador, Honduras, Cuba, Haiti, Jamaica, Dominican Republic,
        Puerto Rico, Samoa, Australia, New Zealand, Sweden, Norway
        """
    ),
    "zip": listed("#####, #####, #####-####"),
    "hospital": lined(
        """
        {proper} Hospital
        {proper} Medical Center
        {proper} General Hospital
        {proper} Memorial Hospital
        {proper} Regional Medical Center
        {proper} Community Hospital
        {proper} Clinic
        {proper} Health Center
        {proper} Health
        {proper} Healthcare
        {proper} Cancer Center
        {proper} Children's Hospital
        {proper} Family Practice
        {proper} Nursing Home
        {proper} Rehab
        {proper} Rehabilitation Center
        {proper} Urgent Care
        {proper} Surgical Associates
        {proper} Cardiology
        {proper} Imaging
        {city} General
        {city} General Hospital
        {city} Medical Center
        {city} VA
        {city} VA Medical Center
        {city} Community Health Center
        {city} Children's
        University of {city} Medical Center
        University Hospital {city}
        {family} Clinic
        {family} Memorial Hospital
        {family} Medical Group
        {family} Institute
        {proper}
        """
    ),
    "hospital_proper": listed(
        """
        St. Mary's, St. Joseph's, Saint Luke's, St. Vincent, St. Elizabeth, St. Anne's, Holy Cross, Mercy,
        Sacred Heart,
        Good Samaritan, Providence, Trinity, Bethesda, Mount Sinai, Beth Israel, Cedars, Lakeview, Riverside,
        Hillcrest,
        Fairview, Northside, Southside, Eastside, Westside, Lakeside, Mountain View, Valley View, Bayview, Oceanview,
        Cedar Ridge, Oak Valley, Maple Grove, Pine Ridge, Willow Creek, Silver Lake, Clear Lake, Green Valley,
        Blue Ridge,
        Summit, Pinnacle, Horizon, Sunrise, Meadowbrook, Brookside, Stonebridge, Parkview, Highland, Lincoln,
        Washington,
        Jefferson, Roosevelt, Methodist, Baptist, Presbyterian, Lutheran, Adventist, Evergreen, Harborview,
        Tri-County,
        Twin Rivers, Golden Gate, Bluegrass, Magnolia, Palmetto, Lone Star, Desert Springs, Great Plains,
        Northern Light
        """
    ),
    "organization": lined(
        """
        {family} Elementary School
        {proper} High School
        {city} High School
        {city} Public Schools
        {city} Unified School District
        University of {city}
        {city} State University
        {proper} College
        {family} & Sons
        {family} and {family} LLP
        {family} Construction
        {family} Logistics
        {family} Inc.
        {family} Industries
        {proper} Manufacturing
        {proper} Bank
        {proper} Credit Union
        {proper} Insurance
        {proper} Mutual
        {proper} Assisted Living
        {proper} Senior Center
        {proper} Baptist Church
        {city} Police Department
        {city} Fire Department
        {city} Transit Authority
        {family} Pharmacy
        {proper} Pharmacy
        Walgreens
        CVS
        Walmart
        Amazon
        Boeing
        Costco
        Blue Cross Blue Shield
        Aetna
        Cigna
        UnitedHealthcare
        Humana
        Kaiser Permanente
        Starbucks
        FedEx
        Delta Airlines
        Ford
        US Postal Service
        Quest Diagnostics
        LabCorp
        {proper} Steel
        {proper} Farms
        {proper} Brewery
        {proper} Technologies
        {proper} Partners
        """
    ),
    "profession": listed(
        """
        teacher, retired teacher, nurse, truck driver, electrician, plumber, carpenter, mechanic, welder, farmer,
        rancher,
        engineer, software engineer, civil engineer, accountant, lawyer, attorney, paralegal, judge, police officer,
        firefighter, paramedic, soldier, Marine veteran, Army veteran, pilot, flight attendant, bus driver,
        taxi driver,
        cashier, waitress, bartender, chef, line cook, baker, butcher, hairdresser, barber, seamstress, tailor,
        janitor,
        housekeeper, nanny, babysitter, librarian, professor, school principal, graduate student, college student,
        musician, violinist, actor, painter, photographer, journalist, editor, writer, architect, surveyor, realtor,
        insurance agent, bank teller, stockbroker, salesman, sales representative, marketing manager, office manager,
        secretary, receptionist, postal worker, mail carrier, warehouse worker, forklift operator, machinist, factory
        worker, coal miner, oil rig worker, roofer, bricklayer, construction worker, landscaper, gardener, fisherman,
        logger, veterinarian, dentist, dental hygienist, pharmacist, social worker, counselor, minister, pastor,
        priest,
        rabbi, imam, nun, mayor, city council member, diplomat, translator, tour guide, personal trainer, dance
        instructor, yoga teacher, security guard, prison guard, crane operator, elevator repairman, HVAC technician,
        lab technician, data analyst, web designer, entrepreneur, small business owner, homemaker,
        retired postal worker,
        retired machinist, retired engineer
        """
    ),
    "phone": lined(
        """
        (###) ###-####
        ###-###-####
        ###.###.####
        ### ### ####
        +1 ###-###-####
        1-###-###-####
        ##########
        ###-####
        (###)###-####
        ###-###-#### x###
        ###-###-#### ext. ####
        +1 (###) ###-####
        555-####
        +44 20 #### ####
        0### ### ####
        +91 ##### #####
        x#####
        """
    ),
    "mrn": lined(
        """
        #######
        ########
        ######
        ####-###
        ###-##-##
        ##-##-##
        @######
        @@######
        MRN-######
        #########
        MR########
        H########
        ### ### ###
        """
    ),
    "health_plan": lined(
        """
        @@@#########
        #########@
        @##########
        ###-###-####
        #@@#-@@#-@@##
        @@@-######
        ##########
        @@@@########
        """
    ),
    "account": lined(
        """
        ##########
        ########
        ####-####-####
        ################
        ###############
        ##############
        #### #### #### ####
        @@## #### #### #### ####
        @@##@@@@##########
        AC-######
        ###########
        ACCT######
        @#########
        """
    ),
    "license": lined(
        """
        @#######
        @@#######
        @########
        ##########
        @@-######
        ###-###-###
        A######
        MD######
        RN-#######
        """
    ),
    "vehicle": lined(
        """
        #@@@###
        @@@-####
        @@@ ####
        ###-@@@
        #@@@@##@#@@######
        @@@####
        @@##@@@
        1HG@@####@@######
        """
    ),
    "device": lined(
        """
        @########
        ##########
        @@@######@
        #@@-#####
        (01)##############(21)@######
        SN-######-@
        @@@-####-##
        PM-#######
        """
    ),
    "id": lined(
        """
        ##-#####
        @@-####-####
        ########
        ####-@@-###
        @##-#####
        S##-####
        #####-##
        @@@#####
        ###@@###
        TR-#####
        CASE-#####
        ##@#######
        """
    ),
    "email_domain": listed(
        """
        gmail.com, yahoo.com, hotmail.com, outlook.com, aol.com, icloud.com, comcast.net, lakeviewhealth.org,
        mercy.org,
        stmarys-hospital.org, uhealth.edu, example.com, med.example.edu, protonmail.com, va.gov, clinic.net
        """
    ),
    "cultures": listed("anglo, anglo, anglo, hispanic"),
}
