{{/* For Prometheus: one container writes the figures into a file, another one shows that file and sees nothing else. */}}
{{- define "cloister.metricsContainers" -}}
- name: metrics
  image: {{ include "cloister.image" (list .Values.image .Chart.AppVersion) }}
  imagePullPolicy: {{ .Values.image.pullPolicy }}
  # Where there are no figures, such as of a ledger that was altered, there is no file, and Prometheus notices.
  command:
    - sh
    - -c
    - |
      trap 'exit 0' TERM
      while :; do
        if {{ include "cloister.tellMetrics" . }} > /srv/metrics/next; then mv /srv/metrics/next /srv/metrics/metrics
        else rm -f /srv/metrics/metrics; fi
        sleep 60 & wait $!
      done
  env:
    {{- include "cloister.environment" . | nindent 4 }}
  securityContext:
    {{- include "cloister.containerSecurity" . | nindent 4 }}
  resources:
    {{- toYaml .Values.resources.metrics | nindent 4 }}
  volumeMounts:
    {{- include "cloister.mounts" . | nindent 4 }}
    - {name: metrics, mountPath: /srv/metrics}
- name: scrape
  image: {{ include "cloister.image" (list .Values.proxyImage "") }}
  imagePullPolicy: {{ .Values.proxyImage.pullPolicy }}
  command: ["nginx", "-e", "stderr", "-c", "/etc/cloister/nginx.conf"]
  ports:
    - {name: metrics, containerPort: 9464, protocol: TCP}
  livenessProbe:
    tcpSocket: {port: metrics}
    periodSeconds: 30
  securityContext:
    {{- include "cloister.containerSecurity" . | nindent 4 }}
  resources:
    {{- toYaml .Values.resources.scrape | nindent 4 }}
  volumeMounts:
    - {name: metrics, mountPath: /srv/metrics, readOnly: true}
    - {name: scrape, mountPath: /etc/cloister/nginx.conf, subPath: nginx.conf, readOnly: true}
    - {name: scrape-users, mountPath: /etc/cloister/users, readOnly: true}
    - {name: scrape-tmp, mountPath: /tmp}
{{- end }}

{{- define "cloister.metricsVolumes" -}}
- name: metrics
  emptyDir: {sizeLimit: 64Mi}
- name: scrape
  configMap:
    name: {{ include "cloister.name" . }}-metrics
- name: scrape-users
  secret:
    secretName: {{ required "metrics.existingSecret: name the Secret with username, password and htpasswd" .Values.metrics.existingSecret }}
    defaultMode: 0440
    items:
      - {key: htpasswd, path: htpasswd}
- name: scrape-tmp
  emptyDir: {sizeLimit: 16Mi}
{{- end }}
