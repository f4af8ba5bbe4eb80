"""Images that are named one by one: by a program of the cluster's, or a pipeline that built them."""

from __future__ import annotations

from typing import Any

from praxi_tasks.errors import InvalidReferenceError
from praxi_tasks.events.notices import Ignored, Push
from praxi_tasks.oci.image import Reference


def is_list(document: dict[str, Any]) -> bool:
    """Return whether a document is a list of images."""
    return isinstance(document.get("images"), list)


def pushes_of(document: dict[str, Any]) -> list[Push | Ignored]:
    """Return each image that is named."""
    return [_image(each) for each in document["images"]]


def _image(named: Any) -> Push | Ignored:
    try:
        found = Reference.parse(named) if isinstance(named, str) else None
    except InvalidReferenceError:
        found = None
    return Push(str(found), found.digest, None, "images") if found else "malformed"
