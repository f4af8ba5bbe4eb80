"""Byte code tells the size of its source and the version that it states, or nothing; no head breaks it."""

from __future__ import annotations

import itertools
import py_compile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from praxi_tasks.fingerprint import Tagset
from praxi_tasks.oci.layer import NO_SOURCE, version_number
from praxi_tasks.oci.layer.byte_code import HEAD, ByteCode, read_heads
from tests.support.layers import changeset, member

TIMED = py_compile.PycInvalidationMode.TIMESTAMP
HASHED = py_compile.PycInvalidationMode.CHECKED_HASH
FOLDER = "app/lib/python3.11/site-packages/shop"


def compiled(folder: Path, source: str, mode: py_compile.PycInvalidationMode = TIMED) -> bytes:
    """Compile a module for real."""
    module = folder / "module.py"
    module.write_text(source)
    made = py_compile.compile(str(module), str(folder / "module.pyc"), invalidation_mode=mode, doraise=True)
    return Path(made or "").read_bytes()


def layer(files: dict[str, bytes]) -> Tagset:
    return Tagset.from_changeset(changeset([member(path, content) for path, content in files.items()]))


def said(name: str, content: bytes) -> tuple[bool, int, int]:
    """Return what a layer's tagset has of byte code: whether it is measured, size, and stated version."""
    tagset = layer({f"{FOLDER}/{name}": content})
    return bool(tagset.measured[0]), int(tagset.sizes[0]), int(tagset.hashes[0])


@pytest.mark.parametrize("name", ["part.pyc", "__pycache__/part.cpython-311.opt-1.pyc"])
def test_the_head_tells_the_size_of_the_source(tmp_path: Path, name: str) -> None:
    source = "__version__ = '1.2.3'\n" * 40
    assert said(name, compiled(tmp_path, source)) == (True, len(source), 0)


@pytest.mark.parametrize("name", ["__init__.pyc", "__pycache__/_version.cpython-311.pyc"])
@pytest.mark.parametrize(
    ("source", "version"),
    [
        ("__version__ = '1.2.3'", "1.2.3"),
        (
            "import sys\nif sys.version_info < (3, 8):\n    need('3.8')\n__version__ = '4.15.0rc1'",
            "4.15.0rc1",
        ),
        ("__version__ = '26.0'", "26.0"),
        ("__version__ = '2026.07.22'", "2026.7.22"),
        ("PORT = '127.0.0.1'\nNOTHING = '0.0.0'", ""),
        ("import importlib", ""),
    ],
)
def test_a_module_states_its_version(tmp_path: Path, name: str, source: str, version: str) -> None:
    number = version_number(version) if version else 0
    assert said(name, compiled(tmp_path, source)) == (True, len(source), number)


def test_an_empty_module_has_an_empty_source(tmp_path: Path) -> None:
    assert said("__init__.pyc", compiled(tmp_path, "")) == (True, 0, 0)


def test_what_is_checked_by_hash_tells_nothing(tmp_path: Path) -> None:
    assert said("__init__.pyc", compiled(tmp_path, "__version__ = '1.2.3'", HASHED)) == (False, 0, 0)


@pytest.mark.parametrize(
    "head",
    [
        b"\xa7\r\r\n",
        b"\x03\xf3\r\n" + bytes(12),  # Python 2.7
        b"\x33\r\r\n" + bytes(12),  # Python 3.6, before PEP 552
    ],
)
def test_another_head_tells_nothing(head: bytes) -> None:
    assert said("__init__.pyc", head) == (False, 0, 0)


@pytest.mark.parametrize("name", ["__init__.pyc", "part.pyc"])
@pytest.mark.parametrize("content", [b"", b"x", b"x" * 16, b"x" * 90_000])
def test_what_no_interpreter_wrote_has_a_size_that_no_source_has(name: str, content: bytes) -> None:
    assert said(name, content) == (True, NO_SOURCE, 0)


@given(st.binary(max_size=300), st.lists(st.integers(1, 40), max_size=20))
def test_it_does_not_matter_where_the_parts_end(data: bytes, lengths: list[int]) -> None:
    content = b"\xa7\r\r\n" + bytes(8) + b"\x07\0\0\0" + data
    whole = ByteCode(memoryview(content), states_version=True)
    ends = [0, *np.cumsum(lengths).tolist(), len(content)]
    view = memoryview(content)
    parts = ByteCode(view[: ends[1]], states_version=True)
    for start, end in itertools.pairwise(ends[1:]):
        parts.update(view[start:end])
    assert parts.digest() == whole.digest()


@pytest.mark.parametrize(
    ("one", "other"),
    [("1.0", "1.0.0"), ("2026.07.22", "2026.7.22"), ("0.29.1+cpu", "0.29.1"), ("1.0rc1", "1.0-rc.1")],
)
def test_spellings_of_a_version_have_one_number(one: str, other: str) -> None:
    assert version_number(one) == version_number(other) != version_number("1.0.1")
    assert 0 < version_number(one) < 2**32


HEADS = st.tuples(
    st.sampled_from([0, 3391, 3392, 3495, 19_999, 20_000]),
    st.sampled_from([b"\r\n\0\0\0\0", b"\r\n\1\0\0\0", b"\n\r\0\0\0\0"]),
    st.binary(min_size=8, max_size=8),
)


@given(st.lists(HEADS, max_size=5))
def test_many_heads_at_once_say_what_each_says(parts: list[tuple[int, bytes, bytes]]) -> None:
    heads = [magic.to_bytes(2, "little") + flags + rest for magic, flags, rest in parts]
    assert all(len(head) == HEAD for head in heads)
    told = [ByteCode(memoryview(head), states_version=False).digest() for head in heads]
    assert read_heads(b"".join(heads)).tolist() == [int.from_bytes(each, "big") for each in told]
