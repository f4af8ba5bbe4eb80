"""The link to a run's report."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from praxi_airflow.operators.report import ReportLink, ReportOperator

RUN: Any = SimpleNamespace(dag_id="praxi_audit", run_id="manual__2026-03-01T00:00:00+00:00/é")
ADDRESS = "/praxi/reports/praxi_audit/manual__2026-03-01T00%3A00%3A00%2B00%3A00%2F%C3%A9"


@pytest.mark.parametrize(
    ("base", "address"),
    [
        ("https://airflow.example", f"https://airflow.example{ADDRESS}"),
        ("https://example.org/airflow/", f"https://example.org/airflow{ADDRESS}"),
        ("/", ADDRESS),
    ],
)
def test_the_link_is_the_address_of_the_runs_report(
    base: str, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRFLOW__API__BASE_URL", base)
    operator = ReportOperator(task_id="report", command="report")
    (link,) = operator.operator_extra_links
    assert isinstance(link, ReportLink)
    assert (link.name, link.get_link(operator, ti_key=RUN)) == ("Praxi report", address)
