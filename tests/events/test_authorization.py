"""Who knows the secret, in whichever way a registry can say it."""

from __future__ import annotations

import base64

import pytest

from praxi_tasks.events import knows_secret

SECRET = "correct horse battery".replace(" ", "-")


def basic(text: str) -> str:
    return "Basic " + base64.b64encode(text.encode()).decode()


@pytest.mark.parametrize("given", [SECRET, f"Bearer {SECRET}", f"bearer  {SECRET} ", basic(f"any:{SECRET}")])
def test_each_way_is_heeded(given: str) -> None:
    assert knows_secret(given, SECRET)
    assert knows_secret(given, f"another-secret-of-old {SECRET}")
    assert not knows_secret(given, "")


@pytest.mark.parametrize(
    "given",
    ["", "Bearer", "Bearer ", "Basic", "Basic !!!", basic(SECRET), basic(f"{SECRET}:"), f"Digest {SECRET}",
     f"Bearer {SECRET}x", SECRET[:-1], "Bearer \udcff", basic("a:b")],
)  # fmt: skip
def test_nothing_else_is(given: str) -> None:
    assert not knows_secret(given, SECRET)


def test_a_short_secret_is_none() -> None:
    assert not knows_secret("Bearer short", "short")
    assert not knows_secret("", " ")
