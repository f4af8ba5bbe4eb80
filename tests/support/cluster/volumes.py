"""A pod's volumes and secret variables, turned into what podman can mount and set.

As on a real node, the values of Secrets and ConfigMaps are looked up when the pod starts. A volume of one
that isn't there can't be mounted, a variable of one can't be set; the pod waits, for different reasons.
"""

from __future__ import annotations

import base64
import copy
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeAlias

from tests.support.cluster.admission import containers
from tests.support.cluster.objects import Manifest

Lookup: TypeAlias = Callable[[str, str], Mapping[str, str] | None]
"""From a kind (``secret``, ``configmap``) and a name to the object's data."""


class MissingObjectError(LookupError):
    """The pod names a Secret, a ConfigMap or a key of one that does not exist."""


class MissingVolumeError(MissingObjectError):
    """The pod mounts a Secret or a ConfigMap that does not exist."""


def decode(manifest: Manifest) -> dict[str, str]:
    """Return a Secret's or a ConfigMap's data as text."""
    plain = dict(manifest.get("stringData") or {})
    for key, value in (manifest.get("data") or {}).items():
        plain[key] = base64.b64decode(value).decode() if manifest["kind"] == "Secret" else value
    return plain


def materialize(pod: Manifest, folder: Path, lookup: Lookup) -> Manifest:
    """Return the pod with every volume a host path below ``folder`` and every variable a value.

    Raises
    ------
    MissingVolumeError
        If something the pod mounts is not there.
    MissingObjectError
        If a variable's value is not there.
    """
    ready = copy.deepcopy(pod)
    for volume in ready["spec"].get("volumes") or []:
        path = folder / volume["name"]
        path.mkdir(parents=True, exist_ok=True)
        path.chmod(0o777)
        for name, content in _mounted(volume, lookup).items():
            (path / name).write_text(content)
            (path / name).chmod(0o444)
        name = volume["name"]
        volume.clear()
        volume.update(name=name, hostPath={"path": str(path), "type": "Directory"})
    for container in containers(ready):
        container["env"] = [*_imported(container, lookup), *_resolved(container, lookup)]
        container.pop("envFrom", None)
    return ready


def _mounted(volume: Mapping[str, Any], lookup: Lookup) -> dict[str, str]:
    try:
        return _files(volume, lookup)
    except MissingObjectError as error:
        told = f'MountVolume.SetUp failed for volume "{volume["name"]}" : {error}'
        raise MissingVolumeError(told) from error


def _files(volume: Mapping[str, Any], lookup: Lookup) -> dict[str, str]:
    sources = (volume.get("projected") or {}).get("sources") or [volume]
    files: dict[str, str] = {}
    for source in sources:
        if secret := source.get("secret"):
            name = secret.get("secretName") or secret["name"]
            files |= _chosen(secret, _data(lookup, "secret", name, optional=bool(secret.get("optional"))))
        if config := source.get("configMap"):
            data = _data(lookup, "configmap", config["name"], optional=bool(config.get("optional")))
            files |= _chosen(config, data)
    return files


def _chosen(source: Mapping[str, Any], data: Mapping[str, str]) -> dict[str, str]:
    items = source.get("items")
    if not items:
        return dict(data)
    for item in items:
        if item["key"] not in data:
            raise MissingObjectError(f"references non-existent secret key: {item['key']}")
    return {item["path"]: data[item["key"]] for item in items}


def _imported(container: Mapping[str, Any], lookup: Lookup) -> list[dict[str, str]]:
    variables: list[dict[str, str]] = []
    for source in container.get("envFrom") or []:
        for field, kind in (("secretRef", "secret"), ("configMapRef", "configmap")):
            if reference := source.get(field):
                data = _data(lookup, kind, reference["name"], optional=bool(reference.get("optional")))
                prefix = source.get("prefix") or ""
                variables += [{"name": prefix + name, "value": value} for name, value in data.items()]
    return variables


def _resolved(container: Mapping[str, Any], lookup: Lookup) -> list[dict[str, str]]:
    variables: list[dict[str, str]] = []
    for variable in container.get("env") or []:
        value = _value(variable, lookup)
        if value is not None:
            variables.append({"name": variable["name"], "value": value})
    return variables


def _value(variable: Mapping[str, Any], lookup: Lookup) -> str | None:
    source = variable.get("valueFrom") or {}
    for field, kind in (("secretKeyRef", "secret"), ("configMapKeyRef", "configmap")):
        if reference := source.get(field):
            optional = bool(reference.get("optional"))
            data = _data(lookup, kind, reference["name"], optional=optional)
            if reference["key"] not in data and not optional:
                raise MissingObjectError(f"no key {reference['key']} in {kind} {reference['name']}")
            return data.get(reference["key"])
    return None if source else str(variable.get("value") or "")


def _data(lookup: Lookup, kind: str, name: str, *, optional: bool) -> Mapping[str, str]:
    data = lookup(kind, name)
    if data is None and not optional:
        raise MissingObjectError(f'{kind} "{name}" not found')
    return data or {}
