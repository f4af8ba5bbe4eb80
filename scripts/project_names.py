"""Make praxi_tasks/inventory/paths/project_names.bin: names of PyPI's projects that imports are called after.

    PYTHONPATH=. python scripts/project_names.py --names NAMES --words /usr/share/dict/words

NAMES has the names of all projects of PyPI, one a line; WORDS is a list of English words, such as that of
Debian's `wamerican`. Names of plain words (`data-tools`) are left out, since packages that were published
nowhere are called so as well; so is what `scripts/import_names.py` and `scripts/own_imports.py`, whose files
must be made first, tell of an import of that name. Of each name the file has the key that
`own_imports.import_key` makes, sorted.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from packaging.utils import canonicalize_name

from praxi_tasks.inventory.paths.own_imports import PROJECT_NAMES, names_itself
from scripts.import_names import OUTPUT
from scripts.own_imports import packed

# What names of imports are made of beside English words.
AFFIXES = frozenset(
    """
    api app cli config db dev http io json lib libs ml py python sdk src ui util utils
    """.split()  # noqa: SIM905 - a table of words
)
IMPORT = re.compile(r"[a-z][a-z0-9-]*")


def main() -> None:
    """Write the file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--names", type=Path, required=True)
    parser.add_argument("--words", type=Path, required=True)
    options = parser.parse_args()
    words = frozenset(options.words.read_text().lower().split())
    names = project_names(options.names.read_text().split(), words)
    OUTPUT.with_name(PROJECT_NAMES).write_bytes(packed(names))


def project_names(names: Iterable[str], words: Collection[str]) -> Iterator[str]:
    """Yield the normalised names that tell a project, but for those of imports that are known."""
    table = {canonicalize_name(line.partition("\t")[0]) for line in OUTPUT.read_text().splitlines()}
    for name in dict.fromkeys(map(canonicalize_name, names)):
        plain = all(part in words or part in AFFIXES or part.isdigit() for part in name.split("-"))
        known = name in table or names_itself(name.replace("-", "_"))
        if not plain and not known and IMPORT.fullmatch(name):
            yield name


if __name__ == "__main__":
    main()
