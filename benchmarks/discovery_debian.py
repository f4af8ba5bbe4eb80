"""All packages of Debian: names in layers without databases, with and without their documents."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

import numpy as np

from benchmarks.discovery_data import contents_files
from benchmarks.report import Table, write_results
from praxi_tasks.discovery.knowledge import Release
from praxi_tasks.discovery.model import Model
from praxi_tasks.fingerprint.paths import PathKind
from praxi_tasks.learning.confusable import confusable_groups
from praxi_tasks.learning.contents import build_contents, read_archive, read_packages
from praxi_tasks.learning.damage import Damage
from praxi_tasks.learning.evaluate import Evaluation, evaluate
from praxi_tasks.learning.sampling import LayerSampler
from praxi_tasks.learning.train import HELD, make_scorer

UNKNOWN = 0.05
PACKAGES = 6_000
LAYERS = 96
METADATA = (PathKind.METADATA,)
PAPERS = (PathKind.METADATA, PathKind.DOC, PathKind.MAN, PathKind.LOCALE)


def main() -> None:
    files = contents_files()
    rng = np.random.default_rng(23)
    whole = build_contents(files)
    names = [name.removeprefix("deb/") for name in whole.packages]
    unknown = {name for name in names if rng.random() < UNKNOWN}
    archive = read_archive(files, unknown, rng, HELD)
    model = Model([archive.catalogue], make_scorer(files, archive, (), rng))
    groups = confusable_groups(whole)
    sharing = {name.removeprefix("deb/") for group in groups for name in group}
    chosen = {names[place] for place in rng.permutation(len(names))[:PACKAGES].tolist()}
    releases = read_packages(files, chosen | sharing)
    some = [release for release in releases if release.name in chosen]
    confusable = [release for release in releases if release.name in sharing]
    strange = [release for release in some if release.name in unknown]
    draw = LayerSampler(some, rng, most=60)
    shared = LayerSampler(confusable, rng, groups=groups)
    alone = LayerSampler(strange, rng, most=40)
    table = Table("layers", "precision", "recall", "F1", "its ceiling", "ECE", "wrong / unknown")
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
        table.add(title, *_row(evaluate(model, layers), ceiling(confusable if near else some, damage)))
    note = (
        f"{len(names)} packages, {len(unknown)} of them unknown to the model, {len(sharing)} share a path "
        f"with another. Layers are drawn from {len(some)} packages. The ceiling counts packages that leave "
        "exactly the same paths as another: one of them can be named by luck only."
    )
    write_results("discovery_debian", f"Debian: {LAYERS} layers each", table, note)


def ceiling(releases: Sequence[Release], damage: Damage) -> float:
    """Return the F1 of a guess among packages that leave the same paths."""
    left: defaultdict[frozenset[int], int] = defaultdict(int)
    for release in releases:
        keys = release.normalised.keys[~np.isin(release.normalised.kinds, damage.kinds)]
        left[frozenset(keys.tolist())] += 1
    left.pop(frozenset(), None)
    sizes = Counter(left.values())
    return sum(sizes.values()) and sum(sizes.values()) / sum(size * count for size, count in sizes.items())


def _row(result: Evaluation, best: float) -> tuple[str, ...]:
    score = result.packages
    known = score.right + score.missed > 0
    return (
        f"{score.precision:.4f}" if known else "-",
        f"{score.recall:.4f}" if known else "-",
        f"{score.f1:.4f}" if known else "-",
        f"{best:.4f}" if known else "-",
        f"{result.calibration_error:.4f}",
        f"{score.wrong} / {result.unknown}",
    )


if __name__ == "__main__":
    main()
