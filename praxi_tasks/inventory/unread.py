"""Package databases that a layer holds and no reader reads: told, lest their packages be taken for absent."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Final

from praxi_tasks.ecosystems import APK, RPM
from praxi_tasks.inventory.layer_view import LayerView

_LINKS: Final = {ord("l"): "symbolic link", ord("h"): "hard link"}
_FOLDER: Final = ord("d")

# What nearly every path lacks -> kinds of database, and the pattern whose first group is where one is.
_ENDINGS: Final[Mapping[str, tuple[tuple[str, str], ...]]] = {
    "/rpmdb.sqlite": ((RPM.purl_type, r"(.+)"),),
    "/Packages": ((RPM.purl_type, r"(.*\brpm/Packages)"),),
    "/Packages.db": ((RPM.purl_type, r"(.*\brpm/Packages\.db)"),),
    ".mdb": (("rpm (LMDB)", r"(.*\brpm/[^/]*\.mdb)"),),
    "/status": (("dpkg", r"(.*\bdpkg/status)"), ("opkg", r"(.*\bopkg/status)")),
    "/installed": ((APK.purl_type, r"(.*\bapk/db/installed)"),),
    ".json": (
        ("conda", r"((?:.*/)?conda-meta)/[^/]+\.json"),
        ("Composer", r"((?:.*/)?vendor/composer/installed\.json)"),
    ),
    ".gemspec": (("RubyGems", r"(.*\bspecifications)/(?:default/)?[^/]+\.gemspec"),),
}
_BEGINNINGS: Final[Mapping[str, tuple[tuple[str, str], ...]]] = {
    "var/lib/pacman/local/": (("pacman", r"(var/lib/pacman/local)/[^/]+/desc"),),
    "var/db/pkg/": (("Portage", r"(var/db/pkg)/[^/]+/[^/]+/PF"),),
    "var/db/xbps/": (("xbps", r"(var/db/xbps)/pkgdb-[^/]+\.plist"),),
    "nix/var/nix/db/": (("Nix", r"(nix/var/nix/db/db\.sqlite)"),),
    "var/lib/pkgtools/packages/": (("pkgtools", r"(var/lib/pkgtools/packages)/[^/]+"),),
    "var/lib/eopkg/package/": (("eopkg", r"(var/lib/eopkg/package)/[^/]+/metadata\.xml"),),
    "usr/share/clear/bundles/": (("swupd", r"(usr/share/clear/bundles)/[^/.]+"),),
    "var/lib/rpm/": ((RPM.purl_type, r"(var/lib/rpm/(?:rpmdb|Packages)(?:\.[^-]+)?)"),),
    "usr/lib/sysimage/rpm/": ((RPM.purl_type, r"(usr/lib/sysimage/rpm/(?:rpmdb|Packages)(?:\.[^-]+)?)"),),
    "usr/share/rpm/": ((RPM.purl_type, r"(usr/share/rpm/(?:rpmdb|Packages)(?:\.[^-]+)?)"),),
}
_ENDS: Final = tuple(_ENDINGS)
_STARTS: Final = tuple(_BEGINNINGS)
_PATTERNS: Final = tuple(
    (mark, name, re.compile(pattern, re.DOTALL))
    for mark, rows in (*_ENDINGS.items(), *_BEGINNINGS.items())
    for name, pattern in rows
)


def report_unread(view: LayerView, wanted: Callable[[str], bool], reasons: Mapping[str, str]) -> None:
    """Report each database of a layer that no reader reads.

    Those are databases of which nothing was kept (a link, or a file above a cap), and databases of other
    kinds or in other places than readers know.

    Parameters
    ----------
    wanted
        Whether a reader reads a path as a database.
    reasons
        Why the content of some paths was not kept.
    """
    others: Counter[tuple[str, str]] = Counter()
    tails = {_tail(path) for path in view.kept}
    for path, kind in zip(view.files.paths, view.files.types.tolist(), strict=True):
        if kind == _FOLDER or path in view.kept or path in reasons:
            continue
        if wanted(path):
            _report_link(view, path, kind, tails)
        elif path.endswith(_ENDS) or path.startswith(_STARTS):
            others.update(_other(path))
    for (place, name), records in sorted(others.items()):
        count = f"{records} records" if records > 1 else "a database"
        view.report(place, f"{count} of {name} in a place or form that is not read")
    for path, reason in reasons.items():
        view.report(path, reason)


def _report_link(view: LayerView, path: str, kind: int, tails: set[str]) -> None:
    link = _LINKS.get(kind, "special file")
    if link == "symbolic link" and _tail(path) in tails:
        return  # what it most likely points to is read where it is
    view.report(path, f"it is a {link}, of which this layer holds no content that is read")


def _other(path: str) -> list[tuple[str, str]]:
    for mark, name, pattern in _PATTERNS:
        if (path.endswith(mark) or path.startswith(mark)) and (found := pattern.fullmatch(path)):
            return [(found[1], name)]
    return []


def _tail(path: str) -> str:
    """Return the last two parts of a path: what stays of a file that is linked to from elsewhere."""
    return "/".join(path.rsplit("/", 2)[-2:])
