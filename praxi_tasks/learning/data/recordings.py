"""Recordings to learn from, as lines of JSON: ``{"id", "labels", "changes": ["MODE PATH", …]}``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec

from praxi_tasks.errors import DataError
from praxi_tasks.learning.data.compressed_lines import open_lines


class Recording(msgspec.Struct, frozen=True):
    """One recorded changeset; ``labels`` name what was installed meanwhile and may be unknown."""

    changes: list[str]
    labels: list[str] = []
    id: str = ""


def read_changesets(path: Path) -> Iterator[Recording]:
    """Yield the recordings of a file of JSON lines, plain or compressed.

    Raises
    ------
    DataError
        If a line is not a recording; the message names the file and line.
    """
    decoder = msgspec.json.Decoder(Recording)
    for number, line in enumerate(open_lines(path), 1):
        if not line.strip():
            continue
        try:
            yield decoder.decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise DataError(
                f"not a changeset: {error}",
                where=f"{path}:{number}",
                action='write {"id", "labels", "changes": ["MODE PATH"]}',
            ) from error
