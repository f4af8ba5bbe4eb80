"""Feeds and what is compared with them: advisories, scores, versions, ends of support, indexes."""

from __future__ import annotations

import gzip
import io
import json
import subprocess
import tarfile
import zipfile
from collections.abc import Mapping

import msgspec
from packageurl import PackageURL
from packaging.version import InvalidVersion, Version

from praxi_tasks.ecosystems import ECOSYSTEMS
from praxi_tasks.errors import CorruptObjectError, DataError, PolicyError
from praxi_tasks.findings import Finding, parse_policy
from praxi_tasks.findings.advisories import AdvisoryIndex, check_vendor_feed, read_records
from praxi_tasks.findings.advisories.index_cache import build_index
from praxi_tasks.findings.advisories.severity import base_score, of_score
from praxi_tasks.findings.feeds import NPM, PYPI, read_elements, read_epss, read_kev, read_state
from praxi_tasks.findings.feeds.distribution_packages import read_packages
from praxi_tasks.findings.feeds.mirror import check_feed
from praxi_tasks.findings.feeds.release_cycles import read_cycles
from praxi_tasks.findings.feeds.release_lists import read_releases
from praxi_tasks.findings.feeds.support_dates import read_distro_info, read_support_ended
from praxi_tasks.findings.packages import Component, parse_version, release_purl
from praxi_tasks.findings.packages.debian_version import DpkgVersion
from praxi_tasks.findings.vex import ImageNames, Vex, parse_openvex
from tests.fuzz.target import SEPARATOR, parts, same, target

_FEEDS = "praxi_tasks.findings.feeds."
_CPE = "cpe:/o:redhat:rhel_eus:9.4::baseos"
_PURL = "pkg:rpm/redhat/flask@2.0-1.el9_4?arch=x86_64&epoch=1"
_SAID = {"vulnerability": {"name": "CVE-2026-1000"}, "status": "affected"}
_VEX = {
    "@context": "https://openvex.dev/ns/v0.2.0",
    "@id": "https://example.org/1",
    "author": "a",
    "timestamp": "2026-01-01T00:00:00Z",
    "statements": [{**_SAID, "products": [{"@id": "pkg:pypi/flask@1.0", "subcomponents": [{"@id": "x"}]}]}],
}
_FLASK = Component("pypi", "flask", ("1.0",), "pkg:pypi/flask@1.0", ("inventory",))
_ADVISORY = {
    "id": "GHSA-1",
    "modified": "2026-01-01T00:00:00Z",
    "aliases": ["CVE-2026-1000"],
    "summary": "it misbehaves",
    "severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}],
    "affected": [
        {
            "package": {"ecosystem": "PyPI", "name": "flask"},
            "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "2.0"}]}],
            "versions": ["1.0"],
            "database_specific": {"severity": "HIGH"},
        }
    ],
}


def _zip(data: bytes, name: str = "a.json") -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as members:
        members.writestr(name, data)
    return buffer.getvalue()


def _tar(data: bytes, name: str) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as members:
        info = tarfile.TarInfo(name)
        info.size = len(data)
        members.addfile(info, io.BytesIO(data))
    return buffer.getvalue()


@target(
    covers=("praxi_tasks.findings.advisories.osv.read_records",),
    errors=(DataError,),
    seeds=[json.dumps(_ADVISORY).encode()],
)
def osv(data: bytes) -> None:
    """Build an index of one advisory, ask it, store it and read it again."""
    index = build_index({"osv/PyPI/all.zip": _zip(data), "osv/Debian/all.zip": _zip(data)})
    stored = index.to_bytes()
    again = AdvisoryIndex.from_bytes(stored)
    for kind, name in (("pypi", "flask"), ("debian-12", "flask")):
        same(again.find(kind, name, "1.0"), index.find(kind, name, "1.0"), "what is found")


@target(
    covers=("praxi_tasks.findings.advisories.osv.read_records", _FEEDS + "mirror.check_feed"),
    errors=(DataError,),
    seeds=[_zip(json.dumps(_ADVISORY).encode())],
)
def osv_archive(data: bytes) -> None:
    """Read an archive of advisories."""
    for _ in read_records(data, "osv/PyPI/all.zip"):
        pass
    check_feed("osv/PyPI/all.zip", data, {})


