"""Every database that a layer holds and that is not read is told."""

from __future__ import annotations

import pytest

from praxi_tasks.inventory import LEFT_OUT, recorded_ecosystems
from tests.inventory.layers import inventory_of
from tests.inventory.os import test_apk, test_dpkg

STATUS = "var/lib/dpkg/status"
INSTALLED = "lib/apk/db/installed"
SITE = "usr/lib/python3/dist-packages/x-1.dist-info"
BDB = bytes(12) + b"\x61\x15\x06\x00" + b"\x63\x00\x00\x00" + b"\x00\x10\x00\x00" + bytes(8168)


@pytest.mark.parametrize(
    ("path", "data", "says"),
    [
        ("var/lib/rpm/Packages", b"x" * 4096, "no Berkeley DB hash file"),
        ("var/lib/rpm/Packages", BDB, "hash file of version 99"),
        ("var/lib/rpm/Packages.db", b"RpmX" + bytes(100), "no ndb database of a known version"),
        ("usr/lib/sysimage/rpm/rpmdb.sqlite", b"rpm5" * 100, "no SQLite database"),
        ("var/lib/rpm/data.mdb", b"x", "rpm (LMDB) in a place or form that is not read"),
        ("var/lib/rpm/rpmdb.lmdb", b"x", "rpm in a place or form that is not read"),
        ("usr/share/rpm/rpmdb", b"x", "rpm in a place or form that is not read"),
        ("opt/root/var/lib/rpm/rpmdb.sqlite", b"x", "a database of rpm in a place or form that is not read"),
        ("rpmdb/rpm/Packages.db", b"x", "a database of rpm in a place"),
        ("srv/chroot/var/lib/dpkg/status", test_dpkg.STATUS, "a database of dpkg in a place"),
        ("srv/chroot/lib/apk/db/installed", test_apk.INSTALLED, "a database of apk in a place"),
        (INSTALLED, b"ADB.pckg" + bytes(50), "binary database (ADB) of apk 3"),
        (INSTALLED, b"ADBd" + bytes(50), "binary database (ADB) of apk 3"),
        (STATUS, b"\x1f\x8b\x08\0" * 99, "it is no text"),
        (STATUS, "Package: x\nVersion: 1\n".encode("utf-16"), "it is no text"),
        (STATUS, b"{}", "a paragraph without package or version"),
        (f"{SITE}/METADATA", b"Version: 1\n", "no name or no version"),
        (f"{SITE}/RECORD", b"x.py,,\n", "no METADATA beside it"),
        ("app/node_modules/x/package.json", b"[]", "no package manifest"),
        ("app/node_modules/x/package.json", b"null", "no package manifest"),
        ("usr/lib/opkg/status", b"x", "a paragraph without name or version"),
        ("srv/root/opkg/status", b"x", "opkg"),
        ("srv/shop/vendor/composer/installed.json", b"{}", "no list of packages"),
        ("usr/lib/perl5/auto/JSON/.packlist", b"/x\n", "without a record of the version"),
    ],
)
def test_a_database_that_is_not_read_is_told(path: str, data: bytes, says: str) -> None:
    inventory = inventory_of({path: data})
    assert not inventory.claims
    (problem, *_) = inventory.problems
    assert problem.startswith(f"{path}: ")
    assert says in problem


@pytest.mark.parametrize(
    ("paths", "told"),
    [
        (
            ["var/lib/snapd/snaps/core_1.snap", "var/lib/snapd/snaps/lxd_2.snap"],
            "var/lib/snapd/snaps: 2 records of Snap",
        ),
        (["var/db/pkg/local.sqlite"], "var/db/pkg: a database of FreeBSD pkg"),
    ],
)
def test_records_of_other_package_managers_are_counted(paths: list[str], told: str) -> None:
    inventory = inventory_of(dict.fromkeys(paths, b""))
    assert inventory.problems == (f"{told} in a place or form that is not read",)


@pytest.mark.parametrize(
    ("kind", "says"), [("l", "a symbolic link"), ("h", "a hard link"), ("c", "a special file")]
)
@pytest.mark.parametrize("path", [STATUS, INSTALLED, "var/lib/rpm/rpmdb.sqlite", f"{SITE}/METADATA"])
def test_a_link_to_what_this_layer_does_not_hold_is_told(path: str, kind: str, says: str) -> None:
    (problem,) = inventory_of({}, {path: kind}).problems
    assert problem.startswith(f"{path}: it is {says}, of which")


def test_a_link_to_a_database_that_is_read_is_no_gap() -> None:
    inventory = inventory_of({INSTALLED: test_apk.INSTALLED}, {"usr/lib/apk/db/installed": "l"})
    assert inventory.claims
    assert not inventory.problems


