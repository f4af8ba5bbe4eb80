"""The chart, rendered by Helm itself, which a Python package carries."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from tests.support.airflow_home import ROOT
from tests.support.cluster.objects import Manifest

CHART: Final = ROOT / "charts" / "praxi"
RELEASE: Final = "praxi"
RELEASE_NAMESPACE: Final = "airflow"
VALUES: Final[Mapping[str, Any]] = {
    "settings": {
        "store": "s3://bucket/praxi",
        "model": "s3://bucket/praxi/models/starter",
        "pod_image": f"registry.example.com/praxi/tasks@sha256:{'0' * 64}",
    },
    "airflow": {"image": "registry.example.com/praxi/airflow:0.2.0"},
}
"""What has no default."""


def helm() -> Any:
    """Return the module that holds Helm; end the test where it is not built for this machine."""
    return pytest.importorskip("helm_python")


def overlaid(*values: Mapping[str, Any]) -> dict[str, Any]:
    """Return values laid one over another, as several ``--values`` are."""
    found: dict[str, Any] = {}
    for each in values:
        for name, value in each.items():
            below = found.get(name)
            if isinstance(below, Mapping) and isinstance(value, Mapping):
                found[name] = overlaid(below, value)
            else:
                found[name] = copy.deepcopy(value)
    return found


def file_values(path: Path) -> dict[str, Any]:
    """Return the values of a file."""
    loaded: dict[str, Any] = yaml.safe_load(path.read_text())
    return loaded


def templates(*values: Mapping[str, Any], namespace: str = RELEASE_NAMESPACE) -> dict[str, str]:
    """Render the chart with what must be given and these values; return each template's text."""
    with helm().Chart.load(CHART) as chart:
        rendered: dict[str, str] = chart.render(
            overlaid(VALUES, *values), name=RELEASE, namespace=namespace, is_install=True
        )
    return rendered


def render(*values: Mapping[str, Any], namespace: str = RELEASE_NAMESPACE) -> list[Manifest]:
    """Render the chart and return its objects."""
    texts = templates(*values, namespace=namespace)
    return [each for name, text in texts.items() if name.endswith(".yaml") for each in _documents(text)]


def _documents(text: str) -> Iterator[Manifest]:
    yield from filter(None, yaml.safe_load_all(text))


def of_kind(objects: Iterable[Manifest], kind: str) -> dict[str, Manifest]:
    """Return the objects of a kind by name."""
    return {each["metadata"]["name"]: each for each in objects if each["kind"] == kind}


def role() -> Manifest:
    """Return the Role that the chart grants to Airflow."""
    (found,) = of_kind(render(), "Role").values()
    return found


def settings(objects: Iterable[Manifest]) -> dict[str, str]:
    """Return the variables that the chart gives to Airflow."""
    data: dict[str, str] = of_kind(objects, "ConfigMap")["praxi-settings"]["data"]
    return data


def pod_template(objects: Iterable[Manifest]) -> str:
    """Return the text of the pod template that the chart gives to Airflow."""
    text: str = of_kind(objects, "ConfigMap")["praxi-pod-template"]["data"]["pod-template.yaml"]
    return text
