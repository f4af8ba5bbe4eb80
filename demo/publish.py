"""Getting the images into the registry, building only what is not there yet."""

from __future__ import annotations

import hashlib
import json
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from demo import packages
from demo.builder import CONTAINERFILES, Builder
from demo.images import IMAGE_SPECS, PACKAGES, ImageSpec
from demo.source_digest import digest_of
from demo.timeline import Published

MANIFESTS: Final = (
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
    "application/vnd.docker.distribution.manifest.v2+json",
)
_OPENER: Final = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@dataclass
class Publisher:
    """Builds and pushes images; ``ledger`` remembers what each was built from."""

    builder: Builder
    host: str
    ledger: Path

    def publish(self, specs: tuple[ImageSpec, ...], report: Callable[[str], None]) -> dict[str, Published]:
        """Return images in the registry, after building and pushing those that are not there."""
        built: dict[str, str] = json.loads(self.ledger.read_text()) if self.ledger.exists() else {}
        keys = spec_keys(IMAGE_SPECS)
        missing = [spec for spec in specs if not self._is_published(spec, built, keys)]
        stored = self.builder.stored() if missing else set()
        current = {name for name in stored if built.get(name) == keys.get(name)}
        for spec in _with_parents(missing, current):
            if spec.name not in current:
                report(f"building {spec.reference or spec.name}")
                self.builder.build(spec)
            if spec.reference:
                report(f"pushing {spec.reference}")
                self.builder.push(spec, self.host)
            built[spec.name] = keys[spec.name]
            self.ledger.write_text(json.dumps(built, indent=2))
        found = {spec.name: inspect(self.host, spec.reference) for spec in specs if spec.reference}
        return {name: image for name, image in found.items() if image is not None}

    def _is_published(self, spec: ImageSpec, built: dict[str, str], keys: dict[str, str]) -> bool:
        if not spec.reference:
            return True  # built when something that needs it is
        same = built.get(spec.name) == keys[spec.name]
        return same and inspect(self.host, spec.reference) is not None


def spec_keys(specs: tuple[ImageSpec, ...]) -> dict[str, str]:
    """Return a hash of everything that each image is made from, its parents' included."""
    keys: dict[str, str] = {}
    base = digest_of([Path(packages.__file__)])
    for spec in specs:
        digest = hashlib.sha256(repr((spec, base, sorted(PACKAGES.items()))).encode())
        files = [spec.file, *spec.sources]
        files += [f"requirements/{spec.requirements}"] if spec.requirements else []
        files += [f"{spec.name}-foreign.Containerfile"] if spec.foreign else []
        for file in files:
            digest.update((CONTAINERFILES / file).read_bytes())
        for parent in spec.parents:
            digest.update(keys[parent].encode())
        keys[spec.name] = digest.hexdigest()
    return keys


def _with_parents(wanted: list[ImageSpec], current: set[str]) -> list[ImageSpec]:
    """Return the wanted images and what their builds need, in the order they are declared."""
    needed = {spec.name for spec in wanted}
    for spec in reversed(IMAGE_SPECS):
        if spec.name in needed - current:
            needed.update(parent for parent in spec.parents if parent not in current)
    return [spec for spec in IMAGE_SPECS if spec.name in needed]


def inspect(host: str, reference: str) -> Published | None:
    """Return the digests of an image in the registry, or None if it is not there."""
    repository, _, tag = reference.rpartition(":")
    try:
        digest, manifest = _manifest(host, repository, tag)
        if "manifests" in manifest:
            _, manifest = _manifest(host, repository, manifest["manifests"][0]["digest"])
    except urllib.error.HTTPError as error:
        error.close()
        if error.code == 404:
            return None
        raise
    return Published(f"{host}/{reference}", digest, manifest["config"]["digest"])


def _manifest(host: str, repository: str, name: str) -> tuple[str, dict[str, Any]]:
    request = urllib.request.Request(
        f"http://{host}/v2/{repository}/manifests/{name}", headers={"Accept": ", ".join(MANIFESTS)}
    )
    with _OPENER.open(request, timeout=30) as response:
        return str(response.headers["Docker-Content-Digest"]), json.load(response)
