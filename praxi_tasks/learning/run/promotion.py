"""Registering the model of a training as challenger, and promoting it to champion."""

from __future__ import annotations

from collections.abc import Sequence

from praxi_tasks.discovery import Model
from praxi_tasks.learning.data import write_bundled
from praxi_tasks.learning.model_registry import (
    CHAMPION,
    ORIGIN_TAG,
    WITH_PACKS,
    ModelRegistry,
    ModelVersion,
    ResolvedModel,
    open_registry,
)
from praxi_tasks.learning.run.documents import Approval, Judged, Promotion, Trained
from praxi_tasks.packs import NamedPack, use_packs, with_packs
from praxi_tasks.store import Store, keys


def register_base(registry: ModelRegistry, resolved: ResolvedModel, base: Model) -> None:
    """Register the model that a training builds on, if the registry has never seen it.

    It becomes champion where there never was one, so that a roll back can return to it. Where the champion
    was lost it does not: what stands in for it would no longer be told from it.
    """
    if base.parts or base.experts:
        version = registry.register(resolved.uri, base.id, {ORIGIN_TAG: "starter"})
        if not resolved.problem and registry.find(CHAMPION) is None:
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


def register_with_packs(
    store: Store, base: ResolvedModel, packs: Sequence[NamedPack], origin: str = ""
) -> ModelVersion:
    """Store a model that is another one with packs, register it as challenger, and return its version.

    Parameters
    ----------
    origin
        The run that made the packs, if one did.

    Raises
    ------
    ModelError
        If there is no model at ``base``, or a part is missing, truncated or altered.
    RegistryDownError
        If the registry can't answer.
    """
    identity = with_packs(base.uri, [named.pack for named in packs]).id
    uri = f"{store.uri}/{keys.model(identity)}"
    use_packs(base.uri, packs, uri, f"{store.uri}/{keys.parts()}")
    write_bundled(uri, (), base.uri)
    registry = open_registry(store.uri)
    origin = origin or f"{WITH_PACKS}{', '.join(named.pack.name for named in packs)}"
    version = registry.register(uri, identity, {ORIGIN_TAG: origin})
    registry.challenge(version)
    return version


def promote_challenger(
    registry: ModelRegistry, trained: Trained, judged: Judged, approval: Approval | None = None
) -> Promotion:
    """Make the challenger champion, unless the gate or another champion is against it.

    Parameters
    ----------
    approval
        A person's, which overrules the gate if it comes with a note. Both are recorded with the version.

    Raises
    ------
    RegistryDownError
        If the registry can't answer; the champion is unchanged, and a retry goes on.
    """
    champion = registry.find(CHAMPION)
    reason = _obstacle(trained, judged, champion.version if champion else "", approval)
    if reason:
        return Promotion(False, champion.version if champion else "", trained.base.version, reason, approval)
    overruled = () if judged.passed else judged.reasons
    version = registry.get(trained.version)
    if approval is not None:
        registry.annotate(version, approval.by, approval.note, "; ".join(overruled))
    champion = registry.promote(version)
    return Promotion(True, champion.version, trained.base.version, "", approval, overruled)


def _obstacle(trained: Trained, judged: Judged, champion: str, approval: Approval | None) -> str:
    """Return why the challenger must not be promoted; empty if it may be."""
    if champion not in {trained.version, trained.base.version} and trained.base.version:
        return f"version {champion} became champion meanwhile: train again on top of it"
    if not trained.changed or (not judged.passed and approval is None):
        return "; ".join(judged.reasons)
    if not judged.passed and approval is not None and not approval.note.strip():
        return f"{'; '.join(judged.reasons)}; it was approved without a note, which overrules no gate"
    if judged.repeats and approval is None:
        return f"a person declined the same challenger in {judged.repeats}"
    return ""
