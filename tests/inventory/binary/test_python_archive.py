"""Wheels that lie about, and programs of Python in one file."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

import pytest

from praxi_tasks.inventory.binary.inspect import part_to_read
from tests.inventory.binary.programs import inspect, releases

SHEBANG = b"#!/usr/bin/env python3\n"


def metadata(name: str, version: str) -> bytes:
    return f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n\nabout\n".encode()


def packed(files: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return buffer.getvalue()


WHEEL = packed(
    {
        "flask/__init__.py": b"x",
        "flask/_vendor/six-1.0.dist-info/METADATA": metadata("six", "1.0"),
        "flask-3.0.0.dist-info/METADATA": metadata("Flask", "3.0.0"),
    }
)
ZIPAPP = SHEBANG + packed(
    {
        "site-packages/click-8.1.7.dist-info/METADATA": metadata("click", "8.1.7"),
        "__main__.py": b"x",
    }
)
PEX = SHEBANG + packed(
    {
        ".deps/click-8.1.7-py3-none-any.whl/click-8.1.7.dist-info/METADATA": metadata("click", "8.1.7"),
        ".deps/six-1.16.0-py2.py3-none-any.whl": WHEEL,
        "PEX-INFO": b'{"distributions": {"Flask_X-3.0-py3-none-any.whl": "00"}}',
        "__main__.py": b"x",
    }
)


def test_a_wheel_is_what_its_own_metadata_say_and_is_not_installed() -> None:
    found = inspect(WHEEL, "usr/share/wheels/flask-3.0.0-py3-none-any.whl")
    (claim,) = found.claims
    assert (claim.name, claim.version, claim.relation) == ("flask", "3.0.0", "archived")
    assert claim.files == (claim.database,)


@pytest.mark.parametrize("path", ["usr/local/bin/tool", "opt/tool.pyz"])
def test_a_program_in_one_file_has_what_is_inside(path: str) -> None:
    assert part_to_read(path.encode(), ZIPAPP[:64])
    found = inspect(ZIPAPP, path)
    assert [(claim.name, claim.version, claim.relation) for claim in found.claims] == [("click", "8.1.7", "")]


def test_pex_names_wheels_as_folders_archives_and_in_its_record() -> None:
    assert releases(PEX, "opt/app.pex") == ["pypi/click@8.1.7", "pypi/six@1.16.0", "pypi/flask-x@3.0"]


def test_an_egg_and_a_frozen_programs_library() -> None:
    egg = packed({"EGG-INFO/PKG-INFO": metadata("x", "1"), "x.py": b"x"})
    assert releases(egg, "site-packages/x-1-py3.11.egg") == ["pypi/x@1"]
    library = packed({"x.pyc": b"x", "x-1.dist-info/METADATA": metadata("x", "1")})
    assert releases(library, "opt/app/lib/library.zip") == ["pypi/x@1"]


@pytest.mark.parametrize("path", ["opt/data.zip", "usr/bin/script"])
def test_other_archives_and_scripts_are_left_alone(path: str) -> None:
    assert not part_to_read(path.encode(), SHEBANG + b"import os\n")
    assert releases(packed({"a-1.dist-info/METADATA": metadata("a", "1")}), path) == []


def test_one_without_a_name_costs_itself() -> None:
    files = {"a-1.dist-info/METADATA": b"x", "b-1.dist-info/METADATA": metadata("b", "1")}
    found = inspect(SHEBANG + packed(files), "opt/x.pyz")
    assert [claim.name for claim in found.claims] == ["b"]
    assert found.problems == ("a-1.dist-info/METADATA: it has no name or no version",)


def test_a_damaged_one_is_told() -> None:
    (problem,) = inspect(WHEEL[:200], "opt/a-1-py3-none-any.whl").problems
    assert problem.startswith("it is damaged")


def test_too_many_members(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PRAXI_INVENTORY_MAX_ARCHIVE_MEMBERS", "2")
    (problem,) = inspect(WHEEL, "opt/a-1-py3-none-any.whl").problems
    assert "PRAXI_INVENTORY_MAX_ARCHIVE_MEMBERS" in problem
