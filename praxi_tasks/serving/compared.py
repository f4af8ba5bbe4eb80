"""What experiments showed: the sums that replicas of the service keep in the store."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec

from praxi_tasks.errors import CorruptObjectError, KeyNotFoundError
from praxi_tasks.store import Store, documents, keys

MOST_EXAMPLES: Final = 20


class Example(msgspec.Struct, frozen=True):
    """A layer on which two versions differ: what only one of them names, at most so many labels."""

    layer: str
    only_version: tuple[str, ...]
    only_shadow: tuple[str, ...]


class Pair(msgspec.Struct):
    """A version that answered, and a shadow that was asked about the same layers."""

    version: str
    shadow: str
    compared: int = 0
    agreed: int = 0
    examples: list[Example] = []

    @property
    def agreement(self) -> float:
        """The share of layers on which both name the same."""
        return self.agreed / self.compared if self.compared else 0.0


class VersionRecord(msgspec.Struct):
    """What one version said.

    Attributes
    ----------
    confidence
        Sum of the confidence in what it named, of which there are ``named``.
    checked
        Layers with a known inventory; ``claimed`` packages are in these databases, ``confirmed`` of them did
        the version name, and ``unclaimed`` are those that it named and no database of the layer has.
    """

    version: str
    layers: int = 0
    refused: int = 0
    named: int = 0
    confidence: float = 0.0
    checked: int = 0
    claimed: int = 0
    confirmed: int = 0
    unclaimed: int = 0


class Comparison(msgspec.Struct):
    """All that an experiment showed so far."""

    experiment: str
    versions: dict[str, VersionRecord] = {}
    pairs: dict[str, Pair] = {}

    def document(self) -> dict[str, object]:
        """Return it as people and programs read it."""
        return {
            "experiment": self.experiment,
            "versions": [
                {**msgspec.structs.asdict(each), "mean_confidence": _share(each.confidence, each.named)}
                for each in self.versions.values()
            ],
            "pairs": [
                {**msgspec.to_builtins(each), "agreement": each.agreement} for each in self.pairs.values()
            ],
        }


def read_comparisons(store: Store) -> list[Comparison]:
    """Return what each experiment showed so far, all replicas together, by the experiments' names.

    What is damaged, or goes while it is read, is left out.
    """
    found = [
        _of_experiment(store, folder) for folder in sorted(store.folders(keys.all_serving_comparisons()))
    ]
    return [comparison for comparison in found if comparison is not None]


def _of_experiment(store: Store, folder: str) -> Comparison | None:
    found = []
    for key in sorted(store.list(f"{keys.all_serving_comparisons()}/{folder}")):
        try:
            found.append(documents.read(store, key, Comparison))
        except (CorruptObjectError, KeyNotFoundError):
            continue
    return merged(found[0].experiment, found) if found else None


def merged(experiment: str, found: Sequence[Comparison]) -> Comparison:
    """Return the sums of several replicas as one."""
    total = Comparison(experiment)
    for each in found:
        for name, record in each.versions.items():
            _add(total.versions.setdefault(name, VersionRecord(record.version)), record)
        for name, pair in each.pairs.items():
            mine = total.pairs.setdefault(name, Pair(pair.version, pair.shadow))
            mine.compared += pair.compared
            mine.agreed += pair.agreed
            mine.examples = [*mine.examples, *pair.examples][:MOST_EXAMPLES]
    return total


def _add(total: VersionRecord, record: VersionRecord) -> None:
    for name in record.__struct_fields__:
        if name != "version":
            setattr(total, name, getattr(total, name) + getattr(record, name))


def _share(part: float, whole: int) -> float:
    return part / whole if whole else 0.0
