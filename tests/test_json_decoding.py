"""JSON that somebody else wrote: deep, odd, and in threads."""

from __future__ import annotations

import json
import subprocess
import sys
import textwrap
import tracemalloc
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from praxi_tasks.json_decoding import decode, decode_shallow, decoder, depth


class Named(msgspec.Struct):
    name: str = ""


VALUES = st.recursive(
    st.none() | st.integers() | st.text('a"\\[]{}é', max_size=6),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text('a"\\[{', max_size=3), inner, max_size=3)
    ),
    max_leaves=12,
)


def nesting(value: Any) -> int:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    return 0 if inner is None else 1 + max(map(nesting, inner), default=0)


@given(VALUES, st.integers(1, 20))
def test_the_depth_is_that_of_the_value_however_it_is_cut(value: Any, piece: int) -> None:
    data = json.dumps(value, ensure_ascii=False).encode()
    assert depth(data, enough=-1) == depth(data, enough=-1, piece=piece) == nesting(value)
    assert decode(data) == value


@given(st.binary(max_size=30) | st.text('[]{}"\\,:a', max_size=30).map(str.encode))
def test_bytes_that_are_no_json_are_refused_with_one_error(data: bytes) -> None:
    depth(data, enough=-1)
    for read in (decode, decode_shallow):
        try:
            read(data, Named)
        except msgspec.DecodeError:
            continue


@pytest.mark.parametrize("deep", [b"[" * 60_000 + b"]" * 60_000, b'{"a":' * 60_000 + b"1" + b"}" * 60_000])
def test_a_deep_document_is_refused_or_read_in_its_upper_levels(deep: bytes) -> None:
    data = b'{"before":' + deep + b',"name":"x","after":' + deep + b"}"
    with pytest.raises(msgspec.DecodeError, match="PRAXI_JSON_MAX_DEPTH"):
        decode(data, Named)
    assert decode_shallow(data, Named) == Named("x")


class Listed(msgspec.Struct):
    name: str
    named: Named = msgspec.field(default_factory=Named)
    parts: list[str] = []
    by_name: dict[str, Named] = {}


@pytest.mark.parametrize("read", [decode, decode_shallow])
def test_a_null_where_none_may_be_is_as_if_it_was_not_there(read: Any) -> None:
    data = b'{"name":"x","named":{"name":null},"parts":null,"by_name":{"a":null,"b":{"name":"y"}}}'
    assert read(data, Listed) == Listed("x", by_name={"b": Named("y")})


@pytest.mark.parametrize("data", [b'{"name":null}', b'{"name":"x","parts":[null]}', b"null", b'{"a":[null}'])
def test_a_null_is_no_value_of_what_has_to_be_there(data: bytes) -> None:
    with pytest.raises(msgspec.DecodeError):
        decode(data, Listed)


def test_a_null_beside_numbers_that_no_type_holds_is_refused_with_one_error() -> None:
    for number in (b"1" * 5_000, b"1e999", b"-" + b"9" * 30, b'"\\ud800"'):
        try:
            decode(b'{"name":null,"other":' + number + b"}", Named)
        except msgspec.DecodeError:
            continue


def test_the_depth_of_many_brackets_takes_little_memory() -> None:
    data = b"[" + b"[]," * 1_000_000 + b"1]"
    tracemalloc.start()
    assert depth(data, enough=1) == 2
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 30 << 20


QUOTES = rb"{[\"" * 300_000


@pytest.mark.parametrize(
    ("data", "deep"),
    [
        (b'{"a":"' + QUOTES + b'","b":[{}]}', 3),
        (b'{"a":"' + QUOTES, 1),
        (b'{"a":"' + QUOTES[:200_000] + b"\\", 1),
        (b'["' + QUOTES[:150_000] + b'","' + QUOTES[:150_000] + b'"]', 1),
    ],
    ids=["a long string", "one without end", "one that ends in an escape", "two"],
)
def test_the_depth_of_strings_full_of_quotes_is_found_in_linear_time(data: bytes, deep: int) -> None:
    assert depth(data, enough=1) == deep


def test_a_document_that_never_closes_what_it_opens_is_refused() -> None:
    with pytest.raises(msgspec.DecodeError):
        decode_shallow(b'{"name":"x","a":' + b"[" * 60_000, Named)


def test_the_depth_is_a_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PRAXI_JSON_MAX_DEPTH", "3")
    assert decode(b"[[[]]]") == [[[]]]
    with pytest.raises(msgspec.DecodeError):
        decode(b"[[[[]]]]")


def test_a_decoder_is_made_once() -> None:
    assert decoder(Named) is decoder(Named)


def test_threads_may_decode_a_new_type_at_once() -> None:
    """msgspec alone ends the interpreter here."""
    program = """
        import sys, threading, msgspec
        from praxi_tasks.json_decoding import decode
        sys.setswitchinterval(1e-6)
        for number in range(100):
            fields = [(f"f{field}", int | None, None) for field in range(20)]
            kind = msgspec.defstruct(f"Kind{number}", fields)
            barrier = threading.Barrier(8)
            work = lambda: (barrier.wait(), decode(b'{"f1":1}', kind))
            threads = [threading.Thread(target=work) for _ in range(8)]
            for thread in threads: thread.start()
            for thread in threads: thread.join()
    """
    subprocess.run([sys.executable, "-c", textwrap.dedent(program)], check=True)
