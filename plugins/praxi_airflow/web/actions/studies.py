"""The studies of trainings as the page of models shows them: each trial, its course, and its task's log."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import quote

from praxi_airflow.run_key import run_id_of
from praxi_tasks.errors import CorruptObjectError
from praxi_tasks.learning.studies import ROUTING, TUNING, Studies, Trial, read_trials, studies_of
from praxi_tasks.store import Store, keys

MOST_TRAININGS: Final = 5
MOST_TRIALS: Final = 200
_REMEMBERED: Final = 64
_TASKS: Final[Mapping[str, str]] = {ROUTING: "route", TUNING: "tune"}
"""The mapped task of the Dag ``praxi_train`` that a study's trials are."""

_TITLES: Final[Mapping[str, str]] = {ROUTING: "Assignment to experts", TUNING: "Hyper-parameters"}


class StudyReader:
    """Reads studies, and remembers those of trainings that have ended: they never change."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known = functools.lru_cache(_REMEMBERED)(self._read)

    def newest(self, airflow: str) -> list[dict[str, Any]]:
        """Return the studies of the newest trainings that have some, as pages and programs read them.

        Parameters
        ----------
        airflow
            The path of Airflow's own pages.

        Raises
        ------
        StoreUnavailableError
            If the store can't be reached.
        """
        return [
            self._described(noted, study, count, airflow)
            for noted in studies_of(self._store)[:MOST_TRAININGS]
            for study, count in noted.trials.items()
            if study in _TASKS
        ]

    def _described(self, noted: Studies, study: str, count: int, airflow: str) -> dict[str, Any]:
        run_id = run_id_of(noted.run)
        run = f"{airflow}/dags/praxi_train/runs/{quote(run_id, safe='')}" if run_id else ""
        ended = self._store.exists(keys.training_run(noted.run, "summary.json"))
        trials = self._known(noted.run, study) if ended else self._read(noted.run, study)
        shown = [
            _trial(number, trials.get(number), f"{run}/tasks/{_TASKS[study]}/mapped/{number}" if run else "")
            for number in range(min(count, MOST_TRIALS))
        ]
        scores = [each["f1"] for each in shown]
        best = max((f1 for f1 in scores if f1 is not None), default=None)
        return {
            "run": run_id or noted.run,
            "href": run,
            "at": noted.at,
            "study": study,
            "title": _TITLES[study],
            "ended": ended,
            "planned": count,
            "done": len(trials),
            "best": scores.index(best) if best is not None else None,
            "curve": _curve(scores),
            "trials": shown,
        }

    def _read(self, run: str, study: str) -> dict[int, Trial]:
        """Return the trials that are done; where one is damaged, none is known."""
        try:
            return read_trials(self._store, run, study, MOST_TRIALS)
        except CorruptObjectError:
            return {}


def _trial(number: int, trial: Trial | None, log: str) -> dict[str, Any]:
    return {
        "number": number,
        "chosen": trial.chosen if trial else {},
        "f1": trial.f1 if trial else None,
        "course": trial.course if trial else (),
        "seconds": trial.seconds if trial else None,
        "log": log,
    }


def _curve(scores: Sequence[float | None]) -> dict[str, Any]:
    """Return what the trials of a study reached, and the best so far, as the page's chart takes it."""
    best = [max((f1 for f1 in scores[: at + 1] if f1 is not None), default=None) for at in range(len(scores))]
    return {
        "unit": "Trial",
        "times": list(range(len(scores))),
        "series": [
            {"label": "F1", "tone": "all", "values": scores},
            {"label": "best so far", "tone": "medium", "values": best},
        ],
    }
