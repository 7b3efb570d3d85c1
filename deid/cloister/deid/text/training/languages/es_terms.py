"""Spanish words and layouts that fill the slots of the carrier text."""

from __future__ import annotations

from collections.abc import Mapping

from cloister.deid.text.training.carriers import lined
from cloister.deid.text.training.names.listed import listed

TERMS: Mapping[str, tuple[str, ...]] = {
    "drug": listed(
        """
        paracetamol, ibuprofeno, metamizol, omeprazol, pantoprazol, enalapril, ramipril, losartán, valsartán,
        amlodipino, bisoprolol, carvedilol, atenolol, furosemida, espironolactona, hidroclorotiazida, torasemida,
        digoxina, amiodarona, acenocumarol, warfarina, apixabán, rivaroxabán, heparina sódica, enoxaparina, ácido
        acetilsalicílico, clopidogrel, ticagrelor, atorvastatina, simvastatina, rosuvastatina, metformina, insulina
        glargina, sitagliptina, empagliflozina, levotiroxina, prednisona, metilprednisolona, dexametasona,
        hidrocortisona, salbutamol, ipratropio, budesonida, montelukast, amoxicilina-clavulánico, ceftriaxona,
        cefotaxima, cefazolina, meropenem, piperacilina-tazobactam, vancomicina, linezolid, gentamicina,
        ciprofloxacino, levofloxacino, metronidazol, clindamicina, azitromicina, doxiciclina,
        trimetoprim-sulfametoxazol, fluconazol, anfotericina B, aciclovir, ganciclovir, isoniazida, rifampicina,
        etambutol, pirazinamida, diazepam, lorazepam, midazolam, haloperidol, risperidona, olanzapina, quetiapina,
        sertralina, fluoxetina, amitriptilina, litio, valproato, carbamazepina, fenitoína, levetiracetam, lamotrigina,
        gabapentina, pregabalina, tramadol, morfina, fentanilo, metotrexato, azatioprina, ciclosporina, tacrolimus,
        micofenolato, infliximab, adalimumab, rituximab, tocilizumab, ciclofosfamida, cisplatino, carboplatino,
        paclitaxel, docetaxel, doxorrubicina, vincristina, 5-fluorouracilo, capecitabina, tamoxifeno, letrozol,
        bicalutamida, imatinib, bortezomib, interferón alfa, octreótida, ácido fólico, hierro oral, vitamina D,
        alopurinol, colchicina, Nolotil, Augmentine, Sintrom, Adiro, Seguril, Urbason, Clexane, Ventolín, Orfidal,
        Trankimazin, Lexatin, Eutirox, Humira, Remicade, MabThera, Aldactone, Primperan, Buscapina, Dalsy, Enantyum,
        Valium, Rivotril, Tegretol, Depakine, Keppra
        """
    ),
    "disease": listed(
        """
        hipertensión arterial, diabetes mellitus tipo 2, diabetes mellitus tipo 1, dislipemia, cardiopatía isquémica,
        infarto agudo de miocardio, insuficiencia cardíaca, fibrilación auricular, estenosis aórtica, miocardiopatía
        dilatada, endocarditis infecciosa, EPOC, asma bronquial, neumonía adquirida en la comunidad, tuberculosis
        pulmonar, tromboembolismo pulmonar, trombosis venosa profunda, fibrosis pulmonar, cirrosis hepática, hepatitis
        C crónica, pancreatitis aguda, colecistitis, úlcera duodenal, colitis ulcerosa, diverticulitis, apendicitis
        aguda, insuficiencia renal crónica, síndrome nefrótico, pielonefritis aguda, litiasis renal, hiperplasia
        benigna de próstata, carcinoma urotelial, adenocarcinoma de próstata, carcinoma renal de células claras,
        cáncer de mama, carcinoma ductal infiltrante, adenocarcinoma de colon, carcinoma epidermoide, melanoma,
        linfoma folicular, leucemia mieloide aguda, mieloma múltiple, anemia ferropénica, trombocitopenia, lupus
        eritematoso sistémico, artritis reumatoide, espondilitis anquilosante, gota, osteoporosis, fractura de cadera,
        hernia discal, ictus isquémico, hemorragia subaracnoidea, epilepsia, migraña, esclerosis múltiple, demencia,
        trastorno depresivo mayor, esquizofrenia, hipotiroidismo, feocromocitoma, insuficiencia suprarrenal,
        sarcoidosis, amiloidosis, psoriasis, dermatitis atópica, celulitis, sepsis, meningitis bacteriana,
        toxoplasmosis, brucelosis, leishmaniasis visceral, paludismo, infección por VIH, glaucoma, cataratas,
        desprendimiento de retina, uveítis anterior, queratitis, otitis media, hipoacusia, preeclampsia, embarazo
        ectópico, endometriosis, mioma uterino, quiste ovárico
        """
    ),
    "eponym": listed(
        """
        enfermedad de Parkinson, enfermedad de Alzheimer, enfermedad de Crohn, enfermedad de Hodgkin, linfoma no
        Hodgkin, enfermedad de Graves, enfermedad de Addison, síndrome de Cushing, síndrome de Guillain-Barré,
        síndrome de Sjögren, síndrome de Down, síndrome de Turner, síndrome de Marfan, síndrome de Lynch, síndrome de
        Stevens-Johnson, síndrome de Behçet, enfermedad de Behçet, enfermedad de Wilson, enfermedad de Paget,
        enfermedad de Kawasaki, enfermedad de Still, enfermedad de Fabry, enfermedad de Gaucher, enfermedad de
        Huntington, enfermedad de Whipple, enfermedad de Castleman, enfermedad de Von Hippel-Lindau, tiroiditis de
        Hashimoto, esófago de Barrett, divertículo de Meckel, hernia de Spiegel, tumor de Wilms, tumor de Krukenberg,
        sarcoma de Ewing, sarcoma de Kaposi, carcinoma de células de Merkel, púrpura de Schönlein-Henoch, gangrena de
        Fournier, absceso de Brodie, fractura de Colles, enfermedad de Peyronie, quiste de Baker, parálisis de Bell,
        signo de Babinski, signo de Murphy, signo de Blumberg, maniobra de Valsalva, maniobra de Lasègue, test de
        Coombs, test de Romberg, prueba de Mantoux, tinción de Gram, tinción de Ziehl-Neelsen, sonda de Foley, catéter
        de Swan-Ganz, drenaje de Jackson-Pratt, drenaje de Redon, pinza de Kocher, intervención de Whipple, operación
        de Hartmann, Bence-Jones, cuerpos de Lewy, cuerpos de Howell-Jolly, células de Sertoli, células de Leydig,
        trompa de Falopio, ligamento de Treitz, polígono de Willis, asa de Henle, conducto de Wirsung, índice de
        Breslow, gradación de Gleason, clasificación de Child-Pugh, fenómeno de Raynaud, signo de Kernig, síndrome de
        Horner, síndrome de Fanconi, anemia de Fanconi, tetralogía de Fallot, ángulo de Louis, corea de Sydenham,
        síndrome de Wolff-Parkinson-White, síndrome de Budd-Chiari, enfermedad de Chagas, línea Z de Schatzki, mal de
        Pott, injerto de Dacron, fascia de Gerota, fascia de Denonvilliers, espacio de Retzius, síndrome de Mirizzi,
        Burkitt, Waldenström
        """
    ),
    "scale": listed(
        """
        escala de Glasgow, índice de Barthel, Apgar, escala de Norton, escala de Braden, escala EVA, APACHE II, SOFA,
        Child-Pugh, MELD, NIHSS, escala de Rankin modificada, Karnofsky, ECOG, Mini-Mental, MMSE, escala de Hamilton,
        CHA2DS2-VASc, HAS-BLED, CURB-65, Wells, TNM, Fuhrman, Gleason, BI-RADS, PI-RADS, Killip, NYHA, ASA, Lawton y
        Brody, escala de Hunt y Hess, Fisher, Mallampati, Bishop, Ranson, Clavien-Dindo, AO, Garden, Gustilo, Schirmer
        """
    ),
    "microbe": listed(
        """
        Escherichia coli, Staphylococcus aureus, Staphylococcus epidermidis, Streptococcus pneumoniae, Klebsiella
        pneumoniae, Pseudomonas aeruginosa, Enterococcus faecalis, Haemophilus influenzae, Mycobacterium tuberculosis,
        Candida albicans, Aspergillus fumigatus, Helicobacter pylori, Clostridioides difficile, Listeria
        monocytogenes, Salmonella enteritidis, Brucella melitensis, Coxiella burnetii, Legionella pneumophila,
        Toxoplasma gondii, Leishmania infantum, Echinococcus granulosus, Plasmodium falciparum, Trypanosoma cruzi,
        Chlamydia trachomatis, Neisseria gonorrhoeae, Treponema pallidum, citomegalovirus, virus de Epstein-Barr,
        SARS-CoV-2, Bartonella henselae, Rickettsia conorii, Pneumocystis jirovecii, Acinetobacter baumannii, Proteus
        mirabilis
        """
    ),
    "anatomy": listed(
        """
        abdomen, tórax, hemitórax izquierdo, fosa ilíaca derecha, hipocondrio derecho, flanco izquierdo, epigastrio,
        región lumbar, riñón derecho, uréter izquierdo, vejiga, próstata, testículo derecho, pene, uretra bulbar,
        útero, ovario izquierdo, trompa, mama derecha, axila, tiroides, laringe, faringe, esófago, estómago, duodeno,
        íleon terminal, colon sigmoide, recto, hígado, lóbulo hepático derecho, vesícula biliar, páncreas, bazo,
        glándula suprarrenal, aorta abdominal, vena cava inferior, arteria coronaria derecha, descendente anterior,
        ventrículo izquierdo, válvula mitral, pulmón izquierdo, lóbulo superior derecho, pleura, mediastino, ganglios
        retroperitoneales, columna lumbar, L4-L5, cadera izquierda, fémur, rodilla derecha, tibia, tobillo, hombro,
        húmero, muñeca, mano derecha, lóbulo temporal, cerebelo, tronco del encéfalo, nervio óptico, ojo derecho, OI,
        córnea, retina, polo posterior, cámara anterior, oído medio, fosas nasales, seno maxilar, cavidad oral,
        lengua, mandíbula, piel, cuero cabelludo, médula ósea
        """
    ),
    "symptom": listed(
        """
        dolor abdominal, dolor torácico, disnea de esfuerzo, fiebre, tos, expectoración, hemoptisis, cefalea, mareo,
        síncope, pérdida de peso, astenia, anorexia, náuseas, vómitos, diarrea, estreñimiento, rectorragia, melenas,
        ictericia, prurito, hematuria, disuria, polaquiuria, retención urinaria, dolor lumbar, edemas en miembros
        inferiores, palpitaciones, ortopnea, parestesias, debilidad muscular, disfagia, odinofagia, disfonía, pérdida
        de visión, diplopía, ojo rojo, vértigo, acúfenos, sangrado vaginal, amenorrea, dolor pélvico, masa palpable,
        adenopatías, lesiones cutáneas, artralgias, rigidez matutina, temblor, crisis convulsiva, confusión,
        alucinaciones, insomnio, sudoración nocturna, escalofríos, dolor en fosa renal, impotencia, exantema,
        claudicación intermitente, inestabilidad de la marcha, otalgia
        """
    ),
    "procedure": listed(
        """
        ecografía abdominal, TAC toracoabdominal, TC craneal, resonancia magnética, RMN lumbar, radiografía de tórax,
        electrocardiograma, ecocardiograma transtorácico, coronariografía, cateterismo cardíaco, gastroscopia,
        colonoscopia, CPRE, broncoscopia, biopsia hepática, biopsia prostática transrectal, punción lumbar, PAAF,
        gammagrafía ósea, PET-TC, cistoscopia, urografía intravenosa, uretrotomía interna, resección transuretral,
        nefrectomía radical, prostatectomía, orquiectomía, colecistectomía laparoscópica, apendicectomía,
        hemicolectomía derecha, gastrectomía, tiroidectomía total, mastectomía, histerectomía, cesárea, artroplastia
        de cadera, artroscopia, osteosíntesis, craneotomía, trasplante renal, trasplante hepático, hemodiálisis,
        intubación orotraqueal, ventilación mecánica, transfusión, quimioterapia, radioterapia, vitrectomía,
        facoemulsificación, amigdalectomía, traqueotomía, colocación de stent, embolización, angioplastia, marcapasos,
        cirugía de revascularización, rehabilitación, endoscopia digestiva alta, electromiografía, audiometría
        """
    ),
    "lab": listed(
        """
        hemoglobina, hematocrito, leucocitos, plaquetas, neutrófilos, linfocitos, VSG, PCR, procalcitonina, glucosa,
        urea, creatinina, sodio, potasio, cloro, calcio, fósforo, GOT, GPT, GGT, fosfatasa alcalina, bilirrubina
        total, amilasa, lipasa, LDH, CPK, troponina, proBNP, colesterol total, LDL, triglicéridos, ácido úrico,
        albúmina, proteínas totales, ferritina, transferrina, TSH, T4 libre, cortisol, PTH, HbA1c, PSA, CEA, CA 19.9,
        CA 125, alfafetoproteína, beta-HCG, dímero D, INR, tiempo de protrombina, fibrinógeno, ANA, anti-DNA, ANCA,
        factor reumatoide, IgG, IgA, IgM, complemento C3, VIH, VHB, VHC, HBsAg, serología luética, hemocultivos,
        urocultivo, gasometría arterial, pH, pCO2, lactato, sedimento urinario, catecolaminas en orina
        """
    ),
    "specialty": listed(
        """
        Cardiología, Medicina Interna, Neurología, Urología, Cirugía General, Traumatología, Oncología Médica,
        Hematología, Nefrología, Neumología, Digestivo, Endocrinología, Reumatología, Dermatología, Oftalmología,
        Otorrinolaringología, Ginecología y Obstetricia, Pediatría, Psiquiatría, Radiodiagnóstico, Anatomía
        Patológica, Anestesiología y Reanimación, Medicina Intensiva, Urgencias, Microbiología, Rehabilitación,
        Cirugía Vascular, Neurocirugía, Cirugía Maxilofacial, Cirugía Plástica, Medicina Nuclear, Enfermedades
        Infecciosas, Atención Primaria
        """
    ),
    "heading": listed(
        """
        Antecedentes personales, Antecedentes familiares, Historia actual, Enfermedad actual, Exploración física,
        Pruebas complementarias, Evolución, Juicio clínico, Diagnóstico, Diagnóstico principal, Tratamiento,
        Tratamiento al alta, Recomendaciones, Analítica, Hemograma, Bioquímica, Coagulación, Radiología, Anatomía
        patológica, Evolución y comentarios, Motivo de consulta, Motivo de ingreso, Plan, Procedimientos, Alergias,
        Hábitos tóxicos, Medicación habitual, Informe clínico del paciente, Resumen de pruebas complementarias,
        Constantes
        """
    ),
    "sexo": listed("varón, mujer, hombre, paciente, niño, niña, paciente varón, señora, joven"),
    "articulo_sexo": listed(
        """
        Varón, Mujer, Paciente varón, Hombre, Niño, Paciente, Se trata de un varón, Se presenta el caso de una mujer
        """
    ),
    "trato": listed("D., Dña., Don, Doña, Sr., Sra., el Sr., la Sra., D.ª, Srta."),
    "familiar": listed(
        """
        padre, madre, hijo, hija, hermano, hermana, esposa, marido, cuidadora, abuela, sobrino, pareja
        """
    ),
    "dia_relativo": listed(
        """
        ayer, hoy, hace tres semanas, hace 2 meses, hace cinco años, durante 10 días, en las últimas 48 horas, desde
        hace un año, a los 6 meses, cada 8 horas, dos veces al día, al cuarto día del ingreso, en el segundo
        trimestre, a las 24 horas, tres meses después, un mes antes, por la mañana, antes de dormir, en la infancia
        """
    ),
    "pauta": listed(
        """
        1-0-1, 1-0-0, 0-0-1, cada 8 horas, cada 12 horas, un comprimido al día, en ayunas, si precisa, 2 inhalaciones,
        500 mg/8 h, 40 mg/24 h, 1 g iv cada 12 h, 20 UI sc, durante 7 días, 5 mg/kg/día, 1 comp c/24h, vo, iv, sc
        """
    ),
    "normal": listed(
        """
        sin alteraciones, dentro de la normalidad, normal, negativo, positivo, no concluyente, anodina, sin hallazgos
        de interés, compatible con la normalidad, elevada, disminuida, no valorable
        """
    ),
    "sociedad": listed(
        """
        OMS, guía ESC, Sociedad Española de Cardiología, SEPAR, GOLD, AHA, criterios de Duke, criterios de Roma IV,
        criterios de Framingham, protocolo R-CHOP, esquema FOLFOX, esquema ABVD, ADA, NICE, criterios DSM-5, CIE-10,
        SEOM
        """
    ),
    "vivo": listed(
        """
        natural de, residente en, procedente de, vecino de, vive en, domiciliada en, nacido en, trasladado desde,
        originaria de
        """
    ),
    "month": listed(
        """
        enero, febrero, marzo, abril, mayo, junio, julio, agosto, septiembre, octubre, noviembre, diciembre
        """
    ),
    "month_short": listed("ene, feb, mar, abr, may, jun, jul, ago, sep, oct, nov, dic"),
    "weekday": listed("lunes, martes, miércoles, jueves, viernes, sábado, domingo"),
    "date": lined(
        """
        {dd}/{mm}/{yyyy}
        {d}/{m}/{yyyy}
        {d}/{m}/{yy}
        {dd}/{mm}/{yy}
        {dd}-{mm}-{yyyy}
        {d}-{m}-{yy}
        {dd}.{mm}.{yyyy}
        {yyyy}-{mm}-{dd}
        {d} de {month} de {yyyy}
        {d} de {month} del {yyyy}
        {d} de {month}
        {weekday} {d} de {month}
        {weekday}, {d} de {month} de {yyyy}
        {month} de {yyyy}
        {month} del {yyyy}
        {month} {yyyy}
        {mm}/{yyyy}
        {d}-{mon}-{yyyy}
        {d} {mon} {yyyy}
        {d}/{m}
        {dd} {mm} {yyyy}
        1º de {month} de {yyyy}
        {weekday} pasado
        {weekday}
        """
    ),
    "age": lined(
        """
        {n} años
        {n} a.
        {n}
        {n} años de edad
        {n}a
        {n} meses
        """
    ),
    "doctor_title": listed("Dr., Dra., Dr, Dra, Doctor, Doctora, Dr. D., Dra. Dña., Prof., DUE, Enf."),
    "degree": listed("MIR, R2, Col., Médico Adjunto, Facultativo Especialista, Jefe de Servicio, Enfermera"),
    "street": lined(
        """
        C/ {proper}, {n}
        C/ {proper} {n}
        C/ {proper}, {n}, #º @
        C/ {proper}, {n}, # @
        C/ {proper} nº {n}
        C/. {proper}, {n}
        Calle {proper}, {n}
        Calle {proper} {n}
        Calle {proper}, nº {n}, #º izquierda
        Calle de {proper}, {n}, bajo
        Calle del {proper}, {n}
        calle {proper} {n}, piso #
        Avda. {proper}, {n}
        Avda. de {proper}, s/n
        Av. {proper}, {n}, #º #ª
        Avenida {proper}, {n}
        Avenida de {proper} {n}
        Avenida {proper} s/n
        Plaza de {proper}, {n}
        Plaza {proper}, {n}, esc. #, #º-@
        Pza. {proper}, {n}
        Paseo de {proper}, {n}
        Pº {proper}, {n}
        Ctra. {proper}, km ##
        Carretera de {proper}, s/n
        Camino de {proper}, {n}
        Ronda de {proper}, {n}
        Travesía {proper}, {n}
        Urbanización {proper}, {n}
        Urb. {proper}, parcela ##
        Polígono {proper}, nave #
        Carrer de {proper}, {n}
        Rúa {proper}, {n}
        Glorieta de {proper}, {n}
        {proper}, {n}
        {proper} {n}, #º @
        {proper}, s/n
        Jr. {proper} ###
        Carrera ## # ##-##
        Calle ## No. ##-##
        """
    ),
    "street_proper": listed(
        """
        Mayor, Real, San Juan, Santa María, San Francisco, Doctor Esquerdo, Doctor Fleming, Ramón y Cajal, Cervantes,
        Miguel Hernández, Goya, Velázquez, Alcalá, Gran Vía, la Constitución, Andalucía, Cataluña, Castilla, Aragón,
        la Paz, la Libertad, Blasco Ibáñez, Pío XII, Isaac Peral, Federico García Lorca, Antonio Machado, Concha
        Espina, Rosalía de Castro, Colón, Hernán Cortés, Pizarro, Magallanes, Tetuán, Bailén, Zaragoza, los Olivos,
        las Flores, la Estación, el Carmen, Nueva, Ancha, del Pilar, Sol, Luna, Fuente del Berro, Virgen de la Salud,
        Reyes Católicos, Príncipe de Vergara, General Ricardos, Marqués de Larios, Padre Damián, Jorge Juan, Bravo
        Murillo, Conde de Peñalver, Arturo Soria, Diagonal, Meridiana, Aribau, Balmes, Muntaner, Juan de la Cierva,
        Severo Ochoa, Clara Campoamor, Simón Bolívar, Benito Juárez, San Martín, Insurgentes, Reforma, Corrientes,
        Belgrano, Nicanor Parra
        """
    ),
    "city": listed(
        """
        Madrid, Barcelona, Valencia, Sevilla, Zaragoza, Málaga, Murcia, Palma de Mallorca, Las Palmas de Gran Canaria,
        Bilbao, Alicante, Córdoba, Valladolid, Vigo, Gijón, Hospitalet de Llobregat, Vitoria-Gasteiz, La Coruña, A
        Coruña, Elche, Granada, Tarrasa, Terrassa, Badalona, Oviedo, Cartagena, Sabadell, Jerez de la Frontera,
        Móstoles, Santa Cruz de Tenerife, Pamplona, Almería, Alcalá de Henares, Fuenlabrada, Leganés, San Sebastián,
        Donostia, Getafe, Burgos, Albacete, Santander, Castellón de la Plana, Alcorcón, La Laguna, Logroño, Badajoz,
        Salamanca, Huelva, Marbella, Lérida, Lleida, Tarragona, Dos Hermanas, Torrejón de Ardoz, Parla, Mataró, León,
        Algeciras, Santa Coloma de Gramenet, Alcobendas, Cádiz, Jaén, Orense, Ourense, Reus, Gerona, Girona, Lugo,
        Baracaldo, Telde, Santiago de Compostela, Cáceres, Lorca, San Fernando, Coslada, Talavera de la Reina,
        Cornellá, El Puerto de Santa María, Avilés, Las Rozas, Palencia, Guadalajara, Toledo, Pontevedra, Roquetas de
        Mar, Sagunto, Torrevieja, Gandía, Manresa, Ciudad Real, Ferrol, Vélez-Málaga, Majadahonda, Benidorm,
        Ponferrada, Zamora, Ávila, Cuenca, Huesca, Segovia, Soria, Teruel, Mérida, Ceuta, Melilla, Arganda del Rey,
        Pozuelo de Alarcón, Villarreal, Alcoy, Motril, Linares, Úbeda, Antequera, Ronda, Utrera, Écija, Plasencia, Don
        Benito, Aranda de Duero, Miranda de Ebro, Tudela, Calahorra, Calatayud, Vic, Igualada, Figueras, Sant Cugat
        del Vallès, Granollers, Rubí, Viladecans, Vilanova i la Geltrú, Ibiza, Mahón, Manacor, Inca, Arrecife, Puerto
        del Rosario, Arona, San Bartolomé de Tirajana, Torrelavega, Castro Urdiales, Irún, Éibar, Getxo, Basauri,
        Durango, Ciudad de México, Guadalajara de Jalisco, Monterrey, Puebla, Bogotá, Medellín, Cali, Barranquilla,
        Lima, Arequipa, Cuzco, Quito, Guayaquil, Caracas, Maracaibo, Buenos Aires, Rosario, Mendoza, Santiago de
        Chile, Valparaíso, Concepción, Montevideo, Asunción, La Paz, Santa Cruz de la Sierra, San José, Tegucigalpa,
        Managua, San Salvador, Santo Domingo, La Habana
        """
    ),
    "state": listed(
        """
        Andalucía, Aragón, Asturias, Principado de Asturias, Baleares, Islas Baleares, Canarias, Cantabria, Castilla y
        León, Castilla-La Mancha, Cataluña, Comunidad Valenciana, Extremadura, Galicia, La Rioja, Comunidad de Madrid,
        Región de Murcia, Navarra, País Vasco, Vizcaya, Guipúzcoa, Álava, provincia de Sevilla, provincia de Toledo,
        Jalisco, Nuevo León, Antioquia, Cundinamarca, Córdoba, Santa Fe, Zulia, Pichincha
        """
    ),
    "country": listed(
        """
        España, Marruecos, Ecuador, Colombia, Perú, Bolivia, Argentina, Venezuela, República Dominicana, Cuba, México,
        Chile, Paraguay, Uruguay, Brasil, Honduras, Nicaragua, El Salvador, Guatemala, Costa Rica, Panamá, Rumanía,
        Bulgaria, Ucrania, Rusia, Polonia, Italia, Francia, Portugal, Alemania, Reino Unido, Inglaterra, Irlanda,
        Países Bajos, Suecia, Argelia, Senegal, Malí, Nigeria, Ghana, Guinea Ecuatorial, China, Pakistán, India,
        Bangladesh, Filipinas, Siria, Irán, Turquía, Estados Unidos, Gambia
        """
    ),
    "zip": listed("#####, 0####, 2####"),
    "hospital": lined(
        """
        Hospital {proper}
        Hospital Universitario {proper}
        Hospital Universitario de {city}
        Hospital General Universitario {proper}
        Hospital General de {city}
        Hospital Clínico Universitario de {city}
        Hospital Clínico {proper}
        Hospital Comarcal de {city}
        Hospital Regional Universitario de {city}
        Hospital Infantil {proper}
        Hospital de {city}
        Hospital de la Santa Cruz de {city}
        Complejo Hospitalario Universitario de {city}
        Complejo Hospitalario de {city}
        Complejo Asistencial Universitario de {city}
        Fundación Hospital {proper}
        Fundación {proper}
        Clínica {proper}
        Clínica Universidad de {city}
        Centro Médico {proper}
        Centro de Salud {proper}
        Centro de Salud de {city}
        C.S. {proper}
        Ambulatorio {proper}
        Consorcio Hospitalario Provincial de {city}
        Corporació Sanitària Parc {proper}
        Instituto Oncológico {proper}
        Institut Català de {proper}
        Residencia Sanitaria {proper}
        Hospital Militar {proper}
        Sanatorio {proper}
        Policlínica {proper}
        H.U. {proper}
        Hospital Nacional {proper}
        Instituto Nacional de {proper}
        """
    ),
    "hospital_proper": listed(
        """
        La Paz, Gregorio Marañón, Doce de Octubre, 12 de Octubre, Ramón y Cajal, Puerta de Hierro, La Princesa, San
        Carlos, Virgen del Rocío, Virgen Macarena, Reina Sofía, Virgen de las Nieves, Carlos Haya, Puerta del Mar,
        Juan Ramón Jiménez, Vall d'Hebron, Bellvitge, Germans Trias i Pujol, Santa Creu i Sant Pau, La Fe, Doctor
        Peset, Son Espases, Son Dureta, Miguel Servet, Lozano Blesa, Marqués de Valdecilla, Cruces, Basurto, Galdakao,
        Donostia, Txagorritxu, San Cecilio, Infanta Sofía, Infanta Leonor, Infanta Cristina, Príncipe de Asturias,
        Severo Ochoa, Río Hortega, San Pedro, San Juan de Dios, Nuestra Señora de Candelaria, Insular, Doctor Negrín,
        Virgen de la Arrixaca, Morales Meseguer, Santa Lucía, Santa Bárbara, Virgen de la Salud, Virgen de la Luz, San
        Agustín, San Jorge, Arnau de Vilanova, Juan XXIII, Josep Trueta, Parc Taulí, Mútua de Terrassa, Quirón, Ruber,
        Sanitas La Moraleja, Teknon, Álvaro Cunqueiro, Meixoeiro, Xeral, Central de Asturias, Cabueñes, Puig d'en
        Valls, Cardenal Massaia, San Rafael, Nuestra Señora del Prado, Rebagliati, San Borja, Durand, Posadas
        """
    ),
    "organization": lined(
        """
        Universidad de {city}
        Universidad Complutense de {city}
        Facultad de Medicina de {city}
        Colegio {proper}
        IES {proper}
        CEIP {proper}
        Residencia de mayores {proper}
        Residencia {proper}
        Centro de día {proper}
        Ayuntamiento de {city}
        Talleres {family}
        Construcciones {family} S.L.
        {family} e Hijos S.A.
        Transportes {family}
        Panadería {family}
        Mutua {proper}
        Farmacia {family}
        Guardería {proper}
        Parroquia de {proper}
        Bodegas {family}
        """
    ),
    "profession": listed(
        """
        albañil, ama de casa, agricultor, ganadero, profesor, profesora jubilada, maestra, abogado, administrativa,
        conductor de autobús, camionero, taxista, mecánico, electricista, fontanero, carpintero, pintor, cocinero,
        camarera, panadero, carnicero, pescador, marinero, minero jubilado, soldador, ingeniero, arquitecto,
        enfermera, auxiliar de enfermería, médico, veterinario, farmacéutica, policía, guardia civil, militar,
        bombero, funcionario, contable, empresario, dependienta, peluquera, limpiadora, jardinero, estudiante,
        pensionista, informático, periodista, músico, sacerdote, cuidadora, vigilante de seguridad, peón de la
        construcción, trabajador de matadero, operario de fábrica, costurera
        """
    ),
    "phone": lined(
        """
        91 ### ## ##
        9## ### ###
        9## ## ## ##
        6## ### ###
        6## ## ## ##
        6########
        9########
        +34 6## ### ###
        +34 9## ## ## ##
        0034 6## ### ###
        (91) ### ## ##
        93-###-##-##
        34-9########
        """
    ),
    "mrn": lined(
        """
        #######
        ######
        ########
        #####
        ## ## ##
        HC-######
        ##-######
        A-######
        """
    ),
    "ssn": lined(
        """
        ########@
        ########-@
        ##.###.###-@
        X#######@
        Y-#######-@
        """
    ),
    "health_plan": lined(
        """
        ## ######## ##
        ##/########/##
        ############
        ##-########-##
        @@@@ ##########
        ## ########
        BBBB############
        """
    ),
    "license": lined(
        """
        ## ## #####
        ## #######
        #########
        28 28 #####
        ##/##/#####
        ##-##-#####
        #####
        """
    ),
    "vehicle": lined(
        """
        #### @@@
        ####@@@
        @-####-@@
        ####-@@@
        """
    ),
    "device": lined(
        """
        ########
        @@@######@
        ##########
        ######
        #####-@
        """
    ),
    "id": lined(
        """
        ##-#####
        @@-####-####
        ########
        ##B-#####
        ####/####
        @##-#####
        B##-####
        """
    ),
    "account": lined(
        """
        ##########
        ########
        ES## #### #### ## ##########
        ####-####
        """
    ),
    "email_domain": listed(
        """
        hotmail.com, gmail.com, yahoo.es, telefonica.net, salud.madrid.org, sescam.jccm.es, gencat.cat, comb.cat,
        us.es, ugr.es, osakidetza.eus, sergas.es, hospital.example, aragon.es, carm.es, juntadeandalucia.es, gva.es,
        medynet.com, wanadoo.es, terra.es, yahoo.com, aeu.es
        """
    ),
    "cultures": listed("hispanic, hispanic, hispanic, hispanic, arabic"),
    "small": listed("1, 2, 3, 4, 5, 6, 8, 10, 12, 14, 101, 212, 304"),
}
