"""Learning batch after batch: what is forgotten, what it costs, and how a single model fares beside it.

Debian's packages, as its Contents indexes list them. Ours learns each batch of 100 on top of what it knows.
The single model is the published way: one linear classifier over path tokens, trained on with each batch's
samples (scikit-learn's SGD in Vowpal Wabbit's place).
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Sequence
from dataclasses import replace
from functools import reduce
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from benchmarks.discovery_data import contents_files
from benchmarks.report import Table, write_results
from praxi_tasks.discovery import Model, Release, Tokenizer, bundle_size, join_catalogues
from praxi_tasks.learning.catalogue import build_catalogue, read_packages, restrict_folder_claims
from praxi_tasks.learning.data import ReleaseStore, StoredRelease
from praxi_tasks.learning.evaluation import score_layers
from praxi_tasks.learning.run import TrainingRun, TrainingSettings
from praxi_tasks.learning.synthesis import Damage, LabelledLayer, LayerSampler
from praxi_tasks.learning.training import learn_files, learn_releases
from praxi_tasks.store import Store, open_store
from tests.support.stored import InMemoryReleases

BATCHES = 10
BATCH = 100
LAYERS = 96
SIZES = (1_000, 10_000, 60_000)
BUCKETS = 1 << 16
SAMPLES = 8
DAYS = (30, 120, 365)
TRIES = 4


def main() -> None:
    files = contents_files()
    known = learn_files(files).model
    rng = np.random.default_rng(7)
    names = [name.removeprefix("deb/") for name in known.catalogue.packages]
    usable = [name for name, paths in zip(names, known.catalogue.expected, strict=True) if paths >= 5]
    chosen = [usable[place] for place in rng.permutation(len(usable))[: (BATCHES + 1) * BATCH].tolist()]
    releases = {release.name: release for release in read_packages(files, set(chosen))}
    batches = [
        [releases[name] for name in chosen[start : start + BATCH]] for start in range(0, len(chosen), BATCH)
    ]
    with TemporaryDirectory() as folder:
        costs = cost(
            batches[BATCHES], files, [names[at] for at in rng.permutation(len(names))], known, Path(folder)
        )
    write_results(
        "incremental",
        "Learning one batch of 100 packages after another",
        forgetting(batches[:BATCHES], known, rng),
        f"## Cost of adding 100 releases, by what is known: CPU seconds of the steps, best of {TRIES}",
        costs,
        "## Loading a model of 63,437 packages that a year of trainings added to",
        aging(known, rng, batches[BATCHES]),
    )


def forgetting(batches: Sequence[Sequence[Release]], known: Model, rng: np.random.Generator) -> Table:
    """Learn batches in turn; after each, ask both models about layers of the first."""
    layers = _layers(batches[0], rng)
    single = SingleModel([release.name for batch in batches for release in batch], rng)
    table = Table(
        "packages known", "F1, first batch", "F1, this batch", "parts unchanged", "repaired", "single model"
    )
    model = Model(scorer=known.scorer)
    stored: list[StoredRelease] = []
    for number, batch in enumerate(batches):
        new = [as_stored(release) for release in batch]
        before = [part.to_bytes() for part in model.parts]
        if model.parts:
            increment = learn_releases(model, new, InMemoryReleases(stored))
            model, repaired = increment.model, increment.repaired
        else:
            part = restrict_folder_claims(build_catalogue(batch), batch, model.parts)
            model, repaired = Model([part], known.scorer), ()
        stored += new
        same = sum(part.to_bytes() == old for part, old in zip(model.parts, before, strict=False))
        single.learn(batch)
        table.add(
            (number + 1) * BATCH,
            f"{score_layers(model, layers).f1:.4f}",
            f"{score_layers(model, _layers(batch, rng)).f1:.4f}",
            f"{same} of {len(before)}",
            len(repaired),
            f"{single.accuracy(batches[0]):.3f}",
        )
    return table


def cost(
    batch: Sequence[Release], files: Sequence[Path], names: Sequence[str], known: Model, folder: Path
) -> Table:
    """Run the steps of a training that adds the same releases to models, and stores, of several sizes.

    What is known has a version, so that its contents are part of the model: a model of Debian's index alone,
    which lists paths only, is a tenth as big.
    """
    table = Table(
        "packages known and stored", "model, MB", "releases", "train", "of it learning", "per release, ms",
        "evaluate", "bars",
    )  # fmt: skip
    taken = {release.name for release in batch}
    new = [replace(as_stored(release), version="1") for release in batch]
    for size in (100, *SIZES):  # the first one pays for the imports, and is not shown
        wanted = set([name for name in names if name not in taken][:size])
        store = open_store((folder / str(size)).as_uri())
        release_store = ReleaseStore(store)
        releases = [replace(release, version="1") for release in read_packages(files, wanted)]
        for release in [*map(as_stored, releases), *new]:
            release_store.add(release)
        base = Model([build_catalogue(releases)], known.scorer)
        base.save(f"{store.uri}/starter")
        del releases
        steps = [_steps(store, folder / str(size), new) for _ in range(TRIES)]
        asked, train, learning, evaluate = map(min, zip(*steps, strict=True))
        if size in SIZES:
            table.add(
                f"{len(base.catalogue.packages):,}", f"{bundle_size(f'{store.uri}/starter') / 1e6:.0f}",
                f"{asked:.2f}", f"{train:.2f}", f"{learning:.2f}", f"{10 * (asked + train):.0f}",
                f"{evaluate:.2f}", "5 s with 0.5 s; 60 s",
            )  # fmt: skip
    return table


def _steps(store: Store, folder: Path, new: Sequence[StoredRelease]) -> tuple[float, float, float, float]:
    """Return the processor time of the steps from the trigger to the challenger, and of its evaluation."""
    for name in ("mlflow", "models", "training"):  # what a try before left
        shutil.rmtree(folder / name, ignore_errors=True)
    run = TrainingRun(store, "cost")
    labels = tuple(f"{release.ecosystem}/{release.name}@{release.version}" for release in new)
    moments = [time.process_time()]
    plan = run.plan(f"{store.uri}/starter", TrainingSettings(packages=labels))
    for number in range(plan.batches):
        run.fingerprint(number)
    moments.append(time.process_time())
    trained = run.train()
    moments.append(time.process_time())
    run.evaluate()
    moments.append(time.process_time())
    asked, train, evaluate = (after - before for before, after in pairwise(moments))
    return asked, train, trained.seconds, evaluate


def aging(known: Model, rng: np.random.Generator, batch: Sequence[Release]) -> Table:
    """Load models that a year of daily trainings added to, and compare with copying everything each time."""
    table = Table("daily trainings", "join, CPU s", "one after another, CPU s", "times faster")
    days = [build_catalogue([batch[place]]) for place in rng.integers(len(batch), size=max(DAYS)).tolist()]
    for count in DAYS:
        parts = [*known.parts, *days[:count]]
        start = time.process_time()
        join_catalogues(parts)
        joined = time.process_time()
        reduce(lambda first, second: join_catalogues([first, second]), parts)
        one_by_one = time.process_time() - joined
        mine = joined - start
        table.add(count, f"{mine:.2f}", f"{one_by_one:.2f}", f"{one_by_one / mine:.0f}")
    return table


def _layers(batch: Sequence[Release], rng: np.random.Generator) -> list[LabelledLayer]:
    sampler = LayerSampler(batch, rng)
    return [sampler.draw(drifting=0.0) for _ in range(LAYERS)]


def as_stored(release: Release) -> StoredRelease:
    """Give a release the shape in which trainings find it."""
    return StoredRelease(
        release.ecosystem, release.name, release.version, "contents",
        release.paths, release.sizes, release.hashes, release.measured,
    )  # fmt: skip


class SingleModel:
    """One linear classifier for all packages, trained on with whatever is new."""

    def __init__(self, labels: Sequence[str], rng: np.random.Generator) -> None:
        from sklearn.linear_model import SGDClassifier

        self._labels = np.array(sorted(labels))
        self._classifier = SGDClassifier(loss="log_loss", random_state=0)
        self._tokenizer = Tokenizer()
        self._rng = rng

    def learn(self, batch: Sequence[Release]) -> None:
        table, labels = self._samples(batch)
        for _ in range(3):
            self._classifier.partial_fit(table, labels, self._labels)

    def accuracy(self, batch: Sequence[Release]) -> float:
        table, labels = self._samples(batch)
        return float((self._classifier.predict(table) == labels).mean())

    def _samples(self, batch: Sequence[Release]):  # type: ignore[no-untyped-def]
        from scipy.sparse import csr_matrix

        tokens, labels = [], []
        for release in batch:
            for _ in range(SAMPLES):
                paths = Damage.draw(self._rng).apply(release, self._rng).paths or release.paths
                tokens.append((self._tokenizer.tokens(paths) % np.uint64(BUCKETS)).astype(np.intp))
                labels.append(release.name)
        ends = np.concatenate(([0], np.cumsum([len(each) for each in tokens])))
        values = np.ones(int(ends[-1]), np.float32)
        return csr_matrix((values, np.concatenate(tokens), ends), (len(tokens), BUCKETS)), labels


if __name__ == "__main__":
    main()
