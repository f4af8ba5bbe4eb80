"""Whatever is mounted below a folder is found and unmounted, inner mounts first."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from demo.mounts import mounts_below, unmount_below


def mount(point: Path) -> None:
    point.mkdir()
    result = subprocess.run(
        ["mount", "-t", "tmpfs", "none", point], capture_output=True, text=True, check=False
    )
    if result.returncode:
        pytest.skip(f"this machine lets nobody mount: {result.stderr.strip()}")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount")
def test_nested_mounts_are_unmounted(tmp_path: Path) -> None:
    outer, neighbour = tmp_path / "a b\n", tmp_path / "a b\n2"
    mount(outer)
    mount(outer / "inner")
    mount(neighbour)
    try:
        assert mounts_below(outer) == [outer / "inner"]
        assert mounts_below(tmp_path) == [neighbour, outer / "inner", outer]
    finally:
        unmount_below(tmp_path)
    assert mounts_below(tmp_path) == []
    unmount_below(tmp_path)
