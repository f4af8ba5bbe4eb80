"""What a pod hands over by printing it arrives whole, or not at all."""

from __future__ import annotations

from itertools import zip_longest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from praxi_tasks.learning.builds.stdout_protocol import MOST_LINES, Listener, to_lines

large = st.binary(min_size=1, max_size=50).map(lambda data: data * 20_000)
noise = st.lists(st.text(alphabet=st.characters(codec="utf-8")))


def heard(lines: list[str]) -> bytes | None:
    listener = Listener()
    for line in lines:
        listener.take(line)
    return listener.result


@given(st.binary() | large, noise)
def test_it_arrives_whatever_is_printed_between(data: bytes, others: list[str]) -> None:
    lines = list(to_lines(data))
    mixed = [line for pair in zip_longest(others, lines) for line in pair if line is not None]
    assert heard(mixed) == data
    assert heard(lines[::-1]) == data
    assert max(map(len, lines)) < 16 << 10


@given(large, st.data())
def test_a_part_of_it_is_nothing(data: bytes, draw: st.DataObject) -> None:
    lines = list(to_lines(data))
    del lines[draw.draw(st.integers(0, len(lines) - 1))]
    assert heard(lines) is None


def test_a_listener_says_which_lines_it_took() -> None:
    listener = Listener()
    assert listener.take("praxi-result 1/1 YQ==\n")
    assert not listener.take("2026-11-20 INFO praxi-result 1/1 YQ==")
    assert listener.result == b"a"


@pytest.mark.parametrize(
    "line", ["9/1 YQ==", "0/0 ", "1/9999 YQ==", "1/1 YQ", "a/b c", f"1/1 {'A' * 20_000}"]
)
def test_nonsense_is_no_result(line: str) -> None:
    assert heard([f"praxi-result {line}"]) is None


def test_too_much_is_refused_before_it_is_printed() -> None:
    longest = b"x" * (9_000 * MOST_LINES)
    assert heard(list(to_lines(longest))) == longest
    with pytest.raises(ValueError, match="too many"):
        list(to_lines(longest + b"x"))
