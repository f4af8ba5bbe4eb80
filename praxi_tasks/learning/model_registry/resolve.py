"""Resolves the URI of a model, a place in a store or an alias in the registry, and loads the model."""

from __future__ import annotations

from typing import Final

import msgspec

from praxi_tasks.discovery import Model
from praxi_tasks.environment import read_text
from praxi_tasks.errors import KeyNotFoundError, ModelError
from praxi_tasks.learning.model_registry.connection import is_empty, tracking_uri
from praxi_tasks.learning.model_registry.mlflow import ALIASED, ModelRegistry
from praxi_tasks.store import Store, documents

STARTER: Final = "PRAXI_STARTER_MODEL"
"""The variable that names the model in use before any was promoted."""


class ResolvedModel(msgspec.Struct, frozen=True):
    """A model's place in a store; ``version`` is its number in the registry, empty if it has none."""

    uri: str
    version: str = ""


def resolve_model(uri: str, store_uri: str) -> ResolvedModel:
    """Return where a model is stored: ``models:/praxi@ALIAS`` is looked up in the registry, once.

    Raises
    ------
    ModelError
        If no version has the alias, and no starter model is configured.
    RegistryDownError
        If the registry can't answer.
    """
    if not uri.startswith(ALIASED):
        return ResolvedModel(uri)
    alias = uri.removeprefix(ALIASED)
    starter = read_text(STARTER)
    registry = tracking_uri(store_uri, needed=not starter)
    found = ModelRegistry(registry).find(alias) if registry and not is_empty(registry) else None
    if found is not None:
        return ResolvedModel(found.uri, found.version)
    if not starter:
        raise ModelError(
            f"no version of the model is the {alias}", where=uri, action=f"promote one, or set {STARTER}"
        )
    return ResolvedModel(starter)


def resolve_once(uri: str, store: Store, key: str) -> ResolvedModel:
    """Resolve a model and remember the answer under ``key``: a retry gets the same model."""
    try:
        return documents.read(store, key, ResolvedModel)
    except KeyNotFoundError:
        store.put(key, msgspec.json.encode(resolve_model(uri, store.uri)))
        return documents.read(store, key, ResolvedModel)


def load_base(resolved: ResolvedModel) -> Model:
    """Return the model that a training builds on; an empty one where the starter does not exist yet.

    Raises
    ------
    ModelError
        If the model is damaged, or a registered one is missing.
    """
    try:
        return Model.load(resolved.uri)
    except ModelError as error:
        if resolved.version or not isinstance(error.__cause__, KeyNotFoundError):
            raise
        return Model()
