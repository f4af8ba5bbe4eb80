"""Makes a model of the releases that a pack's run collected, on top of another one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final, NamedTuple

from praxi_tasks.discovery import Catalogue, ContentIndex, Model, Release
from praxi_tasks.errors import DataError
from praxi_tasks.learning.catalogue import build_catalogue, index_contents
from praxi_tasks.learning.data import ReleaseStore
from praxi_tasks.learning.model_registry import load_base, open_registry, resolve_for
from praxi_tasks.learning.run.pack_run import PackRun
from praxi_tasks.learning.run.promotion import register_base, register_challenger
from praxi_tasks.store import Store, documents, keys

_FILES: Final = 2_000_000
"""How many files of releases are held in memory at a time: those of one part of the model."""


def pack_model(store: Store, run: PackRun, base: Model) -> Model:
    """Return a model that knows what ``base`` knows and what the run collected.

    Its parts are those of one pack, made one after another, packages whole, so memory does not grow with the
    number of releases. What the base knows already is left to it.

    Raises
    ------
    DataError
        If the run collected nothing that the base does not know.
    """
    name = run.planned().pack
    catalogues: list[Catalogue] = []
    contents: list[ContentIndex] = []
    for releases in _portions(_packages(store, run, base)):
        catalogues.append(replace(build_catalogue(releases), pack=name))
        contents.append(replace(index_contents(releases), pack=name))
    if not catalogues:
        raise DataError("there is nothing to learn", where=run.key(""), action="collect releases first")
    return base.replaced(catalogues=[*base.parts, *catalogues], contents=[*base.contents, *contents])


class RegisteredPack(NamedTuple):
    """The number of a version of the model, and how many releases it got from a pack's run."""

    version: str
    releases: int


def register_pack(store: Store, run: PackRun, model_uri: str) -> RegisteredPack:
    """Make a version of the model that knows what a run collected, as challenger of the present one.

    Parameters
    ----------
    model_uri
        The model to add to: a store URI, or an alias in the registry.

    Raises
    ------
    DataError
        As :func:`pack_model`.
    RegistryDownError
        If the registry can't answer; a retry makes the same version.
    """
    resolved = resolve_for(store, model_uri)
    base = load_base(resolved)
    model = pack_model(store, run, base)
    uri = f"{store.uri}/{keys.model(model.id)}"
    model.save(uri, f"{store.uri}/{keys.parts()}")
    registry = open_registry(store.uri)
    register_base(registry, resolved, base)
    version = register_challenger(registry, uri, model, run.name, "")
    releases = sum(found.state == "stored" for outcome in run.outcomes() for found in outcome)
    documents.write(store, run.key("pack.json"), {"version": version, "releases": releases})
    return RegisteredPack(version, releases)


def _packages(store: Store, run: PackRun, base: Model) -> Iterator[list[Release]]:
    """Yield the new releases of each package."""
    releases = ReleaseStore(store)
    for outcome in run.outcomes():
        identities = [found.package.identity for found in outcome if found.state == "stored"]
        yield [releases.get(identity).release() for identity in identities if not base.knows(*identity)]


def _portions(packages: Iterable[list[Release]]) -> Iterator[list[Release]]:
    """Yield the releases of so many packages as are held in memory at a time."""
    portion: list[Release] = []
    files = 0
    for some in packages:
        portion += some
        files += sum(len(release.paths) for release in some)
        if files >= _FILES:
            yield portion
            portion, files = [], 0
    if portion:
        yield portion
