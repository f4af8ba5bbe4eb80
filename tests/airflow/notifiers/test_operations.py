"""The notifier for failed and late runs, at a real Alertmanager."""

from __future__ import annotations

import asyncio
from pathlib import Path
from types import SimpleNamespace

import pytest

from praxi_airflow.notifiers.operations import OperationsNotifier
from praxi_tasks.errors import NotifyError
from praxi_tasks.notify import Alertmanager
from tests.airflow.conftest import Configure
from tests.support.alertmanager import alertmanager, receiver
from tests.support.process import free_port


def notifier() -> OperationsNotifier:
    return OperationsNotifier(alertname="PraxiAuditLate", text="The audit is late")


@pytest.mark.server
@pytest.mark.needs("prometheus-alertmanager")
def test_a_late_run_rings_from_the_triggerer(
    configure: Configure, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with receiver() as told, alertmanager(tmp_path, told.url) as url:
        configure(alertmanager=url, instance="test")
        monkeypatch.setenv("PRAXI_NOTIFY_URLS", told.url.replace("http://", "json://"))
        context = {"dag_run": {"dag_id": "praxi_audit", "dag_run_id": "scheduled__1"}}
        asyncio.run(notifier().async_notify(context))
        (alert,) = Alertmanager(url, "").active("PraxiAuditLate", praxi="test")
        assert alert.labels["dag"] == "praxi_audit"
        assert alert.annotations == {"summary": "The audit is late", "run": "scheduled__1"}
        messages = [body for body in told.bodies if "message" in body]
        assert messages[0]["title"] == "Praxi: PraxiAuditLate (praxi_audit)"


def test_a_failed_run_is_told_by_its_object_and_nobody_need_listen() -> None:
    context = {"dag_run": SimpleNamespace(dag_id="praxi_audit", run_id="manual__1")}
    notifier().notify(context)


def test_a_receiver_that_is_down_is_an_error_and_keeps_no_other_from_being_told(
    configure: Configure, monkeypatch: pytest.MonkeyPatch
) -> None:
    configure(alertmanager=f"http://127.0.0.1:{free_port()}")
    with receiver() as told:
        monkeypatch.setenv("PRAXI_NOTIFY_URLS", told.url.replace("http://", "json://"))
        with pytest.raises(NotifyError):
            notifier().notify({})
        assert [body["title"] for body in told.bodies] == ["Praxi: PraxiAuditLate ()"]


@pytest.mark.server
@pytest.mark.needs("prometheus-alertmanager")
def test_every_alertmanager_of_a_group_is_told(configure: Configure, tmp_path: Path) -> None:
    with receiver() as told, alertmanager(tmp_path, told.url) as url:
        configure(alertmanager=f"http://127.0.0.1:{free_port()} {url}", instance="pair")
        notifier().notify({})
        assert len(Alertmanager(url, "").active("PraxiAuditLate", praxi="pair")) == 1
