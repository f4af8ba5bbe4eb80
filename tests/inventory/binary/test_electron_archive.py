from __future__ import annotations

import json
from typing import Any

import pytest

from praxi_tasks.errors import DataError
from praxi_tasks.inventory.binary.electron_archive import READER, read_electron_archive
from praxi_tasks.inventory.binary.inspect import part_to_read
from praxi_tasks.oci.layer import FileContent

PATH = "opt/Tool/resources/app.asar"
FILES = {
    "package.json": {"name": "tool", "version": "9.9.9"},
    "node_modules/ms/package.json": {"name": "ms", "version": "2.1.3", "license": "MIT"},
    "node_modules/ms/index.js": "module.exports = 1",
    "node_modules/@scope/a/package.json": {"name": "@scope/a", "version": "1.0.0"},
    "node_modules/@scope/a/test/node_modules/b/package.json": {"name": "b", "version": "1.0.0"},
}


def asar(files: dict[str, Any], **changed: Any) -> bytes:
    """Return an archive, made as Electron's own tool makes one."""
    root: dict[str, Any] = {"files": {}}
    body = b""
    for path, content in files.items():
        *folders, name = path.split("/")
        folder = root
        for part in folders:
            folder = folder["files"].setdefault(part, {"files": {}})
        data = json.dumps(content).encode()
        folder["files"][name] = {"size": len(data), "offset": str(len(body)), **changed}
        body += data
    index = json.dumps(root).encode()
    padded = index + b"\0" * (-len(index) % 4)
    sizes = (4, len(padded) + 8, len(padded) + 4, len(index))
    return b"".join(size.to_bytes(4, "little") for size in sizes) + padded + body


def _named(data: bytes) -> list[tuple[str, str]]:
    claims = read_electron_archive(PATH, FileContent(data, len(data)))
    return sorted((claim.name, claim.version) for claim in claims)


def test_packages_of_an_application_are_named() -> None:
    data = asar(FILES)
    assert _named(data) == [("@scope/a", "1.0.0"), ("ms", "2.1.3")]
    (claim, *_) = (
        claim for claim in read_electron_archive(PATH, FileContent(data, len(data))) if claim.name == "ms"
    )
    assert (claim.ecosystem, claim.database, claim.files) == ("npm", PATH, (PATH,))
    assert claim.licences == ("MIT",)


def test_files_beside_an_archive_are_read_there() -> None:
    assert _named(asar(FILES, unpacked=True)) == []


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "cut off"),
        (asar(FILES)[:100], "cut off"),
        (b"\4\0\0\0\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff{}", "larger than any"),
        (asar(FILES, offset="x"), "no number"),
        (asar({"node_modules/a/package.json": 7}), "no package manifest"),
        (asar(FILES).replace(b'{"files": {"pa', b'["files": {"pa'), "no index"),
    ],
)
def test_a_damaged_archive_is_told(data: bytes, says: str) -> None:
    with pytest.raises(DataError, match=says):
        _named(data)


def test_too_many_members_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PRAXI_INVENTORY_MAX_ARCHIVE_MEMBERS", "5")
    with pytest.raises(DataError, match="more than 5 members"):
        _named(asar(FILES))


def test_archives_are_told_by_their_names() -> None:
    head = asar(FILES)[:64]
    assert part_to_read(PATH.encode(), head) is not None
    assert part_to_read(b"usr/share/x.dat", head) is None
    assert READER.accepts("x/App.ASAR", head)
