from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from praxi_tasks.audit.batches import pack

sizes = st.lists(st.integers(0, 10**9), max_size=200)


@given(sizes, st.integers(1, 10**10), st.integers(1, 50))
def test_every_size_has_a_batch_and_every_batch_a_size(values: list[int], target: int, most: int) -> None:
    numbers = pack(values, target, most)
    assert len(numbers) == len(values)
    assert set(numbers) == set(range(len(set(numbers))))
    assert len(set(numbers)) <= most


@given(sizes.filter(bool), st.integers(1, 10**10), st.integers(1, 50))
def test_batches_differ_by_no_more_than_the_biggest_layer(values: list[int], target: int, most: int) -> None:
    numbers = pack(values, target, most)
    sums = Counter(dict.fromkeys(numbers, 0))
    for number, size in zip(numbers, values, strict=True):
        sums[number] += max(size, 1)
    assert max(sums.values()) - min(sums.values()) <= max(*values, 1)


def test_many_real_sized_layers_balance_within_ten_percent() -> None:
    values = [1 + (number * 7919) % 80_000_000 for number in range(12_000)]
    numbers = pack(values, 256 * 1024 * 1024, 1024)
    sums = [0] * (max(numbers) + 1)
    for number, size in zip(numbers, values, strict=True):
        sums[number] += size
    assert len(sums) <= 1024
    assert max(sums) <= 1.1 * min(sums)


def test_batches_balance_around_layers_of_gigabytes() -> None:
    values = [1 + (number * 7919) % 40_000_000 for number in range(12_000)] + [2_000_000_000] * 20
    numbers = pack(values, 256 * 1024 * 1024, 1024)
    sums = [0] * (max(numbers) + 1)
    for number, size in zip(numbers, values, strict=True):
        sums[number] += size
    assert len(sums) > 100
    assert max(sums) <= 1.1 * min(sums)


def test_one_huge_layer_does_not_make_a_small_audit_wait_for_one_pod() -> None:
    values = [4_000_000_000] + [50_000_000] * 200
    numbers = pack(values, 256 * 1024 * 1024, 1024)
    assert max(numbers) + 1 == 53
    assert numbers.count(numbers[0]) == 1


def test_the_biggest_layers_are_apart() -> None:
    assert len(set(pack([10, 10, 10, 1, 1, 1], 11, 100))) == 3


def test_nothing_to_read_is_no_batch() -> None:
    assert pack([], 1, 1) == []
