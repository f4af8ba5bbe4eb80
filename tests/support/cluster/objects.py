"""What the API server remembers: objects by namespace and name, their versions, and who watches them."""

from __future__ import annotations

import asyncio
import copy
import itertools
import uuid
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, TypeAlias

Manifest: TypeAlias = dict[str, Any]
Selector: TypeAlias = Callable[[dict[str, Any]], bool]


def timestamp() -> str:
    """Return the present in the API's form, which has whole seconds."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class Collection:
    """The objects of one kind; every change gets a version and is told to the watchers."""

    def __init__(self, kind: str, api_version: str = "v1") -> None:
        self.kind = kind
        self.api_version = api_version
        self._objects: dict[tuple[str, str], Manifest] = {}
        self._versions = itertools.count(1)
        self._version = 0
        self._watchers: set[asyncio.Queue[Manifest | None]] = set()

    def __contains__(self, key: tuple[str, str]) -> bool:
        return key in self._objects

    def __iter__(self) -> Iterator[Manifest]:
        return iter(list(self._objects.values()))

    def find(self, namespace: str, name: str) -> Manifest | None:
        """Return the object itself, to be changed through :meth:`touch`."""
        return self._objects.get((namespace, name))

    def add(self, namespace: str, manifest: Mapping[str, Any]) -> Manifest:
        """Store a new object with the fields that a server fills in."""
        stored = copy.deepcopy(dict(manifest))
        stored["kind"], stored["apiVersion"] = self.kind, self.api_version
        metadata = stored.setdefault("metadata", {})
        metadata.update(namespace=namespace, uid=str(uuid.uuid4()), creationTimestamp=timestamp())
        self._objects[namespace, metadata["name"]] = stored
        self._tell("ADDED", stored)
        return stored

    def touch(self, manifest: Manifest) -> None:
        """Say that a stored object was changed."""
        if self._objects.get(_key(manifest)) is manifest:
            self._tell("MODIFIED", manifest)

    def remove(self, manifest: Manifest) -> None:
        """Forget an object; nothing happens where it is gone already."""
        if self._objects.get(_key(manifest)) is manifest:
            del self._objects[_key(manifest)]
            self._tell("DELETED", manifest)

    def select(self, namespace: str | None, selector: Selector) -> list[Manifest]:
        """Return the objects of a namespace, or of all, that the selector takes."""
        return [
            found
            for (place, _), found in self._objects.items()
            if namespace in {None, place} and selector(found)
        ]

    def listing(self, namespace: str | None, selector: Selector) -> Manifest:
        """Return the selected objects as the API's list."""
        return {
            "kind": f"{self.kind}List",
            "apiVersion": self.api_version,
            "metadata": {"resourceVersion": str(self._version)},
            "items": self.select(namespace, selector),
        }

    async def watch(
        self, namespace: str | None, selector: Selector, seconds: float
    ) -> AsyncIterator[Manifest]:
        """Yield what is there, and then every change, until the time is over."""
        queue: asyncio.Queue[Manifest | None] = asyncio.Queue()
        for found in self.select(namespace, selector):
            queue.put_nowait({"type": "ADDED", "object": copy.deepcopy(found)})
        self._watchers.add(queue)
        try:
            async with asyncio.timeout(seconds):
                while event := await queue.get():
                    if namespace in {None, _key(event["object"])[0]} and selector(event["object"]):
                        yield event
        except TimeoutError:
            return
        finally:
            self._watchers.discard(queue)

    def end_watches(self) -> None:
        """Let nobody wait for a change any more."""
        for queue in self._watchers:
            queue.put_nowait(None)

    def _tell(self, change: str, manifest: Manifest) -> None:
        self._version = next(self._versions)
        manifest["metadata"]["resourceVersion"] = str(self._version)
        for queue in self._watchers:
            queue.put_nowait({"type": change, "object": copy.deepcopy(manifest)})


def _key(manifest: Manifest) -> tuple[str, str]:
    metadata = manifest["metadata"]
    return metadata["namespace"], metadata["name"]
