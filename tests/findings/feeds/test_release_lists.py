from __future__ import annotations

from pathlib import Path

from praxi_tasks.findings.feeds.folder import FolderFeeds
from praxi_tasks.findings.feeds.release_lists import ReleaseLists


def test_a_broken_list_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "releases").mkdir()
    (tmp_path / "releases/pypi.json").write_text("[1, 2")
    (tmp_path / "releases/npm.json").write_text('{"left-pad": {"1.0.0": "2016-01-01"}}')
    assert ReleaseLists.load(FolderFeeds(tmp_path)).problems[0].name == "releases/pypi.json"
