"""All settings of the Airflow side: the ``[praxi]`` section of Airflow's configuration.

Each can be given as an environment variable, ``AIRFLOW__PRAXI__<NAME>``. Secrets are never settings: the
settings name the Kubernetes Secret or the Airflow connection that holds them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Final, Literal

from airflow.sdk import conf

from praxi_airflow.settings.actions import ActionSettings, load_action_settings
from praxi_airflow.settings.events import EventSettings, load_event_settings
from praxi_airflow.settings.findings import FindingSettings, load_finding_settings
from praxi_airflow.settings.learning import LearningSettings, load_learning_settings
from praxi_airflow.settings.links import LinkSettings, load_link_settings
from praxi_airflow.settings.pages import PageSettings, load_page_settings
from praxi_airflow.settings.pods import PodSettings, load_pod_settings
from praxi_airflow.settings.section import read_section

Runner = Literal["process", "pod"]
RUNNERS: Final[tuple[Runner, ...]] = ("process", "pod")
LogFormat = Literal["json", "text"]
LOG_FORMATS: Final[tuple[LogFormat, ...]] = ("json", "text")


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
    platform
        The nodes' platform where Prometheus does not tell it, and that of images named by hand.
    readable_roots
        Store URIs of what runs may read besides the store: lists, models and images that their params name.
    registry_mirrors
        ``host=mirror`` pairs: where images of a registry are fetched from.
    ca_bundle
        Path of a PEM file of authorities that both sides trust besides the system's. Pods have it from the
        ConfigMap of ``pod_ca_config_map``.
    log_format
        What tasks write to their standard error: records as ``json``, or as ``text``.
    otlp_endpoint
        The receiver of traces and metrics by OTLP over HTTP; empty for none.
    pool
        The Airflow pool that bounds how many tasks run at once.
    store_keep_days
        For how many days the Dag ``praxi_store`` retains finished runs, and what they name.
    retries, retry_delay, task_timeout
        Tries after the first, the first pause between two, and the longest life of one.
    pods
        How pods look.
    findings
        Where feeds come from, the policy, and who is notified.
    learning
        Where versions of the model are kept, and who lets a new one in.
    actions
        What people may do on the pages, and links for others.
    links
        Where the page Praxi leads to.
    pages
        What the pages may take.
    events
        Where pushes are told, whose are audited, and how many.
    """

    store: str
    model: str
    runner: Runner
    task_python: Path
    store_connection: str = ""
    prometheus_connection: str = "praxi_prometheus"
    platform: str = "linux/amd64"
    readable_roots: tuple[str, ...] = ()
    registry_mirrors: tuple[str, ...] = ()
    ca_bundle: str = ""
    log_format: LogFormat = "json"
    otlp_endpoint: str = ""
    pool: str = "praxi"
    store_keep_days: int = 90
    retries: int = 3
    retry_delay: timedelta = timedelta(minutes=1)
    task_timeout: timedelta = timedelta(hours=2)
    pods: PodSettings = field(default_factory=PodSettings)
    findings: FindingSettings = field(default_factory=FindingSettings)
    learning: LearningSettings = field(default_factory=LearningSettings)
    actions: ActionSettings = field(default_factory=ActionSettings)
    links: LinkSettings = field(default_factory=LinkSettings)
    pages: PageSettings = field(default_factory=PageSettings)
    events: EventSettings = field(default_factory=EventSettings)


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
    ca_bundle = section.file("ca_bundle")
    return Settings(
        store=store,
        model=section.text("model", (root / ".praxi" / "model").as_uri()),
        runner=runner,
        task_python=Path(section.text("task_python", str(root / ".venv-tasks" / "bin" / "python"))),
        store_connection=section.text("store_connection", ""),
        prometheus_connection=section.text("prometheus_connection", "praxi_prometheus"),
        platform=section.platform("platform", "linux/amd64"),
        readable_roots=section.store_uris("readable_roots"),
        registry_mirrors=section.pairs("registry_mirrors"),
        ca_bundle=ca_bundle,
        log_format=section.choice("log_format", LOG_FORMATS, "json"),
        otlp_endpoint=section.web_url("otlp_endpoint"),
        pool=section.text("pool", "praxi"),
        store_keep_days=section.integer("store_keep_days", 90, least=1),
        retries=section.integer("retries", 3, least=0),
        retry_delay=timedelta(seconds=section.integer("retry_delay", 60, least=0)),
        task_timeout=timedelta(seconds=section.integer("task_timeout", 7200, least=1)),
        pods=load_pod_settings(section, needed=runner == "pod", has_authorities=bool(ca_bundle)),
        findings=load_finding_settings(section, store),
        learning=load_learning_settings(section),
        actions=load_action_settings(section),
        links=load_link_settings(section),
        pages=load_page_settings(section),
        events=load_event_settings(section),
    )
