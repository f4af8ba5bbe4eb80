"""Why releases are missing in a pack is told, and not a thousand times."""

from __future__ import annotations

from praxi_tasks.cli.collected import Tally
from praxi_tasks.learning.data import NewPackage
from praxi_tasks.learning.run import Outcome
from praxi_tasks.learning.sources import Collected


def outcome(name: str, reason: str = "") -> Outcome:
    package = NewPackage(f"pkg:pypi/{name}@1", "pypi", name, "1")
    return Outcome((Collected(package, "failed" if reason else "stored", reason=reason),), is_new=True)


def test_what_is_missing_is_named_with_its_reason() -> None:
    tally = Tally()
    for each in (outcome("flask"), outcome("lost", "the index does not have it"), outcome("six")):
        tally.take(each)
    assert [*tally.lines("there")] == [
        "2 releases stored, 1 failed:",
        "  pypi/lost@1  the index does not have it",
    ]


def test_lines_are_aligned_and_say_nothing_twice() -> None:
    tally = Tally()
    tally.take(outcome("a", "pypi: the index has no wheel of this version (pkg:pypi/a@1)"))
    tally.take(outcome("longer", "the server answered 500 (http://index.example)"))
    assert [*tally.lines("there")][1:] == [
        "  pypi/a@1       the index has no wheel of this version",
        "  pypi/longer@1  the server answered 500 (http://index.example)",
    ]


def test_the_reasons_after_the_first_are_counted() -> None:
    tally = Tally()
    for number in range(25):
        tally.take(outcome(f"lost{number}", "none"))
    lines = [*tally.lines("file:///store/packages")]
    assert lines[0] == "0 releases stored, 25 failed:"
    assert lines[20:] == ["  pypi/lost19@1  none", "  and 5 more: file:///store/packages"]


def test_nothing_is_said_of_what_is_not_missing() -> None:
    tally = Tally()
    tally.take(outcome("flask"))
    assert [*tally.lines("there")] == ["1 release stored"]
