"""Audits on request: over a real registry, in processes of their own, as a run by hand."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from praxi_tasks.findings.assessment.document import AssessedAudit
from praxi_tasks.json_decoding import decode
from praxi_tasks.store import Store, keys, open_store
from tests.serving.running import Service, serving
from tests.support.hostile_registry import HostileRegistry, Reply
from tests.support.images import image
from tests.support.packages import SHOP, TILL
from tests.support.registry import Registry

pytestmark = [pytest.mark.server, pytest.mark.slow]


@pytest.fixture(scope="module")
def audited(
    registry: Registry, model_uri: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Service, Store]]:
    """Run a service that may audit the tests' registries, one image at a time."""
    folder = tmp_path_factory.mktemp("audits")
    store = open_store((folder / "store").as_uri())
    options = ("--registry", "127.0.0.1:*", "--workers", "1")
    limits = {"PRAXI_SERVE_MAX_AUDITS": "1", "PRAXI_SERVE_MAX_AUDITS_PER_MINUTE": "60"}
    with serving(folder, model_uri, store.uri, *options, variables=limits) as service:
        yield service, store


def submit(service: Service, reference: str) -> dict[str, Any]:
    answer = service.ask("/v1/audits", {"image": reference})
    assert answer.status == 202, answer.body
    assert answer.headers["location"] == f"/v1/audits/{answer.document['id']}"
    found: dict[str, Any] = answer.document
    return found


def events(service: Service, audit: str) -> list[dict[str, Any]]:
    """Follow an audit until its stream of events ends."""
    answer = service.ask(f"/v1/audits/{audit}/events")
    assert answer.headers["content-type"].startswith("text/event-stream")
    lines = answer.body.decode().splitlines()
    return [json.loads(line.removeprefix("data: ")) for line in lines if line.startswith("data: ")]


def test_an_audit_is_followed_and_read(registry: Registry, audited: tuple[Service, Store]) -> None:
    service, store = audited
    shop = registry.push("serve/shop:1", image([SHOP.layer(), TILL.layer(metadata=False)]))
    asked = submit(service, shop)
    assert asked["state"] == "waiting"
    told = events(service, asked["id"])
    assert told[-1]["state"] == "done"
    order = ["waiting", "planning", "reading", "predicting", "reporting", "done"]
    places = [order.index(each["state"]) for each in told]
    assert places == sorted(places)
    stream = f"/v1/audits/{asked['id']}/events"
    names = re.findall(r"^id: (.+)$", service.ask(stream).body.decode(), re.MULTILINE)
    assert names == ["done"]  # with which a browser asks again
    assert service.ask(stream, Last_Event_ID="done").status == 204
    again = service.ask(stream, Last_Event_ID="reading/fingerprint/0").body
    assert again.startswith(b"id: done\nevent: done\ndata: {")
    answer = service.ask(f"/v1/audits/{asked['id']}").document
    purls = {release["purl"] for layer in answer["report"]["layers"] for release in layer["releases"]}
    assert purls == {"pkg:pypi/shoplib@1.0", "pkg:pypi/tillkit@2.13"}
    assert answer["findings"]["scope"] == {"named": True}
    stored = decode(store.get(keys.run(asked["id"], "findings.json")), AssessedAudit)
    assert (stored.scope.kind, stored.scope.named) == ("manual", True)
    assert store.exists(keys.run(asked["id"], "report.html"))


def test_a_hostile_image_harms_only_its_own_audit(
    registry: Registry, hostile: HostileRegistry, audited: tuple[Service, Store]
) -> None:
    service, _ = audited
    reference = hostile.serve("serve/shop", "1", image([SHOP.layer()]))
    hostile.fault("/blobs/", Reply(body=b"no layer"), forever=True)
    bad = submit(service, reference)
    good = submit(service, registry.push("serve/till:1", image([TILL.layer()])))
    assert events(service, good["id"])[-1]["state"] == "done"
    (found,) = service.ask(f"/v1/audits/{bad['id']}").document["report"]["images"]
    assert found["state"] == "failed"


def test_an_audit_is_cancelled_while_another_runs(registry: Registry, audited: tuple[Service, Store]) -> None:
    service, _ = audited
    before = cancelled(service)
    shop = registry.push("serve/shop:2", image([SHOP.layer()]))
    running, waiting = submit(service, shop), submit(service, shop)
    ended = service.ask(f"/v1/audits/{waiting['id']}", method="DELETE")
    assert (ended.status, ended.document["state"]) == (200, "cancelled")
    service.ask(f"/v1/audits/{running['id']}", method="DELETE")
    assert events(service, running["id"])[-1]["state"] == "cancelled"
    assert cancelled(service) == before + 2


def cancelled(service: Service) -> float:
    """Return how many audits the service counts as cancelled."""
    lines = service.ask("/metrics").body.decode().splitlines()
    counts = [line for line in lines if line.startswith('praxi_serve_audits_total{state="cancelled"}')]
    return sum(float(line.rpartition(" ")[2]) for line in counts)


def test_what_may_not_be_audited_is_refused(audited: tuple[Service, Store]) -> None:
    service, _ = audited
    other = service.ask("/v1/audits", {"image": "registry.example.org/shop:1"})
    assert (other.status, other.document["code"]) == (403, "not-allowed")
    wrong: list[Any] = [{"image": "UPPER/case"}, {"image": "oci:/etc"}, {"images": []}, [], {"image": 7}]
    for document in wrong:
        assert service.ask("/v1/audits", document).status in {400, 403}
    assert service.ask("/v1/audits", b"x" * 70_000).status == 413
    for unknown in ("nothing", "..", "serve-20260101T000000-0123456789abcdef"):
        assert service.ask(f"/v1/audits/{unknown}").status == 404


def test_a_client_may_ask_only_so_often(model_uri: str, tmp_path: Path) -> None:
    options = ("--registry", "127.0.0.1:*", "--workers", "1")
    limits = {"PRAXI_SERVE_MAX_AUDITS_PER_MINUTE": "1"}
    with serving(tmp_path, model_uri, (tmp_path / "store").as_uri(), *options, variables=limits) as service:
        first, second = (service.ask("/v1/audits", {"image": "127.0.0.1:1/x"}) for _ in range(2))
        assert (first.status, second.status) == (202, 429)
        assert 0 < int(second.headers["retry-after"]) <= 61
