"""Amazon ECR's events, as EventBridge passes them on.

The source of their form is AWS's page "Amazon ECR events and EventBridge".
"""

from __future__ import annotations

import re
from typing import Any, Final

from praxi_tasks.events.notices import Ignored, Push, kind_of_manifest, push_of, text

_SOURCE: Final = "aws.ecr"
_ACCOUNT: Final = re.compile(r"[0-9]{12}", re.ASCII)
_REGION: Final = re.compile(r"[a-z]{2}(?:-[a-z]+)+-[0-9]", re.ASCII)


def is_event(document: dict[str, Any]) -> bool:
    """Return whether a document is an event of ECR, or of another service in the same form."""
    return "detail-type" in document


def pushes_of(document: dict[str, Any]) -> list[Push | Ignored]:
    """Return what an event is."""
    if document.get("source") != _SOURCE or document["detail-type"] != "ECR Image Action":
        return ["other"]
    detail = document.get("detail")
    action = text(detail, "action-type")
    if action != "PUSH":
        return ["delete" if action == "DELETE" else "other"]
    if text(detail, "result") != "SUCCESS":
        return ["failed"]
    kind = kind_of_manifest(text(detail, "manifest-media-type"), _artifact(detail))
    return [kind or _push(document, detail)]


def _artifact(detail: Any) -> list[str]:
    """Return the media type of what a manifest is about: an image's configuration, for instance."""
    found = text(detail, "artifact-media-type")
    return [found] if found else []


def _push(document: dict[str, Any], detail: Any) -> Push | Ignored:
    account, region = text(document, "account"), text(document, "region")
    digest, repository = text(detail, "image-digest"), text(detail, "repository-name")
    if not (_ACCOUNT.fullmatch(account) and _REGION.fullmatch(region) and digest and repository):
        return "malformed"
    domain = "amazonaws.com.cn" if region.startswith("cn-") else "amazonaws.com"
    name = f"{account}.dkr.ecr.{region}.{domain}/{repository}"
    return push_of(name, text(detail, "image-tag"), digest, at=document.get("time"), source="ecr")
