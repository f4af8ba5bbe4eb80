"""Confines what the params of a run name to what its triggerer may have read, before anything starts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from praxi_airflow.settings import Settings
from praxi_tasks.errors import UsageError
from praxi_tasks.learning.data.requests import names_a_place
from praxi_tasks.store import ReadableRoots

_ALIAS: Final = "models:/praxi@"
_LOCAL_IMAGE: Final = re.compile(r"(?:oci|oci-archive|docker-archive):(.*)", re.DOTALL)
_SELECTOR: Final = re.compile(r"[:@]")


def readable_uris(settings: Settings) -> tuple[str, ...]:
    """Return the roots of what runs may read: the store, the starter model, and what the setting lists."""
    return tuple(_uri(each) for each in (settings.store, settings.model, *settings.readable_roots))


def require_readable(params: Mapping[str, Any], settings: Settings) -> None:
    """Do nothing if all that a run's params and conf name may be read by the run.

    Raises
    ------
    UsageError
        Naming the param, and nothing of its value.
    """
    roots = ReadableRoots(readable_uris(settings))
    model, listed, request = (str(params.get(name) or "").strip() for name in ("model", "list", "request"))
    if model and not model.startswith(_ALIAS):
        roots.require(model, "model")
    if names_a_place(listed):
        roots.require(listed, "list")
    if request:
        roots.require(request, "request")
    for image in params.get("images") or ():
        _require_image(str(image).strip(), roots)


def _require_image(image: str, roots: ReadableRoots) -> None:
    """Check an image in a folder or archive of a machine; which tag of it is meant does not matter."""
    local = _LOCAL_IMAGE.fullmatch(image)
    if local is None:
        return
    refusals = [_refusal(path, roots) for path in _prefixes(local[1])]
    if all(refusals):
        raise refusals[0] or UsageError("not an image", where="images")


def _refusal(path: str, roots: ReadableRoots) -> UsageError | None:
    try:
        roots.require_path(Path(path), "images")
    except UsageError as error:
        return error
    return None


def _prefixes(path: str) -> Iterator[str]:
    """Yield a path, and the path without each selector that its end may be."""
    yield path
    yield from (path[: match.start()] for match in _SELECTOR.finditer(path))


def _uri(place: str) -> str:
    return place if "://" in place else Path(place).absolute().as_uri()
