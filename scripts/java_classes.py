"""Write the table by which Java libraries are told where nothing names them.

    PYTHONPATH=. python scripts/java_classes.py FOLDER...

reads all jars below the folders, such as those of PySpark, of other wheels and of Debian's packages. Each
that names itself, by Maven's files or its manifest, and holds nothing else, is a row of
``inventory/binary/java_classes.tsv``.
"""

from __future__ import annotations

import argparse
import os.path
import sys
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from praxi_tasks.inventory.binary.java_archive import read_java_archive
from praxi_tasks.inventory.binary.java_classes import classes_by_folder, digest
from praxi_tasks.oci.layer import FileContent

TABLE = Path(__file__).resolve().parents[1] / "praxi_tasks/inventory/binary/java_classes.tsv"
FEWEST = 8  # classes: fewer are alike in too many releases
SHALLOWEST = 2  # parts of a package that a library may have for itself


def main() -> None:
    """Write the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path)
    found: defaultdict[tuple[str, str], set[tuple[str, str, str]]] = defaultdict(set)
    for folder in parser.parse_args().folders:
        for path in sorted(path for path in folder.rglob("*.jar") if path.is_file()):
            for place, told, artifact in rows(path):
                found[place, told].add(artifact)
    lines = ["\t".join((*key, *next(iter(names)))) for key, names in sorted(found.items()) if len(names) == 1]
    TABLE.write_text("\n".join(lines) + "\n", "utf-8")
    sys.stderr.write(f"{len(lines)} releases\n")


def rows(path: Path) -> Iterator[tuple[str, str, tuple[str, str, str]]]:
    """Yield the package of a library, what tells its classes, and its name, of a jar that is one library."""
    data = path.read_bytes()
    claims = list(read_java_archive(path.name, FileContent(data, len(data))))
    with zipfile.ZipFile(path) as archive:
        folders = classes_by_folder(archive.filelist)
    classes = [one for each in folders.values() for one in each]
    root = os.path.commonpath(folders) if folders else ""
    group, _, name = claims[0].name.rpartition(":") if len(claims) == 1 else ("", "", "")
    if group and len(classes) >= FEWEST and len(root.split("/")) >= SHALLOWEST:
        yield root, digest(classes), (group, name, claims[0].version)


if __name__ == "__main__":
    main()
