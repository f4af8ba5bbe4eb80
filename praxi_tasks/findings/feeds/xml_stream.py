"""Feeds in XML, one element at a time, within the limit on their records."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from praxi_tasks.environment import read, whole_number
from praxi_tasks.errors import DataError
from praxi_tasks.findings.feeds.zip_archive import MEMBERS_SETTING, MOST_MEMBERS
from praxi_tasks.xml_stream import Element, stream_elements


def read_elements(
    pieces: Iterable[bytes], wanted: Collection[str], root: str, where: str
) -> Iterator[Element]:
    """Yield the elements of a feed that have one of some names; see :func:`stream_elements`.

    Raises
    ------
    DataError
        As :func:`stream_elements`, and for more elements than a feed may have.
    """
    most = read(MEMBERS_SETTING, whole_number, MOST_MEMBERS)
    elements = stream_elements(pieces, wanted, root, where, action="mirror the feed again")
    for count, element in enumerate(elements, 1):
        if count > most:
            raise DataError(f"more than {most:,} records", where=where, action=f"raise {MEMBERS_SETTING}")
        yield element
