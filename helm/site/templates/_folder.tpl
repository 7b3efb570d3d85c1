{{/* Where the site's folder is, and which files in it are backed up. */}}
{{- define "cloister.folder" -}}
/srv/site
{{- end }}

{{- define "cloister.backedUp" -}}
- /srv/site/ledger.sqlite
- /srv/site/audit.sqlite
- /srv/site/site.toml
- /srv/site/policy.toml
- --if-there=/srv/site/accounts.json
{{- end }}

{{- define "cloister.tellMetrics" -}}
cloister site metrics --site /srv/site
{{- end }}
