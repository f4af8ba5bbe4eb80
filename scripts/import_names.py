"""Make praxi_tasks/inventory/paths/import_names.tsv: which distributions install which top-level imports.

    python scripts/import_names.py --index pigar/.db.sqlite3 --names NAMES [FOLDER ...]

The index is the database of top-level modules of all of PyPI that the distribution `pigar` brings in its
wheel. NAMES has the names of distributions to tell, one a line, those that are used most first, such as a
public list of the most downloaded. FOLDERs are site-packages with whole installations: their RECORDs tell
which distribution has which part of a namespace (`google/protobuf`).

A row has an import; distributions that install it, each with its share of their use in percent, the most
used first, or nothing where it is the only one and of the same name; `*` and the distributions that share it
where it is a namespace; `-` where so many install it that it names none.
"""

from __future__ import annotations

import argparse
import csv
import re
import sqlite3
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from packaging.utils import canonicalize_name

OUTPUT = Path(__file__).parents[1] / "praxi_tasks/inventory/paths/import_names.tsv"
IMPORT = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
PRIVATE = re.compile(r"_[A-Za-z0-9_]+")
# What tells builds of one distribution from each other: such names make no namespace.
FLAVOURS = re.compile(
    r"(?:-(?:c?[gp]pu|cu\w*|headless|nightly|wheel|rolling|contrib|binary|slim|skinny|numpy\d|py\d))+"
)
FEWEST_BELOW = 3  # distributions of an import's name and a dot that make it a namespace
MOST_SHARING = 60  # distributions that may install one import which names one of them
MOST_USED = 3000  # place in the list above which a distribution is meant by its name all the same
LEAST_SHARE = 3  # percent, of which a distribution is listed
MOST_LISTED = 6
ELSEWHERE = 3  # how much less a distribution is used that is not listed than the last one that is


def main() -> None:
    """Write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--index", type=Path, required=True)
    parser.add_argument("--names", type=Path, required=True)
    parser.add_argument("folders", type=Path, nargs="*")
    options = parser.parse_args()
    names = dict.fromkeys(map(canonicalize_name, options.names.read_text().split()))
    places: dict[str, int] = {name: place for place, name in enumerate(names, start=1)}
    records = read_records(options.folders)
    rows = dict(table(with_public_names(with_records(read_index(options.index), records)), places))
    rows |= dict(parts(records, {name for name, row in rows.items() if row.startswith("*")}))
    OUTPUT.write_text("".join(f"{name}\t{row}".rstrip("\t") + "\n" for name, row in sorted(rows.items())))


def read_index(path: Path) -> Mapping[str, set[str]]:
    """Return the distributions that install each top-level import."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    query = (
        "SELECT module.name, distribution.name FROM top_level_module_names AS module"
        " JOIN distributions AS distribution ON distribution.id = module.distribution_id"
    )
    with sqlite3.connect(path) as database:
        for module, distribution in database.execute(query):
            found[module].add(canonicalize_name(distribution))
    return found


def with_public_names(index: Mapping[str, set[str]]) -> Mapping[str, set[str]]:
    """Return the index without what names nothing: a private name counts for who has no other."""
    public = {one for module, several in index.items() if IMPORT.fullmatch(module) for one in several}

    def is_telling(module: str) -> bool:
        return bool(IMPORT.fullmatch(module)) or (
            bool(PRIVATE.fullmatch(module)) and not index[module] & public
        )

    return {
        module: distributions
        for module, distributions in index.items()
        if module not in sys.stdlib_module_names and is_telling(module)
    }


def table(index: Mapping[str, set[str]], places: Mapping[str, int]) -> Iterator[tuple[str, str]]:
    """Yield the row of each import that a distribution of the list installs."""
    unlisted = 1 / (ELSEWHERE * len(places))
    for name, distributions in index.items():
        listed = sorted(places.keys() & distributions, key=places.__getitem__)
        if not listed:
            continue
        own = canonicalize_name(name)
        below = [
            one for one in listed if one.startswith(f"{own}-") and not FLAVOURS.fullmatch(one[len(own) :])
        ]
        if len(below) >= FEWEST_BELOW and own not in listed[:2]:
            yield name, " ".join(("*", *listed))
        elif len(distributions) > MOST_SHARING and not is_meant(name, listed[0], places):
            yield name, "-"
        else:
            weights = Counter({one: 1 / places[one] for one in listed})
            total = weights.total() + unlisted * (len(distributions) - len(listed))
            yield name, row(name, {one: round(100 * weight / total) for one, weight in weights.items()})


def is_meant(name: str, distribution: str, places: Mapping[str, int]) -> bool:
    """Return whether an import that many install is that of the well-known distribution of its name."""
    return distribution == canonicalize_name(name) and places[distribution] <= MOST_USED


def row(name: str, shares: Mapping[str, int]) -> str:
    """Return the distributions of an import and their shares; nothing where its own name says it all.

    Builds of the one that is used most are listed however few use them.
    """
    best = max(shares, key=lambda one: shares[one])
    others = any(is_build(one, best) for one in shares if one != best)
    if best == canonicalize_name(name) and shares[best] >= 100 - LEAST_SHARE and not others:
        return ""
    named = [f"{one}:{share}" for one, share in shares.items() if share >= LEAST_SHARE or is_build(one, best)]
    return " ".join(named[:MOST_LISTED])


def is_build(name: str, of: str) -> bool:
    """Return whether a distribution is another one, or another build of it."""
    return name == of or (name.startswith(of) and FLAVOURS.fullmatch(name[len(of) :]) is not None)


def read_records(folders: Iterable[Path]) -> Mapping[str, list[str]]:
    """Return the files that each distribution installed into some folders."""
    records: defaultdict[str, list[str]] = defaultdict(list)
    for record in (path for folder in folders for path in folder.glob("*.dist-info/RECORD")):
        distribution = canonicalize_name(record.parent.name.removesuffix(".dist-info").rsplit("-", 1)[0])
        with record.open(newline="") as lines:
            records[distribution] += [path for path, *_ in csv.reader(lines)]
    return records


def with_records(
    index: Mapping[str, set[str]], records: Mapping[str, Iterable[str]]
) -> Mapping[str, set[str]]:
    """Return the index with what installed distributions have at the top, which no metadata may tell."""
    found = defaultdict(set, index)
    for distribution, paths in records.items():
        for top in {path.partition("/")[0].removesuffix(".py") for path in paths if path.endswith(".py")}:
            found[top].add(distribution)
    return found


def parts(records: Mapping[str, Iterable[str]], namespaces: set[str]) -> Iterator[tuple[str, str]]:
    """Yield which distribution has which part of a namespace, where its name does not say it."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for distribution, paths in records.items():
        for part in (part for path in paths for part in inner_packages(path, namespaces)):
            found[part].add(distribution)
    for part, distributions in sorted(found.items()):
        (first, *others) = distributions
        names = {canonicalize_name("-".join(part.split("/")[:depth])) for depth in (2, 3)}
        if not others and first not in names:
            yield part, f"{first}:100"


def inner_packages(path: str, namespaces: set[str]) -> Iterator[str]:
    """Yield the packages in a namespace that a path lies in, up to the third folder."""
    folders = path.split("/")[:-1]
    if folders and folders[0] in namespaces:
        for depth in range(2, min(len(folders), 3) + 1):
            if all(map(IMPORT.fullmatch, folders[:depth])):
                yield "/".join(folders[:depth])


if __name__ == "__main__":
    main()
