"""The route that an API server asks, and what it has Airflow told."""

from __future__ import annotations

import http.client
import json
import socket
import ssl
import threading
from collections.abc import Iterator
from datetime import date
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from praxi_tasks.admission import Teller, Unknown, Verdicts
from praxi_tasks.errors import NotifyError, PraxiError, UsageError
from praxi_tasks.findings import Finding, parse_policy
from praxi_tasks.serving.admission_routes import PATH, AdmissionRoutes, configured_admission
from praxi_tasks.serving.app import create_app
from praxi_tasks.serving.metrics import Metrics
from praxi_tasks.store import open_store
from tests.admission.reviews import UID, audit, pod, review
from tests.admission.shapes import SHAPES
from tests.admission.shapes import UID as SHAPE_UID
from tests.events.bodies import digest
from tests.serving.running import PYTHON, serving
from tests.support.certificates import Issuer

POLICY = b"fail: [{severity: critical}]"
GRAVE = Finding(kind="vulnerable", id="CVE-2", title="grave", severity="critical")


class NoOne:
    """Knows no token: all that is not open is refused."""

    async def client_of(self, token: str) -> str | None:
        return None


@pytest.fixture
def told() -> Iterator[tuple[str, list[tuple[str, Any]]]]:
    """Run a server that takes what Airflow is told; return its URL, and what came with which secret."""
    found: list[tuple[str, Any]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            found.append((self.headers["Authorization"], json.loads(body)))
            self.send_response(503 if self.path == "/down" else 202)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - as the base class has it
            return

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", found
    server.shutdown()
    thread.join()
    server.server_close()


def client(folder: Path, unknown: Unknown = "allow", teller: Teller | None = None) -> TestClient:
    store = open_store((folder / "store").as_uri())
    images = {"good:1": (digest("a"), []), "bad:1": (digest("b"), [GRAVE])}
    audit(store, "scheduled__2026-11-27", "2026-11-27T00:00:00+00:00", images)
    verdicts = Verdicts(store, parse_policy(POLICY, "policy.yaml"))
    verdicts.refresh(date(2026, 11, 28))
    group = AdmissionRoutes(verdicts, unknown, teller.tell if teller else None).group()
    return TestClient(create_app([group], metrics=Metrics(), waiting=dict, authenticators=[NoOne()]))


def teller(url: str, folder: Path) -> Teller:
    (folder / "secret").write_text("a-secret-of-the-tests\n")
    return Teller(url, folder / "secret")


@pytest.mark.parametrize(("image", "allowed"), [("good:1", True), ("bad:1", False), ("new:1", True)])
def test_a_review_is_answered(tmp_path: Path, image: str, allowed: bool) -> None:
    answer = client(tmp_path).post(PATH, content=review("Pod", pod(image)))
    response = answer.json()["response"]
    assert (answer.status_code, response["uid"], response["allowed"]) == (200, UID, allowed)
    assert ("CVE" in str(response) or "critical" in str(response)) == (image == "bad:1")
    assert ("no audit knows it yet" in str(response.get("warnings"))) == (image == "new:1")


@pytest.mark.parametrize("unknown", ["allow", "deny"])
@pytest.mark.parametrize("shape", SHAPES)
def test_whatever_is_asked_is_answered(tmp_path: Path, shape: str, unknown: Unknown) -> None:
    body, images = SHAPES[shape]
    answer = client(tmp_path, unknown).post(f"{PATH}?timeout=2s", content=body)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    document = answer.json()
    assert (document["apiVersion"], document["kind"]) == ("admission.k8s.io/v1", "AdmissionReview")
    response = document["response"]
    assert response["uid"] == SHAPE_UID
    assert response["allowed"] == (unknown == "allow" or not images)
    assert len(response.get("warnings", ())) == (len(images) if response["allowed"] else 0)
    assert ("status" in response) == (not response["allowed"])
    assert response.get("status", {}).get("code", 403) == 403
    assert all(image in response["status"]["message"] for image in images if "status" in response)


def test_a_setting_denies_what_nobody_knows(tmp_path: Path) -> None:
    answer = client(tmp_path, "deny").post(PATH, content=review("Pod", pod("good:1", "new:1")))
    assert not answer.json()["response"]["allowed"]


@pytest.mark.parametrize(("body", "status"), [(b"{}", 400), (b"nonsense", 400), (b" " * (32 << 20), 413)])
def test_what_is_no_review_is_refused(tmp_path: Path, body: bytes, status: int) -> None:
    assert client(tmp_path).post(PATH, content=body).status_code == status


def test_an_object_can_not_be_made_too_large_to_be_judged(tmp_path: Path) -> None:
    """The largest that an API server takes may be six times as long as it writes it."""
    padded = pod("bad:1")
    padded["spec"]["containers"][0]["args"] = ["<" * 3_000_000]
    before = pod("good:1")
    before["spec"]["containers"][0]["args"] = ["<" * 1_500_000]
    body = review("Pod", padded, operation="UPDATE", oldObject=before).replace(b"<", rb"\u003c")
    assert len(body) > 26_000_000
    answer = client(tmp_path).post(PATH, content=body)
    assert (answer.status_code, answer.json()["response"]["allowed"]) == (200, False)


def test_images_that_nobody_knows_are_told_of_once(
    tmp_path: Path, told: tuple[str, list[tuple[str, Any]]]
) -> None:
    url, found = told
    server = client(tmp_path, teller=teller(f"{url}/praxi/events/images", tmp_path))
    for images in (("good:1",), ("new:1", "bad:1"), ("new:1", "newer:1")):
        assert server.post(PATH, content=review("Pod", pod(*images))).status_code == 200
    server.post(PATH, content=review("Pod", pod("dry:1"), dryRun=True))
    wanted = [{"images": ["new:1"]}, {"images": ["newer:1"]}]
    assert found == [("Bearer a-secret-of-the-tests", each) for each in wanted]


def test_who_can_t_be_told_is_told_again(tmp_path: Path, told: tuple[str, list[tuple[str, Any]]]) -> None:
    url, found = told
    telling = teller(f"{url}/down", tmp_path)
    for _ in range(2):
        with pytest.raises(NotifyError, match="503"):
            telling.tell(["new:1"])
    assert len(found) == 2
    with pytest.raises(NotifyError):
        teller("http://127.0.0.1:1", tmp_path).tell(["new:1"])
    server = client(tmp_path, teller=telling)
    assert server.post(PATH, content=review("Pod", pod("new:1"))).json()["response"]["allowed"]


def test_it_is_there_where_a_policy_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = open_store(tmp_path.as_uri())
    assert configured_admission(store) is None
    (tmp_path / "policy.yaml").write_bytes(POLICY)
    monkeypatch.setenv("PRAXI_ADMISSION_POLICY", str(tmp_path / "policy.yaml"))
    assert configured_admission(store) is not None


@pytest.mark.server
@pytest.mark.needs(str(PYTHON))
def test_the_service_answers_without_a_token_and_finds_new_audits(
    model_uri: str, tmp_path: Path, token_file: Path
) -> None:
    (tmp_path / "policy.yaml").write_bytes(POLICY)
    store = open_store((tmp_path / "store").as_uri())
    audit(store, "scheduled__2026-11-27", "2026-11-27T00:00:00+00:00", {"bad:1": (digest("b"), [GRAVE])})
    given = {"PRAXI_ADMISSION_POLICY": str(tmp_path / "policy.yaml")}
    with serving(tmp_path, model_uri, store.uri, f"--token-file={token_file}", variables=given) as service:

        def is_denied() -> bool:
            answer = service.ask(PATH, review("Pod", pod("bad:1")))
            assert answer.status == 200, answer.body
            return not answer.document["response"]["allowed"]

        service.server.wait_until(is_denied, seconds=60)
        assert service.ask("/v2").status == 401


@pytest.mark.slow
@pytest.mark.server
@pytest.mark.needs(str(PYTHON))
def test_an_api_server_asks_over_tls_by_the_service_s_name(model_uri: str, tmp_path: Path) -> None:
    name = "praxi-serve.praxi.svc"
    issuer = Issuer(tmp_path / "authority")
    certificate = issuer.issue(name)
    (tmp_path / "policy.yaml").write_bytes(POLICY)
    store = open_store((tmp_path / "store").as_uri())
    audit(store, "scheduled__2026-11-27", "2026-11-27T00:00:00+00:00", {"bad:1": (digest("b"), [GRAVE])})
    given = {"PRAXI_ADMISSION_POLICY": str(tmp_path / "policy.yaml")}
    options = ("--tls-cert", str(certificate), "--tls-key", str(certificate), "--anonymous")
    headers = {
        "accept": "application/json, */*",
        "content-type": "application/json",
        "user-agent": "kube-apiserver-admission",
        "accept-encoding": "gzip",
    }
    context = ssl.create_default_context(cafile=str(issuer.certificate))
    with serving(
        tmp_path, model_uri, store.uri, *options, variables=given, issuer=issuer, name=name
    ) as service:
        host, _, port = service.address.partition(":")
        connection = http.client.HTTPSConnection(host, int(port), timeout=60)
        connection.sock = context.wrap_socket(
            socket.create_connection((host, int(port)), 60), server_hostname=name
        )

        def ask(*images: str, **more: Any) -> Any:  # several times by one connection, as an API server does
            connection.request("POST", f"{PATH}?timeout=2s", review("Pod", pod(*images), **more), headers)
            answer = connection.getresponse()
            assert (answer.status, answer.headers["content-type"]) == (200, "application/json")
            return json.loads(answer.read())["response"]

        service.server.wait_until(lambda: not ask("bad:1")["allowed"], seconds=60)
        assert ask("bad:1")["status"]["code"] == 403
        assert ask("bad:1", operation="UPDATE", oldObject=pod("bad:1"))["allowed"]
        debugged = pod("bad:1", ephemeralContainers=[{"name": "d", "image": "new:1"}])
        warned = ask(
            operation="UPDATE", object=debugged, oldObject=pod("bad:1"), subResource="ephemeralcontainers"
        )
        assert (warned["allowed"], warned["warnings"]) == (True, ["new:1: no audit knows it yet"])
        connection.close()
        stranger = ssl.create_default_context(cafile=str(Issuer(tmp_path / "other").certificate))
        with (
            pytest.raises(ssl.SSLCertVerificationError),
            socket.create_connection((host, int(port)), 60) as plain,
        ):
            stranger.wrap_socket(plain, server_hostname=name)


@pytest.mark.parametrize(
    "wrong",
    [
        {"PRAXI_ADMISSION_POLICY": "/nowhere/policy.yaml"},
        {"PRAXI_ADMISSION_UNKNOWN": "perhaps"},
        {"PRAXI_ADMISSION_TELL": "https://airflow.example/praxi/events/images"},
        {"PRAXI_ADMISSION_TELL": "https://u:p@airflow.example", "PRAXI_ADMISSION_SECRET_FILE": "/run/secret"},
    ],
)
def test_a_wrong_setting_is_a_usage_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wrong: dict[str, str]
) -> None:
    (tmp_path / "policy.yaml").write_bytes(POLICY)
    for name, value in ({"PRAXI_ADMISSION_POLICY": str(tmp_path / "policy.yaml")} | wrong).items():
        monkeypatch.setenv(name, value)
    with pytest.raises(PraxiError) as raised:
        configured_admission(open_store(tmp_path.as_uri()))
    assert isinstance(raised.value, UsageError)
