"""What was read: images that were pushed, and how much else there was, by kind."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, Final, Literal, get_args

import msgspec

from praxi_tasks.errors import InvalidReferenceError
from praxi_tasks.oci.image import Reference

Ignored = Literal["pull", "delete", "index", "signature", "artifact", "blob", "failed", "other", "malformed"]
IGNORED: Final[tuple[Ignored, ...]] = get_args(Ignored)
"""What is no push of an image.

``index`` is a list of images for several platforms, each of which is pushed by itself; ``signature`` what
signers keep beside an image; ``artifact`` any other manifest that is no image; ``failed`` a push that did
not succeed; ``malformed`` one event of several that can't be read.
"""

_IMAGES: Final = frozenset(
    {
        "application/vnd.oci.image.manifest.v1+json",
        "application/vnd.docker.distribution.manifest.v2+json",
    }
)
_INDEXES: Final = frozenset(
    {
        "application/vnd.oci.image.index.v1+json",
        "application/vnd.docker.distribution.manifest.list.v2+json",
    }
)
_CONFIGURATIONS: Final = frozenset(
    {
        "application/vnd.oci.image.config.v1+json",
        "application/vnd.docker.container.image.v1+json",
    }
)
_BLOB: Final = "application/octet-stream"
_SIGNED_BY_TAG: Final = re.compile(r"sha(?:256-[0-9a-f]{64}|512-[0-9a-f]{128})(?:\.[a-z0-9]+)?", re.ASCII)
_SIGNATURES: Final = (
    "application/vnd.dev.cosign.",
    "application/vnd.in-toto",
    "application/vnd.cncf.notary.",
)


class Push(msgspec.Struct, frozen=True):
    """An image that was pushed.

    Attributes
    ----------
    image
        Its reference; by digest, unless whoever told of it does not know the digest.
    digest
        The digest; empty where it was not told.
    at
        When, if that was told.
    source
        Who told of it, as a form's name: ``distribution``, ``harbor`` …
    """

    image: str
    digest: str
    at: datetime | None
    source: str


class Notices(msgspec.Struct, frozen=True):
    """The pushes of a message, in its order and each once, and how many other events it held, by kind."""

    pushes: tuple[Push, ...] = ()
    ignored: dict[Ignored, int] = {}

    @classmethod
    def of(cls, events: Iterable[Push | Ignored]) -> Notices:
        """Sum up what single events are."""
        pushes: dict[str, Push] = {}
        ignored: Counter[Ignored] = Counter()
        for event in events:
            if isinstance(event, Push):
                pushes.setdefault(event.image, event)
            else:
                ignored[event] += 1
        return cls(tuple(pushes.values()), dict(ignored))

    @classmethod
    def together(cls, several: Iterable[Notices]) -> Notices:
        """Return several messages' as one."""
        pushes: dict[str, Push] = {}
        ignored: Counter[Ignored] = Counter()
        for notices in several:
            ignored.update(notices.ignored)
            for push in notices.pushes:
                pushes.setdefault(push.image, push)
        return cls(tuple(pushes.values()), dict(ignored))


def kind_of_manifest(media_type: str, parts: Iterable[str] = ()) -> Ignored | None:
    """Return what a manifest is, if it is no image.

    Parameters
    ----------
    media_type
        Of the manifest; an empty one says nothing.
    parts
        Media types of what it refers to: where there are any, an image's configuration is among them.
    """
    bare = media_type.partition(";")[0].strip().lower()
    if bare in _INDEXES:
        return "index"
    if bare == _BLOB:
        return "blob"
    if bare and bare not in _IMAGES:
        return "artifact"
    listed = [part.partition(";")[0].strip().lower() for part in parts]
    if any(part.startswith(_SIGNATURES) for part in listed):
        return "signature"
    return "artifact" if listed and not _CONFIGURATIONS & {*listed} else None


def push_of(name: str, tag: str, digest: str, *, at: object, source: str) -> Push | Ignored:
    """Return the push of an image.

    Parameters
    ----------
    name
        ``registry/repository``.
    tag
        A tag, or nothing; one of those under which signers keep signatures is no image's.
    digest
        The digest, or nothing if nobody told it: then the tag names the image.
    """
    if _SIGNED_BY_TAG.fullmatch(tag):
        return "signature"
    try:
        found = Reference.parse(name + (f":{tag}" if tag else "") + (f"@{digest}" if digest else ""))
    except InvalidReferenceError:
        return "malformed"
    return Push(str(found), found.digest, moment(at), source)


def moment(value: object) -> datetime | None:
    """Return a time as events write it, RFC 3339 or seconds since 1970; None where it is neither."""
    try:
        if isinstance(value, bool) or not isinstance(value, int | float | str):
            return None
        found = msgspec.convert(value, datetime, strict=False)
    except (ValueError, OverflowError):
        return None
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)


def text(document: Any, *path: str) -> str:
    """Return the text at a path in a document, or nothing."""
    found: Any = document
    for name in path:
        found = found.get(name) if isinstance(found, dict) else None
    return found if isinstance(found, str) else ""
