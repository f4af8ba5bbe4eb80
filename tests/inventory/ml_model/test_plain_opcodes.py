from __future__ import annotations

import io
import pickle
import pickletools
from collections import OrderedDict
from typing import Any

import pytest

from praxi_tasks.inventory.ml_model.pickle_imports import Budget, Imports
from praxi_tasks.inventory.ml_model.pickles import read_pickles
from praxi_tasks.inventory.ml_model.plain_opcodes import MARK, PlainOpcodes

_DATA: dict[str, Any] = {
    f"schlüssel {number}": [number, -number, number * 0.5, None, True, False, {"a": ()}, "x" * (number % 300)]
    for number in range(2_000)
}
_LONG = {"text": "ü" * 70_000, "after": ["b" * 1_001, "c" * 1_000], "big": 1 << 200}
_NOTED = ["same"] * 3
_OBJECTS = [OrderedDict(a=1), complex(1, 2), {"set": {1, 2}}, bytearray(b"x" * 65_530), Budget]


@pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
def test_most_of_a_pickle_of_data_is_followed_in_memory(protocol: int) -> None:
    data = pickle.dumps(_DATA, protocol)
    file, stack, memo = io.BytesIO(data), list[object](), dict[int, object]()
    file.seek(2 if protocol < 4 else 11)  # behind the protocol, and the frame

    followed = PlainOpcodes(file, stack, memo).follow(1_000_000, 0)

    in_a_piece = sum(1 for _, _, place in pickletools.genops(data) if (place or 0) < 65_000)
    assert followed > in_a_piece - 40
    assert 65_000 < file.tell() < 65_600
    assert stack[1] is MARK
    assert "schlüssel 0" in stack


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
@pytest.mark.parametrize(
    "content", [_DATA, _LONG, _NOTED, _OBJECTS], ids=["data", "long", "noted", "objects"]
)
def test_nothing_else_is_told(monkeypatch: pytest.MonkeyPatch, content: Any, protocol: int) -> None:
    data = pickle.dumps(content, protocol)
    _same(monkeypatch, data)
    _same(monkeypatch, data[: len(data) // 2])
    _same(monkeypatch, data, Budget(steps=1_000))


@pytest.mark.parametrize(
    "data",
    [
        b"\x80\x02" + b"X\x02\0\0\0\xff\xff" + b"N" * 20 + b".",  # a text that is none
        b"\x80\x02" + b"q\x01" + b"N" * 20 + b".",  # notes what is not there
        b"\x80\x02" + b"h\x01" + b"N" * 20 + b".",  # takes a note that is not there
        b"\x80\x02" + b"s" + b"N" * 20 + b".",
        b"\x80\x02" + b"(NNs" + b"N" * 20 + b".",
        b"\x80\x02" + b"(a" + b"N" * 20 + b".",
        b"\x80\x02" + b"Ne" + b"N" * 20 + b".",
        b"\x80\x02" + b"(u" + b"N" * 20 + b".",
        b"\x80\x02" + b"}(X\x01\0\0\0aK\x01u" + b"N" * 20 + b".",
        b"\x80\x04" + b"\x8c\x02os\x94\x8c\x06system\x94\x93\x94" + b"N" * 20 + b".",
        b"\x80\x04" + b"\x8c\x02o\n\x94\x8c\x06system\x94\x93\x94" + b"N" * 20 + b".",  # no name
        b"\x80\x04\x95\x14\0\0\0\0\0\0\0" + b"N" * 19 + b"\x8c\x02os" + b"N" * 20 + b".",  # beyond a frame
        b"\x80\x04\x95\x14\0\0\0\0\0\0\0" + b"N" * 17 + b"\x8c\x02os" + b"N" * 20 + b".",
        b"\x80\x04\x95\x30\0\0\0\0\0\0\0" + b"K\x01" * 23 + b"cos\nsystem\n" + b"N" * 20 + b".",
    ],
)
def test_what_is_amiss_is_told_as_before(monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
    _same(monkeypatch, data)
    _same(monkeypatch, data, Budget(steps=3))


def _same(monkeypatch: pytest.MonkeyPatch, data: bytes, budget: Budget | None = None) -> None:
    """Hold that a pickle says what it does where each opcode is followed by itself."""
    steps = (budget or Budget()).steps
    found = Imports(Budget(steps))
    read_pickles(io.BytesIO(data), found)
    with monkeypatch.context() as one_by_one:
        one_by_one.setattr(PlainOpcodes, "follow", lambda *_: 0)
        expected = Imports(Budget(steps))
        read_pickles(io.BytesIO(data), expected)
    assert (found.globals, found.faults, found.pickles) == (
        expected.globals,
        expected.faults,
        expected.pickles,
    )
    assert abs(found.budget.steps - expected.budget.steps) <= 1  # a text and its note count together
