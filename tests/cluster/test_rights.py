"""What the operator does to the cluster in its whole life, against the Role that the chart grants."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from airflow.sdk.exceptions import AirflowFailException

from praxi_airflow.runners import pod_start
from tests.cluster.bench import Bench, bench
from tests.support import chart
from tests.support.cluster.rights import granted
from tests.support.task_image import BuiltImage

pytestmark = [pytest.mark.slow, pytest.mark.server, pytest.mark.airflow]


@pytest.fixture
def role() -> dict[str, Any]:
    return chart.role()


@pytest.fixture
def ruled(tmp_path: Path, task_image: BuiltImage, role: dict[str, Any]) -> Iterator[Bench]:
    with bench(tmp_path, task_image.by_digest) as made:
        made.cluster.rights.grant(role)
        yield made


def run_slowly(ruled: Bench) -> None:
    """Run a pod that starts when nobody looks closely any more: the operator then watches its events."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pod_start, "PATIENCE", 0.0)
        ruled.cluster.fail_pulls("503 Service Unavailable")
        healing = threading.Timer(3, ruled.cluster.fail_pulls, [""])
        healing.start()
        ruled.run("plan", "--help")
        healing.join()


def test_the_role_is_what_the_operator_uses(ruled: Bench, role: dict[str, Any]) -> None:
    for deferrable in (False, True):
        ruled.configure(pod_deferrable=deferrable, pod_environment_secrets="")
        run_slowly(ruled)
        with pytest.raises(AirflowFailException, match="exit code 2"):
            ruled.run("plan", "--no-such-option")
        ruled.configure(pod_environment_secrets="forgotten")
        with pytest.raises(AirflowFailException, match="POD_ENVIRONMENT_SECRETS"):
            ruled.run("plan", "--help")
    assert ruled.cluster.rights.used == granted(role)
    assert ruled.cluster.left() == []
