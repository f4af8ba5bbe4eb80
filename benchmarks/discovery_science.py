"""Images of Python packages: names and versions by a pack that Range collected, with Syft beside it.

    pip download --no-deps --dest FOLDER NAME …; python -m benchmarks.discovery_science --wheels FOLDER …

The folders are served as an index on this machine, of which what is taught is collected by Range as
``praxi packs build pypi`` does, on top of a model of Debian and of 300 wheels (``--base URI``: another one).
Some packages are never taught, and of half of those with several versions one is not. Images are virtual
environments that uv installed: some packages in versions at random, and what they require. Nothing of them
was seen in training. Images of the seed 20 were looked at while rules were made: take another one to judge.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from benchmarks import science_images as images
from benchmarks.discovery_data import ROOT, contents_files, data_folder
from benchmarks.report import Table, write_results
from benchmarks.science_images import Files, Layer, Reader
from benchmarks.wheel_index import Wheel, WheelFolders
from praxi_tasks.discovery import Model, calibration_error, reliability_diagram
from praxi_tasks.ecosystems import PYPI
from praxi_tasks.fingerprint import PathKind
from praxi_tasks.learning.data import NewPackage
from praxi_tasks.learning.run import PackRun, build_pack
from praxi_tasks.learning.sources.pypi.simple_index import SimpleIndex
from praxi_tasks.learning.training import learn_files
from praxi_tasks.packs import use_packs
from praxi_tasks.store import open_store

LARGEST: Final = 60_000_000
UNKNOWN: Final = 0.08
METADATA: Final = (PathKind.METADATA,)


class Split(NamedTuple):
    """Which wheels are taught, and the packages of those that are not taught in any version."""

    taught: list[Wheel]
    unknown: frozenset[str]

    @classmethod
    def draw(cls, packages: Mapping[str, Sequence[Wheel]], rng: random.Random) -> Split:
        """Draw unknown packages, and an untaught version of half of those with several."""
        taught: list[Wheel] = []
        unknown: set[str] = set()
        for name, wheels in packages.items():
            if rng.random() < UNKNOWN:
                unknown.add(name)
                continue
            left_out = rng.choice(wheels) if len(wheels) > 1 and rng.random() < 0.5 else None
            taught += [wheel for wheel in wheels if wheel is not left_out]
        return cls(taught, frozenset(unknown))


class Built(NamedTuple):
    """An environment's files as installed, and where it is."""

    folder: Path
    files: Files


