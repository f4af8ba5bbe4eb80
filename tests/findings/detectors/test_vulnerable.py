from __future__ import annotations

from typing import Any

import pytest

from praxi_tasks.findings import Finding
from praxi_tasks.findings.detectors.detector import Knowledge
from praxi_tasks.findings.detectors.vulnerable import Vulnerabilities, Vulnerable
from praxi_tasks.findings.feeds import FeedHealth
from praxi_tasks.findings.image.fusion import fuse
from praxi_tasks.inventory import Claim, Distribution, VersionText
from tests.findings.detectors.detect import NO_FEEDS
from tests.findings.images import deb, layer, pypi, seen
from tests.findings.osv import index, record

BOOKWORM = Distribution("debian", "12", "bookworm")
RANGE = ({"introduced": "0"}, {"fixed": "2.0"})


def found(image: list, *records: dict, ecosystem: str = "PyPI") -> list[Finding]:  # type: ignore[type-arg]
    return list(Vulnerabilities(index(*records, ecosystem=ecosystem)).findings(fuse(image).components))


def test_a_finding_names_the_release_its_fix_layer_and_paths() -> None:
    flask = pypi("Flask", "1.0", "flask/app.py")
    (finding,) = found([layer(1, flask.files, claims=[flask])], record("PYSEC-1", "flask", *RANGE))
    assert finding.purl == "pkg:pypi/flask@1.0"
    assert finding.fixed == ("2.0",)
    assert finding.layer == f"sha256:{1:064x}"
    assert finding.evidence[0] == "usr/lib/python3/dist-packages/flask/app.py"
    assert finding.action == "upgrade to 2.0"


@pytest.mark.parametrize(
    ("ecosystem", "kind", "name", "versions"),
    [
        ("Go", "golang", "github.com/a/b", {"v1.9.9": True, "v2.0.0": False, "v2.0.0-rc.1": True}),
        ("Go", "golang", "github.com/a/b", {"v1.9.9+incompatible": True, "(devel)": False}),
        ("Go", "golang", "stdlib", {"1.22rc1": True, "1.99.1": True, "2.0.0": False, "2.0": False}),
        ("Maven", "maven", "org.a:b", {"1.9.9.Final": True, "2.0.0.RELEASE": False, "2.0-SNAPSHOT": True}),
        ("crates.io", "cargo", "b_c", {"1.99.0+x": True, "2.0.0-alpha.1": True, "2.0.0": False}),
    ],
)
def test_what_programs_and_archives_hold(
    ecosystem: str, kind: str, name: str, versions: dict[str, bool]
) -> None:
    fixed = "2.0" if kind == "maven" else "2.0.0"
    advisory = record("GHSA-1", name, {"introduced": "0"}, {"fixed": fixed}, ecosystem=ecosystem)
    for version, affected in versions.items():
        claim = Claim(kind, name, version, "opt/tool", files=("opt/tool",))
        hits = found([layer(1, claim.files, claims=[claim])], advisory, ecosystem=ecosystem)
        assert bool(hits) is affected, version


def test_what_a_layer_removed_is_not_vulnerable() -> None:
    flask = pypi("flask", "1.0", "flask/app.py")
    image = [layer(1, flask.files, claims=[flask]), layer(2, whiteouts=["usr"])]
    assert not found(image, record("PYSEC-1", "flask", *RANGE))


def test_debian_matches_by_source_package_and_its_version() -> None:
    claim = deb("libssl3", "3.0-1+b1", "usr/lib/libssl.so.3", source="openssl", source_version="1.0-1")
    image = [layer(1, claim.files, claims=[claim], distribution=BOOKWORM)]
    advisories = record("CVE-2026-1", "openssl", *RANGE, ecosystem="Debian:12")
    (finding,) = found(image, advisories, ecosystem="Debian")
    assert finding.package == "deb/libssl3"
    assert not found(
        image, record("CVE-2026-1", "openssl", *RANGE, ecosystem="Debian:11"), ecosystem="Debian"
    )


