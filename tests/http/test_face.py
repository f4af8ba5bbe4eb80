"""What HTTP shows to the rest of Praxi."""

from __future__ import annotations

from tests.support.faces import exported, loaded_by


def test_the_exported_names() -> None:
    settings = {"PREFIX", "HttpSettings", "Parsers", "hostname", "is_loopback"}
    assert exported("praxi_tasks.http") == settings | {
        "BoundedRetry",
        "Connections",
        "FilePart",
        "ForbiddenAddressError",
        "LONGEST_WAIT",
        "PASSING",
        "Response",
        "SiteClient",
        "explain",
        "open_url",
        "read_part",
        "redact_url",
        "refusal_text",
        "retry_after",
        "same_host",
        "same_site",
    }


def test_it_needs_no_more_than_airflows_side_has() -> None:
    assert not loaded_by("praxi_tasks.http") & {"numpy", "requests", "zstandard"}