@dataclass(slots=True)
class Score:
    """Counts over layers: of packages, of releases that were taught, and of all stated versions."""

    right: int = 0
    wrong: int = 0
    missed: int = 0
    taught: int = 0
    exact: int = 0
    untaught: int = 0
    mistaken: int = 0
    stated: int = 0
    false: int = 0
    confidence: list[float] = field(default_factory=list)
    present: list[bool] = field(default_factory=list)
    mistakes: Counter[str] = field(default_factory=Counter)

    def add(self, model: Model, layer: Layer) -> None:
        """Compare a model's prediction of a layer with the truth."""
        prediction = model.predict(layer.tagset)
        named: dict[str, list[tuple[str, ...]]] = {}
        for each in prediction.releases:
            named.setdefault(f"{each.ecosystem}/{each.name}", []).append(_spelled(each.versions))
        known = {name for name in layer.truth if model.knows_package(*name.split("/", 1))}
        self._names(set(named), layer.truth.keys(), known)
        for name in sorted(known):
            self._versions(model, name, layer.truth[name], named.get(name, []))
        _, found, confidence = model.score(layer.tagset)
        stated = found.genuine(np.arange(len(confidence)))  # of look-alikes nothing is stated
        self.confidence += confidence[stated].tolist()
        self.present += [found.catalogue.packages[each] in known for each in found.packages[stated].tolist()]

    def _names(self, named: set[str], true: Iterable[str], known: set[str]) -> None:
        self.right += len(named & known)
        self.wrong += len(named - known)
        self.missed += len(known - named)
        self.mistakes.update(f"+{name}{'?' * (name in true)}" for name in named - known)
        self.mistakes.update(f"-{name}" for name in known - named)

    def _versions(
        self, model: Model, name: str, true: frozenset[str], stated: Sequence[tuple[str, ...]]
    ) -> None:
        ecosystem, _, package = name.partition("/")
        taught = {version for version in true if model.knows(ecosystem, package, version)}
        exact = {versions[0] for versions in stated if len(versions) == 1}
        wrong = [versions for versions in stated if versions and not set(versions) & true]
        self.taught += len(taught)
        self.exact += len(taught & exact)
        self.untaught += len(true - taught)
        self.stated += sum(bool(versions) for versions in stated)
        self.false += len(wrong)
        self.mistaken += len(wrong) if true - taught else 0
        self.mistakes.update(f"{name}={'|'.join(versions)}, not {'|'.join(true)}" for versions in wrong)

    @property
    def row(self) -> tuple[str, ...]:
        """The cells of a table's row."""
        return (
            _share(self.right, self.right + self.wrong),
            _share(self.right, self.right + self.missed),
            _share(self.exact, self.taught),
            f"{_share(self.false, self.stated)} ({self.false} of {self.stated})",
            f"{self.mistaken} of {self.untaught}",
            f"{self.calibration_error:.4f}",
        )

    @property
    def calibration_error(self) -> float:
        """The expected calibration error over all candidates."""
        diagram = reliability_diagram(np.array(self.confidence), np.array(self.present, np.bool_))
        return calibration_error(diagram)


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure names and versions of Python packages in images.")
    parser.add_argument("--wheels", nargs="+", type=Path, required=True, help="folders of wheels")
    parser.add_argument("--base", help="the model that the pack is put on")
    parser.add_argument("--images", type=int, default=40)
    parser.add_argument("--seed", type=int, default=20, help="draws what is taught, and the images")
    parser.add_argument("--syft", type=int, default=6, help="how many images Syft is asked about")
    options = parser.parse_args()
    rng = random.Random(options.seed)
    wheels = WheelFolders(options.wheels, LARGEST)
    split = Split.draw(wheels.packages, rng)
    archive = [*contents_files(), data_folder() / "pypi-releases.jsonl.xz"]
    base = Model.load(options.base) if options.base else learn_files(archive).model
    with tempfile.TemporaryDirectory(prefix="praxi-science-") as scratch:
        model, releases = taught(wheels, split, base, Path(scratch))
        built = list(build(wheels.packages, options.images, Path(scratch), rng))
        taught_releases = {(wheel.name, str(wheel.version)) for wheel in split.taught}
        table, error = compare(model, variants(built, taught_releases, rng))
        beside = syft_table(built[: options.syft], model)
    several = sum(len(found) > 1 for found in wheels.packages.values())
    note = (
        f"{options.images} virtual environments of {len(wheels.packages)} packages, {several} of them in "
        f"several versions, wheels of up to {LARGEST // 10**6} MB. {releases} releases are taught, "
        f"{len(split.unknown)} packages in no version; what is named and not there is wrong. Version exact: "
        "of the taught releases that are there, the share of which this version alone is stated; wrong: of "
        "all stated versions, those that are not there. The model knows "
        f"{len(model.catalogue.packages)} packages. ECE over all layers: {error:.4f}."
    )
    write_results("discovery_science", "Images of Python packages, metadata deleted", table, beside, note)


def taught(wheels: WheelFolders, split: Split, base: Model, folder: Path) -> tuple[Model, int]:
    """Collect what is taught as a pack is built, and return the model and how many releases it got."""
    store = open_store((folder / "store").as_uri())
    run = PackRun(store, "science")
    wanted = [
        NewPackage(f"pkg:pypi/{wheel.name}@{wheel.version}", PYPI.purl_type, wheel.name, str(wheel.version))
        for wheel in split.taught
    ]
    run.plan(PYPI.purl_type, "", wanted, 1, 1)
    states: Counter[str] = Counter()
    with wheels.served() as address:
        source = SimpleIndex(address, in_parts=True)
        run.collect(source, 0, lambda outcome: states.update(each.state for each in outcome.found))
        built = build_pack(store, run, source)
    print(dict(states), file=sys.stderr)
    below, made = (folder / "base").as_uri(), (folder / "taught").as_uri()
    base.save(below)
    use_packs(below, [built], made)
    return Model.load(made), states["stored"]


def build(
    packages: Mapping[str, Sequence[Wheel]], count: int, folder: Path, rng: random.Random
) -> Iterator[Built]:
    """Install environments."""
    reader = Reader()
    for number in range(count):
        wheels = images.draw(packages, rng)
        place = images.install(wheels, folder / f"image-{number}", folder / "uv")
        yield Built(place, reader.files(place))


