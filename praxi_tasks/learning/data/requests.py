"""Requests to learn releases: how they are written, stored, merged and closed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final
from urllib.parse import urlsplit

import msgspec

from praxi_tasks.errors import DataError, UsageError
from praxi_tasks.learning.data.release_labels import list_lines, name_lines, read_label
from praxi_tasks.store import ReadableRoots, Store, documents, keys, open_store

_SCHEMES: Final = frozenset({"file", "s3"})
_AGAIN: Final = "again-"  # prefix of the id of a request that a training made


class NewPackage(msgspec.Struct, frozen=True):
    """A release to learn: named by a package database or by hand, unknown to the model.

    ``layers`` are digests of layers whose package databases claim it; a release named by hand has none.
    An empty ``version`` asks for the package's newest versions.
    """

    purl: str
    ecosystem: str
    name: str
    version: str
    layers: tuple[str, ...] = ()

    @property
    def identity(self) -> tuple[str, str, str]:
        """Ecosystem, name and version."""
        return self.ecosystem, self.name, self.version

    @property
    def label(self) -> str:
        """The release as people write it: ``pypi/flask@3.0.0``."""
        return f"{self.ecosystem}/{self.name}" + (f"@{self.version}" if self.version else "")


class TrainingRequest(msgspec.Struct, frozen=True):
    """The releases that an audit asks to learn; ``audit`` is its run's key, empty for a request by hand."""

    audit: str
    packages: tuple[NewPackage, ...]


def parse_label(label: str) -> NewPackage:
    """Read a release as people write it: ``requests==2.32.0``, ``npm/left-pad@1.3.0`` or a package URL.

    The version ``*`` stands for the newest ones.

    Raises
    ------
    DataError
        If it is none of these.

    Examples
    --------
    >>> parse_label("Flask==3.0.0").purl
    'pkg:pypi/flask@3.0.0'
    """
    ecosystem, name, version = read_label(label)
    package = NewPackage(f"pkg:{ecosystem}/{name}", ecosystem, name, "")
    return of_version(package, version) if version else package


def of_version(package: NewPackage, version: str) -> NewPackage:
    """Return one release of a package that was named without a version."""
    return msgspec.structs.replace(package, purl=f"{package.purl}@{version}", version=version)


def parse_list(text: str) -> tuple[NewPackage, ...]:
    """Read a list of releases, one a line; see :func:`~praxi_tasks.learning.data.release_labels.list_lines`.

    Raises
    ------
    DataError
        If lines name no release; the message has the lines' numbers, and nothing of what stands there.
    """
    found, odd = [], []
    for number, label in list_lines(text):
        try:
            found.append(parse_label(label))
        except DataError as error:
            odd.append((number, error))
    if odd:
        where = name_lines([number for number, _ in odd])
        raise DataError(odd[0][1].what, where=where, action=odd[0][1].action)
    return tuple(found)


def names_a_place(text: str) -> bool:
    """Return whether a list was given as the URI of a file in a store, and not as its text."""
    try:
        return urlsplit(text).scheme in _SCHEMES and len(text.split()) == 1
    except ValueError:
        return False


def read_list(given: str | None, readable: ReadableRoots) -> tuple[NewPackage, ...]:
    """Read a list that was given as its text, or as the URI of a file in a readable place.

    Raises
    ------
    UsageError
        If the URI lies elsewhere.
    DataError
        If a line names no release, or the file is no text.
    KeyNotFoundError
        If there is no such file.
    """
    return parse_list(list_text(given, readable))


def list_text(given: str | None, readable: ReadableRoots) -> str:
    """Return the text of a list that was given as that, or as the URI of a file in a readable place.

    Raises
    ------
    UsageError, KeyNotFoundError
        As :func:`read_list`.
    DataError
        If the file is no text.
    """
    text = (given or "").strip()
    if not names_a_place(text):
        return text
    return decode_list(readable.read(text, "list"))


def decode_list(data: bytes) -> str:
    """Return the text of a list.

    Raises
    ------
    DataError
        If it is none.
    """
    try:
        return data.decode()
    except UnicodeDecodeError:
        raise DataError("the list is no text", where="list", action="save it as UTF-8") from None


def merge(packages: Iterable[NewPackage]) -> tuple[NewPackage, ...]:
    """Return each release once, in order, with every layer that anybody saw it in."""
    merged: dict[tuple[str, str, str], NewPackage] = {}
    for package in packages:
        known = merged.get(package.identity, package)
        layers = tuple(sorted({*known.layers, *package.layers}))
        merged[package.identity] = msgspec.structs.replace(known, layers=layers)
    return tuple(merged[identity] for identity in sorted(merged))


def read_request(uri: str) -> TrainingRequest:
    """Read a request by its URI.

    Raises
    ------
    UsageError
        If the URI names no document in a store.
    KeyNotFoundError, CorruptObjectError
        If there is no request, or what is there is none.
    """
    folder, _, name = uri.rpartition("/")
    if not folder or not name or urlsplit(uri).scheme not in _SCHEMES:
        raise UsageError("not a request's URI", where=uri, action="use a store URI such as s3://bucket/key")
    return documents.read(open_store(folder), name, TrainingRequest)


def asked_for(store: Store, uri: str | None, readable: ReadableRoots) -> tuple[NewPackage, ...]:
    """Return the releases of a request in another store; this store's are found by :func:`open_requests`.

    Raises
    ------
    UsageError
        If the other store is no readable place.
    """
    if not uri or uri.startswith(f"{store.uri}/"):
        return ()
    readable.require(uri, "request")
    return read_request(uri).packages


def open_requests(store: Store) -> dict[str, TrainingRequest]:
    """Return the requests that no finished training has served: id → request."""
    prefix = keys.training_request("").removesuffix("/.json")
    found = sorted(key.rpartition("/")[2].removesuffix(".json") for key in store.list(prefix))
    return {
        request_id: documents.read(store, keys.training_request(request_id), TrainingRequest)
        for request_id in found
        if not store.exists(keys.training_served(request_id))
    }


def request_retry(store: Store, run_id: str, packages: tuple[NewPackage, ...]) -> None:
    """Write a request for releases that a training could not get, for the next one to retry."""
    if packages:
        documents.write(store, keys.training_request(f"{_AGAIN}{run_id}"), TrainingRequest("", packages))


def retries_are_due(store: Store) -> bool:
    """Return whether a request for retries is open."""
    return any(request_id.startswith(_AGAIN) for request_id in open_requests(store))


def mark_served(store: Store, requests: Iterable[str], run_id: str) -> None:
    """Record which run served some requests; the first record of a request stays."""
    for request_id in requests:
        store.put(keys.training_served(request_id), msgspec.json.encode({"run": run_id}))
