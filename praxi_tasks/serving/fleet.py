"""The versions of the model that are resident, which of them answers, and how one takes another's place.

Every few seconds the experiment is read and its versions are looked up. One that is new is loaded beside
those that answer, and only then answers; one that is not needed any more answers what it was asked, and ends.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Coroutine, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec

from praxi_tasks.errors import ModelError, PraxiError
from praxi_tasks.learning.model_registry import ALIASED, CHAMPION, ResolvedModel, resolve_for, resolve_model
from praxi_tasks.serving.experiment import Experiment
from praxi_tasks.serving.metrics import Metrics
from praxi_tasks.serving.pool import Pool
from praxi_tasks.serving.refusals import RequestError, UnavailableError, UnknownError
from praxi_tasks.serving.settings import ServingLimits
from praxi_tasks.serving.signatures import sticky_key
from praxi_tasks.serving.watched_file import WatchedFile
from praxi_tasks.serving.work import Item, Reply
from praxi_tasks.store import Store

logger = logging.getLogger(__name__)

_SHADOW_ITEMS: Final = 64
"""How many items shadows may be asked at once: what is more is not compared, and counted."""


@dataclass(frozen=True)
class Source:
    """Where the models are: what ``champion`` means, and the store whose registry knows the versions."""

    model_uri: str
    store: Store

    def resolve(self, version: str) -> ResolvedModel:
        """Return where a version is: a number of the registry or an alias; ``champion`` is the model given.

        Raises
        ------
        ModelError
            If there is none.
        RegistryDownError
            If the registry can't answer.
        """
        if version == CHAMPION:
            return resolve_for(self.store, self.model_uri)
        found = resolve_model(f"{ALIASED}{version}", self.store.uri)
        if not found.version:
            raise ModelError(
                "the registry has no such version", where=version, action="see praxi models list"
            )
        return found


class Comparable(msgspec.Struct, frozen=True):
    """What several versions said about the same item; the first one's reply was the answer."""

    item: Item
    replies: dict[str, Reply]


@dataclass
class _State:
    """What answers now: swapped in one step. ``named`` says which pool a name of the experiment means."""

    experiment: Experiment
    named: dict[str, Pool] = field(default_factory=dict)

    @property
    def pools(self) -> dict[str, Pool]:
        """The resident versions by their numbers."""
        return {pool.version: pool for pool in self.named.values()}


