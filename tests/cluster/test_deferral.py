"""A task gives its slot back for pods that run long, and never so that Airflow loses its try."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from airflow.sdk.exceptions import TaskDeferred

from praxi_airflow.runners.patient_trigger import LONGEST_HOLD
from tests.cluster.bench import Bench, bench
from tests.support.task_image import BuiltImage

pytestmark = [pytest.mark.slow, pytest.mark.server, pytest.mark.airflow]


@pytest.fixture
def made(tmp_path: Path, task_image: BuiltImage) -> Iterator[Bench]:
    with bench(tmp_path, task_image.by_digest) as running:
        yield running


def test_a_short_pod_is_waited_for_and_a_long_one_deferred(made: Bench) -> None:
    made.configure(pod_deferrable=True, pod_defer_after=60)
    made.run("plan", "--help")
    assert made.deferrals == 0
    made.configure(pod_defer_after=1)
    made.cluster.freeze("plan")
    task = threading.Thread(target=made.run, args=("plan", "--help"))
    task.start()
    made.wait_until(lambda: made.deferrals == 1)
    made.cluster.thaw()
    task.join()
    assert made.cluster.left() == []


@pytest.mark.parametrize(("after", "hold"), [(0, 0.0), (5, 5.0), (60, LONGEST_HOLD)])
def test_the_trigger_holds_its_answer_back(made: Bench, after: int, hold: float) -> None:
    made.configure(pod_deferrable=True, pod_defer_after=after)
    operator = made.operator("plan", run="held")
    operator.pod = operator.build_pod_request_obj(made.context("plan", "held"))
    with pytest.raises(TaskDeferred) as deferred:
        operator.defer(trigger=pod_trigger(operator), method_name="trigger_reentry")
    trigger = deferred.value.trigger
    assert (trigger.hold, trigger.pod_name) == (hold, operator.pod.metadata.name)
    assert type(trigger)(**trigger.serialize()[1]).hold == hold


def pod_trigger(operator: Any) -> Any:
    from airflow.providers.cncf.kubernetes.triggers.pod import KubernetesPodTrigger

    pod = operator.pod.metadata
    return KubernetesPodTrigger(pod.name, pod.namespace, datetime.now(UTC), "base")