def compare(model: Model, groups: Iterable[tuple[str, Iterable[Layer]]]) -> tuple[Table, float]:
    """Compare a model's predictions of groups of layers with the truth; return the ECE over all with it."""
    table = Table(
        "layers", "precision", "recall", "version exact", "wrong version", "untaught called taught", "ECE"
    )
    everything = Score()
    for title, layers in groups:
        score = Score()
        for layer in layers:
            score.add(model, layer)
        everything.confidence += score.confidence
        everything.present += score.present
        table.add(title, *score.row)
        print(title, *score.row, score.mistakes.most_common(40), sep="\n  ", file=sys.stderr)
    return table, everything.calibration_error


def variants(
    built: Sequence[Built], taught: Set[tuple[str, str]], rng: random.Random
) -> Iterator[tuple[str, Iterable[Layer]]]:
    """Yield each group of layers under its title; ``taught`` has the releases that the model knows."""
    bare = [images.without(each.files, METADATA) for each in built]
    known = [_only(files, taught) for files in bare]
    slim = [images.without(files, images.PAPERS) for files in bare]
    compiled = [images.byte_code_only(files) for files in bare]
    foreign = [
        _only(files, {owner for file in files.values() for owner in file.owners} - taught) for files in bare
    ]

    def placed(some: Iterable[Files]) -> Iterator[Layer]:
        return (images.layer({rng.choice(images.PREFIXES): files}) for files in some)

    yield "taught releases only", placed(known)
    yield "untaught versions and unknown packages among them", placed(bare)
    yield "and tests and documents deleted", placed(slim)
    yield "byte code only", placed(compiled)
    yield (
        "two environments",
        (
            images.layer({"opt/a": one, "opt/b": other})
            for one, other in zip(bare[::2], bare[1::2], strict=False)
        ),
    )
    yield (
        "beside look-alikes",
        (
            images.layer({"opt/venv": images.look_alikes([other], rng) | dict(one)})
            for one, other in zip(bare[::2], bare[1::2], strict=False)
        ),
    )
    yield "look-alikes alone", placed(images.look_alikes([files], rng) for files in known)
    yield "untaught releases only", placed(foreign)


def _only(files: Files, releases: Set[tuple[str, str]]) -> Files:
    """Return the files that some of the releases own, or nobody."""
    return {path: file for path, file in files.items() if not file.owners or releases & set(file.owners)}


def syft_table(built: Sequence[Built], model: Model) -> Table:
    """Ask Syft and the model about the same environments, with metadata and without."""
    table = Table("who, on what", "images", "named", "of packages", "with the right version")
    for title, gone in (("metadata intact", ()), ("metadata deleted", METADATA)):
        files = [images.without(each.files, gone) if gone else each.files for each in built]
        layers = [images.layer({"opt/venv": each}) for each in files]
        theirs = [syft(each.folder, deleted=bool(gone)) for each in built]
        ours = [_named(model, layer) for layer in layers]
        for who, named in (("Syft", theirs), ("Praxi, by files alone", ours)):
            pairs = list(zip(layers, named, strict=True))
            there = sum(len(layer.truth) for layer in layers)
            found = sum(len(each.keys() & layer.truth.keys()) for layer, each in pairs)
            right = sum(
                each.get(name) in versions for layer, each in pairs for name, versions in layer.truth.items()
            )
            table.add(f"{who}, {title}", len(built), found, there, right)
    return table


def _named(model: Model, layer: Layer) -> dict[str, str]:
    releases = model.predict(layer.tagset).releases
    return {f"{each.ecosystem}/{each.name}": "|".join(_spelled(each.versions)) for each in releases}


def syft(folder: Path, *, deleted: bool) -> dict[str, str]:
    """Return the Python packages that Syft names in an environment, each with its version."""
    words = [str(ROOT / ".venv/bin/syft"), "scan", f"dir:{folder}", "-o", "json", "-q"]
    words += ["--exclude", "**/*.dist-info/**"] if deleted else []
    environment = os.environ | {"SYFT_CHECK_FOR_APP_UPDATE": "false"}
    done = subprocess.run(words, capture_output=True, check=True, env=environment)
    found = (each for each in json.loads(done.stdout)["artifacts"] if each["type"] == "python")
    return {f"pypi/{canonicalize_name(each['name'])}": _spelled([each["version"]])[0] for each in found}


def _spelled(versions: Iterable[str]) -> tuple[str, ...]:
    """Return versions as a wheel index spells them."""
    spelled = []
    for version in versions:
        try:
            spelled.append(str(Version(version)))
        except InvalidVersion:
            spelled.append(version)
    return tuple(spelled)


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.4f}" if whole else "-"


if __name__ == "__main__":
    main()
