from __future__ import annotations

import pytest

from praxi_tasks.inventory import Distribution
from tests.inventory.layers import inventory_of

STATUS = b"Package: tar\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1\n"
DPKG, APK, RPM = "var/lib/dpkg/status", "lib/apk/db/installed", "var/lib/rpm/Packages"
LSB = b'DISTRIB_ID=Ubuntu\nDISTRIB_RELEASE=12.04\nDISTRIB_CODENAME=precise\nDISTRIB_DESCRIPTION="Ubuntu"\n'
SUSE = b"SUSE Linux Enterprise Server 11 (x86_64)\nVERSION = 11\nPATCHLEVEL = 4\n"


def told(files: dict[str, bytes], database: str) -> Distribution | None:
    return inventory_of({**files, database: STATUS}).distribution


@pytest.mark.parametrize(
    ("path", "content", "database", "distribution"),
    [
        ("etc/centos-release", b"CentOS release 6.10 (Final)\n", RPM, Distribution("centos", "6.10")),
        ("etc/redhat-release", b"CentOS release 5.11 (Final)\n", RPM, Distribution("centos", "5.11")),
        (
            "etc/redhat-release",
            b"Red Hat Enterprise Linux Server release 6.10 (Santiago)\n",
            RPM,
            Distribution("rhel", "6.10"),
        ),
        (
            "etc/centos-release",
            b"CentOS Linux release 7.9.2009 (Core)\n",
            RPM,
            Distribution("centos", "7.9.2009"),
        ),
        ("etc/oracle-release", b"Oracle Linux Server release 6.10\n", RPM, Distribution("ol", "6.10")),
        ("etc/rocky-release", b"Rocky Linux release 9.3 (Blue Onyx)\n", RPM, Distribution("rocky", "9.3")),
        ("etc/fedora-release", b"Fedora release 20 (Heisenbug)\n", RPM, Distribution("fedora", "20")),
        ("etc/SuSE-release", SUSE, RPM, Distribution("sles", "11.4")),
        ("etc/SuSE-release", SUSE.replace(b"4\n", b"0\n"), RPM, Distribution("sles", "11")),
        ("etc/alpine-release", b"3.20.1\n", APK, Distribution("alpine", "3.20.1")),
        (
            "etc/alpine-release",
            b"3.21_alpha20240807\n",
            APK,
            Distribution("alpine", "3.21_alpha20240807"),
        ),
        ("etc/debian_version", b"12.5\n", DPKG, Distribution("debian", "12")),
        ("etc/lsb-release", LSB, DPKG, Distribution("ubuntu", "12.04", "precise")),
        ("etc/lsb-release", LSB.partition(b"DISTRIB_C")[0], DPKG, Distribution("ubuntu", "12.04")),
    ],
)
def test_an_image_without_os_release_is_known_by_older_files(
    path: str, content: bytes, database: str, distribution: Distribution
) -> None:
    assert told({path: content}, database) == distribution


def test_whose_rebuild_it_is_comes_before_what_it_was_built_from() -> None:
    redhat = b"Red Hat Enterprise Linux Server release 6.10 (Santiago)\n"
    files = {"etc/redhat-release": redhat, "etc/oracle-release": b"Oracle Linux Server release 6.10\n"}
    assert told(files, RPM) == Distribution("ol", "6.10")
    assert told({"etc/debian_version": b"7.0\n", "etc/lsb-release": LSB}, DPKG) == Distribution(
        "ubuntu", "12.04", "precise"
    )


def test_os_release_comes_first() -> None:
    files = {"etc/os-release": b"ID=kali\nVERSION_ID=2024.1\n", "etc/debian_version": b"12.5\n"}
    assert told(files, DPKG) == Distribution("kali", "2024.1")


def test_a_layer_without_packages_says_nothing_of_the_image() -> None:
    assert inventory_of({"etc/debian_version": b"12.5\n"}).distribution is None


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("etc/debian_version", b"trixie/sid\n"),
        ("etc/lsb-release", b"DISTRIB_ID=Arch\nDISTRIB_RELEASE=rolling\n"),
        ("etc/redhat-release", b"\xff\xfe\n"),
        ("etc/redhat-release", b"Somebody's Linux release 3\n"),
        ("etc/alpine-release", b""),
    ],
)
def test_what_names_no_release_is_none(path: str, content: bytes) -> None:
    assert told({path: content}, DPKG) is None
