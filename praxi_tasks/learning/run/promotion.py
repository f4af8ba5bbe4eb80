"""Registering the model of a training as challenger, and promoting it to champion."""

from __future__ import annotations

from praxi_tasks.discovery import Model
from praxi_tasks.learning.model_registry import CHAMPION, ORIGIN_TAG, ModelRegistry, ResolvedModel
from praxi_tasks.learning.run.documents import Judged, Promotion, Trained


def register_base(registry: ModelRegistry, resolved: ResolvedModel, base: Model) -> None:
    """Register the model that a training builds on, if the registry has never seen it.

    It becomes champion where there is none, so that a roll back can return to it.
    """
    if base.parts or base.experts:
        version = registry.register(resolved.uri, base.id, {ORIGIN_TAG: "starter"})
        if registry.find(CHAMPION) is None:
            registry.promote(version)


def register_challenger(registry: ModelRegistry, uri: str, model: Model, run_id: str, record: str) -> str:
    """Register a model as challenger and return its version.

    Parameters
    ----------
    run_id
        The training that made it.
    record
        MLflow's id of the training's record.
    """
    version = registry.register(uri, model.id, {ORIGIN_TAG: run_id}, record)
    registry.challenge(version)
    return version.version


def promote_challenger(registry: ModelRegistry, trained: Trained, judged: Judged) -> Promotion:
    """Make the challenger champion, unless the gate or another champion is against it.

    Raises
    ------
    RegistryDownError
        If the registry can't answer; the champion is unchanged, and a retry goes on.
    """
    champion = registry.find(CHAMPION)
    reason = _obstacle(trained, judged, champion.version if champion else "")
    if not reason:
        champion = registry.promote(registry.get(trained.version))
    return Promotion(not reason, champion.version if champion else "", trained.base.version, reason)


def _obstacle(trained: Trained, judged: Judged, champion: str) -> str:
    """Return why the challenger must not be promoted; empty if it may be."""
    if not judged.passed:
        return "; ".join(judged.reasons)
    if champion not in {trained.version, trained.base.version} and trained.base.version:
        return f"version {champion} became champion meanwhile: train again on top of it"
    return ""
