"""The studies of trainings on the page of the models: each trial, its course, and its task's log."""

from __future__ import annotations

import pytest

from praxi_airflow.run_key import run_key
from praxi_airflow.web.actions.studies import MOST_TRAININGS, MOST_TRIALS, StudyReader
from praxi_tasks.learning.studies import ROUTING, TUNING, Trial, note_studies
from praxi_tasks.store import Store, documents, keys
from tests.airflow.web.actions.conftest import Browser
from tests.airflow.web.audits import HOSTILE

pytestmark = pytest.mark.airflow
PLACE = "/praxi/models"


def put_study(store: Store, run_id: str, tunings: int, *, ended: bool = True) -> None:
    """Leave what the studies of a training leave: six assignments, of which the last is not done."""
    run = run_key(run_id)
    note_studies(store, run, {ROUTING: 6, TUNING: tunings})
    for number in range(5):
        chosen: dict[str, int | float | str] = {"routing": f"random {HOSTILE}", "size": number}
        trial = Trial(chosen, 0.5 + number / 10 - (number == 4) / 5, (0.6, 0.3, 0.15) if number else (), 2.5)
        documents.write(store, keys.training_run(run, f"trials/{ROUTING}/{number}.json"), trial)
    for number in range(tunings):
        documents.write(
            store,
            keys.training_run(run, f"trials/{TUNING}/{number}.json"),
            Trial({"scorer_eta": 0.1, "scorer_trees": 40 + number}, 0.9, (0.5, 0.25)),
        )
    if ended:
        documents.write(store, keys.training_run(run, "summary.json"), {})


def newest(store: Store) -> list[dict[str, object]]:
    return StudyReader(store).newest("/airflow")


def test_each_trial_has_its_parameters_its_course_and_its_log(browser: Browser, store: Store) -> None:
    put_study(store, "manual__2026-11-29T01:00:00+00:00", 2)
    found = browser("viewer").get(PLACE, headers={"Accept": "application/json"}).json()["studies"]
    routing, tuning = found
    run = "/dags/praxi_train/runs/manual__2026-11-29T01%3A00%3A00%2B00%3A00"
    assert (routing["study"], routing["href"], routing["ended"]) == (ROUTING, run, True)
    assert (routing["planned"], routing["done"], routing["best"]) == (6, 5, 3)
    second = routing["trials"][1]
    assert (second["chosen"]["size"], second["course"], second["seconds"]) == (1, [0.6, 0.3, 0.15], 2.5)
    assert second["log"] == f"{run}/tasks/route/mapped/1"
    undone = {"number": 5, "chosen": {}, "f1": None, "course": [], "seconds": None}
    assert routing["trials"][5] == undone | {"log": f"{run}/tasks/route/mapped/5"}
    assert routing["curve"]["series"][1]["values"] == [0.5, 0.6, 0.7, 0.8, 0.8, 0.8]
    assert [trial["log"].rpartition("/tasks/")[2] for trial in tuning["trials"]] == [
        "tune/mapped/0",
        "tune/mapped/1",
    ]
    page = browser("viewer").get(PLACE).text
    assert ('polyline points="0.00,1.00 50.00,12.00 100.00,17.50"' in page, HOSTILE in page) == (True, False)
    assert f'href="{run}/tasks/tune/mapped/1"' in page


def test_a_study_that_is_under_way_is_read_again(store: Store) -> None:
    put_study(store, "a", 1, ended=False)
    reader = StudyReader(store)
    assert [study["done"] for study in reader.newest("")] == [5, 1]
    trial = Trial({"routing": "version", "size": 0}, 0.99)
    documents.write(store, keys.training_run("a", f"trials/{ROUTING}/5.json"), trial)
    assert [(study["done"], study["best"]) for study in reader.newest("")] == [(6, 5), (1, 0)]


def test_no_more_than_a_page_can_show_is_read(store: Store) -> None:
    for number in range(MOST_TRAININGS + 2):
        put_study(store, f"run-{number}", 0)
    assert len(newest(store)) == MOST_TRAININGS
    documents.write(
        store, keys.training_studies("z"), {"run": "z", "at": "9999-01-01", "trials": {TUNING: 10**9}}
    )
    (first, *_) = newest(store)
    assert (first["planned"], first["done"], first["best"]) == (10**9, 0, None)
    assert len(first["trials"]) == MOST_TRIALS  # type: ignore[arg-type]


def test_a_damaged_trial_hides_no_page(browser: Browser, store: Store) -> None:
    put_study(store, "a", 1)
    store.replace(keys.training_run("a", f"trials/{TUNING}/0.json"), b"{")
    assert [study["done"] for study in newest(store)] == [5, 0]
    assert browser("viewer").get(PLACE).status_code == 200


def test_without_any_the_page_says_how_to_ask_for_one(browser: Browser, store: Store) -> None:
    assert "routing_study" in browser("viewer").get(PLACE).text


def test_a_run_whose_id_is_not_known_has_no_links(store: Store) -> None:
    put_study(store, "x" * 300, 1)
    (routing, _) = newest(store)
    assert (routing["href"], routing["trials"][0]["log"]) == ("", "")  # type: ignore[index]
