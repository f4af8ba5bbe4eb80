"""``GET /praxi/software``: where some software is, in which versions, and since when."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from functools import partial
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from praxi_airflow.web.access import may_read
from praxi_airflow.web.answers import FORMS, Data, NothingError, show
from praxi_airflow.web.data import Audit, Row
from praxi_airflow.web.lists import Conditions, ListQuery, Window, find

_PACKAGE_ORDERS: Final = {
    "images": "images",
    "name": "name",
    "ecosystem": "ecosystem",
    "versions": "versions",
    "since": "since",
}
_PLACE_ORDERS: Final = {"image": "image", "version": "position", "confidence": "confidence"}
_MOST_VERSIONS: Final = 500
router = APIRouter(dependencies=[may_read])


class SoftwareQuery(ListQuery):
    """What is looked for: by a part of its name; or the whole name, and a range of versions."""

    ecosystem: str = Field("", max_length=60, description="Package URL type")
    name: str = Field("", max_length=500, description="The package's whole name")
    low: str = Field("", max_length=500, description="The lowest version, whether any image has it or not")
    high: str = Field("", max_length=500, description="The highest version")
    below: str = Field("", max_length=500, description="A version that is higher than all that are wanted")
    namespace: str = Field("", max_length=253)
    team: str = Field("", max_length=253)


@router.get("/software", responses=FORMS)
async def software(request: Request, query: Annotated[SoftwareQuery, Query()]) -> Response:
    """Return the packages that are asked for, or the images that have one."""
    window = query.window(request)
    if query.name:
        return await show(request, "package.html", partial(find_places, query, window), query.audit)
    return await show(request, "software.html", partial(find_packages, query, window), query.audit)


def find_packages(query: SoftwareQuery, window: Window, audit: Audit) -> Data:
    """Return a part of the packages whose names have a text in them."""
    wanted = Conditions()
    wanted.contains(query.search, "name")
    wanted.add(query.ecosystem, "ecosystem = ?")
    found = audit.rows("SELECT DISTINCT ecosystem FROM packages ORDER BY ecosystem")
    return {
        **find(audit, "* FROM packages", wanted, _PACKAGE_ORDERS, query.sort, window),
        "ecosystems": [row["ecosystem"] for row in found],
    }


def find_places(query: SoftwareQuery, window: Window, audit: Audit) -> Data:
    """Return a package's versions, and a part of the images that have one of those in the range.

    Raises
    ------
    NothingError
        If there is no such package, or a bound of the range is no version of its ecosystem.
    """
    versions = _versions(audit, query)
    wanted = Conditions()
    wanted.add(True, "placements.name = ?", query.name)
    wanted.add(query.ecosystem, "placements.ecosystem = ?")
    if query.low or query.high or query.below:
        wanted.add(True, "position >= ? AND position < ?", *_positions(audit, query, versions))
    wanted.add(query.namespace, "list_contains(namespaces, ?)")
    wanted.add(query.team, "list_contains(teams, ?)")
    wanted.contains(query.search, "images.image")
    source = """image, cluster, namespaces, teams, pods, placements.ecosystem, version, position, confidence,
        sources, tied, since FROM placements JOIN images ON images.id = image_id
        LEFT JOIN software USING (ecosystem, name, version)"""
    places = f"SELECT {source} WHERE {wanted.sql}"
    return {
        "package": {"name": query.name, "ecosystem": query.ecosystem},
        "versions": versions,
        **find(audit, source, wanted, _PLACE_ORDERS, query.sort or "image", window),
        "namespaces": _shares(audit, places, wanted.values, "namespaces"),
        "teams": _shares(audit, places, wanted.values, "teams"),
        "findings": _findings(audit, query),
        "unplaced": _unplaced(audit, query),
    }


def _versions(audit: Audit, query: SoftwareQuery) -> list[Row]:
    """Return the package's versions that are in images, in their order; those without one at last."""
    wanted = Conditions()
    wanted.add(True, "name = ?", query.name)
    wanted.add(query.ecosystem, "ecosystem = ?")
    versions = audit.rows(
        f"""SELECT ecosystem, version, position, images, since FROM software WHERE {wanted.sql} AND images > 0
        ORDER BY ecosystem, position DESC NULLS LAST, version LIMIT ?""",
        [*wanted.values, _MOST_VERSIONS],
    )
    if not versions:
        raise NothingError(
            "no image of this audit has a package of that name", action="search for a part of it"
        )
    return versions


def _positions(audit: Audit, query: SoftwareQuery, versions: list[Row]) -> tuple[int, int]:
    """Return where the range begins among the package's versions, and where it ends, in their order."""
    from praxi_tasks.findings.packages import parse_version

    ecosystems = {row["ecosystem"] for row in versions}
    if len(ecosystems) > 1:
        raise NothingError("a range needs an ecosystem: its rules order versions", action="choose one")
    (ecosystem,) = ecosystems
    rows = audit.rows(
        """SELECT version, position FROM software
        WHERE name = ? AND ecosystem = ? AND position IS NOT NULL ORDER BY position""",
        [query.name, ecosystem],
    )
    known = [(order, row["position"]) for row in rows if (order := parse_version(ecosystem, row["version"]))]
    orders = [order for order, _ in known]

    def place(bound: str, search: Callable[[list[Any], Any], int]) -> int:
        order = parse_version(ecosystem, bound)
        if order is None:
            raise NothingError(f"this is no version as {ecosystem} writes them", action="correct the range")
        return search(orders, order)

    first = place(query.low, bisect_left) if query.low else 0
    ends = [place(query.high, bisect_right)] if query.high else []
    ends += [place(query.below, bisect_left)] if query.below else []
    last = min(ends, default=len(known))
    positions = [position for _, position in known[first:last]]
    return (positions[0], positions[-1] + 1) if positions else (0, 0)


def _unplaced(audit: Audit, query: SoftwareQuery) -> int:
    """Return how many images have the package in a version that no range holds, as it is not known."""
    if not (query.low or query.high or query.below):
        return 0
    count: int = audit.row(
        """SELECT count(DISTINCT image_id)::INTEGER AS count
        FROM placements LEFT JOIN software USING (ecosystem, name, version)
        WHERE name = ? AND position IS NULL""",
        [query.name],
    )["count"]
    return count


def _shares(audit: Audit, places: str, values: list[Any], column: str) -> list[Row]:
    return audit.rows(
        f"""SELECT name, count(DISTINCT (image, cluster))::INTEGER AS count
        FROM (SELECT unnest({column}) AS name, image, cluster FROM ({places}))
        GROUP BY name ORDER BY count DESC, name LIMIT 12""",
        values,
    )


def _findings(audit: Audit, query: SoftwareQuery) -> list[Row]:
    """Return what is wrong with the package, the worst first."""
    if not query.ecosystem:
        return []
    return audit.rows(
        """SELECT kind, id, subject, title, rank, images FROM causes
        WHERE list_contains(packages, ?) AND NOT set_aside ORDER BY rank, images DESC, id LIMIT 10""",
        [f"{query.ecosystem}/{query.name}"],
    )
