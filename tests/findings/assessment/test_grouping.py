"""What ends in one release is told once, in every output, whichever images it is in."""

from __future__ import annotations

import io
import json
import re

import msgspec
import pytest
from rich.console import Console

from praxi_tasks.audit.publish import published
from praxi_tasks.findings import Finding, Ignored
from praxi_tasks.findings.assessment.document import AssessedAudit, AssessedImage
from praxi_tasks.findings.assessment.grouping import cause_of, ended_releases, told
from praxi_tasks.findings.assessment.history import trend_point
from praxi_tasks.findings.packages.component import Component
from praxi_tasks.findings.report.page import report_page
from praxi_tasks.findings.report.prometheus import audit_metrics
from praxi_tasks.findings.report.sarif import to_sarif
from praxi_tasks.findings.report.terminal import findings_table
from praxi_tasks.json_decoding import decode
from praxi_tasks.notify.changes import change_message
from tests.findings.audits import AT

BUSTER = Finding(
    "end-of-life", "PRAXI-END-OF-LIFE", "Debian 10 is out of support since 2022-09-10", "high",
    action="rebuild the image on a supported release", purl="pkg:generic/debian@10",
    package="distribution/debian", layer="sha256:1", since="2026-11-02T00:00:00+00:00",
    evidence=("etc/os-release",),
)  # fmt: skip
BULLSEYE = msgspec.structs.replace(
    BUSTER, title="Debian 11 is out of support", severity="low", purl="pkg:generic/debian@11"
)
FLAW = Finding("vulnerable", "CVE-1", "flask 1: x", "high", purl="pkg:pypi/flask@1", package="pypi/flask")


def image(name: str, *findings: Finding, cluster: str = "") -> AssessedImage:
    return AssessedImage(name, namespaces=("shop",), layers=("sha256:1",), findings=findings, cluster=cluster)


IMAGES = (
    image("web:1", BUSTER, FLAW),
    image(
        "api:1", msgspec.structs.replace(BUSTER, layer="sha256:2", since="2026-11-01T00:00:00+00:00"), FLAW
    ),
    image("job:1", BULLSEYE),
)
AUDIT = AssessedAudit("r", AT, "", "m", IMAGES)


def test_a_release_is_told_once_and_other_findings_by_image() -> None:
    found = [
        (one.finding.id, one.finding.severity, [each.image for each in one.images]) for one in told(IMAGES)
    ]
    assert found == [
        ("CVE-1", "high", ["web:1"]),
        ("CVE-1", "high", ["api:1"]),
        ("PRAXI-END-OF-LIFE", "high", ["web:1", "api:1"]),
        ("PRAXI-END-OF-LIFE", "low", ["job:1"]),
    ]


def test_a_group_has_what_its_images_have_in_common() -> None:
    (buster, _) = ended_releases(IMAGES)
    assert (buster.finding.since, buster.finding.layer) == ("2026-11-01T00:00:00+00:00", "")


def test_what_is_set_aside_stays_apart() -> None:
    ignored = msgspec.structs.replace(BUSTER, ignored=Ignored("r", "o", "2027-01-01"))
    images = (IMAGES[0], image("old:1", ignored))
    assert [len(one.images) for one in ended_releases(images)] == [1]
    assert sorted(len(one.images) for one in told(images, ignored=True)) == [1, 1, 1]


def test_findings_json_lists_each_release_with_its_images() -> None:
    document = json.loads(bytes(dict(published(AUDIT))["findings.json"]))  # type: ignore[arg-type]
    assert [(one["purl"], one["severity"], one["images"]) for one in document["ended_releases"]] == [
        ("pkg:generic/debian@10", "high", ["web:1", "api:1"]),
        ("pkg:generic/debian@11", "low", ["job:1"]),
    ]
    assert decode(json.dumps(document).encode(), AssessedAudit).images[0].findings == IMAGES[0].findings


def test_the_page_has_a_row_for_each_release() -> None:
    (data,) = re.findall(r'<script id="data"[^>]*>(.*?)</script>', report_page(AUDIT))
    rows = [row for row in json.loads(data)["findings"] if row["kind"] == "end-of-life"]
    assert [(row["image"], row.get("images")) for row in rows] == [(0, [0, 1]), (2, None)]


