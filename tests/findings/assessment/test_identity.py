"""A finding stays the same however its image, its package and its advisory are called."""

from __future__ import annotations

import msgspec
import pytest

from praxi_tasks.findings import Finding
from praxi_tasks.findings.assessment.document import AssessedImage
from praxi_tasks.findings.assessment.identity import finding_names, image_place, image_repository
from tests.findings.assessment.test_changes import FLAW, audit, image, sequence

DIGEST = "sha256:" + "0" * 64
FIRST = "2026-11-01T00:00:00Z"


@pytest.mark.parametrize(
    ("reference", "expected"),
    [
        ("web", "web"),
        ("web:1.2", "web"),
        ("localhost:5000/a/b:1", "localhost:5000/a/b"),
        (f"localhost:5000/a/b:1@{DIGEST}", "localhost:5000/a/b"),
        (f"registry.example/web@{DIGEST}", "registry.example/web"),
        ("[::1]:5000/web:1", "[::1]:5000/web"),
        ("oci:folder", "oci:folder"),
        (DIGEST, DIGEST),
    ],
)
def test_a_repository_has_a_port_but_no_tag_and_no_digest(reference: str, expected: str) -> None:
    assert image_repository(reference) == expected


@pytest.mark.parametrize(
    ("key", "other"),
    [
        ("web:1", "docker.io/library/web:2"),
        ("index.docker.io/shop/web", f"shop/web@{DIGEST}"),
        ("eu|web:1", "eu|docker.io/library/web"),
        ("arn:aws:eks:eu-1:cluster/prod|web:1", "arn:aws:eks:eu-1:cluster/prod|web:2"),
        ("me@site|web:1", "me@site|web:2"),
    ],
)
def test_what_is_called_otherwise_is_the_same_place(key: str, other: str) -> None:
    assert image_place(key) == image_place(other)


@pytest.mark.parametrize(
    ("key", "other"),
    [
        ("eu|web:1", "us|web:1"),
        ("web:1", "eu|web:1"),
        ("me@a|web:1", "me@b|web:1"),
        ("arn:a|web:1", "arn:b|web:1"),
        ("localhost/web", "web"),
        ("quay.io/shop/web", "shop/web"),
        ("r:1/web", "r:2/web"),
        ("oci:a", "oci:b"),
        (DIGEST, "sha256:" + "1" * 64),
    ],
)
def test_other_clusters_and_registries_are_other_places(key: str, other: str) -> None:
    assert image_place(key) != image_place(other)


def test_a_finding_has_the_names_of_its_advisory() -> None:
    assert finding_names("vulnerable|A|npm/@a/b", ("B", "A")) == (
        "vulnerable|A|npm/@a/b",
        "vulnerable|B|npm/@a/b",
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("localhost:5000/a:1", "localhost:5000/a:2"),
        ("r.example/a:1", f"r.example/a@{DIGEST}"),
        (f"r.example/a@{DIGEST}", "r.example/a@sha256:" + "1" * 64),
        ("a:1", "docker.io/library/a:1"),
    ],
)
def test_a_rollout_is_no_news(old: str, new: str) -> None:
    last, _ = sequence(audit(1, image(old, FLAW)), audit(2, image(new, FLAW)))
    assert (last.new, last.worse, last.resolved, last.carried) == (frozenset(), frozenset(), (), ())
    assert last.images[0].findings[0].since == FIRST


def test_the_same_image_on_another_cluster_is_another() -> None:
    ours, theirs = (msgspec.structs.replace(image("a:1", FLAW), cluster=name) for name in ("eu", "us"))
    last, _ = sequence(audit(1, ours), audit(2, ours, theirs))
    assert last.new == {("us|a:1", FLAW.key)}
    last, _ = sequence(audit(1, ours, theirs), audit(2, theirs))
    assert [one.image for one in last.resolved] == ["eu|a:1"]


def advisory(identifier: str, *aliases: str, severity: str = "high") -> Finding:
    return Finding("vulnerable", identifier, "t", severity, aliases=aliases, package="pypi/flask")  # type: ignore[arg-type]


def test_advisories_that_become_one_are_as_old_as_the_oldest_and_no_news() -> None:
    merged = advisory("CVE-9", "PYSEC-1", "GHSA-1", severity="critical")
    last, memory = sequence(
        audit(1, image("a:1", advisory("GHSA-1"))),
        audit(2, image("a:1", advisory("GHSA-1"), advisory("PYSEC-1", severity="critical"))),
        audit(3, image("a:2", merged)),
    )
    assert (last.new, last.worse, last.resolved) == (frozenset(), frozenset(), ())
    assert last.images[0].findings[0].since == FIRST
    assert memory.images["a:2"].keys() == {merged.key}


def test_advisories_that_part_again_are_no_news() -> None:
    parted = advisory("CVE-9"), advisory("GHSA-1")
    last, _ = sequence(audit(1, image("a:1", advisory("CVE-9", "GHSA-1"))), audit(2, image("a:1", *parted)))
    assert (last.new, last.resolved) == (frozenset(), ())
    assert {finding.since for finding in last.images[0].findings} == {FIRST}


def test_two_versions_of_a_package_do_not_become_worse_every_day() -> None:
    def behind(severity: str) -> Finding:
        return Finding("outdated", "PRAXI-OUTDATED", "t", severity, package="npm/lodash")  # type: ignore[arg-type]

    both = image("a:1", behind("medium"), behind("info"))
    last, _ = sequence(audit(1, both), audit(2, both), audit(3, both))
    assert last.worse == frozenset()


def test_what_a_tag_has_lost_is_resolved_even_where_another_tag_has_it() -> None:
    old, other = image("a:1", FLAW), image("a:2", FLAW)
    last, _ = sequence(audit(1, old, other), audit(2, image("a:1"), other))
    assert [one.image for one in last.resolved] == ["a:1"]


def test_one_tag_by_two_digests_is_looked_at_twice() -> None:
    def at(digest: str, *findings: Finding, state: str = "audited") -> AssessedImage:
        return AssessedImage(image="a:1", digest=digest, state=state, findings=findings)

    last, _ = sequence(audit(1, at("x", FLAW)), audit(2, at("x"), at("y", state="failed")))
    assert (last.resolved, len(last.carried)) == ((), 1)
    last, _ = sequence(audit(1, at("x", FLAW)), audit(2, at("x"), at("y", FLAW)))
    assert (last.resolved, last.carried, last.new) == ((), (), frozenset())
