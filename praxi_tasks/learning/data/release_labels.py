"""Releases as people write them, alone or in lists: ``requests==2.32.0``, package URLs, lines of pip's files.

What is read becomes part of URLs, commands and keys, so only what a name or version can be is one.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple
from urllib.parse import unquote

from praxi_tasks.ecosystems import ECOSYSTEMS, MAVEN, PYPI, ecosystem_of
from praxi_tasks.errors import DataError

_LABEL: Final = re.compile(
    r"(?:(?P<purl>pkg:)?(?P<ecosystem>[A-Za-z]+)/)?(?P<name>(?:[^\s@=<>/]+/|@[^\s@=<>/]+/)*[^\s@=<>/]+)"
    r"(?:\s*===?\s*|@)(?P<version>[^\s@=]+)"
)
_NAME: Final = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9._+~:-]*[A-Za-z0-9+_])?", re.ASCII)
_VERSION: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+~:!^-]*", re.ASCII)
_LONGEST: Final = 200
_MOST_LINES: Final = 10
_EXTRAS: Final = re.compile(r"\[[A-Za-z0-9._, -]*\]", re.ASCII)
_OPTIONS: Final = re.compile(r"[ \t]--hash=|;|#")
_BOM: Final = codecs.BOM_UTF8.decode()
_NEWEST: Final = "*"


class Label(NamedTuple):
    """A release that somebody names; without a version the newest ones are meant."""

    ecosystem: str
    name: str
    version: str


def read_label(text: str) -> Label:
    """Read a release as people write it.

    Raises
    ------
    DataError
        If it is none; the message quotes it.
    """
    plain = text.strip()
    match = _LABEL.fullmatch(_without_qualifiers(plain))
    ecosystem = (match["ecosystem"] or PYPI.purl_type).lower() if match else ""
    if match and ecosystem in ECOSYSTEMS:
        written = unquote(match["name"]) if match["purl"] else match["name"]
        name = ecosystem_of(ecosystem).normalise(_name(written, ecosystem, of_url=bool(match["purl"])))
        version = unquote(match["version"]) if match["purl"] else match["version"]
        if _is_name(name) and (version == _NEWEST or _is_version(version)):
            return Label(ecosystem, name, "" if version == _NEWEST else version)
    raise DataError(
        "not a release", where=repr(text[:_LONGEST]), action="write name==version or ecosystem/name@version"
    )


def list_lines(text: str) -> Iterator[tuple[int, str]]:
    """Yield the number and the label of each line of a list that holds one.

    Comments, and what pip's files have besides, markers and hashes, are passed over; lines that end with a
    backslash go on in the next one.
    """
    parts: list[str] = []
    first = 0
    for number, line in enumerate((*re.split(r"\r\n|\r|\n", text.removeprefix(_BOM)), ""), 1):
        first = first or number
        parts.append(line.removesuffix("\\"))
        if not line.endswith("\\"):
            if label := _OPTIONS.split("".join(parts), maxsplit=1)[0].strip():
                yield first, label
            parts, first = [], 0


def name_lines(numbers: Sequence[int]) -> str:
    """Return which lines of a list are meant, the first ten by their numbers.

    Examples
    --------
    >>> name_lines([3]), name_lines([3, 5])
    ('line 3', 'lines 3, 5')
    """
    first = ", ".join(map(str, numbers[:_MOST_LINES]))
    more = f" and {len(numbers) - _MOST_LINES:,} more" if len(numbers) > _MOST_LINES else ""
    return f"line{'s' if len(numbers) > 1 else ''} {first}{more}"


def _without_qualifiers(label: str) -> str:
    return re.split(r"[?#]", label, maxsplit=1)[0] if label.startswith("pkg:") else label


def _name(written: str, ecosystem: str, *, of_url: bool) -> str:
    """Return a name without extras; a package URL's namespace is a part of it, or a distribution's ID."""
    if ecosystem == PYPI.purl_type:
        return _EXTRAS.sub("", written, count=1)
    if of_url and ecosystem_of(ecosystem).of_distribution:
        return written.rpartition("/")[2]
    return written.replace("/", ":") if of_url and ecosystem == MAVEN.purl_type else written


def _is_name(name: str) -> bool:
    parts = name.removeprefix("@").split("/")
    of_scope = name.startswith("@")
    return len(name) <= _LONGEST and len(parts) <= 1 + of_scope and all(map(_NAME.fullmatch, parts))


def _is_version(version: str) -> bool:
    return len(version) <= _LONGEST and bool(_VERSION.fullmatch(version))
