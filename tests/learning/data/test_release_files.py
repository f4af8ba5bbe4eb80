"""Releases as lines of JSON and as wheels."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from xxhash import xxh3_64_intdigest

from praxi_tasks.errors import DataError
from praxi_tasks.learning.data.release_files import installed_path, read_releases
from praxi_tasks.learning.data.wheel_files import is_wheel, read_wheel


@pytest.mark.parametrize(
    ("path", "installed"),
    [
        ("yaml/a.py", "site-packages/yaml/a.py"),
        ("yaml-6.data/scripts/tool", "usr/bin/tool"),
        ("yaml-6.data/purelib/yaml/b.py", "site-packages/yaml/b.py"),
        ("yaml-6.data/data/share/x", "usr/share/x"),
        ("/usr/lib/python3/dist-packages/a.py", "usr/lib/python3/dist-packages/a.py"),
    ],
)
def test_where_pip_installs(path: str, installed: str) -> None:
    assert installed_path(path, "pypi") == installed


def test_other_ecosystems_count_from_the_root() -> None:
    assert installed_path("/usr/bin/a", "deb") == "usr/bin/a"


@pytest.mark.parametrize("name", ["Foo.Bar", "foo_bar", "foo--bar", "FOO-BAR"])
def test_names_are_normalised_by_their_ecosystems_rule(tmp_path: Path, name: str) -> None:
    path = tmp_path / "releases"
    form = '{{"name": "{}", "version": "1", "files": [], "ecosystem": "{}"}}\n'
    path.write_text("".join(form.format(name, ecosystem) for ecosystem in ("pypi", "deb")))
    assert [release.name for release in read_releases(path)] == ["foo-bar", name]


def test_missing_sizes_and_hashes(tmp_path: Path) -> None:
    path = tmp_path / "releases"
    path.write_text('{"name": "A", "version": "1", "files": [["a.py", 3, "ff"], ["b.py"]], "wheel": "x"}\n\n')
    (release,) = read_releases(path)
    assert release.package == "pypi/a"
    assert release.measured.tolist() == [True, False]
    assert release.hashes.tolist() == [255, 0]


@pytest.mark.parametrize(
    "line",
    ["{", "[]", '{"name": "a"}', '{"name": "a", "version": "1", "files": [["a", 1, "zz"]]}', '{"name": 1}'],
)
def test_bad_lines_are_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / "releases"
    path.write_text(f'{{"name": "a", "version": "1", "files": []}}\n{line}\n')
    with pytest.raises(DataError, match=":2"):
        list(read_releases(path))


def test_real_releases(praxi_data: Path) -> None:
    releases = list(read_releases(praxi_data / "pypi-releases.jsonl.xz"))
    assert len(releases) == 300
    assert len({release.package for release in releases}) == 100
    assert all(release.measured.all() for release in releases)


def test_wheel(tmp_path: Path) -> None:
    path = tmp_path / "My_Tool-1.5-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("my_tool/__init__.py", "x = 1\n")
    release = read_wheel(path)
    assert is_wheel(path)
    assert (release.package, release.version) == ("pypi/my-tool", "1.5")
    assert release.paths == ["site-packages/my_tool/__init__.py"]
    assert release.hashes.tolist() == [xxh3_64_intdigest(b"x = 1\n")]


def test_a_wheel_whose_files_do_not_unpack_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "tool-1.5-py3-none-any.whl"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("tool.py", bytes(range(256)) * 10)
    data = bytearray(path.read_bytes())
    start = 30 + len("tool.py")  # behind the local header
    data[start : start + 8] = b"\xff" * 8
    path.write_bytes(data)
    with pytest.raises(DataError, match="can't be read"):
        read_wheel(path)


@pytest.mark.parametrize("name", ["a-1-py3-none-any.whl", "nonsense.whl"])
def test_a_broken_wheel_is_an_error(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(b"PK\x03\x04 not really")
    assert not is_wheel(path)
    with pytest.raises(DataError):
        read_wheel(path)
