"""Whatever can't be seen of an image, from its real bytes on, is told in every output and ends no alert."""

from __future__ import annotations

import dataclasses
import json
import subprocess
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import msgspec
import pytest

from praxi_tasks.audit import AuditReport, LocalAudit, judge
from praxi_tasks.cli.output import write_report
from praxi_tasks.cli.progress import progress_bars
from praxi_tasks.discovery import Model
from praxi_tasks.errors import ExitCode
from praxi_tasks.findings import Finding, Policy, parse_policy
from praxi_tasks.findings.assessment import AssessedAudit, remember, with_changes
from praxi_tasks.findings.coverage import Coverage
from praxi_tasks.findings.report import audit_metrics, parquet_tables, to_cyclonedx, to_sarif, to_spdx
from praxi_tasks.findings.scope import Scope
from praxi_tasks.notify.alerts import alert_changes
from praxi_tasks.oci.image import Platform
from praxi_tasks.store import open_store
from tests.conftest import ROOT
from tests.findings.osv import record, write_feeds
from tests.support.images import Flavour, Layer, Manifest, Symlink, image, layer, write_layout
from tests.support.packages import SHOP

OS_RELEASE = b'ID=debian\nVERSION_ID="12"\nVERSION_CODENAME=bookworm\n'
BASH = b"Package: bash\nStatus: install ok installed\nArchitecture: amd64\nVersion: 5.2.15-2\n\n"
STATUS = "var/lib/dpkg/status"
RPM = "var/lib/rpm"
SITE = "usr/lib/python3/dist-packages/other-1.dist-info"
SQLITE = b"SQLite format 3\0" + b"\x10\0\1\1\0\x40\x20\x20" + bytes(76)
BDB = bytes(12) + b"\x61\x15\x06\x00" + b"\x63\x00\x00\x00" + b"\x00\x10\x00\x00" + bytes(8168)
BEYOND = (128 << 20) + 1  # the cap on one kept file


@dataclasses.dataclass(frozen=True)
class Odd(Layer):
    """A layer of another media type than its bytes."""

    media_type: str = ""

    def descriptor(self, flavour: Flavour = "oci") -> dict[str, Any]:
        return super().descriptor(flavour) | {"mediaType": self.media_type}


def of(media_type: str) -> Layer:
    return Odd(**vars(layer({"srv/x": b"x"})), media_type=f"application/{media_type}")


