"""Notes in programs name the source package: what that is worth where the database is gone."""

from __future__ import annotations

from praxi_tasks.findings.image.fusion import fuse
from praxi_tasks.findings.packages.component import Component
from praxi_tasks.inventory import Claim, Distribution
from tests.findings.images import deb, layer, seen

BOOKWORM = Distribution("debian", "12", "bookworm")
UDEV, SYSTEMD = "usr/lib/libudev.so.1.7.5", "usr/lib/libsystemd.so.0.35.0"


def note(file: str, version: str = "252.39-1~deb12u2") -> Claim:
    return Claim("deb", "systemd", version, file, "amd64", files=(file,))


def found(*claims: Claim, predictions: list[tuple[str, str]]) -> list[Component]:
    releases = [seen("deb", name, (), file) for name, file in predictions]
    facts = layer(1, [UDEV, SYSTEMD], claims=claims, releases=releases, distribution=BOOKWORM)
    return sorted(fuse([facts]).components, key=lambda one: one.name)


def test_packages_known_by_their_files_have_the_version_of_their_notes() -> None:
    both = [("libudev1", UDEV), ("libsystemd0", SYSTEMD)]
    systemd, udev = found(note(UDEV), note(SYSTEMD), predictions=both)
    assert (systemd.name, udev.name) == ("libsystemd0", "libudev1")
    assert udev.purl == "pkg:deb/debian/libudev1@252.39-1~deb12u2?arch=amd64"
    assert (udev.versions, udev.source, udev.source_versions) == (
        ("252.39-1~deb12u2",), "systemd", ("252.39-1~deb12u2",),
    )  # fmt: skip
    assert udev.hidden


def test_a_note_that_nobody_owns_is_a_package_by_itself() -> None:
    systemd = found(note(SYSTEMD), note(UDEV), predictions=[("libudev1", UDEV)])
    assert [one.name for one in systemd] == ["libudev1", "systemd"]


def test_notes_that_disagree_tell_no_version() -> None:
    releases = [seen("deb", "libudev1", (), UDEV, SYSTEMD)]
    claims = [note(UDEV), note(SYSTEMD, "253-1")]
    facts = layer(1, [UDEV, SYSTEMD], claims=claims, releases=releases, distribution=BOOKWORM)
    assert {one.name: one.versions for one in fuse([facts]).components if one.hidden} == {"libudev1": ()}


def test_what_the_database_lists_is_the_databases() -> None:
    owner = deb("libudev1", "252.39-1~deb12u2", UDEV, source="systemd")
    (udev,) = found(owner, note(UDEV), predictions=[])
    assert (udev.name, udev.databases) == ("libudev1", owner.database and (owner.database,))


def test_a_note_is_the_source_of_what_has_its_version() -> None:
    """A package shows few of its files: the note's may be among the others."""
    programs = [f"usr/sbin/{name}" for name in ("useradd", "userdel", "usermod")]
    releases = [seen("deb", "passwd", ("1:4.17.4-2",), "etc/pam.d/passwd")]
    releases.append(seen("deb", "other", ("1:4.17.4-3",), "etc/other"))
    claims = [Claim("deb", "shadow", "1:4.17.4-2", path, "amd64", files=(path,)) for path in programs]
    paths = ["etc/pam.d/passwd", "etc/other", *programs]
    facts = layer(1, paths, claims=claims, releases=releases, distribution=BOOKWORM)
    told = {one.name: (one.source, one.source_versions) for one in fuse([facts]).components}
    assert told == {"passwd": ("shadow", ("1:4.17.4-2",)), "other": ("", ())}


def test_equal_notes_that_nobody_owns_are_one_package() -> None:
    (systemd,) = found(note(SYSTEMD), note(UDEV), predictions=[])
    assert systemd.databases == (SYSTEMD, UDEV)
    first, second = found(note(SYSTEMD), note(UDEV, "253-1"), predictions=[])
    assert (first.versions, second.versions) == (("252.39-1~deb12u2",), ("253-1",))
