"""What tracing shows to the rest of Praxi, and what it costs where it is off."""

from __future__ import annotations

from tests.support.faces import exported, loaded_by


def test_the_exported_names() -> None:
    assert exported("praxi_tasks.tracing") == {
        "ENDPOINT",
        "Kind",
        "Span",
        "abandon",
        "handed_over",
        "is_on",
        "observe",
        "publish",
        "request_span",
        "span",
        "trace_headers",
        "trace_id_of",
        "trace_ids",
        "traced_command",
        "traced_service",
    }


def test_opentelemetry_is_not_even_imported_where_nobody_asked_for_it() -> None:
    assert "opentelemetry" not in loaded_by("praxi_tasks.cli.plan", "plan")
    assert "opentelemetry" not in loaded_by("praxi_tasks.tracing", "traced_command")