# What is in the image, the package a finding was about, and what the gap says.
FILES: dict[str, tuple[Mapping[str, Any], str, str]] = {
    "rpm of SQLite, damaged": ({f"{RPM}/rpmdb.sqlite": SQLITE + b"\xff" * 4000}, "rpm/x", "rpmdb.sqlite"),
    "rpm of SQLite, cut": ({f"{RPM}/rpmdb.sqlite": SQLITE[:60]}, "rpm/x", "rpmdb.sqlite"),
    "rpm of SQLite, encrypted": ({f"{RPM}/rpmdb.sqlite": bytes(range(256)) * 20}, "rpm/x", "rpmdb.sqlite"),
    "rpm of SQLite, above the cap": ({f"{RPM}/rpmdb.sqlite": bytes(BEYOND)}, "rpm/x", "rpmdb.sqlite"),
    "rpm of Berkeley DB, unknown": ({f"{RPM}/Packages": BDB}, "rpm/x", "Packages"),
    "rpm of Berkeley DB, noise": ({f"{RPM}/Packages": b"x" * 4096}, "rpm/x", "Packages"),
    "rpm of ndb": ({f"{RPM}/Packages.db": b"RpmP" + b"\xff" * 60}, "rpm/x", "Packages.db"),
    "rpm of LMDB": ({f"{RPM}/data.mdb": b"x"}, "rpm/x", "data.mdb"),
    "rpm as a link": ({f"{RPM}/rpmdb.sqlite": Symlink("/data/rpmdb.sqlite")}, "rpm/x", "symbolic link"),
    "dpkg, compressed": ({STATUS: b"\x1f\x8b\x08\0" * 99}, "deb/x", STATUS),
    "dpkg, UTF-16": ({STATUS: "Package: x\nVersion: 1\n".encode("utf-16")}, "deb/x", STATUS),
    "dpkg, no paragraphs": ({STATUS: b"{}"}, "deb/x", STATUS),
    "dpkg, of distroless": ({"var/lib/dpkg/status.d/x": b"Package: x\n\n"}, "deb/x", "status.d/x"),
    "dpkg, elsewhere": ({"srv/root/var/lib/dpkg/status": BASH}, "deb/x", "srv/root"),
    "apk, damaged": ({"lib/apk/db/installed": b"nonsense\n\n"}, "apk/x", "installed"),
    "apk, binary": ({"lib/apk/db/installed": b"ADB.pckg" + bytes(50)}, "apk/x", "installed"),
    "dist-info, no text": ({f"{SITE}/METADATA": b"\0\0"}, "pypi/x", "METADATA"),
    "dist-info, without METADATA": ({f"{SITE}/RECORD": b"x.py,,\n"}, "pypi/x", "RECORD"),
    "an egg": ({"usr/lib/python3/dist-packages/x-1.egg": b"PK"}, "pypi/x", "x-1.egg"),
    "package.json, cut": ({"app/node_modules/x/package.json": b'{"name":"x","ver'}, "npm/x", "package.json"),
    "package.json, a list": ({"app/node_modules/x/package.json": b"[]"}, "npm/x", "package.json"),
    "jars": ({"srv/shop/a.jar": b"PK", "srv/shop/b.jar": b"PK"}, "maven/x", "*.jar"),
    "R": ({"usr/lib/R/library/x/DESCRIPTION": b"Built: R 4\n"}, "cran/x", "usr/lib/R/library/x"),
    "gems": ({"usr/lib/ruby/gems/3.1.0/specifications/a.gemspec": b"x"}, "gem/x", "specifications"),
    "Composer": ({"app/vendor/composer/installed.json": b"{}"}, "composer/x", "installed.json"),
    "conda": ({"opt/conda/conda-meta/x-1-0.json": b"{}"}, "conda/x", "conda-meta"),
    "pacman": ({"var/lib/pacman/local/x-1-1/desc": b"x"}, "alpm/x", "pacman"),
    ".NET": ({"app/shop.deps.json": b"[]"}, "nuget/x", "deps.json"),
    "Go": ({"root/go/pkg/mod/cache/download/x/@v/v1.mod": b"module x"}, "golang/x", "pkg/mod"),
    "Cargo": ({"usr/local/cargo/.crates.toml": b"[v1"}, "cargo/x", ".crates.toml"),
    "os-release, another": ({"etc/os-release": b"ID=void\n"}, "deb/bash", "no feed has advisories"),
    "os-release, no release": ({"etc/os-release": b"ID=debian\nVERSION_ID=99\n"}, "deb/bash", "debian-99"),
    "os-release, no number": ({"etc/os-release": b"ID=debian\nVERSION_CODENAME=sid\n"}, "deb/bash", "-sid"),
    "os-release, none": ({"etc/os-release": b"\n"}, "deb/bash", "no os-release"),
    "packages the model does not know": ({}, "", "the model knows none of them"),
    "lists of releases, none": ({}, "outdated:pypi/shoplib", "no feed lists their releases"),
}  # fmt: skip
LAYERS: dict[str, Layer] = {
    "a layer that is no gzip": Layer(b"\x1f\x8b\x08 not quite", b"", "gzip"),
    "a layer that is cut": Layer(layer({"srv/x": bytes(99_999)}).data[:60], b"", "gzip"),
    "a layer of no tar": Layer(b"x" * 2048, b"", "none"),
    "an encrypted layer": of("vnd.oci.image.layer.v1.tar+gzip+encrypted"),
    "a layer of a module": of("vnd.wasm.content.layer.v1+wasm"),
}
FEEDS: dict[str, tuple[str, str]] = {
    "no feeds": ("pypi/shoplib", "no advisories were given"),
    "an empty folder of feeds": ("pypi/shoplib", "no feed has advisories for pypi"),
    "a cut feed": ("pypi/shoplib", "osv/PyPI/all.zip"),
    "a feed of a language is missing": ("pypi/shoplib", "no feed has advisories for pypi"),
    "a feed of a distribution is missing": ("deb/bash", "no feed has advisories for debian-12"),
}
CASES = [*FILES, *LAYERS, *FEEDS, "another model than the champion"]


def base(**extra: Any) -> list[Layer]:
    return [layer({"etc/os-release": OS_RELEASE, STATUS: BASH} | extra), SHOP.layer()]


def feeds_in(folder: Path) -> Iterator[tuple[str, str | None]]:
    """Yield the kinds of feeds, with a folder of each."""
    pypi = [record("CVE-1", "other", {"introduced": "0"})]
    debian = [record("CVE-2", "other", {"introduced": "0"}, ecosystem="Debian:12")]
    yield "whole", str(write_feeds(folder / "whole", PyPI=pypi, Debian=debian))
    yield "no feeds", None
    (folder / "empty").mkdir()
    yield "an empty folder of feeds", str(folder / "empty")
    cut = write_feeds(folder / "cut", PyPI=pypi, Debian=debian)
    archive = cut / "osv/PyPI/all.zip"
    archive.write_bytes(archive.read_bytes()[:-30])
    yield "a cut feed", str(cut)
    yield "a feed of a language is missing", str(write_feeds(folder / "debian", Debian=debian))
    yield "a feed of a distribution is missing", str(write_feeds(folder / "pypi", PyPI=pypi))


