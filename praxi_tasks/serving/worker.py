"""The processes that hold one version of the model and ask it.

One process loads the model and forks workers that share its memory, one for each socket that it is sent. A
worker answers batches until its socket closes. Whatever ends a worker, the service goes on, and asks for
another.
"""

from __future__ import annotations

import gc
import os
import resource
import signal
import socket
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

import msgspec
import numpy as np

from praxi_tasks.errors import DataError, PraxiError
from praxi_tasks.fingerprint import Tagset, normalise_all
from praxi_tasks.printable import one_line
from praxi_tasks.serving.work import (
    LENGTH,
    Answer,
    Changes,
    Fingerprint,
    Item,
    Layer,
    Loaded,
    Refusal,
    Reply,
)

if TYPE_CHECKING:
    from praxi_tasks.discovery import LayerPrediction, Model

T = TypeVar("T")

_FIRST_TO_GO: Final = "1000"  # of oom_score_adj in proc(5)
_batch: Final = msgspec.msgpack.Decoder(list[Item])


class Predictor:
    """Answers items by a model."""

    def __init__(self, model: Model) -> None:
        self._model = model

    def answer(self, items: Sequence[Item]) -> list[Reply]:
        """Return a reply to each item; an item that is refused harms no other."""
        recorded = [item for item in items if isinstance(item, Changes)]
        named = iter(self._named(recorded))
        return [next(named) if isinstance(item, Changes) else self._layer(item) for item in items]

    def _named(self, recorded: Sequence[Changes]) -> list[Reply]:
        """Ask about changesets together, which is faster; where that fails, about each alone."""
        if not recorded:
            return []
        found = _guarded(lambda: self._model.name_changes([_texts(item.lines) for item in recorded]))
        if isinstance(found, Refusal):
            return [found] if len(recorded) == 1 else [self._named([item])[0] for item in recorded]
        return [Answer(b"", list(each), [float(value) for value in each.values()]) for each in found]

    def _layer(self, item: Layer | Fingerprint) -> Reply:
        prediction = _guarded(lambda: self._model.predict(_tagset(item)))
        if isinstance(prediction, Refusal):
            return prediction
        confidence = [release.confidence for release in prediction.releases]
        return Answer(msgspec.json.encode(prediction), _labels(prediction), confidence)


def _guarded(work: Callable[[], T]) -> T | Refusal:
    """Return what the work does; whatever strangers sent must end no worker."""
    try:
        return work()
    except PraxiError as error:
        return Refusal(error.code, str(error))
    except MemoryError:
        return Refusal("too-large", "it needs more memory than a worker may take")
    except Exception as error:
        return Refusal("error", one_line(f"the model failed: {error!r}"), internal=True)


def _labels(prediction: LayerPrediction) -> list[str]:
    found = []
    for release in prediction.releases:
        version = f"@{release.versions[0]}" if len(release.versions) == 1 else ""
        found.append(f"{release.ecosystem}/{release.name}{version}")
    return found


def _texts(joined: bytes) -> list[str]:
    return joined.decode("utf-8", "surrogateescape").split("\0") if joined else []


def _tagset(item: Layer | Fingerprint) -> Tagset:
    if isinstance(item, Fingerprint):
        tagset = Tagset.from_bytes(item.data)
        if item.digest and item.digest != tagset.digest:
            raise DataError("a fingerprint is of another layer than its digest says", where=item.digest)
        return tagset
    paths = [path.lstrip("/") for path in _texts(item.paths)]
    sizes, hashes = _numbers(item.sizes, len(paths)), _numbers(item.hashes, len(paths))
    normalised = normalise_all(paths)
    # Of byte code a client tells its own size and hash, which tell nothing.
    return Tagset(item.digest, paths, normalised, sizes, hashes, (hashes != 0) & ~normalised.derived)


def _numbers(data: bytes, count: int) -> np.ndarray[tuple[int], np.dtype[np.uint64]]:
    return np.frombuffer(data, "<u8") if data else np.zeros(count, np.uint64)


def serve_socket(predictor: Predictor, connection: socket.socket) -> None:
    """Answer batches until the other side closes the socket."""
    stream = connection.makefile("rwb")
    while head := stream.read(LENGTH.size):
        items = _batch.decode(stream.read(LENGTH.unpack(head)[0]))
        data = msgspec.msgpack.encode(predictor.answer(items))
        stream.write(LENGTH.pack(len(data)) + data)
        stream.flush()


def run(control: socket.socket, uri: str, most_bytes: int) -> None:
    """Load a model, say so, and fork a worker for each socket that is sent; end when ``control`` closes."""
    from praxi_tasks.discovery import Model

    try:
        model = Model.load(uri)
        predictor = Predictor(model)
        predictor.answer(
            [Layer("", b"usr/bin/env"), Changes("", b"usr/bin/env")]
        )  # what is built on first use
    except PraxiError as error:
        _say(control, Refusal(error.code, str(error)))
        return
    _say(control, Loaded(model.id, model.cache_key))
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for a worker: its socket tells
    gc.collect()
    gc.freeze()  # so that counting references copies no page of the model
    while True:
        data, files, _, _ = socket.recv_fds(control, 1, 1)
        if not data:
            return
        if not os.fork():
            control.close()
            _work(predictor, socket.socket(fileno=files[0]), most_bytes)
        os.close(files[0])


def _work(predictor: Predictor, connection: socket.socket, most_bytes: int) -> None:
    """Be a worker, and end as one."""
    if sys.platform == "linux":
        Path("/proc/self/oom_score_adj").write_text(_FIRST_TO_GO)
        pages = int(Path("/proc/self/statm").read_text().split()[0])
        resource.setrlimit(resource.RLIMIT_AS, (pages * resource.getpagesize() + most_bytes, -1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _say(connection, os.getpid())
    try:
        serve_socket(predictor, connection)
    except (BrokenPipeError, ConnectionResetError):
        os._exit(1)  # the service is gone, or has given this worker up
    os._exit(0)


def _say(connection: socket.socket, message: object) -> None:
    data = msgspec.msgpack.encode(message)
    connection.sendall(LENGTH.pack(len(data)) + data)


if __name__ == "__main__":
    for number in (
        signal.SIGINT,
        signal.SIGTERM,
    ):  # of a terminal or a session: the service ends its processes
        signal.signal(number, signal.SIG_IGN)
    run(socket.socket(fileno=int(sys.argv[1])), sys.argv[2], int(sys.argv[3]))
