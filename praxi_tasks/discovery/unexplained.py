"""The files that no known release explains, gathered under the folders they lie in."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import Final

from praxi_tasks.discovery.prediction import Unexplained, UnexplainedRoot

ROOTS: Final = 50
"""How many roots are named, the fullest first."""

# Folders that the file system hierarchy shares among all software: a root lies below them.
_COMMON: Final = frozenset(
    {  # fmt: skip
        "bin",
        "boot",
        "dev",
        "etc",
        "home",
        "lib",
        "lib32",
        "lib64",
        "media",
        "mnt",
        "opt",
        "root",
        "run",
        "sbin",
        "srv",
        "sys",
        "tmp",
        "usr",
        "var",
        "include",
        "share",
        "local",
        "libexec",
        "libx32",
        "cache",
        "log",
        "spool",
        "site-packages",
        "dist-packages",
        "python3",
        "src",
        "games",
        "man",
        "doc",
        "icons",
        "applications",
        "pixmaps",
        "locale",
        "modules-load.d",
        "init.d",
        "default",
        "cron.d",
        "systemd",
        "system",
    }
)


# What runs or is configured on a machine, rather than what is installed there.
_STATE: Final = re.compile(
    r"(?:var/(?:lib/(?:dpkg|apt|systemd|pam|ucf|rpm)|cache|log|tmp|run|backups|spool)|tmp|run|proc|sys|dev)/"
    r"|etc/(?:ld\.so\.cache|passwd|group|g?shadow|sub[ug]id|mtab|hostname|hosts|resolv\.conf|machine-id)-?$"
    r"|etc/(?:ssl/certs|rc[0-9S]\.d|alternatives|apt)/|root/\.|.*/\.wh\."
)


def is_state(path: str) -> bool:
    """Return whether a path is a machine's state: caches, logs, databases; nobody's software."""
    return _STATE.match(path) is not None


def unexplained(paths: Iterable[str]) -> Unexplained:
    """Gather paths under their roots: the first folder on the way down that is not common to all software."""
    roots = Counter(root_of(path) for path in paths)
    named = sorted(roots.items(), key=lambda item: (-item[1], item[0]))[:ROOTS]
    return Unexplained(roots.total(), tuple(UnexplainedRoot(f"/{root}", count) for root, count in named))


def root_of(path: str) -> str:
    """Return the root that a path lies below, ``opt/tool`` of ``opt/tool/bin/tool``."""
    parts = path.split("/")[:-1]
    for depth, part in enumerate(parts):
        if part not in _COMMON and not part.startswith("python3."):
            return "/".join(parts[: depth + 1])
    return "/".join(parts)