class Fleet:
    """The resident versions; :meth:`refresh` loads the first."""

    def __init__(
        self,
        source: Source,
        experiment: WatchedFile[Experiment] | None,
        limits: ServingLimits,
        workers: int,
        metrics: Metrics,
        compare: Callable[[str, Comparable], None],
    ) -> None:
        self._source = source
        self._experiment = experiment
        self._limits = limits
        self._workers = workers
        self._metrics = metrics
        self._compare = compare
        self._state = _State(Experiment())
        self._background: set[asyncio.Task[None]] = set()
        self._shadowed = 0
        self._refreshing = asyncio.Lock()

    @property
    def is_ready(self) -> bool:
        """Whether every version that has a weight is resident."""
        return bool(self._state.named)

    @property
    def experiment(self) -> Experiment:
        """How traffic is split now."""
        return self._state.experiment

    @property
    def versions(self) -> list[str]:
        """The resident versions."""
        return list(self._state.pools)

    @property
    def identities(self) -> dict[str, str]:
        """The identity of the model of each resident version."""
        return {version: pool.loaded.model for version, pool in self._state.pools.items()}

    @property
    def arms(self) -> dict[str, str]:
        """The version that each name of the experiment means now."""
        return {name: pool.version for name, pool in self._state.named.items()}

    def require(self, version: str) -> None:
        """Do nothing if a version is resident.

        Raises
        ------
        UnknownError
            If it is not.
        """
        if version not in self._state.pools:
            resident = ", ".join(self._state.pools) or "none"
            raise UnknownError("the version is not resident", where=version, action=f"resident: {resident}")

    async def answer(
        self, items: Sequence[Item], version: str, deadline: float
    ) -> tuple[list[Reply], list[str]]:
        """Return the replies to items, and which version each is of.

        Parameters
        ----------
        version
            The one to ask; empty for what the experiment says of each item.
        deadline
            Of :func:`time.monotonic`.

        Raises
        ------
        UnknownError
            If the version is not resident.
        RequestError
            As :meth:`Pool.ask`.
        """
        state = self._state
        if not state.named:
            raise UnavailableError("no model is resident yet")
        if version:
            self.require(version)
            chosen = [state.pools[version]] * len(items)
        else:
            chosen = [state.named[state.experiment.choose(sticky_key(item))] for item in items]
        replies: list[Reply | None] = [None] * len(items)
        with ExitStack() as held:
            for pool in set(chosen):
                held.enter_context(pool.held())
            await asyncio.gather(*(self._ask(pool, chosen, items, deadline, replies) for pool in set(chosen)))
        found = [reply for reply in replies if reply is not None]
        versions = [pool.version for pool in chosen]
        if not version:
            self._ask_shadows(state, items, found, versions)
        return found, versions

    async def refresh(self) -> None:
        """Load what the experiment needs and is not resident, and let it answer; end what it does not need.

        Raises
        ------
        PraxiError
            If a version can't be loaded: then what answered before goes on.
        """
        async with self._refreshing:
            experiment = self._experiment.read() if self._experiment else Experiment()
            wanted = {
                name: await asyncio.to_thread(self._source.resolve, name) for name in experiment.versions
            }
            before = self._state
            named: dict[str, Pool] = {}
            started: list[Pool] = []
            try:
                for name, resolved in wanted.items():
                    pool = _resident([*before.named.values(), *named.values()], resolved)
                    if pool is None:
                        pool = await self._start(resolved)
                        started.append(pool)
                    named[name] = pool
            except BaseException:
                await asyncio.gather(*(pool.close() for pool in started))
                raise
            self._state = _State(experiment, named)
            for pool in set(before.named.values()) - set(named.values()):
                logger.info("version %s is not asked any more", pool.version)
                self._in_background(pool.close())

    async def keep_fresh(self, seconds: float) -> None:
        """Refresh again and again; what fails is logged, counted, and tried again."""
        while True:
            await asyncio.sleep(seconds)
            try:
                await self.refresh()
            except PraxiError as error:
                self._metrics.reload_failed()
                logger.warning("the models that answer stay: %s", error)

    async def close(self) -> None:
        """Answer what waits, and end all processes."""
        pools, self._state = self._state.pools.values(), _State(Experiment())
        await asyncio.gather(*(pool.close() for pool in pools), *self._background)

    def waiting(self) -> dict[str, int]:
        """Return how many items wait for each resident version."""
        return {version: pool.waiting for version, pool in self._state.pools.items()}

    async def _start(self, resolved: ResolvedModel) -> Pool:
        label = resolved.version or _label(resolved.uri)
        pool = await Pool.start(label, resolved.uri, self._limits, self._workers)
        logger.info("version %s is resident: model %s at %s", pool.version, pool.loaded.model, resolved.uri)
        return pool

    async def _ask(
        self,
        pool: Pool,
        chosen: Sequence[Pool],
        items: Sequence[Item],
        deadline: float,
        replies: list[Reply | None],
    ) -> None:
        """Ask a version about those items that are its own."""
        places = [place for place, other in enumerate(chosen) if other is pool]
        found = await pool.ask([items[place] for place in places], deadline)
        for place, reply in zip(places, found, strict=True):
            replies[place] = reply
        self._metrics.answered(pool.version, found)

    def _ask_shadows(
        self, state: _State, items: Sequence[Item], replies: Sequence[Reply], versions: Sequence[str]
    ) -> None:
        shadows = [state.named[name] for name in state.experiment.shadow]
        if not shadows and len(state.experiment.versions) < 2:
            return
        for item, reply, version in zip(items, replies, versions, strict=True):
            if shadows and self._shadowed >= _SHADOW_ITEMS:
                self._metrics.not_compared.inc()
                continue
            self._shadowed += 1
            held = ExitStack()
            for pool in shadows:
                held.enter_context(pool.held())
            said = Comparable(item, {version: reply})
            self._in_background(self._shadow(held, shadows, state.experiment.name, said))

    async def _shadow(
        self, held: ExitStack, shadows: Sequence[Pool], experiment: str, said: Comparable
    ) -> None:
        """Ask shadows about an item that is answered; nothing of it reaches who asked."""
        replies = dict(said.replies)
        deadline = time.monotonic() + self._limits.max_seconds
        try:
            for pool in shadows:
                if pool.version not in replies:
                    (replies[pool.version],) = await pool.ask([said.item], deadline)
                    self._metrics.shadowed(pool.version)
            self._compare(experiment, Comparable(said.item, replies))
        except RequestError:
            self._metrics.not_compared.inc()
        finally:
            self._shadowed -= 1
            held.close()

    def _in_background(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._background.add(task)
        task.add_done_callback(self._background.discard)


def _resident(pools: Sequence[Pool], resolved: ResolvedModel) -> Pool | None:
    label = resolved.version or _label(resolved.uri)
    return next((pool for pool in pools if pool.version == label and pool.uri == resolved.uri), None)


def _label(uri: str) -> str:
    """Return what a model is called that has no number: the last part of its place."""
    return uri.rstrip("/").rpartition("/")[2]
