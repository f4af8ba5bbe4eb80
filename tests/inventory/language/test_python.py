from __future__ import annotations

import hashlib
import importlib.metadata
import os
import sysconfig
from collections.abc import Iterable
from pathlib import Path

import pytest
from packaging.utils import canonicalize_name

from tests.inventory.layers import inventory_of, inventory_of_folder, only

SITE = "usr/lib/python3.11/site-packages"
METADATA = b"Metadata-Version: 2.1\nName: Ruamel_Yaml.Clib\nVersion: 0.2.8\n\nName: of the description\n"


def test_equals_importlib_metadata_on_this_environment() -> None:
    site, root = Path(sysconfig.get_path("purelib")), Path(sysconfig.get_path("data"))
    below = os.path.relpath(site, root)
    inventory = inventory_of_folder(root, below)
    found = {
        (claim.name, claim.version): inside(root, claim.files)
        for claim in inventory.claims
        if claim.database.count("/") == below.count("/") + 2  # others are vendored inside a package
    }
    expected = {
        (canonicalize_name(each.name), each.version): inside(
            root, (os.path.relpath(str(each.locate_file(file)), root) for file in each.files or ())
        )
        for each in importlib.metadata.distributions(path=[str(site)])
    }
    assert len(expected) > 20
    assert found == expected
    assert inventory.problems == ()


def test_checksums_are_those_of_the_files() -> None:
    site, root = Path(sysconfig.get_path("purelib")), Path(sysconfig.get_path("data"))
    inventory = inventory_of_folder(root, os.path.relpath(site, root))
    (claim,) = [
        claim for claim in inventory.claims if claim.name == "packaging" and "_vendor" not in claim.database
    ]
    place = next(place for place, path in enumerate(claim.files) if path.endswith("packaging/version.py"))
    found = hashlib.sha256((root / claim.files[place]).read_bytes()).digest()
    assert claim.checksums[8 * place : 8 * place + 8] == found[:8]


@pytest.mark.parametrize(
    "row", ["x/a.py,sha256=!!,1", "x/a.py,md5=AAAA,1", "x/a.py,,", "x/a.py", 'x/a.py,"sha256=Zg",1']
)
def test_a_record_without_checksums_has_none(row: str) -> None:
    files = {
        f"{SITE}/x-1.dist-info/METADATA": b"Name: x\nVersion: 1\n",
        f"{SITE}/x-1.dist-info/RECORD": row.encode(),
    }
    assert only(inventory_of(files)).checksums == b""


def inside(root: Path, paths: Iterable[str]) -> set[str]:
    """Keep what is there: what lies above the environment is resolved against another root here."""
    return {path for path in paths if (root / path).exists() and not path.startswith("..")}


def test_a_wheel_is_read_with_its_record() -> None:
    record = (
        b"clib/__init__.py,sha256=x,12\n"
        b'"clib/a,b.py",,\n'
        b"../../../bin/clib,,\n"
        b"/etc/clib.conf,,\n"
        b"../../../../../../../above,,\n"
        b"clib/\xff.py,,\n"
        b'"clib/\xc2\n\x80.py",,\n'
    )
    folder = f"{SITE}/clib.dist-info"
    claim = only(inventory_of({f"{folder}/METADATA": METADATA, f"{folder}/RECORD": record}))
    assert (claim.ecosystem, claim.name, claim.version) == ("pypi", "ruamel-yaml-clib", "0.2.8")
    assert set(claim.files) == {
        f"{SITE}/clib/__init__.py",
        f"{SITE}/clib/a,b.py",
        "usr/bin/clib",
        "etc/clib.conf",
        "above",
        f"{SITE}/clib/\udcff.py",
        f"{SITE}/clib/\udcc2\n\udc80.py",
    }


def test_egg_info_comes_as_file_and_as_folder() -> None:
    assert only(inventory_of({f"{SITE}/clib.egg-info": METADATA})).name == "ruamel-yaml-clib"
    folder = f"{SITE}/clib.egg-info"
    installed = {f"{folder}/PKG-INFO": METADATA, f"{folder}/installed-files.txt": b"../clib.py\nPKG-INFO\n"}
    assert only(inventory_of(installed)).files == (f"{folder}/PKG-INFO", f"{SITE}/clib.py")


def test_sources_count_where_they_are_installed() -> None:
    folder = f"{SITE}/clib.egg-info"
    contents = {
        f"{folder}/PKG-INFO": METADATA,
        f"{folder}/SOURCES.txt": b"setup.py\nclib.py\n",
        f"{SITE}/clib.py": b"",
    }
    assert only(inventory_of(contents)).files == (f"{SITE}/clib.py",)


@pytest.mark.parametrize("metadata", ["egg-info/PKG-INFO", "dist-info/METADATA"])
def test_what_is_imported_counts_where_no_file_is_listed(metadata: str) -> None:
    info = f"{SITE}/tool-1.0.{metadata}"
    named = f"{info.rpartition('/')[0]}/top_level.txt"
    paths = ("toollib/__init__.py", "toollib/a/b.so", "tool.py", "space/part.py", "other.py")
    contents = {info: METADATA, named: b"toollib\r\ntool\nspace\n../other\n\n"}
    claim = only(inventory_of({**contents, **{f"{SITE}/{path}": b"" for path in paths}}))
    assert claim.files == tuple(f"{SITE}/{path}" for path in paths[:3])


