from __future__ import annotations

import pytest

from praxi_tasks.findings.packages.component import Component, distribution_name
from praxi_tasks.findings.packages.namespaces import (
    component_namespace,
    distribution_namespace,
    ecosystem_extension,
    ecosystem_namespace,
    known_ecosystem,
    osv_name,
    version_type,
)
from praxi_tasks.inventory import Distribution


# What OSV calls a release, what os-release of that release says, and the rules that order its versions.
@pytest.mark.parametrize(
    ("ecosystem", "identifier", "version_id", "kind"),
    [
        ("Debian:12", "debian", "12", "deb"),
        ("Ubuntu:22.04:LTS", "ubuntu", "22.04", "deb"),
        ("Alpine:v3.20", "alpine", "3.20.3", "apk"),
        ("Wolfi", "wolfi", "20230201", "apk"),
        ("Rocky Linux:9", "rocky", "9.4", "rpm"),
        ("AlmaLinux:8", "almalinux", "8.10", "rpm"),
        ("Red Hat:enterprise_linux:9::baseos", "rhel", "9.3", "rpm"),
        ("SUSE:Linux Enterprise Server 15 SP5", "sles", "15.5", "rpm"),
        ("SUSE:Linux Enterprise Server 12 SP5-LTSS", "sles", "12.5", "rpm"),
        ("SUSE:Linux Enterprise Module for Python 3 15 SP6", "sles", "15.6", "rpm"),
        ("openSUSE:Leap 15.6", "opensuse-leap", "15.6", "rpm"),
        ("Photon OS:5.0", "photon", "5.0", "rpm"),
        ("Azure Linux:3", "azurelinux", "3.0", "rpm"),
        ("openEuler:24.03-LTS", "openEuler", "24.03", "rpm"),
        ("Mageia:9", "mageia", "9", "rpm"),
        ("SUSE:Linux Enterprise Micro 5.5", "sle-micro", "5.5", "rpm"),
        ("SUSE:Linux Micro 6.0", "sl-micro", "6.0", "rpm"),
        ("openSUSE:Leap Micro 5.5", "opensuse-leap-micro", "5.5", "rpm"),
        ("Red Hat:hummingbird:1", "hummingbird", "20251124", "rpm"),
        ("MinimOS", "minimos", "20241031", "apk"),
        ("CleanStart", "cleanstart", "1.0", "apk"),
        ("Echo", "echo", "1", "deb"),
        ("Alpaquita:stream", "alpaquita", "stream", "apk"),
        ("Alpaquita:23", "alpaquita", "23", "apk"),
        ("BellSoft Hardened Containers:stream", "bellsoft-hardened-containers", "stream", "apk"),
        ("BellSoft Hardened Containers:25", "bellsoft-hardened-containers", "25", "apk"),
    ],
)
def test_a_distributions_advisories_meet_its_packages(
    ecosystem: str, identifier: str, version_id: str, kind: str
) -> None:
    distribution = distribution_name(Distribution(identifier, version_id))
    component = Component(kind, "x", ("1",), "p", ("inventory",), distribution=distribution)
    namespace = ecosystem_namespace(ecosystem)
    assert namespace is not None
    assert component_namespace(component) == namespace
    assert version_type(namespace) == kind


@pytest.mark.parametrize(
    "ecosystem",
    [
        "Debian",
        "Ubuntu:Pro:22.04:LTS",
        "Plan 9:4",
        "GIT",
        "Alpine:edge",
        "Alpine:stream",
        "VSCode",
        "Echo:PyPI",
        "Echo:Maven",
        "Red Hat:openshift:4.16::el9",
    ],
)
def test_what_stands_for_no_release_has_no_namespace(ecosystem: str) -> None:
    assert ecosystem_namespace(ecosystem) is None


def test_languages_have_no_releases() -> None:
    for ecosystem, kind in (("PyPI", "pypi"), ("crates.io", "cargo"), ("Maven", "maven")):
        component = Component(kind, "x", ("1",), "p", ("inventory",))
        assert ecosystem_namespace(ecosystem) == component_namespace(component) == kind == version_type(kind)


def test_a_package_of_an_unknown_distribution_has_none() -> None:
    assert component_namespace(Component("deb", "x", ("1",), "p", ("inventory",))) is None


@pytest.mark.parametrize(
    ("named", "namespace"),
    [
        ("amzn-2023", "amzn-2023"),
        ("amzn-2", "amzn-2"),
        ("ol-9.4", "ol-9"),
        ("fedora-42", "fedora-42"),
        ("mariner-2.0", "azurelinux-2"),
        ("azurelinux-3.0", "azurelinux-3"),
        ("centos-9", "rhel-9"),
        ("debian-14", "debian-14"),
        ("debian-forky", "debian-14"),
        ("wolfi", "wolfi"),
        ("opensuse-tumbleweed", "opensuse-tumbleweed"),
        ("opensuse-leap-15.6", "opensuse-leap-15.6"),
        ("sles_sap-15.6", "sles-15.6"),
        ("debian-nowhere", None),
        ("amzn", None),
        ("", None),
    ],
)
def test_a_person_names_a_release(named: str, namespace: str | None) -> None:
    assert distribution_namespace(named) == namespace


@pytest.mark.parametrize(
    ("identifier", "version_id", "namespace"),
    [("amzn", "2023", "amzn-2023"), ("ol", "9.4", "ol-9"), ("fedora", "42", "fedora-42")],
)
def test_images_of_vendors_without_a_feed_of_osvs(identifier: str, version_id: str, namespace: str) -> None:
    distribution = distribution_name(Distribution(identifier, version_id))
    component = Component("rpm", "x", ("1",), "p", ("inventory",), distribution=distribution)
    assert component_namespace(component) == namespace
    assert osv_name(namespace) == namespace
    assert not known_ecosystem("")


@pytest.mark.parametrize(
    ("ecosystem", "namespace", "build"),
    [
        ("Red Hat:rhel_eus:9.4::baseos", "rhel-9", "el9_4"),
        ("Red Hat:rhel_aus:8.6::appstream", "rhel-8", "el8_6"),
        ("Red Hat:rhel_els:7", "rhel-7", "el7"),
        ("Red Hat:enterprise_linux_eus:10.0", "rhel-10", "el10_0"),
        ("Red Hat:openshift:4.16::el9", None, ""),
        ("Red Hat:enterprise_linux:9::baseos", "rhel-9", ""),
        ("Rocky Linux:rhel_eus:9.4", "rocky-9", ""),
    ],
)
def test_products_of_red_hat(ecosystem: str, namespace: str | None, build: str) -> None:
    assert ecosystem_namespace(ecosystem) == namespace
    extension = ecosystem_extension(ecosystem)
    assert (extension.build if extension else "") == build
