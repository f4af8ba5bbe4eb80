"""What a wheel's RECORD says of the contents of its members, which need not be read for it."""

from __future__ import annotations

import csv
import zipfile
from collections.abc import Mapping
from typing import Final

from praxi_tasks.fingerprint import published_content
from praxi_tasks.inventory import sha256_of_record

_RECORD: Final = ".dist-info/RECORD"
_LARGEST: Final = 8 << 20


def listed_contents(archive: zipfile.ZipFile) -> Mapping[str, int]:
    """Return the contents that a wheel lists in its record, by member; none where that is absurd.

    They are the numbers that :func:`~praxi_tasks.fingerprint.published.published_content` makes.
    """
    records = [
        entry
        for entry in archive.infolist()
        if entry.filename.endswith(_RECORD) and entry.filename.count("/") == 1
    ]
    if len(records) != 1 or records[0].file_size > _LARGEST:
        return {}
    with archive.open(records[0]) as file:
        text = file.read(_LARGEST).decode("utf-8", "replace")
    try:
        rows = [row for row in csv.reader(text.splitlines()) if len(row) > 1]
    except csv.Error:
        return {}
    contents = {row[0]: published_content(sha256_of_record(row[1])) for row in rows}
    return {name: content for name, content in contents.items() if content}
