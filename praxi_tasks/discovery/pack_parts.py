"""How the parts of a pack are read and checked, by their roles."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

from praxi_tasks.discovery.bundle import CATALOGUE, CONTENTS
from praxi_tasks.discovery.catalogue import Catalogue
from praxi_tasks.discovery.content_index import ContentIndex


class PartReader(NamedTuple):
    """Reads the parts of one role.

    Parameters
    ----------
    read
        Returns what a part holds, given its bytes and its pack's name; what it reads is mapped, not copied.
    check
        Raises :class:`~praxi_tasks.errors.CorruptObjectError` if the tables in a part do not fit each other,
        for which it reads all of it.
    """

    read: Callable[[memoryview, str], Catalogue | ContentIndex]
    check: Callable[[memoryview], None]


def _check_catalogue(data: memoryview) -> None:
    Catalogue.from_bytes(data).check()


def _check_contents(data: memoryview) -> None:
    ContentIndex.from_bytes(data).check()


PART_READERS: Final[Mapping[str, PartReader]] = {
    CATALOGUE: PartReader(Catalogue.from_bytes, _check_catalogue),
    CONTENTS: PartReader(ContentIndex.from_bytes, _check_contents),
}
