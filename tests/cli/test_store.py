"""``praxi store prune`` says what it would delete, and deletes that."""

from __future__ import annotations

import os
import time
from pathlib import Path

from praxi_tasks.store import documents, keys, open_store
from tests.cli.conftest import Praxi


def test_a_dry_run_tells_what_is_deleted_then(praxi: Praxi, tmp_path: Path) -> None:
    store = open_store((tmp_path / "store").as_uri())
    for run in ("a", "b"):
        documents.write(store, keys.run(run, "overview.json"), {})
        documents.write(store, keys.history_entry("dag", f"2026-01-01T00:00:0{run}", run), {})
    past = time.time() - 50 * 86_400
    os.utime(tmp_path / "store/audits/a/overview.json", (past, past))
    arguments = ("store", "--store", store.uri, "--run", "p", "prune", "--older-than", "40")
    told = praxi(*arguments, "--dry-run")
    assert told.returncode == 0, told.stderr
    assert "audits/a would be deleted" in told.stdout
    assert "1 objects" in told.stdout
    assert sorted(store.list("audits/a")) == ["audits/a/overview.json"]
    assert praxi(*arguments, PRAXI_LEARN_KEEP="2").returncode == 0
    assert not (tmp_path / "store/mlflow").exists()  # a registry is made by who registers
    assert sorted(store.list("audits")) == ["audits/b/overview.json", "audits/p/pruned.json"]
    assert documents.read(store, keys.run("p", "pruned.json"), dict)["runs"] == ["audits/a"]
    assert praxi(*arguments[:-1], "0").returncode == 2
