"""Pickles are followed and never carried out: what they would import is known, whatever hides it."""

from __future__ import annotations

import collections
import io
import os
import pickle
import struct
import zipfile
import zlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from praxi_tasks.inventory.ml_model.pickle_imports import Budget, Imports
from praxi_tasks.inventory.ml_model.pickles import read_pickles
from praxi_tasks.inventory.ml_model.zip_model import READER as ZIPS
from tests.inventory.ml_model.test_formats import inspect, model
from tests.support import models
from tests.support.models import HOSTILE, npy, pickled, zipped

SYSTEM = "posix.system"


def imports(data: bytes, steps: int = 100_000) -> Imports:
    """Follow the pickles at the beginning of some bytes."""
    found = Imports(Budget(steps))
    read_pickles(io.BytesIO(data), found)
    return found


@pytest.mark.parametrize("protocol", range(6))
def test_every_protocol_is_followed(protocol: int) -> None:
    content = [1, -5, 2.5, 2**100, "x", b"z" * 300, True, None, (), (1,), (1, 2, 3, 4), {"a": {1}, "b": []}]
    more = [frozenset([3]), bytearray(b"x"), collections.OrderedDict(a=1), HOSTILE, content]
    found = imports(pickled([content, more], protocol))
    assert {SYSTEM, "collections.OrderedDict"} <= found.globals.keys()
    assert not found.faults
    assert found.pickles == 1


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.binary(max_size=5),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=3), inner) | st.tuples(inner, inner),
)


@given(JSON, st.integers(0, 5))
def test_honest_data_imports_nothing_of_note(content: Any, protocol: int) -> None:
    found = imports(pickle.dumps(content, protocol))
    assert not found.faults
    assert found.globals.keys() <= {"_codecs.encode", "__builtin__.bytes"}


@pytest.mark.parametrize(
    "data",
    [
        b"cposix\nsystem\n(S'id'\ntR.",
        b"(iposix\nsystem\n.",
        b"(S'id'\niposix\nsystem\n.",
        b"(cposix\nsystem\nS'id'\no.",
        b"\x80\x04\x8c\x05posix\x8c\x06system\x93)R.",
        b"\x80\x04\x8c\x05posix\x94\x8c\x06system\x9400h\x00h\x01\x93.",
        b"\x80\x04Vposix\np5\n0Vsystem\nq\x070g5\nh\x07\x93.",
        b"\x80\x04X\x05\0\0\0posix\x8d\x06\0\0\0\0\0\0\0system\x93.",
        b"\x80\x04V\\u0070osix\nVsys\\u0074em\n\x93.",
        b"\x80\x04S'\\x70osix'\nS'system'\n\x93.",
        b"\x80\x04U\x05posixT\x06\0\0\0system\x93.",
        b"\x80\x04(\x8c\x05posix\x8c\x06system\x93.",
        (
            b"\x80\x04\x8c\x06system\x8c\x05posix2\x94000\x8c\x05posixr\xff\xff\0\0"
            b"0j\xff\xff\0\0\x8c\x06system\x93."
        ),
        b"\x80\x04\x95\xff\0\0\0\0\0\0\0cposix\nsystem\n.",
        b"\x80\x04\x95\x0c\0\0\0\0\0\0\0ccollectionsposix\nsystem\n.",  # the frame ends in the name
        b"\x80\x04\x95\x05\0\0\0\0\0\0\0X\x05\0\0\0posix\x8c\x06system\x93.",
        b"I1\n0cposix\nsystem\n.",
        b"cposix\nsystem\n",  # cut off behind it
        b"cposix\nsystem\n(S'id'\ntR\xff",  # broken behind it
        b"cposix\nsystem\n(S'id'\ntRg9\n.",
        b"N.\x80\x02cposix\nsystem\n.",  # the second of two
    ],
)
def test_tricks_hide_no_import(data: bytes) -> None:
    assert SYSTEM in imports(data).globals


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (b"\x80\x04)\x8c\x06system\x93.", "computes"),
        (b"\x80\x04\x8c\x05posixN\x93.", "computes"),
        (b"", "cut off"),
        (b"X\xff\xff\xff\xffa", "cut off"),
        (b"\x8e\xff\xff\xff\xff\xff\xff\xff\xff", "cut off"),
        (b"V" + b"a" * (1 << 17), "far too long"),
        (b"R.", "more from its stack"),
        (b"(R.", "more from its stack"),
        (b"t.", "mark that is not there"),
        (b"\xfe", "0xfe"),
        (b"gx\n.", "by no number"),
        (b"X\x01\0\0\0\xff.", "text that is none"),
        (b"S'\\x'\n.", "text that is none"),
        (b"N0" * 40_000 + b".", "more opcodes"),
    ],
)
def test_what_can_not_be_followed_is_told(data: bytes, fault: str) -> None:
    (told,) = imports(data, 1_000).faults
    assert fault in told


def test_many_globals_end_the_reading() -> None:
    found = imports(b"".join(b"cm\nx%d\n" % number for number in range(3_000)) + b".")
    assert len(found.globals) == 2_000
    assert found.faults


def test_extensions_are_named_by_their_number() -> None:
    assert [*imports(b"\x80\x02\x82\x05.").globals] == ["copyreg.extension 5"]


