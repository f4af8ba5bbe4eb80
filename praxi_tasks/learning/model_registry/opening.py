"""Opens the registry that belongs to a store."""

from __future__ import annotations

from praxi_tasks.learning.model_registry.base import ModelRegistry
from praxi_tasks.learning.model_registry.connection import is_empty, tracking_uri
from praxi_tasks.learning.model_registry.mlflow import MlflowRegistry
from praxi_tasks.learning.model_registry.stored import StoredRegistry
from praxi_tasks.store import open_store


def open_registry(store_uri: str) -> ModelRegistry:
    """Open the registry of a store: the MLflow that ``PRAXI_MLFLOW_URI`` names; without it, MLflow's database
    in a local store, and documents in any other.

    Raises
    ------
    RegistryDownError
        If MLflow can't make its database.
    """  # noqa: D205 - one sentence
    address = tracking_uri(store_uri)
    return MlflowRegistry(address) if address else StoredRegistry(open_store(store_uri))


def find_registry(store_uri: str) -> ModelRegistry | None:
    """Open the registry of a store to read it; ``None`` where it is a database that does not exist yet."""
    address = tracking_uri(store_uri)
    return None if address and is_empty(address) else open_registry(store_uri)
