"""Lives of containers, as Prometheus saw them, and the images they add up to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple

from praxi_airflow.hooks import CLUSTER_LABEL
from praxi_airflow.image_id import is_image_id, parse_image_id, pinned_reference, repository_part
from praxi_airflow.sources.nodes import Pod
from praxi_airflow.sources.queries import CONTAINER, own_label
from praxi_tasks.audit import CONFIG_DIGEST, MANIFEST_DIGEST, DeployedImage, repository_of
from praxi_tasks.errors import InvalidReferenceError
from praxi_tasks.oci.image import Reference


class Container(NamedTuple):
    """Which container of which pod of which cluster; restarts don't change it."""

    namespace: str
    pod: str
    uid: str
    name: str
    cluster: str = ""

    @classmethod
    def of(cls, labels: Mapping[str, str], cluster_label: str = CLUSTER_LABEL) -> Container:
        """Return the container that a series' labels describe."""
        namespace, pod, uid, name = (own_label(labels, name) for name in CONTAINER)
        return cls(namespace, pod, uid, name, labels.get(cluster_label, ""))


class Identity(NamedTuple):
    """What the cluster knows of which image it is; see :class:`~praxi_tasks.audit.DeployedImage`."""

    digest: str = ""
    digest_kind: str = ""
    repository: str = ""
    config: str = ""


class Life(NamedTuple):
    """One life of a container, from a start of its process to the next, and its image.

    ``image`` is what the runtime says it runs, ``image_spec`` what the pod's manifest asked for.
    """

    namespace: str
    pod: str
    uid: str
    name: str
    container_id: str
    image: str
    image_spec: str
    image_id: str
    cluster: str = ""

    @property
    def container(self) -> Container:
        """The container whose life it is."""
        return Container(self.namespace, self.pod, self.uid, self.name, self.cluster)

    @property
    def reference(self) -> str:
        """The image as deployed: what runs, or the manifest's reference where the runtime has lost the tag.

        A runtime gives any of the names that it knows an image by: the one whose repository its digest is of
        counts, and what is no reference at all (``<none>``) counts last. Where none is a name, the image ID
        may hold a repository and a digest, which is one.
        """
        names = [name for name in (self.image, self.image_spec) if name and not is_image_id(name)]
        names.sort(key=lambda name: not _parses(name))
        repository = self.identity.repository
        same = (name for name in names if repository and repository_of(name) == repository_of(repository))
        return next(same, "") or next(iter(names), "") or pinned_reference(self.image_id) or self.image

    @property
    def identity(self) -> Identity:
        """Which image it is: by the image ID, or by the digest that a reference pins."""
        config = parse_image_id(self.image_id)
        if not config.digest:
            config = parse_image_id(next(filter(is_image_id, (self.image, self.image_spec)), ""))
        for text in (self.image_id, self.image_spec, self.image):
            known = parse_image_id(text)
            if known.kind == MANIFEST_DIGEST:
                other = config.digest if config.kind == CONFIG_DIGEST else ""
                return Identity(known.digest, known.kind, repository_part(text), other)
        return Identity(config.digest, config.kind)

    @classmethod
    def of(cls, labels: Mapping[str, str], cluster_label: str = CLUSTER_LABEL) -> Life:
        """Return the life that a series' labels describe."""
        of = Container.of(labels, cluster_label)
        image, spec, image_id = (labels.get(name, "").strip() for name in ("image", "image_spec", "image_id"))
        life = labels.get("container_id", "")
        return cls(of.namespace, of.pod, of.uid, of.name, life, image, spec, image_id, of.cluster)


class Seen(NamedTuple):
    """First and last time of something, in seconds since 1970."""

    first: float
    last: float

    def joined(self, other: Seen) -> Seen:
        """Return the span of both."""
        return Seen(min(self.first, other.first), max(self.last, other.last))


