"""One image on two clusters: every document keeps them apart, and adds nothing where none has a name."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb
import msgspec
import pytest
from rich.console import Console

from praxi_tasks.audit import sboms
from praxi_tasks.findings import Finding
from praxi_tasks.findings.assessment.document import AssessedAudit, AssessedImage, Resolved
from praxi_tasks.findings.coverage import Aspect, checked, not_checked
from praxi_tasks.findings.packages.component import Component
from praxi_tasks.findings.packages.declaration import Declaration
from praxi_tasks.findings.report import audit_metrics, findings_table, parquet_tables, to_sarif
from praxi_tasks.findings.scope import ListGap, Scope
from praxi_tasks.notify.changes import change_message
from tests.findings.audits import AT

FLAW = Finding("vulnerable", "CVE-2026-1", "flask is misled", "high", package="pypi/flask", since=AT)
IMAGE = AssessedImage(
    "shop/web:1",
    digest=f"sha256:{7:064x}",
    namespaces=("shop",),
    layers=(f"sha256:{1:064x}",),
    components=(Component("pypi", "flask", ("1",), "pkg:pypi/flask@1", ("inventory",)),),
    findings=(FLAW,),
    coverage=(checked(Aspect.LAYERS, "all"),),
    declared=(Declaration("uv.lock", f"sha256:{1:064x}", 1, ("pkg:pypi/six@1",)),),
)
ODD = "../arn:aws:eks:eu-1:cluster/prod"


def audit(*clusters: str, scope: Scope | None = None) -> AssessedAudit:
    images = tuple(msgspec.structs.replace(IMAGE, cluster=cluster) for cluster in clusters)
    new = frozenset({(images[-1].key, FLAW.key)})
    return AssessedAudit("r", AT, "", "m", images, new=new, scope=scope or Scope("scheduled"))


def documents(of: AssessedAudit) -> dict[str, dict[str, Any]]:
    found = {}
    for name, data in sboms(of):
        assert isinstance(data, bytes), data
        found[name] = json.loads(data)
    return found


def test_the_same_digest_on_two_clusters_is_two_sboms() -> None:
    found = documents(audit("eu", ODD))
    assert len(found) == 6
    assert all("/" not in name and not name.startswith(".") for name in found)
    cyclonedx = [document for name, document in found.items() if name.endswith(".cdx.json")]
    spdx = [document for name, document in found.items() if name.endswith(".spdx.json")]
    assert len({document["serialNumber"] for document in cyclonedx}) == 2
    assert len({document["documentNamespace"] for document in spdx}) == 2
    assert len({document["@id"] for name, document in found.items() if name.endswith(".openvex.json")}) == 2
    assert {document["name"] for document in spdx} == {"shop/web:1 on eu", f"shop/web:1 on {ODD}"}
    assert ODD in json.dumps(cyclonedx)


@pytest.mark.parametrize("cluster", ["", "eu"])
def test_one_cluster_changes_no_file_name(cluster: str) -> None:
    digest = f"sha256-{7:064x}"
    endings = ("cdx.json", "spdx.json", "openvex.json")
    assert set(documents(audit(cluster))) == {f"{digest}.{ending}" for ending in endings}


def test_every_table_of_images_joins_by_cluster(tmp_path: Path) -> None:
    for name, table in parquet_tables(audit("eu", "us")):
        path = tmp_path / f"{name}.parquet"
        path.write_bytes(table)
        if name == "software":  # of all clusters together
            continue
        rows = duckdb.read_parquet(str(path)).project("image, cluster").fetchall()
        assert sorted(cluster for image, cluster in rows if image) == ["eu", "us"], name
        assert {cluster for image, cluster in rows if not image} <= {""}, name


def test_sarif_tells_the_results_of_clusters_apart() -> None:
    results = json.loads(to_sarif(audit("eu", "us")))["runs"][0]["results"]
    assert len({result["partialFingerprints"]["praxiFinding/v1"] for result in results}) == 2
    assert [result["properties"]["cluster"] for result in results] == ["eu", "us"]
    assert [result["baselineState"] for result in results] == ["unchanged", "new"]
    (result,) = json.loads(to_sarif(audit("")))["runs"][0]["results"]
    assert result["partialFingerprints"]["praxiFinding/v1"] == f"shop/web:1|{FLAW.key}"
    assert "cluster" not in result["properties"]


def test_metrics_have_a_cluster_where_one_has_a_name() -> None:
    blind = Scope("scheduled", gaps=(ListGap("silent", "far"),), clusters=("eu", "us"))
    of = msgspec.structs.replace(
        audit("eu", "us", scope=blind),
        resolved=(Resolved("eu|job:1", FLAW.key, AT, "high"),),
        findings=(Finding("feed", "F", "old", "medium"),),
    )
    metrics = audit_metrics(of, {})

    def values(name: str, **labels: str) -> list[float | None]:
        clusters = ("eu", "far", "us", "")
        return [metrics.get_sample_value(name, {"cluster": cluster, **labels}) for cluster in clusters]

    assert values("praxi_images", state="audited") == [1, 0, 1, None]
    assert values("praxi_findings", kind="vulnerable", severity="high") == [1, 0, 1, 0]
    assert values("praxi_findings", kind="feed", severity="medium") == [0, 0, 0, 1]
    assert values("praxi_findings_new") == [0, 0, 1, None]
    assert values("praxi_findings_resolved") == [1, 0, 0, None]
    assert values("praxi_coverage_list_whole") == [1, 0, 1, None]
    assert values("praxi_coverage_images", state="checked") == [1, 0, 1, None]
    assert values("praxi_coverage_subjects", aspect="images", state="not-checked") == [0, 0, 0, 1]
    samples = [sample for metric in audit_metrics(audit(""), {}).collect() for sample in metric.samples]
    assert not any("cluster" in sample.labels for sample in samples)


def test_people_are_told_of_clusters_where_there_are_several() -> None:
    def said(of: AssessedAudit) -> str:
        console = Console(width=120, record=True)
        console.print(findings_table(of))
        return console.export_text() + " ".join(change_message(of) or ())

    assert "shop/web:1 on us" in said(audit("eu", "us"))
    assert " on eu" not in said(audit("eu"))
    assert "shop/web:1 on " not in said(audit(""))
    gap = not_checked(Aspect.LAYERS, "all", "away", "see")
    both = audit("eu", "us")
    lame = msgspec.structs.replace(both.images[0], coverage=(gap,))
    text = said(msgspec.structs.replace(both, images=(lame, both.images[1])))
    assert text.partition("Not checked")[2].count("shop/web:1 on eu") == 1


def test_coverage_says_of_which_cluster_the_list_is_not_whole() -> None:
    scope = Scope("scheduled", gaps=(ListGap("silent", "us"), ListGap("no name", "eu", "shop", ("a",))))
    lines = audit("eu", scope=scope).coverage
    assert [(line.subject, line.state) for line in lines[:2]] == [
        ("cluster us", "not-checked"),
        ("cluster eu, namespace shop", "partial"),
    ]
