"""Parses image references as Docker does: ``nginx`` is ``docker.io/library/nginx:latest``."""

from __future__ import annotations

import re
from collections.abc import Iterable
from fnmatch import fnmatchcase
from typing import Final

import msgspec

from praxi_tasks.errors import InvalidReferenceError
from praxi_tasks.oci.image.digest import is_digest

DOCKER_HUB: Final = "docker.io"
_HUB_ALIASES: Final = frozenset({"index.docker.io", "registry-1.docker.io", DOCKER_HUB})
_LABEL: Final = r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
_HOST: Final = re.compile(
    rf"(?:{_LABEL}(?:\.{_LABEL})*|\[[0-9A-Fa-f:.]+\])(?::(?P<port>[0-9]{{1,5}}))?", re.ASCII
)
_COMPONENT: Final = r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*"
_REPOSITORY: Final = re.compile(rf"{_COMPONENT}(?:/{_COMPONENT})*", re.ASCII)
_TAG: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}", re.ASCII)
_IMAGE_ID: Final = re.compile(r"[0-9a-f]{64}")
_LONGEST_REPOSITORY: Final = 255
_LONGEST: Final = 1024


class Reference(msgspec.Struct, frozen=True):
    """Where an image is and which one it is.

    ``registry`` is a host with its port if one was given, ``docker.io`` for Docker Hub whatever the alias.
    With both a ``tag`` and a ``digest`` the digest decides; at least one of them is set.
    """

    registry: str
    repository: str
    tag: str = ""
    digest: str = ""

    @classmethod
    def parse(cls, text: str) -> Reference:
        """Parse ``[registry[:port]/]repository[:tag][@digest]``.

        Raises
        ------
        InvalidReferenceError
            If the text has another form, or is a bare image ID, which no registry can look up.
        """
        _refuse_image_id(text)
        if len(text) > _LONGEST:
            raise _malformed(text, f"longer than {_LONGEST} characters")
        rest, at, digest = text.partition("@")
        if at and not is_digest(digest):
            raise _malformed(text, "what follows @ is not a sha256 or sha512 digest")
        name, tag = _split_tag(rest)
        if tag is not None and not _TAG.fullmatch(tag):
            raise _malformed(text, "the tag is not made of letters, digits, '_', '.' and '-'")
        registry, repository = _split_registry(name)
        if not _is_host(registry):
            raise _malformed(text, "the registry is not a host[:port]")
        if not _REPOSITORY.fullmatch(repository) or len(repository) > _LONGEST_REPOSITORY:
            raise _malformed(text, "the repository must be lower-case words separated by '/'")
        return cls(registry, repository, tag or ("" if digest else "latest"), digest)

    @property
    def identifier(self) -> str:
        """What a registry's manifest endpoint is asked for: the digest if there is one, else the tag."""
        return self.digest or self.tag

    @property
    def name(self) -> str:
        """``registry/repository``."""
        return f"{self.registry}/{self.repository}"

    def is_of(self, places: Iterable[str]) -> bool:
        """Return whether the image is in one of these places.

        Parameters
        ----------
        places
            Globs of registries (``registry.example.org``), or of beginnings of repositories
            (``quay.io/shop``); no ``*`` stands for a ``/``.
        """
        parts = self.name.split("/")
        beginnings = ["/".join(parts[:count]) for count in range(1, len(parts) + 1)]
        return any(
            fnmatchcase(name, place.rstrip("/")) and name.count("/") == place.rstrip("/").count("/")
            for name in beginnings
            for place in places
        )

    def __str__(self) -> str:
        tag = f":{self.tag}" if self.tag else ""
        return f"{self.name}{tag}{'@' if self.digest else ''}{self.digest}"


def _refuse_image_id(text: str) -> None:
    if is_digest(text) or _IMAGE_ID.fullmatch(text):
        raise InvalidReferenceError(
            "an image ID alone names no repository",
            where=text,
            action="write the repository too: registry/repository@sha256:… or :tag",
        )


def _split_tag(text: str) -> tuple[str, str | None]:
    name, colon, tag = text.rpartition(":")
    if not colon or "/" in tag:
        return text, None
    return name, tag


def _split_registry(name: str) -> tuple[str, str]:
    first, slash, rest = name.partition("/")
    names_host = any(mark in first for mark in ".:[") or first.lower() == "localhost"
    if not slash or not names_host:
        return DOCKER_HUB, name if slash else f"library/{name}"
    registry = first.lower()
    if registry not in _HUB_ALIASES:
        return registry, rest
    return DOCKER_HUB, rest if "/" in rest else f"library/{rest}"


def _is_host(text: str) -> bool:
    found = _HOST.fullmatch(text)
    return found is not None and (found["port"] is None or 0 < int(found["port"]) <= 65535)


def _malformed(text: str, why: str) -> InvalidReferenceError:
    return InvalidReferenceError(
        f"not an image reference: {why}",
        where=repr(text[:300]),
        action="write it as registry/repository:tag",
    )