@dataclass(frozen=True)
class Sightings:
    """What was seen of one kind of container in an interval.

    Attributes
    ----------
    lives
        When each life was seen.
    ran
        Whether a container was seen running; one whose status nobody recorded is missing.
    before
        The lives that had begun before the interval.
    init
        Whether these are init containers.
    """

    lives: Mapping[Life, Seen]
    ran: Mapping[Container, bool]
    before: frozenset[Life]
    init: bool

    def deployed(self) -> dict[Life, Seen]:
        """Return the lives that count: those that ran in the interval, as far as samples can tell.

        A life that was never seen running counts if it began in the interval and has an image ID: it ran
        between two samples, as a job of seconds or a crashing container does. One that had begun before
        only lies there, completed; one without an image ID waits for its image.
        """
        running = {life: seen for life, seen in self.lives.items() if self._counts(life)}
        identified = {(life.container, life.reference) for life in running if life.image_id}
        return {
            life: seen
            for life, seen in running.items()
            if life.image_id or (life.container, life.reference) not in identified
        }

    def _counts(self, life: Life) -> bool:
        if self.ran.get(life.container, True):
            return True
        return bool(life.image_id) and life not in self.before


def images_of(
    kinds: Sequence[Sightings], platform_of: Callable[[Pod], str] = lambda _: ""
) -> tuple[DeployedImage, ...]:
    """Return the images of all containers that count, sorted; one per cluster, reference, digest, platform.

    Parameters
    ----------
    platform_of
        Gives the platform that a pod ran on where it is another than the run's.
    """
    groups: defaultdict[tuple[str, str, Identity, str], list[tuple[Life, Seen, bool]]] = defaultdict(list)
    names = _names(kinds)
    for kind in kinds:
        for life, seen in kind.deployed().items():
            if name := _name(life, names):
                pod = Pod(life.cluster, life.namespace, life.pod, life.uid)
                key = (name, life.cluster, life.identity, platform_of(pod))
                groups[key].append((life, seen, kind.init))
    return tuple(_image(*key, members) for key, members in sorted(groups.items()))


def nameless(kinds: Sequence[Sightings]) -> list[Life]:
    """Return the lives that count and of which no label holds a name that an image can be read by."""
    names = _names(kinds)
    return sorted(life for kind in kinds for life in kind.deployed() if not _name(life, names))


def is_reference(text: str) -> bool:
    """Return whether a text names an image rather than only identifying it."""
    return bool(text) and not is_image_id(text)


def _parses(text: str) -> bool:
    try:
        Reference.parse(text)
    except InvalidReferenceError:
        return False
    return True


def _names(kinds: Sequence[Sightings]) -> dict[tuple[str, str], str]:
    """Return by what name each cluster knows a digest, of whichever container has a name."""
    named = (life for kind in kinds for life in kind.deployed() if is_reference(life.reference))
    known = sorted((life.cluster, life.identity.digest, life.reference) for life in named)
    return {(cluster, digest): name for cluster, digest, name in reversed(known) if digest}


def _name(life: Life, names: Mapping[tuple[str, str], str]) -> str:
    """Return the name of a life's image: its own, or that of another container with the same image ID."""
    if is_reference(life.reference):
        return life.reference
    return names.get((life.cluster, life.identity.digest), "")


def _image(
    reference: str,
    cluster: str,
    identity: Identity,
    platform: str,
    members: list[tuple[Life, Seen, bool]],
) -> DeployedImage:
    seen = Seen(min(seen.first for _, seen, _ in members), max(seen.last for _, seen, _ in members))
    is_elsewhere = repository_of(identity.repository) != repository_of(reference)
    return DeployedImage(
        image=reference,
        digest=identity.digest,
        digest_kind=identity.digest_kind,
        namespaces=tuple(sorted({life.namespace for life, _, _ in members})),
        pods=len({life.container[:3] for life, _, _ in members}),
        first_seen=_iso(seen.first),
        last_seen=_iso(seen.last),
        init=all(init for _, _, init in members),
        warnings=_warnings(identity, members),
        cluster=cluster,
        repository=identity.repository if identity.repository and is_elsewhere else "",
        config=identity.config,
        platform=platform,
    )


def _warnings(identity: Identity, members: list[tuple[Life, Seen, bool]]) -> tuple[str, ...]:
    if identity.digest:
        return ()
    unreadable = sorted({life.image_id for life, _, _ in members if life.image_id})
    reason = f"an image ID that can't be read, {unreadable[0][:200]!r}" if unreadable else "no image ID"
    return (f"the cluster reported {reason}: the audit reads what the tag means today",)


def _iso(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, tz=UTC).isoformat()
