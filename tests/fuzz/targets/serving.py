"""The service: requests to infer, the tensors in them, and which versions of the model answer."""

from __future__ import annotations

import struct

import msgspec

from praxi_tasks.errors import UsageError
from praxi_tasks.serving.chain import Chain
from praxi_tasks.serving.chain.answers import read_line
from praxi_tasks.serving.experiment import Experiment
from praxi_tasks.serving.protocol import read_request
from praxi_tasks.serving.refusals import RequestError
from praxi_tasks.serving.tensors import BYTES, NUMBERS, from_binary, from_json
from tests.fuzz.target import SEPARATOR, parts, same, target

_JSON = b'{"inputs":[{"name":"a","shape":[2],"datatype":"INT8","data":[1,2]}],"id":"x"}'
_HEAD = b'{"inputs":[{"name":"a","shape":[1],"datatype":"FP32","parameters":{"binary_data_size":4}}]}'
_SHAPES = ((), (0,), (1,), (2,), (2, 2))
_DATATYPES = (*NUMBERS, BYTES)


@target(
    covers=("praxi_tasks.serving.protocol.read_request",),
    errors=(RequestError,),
    seeds=[SEPARATOR.join((b"", _JSON)), SEPARATOR.join((str(len(_HEAD)).encode(), _HEAD + bytes(4)))],
)
def infer_request(data: bytes) -> None:
    """Read a request: the length of its JSON, and its body."""
    length, body = parts(data, 2)
    request = read_request(body, length.decode("latin-1") or None)
    same(all(name == tensor.name for name, tensor in request.inputs.items()), True, "names of inputs")


@target(
    covers=("praxi_tasks.serving.tensors.from_json", "praxi_tasks.serving.tensors.from_binary"),
    errors=(RequestError,),
    seeds=[b"\x05\x80[1, 2]", b"\x0c\x02" + struct.pack("<I", 1) + b"a", b'\x0c\x84["a"]', b"\x05\x03\1\2"],
)
def tensor(data: bytes) -> None:
    """Read a tensor: which datatype and shape it has, and its values in both forms."""
    head, values = data[:2].ljust(2, b"\0"), data[2:]
    datatype, shape = _DATATYPES[head[0] % len(_DATATYPES)], _SHAPES[head[1] % len(_SHAPES)]
    if head[1] & 0x80:
        found = from_json("a", datatype, shape, values)
    else:
        found = from_binary("a", datatype, shape, memoryview(values))
    same(found.datatype, datatype, "the datatype")


@target(
    covers=("praxi_tasks.serving.experiment.Experiment.parse",),
    errors=(UsageError,),
    seeds=[
        b"name: a-b\nweights: {v1: 90, v2: 10}\nshadow: [v3]\n",
        b'{"name": "a", "weights": {"v1": 100}}',
    ],
)
def experiment(data: bytes) -> None:
    """Read an experiment and ask which version answers."""
    found = Experiment.parse(data, "a.yaml")
    same(found.choose("x") in found.versions, True, "a version of the experiment")


@target(
    covers=("praxi_tasks.serving.chain.declaration.Chain.parse",),
    errors=(UsageError,),
    seeds=[
        (
            b"name: a\nsteps:\n  - {name: p, run: plan}\n  - {name: f, run: fingerprint}\n"
            b"  - {name: s, service: {url: 'https://x.example/', version: 8}}\n  - {name: r, run: findings}\n"
        ),
        b'{"name": "a", "steps": [{"name": "c", "command": ["x"], "gives": ["report", "findings"]}]}',
    ],
)
def chain(data: bytes) -> None:
    """Read a chain, and find its steps by their names."""
    found = Chain.parse(data, "chain.yaml")
    same([found.step(step.name) for step in found.steps], list(found.steps), "the steps")


@target(
    covers=("praxi_tasks.serving.chain.answers.read_line",),
    errors=(msgspec.MsgspecError,),
    seeds=[
        b'{"digest":"sha256:00","releases":[{"ecosystem":"deb","name":"jq","versions":["1.6"],"confidence":0.9,"evidence":["a"]}]}',
        b'{"digest":"sha256:00","error":"too large"}',
    ],
)
def predictions_line(data: bytes) -> None:
    """Read a line of what somebody else's step predicts."""
    digest, _ = read_line(data, "model")
    same(bool(digest), True, "that a layer is named")
