"""What somebody else's step says about layers, and whether that is an answer to what was asked."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Annotated, Any, Final

import msgspec

from praxi_tasks.audit import Failure, Plan
from praxi_tasks.discovery import LayerPrediction
from praxi_tasks.errors import StepError
from praxi_tasks.fingerprint import Tagset
from praxi_tasks.json_decoding import decode
from praxi_tasks.store import Store, keys

REFUSED: Final = "not-predicted"
"""The code of a layer's failure that a step reports."""

Answers = dict[str, LayerPrediction | Failure]


def read_layers(plan: Plan, store: Store) -> Iterator[Tagset]:
    """Yield the fingerprints of a plan's layers, each once; those not read are left to the report."""
    for layer in plan.layers:
        key = keys.layer_tagset(layer.digest)
        if store.exists(key):
            yield Tagset.from_bytes(store.get(key))


def checked(answers: Iterable[tuple[str, LayerPrediction | Failure]], asked: Collection[str]) -> Answers:
    """Return answers by digest.

    Raises
    ------
    StepError
        If a layer has none or two, or was not asked about, or a confidence is no probability.
    """
    found: Answers = {}
    for digest, answer in answers:
        if digest not in asked:
            raise StepError("it answers about a layer that it was not asked about", where=digest[:80])
        if digest in found:
            raise StepError("it answers twice about a layer", where=digest)
        releases = answer.releases if isinstance(answer, LayerPrediction) else ()
        if wrong := [release for release in releases if not 0 <= release.confidence <= 1]:
            raise StepError(f"{wrong[0].confidence} is no confidence from 0 to 1", where=digest)
        if bare := [release for release in releases if not release.evidence]:
            raise StepError(f"it names no path as evidence of {bare[0].name}", where=digest)
        found[digest] = answer
    if missing := [digest for digest in asked if digest not in found]:
        raise StepError(f"{len(missing)} of {len(asked)} layers have no answer", where=missing[0])
    return found


class _Line(msgspec.Struct, frozen=True):
    digest: Annotated[str, msgspec.Meta(min_length=1)]
    error: str = ""


def read_line(data: bytes, model: str) -> tuple[str, LayerPrediction | Failure]:
    """Return the layer that a line of ``predictions.jsonl`` is about, and what it says: releases or an error.

    Raises
    ------
    msgspec.DecodeError, msgspec.ValidationError
        If it is no such line.
    """
    line = decode(data, _Line)
    if line.error:
        return line.digest, Failure(REFUSED, line.error[:500])
    document = decode(data, dict[str, Any])
    return line.digest, msgspec.convert({**document, "model": model}, LayerPrediction)
