from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from praxi_tasks.findings.advisories.ranges import Interval, covers, merged

spans = st.lists(st.builds(lambda start, length: Interval(start, start + length), *2 * [st.integers(0, 30)]))


@given(spans)
def test_merged_intervals_hold_the_same_positions(some: list[Interval]) -> None:
    together = merged(one for one in some if one.start < one.end)
    assert all(left.end < right.start for left, right in pairwise(together))
    for position in range(70):
        assert covers(together, position) == any(one.start <= position < one.end for one in some)
