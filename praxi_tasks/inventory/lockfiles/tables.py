"""Tables of TOML that programs write: one value a line, from its first column on.

A lock file of a megabyte takes seconds to decode as TOML, and only two or three values of each table matter.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from praxi_tasks.inventory.decoding import text
from praxi_tasks.inventory.lockfiles.short_lines import lines

Table = dict[str, str]
"""Values as they are written, strings without their quotes; those of a table ``x.y`` as ``y.key``."""

_HEADER: Final = re.compile(rb"(\[\[?)\s*([^\[\]]+?)\s*\]\]?\s*(?:#.*)?")
_VALUE: Final = re.compile(rb"""([\w-]+)\s*=\s*(?:"([^"\\]*)"|'([^']*)'|(.*))""")
_QUOTES: Final = str.maketrans("", "", "\"'")


def read_tables(data: bytes) -> Iterator[tuple[str, Table]]:
    """Yield the name and the values of each table that is one of an array, with those of tables below it.

    What stands before the first is not of any; of other tables nothing is yielded.
    """
    name, below, table = "", "", Table()
    inside = False
    for line in lines(data):
        if header := _HEADER.fullmatch(line):
            found = text(header[2]).translate(_QUOTES)
            if header[1] == b"[[" and not (inside and found.startswith(f"{name}.")):
                if inside:
                    yield name, table
                name, below, table, inside = found, "", Table(), True
            elif inside and found.startswith(f"{name}."):
                below = found.removeprefix(f"{name}.") + "."
            else:
                if inside:
                    yield name, table
                inside = False
        elif inside and (value := _VALUE.match(line)):
            written = next((part for part in value.groups()[1:] if part is not None), b"")
            table.setdefault(below + text(value[1]), text(written))
    if inside:
        yield name, table
