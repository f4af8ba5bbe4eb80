"""Changesets in, Columbus tags out, one JSON object a line: the format of the published data."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

import msgspec

from praxi_tasks.errors import DataError
from praxi_tasks.fingerprint.columbus import FREQUENCY_THRESHOLD, columbus_tags
from praxi_tasks.json_decoding import decoder as decoder_of


class ChangesRecord(msgspec.Struct, frozen=True):
    """One changeset: paths, or changes written ``MODE PATH``. Other fields of the line are skipped."""

    id: str | int
    changes: list[str]


class TagsRecord(msgspec.Struct, frozen=True):
    """The tags of the changeset with the same ``id``, in the published order."""

    id: str | int
    tags: dict[str, int]


def tag_lines(
    lines: Iterable[bytes],
    *,
    frequency_threshold: int = FREQUENCY_THRESHOLD,
    stop_tags: Collection[str] = frozenset(),
    where: str = "standard input",
) -> Iterator[bytes]:
    """Yield a :class:`TagsRecord` line for each :class:`ChangesRecord` line; blank lines are skipped.

    Raises
    ------
    DataError
        At the first line that is no such object; ``where`` and the line's number say which.
    """
    decoder = decoder_of(ChangesRecord)
    encoder = msgspec.json.Encoder()
    for number, line in enumerate(lines, start=1):
        if line.isspace():
            continue
        try:
            record = decoder.decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise DataError(
                f"not a changeset: {error}",
                where=f"line {number} of {where}",
                action='write {"id": …, "changes": ["MODE PATH", …]}',
            ) from None
        tags = columbus_tags(record.changes, frequency_threshold=frequency_threshold, stop_tags=stop_tags)
        yield encoder.encode(TagsRecord(record.id, tags)) + b"\n"


def read_stop_tags(path: Path) -> frozenset[str]:
    """Read a stop list, one tag a line, nothing stripped but the line's end.

    Raises
    ------
    DataError
        If the file can't be read or is not UTF-8.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"can't read the stop list: {error}", where=str(path)) from None
    return frozenset(filter(None, text.split("\n")))
