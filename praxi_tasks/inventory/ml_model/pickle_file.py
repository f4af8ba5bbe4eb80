"""Files that are pickles, compressed or not: PyTorch's old form, joblib's, arrays of objects, any other."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import IO, Final

from praxi_tasks.inventory.claim import Claim, Model
from praxi_tasks.inventory.compressed_files import HEADS, unpacked
from praxi_tasks.inventory.ml_model.frameworks import architecture_of, framework_of, tensor_type
from praxi_tasks.inventory.ml_model.model_file import HEADER, ModelFile, ModelReader, claim_of, with_imports
from praxi_tasks.inventory.ml_model.pickle_imports import Imports
from praxi_tasks.inventory.ml_model.pickles import begins_pickle, read_pickles
from praxi_tasks.oci.layer import Part

NUMPY: Final = b"\x93NUMPY"
NAMES: Final = (
    b".pkl",
    b".pickle",
    b".pck",
    b".pcl",
    b".joblib",
    b".dill",
    b".cloudpickle",
    b".sav",
    b".pt",
    b".pth",
    b".ckpt",
    b".p",
)
"""How files are called that are pickles, in lower case."""

_PART: Final = Part(beginning=HEADER)
_COMPRESSED: Final = (b".gz", b".bz2", b".xz", b".lzma", b".z", b".zst")
_JOBLIB: Final = b".joblib"
_TAILS: Final = (
    b"pkl",
    b"kle",
    b"pck",
    b"pcl",
    b"lib",
    b"ill",
    b"sav",
    b".pt",
    b"pth",
    b"kpt",
    b"e.p",
    b"l.p",
)
_PACKED_TAILS: Final = tuple(
    (name + packed)[-6:] for name in (b".pkl", b".pickle", b".joblib") for packed in _COMPRESSED
)
_STARTS: Final = tuple(b"\x80" + bytes([protocol]) for protocol in range(2, 6))
_TORCH: Final = b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19."  # the number that PyTorch's old form begins with
_TORCH_PICKLES: Final = 5
_UNPACKED: Final = 64 << 20
_NUMPY_HEADER: Final = 1 << 16
_FIRST_OPCODES: Final = b"(}])cNISVXUTKMJLFGi\x80"  # of the protocols that have no head
_GLOBAL: Final = re.compile(r"\w+(?:\.\w+)+")  # of any other name nothing can be imported
_FEW: Final = 2
_LONGEST_HEAD: Final = 64


def accepts(name: bytes, head: bytes) -> Part | None:
    """Return how much is read of a file that begins so, None if it is no pickle."""
    if head.startswith(NUMPY):
        return _PART if b"|O'" in head or b"'O'" in head or b"[(" in head or b"'V" in head else None
    if begins_pickle(head):
        return _PART
    packed = head.startswith(HEADS)
    plain = next((name[: -len(ending)] for ending in _COMPRESSED if packed and name.endswith(ending)), name)
    if not plain.endswith(NAMES):
        return None
    return _PART if packed or head[:1] in _FIRST_OPCODES else None


def read_pickle_file(file: ModelFile) -> Iterator[Claim]:
    """Yield what a file holds, if that is a pickle or several.

    Raises
    ------
    DataError
        If it is compressed and damaged.
    """
    head = file.content.read(0, _LONGEST_HEAD)
    imports = Imports(file.budget)
    if head.startswith(NUMPY):
        if read_objects(file.content.open(), imports):
            yield claim_of(file, with_imports(Model(format="numpy"), imports))
        return
    data = unpacked(file.content, _UNPACKED)
    content = file.content.open() if data is None else io.BytesIO(data)
    read_pickles(content, imports, _TORCH_PICKLES if head.startswith(_TORCH) else 64)
    says_so = head.startswith(_STARTS) or data is not None
    if not says_so and imports.faults and not any(map(_GLOBAL.fullmatch, imports.globals)):
        return  # text, such as a path configuration of Python's, or something else of such a name
    if not file.content.is_whole and imports.faults:
        imports.faults["it is larger than what is looked into"] = None
    framework = framework_of(imports.globals)
    is_torch = framework == "pytorch" or head.startswith(_TORCH)
    kind = "pytorch" if is_torch else "joblib" if _JOBLIB.decode() in file.name else "pickle"
    model = Model(
        format=kind,
        framework=framework or ("pytorch" if is_torch else ""),
        architecture=architecture_of(imports.globals) if framework else "",
        quantisation=tensor_type(imports.globals),
    )
    yield claim_of(file, with_imports(model, imports))


def read_objects(content: IO[bytes], imports: Imports) -> bool:
    """Follow the pickle of a NumPy file's array of objects; return whether it is one (NEP 1)."""
    start = content.read(10)
    if len(start) < 10 or not start.startswith(NUMPY):
        return False
    length = int.from_bytes(start[8:], "little")
    if start[6] >= _FEW:
        length += int.from_bytes(content.read(2), "little") << 16
    header = content.read(min(length, _NUMPY_HEADER))
    if len(header) < length or b"O'" not in header:
        return False
    read_pickles(content, imports, 1)
    return True


READER: Final = ModelReader(
    name="pickle",
    accepts=accepts,
    read=read_pickle_file,
    heads=(*_STARTS, NUMPY),
    tails=(*_TAILS, *_PACKED_TAILS),
)
