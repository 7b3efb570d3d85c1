{{/* The two volumes of a StatefulSet's pod. They outlive it, and `helm uninstall`: keys and ledger are on them. */}}
{{- define "cloister.claims" -}}
{{- $root := . }}
{{- range $name, $storage := dict "data" .Values.storage "anchors" .Values.storage.anchors }}
- apiVersion: v1
  kind: PersistentVolumeClaim
  metadata:
    name: {{ $name }}
    labels:
      {{- include "cloister.selector" $root | nindent 6 }}
  spec:
    accessModes: [ReadWriteOnce]
    {{- with $storage.className }}
    storageClassName: {{ . | quote }}
    {{- end }}
    resources:
      requests:
        storage: {{ $storage.size | quote }}
{{- end }}
{{- end }}
