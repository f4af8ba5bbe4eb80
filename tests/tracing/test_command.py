"""What a command's trace holds, and that no receiver costs the command anything."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from praxi_tasks.audit.deployed import named_images
from praxi_tasks.errors import ExitCode, ImageError
from praxi_tasks.store import documents, keys, open_store
from praxi_tasks.tracing import ENDPOINT, is_on, observe, publish, span, trace_headers, trace_ids
from tests.conftest import ROOT
from tests.support.otlp import Receiver, label_values, otlp_receiver
from tests.tracing.conftest import SPAN, TRACE, Recording


def test_where_it_is_off_nothing_happens() -> None:
    with span("work") as opened:
        opened.set("a", 1)
        opened.fail("x")
    observe("a", 1.0)
    publish([("a", "b", {}, 1.0)])
    assert (is_on(), trace_headers(), trace_ids()) == (False, {}, {})


def test_a_command_goes_on_with_the_trace_that_it_is_given(receiver: Receiver, recording: Recording) -> None:
    with recording(), span("outer", attributes={"a": 1}), span("inner"):
        pass
    by_name = {one.name: one for one in receiver.spans}
    command, outer, inner = by_name["praxi test"], by_name["outer"], by_name["inner"]
    assert (command.trace, command.parent, command.kind) == (TRACE, SPAN, "SERVER")
    assert (outer.parent, inner.parent) == (command.id, outer.id)
    assert {one.service for one in receiver.spans} == {"praxi-test"}
    assert outer.attributes == {"a": 1}


def test_without_a_trace_it_begins_one(receiver: Receiver, recording: Recording) -> None:
    with recording(TRACEPARENT="nonsense", OTEL_SERVICE_NAME="mine"):
        pass
    (command,) = receiver.spans
    assert (command.parent, command.service) == ("", "mine")


def test_what_threads_do_lies_below_the_command(receiver: Receiver, recording: Recording) -> None:
    def work(_: int) -> dict[str, str]:
        with span("work"):
            return trace_ids()

    with recording(), ThreadPoolExecutor(2) as pool:
        ids = list(pool.map(work, range(3)))
    (command,) = receiver.named("praxi test")
    assert {one.parent for one in receiver.named("work")} == {command.id}
    assert {one["span_id"] for one in ids} == {one.id for one in receiver.named("work")}


def test_of_an_error_only_what_holds_no_secret_is_told(receiver: Receiver, recording: Recording) -> None:
    with recording():
        with pytest.raises(ImageError), span("ours"):
            raise ImageError("it is gone", where="shop:1")
        with pytest.raises(ValueError, match="secret"), span("theirs"):
            raise ValueError("the secret is 42")
    (ours,), (theirs,) = receiver.named("ours"), receiver.named("theirs")
    assert (ours.error, ours.about) == (ImageError.code, "it is gone (shop:1)")
    assert (theirs.error, theirs.about) == ("ValueError", "")
    assert not receiver.named("praxi test")[0].is_error


@pytest.mark.parametrize(("code", "error"), [(None, ""), (0, ""), (3, "exit-3"), ("why", "exit-1")])
def test_a_command_that_exits_with_a_code_has_failed(
    receiver: Receiver, recording: Recording, code: int | str | None, error: str
) -> None:
    with pytest.raises(SystemExit), recording():
        raise SystemExit(code)
    assert receiver.spans[0].error == error


def test_no_more_spans_are_recorded_than_may_be(receiver: Receiver, recording: Recording) -> None:
    with recording(PRAXI_TRACE_MAX_SPANS="3"):
        for _ in range(5):
            with span("work"):
                pass
    assert len(receiver.named("work")) == 3
    assert len(receiver.named("praxi test")) == 1


def test_metrics_are_sent_and_histograms_name_a_span(receiver: Receiver, recording: Recording) -> None:
    with recording():
        publish(("praxi_images", "Images", {"state": state}, 2.0) for state in ("audited", "failed"))
        with span("request"):
            observe("http.client.request.duration", 0.25, {"server.address": "a"})
    sent = receiver.metrics["praxi-test"]
    assert label_values(sent["praxi_images"])[(("state", "failed"),)] == 2.0
    (point,) = sent["http.client.request.duration"].histogram.data_points
    (exemplar,) = point.exemplars
    (request,) = receiver.named("request")
    assert (exemplar.trace_id.hex(), exemplar.span_id.hex()) == (request.trace, request.id)


@pytest.mark.parametrize(
    "variables",
    [
        {"OTEL_SDK_DISABLED": "true"},
        {"OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"},
        {ENDPOINT: ""},
        {"OTEL_TRACES_EXPORTER": "none", "OTEL_METRICS_EXPORTER": "none"},
        {"PRAXI_TRACE_MAX_SPANS": "many"},
        {"OTEL_BSP_MAX_QUEUE_SIZE": "-1"},
        {"OTEL_METRIC_EXPORT_INTERVAL": "-1"},
        {"PRAXI_CA_BUNDLE": "/no/such/file"},
    ],
)
def test_wrong_settings_of_tracing_never_fail_a_command(
    receiver: Receiver, recording: Recording, variables: dict[str, str]
) -> None:
    with recording(**variables), span("work"):
        assert not is_on()
    assert receiver.spans == []


def run(receiver_url: str, *words: str, **variables: str) -> subprocess.Popen[str]:
    given = {**os.environ, "PYTHONPATH": str(ROOT), ENDPOINT: receiver_url, **variables}
    command = [sys.executable, "-m", "praxi_tasks", *words]
    return subprocess.Popen(command, env=given, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.mark.parametrize("fault", ["closed", "refuses", "silent"])
def test_a_receiver_that_fails_costs_its_spans_and_no_command(tmp_path: Path, fault: str) -> None:
    with otlp_receiver() as receiver:
        receiver.status = 400
        if fault == "silent":
            receiver.silent.set()
        url = "http://127.0.0.1:9" if fault == "closed" else receiver.url
        with run(url, "risks", "--store", tmp_path.as_uri(), "list") as process:
            _, log = process.communicate(timeout=60)
    assert process.returncode == 0, log
    assert "1 spans were not taken by the receiver" in log
    assert log.count("\n") == 1


def test_a_command_that_is_asked_to_end_sends_what_it_was_at(receiver: Receiver, tmp_path: Path) -> None:
    store = (tmp_path / "store").as_uri()
    with socket.create_server(("127.0.0.1", 0)) as registry:
        image = f"127.0.0.1:{registry.getsockname()[1]}/shop:1"
        documents.write(open_store(store), keys.run("r", "images.json"), named_images([image]))
        with run(receiver.url, "plan", "--run", "r", "--store", store, PRAXI_LOG_FORMAT="json") as process:
            connection, _ = registry.accept()
            assert TRACE not in connection.recv(1 << 16).decode()
            process.send_signal(signal.SIGTERM)
            _, log = process.communicate(timeout=60)
            connection.close()
    assert process.returncode == ExitCode.TEMPFAIL
    assert log.count("asked to end") == 1
    errors = {one.name: one.error for one in receiver.spans}
    assert errors == {"praxi plan": "terminated", "resolve image": "terminated", "GET": "terminated"}
    assert len(receiver.traces()) == 1
