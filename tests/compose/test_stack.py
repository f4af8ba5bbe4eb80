from __future__ import annotations

import json
import urllib.error
import urllib.request
from datetime import datetime, timedelta
from typing import Any

import pytest

from praxi_airflow.run_key import run_key
from tests.compose.conftest import NAMESPACE, Running
from tests.compose.stack import AIRFLOW_SERVICES, SERVERS, answers_anonymously
from tests.compose.substitutes import AIRFLOW
from tests.support.airflow import FINISHED

pytestmark = [pytest.mark.slow, pytest.mark.server, pytest.mark.airflow, pytest.mark.timeout(1200)]
SECRETS = ("POSTGRES_PASSWORD", "S3_SECRET_KEY", "AIRFLOW_JWT_SECRET", "AIRFLOW_FERNET_KEY")


@pytest.fixture(scope="module")
def audit(running: Running) -> dict[str, Any]:
    """Switch the daily audit on, and return the run that audited yesterday."""
    airflow = running.stack.airflow()
    airflow.wait_until(
        lambda: "praxi_audit" in {dag["dag_id"] for dag in airflow.call("GET", "/dags")["dags"]}
    )
    airflow.call("PATCH", "/dags/praxi_audit", {"is_paused": False})
    airflow.wait_until(lambda: bool(airflow.runs("praxi_audit")))
    run_id = airflow.runs("praxi_audit")[0]["dag_run_id"]
    airflow.wait_until(lambda: airflow.run("praxi_audit", run_id)["state"] in FINISHED, seconds=600)
    return airflow.run("praxi_audit", run_id) | {"tasks": airflow.states("praxi_audit", run_id)}


@pytest.fixture
def store(running: Running, monkeypatch: pytest.MonkeyPatch) -> str:
    for name, value in running.stack.store_environment().items():
        monkeypatch.setenv(name, value)
    return "s3://praxi/store"


def test_the_audit_s_report_is_in_the_object_store(
    running: Running, audit: dict[str, Any], store: str
) -> None:
    import msgspec

    from praxi_tasks.audit.report import AuditReport
    from praxi_tasks.store import keys, open_store

    assert audit["state"] == "success", audit
    found = open_store(store).get(keys.run(run_key(audit["dag_run_id"]), "report.json"))
    told = msgspec.json.decode(found, type=AuditReport)
    assert [(image.image, str(image.state)) for image in told.images] == [(running.image, "audited")]


def test_the_run_is_in_postgresql(running: Running, audit: dict[str, Any]) -> None:
    rows = running.stack.query(
        "SELECT run_id, state, data_interval_start FROM dag_run WHERE dag_id = 'praxi_audit'"
        " ORDER BY data_interval_start"
    )
    run_id, state, start = rows[0]
    assert (run_id, state) == (audit["dag_run_id"], "success")
    since = datetime.fromisoformat(start) - running.day
    assert since in {timedelta(0), timedelta(days=1)}, "the second where midnight came between"


def test_the_work_was_done_by_pods(running: Running, audit: dict[str, Any]) -> None:
    pods = [pod for pod in running.cluster.history if pod["metadata"]["namespace"] == NAMESPACE]
    assert {"plan", "fingerprint", "predict", "report"} <= {
        pod["metadata"]["labels"]["praxi/task"] for pod in pods
    }
    assert running.cluster.left() == []


def test_every_service_is_healthy_afterwards(running: Running, audit: dict[str, Any]) -> None:
    services = [*SERVERS, *(f"airflow-{name}" for name in AIRFLOW_SERVICES)]
    running.stack.wait_until_healthy(*services, seconds=300)
    assert running.stack.states() == {**dict.fromkeys(services, "healthy"), "airflow-init": "exited 0"}


def test_what_must_exist_before_the_first_audit_was_made(running: Running) -> None:
    assert running.stack.query("SELECT slots FROM slot_pool WHERE pool = 'praxi'") != []
    assert running.stack.execute("airflow-scheduler", "id", "-u").strip() == "50000"


@pytest.mark.parametrize(
    "url",
    [
        "http://mlflow:5000/api/2.0/mlflow/registered-models/search",
        "http://alertmanager:9093/api/v2/status",
        "http://registry:5000/v2/_catalog",
        "http://prometheus:9090/-/ready",
    ],
)
def test_services_are_reached_by_their_names(running: Running, url: str) -> None:
    running.stack.execute("airflow-scheduler", "curl", "--fail", "--silent", "--max-time", "20", url)