Seen = dict[str, tuple[AuditReport, AssessedAudit]]


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory, model_uri: str) -> Seen:
    """Audit all images at once, and give each an audit of its own."""
    folder = tmp_path_factory.mktemp("unseen")
    images: dict[str, Manifest] = {f"i{n}": image(base(**FILES[name][0])) for n, name in enumerate(FILES)}
    images |= {f"l{n}": image([*base(), LAYERS[name]]) for n, name in enumerate(LAYERS)}
    layout = write_layout(folder / "layout", {**images, "base": image(base())})
    with progress_bars() as bars:
        work = LocalAudit(open_store((folder / "store").as_uri()), Platform("linux", "amd64"), bars)
        plan = work.plan([f"oci:{layout}:{name}" for name in (*images, "base")])
        report = work.predict(plan, work.fingerprint(plan), Model.load(model_uri))
        feeds = dict(feeds_in(folder))
        whole = work.assess(report, feeds["whole"])
        found: Seen = {}
        for number, name in enumerate((*FILES, *LAYERS)):
            found[name] = one(report, whole, number)
        for name in FEEDS:
            found[name] = one(report, work.assess(report, feeds[name]), -1)
        stand_in = msgspec.structs.replace(report, model_problem="there is no champion")
        found["another model than the champion"] = one(stand_in, work.assess(stand_in, feeds["whole"]), -1)
    return found


def one(report: AuditReport, audit: AssessedAudit, number: int) -> tuple[AuditReport, AssessedAudit]:
    """Return the audit of one image, as if the daily one had listed that alone."""
    seen = msgspec.structs.replace(audit.images[number], image="shop/web:1", namespaces=("shop",))
    alone = msgspec.structs.replace(
        audit, images=(seen,), scope=Scope(kind="scheduled"), at="2026-11-02T00:00:00+00:00", run="r2"
    )
    return msgspec.structs.replace(report, images=(report.images[number],)), alone


def said(name: str, audit: AssessedAudit) -> Coverage:
    """Return the gap that a case is about."""
    text = {**{k: v[2] for k, v in FILES.items()}, **{k: v[1] for k, v in FEEDS.items()}}.get(name, "")
    text = "there is no champion" if name.startswith("another model") else text
    lines = [gap for gap in (*audit.coverage, *audit.images[0].coverage) if gap.is_gap]
    gap = next(gap for gap in lines if text in f"{gap.subject}: {gap.reason}")
    assert gap.action
    return gap


def about(name: str) -> Finding:
    """Return a finding that could not be looked for."""
    package = FILES[name][1] if name in FILES else FEEDS.get(name, ("pypi/shoplib", ""))[0]
    if package.startswith("outdated:"):
        return Finding("outdated", "PRAXI-OUTDATED", "t", "high", package=package.partition(":")[2])
    if not package or name.startswith("another model"):
        return Finding(
            "hidden", "PRAXI-HIDDEN", "t", "high", package="pypi/shoplib" if package else "deb/bash"
        )
    return Finding("vulnerable", "CVE-9", "t", "high", package=package)


@pytest.mark.parametrize("name", CASES)
def test_every_output_tells_it(name: str, seen: Seen, tmp_path: Path) -> None:
    report, audit = seen[name]
    gap, image = said(name, audit), audit.images[0]
    for form in ("json", "html", "table"):
        write_report(report, audit, form, tmp_path / form)
    (told,) = json.loads((tmp_path / "json").read_text())
    fields = {"aspect": gap.aspect, "subject": gap.subject, "state": gap.state, "reason": gap.reason}
    assert any(fields.items() <= line.items() for line in (*told["coverage"], *told["audit_coverage"]))
    assert json.dumps(gap.reason)[1:-1] in (tmp_path / "html").read_text()
    terminal = (tmp_path / "table").read_text()
    shown = gap.reason if image.failed else f"{gap.aspect}: "  # why images failed stands beside their names
    assert " ".join(shown.split()) in " ".join(terminal.split())
    assert "No findings" not in terminal
    _assert_exchanged(audit, gap)
    _assert_in_table(audit, gap, tmp_path)
    names = {"aspect": gap.aspect.value, "state": gap.state.value}
    assert audit_metrics(audit, {}).get_sample_value("praxi_coverage_subjects", names)
    strict = judge(report, audit, parse_policy(b"fail: [{coverage: all}]"))
    assert strict.code is ExitCode.UNSEEN
    assert any(gap.reason in sentence for sentence in (*strict.sentences, *strict.failed))
    assert judge(report, audit, Policy()).code is (ExitCode.UNSEEN if image.failed else ExitCode.OK)


