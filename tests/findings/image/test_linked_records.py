"""Package records behind links, in real layers read one by one and put together."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, TypeAlias

import pytest

from praxi_tasks.findings.image import (
    FusedImage,
    LayerFacts,
    databases_coverage,
    find_unexplained_files,
    fuse,
)
from praxi_tasks.fingerprint import Changeset
from praxi_tasks.inventory import HEADS, Inventory, keep_file, looks_like_database, read_inventory
from praxi_tasks.oci.layer import LayerLimits, Likeness
from tests.inventory.os import test_apk
from tests.support import images
from tests.support.images import Hardlink, Symlink
from tests.support.layers import read

SITE = "usr/lib/python3.12/site-packages"
SIX = "six-1.16.0.dist-info"
METADATA = b"Metadata-Version: 2.1\nName: six\nVersion: 1.16.0\n"
RECORD = f"six.py,,\n{SIX}/METADATA,,\n{SIX}/RECORD,,\n".encode()
BASH = b"Package: bash\nStatus: install ok installed\nArchitecture: amd64\nVersion: 5.2-1\n\n"
STATUS = "var/lib/dpkg/status"
Files: TypeAlias = Mapping[str, Any]
"""Entries of :mod:`tests.support.images` by path."""


def facts(contents: Files, limits: LayerLimits | None = None) -> LayerFacts:
    data = images.tar_bytes(contents)
    likeness = Likeness(HEADS, looks_like_database)
    reading = read(data, limits=limits, retain=keep_file, likeness=likeness)
    changes = Changeset.from_reading(reading)
    unread = dict.fromkeys(reading.too_large, "too large")
    inventory = read_inventory(changes, reading.retained, unread=unread, reserve=reading.reserve)
    assert Inventory.from_bytes(inventory.to_bytes()) == inventory
    return LayerFacts(changes, inventory)


def image(*layers: Files) -> FusedImage:
    return fuse([facts(contents) for contents in layers])


def there(found: FusedImage) -> set[tuple[str, str]]:
    """Return the releases that are there with the paths of their records."""
    return {(item.name, path) for item in found.components if item.present for path in item.databases}


def gaps(found: FusedImage) -> list[str]:
    return [line.subject for line in databases_coverage(found) if line.reason and line.subject.count("/")]


def manifest(name: str) -> bytes:
    return json.dumps({"description": "x" * 3_000, "name": name, "version": "1.0.0"}).encode()


def test_a_store_whose_files_are_linked_to() -> None:
    store, root = "root/.local/share/pnpm/store/v3/files", "srv/node_modules/.pnpm"
    names = ["left-pad", "@scope/x", "left-pad2"]
    files: dict[str, images.Entry] = {
        f"{store}/{number}": manifest(name) for number, name in enumerate(names)
    }
    places = [f"{root}/x@1/node_modules/{name}/package.json" for name in names]
    files |= {place: Hardlink(f"{store}/{number}") for number, place in enumerate(places)}
    files |= {f"{store}/js": b"1", f"{root}/x@1/node_modules/left-pad/index.js": Hardlink(f"{store}/js")}
    expected = set(zip(names, places, strict=True))
    assert there(image(files)) == expected
    assert there(image(files, {"root/.wh..local": b""})) == expected
    assert not find_unexplained_files(image(files)).files
    assert not gaps(image(files))


def test_a_cache_that_later_goes() -> None:
    cache = "root/.cache/uv/archive-v0/a"
    files: dict[str, images.Entry] = {f"{cache}/six.py": b"x", f"{cache}/{SIX}/METADATA": METADATA}
    files |= {f"{SITE}/{name}": Hardlink(f"{cache}/{name}") for name in ("six.py", f"{SIX}/METADATA")}
    files[f"{SITE}/{SIX}/RECORD"] = RECORD
    found = image(files, {"root/.wh..cache": b""})
    assert there(found) == {("six", f"{SITE}/{SIX}/METADATA")}
    assert not any(item.recovered for item in found.components)


def test_a_chain_of_hard_links() -> None:
    objects = {"objects/a": BASH, "objects/b": Hardlink("objects/a"), STATUS: Hardlink("objects/b")}
    assert there(image(objects)) == {("bash", STATUS)}
    assert not find_unexplained_files(image(objects)).files


def test_a_record_of_a_distroless_image() -> None:
    place = "var/lib/dpkg/status.d/tzdata"
    record = b"Package: tzdata\nVersion: 2024a\nArchitecture: all\n\n"
    assert there(image({"objects/a": record, place: Hardlink("objects/a")})) == {("tzdata", place)}


TZDATA = b"Package: tzdata\nVersion: 2024a\nArchitecture: all\n\n"
SUMS = b"d41d8cd98f00b204e9800998ecf8427e  usr/share/zoneinfo/UTC\n"


@pytest.mark.parametrize(
    ("link", "inside"),
    [
        ({"var/lib/dpkg/status.d": Symlink("/usr/lib/records")}, "usr/lib/records"),
        ({"var/lib/dpkg": Symlink("../../usr/lib/dpkg-db")}, "usr/lib/dpkg-db/status.d"),
        ({"var/lib": Symlink("../state")}, "state/dpkg/status.d"),
    ],
    ids=str,
)
def test_a_link_above_the_records_of_a_distroless_image(link: Files, inside: str) -> None:
    files = {f"{inside}/tzdata": TZDATA, f"{inside}/tzdata.md5sums": SUMS, "usr/share/zoneinfo/UTC": b""}
    place = "var/lib/dpkg/status.d/tzdata"
    for layers in ([{**link, **files}], [link, files], [files, link]):
        found = image(*layers)
        assert there(found) == {("tzdata", place)}
        assert found.claims[0].claim.files == ("usr/share/zoneinfo/UTC",)
        assert not gaps(found)
    gone = image({**link, **files}, {f"{inside}/.wh.tzdata": b"", "usr/share/zoneinfo/.wh.UTC": b""})
    assert not there(gone)
    newer = image({**link, **files}, {f"{inside}/tzdata": TZDATA.replace(b"2024a", b"2025b")})
    assert [item.versions for item in newer.components if item.present] == [("2025b",)]


def test_the_lists_and_the_release_behind_links() -> None:
    files = {
        "objects/status": BASH,
        "objects/list": b"/.\n/usr\n/usr/bin\n/usr/bin/bash\n",
        "objects/release": b'NAME="Debian"\nID=debian\nVERSION_ID="13"\n',
        "usr/bin/bash": b"elf",
        STATUS: Hardlink("objects/status"),
        "var/lib/dpkg/info/bash.list": Hardlink("objects/list"),
        "usr/lib/os-release": Hardlink("objects/release"),
    }
    found = image(files)
    assert there(found) == {("bash", STATUS)}
    assert found.claims[0].claim.files == ("usr/bin/bash",)
    assert found.distribution is not None
    assert found.distribution.id == "debian"


def test_a_record_that_a_lower_layer_holds() -> None:
    lower = {f"{SITE}/six.py": b"x", f"{SITE}/{SIX}/METADATA": METADATA, f"{SITE}/{SIX}/RECORD": RECORD}
    venv = "opt/venv/lib/python3.12/site-packages"
    upper = {f"{venv}/{name.removeprefix(SITE)[1:]}": Hardlink(name) for name in lower}
    found = image(lower, upper)
    assert there(found) == {("six", f"{folder}/{SIX}/METADATA") for folder in (SITE, venv)}
    assert f"{venv}/six.py" in found.claimed
    assert not gaps(found)
    gone = image(lower, upper, {f"{SITE}/.wh.{SIX}": b"", f"{SITE}/.wh.six.py": b""})
    assert there(gone) == {("six", f"{venv}/{SIX}/METADATA")}


def test_a_file_of_any_name_in_a_lower_layer() -> None:
    place = "srv/node_modules/left-pad/package.json"
    assert there(image({"store/0": manifest("left-pad")}, {place: Hardlink("store/0")})) == {
        ("left-pad", place)
    }


def test_what_nobody_links_to_is_no_record() -> None:
    found = image({"backup/status": BASH, "store/0": manifest("left-pad"), "doc/x": METADATA})
    assert not found.components


@pytest.mark.parametrize("target", ["/data/status", "../../../data/status", "../../../srv/../data/status"])
def test_a_database_that_is_a_symbolic_link(target: str) -> None:
    link = {STATUS: Symlink(target)}
    for layers in (
        [{**link, "data/status": BASH}],
        [link, {"data/status": BASH}],
        [{"data/status": BASH}, link],
    ):
        assert there(image(*layers)) == {("bash", STATUS)}
        assert not gaps(image(*layers))
    newer = {"data/status": BASH.replace(b"5.2-1", b"5.3-1")}
    (bash,) = (item for item in image({**link, "data/status": BASH}, newer).components if item.present)
    assert bash.versions == ("5.3-1",)


def test_a_link_above_a_database() -> None:
    listed = {"opt/db/info/bash.list": b"/.\n/usr\n/usr/bin\n/usr/bin/bash\n", "usr/bin/bash": b"elf"}
    link = {"var/lib/dpkg": Symlink("../../opt/db")}
    for layers in ([{**link, "opt/db/status": BASH, **listed}], [{"opt/db/status": BASH, **listed}, link]):
        found = image(*layers)
        assert there(found) == {("bash", STATUS)}
        assert found.claims[0].claim.files == ("usr/bin/bash",)
        assert not find_unexplained_files(found).files
    apk = {"usr/lib/apk": Symlink("/opt/apk"), "opt/apk/db/installed": test_apk.INSTALLED}
    assert image(apk).components


@pytest.mark.parametrize("ended", [{"objects/.wh.status": b""}, {"objects/status": b"something else"}])
@pytest.mark.parametrize(
    "link", [{STATUS: Symlink("/objects/status")}, {"var/lib/dpkg": Symlink("/objects")}], ids=str
)
def test_a_record_that_is_gone_is_nobodys(ended: Files, link: Files) -> None:
    lower = {"objects/status": BASH}
    assert there(image(lower, link)) == {("bash", STATUS)}
    assert not there(image(lower, ended, link))


@pytest.mark.parametrize("ended", [{"objects/.wh.a": b""}, {"objects/a": b"something else"}])
def test_a_record_that_a_link_leads_to_and_a_later_layer_takes(ended: Files) -> None:
    place = f"{SITE}/{SIX}/METADATA"
    files = {"objects/a": METADATA, f"{SITE}/six.py": b"x", place: Symlink("/objects/a")}
    found = image(files, ended)
    assert [item.recovered for item in found.components] == [True]
    assert gaps(found) == [place]
    assert not gaps(image(files, ended, {"objects/a": METADATA}))


@pytest.mark.parametrize("together", [True, False])
def test_a_database_behind_a_folder_that_can_not_be_read_is_told(together: bool) -> None:
    files: Files = {"opt/db/status": b"x" * 100, f"{SITE}/{SIX}/METADATA": METADATA}
    link: Files = {"var/lib/dpkg": Symlink("/opt/db")}
    found = image({**link, **files}) if together else image(files, link, {"etc/motd": b""})
    assert gaps(found) == [STATUS]
    assert not gaps(image(files, link, {"opt/db/status": BASH}))
    assert not gaps(image(files, link, {"opt/db/.wh.status": b""}, {"opt/db/status": BASH}))


def test_a_link_to_nothing_is_told() -> None:
    for entry in (Symlink("/nowhere"), Hardlink("nowhere"), Hardlink("app")):
        assert gaps(image({"app": b"elf"}, {STATUS: entry})) == [STATUS]


def test_what_is_wanted_takes_the_room_of_what_may_be() -> None:
    limits = LayerLimits(max_kept_bytes=4_000)
    files = {"store/0": manifest("left-pad"), STATUS: BASH * 20}
    assert facts(files, limits).inventory.claims
    many = {f"m/node_modules/{number}/package.json": Hardlink("store/0") for number in range(100)}
    inventory = facts({"store/0": manifest("left-pad"), **many}, LayerLimits(max_kept_bytes=10_000)).inventory
    assert 0 < len(inventory.claims) < 5
    assert len(inventory.problems) > 90


def test_links_with_odd_names_are_stored() -> None:
    place = "srv/\udcff/node_modules/x/package.json"
    layer = facts({place: Hardlink("\udcfe")})
    assert layer.inventory.links == ((place, "\udcfe", "h"),)
    assert not fuse([layer]).components
