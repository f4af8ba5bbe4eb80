"""What versions of the model said about the same layers: what a promotion can rest on.

A shadow is compared with the version that answered: how often both name the same, how sure each is, and which
layers they differ on, of which a few are kept. Every version is compared with what package databases claim,
for layers that an audit has read.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Final

from praxi_tasks.errors import CorruptObjectError, KeyNotFoundError, PraxiError
from praxi_tasks.inventory import Inventory
from praxi_tasks.serving.compared import Comparison, Example, Pair, VersionRecord
from praxi_tasks.serving.fleet import Comparable
from praxi_tasks.serving.metrics import Metrics
from praxi_tasks.serving.signatures import sticky_key
from praxi_tasks.serving.work import Answer, Changes, Reply
from praxi_tasks.store import Store, documents, keys

logger = logging.getLogger(__name__)

_MOST_LABELS: Final = 50
_QUEUE: Final = 1000
_ERROR: Final = frozenset({"refused"})


class Comparer:
    """Compares in the background, and keeps the sums in the store, one document for each experiment."""

    def __init__(self, store: Store, metrics: Metrics, replica: str) -> None:
        self._store = store
        self._metrics = metrics
        self.replica = replica
        self._queue: asyncio.Queue[tuple[str, Comparable]] = asyncio.Queue(_QUEUE)
        self._comparison = Comparison("")  # of none, until something is compared
        self._changed = False

    @property
    def comparison(self) -> Comparison:
        """The sums of the present experiment."""
        return self._comparison

    def add(self, experiment: str, said: Comparable) -> None:
        """Compare what versions said, soon; where too much waits it is left out and counted."""
        try:
            self._queue.put_nowait((experiment, said))
        except asyncio.QueueFull:
            self._metrics.not_compared.inc()

    async def run(self, seconds: float) -> None:
        """Compare what comes, and store the sums every so many seconds."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._compare())
            tasks.create_task(self._keep(seconds))

    async def _compare(self) -> None:
        while True:
            experiment, said = await self._queue.get()
            try:
                if experiment != self._comparison.experiment:
                    await self._switch(experiment)
                claimed = await asyncio.to_thread(self._claimed, sticky_key(said.item), said)
            except PraxiError as error:
                self._metrics.not_compared.inc()
                logger.warning("a layer is not compared: %s", error)
                continue
            self._count(said, claimed)
            self._changed = True

    async def _keep(self, seconds: float) -> None:
        while True:
            await asyncio.sleep(seconds)
            try:
                await self._write()
            except PraxiError as error:
                logger.warning("the comparison was not stored: %s", error)

    async def _write(self) -> None:
        if self._changed:
            self._changed = False
            key = keys.serving_comparison(self._comparison.experiment, self.replica)
            try:
                await asyncio.to_thread(documents.write, self._store, key, self._comparison)
            except BaseException:
                self._changed = True
                raise

    async def _switch(self, experiment: str) -> None:
        """Store the sums of the experiment that is over, and go on with those of another.

        Raises
        ------
        StoreUnavailableError
            If the store can't be reached: then nothing has changed.
        """
        await self._write()
        key = keys.serving_comparison(experiment, self.replica)
        try:
            self._comparison = await asyncio.to_thread(documents.read, self._store, key, Comparison)
        except KeyNotFoundError:
            self._comparison = Comparison(experiment)
        except CorruptObjectError as error:
            logger.warning("the comparison begins anew: %s", error)
            self._comparison = Comparison(experiment)

    def _claimed(self, digest: str, said: Comparable) -> frozenset[str] | None:
        """Return the packages that the layer's databases claim; None where its inventory is not known."""
        if isinstance(said.item, Changes) or not digest.startswith("sha256:"):
            return None
        try:
            inventory = Inventory.from_bytes(self._store.get(keys.layer_inventory(digest)))
        except (KeyNotFoundError, CorruptObjectError):
            return None
        return frozenset(f"{claim.ecosystem}/{claim.name}" for claim in inventory.claims)

    def _count(self, said: Comparable, claimed: frozenset[str] | None) -> None:
        for version, reply in said.replies.items():
            record = self._comparison.versions.setdefault(version, VersionRecord(version))
            _count_version(record, reply, claimed)
        (version, first), *shadows = said.replies.items()
        for shadow, reply in shadows:
            pair = self._comparison.pairs.setdefault(f"{version}/{shadow}", Pair(version, shadow))
            agrees = _count_pair(pair, sticky_key(said.item), first, reply)
            self._metrics.compared(shadow, agrees=agrees)


def _count_version(record: VersionRecord, reply: Reply, claimed: frozenset[str] | None) -> None:
    record.layers += 1
    if not isinstance(reply, Answer):
        record.refused += 1
        return
    record.named += len(reply.labels)
    record.confidence += sum(reply.confidence)
    if claimed is not None:
        named = {label.partition("@")[0] for label in reply.labels}
        record.checked += 1
        record.claimed += len(claimed)
        record.confirmed += len(claimed & named)
        record.unclaimed += len(named - claimed)


def _count_pair(pair: Pair, layer: str, reply: Reply, other: Reply) -> bool:
    one, two = _labels(reply), _labels(other)
    pair.compared += 1
    pair.agreed += one == two
    if one != two:
        pair.add(Example(layer[:200], _few(one - two), _few(two - one)))
    return one == two


def _labels(reply: Reply) -> frozenset[str]:
    return frozenset(reply.labels) if isinstance(reply, Answer) else _ERROR


def _few(labels: frozenset[str]) -> tuple[str, ...]:
    return tuple(sorted(labels)[:_MOST_LABELS])
