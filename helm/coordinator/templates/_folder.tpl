{{/* Where the server's folder is, and which files in it are backed up. */}}
{{- define "cloister.folder" -}}
/srv/federation
{{- end }}

{{- define "cloister.backedUp" -}}
- /srv/federation/audit.sqlite
- /srv/federation/flower/state.db
- /srv/federation/server.toml
- --if-there=/srv/federation/roster.json
- --if-there=/srv/federation/accounts.json
{{- end }}

{{- define "cloister.tellMetrics" -}}
cloister server metrics --server /srv/federation
{{- end }}
