"""Documents as files that a command takes."""

from __future__ import annotations

import json
from pathlib import Path

from praxi_tasks.audit.plan import Plan, PlannedLayer
from praxi_tasks.audit.predict import PredictionOutcome
from praxi_tasks.discovery import LayerPrediction
from praxi_tasks.serving.chain.declaration import Document
from praxi_tasks.serving.chain.exchange import Exchange
from praxi_tasks.store import documents, keys, open_store

RUN = "serve-1"
PLAIN, ALPINE, MISSED = (f"sha256:{digit * 64}" for digit in "123")


def test_predictions_are_those_of_the_suites_that_images_tell(tmp_path: Path) -> None:
    store = open_store((tmp_path / "store").as_uri())
    layers = tuple(PlannedLayer(digest, 1, "tar", 0) for digest in (PLAIN, ALPINE, MISSED))
    documents.write(store, keys.run(RUN, "plan.json"), Plan((), layers, 0))
    outcome = PredictionOutcome("m-1", {}, suites={ALPINE: "apk"})
    documents.write(store, keys.run(RUN, "predictions.json"), outcome)
    for digest, suite in ((PLAIN, ""), (ALPINE, ""), (ALPINE, "apk")):
        made = LayerPrediction(digest, "m-1", version=suite or "none")
        documents.write(store, keys.layer_prediction(digest, "m-1", suite), made)
    Exchange(store, RUN, "house").write((Document.PREDICTIONS,), tmp_path)
    lines = (tmp_path / "predictions.jsonl").read_text().splitlines()
    said = [(each["digest"], each["version"]) for each in map(json.loads, lines)]
    assert said == [(PLAIN, "none"), (ALPINE, "apk")]
