"""What the pages about images, software, findings, namespaces and changes answer, compared with the audit."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from typing import Any

import msgspec
import pytest
from fastapi.testclient import TestClient

from praxi_tasks.findings.assessment.document import AssessedAudit, AssessedImage
from praxi_tasks.findings.origin import BaseImage
from praxi_tasks.findings.packages.component import Component
from praxi_tasks.findings.policy import Route
from praxi_tasks.findings.scope import Scope
from praxi_tasks.store import Store, keys
from tests.airflow.conftest import Configure
from tests.airflow.web.audits import HOSTILE, data_of, get, put_audit
from tests.findings.audits import large_audit

pytestmark = pytest.mark.airflow


def with_base(image: AssessedImage) -> AssessedImage:
    """Return an image on a base of two layers, whose findings are of all its layers in turn."""
    findings = tuple(
        msgspec.structs.replace(
            finding,
            layer=image.layers[number % 6],
            origin="base" if number % 6 < 2 else "own",
            created_by=f"RUN step {number % 6}",
        )
        for number, finding in enumerate(image.findings)
    )
    commands = tuple(f"RUN step {number}" for number in range(6))
    base = BaseImage(name="debian:12", layers=2, known_by="declared")
    components = tuple(msgspec.structs.replace(each, layers=image.layers[:1]) for each in image.components)
    return msgspec.structs.replace(
        image, findings=findings, commands=commands, base=base, components=components
    )


def log4j(*versions: str) -> Component:
    return Component("maven", "log4j-core", versions, "pkg:maven/log4j-core", sources=("inventory",))


LARGE = large_audit(9, 270, components=12)
VERSIONS = ("2.9.1", "2.14.0", "2.17.1")
AUDIT = msgspec.structs.replace(
    LARGE,
    images=(
        *(
            msgspec.structs.replace(with_base(image), components=(*image.components, log4j(version)))
            for image, version in zip(LARGE.images[:3], VERSIONS, strict=True)
        ),
        *LARGE.images[3:8],
        AssessedImage("registry.example.org/gone:1", state="failed", reason="404", namespaces=("team-8",)),
    ),
)
IMAGE = AUDIT.images[0]
ROUTES = (Route(("team-1",), "shop"), Route(("team-*",), "platform"))


@pytest.fixture
def stored(store: Store) -> Store:
    put_audit(store, AUDIT, *ROUTES)
    return store


def open_findings(audit: AssessedAudit = AUDIT) -> Counter[str]:
    return Counter(finding.severity for image in audit.images for finding in image.open_findings)


@pytest.mark.usefixtures("stored")
def test_images_are_searched_filtered_sorted_and_paged(pages: TestClient) -> None:
    def names(**asked: Any) -> list[str]:
        return [row["image"] for row in data_of(pages, "images", **asked)["rows"]]

    everything = sorted(image.image for image in AUDIT.images)
    assert names(sort="image") == everything
    assert names(sort="image", size=2, page=2) == everything[2:4]
    assert names(search="SERVICE-2:") == [AUDIT.images[2].image]
    assert names(namespace="team-1") == [AUDIT.images[1].image]
    assert names(team="shop") == [AUDIT.images[1].image]
    assert names(state="failed") == ["registry.example.org/gone:1"]
    assert set(names(base="debian:12")) == {image.image for image in AUDIT.images[:3]}
    assert set(names(coverage="not-checked")) == {image.image for image in AUDIT.images[:8]}
    critical = {image.image for image in AUDIT.images if open_findings_of(image)["critical"]}
    assert set(names(severity="critical")) == critical
    hidden = {image.image for image in AUDIT.images if any(f.kind == "hidden" for f in image.open_findings)}
    assert set(names(kind="hidden")) == hidden
    worst = names()
    assert worst[-1] == "registry.example.org/gone:1"
    critical_of = {image.image: open_findings_of(image)["critical"] for image in AUDIT.images}
    counts = [critical_of[name] for name in worst]
    assert counts == sorted(counts, reverse=True)


def open_findings_of(image: AssessedImage) -> Counter[str]:
    return Counter(finding.severity for finding in image.open_findings)


@pytest.mark.usefixtures("stored")
@pytest.mark.parametrize(
    ("path", "asked"),
    [
        ("images", {"severity": "grave"}),
        ("images", {"page": 0}),
        ("images", {"size": 1_000_000}),
        ("findings", {"kind": "vulnerable'; DROP TABLE images; --"}),
        ("image", {}),
        ("changes", {"before": "../x"}),
        ("download", {"image": "x", "form": "../../report.html"}),
    ],
)
def test_what_makes_no_sense_is_refused(pages: TestClient, path: str, asked: dict[str, Any]) -> None:
    assert pages.get(path, params=asked).status_code == 422


@pytest.mark.usefixtures("stored")
def test_any_text_can_be_searched_for(pages: TestClient) -> None:
    for text in ("'", '"', "%", "_", "\\", "\0", "'; DROP TABLE images; --", "ß" * 400):
        for path in ("images", "findings", "software", "namespaces"):
            assert data_of(pages, path, search=text, sort="'; --")["list"]["total"] == 0
    assert data_of(pages, "images")["list"]["total"] == len(AUDIT.images)


@pytest.mark.usefixtures("stored")
def test_an_image_says_what_to_do_line_by_line(pages: TestClient) -> None:
    data = data_of(pages, "image", image=IMAGE.image)
    assert data["image"]["namespaces"] == list(IMAGE.namespaces)
    assert data["list"]["total"] == len(IMAGE.findings)
    (base,) = [step for step in data["todo"] if step["origin"] == "base"]
    grave = [finding for finding in IMAGE.open_findings if finding.severity != "info"]
    assert base["findings"] == sum(finding.origin == "base" for finding in grave)
    own = {step["created_by"]: step["findings"] for step in data["todo"] if step["origin"] == "own"}
    assert own == Counter(finding.created_by for finding in grave if finding.origin == "own")
    assert [step["rank"] for step in data["todo"]] == sorted(step["rank"] for step in data["todo"])


@pytest.mark.usefixtures("stored")
def test_an_images_layers_are_a_stack(pages: TestClient) -> None:
    rows = data_of(pages, "image", image=IMAGE.image, tab="layers")["rows"]
    assert [row["digest"] for row in rows] == list(reversed(IMAGE.layers))
    assert [row["origin"] for row in rows] == ["own"] * 4 + ["base"] * 2
    assert rows[-1]["created_by"] == "RUN step 0"
    assert rows[-1]["added"] == sum(IMAGE.layers[0] in each.layers for each in IMAGE.components)


@pytest.mark.usefixtures("stored")
def test_an_images_components_have_sources_and_evidence(pages: TestClient) -> None:
    data = data_of(pages, "image", image=IMAGE.image, tab="components", size=100)
    assert {row["name"] for row in data["rows"]} == {each.name for each in IMAGE.components}
    both = data_of(pages, "image", image=IMAGE.image, tab="components", sources="both")["list"]["total"]
    assert both == sum(len(each.sources) > 1 for each in IMAGE.components)
    coverage = data_of(pages, "image", image=IMAGE.image, tab="coverage")["rows"]
    assert [row["state"] for row in coverage] == ["not-checked", "partial", "checked", "checked"]


@pytest.mark.usefixtures("stored")
def test_an_image_that_failed_is_not_called_clean(pages: TestClient) -> None:
    page = get(pages, "image", image="registry.example.org/gone:1").text
    assert "Nothing is known about this image" in page
    assert "It could not be looked at" in page
    assert "No findings" not in page
    assert ("form=spdx" in page, "form=sarif" in page) == (False, True)
    assert get(pages, "image", image="registry.example.org/never:1").status_code == 404
    listed = get(pages, "images", state="failed").text
    assert 'data-label="Vulnerable" class="number">\N{EN DASH}<' in listed  # not zero
    assert "everything</span>" in listed


def test_an_image_is_followed_over_audits_and_tags(pages: TestClient, stored: Store) -> None:
    newer = msgspec.structs.replace(IMAGE, image=f"{IMAGE.image.rpartition(':')[0]}:next")
    put_audit(stored, later(AUDIT, images=(newer, *AUDIT.images[1:])), *ROUTES)
    rows = data_of(pages, "image", image=newer.image, tab="history")["rows"]
    assert [row["image"] for row in rows] == [newer.image, IMAGE.image]
    assert [row["at"][:10] for row in rows] == ["2026-11-21", "2026-11-20"]
    assert rows[1]["critical"] == open_findings_of(IMAGE)["critical"]


def later(audit: AssessedAudit, **fields: Any) -> AssessedAudit:
    return msgspec.structs.replace(
        audit, run="scheduled__2026-11-21", at="2026-11-21T00:00:00Z", before=audit.at, **fields
    )


@pytest.mark.usefixtures("stored")
def test_software_is_found_by_name_and_range(pages: TestClient) -> None:
    (row,) = data_of(pages, "software", search="LOG4J")["rows"]
    assert (row["name"], row["ecosystem"], row["images"], row["versions"]) == ("log4j-core", "maven", 3, 3)
    where = {"ecosystem": "maven", "name": "log4j-core"}
    found = data_of(pages, "software", **where)
    assert [each["version"] for each in found["versions"]] == list(reversed(VERSIONS))
    assert {each["name"]: each["count"] for each in found["teams"]} == {"platform": 2, "shop": 1}

    def versions(**asked: Any) -> set[str]:
        return {row["version"] for row in data_of(pages, "software", **where, **asked)["rows"]}

    assert versions(high="2.14.0") == {"2.9.1", "2.14.0"}
    assert versions(low="2.14.0") == {"2.14.0", "2.17.1"}
    assert versions(low="2.14.0", high="2.14.0") == {"2.14.0"}
    assert versions(team="shop") == {VERSIONS[1]}
    assert versions(low="2.15") == versions(low="2.14.0", below="9") - {"2.14.0"} == {"2.17.1"}
    assert versions(below="2.17.1") == versions(high="2.16-rc1") == {"2.9.1", "2.14.0"}
    assert data_of(pages, "software", **where, below="2")["unplaced"] == 0
    assert versions(below="1") == versions(low="2.17.1.1") == versions(low="2.17.1", below="2.17.1") == set()
    assert get(pages, "software", name="log4j-core-that-is-not-there").status_code == 404


def test_one_vulnerability_of_many_images_is_one_row(pages: TestClient, store: Store) -> None:
    finding = msgspec.structs.replace(IMAGE.findings[0], kind="vulnerable", id="CVE-2026-7", ignored=None)
    shared = [
        msgspec.structs.replace(finding, package=f"pypi/{name}", severity=severity)
        for name, severity in (("a", "high"), ("b", "critical"))
    ]
    images = tuple(msgspec.structs.replace(image, findings=tuple(shared)) for image in AUDIT.images[:5])
    put_audit(store, msgspec.structs.replace(AUDIT, images=images), *ROUTES)
    (row,) = data_of(pages, "findings")["rows"]
    assert (row["id"], row["images"], row["rank"]) == ("CVE-2026-7", 5, 0)
    assert row["packages"] == ["pypi/a", "pypi/b"]
    one = data_of(pages, "finding", kind="vulnerable", id="CVE-2026-7")
    assert (one["list"]["total"], len(one["places"])) == (10, 5)
    assert data_of(pages, "findings", namespace="team-0")["list"]["total"] == 1
    assert data_of(pages, "findings", team="nobody")["list"]["total"] == 0
    assert get(pages, "finding", kind="vulnerable", id="CVE-1").status_code == 404


@pytest.mark.usefixtures("stored")
def test_findings_that_were_accepted_are_shown_when_asked_for(pages: TestClient) -> None:
    shown = data_of(pages, "findings", size=1000)["list"]["total"]
    everything = data_of(pages, "findings", size=1000, accepted="true")["list"]["total"]
    set_aside = {
        (finding.kind, finding.id, finding.package)
        for image in AUDIT.images for finding in image.findings if finding.ignored
    }  # fmt: skip
    assert 0 < everything - shown <= len(set_aside)


@pytest.mark.usefixtures("stored")
def test_namespaces_and_teams_are_summed_up(pages: TestClient) -> None:
    by_name = {row["name"]: row for row in data_of(pages, "namespaces", size=100)["rows"]}
    assert by_name["team-1"]["critical"] == open_findings_of(AUDIT.images[1])["critical"]
    assert by_name["team-8"]["failed"] == 1
    teams = {row["name"]: row for row in data_of(pages, "namespaces", by="team")["rows"]}
    assert teams["shop"]["images"] == 1
    assert sum(row["critical"] for row in teams.values()) == open_findings()["critical"]


def test_changes_between_two_audits_are_told(pages: TestClient, stored: Store, configure: Configure) -> None:
    assert data_of(pages, "changes")["before"] is None
    finding = msgspec.structs.replace(IMAGE.findings[0], kind="vulnerable", id="CVE-2026-99", ignored=None)
    image = msgspec.structs.replace(IMAGE, findings=(finding,))
    put_audit(stored, later(AUDIT, images=(image, *AUDIT.images[2:])), *ROUTES)
    configure(pages_seconds=21)  # another reader, which remembers nothing
    told = data_of(pages, "changes")
    assert told["before"]["run"] == AUDIT.run
    assert [row["id"] for row in told["rows"] if row["change"] == "new"] == ["CVE-2026-99"]
    assert told["images"]["removed"] == [AUDIT.images[1].image]
    back = data_of(pages, "changes", audit=AUDIT.run, before="scheduled__2026-11-21")
    assert back["counts"]["gone"] == 1
    hand = {"run": "manual__1", "at": "2026-11-19T00:00:00Z", "scope": Scope("manual")}
    by_hand = msgspec.structs.replace(AUDIT, **hand)
    put_audit(stored, by_hand, *ROUTES)
    configure(pages_seconds=22)  # another reader again
    assert data_of(pages, "changes")["before"]["run"] == AUDIT.run  # of the same line, unless it is asked for
    text = get(pages, "changes", before="manual__1").text
    assert '<option value="manual__1" selected>19 Nov 2026, 00:00 (by hand)' in text
    itself = data_of(pages, "changes", before="scheduled__2026-11-21")  # where another later one is chosen
    assert itself["before"]["run"] == AUDIT.run
    runs = [row["run"] for row in data_of(pages, "audits")["rows"]]
    assert runs == ["scheduled__2026-11-21", AUDIT.run, "manual__1"]


def test_downloads_have_plain_names(pages: TestClient, store: Store) -> None:
    image = msgspec.structs.replace(IMAGE, image='../.. x: y"/shop/web:1')
    put_audit(store, msgspec.structs.replace(AUDIT, images=(image,)))
    store.put(keys.run(AUDIT.run, f"sboms/{image.digest.replace(':', '-')}.spdx.json"), b"{}")
    answer = get(pages, "download", image=image.image, form="spdx")
    assert (answer.status_code, answer.content) == (200, b"{}")
    assert answer.headers["content-disposition"] == 'attachment; filename="x_y_shop_web_1.spdx.json"'
    assert get(pages, "download", image=image.image, form="openvex").status_code == 404
    offered = data_of(pages, "image", image=image.image)["downloads"]
    vulnerable = any(finding.kind == "vulnerable" for finding in image.findings)
    assert offered == ["cyclonedx", "spdx", *["openvex"] * vulnerable, "sarif"]
    assert get(pages, "download", image="other", form="spdx").status_code == 404


def test_lists_are_csv_without_formulas(pages: TestClient, store: Store) -> None:
    image = msgspec.structs.replace(IMAGE, image="=cmd|' /C calc'!A0")
    put_audit(store, msgspec.structs.replace(AUDIT, images=(image, *AUDIT.images[1:])))
    answer = get(pages, "images", format="csv", size=1, sort="image")
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert len(rows) == len(AUDIT.images)
    assert rows[0]["image"].startswith("'=cmd")
    assert answer.headers["content-type"].startswith("text/csv")


def test_hostile_text_is_text_on_every_page(pages: TestClient, store: Store) -> None:
    finding = msgspec.structs.replace(
        IMAGE.findings[0], title=HOSTILE, action=HOSTILE, package=HOSTILE, id=HOSTILE, evidence=(HOSTILE,),
        kind="vulnerable", created_by=HOSTILE, ignored=None,
    )  # fmt: skip
    component = msgspec.structs.replace(IMAGE.components[0], name=HOSTILE, evidence=(HOSTILE,))
    image = msgspec.structs.replace(
        IMAGE, image=HOSTILE, namespaces=(HOSTILE,), findings=(finding,), commands=(HOSTILE,) * 6,
        components=(component,), warnings=(HOSTILE,),
    )  # fmt: skip
    put_audit(store, msgspec.structs.replace(AUDIT, images=(image,)), Route(("*",), HOSTILE))
    for path, asked in {
        "images": {},
        "image": {"image": HOSTILE},
        "findings": {"search": HOSTILE},
        "finding": {"kind": "vulnerable", "id": HOSTILE},
        "software": {},
        "namespaces": {},
        "changes": {},
    }.items():
        page = get(pages, path, **asked)
        assert (path, page.status_code) == (path, 200)
        assert "<script>alert" not in page.text
        assert "<img" not in page.text
    for tab in ("layers", "components", "coverage", "history"):
        assert "<script>alert" not in get(pages, "image", image=HOSTILE, tab=tab).text
    package = get(pages, "software", ecosystem=component.ecosystem, name=HOSTILE)
    assert (package.status_code, "<script>alert" in package.text) == (200, False)
    json.loads(get(pages, "image", image=HOSTILE, format="json").content)


def test_of_several_upgrades_of_a_package_the_one_that_mends_all_is_said() -> None:
    from praxi_airflow.web.pages.image import _actions

    steps: list[dict[str, Any]] = [
        {"package": "pypi/jinja2", "fixed": "3.1.4", "action": "upgrade to 3.1.4"},
        {"package": "", "fixed": None, "action": "install it with its package manager"},
        {"package": "pypi/jinja2", "fixed": "3.1.10", "action": "upgrade to 3.1.10"},
        {"package": "pypi/jinja2", "fixed": None, "action": "no fix is known"},
        {"package": "pypi/flask", "fixed": None, "action": ""},
    ]
    assert _actions(steps) == ["pypi/jinja2: upgrade to 3.1.10", "install it with its package manager"]
