"""Spanish clinical text without identifiers, full of what looks like one."""

from __future__ import annotations

from cloister.deid.text.training.carriers import lined

NOTES = lined(
    r"""
{articulo_sexo} con antecedentes de {disease} que consulta por {symptom} de {small} días de evolución.
Antecedentes personales: {disease}, {disease2}. No alergias medicamentosas conocidas. En tratamiento con {drug} y
  {drug2}.
Exploración física: consciente y orientado, normohidratado. Auscultación cardiopulmonar: tonos rítmicos sin soplos.
  Abdomen blando, depresible, Blumberg negativo.
Exploración física: TA {bp} mmHg, FC {hr} lpm, Tª {temp} ºC, Sat O2 97%. {anatomy_cap}: {normal}.
Hemograma: {lab} {number}, {lab2} {number}. Bioquímica: {lab3} {number} mg/dl, resto normal.
Analítica: {lab} {number} mg/dl, {lab2} {number} U/l, {lab3} {number}. Coagulación normal.
Hemoglobina 13,3 g/dl, Plaquetas 281.000/ul, Leucocitos 8.800/ul con 23% de segmentados.
{procedure_cap}: {anatomy} de tamaño normal, sin lesiones focales. No se observa líquido libre.
{procedure_cap}: se aprecia una masa de {number} x {number} cm en {anatomy}, compatible con {disease}.
Radiografía de Tórax: sin hallazgos de interés. ECG: Ritmo Sinusal a {hr} lpm.
Juicio clínico: {disease}. {disease2_cap}. {eponym}.
Diagnóstico principal: {eponym}. Diagnósticos secundarios: {disease}; {disease2}.
Tratamiento: {drug} {dose} {pauta}; {drug2} {dose} {pauta}; {drug3} si dolor.
Tratamiento al alta:\n- {drug} {dose}, {pauta}\n- {drug2} {dose}, {pauta}\n- {drug3} si precisa
Se inicia tratamiento con {drug} con buena evolución clínica y es dado de alta a los {small} días.
Evolución: favorable, {dia_relativo} permanece asintomático. {lab_cap} {normal}.
Ante la sospecha de {eponym} se solicita {procedure}, que resulta {normal}.
Estudio inmunohistoquímico: CD20+, CD3-, CD138+, Ki-67 del 40%. Bcl-2 positivo. S-100 negativo.
Anatomía patológica: {disease} bien diferenciado, Gleason 7 (3+4), con invasión perineural.
Tinción de Ziehl-Neelsen negativa. Cultivo de Löwenstein positivo a {microbe}.
Urocultivo: {microbe} > 100.000 UFC/ml sensible a {drug}, resistente a {drug2}.
Hemocultivos positivos para {microbe}. Se inicia {drug} iv.
Test de Coombs directo negativo. Mantoux de 15 mm. Proteinuria de Bence-Jones ausente.
Signo de Babinski ausente, Romberg negativo, Kernig y Brudzinski negativos. Glasgow 15.
Escala de Glasgow 14/15. {scale}: {small} puntos.
Índice de Barthel 60. {scale} de {small}. Independiente para las actividades básicas.
Se coloca sonda de Foley 18 Ch y drenaje de Jackson-Pratt. Sutura con Vicryl 3/0.
Se realiza {procedure} mediante abordaje de Pfannenstiel, sin incidencias.
Intervención: {procedure}. Tiempo quirúrgico {small} horas. Sangrado escaso. Se deja drenaje tipo Redon.
La paciente es madre de tres hijos sanos, menarquia a los 13 años, menopausia a los 51.
El paciente refiere que su padre padeció {disease} y su hermano {eponym}.
Fumador de 20 cigarrillos al día. Bebedor moderado. Niega consumo de otros tóxicos.
Vive con su esposa. Independiente. Jubilado. No viajes recientes.
Vive en medio rural, en contacto con animales. Vacunación completa.
Se informa a la familia del pronóstico y se solicita consentimiento informado.
Pendiente de {procedure} de forma ambulatoria. Control por su médico de Atención Primaria en {small} semanas.
Revisión en Consultas Externas de {specialty} en {small} meses con {lab} y {procedure}.
Se realiza interconsulta a {specialty}, que recomienda {drug}.
Ingresa a cargo de {specialty} procedente del Servicio de Urgencias.
Servicio de {specialty}: paciente pendiente de {procedure}.
Valorado por {specialty} y por la Unidad de Cuidados Intensivos.
{heading}: {normal}.
{heading}:\n{symptom_cap}.\n{heading2}:\n{disease_cap}.
{heading}
PRUEBAS COMPLEMENTARIAS BÁSICAS
EVOLUCIÓN Y COMENTARIOS: tras {procedure} mejora de {symptom}.
Serología: VHB, VHC y VIH negativos. Toxoplasma IgG positiva. CMV IgM negativa. Rosa de Bengala negativo.
Marcadores tumorales: CEA {number}, CA 19.9 {number}, PSA {number} ng/ml.
Gasometría arterial: pH 7,38, pCO2 42, pO2 78, HCO3 24, lactato 1,2.
Sistemático de orina: densidad 1.020, pH 6, proteínas +, hematíes 5-10/campo.
Serie Blanca: 12.300/mm3 (N 82%, L 11%). Serie Roja: Hb 9,8 g/dl, VCM 78 fl. VSG 45 mm/h.
Fondo de ojo: OD normal, OI con edema de papila. Agudeza visual 0,6 y 0,8. PIO 16/18 mmHg.
Biomicroscopia: Tyndall ++, sinequias posteriores. Schirmer 4 mm en ambos ojos.
Campo visual de Goldmann con escotoma central. Test de Ishihara normal. Amsler alterado.
Rejilla de Amsler normal. OCT: espesor foveal de 320 micras.
Cariotipo 46,XY. Mutación del gen BRCA1 no detectada. Translocación t(9;22) positiva. KRAS no mutado.
Según la clasificación de {scale}, grado II. Estadio T2N0M0.
Cumple criterios de {sociedad} para {disease}.
Se pauta quimioterapia según {sociedad} con {drug} y {drug2} por {small} ciclos.
Recibió {small} ciclos de R-CHOP con respuesta completa. PET-TC con Deauville 2.
Ecocardiograma Doppler: FEVI 55%, insuficiencia mitral leve, TAPSE 20 mm.
Ecografía Doppler de troncos supraaórticos: placas no significativas. Índice de Lindegaard 2,5.
Cateterismo: lesión del 80% en Descendente Anterior. Se implanta stent Xience 3 x 18 mm.
TC craneal sin contraste: no se observa hemorragia. Polígono de Willis permeable. ASPECTS 9.
RM de Columna Lumbar: protrusión discal L4-L5 y L5-S1. Modic tipo I. Signo de Lasègue positivo a 30º.
Radiografía de Cadera: fractura de Garden IV. Se realiza artroplastia tipo Austin-Moore.
Fractura de Colles. Inmovilización con férula. Índice de Singh 4.
Electromiograma compatible con síndrome de Guillain-Barré. Miller Fisher descartado.
Paciente con demencia por cuerpos de Lewy en tratamiento con {drug}.
Antecedente de esófago de Barrett con Praga C2M4 en seguimiento endoscópico.
Gastroscopia: úlcera Forrest III. Test de ureasa positivo para Helicobacter pylori. Hernia de hiato. Los Ángeles grado
  B.
Colonoscopia: Mayo 2. Escala de Boston 8. Se toman biopsias de íleon terminal.
Ecografía: Bosniak II en riñón derecho. BI-RADS 3 en mama izquierda. TI-RADS 4 en lóbulo tiroideo.
Punción lumbar: líquido claro, 3 células, glucosa 60, proteínas 35. Tinta china negativa.
Test de Apgar 9/10. Peso al nacer 3.250 g. Edad gestacional 39+2 semanas. Silverman 0.
Gestante de 32 semanas. Test de O'Sullivan patológico. Bishop 6. Streptococcus agalactiae negativo.
Curva de Cobb de 35º. Signo de Trendelenburg positivo. Maniobras de Barlow y Ortolani negativas.
Lesiones cutáneas compatibles con eritema nodoso. Signo de Nikolsky negativo. Fenómeno de Koebner.
Índice de Breslow 1,2 mm, nivel III de Clark. Ganglio centinela negativo.
Audiometría: hipoacusia neurosensorial. Rinne positivo, Weber lateralizado a la izquierda. Maniobra de Dix-Hallpike
  positiva.
Psiquiatría: ánimo bajo, sin ideación autolítica. Escala de Hamilton 18. Se ajusta {drug}.
Prick test positivo a Dermatophagoides pteronyssinus, Olea europaea y Alternaria. Dieta sin gluten.
Marcapasos DDD normofuncionante. DAI Medtronic. Bomba de insulina. Dispositivo tipo Holter durante 24 horas.
CIE-10: J18.9. Código I10. GRD 541. LOINC 718-7. NANDA 00132.
Peso 72 kg, talla 1,68 m, IMC 25,5. TA {bp}. Glucemia capilar {number}.
Dieta blanda. Deambulación progresiva. Curas cada 48 horas. Retirada de puntos en {small} días.
Dieta Mediterránea hiposódica, abstención de Tabaco y Alcohol. Evitar AINE.
Vacuna de la gripe administrada {dia_relativo}. Recuerdo de tétanos pendiente.
Alergia a Penicilina y a contrastes yodados. Intolerancia a Nolotil y Augmentine.
Paciente en Tratamiento con Sintrom. Último INR {number}. Ajuste de dosis: 3/4 de comprimido.
Se objetiva {symptom} {dia_relativo}, sin {symptom2}.
Niega {symptom}, {symptom2} y {symptom3}. Deposiciones normales.
Reingresa a los {small} días por {symptom}.
{drug_cap} {dose} {pauta}. Suspender {drug2}. Mantener {drug3}.
Consumo de 3 cervezas al día. ADVP hasta hace diez años. Metadona 40 mg.
Enfermera: curas con Betadine y Linitul. Constantes por turno. Diuresis 1.200 cc. Balance -300.
Doctor, me duele la espalda desde hace una semana y no duermo bien.
Paciente traído por el 112 tras caída casual. No pérdida de conciencia. Glasgow 15.
Dextro: 112 mg/dl. Sat: 94% basal. Cultivo de esputo: {microbe}.
Mejoría Clínica y Analítica. Alta a Domicilio. Cita en Consulta.
Limitación del Esfuerzo Terapéutico consensuada con la familia.
Sospecha de Tromboembolismo. Wells 4,5. Angio-TC urgente. Score PESI 86.
Insuficiencia Renal Aguda KDIGO 2. FENa 0,8%. Ecografía Renal normal. No precisa Diálisis.
Dolor en Fosa Ilíaca Derecha. McBurney doloroso, Rovsing positivo, Murphy negativo. Alvarado 8.
No se palpan Adenopatías. Ganglio de Virchow ausente. Signo de Cullen negativo.
    """
)

