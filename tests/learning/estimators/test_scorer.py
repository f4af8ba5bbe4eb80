"""What the scorer is trained on."""

from __future__ import annotations

import numpy as np

from praxi_tasks.discovery import FEATURES
from praxi_tasks.learning.catalogue import build_catalogue
from praxi_tasks.learning.estimators.scorer import ALONE, examples
from praxi_tasks.learning.synthesis import Files, LabelledLayer
from tests.support import world


def test_a_layer_of_unknown_software_counts_more_often() -> None:
    known = world.find("packagea", "1.0")
    part = Files.of(known).keep(np.arange(len(known.paths)) < 2)
    catalogue = build_catalogue([known])
    layer = world.layer(part, world.plain("opt/tool/run"))
    unknown = examples([LabelledLayer(layer, {"pypi/unknown": None})], [catalogue])
    known_layer = examples([LabelledLayer(layer, {"pypi/packagea": "1.0"})], [catalogue])
    assert unknown.present.tolist() == [False] * ALONE
    assert known_layer.present.tolist() == [True]
    assert np.array_equal(unknown.features, np.repeat(known_layer.features, ALONE, axis=0), equal_nan=True)


def test_layers_without_a_candidate_teach_nothing() -> None:
    catalogue = build_catalogue([world.find("packagea", "1.0")])
    layer = world.layer(world.plain("opt/tool/run"))
    assert examples([LabelledLayer(layer, {})], [catalogue]).features.shape == (0, len(FEATURES))
