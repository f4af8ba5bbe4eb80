"""Quay's notifications of a repository push: they name tags, and no digest.

The source of their form is Quay's page "Repository notifications".
"""

from __future__ import annotations

from typing import Any

from praxi_tasks.events.notices import Ignored, Push, push_of, text


def is_notification(document: dict[str, Any]) -> bool:
    """Return whether a document is a notification of Quay."""
    return "docker_url" in document


def pushes_of(document: dict[str, Any]) -> list[Push | Ignored]:
    """Return what each tag is that was pushed; other notifications of Quay have no tags of that name."""
    tags = document.get("updated_tags")
    if tags is None:
        return ["other"]
    if not isinstance(tags, list | dict):
        return ["malformed"]
    url = text(document, "docker_url")
    return [
        push_of(url, tag, "", at=None, source="quay") if isinstance(tag, str) and tag and url else "malformed"
        for tag in tags
    ]