def test_an_egg_owns_what_lies_in_it() -> None:
    egg = f"{SITE}/Ruamel_Yaml.Clib-0.2.8-py3.11.egg"
    contents = {
        f"{egg}/EGG-INFO/PKG-INFO": METADATA,
        f"{egg}/EGG-INFO/SOURCES.txt": b"setup.py\nclib.py\nother.py\n",
        f"{egg}/clib.py": b"",
        f"{SITE}/other.py": b"",
    }
    claim = only(inventory_of(contents))
    assert (claim.name, claim.version) == ("ruamel-yaml-clib", "0.2.8")
    assert claim.files == (f"{egg}/clib.py",)


@pytest.mark.parametrize("data", [b"", b"\n\n", b"Name: x\n", b"\xff\xfe\x00", b"Name:\nVersion: 1\n"])
def test_metadata_without_a_release_is_a_problem(data: bytes) -> None:
    inventory = inventory_of({f"{SITE}/x.dist-info/METADATA": data})
    assert inventory.claims == ()
    assert len(inventory.problems) == 1


def test_a_record_that_is_no_csv_is_a_problem() -> None:
    folder = f"{SITE}/x.dist-info"
    record = b'"' + b"x" * 200_000
    inventory = inventory_of({f"{folder}/METADATA": METADATA, f"{folder}/RECORD": record})
    assert "CSV" in inventory.problems[0]


def test_a_record_that_stands_for_gigabytes_is_a_problem() -> None:
    folder = "a" * 4000 + "/x.dist-info"
    record = b"".join(b"%d\n" % number for number in range(100_000))
    inventory = inventory_of({f"{folder}/METADATA": METADATA, f"{folder}/RECORD": record})
    assert [claim.files for claim in inventory.claims] == [()]
    assert "more room" in inventory.problems[0]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        (
            b"License-Expression: MIT AND PSF-2.0\nLicense: x\nClassifier: License :: y\n",
            ("MIT AND PSF-2.0",),
        ),
        (b"License: BSD\nClassifier: License :: OSI Approved :: MIT License\r\n", ("MIT License",)),
        (b"Classifier: License :: CC0\nClassifier: License :: OSI Approved :: X\n", ("CC0", "X")),
        (b"License: Apache 2.0\r\nKeywords: x\n", ("Apache 2.0",)),
        (b"License: Copyright (c) Somebody\n        All rights reserved.\n", ()),
        (b"License: " + b"the text of a licence " * 20 + b"\n", ()),
        (b"License: UNKNOWN\n", ()),
        (b"Keywords: x\n\nLicense: of the description\n", ()),
    ],
)
def test_licences_of_new_and_old_metadata(fields: bytes, expected: tuple[str, ...]) -> None:
    data = b"Metadata-Version: 2.1\nName: x\nVersion: 1\n" + fields
    assert only(inventory_of({f"{SITE}/x-1.dist-info/METADATA": data})).licences == expected


def test_where_a_wheel_came_from_is_kept_with_it() -> None:
    folder = f"{SITE}/clib-0.2.8.dist-info"
    url = b'{"url": "https://example.org/x.git", "vcs_info": {"vcs": "git", "commit_id": "c0"}}'
    claim = only(inventory_of({f"{folder}/METADATA": METADATA, f"{folder}/direct_url.json": url}))
    assert (claim.origin, claim.relation) == ("git+https://example.org/x.git@c0", "")
    editable = b'{"url": "file:///src/x", "dir_info": {"editable": true}}'
    claim = only(inventory_of({f"{folder}/METADATA": METADATA, f"{folder}/direct_url.json": editable}))
    assert (claim.origin, claim.relation) == ("", "editable")
    broken = inventory_of({f"{folder}/METADATA": METADATA, f"{folder}/direct_url.json": b"["})
    assert [item.name for item in broken.claims] == ["ruamel-yaml-clib"]
    assert "direct_url.json" in broken.problems[0]


def test_scripts_are_where_an_installation_into_a_folder_puts_them() -> None:
    folder, record = "srv/app/clib-0.2.8.dist-info", b"../../bin/clib,,\n"
    files = {f"{folder}/METADATA": METADATA, f"{folder}/RECORD": record, "srv/app/bin/clib": b""}
    assert only(inventory_of(files, {"srv/app/bin": "d"})).files == ("srv/app/bin/clib",)
    assert only(inventory_of(files)).files == ("bin/clib",)


def test_what_is_below_a_vendors_folder_is_a_copy() -> None:
    path = f"{SITE}/setuptools/_vendor/clib-0.2.8.dist-info/METADATA"
    assert only(inventory_of({path: METADATA})).relation == "vendored"
