"""The settings of where the page Praxi leads to: other servers' pages for people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from praxi_airflow.settings.section import Section

_TRACE: Final = "{trace_id}"


@dataclass(frozen=True, kw_only=True)
class LinkSettings:
    """Every field is the setting of that name in the ``[praxi]`` section; each empty for no link.

    Attributes
    ----------
    trace_url
        Address of a trace, with ``{trace_id}`` where its id belongs.
    models_url, dashboards_url, serving_url
        Addresses of the model in MLflow, of dashboards, and of what serves the model.
    """

    trace_url: str = ""
    models_url: str = ""
    dashboards_url: str = ""
    serving_url: str = ""

    def trace(self, trace_id: str) -> str:
        """Return the address of a trace; empty where there is no trace or no such address."""
        return self.trace_url.replace(_TRACE, trace_id) if trace_id else ""


def load_link_settings(section: Section) -> LinkSettings:
    """Read and check these settings.

    Raises
    ------
    SettingsError
        If one is no URL of https or http, holds credentials, or a trace's has no place for its id.
    """
    trace = section.web_url("trace_url")
    if trace and _TRACE not in trace:
        raise section.wrong("trace_url", "says not where the trace's id belongs", f"write {_TRACE} there")
    return LinkSettings(
        trace_url=trace,
        models_url=section.web_url("models_url"),
        dashboards_url=section.web_url("dashboards_url"),
        serving_url=section.web_url("serving_url"),
    )
