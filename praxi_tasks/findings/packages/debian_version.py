"""Debian's versions as dpkg reads and orders them, and opam's, whose order is taken from there.

univers takes an empty revision (``1.0-``), which dpkg refuses, holds ``0`` and ``00`` for different, and
compares in quadratic time.
"""

from __future__ import annotations

import re
from typing import Final

from univers.versions import Version

_FORM: Final = re.compile(
    r"(?:(?P<epoch>[0-9]+):)?(?P<upstream>[0-9][A-Za-z0-9.+~:-]*?)(?:-(?P<revision>[A-Za-z0-9.+~]+))?"
)
_OPAM: Final = re.compile(r"[A-Za-z0-9_.+~-]+")
_PART: Final = re.compile(r"([^0-9]*)([0-9]*)")
_HIGHEST_EPOCH: Final = 2**31 - 1
_LONGEST_EPOCH: Final = 10
_BEYOND_LETTERS: Final = 256
_END: Final = 0
_Number = tuple[int, str]
_Key = tuple[tuple[tuple[int, ...], _Number], ...]


class DpkgVersion(Version):
    """A version of a Debian package; equal are those that dpkg holds for equal."""

    @classmethod
    def normalize(cls, string: str) -> str:
        """Return the text without blanks around it; dpkg takes no others."""
        return string.strip()

    @classmethod
    def is_valid(cls, string: str) -> bool:
        """Return whether dpkg would take it without a word."""
        return _parts(string) is not None

    @classmethod
    def build_value(cls, string: str) -> tuple[int, _Key, _Key]:
        """Return what decides the order: epoch, upstream version, revision."""
        parts = _parts(string)
        if parts is None:
            raise ValueError(string)
        epoch, upstream, revision = parts
        return epoch, text_order(upstream), text_order(revision)


def _parts(string: str) -> tuple[int, str, str] | None:
    """Return epoch, upstream version and revision; the revision begins after the last hyphen."""
    found = _FORM.fullmatch(string)
    if found is None or (":" in found["upstream"] and found["epoch"] is None):
        return None
    if found["revision"] is None and "-" in found["upstream"]:
        return None  # what follows the last hyphen is a revision, or the version is none
    epoch = found["epoch"] or "0"
    if len(epoch.lstrip("0")) > _LONGEST_EPOCH or int(epoch[-_LONGEST_EPOCH - 1 :]) > _HIGHEST_EPOCH:
        return None
    return int(epoch[-_LONGEST_EPOCH:]), found["upstream"], found["revision"] or ""


def text_order(text: str) -> _Key:
    """Return what orders a text as dpkg does: by runs of other characters and of digits, in turn."""
    parts = [(_weights(letters), _number(digits)) for letters, digits in _PART.findall(text)[:-1]]
    nothing = (_weights(""), _number(""))
    while parts and parts[-1] == nothing:
        parts.pop()
    # Two: the first part of 0~ is nothing as well, and the tilde behind it comes before the end of 0.
    return (*parts, nothing, nothing)


def _weights(letters: str) -> tuple[int, ...]:
    """Return ranks: a tilde before the end, the end before letters, these before all else."""
    return (*map(_weight, letters), _END)


def _weight(char: str) -> int:
    if char == "~":
        return -1
    return ord(char) if char.isalpha() else ord(char) + _BEYOND_LETTERS


def _number(digits: str) -> _Number:
    """Return what orders whole numbers of any length; leading zeros mean nothing."""
    plain = digits.lstrip("0")
    return len(plain), plain


class OpamVersion(DpkgVersion):
    """A version of an opam package: ordered as Debian's, but of any form, such as ``v0.16.3``."""

    @classmethod
    def is_valid(cls, string: str) -> bool:
        """Return whether opam would take it."""
        return _OPAM.fullmatch(string) is not None

    @classmethod
    def build_value(cls, string: str) -> tuple[int, _Key, _Key]:
        """Return what decides the order: the text before the last hyphen, and that behind it."""
        upstream, hyphen, revision = string.rpartition("-")
        return 0, text_order(upstream if hyphen else string), text_order(revision if hyphen else "")
