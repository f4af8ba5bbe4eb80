"""A damaged Debian package is a typed error."""

from __future__ import annotations

from pathlib import Path

import pytest

from praxi_tasks.errors import LayerError
from praxi_tasks.learning.sources.debian.deb_archive import open_data_archive


@pytest.mark.parametrize("damage", [b"", b"!<arch>\n", b"!<arch>\n" + b"x" * 60, b"no archive at all"])
def test_what_is_no_debian_package_is_an_error(tmp_path: Path, damage: bytes) -> None:
    (tmp_path / "x.deb").write_bytes(damage)
    with pytest.raises(LayerError), open_data_archive(tmp_path / "x.deb"):
        pass
