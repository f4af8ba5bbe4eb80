"""How OpenAPI describes what the Open Inference Protocol sends: its requests, answers and metadata."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from praxi_tasks.serving.tensors import BYTES, NUMBERS

_TEXT: Final = {"type": "string"}
_TRUTH: Final = {"type": "boolean"}
_OPEN: Final = {"type": "object"}
_DATATYPE: Final = {"type": "string", "enum": [BYTES, *NUMBERS]}
_DATA: Final = {"type": "array", "description": "In row-major order, flat or nested as the shape says"}


def _object(properties: Mapping[str, Any], optional: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return the schema of an object: what it always has, and what it may have."""
    return {
        "type": "object",
        "required": list(properties),
        "properties": {**properties, **(optional or {})},
    }


def _list(of: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "array", "items": of, **more}


def _shape(least: int) -> dict[str, Any]:
    return _list({"type": "integer", "minimum": least})


_PORT: Final = _object({"name": _TEXT, "datatype": _DATATYPE, "shape": _shape(-1)})
_INPUT: Final = _object(
    {"name": _TEXT, "datatype": _DATATYPE, "shape": _shape(0)}, {"parameters": _OPEN, "data": _DATA}
)
_OUTPUT: Final = _object(
    {"name": _TEXT, "datatype": _DATATYPE, "shape": _shape(0)}, {"parameters": _OPEN, "data": _DATA}
)

SCHEMAS: Final[dict[str, Any]] = {
    "Server": _object({"name": _TEXT, "version": _TEXT, "extensions": _list(_TEXT)}),
    "Live": _object({"live": _TRUTH}),
    "Ready": _object({"live": _TRUTH, "ready": _TRUTH}),
    "ModelReady": _object({"name": _TEXT, "ready": _TRUTH}),
    "Model": _object(
        {
            "name": _TEXT,
            "versions": _list(_TEXT),
            "platform": _TEXT,
            "inputs": _list(_PORT),
            "outputs": _list(_PORT),
        }
    ),
    "InferRequest": _object(
        {"inputs": _list(_INPUT)},
        {
            "id": {"type": ["string", "null"]},
            "parameters": _OPEN,
            "outputs": _list(_object({"name": _TEXT}, {"parameters": _OPEN})),
        },
    )
    | {
        "examples": [
            {
                "inputs": [
                    {"name": "paths", "datatype": BYTES, "shape": [1], "data": ["usr/bin/env"]},
                ]
            }
        ]
    },
    "InferAnswer": _object(
        {"model_name": _TEXT, "outputs": _list(_OUTPUT)}, {"model_version": _TEXT, "id": _TEXT}
    ),
}
