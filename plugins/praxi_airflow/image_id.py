"""What a cluster writes as a container's image ID, in every form that container runtimes use.

============================================  =============================  ========
form                                          written by                     digest of
============================================  =============================  ========
``docker-pullable://repo@sha256:…``           Docker                         manifest
``repo@sha256:…``                             containerd, CRI-O              manifest
``docker://sha256:…``, ``sha256:…``           Docker, containerd (no repo)   config
64 hexadecimal digits                         CRI-O                          config
nothing                                       a container that waits         unknown
============================================  =============================  ========

An image that was loaded from an archive is called ``import-2026-03-01@sha256:…`` by containerd: no registry
has that repository, nor the manifest, which was made on the node. So it says nothing.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from praxi_tasks.audit import CONFIG_DIGEST, MANIFEST_DIGEST

_SCHEME: Final = re.compile(r"\A[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_HEX: Final = {"sha256": 64, "sha384": 96, "sha512": 128}
_DIGEST: Final = re.compile(r"(sha256|sha384|sha512):([0-9a-f]+)", re.IGNORECASE)
_LOADED: Final = re.compile(r"(?:.*/)?import-\d{4}-\d{2}-\d{2}")
_BARE: Final = re.compile(r"[0-9a-f]{64}", re.IGNORECASE)


class ImageId(NamedTuple):
    """A digest, and whether it is a ``manifest``'s or a ``config``'s; both empty if nothing is known."""

    digest: str = ""
    kind: str = ""


def parse_image_id(image_id: str) -> ImageId:
    """Return the digest that ``image_id`` holds; nothing if it has none that is well formed.

    Examples
    --------
    >>> parse_image_id("docker-pullable://nginx@sha256:" + "0" * 64).kind
    'manifest'
    >>> parse_image_id("0" * 64).kind
    'config'
    """
    text = _SCHEME.sub("", image_id.strip(), count=1)
    if _BARE.fullmatch(text):
        return ImageId(f"sha256:{text.lower()}", CONFIG_DIGEST)
    repository, at, last = text.rpartition("@")
    match = _DIGEST.fullmatch(last)
    if match is None or len(match[2]) != _HEX[match[1].lower()] or (at and not repository):
        return ImageId()
    if _LOADED.fullmatch(repository):
        return ImageId()
    return ImageId(last.lower(), MANIFEST_DIGEST if at else CONFIG_DIGEST)


def is_image_id(reference: str) -> bool:
    """Return whether a reference is only an ID, as runtimes report an image whose tag they have lost."""
    return parse_image_id(reference).kind == CONFIG_DIGEST


def pinned_reference(image_id: str) -> str:
    """Return the reference by digest that an image ID is, if it holds a repository; else nothing.

    Examples
    --------
    >>> pinned_reference("docker-pullable://r.example/web@sha256:" + "0" * 64)[:22]
    'r.example/web@sha256:0'
    """
    text = _SCHEME.sub("", image_id.strip(), count=1)
    return text if parse_image_id(image_id).kind == MANIFEST_DIGEST else ""


def repository_part(reference: str) -> str:
    """Return what stands before the digest of a reference by digest or an image ID, without a tag.

    Examples
    --------
    >>> repository_part("docker-pullable://r.example:5000/web:1@sha256:" + "0" * 64)
    'r.example:5000/web'
    """
    name = _SCHEME.sub("", reference.strip(), count=1).partition("@")[0]
    head, slash, last = name.rpartition("/")
    return f"{head}{slash}{last.partition(':')[0]}"
