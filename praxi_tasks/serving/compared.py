"""What experiments showed: the sums that replicas of the service keep in the store."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Final

import msgspec

from praxi_tasks.errors import CorruptObjectError, KeyNotFoundError
from praxi_tasks.store import Store, documents, keys

logger = logging.getLogger(__name__)

MOST_EXAMPLES: Final = 20
_LONGEST_NAME: Final = 200


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

    def add(self, example: Example) -> None:
        """Keep an example, if there is room and none of its layer is kept: layers are asked about often."""
        if len(self.examples) < MOST_EXAMPLES and all(each.layer != example.layer for each in self.examples):
            self.examples.append(example)


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
    """All that an experiment showed so far.

    ``unreadable`` names the documents in the store that could not be read, and are not in the sums.
    """

    experiment: str
    versions: dict[str, VersionRecord] = {}
    pairs: dict[str, Pair] = {}
    unreadable: tuple[str, ...] = ()

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
            "unreadable": list(self.unreadable),
        }


def read_comparisons(store: Store) -> list[Comparison]:
    """Return what each experiment showed so far, all replicas together, by the experiments' names.

    What is damaged is named, and left out; what goes while it is read is left out.
    """
    folders = sorted(store.folders(keys.all_serving_comparisons()))
    found = (_of_folder(store, f"{keys.all_serving_comparisons()}/{folder}") for folder in folders)
    return [each for each in found if each.versions or each.unreadable]


def read_comparison(store: Store, experiment: str, mine: Comparison | None, own: str) -> Comparison:
    """Return what an experiment showed so far.

    Parameters
    ----------
    mine, own
        The sums of this replica, which count in place of what the store has under the key ``own``.
    """
    folder = keys.serving_comparisons(experiment)
    others = _of_folder(store, folder, own if mine else "")
    return msgspec.structs.replace(
        merged(experiment, [others, *([mine] if mine else [])]), unreadable=others.unreadable
    )


def _of_folder(store: Store, folder: str, but: str = "") -> Comparison:
    """Return the sums of a folder's documents, except one of them."""
    found, unreadable = [], []
    for key in sorted(store.list(folder)):
        try:
            if key != but:
                found.append(_read(store, key))
        except CorruptObjectError as error:
            logger.warning("a comparison is left out: %s", error)
            unreadable.append(key.removeprefix(f"{folder}/")[:_LONGEST_NAME])
        except KeyNotFoundError:
            continue
    name = found[0].experiment if found else folder.rpartition("/")[2]
    return msgspec.structs.replace(merged(name, found), unreadable=tuple(unreadable))


def _read(store: Store, key: str) -> Comparison:
    """Return what a replica stored.

    Raises
    ------
    CorruptObjectError
        If it is damaged, or of another experiment than the folder's: then it was not a replica that wrote it.
    KeyNotFoundError
        If it is gone.
    """
    found = documents.read(store, key, Comparison)
    if not key.startswith(f"{keys.serving_comparisons(found.experiment)}/"):
        raise CorruptObjectError("a comparison is of another experiment", where=f"{store.uri}/{key}")
    return found


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
            for example in pair.examples:
                mine.add(example)
    return total


def _add(total: VersionRecord, record: VersionRecord) -> None:
    for name in record.__struct_fields__:
        if name != "version":
            setattr(total, name, getattr(total, name) + getattr(record, name))


def _share(part: float, whole: int) -> float:
    return part / whole if whole else 0.0
