"""Names by paths in tests: what is named, and with which version."""

from __future__ import annotations

from collections.abc import Iterable

from praxi_tasks.inventory import PathName, VersionText, name_by_paths


def found(paths: Iterable[str], texts: Iterable[VersionText] = ()) -> list[PathName]:
    return list(name_by_paths(paths, texts))


def named(paths: Iterable[str], texts: Iterable[VersionText] = ()) -> list[str]:
    """Return the packages, as ``ecosystem/name`` or ``ecosystem/name@version``."""
    return [f"{one.ecosystem}/{one.name}@{one.version}".rstrip("@") for one in found(paths, texts)]
