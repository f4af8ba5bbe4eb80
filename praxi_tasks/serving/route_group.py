"""Routes that belong together: how a part of the service is mounted, guarded and described."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from starlette.routing import BaseRoute

ERROR: Final = {"$ref": "#/components/schemas/Error"}
_PARAMETER: Final = re.compile(r"{(\w+)(?::\w+)?}")


@dataclass(frozen=True)
class RouteGroup:
    """Routes of one part.

    Attributes
    ----------
    paths
        Their descriptions as OpenAPI's ``paths`` has them, without parameters of the path.
    schemas
        The schemas that these name.
    open_paths
        Those that need no token: what is there authenticates in a way of its own, or tells nothing.
    """

    routes: tuple[BaseRoute, ...]
    paths: Mapping[str, Any]
    schemas: Mapping[str, Any] = field(default_factory=dict)
    open_paths: frozenset[str] = frozenset()


def operation(
    summary: str, tag: str, *, body: str = "", status: int = 200, is_open: bool = False
) -> dict[str, Any]:
    """Return an OpenAPI operation.

    Parameters
    ----------
    body
        The schema of the request's body, if it has one.
    status
        Of success.
    """
    described: dict[str, Any] = {
        "summary": summary,
        "tags": [tag],
        "responses": {
            str(status): {"description": "Done"},
            "default": {
                "description": "Refused",
                "content": {"application/json": {"schema": ERROR}},
            },
        },
    }
    if body:
        content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{body}"}}}
        described["requestBody"] = {"required": True, "content": content}
    if is_open:
        described["security"] = []
    return described


def with_parameters(paths: Mapping[str, Any]) -> dict[str, Any]:
    """Return descriptions of paths with the parameters that are in each path."""
    described = {}
    for path, operations in paths.items():
        names = _PARAMETER.findall(path)
        parameters = [
            {"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in names
        ]
        described[_PARAMETER.sub(r"{\1}", path)] = {**operations, "parameters": parameters}
    return described
