"""The models that the service offers: which tensors each takes, and which it gives.

All of them are the same resident model, asked in different ways. Several layers go into one request as they
do in a ragged tensor: the paths of all one after another, and how many are of each.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Any, Final

import numpy as np

from praxi_tasks.serving.protocol import InferRequest
from praxi_tasks.serving.refusals import RequestError, TooLargeError, UnknownError
from praxi_tasks.serving.settings import ServingLimits
from praxi_tasks.serving.tensors import BYTES, Tensor, Values, of_numbers, of_texts
from praxi_tasks.serving.work import Answer, Changes, Fingerprint, Item, Layer, Refusal, Reply

PLATFORM: Final = "praxi"


@dataclass(frozen=True, slots=True)
class Port:
    """A tensor that a model takes or gives: its name, datatype, and whether it may be left out.

    All have one dimension, of any length.
    """

    name: str
    datatype: str
    optional: bool = False

    @property
    def metadata(self) -> dict[str, Any]:
        """As the protocol describes it."""
        return {"name": self.name, "datatype": self.datatype, "shape": [-1]}


@dataclass(frozen=True, slots=True)
class Signature:
    """A way to ask the model.

    Attributes
    ----------
    read
        Makes items of the input tensors.
    """

    name: str
    inputs: tuple[Port, ...]
    outputs: tuple[Port, ...]
    read: Callable[[Mapping[str, Tensor], ServingLimits], list[Item]]

    def items(self, request: InferRequest, limits: ServingLimits) -> list[Item]:
        """Return what a request asks about.

        Raises
        ------
        RequestError
            If its tensors are not those of the model.
        """
        ports = {port.name: port for port in self.inputs}
        for name, tensor in request.inputs.items():
            port = ports.get(name)
            if port is None:
                raise RequestError(
                    "the model has no such input", where=name, action=f"it has {', '.join(ports)}"
                )
            if tensor.datatype != port.datatype:
                raise RequestError(f"the input is of {port.datatype}, not {tensor.datatype}", where=name)
            if len(tensor.shape) != 1:
                raise RequestError(
                    f"the input has one dimension, not the shape {list(tensor.shape)}", where=name
                )
        for port in self.inputs:
            if not port.optional and port.name not in request.inputs:
                raise RequestError("an input is missing", where=port.name)
        return self.read(request.inputs, limits)

    def metadata(self, versions: Sequence[str]) -> dict[str, Any]:
        """Return the protocol's description of the model."""
        return {
            "name": self.name,
            "versions": list(versions),
            "platform": PLATFORM,
            "inputs": [port.metadata for port in self.inputs],
            "outputs": [port.metadata for port in self.outputs],
        }

    def tensors(self, replies: Sequence[Reply], versions: Sequence[str]) -> list[Tensor]:
        """Return the outputs for replies, each of a version."""
        answers = [reply if isinstance(reply, Answer) else _NOTHING for reply in replies]
        errors = [_told(reply) if isinstance(reply, Refusal) else b"" for reply in replies]
        made = {
            "predictions": of_texts("predictions", [answer.document for answer in answers]),
            "lengths": of_numbers("lengths", "INT64", [len(answer.labels) for answer in answers]),
            "labels": of_texts("labels", [label.encode() for answer in answers for label in answer.labels]),
            "confidence": of_numbers(
                "confidence", "FP64", [c for answer in answers for c in answer.confidence]
            ),
            "versions": of_texts("versions", [version.encode() for version in versions]),
            "errors": of_texts("errors", errors),
        }
        return [made[port.name] for port in self.outputs]


def find_signature(name: str) -> Signature:
    """Return the model of that name.

    Raises
    ------
    UnknownError
        If there is none.
    """
    found = SIGNATURES.get(name)
    if found is None:
        raise UnknownError("there is no such model", where=name, action=f"ask {', '.join(SIGNATURES)}")
    return found


def sticky_key(item: Item) -> str:
    """Return what decides which version answers: the layer's digest, else its content's hash."""
    match item:
        case Layer(digest, paths):
            return digest or _content(paths)
        case Fingerprint(digest, data):
            return digest or _content(data)
        case Changes(identity, lines):
            return identity or _content(lines)


_NOTHING: Final = Answer(b"", [], [])


def _content(data: bytes) -> str:
    return hashlib.blake2b(data, digest_size=16).hexdigest()


def _told(refusal: Refusal) -> bytes:
    return f"{refusal.code}: {refusal.message}".encode()


