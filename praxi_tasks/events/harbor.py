"""Harbor's webhooks, in its own form and as CloudEvents.

The source of both is Harbor's page "Configure Webhook Notifications". Neither tells an artifact's media type.
"""

from __future__ import annotations

from typing import Any, Final

from praxi_tasks.errors import InvalidReferenceError
from praxi_tasks.events.notices import Ignored, Push, push_of, text
from praxi_tasks.oci.image import Reference

_TYPES: Final[dict[str, Ignored | None]] = {
    "PUSH_ARTIFACT": None,
    "PULL_ARTIFACT": "pull",
    "DELETE_ARTIFACT": "delete",
    "harbor.artifact.pushed": None,
    "harbor.artifact.pulled": "pull",
    "harbor.artifact.deleted": "delete",
}
_BY_DIGEST: Final = ("sha256:", "sha512:")


def is_webhook(document: dict[str, Any]) -> bool:
    """Return whether a document is a webhook of Harbor."""
    return "event_data" in document or text(document, "type").startswith("harbor.")


def pushes_of(document: dict[str, Any]) -> list[Push | Ignored]:
    """Return what each artifact of a webhook is."""
    kind = _TYPES.get(text(document, "type"), "other")
    if kind:
        return [kind]
    data = document.get("event_data", document.get("data"))
    resources = data.get("resources") if isinstance(data, dict) else None
    if not isinstance(resources, list):
        return ["malformed"]
    at = document.get("occur_at", document.get("time"))
    return [_resource(each, at) for each in resources]


def _resource(resource: Any, at: object) -> Push | Ignored:
    """Return what one artifact is; its registry and repository stand in the URL that it is pulled by."""
    tag, digest = text(resource, "tag"), text(resource, "digest")
    url, _, _ = text(resource, "resource_url").partition("@")
    try:
        found = Reference.parse(url)
    except InvalidReferenceError:
        return "malformed"
    if not digest or "/" not in url:
        return "malformed"
    named = "" if tag.startswith(_BY_DIGEST) else tag
    return push_of(found.name, named, digest, at=at, source="harbor")