def test_rpm_matches_by_binary_and_by_source_once() -> None:
    claim = Claim(
        "rpm",
        "openssl-libs",
        "1.0-1.el9",
        "usr/lib/sysimage/rpm/rpmdb.sqlite",
        "x86_64",
        "openssl",
        "1.0-1.el9",
    )
    image = [layer(1, claims=[claim], distribution=Distribution("rocky", "9.4"))]
    advisories = [
        record("CVE-2026-0001", "openssl", *RANGE, ecosystem="Rocky Linux:9"),
        record(
            "CVE-2026-0001-B", "openssl-libs", *RANGE, ecosystem="Rocky Linux:9", aliases=["CVE-2026-0001"]
        ),
    ]
    assert [finding.id for finding in found(image, *advisories, ecosystem="Rocky Linux")] == ["CVE-2026-0001"]


def test_alpine_matches_by_origin() -> None:
    claim = Claim("apk", "libcrypto3", "1.0-r0", "lib/apk/db/installed", "x86_64", "openssl", "1.0-r0")
    image = [layer(1, claims=[claim], distribution=Distribution("alpine", "3.20.3"))]
    advisories = record("CVE-2026-1", "openssl", *RANGE, ecosystem="Alpine:v3.20")
    assert len(found(image, advisories, ecosystem="Alpine")) == 1


def test_a_tie_gives_the_condition_under_which_it_holds() -> None:
    image = [layer(1, ["a.py"], releases=[seen("pypi", "flask", ["1.8", "1.9", "2.1"], "a.py")])]
    (finding,) = found(image, record("PYSEC-1", "flask", *RANGE))
    assert finding.affected_if == "≤ 1.9"
    assert finding.purl == "pkg:pypi/flask"


def test_a_tie_that_is_affected_in_the_middle_lists_versions() -> None:
    image = [layer(1, ["a.py"], releases=[seen("pypi", "flask", ["1.0", "1.9", "2.1"], "a.py")])]
    (finding,) = found(image, record("PYSEC-1", "flask", {"introduced": "1.5"}, {"fixed": "2.0"}))
    assert finding.affected_if == "1.9"


def test_a_tie_that_is_affected_as_a_whole_has_no_condition() -> None:
    image = [layer(1, ["a.py"], releases=[seen("pypi", "flask", ["1.8", "1.9"], "a.py")])]
    assert found(image, record("PYSEC-1", "flask", *RANGE))[0].affected_if == ""


def test_an_unknown_version_is_affected_below_the_fix() -> None:
    image = [layer(1, ["a.py"], releases=[seen("pypi", "flask", [], "a.py")])]
    assert found(image, record("PYSEC-1", "flask", *RANGE))[0].affected_if == "< 2.0"


def test_what_only_paths_name_is_affected_for_certain_where_a_text_says_its_version() -> None:
    files = ["opt/lib/site-packages/flask/__init__.py"]
    (unsure,) = found([layer(1, files)], record("PYSEC-1", "flask", *RANGE))
    assert (unsure.affected_if, unsure.sources) == ("< 2.0", ("path",))
    said = [layer(1, files, texts=[VersionText(files[0], "1.9")])]
    (sure,) = found(said, record("PYSEC-1", "flask", *RANGE))
    assert (sure.affected_if, sure.purl) == ("", "pkg:pypi/flask@1.9")
    assert sure.confidence < 1


def test_an_ecosystem_without_advisories_is_silent() -> None:
    image = [layer(1, claims=[Claim("gem", "rails", "1.0", "x.gemspec"), deb("a", "1")])]
    assert not found(image, record("PYSEC-1", "rails", *RANGE))


def rpm(name: str, version: str, source: str = "", source_version: str = "", module: str = "") -> Claim:
    database = "usr/lib/sysimage/rpm/rpmdb.sqlite"
    return Claim("rpm", name, version, database, "x86_64", source, source_version, module=module)


def rpm_findings(claim: Claim, distribution: Distribution, osv: str, *records: dict) -> list[str]:  # type: ignore[type-arg]
    image = [layer(1, claims=[claim], distribution=distribution)]
    return [finding.id for finding in found(image, *records, ecosystem=osv)]


def fixed_in(package: str, version: str, osv: str, **fields: Any) -> dict[str, Any]:
    return record("CVE-2026-0001", package, {"introduced": "0"}, {"fixed": version}, ecosystem=osv, **fields)


