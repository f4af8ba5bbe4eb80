"""Learning batch after batch: what is forgotten, what it costs, and how a single model fares beside it.

Debian's packages, as its Contents indexes list them. Ours learns each batch of 100 on top of what it knows.
The single model is the published way: one linear classifier over path tokens, trained on with each batch's
samples (scikit-learn's SGD in Vowpal Wabbit's place).
"""

from __future__ import annotations

import time
from collections.abc import Sequence

import numpy as np

from benchmarks.discovery_data import contents_files
from benchmarks.report import Table, write_results
from praxi_tasks.discovery.knowledge import Release
from praxi_tasks.discovery.model import Model
from praxi_tasks.discovery.tokens import Tokenizer
from praxi_tasks.learning.building import build_catalogue
from praxi_tasks.learning.claims import cautious
from praxi_tasks.learning.contents import read_packages
from praxi_tasks.learning.damage import Damage
from praxi_tasks.learning.evaluation import score
from praxi_tasks.learning.increment import learn_releases
from praxi_tasks.learning.library import Pile
from praxi_tasks.learning.repairing import find_firing
from praxi_tasks.learning.sampling import LabelledLayer, LayerSampler
from praxi_tasks.learning.stored import StoredRelease
from praxi_tasks.learning.train import train_model

BATCHES = 10
BATCH = 100
LAYERS = 96
SIZES = (1_000, 10_000, 60_000)
BUCKETS = 1 << 16
SAMPLES = 8


def main() -> None:
    files = contents_files()
    known = train_model(files)
    rng = np.random.default_rng(7)
    names = [name.removeprefix("deb/") for name in known.catalogue.packages]
    usable = [name for name, paths in zip(names, known.catalogue.expected, strict=True) if paths >= 5]
    chosen = [usable[place] for place in rng.permutation(len(usable))[: (BATCHES + 1) * BATCH].tolist()]
    releases = {release.name: release for release in read_packages(files, set(chosen))}
    batches = [
        [releases[name] for name in chosen[start : start + BATCH]] for start in range(0, len(chosen), BATCH)
    ]
    write_results(
        "incremental",
        "Learning one batch of 100 packages after another",
        forgetting(batches[:BATCHES], known, rng),
        "## Cost of adding 100 releases, by the size of the model",
        cost(batches[BATCHES], files, usable, known),
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
            increment = learn_releases(model, new, Pile(stored))
            model, repaired = increment.model, increment.repaired
        else:
            part = cautious(build_catalogue(batch), batch, model.catalogue)
            model, repaired = Model([part], known.scorer), ()
        stored += new
        same = sum(part.to_bytes() == old for part, old in zip(model.parts, before, strict=False))
        single.learn(batch)
        table.add(
            (number + 1) * BATCH,
            f"{score(model, layers).f1:.4f}",
            f"{score(model, _layers(batch, rng)).f1:.4f}",
            f"{same} of {len(before)}",
            len(repaired),
            f"{single.accuracy(batches[0]):.3f}",
        )
    return table


def cost(
    batch: Sequence[Release],
    files: Sequence[object],
    usable: Sequence[str],
    known: Model,
) -> Table:
    """Add the same releases to models of several sizes."""
    table = Table("packages in the model", "build", "join", "ask the old experts", "all, CPU s", "bar")
    taken = {release.name for release in batch}
    for size in SIZES:
        names = [name for name in usable if name not in taken][:size]
        base = _base(size, names, files, known)
        start = time.process_time()
        part = build_catalogue(batch)
        built = time.process_time()
        model = Model([*base.parts, part], base.scorer)
        joined = time.process_time()
        find_firing(model, batch, np.random.default_rng(1))
        asked = time.process_time()
        table.add(
            f"{len(base.catalogue.packages):,}",
            f"{built - start:.3f}",
            f"{joined - built:.3f}",
            f"{asked - joined:.3f}",
            f"{asked - start:.3f}",
            "5; training 0.5",
        )
    return table


def _base(size: int, names: Sequence[str], files: Sequence[object], known: Model) -> Model:
    if size >= max(SIZES):
        return known
    return Model([build_catalogue(read_packages(files, set(names)))], known.scorer)  # type: ignore[arg-type]


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
