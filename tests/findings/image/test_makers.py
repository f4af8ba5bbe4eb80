from __future__ import annotations

from datetime import date

import msgspec
import pytest

from praxi_tasks.findings.coverage import CoverageState
from praxi_tasks.findings.detectors.detector import Knowledge
from praxi_tasks.findings.detectors.vulnerable import Vulnerabilities, Vulnerable
from praxi_tasks.findings.feeds import FeedHealth
from praxi_tasks.findings.feeds.release_lists import ReleaseLists
from praxi_tasks.findings.image.fusion import FusedImage, fuse
from praxi_tasks.findings.image.makers import Makers
from praxi_tasks.inventory import Claim, Distribution
from tests.findings.images import STATUS, layer
from tests.findings.osv import index, record

DEBIAN = "Debian Java Maintainers <pkg-java-maintainers@lists.alioth.debian.org>"
LIBRARY = "usr/share/search/lib/log4j-core-2.14.0.jar"
COPYRIGHT = "usr/share/doc/search/copyright"


def deb(maker: str, *files: str, database: str = STATUS, name: str = "search") -> Claim:
    return Claim("deb", name, "7.0.0", database, "amd64", files=files, maker=maker)


BASE = deb(DEBIAN, "usr/share/doc/base-files/copyright", name="base-files")


def rpm(name: str, maker: str) -> Claim:
    return Claim("rpm", name, "1-1", "var/lib/rpm/rpmdb.sqlite", "x86_64", maker=maker)


def by_others(claim: Claim, *others: Claim) -> bool:
    return Makers([claim, *others]).by_others(claim)


@pytest.mark.parametrize(
    "maker",
    [
        "Docker <support@docker.com>",
        "NodeSource Support <support@nodesource.com>",
        "NGINX Packaging <nginx-packaging@f5.com>",
        "MySQL Release Engineering <mysql-build@oss.oracle.com>",
        "Kubernetes Authors <dev@kubernetes.io>",
        "Google Cloud CLI Authors <https://code.google.com/p/google-cloud-sdk/>",
        "GitHub",
    ],
)
def test_vendors_of_debs_are_known_by_their_addresses(maker: str) -> None:
    assert by_others(deb(maker, COPYRIGHT))


@pytest.mark.parametrize(
    "maker",
    [
        DEBIAN,
        "Ubuntu Developers <ubuntu-devel-discuss@lists.ubuntu.com>",
        "Somebody <somebody@googlegroups.com>",
        "Docker Maintainers <team+docker@tracker.debian.org>",
        "GitHub fan <fan@notdocker.com>",
        "",
    ],
)
def test_the_distributions_maintainers_are_many(maker: str) -> None:
    assert not by_others(deb(maker, COPYRIGHT, LIBRARY))


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        ("16.3-1.pgdg120+1", True),
        ("17.4-1.pgdg24.04+2", True),
        ("8.3.21-1+0~20250509.62+debian12~1.gbpd2ac5c", True),
        ("8.1.2-1+ubuntu22.04.1+deb.sury.org+1", True),
        ("15.6-0+deb12u1", False),
        ("1.2.11+dfsg-4ubuntu2", False),
        ("2.8.5-1~bpo12+1", False),
    ],
)
def test_builds_of_teams_that_maintain_debians_own_are_told_by_their_versions(
    version: str, expected: bool
) -> None:
    claim = msgspec.structs.replace(deb(DEBIAN, COPYRIGHT), version=version)
    assert by_others(claim, BASE) is expected


def test_a_deb_that_breaks_debians_policy_is_no_package_of_debian() -> None:
    assert by_others(deb(DEBIAN, COPYRIGHT, "opt/search/lib/a.jar"))
    assert by_others(deb(DEBIAN, LIBRARY), BASE)
    # A link to another's documents.
    assert not by_others(deb(DEBIAN, LIBRARY, "usr/share/doc/search"), BASE)


def test_a_distribution_need_not_keep_debians_policy() -> None:
    yocto = deb(DEBIAN, "usr/bin/ls", name="coreutils")
    assert not by_others(deb(DEBIAN, LIBRARY), yocto)
    assert not by_others(yocto)


def test_what_lists_no_files_or_no_links_is_not_judged_by_them() -> None:
    assert not by_others(deb(DEBIAN), BASE)
    assert not by_others(deb(DEBIAN, LIBRARY, database="var/lib/dpkg/status.d/search"), BASE)
    assert not by_others(deb("", LIBRARY), BASE)


def test_who_made_the_base_of_rpms_made_the_distribution() -> None:
    base = rpm("glibc", "Rocky Enterprise Software Foundation")
    assert not by_others(rpm("openssl", "Rocky Enterprise Software Foundation"), base)
    assert by_others(rpm("mongodb-org", "MongoDB, Inc."), base)
    assert by_others(rpm("built-here", ""), base)
    assert by_others(rpm("dotnet-runtime-8.0", "Microsoft Corporation"), base)
    assert not by_others(
        rpm("dotnet-runtime-8.0", "Microsoft Corporation"), rpm("bash", "Microsoft Corporation")
    )


