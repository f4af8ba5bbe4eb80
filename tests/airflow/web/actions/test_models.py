"""The page of the model's versions: what it says, and who may put which in use."""

from __future__ import annotations

import shutil
from pathlib import Path
from urllib.parse import quote

import msgspec
import pytest

from praxi_airflow.web import model_ages
from praxi_tasks.learning.model_registry import CHAMPION, open_registry, read_versions
from praxi_tasks.store import Store, documents, keys, open_store
from tests.airflow.conftest import Configure
from tests.airflow.web.actions.conftest import Browser
from tests.airflow.web.audits import HOSTILE, get, put_audit
from tests.conftest import ROOT
from tests.findings.audits import large_audit

pytestmark = pytest.mark.airflow
JSON = {"Accept": "application/json"}
PLACE = "/praxi/models"


def train(store: Store, run: str, base: str, *learned: str) -> None:
    """Leave what a training leaves."""
    about = {"learned": [("pypi", name, "1.0") for name in learned], "base": {"version": base}}
    documents.write(store, keys.training_run(run, "trained.json"), {**about, "parts": 2, "size": 2_000_000})
    judged = {"passed": True, "score": 0.97, "told": [f"better {HOSTILE}"], "reasons": []}
    documents.write(store, keys.training_run(run, "gate.json"), judged)
    summary = {"at": "2026-11-20T01:02:03+00:00", "f1_old": 0.98, "f1_new": 0.9}
    documents.write(store, keys.training_run(run, "summary.json"), summary)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a local store with MLflow's database, which takes seconds: three versions, 2 is in use."""
    folder = tmp_path_factory.mktemp("models")
    store = open_store(folder.as_uri())
    registry = open_registry(store.uri)
    for number, names in enumerate(((), ("flask",), ("flask", "jinja2")), 1):
        train(store, f"run-{number}", str(number - 1), *names)
        origin = f"run-{number}" if names else "starter"
        registry.register(f"{store.uri}/models/{number}", str(number) * 32, {"praxi.origin": origin})
    for version in "12":
        registry.promote(registry.get(version))
    registry.annotate(registry.get("2"), "bob", "it is better", "")
    return folder


@pytest.fixture
def registry(made: Path, store: Store, store_folder: Path, configure: Configure) -> None:
    """Have the store of the settings hold these versions."""
    configure(task_python=str(ROOT / ".venv-tasks" / "bin" / "python"))
    shutil.copytree(made, store_folder, dirs_exist_ok=True)


def in_use(store: Store) -> str:
    return next(each.version for each in read_versions(store, "") if CHAMPION in each.aliases)


def test_versions_say_what_they_learned_and_who_put_them_in_use(browser: Browser, registry: None) -> None:
    data = browser("viewer").get(PLACE, headers=JSON).json()
    assert [row["version"] for row in data["rows"]] == ["3", "2", "1"]
    second = data["rows"][1]
    assert (second["in_use"], second["promoted_by"], second["note"]) == (True, "bob", "it is better")
    assert (second["learned"], second["score"], second["f1_new"]) == ([["pypi", "flask", "1.0"]], 0.97, 0.9)
    assert data["may"] == {"promote": False, "train": False}
    page = browser("user").get(PLACE).text
    assert ("as the first" in page, "by the gate" in page) == (True, False)  # nothing judged the starter
    assert ("Put version 3 in use" in page, "Roll back" in page, "Train now" in page) == (True, True, True)
    assert '<form class="filters" method="post"' not in browser("viewer").get(PLACE).text


def test_versions_made_with_packs_say_with_which(browser: Browser, registry: None, store: Store) -> None:
    documents.write(store, keys.training_run("by-dag", "pack.json"), {"pack": "npm", "releases": 1200})
    opened = open_registry(store.uri)
    for number, origin in enumerate(("by-dag", "packs: pypi, debian/trixie"), 4):
        opened.register(f"{store.uri}/models/{number}", str(number) * 32, {"praxi.origin": origin})
    by_hand, by_dag = browser("viewer").get(PLACE, headers=JSON).json()["rows"][:2]
    assert (by_hand["packs"], by_hand["releases"]) == ("pypi, debian/trixie", 0)
    assert (by_dag["packs"], by_dag["releases"]) == ("npm", 1200)
    page = browser("viewer").get(PLACE).text
    assert "packs pypi, debian/trixie<" in page
    assert 'pack npm<span class="under soft">1,200 releases<' in page


