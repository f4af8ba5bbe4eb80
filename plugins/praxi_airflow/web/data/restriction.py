"""An audit as who may see a part of it sees it: the same tables, with nothing in them of other images.

Pages ask tables by name. Temporary tables and views of the same names come first, and each request has a
connection of its own to DuckDB, so whatever a page asks, it can't reach what was left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from praxi_airflow.web.data.statements import statement

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_OF_IMAGES: Final = ("findings", "coverage", "layers", "components", "placements", "cause_images")


@dataclass(frozen=True)
class Restriction:
    """Which images somebody may see: those of a namespace, or one; on one cluster.

    Attributes
    ----------
    kind, name
        A namespace's name, or an image's reference as deployed.
    cluster
        The cluster; empty for the only one without a name.
    """

    kind: Literal["namespace", "image"]
    name: str
    cluster: str

    @property
    def condition(self) -> str:
        """The condition on images, with two ``?`` for :attr:`values`."""
        column = "list_contains(namespaces, ?)" if self.kind == "namespace" else "image = ?"
        return f"{column} AND cluster = ?"

    @property
    def values(self) -> list[Any]:
        """What is asked for."""
        return [self.name, self.cluster]

    def apply(self, cursor: DuckDBPyConnection, audit: str) -> None:
        """Hide of the attached database ``audit`` what may not be seen, from one connection."""
        shown = "[?] AS namespaces, [] AS teams" if self.kind == "namespace" else "namespaces AS namespaces"
        given = [self.name] if self.kind == "namespace" else []
        cursor.execute(
            f"""CREATE TEMP TABLE images AS SELECT * REPLACE ({shown})
            FROM {audit}.images WHERE {self.condition}""",
            [*given, *self.values],
        )
        for table in _OF_IMAGES:
            cursor.execute(
                f"""CREATE TEMP VIEW {table} AS SELECT * FROM {audit}.{table}
                WHERE image_id IN (SELECT id FROM temp.images)"""
            )
        cursor.execute(
            f"CREATE TEMP VIEW causes AS {statement('causes')} FROM temp.findings GROUP BY kind, id, subject"
        )
        cursor.execute(_SOFTWARE.format(audit=audit))


_SOFTWARE: Final = """CREATE TEMP VIEW software AS SELECT ecosystem, name, version,
    any_value(position) AS position,
    count(DISTINCT image_id)::INTEGER AS images, min(since) AS since, max(last_seen) AS last_seen
FROM temp.placements JOIN {audit}.software USING (ecosystem, name, version) GROUP BY ecosystem, name, version;
CREATE TEMP VIEW packages AS SELECT ecosystem, name, count(DISTINCT image_id)::INTEGER AS images,
    count(DISTINCT version)::INTEGER AS versions, min(software.since) AS since
FROM temp.placements LEFT JOIN temp.software USING (ecosystem, name, version) GROUP BY ecosystem, name"""
