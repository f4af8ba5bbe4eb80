"""Which checksum a file of a layer gets: the one by which its publisher would list it.

Databases come behind what they list, so only names tell. Python's and conda's packages are listed by
SHA-256, wherever they are. A distribution's are below the system's folders: dpkg lists MD5, rpm SHA-256, apk
SHA-1; which of them it is say the names that came before, since a layer's members are in the order of their
names and ``etc`` comes before ``usr``.
"""

from __future__ import annotations

from typing import Final

NONE, MD5, SHA256, SHA1, SOURCE, STATED = range(6)
"""The kinds of checksums; the last two are none, but what byte code says of its source."""

_SYSTEM: Final = (b"usr/", b"bin/", b"sbin/", b"lib", b"boot/", b"etc/")
_LOCAL: Final = (b"usr/local/",)
_PACKAGES: Final = b"/site-packages/"
# Half of a system's bytes, little of which is run: checksums of it too would take longer than decompressing
# zstd. What comes with etc are settings.
_DATA: Final = (b"usr/share/", b"usr/include/", b"etc/")
# Byte code is made where it lies: nobody compares it. What it says of its source tells versions.
_BYTE_CODE: Final = (b".pyc", b".pyo")
_STATING: Final = frozenset(
    b"__init__ _version version __version__ _versions versions __about__ _about about _version_info _meta"
    b" __meta__ __pkginfo__ release".split()
)

_MARKS: Final[tuple[tuple[int, tuple[bytes, ...]], ...]] = (
    # Alpine's first program comes before its settings, and is most of its programs.
    (
        SHA1,
        (b"bin/busybox", b"etc/apk", b"etc/alpine-release", b"lib/apk/", b"lib/ld-musl-", b"usr/lib/apk/"),
    ),
    (
        SHA256,
        (
            *(b"etc/dnf/", b"etc/yum", b"etc/tdnf/", b"etc/zypp/", b"etc/products.d/", b"etc/redhat-release"),
            *(b"etc/fedora-release", b"etc/system-release", b"usr/lib/.build-id/", b"usr/lib64/"),
        ),
    ),
    (
        MD5,
        (
            *(b"etc/apt", b"etc/dpkg/", b"etc/debian_version", b"lib/x86_64-linux-gnu/"),
            *(b"usr/lib/x86_64-linux-gnu/", b"usr/lib/aarch64-linux-gnu/", b"lib/aarch64-linux-gnu/"),
        ),
    ),
)
_ALL_MARKS: Final = tuple(mark for _, marks in _MARKS for mark in marks)


class ChecksumKinds:
    """The kinds of one layer's checksums, asked for member by member in the archive's order."""

    def __init__(self) -> None:
        self._system = MD5
        self._is_known = False

    def of(self, path: bytes) -> int:
        """Return which checksum a publisher would list a file with, and note what its name tells.

        Parameters
        ----------
        path
            Without leading slash.
        """
        if path.endswith(_BYTE_CODE):
            return STATED if path.rpartition(b"/")[2].partition(b".")[0] in _STATING else SOURCE
        if not path.startswith(_SYSTEM) or path.startswith(_LOCAL):
            return SHA256
        if not self._is_known and path.startswith(_ALL_MARKS):
            self._system = next(kind for kind, marks in _MARKS if path.startswith(marks))
            self._is_known = True
        if path.startswith(_DATA):
            return NONE
        return SHA256 if _PACKAGES in path else self._system