def _layers(inputs: Mapping[str, Tensor], limits: ServingLimits) -> list[Item]:
    paths = _rows(inputs, "paths")
    _bounded(len(paths), limits.max_paths, "max_paths")
    bounds = _bounds(inputs, len(paths), limits)
    names = _names(inputs, "digests", len(bounds))
    sizes, hashes = (_column(inputs, name, len(paths)) for name in ("sizes", "hashes"))
    return [
        Layer(
            name, _joined("paths", paths[start:stop]), _bytes(sizes, start, stop), _bytes(hashes, start, stop)
        )
        for name, (start, stop) in zip(names, bounds, strict=True)
    ]


def _fingerprints(inputs: Mapping[str, Tensor], limits: ServingLimits) -> list[Item]:
    data = _rows(inputs, "fingerprints")
    _bounded(len(data), limits.max_layers, "max_layers")
    names = _names(inputs, "digests", len(data))
    return [Fingerprint(name, each) for name, each in zip(names, data, strict=True)]


def _changesets(inputs: Mapping[str, Tensor], limits: ServingLimits) -> list[Item]:
    lines = _rows(inputs, "changes")
    _bounded(len(lines), limits.max_paths, "max_paths")
    bounds = _bounds(inputs, len(lines), limits)
    names = _names(inputs, "ids", len(bounds))
    return [
        Changes(name, _joined("changes", lines[start:stop]))
        for name, (start, stop) in zip(names, bounds, strict=True)
    ]


def _rows(inputs: Mapping[str, Tensor], name: str) -> list[bytes]:
    return list(inputs[name].values)


def _bounded(count: int, most: int, field: str) -> None:
    if count > most:
        raise TooLargeError(
            f"{count} in one request, where {most} are allowed",
            action=f"send fewer, or raise {ServingLimits.setting(field)}",
        )


def _bounds(inputs: Mapping[str, Tensor], count: int, limits: ServingLimits) -> list[tuple[int, int]]:
    """Return where each layer's rows start and end; all are of one without ``lengths``."""
    if "lengths" not in inputs:
        return [(0, count)]
    lengths = [int(length) for length in inputs["lengths"].values]
    _bounded(len(lengths), limits.max_layers, "max_layers")
    if any(length < 0 for length in lengths) or sum(lengths) != count:
        raise RequestError(f"they do not add up to the {count} rows", where="lengths")
    return list(pairwise(accumulate(lengths, initial=0)))


def _names(inputs: Mapping[str, Tensor], name: str, count: int) -> list[str]:
    if name not in inputs:
        return [""] * count
    found = [value.decode("utf-8", "backslashreplace") for value in _rows(inputs, name)]
    if len(found) != count:
        raise RequestError(f"{len(found)} for {count} layers", where=name)
    return found


def _column(inputs: Mapping[str, Tensor], name: str, count: int) -> Values | None:
    if name not in inputs:
        return None
    if len(inputs[name].values) != count:
        raise RequestError(f"{len(inputs[name].values)} for {count} paths", where=name)
    return inputs[name].values


def _bytes(column: Values | None, start: int, stop: int) -> bytes:
    return b"" if column is None else np.asarray(column[start:stop], "<u8").tobytes()


def _joined(name: str, texts: Sequence[bytes]) -> bytes:
    joined = b"\0".join(texts)
    if joined.count(b"\0") != max(len(texts) - 1, 0):
        raise RequestError("a path holds NUL", where=name)
    return joined


_SHARED: Final = (
    Port("lengths", "INT64"),
    Port("labels", BYTES),
    Port("confidence", "FP64"),
    Port("versions", BYTES),
    Port("errors", BYTES),
)
_LAYER_OUTPUTS: Final = (Port("predictions", BYTES), *_SHARED)
_LENGTHS: Final = Port("lengths", "INT64", optional=True)
_DIGESTS: Final = Port("digests", BYTES, optional=True)

SIGNATURES: Final = {
    signature.name: signature
    for signature in (
        Signature(
            "praxi-layers",
            (
                Port("paths", BYTES),
                Port("sizes", "UINT64", optional=True),
                Port("hashes", "UINT64", optional=True),
                _LENGTHS,
                _DIGESTS,
            ),
            _LAYER_OUTPUTS,
            _layers,
        ),
        Signature(
            "praxi-fingerprints", (Port("fingerprints", BYTES), _DIGESTS), _LAYER_OUTPUTS, _fingerprints
        ),
        Signature(
            "praxi-changesets",
            (Port("changes", BYTES), _LENGTHS, Port("ids", BYTES, optional=True)),
            _SHARED,
            _changesets,
        ),
    )
}
"""The models by name. ``hashes`` are of files' contents, as in a fingerprint; 0 where one is not known."""