@pytest.mark.parametrize("width", [60, 80, 160])
def test_the_terminal_tells_each_release_once(width: int) -> None:
    console = Console(file=io.StringIO(), width=width)
    console.print(findings_table(AUDIT))
    lines = console.file.getvalue()  # type: ignore[attr-defined]
    assert "Findings: 3 high, 1 low" in lines
    assert lines.index("Out of support") < lines.index("web:1")
    assert " ".join(lines.split()).count("2022-09-10") == 1
    assert max(map(len, lines.splitlines())) <= width


def test_sarif_has_one_result_for_each_release() -> None:
    results = json.loads(to_sarif(AUDIT))["runs"][0]["results"]
    (buster, _) = [one for one in results if one["ruleId"] == "PRAXI-END-OF-LIFE"]
    assert buster["properties"]["images"] == ["web:1", "api:1"]
    assert "It is in web:1, api:1." in buster["message"]["text"]
    places = [place["logicalLocations"][0]["fullyQualifiedName"] for place in buster["locations"]]
    assert places == ["web:1: etc/os-release", "api:1: etc/os-release"]


def test_trend_and_metrics_count_each_release_once() -> None:
    assert trend_point(AUDIT).kinds == {"vulnerable": 2, "end-of-life": 2}
    labels = {"kind": "end-of-life", "severity": "high"}
    assert audit_metrics(AUDIT, {}).get_sample_value("praxi_findings", labels) == 1
    apart = msgspec.structs.replace(AUDIT, images=(*IMAGES, image("web:1", BUSTER, cluster="eu")))
    for cluster in ("", "eu"):
        count = audit_metrics(apart, {}).get_sample_value("praxi_findings", {**labels, "cluster": cluster})
        assert count == 1


def test_a_message_names_the_images_for_which_it_is_new() -> None:
    new = frozenset({("api:1", BUSTER.key), ("web:1", FLAW.key)})
    message = change_message(msgspec.structs.replace(AUDIT, new=new))
    assert message is not None
    title, text = message
    assert title == "Praxi: 2 high new or worse, 0 resolved"
    assert "high: PRAXI-END-OF-LIFE in api:1: Debian 10 is out of support since 2022-09-10." in text
    both = frozenset({("api:1", BUSTER.key), ("web:1", BUSTER.key)})
    message = change_message(msgspec.structs.replace(AUDIT, new=both))
    assert message is not None
    assert "PRAXI-END-OF-LIFE in web:1, api:1: " in message[1]
    assert len(message[1].splitlines()) == 1


def test_a_cause_is_a_release_of_a_source_or_what_is_wrong_in_one_layer() -> None:
    library = Component(
        "deb", "libssl3", ("3.0",), "pkg:deb/debian/libssl3@3.0", (),
        source="openssl", source_versions=("3.0",), distribution="debian-12",
    )  # fmt: skip
    program = msgspec.structs.replace(library, name="openssl", purl="pkg:deb/debian/openssl@3.0")
    flaw = Finding("vulnerable", "CVE-1", "libssl3 3.0: x", "high")
    other = Finding("vulnerable", "CVE-2", "openssl 3.0: y", "low")
    assert cause_of(flaw, library) == cause_of(other, program)
    assert cause_of(flaw, library).about == "openssl 3.0"
    newer = msgspec.structs.replace(library, source_versions=("3.1",))
    elsewhere = msgspec.structs.replace(library, distribution="ubuntu-24.04")
    outdated = Finding("outdated", "PRAXI-OUTDATED", "z", "low")
    causes = (
        cause_of(flaw, library),
        cause_of(flaw, newer),
        cause_of(flaw, elsewhere),
        cause_of(outdated, library),
    )
    assert len(set(causes)) == 4

    hidden = Finding(
        "hidden", "PRAXI-HIDDEN", "600 packages", "medium", package="pypi//opt", layer="sha256:1"
    )
    assert cause_of(hidden, None) == cause_of(msgspec.structs.replace(hidden, severity="low"), None)
    assert cause_of(hidden, None) != cause_of(msgspec.structs.replace(hidden, layer="sha256:2"), None)
