"""What code outside of a room of findings may import from it, and what importing it costs."""

from __future__ import annotations

import pytest

from tests.support.faces import exported, loaded_by

FACES = {
    "advisories": {
        "Advisory",
        "AdvisoryIndex",
        "Hit",
        "IndexBuilder",
        "Range",
        "Record",
        "check_vendor_feed",
        "is_notice",
        "load_index",
        "read_records",
    },
    "assessment": {
        "AssessedAudit",
        "AssessedImage",
        "Assessor",
        "Carried",
        "BlindSpot",
        "History",
        "ImageRecord",
        "Memory",
        "PLAUSIBLE_SHARE",
        "Resolved",
        "compare_audit",
        "could_hide",
        "coverage_counts",
        "find_blind_spots",
        "image_gaps",
        "image_key",
        "image_place",
        "image_repository",
        "image_state",
        "may_hold_unseen",
        "measure_model",
        "of_several_clusters",
        "shared_registry",
        "remember",
        "split_key",
        "with_changes",
    },
    "detectors": {"DETECTORS", "RUNTIMES", "Detector", "Knowledge", "Vulnerabilities"},
    "feeds": {
        "ADVISORIES",
        "AdvisorySource",
        "Cycles",
        "DistributionPackages",
        "Element",
        "Exploitation",
        "FeedHealth",
        "FeedProblem",
        "Feeds",
        "FolderFeeds",
        "Lifecycle",
        "MEMBERS_SETTING",
        "MOST_MEMBERS",
        "Mirror",
        "Mirrored",
        "NPM",
        "OSV_URL",
        "Outcome",
        "PACKAGES",
        "PYPI",
        "PackageIndex",
        "ReleaseLists",
        "Releases",
        "StoreFeeds",
        "EndedPackage",
        "SupportEnd",
        "VENDORS",
        "archive_name",
        "archives",
        "audited_packages",
        "distribution_of",
        "end_of_life_sources",
        "ended_by",
        "health_of",
        "is_about_advisories",
        "open_archive",
        "open_feeds",
        "osv_sources",
        "read_elements",
        "read_epss",
        "read_kev",
        "read_state",
        "release_file",
        "renewed_lists",
        "sighted_releases",
        "source_versions",
        "vendor_files",
    },
    "image": {
        "FileTree",
        "FusedImage",
        "LayerFacts",
        "ModelKnowledge",
        "TrackedClaim",
        "databases_coverage",
        "find_unexplained_files",
        "fuse",
        "knowledge_coverage",
        "layers_coverage",
        "significant",
        "with_sources",
    },
    "packages": {
        "Component",
        "FINGERPRINT",
        "FiledBy",
        "INVENTORY",
        "MIRRORED_ECOSYSTEMS",
        "canonical_version",
        "claim_purl",
        "codename_of",
        "component_namespace",
        "component_subject",
        "described_purl",
        "distribution_name",
        "distribution_namespace",
        "ecosystem_extension",
        "ecosystem_namespace",
        "extended_name",
        "extended_names",
        "filed_by",
        "filed_names",
        "is_modular",
        "is_refused",
        "joined_licences",
        "known_ecosystem",
        "licences_of",
        "looked_up_names",
        "newest_release",
        "newest_version",
        "osv_name",
        "own_namespace",
        "package_key",
        "parse_version",
        "public_version",
        "relative_name",
        "release_purl",
        "spdx_expression",
        "version_type",
    },
    "vex": {"CONTEXT", "ImageNames", "Statement", "Vex", "parse_openvex"},
    "report": {
        "SCHEMAS",
        "audit_metrics",
        "findings_summary",
        "findings_table",
        "parquet_tables",
        "push_metrics",
        "report_page",
        "to_cyclonedx",
        "to_openvex",
        "to_sarif",
        "to_spdx",
        "write_textfile",
    },
}


def test_what_findings_export() -> None:
    policy = {"Policy", "parse_policy", "policy_schema", "read_policy"}
    finding = {
        "KINDS",
        "SEVERITIES",
        "Finding",
        "FoundPackage",
        "Ignored",
        "Kind",
        "Severity",
        "severity_rank",
        "worst",
    }
    assert exported("praxi_tasks.findings") == policy | finding


@pytest.mark.parametrize("room", FACES)
def test_what_a_room_exports(room: str) -> None:
    assert exported(f"praxi_tasks.findings.{room}") == FACES[room]


def test_findings_and_policies_need_no_library_of_the_detectors() -> None:
    assert not loaded_by("praxi_tasks.findings") & {"univers", "numpy", "zstandard", "yaml"}


@pytest.mark.parametrize(
    ("room", "name"), [("feeds", "open_feeds"), ("report", "to_sarif"), ("packages", "Component")]
)
def test_a_name_needs_no_library_of_its_neighbours(room: str, name: str) -> None:
    assert not loaded_by(f"praxi_tasks.findings.{room}", name) & {
        "univers",
        "prometheus_client",
        "packageurl",
    }
