"""Spanish clinical text with identifiers: case reports, discharge reports, letters, notes, messages."""

from __future__ import annotations

from cloister.deid.text.training.carriers import lined

HEADERS = lined(
    r"""
Datos del paciente.\nNombre: {NAME.given}.\nApellidos: {NAME.family} {NAME.family}.\nNHC: {MRN}.\nNASS:
  {HEALTH_PLAN}.\nDomicilio: {STREET}.\nLocalidad/ Provincia: {CITY}.\nCP: {ZIP}.\nDatos asistenciales.\nFecha de
  nacimiento: {DATE}.\nPaís: {COUNTRY}.\nEdad: {AGE} Sexo: H.\nFecha de Ingreso: {DATE}.\nServicio:
  {specialty}.\nEpisodio: {ACCOUNT}.\nMédico: {DOCTOR} NºCol: {LICENSE}.\nInforme clínico del paciente:
  {articulo_sexo} con antecedentes de {disease} que consulta por {symptom}.
Datos del paciente.\nNombre: {NAME.given}\nApellidos: {NAME.family} {NAME.family}\nNHC: {MRN}\nDomicilio:
  {STREET}\nLocalidad/Provincia: {CITY}, {STATE}\nCP: {ZIP}\nNASS: {HEALTH_PLAN}\nFecha de nacimiento: {DATE}\nPaís de
  nacimiento: {COUNTRY}\nEdad: {AGE} Sexo: M\nFecha de ingreso: {DATE}\nMédico: {NAME} NºCol: {LICENSE}\nHistoria
  Actual: {articulo_sexo} de {AGE} que acude por {symptom}.
Nombre: {NAME.given}. Apellidos: {NAME.family}. CIPA: {HEALTH_PLAN}. NHC: {MRN}. DNI: {SSN}. Domicilio: {STREET}.
  Localidad: {CITY}. Provincia: {STATE}. CP: {ZIP}.
PACIENTE: {NAME}\nFECHA DE NACIMIENTO: {DATE}\nNº HISTORIA: {MRN}\nDNI: {SSN}\nTELÉFONO: {PHONE}\nDOMICILIO: {STREET},
  {CITY} ({ZIP})\nMÉDICO RESPONSABLE: {NAME}
INFORME DE ALTA\nApellidos y nombre: {NAME.family}, {NAME.given}\nHistoria clínica: {MRN}\nFecha de ingreso:
  {DATE}\nFecha de alta: {DATE}\nServicio: {specialty}\nHospital: {HOSPITAL}\n\nMotivo de ingreso: {symptom}.\nJuicio
  clínico: {disease}.
{HOSPITAL}\nServicio de {specialty}\n{STREET}\n{ZIP} {CITY}\nTel. {PHONE} Fax {FAX}\n\nInforme de consulta
  externa\nPaciente: {NAME}\nFecha: {DATE}\nNHC {MRN}
Nombre y apellidos: {NAME}. Sexo: mujer. F. nac.: {DATE}. Nº SS: {HEALTH_PLAN}. Tarjeta sanitaria: {HEALTH_PLAN}.
  Teléfono: {PHONE}. Persona de contacto: {NAME} ({familiar}), {PHONE}.
INFORME DE URGENCIAS\nPaciente {NAME} Edad {AGE} NHC {MRN} Nº episodio {ACCOUNT}\nFecha y hora de llegada: {DATE}
  {time}\nMotivo de consulta: {symptom}
Paciente: {NAME}; {AGE}; hab. {small}; ingreso {DATE}; {disease}; tto: {drug}; Dr. {NAME.family}
SOLICITUD DE INTERCONSULTA\nDe: {specialty}\nA: {specialty2}\nPaciente: {NAME}\nNHC: {MRN}\nCama: {small}\nFecha:
  {DATE}\nMotivo: {symptom}, {disease} en tratamiento con {drug}.
Apellidos: {NAME.family} | Nombre: {NAME.given} | Fecha nac.: {DATE} | NIF: {SSN} | Tfno.: {PHONE} | CP {ZIP} | {CITY}
ANATOMÍA PATOLÓGICA\nNº de biopsia: {ID}\nPaciente: {NAME}\nMédico solicitante: {DOCTOR}\nFecha de recepción:
  {DATE}\nMuestra: {anatomy}\nDiagnóstico: {disease}.
LABORATORIO DE ANÁLISIS CLÍNICOS\nPetición: {ID}\nNombre: {NAME}\nNº de historia: {MRN}\nFecha de extracción:
  {DATE}\n{lab}: {number}\n{lab2}: {number}\nValidado por {DOCTOR}
RECETA\n{NAME}\nDNI {SSN}\nFecha de prescripción: {DATE}\n{drug} {dose}, {pauta}\nMédico: {DOCTOR}, Nº col. {LICENSE}
HOJA OPERATORIA. Paciente: {NAME}. NHC: {MRN}. Fecha: {DATE}. Cirujano: {DOCTOR}. Ayudante: {DOCTOR}. Anestesista:
  {DOCTOR}. Intervención: {procedure}. Implante nº de serie {DEVICE}.
Curso clínico {DATE} {time}\n{NAME} ({AGE}), afebril, {symptom}. {lab}: {number}. Plan: {drug} {pauta}.\nFdo.:
  {DOCTOR}
JUSTIFICANTE\nD./Dña. {NAME}, con DNI {SSN}, ha acudido a consulta de {specialty} el día {DATE} a las {time}.\nEn
  {CITY}, a {DATE}.\nFdo. {DOCTOR}. Col. {LICENSE}
Datos del asegurado: {NAME}, póliza {HEALTH_PLAN}, compañía {ORGANIZATION}, siniestro {ACCOUNT}, vehículo matrícula
  {VEHICLE}.
Nombre:{NAME.given} Apellidos:{NAME.family} Edad:{AGE} Sexo:V Tel:{PHONE} Email:{EMAIL}
Historia nº {MRN}. {NAME}. Nacida el {DATE} en {CITY}. Profesión: {PROFESSION}. Estado civil: casada.
    """
)

