"""The model registry as documents of the store, where no MLflow is named.

Every document is written once. A version is one, under its number. What changes, aliases and notes, is a
state, and each state is a document with the next number: who writes it has read the one before, and the store
lets one writer of a number win. So a change is a compare-and-swap that needs no more of a store than that
``put`` never overwrites.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import msgspec

from praxi_tasks.errors import ModelError, RegistryDownError
from praxi_tasks.learning.model_registry.base import CHALLENGER, CHAMPION, ModelRegistry
from praxi_tasks.learning.model_registry.version import (
    APPROVED_TAG,
    MODEL_TAG,
    NOTE_TAG,
    OVERRULED_TAG,
    PROMOTED_TAG,
    REPLACED_TAG,
    ModelVersion,
    this_moment,
)
from praxi_tasks.store import Store, documents, keys

_LONGEST_NOTE: Final = 4_000
_TRIES: Final = 50


class _Registered(msgspec.Struct, frozen=True):
    """A version as it was registered."""

    uri: str
    model: str
    tags: dict[str, str] = {}
    run: str = ""


class _State(msgspec.Struct, frozen=True):
    """All that changes: who has which alias, notes of versions, which are deleted, who was champion last."""

    number: int = 0
    aliases: dict[str, str] = {}
    tags: dict[str, dict[str, str]] = {}
    deleted: tuple[str, ...] = ()
    last_champion: str = ""

    def with_alias(self, alias: str, version: str) -> _State:
        return msgspec.structs.replace(self, aliases={**self.aliases, alias: version})

    def with_champion(self, version: str) -> _State:
        return msgspec.structs.replace(self.with_alias(CHAMPION, version), last_champion=version)

    def with_tags(self, version: str, tags: Mapping[str, str]) -> _State:
        merged = {**self.tags.get(version, {}), **tags}
        return msgspec.structs.replace(self, tags={**self.tags, version: merged})

    def without(self, version: str) -> _State:
        return msgspec.structs.replace(
            self,
            aliases={alias: named for alias, named in self.aliases.items() if named != version},
            tags={named: tags for named, tags in self.tags.items() if named != version},
            deleted=tuple(sorted({*self.deleted, version}, key=int)),
        )


class StoredRegistry(ModelRegistry):
    """The registry below ``registry/`` of a store."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: dict[int, _Registered] = {}
        self.uri = f"{store.uri}/{keys.REGISTRY}"

    def versions(self) -> list[ModelVersion]:
        """Return all versions, the oldest first."""
        return self._versions(self._state())

    def register(self, uri: str, model: str, tags: Mapping[str, str], run: str = "") -> ModelVersion:
        """Return the version of a model, which is created the first time."""
        made = msgspec.json.encode(_Registered(uri, model, {MODEL_TAG: model, **tags}, run))
        for _ in range(_TRIES):
            known = next((version for version in self.versions() if version.model == model), None)
            if known is not None:
                return known
            number = max(self._numbers(keys.registry_version), default=0) + 1
            self._store.put(keys.registry_version(number), made)  # who loses finds the winner's, or goes on
        raise self._contended()

    def why_missing(self, alias: str) -> str:
        """Return why no version has an alias that one had; empty if none is known to have had it."""
        state = self._state()
        if alias in state.aliases:
            return f"the {alias} is version {state.aliases[alias]}, which the registry no longer has"
        if alias == CHAMPION and state.last_champion:
            return f"version {state.last_champion} was the {alias}, and in the registry none is now"
        return ""

    def challenge(self, version: ModelVersion) -> None:
        """Make a version the challenger."""

        def challenged(state: _State) -> _State:
            self._require(state, version.version)
            return state.with_alias(CHALLENGER, version.version)

        self._change(challenged)

    def promote(self, version: ModelVersion) -> ModelVersion:
        """Make a version the champion, and return it with its new alias; what it replaces is recorded."""
        number = version.version

        def promoted(state: _State) -> _State:
            self._require(state, number)
            before = state.aliases.get(CHAMPION, "")
            if before == number:
                return state
            tags = {PROMOTED_TAG: this_moment()} | ({REPLACED_TAG: before} if before else {})
            return state.with_champion(number).with_tags(number, tags)

        self._change(promoted)
        return self.get(number)

    def annotate(self, version: ModelVersion, by: str, note: str, overruled: str) -> None:
        """Record with a version who promotes it and why, and what the gate had against it."""
        given = {APPROVED_TAG: by, NOTE_TAG: note, OVERRULED_TAG: overruled}
        tags = {tag: value[:_LONGEST_NOTE] for tag, value in given.items() if value}
        if tags:
            self._change(lambda state: state.with_tags(version.version, tags))

    def roll_back(self) -> ModelVersion:
        """Make the version champion again that the present champion replaced."""

        def rolled_back(state: _State) -> _State:
            champion = next((v for v in self._versions(state) if CHAMPION in v.aliases), None)
            if champion is None:
                raise ModelError(
                    "the registry has no version 'champion'", where=self.uri, action="see praxi models list"
                )
            if not champion.replaced:
                raise ModelError(
                    f"version {champion.version} replaced no other",
                    where=self.uri,
                    action="promote another one",
                )
            self._require(state, champion.replaced)
            tags = {PROMOTED_TAG: this_moment()}
            return state.with_champion(champion.replaced).with_tags(champion.replaced, tags)

        self._change(rolled_back)
        return self.get(CHAMPION)

    def delete(self, version: ModelVersion) -> None:
        """Delete a version; its document stays, for its number is not given again."""
        self._change(lambda state: state.without(version.version))

    def _require(self, state: _State, version: str) -> None:
        """Refuse to move an alias to a version that is gone: it would lead nowhere."""
        if all(version != each.version for each in self._versions(state)):
            raise ModelError(
                f"the registry no longer has version {version}",
                where=self.uri,
                action="see praxi models list; the champion is unchanged",
            )

    def _versions(self, state: _State) -> list[ModelVersion]:
        found = []
        for number in sorted(self._numbers(keys.registry_version)):
            name = str(number)
            if name in state.deleted:
                continue
            made = self._registered(number)
            found.append(
                ModelVersion(
                    version=name,
                    uri=made.uri,
                    model=made.model,
                    aliases=tuple(sorted(alias for alias, named in state.aliases.items() if named == name)),
                    tags={**made.tags, **state.tags.get(name, {})},
                    run=made.run,
                )
            )
        return found

    def _registered(self, number: int) -> _Registered:
        """Return a version's document, which never changes: it is read once."""
        if number not in self._known:
            self._known[number] = documents.read(self._store, keys.registry_version(number), _Registered)
        return self._known[number]

    def _state(self) -> _State:
        """Return the newest state."""
        number = max(self._numbers(keys.registry_state), default=0)
        return documents.read(self._store, keys.registry_state(number), _State) if number else _State()

    def _change(self, change: Callable[[_State], _State]) -> None:
        """Write what ``change`` makes of the newest state, once nobody else wrote in between."""
        for _ in range(_TRIES):
            before = self._state()
            after = change(before)
            if after == before:
                return
            after = msgspec.structs.replace(after, number=before.number + 1)
            if self._store.put(keys.registry_state(after.number), documents.encode(after)):
                return
        raise self._contended()

    def _contended(self) -> RegistryDownError:
        return RegistryDownError(
            "others change the model registry all the time",
            where=self.uri,
            action="try again; the champion is unchanged",
        )

    def _numbers(self, key: Callable[[int], str]) -> set[int]:
        """Return the numbers of the documents that have such keys."""
        folder = key(0).rpartition("/")[0]
        names = (found.rpartition("/")[2].partition(".")[0] for found in self._store.list(folder))
        return {int(name) for name in names if name.isdecimal()}
