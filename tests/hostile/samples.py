"""Archives that the tests of this folder damage."""

from __future__ import annotations

import random
import tarfile

from tests.support.layers import (
    archive,
    folder,
    link,
    member,
)

SAMPLE = archive([folder("a"), member("a/b", random.Random(1).randbytes(5000)), link("a/l", "b")])


def renamed(name: bytes) -> bytes:
    """Return an archive of one file with this name in a pax record."""
    length = len(b" path=\n") + len(name)
    length += len(str(length + len(str(length))))
    record = b"%d path=%s\n" % (length, name)
    header = tarfile.TarInfo("pax")
    header.type, header.size = tarfile.XHDTYPE, len(record)
    padding = bytes(-len(record) % 512)
    return header.tobuf(tarfile.USTAR_FORMAT) + record + padding + archive([member("x", b"content")])
