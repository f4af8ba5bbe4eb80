"""What a file is for, by the folder it is in."""

from __future__ import annotations

import enum
import re
from typing import Final


class PathKind(enum.IntEnum):
    """What a file is for; images are slimmed by deleting all files of a kind."""

    MAIN = 0
    DOC = 1
    MAN = 2
    LOCALE = 3
    METADATA = 4
    TEST = 5


_KINDS: Final = (
    (PathKind.METADATA, re.compile(r"\.(?:dist|egg)-info(?:/|$)|^var/lib/(?:dpkg|apt)(?:/|$)")),
    (PathKind.MAN, re.compile(r"(?:^|/)share/man(?:/|$)")),
    (PathKind.LOCALE, re.compile(r"(?:^|/)(?:share/locale|LC_MESSAGES)(?:/|$)")),
    (
        PathKind.DOC,
        re.compile(r"(?:^|/)share/(?:doc|info|help|gtk-doc|lintian|doc-base|bug|javadoc|ri)(?:/|$)"),
    ),
    (PathKind.TEST, re.compile(r"(?:^|[/:])(?:tests?|testing)(?:/|$)")),
)


def folder_kind(folder: str) -> PathKind:
    """Return what the files in a normalised folder are for."""
    return next((kind for kind, pattern in _KINDS if pattern.search(folder)), PathKind.MAIN)
