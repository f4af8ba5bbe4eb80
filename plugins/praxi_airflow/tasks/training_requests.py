"""What passes between the audit and the training Dag: a request, by its place in the store."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, TypedDict

import msgspec
from airflow.sdk.exceptions import AirflowSkipException

from praxi_airflow.errors import airflow_failures
from praxi_airflow.hooks import connected_store
from praxi_airflow.run_key import run_key
from praxi_airflow.settings import load_settings
from praxi_tasks.errors import KeyNotFoundError
from praxi_tasks.learning.data import NewPackage, TrainingRequest, retries_are_due
from praxi_tasks.learning.estimators import Assignment, routings_to_try
from praxi_tasks.learning.evaluation import (
    Bars,
    Conditions,
    Refusal,
    calibration_is_off,
    find_refusal,
    request_attempt,
)
from praxi_tasks.store import Store, documents, keys

logger = logging.getLogger(__name__)

_LONGEST_RUN_ID: Final = 250
_RECENT: Final = 31


class _Once(TypedDict):
    run_id: str
    logical_date: datetime | None


class Trigger(_Once):
    """How to start the training Dag: the same run for the same interval, whoever asks."""

    request: str


def request_training(**context: Any) -> Trigger:
    """Write down what the audit met that the model does not know, and say how to ask for it.

    Where it met nothing, a training is started all the same if an earlier one asks for another try.

    Where a training of the same packages was refused and nothing is different, none is started.

    Raises
    ------
    AirflowSkipException
        If there is nothing new.
    """
    run = run_key(str(context["run_id"]))
    with airflow_failures():
        store = connected_store(load_settings())
        packages = documents.read(store, keys.run(run, "new-packages.json"), tuple[NewPackage, ...])
        if not retries_are_due(store):
            _skip_without_need(store, run, packages)
        key = keys.training_request(run)
        documents.write(store, key, TrainingRequest(run, packages))
    return {"request": f"{store.uri}/{key}", **_once(context)}


def _skip_without_need(store: Store, run: str, packages: tuple[NewPackage, ...]) -> None:
    """Skip the task where there is nothing to learn, or a training of just that was refused before."""
    if not packages:
        raise AirflowSkipException("the model knows every package that this audit met")
    refusal = _refused_before(store, run, packages)
    if refusal is not None:
        raise AirflowSkipException(
            f"the training {refusal.run} of the same {len(packages)} packages on the same model was refused: "
            f"{'; '.join(refusal.reasons)}. Nothing is different, so none is started; its report says what "
            "a person can do"
        )


def _refused_before(store: Store, run: str, packages: tuple[NewPackage, ...]) -> Refusal | None:
    """Return how a training of the same packages on the model that an audit used was refused, if one was.

    Of an audit that no longer says which model it used, nothing is known to have been refused.
    """
    try:
        spoke = documents.read(store, keys.run(run, "predictions.json"), _Predicted).model
    except KeyNotFoundError:
        return None
    model, engine = [*spoke.split("-"), ""][:2]
    off = calibration_is_off(store, model, Bars().calibration)
    return find_refusal(store, request_attempt(packages, Conditions(f"{model}-{engine}", recalibrated=off)))


def routing_trials(**context: Any) -> list[int]:
    """Return the numbers of the routing study's trials: what it is mapped over; none if none is asked for."""
    params = context["params"]
    if not params["routing_study"]:
        return []
    asked = Assignment(params["routing"] or "default", int(params["labels_per_expert"] or 0))
    return list(range(len(routings_to_try(asked))))


def tuning_trials(**context: Any) -> list[int]:
    """Return the numbers of the trials that the run's parameters ask for: what tuning is mapped over."""
    return list(range(int(context["params"]["tuning_trials"] or 0)))


def request_drift_training(episode: str) -> str | None:
    """Write down what the last audit met that the model does not know; return the request's URI.

    A model that drifts is trained even if nothing is new by name: its packages are then sampled again. Where
    a training of the same on the same model was refused, there is no request, and None is returned.

    Parameters
    ----------
    episode
        Identity of the alert that asks; asking again rewrites the same request.
    """
    store = connected_store(load_settings())
    key = keys.training_request(run_key(episode))
    run = latest_run(store)
    packages: tuple[NewPackage, ...] = ()
    if run is not None:
        packages = documents.read(store, keys.run(run, "new-packages.json"), tuple[NewPackage, ...])
        refusal = _refused_before(store, run, packages)
        if refusal is not None:
            reasons = "; ".join(refusal.reasons)
            logger.warning("no training by drift: %s of the same was refused: %s", refusal.run, reasons)
            return None
    documents.write(store, key, TrainingRequest(run or "", packages))
    return f"{store.uri}/{key}"


def latest_run(store: Store) -> str | None:
    """Return the run of the last daily audit of all clusters, else of the last; None if there was none."""
    newest = None
    for key in sorted(store.list(keys.history("dag")), reverse=True)[:_RECENT]:
        memory = documents.read(store, key, _Remembered)
        if memory.complete:
            return memory.run
        newest = newest or memory.run
    return newest


class _Remembered(msgspec.Struct, frozen=True):
    """Of an audit's memory, whose it is, and whether that listed all clusters."""

    run: str
    complete: bool = True


class _Predicted(msgspec.Struct, frozen=True):
    """Of an audit's predictions, which model and engine made them, as in their keys."""

    model: str


def _once(context: Mapping[str, Any]) -> _Once:
    """Return what names the training run: the interval, so that auditing it again starts no other.

    A run of chosen images or namespaces does not stand for its interval: it has a training run of its own.
    """
    start, params = context.get("data_interval_start"), context["params"]
    if start is None or params["images"] or params["namespaces"]:
        return {"run_id": f"audit__{context['run_id']}"[:_LONGEST_RUN_ID], "logical_date": None}
    return {"run_id": f"audit__{start.isoformat()}", "logical_date": start}
