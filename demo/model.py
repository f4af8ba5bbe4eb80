"""What the demonstration's model knows: all of Debian, and some Python releases with their neighbours."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import xxhash

from demo.commands import run
from demo.errors import DemoError
from demo.source_digest import PROJECT, code_of, digest_of

# Whatever decides what a model looks like: when this code changes, the model is trained again.
CODE: Final = ("praxi_tasks/fingerprint", "praxi_tasks/discovery", "praxi_tasks/learning")
# What `apt-file` asks apt for as well: who owns which path, for the whole archive.
CONTENTS: Final = {
    "MetaKey": "$(COMPONENT)/Contents-$(ARCHITECTURE)",
    "ShortDescription": "Contents-$(ARCHITECTURE)",
    "Description": "$(RELEASE)/$(COMPONENT) $(ARCHITECTURE) Contents",
    "KeepCompressed": "true",
    "KeepCompressedAs": "gz",
    "PDiffs": "false",
}


def fetch_contents(folder: Path, sources: Path) -> list[Path]:
    """Download the Contents indexes of the archives in ``sources``, unless that was done before.

    Raises
    ------
    DemoError
        If the archives have none.
    """
    lists = folder / "lists"
    options = {
        "Dir::State::lists": lists,
        "Dir::Etc::SourceList": sources,
        "Dir::Etc::SourceParts": "/dev/null",
        "Acquire::Languages": "none",
        **{f"Acquire::IndexTargets::deb::Contents-deb::{key}": value for key, value in CONTENTS.items()},
    }
    words = [word for key, value in options.items() for word in ("-o", f"{key}={value}")]
    query = ["apt-get", *words, "indextargets", "--format", "$(FILENAME)", "Created-By: Contents-deb"]
    files = _existing(query)
    if not files:
        (lists / "partial").mkdir(parents=True, exist_ok=True)
        run(["apt-get", "-qq", *words, "update"], root=True)
        files = _existing(query)
    if not files:
        raise DemoError("the archive has no Contents index", where=str(sources))
    return files


def _existing(query: list[str]) -> list[Path]:
    return sorted(path for line in set(run(query).splitlines()) if (path := Path(line)).is_file())


def write_releases(wheels: Iterable[Path], file: Path) -> None:
    """Write what wheels contain as lines that ``praxi train --releases`` reads."""
    with file.open("w", encoding="utf-8") as out:
        out.writelines(f"{json.dumps(_release(wheel))}\n" for wheel in wheels)


def _release(wheel: Path) -> dict[str, Any]:
    name, version = wheel.name.split("-")[:2]
    with zipfile.ZipFile(wheel) as archive:
        files = [
            [entry.filename, entry.file_size, xxhash.xxh3_64_hexdigest(archive.read(entry))]
            for entry in archive.infolist()
            if not entry.is_dir()
        ]
    return {"name": name, "version": version, "wheel": wheel.name, "files": files}


def train(releases: list[Path], model: Path) -> None:
    """Train a model with ``praxi train``, unless one of the same releases and the same code is there."""
    stamp = model.parent / f"{model.name}.inputs"
    wanted = digest_of((*releases, *code_of(*CODE)))
    if stamp.exists() and stamp.read_text() == wanted:
        return
    words = [word for file in releases for word in ("--releases", str(file))]
    python = PROJECT / ".venv-tasks" / "bin" / "python"
    run([python, "-m", "praxi_tasks", "train", *words, "--out", model.as_uri()], cwd=PROJECT)
    stamp.write_text(wanted)
