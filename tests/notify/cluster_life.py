"""A life of clusters, as random steps: what runs and what is wrong with it, and what audits see of that."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass, field
from typing import NamedTuple

from praxi_tasks.findings import Finding, Ignored, severity_rank
from praxi_tasks.findings.assessment import AssessedImage
from praxi_tasks.findings.coverage import Aspect, Coverage, not_checked, partial
from praxi_tasks.findings.scope import ListGap

CLUSTERS = ("eu", "us")
REPOSITORIES = ("registry.example:5000/shop/web", "job")
NAMESPACES = ("shop", "bank")
SEVERITIES = ("critical", "high", "medium", "low")
ALARMING = severity_rank("medium")

DAMAGED = not_checked(Aspect.DATABASES, "x.dist-info/METADATA", "it is damaged", "restore it", ["pypi"])
UNRELATED = not_checked(Aspect.DATABASES, "opt/conda-meta", "nobody reads it", "see conda", ["conda"])
BROKEN_FEED = not_checked(Aspect.VULNERABILITIES, "pypi", "the feed is broken", "renew it")
STALE_FEED = partial(Aspect.VULNERABILITIES, "pypi", "the advisories are old", "renew them")


ACCEPTED = Ignored("accepted", "a team", "2099-01-01")


class Place(NamedTuple):
    """What an alert is about."""

    cluster: str
    repository: str
    namespace: str


class Version(NamedTuple):
    """A version of a repository's image on a cluster; ``number`` is its tag, or by ``digest`` its digest."""

    cluster: str
    repository: str
    number: int
    digest: bool = False

    @property
    def reference(self) -> str:
        """How it is deployed."""
        if self.digest:
            return f"{self.repository}@sha256:{self.number:064x}"
        return f"{self.repository}:{self.number}"


@dataclass
class Flaw:
    """One thing that is wrong; as several advisories, or as one that has got its CVE."""

    number: int
    severity: str
    kind: str = "vulnerable"
    merged: bool = False
    set_aside: bool = False

    @property
    def package(self) -> str:
        """What it is a flaw of."""
        return f"pypi/package-{self.number}"

    def findings(self) -> Iterator[Finding]:
        """Yield what a detector says of it."""
        names = (f"GHSA-{self.number}", f"PYSEC-{self.number}")
        of = {"package": self.package, "ignored": ACCEPTED if self.set_aside else None}
        if self.kind != "vulnerable":
            name = f"PRAXI-{self.kind.upper()}"
            yield Finding(self.kind, name, "t", self.severity, **of)  # type: ignore[arg-type]
        elif self.merged:
            yield Finding("vulnerable", f"CVE-{self.number}", "t", self.severity, aliases=names, **of)  # type: ignore[arg-type]
        else:
            for name in names:
                yield Finding("vulnerable", name, "t", self.severity, **of)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Sight:
    """What an audit can see.

    ``unlisted`` are deployments that its list lacks, for what ``list_gaps`` say, ``failed`` images that can't
    be read, ``damaged`` those with a package database that can't, ``unlisted_releases`` the flaws whose
    packages no list of releases has. ``feed`` is ``fresh``, ``stale`` or ``broken``. ``unrelated`` is a gap
    that hides nothing of these.
    """

    unlisted: Set[Place] = frozenset()
    failed: Set[Version] = frozenset()
    damaged: Set[Version] = frozenset()
    feed: str = "fresh"
    list_gaps: tuple[ListGap, ...] = ()
    unlisted_releases: Set[int] = frozenset()
    unrelated: bool = False

    def gaps(self, version: Version, flaws: Iterable[Flaw]) -> tuple[Coverage, ...]:
        """Return the gaps of an image's coverage; its content are ``flaws``."""
        return (*self._gaps(version), *self._unlisted(flaws), *((UNRELATED,) if self.unrelated else ()))

    def _unlisted(self, flaws: Iterable[Flaw]) -> tuple[Coverage, ...]:
        packages = [flaw.package for flaw in flaws if flaw.number in self.unlisted_releases]
        reason = f"{len(packages)} packages: no feed lists their releases"
        return (partial(Aspect.OUTDATED, "pypi", reason, "mirror them", packages),) if packages else ()

    def _gaps(self, version: Version) -> tuple[Coverage, ...]:
        feeds = {"fresh": (), "stale": (STALE_FEED,), "broken": (BROKEN_FEED,)}[self.feed]
        return (*((DAMAGED,) if version in self.damaged else ()), *feeds)

    def sees(self, version: Version, flaw: Flaw) -> bool:
        """Return whether the audit finds a flaw of an image that it lists."""
        if version in self.failed or version in self.damaged:
            return False
        if flaw.kind == "outdated":
            return flaw.number not in self.unlisted_releases
        return self.feed != "broken" or flaw.kind != "vulnerable"

    @property
    def is_complete(self) -> bool:
        """Whether it reads all that it lists, with feeds of now."""
        return not (self.failed or self.damaged or self.unlisted_releases) and self.feed == "fresh"