def _assert_exchanged(audit: AssessedAudit, gap: Coverage) -> None:
    (run,) = json.loads(to_sarif(audit))["runs"]
    (invocation,) = run["invocations"]
    why = gap.reason.partition("packages: ")[2] or gap.reason  # how many they are differs by image
    assert any(why in one["message"]["text"] for one in invocation["toolExecutionNotifications"])
    (image,) = audit.images
    assert invocation["executionSuccessful"] is not image.failed
    if image.failed or gap not in image.coverage:
        return
    sbom = json.loads(to_cyclonedx(audit, image))
    assert any(gap.reason in line["value"] for line in sbom["metadata"]["properties"])
    if gap.aspect in {"package-databases", "knowledge", "vulnerabilities"}:
        assert "incomplete" in {one["aggregate"] for one in sbom["compositions"]}
    assert json.dumps(gap.reason)[1:-1] in to_spdx(audit, image).decode()


def _assert_in_table(audit: AssessedAudit, gap: Coverage, folder: Path) -> None:
    (folder / "coverage.parquet").write_bytes(dict(parquet_tables(audit))["coverage"])
    rows = duckdb.read_parquet(str(folder / "coverage.parquet")).fetchall()
    assert any({gap.aspect, gap.subject, gap.state, gap.reason} <= {*map(str, row)} for row in rows)


@pytest.mark.parametrize("name", CASES)
def test_no_alert_ends_by_it(name: str, seen: Seen) -> None:
    finding, (_, audit) = about(name), seen[name]
    clean = msgspec.structs.replace(audit.images[0], coverage=(), state="audited", findings=(finding,))
    first = msgspec.structs.replace(
        audit, run="r1", at="2026-11-01T00:00:00+00:00", model_problem="", images=(clean,)
    )
    first = with_changes(first, None)
    now = datetime(2026, 11, 2, tzinfo=UTC)
    firing = alert_changes(first, Policy(), (), "praxi", now)
    second = msgspec.structs.replace(audit, images=(msgspec.structs.replace(audit.images[0], findings=()),))
    second = with_changes(second, remember(first))
    assert [one.key for one in second.carried] == [finding.key]
    (goes_on,) = alert_changes(second, Policy(), firing, "praxi", now)
    assert goes_on.labels == firing[0].labels
    assert datetime.fromisoformat(goes_on.ends_at) > now + timedelta(days=7)


@pytest.mark.needs("promtool")
def test_the_rule_rings_where_a_vulnerability_could_hide(seen: Seen, tmp_path: Path) -> None:
    tests: list[dict[str, Any]] = []
    for name, (_, audit) in seen.items():
        counts = [
            sample
            for metric in audit_metrics(audit, {}).collect()
            for sample in metric.samples
            if sample.name == "praxi_coverage_subjects"
        ]
        blind = {
            one.labels["aspect"]
            for one in counts
            if one.value and one.labels["state"] == "not-checked"
            and one.labels["aspect"] in {"images", "package-databases", "vulnerabilities"}
        }  # fmt: skip
        series = [
            {
                "series": f"praxi_coverage_subjects{json.dumps(one.labels).replace(': ', '=')}".replace(
                    '"aspect"', "aspect"
                ).replace('"state"', "state"),
                "values": f"{one.value:g}x20",
            }
            for one in counts
        ]
        if blind:
            rung = [{"eval_time": "2h", "alertname": "PraxiBlind", "aspects": sorted(blind)}]
            tests.append({"name": name, "interval": "10m", "input_series": series, "rung": rung})
    assert len(tests) > 30
    _assert_rings(tests, tmp_path)


def _assert_rings(tests: list[dict[str, Any]], folder: Path) -> None:
    """Let promtool evaluate the rule's expression for each case."""
    rules = msgspec.yaml.decode((ROOT / "monitoring/praxi.rules.yaml").read_bytes())
    (rule,) = [
        rule for group in rules["groups"] for rule in group["rules"] if rule.get("alert") == "PraxiBlind"
    ]
    for test in tests:
        (rung,) = test.pop("rung")
        samples = [f'{{aspect="{aspect}"}}' for aspect in rung["aspects"]]
        expression = f"group by (aspect) ({rule['expr']})"
        test["promql_expr_test"] = [
            {
                "expr": expression,
                "eval_time": rung["eval_time"],
                "exp_samples": [{"labels": labels, "value": 1} for labels in samples],
            }
        ]
    (folder / "blind.yaml").write_bytes(msgspec.json.encode({"tests": tests}))
    done = subprocess.run(
        ["promtool", "test", "rules", "blind.yaml"], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
