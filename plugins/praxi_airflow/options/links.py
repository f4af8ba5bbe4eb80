"""The settings that :mod:`praxi_airflow.settings.links` reads."""

from __future__ import annotations

from typing import Final

from praxi_airflow.options.option import Option

_SINCE: Final = "0.2.0"

OPTIONS: Final = (
    Option(
        "trace_url",
        "Address of a trace for people, with ``{trace_id}`` where its id belongs: the page Praxi links an "
        "audit's trace. By default there is no such link.",
        example="https://praxi.example.org/jaeger/trace/{trace_id}",
        version_added=_SINCE,
    ),
    Option(
        "models_url",
        "Address of the model in MLflow for people, to which the page Praxi links. By default there is no "
        "such link.",
        example="https://mlflow.example.org/#/models/praxi",
        version_added=_SINCE,
    ),
    Option(
        "dashboards_url",
        "Address of the dashboards for people, to which the page Praxi links. By default there is no such "
        "link.",
        example="https://praxi.example.org/grafana/dashboards",
        version_added=_SINCE,
    ),
    Option(
        "serving_url",
        "Address of what serves the model, or tells its versions, to which the page Praxi links. By default "
        "there is no such link.",
        example="https://praxi.example.org/v2/models/praxi",
        version_added=_SINCE,
    ),
)
