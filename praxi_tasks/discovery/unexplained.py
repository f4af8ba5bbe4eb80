"""The files that no known release explains, grouped by the folders they lie in."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import Final

from praxi_tasks.discovery.prediction import Unexplained, UnexplainedRoot
from praxi_tasks.printable import printable

ROOTS: Final = 50
"""How many roots are named, the fullest first."""

# Folders that the file system hierarchy shares among all software: a root lies below them.
_COMMON: Final = frozenset(
    """
    bin boot dev etc home lib lib32 lib64 media mnt opt root run sbin srv sys tmp usr var include
    share local libexec libx32 cache log spool site-packages dist-packages python3 src games man
    doc icons applications pixmaps locale modules-load.d init.d default cron.d systemd system
    """.split()  # noqa: SIM905 - a table of words
)

# Folders in which each package has one of its own: a root is a package's, however big what holds them is.
_LIBRARIES: Final = frozenset(
    ("site-packages", "dist-packages", "node_modules", "site-library", "gems", "jars")
)
_R_LIBRARY: Final = ("R", "library")

# What runs or is configured on a machine, rather than what is installed there.
_STATE: Final = re.compile(
    r"(?:var/(?:lib/(?:dpkg|apt|systemd|pam|ucf|rpm)|cache|log|tmp|run|backups|spool)|tmp|run|proc|sys|dev)/"
    r"|etc/(?:ld\.so\.cache|passwd|group|g?shadow|sub[ug]id|mtab|hostname|hosts|resolv\.conf|machine-id)-?$"
    r"|etc/(?:ssl/certs|rc[0-9S]\.d|alternatives|apt)/|root/\.|.*/\.wh\."
)


def is_state(path: str) -> bool:
    """Return whether a path is machine state (caches, logs, databases) rather than installed software."""
    return _STATE.match(path) is not None


def unexplained(paths: Iterable[str]) -> Unexplained:
    """Group paths by root folder; machine state counts as explained."""
    folders: Counter[str] = Counter()
    for path in paths:
        folder = path.rpartition("/")[0]
        if folder != "etc" or not is_state(path):
            folders[folder] += 1
    roots: Counter[str] = Counter()
    for folder, count in folders.items():
        if not is_state(f"{folder}/"):
            roots[root_of(folder)] += count
    named = sorted(roots.items(), key=lambda item: (-item[1], item[0]))[:ROOTS]
    return Unexplained(
        roots.total(), tuple(UnexplainedRoot(printable(f"/{root}"), count) for root, count in named)
    )


def root_of(folder: str) -> str:
    """Return the root that a folder lies below: the first on the way down not common to all software.

    What lies in a folder of packages, as Python's ``site-packages``, has a package's folder as its root.

    Examples
    --------
    >>> root_of("opt/tool/bin")
    'opt/tool'
    >>> root_of("opt/venv/lib/python3.11/site-packages/yaml/nodes")
    'opt/venv/lib/python3.11/site-packages/yaml'
    """
    parts = folder.split("/")
    for depth, part in enumerate(parts):
        if part in _LIBRARIES or tuple(parts[max(depth - 1, 0) : depth + 1]) == _R_LIBRARY:
            scoped = depth + 1 < len(parts) and parts[depth + 1].startswith("@")
            return "/".join(parts[: depth + (3 if scoped else 2)])
    for depth, part in enumerate(parts):
        if part not in _COMMON and not part.startswith("python3."):
            return "/".join(parts[: depth + 1])
    return folder
