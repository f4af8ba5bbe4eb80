"""Wheels are listed where pip would put their files; hostile ones are refused."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from xxhash import xxh3_64_intdigest

from praxi_tasks.errors import DataError, ReleaseRefusedError
from praxi_tasks.learning.data.requests import parse_label
from praxi_tasks.learning.sources.pypi.wheel import list_wheel

SHOP = parse_label("shop==1.0")


def write_wheel(folder: Path, files: Mapping[str, bytes], name: str = "shop-1.0-py3-none-any.whl") -> Path:
    with zipfile.ZipFile(folder / name, "w") as archive:
        for path, data in files.items():
            archive.writestr(path, data)
    return folder / name


def test_a_wheel_is_listed_where_pip_would_put_it(tmp_path: Path) -> None:
    files = {"shop/a.py": b"a", "shop-1.0.data/scripts/shop": b"#!", "shop-1.0.dist-info/METADATA": b"m"}
    found = list_wheel(write_wheel(tmp_path, files), SHOP).checked()
    assert found.paths == [
        "site-packages/shop-1.0.dist-info/METADATA",
        "site-packages/shop/a.py",
        "usr/bin/shop",
    ]
    assert found.hashes[1] == xxh3_64_intdigest(b"a")


@pytest.mark.parametrize(
    "path",
    [
        "/etc/passwd",
        "../../etc/passwd",
        "shop-1.0.data/data/../../etc/passwd",
        "a\\b",
        "a//b",
        "./a",
        ".",
        "a\nb",
    ],
)
def test_a_wheel_that_claims_foreign_paths_is_refused(tmp_path: Path, path: str) -> None:
    with pytest.raises(ReleaseRefusedError, match="claims the path"):
        list_wheel(write_wheel(tmp_path, {"shop/a.py": b"", path: b""}), SHOP)


def test_an_empty_wheel_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ReleaseRefusedError, match="0 files"):
        list_wheel(write_wheel(tmp_path, {}), SHOP).checked()


def test_a_wheel_of_metadata_alone_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ReleaseRefusedError, match="metadata"):
        list_wheel(write_wheel(tmp_path, {"shop-1.0.dist-info/METADATA": b""}), SHOP).checked()


def test_another_packages_wheel_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ReleaseRefusedError, match="shops-1"):
        list_wheel(write_wheel(tmp_path, {"shop/a.py": b""}, "shops-1.0-py3-none-any.whl"), SHOP)


def test_an_absurd_number_of_files_is_refused_before_any_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PRAXI_RELEASE_MAX_FILES", "10")
    files = {f"shop/{number}.py": b"" for number in range(11)}
    path = write_wheel(tmp_path, files)
    monkeypatch.setattr(zipfile.ZipFile, "__init__", pytest.fail)  # it would make an object of each member
    with pytest.raises(ReleaseRefusedError, match=r"11 files.*PRAXI_RELEASE_MAX_FILES"):
        list_wheel(path, SHOP)


@pytest.mark.parametrize(
    ("setting", "most"), [("MAX_BYTES", 100_000), ("MAX_RATIO", 10), ("RATIO_FLOOR", 1000)]
)
def test_a_wheel_that_unpacks_to_too_much_is_refused_before_it_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, setting: str, most: int
) -> None:
    monkeypatch.setenv("PRAXI_RELEASE_RATIO_FLOOR", "1000")
    monkeypatch.setenv(f"PRAXI_RELEASE_{setting}", str(most))
    path = tmp_path / "shop-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("shop/a.py", bytes(1 << 20))
    monkeypatch.setattr(zipfile.ZipFile, "open", pytest.fail)
    with pytest.raises(ReleaseRefusedError, match=r"1,048,576 bytes.*PRAXI_RELEASE_MAX"):
        list_wheel(path, SHOP)


def test_a_wheel_with_a_member_without_a_name_is_damaged(tmp_path: Path) -> None:
    wheel = write_wheel(tmp_path, {"shop/a.py": b"", "x": b"1"})
    data = wheel.read_bytes()
    place = data.rindex(b"PK\x01\x02")  # the last entry of the directory: its name becomes empty, a comment
    entry = bytearray(data[place:])
    entry[28:30], entry[32:34] = b"\0\0", b"\1\0"
    wheel.write_bytes(data[:place] + bytes(entry))
    with pytest.raises(DataError, match="can't be read"):
        list_wheel(wheel, SHOP)
