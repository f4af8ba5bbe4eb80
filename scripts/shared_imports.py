"""Make praxi_tasks/inventory/paths/shared_imports.tsv: imports that few distributions of PyPI share.

    PYTHONPATH=. python scripts/shared_imports.py --index pigar/.db.sqlite3

The index is that of `scripts/import_names.py`. A row has an import that a project is called as and installs,
and the other distributions that install it, forks most often: up to three. There is none in it where more
install the import, or that project does not. The table of imports and the files of `scripts/own_imports.py`
and `scripts/project_names.py` must be made first. The latter is left as it is: the rows count first.
"""

from __future__ import annotations

import argparse
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from packaging.utils import canonicalize_name

from praxi_tasks.inventory.paths.own_imports import (
    is_project,
    names_itself,
)
from scripts.import_names import OUTPUT, read_index, with_public_names

SHARED_IMPORTS = OUTPUT.with_name("shared_imports.tsv")
MOST_OTHERS = 3


def main() -> None:
    """Write the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--index", type=Path, required=True)
    rows = shared_imports(with_public_names(read_index(parser.parse_args().index)))
    lines = [f"{name}\t{' '.join(others)}\n" for name, others in sorted(rows)]
    SHARED_IMPORTS.write_text("".join(lines))


def shared_imports(index: Mapping[str, Collection[str]]) -> Iterator[tuple[str, list[str]]]:
    """Yield the imports that are called as projects and that others install, and those that share each.

    There are none of one that its project does not install, or that many do.
    """
    table = {line.partition("\t")[0] for line in OUTPUT.read_text().splitlines()}
    for name, distributions in index.items():
        own = canonicalize_name(name)
        others = sorted(set(distributions) - {own})
        if others and name not in table and is_project(own) and not names_itself(name):
            yield name, others if own in distributions and len(others) <= MOST_OTHERS else []


if __name__ == "__main__":
    main()
