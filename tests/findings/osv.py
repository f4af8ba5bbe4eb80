"""Advisories and feeds made by hand, in OSV's form."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from packaging.version import InvalidVersion, Version

from praxi_tasks.findings.advisories.index import AdvisoryIndex
from praxi_tasks.findings.advisories.index_cache import build_index
from praxi_tasks.findings.feeds.folder import archive_name


def record(
    identifier: str,
    package: str,
    *events: dict[str, str],
    ecosystem: str = "PyPI",
    versions: Iterable[str] = (),
    kind: str = "ECOSYSTEM",
    **fields: Any,
) -> dict[str, Any]:
    """Make one advisory about one package."""
    ranges = [{"type": kind, "events": list(events)}] if events else []
    return {
        "id": identifier,
        "modified": "2026-11-20T00:00:00Z",
        "summary": f"{package} can be made to misbehave",
        "affected": [
            {
                "package": {"ecosystem": ecosystem, "name": package},
                "ranges": ranges,
                "versions": list(versions),
            }
        ],
        **fields,
    }


def between(*bounds: str) -> list[dict[str, str]]:
    """Make alternating introduced and fixed events."""
    return [{("introduced", "fixed")[n % 2]: version} for n, version in enumerate(bounds)]


def archive(*records: dict[str, Any]) -> bytes:
    """Zip advisories as OSV exports them."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as members:
        for item in records:
            members.writestr(f"{item['id']}.json", json.dumps(item))
    return buffer.getvalue()


def index(*records: dict[str, Any], ecosystem: str = "PyPI", **files: bytes) -> AdvisoryIndex:
    """Build an index of advisories; further feeds are named with ``__`` for ``/`` and a dot."""
    return build_index({archive_name(ecosystem): archive(*records), **files})


def write_feeds(folder: Path, **ecosystems: list[dict[str, Any]]) -> Path:
    """Write a feeds folder with one archive per ecosystem."""
    for ecosystem, records in ecosystems.items():
        target = folder / archive_name(ecosystem)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(archive(*records))
    return folder


def advisories_in(path: Path) -> list[dict[str, Any]]:
    """Return every advisory of an archive as it stands there."""
    with zipfile.ZipFile(path) as members:
        return [json.loads(members.read(name)) for name in members.namelist()]


def literally(entry: dict[str, Any], text: str) -> bool:
    """Evaluate one ``affected`` entry as the OSV schema's pseudocode does."""
    if text in entry.get("versions", []):
        return True
    version = Version(text)
    for part in entry.get("ranges", []):
        if part["type"] != "ECOSYSTEM":
            continue
        try:
            events = sorted((Version(v), kind) for event in part["events"] for kind, v in event.items())
        except InvalidVersion:
            continue
        vulnerable = False
        for bound, kind in events:
            if kind == "introduced" and (version >= bound or str(bound) == "0"):
                vulnerable = True
            elif (kind == "fixed" and version >= bound) or (kind == "last_affected" and version > bound):
                vulnerable = False
        if vulnerable:
            return True
    return False
