"""The one stylesheet of Praxi's pages: the report and the pages in Airflow look alike by it."""

from __future__ import annotations

from importlib import resources
from typing import Final

ASSETS: Final = resources.files("praxi_tasks.findings.report") / "assets"


def stylesheet() -> str:
    """Return what all pages share: colours of light and dark, sizes, cards, tables, tags, panel, print.

    A page chooses with ``data-theme="light"`` or ``"dark"`` on its root, and follows the system without it.
    """
    return (ASSETS / "look.css").read_text(encoding="utf-8")


def theme_script() -> str:
    """Return the script by which a page without an origin follows ``#theme=dark`` in its address."""
    return (ASSETS / "theme.js").read_text(encoding="utf-8")
