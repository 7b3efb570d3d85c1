"""Notes where hospitals keep them: tables, folders of files, HL7 v2 messages and FHIR resources, read into one form."""
