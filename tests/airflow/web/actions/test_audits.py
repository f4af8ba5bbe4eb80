"""Audit now: of which registries, how often, in whose name, and how far it is."""

from __future__ import annotations

import pytest

from praxi_airflow.run_key import run_key
from praxi_tasks.store import Store, documents, keys
from tests.airflow.conftest import Configure
from tests.airflow.web.actions.conftest import Browser

pytestmark = pytest.mark.airflow
PLACE = "/praxi/audit-now"
IMAGE = "registry.example.org/shop/web:1"
JSON = {"Accept": "application/json"}


@pytest.fixture
def allowed(configure: Configure, store: Store, database: None) -> None:
    from airflow.models.dag import DagModel
    from airflow.utils.session import create_session

    configure(audit_registries="registry.example.org, quay.io/shop", audit_limit="3")
    with create_session() as session:
        session.query(DagModel).update({"is_paused": False})


def runs() -> dict[str, tuple[object, ...]]:
    from airflow.models import DagRun
    from airflow.utils.session import create_session

    with create_session() as session:
        found = session.query(DagRun).filter_by(dag_id="praxi_audit")
        return {run.run_id: (run.conf, run.triggering_user_name, str(run.run_type)) for run in found}


@pytest.mark.usefixtures("allowed")
def test_an_audit_is_started_by_hand_in_the_users_name(browser: Browser) -> None:
    answer = browser("user").post(PLACE, data={"image": IMAGE})
    run = answer.headers["location"].removeprefix("/praxi/audit-now/")
    assert answer.status_code == 303
    assert runs()[run] == ({"images": [IMAGE]}, "ann", "manual")


@pytest.mark.usefixtures("allowed")
@pytest.mark.parametrize(("role", "code"), [(None, 401), ("viewer", 403)])
def test_who_may_not_start_runs_starts_none(browser: Browser, role: str | None, code: int) -> None:
    before = runs()
    assert browser(role).post(PLACE, data={"image": IMAGE}).status_code == code
    assert runs() == before


@pytest.mark.usefixtures("allowed")
@pytest.mark.parametrize(
    ("image", "code"),
    [
        ("evil.example/shop/web:1", 403),
        ("registry.example.org.evil.example/web", 403),
        ("registry.example.org:5000/web", 403),
        ("registry.example.org@evil.example/web", 422),
        ("quay.io/bank/web", 403),
        ("quay.io/shopping/web", 403),
        ("127.0.0.1:8080/web", 403),
        ("169.254.169.254/latest/meta-data", 403),
        ("nginx", 403),
        ("oci:/etc", 422),
        ("docker-archive:/etc/passwd", 422),
        ("http://registry.example.org/web", 422),
        ("registry.example.org/../web", 422),
        ("registry.example.org/web\n--force", 422),
        ("", 422),
        ("--help", 422),
    ],
)
def test_only_images_of_allowed_registries_are_audited(browser: Browser, image: str, code: int) -> None:
    before = runs()
    answer = browser("user", "eve").post(PLACE, data={"image": image})
    assert (answer.status_code, runs()) == (code, before)


@pytest.mark.usefixtures("allowed")
def test_a_part_of_a_registry_may_be_allowed(browser: Browser) -> None:
    assert (
        browser("user", "zoe").post(PLACE, data={"image": "quay.io/shop/web@sha256:" + "0" * 64}).status_code
        == 303
    )


def test_without_the_setting_no_registry_is_allowed(browser: Browser, store: Store) -> None:
    answer = browser("user").post(PLACE, data={"image": IMAGE})
    assert (answer.status_code, "audit_registries" in answer.text) == (403, True)


@pytest.mark.usefixtures("allowed")
def test_one_user_starts_so_many_an_hour_and_others_as_well(browser: Browser, store: Store) -> None:
    ann = browser("user", "many")
    codes = [ann.post(PLACE, data={"image": IMAGE}).status_code for _ in range(5)]
    assert codes == [303, 303, 303, 429, 429]
    assert browser("user", "other").post(PLACE, data={"image": IMAGE}).status_code == 303


@pytest.mark.usefixtures("allowed")
def test_a_dag_that_is_switched_off_is_said_to_be(browser: Browser) -> None:
    from airflow.models.dag import DagModel
    from airflow.utils.session import create_session

    with create_session() as session:
        session.query(DagModel).filter_by(dag_id="praxi_audit").update({"is_paused": True})
    answer = browser("user", "off").post(PLACE, data={"image": IMAGE})
    assert (answer.status_code, "switched off" in answer.text) == (409, True)


def test_how_far_a_run_is_comes_from_the_store(browser: Browser, store: Store) -> None:
    run, ann = "page__x+1", browser("viewer")
    place = f"{PLACE}/{run}?format=json"
    documents_of = {
        "images.json": [{"image": IMAGE, "digest": ""}],
        "plan.json": {"batches": 2, "images": [], "layers": []},
        "batches/0.json": {},
        "batches/1.json": {},
        "predictions.json": {},
        "report.json": {"images": [{"image": IMAGE, "state": "failed", "reason": "no such tag"}]},
        "summary.json": {},
    }
    told = [ann.get(place).json()]
    for name, document in documents_of.items():
        documents.write(store, keys.run(run_key(run), name), document)
        told.append(ann.get(place).json())
    assert [each["stage"] for each in told] == [
        "waiting", "listed", "reading", "reading", "predicting", "reporting", "reporting", "done",
    ]  # fmt: skip
    assert [each["read"] for each in told] == [0, 0, 0, 1, 2, 2, 2, 2]
    assert told[-1]["images"] == [{"image": IMAGE, "digest": "", "state": "failed", "reason": "no such tag"}]
    assert browser(None).get(place).status_code == 401
