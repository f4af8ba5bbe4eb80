{{- define "praxi.labels" -}}
app.kubernetes.io/name: praxi
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end }}


{{/* Airflow's namespace, which can't be the pods': the policy praxi-nothing would cut Airflow off. */}}
{{- define "praxi.airflowNamespace" -}}
{{- $namespace := .Values.airflow.namespace | default .Release.Namespace }}
{{- if eq $namespace .Values.namespace.name }}
{{- fail (printf "airflow.namespace and namespace.name are both %s: pods need a namespace of their own; install the release in Airflow's, or name Airflow's in airflow.namespace" $namespace) }}
{{- end }}
{{- $namespace }}
{{- end }}

{{/* The service account of a command. */}}
{{- define "praxi.account" -}}
praxi-{{ replace " " "-" . }}
{{- end }}

{{/* Airflow's service accounts that start pods and follow them, as a JSON list. */}}
{{- define "praxi.launchers" -}}
{{- $names := list }}
{{- with .Values.airflow }}
{{- if .serviceAccounts }}
{{- $names = .serviceAccounts }}
{{- else }}
{{- if contains "LocalExecutor" .executor }}{{ $names = append $names (printf "%s-scheduler" .release) }}{{ end }}
{{- if or (contains "CeleryExecutor" .executor) (contains "KubernetesExecutor" .executor) }}
{{- $names = append $names (printf "%s-worker" .release) }}
{{- end }}
{{- $names = append $names (printf "%s-triggerer" .release) }}
{{- end }}
{{- end }}
{{- toJson $names }}
{{- end }}

{{/* Names that a setting holds: a list, or a text with commas. As a JSON list. */}}
{{- define "praxi.names" -}}
{{- if kindIs "string" . }}
{{- $names := list }}
{{- range splitList "," . }}{{ with trim . }}{{ $names = append $names . }}{{ end }}{{ end }}
{{- toJson $names }}
{{- else }}
{{- toJson (. | default list) }}
{{- end }}
{{- end }}

{{/* The value of a setting's variable. */}}
{{- define "praxi.setting" -}}
{{- if kindIs "string" . }}{{ . }}{{ else if kindIs "slice" . }}
{{- $texts := true }}
{{- range . }}{{ if not (kindIs "string" .) }}{{ $texts = false }}{{ end }}{{ end }}
{{- if $texts }}{{ join ", " . }}{{ else }}{{ toJson . }}{{ end }}
{{- else }}{{ toJson . }}{{ end }}
{{- end }}

{{/* Peers and ports of what a policy lets through: dict "peers" (list). */}}
{{- define "praxi.egress" -}}
{{- range .peers }}
- to:
    {{- if .cidr }}
    - ipBlock:
        cidr: {{ .cidr }}
    {{- else }}
    - namespaceSelector:
        matchLabels:
          kubernetes.io/metadata.name: {{ .namespace }}
      {{- with .podLabels }}
      podSelector:
        matchLabels: {{- toYaml . | nindent 10 }}
      {{- end }}
    {{- end }}
  ports:
    {{- range .ports }}
    - {protocol: TCP, port: {{ . }}}
    {{- end }}
{{- end }}
{{- end }}

{{/* The first address of an IPv4 range, or how many it has, as numbers. */}}
{{- define "praxi.first" -}}
{{- $parts := splitList "." (first (splitList "/" .)) }}
{{- $number := 0 }}
{{- range $parts }}{{ $number = add (mul $number 256) (int64 .) }}{{ end }}
{{- $number }}
{{- end }}
{{- define "praxi.size" -}}
{{- $size := 1 }}
{{- range until (sub 32 (int (last (splitList "/" .))) | int) }}{{ $size = mul $size 2 }}{{ end }}
{{- $size }}
{{- end }}

{{/* "yes" if the range .outer holds all of .inner; of IPv6 nobody calculates: each holds each. */}}
{{- define "praxi.holds" -}}
{{- if ne (contains ":" .outer) (contains ":" .inner) }}no
{{- else if contains ":" .outer }}yes
{{- else }}
{{- $size := include "praxi.size" .outer | int64 }}
{{- $same := eq (div (include "praxi.first" .outer | int64) $size) (div (include "praxi.first" .inner | int64) $size) }}
{{- ternary "yes" "no" (and $same (le (include "praxi.size" .inner | int64) $size)) }}
{{- end }}
{{- end }}

{{/* networkPolicy.outside as a rule of egress. API servers take exceptions only from addresses that hold them and more. */}}
{{- define "praxi.outside" -}}
{{- if .cidrs }}
- to:
    {{- $except := .except }}
    {{- range $cidr := .cidrs }}
    {{- $made := list }}
    {{- range $except }}
    {{- if and (eq (include "praxi.holds" (dict "outer" . "inner" $cidr)) "yes") (not (contains ":" .)) }}
    {{- fail (printf "networkPolicy.outside: nothing is left of %s without %s" $cidr .) }}
    {{- end }}
    {{- if eq (include "praxi.holds" (dict "outer" $cidr "inner" .)) "yes" }}{{ $made = append $made . }}{{ end }}
    {{- end }}
    - ipBlock:
        cidr: {{ $cidr }}
        {{- with $made }}
        except: {{- toYaml . | nindent 10 }}
        {{- end }}
    {{- end }}
  ports:
    {{- range .ports }}
    - {protocol: TCP, port: {{ . }}}
    {{- end }}
{{- end }}
{{- end }}

