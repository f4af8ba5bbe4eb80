"""One vulnerability that a package and a part of it have in common is one finding."""

from __future__ import annotations

from praxi_tasks.findings import Finding
from praxi_tasks.findings.advisories.index_cache import build_index
from praxi_tasks.findings.detectors.same_cause import one_cause
from praxi_tasks.findings.detectors.vulnerable import Vulnerabilities
from praxi_tasks.findings.feeds.folder import archive_name
from praxi_tasks.findings.image.fusion import fuse
from praxi_tasks.findings.packages import Component
from praxi_tasks.inventory import Claim, Distribution
from tests.findings.images import deb, layer, pypi
from tests.findings.osv import archive, record

RANGE = ({"introduced": "0"}, {"fixed": "2.0.0"})
CVE = "CVE-2026-0001"


def inside(kind: str, name: str, version: str, path: str) -> Claim:
    return Claim(kind, name, version, path, files=(path,))


def found(*claims: Claim, distribution: Distribution | None = None) -> list[Finding]:
    """Match an image with advisories of one vulnerability, which each feed knows under a name of its own."""
    feeds = {
        "PyPI": [record("PYSEC-1", "tool", *RANGE, aliases=[CVE])],
        "Go": [
            record("GO-1", "example.org/tool", *RANGE, ecosystem="Go", kind="SEMVER", aliases=[CVE]),
            record("GO-2", "stdlib", *RANGE, ecosystem="Go", kind="SEMVER", aliases=[CVE]),
        ],
        "Bitnami": [
            record("BIT-1", "golang", *RANGE, ecosystem="Bitnami", kind="SEMVER", aliases=[CVE]),
            record("BIT-2", "golang", *RANGE, ecosystem="Bitnami", kind="SEMVER"),
        ],
        "Maven": [record("GHSA-1", "a:b", *RANGE, ecosystem="Maven", aliases=[CVE])],
        "Debian": [record("DSA-1", "libb-java", *RANGE, ecosystem="Debian:12", aliases=[CVE])],
    }
    advisories = build_index({archive_name(name): archive(*records) for name, records in feeds.items()})
    files = [path for claim in claims for path in (claim.database, *claim.files)]
    image = fuse([layer(1, files, claims=claims, distribution=distribution)])
    return list(Vulnerabilities(advisories).findings(image.components))


def test_a_wheel_and_the_module_of_its_program_have_one_finding() -> None:
    wheel = pypi("tool", "1.0.0", "tool/tool")
    program = next(path for path in wheel.files if path.endswith("tool/tool"))
    module = inside("golang", "example.org/tool", "v1.0.0", program)
    (finding,) = found(wheel, module)
    assert (finding.id, finding.package) == (CVE, "pypi/tool")
    assert [each.purl for each in finding.packages] == [
        "pkg:pypi/tool@1.0.0",
        "pkg:golang/example.org/tool@v1.0.0",
    ]


def test_what_only_the_part_has_is_told_of_it_and_of_who_brought_it() -> None:
    wheel = pypi("other", "1.0.0", "other/tool")
    program = next(path for path in wheel.files if path.endswith("other/tool"))
    (finding,) = found(wheel, inside("golang", "example.org/tool", "v1.0.0", program))
    assert (finding.package, finding.packages) == ("golang/example.org/tool", ())
    assert finding.action == "upgrade to 2.0.0; pypi/other brought it"


def test_a_toolchain_and_its_standard_library_have_one_finding_each_vulnerability() -> None:
    go = "usr/local/go/bin/go"
    findings = found(inside("generic", "go", "1.22.3", go), inside("golang", "stdlib", "1.22.3", go))
    assert {(each.id, each.package): len(each.packages) for each in findings} == {
        (CVE, "golang/stdlib"): 2,
        ("BIT-2", "generic/go"): 0,
    }


def test_a_toolchain_beside_another_program_has_its_own() -> None:
    findings = found(
        inside("generic", "go", "1.22.3", "usr/local/go/bin/go"),
        inside("golang", "stdlib", "1.22.3", "usr/local/bin/tool"),
    )
    assert [each.package for each in findings if each.id == CVE] == ["generic/go", "golang/stdlib"]


def test_a_jar_in_a_package_of_the_distribution_is_matched_by_its_advisories() -> None:
    jar = inside("maven", "a:b", "1.0.0", "usr/share/java/b.jar")
    package = deb("libb-java", "1.0.0", "usr/share/java/b.jar")
    (finding,) = found(jar, package, distribution=Distribution("debian", "12", "bookworm"))
    assert finding.package == "deb/libb-java"
    (finding,) = found(jar)
    assert finding.package == "maven/a:b"


def test_packages_that_say_of_each_other_that_they_brought_them_lose_nothing() -> None:
    parts = [
        Component("pypi", name, ("1",), f"pkg:pypi/{name}@1", ("inventory",), owner=f"pypi/{owner}")
        for name, owner in (("a", "b"), ("b", "c"), ("c", "a"), ("d", "a"))
    ]
    found = [(one, (Finding("vulnerable", CVE, one.name, "high", purl=one.purl),)) for one in parts]
    (finding,) = one_cause(found)
    assert {each.purl for each in finding.packages} == {one.purl for one in parts}


def test_a_wheel_that_is_not_installed_is_told_as_that() -> None:
    wheel = Claim("pypi", "tool", "1.0.0", "srv/t.whl", files=("srv/t.whl",), relation="archived")
    (finding,) = found(wheel)
    assert finding.action == "upgrade to 2.0.0; it is in an archive and not installed"
