"""Releases out of package archives: real ones from the configured indexes, and hostile ones made here."""

from __future__ import annotations

import io
import subprocess
import tarfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from xxhash import xxh3_64_intdigest

from praxi_tasks.errors import LayerError, ReleaseError, ReleaseNotFoundError, ReleaseRefusedError
from praxi_tasks.learning.data.requests import parse_label
from praxi_tasks.learning.sources import indexes
from praxi_tasks.learning.sources.archives import list_tar, open_data_archive
from praxi_tasks.learning.sources.base import Source
from praxi_tasks.learning.sources.indexes import DebSource, NpmSource, PyPISource, list_wheel
from tests.support.tools import need

SHOP = parse_label("shop==1.0")


def wheel(folder: Path, files: Mapping[str, bytes], name: str = "shop-1.0-py3-none-any.whl") -> Path:
    with zipfile.ZipFile(folder / name, "w") as archive:
        for path, data in files.items():
            archive.writestr(path, data)
    return folder / name


def deb_version(name: str) -> str:
    """Return the version of a Debian package that apt would install."""
    done = subprocess.run(["apt-cache", "policy", name], capture_output=True, text=True, check=False)
    lines = [line.split() for line in done.stdout.splitlines()]
    return next((words[1] for words in lines if words[:1] == ["Candidate:"]), "")


class TestWheels:
    def test_a_wheel_is_listed_where_pip_would_put_it(self, tmp_path: Path) -> None:
        files = {"shop/a.py": b"a", "shop-1.0.data/scripts/shop": b"#!", "shop-1.0.dist-info/METADATA": b"m"}
        found = list_wheel(wheel(tmp_path, files), SHOP).checked()
        assert found.paths == [
            "site-packages/shop-1.0.dist-info/METADATA",
            "site-packages/shop/a.py",
            "usr/bin/shop",
        ]
        assert found.hashes[1] == xxh3_64_intdigest(b"a")

    @pytest.mark.parametrize(
        "path", ["/etc/passwd", "../../etc/passwd", "shop-1.0.data/data/../../etc/passwd", "a\\b"]
    )
    def test_a_wheel_that_claims_foreign_paths_is_refused(self, tmp_path: Path, path: str) -> None:
        with pytest.raises(ReleaseRefusedError, match="claims the path"):
            list_wheel(wheel(tmp_path, {"shop/a.py": b"", path: b""}), SHOP)

    def test_an_empty_wheel_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(ReleaseRefusedError, match="0 files"):
            list_wheel(wheel(tmp_path, {}), SHOP).checked()

    def test_a_wheel_of_metadata_alone_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(ReleaseRefusedError, match="metadata"):
            list_wheel(wheel(tmp_path, {"shop-1.0.dist-info/METADATA": b""}), SHOP).checked()

    def test_another_packages_wheel_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(ReleaseRefusedError, match="shops-1"):
            list_wheel(wheel(tmp_path, {"shop/a.py": b""}, "shops-1.0-py3-none-any.whl"), SHOP)

    def test_an_absurd_number_of_files_is_refused_before_any_is_read(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(indexes, "MOST_FILES", 10)
        files = {f"shop/{number}.py": b"" for number in range(11)}
        with pytest.raises(ReleaseRefusedError, match="11 files"):
            list_wheel(wheel(tmp_path, files), SHOP)


class TestArchives:
    def test_a_tar_whose_members_leave_their_folder_is_refused(self) -> None:
        data = io.BytesIO()
        with tarfile.open(fileobj=data, mode="w") as archive:
            archive.addfile(tarfile.TarInfo("package/../../etc/passwd"))
        data.seek(0)
        with pytest.raises((LayerError, ReleaseRefusedError)):
            list_tar(data, SHOP, "test", lambda path: path).checked()

    @pytest.mark.parametrize("damage", [b"", b"!<arch>\n", b"!<arch>\n" + b"x" * 60, b"no archive at all"])
    def test_what_is_no_debian_package_is_an_error(self, tmp_path: Path, damage: bytes) -> None:
        (tmp_path / "x.deb").write_bytes(damage)
        with pytest.raises(LayerError), open_data_archive(tmp_path / "x.deb"):
            pass


@pytest.mark.slow
@pytest.mark.server
class TestRealIndexes:
    @pytest.mark.parametrize(
        ("source", "tool", "label", "path"),
        [
            (PyPISource(), "pip", "six==1.16.0", "site-packages/six.py"),
            (NpmSource(), "npm", "npm/left-pad@1.3.0", "usr/local/lib/node_modules/left-pad/index.js"),
            (DebSource(), "apt-get", "deb/tree@", "usr/bin/tree"),
        ],
    )  # fmt: skip
    def test_a_release_is_fetched_and_listed(self, source: Source, tool: str, label: str, path: str) -> None:
        need(tool)
        if label.endswith("@"):
            label += deb_version("tree") or pytest.skip("apt knows no packages here: run apt-get update")
        wanted = parse_label(label)
        assert source.offers(wanted)
        found = source.read(wanted).checked()
        assert path in found.paths
        assert found.sizes[found.paths.index(path)] > 0

    @pytest.mark.parametrize(
        ("source", "tool", "label", "version"),
        [
            (PyPISource(), "pip", "six==*", "1.16.0"),
            (NpmSource(), "npm", "npm/left-pad@*", "1.3.0"),
            (DebSource(), "apt-cache", "deb/tree@*", ""),
        ],
    )  # fmt: skip
    def test_versions_are_told_the_newest_first(
        self, source: Source, tool: str, label: str, version: str
    ) -> None:
        need(tool)
        version = version or deb_version("tree") or pytest.skip("apt knows no packages here")
        found = list(source.versions(parse_label(label)))
        assert version in found
        assert found == list(dict.fromkeys(found))

    def test_a_release_that_is_not_there_is_told_with_the_tools_reason(self) -> None:
        need("pip")
        with pytest.raises(ReleaseNotFoundError, match=r"six==99\.0"):
            PyPISource().read(parse_label("six==99.0"))


@pytest.mark.parametrize("name", ["-r", "--index-url=x", "../x", "git+https://x/y", "a b", ""])
def test_what_a_tool_would_take_for_an_option_or_address_is_refused(name: str) -> None:
    hostile = type(SHOP)("pkg:pypi/x@1", "pypi", name, "1.0")
    for source in (PyPISource(), DebSource(), NpmSource()):
        with pytest.raises(ReleaseError):
            source.read(hostile)
