"""Store, feeds, images, model, versions."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from praxi_tasks.doctor import check_feeds, check_images, check_model, check_store, check_versions, ending
from praxi_tasks.errors import ExitCode
from praxi_tasks.oci.image import Platform
from tests.support import images, world


def test_a_store_is_tried_and_left_as_it_was(tmp_path: Path) -> None:
    found = check_store(tmp_path.as_uri())
    assert found.status == "ok"
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["write-once"]
    assert check_store("ftp://x").status == "failed"


def test_images_are_found_one_by_one(tmp_path: Path) -> None:
    layout = images.write_layout(tmp_path / "layout", {"a": images.image([images.layer({"x": b""})])})
    statuses = [found.status for found in check_images([f"oci:{layout}:a", "oci:/nowhere:b"], Platform())]
    assert statuses == ["ok", "failed"]
    assert [found.status for found in check_images([], Platform())] == ["skipped"]


@pytest.mark.parametrize(("days", "status"), [(1, "ok"), (30, "warning")])
def test_feeds_that_were_mirrored_have_an_age(tmp_path: Path, days: int, status: str) -> None:
    fetched = (datetime.now(UTC) - timedelta(days=days)).isoformat()
    state = {"osv/PyPI/all.zip": {"fetched": fetched, "url": "u", "sha256": "s"}}
    (tmp_path / "feeds.json").write_text(json.dumps(state))
    found = check_feeds(str(tmp_path))
    assert (found.status, f"{days} days ago" in found.what) == (status, True)


def test_feeds_that_are_not_there(tmp_path: Path) -> None:
    assert check_feeds(None).status == "skipped"
    for folder in (tmp_path / "none", tmp_path):
        found = check_feeds(str(folder))
        assert (found.status, "praxi_feeds" in found.action) == ("warning", True)
        assert ending([found]) == ExitCode.OK  # an audit runs all the same
    (tmp_path / "osv").mkdir()
    (tmp_path / "osv/x").write_text("")
    assert "filled by hand" in check_feeds(str(tmp_path)).what


def test_the_model_is_loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    starter = (tmp_path / "starter").as_uri()
    store = (tmp_path / "store").as_uri()
    monkeypatch.setenv("PRAXI_STARTER_MODEL", starter)
    assert check_model("models:/praxi@champion", store).status == "failed"
    world.model().save(starter)
    found = check_model("models:/praxi@champion", store)
    assert (found.status, found.what) == ("ok", f"{starter} (no version of the registry)")
    assert check_model(None, store).status == "skipped"


def test_a_registry_without_versions(tmp_path: Path) -> None:
    found = check_versions(tmp_path.as_uri())
    assert (found.status, found.what) == ("ok", "0 versions of the model")
    assert list(tmp_path.iterdir()) == []  # looking leaves nothing