@pytest.mark.parametrize(
    ("name", "version", "source_version", "fix", "expected"),
    [
        ("openssl-libs", "1:3.5.5-4.el9", "3.5.5-4.el9", "1:3.5.1-1.el9", False),
        ("openssl-libs", "1:3.0.1-4.el9", "3.0.1-4.el9", "1:3.5.1-1.el9", True),
        ("perl-Errno", "1.30-481.el9", "5.32.1-481.el9", "4:5.32.1-400.el9", False),
        ("perl-Errno", "1.30-481.el9", "5.32.1-481.el9", "4:5.32.1-999.el9", True),
        ("zlib", "1.2-1.el9", "1.2-1.el9", "0:1.2-2.el9", True),
    ],
)
def test_the_source_of_an_rpm_has_an_epoch_though_its_name_has_none(
    name: str, version: str, source_version: str, fix: str, expected: bool
) -> None:
    claim = rpm(name, version, "source", source_version)
    rocky = Distribution("rocky", "9.4")
    assert (
        bool(rpm_findings(claim, rocky, "Rocky Linux", fixed_in("source", fix, "Rocky Linux:9"))) is expected
    )


@pytest.mark.parametrize(
    ("identifier", "osv"), [("almalinux", "AlmaLinux:9"), ("rhel", "Red Hat:enterprise_linux:9")]
)
def test_what_is_filed_by_binaries_says_nothing_about_a_source(identifier: str, osv: str) -> None:
    claim = rpm("perl-Errno", "1.30-481.el9", "perl", "5.32.1-481.el9")
    name = osv.partition(":")[0]
    assert not rpm_findings(claim, Distribution(identifier, "9.4"), name, fixed_in("perl", "4:9-1", osv))


@pytest.mark.parametrize(
    ("version", "module", "expected"),
    [
        ("1:18.20.2-1.module_el9", "nodejs:18:9040020240:rhel9", ["CVE-2026-0018"]),
        ("1:18.20.4-1.module_el9", "nodejs:18:9040020240:rhel9", []),
        ("1:20.1.0-1.module_el9", "nodejs:20:9040020240:rhel9", ["CVE-2026-0020"]),
        ("1:20.9.9-1.module_el9", "nodejs:20:9040020240:rhel9", []),
        ("1:16.20.2-8.el9", "", ["CVE-2026-0016"]),
        ("1:16.20.2-9.el9", "", []),
    ],
)
def test_a_modules_stream_has_its_own_fixes(version: str, module: str, expected: list[str]) -> None:
    def fix(number: int, text: str, summary: str) -> dict[str, Any]:
        return record(f"CVE-2026-00{number}", "nodejs", {"introduced": "0"}, {"fixed": text},
                      ecosystem="AlmaLinux:9", summary=summary)  # fmt: skip

    advisories = [
        fix(18, "1:18.20.4-1.module_el9", "Important: nodejs:18 security update"),
        fix(20, "1:20.9.9-1.module_el9", "Important: nodejs:20 security update"),
        fix(16, "1:16.20.2-9.el9", "Important: nodejs security update"),
    ]
    claim = rpm("nodejs", version, module=module)
    assert rpm_findings(claim, Distribution("almalinux", "9.4"), "AlmaLinux", *advisories) == expected


@pytest.mark.parametrize(
    ("version", "module", "is_gap"),
    [
        ("18-1.module_el9", "", True),
        ("18-1.module_el9", "nodejs:18:9040020240:rhel9", False),
        ("18-1.el9", "", False),
    ],
)
def test_a_modules_package_of_no_known_stream_is_a_gap(version: str, module: str, is_gap: bool) -> None:
    claim = rpm("nodejs", version, module=module)
    image = fuse([layer(1, claims=[claim], distribution=Distribution("almalinux", "9.4"))])
    lines = Vulnerable(NO_FEEDS).coverage(image)
    assert [line.reason for line in lines if line.subject == "rpm/nodejs" and "stream" in line.reason] == (
        ["its record does not say of which module's stream it is, as the advisories do"] if is_gap else []
    )


