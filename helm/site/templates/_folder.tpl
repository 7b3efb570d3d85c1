{{/* Where the site's folder is, and which files in it are SQLite's. */}}
{{- define "cloister.folder" -}}
/srv/site
{{- end }}

{{- define "cloister.databases" -}}
- /srv/site/ledger.sqlite
- /srv/site/audit.sqlite
{{- end }}

{{- define "cloister.tellMetrics" -}}
cloister site metrics --site /srv/site
{{- end }}
