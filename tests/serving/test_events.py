"""What registries tell the service: who may, what is taken, and audits that follow by themselves."""

from __future__ import annotations

import base64
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from demo.servers import start_registry
from praxi_tasks.errors import UsageError
from praxi_tasks.serving.app import create_app
from praxi_tasks.serving.audit_steps import AuditOptions
from praxi_tasks.serving.audits import Audits, audit_of
from praxi_tasks.serving.event_routes import configured_events
from praxi_tasks.serving.metrics import Metrics
from praxi_tasks.serving.settings import ServingLimits
from praxi_tasks.store import Store, keys, open_store
from tests.admission.reviews import pod, review
from tests.events.bodies import digest, distribution_event, ecr, harbor, harbor_cloud_event, quay
from tests.serving.running import Service, serving
from tests.support.images import image
from tests.support.packages import BELL, SHOP, TILL
from tests.support.process import running
from tests.support.registry import Registry
from tests.support.tools import need

SECRET = "a-secret-of-the-registries"
REGISTRIES = (
    "registry.example",
    "registry.example:5000",
    "harbor.example",
    "quay.example",
    "*.amazonaws.com",
)
PATIENCE = 300


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store((tmp_path / "store").as_uri())


@pytest.fixture
def client(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> TestClient:
    """Return the routes in an application that knows no token: they look at the secret by themselves."""
    (tmp_path / "secret").write_text(f"{SECRET}\nthe-secret-of-last-month")
    monkeypatch.setenv("PRAXI_EVENT_SECRET_FILE", str(tmp_path / "secret"))
    monkeypatch.setenv("PRAXI_EVENT_LIMIT", "4")
    monkeypatch.setenv("PRAXI_EVENT_WINDOW", "60")
    metrics, limits = Metrics(), ServingLimits()
    audits = Audits(AuditOptions(store.uri, REGISTRIES, "linux/amd64", "m"), store, limits, metrics)
    events = configured_events(store, audits, REGISTRIES)
    assert events
    return TestClient(create_app([events.group()], metrics=metrics, waiting=dict, authenticators=[NoOne()]))


class NoOne:
    """Knows no token."""

    async def client_of(self, token: str) -> str | None:
        return None


def post(client: TestClient, form: str, document: Any, authorization: str = f"Bearer {SECRET}") -> Any:
    return client.post(f"/v1/events/{form}", json=document, headers={"authorization": authorization})


@pytest.mark.parametrize(
    ("form", "document"),
    [
        ("distribution", {"events": [distribution_event()]}),
        ("harbor", harbor()),
        ("harbor", harbor_cloud_event()),
        ("quay", quay("1")),
        ("ecr", ecr()),
        ("images", {"images": [f"registry.example/shop@{digest('d')}"]}),
    ],
)
def test_each_form_is_taken_once(client: TestClient, store: Store, form: str, document: Any) -> None:
    answer = post(client, form, document)
    assert answer.status_code == 202, answer.text
    first = answer.json()
    assert (first["heeded"], first["taken"], first["foreign"]) == (1, 1, 0)
    (audit,) = first["audits"]
    (marker,) = store.list(keys.served_windows())
    assert audit == audit_of(marker.rpartition("/")[2].removesuffix(".json"))
    again = post(client, form, document).json()
    assert (again["taken"], again["seen"]) == ((1, 0) if form == "quay" else (0, 1))  # no digest is told


def test_no_more_are_taken_than_an_hour_and_the_next_have_places_for(client: TestClient) -> None:
    named = [f"registry.example/shop@{digest(character)}" for character in "0123456789a"]
    answer = post(client, "images", {"images": [*named, "other.example/shop:1"]}).json()
    assert (answer["taken"], answer["left"], answer["foreign"]) == (8, 3, 1)
    assert 1 < len(answer["audits"]) <= 3


@pytest.mark.parametrize(
    "authorization",
    [
        SECRET,
        f"bearer {SECRET}",
        "Bearer the-secret-of-last-month",
        "Basic " + base64.b64encode(f"praxi:{SECRET}".encode()).decode(),
    ],
)
def test_registries_present_the_secret_in_their_ways(client: TestClient, authorization: str) -> None:
    assert post(client, "harbor", harbor(), authorization).status_code == 202


@pytest.mark.parametrize("authorization", ["", "Bearer wrong", f"Bearer {SECRET}x", "Basic !", "Bearer "])
def test_nobody_else_tells_anything(client: TestClient, store: Store, authorization: str) -> None:
    answer = post(client, "harbor", harbor(), authorization)
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")
    assert not list(store.list("events"))


def test_what_can_not_be_read_is_refused(client: TestClient) -> None:
    wrong = [("harbor", b"{"), ("ecr", b'{"a": 1}'), ("quay", b"7"), ("distribution", b"\xff")]
    for form, body in wrong:
        answer = client.post(f"/v1/events/{form}", content=body, headers={"authorization": SECRET})
        assert (answer.status_code, answer.json().get("code")) == (422, "bad-event"), answer.text
    large = client.post("/v1/events/ecr", content=b" " * (2 << 20), headers={"authorization": SECRET})
    assert large.status_code == 413
    assert post(client, "gitlab", {}).status_code == 401  # such a route needs a token, as all others do


def test_what_was_met_and_is_not_known_is_taken_once(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "secret").write_text(SECRET)
    monkeypatch.setenv("PRAXI_EVENT_SECRET_FILE", str(tmp_path / "secret"))
    audits = Audits(
        AuditOptions(store.uri, REGISTRIES, "linux/amd64", "m"), store, ServingLimits(), Metrics()
    )
    events = configured_events(store, audits, REGISTRIES)
    assert events
    for _ in range(3):
        events.pushes.tell(["registry.example/shop:1", "other.example/shop:1"])
    assert len([key for key in store.list("events") if "/windows/" in key]) == 1


@pytest.mark.parametrize(
    ("variables", "why"),
    [
        ({"PRAXI_EVENT_WINDOW": "3600"}, "more than 1800 s"),
        ({"PRAXI_EVENT_LIMIT": "none"}, "PRAXI_EVENT_LIMIT"),
        ({"PRAXI_EVENT_SECRET_FILE": "FOLDER/nothing"}, "can't be read"),
        ({"PRAXI_EVENT_SECRET_FILE": "FOLDER/short"}, "no secret of 16 characters"),
    ],
)
def test_wrong_settings_are_named(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variables: Mapping[str, str], why: str
) -> None:
    (tmp_path / "secret").write_text(SECRET)
    (tmp_path / "short").write_text("a short one")
    variables = {name: text.replace("FOLDER", str(tmp_path)) for name, text in variables.items()}
    for name, text in {"PRAXI_EVENT_SECRET_FILE": str(tmp_path / "secret"), **variables}.items():
        monkeypatch.setenv(name, text)
    audits = Audits(AuditOptions(store.uri, (), "linux/amd64", "m"), store, ServingLimits(), Metrics())
    with pytest.raises(UsageError, match=why):
        configured_events(store, audits, REGISTRIES)


def until(condition: Any) -> Any:
    end, pause = time.monotonic() + PATIENCE, threading.Event()
    while not (found := condition()):
        assert time.monotonic() < end
        pause.wait(0.2)
    return found


def audit_ids(store: Store) -> set[str]:
    return set(store.folders("audits"))


def ended(service: Service, audit: str) -> Any:
    service.ask(f"/v1/audits/{audit}/events")
    return service.ask(f"/v1/audits/{audit}").document


def is_known(service: Service, reference: str) -> bool:
    """Return whether an API server that asks about a pod of an image is told what audits found."""
    answer = service.ask("/v1/admission", review("Pod", pod(reference)))
    return "no audit knows it yet" not in answer.body.decode()


@pytest.mark.server
@pytest.mark.slow
def test_a_push_to_a_registry_is_audited_even_if_the_service_ends_meanwhile(
    model_uri: str, tmp_path: Path
) -> None:
    need("docker-registry")
    store = open_store((tmp_path / "store").as_uri())
    (tmp_path / "secret").write_text(SECRET)
    variables = {"PRAXI_EVENT_SECRET_FILE": str(tmp_path / "secret"), "PRAXI_EVENT_WINDOW": "2"}
    (tmp_path / "policy.yaml").write_text("fail: [{severity: critical}]")
    variables["PRAXI_ADMISSION_POLICY"] = str(tmp_path / "policy.yaml")
    options = ("--registry", "127.0.0.1:*", "--workers", "1")
    with serving(tmp_path, model_uri, store.uri, *options, variables=variables) as service:
        endpoint = {
            "name": "praxi",
            "url": f"http://{service.address}/v1/events/distribution",
            "headers": {"Authorization": [f"Bearer {SECRET}"]},
            "timeout": "5s",
            "threshold": 3,
            "backoff": "1s",
        }
        registry = start_registry(tmp_path, config={"notifications": {"endpoints": [endpoint]}})
        with running(registry.server):
            pushed = Registry(registry.host)
            pushed.push("serve/shop:1", image([SHOP.layer(), TILL.layer(metadata=False)]))
            (audit,) = until(lambda: audit_ids(store))
            document = ended(service, audit)
            assert (document["state"], document["client"]) == ("done", "events"), document
            purls = {
                release["purl"] for layer in document["report"]["layers"] for release in layer["releases"]
            }
            assert purls == {"pkg:pypi/shoplib@1.0", "pkg:pypi/tillkit@2.13"}
            until(lambda: not list(store.list("serving")))
            until(lambda: is_known(service, f"{registry.host}/serve/shop@{document['images'][0][-71:]}"))
            pushed.push("serve/bell:1", image([BELL.layer()]))
            (bell,) = until(lambda: audit_ids(store) - {audit})
            service.server.stop(grace=60)
    assert list(store.list(keys.served_windows())), store.get(keys.run(bell, "request.json"))
    with (
        serving(tmp_path, model_uri, store.uri, *options, variables=variables) as service,
        running(start_registry(tmp_path, port=registry.port).server),
    ):
        until(lambda: not list(store.list("serving")))
        document = service.ask(f"/v1/audits/{bell}").document
        assert document["state"] == "done", document
        assert audit_ids(store) == {audit, bell}
