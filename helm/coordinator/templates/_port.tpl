{{/* The port of the pod that may be reached: with client certificates, the one that asks for them. */}}
{{- define "cloister.openPort" -}}
{{- if .Values.mtls.existingSecret }}8444{{ else }}{{ .Values.port }}{{ end }}
{{- end }}
