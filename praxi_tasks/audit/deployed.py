"""Which images were deployed: the document that starts an audit."""

from __future__ import annotations

from typing import Final

import msgspec

from praxi_tasks.errors import InvalidReferenceError, UsageError
from praxi_tasks.findings.scope import ListGap
from praxi_tasks.oci.image import Reference

MANIFEST_DIGEST: Final = "manifest"
CONFIG_DIGEST: Final = "config"


class DeployedImage(msgspec.Struct, frozen=True, omit_defaults=True):
    """One image that had a container in the audit's interval.

    ``image`` is the reference as deployed. ``digest_kind`` says what ``digest`` is the hash of: a
    ``manifest`` (or index), which a registry can be asked for, or a ``config`` (Docker's image ID), which
    it can't. Times are ISO 8601 in UTC. ``warnings`` are for the report's reader. ``cluster`` names the
    cluster that ran it, where Prometheus knows several. ``repository`` is where the digest is known, if that
    is another than the reference's: a runtime may have pulled from a mirror. ``config`` is the digest of the
    image's configuration, where the runtime told it besides. ``platform`` is that of the nodes that ran it,
    where it is another than the run's.
    """

    image: str
    digest: str = ""
    digest_kind: str = ""
    namespaces: tuple[str, ...] = ()
    pods: int = 0
    first_seen: str = ""
    last_seen: str = ""
    init: bool = False
    warnings: tuple[str, ...] = ()
    cluster: str = ""
    repository: str = ""
    config: str = ""
    platform: str = ""

    @property
    def config_digest(self) -> str:
        """The digest of the image's configuration, empty if it is not known."""
        return self.digest if self.digest_kind == CONFIG_DIGEST else self.config

    @property
    def pinned(self) -> str:
        """The reference to read: by manifest digest where it is known, else as deployed."""
        if self.digest_kind != MANIFEST_DIGEST:
            return self.image
        return f"{self.repository or _without_tag(self.image)}@{self.digest}"


class ImageList(msgspec.Struct, frozen=True, omit_defaults=True):
    """The images of a run, and what is known of the list itself.

    See :class:`~praxi_tasks.findings.scope.Scope` for the latter.
    """

    images: tuple[DeployedImage, ...]
    gaps: tuple[ListGap, ...] = ()
    remarks: tuple[str, ...] = ()
    clusters: tuple[str, ...] | None = None
    expected: tuple[str, ...] | None = None


def named_images(references: list[str] | tuple[str, ...]) -> tuple[DeployedImage, ...]:
    """Return the images a person named, each once, in the order given.

    Raises
    ------
    UsageError
        If there are none, or one is blank.
    """
    names = tuple(dict.fromkeys(reference.strip() for reference in references))
    if not names or not all(names):
        raise UsageError("no image to audit", action="name at least one image reference")
    return tuple(DeployedImage(image=name) for name in names)


def repository_of(reference: str) -> str:
    """Return registry and repository of a reference as Docker reads them, or the text where it is none.

    Examples
    --------
    >>> repository_of("nginx:1.27")
    'docker.io/library/nginx'
    """
    try:
        return Reference.parse(reference).name
    except InvalidReferenceError:
        return _without_tag(reference)


def _without_tag(reference: str) -> str:
    """Drop ``:tag`` and ``@digest``; a colon before the last slash is a port."""
    name = reference.partition("@")[0]
    head, slash, last = name.rpartition("/")
    return f"{head}{slash}{last.partition(':')[0]}"
