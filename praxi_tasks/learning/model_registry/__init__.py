"""The registry of model versions in MLflow, and which of them is in use."""

from __future__ import annotations

from praxi_tasks.learning.model_registry.connection import tracking_uri
from praxi_tasks.learning.model_registry.mlflow import CHAMPION, LOGGED_MODEL, ModelRegistry
from praxi_tasks.learning.model_registry.resolve import (
    ResolvedModel,
    load_base,
    resolve_for,
    resolve_model,
    resolve_once,
)
from praxi_tasks.learning.model_registry.version import ORIGIN_TAG, ModelVersion

__all__ = [
    "CHAMPION",
    "LOGGED_MODEL",
    "ModelRegistry",
    "ModelVersion",
    "ORIGIN_TAG",
    "ResolvedModel",
    "load_base",
    "resolve_for",
    "resolve_model",
    "resolve_once",
    "tracking_uri",
]