def test_the_fix_of_a_tie_is_one_for_each_of_its_versions() -> None:
    branches = ({"introduced": "1.0"}, {"fixed": "1.5"}, {"introduced": "2.0"}, {"fixed": "2.6"})
    for versions in (["1.0", "2.5"], ["2.5", "1.0"]):
        image = [layer(1, ["a.py"], releases=[seen("pypi", "flask", versions, "a.py")])]
        (finding,) = found(image, record("PYSEC-1", "flask", *branches))
        assert (finding.fixed, finding.action) == (("2.6",), "upgrade to 2.6")
    certain = [layer(1, ["a.py"], releases=[seen("pypi", "flask", ["1.0"], "a.py")])]
    (finding,) = found(certain, record("PYSEC-1", "flask", *branches))
    assert finding.action == "upgrade to 1.5 (later branches: 2.6)"


def test_each_component_has_its_own_advice() -> None:
    image = [
        layer(
            1,
            ["a.py", "b.py", "c.py"],
            releases=[seen("pypi", name, ["1.0"], f"{name}.py") for name in ("a", "b", "c")],
        )
    ]
    records = [
        record(f"PYSEC-{name}", name, {"introduced": "0"}, {"fixed": fix}, aliases=["CVE-2026-1"])
        for name, fix in (("a", "1.1"), ("b", "4.2"), ("c", "1.0.post1"))
    ]
    advice = {finding.package: (finding.id, finding.action) for finding in found(image, *records)}
    assert advice == {
        "pypi/a": ("CVE-2026-1", "upgrade to 1.1"),
        "pypi/b": ("CVE-2026-1", "upgrade to 4.2"),
        "pypi/c": ("CVE-2026-1", "upgrade to 1.0.post1"),
    }


def runtime(name: str, version: str) -> Claim:
    path = f"usr/local/include/{name}/version.h"
    return Claim("generic", name, version, path, files=(path,))


def test_a_runtime_is_matched_by_bitnamis_advisories() -> None:
    image = [layer(1, claims=[runtime("python", "3.12.4"), runtime("python", "3.12.11")])]
    events = ({"introduced": "0"}, {"fixed": "3.9.23"}, {"introduced": "3.12.0"}, {"fixed": "3.12.11"})
    advisory = record("BIT-python-2026-1", "python", *events, ecosystem="Bitnami", kind="SEMVER",
                      aliases=["CVE-2026-0001"])  # fmt: skip
    (finding,) = found(image, advisory, ecosystem="Bitnami")
    assert (finding.id, finding.purl) == ("CVE-2026-0001", "pkg:generic/python@3.12.4")
    assert finding.fixed == ("3.12.11",)


def test_a_runtime_of_which_nobody_tells_is_a_gap() -> None:
    image = fuse([layer(1, claims=[runtime("python", "3.12.4"), runtime("perl", "5.38.2")])])
    advisory = record("BIT-1", "python", *RANGE, ecosystem="Bitnami")
    feeds = (FeedHealth("Bitnami", 1, "", "", 1),)
    knowledge = Knowledge(NO_FEEDS.at, index(advisory, ecosystem="Bitnami"), feeds=feeds)
    (line,) = Vulnerable(knowledge).coverage(image)
    assert (line.subject, line.state, line.packages) == ("generic", "partial", ("generic/perl",))
    assert line.reason == "1 of 2 packages: no feed has an advisory about them"


def test_a_program_is_called_as_its_advisories_call_it() -> None:
    image = [layer(1, claims=[runtime("openjdk", "1.8.0_382-b05"), runtime("openjdk", "17.0.7+7")])]
    events = ({"introduced": "0"}, {"fixed": "8.0.392"}, {"introduced": "9.0.0"}, {"fixed": "17.0.7"})
    advisory = record("BIT-java-1", "java", *events, ecosystem="Bitnami", kind="SEMVER")
    (finding,) = found(image, advisory, ecosystem="Bitnami")
    assert (finding.package, finding.fixed) == ("generic/openjdk", ("8.0.392", "17.0.7"))


def test_the_runtime_of_a_distributions_package_is_matched_as_that() -> None:
    python = runtime("python", "3.12.4")
    package = deb("libpython3.12-dev", "3.12.4-1", *python.files)
    image = [layer(1, python.files, claims=[python, package], distribution=BOOKWORM)]
    assert not found(
        image, record("BIT-1", "python", {"introduced": "0"}, ecosystem="Bitnami"), ecosystem="Bitnami"
    )
