"""OpenVINO: the XML that describes a network, whose weights are in a file beside it.

Only what is asked for is searched for, in passing: the description of a large network has many megabytes.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Final

from praxi_tasks.inventory.claim import Claim, Model
from praxi_tasks.inventory.ml_model.model_file import HEADER, ModelFile, ModelReader, claim_of
from praxi_tasks.oci.layer import Part

_PART: Final = Part(beginning=HEADER)
_OVERLAP: Final = 1 << 10
_NET: Final = re.compile(rb"(?:<\?xml[^>]{0,60}\?>)?\s{0,4}<net\s")
_NAME: Final = re.compile(rb"<net\s[^>]{0,200}?\bname=\"(?P<name>[^\"<>]{1,200})\"")
_CONSTANT: Final = re.compile(
    rb"<data element_type=\"(?P<type>\w{1,10})\" (?=offset|shape)"
    rb"(?:offset=\"\d{1,19}\" )?shape=\"(?P<shape>[\d, ]{0,100})\"[^<>]{0,60}\bsize=\""
)
_SIDE: Final = re.compile(rb"\d+")
_MADE_BY: Final = re.compile(
    rb"(?:<info name=\"OpenVINO Runtime\"|<Runtime_version|<MO_version) value=\"(?P<version>[\d.]{1,20})"
)
_TYPES: Final[Mapping[str, str]] = {"boolean": "BOOL", "nf4": "NF4", "string": ""}


def accepts(_name: bytes, head: bytes) -> Part | None:
    """Return how much is read of a file that begins so, None if it describes no network."""
    return _PART if _NET.match(head) else None


def read_openvino(file: ModelFile) -> Iterator[Claim]:
    """Yield the network that a file describes."""
    numbers, version = Counter[str](), ""
    counted = 0
    for start, window in file.content.windows(_OVERLAP):
        for found in _CONSTANT.finditer(window):
            if start + found.end() > counted:
                counted = start + found.end()
                kind = found["type"].decode("ascii", "replace")
                sides = map(int, _SIDE.findall(found["shape"]))
                numbers[_TYPES.get(kind, kind.upper())] += math.prod(sides)
        made = _MADE_BY.search(window)
        version = made["version"].decode() if made else version
    named = _NAME.search(file.content.read(0, _OVERLAP))
    model = Model(
        format="openvino",
        framework=f"openvino {version}".rstrip(),
        architecture=named["name"].decode("utf-8", "replace") if named else "",
        quantisation=max(numbers, key=numbers.__getitem__, default=""),
        parameters=numbers.total(),
    )
    yield claim_of(file, model)


READER: Final = ModelReader(name="description", accepts=accepts, read=read_openvino, tails=(b"xml",))
