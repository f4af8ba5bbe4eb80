"""What of an image was read: its layers, and which of its package databases not, or not wholly."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Set
from typing import Final

from praxi_tasks.ecosystems import CARGO, ECOSYSTEMS, GUIX, NIX, ecosystem_of
from praxi_tasks.findings.coverage import Aspect, Coverage, checked, not_checked, partial
from praxi_tasks.findings.image.claim_history import is_inside
from praxi_tasks.findings.image.file_tree import FileTree
from praxi_tasks.findings.image.fusion import FusedImage
from praxi_tasks.findings.packages import distribution_name
from praxi_tasks.inventory import LEFT_OUT, Claim, Distribution, recorded_ecosystems

_SHOWN: Final = 50
_OF_DISTRIBUTIONS: Final = tuple(name for name, row in ECOSYSTEMS.items() if row.of_distribution)
# Distributions by their IDs whose packages are those of a store, which others have beside their own; Guix' ID
# is that of its packages.
_STORES: Final = {"nixos": NIX.purl_type, GUIX.purl_type: GUIX.purl_type}
_CRATES: Final = "crates in a program"
_NOTES: Final = "package note in a program"
_KEEP: Final = "keep the package database in the image"
_ACTION: Final = "see the image's own package manager; restore the database, or raise the cap that is named"


def layers_coverage(image: FusedImage) -> Coverage:
    """Return that all layers were read: an image of which one was not has failed."""
    files = f"{len(image.tree.regular_files)} files"
    return checked(Aspect.LAYERS, "all", f"{len(image.layers)} layers, {files}")


def databases_coverage(image: FusedImage) -> Iterator[Coverage]:
    """Yield a line for each kind of database that was read, and one for each database with a problem.

    What counts of a database is the last layer that holds it: what lower layers hold is hidden below it. A
    record of a language's package that is gone with its folder left nothing behind.
    """
    records: Counter[str] = Counter()
    claims: set[str] = set()
    problems: dict[str, str] = {}
    read: dict[str, int] = {}
    for layer in image.layers:
        inventory = layer.inventory
        counts = Counter(claim.database for claim in inventory.claims)
        for path in inventory.databases:
            problems.pop(path, None)
            read[path] = counts[path]
        problems |= dict(map(_split, reversed(inventory.problems)))
        records.update(map(_told_by, inventory.claims))
        claims.update(claim.ecosystem for claim in inventory.claims if not _is_note(claim))
    problems = {path: reason for path, reason in problems.items() if not _is_gone(image.tree, path)}
    for database in sorted(records):
        yield checked(Aspect.DATABASES, database, f"{records[database]} records")
    yield from _unread(problems, read)
    if not problems:
        yield from _missing(image, claims)


def _is_note(claim: Claim) -> bool:
    """Return whether a program says of itself which package of a distribution it is: no database does."""
    return is_inside(claim) and ecosystem_of(claim.ecosystem).of_distribution


def _told_by(claim: Claim) -> str:
    """Return what told of a package: a database, by its usual name, or a program."""
    if _is_note(claim):
        return _NOTES
    is_crate = claim.ecosystem == CARGO.purl_type and is_inside(claim)
    return _CRATES if is_crate else ecosystem_of(claim.ecosystem).database


def _is_gone(tree: FileTree, path: str) -> bool:
    if not tree.saw(path) or any(ecosystem_of(name).of_distribution for name in recorded_ecosystems(path)):
        return False
    return not tree.exists(path.rpartition("/")[0])


def _missing(image: FusedImage, claims: Set[str]) -> Iterator[Coverage]:
    """Yield that an image has files and no record of a package, or none of its distribution's packages."""
    if not claims and image.tree.regular_files:
        reason = "no package database in the image has a record: packages are known by their files alone"
        yield not_checked(Aspect.DATABASES, "all", reason, _KEEP)
    elif image.distribution and not any(_is_record(name, image.distribution) for name in claims):
        subject = distribution_name(image.distribution) or "distribution"
        if image.tree.regular_files:
            reason = "the image names its distribution and has no record of its packages"
            yield not_checked(Aspect.DATABASES, subject, reason, _KEEP, _OF_DISTRIBUTIONS)


def _is_record(ecosystem: str, distribution: Distribution) -> bool:
    """Return whether packages of an ecosystem may be those that a distribution is made of."""
    return ecosystem_of(ecosystem).of_distribution or _STORES.get(distribution.id) == ecosystem


def _unread(problems: dict[str, str], read: dict[str, int]) -> Iterator[Coverage]:
    paths = sorted(problems, key=lambda path: (path != LEFT_OUT, path))
    for path in paths[:_SHOWN]:
        state = partial if read.get(path) else not_checked
        yield state(Aspect.DATABASES, path, problems[path], _ACTION, recorded_ecosystems(path))
    others = paths[_SHOWN:]
    if others:
        reason = f"{len(others)} more package databases could not be read"
        recorded = [recorded_ecosystems(path) for path in others]
        ecosystems = sorted({name for names in recorded for name in names}) if all(recorded) else ()
        yield not_checked(Aspect.DATABASES, "others", reason, _ACTION, ecosystems)


def _split(problem: str) -> tuple[str, str]:
    """Split a line of an inventory's problems into the database's path and what is wrong with it."""
    path, _, reason = problem.partition(": ")
    return path, reason
