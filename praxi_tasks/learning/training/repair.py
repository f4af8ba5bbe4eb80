"""Finds old packages with false positives on new releases, and repairs them.

A false positive is an old package that the model names in a layer that holds only a new release. It is
repaired by taking the new release as a negative: paths and folders that both have no longer count for the old
package. Nothing that there was is rewritten: its pack gets a small part that supersedes what earlier ones
say of the package.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from praxi_tasks.discovery import (
    CORE,
    Catalogue,
    Model,
    Release,
    join_catalogues,
    narrowed,
    only,
    superseding,
)
from praxi_tasks.fingerprint import Tagset, hash_text, parent_folder
from praxi_tasks.learning.synthesis import Damage, Files, merge_files, reconstructed_layers

SAMPLES: Final = 3
"""Layers per new release that are searched for false positives: a whole one, and damaged ones."""

LEAST_RETAINED: Final = 0.5
"""A repair must leave at least this share of a package's paths, or it would be forgotten."""

FalsePositives = dict[str, list[Release]]
"""Old packages, and the new releases that each is wrongly named in."""


def find_false_positives(model: Model, new: Sequence[Release], rng: np.random.Generator) -> FalsePositives:
    """Return the other packages that an extended model names in layers of its new releases.

    The model is reduced to these releases' paths first, so that the cost does not grow with its size.
    """
    keys = np.unique(np.concatenate([release.normalised.keys for release in new]))
    folders = np.sort(folders_of(new))
    model = model.replaced(catalogues=[narrowed(part, keys, folders) for part in model.parts])
    found: defaultdict[str, list[Release]] = defaultdict(list)
    learned = {release.package for release in new}
    for release in new:
        samples = [merge_files([sample]) for sample in _samples(release, rng) if sample.paths]
        names = {name for sample in samples for name in model.packages_in(sample)}
        for name in sorted(names - learned):
            found[name].append(release)
    return dict(found)


def repair(
    model: Model, found: FalsePositives, stored: Mapping[str, Sequence[Release]]
) -> tuple[Model, tuple[str, ...]]:
    """Return the model with the packages in ``found`` repaired, and the names of those that were.

    A package is left alone if it would be forgotten, or if the new release would be a false positive on it
    instead.

    Parameters
    ----------
    stored
        Releases of these packages; of others, layers are reconstructed from the catalogue.
    """
    repaired: dict[str, list[Catalogue]] = {}
    mended = model
    for name, new in sorted(found.items()):
        parts = list(_mended(model, name, new))
        if not parts:
            continue
        tried = mended.replaced(catalogues=[*mended.parts, *(superseding(part, [name]) for part in parts)])
        layers = [merge_files([Files.of(release)]) for release in stored.get(name, ())]
        if not _harmed(tried, name, layers or list(reconstructed_layers(model.known_of(name), name)), new):
            mended = tried
            repaired[name] = parts
    if not repaired:
        return model, ()
    return model.replaced(catalogues=[*model.parts, *_by_pack(repaired)]), tuple(repaired)


def _mended(model: Model, name: str, new: Sequence[Release]) -> Iterator[Catalogue]:
    """Yield what each pack that knows a package knows of it when repaired, if it can be, and changes it."""
    for pack in dict.fromkeys(part.pack for part in model.parts):
        known = join_catalogues([only(part, name) for part in model.parts if part.pack == pack])
        if known.packages and (repaired := _without(known, 0, new)) is not known:
            yield replace(repaired, pack=pack)


def _by_pack(repaired: Mapping[str, Sequence[Catalogue]]) -> Iterator[Catalogue]:
    """Yield one part for each pack, of all its repaired packages, that supersedes what it said of them."""
    packs: defaultdict[str, dict[str, Catalogue]] = defaultdict(dict)
    for name, parts in repaired.items():
        for part in parts:
            packs[part.pack][name] = part
    for pack, known in packs.items():
        yield superseding(replace(join_catalogues(list(known.values())), pack=pack), known)


def _harmed(model: Model, old: str, layers: Sequence[Tagset], new: Sequence[Release]) -> bool:
    """Return whether an old package is no longer named where it is, or a new one is named there."""
    new_packages = {release.package for release in new}
    named = [set(model.packages_in(layer)) for layer in layers]
    return not layers or any(old not in names or names & new_packages for names in named)


def _samples(release: Release, rng: np.random.Generator) -> Iterable[Files]:
    yield Files.of(release)
    for _ in range(SAMPLES - 1):
        yield Damage.draw(rng).apply(release, rng)


def _without(part: Catalogue, package: int, new: Sequence[Release]) -> Catalogue:
    """Return a catalogue without the paths and folders that a package shares with new releases.

    It is unchanged where too little would be left of the package.
    """
    keys = np.concatenate([release.normalised.keys for release in new])
    core = np.concatenate([np.isin(release.normalised.kinds, CORE) for release in new])
    own = part.owners == package
    shared = own & np.isin(part.keys, keys)
    left = int(own.sum() - shared.sum())
    if not shared.any() or left < LEAST_RETAINED * own.sum():
        return part
    working = int(np.isin(part.keys[shared], keys[core]).sum())
    start, end = part.row_starts[package : package + 2].tolist()
    row_core = part.row_core.copy()
    row_core[start:end] &= ~np.isin(part.row_keys[start:end], keys)
    folders = (part.folder_owners == package) & np.isin(part.folders, folders_of(new))
    return replace(
        part,
        keys=part.keys[~shared],
        owners=part.owners[~shared],
        expected=_less(part.expected, package, working),
        extras=_less(part.extras, package, int(shared.sum()) - working),
        row_core=row_core,
        folders=part.folders[~folders],
        folder_owners=part.folder_owners[~folders],
    )


def _less(counts: NDArray[np.uint32], package: int, by: int) -> NDArray[np.uint32]:
    """Return counts, shape ``(packages,)``, with one package's reduced."""
    fewer = counts.copy()
    fewer[package] -= min(by, int(fewer[package]))
    return fewer


def folders_of(new: Sequence[Release]) -> NDArray[np.uint64]:
    """Return the hashes of the folders of releases and of all above, shape ``(folders,)``."""
    found: set[str] = set()
    for release in new:
        for folder in release.normalised.folders:
            place: str | None = folder
            while place is not None and place not in found:
                found.add(place)
                place = parent_folder(place)
    return np.fromiter(map(hash_text, found), np.uint64, len(found))
