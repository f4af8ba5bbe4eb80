"""Statements of SQL that stand in files of their own."""

from __future__ import annotations

import functools
from importlib import resources


@functools.cache
def statement(name: str) -> str:
    """Return the statement, or the part of one, in a file beside this module."""
    return (resources.files("praxi_airflow.web.data") / f"{name}.sql").read_text(encoding="utf-8")
