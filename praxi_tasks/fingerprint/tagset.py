"""The tagset: what the model reads of a layer.

It has the layer's files, without its folders, each with its path, the hash of its normalised path, its size
and content hash; and what the layer removes, so that layers can be merged. The classic tags of the published
systems are computed from the paths on demand.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from praxi_tasks.errors import CorruptObjectError
from praxi_tasks.fingerprint.arrays import compressed, pack_parts, unpack_arrays, unpack_texts
from praxi_tasks.fingerprint.build_ids import BuildIds
from praxi_tasks.fingerprint.columbus import columbus_tags
from praxi_tasks.fingerprint.forms import forms_of
from praxi_tasks.fingerprint.paths import PathColumns, normalise_all
from praxi_tasks.fingerprint.published import published_contents
from praxi_tasks.fingerprint.texts import Texts
from praxi_tasks.oci.layer import NO_SOURCE, SHA256, read_sources
from praxi_tasks.store.frames import unpack_frame
from praxi_tasks.store.keys import TAGSET_PROTOCOL

if TYPE_CHECKING:
    from praxi_tasks.fingerprint.changeset import Changeset

_KIND: Final = "tagset"
_COLUMNS: Final = {
    "sizes": "<u8", "hashes": "<u8", "measured": "|b1", "keys": "<u8",
    "kinds": "|u1", "derived": "|b1", "system": "|b1", "folder_of": "<u4",
}  # fmt: skip
_STORED: Final = {**_COLUMNS, "counts": "<u4", "texts": "|u1"}
_PUBLISHED: Final = "published"
_FORMS: Final = "forms"
_FILES: Final = tuple(ord(letter) for letter in "fhl")
_MAX_BYTES: Final = 2 << 30
_LEVEL: Final = 3


@dataclass(frozen=True, slots=True, eq=False)
class Tagset:
    """The files of one layer, as columns of one length; each array has the shape ``(len(paths),)``.

    Parameters
    ----------
    digest
        Of the layer.
    paths
        As in the changeset: without leading slash.
    normalised
        The paths' normalised spellings, hashed.
    sizes
        In bytes; 0 where ``measured`` is false. Of byte code, those of its source.
    hashes
        xxh3-64 of the content; 0 where it is not known. Of byte code, the
        :func:`~praxi_tasks.oci.layer.byte_code.version_number` that its source states, or 0. What is called
        byte code and is none has a size that no source has.
    measured
        Whether size and hash are the file's own: false for links and where only a path was recorded, and for
        byte code that does not tell the size of its source.
    whiteouts, opaques
        The paths that the layer removes, and the folders whose older content it hides.
    build_ids
        Of programs and libraries.
    published
        What :func:`~praxi_tasks.fingerprint.published.published_content` makes of their SHA-256, 0 for files
        that have none. Of length 0 where the layer was read without.
    forms
        The :class:`~praxi_tasks.fingerprint.forms.Form` of each. Of length 0 where nobody knows.
    """

    digest: str
    paths: Sequence[str]
    normalised: PathColumns
    sizes: NDArray[np.uint64]
    hashes: NDArray[np.uint64]
    measured: NDArray[np.bool_]
    whiteouts: tuple[str, ...] = ()
    opaques: tuple[str, ...] = ()
    build_ids: BuildIds = field(default_factory=BuildIds)
    published: NDArray[np.uint64] = field(default_factory=lambda: np.empty(0, np.uint64))
    forms: NDArray[np.uint8] = field(default_factory=lambda: np.empty(0, np.uint8))

    def __len__(self) -> int:
        return len(self.paths)

    @classmethod
    def from_changeset(cls, changeset: Changeset) -> Tagset:
        """Read a layer's changeset: its regular files, hard and symbolic links."""
        rows = np.flatnonzero(np.isin(changeset.types, _FILES))
        paths = Texts.of(changeset.paths).select(rows)
        normalised = normalise_all(paths)
        sizes, hashes, measured = _contents(changeset, rows, normalised.derived)
        return cls(
            digest=changeset.digest,
            paths=paths,
            normalised=normalised,
            sizes=sizes,
            hashes=hashes,
            measured=measured,
            whiteouts=tuple(changeset.whiteouts),
            opaques=tuple(changeset.opaques),
            build_ids=changeset.build_ids.select(rows),
            published=_published(changeset, rows),
            forms=_forms(changeset, rows),
        )

    @classmethod
    def from_paths(cls, digest: str, paths: Sequence[str]) -> Tagset:
        """Make a tagset of paths alone, of which neither sizes nor contents are known."""
        plain = [path.lstrip("/") for path in paths]
        nothing = np.zeros(len(plain), np.uint64)
        return cls(digest, plain, normalise_all(plain), nothing, nothing, np.zeros(len(plain), np.bool_))

    def select(self, rows: NDArray[np.intp]) -> Tagset:
        """Return the tagset of some rows (indices of shape ``(n,)``), without what the layer removes."""
        paths = [self.paths[row] for row in rows.tolist()]
        return Tagset(
            self.digest,
            paths,
            normalise_all(paths),
            self.sizes[rows],
            self.hashes[rows],
            self.measured[rows],
            build_ids=self.build_ids.select(rows),
            published=self.published[rows] if len(self.published) else self.published,
            forms=self.forms[rows] if len(self.forms) else self.forms,
        )

    def published_column(self) -> NDArray[np.uint64]:
        """Return what :attr:`published` has of each file, 0 where it has nothing, shape ``(files,)``."""
        return self.published if len(self.published) else np.zeros(len(self), np.uint64)

    def tags(
        self, *, frequency_threshold: int = 2, stop_tags: frozenset[str] = frozenset()
    ) -> dict[str, int]:
        """Return the classic tags of the paths, with how often each occurs."""
        return columbus_tags(self.paths, frequency_threshold=frequency_threshold, stop_tags=stop_tags)

    def to_bytes(self) -> bytes:
        """Return the tagset as compressed bytes; equal tagsets give equal bytes."""
        columns = self.normalised
        texts = chain([self.digest], self.paths, self.whiteouts, self.opaques, columns.folders)
        counts = (len(self.paths), len(self.whiteouts), len(self.opaques), len(columns.folders))
        parts = pack_parts(
            _KIND,
            TAGSET_PROTOCOL,
            {
                "counts": np.array(counts, np.uint32),
                "texts": _separated(texts),
                "sizes": self.sizes.astype(np.uint64),
                "hashes": self.hashes.astype(np.uint64),
                "measured": self.measured,
                "keys": columns.keys,
                "kinds": columns.kinds,
                "derived": columns.derived,
                "system": columns.system,
                "folder_of": columns.folder_of,
                **self.build_ids.arrays(),
                **({_PUBLISHED: self.published} if len(self.published) else {}),
                **({_FORMS: self.forms} if len(self.forms) else {}),
            },
        )
        return compressed(parts, _LEVEL)

    @classmethod
    def from_bytes(cls, data: bytes) -> Tagset:
        """Read what :meth:`to_bytes` wrote.

        Raises
        ------
        CorruptObjectError
            If the bytes are damaged or of another protocol.
        """
        try:
            plain = unpack_frame(data, _MAX_BYTES)
            return cls._from_arrays(unpack_arrays(plain, _KIND, TAGSET_PROTOCOL, _STORED))
        except ValueError as error:
            raise CorruptObjectError(
                f"a stored tagset is damaged: {error}", action="fingerprint again"
            ) from error

    @classmethod
    def _from_arrays(cls, arrays: dict[str, NDArray[Any]]) -> Tagset:
        files, whiteouts, opaques, folders = arrays["counts"].tolist()
        texts = unpack_texts(arrays["texts"], 1 + files + whiteouts + opaques + folders)
        ends = np.cumsum([1, files, whiteouts, opaques, folders]).tolist()
        _, paths, removed, hidden, spelled = (texts[ends[i - 1] if i else 0 : ends[i]] for i in range(5))
        sizes, hashes, measured, keys, kinds, derived, system, folder_of = (arrays[name] for name in _COLUMNS)
        if {len(arrays[name]) for name in _COLUMNS} != {files} or (files and int(folder_of.max()) >= folders):
            raise ValueError("columns differ in length")
        normalised = PathColumns(keys, kinds, derived, system, folder_of, spelled)
        build_ids = BuildIds.from_arrays(arrays, files)
        published = arrays.get(_PUBLISHED, np.empty(0, np.uint64))
        if len(published) not in (0, files) or published.dtype.str != "<u8":
            raise ValueError("the published contents do not fit their files")
        forms = arrays.get(_FORMS, np.empty(0, np.uint8))
        if len(forms) not in (0, files) or forms.dtype.str != "|u1":
            raise ValueError("the forms do not fit their files")
        return cls(
            texts[0], paths, normalised, sizes, hashes, measured, tuple(removed), tuple(hidden),
            build_ids, published, forms,
        )  # fmt: skip


