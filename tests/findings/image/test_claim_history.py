"""What package databases claim, followed through layers that remove, restore and rename."""

from __future__ import annotations

import msgspec
import pytest

from praxi_tasks.findings.detectors.database_removed import DatabaseRemoved
from praxi_tasks.findings.detectors.detector import Detector
from praxi_tasks.findings.detectors.ghost import Ghost
from praxi_tasks.findings.image.fusion import LayerFacts, fuse
from praxi_tasks.inventory import Claim
from tests.findings.detectors.detect import detect
from tests.findings.images import STATUS, deb, layer, pypi

SITE = "usr/local/lib/python3.12/site-packages"
DETECTORS: tuple[type[Detector], ...] = (DatabaseRemoved, Ghost)


def releases(*layers: LayerFacts) -> dict[tuple[str, str], bool]:
    """Return whether each release is there; no two components are of the same one."""
    components = fuse(layers).components
    found = {(item.name, *item.versions): item.present for item in components}
    assert len(found) == len(components)
    assert not any(item.recovered for item in components)
    assert not [finding for kind in DETECTORS for finding in detect(kind, *layers)]
    return found  # type: ignore[return-value]


def six(number: int, version: str, *more: str) -> LayerFacts:
    claim = pypi("six", version, "six.py", site=SITE)
    return layer(number, [*claim.files, *more], claims=[claim])


WIPE = layer(2, whiteouts=[SITE])


def test_a_newer_release_after_the_old_one_was_deleted() -> None:
    assert releases(six(1, "1.15.0"), WIPE, six(3, "1.16.0")) == {
        ("six", "1.15.0"): False,
        ("six", "1.16.0"): True,
    }


def test_files_first_and_their_record_in_another_layer() -> None:
    steps = layer(2, whiteouts=[f"{SITE}/six.py"]), layer(3, whiteouts=[f"{SITE}/six-1.15.0.dist-info"])
    assert releases(six(1, "1.15.0"), *steps, six(4, "1.16.0")) == {
        ("six", "1.15.0"): False,
        ("six", "1.16.0"): True,
    }


@pytest.mark.parametrize("again", [six(3, "1.16.0", "other"), six(1, "1.16.0")])
def test_the_same_release_again(again: LayerFacts) -> None:
    layers = six(1, "1.16.0"), WIPE, again
    assert releases(*layers) == {("six", "1.16.0"): True}
    assert fuse(layers).components[0].layers == (again.changes.digest,)


def test_a_database_that_comes_back_is_none_that_was_removed() -> None:
    bash, bare = deb("bash", "5", "usr/bin/bash"), deb("bash", "5")
    bash = msgspec.structs.replace(bash, licences=("GPL-3+",))
    layers = (
        layer(1, [STATUS, "usr/bin/bash"], claims=[bash]),
        layer(2, whiteouts=["var/lib/dpkg"]),
        layer(3, [STATUS], claims=[bare]),
    )
    assert releases(*layers) == {("bash", "5"): True}
    known = fuse(layers).claims[0].claim
    assert (known.files, known.licences) == (bash.files, bash.licences)


def test_a_purged_package_of_documents_is_gone_with_them() -> None:
    docs = ("usr/share/man/man1/git.1.gz", "usr/share/doc/git-man/copyright")
    git, man = deb("git", "2", "usr/bin/git"), deb("git-man", "2", *docs)
    lower = layer(1, [STATUS, "usr/bin/git", *docs], claims=[git, man])
    gone = {("git", "2"): False, ("git-man", "2"): False}
    assert releases(lower, layer(2, [STATUS], databases=[STATUS], whiteouts=["usr/bin/git", *docs])) == gone
    other = deb("x", "1")
    rest = layer(2, [STATUS], claims=[other], whiteouts=["usr/bin/git", *docs])
    assert releases(lower, rest) == {**gone, ("x", "1"): True}


def test_settings_that_removing_a_package_leaves_are_no_package() -> None:
    lower = layer(1, [STATUS, "etc/x.conf"], claims=[deb("x", "1", "etc/x.conf"), deb("y", "1")])
    assert releases(lower, layer(2, [STATUS], claims=[deb("y", "1")])) == {
        ("x", "1"): False,
        ("y", "1"): True,
    }


