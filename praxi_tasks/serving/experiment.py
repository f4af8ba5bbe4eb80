"""Which version of the model answers which layer: weights, and versions that are asked in the shadow."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping
from typing import Any, Final, Self

import msgspec

from praxi_tasks.errors import UsageError
from praxi_tasks.findings.strict_yaml import parse_yaml

CHAMPION: Final = "champion"
_WHOLE: Final = 100
_MOST_VERSIONS: Final = 8


class Experiment(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How traffic is split.

    Attributes
    ----------
    weights
        Percent of the layers that each version answers. A version is a number of the registry or an alias.
    shadow
        Versions that are asked too, and whose answers nobody gets: they are compared.
    name
        Under which comparisons are kept.
    """

    weights: dict[str, int] = msgspec.field(default_factory=lambda: {CHAMPION: _WHOLE})
    shadow: tuple[str, ...] = ()
    name: str = "default"

    def __post_init__(self) -> None:
        """Refuse what is no split; msgspec tells the errors of a document like those of its types."""
        if any(weight < 0 for weight in self.weights.values()) or sum(self.weights.values()) != _WHOLE:
            raise ValueError(f"the weights add up to {sum(self.weights.values())}, not to {_WHOLE}")
        if twice := set(self.shadow) & set(self.weights):
            raise ValueError(f"{min(twice)} has a weight and is a shadow")
        if len(set(self.shadow)) != len(self.shadow):
            raise ValueError("a shadow is named twice")
        if len(self.versions) > _MOST_VERSIONS:
            raise ValueError(f"more than {_MOST_VERSIONS} versions")
        if not self.name or not self.name.replace("-", "").isalnum() or len(self.name) > 63:
            raise ValueError("the name is not one of letters, digits and hyphens")

    @classmethod
    def parse(cls, data: bytes, where: str) -> Self:
        """Read an experiment's document, YAML or JSON.

        Raises
        ------
        UsageError
            If it is not valid.
        """
        try:
            return msgspec.convert(_with_texts(parse_yaml(data) or {}), cls)
        except (msgspec.ValidationError, ValueError) as error:
            raise UsageError(f"not an experiment: {error}", where=where) from None

    @property
    def versions(self) -> tuple[str, ...]:
        """All versions that it needs: those with a weight first."""
        return (*(version for version, weight in self.weights.items() if weight), *self.shadow)

    def choose(self, key: str) -> str:
        """Return the version that answers a layer: always the same, as long as the weights are.

        Where weights change, only as many layers move as must: weighted rendezvous hashing (Schindelhauer and
        Schomaker, "Weighted distributed hash tables", SPAA 2005).
        """
        return max(self.weights, key=lambda version: self.weights[version] * _score(key, version))


def _score(key: str, version: str) -> float:
    """Return a number that key and version give, exponentially distributed in its inverse."""
    text = f"{key}\0{version}".encode(errors="surrogateescape")
    number = int.from_bytes(hashlib.blake2b(text, digest_size=8).digest()) + 1
    return -1 / math.log(number / (2**64 + 2))


def _with_texts(document: Any) -> Any:
    """Return a document with version numbers, which YAML reads as numbers, as texts."""
    if not isinstance(document, Mapping):
        return document
    found: dict[str, Any] = {str(name): value for name, value in document.items()}
    if isinstance(found.get("weights"), Mapping):
        found["weights"] = {str(version): weight for version, weight in found["weights"].items()}
    if isinstance(found.get("shadow"), list):
        found["shadow"] = [str(version) for version in found["shadow"]]
    return found
