from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException

from praxi_airflow.tasks.training_requests import (
    Trigger,
    latest_run,
    request_drift_training,
    request_training,
    routing_trials,
    tuning_trials,
)
from praxi_tasks.audit.unknown_packages import NewPackage
from praxi_tasks.learning.data.requests import TrainingRequest, mark_served, read_request, request_retry
from praxi_tasks.learning.evaluation import Conditions, Refusal, record_refusal, request_attempt
from praxi_tasks.learning.run import close_training
from praxi_tasks.store import documents, open_store
from tests.learning.conftest import put_package, train
from tests.support import world

DATE = datetime(2026, 3, 1, tzinfo=UTC)
FARM = NewPackage("pkg:pypi/farm@1.0", "pypi", "farm", "1.0", ("sha256:" + "0" * 64,))

BARN = NewPackage("pkg:pypi/barn@1.0", "pypi", "barn", "1.0")


def met(store: Path, run: str, *packages: NewPackage, model: str = "abc-1-top-k=1") -> None:
    """Write what an audit leaves: what is new to the model that predicted."""
    documents.write(open_store(str(store)), f"audits/{run}/new-packages.json", packages)
    documents.write(open_store(str(store)), f"audits/{run}/predictions.json", {"model": model})


def ask(run: str, start: datetime | None = DATE, **params: Any) -> Trigger:
    given: dict[str, Any] = {"images": [], "namespaces": ""} | params
    return request_training(run_id=run, data_interval_start=start, params=given)


def test_a_request_says_where_to_read_what_to_learn(store_folder: Path) -> None:
    met(store_folder, "run=3A1", FARM)
    trigger = ask("run:1")
    assert trigger["run_id"] == "audit__2026-03-01T00:00:00+00:00"
    assert trigger["logical_date"] == DATE
    assert read_request(trigger["request"]) == TrainingRequest("run=3A1", (FARM,))


@pytest.mark.parametrize(
    ("given", "routing", "tuning"),
    [
        ({"routing_study": None, "tuning_trials": None}, [], []),
        ({"routing_study": True, "tuning_trials": 2}, [0, 1, 2, 3, 4, 5], [0, 1]),
        ({"routing_study": True, "routing": "random", "labels_per_expert": 9}, [0, 1, 2, 3, 4, 5, 6], []),
    ],
)
def test_trials_are_what_the_form_asks_for(
    given: dict[str, Any], routing: list[int], tuning: list[int]
) -> None:
    params = {"routing": None, "labels_per_expert": None, "tuning_trials": 0} | given
    assert (routing_trials(params=params), tuning_trials(params=params)) == (routing, tuning)


def test_an_interval_has_one_training_run_whoever_asks(store_folder: Path) -> None:
    for run in ("scheduled__x", "backfill__x"):
        met(store_folder, run, FARM)
    asked = [ask(run) for run in ("scheduled__x", "backfill__x")]
    assert asked[0]["run_id"] == asked[1]["run_id"]


@pytest.mark.parametrize(
    ("start", "params"), [(None, {}), (DATE, {"images": ["shop"]}), (DATE, {"namespaces": "shop"})]
)
def test_a_run_that_is_not_its_interval_has_a_training_run_of_its_own(
    store_folder: Path, start: datetime | None, params: dict[str, Any]
) -> None:
    met(store_folder, "manual__12=3A30", FARM)
    trigger = ask("manual__12:30", start, **params)
    assert (trigger["run_id"], trigger["logical_date"]) == ("audit__manual__12:30", None)


def test_nothing_new_is_nothing_to_learn(store_folder: Path) -> None:
    met(store_folder, "run")
    with pytest.raises(AirflowSkipException):
        ask("run")
    assert not (store_folder / "training").exists()


