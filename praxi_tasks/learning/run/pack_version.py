"""Makes a knowledge pack of the releases that a run collected, and a version of the model that has it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, NamedTuple

import numpy as np

from praxi_tasks import __version__
from praxi_tasks.discovery import CATALOGUE, CONTENTS, Catalogue, ContentIndex, Pack, Packed, Part, Release
from praxi_tasks.errors import DataError
from praxi_tasks.learning.catalogue import (
    build_catalogue,
    index_contents,
    read_archive,
    restrict_folder_claims,
)
from praxi_tasks.learning.data import ReleaseStore
from praxi_tasks.learning.model_registry import load_base, open_registry, resolve_for
from praxi_tasks.learning.run.pack_run import PackRun
from praxi_tasks.learning.run.promotion import register_base, register_with_packs
from praxi_tasks.learning.sources import IndexedSource, Source
from praxi_tasks.packs import NamedPack, shared_pool, store_pack
from praxi_tasks.store import Store, documents

_FILES: Final = 2_000_000
"""How many files of releases are held in memory at a time: those of one part of the pack."""

_SEED: Final = 20_260_105


def build_pack(store: Store, run: PackRun, source: Source) -> NamedPack:
    """Store the pack of a run under its name, which replaces one of the same name, and return it.

    Its parts are made one after another, packages whole, so memory does not grow with the number of releases.

    Parameters
    ----------
    source
        What the releases were collected from.

    Raises
    ------
    DataError
        If the run collected nothing.
    ReleaseError
        If the indexes of a suite can't be fetched.
    """
    plan, pool = run.planned(), shared_pool(store)
    known = _indexed(source, plan.ecosystem) if plan.whole else []
    catalogues = [_put(store, CATALOGUE, part) for part in known]
    contents: list[Part] = []
    for releases in _portions(_packages(store, run)):
        part = build_catalogue(releases)
        # Of a suite other packages are known: folders that they use too are nobody's own.
        part = restrict_folder_claims(part, releases, known) if known else part
        catalogues.append(_put(store, CATALOGUE, part))
        contents.append(_put(store, CONTENTS, index_contents(releases)))
    if not catalogues:
        raise DataError(
            "there is nothing to learn: no release was collected",
            where=run.key(""),
            action="see why each package failed, and collect again",
        )
    pack = Pack(plan.pack, (*catalogues, *contents), _annotations(run))
    store_pack(store, pack)
    return NamedPack(pack, pool)


class RegisteredPack(NamedTuple):
    """The number of a version of the model, and how many releases the pack has that it was made with."""

    version: str
    releases: int


def register_pack(store: Store, run: PackRun, model_uri: str, source: Source) -> RegisteredPack:
    """Make a version of the model that has a run's pack, as challenger of the present one.

    Parameters
    ----------
    model_uri
        The model to add to: a store URI, or an alias in the registry.
    source
        See :func:`build_pack`.

    Raises
    ------
    DataError, ReleaseError
        As :func:`build_pack`.
    RegistryDownError
        If the registry can't answer; a retry makes the same version.
    """
    base = resolve_for(store, model_uri)
    named = build_pack(store, run, source)
    register_base(open_registry(store.uri), base, load_base(base))
    version = register_with_packs(store, base, [named], run.name).version
    releases = sum(found.state == "stored" for outcome in run.outcomes() for found in outcome)
    noted = {"version": version, "pack": named.pack.name, "releases": releases}
    documents.write(store, run.key("pack.json"), noted)
    return RegisteredPack(version, releases)


def _annotations(run: PackRun) -> dict[str, str]:
    """Return where a pack comes from."""
    plan = run.planned()
    outcomes = [[found for found in outcome if found.state == "stored"] for outcome in run.outcomes()]
    return {
        "io.praxi.pack.ecosystem": plan.ecosystem,
        **({"io.praxi.pack.suite": plan.suite} if plan.suite else {}),
        "io.praxi.pack.packages": str(sum(map(bool, outcomes))),
        "io.praxi.pack.releases": str(sum(map(len, outcomes))),
        "io.praxi.pack.run": run.name,
        "io.praxi.pack.builder": f"praxi {__version__}",
    }


def _put(store: Store, role: str, component: Catalogue | ContentIndex) -> Part:
    packed = Packed.of(role, component.to_bytes())
    shared_pool(store).put(*packed)
    return packed.part


def _indexed(source: Source, ecosystem: str) -> list[Catalogue]:
    """Return what an index says of the paths of all packages, if the source has one."""
    if not isinstance(source, IndexedSource):
        return []
    with TemporaryDirectory(prefix="praxi-contents-") as folder:
        files = source.contents(Path(folder))
        if not files:
            return []
        return [read_archive(files, (), np.random.default_rng(_SEED), 0.0, ecosystem).catalogue]


def _packages(store: Store, run: PackRun) -> Iterator[list[Release]]:
    """Yield the releases of each package that were collected."""
    releases = ReleaseStore(store)
    for outcome in run.outcomes():
        identities = dict.fromkeys(found.package.identity for found in outcome if found.state == "stored")
        yield [releases.get(identity).release() for identity in identities]


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
