"""PyPI releases: packages and versions in damaged layers, with noise and unknown packages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from benchmarks.discovery_data import data_folder
from benchmarks.layer_metrics import LayerMetrics, measure
from benchmarks.report import Table, write_results
from praxi_tasks.discovery import Copy, LayerKeys, Model, Release, compare_versions
from praxi_tasks.fingerprint import PathKind
from praxi_tasks.learning.catalogue import build_catalogue
from praxi_tasks.learning.data import read_releases
from praxi_tasks.learning.synthesis import Damage, LabelledLayer, LayerSampler
from praxi_tasks.learning.training import make_scorer

LAYERS = 192
UNKNOWN = 0.1
NO_METADATA = (PathKind.METADATA,)


def main() -> None:
    releases = list(read_releases(data_folder() / "pypi-releases.jsonl.xz"))
    rng = np.random.default_rng(17)
    packages = sorted({release.package for release in releases})
    unknown = {name for name in packages if rng.random() < UNKNOWN}
    known = [release for release in releases if release.package not in unknown]
    model = learn(known)
    table = Table(
        "layers", "package F1", "exact release F1", "its ceiling", "truth in tie", "ECE", "FP / unknown"
    )
    for title, layers in _tests(LayerSampler(releases, rng), rng):
        for how, seen in (("headers", without_hashes(layers)), ("hashes", layers)):
            table.add(f"{title}, {how}", *_row(measure(model, seen), ceiling(model, seen)))
    held = {name: rng.integers(3) for name in packages}
    old = [release for release in known if _place(release, known) != held[release.package]]
    new = [release for release in known if _place(release, known) == held[release.package]]
    fresh = [LayerSampler(new, rng).draw(_damage(rng), drifting=0) for _ in range(LAYERS)]
    unseen = measure(learn(old), [LabelledLayer(a.tagset, dict.fromkeys(a.truth)) for a in fresh])
    table.add("a version not trained on", *_row(unseen, 1.0))
    note = (
        f"Of the {unseen.packages.missed} packages that are not named in a version not trained on, "
        f"{unseen.alike} are told as look-alikes: no file is as in a known version."
    )
    write_results(
        "discovery_pypi", f"PyPI, 300 releases: {LAYERS} layers each, metadata deleted", table, note
    )


def learn(releases: Sequence[Release]) -> Model:
    scorer = make_scorer((), None, releases, np.random.default_rng(1))
    return Model([build_catalogue(releases)], scorer)


def _tests(sampler: LayerSampler, rng: np.random.Generator) -> Iterable[tuple[str, list[LabelledLayer]]]:
    whole = [sampler.draw(Damage(NO_METADATA), drifting=0) for _ in range(LAYERS)]
    damaged = [sampler.draw(_damage(rng), drifting=0) for _ in range(LAYERS)]
    lost = [sampler.draw(Damage(NO_METADATA, 0.6), drifting=0) for _ in range(LAYERS)]
    return (("nothing else deleted", whole), ("damaged", damaged), ("60% of files lost", lost))


def _damage(rng: np.random.Generator) -> Damage:
    """Draw damage: metadata always, documents and tests sometimes, half of the time up to 30% of files."""
    drawn = Damage.draw(rng)
    lost = rng.uniform(0, 0.3) if rng.random() < 0.5 else 0.0
    return replace(drawn, kinds=tuple({*drawn.kinds, *NO_METADATA}), lost=lost)


def without_hashes(layers: Iterable[LabelledLayer]) -> list[LabelledLayer]:
    return [
        replace(layer, tagset=replace(layer.tagset, hashes=np.zeros_like(layer.tagset.hashes)))
        for layer in layers
    ]


def ceiling(model: Model, layers: Iterable[LabelledLayer]) -> float:
    """Return the exact F1 of naming, with hindsight, all releases that the layer identifies.

    Two versions can't be distinguished if every surviving file is as both have it and as many are missing of
    either: what is missing counts as significant, although it may have been deleted.
    """
    catalogue = model.catalogue
    alone = total = 0
    for layer in layers:
        keys = LayerKeys.of(layer.tagset.normalised)
        whole = Copy("", keys.keys, keys.rows)
        for name, version in layer.truth.items():
            if name in catalogue.packages and version is not None:
                package = catalogue.packages.index(name)
                evidence = compare_versions(
                    catalogue.contents_of(package), catalogue.versions_of(package), whole, layer.tagset
                )
                missing = evidence.expected - evidence.present
                same = missing == missing[catalogue.versions_of(package).index(version)]
                total += 1
                alone += np.count_nonzero(same & (evidence.differing == 0)) == 1
    return 2 * alone / max(total + alone, 1)


def _place(release: Release, releases: Sequence[Release]) -> int:
    versions = sorted(other.version for other in releases if other.package == release.package)
    return versions.index(release.version)


def _row(result: LayerMetrics, best: float) -> tuple[str, ...]:
    versions = result.versioned > 0
    return (
        f"{result.packages.f1:.4f}",
        f"{result.releases.f1:.4f}" if versions else "-",
        f"{best:.4f}" if versions else "-",
        f"{result.tie:.4f}" if versions else "-",
        f"{result.calibration_error:.4f}",
        f"{result.packages.wrong} / {result.unknown}",
    )


if __name__ == "__main__":
    main()
