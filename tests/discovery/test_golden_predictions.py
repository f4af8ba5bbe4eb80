"""The engine's version is raised when predictions change: held against stored predictions."""

from __future__ import annotations

import pytest

from praxi_tasks.discovery import code_version, decision_rule
from praxi_tasks.discovery.code_version import ENGINE
from tests.discovery import golden_predictions
from tests.discovery.golden_predictions import RENEW, alike


def test_predictions_change_only_with_the_version_of_the_engine() -> None:
    stored = golden_predictions.load()
    assert stored.engine == ENGINE, f"ENGINE is {ENGINE} now: renew the golden file with `{RENEW}`"
    now = golden_predictions.predict(golden_predictions.inputs())
    assert alike(stored, now), (
        f"predictions changed while ENGINE is {ENGINE}: "
        f"raise ENGINE in {code_version.__name__} and renew the golden file with `{RENEW}`"
    )


def test_the_stored_layers_show_a_change_and_renewing_refuses_it(monkeypatch: pytest.MonkeyPatch) -> None:
    assert golden_predictions.load().engine == ENGINE  # else renewing would store the changed predictions
    monkeypatch.setattr(decision_rule, "LIKELY", 0.9)
    changed = golden_predictions.predict(golden_predictions.inputs())
    assert not alike(golden_predictions.load(), changed)
    before = golden_predictions.PREDICTIONS.read_bytes()
    assert "raise it" in golden_predictions.renew()
    assert golden_predictions.PREDICTIONS.read_bytes() == before


def test_the_stored_layers_cover_what_the_engine_does() -> None:
    layers = golden_predictions.load().layers
    releases = [release for layer in layers for release in layer.releases]
    assert {release.ecosystem for release in releases} == {"deb", "pypi"}
    assert {min(len(release.versions), 2) for release in releases} == {0, 1, 2}
    assert any(release.ties for release in releases)
    assert any(not layer.releases for layer in layers)
    assert any(layer.unexplained.files for layer in layers)
