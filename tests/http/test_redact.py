"""What is shown of a URL."""

from __future__ import annotations

import pytest

from praxi_tasks.http.redact import redact_url


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://quay.io/v2/a/manifests/1", "https://quay.io/v2/a/manifests/1"),
        (
            "https://me:secret@cdn.example:444/blob?X-Signature=secret#secret",
            "https://cdn.example:444/blob?…",
        ),
        ("https://secret@secret@host/x", "https://host/x"),
        ("http://[::1/secret", "a malformed URL"),
    ],
)
def test_shows_where_and_never_a_credential(url: str, shown: str) -> None:
    assert redact_url(url) == shown


def test_is_never_long() -> None:
    assert len(redact_url("https://host/" + "x" * 10_000)) <= 300
