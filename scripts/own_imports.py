"""Make praxi_tasks/inventory/paths/own_imports.bin: imports that one distribution of PyPI alone installs.

    PYTHONPATH=. python scripts/own_imports.py --index pigar/.db.sqlite3

The index is that of `scripts/import_names.py`, whose table must be made first: what it has is left out. In
the file are the imports that only the distribution of the same name installs, of all the others of PyPI: of
each the last four bytes of the XXH3-64 of its name, sorted. One in ten thousand names that are not in it
seems to be.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from packaging.utils import canonicalize_name

from praxi_tasks.inventory.paths.own_imports import import_key
from scripts.import_names import OUTPUT, read_index, with_public_names

OWN_IMPORTS = OUTPUT.with_name("own_imports.bin")
# Plain words as short as these are the names of several projects, of which the index knows one.
PLAIN_WORD = re.compile(r"[a-z]{1,6}")


def main() -> None:
    """Write the file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--index", type=Path, required=True)
    index = with_public_names(read_index(parser.parse_args().index))
    OWN_IMPORTS.write_bytes(packed(own_imports(index)))


def own_imports(index: Mapping[str, set[str]]) -> Iterable[str]:
    """Yield the imports that the distribution of their name alone installs, but those of the table."""
    table = {line.partition("\t")[0] for line in OUTPUT.read_text().splitlines()}
    for name, distributions in index.items():
        own = distributions == {canonicalize_name(name)}
        if own and name not in table and not PLAIN_WORD.fullmatch(name):
            yield name


def packed(names: Iterable[str]) -> bytes:
    """Return what the file holds of some imports."""
    return b"".join(sorted({import_key(name) for name in names}))


if __name__ == "__main__":
    main()
