"""The registry of model versions, in MLflow or in the store, and which of them is in use."""

from __future__ import annotations

from praxi_tasks.learning.model_registry.base import ALIASED, CHAMPION, ModelRegistry, Promotions
from praxi_tasks.learning.model_registry.mlflow import LOGGED_MODEL, MlflowRegistry
from praxi_tasks.learning.model_registry.opening import (
    find_registry,
    light_registry,
    open_registry,
    read_versions,
)
from praxi_tasks.learning.model_registry.resolve import (
    STARTER,
    ResolvedModel,
    load_base,
    resolve_for,
    resolve_model,
    resolve_once,
)
from praxi_tasks.learning.model_registry.version import ORIGIN_TAG, WITH_PACKS, ModelVersion

__all__ = [
    "ALIASED",
    "CHAMPION",
    "LOGGED_MODEL",
    "MlflowRegistry",
    "ModelRegistry",
    "ModelVersion",
    "ORIGIN_TAG",
    "Promotions",
    "ResolvedModel",
    "STARTER",
    "WITH_PACKS",
    "find_registry",
    "light_registry",
    "load_base",
    "open_registry",
    "read_versions",
    "resolve_for",
    "resolve_model",
    "resolve_once",
]
