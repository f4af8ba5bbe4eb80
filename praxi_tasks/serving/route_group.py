"""Routes that belong together: how a part of the service is mounted, guarded and described."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from starlette.routing import BaseRoute

ERROR: Final = {"$ref": "#/components/schemas/Error"}
JSON: Final = "application/json"
SECRETS: Final[tuple[dict[str, list[str]], ...]] = ({"secret": []}, {"secretAsPassword": []})
"""Who may ask where registries tell of pushes: whoever has the secret of these routes."""
SECURITY_SCHEMES: Final = {
    "bearer": {"type": "http", "scheme": "bearer"},
    "secret": {"type": "http", "scheme": "bearer"},
    "secretAsPassword": {"type": "http", "scheme": "basic"},
}
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
    summary: str,
    tag: str,
    *,
    answer: str = "",
    content: Mapping[str, Any] | None = None,
    body: str = "",
    takes: Sequence[str] = (JSON,),
    status: int = 200,
    also: Mapping[int, str] | None = None,
    headers: Sequence[tuple[str, str]] = (),
    security: Sequence[Mapping[str, Any]] | None = None,
) -> dict[str, Any]:
    """Return an OpenAPI operation.

    Parameters
    ----------
    answer
        The schema of the answer's JSON.
    content
        What else an answer may be: schemas by media types.
    body, takes
        The schema of the request's body, if it has one, and its media types; only JSON is of that schema.
    status
        Of success.
    also
        Other statuses with an answer of the same schema, and what each means.
    headers
        Names of the headers that a request may have, and what each says.
    security
        Who may ask, where it is not who has a token; empty for everybody.
    """
    given = ({JSON: _of(answer)} if answer else {}) | dict(content or {})
    described: dict[str, Any] = {
        "summary": summary,
        "tags": [tag],
        "responses": {
            str(status): {"description": "Done"} | ({"content": given} if given else {}),
            **{
                str(other): {"description": meaning, "content": given}
                for other, meaning in (also or {}).items()
            },
            "default": {"description": "Refused", "content": {JSON: {"schema": ERROR}}},
        },
    }
    if body:
        kinds = {kind: _of(body) if kind == JSON else {} for kind in takes}
        described["requestBody"] = {"required": True, "content": kinds}
    if headers:
        described["parameters"] = [
            {"name": name, "in": "header", "description": meaning, "schema": {"type": "string"}}
            for name, meaning in headers
        ]
    if security is not None:
        described["security"] = list(security)
    return described


def with_parameters(paths: Mapping[str, Any]) -> dict[str, Any]:
    """Return descriptions of paths with the parameters of each path, and a name for each operation."""
    described = {}
    for path, operations in paths.items():
        names = _PARAMETER.findall(path)
        parameters = [
            {"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in names
        ]
        known = {method: {"operationId": _name(method, path)} | found for method, found in operations.items()}
        described[_PARAMETER.sub(r"{\1}", path)] = {**known, "parameters": parameters}
    return described


def _of(schema: str) -> dict[str, Any]:
    return {"schema": {"$ref": f"#/components/schemas/{schema}"}}


def _name(method: str, path: str) -> str:
    """Return what an operation is called: unlike those of all others, and made of its method and path."""
    return "_".join([method, *re.findall(r"\w+", path)])
