"""Opens the registry that belongs to a store."""

from __future__ import annotations

from praxi_tasks.learning.model_registry.base import ModelRegistry, Promotions
from praxi_tasks.learning.model_registry.connection import database_path, is_empty, tracking_uri
from praxi_tasks.learning.model_registry.embedded_database import database_file
from praxi_tasks.learning.model_registry.mlflow import MlflowRegistry
from praxi_tasks.learning.model_registry.mlflow_file import versions_in_file
from praxi_tasks.learning.model_registry.mlflow_server import ServerRegistry
from praxi_tasks.learning.model_registry.stored import StoredRegistry
from praxi_tasks.learning.model_registry.version import ModelVersion
from praxi_tasks.store import Store, open_store


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


def light_registry(store: Store, mlflow_uri: str) -> Promotions | None:
    """Open the registry of a store where there is no MLflow to import.

    Parameters
    ----------
    mlflow_uri
        The server that a setting names, if any.

    Returns
    -------
    Promotions or None
        None where the registry is MLflow's database in a file: that is written by MLflow alone, and
        :func:`read_versions` reads it.
    """
    if mlflow_uri.startswith(("http://", "https://")):
        return ServerRegistry(mlflow_uri)
    return None if mlflow_uri or database_path(store.uri) else StoredRegistry(store)


def read_versions(store: Store, mlflow_uri: str) -> list[ModelVersion]:
    """Return all versions, the oldest first, where there is no MLflow to import.

    Raises
    ------
    ModelError
        If the registry refuses, or is none.
    RegistryDownError
        If it can't answer.
    """
    registry = light_registry(store, mlflow_uri)
    if registry is not None:
        return registry.versions()
    file = database_file(mlflow_uri) or database_path(store.uri)
    return versions_in_file(file) if file else []
