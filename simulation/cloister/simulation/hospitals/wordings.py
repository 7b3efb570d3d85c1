"""How each style names each finding, as data: the same fact, other words.

A model trained at one hospital therefore transfers imperfectly to the next.
"""

from __future__ import annotations

from typing import Literal

Style = Literal["narrative", "telegraphic", "templated", "textbook"]
STYLES: tuple[Style, ...] = ("narrative", "telegraphic", "templated", "textbook")

WORDINGS: dict[str, tuple[str, str, str, str]] = {
    # finding: (narrative, telegraphic, templated, textbook)
    "fever": ("fevers", "febrile", "Temp elevation", "pyrexia"),
    "chills": ("shaking chills", "rigors", "Chills", "chills"),
    "productive-cough": ("a cough bringing up thick phlegm", "prod cough", "Sputum production", "productive cough"),
    "dry-cough": ("a dry hacking cough", "nonprod cough", "Dry cough", "unproductive cough"),
    "dyspnea": ("shortness of breath on walking", "SOB/DOE", "Dyspnea on exertion", "breathlessness"),
    "orthopnea": ("needing several pillows to sleep", "3-pillow orthopnea", "Orthopnea", "orthopnea"),
    "night-dyspnea": ("waking at night gasping for air", "PND", "Nocturnal dyspnea", "nocturnal breathlessness"),
    "leg-swelling": ("swelling of both legs", "BLE swelling", "Lower extremity edema", "peripheral oedema"),
    "pleuritic-pain": ("sharp pain on deep breaths", "pleuritic CP", "Pleuritic chest pain", "pleurisy"),
    "chest-tightness": ("a tight feeling in the chest", "chest tightness", "Chest pressure", "constricted chest"),
    "blood-in-sputum": ("coughing up streaks of blood", "hemoptysis", "Hemoptysis", "haemoptysis"),
    "weight-loss": ("clothes fitting loosely after weight loss", "wt loss", "Unintentional weight loss",
                    "weight loss"),
    "weight-gain": ("quick weight gain", "wt up 4 kg", "Weight gain", "fluid weight"),
    "night-sweats": ("drenching night sweats", "nt sweats", "Night sweats", "night sweats"),
    "fatigue": ("feeling worn out", "fatigued", "Fatigue", "lassitude"),
    "hoarseness": ("a hoarse voice", "hoarse", "Voice change", "dysphonia"),
    "poor-appetite": ("little appetite", "poor PO intake", "Decreased appetite", "anorexia"),
    "headache": ("occasional headaches", "HA", "Headache", "cephalgia"),
    "smoker": ("decades of smoking", "tob +, 40 py", "Tobacco use", "cigarette consumption"),
    "hypertension": ("high blood pressure", "HTN", "Hypertension", "arterial hypertension"),
    "diabetes": ("type 2 diabetes", "DM2", "Diabetes mellitus", "diabetes of the second type"),
    "atrial-fibrillation": ("an irregular heartbeat", "AF", "Atrial fibrillation", "auricular fibrillation"),
    "coronary-disease": ("stents for narrowed heart arteries", "CAD s/p PCI", "Coronary artery disease",
                         "ischaemic heart disease"),
    "kidney-disease": ("weak kidneys", "CKD3", "Chronic kidney disease", "renal impairment"),
    "recent-cold": ("a cold caught from the family", "recent URI", "Recent upper respiratory infection",
                    "preceding coryza"),
    "home-oxygen": ("oxygen at home", "2L home O2", "Home oxygen", "domiciliary oxygen"),
    "family-cancer": ("cancer in the family", "FHx ca", "Family history of malignancy", "familial neoplasia"),
    "asbestos": ("past work with insulation dust", "asbestos exp", "Asbestos exposure", "occupational dust"),
    "arthritis": ("stiff knees", "OA", "Osteoarthritis", "degenerative joints"),
    "reflux": ("heartburn", "GERD", "Gastroesophageal reflux", "acid regurgitation"),
    "focal-crackles": ("crackles over one lower lobe", "rales unilat", "Crackles, unilateral",
                       "localised crepitations"),
    "basal-crackles": ("crackles at both bases", "bibasilar rales", "Crackles, bilateral bases",
                       "crackles at the bases"),
    "wheeze": ("wheezing throughout", "diffuse wheezes", "Wheezing", "polyphonic wheezes"),
    "long-expiration": ("slow, drawn-out breathing out", "prolonged exp phase", "Expiratory prolongation",
                        "lengthened expiration"),
    "neck-veins": ("full neck veins", "JVD", "Jugular venous distension", "distended neck veins"),
    "ankle-edema": ("pitting at the ankles", "2+ pitting edema", "Pedal edema", "ankle oedema"),
    "third-sound": ("a gallop", "S3", "S3 gallop", "third heart sound"),
    "clubbing": ("rounded fingertips", "clubbing", "Digital clubbing", "clubbing of the fingers"),
    "barrel-chest": ("a barrel-shaped chest", "barrel chest", "Increased AP diameter", "emphysematous thorax"),
    "dull-percussion": ("dullness on one side", "dull to perc", "Dullness to percussion", "stony dullness"),
    "swollen-nodes": ("firm lumps above the collarbone", "supraclav LAD", "Lymphadenopathy", "enlarged glands"),
    "thin": ("a frail, wasted look", "cachectic", "Cachexia", "emaciation"),
    "tachycardia": ("a racing pulse", "tachy", "Tachycardia", "rapid pulse"),
    "ceftriaxone": ("ceftriaxone", "CTX", "Ceftriaxone 1 g IV daily", "ceftriaxone"),
    "azithromycin": ("azithromycin", "azithro", "Azithromycin 500 mg PO daily", "a macrolide"),
    "furosemide": ("furosemide", "Lasix", "Furosemide 40 mg PO BID", "furosemide"),
    "carvedilol": ("carvedilol", "Coreg", "Carvedilol 6.25 mg PO BID", "a beta blocker"),
    "lisinopril": ("lisinopril", "ACEi", "Lisinopril 10 mg PO daily", "an enzyme inhibitor"),
    "albuterol": ("an albuterol inhaler", "albut nebs", "Albuterol 2.5 mg NEB q4h", "albuterol"),
    "tiotropium": ("tiotropium", "Spiriva", "Tiotropium 18 mcg INH daily", "an inhaled anticholinergic"),
    "prednisone": ("prednisone", "pred burst", "Prednisone 40 mg PO daily", "oral prednisone"),
    "apixaban": ("apixaban", "Eliquis", "Apixaban 5 mg PO BID", "an anticoagulant"),
    "morphine": ("morphine for pain", "MSO4 prn", "Morphine 2 mg IV PRN", "an opiate"),
    "megestrol": ("megestrol for appetite", "Megace", "Megestrol 400 mg PO daily", "an appetite stimulant"),
    "metformin": ("metformin", "metf", "Metformin 500 mg PO BID", "a biguanide"),
    "omeprazole": ("omeprazole", "PPI", "Omeprazole 20 mg PO daily", "a proton pump inhibitor"),
    "atorvastatin": ("atorvastatin", "statin", "Atorvastatin 40 mg PO qHS", "a lipid-lowering agent"),
    "consolidation": ("a patch of white lung", "RLL airspace dz", "Focal consolidation", "consolidation"),
    "air-bronchograms": ("air-filled bronchi within it", "air bronchs", "Air bronchograms", "visible bronchi"),
    "big-heart": ("a wide heart shadow", "CM", "Cardiomegaly", "cardiomegaly"),
    "congestion": ("full lung vessels", "pulm vasc congestion", "Vascular congestion", "upper lobe diversion"),
    "effusion": ("fluid at the lung base", "sm effusion", "Pleural effusion", "pleural effusion"),
    "hyperinflation": ("overfilled lungs", "hyperinfl", "Hyperinflation", "hyperinflation"),
    "flat-diaphragm": ("a flattened diaphragm", "flat hemidiaphs", "Flattened hemidiaphragms",
                       "depressed diaphragms"),
    "nodule": ("a round spot", "1.8 cm nodule", "Pulmonary nodule", "pulmonary nodule"),
    "large-hilum": ("fullness at one hilum", "hilar fullness", "Hilar enlargement", "prominent hilum"),
    "atelectasis": ("streaky collapse", "bibas atelect", "Atelectasis", "subsegmental collapse"),
    "old-granuloma": ("an old calcified scar", "calc granuloma", "Calcified granuloma", "healed primary complex"),
}  # fmt: skip

CONDITION_WORDS: dict[str, tuple[tuple[str, ...], ...]] = {
    # condition: for each style the words by which it is weighed, ruled out or remembered
    "pneumonia": (("pneumonia", "a chest infection"), ("PNA", "CAP"), ("Pneumonia",), ("pulmonary infection",)),
    "heart-failure": (("heart failure", "a weak heart"), ("CHF", "ADHF"), ("Congestive heart failure",),
                      ("cardiac decompensation",)),
    "copd": (("emphysema", "COPD"), ("AECOPD", "COPD"), ("Obstructive lung disease",), ("chronic bronchitis",)),
    "lung-cancer": (("a tumor", "lung cancer"), ("malig", "lung ca"), ("Malignancy",), ("neoplasm",)),
}  # fmt: skip
