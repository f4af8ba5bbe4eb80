"""Golden predictions: what a stored model said about stored layers when the engine's version was last raised.

``golden/model`` is a small model with every kind of part, ``golden/inputs.json`` what it is asked about and
``golden/predictions.json`` what it answers. Model and inputs are stored, so that neither training nor the
libraries it uses change the outcome: only the code that reads a model does. The commands, from the top of the
tree:

``python -m tests.discovery.golden_predictions``
    Renews the predictions, after ``ENGINE`` was raised; it refuses to as long as ``ENGINE`` is the same.
``python -m tests.discovery.golden_predictions --retrain``
    Also makes the model and the layers anew, where they no longer cover what the engine does.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import msgspec
import numpy as np

from praxi_tasks.discovery.code_version import ENGINE
from praxi_tasks.discovery.decision_rule import DecisionRule
from praxi_tasks.discovery.model import Model
from praxi_tasks.discovery.prediction import ReleasePrediction, Unexplained
from praxi_tasks.discovery.release import Release
from praxi_tasks.discovery.scorer import Scorer
from praxi_tasks.fingerprint import Tagset, normalise_all
from praxi_tasks.learning.catalogue import build_catalogue, confusable_groups
from praxi_tasks.learning.estimators import (
    Assignment,
    ExpertHyperparameters,
    Samples,
    ScorerHyperparameters,
    grow,
)
from praxi_tasks.learning.synthesis import Files, LayerSampler, install_wheel
from praxi_tasks.learning.training import give_experts, make_scorer
from tests.learning.recordings import recording, singles
from tests.support import world

FOLDER: Final = Path(__file__).parent / "golden"
MODEL: Final = FOLDER / "model"
INPUTS: Final = FOLDER / "inputs.json"
PREDICTIONS: Final = FOLDER / "predictions.json"
RENEW: Final = "python -m tests.discovery.golden_predictions"
ROUNDING: Final = 2e-4
"""By how much confidence, rounded to four digits, may be off where a processor rounds in another way."""

RULES: Final = (
    DecisionRule(),
    DecisionRule("threshold", 0.8),
    DecisionRule("top-k", count=3),
    DecisionRule("density"),
)
FAMILIES: Final = 12
LAYERS: Final = 40
MOST_FILES: Final = 200
PROGRAMS: Final = ("tree", "wget", "zsh")


class Layer(msgspec.Struct, frozen=True):
    """The files of a layer as they come from an image: paths, sizes in bytes, content hashes."""

    paths: list[str]
    sizes: list[int]
    hashes: list[int]
    measured: list[bool]

    def tagset(self) -> Tagset:
        """Normalise the paths with the code under test."""
        return Tagset(
            "sha256:" + "0" * 64,
            self.paths,
            normalise_all(self.paths),
            np.array(self.sizes, np.uint64),
            np.array(self.hashes, np.uint64),
            np.array(self.measured, np.bool_),
        )


class Inputs(msgspec.Struct, frozen=True):
    """What the model is asked about."""

    layers: list[Layer]
    changesets: list[list[str]]


class Prediction(msgspec.Struct, frozen=True):
    """What was predicted of one layer.

    ``scores`` are the uncalibrated probabilities of all candidates, which show a change that calibration
    levels out; ``releases`` what the default decision rule names, ``named`` the packages by each other rule.
    """

    scores: dict[str, float]
    releases: tuple[ReleasePrediction, ...]
    unexplained: Unexplained
    named: dict[str, list[str]]


class Golden(msgspec.Struct, frozen=True):
    """Predictions of each of the inputs, and the version of the engine that made them."""

    engine: int
    layers: list[Prediction]
    changesets: list[dict[str, float]]


def inputs() -> Inputs:
    """Read what the model is asked about."""
    return msgspec.json.decode(INPUTS.read_bytes(), type=Inputs)


def load() -> Golden:
    """Read the stored predictions."""
    return msgspec.json.decode(PREDICTIONS.read_bytes(), type=Golden)


def predict(asked: Inputs) -> Golden:
    """Predict with the stored model."""
    models = {rule.key: Model.load(MODEL.as_uri(), decision_rule=rule) for rule in RULES}
    labels = [
        {label: round(chance, 4) for label, chance in answer.items()}
        for answer in models[""].name_changes(asked.changesets)
    ]
    return Golden(ENGINE, [_predict(models, layer.tagset()) for layer in asked.layers], labels)


def _predict(models: Mapping[str, Model], tagset: Tagset) -> Prediction:
    model = models[""]
    raw = model.replaced(scorer=Scorer(model.scorer._booster, np.empty(0), np.empty(0)))
    _, found, chances = raw.score(tagset)
    names = [found.catalogue.packages[place] for place in found.packages.tolist()]
    told = model.predict(tagset)
    return Prediction(
        scores=dict(zip(names, np.round(chances, 4).tolist(), strict=True)),
        releases=told.releases,
        unexplained=told.unexplained,
        named={key: other.packages_in(tagset) for key, other in models.items() if key},
    )


def alike(first: Golden, second: Golden) -> bool:
    """Return whether two predictions of the same inputs are equal, confidence up to :data:`ROUNDING`."""
    return _close(*(msgspec.to_builtins((each.layers, each.changesets)) for each in (first, second)))


def _close(first: object, second: object) -> bool:
    if isinstance(first, float) and isinstance(second, float):
        return abs(first - second) <= ROUNDING
    if isinstance(first, dict) and isinstance(second, dict):
        return list(first) == list(second) and all(_close(first[name], second[name]) for name in first)
    if isinstance(first, (list, tuple)) and isinstance(second, (list, tuple)):
        return len(first) == len(second) and all(map(_close, first, second))
    return first == second


def archive(rng: np.random.Generator) -> list[Release]:
    """Make packages of a distribution, their versions unknown: families of four that share some files.

    The last two of each family install the same files beside their documents: without those they tie.
    """
    made = []
    for number in range(FAMILIES):
        family = f"family{number:02}"
        common = [f"usr/lib/{family}/part{part}.so" for part in range(20)]
        same = rng.choice(common, 12, replace=False).tolist()
        for name, files in (
            (family, rng.choice(common, 14, replace=False).tolist()),
            (f"{family}-tools", rng.choice(common, 4, replace=False).tolist()),
            (f"{family}-full", same),
            (f"{family}-tiny", same),
        ):
            own = [f"usr/bin/{name}"] if files is not same else [f"usr/bin/{family}"]
            own += [
                f"usr/lib/{name}/own{part}" for part in range(0 if files is same else int(rng.integers(12)))
            ]
            own += [f"usr/share/doc/{name}/{paper}" for paper in ("copyright", "changelog.Debian.gz")]
            made.append(_unversioned(name, [*files, *own, f"usr/share/man/man1/{name}.1.gz"]))
    return made


def _unversioned(name: str, paths: list[str]) -> Release:
    blank = np.zeros(len(paths), np.uint64)
    return Release("deb", name, "", paths, normalise_all(paths), blank, blank, np.zeros(len(paths), np.bool_))


def retrain() -> None:
    """Make and store a model with every kind of part, and layers and changesets to ask it about."""
    rng = np.random.default_rng(1)
    distribution = archive(rng)
    known = [*world.releases(), *distribution]
    unknown = {one.package for one in known if rng.random() < 0.2}
    learned = [one for one in known if one.package not in unknown]
    scorer = make_scorer((), None, known, rng, ScorerHyperparameters(trees=40), 400)
    parts = [[one for one in learned if bool(one.version) == versioned] for versioned in (True, False)]
    model = Model([build_catalogue(part) for part in parts], scorer)
    owned = [one for one in learned if one.name in ("packageb", "packagef", "packageh")]
    hyperparameters = ExpertHyperparameters(trees=5, tokens=12, unions=200)
    model = give_experts(model, owned, rng, Assignment("version"), hyperparameters).model
    grown = grow(model.recorded, Samples.of(singles(3, PROGRAMS)), rng, hyperparameters=hyperparameters)
    shutil.rmtree(MODEL, ignore_errors=True)
    model.replaced(recorded=grown.ensemble).save(MODEL.as_uri())
    groups = confusable_groups(build_catalogue(known))
    sampler = LayerSampler(known, rng, groups=groups, most=8, held_out_packages=unknown)
    drawn = (sampler.draw().tagset for _ in range(LAYERS))
    tagsets = [tagset for tagset in drawn if len(tagset) <= MOST_FILES]
    retained = [one for one in parts[0] if one.version == "1.1" and one not in owned][:2]
    untold = [Files.of(one).keep(np.array(["module0" not in path for path in one.paths])) for one in retained]
    moved = [install_wheel(Files.of(one), "opt/app/vendor") for one in retained]
    whole = list(map(Files.of, distribution[:12]))
    decided = [install_wheel(Files.of(owned[-1]), "usr/lib/python3/dist-packages")]
    tagsets += [world.layer(*files) for files in (untold, moved, whole, decided, [world.plain()])]
    changes = [recording(list(labels), 7).changes for labels in (("tree",), ("wget", "zsh"), ("unknown",))]
    INPUTS.write_bytes(msgspec.json.encode(Inputs([_layer(tagset) for tagset in tagsets], changes)) + b"\n")


def _layer(tagset: Tagset) -> Layer:
    return Layer(list(tagset.paths), tagset.sizes.tolist(), tagset.hashes.tolist(), tagset.measured.tolist())


def renew() -> str:
    """Write the predictions of the code as it is, and return what was done."""
    after = predict(inputs())
    if PREDICTIONS.exists():
        before = load()
        if before.engine == ENGINE and not alike(before, after):
            return f"predictions changed while ENGINE is {ENGINE}: raise it in code_version.py, then renew"
    PREDICTIONS.write_bytes(msgspec.json.format(msgspec.json.encode(after), indent=1) + b"\n")
    return f"golden predictions of engine {ENGINE} are written"


if __name__ == "__main__":
    if "--retrain" in sys.argv[1:]:
        retrain()
        PREDICTIONS.unlink(missing_ok=True)
    sys.stdout.write(renew() + "\n")
