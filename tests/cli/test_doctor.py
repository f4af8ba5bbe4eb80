"""``praxi doctor`` as a person and a pod run it."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.conftest import Praxi


def test_a_table_for_people_and_json_for_programs(praxi: Praxi, tmp_path: Path) -> None:
    store = str(tmp_path / "store")
    told = praxi("doctor", PRAXI_STORE=store)
    assert told.returncode == 0, told.stderr
    assert "What to do" in told.stdout
    assert "--image REFERENCE" in told.stdout

    told = praxi("doctor", "--image=oci:/nowhere:x", "--run=r1", "--format=json", PRAXI_STORE=store)
    assert told.returncode == 3
    found = json.loads(told.stdout)
    assert [outcome["name"] for outcome in found if outcome["status"] == "failed"] == ["registry"]
    assert json.loads((tmp_path / "store/audits/r1/doctor.json").read_text()) == found


def test_what_may_pass_by_itself_is_another_code(praxi: Praxi, tmp_path: Path) -> None:
    told = praxi("doctor", "--prometheus=http://127.0.0.1:9", PRAXI_STORE=str(tmp_path / "store"))
    assert told.returncode == 75