SIGNATURES = lined(
    r"""
Remitido por: Dr. {NAME}. Servicio de {specialty}. {HOSPITAL}. {STREET}. {ZIP} {CITY}. ({COUNTRY}). Correo
  electrónico: {EMAIL}
Remitido por: Dra. {NAME} {HOSPITAL} {STREET} {ZIP} {CITY} e-mail: {EMAIL}
Responsable clínico: Dr. {NAME}. {HOSPITAL}. {STREET}, {ZIP} {CITY}. Email: {EMAIL}
Remitido por: {DOCTOR}, Servicio de {specialty}, {HOSPITAL}, {STREET}, {CITY}, {COUNTRY}. Tel.: {PHONE}. Fax: {FAX}.
  E-mail: {EMAIL}
Remitido por: Dr. {NAME} C/ {STREET} {ZIP} {CITY}, {STATE} ({COUNTRY}). {EMAIL}
Correspondencia: {DOCTOR}. {HOSPITAL}. Servicio de {specialty}. {STREET}. {ZIP}-{CITY}. {EMAIL}
Dirección para correspondencia: Dra. {NAME}\nDepartamento de {specialty}\n{HOSPITAL}\n{STREET}\n{ZIP} {CITY}\n{EMAIL}
Fdo: Dr. {NAME}\nMédico adjunto de {specialty}\nNº Colegiado {LICENSE}\n{CITY}, {DATE}
Firmado: {NAME}, Jefe de Servicio de {specialty}, {HOSPITAL}. {CITY}, a {DATE}.
Atentamente,\n{DOCTOR}\n{HOSPITAL}\nTeléfono: {PHONE}
Un cordial saludo,\n\n{NAME}\nMédico de familia\n{HOSPITAL}\nTfno {PHONE} / Fax {FAX}
Firmado electrónicamente por {NAME} el {DATE} a las {time}.
En {CITY}, a {DATE}. Dr. {NAME}. Colegiado {LICENSE}.
Médico residente: {NAME}. Médico adjunto: {NAME}. Enfermera: {NAME.given}.
Dres. {NAME.family}, {NAME.family} y {NAME.family}. Servicio de {specialty}. {HOSPITAL}.
    """
)