_VENDORS = "praxi_tasks.findings.advisories.vendors."
_UPDATES = (
    b'<updates><update type="security" status="final"><id>ALAS-1</id><severity>low</severity><references>'
    b'<reference type="cve" id="CVE-2026-1000"/></references><pkglist><collection>'
    b'<module name="n" stream="1"/><package name="flask" version="2.0" release="1" epoch="1" arch="x86_64"/>'
    b"</collection></pkglist></update></updates>"
)
_OVAL = (
    b'<oval_definitions><definition class="patch"><metadata><title>ELSA-1: t</title></metadata>'
    b'<criteria operator="AND"><criterion test_ref="t0"/><criterion test_ref="t1"/></criteria></definition>'
    b'<rpminfo_test id="t0"><object object_ref="o0"/><state state_ref="s0"/></rpminfo_test>'
    b'<rpminfo_test id="t1"><object object_ref="o1"/><state state_ref="s1"/></rpminfo_test>'
    b'<rpminfo_object id="o0"><name>flask</name></rpminfo_object>'
    b'<rpminfo_object id="o1"><name>x-release</name></rpminfo_object>'
    b'<rpminfo_state id="s0"><evr operation="less than">0:2.0-1</evr></rpminfo_state>'
    b'<rpminfo_state id="s1"><version operation="pattern match">^14</version></rpminfo_state>'
    b"</oval_definitions>"
)
_SECDB = b'{"packages": [{"pkg": {"name": "flask", "secfixes": {"2.0-r0": ["CVE-2026-1000 XSA-1"]}}}]}'
_TRACKER = (
    b'{"flask": {"CVE-2026-1000": {"releases": {"forky": {"status": "open"}, '
    b'"sid": {"status": "resolved", "fixed_version": "2.0-1", "urgency": "low"}}}}}'
)
_CSAF = json.dumps(
    {
        "document": {"tracking": {"current_release_date": "2026-01-01"}},
        "product_tree": {
            "branches": [
                {
                    "branches": [
                        {"product": {"product_id": "p", "product_identification_helper": {"cpe": _CPE}}},
                        {"product": {"product_id": "f", "product_identification_helper": {"purl": _PURL}}},
                    ]
                }
            ],
            "relationships": [
                {
                    "full_product_name": {"product_id": "pf"},
                    "product_reference": "f",
                    "relates_to_product_reference": "p",
                }
            ],
        },
        "vulnerabilities": [{"cve": "CVE-2026-1000", "product_status": {"fixed": ["pf"]}}],
    }
).encode()


@target(
    covers=[
        _VENDORS + name
        for name in (
            "forms.read_vendor_records",
            "updateinfo.read_updateinfo",
            "oval.read_oval",
            "secdb.read_secdb",
            "debian_tracker.read_tracker",
            "csaf.read_csaf",
        )
    ],
    errors=(DataError,),
    seeds=[_UPDATES, _OVAL, _SECDB, _TRACKER, _CSAF, gzip.compress(_UPDATES), _tar(_CSAF, "cve.json")],
)
def vendors(data: bytes) -> None:
    """Read a vendor's file, whatever its form; an index of it can be stored and asked."""
    for distribution in ("rhel-9", "debian-14", "alpine-3.22"):
        name = f"advisories/{distribution}/x"
        index = build_index({name: data})
        same(AdvisoryIndex.from_bytes(index.to_bytes()).sources, index.sources, "what is stored")
        index.find(distribution, "flask", "1:1.0-1")
    check_vendor_feed(data, "advisories/debian-14/x")


@target(
    covers=(_FEEDS + "xml_stream.read_elements",),
    errors=(DataError,),
    seeds=[_UPDATES, b"<updates><a:update b='&amp;'><![CDATA[x]]></a:update></updates>"],
)
def xml(data: bytes) -> None:
    """Read a document in one piece and byte by byte, to the same elements."""
    whole = [*read_elements([data], ("update",), "updates", "x")]
    pieces = (data[at : at + 1] for at in range(len(data)))
    same([*read_elements(pieces, ("update",), "updates", "x")], whole, "the elements")


@target(
    covers=("praxi_tasks.findings.advisories.index.AdvisoryIndex.from_bytes",),
    errors=(CorruptObjectError,),
    seeds=[build_index({"osv/PyPI/all.zip": _zip(json.dumps(_ADVISORY).encode())}).to_bytes()],
)
def advisory_index(data: bytes) -> None:
    """Read a stored index and ask it."""
    AdvisoryIndex.from_bytes(data).find("pypi", "flask", "1.0")


@target(
    covers=("praxi_tasks.findings.advisories.severity.base_score",),
    seeds=[
        b"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:L/A:N",
        b"CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:L/VA:N/SC:N/SI:L/SA:H",
        b"(AV:N/AC:L/Au:N/C:P/I:P/A:C)",
    ],
    longest=256,
)
def cvss(data: bytes) -> None:
    """Score a vector: 0 to 10 in steps of a tenth, or none."""
    score = base_score(data.decode("utf-8", "surrogateescape"))
    same(score == -1 or (0 <= score <= 10 and round(score, 1) == score), True, f"the score {score}")
    of_score(score)


