"""Starts the process that loads a version of the model, and its workers, and talks to them."""

from __future__ import annotations

import asyncio
import socket
import sys
from collections.abc import Sequence
from typing import Any, Final, Self

import msgspec

from praxi_tasks.errors import ModelError
from praxi_tasks.serving.work import LENGTH, Item, Loaded, Refusal, Reply

_replies: Final = msgspec.msgpack.Decoder(list[Reply])
_loaded: Final = msgspec.msgpack.Decoder(Loaded | Refusal)


class WorkerLostError(Exception):
    """A worker ended while it was at a batch, or took too long for it."""


class Worker:
    """One worker, which is given one batch at a time."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def ask(self, items: Sequence[Item]) -> list[Reply]:
        """Return the replies to a batch, in its order.

        Raises
        ------
        WorkerLostError
            If the worker ended.
        """
        data = msgspec.msgpack.encode(items)
        try:
            self._writer.write(LENGTH.pack(len(data)) + data)
            await self._writer.drain()
            return _replies.decode(await _message(self._reader))
        except (OSError, asyncio.IncompleteReadError):
            raise WorkerLostError from None

    def close(self) -> None:
        """End the worker once it is done."""
        self._writer.close()


class Loader:
    """A version of the model in a process of its own, from which workers are forked."""

    def __init__(self, process: asyncio.subprocess.Process, control: socket.socket, loaded: Loaded) -> None:
        self._process = process
        self._control = control
        self.loaded = loaded

    @classmethod
    async def start(cls, uri: str, most_bytes: int) -> Self:
        """Load the model at a store URI.

        Raises
        ------
        ModelError
            If it can't be loaded.
        """
        ours, theirs = socket.socketpair()
        with theirs:
            arguments = (str(theirs.fileno()), uri, str(most_bytes))
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "praxi_tasks.serving.worker", *arguments, pass_fds=[theirs.fileno()]
            )
        try:
            said = _loaded.decode(await _received(ours))
        except (OSError, EOFError) as error:
            ours.close()
            await process.wait()
            raise ModelError("the process that loads the model ended", where=uri) from error
        except BaseException:
            ours.close()
            raise
        if isinstance(said, Refusal):
            ours.close()
            await process.wait()
            raise ModelError(said.message, where=uri)
        return cls(process, ours, said)

    @property
    def process(self) -> int:
        """Its process id."""
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        """Whether the process is there."""
        return self._process.returncode is None

    async def worker(self) -> tuple[Worker, int]:
        """Fork a worker; return it and its process id.

        Raises
        ------
        WorkerLostError
            If the process that holds the model is gone, or the worker ended at once.
        """
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        try:
            with theirs:
                socket.send_fds(self._control, [b"w"], [theirs.fileno()])
            reader, writer = await asyncio.open_connection(sock=ours, limit=1 << 20)
        except OSError:
            ours.close()
            raise WorkerLostError from None
        try:
            number: Any = msgspec.msgpack.decode(await _message(reader))
        except (OSError, asyncio.IncompleteReadError):
            writer.close()
            raise WorkerLostError from None
        return Worker(reader, writer), int(number)

    async def close(self) -> None:
        """End the process; its workers end when their sockets close."""
        self._control.close()
        await self._process.wait()


async def _message(reader: asyncio.StreamReader) -> bytes:
    (length,) = LENGTH.unpack(await reader.readexactly(LENGTH.size))
    return await reader.readexactly(length)


async def _received(connection: socket.socket) -> bytes:
    """Read the one message that comes by a socket which later carries descriptors."""
    loop = asyncio.get_running_loop()
    connection.setblocking(False)
    data = b""
    while len(data) < LENGTH.size or len(data) < LENGTH.size + LENGTH.unpack_from(data)[0]:
        more = await loop.sock_recv(connection, 1 << 16)
        if not more:
            raise EOFError
        data += more
    return data[LENGTH.size :]