@pytest.mark.parametrize(
    "path",
    [
        "var/lib/rpm/Name",
        "var/lib/rpm/rpmdb.sqlite-shm",
        "usr/lib/rpm/macros",
        "usr/share/doc/rpm/status",
        "usr/include/Packages",
        "app/package.json",
        "var/lib/dpkg/status-old",
        "var/lib/dpkg/status/",
        "proc/1/status",
    ],
)
def test_what_is_no_database_is_no_gap(path: str) -> None:
    assert not inventory_of({path.rstrip("/"): b"x"} if path[-1] != "/" else {}, {path: "d"}).problems


@pytest.mark.parametrize(
    ("paths", "place", "ecosystem"),
    [
        (["srv/shop/lib/a.jar", "srv/shop/lib/deep/er/b.jar"], "srv/shop/lib/*.jar", "maven"),
        (["app.jar"], "*.jar", "maven"),
        (["opt/app.war"], "opt/*.war", "maven"),
        (["root/go/pkg/mod/cache/download/x.org/y/@v/v1.mod"], "root/go/pkg/mod/cache/download", "golang"),
        (["src/vendor/modules.txt"], "src/vendor/modules.txt", "golang"),
        (["root/.cargo/registry/cache/index/a-1.crate"], "root/.cargo/registry/cache", "cargo"),
        (["Files/Windows/System32/config/SOFTWARE"], "Files/Windows/System32/config/SOFTWARE", "windows"),
        (["opt/x/resources/app.asar"], "opt/x/resources/app.asar", "npm"),
    ],
)
def test_records_that_nobody_reads_say_whose_they_are(paths: list[str], place: str, ecosystem: str) -> None:
    (problem,) = inventory_of(dict.fromkeys(paths, b"")).problems
    assert problem.partition(": ")[0] == place
    assert recorded_ecosystems(place) == (ecosystem,)


def test_several_files_of_one_record_count_once() -> None:
    folder = "var/lib/flatpak/app"
    files = ("org.gimp.GIMP/{}/a", "org.gimp.GIMP/{}/b", "org.kde.kate/{}/a")
    paths = [f"{folder}/{file.format('x86_64/stable/' + '0' * 64)}" for file in files]
    (problem,) = inventory_of(dict.fromkeys(paths, b"")).problems
    assert problem.startswith(f"{folder}: 2 records of Flatpak")


def test_what_a_package_of_the_distribution_owns_is_known_as_that() -> None:
    jar = "usr/share/java/commons.jar"
    lists = {"var/lib/dpkg/info/libcommons-java.list": f"/{jar}\n".encode()}
    status = b"Package: libcommons-java\nStatus: install ok installed\nVersion: 1\nArchitecture: all\n\n"
    inventory = inventory_of({jar: b"", STATUS: status, **lists})
    assert not inventory.problems
    assert [claim.name for claim in inventory.claims] == ["libcommons-java"]


@pytest.mark.parametrize(
    ("place", "ecosystems"),
    [
        (STATUS, ("deb",)),
        ("var/lib/dpkg/info/bash.list", ("deb",)),
        (INSTALLED, ("apk",)),
        ("usr/lib/sysimage/rpm/rpmdb.sqlite", ("rpm",)),
        (f"{SITE}/METADATA", ("pypi",)),
        ("app/node_modules/x/package.json", ("npm",)),
        (
            "etc/os-release",
            ("deb", "apk", "rpm", "alpm", "ebuild", "opkg", "xbps", "slackware", "eopkg", "swupd"),
        ),
        ("opt/conda/conda-meta/x.json", ("conda",)),
        ("nix/store/x", ()),
        ("srv/app/lib/App.JAR", ("maven",)),
        ("home/someone/notes.txt", ()),
    ],
)
def test_a_place_says_of_which_packages_it_may_tell(place: str, ecosystems: tuple[str, ...]) -> None:
    assert recorded_ecosystems(place) == ecosystems


def test_above_the_limit_the_problems_of_a_layer_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PRAXI_INVENTORY_MAX_PROBLEMS", "60")
    files = {f"opt/{number}/p.asar": b"{}" for number in range(100)}
    *shown, last = inventory_of({STATUS: b"{}", **files}).problems
    assert len(shown) == 60
    assert shown[0].startswith(STATUS)
    assert last.startswith(f"{LEFT_OUT}: 41 more problems")
    assert "PRAXI_INVENTORY_MAX_PROBLEMS" in last
    assert recorded_ecosystems(LEFT_OUT) == ()
