"""The settings that :mod:`praxi_airflow.settings.pages` reads."""

from __future__ import annotations

from typing import Final

from praxi_airflow.options.option import Option

OPTIONS: Final = (
    Option(
        "pages_cache",
        "A folder for audits' tables as pages read them. By default one among the temporary files.",
        example="/var/cache/praxi",
    ),
    Option(
        "pages_memory",
        "How much memory the pages' database may use in each process of the API server, as a quantity.",
        default="1Gi",
        example="2Gi",
    ),
    Option(
        "pages_seconds",
        "How many seconds the questions of one page may take.",
        default="20",
        example="10",
    ),
)