def _forms(changeset: Changeset, rows: NDArray[np.intp]) -> NDArray[np.uint8]:
    if changeset.program_rows is None:
        return np.empty(0, np.uint8)
    return forms_of(changeset.paths, changeset.links, changeset.program_rows)[rows]


def _published(changeset: Changeset, rows: NDArray[np.intp]) -> NDArray[np.uint64]:
    kinds = changeset.checksum_kinds
    known = kinds[rows] == SHA256 if len(kinds) else np.empty(0, np.bool_)
    return published_contents(changeset.checksums[rows], known) if known.any() else np.empty(0, np.uint64)


def _contents(
    changeset: Changeset, rows: NDArray[np.intp], derived: NDArray[np.bool_]
) -> tuple[NDArray[np.uint64], NDArray[np.uint64], NDArray[np.bool_]]:
    """Return sizes and hashes of some files, and for which they are known; of byte code, of its source."""
    sizes, hashes = changeset.sizes[rows], changeset.hashes[rows]
    measured = _measured(changeset.types[rows], hashes)
    kinds, values = np.zeros(len(rows), np.uint8), np.zeros(len(rows), np.uint64)
    if len(changeset.checksums):
        kinds, values = changeset.checksum_kinds[rows], changeset.checksums[rows]
    source = read_sources(kinds, values)
    empty = derived & measured & (sizes == 0)
    return (
        np.where(empty, np.uint64(NO_SOURCE), np.where(derived, source.sizes, sizes)),
        np.where(derived, source.versions, hashes),
        np.where(derived, source.told | empty, measured),
    )


def _measured(types: NDArray[np.uint8], hashes: NDArray[np.uint64]) -> NDArray[np.bool_]:
    """Return which files have a size and content of their own, or through a link that this layer resolves."""
    return np.asarray((types == ord("f")) | ((types == ord("h")) & (hashes != 0)))


def _separated(texts: Iterable[str]) -> NDArray[np.uint8]:
    """Return texts as :func:`pack_texts` does, without a copy of a million of them."""
    blob = bytearray()
    for text in texts:
        blob += text.replace("\0", "").encode("utf-8", "surrogateescape") + b"\0"
    return np.frombuffer(blob, np.uint8)[:-1]
