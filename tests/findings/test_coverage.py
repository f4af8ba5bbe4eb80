"""What an audit looked at, and what it says about what it did not."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pytest

from praxi_tasks.findings.advisories.index_cache import build_index
from praxi_tasks.findings.assessment.assessor import Assessor
from praxi_tasks.findings.coverage import Aspect, Coverage, CoverageState, gaps
from praxi_tasks.findings.detectors import Knowledge
from praxi_tasks.findings.feeds.health import FeedHealth
from praxi_tasks.findings.feeds.lifecycle import Lifecycle
from praxi_tasks.findings.feeds.support_dates import SupportEnd
from praxi_tasks.findings.image.fusion import LayerFacts, fuse
from praxi_tasks.inventory import Claim, Distribution, Inventory
from tests.findings.images import STATUS, Changes, deb, layer, pypi
from tests.findings.osv import archive, index, record

AT = date(2026, 11, 24)
BOOKWORM = Distribution("debian", "12", "bookworm")
RANGE = ({"introduced": "0"}, {"fixed": "2.0"})
FLASK = pypi("flask", "1.0", "flask/app.py")
OPENSSL = deb("libssl3", "3.0-1", "usr/lib/libssl.so.3", source="openssl")
PYPI = FeedHealth("PyPI", 1, "", "", 1)
DEBIAN = FeedHealth("Debian", 1, "", "", 1)
IMAGE = [layer(1, [*FLASK.files, *OPENSSL.files], claims=[FLASK, OPENSSL], distribution=BOOKWORM)]


def coverage(layers: list[LayerFacts], knowledge: Knowledge | None = None) -> list[Coverage]:
    return list(Assessor(knowledge or Knowledge(AT)).examine(fuse(layers))[1])


def state(found: list[Coverage], aspect: Aspect, subject: str) -> tuple[CoverageState, str]:
    (one,) = [one for one in found if (one.aspect, one.subject) == (aspect, subject)]
    assert bool(one.action) == one.is_gap
    return one.state, one.reason


def knowledge(*feeds: FeedHealth, **fields: object) -> Knowledge:
    advisories = index(record("PYSEC-1", "flask", *RANGE))
    return Knowledge(AT, advisories, feeds=feeds, **fields)  # type: ignore[arg-type]


def test_without_feeds_nothing_is_called_checked_that_feeds_decide() -> None:
    found = coverage(IMAGE)
    for aspect in (Aspect.VULNERABILITIES, Aspect.OUTDATED):
        assert CoverageState.NOT_CHECKED in {one.state for one in found if one.aspect is aspect}
    assert state(found, Aspect.LAYERS, "all") == (CoverageState.CHECKED, "1 layers, 4 files")
    assert state(found, Aspect.DATABASES, "dpkg")[0] is CoverageState.CHECKED


def test_a_distribution_without_advisories_is_not_called_clean() -> None:
    found = coverage(IMAGE, knowledge(PYPI))
    assert state(found, Aspect.VULNERABILITIES, "pypi")[0] is CoverageState.CHECKED
    verdict, reason = state(found, Aspect.VULNERABILITIES, "debian-12")
    assert verdict is CoverageState.NOT_CHECKED
    assert reason == "1 packages: no feed has advisories for debian-12"


@pytest.mark.parametrize(
    ("feeds", "told"),
    [
        (PYPI, "mirror OSV's feed Debian: run praxi_feeds, or praxi feeds"),
        (
            FeedHealth("Debian", 1, "", "", 1),
            "mirror its vendor's advisories: praxi feeds --advisories debian-12=URL",
        ),
    ],
)
def test_a_feed_that_is_not_there_is_named(feeds: FeedHealth, told: str) -> None:
    lines = coverage(IMAGE, knowledge(feeds))
    assert [line.action for line in lines if line.subject == "debian-12"][:1] == [told]


@pytest.mark.parametrize(("age", "told"), [(7, "7 days old"), (-1, "of unknown age")])
def test_advisories_that_are_old_check_in_part(age: int, told: str) -> None:
    found = coverage(IMAGE, knowledge(FeedHealth("PyPI", 1, "", "", age)))
    verdict, reason = state(found, Aspect.VULNERABILITIES, "pypi")
    assert verdict is CoverageState.PARTIAL
    assert told in reason


def test_a_broken_feed_is_the_reason() -> None:
    broken = index(record("CVE-1", "openssl", *RANGE, ecosystem="Debian:12"), ecosystem="Debian",
                   **{"osv/PyPI/all.zip": archive(record("PYSEC-1", "flask", *RANGE))[:100]})  # fmt: skip
    found = coverage(IMAGE, Knowledge(AT, broken, feeds=(FeedHealth("Debian", 1, "", "", 1),)))
    verdict, reason = state(found, Aspect.VULNERABILITIES, "pypi")
    assert verdict is CoverageState.NOT_CHECKED
    assert "no feed has advisories" not in reason
    assert state(found, Aspect.VULNERABILITIES, "debian-12")[0] is CoverageState.CHECKED


def test_a_feed_that_breaks_off_checks_in_part() -> None:
    whole = archive(record("PYSEC-1", "flask", *RANGE), record("PYSEC-2", "flask", *RANGE))
    damaged = whole.replace(b"PYSEC-2", b"PYSEC-3", 1)  # its checksum no longer holds
    found = coverage(IMAGE, Knowledge(AT, build_index({"osv/PyPI/all.zip": damaged}), feeds=(PYPI,)))
    assert state(found, Aspect.VULNERABILITIES, "pypi")[0] is CoverageState.PARTIAL


BASH = Claim("deb", "bash", "5.2.37-2", STATUS, source="bash", source_version="5.2.37-2")
SSL = Claim("rpm", "openssl", "1.1.1k-21", "var/lib/rpm/rpmdb.sqlite")


@pytest.mark.parametrize(
    ("distribution", "claim", "checked"),
    [
        (Distribution("centos", "7", like=("rhel", "fedora")), SSL, "rhel-7"),
        (Distribution("mariner", "2.0.20221010"), SSL, "azurelinux-2"),
        (Distribution("debian", codename="trixie"), BASH, "debian-13"),
        (Distribution("raspbian", "13", like=("debian",)), BASH, "debian-13"),
        (Distribution("debian", codename="sid"), BASH, ""),
        (Distribution("amzn", "2", like=("centos", "rhel", "fedora")), SSL, ""),
        (Distribution("fedora", "36"), SSL, ""),
        (Distribution("rhel", "7.9"), BASH, ""),
        (None, BASH, ""),
    ],
)
def test_a_distribution_is_matched_where_that_is_right_and_else_told(
    distribution: Distribution | None, claim: Claim, checked: str
) -> None:
    flaws = [
        ("openssl", "Red Hat:enterprise_linux:7::server"),
        ("openssl", "Azure Linux:2"),
        ("bash", "Debian:13"),
    ]
    names = ("Red Hat", "Azure Linux", "Debian")
    records = [
        record(f"CVE-{n}", name, {"introduced": "0"}, {"fixed": "9"}, ecosystem=ecosystem)
        for n, (name, ecosystem) in enumerate(flaws)
    ]
    archives = {f"osv/{n}/all.zip": archive(one) for n, one in zip(names, records, strict=True)}
    feeds = tuple(FeedHealth(name, 1, "", "", 1) for name in names)
    layers = [layer(1, claims=[claim], distribution=distribution)]
    assessor = Assessor(Knowledge(AT, build_index(archives), feeds=feeds))
    image = fuse(layers)
    found = [one for one in assessor.examine(image)[1] if one.aspect is Aspect.VULNERABILITIES]
    flawed = [one for one in assessor.examine(image)[0] if one.kind == "vulnerable"]
    (line,) = found
    assert len(flawed) == bool(checked)
    assert line.is_gap == (not checked)
    assert line.subject == checked or line.action


def test_a_version_that_no_rule_orders_is_told() -> None:
    odd = pypi("odd", "not a version", "odd.py")
    found = coverage([layer(1, [*odd.files, *FLASK.files], claims=[odd, FLASK])], knowledge(PYPI))
    assert state(found, Aspect.VULNERABILITIES, "pypi")[0] is CoverageState.CHECKED
    assert state(found, Aspect.VULNERABILITIES, "pypi/odd")[0] is CoverageState.NOT_CHECKED


def test_a_distribution_without_a_release_is_not_called_supported() -> None:
    sid = [layer(1, OPENSSL.files, claims=[OPENSSL], distribution=Distribution("debian", ""))]
    assert state(coverage(sid), Aspect.END_OF_LIFE, "debian")[0] is CoverageState.NOT_CHECKED
    ends = {"debian": {"12": SupportEnd(date(2026, 6, 10), date(2028, 6, 30))}}
    found = coverage(IMAGE, Knowledge(AT, lifecycle=Lifecycle(distributions=ends)))
    assert state(found, Aspect.END_OF_LIFE, "debian 12")[0] is CoverageState.CHECKED
    nameless = [layer(1, OPENSSL.files, claims=[OPENSSL])]
    assert state(coverage(nameless), Aspect.END_OF_LIFE, "distribution")[0] is CoverageState.NOT_CHECKED


def unread(number: int, *problems: str, databases: tuple[str, ...] = (STATUS,)) -> LayerFacts:
    changes = Changes(f"sha256:{number:064x}")
    return LayerFacts(changes, Inventory(changes.digest, databases=databases, problems=problems))


def test_a_database_that_could_not_be_read_is_told_until_a_later_layer_mends_it() -> None:
    damaged = unread(
        1, f"{STATUS}: it is no such file", "var/lib/rpm/Packages: too large to be read: raise it"
    )
    found = coverage([damaged])
    assert state(found, Aspect.DATABASES, STATUS) == (CoverageState.NOT_CHECKED, "it is no such file")
    assert state(found, Aspect.DATABASES, "var/lib/rpm/Packages")[1] == "too large to be read: raise it"
    mended = coverage([damaged, layer(2, OPENSSL.files, claims=[OPENSSL])])
    assert [one.subject for one in gaps(mended) if one.aspect is Aspect.DATABASES] == ["var/lib/rpm/Packages"]


def test_many_unread_databases_are_counted() -> None:
    lines = [f"node_modules/p{n}/package.json: no JSON" for n in range(60)]
    found = [one for one in coverage([unread(1, *lines)]) if one.aspect is Aspect.DATABASES]
    assert len(found) == 51
    assert "10 more" in found[-1].reason


def test_files_without_any_record_of_a_package_are_told() -> None:
    subject = "all"
    assert state(coverage([layer(1, ["opt/app"])]), Aspect.DATABASES, subject)[0] is CoverageState.NOT_CHECKED
    found = coverage([layer(1, FLASK.files, claims=[FLASK], distribution=BOOKWORM)])
    verdict, reason = state(found, Aspect.DATABASES, "debian-12")
    assert verdict is CoverageState.NOT_CHECKED
    assert reason == "the image names its distribution and has no record of its packages"
    assert not [one for one in coverage(IMAGE) if one.aspect is Aspect.DATABASES and one.is_gap]
    assert not [one for one in coverage([layer(1)]) if one.aspect is Aspect.DATABASES]


def test_a_store_holds_the_packages_of_its_own_distribution_alone() -> None:
    place = "nix/store/0c9mi5sal15ry4mq2yh5sldcqz2q0ys5-bash-5.2/bin/bash"
    bash = Claim("nix", "bash", "5.2", place, files=(place,))

    def is_gap(distribution: Distribution) -> bool:
        found = coverage([layer(1, [place], claims=[bash], distribution=distribution)])
        return any(one.is_gap for one in found if one.aspect is Aspect.DATABASES)

    assert not is_gap(Distribution("nixos", "24.05"))
    assert is_gap(BOOKWORM)


def test_a_database_that_a_later_layer_removes_was_read_below() -> None:
    removed = layer(2, ["opt/app"], whiteouts=[STATUS])
    assert not [one for one in coverage([*IMAGE, removed]) if one.aspect is Aspect.DATABASES and one.is_gap]


def test_a_runtime_without_a_known_end_of_support_is_told() -> None:
    node = "opt/node-v99.1.0-linux-x64/bin/node"
    claim = Claim("generic", "node", "99.1.0", node, files=(node,))
    image = [layer(1, ["usr/local/lib/python3.9/os.py", node], claims=[claim])]
    runtimes: dict[str, Mapping[str, str]] = {"python": {"3.9": "2025-10-31"}, "nodejs": {"20": "2026-04-30"}}
    found = coverage(image, Knowledge(AT, lifecycle=Lifecycle(runtimes=runtimes)))
    assert state(found, Aspect.END_OF_LIFE, "python 3.9")[0] is CoverageState.CHECKED
    verdict, reason = state(found, Aspect.END_OF_LIFE, "nodejs 99")
    assert verdict is CoverageState.NOT_CHECKED
    assert reason == "no table says when support of nodejs 99 ends"
