"""What a challenger writes beside a champion of three packs: bytes in the store, in MLflow, and CPU time.

The champion knows Debian's archive twice, the second time with some packages renamed, and 70 packages of
PyPI. Trainings learn the other 30, ten at a time, and the site's part is rebuilt at the end. The baseline is
a challenger that has parts of its own, as a copy has.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np

from benchmarks.discovery_data import contents_files, data_folder
from benchmarks.incremental import as_stored
from benchmarks.pack_loading import renamed_suite
from benchmarks.report import Table, write_results
from praxi_tasks.discovery import Model, Release, bundle_size, manifest_elsewhere
from praxi_tasks.learning.catalogue import build_catalogue, index_contents
from praxi_tasks.learning.data import ReleaseStore, StoredRelease, read_releases
from praxi_tasks.learning.estimators import DEFAULT_ASSIGNMENT
from praxi_tasks.learning.training import TrainingTask, learn_files
from praxi_tasks.store import Store, keys, open_store

KNOWN: Final = 70
BATCH: Final = 10


class Trainings:
    """A store, in which each model after the champion is trained on top of the one before.

    Parameters
    ----------
    champion
        The first model.
    """

    def __init__(self, store: Store, champion: Model) -> None:
        self._store = store
        self._releases = ReleaseStore(store)
        self.champion = self._saved(champion)

    def learn(self, new: Sequence[StoredRelease], *, rebuilt: bool = False) -> tuple[str, ...]:
        """Train the next model, and return what the table says of it."""
        for release in new:
            self._releases.add(release)
        base = Model.load(self.champion)
        known = list(self._releases.everything())
        task = TrainingTask(
            base, known if rebuilt else new, lambda: known, self._releases, DEFAULT_ASSIGNMENT, rebuilt
        )
        began, before = time.process_time(), _size(self._store, "parts")
        made = task.learn()
        self.champion = self._saved(made.model)
        seconds, written = time.process_time() - began, _size(self._store, "parts") - before
        whole = bundle_size(self.champion)
        return (
            str(len(made.learned)),
            str(len(made.repaired)),
            f"{written / 1e6:.3f}",
            f"{len(manifest_elsewhere(self.champion)) / 1e6:.3f}",
            f"{whole / 1e6:.1f}",
            f"{written / whole:.2%}",
            f"{seconds:.1f}",
        )

    def _saved(self, model: Model) -> str:
        uri = f"{self._store.uri}/{keys.model(model.id)}"
        model.save(uri, f"{self._store.uri}/{keys.parts()}")
        return uri


def main() -> None:
    releases = list(read_releases(data_folder() / "pypi-releases.jsonl.xz"))
    names = sorted({release.package for release in releases})
    names = [names[place] for place in np.random.default_rng(5).permutation(len(names)).tolist()]
    of = _of(releases)
    table = Table(
        "training", "releases", "repaired", "new parts, MB", "MLflow's artifact, MB", "the model, MB",
        "written of it", "CPU s",
    )  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        trainings = Trainings(open_store(Path(folder).as_uri()), _champion(of(names[:KNOWN])))
        for number, start in enumerate(range(KNOWN, len(names), BATCH), 1):
            new = [as_stored(release) for release in of(names[start : start + BATCH])]
            table.add(f"challenger {number}", *trainings.learn(new))
        table.add("the site's part rebuilt", *trainings.learn((), rebuilt=True))
    write_results(
        "pack_training",
        "What trainings write beside a champion of three packs",
        table,
        "A challenger with parts of its own would write all of the model, and MLflow's artifact once more.",
    )


def _champion(releases: Sequence[Release]) -> Model:
    rng = np.random.default_rng(16)
    model = learn_files(contents_files()).model
    suite = model.parts[0]
    catalogues = [
        replace(suite, pack="debian/one"),
        replace(renamed_suite(suite, rng), pack="debian/two"),
        replace(build_catalogue(releases), pack="pypi/popular"),
    ]
    return model.replaced(
        catalogues=catalogues, contents=[replace(index_contents(releases), pack="pypi/popular")]
    )


def _of(releases: Sequence[Release]) -> Callable[[Sequence[str]], list[Release]]:
    return lambda names: [release for release in releases if release.package in names]


def _size(store: Store, folder: str) -> int:
    root = Path(store.uri.removeprefix("file://"), folder)
    return sum(path.stat().st_size for path in root.rglob("*") if path.is_file())


if __name__ == "__main__":
    main()
