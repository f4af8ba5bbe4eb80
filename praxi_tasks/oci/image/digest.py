"""Validates, computes and verifies digests."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Final

from praxi_tasks.errors import DigestMismatchError, ManifestError

if TYPE_CHECKING:
    from hashlib import _Hash

_DIGEST: Final = re.compile(r"sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128}")


def is_digest(text: str) -> bool:
    """Return whether ``text`` is a digest of an algorithm that can be verified here."""
    return _DIGEST.fullmatch(text) is not None


def check_digest(text: str, where: str) -> str:
    """Return ``text`` if it is a digest; it is then also safe as part of a path or URL.

    Raises
    ------
    ManifestError
        If it is anything else.
    """
    if not is_digest(text):
        raise ManifestError(
            f"not a sha256 or sha512 digest: {text[:80]!r}", where=where, action="rebuild the image"
        )
    return text


def digest_of(data: bytes, algorithm: str = "sha256") -> str:
    """Return the digest of ``data``."""
    return f"{algorithm}:{hashlib.new(algorithm, data).hexdigest()}"


def new_hash(digest: str) -> _Hash:
    """Return an empty hash of the digest's algorithm."""
    return hashlib.new(digest.partition(":")[0])


def verify(data: bytes, digest: str, where: str) -> bytes:
    """Return ``data`` if its digest is ``digest``.

    Raises
    ------
    DigestMismatchError
        If it is not.
    """
    found = digest_of(data, digest.partition(":")[0])
    if found != digest:
        raise DigestMismatchError(
            f"the bytes served as {digest} have the digest {found}",
            where=where,
            action="the registry, a proxy or the archive altered them: push the image again",
        )
    return data
