"""What a model said about a layer is kept, until it or the code that reads it is another."""

from __future__ import annotations

from pathlib import Path

import pytest

from praxi_tasks.audit.plan import Plan, PlannedLayer
from praxi_tasks.audit.predict import predict_layers
from praxi_tasks.discovery import code_version
from praxi_tasks.learning.synthesis import Files
from praxi_tasks.store import keys, open_store
from tests.support import world


def test_predictions_of_another_engine_are_not_taken_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, model = open_store(tmp_path.as_uri()), world.model()
    layer = world.layer(Files.of(world.find("packageb", "2.0")))
    store.put(keys.layer_tagset(layer.digest), layer.to_bytes())
    plan = Plan((), (PlannedLayer(layer.digest, 1, "tar", 0),), 0)
    before = predict_layers(plan, store, model)
    monkeypatch.setattr(code_version, "ENGINE", code_version.ENGINE + 1)
    after = predict_layers(plan, store, model)
    assert before.model != after.model
    assert all(outcome.model.startswith(model.id) for outcome in (before, after))
    assert all(store.exists(keys.layer_prediction(layer.digest, each.model)) for each in (before, after))
