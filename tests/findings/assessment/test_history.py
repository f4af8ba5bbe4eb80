from __future__ import annotations

from pathlib import Path

from praxi_tasks.findings.assessment.changes import with_changes
from praxi_tasks.findings.assessment.history import History, join_memories, memory_of_audited, remember
from praxi_tasks.store import open_store
from tests.findings.assessment.test_changes import FLAW, audit, image


def test_history_finds_the_audit_before_and_the_trend(tmp_path: Path) -> None:
    history = History(open_store(str(tmp_path)), "dag")
    for day in (1, 3, 2):
        history.add(remember(audit(day, image("a:1", *[FLAW] * day))))
    before, trend = history.before("2026-11-03T00:00:00Z", "run-3")
    assert before is not None
    assert before.run == "run-2"
    assert [point.severities for point in trend] == [{"high": 1}, {"high": 2}]
    assert history.before("2026-10-01T00:00:00Z", "run-0") == (None, ())


def test_a_damaged_memory_is_passed_over(tmp_path: Path) -> None:
    store = open_store(str(tmp_path))
    history = History(store, "dag")
    history.add(remember(audit(1, image("a:1", FLAW))))
    store.put("history/dag/2026-11-02_x.json", b"{")
    before, _ = history.before("2026-11-03T00:00:00Z", "run-3")
    assert before is not None
    assert before.run == "run-1"


def test_audits_by_hand_forget_nothing_about_images_nobody_asked_for() -> None:
    first = remember(with_changes(audit(1, image("a:1", FLAW)), None))
    other = audit(2, image("b:1", FLAW))
    assert not with_changes(other, memory_of_audited(first, other)).resolved
    kept = join_memories(remember(other), first)
    again = audit(3, image("a:1", FLAW))
    found = with_changes(again, memory_of_audited(kept, again))
    assert found.images[0].findings[0].since == "2026-11-01T00:00:00Z"
    assert not found.new
    assert memory_of_audited(None, again) is None


def test_two_tags_that_are_audited_by_hand_in_turn_resolve_nothing_of_each_other() -> None:
    memory = remember(audit(1, image("a:1", FLAW)))
    new = audit(2, image("a:2"))
    assert with_changes(new, memory_of_audited(memory, new)).resolved, "a rollout of the fix resolves it"
    memory = join_memories(remember(new), memory)
    again = audit(3, image("a:2"))
    assert not with_changes(again, memory_of_audited(memory, again)).resolved
