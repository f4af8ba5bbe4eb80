"""Red Hat's minor releases that are kept alive apart (EUS, AUS, E4S, TUS, ELS), with fixes of their own.

A build names its minor release (``.el9_4``, ``.module+el8.6.0``), whoever installs it. Where the advisories
know how a vulnerability was fixed there, that decides; where they do not, the fixes of the main stream do.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

_PRODUCT: Final = re.compile(
    r"(?:rhel|enterprise_linux)_(?:eus|aus|tus|e4s|els|eus_long_life|extras_els):(\d+)(?:\.(\d+))?(?::.*)?"
)
_BUILD: Final = re.compile(r"[.+]el(\d+)(?:[._](\d+))?(?![\d])")


class ExtendedRelease(NamedTuple):
    """A release (``9``) and what the builds of its minor release are called by (``el9_4``)."""

    release: str
    build: str


def extended_release(product: str) -> ExtendedRelease | None:
    """Return the release that a product extends (``rhel_eus:9.4::baseos``), or None."""
    found = _PRODUCT.fullmatch(product)
    return ExtendedRelease(found[1], _build(found[1], found[2])) if found else None


def extended_name(name: str, extended: ExtendedRelease) -> str:
    """Return under which name what is said of an extended release's package is filed."""
    return f"{name} {extended.build}"


def extended_names(name: str, version: str) -> tuple[str, ...]:
    """Return under which names what was fixed for an installed build's own minor release is found.

    Examples
    --------
    >>> extended_names("openssl", "1:3.0.7-28.el9_4")
    ('openssl el9_4', 'openssl el9')
    """
    found = _BUILD.search(version)
    if found is None:
        return ()
    builds = dict.fromkeys((_build(found[1], found[2]), _build(found[1], None)))
    return tuple(f"{name} {build}" for build in builds)


def _build(release: str, minor: str | None) -> str:
    return f"el{release}_{minor}" if minor else f"el{release}"