@target(
    covers=("praxi_tasks.findings.packages.version_order.parse_version",),
    seeds=[
        SEPARATOR.join(pair)
        for pair in ((b"1.0", b"1.0.post1"), (b"1:2.3-4+b1", b"2~rc1-r0"), (b"1.2.3-a.1", b"v1"))
    ],
    longest=200,
)
def versions(data: bytes) -> None:
    """Order two versions in every ecosystem; Python's as packaging does."""
    left, right = (part.decode("utf-8", "surrogateescape") for part in parts(data, 2))
    for kind in (*ECOSYSTEMS, "other"):
        first, second = parse_version(kind, left), parse_version(kind, right)
        if first is not None and second is not None:
            below, above = first < second, second < first
            same(below and above, False, f"both below the other by {kind}'s rules")
            same(below or above or first == second, True, f"an order by {kind}'s rules")
    _as_packaging(left, right)


def _as_packaging(left: str, right: str) -> None:
    try:
        expected = Version(left) < Version(right)
    except InvalidVersion:
        return
    first, second = parse_version("pypi", left), parse_version("pypi", right)
    same(
        first is not None and second is not None and first < second,
        expected,
        "the order of Python's versions",
    )


@target(
    covers=("praxi_tasks.findings.packages.debian_version.DpkgVersion",),
    seeds=[
        SEPARATOR.join(pair)
        for pair in ((b"1:1.0-1", b"1.0-1~bpo12+1"), (b"1.0", b"1.00-0"), (b"2a", b"2+b"))
    ],
    longest=80,
)
def dpkg_versions(data: bytes) -> None:
    """Take and order the versions that dpkg takes, as it does."""
    texts = [part.decode("ascii", "replace").replace("\0", "") for part in parts(data, 2)]
    texts = [text.strip() for text in texts]
    valid = [bool(text) and not text.startswith("-") and DpkgVersion.is_valid(text) for text in texts]
    for text, ours in zip(texts, valid, strict=True):
        if text and not text.startswith("-"):
            same(ours, _dpkg("--validate-version", text), f"whether {text!r} is a version")
    if all(valid):
        first, second = map(DpkgVersion, texts)
        same(first < second, _dpkg("--compare-versions", texts[0], "lt", texts[1]), f"the order of {texts}")
        same(
            first == second, _dpkg("--compare-versions", texts[0], "eq", texts[1]), f"whether equal: {texts}"
        )


def _dpkg(*arguments: str) -> bool:
    done = subprocess.run(["dpkg", *arguments], check=False, capture_output=True)
    return done.returncode == 0


@target(
    covers=("praxi_tasks.findings.packages.purl.release_purl",),
    seeds=[SEPARATOR.join((b"@scope/name", b"1:2.0-1", b"debian", b"amd64")), b"flask\x1e1.0"],
    longest=512,
)
def purl(data: bytes) -> None:
    """Write a package URL that can be read, and means the same when it is written again."""
    name, version, namespace, architecture = (part.decode("utf-8", "replace") for part in parts(data, 4))
    for kind, rules in ECOSYSTEMS.items():
        plain = rules.split_name(name)[1]
        if any(map(str.isalnum, plain)) and "/" not in plain:
            text = release_purl(kind, name, version, namespace, architecture)
            found = PackageURL.from_string(text)
            same(PackageURL.from_string(found.to_string()), found, "the URL read again")


@target(
    covers=("praxi_tasks.findings.policy.parse_policy", "praxi_tasks.findings.strict_yaml.parse_yaml"),
    errors=(PolicyError,),
    seeds=[
        (
            b"minimum_severity: low\nignore:\n- {reason: r, owner: o, expires: 2026-12-31, id: 'CVE-*'}\n"
            b"routes:\n- {namespaces: ['a-*'], team: t}\nfail:\n- {severity: high, fixable: true}\n"
        ),
        b"fail: [{coverage: all}]\nstale_feed_days: 9\n",
        b"ignore: &rules\n- {reason: r, owner: o, expires: 2026-12-31, kind: hidden}\n",
    ],
    longest=1024,
)
def policy(data: bytes) -> None:
    """Check a policy and write it as JSON."""
    msgspec.json.encode(parse_policy(data))


@target(
    covers=("praxi_tasks.findings.vex.document.parse_openvex",),
    errors=(PolicyError,),
    seeds=[
        json.dumps(_VEX).encode(),
        json.dumps(
            {**_VEX, "statements": [{**_SAID, "products": ["pkg:oci/x"], "status": "fixed"}]}
        ).encode(),
    ],
    longest=1024,
)
def openvex(data: bytes) -> None:
    """Read an OpenVEX document and apply it to a finding, which stays one."""
    found = Finding("vulnerable", "CVE-2026-1000", "t", "high", purl="pkg:pypi/flask@1.0")
    vex = Vex(parse_openvex(data, "x.json"))
    (told,) = vex.apply([found], ImageNames.of("web:1", "sha256:1", "linux/amd64"), [_FLASK])
    msgspec.json.encode(told)
    same(msgspec.structs.replace(told, vex=None, ignored=None), found, "the finding itself")


