"""Packages of one distribution below the layers of another one."""

from __future__ import annotations

from typing import Final

import pytest

from praxi_tasks.findings.image.distributions import Distributions
from praxi_tasks.inventory import Distribution
from tests.findings.image.test_linked_records import BASH, STATUS, Files, image
from tests.inventory.os import test_apk

DEBIAN: Final = Distribution("debian", "12")
OLDER: Final = Distribution("debian", "11")
ALPINE: Final = Distribution("alpine", "3.20")
OWN: Final = Distribution("acme", "1")
LISTED: Final[Files] = {
    "etc/os-release": b"ID=debian\nVERSION_ID=12\n",
    STATUS: BASH,
    "var/lib/dpkg/info/bash.list": b"/.\n/usr\n/usr/bin\n/usr/bin/bash\n",
    "usr/bin/bash": b"elf",
}
RELEASE: Final[Files] = {"etc/os-release": b"ID=alpine\nVERSION_ID=3.20\n"}


@pytest.mark.parametrize(
    ("told", "ecosystem", "until", "expected"),
    [
        ([DEBIAN, ALPINE], "apk", None, ALPINE),
        ([DEBIAN, ALPINE], "deb", None, DEBIAN),
        ([DEBIAN, None, ALPINE], "deb", 2, DEBIAN),
        ([OLDER, DEBIAN], "deb", 1, OLDER),
        ([OLDER, DEBIAN], "deb", None, DEBIAN),
        ([DEBIAN, OWN], "deb", None, OWN),  # of which nobody knows what packages it has
        ([None, DEBIAN], "deb", 1, DEBIAN),
        ([ALPINE], "deb", None, ALPINE),
        ([Distribution("linuxmint", "21", like=("ubuntu", "debian")), ALPINE], "deb", None, None),
        ([], "deb", None, None),
    ],
)
def test_whose_packages_they_are(
    told: list[Distribution | None], ecosystem: str, until: int | None, expected: Distribution | None
) -> None:
    found = Distributions(told).of_packages(ecosystem, until)
    assert found == (expected or next(iter(told), None))


def test_a_package_that_another_distribution_covers() -> None:
    gone = {"var/lib/.wh.dpkg": b"", **RELEASE, "lib/apk/db/installed": test_apk.INSTALLED}
    for found in (image(LISTED, gone), image(LISTED, RELEASE)):
        (bash,) = (item for item in found.components if item.name == "bash")
        assert (bash.distribution, bash.purl) == ("debian-12", "pkg:deb/debian/bash@5.2-1?arch=amd64")
        assert bash.present
        assert found.distribution == ALPINE
