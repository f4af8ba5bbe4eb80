"""Which distributions are matched by another one's advisories, and which must not be."""

from __future__ import annotations

import pytest

from praxi_tasks.findings.packages import relative_name
from praxi_tasks.inventory import Distribution


@pytest.mark.parametrize(
    ("distribution", "relative"),
    [
        (Distribution("centos", "7", like=("rhel", "fedora")), "rhel-7"),
        (Distribution("scientific", "7.9"), "rhel-7.9"),
        (Distribution("mariner", "2.0.20221010"), "azurelinux-2.0.20221010"),
        (Distribution("sle-micro-rancher", "5.4"), "sle-micro-5.4"),
        (Distribution("clnstrt"), "cleanstart"),
        (Distribution("raspbian", "13", like=("debian",)), "debian-13"),
        (Distribution("debian", codename="trixie"), "debian-13"),
        (Distribution("ubuntu", codename="jammy"), "ubuntu-22.04"),
        (
            Distribution("linuxmint", "21.3", "virginia", like=("ubuntu", "debian"), base_codename="jammy"),
            "ubuntu-22.04",
        ),
        (Distribution("linuxmint", "6", "faye", like=("debian",), base_codename="bookworm"), "debian-12"),
        (Distribution("pop", "22.04", "jammy", like=("ubuntu", "debian")), "ubuntu-22.04"),
    ],
)
def test_a_relative_is_matched_by_the_release_it_is(distribution: Distribution, relative: str) -> None:
    assert relative_name(distribution) == relative


@pytest.mark.parametrize(
    "distribution",
    [
        None,
        Distribution("debian", "12", "bookworm"),
        Distribution("debian"),
        Distribution("debian", codename="sid"),
        Distribution("ubuntu", "22.04", "jammy", like=("debian",), base_codename="jammy"),
        Distribution("amzn", "2", like=("centos", "rhel", "fedora")),
        Distribution("ol", "9.4", like=("fedora",)),
        Distribution("fedora", "36"),
        Distribution("kali", "2024.1", "kali-rolling", like=("debian",)),
        Distribution("devuan", "5", "daedalus", like=("debian",)),
        Distribution("rocky", "9.4", like=("rhel", "centos", "fedora")),
        Distribution("alpine", "3.20.3"),
    ],
)
def test_no_other_is(distribution: Distribution | None) -> None:
    assert relative_name(distribution) == ""
