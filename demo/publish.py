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
from demo.images import PACKAGES, RECIPES, Recipe
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
    """Builds and pushes recipes; ``ledger`` remembers what each was built from."""

    builder: Builder
    host: str
    ledger: Path

    def publish(self, recipes: tuple[Recipe, ...], report: Callable[[str], None]) -> dict[str, Published]:
        """Return the recipes' images in the registry, after building and pushing those that are not there."""
        built: dict[str, str] = json.loads(self.ledger.read_text()) if self.ledger.exists() else {}
        keys = recipe_keys(RECIPES)
        missing = [recipe for recipe in recipes if not self._is_published(recipe, built, keys)]
        stored = self.builder.stored() if missing else set()
        current = {name for name in stored if built.get(name) == keys.get(name)}
        for recipe in _with_parents(missing, current):
            if recipe.name not in current:
                report(f"building {recipe.reference or recipe.name}")
                self.builder.build(recipe)
            if recipe.reference:
                report(f"pushing {recipe.reference}")
                self.builder.push(recipe, self.host)
            built[recipe.name] = keys[recipe.name]
            self.ledger.write_text(json.dumps(built, indent=2))
        found = {recipe.name: inspect(self.host, recipe.reference) for recipe in recipes if recipe.reference}
        return {name: image for name, image in found.items() if image is not None}

    def _is_published(self, recipe: Recipe, built: dict[str, str], keys: dict[str, str]) -> bool:
        if not recipe.reference:
            return True  # built when something that needs it is
        same = built.get(recipe.name) == keys[recipe.name]
        return same and inspect(self.host, recipe.reference) is not None


def recipe_keys(recipes: tuple[Recipe, ...]) -> dict[str, str]:
    """Return a hash of everything each recipe's image is made from, its parents' included."""
    keys: dict[str, str] = {}
    base = digest_of([Path(packages.__file__)])
    for recipe in recipes:
        digest = hashlib.sha256(repr((recipe, base, sorted(PACKAGES.items()))).encode())
        files = [recipe.file, *recipe.sources]
        files += [f"requirements/{recipe.requirements}"] if recipe.requirements else []
        files += [f"{recipe.name}-foreign.Containerfile"] if recipe.foreign else []
        for file in files:
            digest.update((CONTAINERFILES / file).read_bytes())
        for parent in recipe.parents:
            digest.update(keys[parent].encode())
        keys[recipe.name] = digest.hexdigest()
    return keys


def _with_parents(wanted: list[Recipe], current: set[str]) -> list[Recipe]:
    """Return the wanted recipes and what their builds need, in the order they are declared."""
    needed = {recipe.name for recipe in wanted}
    for recipe in reversed(RECIPES):
        if recipe.name in needed - current:
            needed.update(parent for parent in recipe.parents if parent not in current)
    return [recipe for recipe in RECIPES if recipe.name in needed]


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
