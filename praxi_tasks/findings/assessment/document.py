"""An assessed audit: the one document that tables, pages, SBOMs, alarms and metrics are made from."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, Final

import msgspec

from praxi_tasks.findings.assessment.identity import image_key, split_key
from praxi_tasks.findings.coverage import Aspect, Coverage, checked, not_checked, partial
from praxi_tasks.findings.feeds import FeedHealth
from praxi_tasks.findings.finding import Finding
from praxi_tasks.findings.origin import BaseImage
from praxi_tasks.findings.packages import Component, Declaration
from praxi_tasks.findings.scope import ListGap, Scope

Places = dict[str, dict[str, tuple[str, ...]]]
"""By image, then namespace: the containers without a name that were there when it was listed there last."""

LONGEST_TREND: Final = 90
"""How many audits before one are remembered."""
MODEL: Final = "model"
"""The subject of the audit's coverage that says which model spoke."""
_FAILED: Final = "failed"
_HOST: Final = re.compile(r"localhost|.*[.:].*")
_CHAMPION: Final = "see praxi models list; promote a version, or make the registry's records whole again"
_LIST: Final = "see the log of deployed_images and docs/airflow.md"


class ImageRecord(msgspec.Struct, frozen=True):
    """One image of an audit: where it ran, and how its audit ended.

    ``image`` is the reference as deployed, on ``cluster`` where several are audited; times are
    ISO 8601. ``reason`` says why the audit failed. ``base`` is what it was built on, ``commands`` are the
    lines of its history that made each layer, bottom first; both where they are known.
    """

    image: str
    digest: str = ""
    platform: str = ""
    state: str = "audited"
    reason: str | None = None
    namespaces: tuple[str, ...] = ()
    pods: int = 0
    first_seen: str = ""
    last_seen: str = ""
    warnings: tuple[str, ...] = ()
    cluster: str = ""
    base: BaseImage | None = None
    commands: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """What tells images of an audit apart: the reference, and the cluster where there are several."""
        return image_key(self.image, self.cluster)

    def title(self, *, with_cluster: bool) -> str:
        """Return how people are told of it; with its cluster where there are several."""
        return f"{self.image} on {self.cluster}" if with_cluster and self.cluster else self.image


class AssessedImage(ImageRecord, frozen=True, omit_defaults=True):
    """An image's record with its components and findings.

    ``layers`` are digests, bottom first; ``distribution`` is such as ``debian-12``. ``files`` counts the
    regular files a container would see, ``unexplained`` those of them that belong to nothing known.
    ``coverage`` says how far each aspect was looked at: what has no line there was not. ``declared`` are its
    lock files: what they name is no component.
    """

    layers: tuple[str, ...] = ()
    distribution: str = ""
    components: tuple[Component, ...] = ()
    findings: tuple[Finding, ...] = ()
    files: int = 0
    unexplained: int = 0
    coverage: tuple[Coverage, ...] = ()
    declared: tuple[Declaration, ...] = ()

    @classmethod
    def of(cls, record: ImageRecord, layers: Iterable[str]) -> AssessedImage:
        """Return the image of a record before anything is known about its content."""
        fields: dict[str, Any] = {name: getattr(record, name) for name in ImageRecord.__struct_fields__}
        coverage = (_unread(record.reason or "it could not be audited"),) if record.state == _FAILED else ()
        return cls(**fields, layers=tuple(layers), coverage=coverage)

    @property
    def failed(self) -> bool:
        """Whether nothing is known about the image."""
        return self.state == _FAILED

    @property
    def open_findings(self) -> tuple[Finding, ...]:
        """The findings that no policy sets aside."""
        return tuple(finding for finding in self.findings if finding.ignored is None)


def _unread(reason: str) -> Coverage:
    return not_checked(Aspect.LAYERS, "all", reason, "see the reason; the next audit tries again")


class Resolved(msgspec.Struct, frozen=True):
    """A finding the audit before had and this one has not, or an image that is gone with all of its own."""

    image: str
    key: str
    since: str
    severity: str


class Carried(msgspec.Struct, frozen=True, omit_defaults=True):
    """A finding of the audit before that this one could not look for: it is neither there nor resolved.

    ``reason`` says what was not looked at, ``gaps`` what had not been when it was seen last. ``names`` are
    its advisory's other names, ``packages`` those that a hidden one is about. One that is ``ignored`` was set
    aside by the policy.
    """

    image: str
    key: str
    since: str
    severity: str
    reason: str
    names: tuple[str, ...] = ()
    gaps: tuple[str, ...] = ()
    ignored: bool = False
    exploited: bool = False
    packages: tuple[str, ...] = ()
    overdue: bool = False

    @property
    def kind(self) -> str:
        """What sort of finding it is."""
        return self.key.partition("|")[0]


class TrendPoint(msgspec.Struct, frozen=True, omit_defaults=True):
    """One audit in the trend: counts of open findings, by severity and by kind.

    ``clusters`` counts the images of each cluster that has a name. ``listed`` says that the list of images
    was not known to lack any, so that its counts are ones to compare with; of the clusters that are ``blind``
    it was.
    """

    at: str
    images: int
    severities: dict[str, int]
    kinds: dict[str, int]
    clusters: dict[str, int] = {}
    listed: bool = True
    blind: tuple[str, ...] = ()

    def images_of(self, cluster: str) -> int:
        """Return how many images a cluster had, which may have no name."""
        return self.clusters.get(cluster, 0) if cluster else self.images - sum(self.clusters.values())


def of_several_clusters(images: Iterable[ImageRecord]) -> bool:
    """Return whether images are of more than one cluster."""
    return len({image.cluster for image in images}) > 1


