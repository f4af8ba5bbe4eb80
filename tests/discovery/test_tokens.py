"""Tokens of recordings: what differs between recordings of one thing is spelled away."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from praxi_tasks.discovery.tokens import Tokenizer, in_sorted, spell

CHANGES = st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=20), max_size=20)


@pytest.mark.parametrize(
    ("change", "spelled"),
    [
        ("000 /usr/bin/tree.dpkg-new", "usr/bin/tree"),
        ("644 /etc/dovecot.dpkg-new/README.dpkg-new", "etc/dovecot/README"),
        ("000 /var/lib/dpkg/info/tree.list-new", "var/lib/dpkg/info/tree.list"),
        ("000 /var/cache/man/18554", "var/cache/man/0"),
        ("usr/lib/x86_64/2", "usr/lib/x86_64/2"),
        ("755 /a b/c", "a b/c"),
    ],
)
def test_spelling(change: str, spelled: str) -> None:
    assert spell(change) == spelled


@given(CHANGES)
def test_tokens_are_sorted_distinct_and_repeatable(changes: list[str]) -> None:
    tokenizer = Tokenizer()
    first = tokenizer.tokens(changes)
    assert np.all(first[1:] > first[:-1])
    assert np.array_equal(first, tokenizer.tokens(changes))
    assert np.array_equal(first, Tokenizer(memory=0).tokens(changes))


def test_order_is_told() -> None:
    forth, back = (Tokenizer().tokens(paths) for paths in (["a/x", "b/y"], ["b/y", "a/x"]))
    assert not np.array_equal(forth, back)


@given(st.sets(st.integers(0, 50)), st.lists(st.integers(0, 50)))
def test_present(have: set[int], wanted: list[int]) -> None:
    tokens = np.array(sorted(have), np.uint64)
    assert in_sorted(tokens, np.array(wanted, np.uint64)).tolist() == [number in have for number in wanted]
