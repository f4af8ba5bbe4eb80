"""The settings that :mod:`praxi_airflow.settings.core` reads, but for the pods'."""

from __future__ import annotations

from typing import Final

from praxi_airflow.options.option import Option

OPTIONS: Final = (
    Option(
        "store",
        "Where everything is kept, as a store URI. By default ``.praxi/store`` beside the Dags folder.",
        example="s3://bucket/praxi",
    ),
    Option(
        "store_connection",
        "Id of the Airflow AWS connection by which Airflow reaches a store in S3. By default the ``AWS_*`` "
        "variables of its processes.",
        example="praxi_store",
    ),
    Option(
        "model",
        "The model that predicts until a training has promoted another, as a store URI. By default "
        "``.praxi/model`` beside the Dags folder.",
        example="s3://bucket/praxi/models/starter",
    ),
    Option(
        "runner",
        "Where tasks run: ``process`` for a process of the worker, ``pod`` for a pod of Kubernetes.",
        default="process",
        example="pod",
    ),
    Option(
        "task_python",
        "The interpreter of the environment that holds ``praxi[tasks]``, for the runner ``process``. By "
        "default ``.venv-tasks/bin/python`` beside the Dags folder.",
        example="/opt/praxi/bin/python",
    ),
    Option(
        "prometheus_connection",
        "Id of the Airflow connection to Prometheus, Thanos or ACM.",
        default="praxi_prometheus",
        example="thanos",
    ),
    Option(
        "platform",
        "Which image of a multi-platform index is read, os/architecture[/variant], where Prometheus does not "
        "tell the platform of the node, and for images named by hand.",
        default="linux/amd64",
        example="linux/arm64",
    ),
    Option(
        "readable_roots",
        "What runs may read besides the store: store URIs of folders, separated by commas, below which "
        "params of a run may name lists, models and images.",
        example="s3://lists/praxi, file:///srv/images",
    ),
    Option(
        "registry_mirrors",
        "Where images of a registry are fetched from: ``from=to`` pairs, separated by commas.",
        example="docker.io=mirror.example/hub",
    ),
    Option(
        "ca_bundle",
        "Path of a PEM file of authorities to trust besides the system's, in Airflow and in tasks: those of "
        "the store, Prometheus, registries, indexes, feeds, MLflow, receivers. Pods have it from "
        "``pod_ca_config_map``.",
        example="/etc/praxi/ca/ca-bundle.crt",
    ),
    Option(
        "log_format",
        "What tasks write to their standard error: ``json`` for programs that collect a cluster's logs, or "
        "``text``. Airflow's log of the task keeps level, logger and text of each record either way.",
        default="json",
        example="text",
    ),
    Option(
        "otlp_endpoint",
        "Receiver of the tasks' traces and metrics, which speaks OTLP over HTTP. By default none.",
        example="http://otel-collector:4318",
        version_added="0.2.0",
    ),
    Option(
        "pool",
        "The Airflow pool that bounds how many tasks run at once.",
        default="praxi",
        example="praxi",
    ),
    Option(
        "retries",
        "How often a task that failed for a passing reason is tried again.",
        default="3",
        example="5",
        kind="integer",
    ),
    Option(
        "retry_delay",
        "The first pause between two tries, in seconds; it doubles each time, up to 15 minutes.",
        default="60",
        example="30",
        kind="integer",
    ),
    Option(
        "store_keep_days",
        "For how many days finished runs, and what they name, are retained in the store.",
        default="90",
        example="365",
        kind="integer",
    ),
    Option(
        "task_timeout",
        "The longest life of a task, in seconds.",
        default="7200",
        example="14400",
        kind="integer",
    ),
)
