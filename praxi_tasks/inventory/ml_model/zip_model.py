"""Models that are zip archives: PyTorch's, Keras's, NumPy's, TorchServe's, and pickles in any other.

Only the directory is read, and the members that say what the model is. Members are unpacked into memory, up
to a limit; archives in an archive are read to a depth.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from typing import IO, Final, TypeVar

import msgspec

from praxi_tasks.errors import DataError
from praxi_tasks.inventory.claim import Claim, Model
from praxi_tasks.inventory.limits import InventoryLimits, setting
from praxi_tasks.inventory.ml_model import pickle_file
from praxi_tasks.inventory.ml_model.frameworks import architecture_of, framework_of, tensor_type
from praxi_tasks.inventory.ml_model.keras import lambdas_in, named_class
from praxi_tasks.inventory.ml_model.model_file import HEADER, ModelFile, ModelReader, claim_of, with_imports
from praxi_tasks.inventory.ml_model.pickle_imports import Imports
from praxi_tasks.inventory.ml_model.pickles import begins_pickle, read_pickles
from praxi_tasks.inventory.ml_model.zip_members import MAGIC, member_bytes
from praxi_tasks.json_decoding import decode_shallow
from praxi_tasks.oci.layer import Part
from praxi_tasks.zip_directory import DAMAGE, count_members, directory_holds

T = TypeVar("T")

_NAMES: Final = (*pickle_file.NAMES, b".bin", b".keras", b".npz", b".mar", b".ptl", b".jit", b".torchscript")
_PICKLES: Final = (".pkl", ".pickle", ".joblib", ".dill", ".p")
_ARRAY: Final = ".npy"
_LARGE: Final = Part(beginning=HEADER, members=(b".pkl", b".pickle", b".npy", b".json"))
_OF_OTHERS: Final = (
    b".jar",
    b".war",
    b".ear",
    b".apk",
    b".nupkg",
    b".whl",
    b".docx",
    b".xlsx",
    b".pptx",
    b".odt",
)
# Members that are not looked into, for they are what their names say wherever they are of use.
_PLAIN: Final = (".py", ".json", ".txt", ".md", ".yaml", ".yml", ".h5", ".onnx", ".xml", ".png", ".class")
_TELLING: Final = (b".pkl", b".pickle", b".joblib", _ARRAY.encode(), b"model.weights.h5", b"mar-inf/")
_MOST_UNPACKED: Final = 64 << 20  # bytes of a member, and of all that is unpacked of an archive in an archive
_MOST_PEEKED: Final = 4_000  # members whose first bytes are read
_MOST_DEPTH: Final = 3
_MOST_READ: Final = 512  # pickles and archives in one archive
_PEEK: Final = 16
_SCRIPT: Final = re.compile(r"[^/]+/code/.+\.py")
_SCRIPTED: Final = "__torch__."  # classes that TorchScript makes of the source in the archive
_DAMAGE: Final = (DataError, *DAMAGE)


class _Keras(msgspec.Struct):
    keras_version: str = ""


class _Served(msgspec.Struct, frozen=True):
    name: str = msgspec.field(default="", name="modelName")
    version: str | float = msgspec.field(default="", name="modelVersion")


class _Manifest(msgspec.Struct):
    model: _Served = _Served()


def accepts(name: bytes, head: bytes) -> Part | None:
    """Return how much is read of a file that begins so, None if it is no such archive."""
    return _LARGE if head.startswith(MAGIC) and not name.endswith(_OF_OTHERS) else None


def read_zip_model(file: ModelFile) -> Iterator[Claim]:
    """Yield the model that an archive is; nothing of one that is none and holds no pickle.

    Raises
    ------
    DataError
        If it is damaged, or over a limit.
    """
    is_named = file.name.encode("utf-8", "replace").endswith(_NAMES)
    content = file.content.open()
    if not is_named and not directory_holds(content, _TELLING):
        return
    archive = _Archive(content, Imports(file.budget))
    try:
        archive.read()
    except _DAMAGE as error:
        if not is_named:
            return
        raise DataError(f"it is damaged: {error}") from None
    if archive.format:
        yield claim_of(file, archive.model(), archive.served.name, str(archive.served.version))


class _Archive:
    """One archive, and what is known of it."""

    def __init__(self, content: IO[bytes], imports: Imports) -> None:
        self._content = content
        self._imports = imports
        self._read = 0
        self._arrays = False
        self._is_script = False
        self._config = b""
        self.served = _Served()
        self._is_torch = False
        self._keras = ""

    def read(self) -> None:
        """Read the directory, and the members that tell something."""
        members = _directory(self._content)
        by_name = {member.filename: member for member in members}
        self._is_script = any(map(_SCRIPT.fullmatch, by_name))
        self._is_torch = any(name.endswith("/data.pkl") for name in by_name)
        if "metadata.json" in by_name and "config.json" in by_name:
            version = self._document(by_name["metadata.json"], _Keras).keras_version
            self._config = member_bytes(self._content, by_name["config.json"], _MOST_UNPACKED)
            self._keras = f"keras {version}".rstrip() if version or named_class(self._config) else ""
        if "MAR-INF/MANIFEST.json" in by_name:
            self.served = self._document(by_name["MAR-INF/MANIFEST.json"], _Manifest).model
        self._follow(self._content, members, 0)

    @property
    def format(self) -> str:
        """What the archive is; empty where it is no model and holds no pickle."""
        if self._is_script:
            return "torchscript"
        kinds = {"pytorch": self._is_torch, "keras": self._keras, "torchserve": self.served.name}
        last = "numpy" if self._arrays else "pickle" if self._imports.pickles else ""
        return next((name for name, is_it in kinds.items() if is_it), last)

    def model(self) -> Model:
        """Return what is known of the model."""
        names = [name for name in self._imports.globals if not name.startswith(_SCRIPTED)]
        is_torch = self._is_torch or self._is_script
        scripted = next((name for name in self._imports.globals if name.startswith(_SCRIPTED)), "")
        own = named_class(self._config) or scripted.rpartition(".")[2]
        model = Model(
            format=self.format,
            framework=self._keras or framework_of(names) or ("pytorch" if is_torch else ""),
            architecture=own or architecture_of(names),
            quantisation=tensor_type(names),
            code=lambdas_in(self._config),
        )
        return with_imports(model, self._imports, names)

    def _follow(self, content: IO[bytes], members: list[zipfile.ZipInfo], depth: int) -> None:
        """Follow the pickles in an archive, whatever their names, and those of the archives in it."""
        for number, member in enumerate(members):
            name = member.filename.lower()
            is_named = name.endswith((*_PICKLES, _ARRAY))
            if not is_named and (number > _MOST_PEEKED or name.endswith(_PLAIN)):
                continue
            try:
                head = member_bytes(content, member, _PEEK)
                if is_named or begins_pickle(head) or head.startswith((pickle_file.NUMPY, MAGIC)):
                    self._follow_member(content, member, head, depth)
            except _DAMAGE as error:
                if is_named:
                    self._imports.faults[f"a pickle in it can't be read: {error}"] = None

    def _follow_member(self, content: IO[bytes], member: zipfile.ZipInfo, head: bytes, depth: int) -> None:
        self._read += 1
        if self._read > _MOST_READ:
            raise DataError("it holds more of them than are followed")
        data = io.BytesIO(member_bytes(content, member, _MOST_UNPACKED))
        if head.startswith(pickle_file.NUMPY):
            self._arrays |= pickle_file.read_objects(data, self._imports)
        elif not head.startswith(MAGIC):
            read_pickles(data, self._imports)
        elif depth < _MOST_DEPTH:
            self._follow(data, _directory(data), depth + 1)

    def _document(self, member: zipfile.ZipInfo, kind: type[T]) -> T:
        try:
            return decode_shallow(member_bytes(self._content, member, _MOST_UNPACKED), kind)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return kind()


def _directory(content: IO[bytes]) -> list[zipfile.ZipInfo]:
    most = InventoryLimits.from_environment().max_archive_members
    if count_members(content) > most:
        raise DataError(f"it has too many members: raise {setting('max_archive_members')}")
    with zipfile.ZipFile(content) as archive:
        return [member for member in archive.filelist if member.file_size and not member.is_dir()]


READER: Final = ModelReader(name="archive", accepts=accepts, read=read_zip_model, heads=(MAGIC,))