def test_a_package_of_another_name_that_takes_the_files_over() -> None:
    old, new = deb("libssl3", "3", "usr/lib/libssl.so.3"), deb("libssl3t64", "3", "usr/lib/libssl.so.3")
    layers = layer(1, [STATUS, *old.files], claims=[old]), layer(2, [STATUS, *new.files], claims=[new])
    assert releases(*layers) == {("libssl3", "3"): False, ("libssl3t64", "3"): True}


def rpm(version: str) -> Claim:
    files = (f"usr/lib/modules/{version}/vmlinuz",)
    return Claim("rpm", "kernel-core", version, "var/lib/rpm/rpmdb.sqlite", "x86_64", files=files)


def test_several_versions_of_one_package() -> None:
    one, two, three = map(rpm, ("5.1", "5.2", "5.3"))
    lower = layer(1, [*one.files, *two.files], claims=[one, two])
    assert releases(lower) == {("kernel-core", "5.1"): True, ("kernel-core", "5.2"): True}
    upper = layer(2, three.files, claims=[two, three], whiteouts=one.files)
    assert releases(lower, upper) == {
        ("kernel-core", "5.1"): False,
        ("kernel-core", "5.2"): True,
        ("kernel-core", "5.3"): True,
    }


def test_two_records_in_one_folder() -> None:
    both = {("six", "1.15.0"): True, ("six", "1.16.0"): True}
    assert releases(six(1, "1.15.0"), six(2, "1.16.0")) == both
    deleted = layer(3, whiteouts=[f"{SITE}/six-1.15.0.dist-info"])
    assert releases(six(1, "1.15.0"), six(2, "1.16.0"), deleted) == {**both, ("six", "1.15.0"): False}


def test_two_virtual_environments() -> None:
    claims = [pypi("six", "1.16.0", "six.py", site=f"opt/{name}/site-packages") for name in "ab"]
    image = fuse([layer(1, [path for claim in claims for path in claim.files], claims=claims)])
    assert [item.databases for item in image.components] == [(claim.database,) for claim in claims]


def test_a_folder_that_a_link_or_a_file_replaces_hides_what_it_held() -> None:
    for upper in (layer(2, links={"usr/local/lib": "/opt/lib"}), layer(2, ["usr/local"])):
        assert releases(six(1, "1.16.0"), upper) == {("six", "1.16.0"): False}
    kept = layer(2, folders=["usr/local/lib"])
    assert releases(six(1, "1.16.0"), kept) == {("six", "1.16.0"): True}


def test_a_database_that_becomes_a_link_is_removed() -> None:
    lower = layer(1, [STATUS, "usr/bin/bash"], claims=[deb("bash", "5", "usr/bin/bash")])
    (bash,) = fuse([lower, layer(2, links={STATUS: "/dev/null"})]).components
    assert bash.recovered


@pytest.mark.parametrize("target", ["usr/lib", "/usr/lib", "./usr/../usr/lib/"])
def test_one_database_under_two_names(target: str) -> None:
    names = ("lib/apk/db/installed", "usr/lib/apk/db/installed")
    first, second = (
        [Claim("apk", name, "1", database, files=(f"usr/bin/{name}",)) for name in ("aa", "bb")]
        for database in names
    )
    lower = layer(1, [names[0], "usr/bin/aa", "usr/bin/bb"], claims=first, links={"lib": target})
    upper = layer(2, [names[1]], claims=second[:1], whiteouts=["usr/bin/bb"])
    assert releases(lower, upper) == {("aa", "1"): True, ("bb", "1"): False}


def test_what_was_dropped_and_comes_again_has_its_files() -> None:
    first, second = deb("bash", "1", "usr/bin/bash"), deb("dash", "1", "usr/bin/dash")
    again = msgspec.structs.replace(first, files=())
    layers = [layer(1, first.files, claims=[first]), layer(2, claims=[second]), layer(3, claims=[again])]
    assert [one.claim.files for one in fuse(layers).claims if one.claim.name == "bash"] == [first.files]
