"""Resolves the URI of a model, a place in a store or an alias in the registry, and loads the model.

Where no version has the alias, the starter takes its place. Before any was promoted that is as it should be;
afterwards it is a problem, which goes with the answer.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

import msgspec

from praxi_tasks.environment import read_text
from praxi_tasks.errors import CorruptObjectError, KeyNotFoundError, ModelError
from praxi_tasks.learning.model_registry.base import ALIASED, CHAMPION
from praxi_tasks.learning.model_registry.opening import find_registry
from praxi_tasks.store import Store, documents, keys

if TYPE_CHECKING:
    from praxi_tasks.discovery import Model

logger = logging.getLogger(__name__)

_MODELS: Final = "models:"
STARTER: Final = "PRAXI_STARTER_MODEL"
"""The variable that names the model in use before any was promoted."""

_OTHERS: Final = "name one that there is: praxi models list shows numbers and aliases"


class ResolvedModel(msgspec.Struct, frozen=True):
    """A model's place in a store; ``version`` is its number in the registry, empty if it has none.

    ``problem`` says why another model stands in for the one that was asked for.
    """

    uri: str
    version: str = ""
    problem: str = ""


def resolve_model(uri: str, store_uri: str, last: ResolvedModel | None = None) -> ResolvedModel:
    """Return where a model is stored: ``models:/praxi@ALIAS`` is looked up in the registry, once.

    Parameters
    ----------
    last
        The champion when it was last looked up, if it ever was one: a registry that has forgotten it is
        told by this from one in which none was promoted yet.

    Raises
    ------
    ModelError
        If no version has the alias, and no starter model is configured; if it names a registered model in
        another way.
    RegistryDownError
        If the registry can't answer.
    """
    if not uri.startswith(ALIASED):
        if uri.startswith(_MODELS):
            raise ModelError(
                "the registry is asked by alias only, not by a number, a stage or another name",
                where=uri,
                action=f"write {ALIASED}{CHAMPION}, or the model's place as file:///path or s3://bucket/prefix",
            )
        return ResolvedModel(uri)
    alias = uri.removeprefix(ALIASED)
    starter = read_text(STARTER)
    registry = find_registry(store_uri)
    found = registry.find(alias) if registry else None
    if found is not None:
        return ResolvedModel(found.uri, found.version)
    problem = (registry.why_missing(alias) if registry else "") or _forgotten(alias, last)
    if not starter:
        raise ModelError(
            problem or _absent(alias),
            where=uri,
            action=f"promote one, or set {STARTER}" if alias == CHAMPION else _OTHERS,
        )
    return ResolvedModel(starter, problem=f"{problem}: the starter model stands in" if problem else "")


def _absent(name: str) -> str:
    return f"the model has no version {name}" if name.isdigit() else f"no version of the model is the {name}"


def _forgotten(alias: str, last: ResolvedModel | None) -> str:
    """Return what became of the last champion where the registry knows nothing; empty if there was none."""
    if last is None or alias != CHAMPION:
        return ""
    return f"version {last.version} was the {alias}, and the model registry is empty now"


def resolve_for(store: Store, uri: str) -> ResolvedModel:
    """Resolve a model for a run over a store, which remembers the champion.

    Raises
    ------
    ModelError, RegistryDownError
        As :func:`resolve_model`.
    """
    last = _last_champion(store)
    found = resolve_model(uri, store.uri, last)
    if found.problem:
        logger.warning("%s", found.problem)
    elif found.version and uri == f"{ALIASED}{CHAMPION}" and found != last:
        documents.write(store, keys.last_champion(), found)
    return found


def _last_champion(store: Store) -> ResolvedModel | None:
    try:
        return documents.read(store, keys.last_champion(), ResolvedModel)
    except KeyNotFoundError:
        return None
    except CorruptObjectError as error:
        logger.warning("the last champion is not known: %s", error)
        return None


def resolve_once(uri: str, store: Store, key: str) -> ResolvedModel:
    """Resolve a model and remember the answer under ``key``: a retry gets the same model."""
    try:
        return documents.read(store, key, ResolvedModel)
    except KeyNotFoundError:
        store.put(key, msgspec.json.encode(resolve_for(store, uri)))
        return documents.read(store, key, ResolvedModel)


def load_base(resolved: ResolvedModel) -> Model:
    """Return the model that a training builds on; an empty one where the starter does not exist yet.

    Raises
    ------
    ModelError
        If the model is damaged, or a registered one is missing.
    """
    from praxi_tasks.discovery import Model

    try:
        return Model.load(resolved.uri)
    except ModelError as error:
        if resolved.version or not isinstance(error.__cause__, KeyNotFoundError):
            raise
        return Model()
