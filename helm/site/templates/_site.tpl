{{- define "cloister.environment" -}}
- {name: HOME, value: /tmp}
- {name: XDG_STATE_HOME, value: /srv/state}
{{- if eq (int .Values.gpu.count) 0 }}
- {name: CUDA_VISIBLE_DEVICES, value: ""}
{{- end }}
{{- with .Values.httpsProxy }}
- {name: HTTPS_PROXY, value: {{ . | quote }}}
- {name: NO_PROXY, value: "127.0.0.1,localhost"}
{{- end }}
{{- end }}

{{- define "cloister.mounts" -}}
- {name: data, mountPath: /srv/site}
- {name: anchors, mountPath: /srv/state}
- {name: tmp, mountPath: /tmp}
{{- if .Values.datasets.existingClaim }}
- {name: datasets, mountPath: /srv/datasets, readOnly: true}
{{- end }}
{{- end }}

{{/* The node runs: 200. Otherwise, and where nobody answers, urlopen raises. */}}
{{- define "cloister.connected" -}}
import urllib.request; urllib.request.urlopen("http://127.0.0.1:9095/health", timeout=5)
{{- end }}

{{/* It is alive: it answers, whatever; or it waits for its enrolment. */}}
{{- define "cloister.answers" -}}
import os, socket; os.path.exists("/srv/site/enrolment/accepted.json") and socket.create_connection(("127.0.0.1", 9095), 5)
{{- end }}