def test_only_what_pods_need_is_in_their_network(running: Running) -> None:
    others = {
        "airflow-scheduler",
        "airflow-triggerer",
    }  # these start pods
    assert running.stack.members("pods") - others == {"s3", "registry", "alertmanager"}


def test_pods_reach_what_they_need_and_nothing_else(running: Running) -> None:
    needed = {("s3", 8333), ("registry", 5000), ("alertmanager", 9093)}
    others = {
        ("s3", 18333),
        *(("object-store", port) for port in (8333, 18333, 8888, 18888, 9333, 8080)),
        ("mlflow", 5000),
        ("postgres", 5432),
        ("prometheus", 9090),
        ("airflow-apiserver", 8080),
    }
    assert running.stack.reached_as_pod(needed | others) == needed


@pytest.mark.parametrize("port", [8888, 18888, 9333, 19333, 8080, 18080])
def test_the_parts_of_the_object_store_talk_among_themselves_only(running: Running, port: int) -> None:
    probe = (
        f"import socket; print(socket.socket().connect_ex((socket.gethostbyname('object-store'), {port})))"
    )
    assert running.stack.execute("airflow-scheduler", "python", "-c", probe).strip() == "111"  # refused


def test_the_airflow_image_says_what_it_is(running: Running) -> None:
    (image,) = json.loads(running.stack.engine.run("docker", "image", "inspect", AIRFLOW))
    assert image["Config"]["User"] == "50000:0"
    assert image["Config"]["Labels"]["org.opencontainers.image.title"] == "praxi-airflow"
    assert image["Config"]["Labels"]["org.opencontainers.image.licenses"] == "Apache-2.0"


def test_the_one_entrance_speaks_tls_and_makes_cookies_secure(running: Running) -> None:
    url, trusting = running.stack.entrance()
    with urllib.request.urlopen(f"{url}/api/v2/version", timeout=60, context=trusting) as answer:
        assert json.load(answer)["version"]
    out = urllib.request.Request(f"{url}/api/v2/auth/logout")
    opener = urllib.request.build_opener(StaysHere(), urllib.request.HTTPSHandler(context=trusting))
    with pytest.raises(urllib.error.HTTPError) as moved:
        opener.open(out, timeout=60)
    cookies = moved.value.headers.get_all("Set-Cookie")
    assert cookies
    assert all("secure" in cookie.lower() for cookie in cookies)


def test_mlflow_is_shown_to_who_may_read_audits_and_changed_by_nobody(running: Running) -> None:
    _, trusting = running.stack.entrance()
    url = f"https://localhost:{running.stack.settings['MLFLOW_PORT']}"
    search = "/ajax-api/2.0/mlflow/registered-models/search"

    def status(path: str, method: str, **headers: str) -> int:
        asked = urllib.request.Request(f"{url}{path}", headers=headers, method=method)
        opener = urllib.request.build_opener(StaysHere(), urllib.request.HTTPSHandler(context=trusting))
        try:
            with opener.open(asked, timeout=60) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code

    known = {"Cookie": f"_token={running.stack.airflow().token()}", "Origin": url}
    assert status(search, "GET") == 302  # to Airflow's login
    assert status(search, "GET", **known) == 200
    assert status("/", "GET", **known) == 200
    assert status("/ajax-api/2.0/mlflow/registered-models/create", "POST", **known) == 403


class StaysHere(urllib.request.HTTPRedirectHandler):
    """Follows no redirect."""

    def redirect_request(self, *_: object) -> None:
        return None


def test_somebody_unknown_is_told_nothing(running: Running) -> None:
    base = f"http://127.0.0.1:{running.stack.settings['AIRFLOW_PORT']}"
    assert answers_anonymously(f"{base}/api/v2/dags") == 401
    assert answers_anonymously(running.stack.store_environment()["AWS_ENDPOINT_URL"]) == 403


def test_no_secret_is_in_a_log_or_an_argument(running: Running, audit: dict[str, Any]) -> None:
    services = [f"airflow-{name}" for name in AIRFLOW_SERVICES]
    logs = running.stack.logs(*services, *SERVERS)
    ids = running.stack.engine.run("docker", "ps", "--quiet").split()
    arguments = "".join(running.stack.engine.run("docker", "top", one, "-eo", "pid,args") for one in ids)
    assert len(logs) > 1000
    assert "postgres" in arguments
    for name in SECRETS:
        assert running.stack.settings[name] not in logs
        assert running.stack.settings[name] not in arguments
