from __future__ import annotations

import random

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from praxi_tasks.learning.estimators.sparse_table import TokenTable

WIDTH = 9
ROWS = st.lists(st.sets(st.integers(0, WIDTH - 1)).map(sorted), max_size=6)


def table_of(rows: list[list[int]]) -> TokenTable:
    return TokenTable.of([np.array(row, np.intp) for row in rows], WIDTH)


def full(rows: list[list[int]]) -> NDArray[np.bool_]:
    dense = np.zeros((len(rows), WIDTH), np.bool_)
    for number, row in enumerate(rows):
        dense[number, row] = True
    return dense


def back(table: TokenTable) -> NDArray[np.bool_]:
    return table.columns().dense(np.arange(WIDTH)) > 0


@given(ROWS)
def test_a_table_turned_and_filled_is_what_went_in(rows: list[list[int]]) -> None:
    table = table_of(rows)
    assert np.array_equal(back(table), full(rows))
    assert table.counts().tolist() == full(rows).sum(axis=0).tolist()
    assert np.array_equal(table.columns().dense(np.array([7, 2])) > 0, full(rows)[:, [7, 2]])


@given(ROWS, st.integers(0, 3), st.randoms(use_true_random=False))
def test_meetings_are_the_product_of_tokens_and_labels(
    rows: list[list[int]], labels: int, chance: random.Random
) -> None:
    truth = np.array([[chance.random() < 0.5 for _ in range(labels)] for _ in rows], np.bool_)
    truth = truth.reshape(len(rows), labels)
    assert np.array_equal(table_of(rows).together(truth), full(rows).T.astype(int) @ truth.astype(int))


@given(ROWS.filter(len), st.data())
def test_a_union_has_the_tokens_of_its_parts(rows: list[list[int]], data: st.DataObject) -> None:
    parts = data.draw(st.lists(st.lists(st.integers(0, len(rows) - 1), min_size=1), min_size=1, max_size=5))
    chosen = np.array([row for part in parts for row in part], np.intp)
    made = table_of(rows).unions(chosen, np.array([len(part) for part in parts], np.intp))
    assert np.array_equal(back(made), np.array([full(rows)[part].any(axis=0) for part in parts]))


@given(ROWS, ROWS, st.data())
def test_tables_are_stacked_and_thinned(
    rows: list[list[int]], more: list[list[int]], data: st.DataObject
) -> None:
    both = table_of(rows) + table_of(more)
    assert np.array_equal(back(both), full(rows + more))
    retained = np.array([data.draw(st.booleans()) for _ in both.tokens], np.bool_)
    expected = full(rows + more)
    expected[np.nonzero(expected)] = retained
    assert np.array_equal(back(both.keep(retained)), expected)
