"""Package records that a layer holds and no reader reads: told, lest their packages be taken for absent."""

from __future__ import annotations

import posixpath
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Set
from typing import Final

from praxi_tasks.inventory.claim import Claim
from praxi_tasks.inventory.layer_view import LayerView
from praxi_tasks.inventory.unread_kinds import KINDS, UnreadKind

_LINKS: Final = {ord("l"): "symbolic link", ord("h"): "hard link"}
_FOLDER: Final = ord("d")
_MOST_LINKS: Final = 10_000
_ENDS: Final = tuple({kind.mark for kind in KINDS if not kind.at_start})
_STARTS: Final = tuple({kind.mark for kind in KINDS if kind.at_start})


def report_unread(
    view: LayerView,
    wanted: Callable[[str], bool],
    reasons: Mapping[str, str],
    claims: Iterable[Claim] = (),
    inspected: Set[str] = frozenset(),
) -> None:
    """Report each package record of a layer that no reader reads.

    Those are databases of which nothing was kept (a file above a cap), and records of other kinds or in other
    places than readers know. What a claimed package owns is known as that package. Links are noted in the
    view: what they lead to may be in other layers.

    Parameters
    ----------
    wanted
        Whether a reader reads a path as a database.
    reasons
        Why the content of some paths was not kept.
    claims
        What was read of the layer.
    inspected
        The paths of programs and archives that were looked into.
    """
    others: dict[str, UnreadKind] = {}
    tails = {_tail(path) for path in view.kept}
    for row, (path, kind) in enumerate(zip(view.files.paths, view.files.types.tolist(), strict=True)):
        if kind == _FOLDER or path in view.kept or path in reasons or path in inspected:
            continue
        if wanted(path):
            _note_link(view, row, path, kind, tails)
        elif (path.endswith(_ENDS) or path.startswith(_STARTS)) and (other := _kind_of(path)):
            others[path] = other
    _report_others(view, others, claims)
    for path, reason in reasons.items():
        view.report(path, reason)


def unread_ecosystem(place: str) -> str | None:
    """Return the ecosystem of records that no reader reads, by the place that their report names.

    None where a report is about no such place.
    """
    return next((kind.ecosystem for kind in KINDS if kind.is_place(place)), None)


def _report_others(view: LayerView, others: Mapping[str, UnreadKind], claims: Iterable[Claim]) -> None:
    owned = frozenset(path for claim in claims for path in claim.files) if others else frozenset()
    places: dict[tuple[str, str], Counter[str]] = {}
    for path, kind in others.items():
        if path not in owned:
            place, record = kind.split(path)
            places.setdefault((place, kind.name), Counter())[record] += 1
    for (place, name), records in sorted(places.items()):
        count = f"{len(records)} records" if len(records) > 1 else "a database"
        view.report(place, f"{count} of {name} in a place or form that is not read")


def _note_link(view: LayerView, row: int, path: str, kind: int, tails: set[str]) -> None:
    """Note where a link leads to, which other layers may hold; without a target it is a problem."""
    target = view.files.links.get(row)
    if target and kind in _LINKS and len(view.links) < _MOST_LINKS:
        if chr(kind) == "l":
            target = posixpath.normpath(posixpath.join("/", posixpath.dirname(path), target)).lstrip("/")
        view.links.append((path, target, chr(kind)))
        return
    link = _LINKS.get(kind, "special file")
    if link == "symbolic link" and _tail(path) in tails:
        return  # what it most likely points to is read where it is
    view.report(path, f"it is a {link}, of which this layer holds no content that is read")


def _kind_of(path: str) -> UnreadKind | None:
    return next((kind for kind in KINDS if kind.matches(path)), None)


def _tail(path: str) -> str:
    """Return the last two parts of a path: what stays of a file that is linked to from elsewhere."""
    return "/".join(path.rsplit("/", 2)[-2:])
