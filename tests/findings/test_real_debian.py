"""A real Debian system: its advisories are found with its database, and by its files alone."""

from __future__ import annotations

import json
import re
import tarfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any, TypeAlias

import pytest
import xxhash
from click.testing import CliRunner

from demo.timeline import Published
from praxi_tasks.cli.audit import audit as command
from praxi_tasks.findings.feeds.distribution_packages import Offer, read_packages
from praxi_tasks.findings.image.file_tree import merged_usr
from praxi_tasks.learning.training import learn_files
from tests.findings.osv import record, write_feeds
from tests.support.images import File, Symlink, image, layer, write_layout
from tests.support.real_images import cache_folder

pytestmark = [pytest.mark.server, pytest.mark.slow]

System: TypeAlias = dict[str, File | Symlink]
DPKG = "var/lib/dpkg/"
LISTS = f"{DPKG}info/"


@pytest.fixture(scope="module")
def system(demo_images: dict[str, Published]) -> System:
    """The files of the system that every image of the demonstration stands on."""
    assert demo_images
    with tarfile.open(cache_folder() / "images/build/base.tar") as archive:
        return {str(PurePosixPath(member.name)): entry for member, entry in entries(archive)}


def entries(archive: tarfile.TarFile) -> Iterator[tuple[tarfile.TarInfo, File | Symlink]]:
    for member in archive:
        if member.issym():
            yield member, Symlink(member.linkname)
        elif content := archive.extractfile(member) if member.isreg() or member.islnk() else None:
            yield member, File(content.read(), member.mode)


def text(system: System, path: str) -> str:
    entry = system[path]
    assert isinstance(entry, File)
    return entry.data.decode()


@pytest.fixture(scope="module")
def installed(system: System) -> list[Offer]:
    """The packages that dpkg names; its status has the form of a Packages index."""
    return read_packages(text(system, f"{DPKG}status").encode(), "status")


@pytest.fixture(scope="module")
def owned(system: System, installed: list[Offer]) -> dict[str, list[str]]:
    """The regular files of each package."""
    lists = [path for path in system if path.startswith(LISTS) and path.endswith(".list")]
    listed = {path.removeprefix(LISTS).removesuffix(".list").partition(":")[0]: path for path in lists}
    known = {
        offer.name: [merged_usr(path[1:]) for path in text(system, listed[offer.name]).splitlines()]
        for offer in installed
    }
    return {
        name: [path for path in paths if isinstance(system.get(path), File)] for name, paths in known.items()
    }


@pytest.fixture(scope="module")
def model(
    system: System,
    installed: list[Offer],
    owned: dict[str, list[str]],
    tmp_path_factory: pytest.TempPathFactory,
) -> str:
    """A model of these packages and a neighbouring version of each, as it would learn them from layers."""
    folder = tmp_path_factory.mktemp("debian-model")
    with (folder / "releases.jsonl").open("w") as lines:
        for offer in installed:
            files = [described(path, system[path]) for path in owned[offer.name]]
            others = [(path, size + 1, content[::-1]) for path, size, content in files]
            for version, known in (
                ((offer.version, files), (f"{offer.version}+next", others)) if files else ()
            ):
                release = {"ecosystem": "deb", "name": offer.name, "version": version, "files": known}
                lines.write(json.dumps(release) + "\n")
    learn_files([folder / "releases.jsonl"]).model.save((folder / "model").as_uri())
    return (folder / "model").as_uri()


def described(path: str, entry: File | Symlink) -> tuple[str, int, str]:
    assert isinstance(entry, File)
    return path, len(entry.data), xxhash.xxh3_64_hexdigest(entry.data)


@pytest.fixture(scope="module")
def feeds(system: System, installed: list[Offer], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of each source package one advisory that applies, and one that the installed version has fixed."""
    folder = tmp_path_factory.mktemp("debian-feeds")
    release = re.search(r'^VERSION_ID="?(\d+)', text(system, "usr/lib/os-release"), re.MULTILINE)
    assert release
    sources = sorted({(offer.source, offer.source_version) for offer in installed})
    records = []
    for number, (source, version) in enumerate(sources):
        for kind, fixed in (("1", f"{version}+fixed"), ("2", version)):
            events = ({"introduced": "0"}, {"fixed": fixed})
            name = f"DEBIAN-CVE-2026-{kind}{number:04}"
            records.append(record(name, source, *events, ecosystem=f"Debian:{release[1]}"))
    (folder / f"packages/debian-{release[1]}").mkdir(parents=True)
    (folder / f"packages/debian-{release[1]}/main").write_text(text(system, f"{DPKG}status"))
    return write_feeds(folder, Debian=records)


def vulnerable(files: System, model: str, feeds: Path, folder: Path) -> dict[tuple[str, str], dict[str, Any]]:
    """Audit a system by the command and return its vulnerabilities by package and advisory."""
    write_layout(folder / "layout", {"system": image([layer(files, compression="none")])})
    output = folder / "audit.json"
    arguments = [f"oci:{folder / 'layout'}:system", "--model", model, "--feeds", str(feeds)]
    result = CliRunner().invoke(
        command, [*arguments, "--format", "json", "--output", str(output)], catch_exceptions=False
    )
    assert result.exit_code == 0, result.output
    (told,) = json.loads(output.read_text())
    found = [finding for finding in told["findings"] if finding["kind"] == "vulnerable"]
    return {(finding["package"].removeprefix("deb/"), finding["id"]): finding for finding in found}


def test_files_alone_tell_what_the_database_tells(
    system: System,
    installed: list[Offer],
    owned: dict[str, list[str]],
    model: str,
    feeds: Path,
    tmp_path: Path,
) -> None:
    intact = vulnerable(system, model, feeds, tmp_path / "intact")
    assert {package for package, _ in intact} == {offer.name for offer in installed}
    assert {identifier.split("-")[2][0] for _, identifier in intact} == {"1"}
    bare = {path: entry for path, entry in system.items() if not path.startswith(DPKG)}
    by_files = vulnerable(bare, model, feeds, tmp_path / "bare")
    papers = "usr/share/doc/"
    telling = {name for name, paths in owned.items() if any(not path.startswith(papers) for path in paths)}
    expected = {key for key in intact if key[0] in telling}
    assert len(expected & by_files.keys()) >= 0.98 * len(expected) > 50
    certain = [identifier for (_, identifier), finding in by_files.items() if not finding["affected_if"]]
    assert {identifier.split("-")[2][0] for identifier in certain} == {"1"}
