"""What makes an image, and a finding, the same tomorrow."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from praxi_tasks.findings.advisories import is_notice

_LOCAL: Final = ("oci:", "oci-archive:", "docker-archive:")
_DIGEST: Final = re.compile(r"[a-z0-9]+:[0-9a-f]{32,}")
_FIXED_BY: Final = "fixed by "
_HUB: Final = "docker.io"
_HUBS: Final = frozenset({_HUB, "index.docker.io", "registry-1.docker.io"})


def image_key(image: str, cluster: str) -> str:
    """Return what tells images of an audit apart: the reference, and the cluster where there are several."""
    return f"{cluster}|{image}" if cluster else image


def split_key(key: str) -> tuple[str, str]:
    """Return the cluster, which may have no name, and the reference of an image's key.

    Examples
    --------
    >>> split_key("production|web:2")
    ('production', 'web:2')
    """
    if key.startswith(_LOCAL):
        return "", key
    cluster, _, reference = key.rpartition("|")
    return cluster, reference


def image_repository(reference: str) -> str:
    """Return an image reference without its tag and digest; a place on this machine is what it is.

    Examples
    --------
    >>> image_repository("localhost:5000/shop/web:1@sha256:" + "0" * 64)
    'localhost:5000/shop/web'
    """
    if reference.startswith(_LOCAL) or _DIGEST.fullmatch(reference):
        return reference
    name = reference.partition("@")[0]
    head, slash, last = name.rpartition("/")
    return f"{head}{slash}{last.partition(':')[0]}"


def image_place(key: str) -> str:
    """Return what all tags and digests of a repository have in common, from the key of one of them.

    It names the cluster, if the key does, and the repository in full: a runtime that reports ``web`` as
    ``docker.io/library/web`` speaks about the same.

    Examples
    --------
    >>> image_place("production|web:2")
    'production|docker.io/library/web'
    """
    if key.startswith(_LOCAL):
        return key
    cluster, reference = split_key(key)
    return image_key(_in_full(image_repository(reference)), cluster)


def finding_names(key: str, aliases: Iterable[str]) -> tuple[str, ...]:
    """Return under which names a finding is known: its key with each name of its advisory, its own first.

    A notice that fixes it is no name of it, as other vulnerabilities have that in common: it is known as one
    that the notice fixes.
    """
    kind, identifier, package = key.split("|", 2)
    others = (f"{_FIXED_BY}{name}" if is_notice(name) else name for name in aliases if name != identifier)
    return tuple(f"{kind}|{name}|{package}" for name in dict.fromkeys((identifier, *others)))


def sought_names(key: str, aliases: Iterable[str]) -> tuple[str, ...]:
    """Return the names of which an earlier or later finding has one if it is about the same.

    A notice that named no vulnerability is a finding itself; once it does, those are what it was about.
    """
    kind, identifier, package = key.split("|", 2)
    fixed = (f"{_FIXED_BY}{identifier}",) if is_notice(identifier) else ()
    return tuple(f"{kind}|{name}|{package}" for name in dict.fromkeys((identifier, *aliases, *fixed)))


def _in_full(name: str) -> str:
    host, slash, rest = name.partition("/")
    if not slash or not (set(host) & set(".:") or host == "localhost"):
        host, rest = _HUB, name
    if host not in _HUBS:
        return name
    return f"{_HUB}/{rest if '/' in rest else f'library/{rest}'}"
