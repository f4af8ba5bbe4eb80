"""Findings that were ticked in a list, as addresses and forms hold them: each as a query of its own."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final
from urllib.parse import parse_qsl

from praxi_tasks.errors import PolicyError

MOST_PICKS: Final = 200
_FIELDS: Final = frozenset({"kind", "finding", "package"})


def read_picks(picks: Iterable[str]) -> list[dict[str, str]]:
    """Return what was ticked as the fields of an acceptance: ``?kind=hidden&finding=…&package=…``.

    Raises
    ------
    PolicyError
        If one names no finding, or something else than a list of findings can.
    """
    return [_read(pick) for pick in picks]


def _read(pick: str) -> dict[str, str]:
    try:
        fields = dict(parse_qsl(pick.removeprefix("?"), max_num_fields=len(_FIELDS) + 1))
    except ValueError:  # it has more fields than that
        fields = {}
    if not fields.get("finding") or fields.keys() - _FIELDS:
        raise PolicyError("what was ticked is no finding", action="tick it again in the list of findings")
    return fields