def test_the_overview_says_how_old_the_model_is(browser: Browser, store: Store, registry: None) -> None:
    put_audit(store, msgspec.structs.replace(large_audit(2, 4, components=2), model_version="3"))
    client = browser("viewer")
    data = get(client, "/praxi/", format="json").json()
    for _ in range(600):  # nobody waits long for a registry, so the first answer may not know it
        if data["model"]["trained"]:
            break
        model_ages._tried.clear()
        data = client.get("/praxi/?format=json").json()
    assert data["model"]["trained"] == "2026-11-20T01:02:03+00:00"
    assert "trained 20 Nov 2026" in client.get("/praxi/").text


def test_two_versions_are_compared(browser: Browser, registry: None) -> None:
    data = browser("viewer").get(f"{PLACE}/compare?first=1&second=3", headers=JSON).json()
    assert data["only_first"]["count"] == 0
    assert data["only_second"]["releases"] == ["pypi/flask 1.0", "pypi/jinja2 1.0"]
    assert "pypi/jinja2 1.0" in browser("viewer").get(f"{PLACE}/compare?first=1&second=3").text
    assert browser("viewer").get(f"{PLACE}/compare?first=1&second=9").status_code in {404, 503}


def test_what_versions_said_in_service_is_what_a_promotion_can_rest_on(
    browser: Browser, registry: None, store: Store
) -> None:
    place = keys.serving_comparison("canary", "pod-1")
    pair = {"version": "2", "shadow": "3", "compared": 8, "agreed": 6}
    example = {
        "layer": "sha256:" + "1" * 64,
        "only_version": [f"pypi/a {HOSTILE}"],
        "only_shadow": ["pypi/b"],
    }
    said = {"layers": 8, "named": 10, "confidence": 9.5, "checked": 8, "claimed": 10, "confirmed": 9}
    versions = {"2": {"version": "2", **said}, "3": {"version": "3", "layers": 8, "unclaimed": 4}}
    pairs = {"2/3": pair | {"examples": [example]}}
    documents.write(store, place, {"experiment": "canary", "versions": versions, "pairs": pairs})
    (found,) = browser("viewer").get(PLACE, headers=JSON).json()["experiments"]
    assert (found["experiment"], found["pairs"][0]["agreement"]) == ("canary", 0.75)
    assert [(each["mean_confidence"], each["unclaimed"]) for each in found["versions"]] == [(0.95, 0), (0, 4)]
    page = browser("viewer").get(PLACE).text
    assert ("<b>75%</b> of 8 layers" in page, "only version 3: pypi/b" in page, HOSTILE in page) == (
        *(True, True),
        False,
    )


def test_links_lead_to_mlflow_and_the_service_where_settings_name_them(
    browser: Browser, registry: None, configure: Configure
) -> None:
    links = {
        "models_url": ("In MLflow", "https://mlflow.example/#/models/praxi"),
        "serving_url": ("As it is served", "https://serve.example/v2/models/praxi"),
    }
    page = browser("viewer").get(PLACE).text
    assert not any(title in page for title, _ in links.values())
    for name, (title, address) in links.items():
        configure(**dict.fromkeys(links, "") | {name: address})
        page = browser("viewer").get(PLACE).text
        assert f'href="{address}">{title}</a>' in page
        assert sum(other in page for other, _ in links.values()) == 1


@pytest.mark.slow
def test_an_editor_promotes_with_a_note_and_rolls_back(
    browser: Browser, registry: None, store: Store
) -> None:
    ann = browser("user")
    note = "--by=eve; it's $(better) \u2713"
    made = ann.post(f"{PLACE}/3/promote", data={"note": note}, headers=JSON).json()
    assert (made["version"], made["promoted_by"], made["note"], in_use(store)) == ("3", "ann", note, "3")
    answer = ann.post(f"{PLACE}/rollback", data={"note": "worse"})
    assert (answer.status_code, answer.headers["location"], in_use(store)) == (303, "/praxi/models#v2", "2")


