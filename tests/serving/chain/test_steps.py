"""Steps that others do, asked directly: whatever is wrong with one is a typed error that names it."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import msgspec
import pytest

from praxi_tasks.audit.plan import Plan, PlannedLayer
from praxi_tasks.errors import StepError, StepUnavailableError, UsageError
from praxi_tasks.fingerprint import Tagset
from praxi_tasks.serving.chain.declaration import Document, Service, Step
from praxi_tasks.serving.chain.step import run_step
from praxi_tasks.store import Store, documents, keys, open_store

RUN = "serve-1"
DIGEST = f"sha256:{'7' * 64}"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """A store with a planned audit of one layer that was read."""
    store = open_store((tmp_path / "store").as_uri())
    layer = PlannedLayer(DIGEST, 10, "application/vnd.oci.image.layer.v1.tar", 0)
    documents.write(store, keys.run(RUN, "plan.json"), Plan((), (layer,), 0))
    store.put(keys.layer_tagset(DIGEST), Tagset.from_paths(DIGEST, ["srv/shop.py"]).to_bytes())
    return store


class Answering(ThreadingHTTPServer):
    """A server that answers every request by what it was told."""

    status = 200
    body: bytes = b""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    server: Answering

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        self.send_response(self.server.status)
        self.send_header("content-length", str(len(self.server.body)))
        if self.server.status == 302:
            self.send_header("location", "http://127.0.0.1:9/")
        self.end_headers()
        self.wfile.write(self.server.body)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture
def other() -> Iterator[Answering]:
    server = Answering(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def answer(*predictions: Any, **more: Any) -> bytes:
    data = [each if isinstance(each, str) else json.dumps(each) for each in predictions]
    outputs = [{"name": "predictions", "datatype": "BYTES", "shape": [len(data)], "data": data}]
    for name, values in more.items():
        outputs.append({"name": name, "datatype": "BYTES", "shape": [len(values)], "data": values})
    return json.dumps({"model_name": "m", "model_version": "8", "outputs": outputs}).encode()


def predicted(**more: Any) -> dict[str, Any]:
    release = {"ecosystem": "pypi", "name": "shop", "versions": ["1"], "confidence": 0.5, "evidence": ["a"]}
    return {"digest": DIGEST, "model": "theirs", "releases": [release | more]}


def ask(store: Store, other: Answering, seconds: int = 30) -> None:
    run_step(Step("next", service=Service(other.url), seconds=seconds), store, RUN)


def test_a_service_s_answer_is_stored_for_this_audit_alone(store: Store, other: Answering) -> None:
    other.body = answer(predicted())
    ask(store, other)
    outcome = msgspec.json.decode(store.get(keys.run(RUN, "predictions.json")))
    assert (outcome["model"], outcome["version"], outcome["failures"]) == ("next-serve-1", "8", {})
    stored = msgspec.json.decode(store.get(keys.layer_prediction(DIGEST, "next-serve-1")))
    assert (stored["model"], stored["releases"][0]["name"]) == ("next-serve-1", "shop")


def test_a_layer_that_a_service_refuses_has_failed_alone(store: Store, other: Answering) -> None:
    other.body = answer("", errors=["it is too large"])
    ask(store, other)
    failures = msgspec.json.decode(store.get(keys.run(RUN, "predictions.json")))["failures"]
    assert failures[DIGEST] == {"code": "not-predicted", "message": "it is too large", "retryable": False}


@pytest.mark.parametrize(
    ("status", "body", "why"),
    [
        (401, b"who are you", "the service answered 401: who are you"),
        (302, b"", "the service answered 302"),
        (500, b"\x1b[31mred", "the service answered 500"),
        (200, b"<html>", "its answer is none of the protocol"),
        (200, b'{"outputs": []}', "its answer has no 1 predictions"),
        (200, answer(predicted(), predicted()), "its answer has no 1 predictions"),
        (200, answer("{}"), "its answer is no prediction"),
        (200, answer({**predicted(), "digest": "sha256:other"}), "it answers about another layer"),
        (200, answer(predicted(confidence=1.5)), "1.5 is no confidence"),
        (200, answer(predicted(evidence=[])), "it names no path as evidence of shop"),
    ],
)
def test_what_is_no_answer_is_an_error_that_names_the_step(
    store: Store, other: Answering, status: int, body: bytes, why: str
) -> None:
    other.status, other.body = status, body
    with pytest.raises(StepError) as caught:
        ask(store, other)
    assert str(caught.value).startswith("the step next failed: ")
    assert why in str(caught.value)
    assert "\x1b" not in str(caught.value)
    assert not store.exists(keys.run(RUN, "predictions.json"))


def test_a_busy_service_is_asked_until_the_time_is_over(store: Store, other: Answering) -> None:
    other.status, other.body = 503, b"starting"
    with pytest.raises(StepUnavailableError, match="the step next failed: the service answered 503"):
        ask(store, other, seconds=1)


def test_no_service_is_a_passing_error(store: Store) -> None:
    with pytest.raises(StepUnavailableError, match="the step next failed: "):
        run_step(Step("next", service=Service("http://127.0.0.1:9"), seconds=5), store, RUN)


def test_a_token_goes_over_no_plain_network(store: Store, tmp_path: Path) -> None:
    step = Step("next", service=Service("http://next.example.com", token_file=str(tmp_path)))
    with pytest.raises(StepError, match="refused to send a token over plain HTTP"):
        run_step(step, store, RUN)


def command(program: str, *, gives: Document = Document.PREDICTIONS, seconds: int = 30) -> Step:
    return Step("house", command=(sys.executable, "-c", program), gives=(gives,), seconds=seconds)


@pytest.mark.parametrize(
    ("step", "why"),
    [
        (Step("house", command=("/nothing/here",), gives=(Document.REPORT,)), "can't be started: No such"),
        (command("import time; time.sleep(60)", seconds=1), "the command took longer than 1 s"),
        (command("import os; os.kill(os.getpid(), 9)"), "the command was ended by signal 9"),
        (command("raise SystemExit('no \\x1b[31mlicence')"), "the command ended with 1: no "),
        (command("pass"), "it did not give what it is declared to give (predictions.jsonl)"),
        (command("pass", gives=Document.FINGERPRINTS), "it left no layer's fingerprint in the store"),
    ],
)
def test_a_broken_command_is_named(store: Store, step: Step, why: str) -> None:
    with pytest.raises(StepError) as caught:
        run_step(step, store, RUN)
    assert str(caught.value).startswith("the step house failed: ")
    assert why in str(caught.value)
    assert "\x1b" not in str(caught.value)


@pytest.mark.parametrize(
    ("file", "text", "why"),
    [
        ("predictions.jsonl", "{}", "a line is no prediction: .*`digest`.*predictions.jsonl:1"),
        ("predictions.jsonl", '{"digest": "sha256:1"}', "about a layer that it was not asked about"),
        ("predictions.jsonl", f'{{"digest": "{DIGEST}"}}\n' * 2, "it answers twice about a layer"),
        ("predictions.jsonl", "", "1 of 1 layers have no answer"),
        ("plan.json", "[]", "no such document"),
        ("report.json", "{}", "no such document"),
        ("findings.json", '{"run": 7}', "no such document"),
    ],
)
def test_what_is_no_such_document_is_not_stored(store: Store, file: str, text: str, why: str) -> None:
    program = f"import os; open(os.environ['PRAXI_OUTPUTS'] + '/{file}', 'w').write({text!r})"
    with pytest.raises(StepError, match=why):
        run_step(command(program, gives=Document(file.partition(".")[0])), store, RUN)
    assert set(store.list(f"audits/{RUN}")) == {keys.run(RUN, "plan.json")}


def test_a_link_is_no_document(store: Store, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("{}")
    program = (
        f"import os; os.symlink({str(tmp_path / 'secret')!r}, os.environ['PRAXI_OUTPUTS'] + '/plan.json')"
    )
    with pytest.raises(StepError, match="did not give"):
        run_step(command(program, gives=Document.PLAN), store, RUN)


def test_a_step_of_praxi_s_own_is_a_command(store: Store) -> None:
    from praxi_tasks.serving.chain import STANDARD

    with pytest.raises(UsageError, match="praxi plan"):
        run_step(STANDARD.steps[0], store, RUN)
