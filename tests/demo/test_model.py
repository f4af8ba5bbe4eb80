"""What is written about wheels is what training reads."""

from __future__ import annotations

import zipfile
from pathlib import Path

import xxhash

from demo.model import write_releases
from praxi_tasks.learning.data.release_files import read_releases


def test_wheels_become_releases(tmp_path: Path) -> None:
    files = {"shop/__init__.py": b"", "shop/cart.py": b"total = 0\n", "shop-1.2.dist-info/RECORD": b"x"}
    wheel = tmp_path / "Shop_Tools-1.2-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("shop/", b"")
        for name, content in files.items():
            archive.writestr(name, content)

    write_releases([wheel], tmp_path / "releases.jsonl")

    (release,) = read_releases(tmp_path / "releases.jsonl")
    assert (release.ecosystem, release.name, release.version) == ("pypi", "shop-tools", "1.2")
    assert list(release.paths) == [f"site-packages/{name}" for name in files]
    assert list(release.sizes) == [len(content) for content in files.values()]
    assert list(release.hashes) == [xxhash.xxh3_64_intdigest(content) for content in files.values()]
