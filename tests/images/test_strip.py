from __future__ import annotations

import ctypes
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT


def strip(folder: Path) -> None:
    subprocess.run([sys.executable, str(ROOT / "images/task/strip.py"), str(folder)], check=True, timeout=300)


@pytest.fixture
def library(tmp_path: Path) -> Path:
    """Return a copy of a compiled library that comes with its symbols."""
    import xxhash

    installed = Path(xxhash.__file__).parent
    return Path(shutil.copy(next(installed.glob("_xxhash.*.so")), tmp_path))


def test_a_library_gets_smaller_and_still_loads(library: Path) -> None:
    before = library.stat().st_size
    strip(library.parent)
    after = library.stat().st_size
    assert after < before / 2
    assert ctypes.CDLL(str(library)).PyInit__xxhash
    strip(library.parent)
    assert library.stat().st_size == after


def test_other_files_and_links_stay_as_they_are(library: Path) -> None:
    text = library.with_name("notes.so.txt")
    text.write_bytes(b"\x7fELF, but no library")
    link = library.with_name("link.so")
    link.symlink_to(library)
    strip(library.parent)
    assert text.read_bytes() == b"\x7fELF, but no library"
    assert link.is_symlink()
