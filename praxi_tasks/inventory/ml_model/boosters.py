"""Gradient-boosted trees: XGBoost's JSON and UBJSON, LightGBM's text, CatBoost's binary form."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from praxi_tasks.inventory.claim import Claim, Model
from praxi_tasks.inventory.ml_model.model_file import HEADER, ModelFile, ModelReader, claim_of
from praxi_tasks.oci.layer import Part

_PART: Final = Part(beginning=HEADER)
_XGBOOST: Final = (
    b'{"learner"',
    b'{"version":[',
    b"{L\0\0\0\0\0\0\0\x07learner",
    b"{i\x07learner",
    b"{U\x07learner",
)
_LIGHTGBM: Final = b"tree\nversion="
_CATBOOST: Final = b"CBM1"
_ENDS: Final = 1 << 16
_VERSION_JSON: Final = re.compile(rb'"version": ?\[(\d{1,3}), ?(\d{1,3}), ?(\d{1,3})\]')
_VERSION_UBJ: Final = re.compile(rb"version\[(?:#L.{8}|\$.#L.{8})?([iU].)([iU].)([iU].)", re.DOTALL)
_OBJECTIVE: Final = re.compile(
    rb"objective(?:.{1,60}?name.{1,20}?|=)"
    rb"((?:reg|binary|multi|rank|count|survival|regression|multiclass|lambdarank|cross_entropy)[:a-z]{0,40})",
    re.DOTALL,
)


def accepts(_name: bytes, head: bytes) -> Part | None:
    """Return how much is read of a file that begins so, None if it is none of the formats."""
    return _PART if head.startswith((*_XGBOOST, _LIGHTGBM, _CATBOOST)) else None


def read_booster(file: ModelFile) -> Iterator[Claim]:
    """Yield the model that a file holds."""
    size = file.content.size
    text = file.content.read(0, _ENDS) + file.content.read(max(_ENDS, size - _ENDS), _ENDS)
    objective = _OBJECTIVE.search(text)
    kind = objective[1].decode("ascii", "replace") if objective else ""
    if text.startswith(_LIGHTGBM):
        yield claim_of(file, Model(format="lightgbm", framework="lightgbm", architecture=kind))
    elif text.startswith(_CATBOOST):
        yield claim_of(file, Model(format="catboost", framework="catboost"))
    elif b"learner" in text:
        framework = f"xgboost {_xgboost(text)}".rstrip()
        yield claim_of(file, Model(format="xgboost", framework=framework, architecture=kind))


def _xgboost(text: bytes) -> str:
    if found := _VERSION_JSON.search(text):
        return ".".join(part.decode() for part in found.groups())
    if found := _VERSION_UBJ.search(text):
        return ".".join(str(part[1]) for part in found.groups())
    return ""


READER: Final = ModelReader(
    name="trees", accepts=accepts, read=read_booster, heads=(*_XGBOOST, _LIGHTGBM, _CATBOOST)
)
