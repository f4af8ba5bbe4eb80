"""docs/kubernetes.md says what there is."""

from __future__ import annotations

import dataclasses
import re

from praxi_airflow.settings import PodSettings
from tests.support.airflow_home import ROOT

PAGE = (ROOT / "docs" / "kubernetes.md").read_text()


def test_the_page_names_every_pod_setting() -> None:
    settings = {f"`pod_{field.name}`" for field in dataclasses.fields(PodSettings)}
    assert {name for name in settings if name not in PAGE} == set()


def test_the_page_names_every_part_of_the_values() -> None:
    import yaml

    values = yaml.safe_load((ROOT / "charts" / "praxi" / "values.yaml").read_text())
    rows = set(re.findall(r"`(\w+)`", PAGE.partition("| part of `values.yaml`")[2].partition("\n\n")[0]))
    assert set(values) <= rows
