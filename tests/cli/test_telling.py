"""``praxi notify`` and ``praxi metrics`` on a run whose findings lie in the store."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner

from praxi_tasks.audit import PodEnd, PodRecord, note_pod
from praxi_tasks.cli.metrics import metrics
from praxi_tasks.cli.notify import notify
from praxi_tasks.errors import KeyNotFoundError, NotifyError
from praxi_tasks.store import documents, open_store
from tests.findings.audits import large_audit
from tests.support.alertmanager import receiver
from tests.support.process import free_port

MADE = large_audit(2, 10, components=1)
FIRST = MADE.images[0]
AUDIT = msgspec.structs.replace(MADE, new=frozenset({(FIRST.image, FIRST.open_findings[0].key)}))


@pytest.fixture
def run(tmp_path: Path) -> list[str]:
    store = open_store(str(tmp_path / "store"))
    documents.write(store, "audits/r/findings.json", AUDIT)
    return ["--store", store.uri, "--run", "r"]


def test_metrics_are_printed_where_nobody_takes_them(run: list[str]) -> None:
    result = CliRunner().invoke(metrics, run)
    assert result.exit_code == 0
    assert 'praxi_images{state="cached"} 1.0' in result.output
    assert 'praxi_pods{command="plan",end="lost"} 0.0' in result.output


def test_metrics_say_how_the_runs_pods_fared(run: list[str]) -> None:
    note_pod(open_store(run[1]), "r", "plan--1-1", PodRecord("plan", PodEnd.NOT_STARTED))
    note_pod(open_store(run[1]), "r", "plan--1-2", PodRecord("plan", PodEnd.DONE, 3.0))
    result = CliRunner().invoke(metrics, run)
    assert 'praxi_pods{command="plan",end="not-started"} 1.0' in result.output
    assert 'praxi_pod_start_seconds{quantile="1"} 3.0' in result.output


def test_metrics_go_to_a_textfile(run: list[str], tmp_path: Path) -> None:
    result = CliRunner().invoke(metrics, [*run, "--textfile", str(tmp_path / "praxi.prom")])
    assert (result.exit_code, result.output) == (0, "")
    assert "praxi_findings_new" in (tmp_path / "praxi.prom").read_text()


def test_a_gateway_or_alertmanager_that_is_down_asks_for_another_try(run: list[str]) -> None:
    url = f"http://127.0.0.1:{free_port()}"
    for command, option in ((metrics, "--pushgateway"), (notify, "--alertmanager")):
        ended = CliRunner().invoke(command, [*run, option, url])
        assert isinstance(ended.exception, NotifyError)
        assert ended.exception.exit_code == 75


def test_nobody_need_be_told(run: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PRAXI_NOTIFY_URLS", raising=False)
    assert CliRunner().invoke(notify, run).output == ""


def test_a_message_goes_to_the_receivers_in_the_environment(
    run: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with receiver() as told:
        monkeypatch.setenv("PRAXI_NOTIFY_URLS", told.url.replace("http://", "json://"))
        result = CliRunner().invoke(notify, run)
    assert result.output == "a message was sent\n"
    (body,) = told.bodies
    assert FIRST.open_findings[0].title in body["message"]


def test_a_run_that_never_was_is_an_error(run: list[str]) -> None:
    for command in (metrics, notify):
        assert isinstance(CliRunner().invoke(command, [*run[:3], "other"]).exception, KeyNotFoundError)
