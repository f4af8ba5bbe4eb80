"""What programs and libraries say of themselves where a package database says it of their files."""

from __future__ import annotations

from collections.abc import Callable, Sequence, Set
from typing import Final, TypeAlias

from praxi_tasks.ecosystems import BITNAMI, ECOSYSTEMS, NUGET, Family, ecosystem_of
from praxi_tasks.findings.image.claim_history import TrackedClaim, claimed_places, is_inside
from praxi_tasks.findings.image.file_tree import FileTree
from praxi_tasks.findings.image.makers import Makers
from praxi_tasks.inventory import Claim

_LANGUAGES: Final = frozenset(name for name, row in ECOSYSTEMS.items() if row.family is Family.LANGUAGE)
_BITNAMIS: Final = "opt/bitnami/"
_NOT_LANGUAGES: Final = frozenset(name for name, row in ECOSYSTEMS.items() if not row.of_language)
_Claims: TypeAlias = Sequence[TrackedClaim]


def without_repeats(claims: _Claims, tree: FileTree, makers: Makers) -> list[TrackedClaim]:
    """Return the claims without those of programs and libraries that a database makes for them.

    A file that says of which package it is, or is a model's data, is no second one where any package lists
    it, and a program is the package of a distribution or a manager that lists it. Of a package that others
    than the distribution made no advisories tell: its programs count. A package of a language is a program
    only if it is called so: others have libraries inside that somebody else wrote. An assembly of .NET's is
    part of the package whose list of dependencies names its file. A model is more than the package that
    brought it.
    """
    inside = [each for each in claims if is_inside(each.claim) and not _is_model(each.claim)]
    databases = [each for each in claims if not is_inside(each.claim)]
    packages = [each for each in _of(_NOT_LANGUAGES, inside) if not _is_program(each.claim)]
    programs = [each for each in inside if _is_program(each.claim)]
    repeated = (
        *_listed(packages, databases, tree),
        *_listed(programs, [each for each in databases if _speaks_for_programs(each.claim, makers)], tree),
        *_listed(programs, _of(_LANGUAGES, databases), tree, _name),
        *_at_home(programs, _of({BITNAMI.purl_type}, databases)),
        *_listed(_of({NUGET.purl_type}, inside), _of({NUGET.purl_type}, databases), tree),
    )
    left_out = set(map(id, repeated))
    return [each for each in claims if id(each) not in left_out]


def _speaks_for_programs(claim: Claim, makers: Makers) -> bool:
    return claim.ecosystem not in _LANGUAGES and not makers.by_others(claim)


def _is_model(claim: Claim) -> bool:
    return claim.model is not None and not claim.model.is_data


def _is_program(claim: Claim) -> bool:
    return ecosystem_of(claim.ecosystem).family is Family.PROGRAM and claim.model is None


def _of(ecosystems: Set[str], claims: _Claims) -> list[TrackedClaim]:
    return [each for each in claims if each.claim.ecosystem in ecosystems]


def _listed(
    inside: _Claims,
    listing: _Claims,
    tree: FileTree,
    name: Callable[[Claim], str] = lambda _claim: "",
) -> list[TrackedClaim]:
    """Return those inside files that some of the others list, which have the same name where that counts."""
    if not inside:
        return []
    names = {name(each.claim) for each in inside}
    by_name: dict[str, list[TrackedClaim]] = {}
    for each in listing:
        if (key := name(each.claim)) in names:
            by_name.setdefault(key, []).append(each)
    places = {key: claimed_places(some, tree) for key, some in by_name.items()}
    return [each for each in inside if each.place in places.get(name(each.claim), ())]


def _at_home(programs: _Claims, applications: _Claims) -> list[TrackedClaim]:
    """Return the programs in folders of Bitnami's applications, whose list may be in another layer."""
    homes = tuple(f"{_BITNAMIS}{each.claim.name}/" for each in applications)
    return [each for each in programs if each.place.startswith(homes)]


def _name(claim: Claim) -> str:
    """Return the name of a package without its scope, as its program may be called."""
    return ecosystem_of(claim.ecosystem).split_name(claim.name)[1].lower()