def test_epels_packages_are_a_distributions_in_a_rebuild() -> None:
    assert not by_others(rpm("htop", "Fedora Project"), rpm("filesystem", "Red Hat, Inc."))


def test_rpms_are_not_judged_where_the_base_names_no_vendor() -> None:
    assert not by_others(rpm("mongodb-org", "MongoDB, Inc."), rpm("bash", ""))
    assert not by_others(Claim("apk", "x", "1", "lib/apk/db/installed", maker="X <x@docker.com>"))


BOOKWORM = Distribution("debian", "12", "bookworm")
JAR = Claim("maven", "org.a:log", "2.14.0", LIBRARY, files=(LIBRARY,))
NODE = Claim("generic", "node", "18.19.0", "usr/bin/node", files=("usr/bin/node",))
AFFECTED = ({"introduced": "0"},)


def image(maker: str) -> FusedImage:
    """Return an image with a deb of somebody's that lists a jar and a program."""
    package = deb(maker, COPYRIGHT, LIBRARY, *NODE.files)
    return fuse([layer(1, package.files, claims=[package, JAR, NODE], distribution=BOOKWORM)])


def vulnerable(maker: str, ecosystem: str, name: str) -> set[str]:
    advisories = index(
        record("X-1", name, *AFFECTED, ecosystem=ecosystem), ecosystem=ecosystem.partition(":")[0]
    )
    return {found.package for found in Vulnerabilities(advisories).findings(image(maker).components)}


def test_a_distribution_answers_for_what_its_packages_have_inside() -> None:
    assert not vulnerable(DEBIAN, "Maven", "org.a:log")
    assert not vulnerable(DEBIAN, "Bitnami", "node")
    assert vulnerable(DEBIAN, "Debian:12", "search") == {"deb/search"}


def test_advisories_hold_for_what_packages_of_others_have_inside() -> None:
    elastic = "Elasticsearch Team <info@elastic.co>"
    assert vulnerable(elastic, "Maven", "org.a:log") == {"maven/org.a:log"}
    assert vulnerable(elastic, "Bitnami", "node") == {"generic/node"}
    assert not vulnerable(elastic, "Debian:12", "search")


def test_a_finding_says_which_package_to_upgrade() -> None:
    advisories = index(record("X-1", "org.a:log", *AFFECTED, ecosystem="Maven"), ecosystem="Maven")
    components = image("Elasticsearch Team <info@elastic.co>").components
    (finding,) = Vulnerabilities(advisories).findings(components)
    assert finding.action.endswith("; deb/search brought it")


def test_that_nobody_tells_of_packages_of_others_is_a_gap() -> None:
    advisories = index(record("X-1", "bash", *AFFECTED, ecosystem="Debian:12"), ecosystem="Debian")
    feeds = (FeedHealth("Debian", 1, "", "", 1),)
    detector = Vulnerable(Knowledge(date(2026, 11, 29), advisories, feeds=feeds))
    lines = {one.subject: one for one in detector.coverage(image("Docker <support@docker.com>"))}
    assert lines["deb"].state is CoverageState.NOT_CHECKED
    assert lines["deb"].packages == ("deb/search",)
    assert "debian-12 are not about them" in lines["deb"].reason
    assert "debian-12" not in lines


def test_they_are_not_compared_with_the_distributions_releases() -> None:
    lists = ReleaseLists({("debian-12", "search"): {"8.0.0": "2026-01-01"}})
    (ours,) = (one for one in image(DEBIAN).components if one.ecosystem == "deb")
    (theirs,) = (one for one in image("Docker <support@docker.com>").components if one.ecosystem == "deb")
    assert lists.of(ours)
    assert not lists.of(theirs)


def test_what_a_package_inside_brought_is_that_ones() -> None:
    library = "usr/share/dotnet/shared/Microsoft.NETCore.App/8.0.1/System.Runtime.dll"
    package = deb(".NET Team <dotnetpackages@dotnetfoundation.org>", COPYRIGHT, library)
    runtime = Claim(
        "nuget", "Microsoft.NETCore.App.Runtime.linux-x64", "8.0.1", "x.deps.json", files=(library,)
    )
    dotnet = Claim("generic", "dotnet", "8.0.1", library, files=(library,))
    claims = [package, runtime, dotnet]
    components = fuse([layer(1, package.files, claims=claims, distribution=BOOKWORM)]).components
    owners = {one.ecosystem: one.owner for one in components}
    assert owners == {"deb": "", "generic": f"nuget/{runtime.name}", "nuget": ""}
