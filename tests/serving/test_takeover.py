"""Replicas on one store: where one is killed or ends, another goes on with what it was at, once."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from praxi_tasks.json_decoding import decode
from praxi_tasks.serving.audits import audit_of
from praxi_tasks.serving.claims import MOST_TRIES
from praxi_tasks.store import Store, documents, keys, open_store
from tests.serving.running import Service, serving
from tests.support.hostile_registry import Asked, HostileRegistry, Reply
from tests.support.images import image
from tests.support.packages import SHOP

pytestmark = [pytest.mark.server, pytest.mark.slow]
SECRET = "a-secret-of-the-registries"
PATIENCE = 180


def until(condition: Callable[[], Any]) -> Any:
    end, pause = time.monotonic() + PATIENCE, threading.Event()
    while not (found := condition()):
        assert time.monotonic() < end
        pause.wait(0.1)
    return found


@dataclass
class Site:
    """Where replicas run: their store, their model, and a registry whose layers wait for ``go``."""

    store: Store
    model_uri: str
    folder: Path
    hostile: HostileRegistry
    go: threading.Event
    begun: threading.Event

    def replica(self, name: str, stack: ExitStack, lease: int = 4) -> Service:
        folder = self.folder / name
        folder.mkdir()
        (folder / "secret").write_text(SECRET)
        variables = {
            "PRAXI_EVENT_SECRET_FILE": str(folder / "secret"),
            "PRAXI_EVENT_WINDOW": "1",
            "PRAXI_SERVE_MAX_CLAIM_SECONDS": str(lease),
        }
        options = ("--registry", "127.0.0.1:*", "--workers", "1")
        running = serving(folder, self.model_uri, self.store.uri, *options, variables=variables)
        return stack.enter_context(running)

    def image(self, name: str) -> str:
        return self.hostile.serve(f"over/{name}", "1", image([SHOP.layer()]))


@pytest.fixture
def site(hostile: HostileRegistry, model_uri: str, tmp_path: Path) -> Iterator[Site]:
    go, begun = threading.Event(), threading.Event()

    def held(asked: Asked) -> Reply:
        begun.set()
        go.wait(PATIENCE)
        return Reply(503, headers={"Retry-After": "0"})

    hostile.fault("/blobs/", held)
    store = open_store((tmp_path / "store").as_uri())
    yield Site(store, model_uri, tmp_path, hostile, go, begun)
    go.set()


def kill(service: Service) -> None:
    """Kill a replica as a machine that loses its power does."""
    for process in service.server.members():
        with suppress(ProcessLookupError):  # the others' end has ended it
            os.kill(process, signal.SIGKILL)


def ended(service: Service) -> float:
    """Return how many audits a replica has ended."""
    lines = service.ask("/metrics").body.decode().splitlines()
    return sum(
        float(each.rpartition(" ")[2]) for each in lines if each.startswith("praxi_serve_audits_total{")
    )


def holder(store: Store, replicas: list[Service]) -> Service:
    """Return the replica that has the one claim that there is."""
    (claim,) = until(lambda: list(store.list(keys.all_serving_claims())))
    name = decode(store.get(claim), dict[str, Any])["holder"]
    return next(each for each in replicas if name.endswith(each.address.rpartition(":")[2]))


@pytest.mark.parametrize("asked_by", ["a push", "a request"])
def test_another_goes_on_with_what_a_killed_one_was_at(site: Site, asked_by: str) -> None:
    with ExitStack() as stack:
        replicas = [site.replica(name, stack) for name in ("one", "two", "three")]
        if asked_by == "a push":
            named = {"images": [site.image("shop")]}
            told = replicas[0].ask("/v1/events/images", named, authorization=f"Bearer {SECRET}")
            (audit,) = told.document["audits"]
        else:
            audit = replicas[0].ask("/v1/audits", {"image": site.image("shop")}).document["id"]
        assert site.begun.wait(PATIENCE)
        killed = holder(site.store, replicas)
        kill(killed)
        others = [each for each in replicas if each is not killed]
        assert others[0].ask(f"/v1/audits/{audit}").document["state"] not in {"lost", "failed"}
        site.go.set()
        until(lambda: not list(site.store.list("serving")))
        states = [each.ask(f"/v1/audits/{audit}").document["state"] for each in others]
        assert states == ["done", "done"]
        assert sum(map(ended, others)) == 1
        assert list(site.store.folders("audits")) == [audit]


def test_one_that_was_stopped_for_long_leaves_it_to_who_took_over(site: Site) -> None:
    with ExitStack() as stack:
        replicas = [site.replica(name, stack, lease=2) for name in ("one", "two")]
        audit = replicas[0].ask("/v1/audits", {"image": site.image("shop")}).document["id"]
        assert site.begun.wait(PATIENCE)
        members = replicas[0].server.members()
        for process in members:
            os.kill(process, signal.SIGSTOP)
        try:
            claim = keys.serving_claim(audit, 1)
            until(lambda: site.store.exists(claim))
        finally:
            for process in members:
                os.kill(process, signal.SIGCONT)
        site.go.set()
        until(lambda: not list(site.store.list("serving")))
        assert [each.ask(f"/v1/audits/{audit}").document["state"] for each in replicas] == ["done", "done"]
        assert [ended(each) for each in replicas] == [0, 1]


def test_what_was_asked_of_one_that_ends_is_done_by_another_at_once(site: Site) -> None:
    with ExitStack() as stack:
        replicas = [site.replica(name, stack, lease=3600) for name in ("one", "two")]
        audit = replicas[0].ask("/v1/audits", {"image": site.image("shop")}).document["id"]
        assert site.begun.wait(PATIENCE)
        main = int(replicas[0].server.pid_file.read_text().split()[0])
        os.kill(main, signal.SIGTERM)
        until(lambda: not replicas[0].server.members())
        site.go.set()
        until(lambda: not list(site.store.list("serving")))
        assert replicas[1].ask(f"/v1/audits/{audit}").document["state"] == "done"


def test_what_ends_every_replica_or_nobody_can_do_is_not_tried_for_ever(site: Site) -> None:
    fatal, foreign, damaged = (f"serve-20260101T00000{number}-{number:016}" for number in range(3))
    for audit, named in ((fatal, site.image("shop")), (foreign, "registry.example/shop:1")):
        record = {"id": audit, "image": named, "client": "c", "images": [named], "state": "reading"}
        documents.write(site.store, keys.run(audit, "request.json"), record)
    site.store.put(keys.run(damaged, "request.json"), b"{")
    for audit in (fatal, foreign, damaged):
        tries = MOST_TRIES if audit == fatal else 0
        claim = {"holder": "gone", "tries": tries, "is_free": True}
        documents.write(site.store, keys.serving_claim(audit, 7), claim)
        site.store.put(keys.served_request(audit), b"{}")
    window = "20260101T000010Z"
    push = {"image": site.image("till"), "digest": "", "at": None, "source": "images"}
    documents.write(site.store, keys.event_window_image(window[:8], window, "x"), push)
    site.store.put(keys.event_window_image(window[:8], window, "y"), b"{")
    documents.write(site.store, keys.serving_claim(window, 7), {"holder": "g", "tries": 5, "is_free": True})
    for name in (window, "no-window", "20269999T999999Z"):
        site.store.put(keys.served_window(name), b"{}")
    with ExitStack() as stack:
        service = site.replica("one", stack)
        left = {keys.served_window(name) for name in ("no-window", "20269999T999999Z")}
        until(lambda: set(site.store.list("serving")) == left)
        for audit, code in ((fatal, "lost"), (foreign, "not-allowed"), (audit_of(window), "lost")):
            document = service.ask(f"/v1/audits/{audit}").document
            assert (document["state"], document["code"]) == ("failed", code)
        assert service.ask(f"/v1/audits/{damaged}").document["code"] == "corrupt-object"
        assert not site.begun.is_set()
