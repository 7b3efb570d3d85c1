{{/* A container's resources with the GPUs in them. Takes (list root resources). */}}
{{- define "cloister.resources" -}}
{{- $root := index . 0 }}
{{- $resources := deepCopy (index . 1) }}
{{- if gt (int $root.Values.gpu.count) 0 }}
{{- $resources = merge (dict "limits" (dict $root.Values.gpu.resource (int $root.Values.gpu.count))) $resources }}
{{- end }}
{{- toYaml $resources }}
{{- end }}
