{{- define "cloister.environment" -}}
- {name: HOME, value: /tmp}
- {name: XDG_STATE_HOME, value: /srv/state}
- {name: FLWR_HOME, value: /srv/federation/flower}
{{- end }}

{{- define "cloister.mounts" -}}
- {name: data, mountPath: /srv/federation}
- {name: anchors, mountPath: /srv/state}
- {name: tmp, mountPath: /tmp}
{{- end }}

{{- define "cloister.superlinkAnswers" -}}
import ssl, urllib.request; urllib.request.urlopen("https://127.0.0.1:8000/health", timeout=5, context=ssl.create_default_context(cafile="/srv/federation/keys/link-ca.crt"))
{{- end }}
