{{/* Where the server's folder is, and which files in it are SQLite's. */}}
{{- define "cloister.folder" -}}
/srv/federation
{{- end }}

{{- define "cloister.databases" -}}
- /srv/federation/audit.sqlite
- /srv/federation/flower/state.db
{{- end }}

{{- define "cloister.tellMetrics" -}}
cloister server metrics --server /srv/federation
{{- end }}
