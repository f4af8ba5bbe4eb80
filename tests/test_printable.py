"""What images say reaches nobody raw."""

from __future__ import annotations

import logging
import sys

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from praxi_tasks.printable import (
    PrintableFormatter,
    one_line,
    printable,
    printable_json,
    printable_lines,
    printable_tree,
)

ANY = st.text(st.characters(codec=None, exclude_categories=()))
SPOOFS = [
    "\x1b]0;pwned\x07",
    "\x9b31m",
    "a\nb",
    "\r",
    "\u202etxt.exe",
    "\u2066",
    "\u200b",
    "\udcff",
    "\u2028",
    "\0",
]


@given(ANY, st.integers(0, 50))
def test_it_is_one_printable_line_that_any_file_can_hold(text: str, most: int) -> None:
    shown = printable(text, most)
    assert shown.isprintable()
    assert shown.encode().decode() == shown
    if text.isprintable() and (not most or len(text) <= most):
        assert shown == text


@pytest.mark.parametrize("spoof", SPOOFS)
def test_what_repaints_or_forges_is_shown_as_an_escape(spoof: str) -> None:
    assert "\\" in printable(spoof)


def test_names_of_every_script_stay_as_they_are() -> None:
    for name in ("héllo wörld", "日本語", "Привет", "עברית", "naïve 🐍"):
        assert printable(name) == name


@given(ANY)
def test_what_is_printable_stays_so(text: str) -> None:
    assert printable(printable(text)) == printable(text)


def test_a_long_message_is_cut() -> None:
    assert one_line("a\nb" + "c" * 3000, most=5) == "a bcc…"


def test_a_long_text_is_cut() -> None:
    assert printable("x" * 11, 10) == "x" * 9 + "…"
    assert printable("x" * 10, 10) == "x" * 10


@given(ANY)
def test_lines_stay_lines(text: str) -> None:
    shown = printable_lines(text)
    assert shown.count("\n") == text.count("\n")
    assert shown.replace("\n", "").isprintable()


@given(st.recursive(ANY | st.integers() | st.none(), lambda of: st.lists(of) | st.dictionaries(ANY, of)))
def test_a_document_keeps_its_shape(document: object) -> None:
    shown = printable_tree(document)
    assert repr(shown).isprintable()
    assert type(shown) is type(document)


def test_a_log_record_is_one_line_and_its_traceback_forges_none() -> None:
    formatter = PrintableFormatter("%(levelname)s %(message)s")
    record = logging.LogRecord("x", logging.INFO, __file__, 1, "layer %s", ("a\x1b[2J\nERROR forged",), None)
    assert formatter.format(record) == "INFO layer a\\x1b[2J\\nERROR forged"
    try:
        int("\x1b]0;pwned\x07")
    except ValueError:
        record.exc_info = sys.exc_info()
    lines = formatter.format(record).split("\n")
    assert len(lines) > 2
    assert all(line.isprintable() for line in lines)


@given(
    st.recursive(st.text(), lambda inner: st.dictionaries(st.text(), inner) | st.lists(inner), max_leaves=9)
)
def test_a_json_document_keeps_its_values_and_shows_nothing_raw(value: object) -> None:
    for document in (msgspec.json.encode(value), msgspec.json.format(msgspec.json.encode(value), indent=2)):
        safe = printable_json(document)
        assert msgspec.json.decode(safe) == value
        assert all(line.isprintable() for line in safe.decode().split("\n"))


@pytest.mark.parametrize("text", ["\u202etxt", "\x7f", "\x9b2J", "\u200b", "\U000e0001", "\u2066"])
def test_what_is_not_printable_stands_in_json_as_its_escape(text: str) -> None:
    assert printable_json(msgspec.json.encode([text])).isascii()


def test_what_can_be_read_stands_in_json_as_it_is() -> None:
    document = msgspec.json.encode({"é": "日本 😀"})
    assert printable_json(document) == document
