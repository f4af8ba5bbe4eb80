"""``praxi risks``: what is accepted, by whom, and what an audit makes of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from praxi_tasks.cli.risks import risks
from praxi_tasks.errors import PolicyError

END = (datetime.now(UTC).date() + timedelta(90)).isoformat()


def run(store: Path, *arguments: str) -> list[str]:
    done = CliRunner().invoke(risks, ["--store", store.as_uri(), *arguments], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output.splitlines()


def accept(store: Path, *more: str) -> str:
    told = run(
        store, "accept", "--finding", "CVE-2026-0001", "--reason", "not reached", "--owner", "shop",
        "--until", END, "--by", "ann", *more,
    )  # fmt: skip
    return told[0].split()[0]


def test_a_risk_is_accepted_listed_and_withdrawn(tmp_path: Path) -> None:
    made = accept(tmp_path, "--namespace", "shop-*")
    first, second = run(tmp_path, "list")
    assert first.split()[:4] == [made, "active", "until", END]
    assert "CVE-2026-0001 of * in *, namespaces shop-*" in first
    assert second.strip() == "shop: not reached"
    run(tmp_path, "withdraw", made, "--reason", "upgraded", "--by", "bob")
    assert run(tmp_path, "list") == []
    assert run(tmp_path, "list", "--all")[-1].endswith("withdrawn by bob upgraded")


def test_what_can_not_be_read_is_listed_as_what_does_not_count(tmp_path: Path) -> None:
    made = accept(tmp_path)
    (tmp_path / "risks" / made / "00000001.json").write_bytes(b"{")
    assert run(tmp_path, "list")[0].startswith(f"{made}  damaged, does not count")


def test_the_longest_time_is_an_option(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match="30 days"):
        run(tmp_path, "--longest", "30", "accept", "--finding", "CVE-1", "--reason", "r", "--owner", "o",
            "--until", END, "--by", "ann")  # fmt: skip
