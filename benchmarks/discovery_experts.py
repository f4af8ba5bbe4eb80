"""Rule or expert: the same confusable releases decided by plain rules and by XGBoost experts.

Look-alikes are the Debian packages that share a path with another; versions are those of PyPI packages. An
expert owns a few releases; the shared scorer is one that owns all packages, and reads measured features.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from benchmarks.discovery_data import contents_files, data_folder
from benchmarks.discovery_pypi import learn
from benchmarks.layer_metrics import measure
from benchmarks.report import Table, write_results
from praxi_tasks.discovery import FEATURES, ExpertEnsemble, Lookup, Model, Scorer
from praxi_tasks.fingerprint import PathKind
from praxi_tasks.learning.catalogue import confusable_groups, read_archive, read_packages
from praxi_tasks.learning.data import read_releases
from praxi_tasks.learning.estimators import ROUTINGS, Assignment, train_release_experts
from praxi_tasks.learning.synthesis import Damage, LabelledLayer, LayerSampler
from praxi_tasks.learning.training import HELD_OUT_SHARE, make_scorer

LAYERS = 96
UNKNOWN = 0.05
METADATA = (PathKind.METADATA,)
PAPERS = (PathKind.METADATA, PathKind.DOC, PathKind.MAN, PathKind.LOCALE)
DAMAGES = {
    "databases deleted": Damage(METADATA),
    "documents too": Damage(PAPERS),
    "and 60% of files": Damage(PAPERS, 0.6),
}


class Rule(Scorer):
    """Decides by one measure of a candidate instead of trees."""

    def __init__(self, *names: str) -> None:
        nothing = np.empty(0, np.float64)
        super().__init__(b"", nothing, nothing)
        self._columns = [FEATURES.index(name) for name in names]

    def confidence(self, features: NDArray[np.float32]) -> NDArray[np.float64]:
        return np.asarray(features[:, self._columns].mean(axis=1), np.float64)


def main() -> None:
    write_results(
        "discovery_experts",
        "Rule or expert",
        "## Look-alikes: Debian packages that share paths, in layers of nothing else",
        look_alikes(),
        f"{LAYERS} layers each, {UNKNOWN:.0%} of the packages unknown. The shared scorer is the default: it "
        "beats both rules everywhere. Experts of a few packages each name no more right than it does, lose "
        "where files are missing, and make the model half as big again.",
        "## Versions: exact releases among three of each PyPI package",
        versions(),
        "The rule compares tables of contents: which version has each file as it is. It is exact where "
        "anything can be, reports ties, and knows a new release at once: it serves by default, under every "
        "routing but those asked for by name.",
    )


def look_alikes() -> Table:
    files, rng = contents_files(), np.random.default_rng(29)
    archive = read_archive(files, (), rng, HELD_OUT_SHARE)
    groups = confusable_groups(archive.catalogue)
    sharing = sorted({name.removeprefix("deb/") for group in groups for name in group})
    unknown = {name for name in sharing if rng.random() < UNKNOWN}
    releases = read_packages(files, set(sharing))
    known = read_archive(files, unknown, rng, HELD_OUT_SHARE)
    scorer = make_scorer(files, known, (), rng)
    model = Model([known.catalogue], scorer)
    owned = [release for release in releases if release.name not in unknown]
    growth = train_release_experts(ExpertEnsemble(), owned, Lookup([known.catalogue]), rng)
    size = sum(len(expert.to_bytes()) for expert in growth.ensemble.experts) / 1e6
    deciders = {
        "rule: coverage": model.replaced(scorer=Rule("coverage")),
        "rule: weighted evidence": model.replaced(scorer=Rule("kept", "unique")),
        "shared scorer (default)": model,
        f"{len(growth.ensemble.experts)} experts, {size:.0f} MB": model.replaced(released=growth.ensemble),
    }
    sampler = LayerSampler(releases, rng, groups=groups)
    tests = {
        title: [sampler.draw(damage, drifting=0, confusable=1.0) for _ in range(LAYERS)]
        for title, damage in DAMAGES.items()
    }
    return _compare(deciders, tests, "package F1", releases_too=False)


def versions() -> Table:
    releases = list(read_releases(data_folder() / "pypi-releases.jsonl.xz"))
    rng = np.random.default_rng(31)
    rule = learn(releases)
    deciders = {"rule: tables of contents (default)": rule}
    for routing in ROUTINGS:
        growth = train_release_experts(
            ExpertEnsemble(),
            releases,
            rule.lookup,
            np.random.default_rng(3),
            assignment=Assignment(routing),
        )
        name = f"{len(growth.ensemble.experts)} experts, routing {routing}"
        deciders[name] = rule.replaced(released=growth.ensemble)
    sampler = LayerSampler(releases, rng)
    tests = {
        title: [sampler.draw(Damage(METADATA, lost), drifting=0) for _ in range(LAYERS)]
        for title, lost in (("databases deleted", 0.0), ("30% of files lost", 0.3), ("60%", 0.6))
    }
    return _compare(deciders, tests, "package / release F1", releases_too=True)


def _compare(
    deciders: dict[str, Model],
    tests: Mapping[str, Sequence[LabelledLayer]],
    measure: str,
    *,
    releases_too: bool,
) -> Table:
    table = Table("who decides", *(f"{title}: {measure}, wrong" for title in tests), "CPU ms / layer")
    for name, model in deciders.items():
        cells, cpu = [], 0.0
        for layers in tests.values():
            scores, seconds = _score(model, layers, releases_too=releases_too)
            cells.append(scores)
            cpu += seconds
        table.add(name, *cells, f"{1000 * cpu / LAYERS / len(tests):.1f}")
    return table


def _score(model: Model, layers: Iterable[LabelledLayer], *, releases_too: bool) -> tuple[str, float]:
    result = measure(model, layers)
    release = f" / {result.releases.f1:.4f}" if releases_too else ""
    return f"{result.packages.f1:.4f}{release}, {result.packages.wrong}", result.cpu


if __name__ == "__main__":
    main()
