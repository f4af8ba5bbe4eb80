{{/*
The container, volumes and security context of the service: dict "root" "serve" "settings" "image" "scheme". What it
reads images and findings with is what the tasks' pods have.
*/}}
{{- define "praxi.serve.container" }}
image: {{ .image }}
args:
  - --workers={{ .serve.workers }}
  - --token-file=/etc/praxi/tokens
  {{- with .serve.tokenReview.subjects }}
  - --token-review
  {{- range . }}
  - {{ printf "--subject=%s" . | quote }}
  {{- end }}
  {{- end }}
  {{- range .serve.tokenReview.audiences }}
  - {{ printf "--audience=%s" . | quote }}
  {{- end }}
  {{- if .serve.tlsSecret }}
  - --tls-cert=/etc/praxi/tls/tls.crt
  - --tls-key=/etc/praxi/tls/tls.key
  {{- end }}
  - --experiment=/etc/praxi/config/experiment.yaml
  {{- with .settings.platform }}
  - --platform={{ . }}
  {{- end }}
  {{- if .serve.chain }}
  - --chain=/etc/praxi/config/chain.yaml
  {{- end }}
  {{- range .serve.registries }}
  - {{ printf "--registry=%s" . | quote }}
  {{- end }}
env:
  {{- range $name, $value := include "praxi.serve.variables" . | fromYaml }}
  {{- if $value }}
  - {name: {{ $name }}, value: {{ $value | quote }}}
  {{- end }}
  {{- end }}
  {{- with concat .root.Values.podTemplate.env .serve.env }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- with include "praxi.names" .settings.pod_environment_secrets | fromJsonArray }}
envFrom:
  {{- range . }}
  - secretRef: {name: {{ . }}}
  {{- end }}
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
  - {name: config, mountPath: /etc/praxi/config, readOnly: true}
  {{- if .serve.tlsSecret }}
  - {name: tls, mountPath: /etc/praxi/tls, readOnly: true}
  {{- end }}
  {{- if .serve.tokenReview.subjects }}
  - {name: account, mountPath: /var/run/secrets/kubernetes.io/serviceaccount, readOnly: true}
  {{- end }}
  {{- if .serve.events.secret }}
  - {name: events, mountPath: /etc/praxi/events, readOnly: true}
  {{- end }}
  {{- if .settings.pod_registry_secret }}
  - {name: registry, mountPath: /etc/praxi/registry, readOnly: true}
  {{- end }}
  {{- if include "praxi.authorities" .settings }}
  - {name: certificates, mountPath: /etc/praxi/ca, readOnly: true}
  {{- end }}
  {{- with concat .root.Values.podTemplate.volumeMounts .serve.volumeMounts }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end }}

{{/* The variables of the service, none a secret; what is empty is left out. */}}
{{- define "praxi.serve.variables" }}
{{- $settings := .settings }}
{{- $mirrors := include "praxi.names" ($settings.registry_mirrors | default list) | fromJsonArray }}
PRAXI_STORE: {{ $settings.store | quote }}
PRAXI_MODEL: {{ .serve.model | quote }}
PRAXI_STARTER_MODEL: {{ $settings.model | quote }}
HOME: /scratch
TMPDIR: /scratch
PRAXI_MLFLOW_URI: {{ $settings.mlflow_uri | default "" | quote }}
PRAXI_LOG_FORMAT: {{ $settings.log_format | default "json" | quote }}
PRAXI_FEEDS: {{ $settings.feeds | default (printf "%s/feeds" (trimSuffix "/" $settings.store)) | quote }}
PRAXI_POLICY: {{ $settings.policy | default "" | quote }}
PRAXI_REGISTRY_MIRRORS: {{ join "," $mirrors | quote }}
PRAXI_REGISTRY_AUTH_FILE: {{ ternary "/etc/praxi/registry/config.json" "" (not (empty $settings.pod_registry_secret)) | quote }}
PRAXI_CA_BUNDLE: {{ ternary "/etc/praxi/ca/ca-bundle.crt" "" (not (empty (include "praxi.authorities" $settings))) | quote }}
HTTP_PROXY: {{ .serve.proxies.httpProxy | quote }}
HTTPS_PROXY: {{ .serve.proxies.httpsProxy | quote }}
NO_PROXY: {{ .serve.proxies.noProxy | quote }}
PRAXI_EVENT_SECRET_FILE: {{ ternary "/etc/praxi/events/secret" "" (not (empty .serve.events.secret)) | quote }}
PRAXI_EVENT_WINDOW: {{ $settings.event_window | default "" | toString | quote }}
PRAXI_EVENT_HOURS: {{ $settings.event_hours | default "" | toString | quote }}
PRAXI_EVENT_LIMIT: {{ $settings.event_limit | default "" | toString | quote }}
PRAXI_ADMISSION_POLICY: {{ ternary "/etc/praxi/config/admission-policy.yaml" "" (not (empty .serve.admission.policy)) | quote }}
PRAXI_ADMISSION_UNKNOWN: {{ .serve.admission.unknown | quote }}
OTEL_EXPORTER_OTLP_ENDPOINT: {{ $settings.otlp_endpoint | default "" | quote }}
OTEL_EXPORTER_OTLP_PROTOCOL: {{ ternary "http/protobuf" "" (not (empty $settings.otlp_endpoint)) | quote }}
OTEL_SERVICE_NAME: {{ ternary "praxi-serve" "" (not (empty $settings.otlp_endpoint)) | quote }}
{{- end }}
{{- define "praxi.serve.volumes" }}
- {name: scratch, emptyDir: {sizeLimit: {{ .settings.pod_scratch_limit }}}}
- {name: tokens, secret: {secretName: {{ .serve.tokenSecret }}}}
- {name: config, configMap: {name: praxi-serve}}
{{- if .serve.tlsSecret }}
- {name: tls, secret: {secretName: {{ .serve.tlsSecret }}}}
{{- end }}
{{- if .serve.tokenReview.subjects }}
- name: account
  projected:
    sources:
      - serviceAccountToken: {path: token, expirationSeconds: 3600}
      - configMap: {name: kube-root-ca.crt, items: [{key: ca.crt, path: ca.crt}]}
{{- end }}
{{- with .serve.events.secret }}
- {name: events, secret: {secretName: {{ . }}}}
{{- end }}
{{- with .settings.pod_registry_secret }}
- name: registry
  secret:
    secretName: {{ . }}
    items:
      - {key: .dockerconfigjson, path: config.json}
{{- end }}
{{- with include "praxi.authorities" .settings }}
- {name: certificates, configMap: {name: {{ . }}}}
{{- end }}
{{- with concat .root.Values.podTemplate.volumes .serve.volumes }}
{{- toYaml . | nindent 0 }}
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
