"""Real advisories on real images: everything that applies is found, with databases and without."""

from __future__ import annotations

import json
import zipfile
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from packaging.utils import canonicalize_name

from demo.model import write_releases
from demo.timeline import Published
from praxi_tasks.cli.audit import audit as command
from praxi_tasks.findings.feeds.folder import archive_name
from praxi_tasks.learning.training import learn_files
from tests.conftest import ROOT
from tests.findings.osv import advisories_in, literally
from tests.support.images import image, layer, write_layout
from tests.support.real_images import cache_folder

pytestmark = [pytest.mark.server, pytest.mark.slow]

SITE = "usr/local/lib/python3.11/dist-packages"


def requirements(name: str) -> dict[str, str]:
    """Return the Python releases of one of the demonstration's images."""
    lines = (ROOT / "demo/containerfiles/requirements" / name).read_text().split()
    return {canonicalize_name(part): version for part, version in (line.split("==") for line in lines)}


@pytest.fixture(scope="module")
def wheels(demo_images: dict[str, Published]) -> list[Path]:
    return sorted((cache_folder() / "images/build/wheels").glob("*.whl"))


@pytest.fixture(scope="module")
def model(wheels: list[Path], tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("wheels-model")
    write_releases(wheels, folder / "releases.jsonl")
    learn_files([folder / "releases.jsonl"]).model.save((folder / "model").as_uri())
    return (folder / "model").as_uri()


@pytest.fixture(scope="module")
def feeds(praxi_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("feeds")
    (folder / archive_name("PyPI")).parent.mkdir(parents=True)
    (folder / archive_name("PyPI")).symlink_to(praxi_data / "osv-pypi-all.zip")
    return folder


@pytest.fixture(scope="module")
def advisories(praxi_data: Path) -> dict[str, list[dict[str, Any]]]:
    by_package: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for advisory in advisories_in(praxi_data / "osv-pypi-all.zip"):
        for entry in advisory["affected"] if "withdrawn" not in advisory else ():
            by_package[canonicalize_name(entry["package"]["name"])].append({**advisory, "affected": entry})
    return by_package


def applying(advisories: dict[str, list[dict[str, Any]]], releases: dict[str, str]) -> set[tuple[str, str]]:
    """Return package and advisory of all that apply, by the specification read literally."""
    return {
        (name, advisory["id"])
        for name, version in releases.items()
        for advisory in advisories[name]
        if literally(advisory["affected"], version)
    }


def found(reference: str, model: str, feeds: Path, folder: Path) -> list[dict[str, Any]]:
    """Audit an image by the command and return its findings."""
    output = folder / "audit.json"
    arguments = [
        reference,
        "--model",
        model,
        "--feeds",
        str(feeds),
        "--format",
        "json",
        "--output",
        str(output),
    ]
    result = CliRunner().invoke(command, arguments, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    (told,) = json.loads(output.read_text())
    assert {finding["kind"] for finding in told["audit_findings"]} == {"feed"}
    return list(told["findings"])


def vulnerable(findings: list[dict[str, Any]]) -> dict[tuple[str, str], dict[str, Any]]:
    """Return the vulnerable Python packages, by package and each of an advisory's names."""
    return {
        (finding["package"].removeprefix("pypi/"), name): finding
        for finding in findings
        if finding["kind"] == "vulnerable" and finding["package"].startswith("pypi/")
        for name in (finding["id"], *finding["aliases"])
    }


def test_with_databases_everything_that_applies_is_found_and_nothing_else(
    demo_images: dict[str, Published], model: str, feeds: Path, advisories: dict[str, Any], tmp_path: Path
) -> None:
    expected = applying(advisories, requirements("web-1.3.txt"))
    assert expected
    named = vulnerable(found(demo_images["web-old"].reference, model, feeds, tmp_path))
    known = {(package, advisory["id"]) for package, listed in advisories.items() for advisory in listed}
    ours = {key for key in named if key[0] in requirements("web-1.3.txt")}
    assert ours & known == expected
    assert all(finding["layer"].startswith("sha256:") and finding["evidence"] for finding in named.values())
    assert all(finding["sources"] for finding in named.values())


def test_with_databases_deleted_by_a_layer_they_are_recovered(
    demo_images: dict[str, Published], model: str, feeds: Path, advisories: dict[str, Any], tmp_path: Path
) -> None:
    expected = applying(advisories, requirements("legacy.txt"))
    findings = found(demo_images["legacy"].reference, model, feeds, tmp_path)
    assert len(expected & vulnerable(findings).keys()) >= 0.98 * len(expected) > 5
    removed = {item["package"] for item in findings if item["kind"] == "database-removed"}
    assert removed == {"deb/", "pypi/"}


def test_with_databases_in_no_layer_the_files_tell(
    wheels: list[Path], model: str, feeds: Path, advisories: dict[str, Any], tmp_path: Path
) -> None:
    releases = requirements("legacy.txt")
    expected = applying(advisories, releases)
    files: dict[str, bytes] = {"etc/os-release": b'ID=debian\nVERSION_ID="12"\n'}
    for wheel in wheels:
        name, version = wheel.name.split("-")[:2]
        if releases.get(canonicalize_name(name)) == version:
            with zipfile.ZipFile(wheel) as members:
                entries = [
                    entry for entry in members.namelist() if ".dist-info/" not in entry and entry[-1] != "/"
                ]
                files |= {f"{SITE}/{entry}": members.read(entry) for entry in entries}
    write_layout(tmp_path / "layout", {"bare": image([layer(files)])})
    findings = found(f"oci:{tmp_path / 'layout'}:bare", model, feeds, tmp_path)
    named = vulnerable(findings)
    assert len(expected & named.keys()) >= 0.98 * len(expected)
    hidden = [item for item in findings if item["kind"] == "hidden"]
    assert len(hidden) == 1, "all of them are of one cause"
    packages = {each["package"].removeprefix("pypi/") for item in hidden for each in item["packages"]}
    assert {package for package, _ in expected} <= packages
