"""Who is at what: one replica at a time, and another when it is gone, whatever the clocks say."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from praxi_tasks.errors import StoreUnavailableError
from praxi_tasks.serving.claims import Claim, Claims
from praxi_tasks.store import Store, keys, open_store
from praxi_tasks.store.local import LocalStore

NAME = "20261128T010000Z"
MARKER = keys.served_window(NAME)
LONG, SHORT = 3600.0, 0.2


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = open_store((tmp_path / "store").as_uri())
    store.put(MARKER, b"{}")
    return store


def taken(claims: Claims) -> Claim:
    claim = claims.take(NAME, MARKER)
    assert claim is not None
    return claim


def test_of_many_who_take_it_at_once_one_does(store: Store) -> None:
    replicas = [Claims(store, f"replica-{number}", LONG) for number in range(16)]
    start = threading.Barrier(len(replicas))

    def take(claims: Claims) -> Claim | None:
        start.wait()
        return claims.take(NAME, MARKER)

    with ThreadPoolExecutor(len(replicas)) as pool:
        found = [claim for claim in pool.map(take, replicas) if claim]
    assert len(found) == 1
    assert found[0].tries == 0


def test_what_is_given_back_is_taken_at_once_and_a_failure_counts(store: Store) -> None:
    one, two = Claims(store, "one", LONG), Claims(store, "two", LONG)
    taken(one).give_back()
    claim = taken(two)
    assert (claim.number, claim.tries) == (1, 0)
    claim.give_back(failed=True)
    assert taken(one).tries == 1


def test_what_is_not_renewed_is_taken_after_the_lease_and_not_before(store: Store) -> None:
    one, two = Claims(store, "one", SHORT), Claims(store, "two", SHORT)
    mine = taken(one)
    begun = time.monotonic()
    while (theirs := two.take(NAME, MARKER)) is None:
        pass
    assert time.monotonic() - begun >= SHORT
    assert theirs.tries == 1, "whoever had it ended while it was at it"
    assert not mine.renew()
    assert theirs.renew()


def test_what_is_renewed_is_nobody_else_s(store: Store) -> None:
    one, two = Claims(store, "one", SHORT), Claims(store, "two", SHORT)
    mine = taken(one)
    for _ in range(20):
        assert mine.renew()
        assert two.take(NAME, MARKER) is None
        time.sleep(SHORT / 10)


def test_a_replica_that_has_just_begun_waits_for_the_lease_itself(store: Store) -> None:
    taken(Claims(store, "one", SHORT))
    time.sleep(2 * SHORT)
    assert Claims(store, "two", SHORT).take(NAME, MARKER) is None


def test_what_was_done_meanwhile_is_not_claimed(store: Store) -> None:
    taken(Claims(store, "one", LONG)).finish(MARKER)
    assert Claims(store, "two", LONG).take(NAME, MARKER) is None
    assert list(store.list("serving")) == []


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b'{"holder": 7}', b"[" * 9999, b"\xff"])
def test_a_damaged_claim_runs_out_like_any_other(store: Store, damage: bytes) -> None:
    store.put(keys.serving_claim(NAME, 4), damage)
    store.put(f"{keys.serving_claims(NAME)}/notes.txt", b"by hand")
    claims = Claims(store, "one", SHORT)
    assert claims.take(NAME, MARKER) is None
    time.sleep(SHORT)
    assert taken(claims).number == 5


def kept(claim: Claim, seconds: float) -> bool:
    """Keep a claim for some seconds; return whether it was lost."""

    async def keep() -> bool:
        lost = asyncio.Event()
        async with claim.kept(lost.set):
            await asyncio.sleep(seconds)
        return lost.is_set()

    return asyncio.run(keep())


def test_a_claim_is_renewed_while_it_is_kept(store: Store) -> None:
    lease = 2.0  # a busy machine may stand still for a while
    one, two = Claims(store, "one", lease), Claims(store, "two", lease)
    mine = taken(one)
    with ThreadPoolExecutor(1) as pool:
        keeping = pool.submit(kept, mine, 1.5 * lease)
        while not keeping.done():
            assert two.take(NAME, MARKER) is None or keeping.done()
        assert not keeping.result()


def test_who_learns_that_another_has_it_is_told(store: Store) -> None:
    mine = taken(Claims(store, "one", SHORT))
    store.put(keys.serving_claim(NAME, 1), b"{}")
    assert kept(mine, 2 * SHORT)


def test_who_stood_still_for_longer_than_the_lease_does_not_go_on(store: Store) -> None:
    mine = taken(Claims(store, "one", SHORT))
    time.sleep(2 * SHORT)  # as a process that was stopped, or a machine that slept
    assert kept(mine, SHORT / 4)


class Down(LocalStore):
    """A store that does not answer."""

    def list(self, prefix: str) -> Iterator[str]:
        raise StoreUnavailableError("it is down")


def test_who_can_t_renew_it_stops(store: Store, tmp_path: Path) -> None:
    mine = taken(Claims(store, "one", SHORT))
    mine.store = Down(tmp_path / "store")
    assert kept(mine, 5 * SHORT)