QUESTIONS = lined(
    r"""
¿Cuál es la dosis de {drug} en la {disease}?
¿Se puede combinar {drug} con {drug2} en pacientes con {eponym}?
¿Qué significa un valor de {lab} de {number}?
¿Cuáles son los criterios diagnósticos de {eponym}?
Tratamiento de primera línea de {microbe} en alérgicos a {drug}.
¿Cada cuánto hay que repetir la {procedure} en la {disease}?
Diagnóstico diferencial de {symptom} y {symptom2} en el anciano.
¿Qué dice la {sociedad} sobre {disease}?
Efectos adversos de {drug} y {drug2}.
Contraindicaciones de la {procedure} en la insuficiencia renal.
Diferencias entre {eponym} y {eponym2}.
¿Es normal tener {symptom} después de una {procedure}?
Mi médico me ha recetado {drug}, ¿puedo beber alcohol?
¿Cómo se calcula el {scale}?
Explícame qué es el {eponym} en palabras sencillas.
resumen de la evidencia de {drug} frente a {drug2}
que puedo tomar para {symptom} si tengo {disease}
interacciones de {drug} con {drug2} y {drug3}
paciente de mediana edad con {symptom}, {lab} elevada y {normal}: siguiente paso?
nivel de {lab} para suspender {drug}
    """
)