@dataclass
class World:
    """What runs where, and what is wrong with each version of an image.

    ``nameless`` are containers of which Prometheus does not know the image: of a place, or of none that
    was ever listed.
    """

    running: dict[Place, Version] = field(default_factory=dict)
    nameless: dict[str, tuple[str, str, Place | None]] = field(default_factory=dict)
    content: dict[Version, frozenset[int]] = field(default_factory=dict)
    flaws: dict[int, Flaw] = field(default_factory=dict)
    _last: int = 0

    def deploy(self, place: Place, *, digest: bool = False, without: int | None = None) -> None:
        """Run the next version of an image at a place: what was there, but for one flaw."""
        self._last += 1
        before = self.running.get(place)
        version = Version(place.cluster, place.repository, self._last, digest)
        self.content[version] = self.content.get(before, frozenset()) - {without} if before else frozenset()
        self.running[place] = version
        self.find_name(place)

    def lose_name(self, cluster: str, namespace: str, place: Place | None) -> None:
        """Run a container without a name somewhere: that of a place, or another."""
        self._last += 1
        self.nameless[f"main {self._last}"] = (cluster, namespace, place)

    def find_name(self, place: Place) -> None:
        """Let the container of a place have a name again."""
        self.nameless = {name: where for name, where in self.nameless.items() if where[2] != place}

    def without_names(self) -> tuple[frozenset[Place], tuple[ListGap, ...]]:
        """Return the places that no list has, as their containers have no name, and what it says of them."""
        found: dict[tuple[str, str], list[str]] = {}
        for name, (cluster, namespace, _) in self.nameless.items():
            found.setdefault((cluster, namespace), []).append(name)
        gaps = (ListGap("no name", *where, tuple(sorted(names))) for where, names in found.items())
        return frozenset(place for _, _, place in self.nameless.values() if place), tuple(gaps)

    def spread(self, place: Place, namespace: str) -> None:
        """Run the same version in another namespace as well."""
        self.running[place._replace(namespace=namespace)] = self.running[place]
        self.find_name(place._replace(namespace=namespace))

    def afflict(self, place: Place, severity: str, kind: str) -> None:
        """Publish a new flaw of the version that runs at a place."""
        self._last += 1
        self.flaws[self._last] = Flaw(self._last, severity, kind)
        self.content[self.running[place]] |= {self._last}

    def alarming(self, place: Place) -> dict[int, str]:
        """Return the flaws at a place that are severe enough, with their severities."""
        version = self.running.get(place)
        found = self.content[version] if version else ()
        flaws = [flaw for number in found if not (flaw := self.flaws[number]).set_aside]
        return {flaw.number: flaw.severity for flaw in flaws if severity_rank(flaw.severity) <= ALARMING}

    def visible(self, place: Place, sight: Sight) -> dict[int, str]:
        """Return those of them that an audit sees."""
        if place not in self.running or place in sight.unlisted:
            return {}
        seen = self.alarming(place)
        return {n: how for n, how in seen.items() if sight.sees(self.running[place], self.flaws[n])}

    def images(self, sight: Sight) -> tuple[AssessedImage, ...]:
        """Return what an audit writes down."""
        namespaces: dict[Version, list[str]] = {}
        for place, version in self.running.items():
            if place not in sight.unlisted:
                namespaces.setdefault(version, []).append(place.namespace)
        return tuple(self._image(version, names, sight) for version, names in namespaces.items())

    def _image(self, version: Version, namespaces: list[str], sight: Sight) -> AssessedImage:
        flaws = [self.flaws[number] for number in sorted(self.content[version])]
        seen = [flaw for flaw in flaws if sight.sees(version, flaw)]
        return AssessedImage(
            image=version.reference,
            state="failed" if version in sight.failed else "audited",
            reason="the registry is down" if version in sight.failed else None,
            namespaces=tuple(sorted(namespaces)),
            cluster=version.cluster,
            findings=tuple(finding for flaw in seen for finding in flaw.findings()),
            coverage=() if version in sight.failed else sight.gaps(version, flaws),
        )
