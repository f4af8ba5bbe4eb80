"""What images say of their distribution that have no ``os-release``: old ones, and stripped ones.

Such a file counts in a layer that has package records of the distribution, as the lowest one has.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from praxi_tasks.inventory.claim import Distribution
from praxi_tasks.inventory.decoding import text
from praxi_tasks.inventory.layer_view import LayerView

_LARGEST: Final = 4096  # bytes; a real one is a line or four
_RECORDS: Final = (
    "lib/apk/db/",
    "usr/lib/apk/db/",
    "usr/lib/sysimage/rpm/",
    "var/lib/dpkg/",
    "var/lib/rpm/",
)


class _ReleaseFile(NamedTuple):
    """A file that names a release of one distribution: what ``os-release`` would call it, and how it is told.

    The groups of ``says`` are the release, or its numbers; ``codename`` is one of them by name.
    """

    path: str
    id: str
    says: re.Pattern[str]


def _line(start: str) -> re.Pattern[str]:
    return re.compile(rf"{start}(?: Linux)?[A-Za-z ]* release (\d+(?:\.\d+)*)\b.*", re.DOTALL)


_FILES: Final = (
    _ReleaseFile(
        "etc/lsb-release",
        "ubuntu",
        re.compile(
            r"DISTRIB_ID=Ubuntu\nDISTRIB_RELEASE=(\d+\.\d+)(?:\nDISTRIB_CODENAME=(?P<codename>[a-z]+))?(?:\n.*)?",
            re.DOTALL,
        ),
    ),
    _ReleaseFile("etc/alpine-release", "alpine", re.compile(r"(\d+\.\d+(?:\.\d+)?[a-z0-9_.-]*)\s*")),
    _ReleaseFile("etc/debian_version", "debian", re.compile(r"(\d+)(?:\.\d+)*\s*")),
    _ReleaseFile("etc/oracle-release", "ol", _line("Oracle")),
    _ReleaseFile("etc/rocky-release", "rocky", _line("Rocky")),
    _ReleaseFile("etc/almalinux-release", "almalinux", _line("AlmaLinux")),
    _ReleaseFile("etc/centos-release", "centos", _line("CentOS")),
    _ReleaseFile("etc/fedora-release", "fedora", _line("Fedora")),
    # Red Hat's rebuilds have its file too, and say in it whose they are.
    _ReleaseFile("etc/redhat-release", "centos", _line("CentOS")),
    _ReleaseFile("etc/redhat-release", "scientific", _line("Scientific")),
    _ReleaseFile("etc/redhat-release", "rhel", _line("Red Hat Enterprise")),
    _ReleaseFile(
        "etc/SuSE-release",
        "sles",
        re.compile(
            r"SUSE Linux Enterprise Server \d.*\nVERSION = (\d+)\nPATCHLEVEL = ([1-9]\d*)?.*", re.DOTALL
        ),
    ),
)
PATHS: Final = frozenset(file.path for file in _FILES)
"""Without a leading slash; the first of them that can be read counts."""


def read_release_files(view: LayerView) -> Distribution | None:
    """Return the distribution of a layer that has package records and no ``os-release``, or None."""
    if not any(path.startswith(_RECORDS) for path in view.kept):
        return None
    for file in _FILES:
        content = view.kept.get(file.path, b"")[:_LARGEST]
        if found := file.says.fullmatch(text(content)):
            codename = found.groupdict().get("codename") or ""
            numbers = [number for number in found.groups() if number and number != codename]
            return Distribution(file.id, ".".join(numbers), codename)
    return None