def test_a_registry_in_the_store_is_changed_without_any_process(
    browser: Browser, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    from praxi_airflow.web.actions import models
    from praxi_tasks.learning.model_registry.stored import StoredRegistry

    registry = StoredRegistry(store)
    for name in "ab":
        registry.register(f"file:///{name}", name, {"praxi.origin": name})
    registry.promote(registry.get("1"))
    monkeypatch.setattr(models, "light_registry", lambda *_: registry)
    monkeypatch.setattr(models, "read_versions", lambda *_: registry.versions())
    ann = browser("user")
    made = ann.post(f"{PLACE}/2/promote", data={"note": "better"}, headers=JSON).json()
    assert (made["version"], made["promoted_by"], made["note"]) == ("2", "ann", "better")
    assert ann.post(f"{PLACE}/rollback", data={"note": "worse"}, headers=JSON).json()["version"] == "1"
    assert registry.get(CHAMPION).tags["praxi.note"] == "worse"
    assert ann.post(f"{PLACE}/rollback", data={"note": "again"}).status_code == 404


@pytest.mark.parametrize(("role", "code"), [(None, 401), ("viewer", 403)])
@pytest.mark.parametrize("action", ["3/promote", "rollback", "train"])
def test_who_may_not_edit_changes_no_model(
    browser: Browser, registry: None, store: Store, role: str | None, code: int, action: str
) -> None:
    assert browser(role).post(f"{PLACE}/{action}", data={"note": "n"}).status_code == code
    assert in_use(store) == "2"


@pytest.mark.parametrize("action", ["3/promote", "rollback", "train"])
def test_another_site_changes_no_model(browser: Browser, registry: None, store: Store, action: str) -> None:
    answer = browser("user", own_page=False).post(f"{PLACE}/{action}", data={"note": "n"})
    assert (answer.status_code, in_use(store)) == (403, "2")


@pytest.mark.parametrize(
    ("version", "note", "code"),
    [
        ("9", "n", 404),
        ("champion", "n", 404),
        ("../2", "n", 404),
        ("3", "", 422),
        ("3", " ", 422),
        ("3", "a\nb", 422),
    ],
)
def test_what_is_no_version_or_has_no_note_is_refused(
    browser: Browser, registry: None, store: Store, version: str, note: str, code: int
) -> None:
    answer = browser("user").post(f"{PLACE}/{quote(version, safe='')}/promote", data={"note": note})
    assert (answer.status_code, in_use(store)) == (code, "2")


def test_damaged_documents_of_a_training_say_nothing(browser: Browser, registry: None, store: Store) -> None:
    for name in ("trained.json", "gate.json", "summary.json"):
        store.replace(keys.training_run("run-3", name), b"{")
    row = browser("viewer").get(PLACE, headers=JSON).json()["rows"][0]
    assert (row["version"], row["learned"], row["score"], row["at"]) == ("3", [], None, "")


def test_what_became_of_a_training_is_said(browser: Browser, registry: None, store: Store) -> None:
    asked = {"training": "by-hand"}
    begun = browser("viewer").get(PLACE, params=asked)
    assert ("A training has begun" in begun.text, "data-again" in begun.text) == (True, True)
    train(store, "by-hand", "2")
    summary = {"at": "2026-11-20T01:02:03+00:00", "promoted": False, "reasons": [f"known already {HOSTILE}"]}
    documents.write(store, keys.training_run("by-hand", "summary.json"), summary)
    ended = browser("viewer").get(PLACE, params=asked)
    assert ("0 releases learned" in ended.text, "data-again" in ended.text) == (True, False)
    assert "known already" in ended.text
    assert HOSTILE not in ended.text
    found = browser("viewer").get(PLACE, params=asked, headers=JSON).json()["ended"]
    assert (found["learned"], found["promoted"]) == (0, False)


def test_a_registry_that_can_not_be_read_is_said(browser: Browser, store_folder: Path, store: Store) -> None:
    (store_folder / "mlflow").mkdir(parents=True)
    (store_folder / "mlflow" / "mlflow.db").write_bytes(b"no database")
    answer = browser("viewer").get(PLACE)
    assert (answer.status_code, "be read" in answer.text) == (503, True)


def test_a_training_is_started_in_the_users_name(browser: Browser, store: Store, database: None) -> None:
    from airflow.models import DagRun
    from airflow.models.dag import DagModel
    from airflow.utils.session import create_session

    with create_session() as session:
        session.query(DagModel).update({"is_paused": False})
    made = browser("user").post(f"{PLACE}/train", data={"packages": "pypi/flask@3\r\n\r\n"}, headers=JSON)
    with create_session() as session:
        (run,) = session.query(DagRun).filter_by(dag_id="praxi_train", run_id=made.json()["run"])
        assert (run.conf, run.triggering_user_name) == ({"packages": ["pypi/flask@3"]}, "ann")
