"""All packages of Debian: names in layers without databases, with and without their documents."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence, Set

import numpy as np

from benchmarks.discovery_data import contents_files
from benchmarks.layer_metrics import LayerMetrics, measure
from benchmarks.report import Table, write_results
from praxi_tasks.discovery import Model, Release
from praxi_tasks.fingerprint import PathKind
from praxi_tasks.learning.catalogue import confusable_groups, read_archive, read_packages
from praxi_tasks.learning.synthesis import Damage, LabelledLayer, LayerSampler
from praxi_tasks.learning.training import HELD_OUT_SHARE, make_scorer

UNKNOWN = 0.05
PACKAGES = 6_000
LAYERS = 192
METADATA = (PathKind.METADATA,)
PAPERS = (PathKind.METADATA, PathKind.DOC, PathKind.MAN, PathKind.LOCALE)


def main() -> None:
    files = contents_files()
    rng = np.random.default_rng(23)
    whole = read_archive(files, (), np.random.default_rng(0), 0.0).catalogue
    names = [name.removeprefix("deb/") for name in whole.packages]
    unknown = {name for name in names if rng.random() < UNKNOWN}
    archive = read_archive(files, unknown, rng, HELD_OUT_SHARE)
    model = Model([archive.catalogue], make_scorer(files, archive, (), rng))
    rng = np.random.default_rng(24)  # the layers stay the same, however the model was trained
    groups = confusable_groups(whole)
    sharing = {name.removeprefix("deb/") for group in groups for name in group}
    chosen = {names[place] for place in rng.permutation(len(names))[:PACKAGES].tolist()}
    releases = read_packages(files, chosen | sharing | unknown)
    some = [release for release in releases if release.name in chosen]
    draw = LayerSampler(some, rng, most=60)
    shared = LayerSampler([release for release in releases if release.name in sharing], rng, groups=groups)
    alone = LayerSampler([release for release in releases if release.name in unknown], rng, most=40)
    table = Table(
        "layers", "precision", "recall", "F1", "its ceiling", "F1, ties right", "ECE", "wrong / unknown"
    )
    together = LayerMetrics()
    for title, sampler, damage, near in (
        ("all packages, databases deleted", draw, Damage(METADATA), 0.0),
        ("and documents, manuals, locales", draw, Damage(PAPERS), 0.0),
        ("and 60% of the files lost", draw, Damage(PAPERS, 0.6), 0.0),
        ("only packages that share paths, databases deleted", shared, Damage(METADATA), 1.0),
        ("and documents, manuals, locales", shared, Damage(PAPERS), 1.0),
        ("only unknown packages", alone, Damage(METADATA), 0.0),
        ("and documents, manuals, locales", alone, Damage(PAPERS), 0.0),
    ):
        layers = [sampler.draw(damage, drifting=0, confusable=near) for _ in range(LAYERS)]
        result = measure(model, layers)
        together.confidence += result.confidence
        together.present += result.present
        tied = Indistinguishable(releases, damage.kinds, set(model.catalogue.packages))
        table.add(title, *_row(result, f"{tied.ceiling(layers):.4f}" if not damage.lost else "-"))
    note = (
        f"{len(names)} packages, {len(unknown)} of them unknown to the model, {len(sharing)} share a path "
        f"with another. Layers are drawn from {len(some)} packages, those that share paths, and all that are "
        "unknown. The ceiling is that of naming, for each package in the layers, one of the known packages "
        "that would have left exactly the same paths: of the others, and of an unknown package with such a "
        "twin, it is wrong. Where ties count as right, so does the package that is said to tie with the one "
        f"that was named. ECE over all these layers: {together.calibration_error:.4f}."
    )
    write_results("discovery_debian", f"Debian: {LAYERS} layers each", table, note)


class Indistinguishable:
    """Packages that leave exactly the same paths.

    Parameters
    ----------
    kinds
        What is deleted.
    known
        What the model knows.
    """

    def __init__(self, releases: Sequence[Release], kinds: Sequence[PathKind], known: Set[str]) -> None:
        self._left = {release.package: _left(release, kinds) for release in releases}
        self._known = known
        groups: defaultdict[bytes, set[str]] = defaultdict(set)
        for package, left in self._left.items():
            groups[left].add(package)
        self._groups = groups

    def ceiling(self, layers: Sequence[LabelledLayer]) -> float:
        """Return the F1 that can be expected of whoever names one of the known packages of each group."""
        right = wrong = missed = 0.0
        for layer in layers:
            for package in layer.truth:
                named = self._groups[self._left[package]] & self._known
                luck = 1 / len(named) if package in named else 0.0
                right += luck
                wrong += 1 - luck if named else 0
                missed += 1 - luck if package in self._known else 0
        return 2 * right / max(2 * right + wrong + missed, 1)


def _left(release: Release, kinds: Sequence[PathKind]) -> bytes:
    keys = release.normalised.keys[~np.isin(release.normalised.kinds, kinds)]
    return np.unique(keys).tobytes()


def _row(result: LayerMetrics, best: str) -> tuple[str, ...]:
    score = result.packages
    known = score.right + score.missed > 0
    return (
        f"{score.precision:.4f}" if known else "-",
        f"{score.recall:.4f}" if known else "-",
        f"{score.f1:.4f}" if known else "-",
        best if known else "-",
        f"{result.either.f1:.4f}" if known else "-",
        f"{result.calibration_error:.4f}",
        f"{score.wrong} / {result.unknown}",
    )


if __name__ == "__main__":
    main()
