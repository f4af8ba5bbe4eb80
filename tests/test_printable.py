from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from praxi_tasks.printable import one_line, printable


@given(st.text(st.characters(exclude_categories=()), max_size=20))
def test_any_text_becomes_printable_and_stays_so(text: str) -> None:
    shown = printable(text)
    assert shown.isprintable()
    assert printable(shown) == shown
    assert shown == text or not text.isprintable()


def test_a_long_message_is_cut() -> None:
    assert one_line("a\nb" + "c" * 3000, most=5) == "a bcc…"
