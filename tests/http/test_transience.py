"""Which answers pass, and how long a server may make one wait."""

from __future__ import annotations

from email.utils import formatdate

import pytest
from hypothesis import given
from hypothesis import strategies as st
from urllib3 import HTTPResponse

from praxi_tasks.http import PASSING, BoundedRetry, retry_after


@pytest.mark.parametrize(
    ("text", "least", "most"),
    [
        ("0", 0, 0),
        (" 7 ", 7, 7),
        ("86400", 86400, 86400),
        (formatdate(4102444800, usegmt=True), 1e9, 4.2e9),
        (formatdate(0, usegmt=True), 0, 0),
    ],
)
def test_what_a_server_asks_for(text: str, least: float, most: float) -> None:
    asked = retry_after({"Retry-After": text})
    assert asked is not None
    assert least <= asked <= most


@pytest.mark.parametrize("text", ["", "soon", "-5", "1.5", "7 s", "Mon, 99 Foo 2026 00:00:00 GMT", "None"])
def test_what_asks_for_nothing(text: str) -> None:
    assert retry_after({"Retry-After": text}) is None


@given(st.text() | st.integers().map(str))
def test_no_text_breaks_a_retry(text: str) -> None:
    asked = BoundedRetry(1).new().get_retry_after(HTTPResponse(headers={"Retry-After": text}, status=503))
    assert asked is None or 0 <= asked <= 60


def test_what_only_proxies_send_passes_and_what_is_not_implemented_does_not() -> None:
    assert {408, 425, 429, 500, 502, 503, 504, 507, 509, 520, 521, 522, 524, 527, 529, 530, 599} <= PASSING
    assert not PASSING & {200, 301, 400, 401, 403, 404, 409, 499, 501, 505, 511}
