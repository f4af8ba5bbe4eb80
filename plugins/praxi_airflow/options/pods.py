"""The settings about pods that :mod:`praxi_airflow.settings.core` reads."""

from __future__ import annotations

from typing import Final

from praxi_airflow.options.option import Option

OPTIONS: Final = (
    Option("pod_namespace", "The namespace in which pods run.", default="praxi", example="image-audit"),
    Option(
        "pod_service_account",
        "The service account as which pods run; it needs no rights.",
        default="default",
        example="praxi-tasks",
    ),
    Option(
        "pod_image",
        "The task image, best by digest. The runner ``pod`` needs it.",
        example="registry.example.com/praxi-tasks@sha256:0123",
    ),
    Option(
        "pod_pull_secrets",
        "Names of Secrets with which nodes pull the task image, separated by commas.",
        example="registry-pull",
    ),
    Option(
        "pod_connection",
        "The Airflow connection to the cluster; empty for the worker's own cluster or kubeconfig.",
        example="kubernetes_default",
    ),
    Option(
        "pod_environment_secrets",
        "Names of Secrets whose keys become environment variables of the pods, separated by commas: the "
        "store's credentials.",
        example="praxi-store",
    ),
    Option(
        "pod_command_environment_secrets",
        "Secrets of single commands instead of those of ``pod_environment_secrets``, in JSON: a command that "
        "reads images needs less of the store than one that trains.",
        example='{"fingerprint": ["praxi-store-layers"], "learn train": ["praxi-store-models"]}',
    ),
    Option(
        "pod_command_service_accounts",
        "Service accounts of single commands instead of ``pod_service_account``, in JSON.",
        example='{"fingerprint": "praxi-readers", "notify": "praxi-notify"}',
    ),
    Option(
        "pod_registry_secret",
        "A Secret of type ``kubernetes.io/dockerconfigjson`` for the registries to audit.",
        example="praxi-registries",
    ),
    Option(
        "pod_ca_config_map",
        "A ConfigMap with the key ``ca-bundle.crt``: what pods trust beside the public authorities. By "
        "default ``praxi-ca`` where ``ca_bundle`` is set.",
        example="company-authorities",
    ),
    Option(
        "pod_proxies",
        "Whether pods get Airflow's own ``HTTPS_PROXY``, ``HTTP_PROXY``, ``ALL_PROXY``, ``NO_PROXY``. "
        "A proxy with a password is left out, and belongs into a Secret of ``pod_environment_secrets``.",
        default="True",
        example="False",
        kind="boolean",
    ),
    Option(
        "pod_node_selector",
        "The pods' ``nodeSelector``, in JSON.",
        example='{"disk": "ssd"}',
    ),
    Option(
        "pod_tolerations",
        "The pods' ``tolerations``, in JSON.",
        example='[{"key": "batch", "operator": "Exists"}]',
    ),
    Option(
        "pod_affinity",
        "The pods' ``affinity``, in JSON.",
        example='{"nodeAffinity": {}}',
    ),
    Option(
        "pod_template_file",
        "Path of a pod manifest that the operator's own is laid over.",
        example="/opt/airflow/pod-template.yaml",
    ),
    Option(
        "pod_resources",
        "Requests and limits of single commands, ``*`` for all, in JSON; what is not given follows from what "
        "a command reads.",
        example='{"*": {"limits": {"cpu": "1"}}, "learn train": {"limits": {"cpu": "8", "memory": "16Gi"}}}',
    ),
    Option(
        "pod_memory_most",
        "The most memory that a pod gets: one that ran out of it is tried again with twice as much.",
        default="8Gi",
        example="32Gi",
    ),
    Option(
        "pod_scratch_limit",
        "Size limit of ``/scratch``, the only folder that a pod can write to.",
        default="10Gi",
        example="50Gi",
    ),
    Option(
        "pod_run_as_user",
        "The uid as which pods run; -1 leaves it to the cluster, which OpenShift needs.",
        default="65532",
        example="-1",
        kind="integer",
    ),
    Option(
        "pod_deferrable",
        "Whether a task gives its worker slot back while its pod runs; the triggerer waits instead. For pods "
        "that run long, where slots are fewer than pods.",
        default="False",
        example="True",
        kind="boolean",
    ),
    Option(
        "pod_defer_after",
        "After how many seconds of a pod's life its task gives its slot back, if ``pod_deferrable`` is on. "
        "Airflow may lose a try where a pod ends right after that: 0 is not safe for short ones.",
        default="60",
        example="300",
        kind="integer",
    ),
    Option(
        "pod_build_service_account",
        "The service account as which source distributions are built, best one without any rights.",
        default="default",
        example="praxi-builds",
    ),
    Option(
        "pod_build_runtime_class",
        "A runtime class that sandboxes builds of source distributions; empty for the cluster's own.",
        example="gvisor",
    ),
    Option(
        "pod_startup_timeout",
        "The longest wait for a pod to start, in seconds.",
        default="600",
        example="1200",
        kind="integer",
    ),
    Option(
        "pod_deadline",
        "The longest life of a pod, in seconds.",
        default="7200",
        example="14400",
        kind="integer",
    ),
)