def test_names_are_printable() -> None:
    (name,) = imports("cm\x1b\nf\udcff\n.".encode("utf-8", "surrogatepass")).globals
    assert name.isprintable()


def test_nested_values_take_no_time() -> None:
    found = imports(b"]" + b"2\x86" * 5_000 + b"cposix\nsystem\n.")
    assert SYSTEM in found.globals


def test_numbers_that_joblib_writes_into_its_pickle_are_passed_over() -> None:
    wrapper = (
        b"cjoblib.numpy_pickle\nNumpyArrayWrapper\n)\x81}(X\x05\0\0\0shapeK\x02K\x03\x86"
        b"X\x05\0\0\0dtypecnumpy\ndtype\nX\x02\0\0\0f8\x88\x89\x87R"
        b"X\x1b\0\0\0numpy_array_alignment_bytesK\x10ub"
    )
    found = imports(b"\x80\x02" + wrapper + b"\x03\xff\xff\xff" + b"cevil\nx\n" * 6 + b"0cposix\nsystem\n.")
    assert [*found.globals] == ["joblib.numpy_pickle.NumpyArrayWrapper", "numpy.dtype", SYSTEM]
    assert (found.parameters, found.faults) == (6, {})


def test_an_array_of_objects_is_a_pickle() -> None:
    assert model(npy([HOSTILE]), "a/m.npy").imports == (SYSTEM,)
    assert (
        inspect(b"\x93NUMPY\x01\0\x36\0{'descr': '<f8', 'fortran_order': False}".ljust(64), "a/m.npy").claims
        == ()
    )


TORCH = {"archive/version": b"3\n", "archive/data/0": b"abcd"}


def test_pytorch() -> None:
    tensor = (
        b"\x80\x02ctorch._utils\n_rebuild_tensor_v2\n((X\x07\0\0\0storagectorch\nHalfStorage\nX\x01\0\0\x000"
        b"X\x03\0\0\0cpuK\x08tQK\x00K\x02K\x04\x86K\x04K\x01\x86\x89ccollections\nOrderedDict\n)RtR."
    )
    found = model(zipped({"m/data.pkl": tensor, **TORCH}), "srv/m.pt")
    assert (found.format, found.framework, found.quantisation) == ("pytorch", "pytorch", "F16")
    assert (found.parameters, found.pickles, found.faults) == (8, 1, ())


@pytest.mark.parametrize("path", ["srv/m.pt", "srv/weights.dat", "srv/blobs/0a1b"])
@pytest.mark.parametrize(
    "members",
    [
        {**TORCH, "archive/data.pkl": pickled(HOSTILE)},
        {"archive/data.pkl": pickled([1]), "archive/odd": pickled(HOSTILE)},
        {
            "x/data.pkl": pickled([1]),
            "in.ner": zipped({"deep": zipped({"a.txt": b"x", "b": pickled(HOSTILE)})}),
        },
        {"a.npy": npy([HOSTILE])},
        {"DATA.PKL": b"cposix\nsystem\n."},
    ],
)
def test_pickles_in_archives_are_found(members: dict[str, bytes], path: str) -> None:
    for packing in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        assert model(zipped(members, packing), path).imports == (SYSTEM,)


def test_what_lenient_readers_load_is_seen() -> None:
    data = zipped({"archive/data.pkl": pickled(HOSTILE)})
    record = data.rindex(b"PK\x01\x02")
    sums = struct.pack("<I", zlib.crc32(pickled(HOSTILE)))
    for broken in (
        data.replace(sums, b"\0\0\0\0"),
        data[: record + 8] + b"\x01" + data[record + 9 :],  # said to be encrypted
        data.replace(b"archive/data.pkl", b"archive/none.txt", 1),
    ):
        assert broken != data
        assert model(broken, "a/m.pt").imports == (SYSTEM,)


def test_a_bomb_is_no_more_than_its_beginning() -> None:
    data = zipped({"archive/data.pkl": b"N0" * (1 << 23) + b"."}, zipfile.ZIP_DEFLATED)
    found = model(data, "a/m.pt")
    assert found.faults == ("it has more opcodes than are followed",)


def test_archives_of_others_are_left_alone() -> None:
    assert not inspect(zipped({"a.txt": b"x", "b.csv": b"y"}), "srv/data.zip").claims
    assert ZIPS.accepts(b"lib.jar", b"PK\x03\x04") is None
    assert inspect(b"PK\x03\x04" + bytes(40), "a/m.pt").problems
    assert not inspect(b"PK\x03\x04" + bytes(40), "a/m.zip").problems


def test_a_name_is_no_proof_of_a_pickle() -> None:
    assert not inspect(b"import os\n", "usr/lib/python3/site-packages/a.pth").claims
    assert not inspect(b"some text\n", "srv/notes.p").claims
    assert model(pickle.dumps({"a": os.sep}), "srv/cache").is_data


def test_what_is_left_of_a_budget_is_all_that_is_followed() -> None:
    budget = Budget(100)
    for _ in range(3):
        read_pickles(io.BytesIO(models.pickled(list(range(30)))), found := Imports(budget))
    assert found.faults
    assert budget.steps == 0