{{/* DNS, as a rule of egress. */}}
{{- define "praxi.dns" -}}
- to:
    - namespaceSelector:
        matchLabels:
          kubernetes.io/metadata.name: {{ .namespace }}
      podSelector:
        matchLabels: {{- toYaml .podLabels | nindent 10 }}
  ports:
    {{- range .ports }}
    - {protocol: UDP, port: {{ . }}}
    - {protocol: TCP, port: {{ . }}}
    {{- end }}
{{- end }}

{{/* The ConfigMap of the authorities that pods trust besides the public ones: of the settings; empty for none. */}}
{{- define "praxi.authorities" -}}
{{- .pod_ca_config_map | default (ternary "praxi-ca" "" (ne .ca_bundle "")) }}
{{- end }}

{{/*
The specification of a pod that runs one of Praxi's commands, as the operator makes them.
dict "root" $ "command" "learn train" "image" "…" "args" (list …)
*/}}
{{- define "praxi.pod" -}}
{{- $settings := .root.Values.settings }}
{{- $secrets := get (get .root.Values.commands .command | default dict) "environmentSecrets" | default $settings.pod_environment_secrets }}
{{- $user := $settings.pod_run_as_user | int64 }}
{{- $authorities := include "praxi.authorities" $settings }}
restartPolicy: Never
serviceAccountName: {{ include "praxi.account" .command }}
automountServiceAccountToken: false
{{- with include "praxi.names" $settings.pod_pull_secrets | fromJsonArray }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
{{- with .root.Values.priorityClass.name }}
priorityClassName: {{ . }}
{{- end }}
{{- with $settings.pod_node_selector }}
nodeSelector: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $settings.pod_tolerations }}
tolerations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $settings.pod_affinity }}
affinity: {{- toYaml . | nindent 2 }}
{{- end }}
securityContext:
  runAsNonRoot: true
  seccompProfile: {type: RuntimeDefault}
  {{- if gt $user 0 }}
  runAsUser: {{ $user }}
  {{- end }}
containers:
  - name: base
    image: {{ .image }}
    args: {{- toYaml .args | nindent 6 }}
    env:
      - {name: HOME, value: /scratch}
      - {name: TMPDIR, value: /scratch}
      {{- if $settings.pod_registry_secret }}
      - {name: PRAXI_REGISTRY_AUTH_FILE, value: /etc/praxi/registry/config.json}
      {{- end }}
      {{- if $authorities }}
      - {name: PRAXI_CA_BUNDLE, value: /etc/praxi/ca/ca-bundle.crt}
      {{- end }}
      {{- with .root.Values.podTemplate.env }}
      {{- toYaml . | nindent 6 }}
      {{- end }}
    {{- with include "praxi.names" $secrets | fromJsonArray }}
    envFrom:
      {{- range . }}
      - secretRef: {name: {{ . }}}
      {{- end }}
    {{- end }}
    terminationMessagePolicy: FallbackToLogsOnError
    {{- $storage := dict "requests" (dict "ephemeral-storage" "1Gi") "limits" (dict "ephemeral-storage" $settings.pod_scratch_limit) }}
    resources: {{- mergeOverwrite $storage (deepCopy .root.Values.hooks.resources) | toYaml | nindent 6 }}
    securityContext:
      allowPrivilegeEscalation: false
      capabilities: {drop: [ALL]}
      readOnlyRootFilesystem: true
      runAsNonRoot: true
      seccompProfile: {type: RuntimeDefault}
    volumeMounts:
      - {name: scratch, mountPath: /scratch}
      {{- if $settings.pod_registry_secret }}
      - {name: registry, mountPath: /etc/praxi/registry, readOnly: true}
      {{- end }}
      {{- if $authorities }}
      - {name: certificates, mountPath: /etc/praxi/ca, readOnly: true}
      {{- end }}
      {{- with .root.Values.podTemplate.volumeMounts }}
      {{- toYaml . | nindent 6 }}
      {{- end }}
volumes:
  - name: scratch
    emptyDir: {sizeLimit: {{ $settings.pod_scratch_limit }}}
  {{- with $settings.pod_registry_secret }}
  - name: registry
    secret:
      secretName: {{ . }}
      items:
        - {key: .dockerconfigjson, path: config.json}
  {{- end }}
  {{- with $authorities }}
  - name: certificates
    configMap: {name: {{ . }}}
  {{- end }}
  {{- with .root.Values.podTemplate.volumes }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end }}
