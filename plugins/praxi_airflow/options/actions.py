"""The settings that :mod:`praxi_airflow.settings.actions` reads."""

from __future__ import annotations

from typing import Final

from praxi_airflow.options.option import Option

_SINCE: Final = "0.2.0"

OPTIONS: Final = (
    Option(
        "accept_days",
        "For how long a risk may be accepted on the page, in days.",
        default="365",
        example="90",
        kind="integer",
        version_added=_SINCE,
    ),
    Option(
        "audit_registries",
        "Whose images the page Audit now takes: registries, or beginnings of repositories in them, as globs, "
        "separated by commas. By default none: the page says so.",
        example="registry.example.org, quay.io/shop",
        version_added=_SINCE,
    ),
    Option(
        "audit_limit",
        "How many audits one user may start from that page in an hour.",
        default="10",
        example="3",
        kind="integer",
        version_added=_SINCE,
    ),
    Option(
        "pages_url",
        "Where people reach Airflow: what links to pages begin with in alerts and messages. By default there "
        "are no links.",
        example="https://airflow.example.org",
        version_added=_SINCE,
    ),
    Option(
        "link_scope",
        "What such a link shows, read-only, to who has no rights in Airflow: one ``namespace``, one "
        "``image``, or nothing (``off``): then it asks for a login.",
        default="off",
        example="namespace",
        version_added=_SINCE,
    ),
    Option(
        "link_days",
        "For how many days such a link can be used, 365 at most.",
        default="14",
        example="7",
        kind="integer",
        version_added=_SINCE,
    ),
    Option(
        "link_connection",
        "Id of the Airflow connection whose password are the keys that links are signed with: the first "
        "signs, all are believed. Tasks have the same keys as ``PRAXI_LINK_KEYS``.",
        default="praxi_links",
        example="praxi_links",
        version_added=_SINCE,
    ),
)
