{{/* The container, volumes and security context of the service: dict "serve" "settings" "image" "scheme". */}}
{{- define "praxi.serve.container" }}
image: {{ .image }}
args:
  - --workers={{ .serve.workers }}
  - --token-file=/etc/praxi/tokens
  {{- if .serve.tlsSecret }}
  - --tls-cert=/etc/praxi/tls/tls.crt
  - --tls-key=/etc/praxi/tls/tls.key
  {{- end }}
  - --experiment=/etc/praxi/experiment/experiment.yaml
  {{- range .serve.registries }}
  - {{ printf "--registry=%s" . | quote }}
  {{- end }}
env:
  - {name: PRAXI_STORE, value: {{ .settings.store | quote }}}
  - {name: PRAXI_MODEL, value: {{ .serve.model | quote }}}
  - {name: PRAXI_STARTER_MODEL, value: {{ .settings.model | quote }}}
envFrom:
  {{- range .settings.pod_environment_secrets }}
  - secretRef: {name: {{ . }}}
  {{- end }}
ports:
  - {name: http1, containerPort: 8080, protocol: TCP}
startupProbe:
  httpGet: {path: /v2/health/ready, port: 8080, scheme: {{ .scheme }}}
  periodSeconds: 5
  failureThreshold: 60
readinessProbe:
  httpGet: {path: /v2/health/ready, port: 8080, scheme: {{ .scheme }}}
  periodSeconds: 5
livenessProbe:
  httpGet: {path: /v2/health/live, port: 8080, scheme: {{ .scheme }}}
  periodSeconds: 10
  failureThreshold: 6
# What is asked while the endpoint is taken out of the Service is still answered.
lifecycle:
  preStop:
    exec: {command: [sleep, "5"]}
resources: {{- toYaml .serve.resources | nindent 2 }}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: {drop: [ALL]}
volumeMounts:
  - {name: scratch, mountPath: /scratch}
  - {name: tokens, mountPath: /etc/praxi/tokens, readOnly: true}
  - {name: experiment, mountPath: /etc/praxi/experiment, readOnly: true}
  {{- if .serve.tlsSecret }}
  - {name: tls, mountPath: /etc/praxi/tls, readOnly: true}
  {{- end }}
{{- end }}
{{- define "praxi.serve.volumes" }}
- {name: scratch, emptyDir: {sizeLimit: {{ .settings.pod_scratch_limit }}}}
- {name: tokens, secret: {secretName: {{ .serve.tokenSecret }}}}
- {name: experiment, configMap: {name: praxi-serve}}
{{- if .serve.tlsSecret }}
- {name: tls, secret: {secretName: {{ .serve.tlsSecret }}}}
{{- end }}
{{- end }}
{{- define "praxi.serve.podSecurity" }}
runAsNonRoot: true
{{- if gt (int .settings.pod_run_as_user) -1 }}
runAsUser: {{ .settings.pod_run_as_user }}
fsGroup: {{ .settings.pod_run_as_user }}
{{- end }}
seccompProfile: {type: RuntimeDefault}
{{- end }}
