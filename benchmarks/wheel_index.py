"""Folders of wheels: what lies in them, what each wheel requires, and an index of them on this machine."""

from __future__ import annotations

import re
import threading
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import SEEK_END, BytesIO
from pathlib import Path
from typing import IO, Final, NamedTuple

from packaging.metadata import Metadata
from packaging.tags import sys_tags
from packaging.utils import canonicalize_name, parse_wheel_filename
from packaging.version import Version

_RANGE: Final = re.compile(r"bytes=(\d*)-(\d*)")


class Wheel(NamedTuple):
    """A wheel's file, and the release that it is of."""

    path: Path
    name: str
    version: Version

    @property
    def requires(self) -> set[str]:
        """The packages that it depends on here, without extras."""
        with zipfile.ZipFile(self.path) as archive:
            info = min(name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
            metadata = Metadata.from_email(archive.read(info), validate=False)
        wanted = (each for each in metadata.requires_dist or () if each.marker is None or
                  each.marker.evaluate({"extra": ""}))  # fmt: skip
        return {str(canonicalize_name(each.name)) for each in wanted}


class WheelFolders:
    """The wheels of some folders that this machine's Python can install.

    Parameters
    ----------
    largest
        In bytes; larger wheels are left out.
    """

    def __init__(self, folders: Iterable[Path], largest: int) -> None:
        tags = frozenset(sys_tags())
        self._files: dict[str, Path] = {}
        self._wheels: defaultdict[str, dict[Version, Wheel]] = defaultdict(dict)
        for path in sorted(path for folder in folders for path in folder.glob("*.whl")):
            name, version, _, of = parse_wheel_filename(path.name)
            if of & tags and path.stat().st_size <= largest:
                self._wheels[name].setdefault(version, Wheel(path, name, version))
                self._files[path.name] = path

    @cached_property
    def packages(self) -> Mapping[str, list[Wheel]]:
        """The wheels of each package by its name, the oldest version first."""
        return {
            name: [found[version] for version in sorted(found)]
            for name, found in sorted(self._wheels.items())
        }

    @contextmanager
    def served(self) -> Iterator[str]:
        """Serve them on the loopback interface, in parts too; yields the index's address."""
        index = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                _, _, where, name, *_ = [*f"/{self.path}".split("/"), "", ""]
                if where == "simple" and name in index.packages:
                    self._send(BytesIO(index.page(name)), "text/html")
                elif where == "files" and name in index._files:
                    with index._files[name].open("rb") as file:
                        self._send(file, "application/zip")
                else:
                    self.send_error(404)

            def _send(self, data: IO[bytes], kind: str) -> None:
                size = data.seek(0, SEEK_END)
                part = _RANGE.fullmatch(self.headers.get("Range", ""))
                begin, end = _stretch(part, size) if part else (0, size)
                self.send_response(206 if part else 200)
                if part:
                    self.send_header("Content-Range", f"bytes {begin}-{end - 1}/{size}")
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(end - begin))
                self.end_headers()
                data.seek(begin)
                self.wfile.write(data.read(end - begin))

            def log_message(self, *args: object) -> None:
                """Stay quiet."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}/simple"
        finally:
            server.shutdown()
            server.server_close()
            thread.join()

    def page(self, name: str) -> bytes:
        """Return an index's page about a package (PEP 503)."""
        links = (f'<a href="/files/{wheel.path.name}">{wheel.path.name}</a>' for wheel in self.packages[name])
        return "\n".join(["<!DOCTYPE html>", *links]).encode()


def _stretch(part: re.Match[str], size: int) -> tuple[int, int]:
    """Return where the bytes of a Range header begin and end."""
    first, last = part.groups()
    if not first:
        return max(size - int(last), 0), size
    return int(first), min(int(last) + 1, size) if last else size
