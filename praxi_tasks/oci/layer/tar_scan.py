"""Scans a tar stream: reads every header, hashes every file, extracts nothing.

Plain members go through one tight loop; what is rare (extended headers, sparse files, whiteouts, odd
names) leaves it for a slower step and comes back. Understood are v7, ustar, GNU and pax archives.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Final

import xxhash

from praxi_tasks.oci.layer.checksum_kinds import NONE, ChecksumKinds
from praxi_tasks.oci.layer.checksums import Checksums
from praxi_tasks.oci.layer.chunks import Chunks
from praxi_tasks.oci.layer.inspection import HEAD, LONG_TAIL, TAIL, Inspection
from praxi_tasks.oci.layer.kept_files import RetainedFiles
from praxi_tasks.oci.layer.limits import LayerLimits
from praxi_tasks.oci.layer.members import (
    DIRECTORY,
    FILE,
    HARD_LINK,
    LETTERS,
    PROGRAM_HEADS,
    SYMBOLIC_LINK,
    Members,
)
from praxi_tasks.oci.layer.sparse import SparseReader, is_sparse
from praxi_tasks.oci.layer.tar_stream import TarStream, cut_off
from praxi_tasks.oci.layer.whiteouts import Whiteouts
from praxi_tasks.oci.tar import header as tar_header
from praxi_tasks.oci.tar import pax_records
from praxi_tasks.oci.tar.header import BLOCK, check_sum, number, padded, text
from praxi_tasks.oci.tar.member_names import clean_path

_LONG: Final = {ord("L"): pax_records.PATH, ord("K"): pax_records.LINK}
_RECORDS: Final = frozenset(b"xX")
_GLOBAL_RECORDS: Final = ord("g")
_VOLUME_LABEL: Final = ord("V")


class TarScan:
    """One pass over an archive; fills ``members``, ``whiteouts``, ``retained`` and ``inspection``."""

    def __init__(
        self,
        chunks: Chunks,
        limits: LayerLimits,
        retained: RetainedFiles,
        inspection: Inspection[object],
        checksums: Checksums,
    ) -> None:
        self.members = Members(limits)
        self.whiteouts = Whiteouts(limits)
        self.retained = retained
        self.inspection = inspection
        self.checksums = checksums
        self._kind_of = ChecksumKinds().of
        heads = {*retained.heads, *inspection.heads, *PROGRAM_HEADS}
        # Most files are passed over by their first byte.
        self._heads = [tuple(head for head in heads if head[0] == first) for first in range(256)]
        self._stream = TarStream(chunks, limits)
        self._sparse = SparseReader(self._stream, limits)
        self._global: pax_records.Overrides = {}
        self._local: pax_records.Overrides = {}

    def run(self) -> None:
        """Scan to the end of the archive, then read the rest of the blob.

        Raises
        ------
        PraxiError
            If the blob can't be had or verified, or the archive is malformed or over a limit.
        """
        stream = self._stream
        while stream.has_more():
            if not (self._local or self._global) and self._plain_members():
                continue
            if not self._special_member():
                break
        if self._local:
            raise cut_off()
        self.members.flush()
        stream.skip_rest()

    def _plain_members(self) -> bool:
        """Scan plain members; return whether it got anywhere before the chunk's end or a special one."""
        stream, add, wants, heads = self._stream, self.members.add, self.retained.wants, self._heads
        tails, (place, marks) = self.inspection.tails, self.inspection.mark
        check, kind_of = self.checksums.add, self._kind_of
        chunk, view, position = stream.chunk, stream.view, stream.position
        start, last = position, len(chunk) - BLOCK
        while position <= last and (letter := LETTERS.get(chunk[position + tar_header.TYPE])):
            path = _plain_path(chunk, position)
            if not path:
                break
            header = view[position : position + BLOCK]
            if letter == FILE:
                size = number(chunk[position + 124 : position + 136])
                data, stop = position + BLOCK, position + BLOCK + size
                if stop > len(chunk) or wants(path) or size < 0:
                    stream.position = data
                    self._add_file(header, path, size, stream.data(size))
                    return True
                if size and (
                    path[-TAIL:] in tails
                    or path[-LONG_TAIL:] in tails
                    or ((begins := heads[chunk[data]]) and chunk.startswith(begins, data))
                    or chunk.startswith(marks, data + place)
                ):
                    self._add_known(path, chunk[data:stop])
                content = view[data:stop]
                if size and (kind := kind_of(path)):
                    check(len(self.members), kind, content)
                add(header, path, FILE, size, xxhash.xxh3_64_intdigest(content))
                position = data + padded(size)
            else:
                self._add_empty(header, path, letter, text(chunk[position + 157 : position + 257]))
                position += BLOCK
        stream.position = position  # behind the chunk only where the last member lacks its padding
        return position > start

    def _special_member(self) -> bool:
        """Scan one header of any kind; return False at the archive's end."""
        header = self._stream.block()
        if not any(header):
            self._stream.check_end()
            return False
        check_sum(header)
        kind = header[tar_header.TYPE]
        if kind in _RECORDS:
            pax_records.read_records(self._stream.extended(header), self._local)
        elif kind == _GLOBAL_RECORDS:
            pax_records.read_records(self._stream.extended(header), self._global, is_global=True)
        elif kind in _LONG:
            self._local[_LONG[kind]] = text(self._stream.extended(header))
        elif kind != _VOLUME_LABEL:
            self._described_member(header, kind)
        return True

    def _described_member(self, header: bytes, kind: int) -> None:
        """Scan a member of which extended headers may say more than its own."""
        overrides, self._local = {**self._global, **self._local}, {}
        name = overrides.get(pax_records.PATH) or _name(header)
        letter = LETTERS.get(kind, FILE)
        if kind == 0 and name.endswith(b"/"):
            letter = DIRECTORY  # v7 had no other way to say so
        path = clean_path(overrides.get(pax_records.SPARSE_NAME, name))
        size = _size(header, overrides)
        shown = self.whiteouts.record(path)
        if shown and pax_records.MTIME in overrides:
            self.members.set_mtime(pax_records.seconds(overrides[pax_records.MTIME]))
        if letter != FILE:
            if shown:
                target = overrides.get(pax_records.LINK) or text(header[tar_header.LINK])
                self._add_empty(header, path, letter, target)
            return
        content = self._stream.data(size)
        if is_sparse(kind, overrides):
            size, content = self._sparse.open(header, overrides, size)
        if shown:
            self._add_file(header, path, size, content)
        else:
            for _ in content:
                pass

    def _add_empty(self, header: memoryview | bytes, path: bytes, letter: int, target: bytes) -> None:
        """Add a member without content; its header's size means nothing."""
        self._kind_of(path)
        if letter == HARD_LINK:
            self.members.add_link(header, path, letter, clean_path(target))
        elif letter == SYMBOLIC_LINK:
            self.members.add_link(header, path, letter, target)
        else:
            self.members.add(header, path, letter)

    def _add_known(self, path: bytes, content: bytes) -> None:
        """See to a file that begins as one does that somebody may want."""
        self.members.note_program(content[:HEAD])
        self.retained.reserve(path, len(self.members), content)
        self.inspection.look(path, len(self.members), content)

    def _add_file(
        self, header: memoryview | bytes, path: bytes, size: int, content: Iterator[memoryview]
    ) -> None:
        row, hasher = len(self.members), xxhash.xxh3_64()
        sink = self.retained.open(path, size)
        wanted = sink is not None or self.retained.wants(path)
        first = next(content, memoryview(b""))
        head = bytes(first[:HEAD])
        if not wanted:
            sink = self.retained.open_reserve(head, size)
        self.members.note_program(head)
        copy = self.inspection.open(path, row, head, size)
        kind = self._kind_of(path) if size else NONE
        for part in itertools.chain((first,), content):
            hasher.update(part)
            if kind:
                self.checksums.add(row, kind, part, is_last=False)
            if sink is not None:
                sink.append(bytes(part))
            if copy is not None:
                copy.add(part)
        if kind:
            self.checksums.add(row, kind, memoryview(b""))
        self.retained.store(path, row, sink)
        self.inspection.close(path, row, copy)
        self.members.add(header, path, FILE, size, hasher.intdigest())


def _plain_path(chunk: bytes, position: int) -> bytes:
    """Return the clean path in a header without extensions; nothing if it takes a closer look."""
    name = chunk[position : position + 100].split(b"\0", 1)[0]
    if chunk[position + 345] and chunk[position + 257 : position + 263] == tar_header.USTAR:
        name = text(chunk[position + 345 : position + 500]) + b"/" + name
    if name[:1] in b"./" or b"/." in name or b"//" in name:
        return b"" if b".wh." in name else clean_path(name)
    return name.rstrip(b"/")


def _name(header: bytes) -> bytes:
    name = text(header[tar_header.NAME])
    if header[tar_header.MAGIC] == tar_header.USTAR and (prefix := text(header[tar_header.PREFIX])):
        return prefix + b"/" + name
    return name


def _size(header: bytes, overrides: pax_records.Overrides) -> int:
    if pax_records.SIZE in overrides:
        return pax_records.decimal(overrides[pax_records.SIZE])
    return number(header[tar_header.SIZE])
