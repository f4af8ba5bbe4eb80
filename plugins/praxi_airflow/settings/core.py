"""All settings of the Airflow side: the ``[praxi]`` section of Airflow's configuration.

Each can be given as an environment variable, ``AIRFLOW__PRAXI__<NAME>``. Secrets are never settings: the
settings name the Kubernetes Secret or the Airflow connection that holds them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, Final, Literal

from airflow.sdk import conf

from praxi_airflow.settings.findings import FindingSettings, load_finding_settings
from praxi_airflow.settings.learning import LearningSettings, load_learning_settings
from praxi_airflow.settings.section import Section, read_section

Runner = Literal["process", "pod"]
RUNNERS: Final[tuple[Runner, ...]] = ("process", "pod")


@dataclass(frozen=True, kw_only=True)
class PodSettings:
    """How pods look; every field is the setting ``pod_<name>``.

    Attributes
    ----------
    namespace, service_account, image, pull_secrets
        Where and as whom pods run, and the task image, best by digest.
    connection
        The Airflow connection to the cluster; empty for the worker's own cluster or kubeconfig.
    environment_secrets
        Secrets whose keys become environment variables: the store's credentials.
    registry_secret
        A Secret of type ``kubernetes.io/dockerconfigjson`` for the registries to audit.
    ca_config_map
        A ConfigMap with the key ``ca-bundle.crt``: certificates to trust beside the public ones.
    node_selector, tolerations, affinity
        As in a pod's specification, in JSON.
    template_file
        A pod manifest that the operator's own is laid over.
    scratch_limit
        Size limit of the scratch volume.
    run_as_user
        The uid to run as; -1 leaves it to the cluster (OpenShift picks a random one).
    deferrable
        Whether a waiting task gives its worker slot back.
    build_service_account, build_runtime_class
        As whom builds of source distributions run, best a service account without any rights, and the
        runtime class that sandboxes them; empty for the cluster's own.
    startup_timeout, deadline
        Longest wait for a pod to start, and longest life of one, in seconds.
    """

    namespace: str = "praxi"
    service_account: str = "default"
    image: str = ""
    pull_secrets: tuple[str, ...] = ()
    connection: str = ""
    environment_secrets: tuple[str, ...] = ()
    registry_secret: str = ""
    ca_config_map: str = ""
    node_selector: dict[str, Any] = field(default_factory=dict)
    tolerations: list[Any] = field(default_factory=list)
    affinity: dict[str, Any] = field(default_factory=dict)
    template_file: str = ""
    scratch_limit: str = "10Gi"
    run_as_user: int = 65532
    deferrable: bool = False
    build_service_account: str = "default"
    build_runtime_class: str = ""
    startup_timeout: int = 600
    deadline: int = 7200


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The settings; every field is the setting of that name.

    Attributes
    ----------
    store
        URI of the object store.
    store_connection
        Id of the Airflow AWS connection by which Airflow's side reaches a store in S3; empty for the
        ``AWS_*`` variables of Airflow's processes.
    model
        URI of the model that predicts until training has promoted another.
    runner
        ``process`` or ``pod``.
    task_python
        The interpreter of the tasks' environment, for the process runner.
    prometheus_connection
        Id of the Airflow connection to Prometheus, Thanos or ACM.
    registry_mirrors
        ``host=mirror`` pairs: where images of a registry are fetched from.
    pool
        The Airflow pool that bounds how many tasks run at once.
    retries, retry_delay, task_timeout
        Tries after the first, the first pause between two, and the longest life of one.
    pods
        How pods look.
    findings
        Where feeds come from, the policy, and who is told.
    learning
        Where versions of the model are kept, and who lets a new one in.
    """

    store: str
    model: str
    runner: Runner
    task_python: Path
    store_connection: str = ""
    prometheus_connection: str = "praxi_prometheus"
    registry_mirrors: tuple[str, ...] = ()
    pool: str = "praxi"
    retries: int = 3
    retry_delay: timedelta = timedelta(minutes=1)
    task_timeout: timedelta = timedelta(hours=2)
    pods: PodSettings = PodSettings()
    findings: FindingSettings = field(default_factory=FindingSettings)
    learning: LearningSettings = field(default_factory=LearningSettings)


def project_root() -> Path:
    """Return the folder that holds the Dags folder: where the defaults of local settings lie."""
    return Path(conf.get("core", "dags_folder")).resolve().parent


def load_settings() -> Settings:
    """Read and check the settings.

    Raises
    ------
    SettingsError
        Naming the setting that can't be right, and what it should be.
    """
    section, root = read_section(), project_root()
    store = section.store_uri("store", (root / ".praxi" / "store").as_uri())
    runner = section.choice("runner", RUNNERS, "process")
    return Settings(
        store=store,
        model=section.text("model", (root / ".praxi" / "model").as_uri()),
        runner=runner,
        task_python=Path(section.text("task_python", str(root / ".venv-tasks" / "bin" / "python"))),
        store_connection=section.text("store_connection", ""),
        prometheus_connection=section.text("prometheus_connection", "praxi_prometheus"),
        registry_mirrors=section.pairs("registry_mirrors"),
        pool=section.text("pool", "praxi"),
        retries=section.integer("retries", 3, least=0),
        retry_delay=timedelta(seconds=section.integer("retry_delay", 60, least=0)),
        task_timeout=timedelta(seconds=section.integer("task_timeout", 7200, least=1)),
        pods=_load_pods(section, needed=runner == "pod"),
        findings=load_finding_settings(section, store),
        learning=load_learning_settings(section),
    )


def _load_pods(section: Section, *, needed: bool) -> PodSettings:
    default = PodSettings()
    image = section.text("pod_image", "")
    if needed and not image:
        raise section.wrong("pod_image", "is empty", "name the task image, best by digest")
    return PodSettings(
        namespace=section.dns_name("pod_namespace", default.namespace),
        service_account=section.dns_name("pod_service_account", default.service_account),
        image=image,
        pull_secrets=section.dns_names("pod_pull_secrets"),
        connection=section.text("pod_connection", ""),
        environment_secrets=section.dns_names("pod_environment_secrets"),
        registry_secret=section.dns_name("pod_registry_secret", ""),
        ca_config_map=section.dns_name("pod_ca_config_map", ""),
        node_selector=section.mapping("pod_node_selector"),
        tolerations=section.sequence("pod_tolerations"),
        affinity=section.mapping("pod_affinity"),
        template_file=section.file("pod_template_file"),
        scratch_limit=section.quantity("pod_scratch_limit", default.scratch_limit),
        run_as_user=section.integer("pod_run_as_user", default.run_as_user, least=-1, not_zero=True),
        deferrable=section.boolean("pod_deferrable", default=default.deferrable),
        build_service_account=section.dns_name("pod_build_service_account", default.build_service_account),
        build_runtime_class=section.dns_name("pod_build_runtime_class", ""),
        startup_timeout=section.integer("pod_startup_timeout", default.startup_timeout, least=1),
        deadline=section.integer("pod_deadline", default.deadline, least=1),
    )
