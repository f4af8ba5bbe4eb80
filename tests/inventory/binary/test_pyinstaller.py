"""Programs that PyInstaller made, by the metadata that are packed with them."""

from __future__ import annotations

import pytest

from tests.inventory.binary.programs import inspect, releases
from tests.support.programs import elf
from tests.support.pyinstaller import carchive

METADATA = b"Metadata-Version: 2.1\nName: Flask\nVersion: 3.0.0\n\n"
ARCHIVE = carchive({"app": b"x" * 100, "flask-3.0.0.dist-info/METADATA": METADATA})


@pytest.mark.parametrize(
    "program",
    [
        elf({".text": b"x", "pydata": ARCHIVE}),
        elf({".text": b"x"}) + ARCHIVE,
        elf({".text": b"x"}) + ARCHIVE + b"a signature" * 100,
        elf({"pydata": carchive({"flask-3.0.0.dist-info\\METADATA": METADATA}, compressed=False)}),
    ],
)
def test_what_was_packed_is_there(program: bytes) -> None:
    assert releases(program, "opt/app") == ["pypi/flask@3.0.0"]


def test_other_programs_have_none() -> None:
    assert releases(elf({".text": b"MEI\014\013\012\013"}), "opt/app") == []


def problem(archive: bytes) -> str:
    found = inspect(elf({"pydata": archive}), "opt/app")
    assert found.claims == ()
    (line,) = found.problems
    return line


def test_damage_is_told() -> None:
    packed = ARCHIVE.index(b"x\x9c", 2)  # where the metadata's compressed bytes begin
    assert "damaged" in problem(ARCHIVE[:packed] + b"\xff\xff" + ARCHIVE[packed + 2 :])
    cookie, table = len(ARCHIVE) - 88, len(ARCHIVE) - 88 - 64 - 32
    assert "table of contents" in problem(ARCHIVE[:table] + bytes(4) + ARCHIVE[table + 4 :])
    assert "before the file" in problem(ARCHIVE[: cookie + 8] + b"\x7f" + ARCHIVE[cookie + 9 :])
