"""What imports tell of the projects of Python's index that few use.

    python -m benchmarks.path_imports --index pigar/.db.sqlite3 [--count 10000]

The index is that of `scripts/import_names.py`: the top-level modules of every distribution on PyPI, as its
wheels have them. Distributions are drawn by chance among those that the table of imports does not have, and
each is alone in an image, without any record. *Published since* are as many that are taken out of the index
before it is packed, and out of the names of projects: nothing that is shipped then tells of them.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple
from unittest.mock import patch

from benchmarks.path_names import SITE
from benchmarks.report import Table, write_results
from praxi_tasks.ecosystems import PYPI
from praxi_tasks.inventory import PathName, name_by_paths
from scripts.import_names import OUTPUT, read_index, with_public_names
from scripts.own_imports import OWN_IMPORTS, own_imports, packed
from scripts.shared_imports import SHARED_IMPORTS

SEED: Final = 14
PROJECTS: Final = OUTPUT.with_name("project_names.bin")
SHIPPED: Final = "praxi_tasks.inventory.paths.own_imports._keys"
SHARED: Final = "praxi_tasks.inventory.paths.shared_imports._rows"


class Count(NamedTuple):
    """What is said of some distributions, each alone in an image."""

    there: int
    named: int
    false: int
    imports: int
    silent: int


def listed() -> frozenset[str]:
    """Return the distributions that the table of imports has."""
    found: set[str] = set()
    for line in OUTPUT.read_text().splitlines():
        name, _, row = line.partition("\t")
        parts = row.removeprefix("*").split()
        found |= {part.partition(":")[0] for part in parts} if row else {PYPI.normalise(name)}
    return frozenset(found)


def modules(index: Mapping[str, Iterable[str]]) -> dict[str, list[str]]:
    """Return the top-level modules of each distribution."""
    found: dict[str, list[str]] = {}
    for module, distributions in index.items():
        for distribution in distributions:
            found.setdefault(distribution, []).append(module)
    return found


def said(names: Iterable[str]) -> Iterator[PathName]:
    """Yield what paths say of an image with these modules alone."""
    return name_by_paths(f"{SITE}/{name}/__init__.py" for name in names)


def measure(drawn: Sequence[str], tops: Mapping[str, Sequence[str]]) -> Count:
    """Count what is said of distributions, one by one."""
    named = false = imports = silent = 0
    for distribution in drawn:
        found = list(said(tops[distribution]))
        projects = [
            {one.name, *(tie.partition("/")[2] for tie in one.ties)} for one in found if not one.relation
        ]
        right = any(distribution in names for names in projects)
        named += right
        false += sum(distribution not in names for names in projects)
        imports += not right and any(one.relation for one in found)
        silent += not found
    return Count(len(drawn), named, false, imports, silent)


def main() -> None:
    """Draw, count and write the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--index", type=Path, required=True)
    parser.add_argument("--count", type=int, default=10_000)
    options = parser.parse_args()
    whole = read_index(options.index)
    index, known = with_public_names(whole), listed()
    tops = modules(whole)
    drawn = sorted(
        name for name, own in tops.items() if name not in known and not index.keys().isdisjoint(own)
    )
    first, since = _drawn(drawn, options.count)
    table = Table(
        "drawn from", "distributions", "named", "false names", "of all", "import alone", "nothing said"
    )
    table.add("the index", *_cells(measure(first, tops)))
    left_out = frozenset(since)
    remaining = {name: owners - left_out for name, owners in whole.items()}
    own = packed(own_imports(with_public_names({name: own for name, own in remaining.items() if own})))
    keys = {OWN_IMPORTS.name: own, PROJECTS.name: names_without(left_out)}
    with patch(SHIPPED, keys.__getitem__), patch(SHARED, lambda: rows_without(left_out)):
        table.add("published since", *_cells(measure(since, tops)))
    write_results("path_imports", "What imports tell of projects that few use", table)


def names_without(projects: Iterable[str]) -> bytes:
    """Return the shipped keys of projects' names but for those of some."""
    gone = set(_keys(packed(projects)))
    return b"".join(key for key in _keys(PROJECTS.read_bytes()) if key not in gone)


def rows_without(projects: Collection[str]) -> dict[str, str]:
    """Return the shipped imports that some projects share, as they would be without others."""
    rows = (line.split() for line in SHARED_IMPORTS.read_text().splitlines())
    found: dict[str, str] = {}
    for name, *others in rows:
        left = [one for one in others if one not in projects]
        if (left or not others) and PYPI.normalise(name) not in projects:
            found[name] = " ".join(left)
    return found


def _keys(content: bytes) -> Iterator[bytes]:
    size = len(packed(["a"]))
    return (content[place : place + size] for place in range(0, len(content), size))


def _drawn(names: Sequence[str], count: int) -> tuple[list[str], list[str]]:
    chosen = random.Random(SEED).sample(names, 2 * count)
    return chosen[:count], chosen[count:]


def _cells(count: Count) -> tuple[str, ...]:
    total = max(count.named + count.false, 1)
    return (
        f"{count.there:,}",
        f"{count.named:,} ({count.named / count.there:.1%})",
        f"{count.false:,} ({count.false / total:.1%})",
        f"{count.false / count.there:.1%}",
        f"{count.imports:,} ({count.imports / count.there:.1%})",
        f"{count.silent:,}",
    )


if __name__ == "__main__":
    main()