@target(
    covers=(_FEEDS + "exploitation.read_epss",),
    errors=(DataError,),
    seeds=[b"#v\ncve,epss,percentile\nCVE-2026-1,0.5,0.9\n", gzip.compress(b"cve,epss\nCVE-1,1\n", mtime=0)],
)
def epss(data: bytes) -> None:
    """Read EPSS's table: probabilities."""
    same(all(0 <= value <= 1 for value in read_epss(data, "epss").values()), True, "probabilities")


@target(
    covers=(_FEEDS + "exploitation.read_kev",),
    errors=(DataError,),
    seeds=[b'{"vulnerabilities":[{"cveID":"CVE-2026-1"}]}'],
)
def kev(data: bytes) -> None:
    """Read CISA's catalogue."""
    read_kev(data, "kev")


@target(
    covers=(_FEEDS + "release_cycles.read_cycles",),
    errors=(DataError,),
    seeds=[b'[{"cycle":"3.12","eol":"2028-10-31"},{"cycle":3.1,"eol":false}]'],
)
def end_of_life(data: bytes) -> None:
    """Read a product's cycles."""
    read_cycles(data, "end-of-life/x.json")


@target(
    covers=(_FEEDS + "support_dates.read_distro_info",),
    errors=(DataError,),
    seeds=[
        b"version,codename,series,created,release,eol,eol-lts\n12,Bookworm,bookworm,2021-08-14,2023-06-10,2026-06-10,2028-06-30\n"
    ],
)
def distro_info(data: bytes) -> None:
    """Read distro-info's table."""
    read_distro_info(data, "distro-info/debian.csv")


@target(
    covers=(_FEEDS + "support_dates.read_support_ended",),
    errors=(DataError,),
    seeds=[b"# a comment\nchromium 1.0-1 2026-01-01 no longer supported\nnode-.* * 2025-01-01\n"],
)
def support_ended(data: bytes) -> None:
    """Read which packages lost support, and look one up."""
    for each in read_support_ended(data, "security-support-ended.deb12"):
        each.pattern.fullmatch("chromium")


@target(
    covers=(_FEEDS + "release_lists.read_releases",),
    errors=(DataError,),
    seeds=[b'{"flask":{"1.0":"2020-01-01","2.0":""}}'],
)
def release_list(data: bytes) -> None:
    """Read release lists."""
    read_releases(data, "releases/pypi.json")


@target(
    covers=(_FEEDS + "distribution_packages.read_packages",),
    errors=(DataError,),
    seeds=[
        b"Package: a\nVersion: 1\nSource: b (2)\n\nPackage: c\nVersion: 3\n",
        gzip.compress(_tar(b"P:a\nV:1\no:b\n", "APKINDEX"), mtime=0),
    ],
)
def packages_index(data: bytes) -> None:
    """Read a distribution's index of packages."""
    read_packages(data, "packages/debian-12/main")


@target(
    covers=(_FEEDS + "package_indexes.PYPI",),
    errors=(msgspec.MsgspecError,),
    seeds=[
        (
            b'{"files":[{"filename":"flask-1.0-py3-none-any.whl","upload-time":"2020-01-01T00:00:00Z"},'
            b'{"filename":"flask-1.1.tar.gz","yanked":"x"}]}'
        )
    ],
)
def pypi_versions(data: bytes) -> None:
    """Read what a Python index says about a package's versions."""
    PYPI.read(data)


@target(
    covers=(_FEEDS + "package_indexes.NPM",),
    errors=(msgspec.MsgspecError,),
    seeds=[b'{"versions":{"1.0.0":{},"2.0.0":{"deprecated":"x"}},"time":{"1.0.0":"2020-01-01T00:00:00Z"}}'],
)
def npm_versions(data: bytes) -> None:
    """Read what an npm registry says about a package's versions."""
    NPM.read(data)


class _Folder:
    """A feeds folder of one file."""

    uri = "file:///feeds"

    def __init__(self, contents: Mapping[str, bytes]) -> None:
        self._contents = contents

    def names(self) -> list[str]:
        return sorted(self._contents)

    def read(self, name: str) -> bytes | None:
        return self._contents.get(name)


@target(
    covers=(_FEEDS + "folder.read_state",),
    errors=(CorruptObjectError,),
    seeds=[b'{"kev/x":{"fetched":"2026-01-01T00:00:00Z","url":"u","sha256":""}}'],
)
def feeds_state(data: bytes) -> None:
    """Read the mirror's note."""
    read_state(_Folder({"feeds.json": data}))