def shared_registry(images: Sequence[ImageRecord]) -> str:
    """Return the registry of all the images; nothing if there are several, or only one image.

    The first part of ``shop/web:1`` is no registry: it names no host.
    """
    registries = {image.image.partition("/")[0] for image in images}
    host = registries.pop() if len(registries) == 1 < len(images) else ""
    return host if _HOST.fullmatch(host) else ""


def images_by_cluster(images: Iterable[ImageRecord]) -> dict[str, int]:
    """Return how many images each named cluster ran."""
    return dict(Counter(image.cluster for image in images if image.cluster))


class ModelHealth(msgspec.Struct, frozen=True, omit_defaults=True):
    """How well the model explains what it met; counts over the distinct images of an audit.

    Parameters
    ----------
    recognised
        Components that are present and recognised by their files.
    unsure
        Those of them with a low confidence (see :mod:`~praxi_tasks.findings.assessment.model_health`).
    confidence
        The sum of their confidences.
    claimed
        Components that are present and that a database claims.
    disagreed
        Those of them that the files do not confirm, or show as another version.
    files, unexplained
        Regular files, and those that belong to nothing known.
    """

    recognised: int = 0
    unsure: int = 0
    confidence: float = 0.0
    claimed: int = 0
    disagreed: int = 0
    files: int = 0
    unexplained: int = 0


class AssessedAudit(msgspec.Struct, frozen=True):
    """A whole audit. ``at`` is the end of its data interval, ISO 8601.

    ``new``, ``worse`` and ``late`` name, by image and key, the findings that the audit before had not, had as
    milder, or had not as overdue. ``scope`` bounds what may be concluded from it; ``newest`` says that no
    later audit of its kind is known. ``model_version`` is the model's in the registry, ``model_problem`` why
    it stands in for the champion. ``places`` says where each image was listed last, of a daily audit.
    ``before`` is the time of the audit that it was compared with, empty where none is remembered.
    """

    run: str
    at: str
    interval: str
    model: str
    images: tuple[AssessedImage, ...]
    feeds: tuple[FeedHealth, ...] = ()
    findings: tuple[Finding, ...] = ()
    new: frozenset[tuple[str, str]] = frozenset()
    worse: frozenset[tuple[str, str]] = frozenset()
    late: frozenset[tuple[str, str]] = frozenset()
    resolved: tuple[Resolved, ...] = ()
    trend: tuple[TrendPoint, ...] = ()
    health: ModelHealth = ModelHealth()
    scope: Scope = Scope(kind="scheduled")
    newest: bool = True
    carried: tuple[Carried, ...] = ()
    model_version: str = ""
    model_problem: str = ""
    before: str = ""
    places: Places = {}

    @property
    def clusters(self) -> tuple[str, ...]:
        """The clusters that it is about, of which one may have no name."""
        unseen = (gap.cluster for gap in self.scope.gaps if gap.cluster is not None)
        listed = (image.cluster for image in self.images)
        carried = (split_key(one.image)[0] for one in self.carried)
        return tuple(sorted({*listed, *carried, *unseen, *(self.scope.clusters or ())}))

    def title(self, image: ImageRecord) -> str:
        """Return how people are told of one of its images."""
        return image.title(with_cluster=len(self.clusters) > 1)

    @property
    def rings(self) -> bool:
        """Whether alarms, messages and metrics may follow from it: only from the newest daily audit."""
        return self.scope.is_daily and self.newest

    @property
    def coverage(self) -> tuple[Coverage, ...]:
        """How far the audit as a whole could look: at all images, and with the model in use."""
        return *self._images_listed, self.model_coverage

    @property
    def _images_listed(self) -> tuple[Coverage, ...]:
        if not self.scope.problems:
            return (checked(Aspect.IMAGES, "all", f"{len(self.images)} images"),)
        gaps = (*self.scope.gaps, *map(ListGap, self.scope.remarks))
        return tuple(self._unlisted(gap) for gap in gaps)

    def _unlisted(self, gap: ListGap) -> Coverage:
        listed = any(gap.cluster in {None, image.cluster} for image in self.images)
        parts = ((gap.cluster and f"cluster {gap.cluster}"), gap.namespace and f"namespace {gap.namespace}")
        subject = ", ".join(part for part in parts if part) or "all"
        return (partial if listed else not_checked)(Aspect.IMAGES, subject, gap.problem, _LIST)

    @property
    def model_coverage(self) -> Coverage:
        """Whether the champion spoke, or another model in its stead."""
        spoke = f"model {self.model}" + (f", version {self.model_version}" if self.model_version else "")
        if self.model_problem:
            return partial(Aspect.KNOWLEDGE, MODEL, f"{self.model_problem} ({spoke})", _CHAMPION)
        return checked(Aspect.KNOWLEDGE, MODEL, spoke)

    def remembers(self, moment: str) -> bool:
        """Return whether what was found at a moment is known here: of an audit before, or of long ago.

        Parameters
        ----------
        moment
            The time of an audit, or the beginning of that down to the minute.
        """
        times = [point.at for point in self.trend if point.at != self.at]
        if len(times) >= LONGEST_TREND and moment < times[0]:
            return True
        return any(at.startswith(moment) for at in (self.before, *times) if at)

    @property
    def news(self) -> frozenset[tuple[str, str]]:
        """The findings that there is something to tell of, by image and key."""
        return self.new | self.worse | self.late

    def is_new(self, image: AssessedImage, finding: Finding) -> bool:
        """Return whether the audit before did not have a finding."""
        return (image.key, finding.key) in self.new
