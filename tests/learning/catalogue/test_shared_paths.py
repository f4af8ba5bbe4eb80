from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from praxi_tasks.learning.catalogue.shared_paths import _connected

SIZE = 12
LINKS = st.lists(st.tuples(st.integers(0, SIZE - 1), st.integers(0, SIZE - 1)), max_size=16)


def smallest_reachable(start: int, links: list[tuple[int, int]]) -> int:
    reached, last = {start}, set[int]()
    while reached != last:
        last = set(reached)
        reached |= {end for link in links if last & set(link) for end in link}
    return min(reached)


@given(LINKS)
def test_a_group_is_everything_that_links_reach(links: list[tuple[int, int]]) -> None:
    left, right = np.array([*links, (0, 0)], np.intp).T
    groups = _connected(left, right, SIZE)
    assert groups.tolist() == [smallest_reachable(one, links) for one in range(SIZE)]