NARRATIVE = lined(
    r"""
{articulo_sexo} de {AGE}, {PROFESSION}, {vivo} {CITY}, que ingresa el {DATE} por {symptom}.
Paciente de {AGE} con antecedentes de {disease} y {disease2}, remitido desde {HOSPITAL} por {symptom}.
{trato} {NAME} acude acompañado de su {familiar} {NAME.given} por {symptom} de dos semanas de evolución.
El paciente, {NAME}, {vivo} {CITY} ({STATE}), refiere {symptom} desde el {DATE}.
La Sra. {NAME.family} fue intervenida de {procedure} el {DATE} en {HOSPITAL} sin complicaciones.
El Sr. {NAME.family} recibe {drug} {pauta}. Se cita para revisión el {DATE} con la Dra. {NAME.family}.
Doña {NAME}, con DNI {SSN} y domicilio en {STREET} de {CITY}, autoriza la realización de {procedure}.
Don {NAME}, de {AGE}, natural de {COUNTRY}, trabaja como {PROFESSION} en {ORGANIZATION}.
Comentado el caso con el Dr. {NAME.family} ({specialty}), se decide iniciar {drug}.
Se contacta telefónicamente con su {familiar}, {NAME}, en el {PHONE}.
Visto por {DOCTOR} el {DATE}: {lab} {number}, {lab2} {number}. Se solicita {procedure}.
Ingresó en {HOSPITAL} el {DATE} y fue dada de alta el {DATE} con el diagnóstico de {disease}.
Entre el {DATE} y el {DATE} recibió seis ciclos de quimioterapia en {HOSPITAL}.
En {DATE} se le diagnosticó {disease}, por lo que inició tratamiento con {drug}.
Fue diagnosticado de {eponym} en {DATE} en {CITY}.
Trasladada desde {HOSPITAL} ({CITY}) para {procedure}.
Su {familiar} {NAME.given} refiere que el paciente vive solo en {STREET}, {CITY}.
{NAME.given} tolera bien la dieta y deambula con ayuda.
{NAME.family} está estable, afebril, con {lab} de {number}.
Paciente procedente de {COUNTRY}, residente en {CITY} desde {DATE}, con serología de {microbe} positiva.
Viaje reciente a {COUNTRY} y {COUNTRY} en {DATE}. Niega contacto con animales.
Enviar copia del informe a {EMAIL} y al fax {FAX}.
Se implanta marcapasos con número de serie {DEVICE} el {DATE}.
Accidente de tráfico con el vehículo {VEHICLE} en la carretera de {CITY}. Atendido por el SAMU y trasladado a
  {HOSPITAL}.
Tarjeta sanitaria {HEALTH_PLAN}, nº de la Seguridad Social {HEALTH_PLAN}, historia {MRN}.
Resultados disponibles en {URL} (usuario {ID}).
Mujer de {AGE} natural de {CITY} y residente en {CITY}, ama de casa, sin alergias conocidas, que consulta por
  {symptom}.
Varón de {AGE}, de profesión {PROFESSION}, fumador de 20 cigarrillos/día, con {disease}. Exploración: {anatomy}
  {normal}.
Niño de {AGE} traído por su madre, {NAME}, por {symptom} y {symptom2}.
La paciente ha sido valorada por {DOCTOR} de {specialty}, que recomienda {procedure} y control en {HOSPITAL} el
  {DATE}.
El Dr. {NAME} realiza {procedure} con la ayuda de la Dra. {NAME} y la enfermera {NAME.given} {NAME.family}.
Según informe de {HOSPITAL} de fecha {DATE}, el paciente presentaba {disease}.
Antecedentes: {disease} diagnosticada en {DATE}; {procedure} en {DATE} ({HOSPITAL}); alergia a {drug}.
Trabajadora en {ORGANIZATION}, {PROFESSION}, casada con {NAME}, dos hijos ({NAME.given} y {NAME.given}).
Se envía la muestra al laboratorio de referencia de {HOSPITAL}, {CITY}, con el número {ID}.
Evolución: el {DATE} presenta {symptom}; el {DATE} se realiza {procedure}; exitus el {DATE}.
Último control el {DATE}: {lab} {number}. Próxima cita: {DATE} a las {time} con {DOCTOR}.
Ingresa procedente de la residencia {ORGANIZATION} por {symptom}. Avisada su {familiar} {NAME} ({PHONE}).
Exploración por el Dr. {NAME.family}: signo de Murphy positivo, {anatomy} {normal}.
La {familiar} del paciente, {NAME}, presentó {eponym} y fue tratada en {HOSPITAL} con {drug}.
Paciente de etnia gitana de {AGE}, vecina de {CITY}, con {eponym} en seguimiento por el Dr. {NAME.family}.
Inmigrante de {AGE} originario de {COUNTRY} que llegó a {CITY} en {DATE}.
Acude {NAME.given} a la consulta de enfermería. TA {bp}. Próxima visita {DATE}.
{NAME}, {AGE}, DM2 e HTA. Hoy {DATE}: glucemia {number}. Sigue con {drug} y {drug2}.
Pte {NAME} hab {small} refiere dolor; avisado Dr {NAME.family}; se administra {drug} {dose}.
Mensaje de {NAME} ({EMAIL}): ¿puedo tomar {drug} con {drug2}? Gracias.
¿Qué dosis de {drug} debo dar a mi paciente {NAME}, de {AGE}, con {disease}, NHC {MRN}?
¿Puede {NAME.given} {NAME.family} viajar a {COUNTRY} tras la {procedure} del {DATE}?
Mi {familiar} {NAME} fue operado en {HOSPITAL} de {CITY} el {DATE}, ¿es normal que tenga {symptom}?
Resume la historia de {NAME}, nacido el {DATE}, con {disease} y tratamiento con {drug}.
Redacta un informe para {DOCTOR}, {HOSPITAL}, sobre la paciente {NAME}, DNI {SSN}.
hola soy {NAME}, tengo {AGE} y vivo en {CITY}, desde el {DATE} tengo {symptom}, que hago?
Paciente {NAME} con tarjeta {HEALTH_PLAN} solicita cita por teléfono {PHONE} para {procedure}.
Se cursa parte judicial. Lesionado: {NAME}, DNI {SSN}, domicilio {STREET}, {CITY}. Médico: {DOCTOR}.
Donante: {NAME.given}, {AGE}, grupo A+. Receptor: {NAME}, {AGE}. Trasplante en {HOSPITAL} el {DATE}.
Presentamos el caso de una mujer de {AGE} que acudió al Servicio de Urgencias de {HOSPITAL} por {symptom}.
Derivado por su médico de Atención Primaria ({DOCTOR}, {HOSPITAL}) por elevación de {lab}.
Consta en historia clínica nº {MRN} ingreso previo en {DATE} por {disease}.
Hermana gemela, {NAME.given}, con {eponym}. Padre, {NAME}, fallecido a los {AGE} por {disease}.
El {DATE} la unidad móvil recoge al paciente en {STREET}, {CITY}; constantes: TA {bp}, FC {hr}.
Vive en {CITY}, {STATE}. Trabajó como {PROFESSION} hasta {DATE}.
Refiere caída en {STREET} el {weekday} por la tarde; {DATE}.
Consentimiento firmado por {NAME} ({familiar}) con DNI {SSN} el {DATE}.
Contactar con {NAME} (trabajadora social) en el {PHONE}, ext. {small}.
Dr. {NAME.family}: gracias por remitirnos a {NAME}, {AGE}, con {disease}.
Estimado compañero: te remito a {NAME}, de {AGE}, para valoración de {symptom}. Un saludo, {DOCTOR}.
Estimada Dra. {NAME.family}: he visto en consulta a su paciente {NAME} (NHC {MRN}) el {DATE}.
INFORME RADIOLÓGICO. {NAME}. Fecha: {DATE}. {procedure}: {anatomy} {normal}. Conclusión: {disease}. Radiólogo:
  {DOCTOR}.
Enfermería, turno de noche: {NAME.given} duerme a intervalos, se administra {drug} a las {time}. DUE {NAME}.
Tras ser desestimado en {HOSPITAL}, solicita segunda opinión en {HOSPITAL}, {CITY}, {COUNTRY}.
El estudio genético realizado en {ORGANIZATION} confirmó {eponym}.
IP de acceso {IP}; usuario {EMAIL}; historia consultada {MRN}; {DATE} {time}.
Cuenta de cargo: {ACCOUNT}. Titular: {NAME}.
Permiso de conducir {LICENSE} de {NAME} pendiente de valoración por {eponym}.
MC: {symptom}. AP: {disease}. {NAME}, {AGE}, {CITY}. Tto: {drug}, {drug2}. Dx: {disease2}. Alta {DATE}.
    """
)

LINES = lined(
    r"""
{NAME}, {DATE}
{DATE}: {lab} {number}, {lab2} {number}.
{DATE} {procedure}: {normal}
- {DATE}: ingreso en {HOSPITAL} por {disease}.
- {NAME} ({familiar}): {PHONE}
Médico: {NAME}
Médico: Dr. {NAME}
Procedencia: {CITY}
Localidad: {CITY}
Provincia: {STATE}
Hospital: {HOSPITAL}
Fecha: {DATE}
Tel: {PHONE}
Email: {EMAIL}
DNI/NIE: {SSN}
Colegiado: {LICENSE}
Profesión: {PROFESSION}
    """
)
