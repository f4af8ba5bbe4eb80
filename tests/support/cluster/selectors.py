"""Label and field selectors, as the API server reads them from a query."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from tests.support.cluster.objects import Manifest, Selector

_EQUAL = re.compile(r"^(?P<key>[^!=\s]+)\s*(?P<operator>==|=|!=)\s*(?P<value>[^!=\s]*)$")
_SET = re.compile(r"^(?P<key>\S+)\s+(?P<operator>in|notin)\s+\((?P<values>[^)]*)\)$")

_SELECTED: Mapping[str, frozenset[str]] = {
    "Pod": frozenset(
        {
            *(
                f"spec.{name}"
                for name in ("nodeName", "restartPolicy", "schedulerName", "serviceAccountName")
            ),
            *(f"status.{name}" for name in ("phase", "podIP", "nominatedNodeName")),
        }
    ),
    "Event": frozenset(
        {
            *(f"involvedObject.{name}" for name in ("kind", "namespace", "name", "uid", "fieldPath")),
            *("reason", "reportingComponent", "source", "type"),
        }
    ),
}


def label_selector(text: str) -> Selector:
    """Read ``a=b,c!=d,e,!f,g in (h,i)``.

    Raises
    ------
    ValueError
        If a requirement can't be parsed.
    """
    requirements = [_requirement(part) for part in re.split(r",(?![^(]*\))", text) if part]
    return lambda manifest: all(
        holds(manifest.get("metadata", {}).get("labels") or {}) for holds in requirements
    )


def field_selector(text: str, kind: str = "Event") -> Selector:
    """Read ``involvedObject.name=x,metadata.namespace!=y``.

    Raises
    ------
    ValueError
        If it can't be parsed, or names a field by which the API server does not select objects of this kind.
    """
    for name in re.findall(r"(?:^|,)\s*([^!=,\s]+)", text):
        if name not in _SELECTED[kind] | {"metadata.name", "metadata.namespace"}:
            raise ValueError(f"field label not supported: {name}")
    requirements = [_requirement(part) for part in text.split(",") if part]
    return lambda manifest: all(holds(_Fields(manifest)) for holds in requirements)


class _Fields(dict[str, str]):
    """An object's fields under their dotted names."""

    def __init__(self, manifest: Manifest) -> None:
        super().__init__(_flatten(manifest))


def _flatten(value: Mapping[str, Any], prefix: str = "") -> dict[str, str]:
    flat: dict[str, str] = {}
    for key, item in value.items():
        if isinstance(item, Mapping):
            flat |= _flatten(item, f"{prefix}{key}.")
        elif isinstance(item, str):
            flat[prefix + key] = item
    return flat


def _requirement(text: str) -> Any:
    text = text.strip()
    if match := _SET.match(text):
        values = {value.strip() for value in match["values"].split(",")}
        inside = match["operator"] == "in"
        return lambda fields: (fields.get(match["key"]) in values) is inside
    if match := _EQUAL.match(text):
        equal = match["operator"] != "!="
        return lambda fields: (fields.get(match["key"]) == match["value"]) is equal
    if text.startswith("!") and text[1:]:
        return lambda fields: text[1:] not in fields
    if text and not re.search(r"[=!\s()]", text):
        return lambda fields: text in fields
    raise ValueError(f"unable to parse requirement: {text}")
