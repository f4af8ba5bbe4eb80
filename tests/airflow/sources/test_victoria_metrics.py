"""The same past in Prometheus and in VictoriaMetrics is the same list of images."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from praxi_airflow.errors import PrometheusError
from praxi_airflow.hooks.prometheus import PrometheusHook
from praxi_airflow.intervals import Interval
from praxi_airflow.sources.prometheus import PrometheusImages
from praxi_tasks.audit import ImageList
from tests.airflow.conftest import Configure
from tests.support.prometheus import Deployment, prometheus
from tests.support.victoria_metrics import victoria_metrics

DAY = datetime(2026, 3, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
SECOND = timedelta(seconds=1)


def container(name: str, start: timedelta, end: timedelta, **fields: object) -> Deployment:
    given = {"image_id": f"x@sha256:{'ab' * 32}", "namespace": "shop", "pod": f"{name}.pod-0"} | fields
    return Deployment(image=f"reg.example/{name}:1", start=DAY + start, end=DAY + end, **given)  # type: ignore[arg-type]


HISTORY = [
    container("always", -24 * HOUR, 72 * HOUR),
    container("hours", 5 * HOUR, 11 * HOUR, namespace="zoo"),
    container("moment", 3 * HOUR + 7 * SECOND, 3 * HOUR + 9 * SECOND),
    container("evening", 24 * HOUR - SECOND, 24 * HOUR),
    container("midnight", 24 * HOUR, 24 * HOUR + SECOND),
    container("setup", HOUR, HOUR + SECOND, init=True),
    container("waiting", HOUR, 3 * HOUR, image_id="", running=False),
    container("completed", -2 * HOUR, 20 * HOUR, running=False),
]


def listed(url: str, connect: Configure) -> list[ImageList]:
    connect(url, extra={"retries": 0})
    days = [Interval(DAY + number * 24 * HOUR, DAY + (number + 1) * 24 * HOUR) for number in (0, 1, 9)]
    return [
        PrometheusImages(PrometheusHook(), pattern).listed(day) for day in days for pattern in ("", "zo+")
    ]


@pytest.mark.server
@pytest.mark.needs("prometheus", "promtool", "victoria-metrics")
def test_both_list_the_same(tmp_path: Path, connect: Configure) -> None:
    with prometheus(tmp_path / "prometheus", HISTORY) as server:
        expected = listed(server.url, connect)
    with victoria_metrics(tmp_path / "victoria", HISTORY) as server:
        assert listed(server.url, connect) == expected
        with pytest.raises(PrometheusError, match=r"with 422: .*missing closing \)"):
            PrometheusImages(PrometheusHook(), "(").listed(Interval(DAY, DAY + HOUR))
    assert [len(found.images) for found in expected] == [5, 1, 2, 0, 0, 0]
