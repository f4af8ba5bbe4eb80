"""Assessed audits of any size, made of plausible images and findings."""

from __future__ import annotations

import random

from praxi_tasks.findings import SEVERITIES, Finding, Ignored
from praxi_tasks.findings.assessment.document import AssessedAudit, AssessedImage, Resolved, TrendPoint
from praxi_tasks.findings.coverage import Aspect, checked, not_checked, partial
from praxi_tasks.findings.feeds.health import FeedHealth
from praxi_tasks.findings.packages.component import FINGERPRINT, INVENTORY, Component
from praxi_tasks.findings.packages.purl import release_purl

AT = "2026-11-20T00:00:00Z"
COVERAGE = (
    checked(Aspect.LAYERS, "all", "6 layers, 20000 files"),
    checked(Aspect.DATABASES, "dist-info", "90 records"),
    not_checked(Aspect.VULNERABILITIES, "debian-12", "90 packages: no feed has advisories", "mirror them"),
    partial(Aspect.KNOWLEDGE, "pypi", "7 of 90 packages: the model does not know them", "train"),
)
_KINDS = ("vulnerable", "vulnerable", "vulnerable", "outdated", "hidden", "ghost", "end-of-life")


def large_audit(images: int, findings: int, components: int = 100) -> AssessedAudit:
    """Make an audit of ``images`` images with ``findings`` findings in all."""
    chance = random.Random(7)
    names = [f"library-{number}" for number in range(3000)]
    made = []
    for number in range(images):
        share = findings * (number + 1) // images - findings * number // images
        found = [_finding(chance, names) for _ in range(share)]
        parts = [_component(chance, name) for name in chance.sample(names, components)]
        made.append(_image(number, tuple(parts), tuple(found), chance))
    new = {(image.image, found.key) for image in made for found in image.findings if chance.random() < 0.02}
    return AssessedAudit(
        run="scheduled__2026-11-20", at=AT, interval="2026-11-19 to 2026-11-20", model="4f1c9a7b2d3e4f5a",
        images=tuple(made),
        feeds=(FeedHealth("Debian", 41000, AT, AT, 1), FeedHealth("PyPI", 16000, AT, AT, 1)),
        findings=(Finding("feed", "PRAXI-FEED-STALE", "the npm advisories are 9 days old", "medium"),),
        new=frozenset(new),
        resolved=(Resolved(made[0].image, "vulnerable|CVE-2026-1|pypi/flask", AT, "high"),),
        trend=tuple(_point(day, images, chance) for day in range(1, 29)),
    )  # fmt: skip


def _image(
    number: int, parts: tuple[Component, ...], found: tuple[Finding, ...], chance: random.Random
) -> AssessedImage:
    return AssessedImage(
        image=f"registry.example.org/team-{number % 17}/service-{number}:1.{number % 9}.{number % 5}",
        digest=f"sha256:{chance.getrandbits(256):064x}",
        platform="linux/amd64",
        state="cached" if number % 3 else "audited",
        namespaces=(f"team-{number % 17}",),
        pods=1 + number % 5,
        layers=tuple(f"sha256:{chance.getrandbits(256):064x}" for _ in range(6)),
        components=parts,
        findings=found,
        files=20000 + number,
        unexplained=chance.randrange(9000),
        coverage=COVERAGE,
    )


def _component(chance: random.Random, name: str) -> Component:
    version = f"{chance.randrange(9)}.{chance.randrange(30)}.{chance.randrange(9)}"
    sources = chance.choice([(INVENTORY,), (INVENTORY, FINGERPRINT), (FINGERPRINT,)])
    return Component("pypi", name, (version,), release_purl("pypi", name, version), sources)


def _finding(chance: random.Random, names: list[str]) -> Finding:
    name, number = chance.choice(names), chance.randrange(9999)
    kind = chance.choice(_KINDS)
    version = f"{chance.randrange(9)}.{chance.randrange(30)}.{chance.randrange(9)}"
    vulnerable = kind == "vulnerable"
    return Finding(
        kind=kind,  # type: ignore[arg-type]
        id=f"CVE-2026-{number:04}" if vulnerable else f"PRAXI-{kind.upper()}",
        title=f"{name} {version}: a request of a certain form makes the parser misread {number}",
        severity=chance.choices(SEVERITIES, (1, 4, 8, 3, 6, 3))[0],
        action=f"upgrade to {version}.1",
        aliases=(f"GHSA-{chance.getrandbits(48):012x}", f"PYSEC-2026-{number}") if vulnerable else (),
        purl=release_purl("pypi", name, version),
        package=f"pypi/{name}",
        fixed=(f"{version}.1",) if vulnerable and number % 4 else (),
        layer=f"sha256:{chance.getrandbits(256):064x}",
        evidence=tuple(f"usr/lib/python3/site-packages/{name}/{part}.py" for part in ("__init__", "core")),
        since=f"2026-{1 + number % 11:02}-{1 + number % 28:02}T00:00:00Z",
        sources=(INVENTORY, FINGERPRINT),
        score=round(chance.uniform(2, 10), 1) if vulnerable else -1,
        epss=round(chance.betavariate(0.5, 12), 4) if vulnerable else -1,
        exploited=number % 97 == 0,
        ignored=Ignored("not reachable", "platform team", "2027-01-31") if number % 41 == 0 else None,
    )  # fmt: skip


def _point(day: int, images: int, chance: random.Random) -> TrendPoint:
    counts = {
        str(name): chance.randrange(40, 60) * (3 + rank) * (28 + day) for rank, name in enumerate(SEVERITIES)
    }
    return TrendPoint(f"2026-10-{day:02}T00:00:00Z", images, counts, {})
