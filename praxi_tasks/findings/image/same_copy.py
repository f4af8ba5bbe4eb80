"""Whether what a fingerprint names is the copy that a component stands for, or another one elsewhere."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from praxi_tasks.discovery import ReleasePrediction
from praxi_tasks.findings.image.file_tree import FileTree
from praxi_tasks.findings.packages import Component
from praxi_tasks.inventory import ARCHIVED, VENDORED, Claim

_COPIES: Final = (VENDORED, ARCHIVED)


def is_of_version(component: Component, release: ReleasePrediction) -> bool:
    """Return whether both may be of one version."""
    return not release.versions or not component.versions or bool({*component.versions} & {*release.versions})


def is_elsewhere(claim: Claim, release: ReleasePrediction, tree: FileTree) -> bool:
    """Return whether a prediction is of another copy of a package than a database claims.

    It is where the claim lists files of which the prediction shows none: of a copy inside another package or
    an archive always, of an installed package where its database lies outside the folder that the prediction
    was installed into. Of one version in two folders it does not matter which one is meant.
    """
    apart = claim.relation in _COPIES or (
        _is_outside(claim, release) and claim.version not in release.versions
    )
    if not claim.files or not apart:
        return False
    listed = _places(claim.files, tree)
    return listed.isdisjoint(_places((*release.sample, *release.evidence), tree))


def _is_outside(claim: Claim, release: ReleasePrediction) -> bool:
    return bool(release.root) and not claim.database.startswith(f"{release.root}/")


def _places(paths: Iterable[str], tree: FileTree) -> frozenset[str]:
    return frozenset(map(tree.place, paths))
