"""Lists that the database filters, sorts and cuts into pages; all of that stands in the address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Final

from fastapi import Query, Request
from pydantic import BaseModel, Field

from praxi_airflow.web.answers import Data, wanted_form
from praxi_airflow.web.data import Audit

_MOST_ROWS: Final = 100_000
"""Of a list as CSV, which is not cut into pages."""

RUN: Final = r"^[A-Za-z0-9_=+.-]*$"
_ABOUT_RUN: Final = "The run that is asked; the newest that is complete by default"
AuditQuery = Annotated[str, Query(max_length=250, pattern=RUN, description=_ABOUT_RUN)]


class ListQuery(BaseModel):
    """What every list can be asked: of which audit, in which order, and which part."""

    audit: str = Field("", max_length=250, pattern=RUN, description=_ABOUT_RUN)
    search: str = Field("", max_length=500, description="Part of a name, in small or capital letters")
    sort: str = Field("", max_length=40, description="A column; descending with - before it")
    page: int = Field(1, ge=1, le=1_000_000)
    size: int = Field(50, ge=1, le=1_000, description="How many rows a page has")

    def window(self, request: Request) -> Window:
        """Return which rows are wanted: those of a page, or for CSV all that a file may have."""
        if wanted_form(request) == "csv":
            return Window(1, _MOST_ROWS)
        return Window(self.page, self.size)


@dataclass(frozen=True)
class Window:
    """The rows of a list that are wanted."""

    page: int
    size: int


@dataclass
class Conditions:
    """Conditions of a statement with the values for their ``?``; none for what is not asked."""

    parts: list[str] = field(default_factory=lambda: ["true"])
    values: list[Any] = field(default_factory=list)

    def add(self, wanted: object, condition: str, *values: Any) -> None:
        """Add a condition if something is wanted; without values, what is wanted is its value."""
        if wanted:
            self.parts.append(condition)
            self.values.extend(values or [wanted] * condition.count("?"))

    def contains(self, text: str, *columns: str) -> None:
        """Ask for a text within one of the columns, in small or capital letters."""
        if text:
            self.add(text, "(" + " OR ".join(f"contains(lower({name}), ?)" for name in columns) + ")",
                     *[text.lower()] * len(columns))  # fmt: skip

    @property
    def sql(self) -> str:
        """All of them."""
        return " AND ".join(self.parts)


def find(
    audit: Audit, source: str, conditions: Conditions, orders: Mapping[str, str], sort: str, window: Window
) -> Data:
    """Return a part of a list: ``rows``, and as ``list`` which part it is.

    Parameters
    ----------
    source
        What stands after SELECT, up to its conditions.
    orders
        What can be sorted by, as in addresses → the column; the first is the list's own order, descending.
    sort
        One of these, with ``-`` before it for the largest first; the list's own order for any other.
    """
    name = sort.removeprefix("-")
    if name not in orders:
        name = next(iter(orders))
        sort = f"-{name}"
    order = f"{orders[name]} {'DESC' if sort.startswith('-') else 'ASC'} NULLS LAST"
    fallback = next(iter(orders.values()))
    question = f"SELECT {source} WHERE {conditions.sql}"
    total = audit.row(f"SELECT count(*) AS total FROM ({question})", conditions.values)["total"]
    start = (window.page - 1) * window.size
    rows = audit.rows(
        f"{question} ORDER BY {order}, {fallback} DESC NULLS LAST, 1, 2 LIMIT {window.size} OFFSET {start}",
        conditions.values,
    )
    pages = max(1, -(-total // window.size))
    part = {"total": total, "page": window.page, "pages": pages, "sort": sort}
    return {"rows": rows, "list": {**part, "first": start + bool(rows), "last": start + len(rows)}}
