"""Notifications of the CNCF's registry, distribution: an envelope of events.

The source of their form is the project's page "Work with notifications" and its ``notifications/event.go``.
"""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import urlsplit

from praxi_tasks.events.notices import Ignored, Push, kind_of_manifest, push_of, text

_OTHERS: Final[dict[str, Ignored]] = {"pull": "pull", "delete": "delete", "mount": "blob"}
_PORTS: Final = {"http": 80, "https": 443}


def is_envelope(document: dict[str, Any]) -> bool:
    """Return whether a document is an envelope of events."""
    return isinstance(document.get("events"), list)


def pushes_of(document: dict[str, Any]) -> list[Push | Ignored]:
    """Return what each event of an envelope is."""
    return [_event(each) for each in document["events"]]


def _event(event: Any) -> Push | Ignored:
    action = text(event, "action")
    if action != "push":
        return _OTHERS.get(action, "other" if action else "malformed")
    target = event.get("target")
    kind = kind_of_manifest(text(target, "mediaType"), _parts(target))
    if kind:
        return kind
    host, repository = _host(event), text(target, "repository")
    digest = text(target, "digest")
    if not host or not repository or not digest:
        return "malformed"
    return push_of(
        f"{host}/{repository}",
        text(target, "tag"),
        digest,
        at=event.get("timestamp"),
        source="distribution",
    )


def _parts(target: Any) -> list[str]:
    found = target.get("references") if isinstance(target, dict) else None
    return [text(each, "mediaType") for each in found] if isinstance(found, list) else []


def _host(event: Any) -> str:
    """Return the registry's host as the one who pushed named it, or as the registry names itself.

    A host without a dot gets its port: without, a reference would mean a repository of Docker Hub.
    """
    try:
        url = urlsplit(text(event, "target", "url"))
        host = text(event, "request", "host") or url.netloc.rpartition("@")[2]
    except ValueError:
        return ""
    plain = host and not any(mark in host for mark in ".:[")
    return f"{host}:{_PORTS.get(url.scheme, 443)}" if plain else host