def test_what_was_refused_is_asked_for_again_only_when_something_is_different(store_folder: Path) -> None:
    store = open_store(store_folder.as_uri())
    attempt = request_attempt([FARM], Conditions("abc-1"))
    record_refusal(store, attempt, Refusal("audit__first", ("confidence is too high",)))
    met(store_folder, "same", FARM)
    with pytest.raises(AirflowSkipException, match=r"audit__first.*confidence is too high"):
        ask("same")
    assert not (store_folder / "training" / "requests").exists()
    met(store_folder, "more", FARM, BARN)
    met(store_folder, "promoted", FARM, model="def-1")
    for run in ("more", "promoted"):
        assert read_request(ask(run)["request"]).packages[0] == FARM


def test_what_a_person_declined_is_not_asked_for_again_until_the_model_is_another(
    store_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.model().save((tmp_path / "starter").as_uri())
    monkeypatch.setenv("PRAXI_STARTER_MODEL", (tmp_path / "starter").as_uri())
    monkeypatch.setenv("PRAXI_LEARN_SOURCES", "layer")
    store = open_store(store_folder.as_uri())
    package, spoke = put_package(store, 1, "newlib"), world.model().cache_key
    met(store_folder, "audit", package, model=spoke)
    ask("audit")
    train(store, "t1", until="promote")
    close_training(store, "t1")
    met(store_folder, "next", package, model=spoke)
    with pytest.raises(AirflowSkipException, match=r"t1.*a person declined it"):
        ask("next")
    met(store_folder, "other", package, model=f"another-{spoke}")
    assert ask("other")["run_id"]


def test_a_release_to_look_for_again_starts_a_training_whatever_was_refused(store_folder: Path) -> None:
    store = open_store(store_folder.as_uri())
    record_refusal(store, request_attempt([FARM], Conditions("abc-1")), Refusal("t1", ("no",)))
    request_retry(store, "t1", (FARM,))
    met(store_folder, "run", FARM)
    assert ask("run")["run_id"]


def test_an_audit_without_its_document_is_final(store_folder: Path) -> None:
    with pytest.raises(AirflowFailException, match="key-not-found"):
        ask("run")


def test_what_an_earlier_training_could_not_get_is_reason_enough_for_another(store_folder: Path) -> None:
    store = open_store(store_folder.as_uri())
    request_retry(store, "t1", (FARM,))
    met(store_folder, "run")
    assert read_request(ask("run")["request"]).packages == ()
    mark_served(store, ["again-t1", "run"], "t2")
    with pytest.raises(AirflowSkipException):
        ask("run")


def test_a_training_by_drift_reads_the_newest_daily_audit_of_all_clusters(tmp_path: Path) -> None:
    store = open_store(str(tmp_path))
    assert latest_run(store) is None
    days = {
        "dag/2026-03-01_daily-1": True,
        "dag/2026-03-02_daily-2": True,
        "dag/2026-03-03_blind": False,
        "manual/2026-03-04_by-hand": True,
        "backfill/2026-03-05_past": True,
    }
    for key, complete in days.items():
        run = key.rpartition("_")[2]
        documents.write(store, f"history/{key}.json", {"run": run, "complete": complete})
    assert latest_run(store) == "daily-2"


def test_a_drift_asks_again_only_when_something_is_different(store_folder: Path) -> None:
    store = open_store(store_folder.as_uri())
    documents.write(store, "history/dag/1.json", {"run": "daily", "complete": True})
    met(store_folder, "daily", FARM)
    record_refusal(store, request_attempt([FARM], Conditions("abc-1")), Refusal("t1", ("no",)))
    assert request_drift_training("drift__1") is None
    assert not (store_folder / "training" / "requests").exists()
    met(store_folder, "daily", FARM, BARN)
    asked = request_drift_training("drift__2")
    assert asked is not None
    assert read_request(asked).packages == (FARM, BARN)


def test_where_no_audit_was_of_all_clusters_the_newest_is_read(tmp_path: Path) -> None:
    store = open_store(str(tmp_path))
    for day in (1, 2):
        documents.write(store, f"history/dag/{day}.json", {"run": f"daily-{day}", "complete": False})
    assert latest_run(store) == "daily-2"
