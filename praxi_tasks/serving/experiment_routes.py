"""The routes of the experiment: how traffic is split, and what the versions said, as JSON or a page."""

from __future__ import annotations

import asyncio
import html
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from praxi_tasks.printable import printable
from praxi_tasks.serving.compared import Comparison, Pair, read_comparison
from praxi_tasks.serving.comparison import Comparer
from praxi_tasks.serving.fleet import Fleet
from praxi_tasks.serving.route_group import RouteGroup, operation
from praxi_tasks.store import Store, keys

_HEADERS: Final = {"content-security-policy": "default-src 'none'; style-src 'unsafe-inline'"}
_MOST_NAMES: Final = 20
_PAGE: Final = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Experiment {name}</title>
<style>body{{font:1rem/1.5 system-ui;margin:2rem}}td,th{{padding:.2rem .8rem;text-align:right}}
td:first-child,th:first-child{{text-align:left}}</style>
<h1>Experiment {name}</h1><p>{split}</p>{unreadable}
<h2>Versions</h2><table><tr><th>version<th>layers<th>refused<th>names a layer<th>mean confidence
<th>claimed by databases<th>of these named<th>named, not claimed</tr>{versions}</table>
<h2>Shadows</h2><table><tr><th>shadow<th>answered by<th>compared<th>agreement</tr>{pairs}</table>
<h2>Where they differ</h2><table><tr><th>layer<th>only the version<th>only the shadow</tr>{examples}</table>
</html>"""


class ExperimentRoutes:
    """Tells how versions fare."""

    def __init__(self, fleet: Fleet, comparer: Comparer, store: Store) -> None:
        self._fleet = fleet
        self._comparer = comparer
        self._store = store

    def group(self) -> RouteGroup:
        """Return the routes."""
        here, compared = "/v1/experiment", "/v1/experiment/comparison"
        paths = {
            here: {"get": operation("How traffic is split between versions", "experiment")},
            compared: {"get": operation("What the versions said, as JSON or a page", "experiment")},
        }
        return RouteGroup((Route(here, self.split), Route(compared, self.comparison)), paths)

    async def split(self, _: Request) -> Response:
        """Return the experiment, and which version each of its names means now."""
        return JSONResponse(self._split())

    async def comparison(self, request: Request) -> Response:
        """Return what all replicas have compared."""
        found = await asyncio.to_thread(self._all)
        if "text/html" in request.headers.get("accept", ""):
            return HTMLResponse(_page(found, self._split()), headers=_HEADERS)
        return JSONResponse(found.document())

    def _split(self) -> dict[str, Any]:
        experiment = self._fleet.experiment
        return {
            "name": experiment.name,
            "weights": experiment.weights,
            "shadow": list(experiment.shadow),
            "versions": self._fleet.arms,
        }

    def _all(self) -> Comparison:
        """Return the sums of this replica as they are now, and those that the others stored."""
        name, mine = self._fleet.experiment.name, self._comparer.comparison
        own = keys.serving_comparison(name, self._comparer.replica)
        return read_comparison(self._store, name, mine if mine.experiment == name else None, own)


def _page(found: Comparison, split: Mapping[str, Any]) -> str:
    weights = ", ".join(f"{name}: {weight} %" for name, weight in split["weights"].items())
    shadows = f"; in the shadow: {', '.join(split['shadow'])}" if split["shadow"] else ""
    return _PAGE.format(
        name=html.escape(found.experiment),
        split=html.escape(weights + shadows),
        unreadable=_unreadable(found.unreadable),
        versions="".join(
            _row(
                each.version,
                each.layers,
                each.refused,
                f"{each.named / each.layers:.2f}" if each.layers else "",
                f"{each.confidence / each.named:.3f}" if each.named else "",
                each.claimed,
                each.confirmed,
                each.unclaimed,
            )
            for each in found.versions.values()
        ),
        pairs="".join(
            _row(pair.shadow, pair.version, pair.compared, f"{pair.agreement:.1%}")
            for pair in found.pairs.values()
        ),
        examples="".join(_examples(found.pairs.values())),
    )


def _unreadable(names: Sequence[str]) -> str:
    if not names:
        return ""
    more = ", …" if len(names) > _MOST_NAMES else ""
    listed = html.escape(printable(", ".join(names[:_MOST_NAMES]))) + more
    return f"<p><strong>Left out, for they can't be read ({len(names)}):</strong> {listed}</p>"


def _examples(pairs: Iterable[Pair]) -> Iterable[str]:
    for pair in pairs:
        for each in pair.examples:
            yield _row(each.layer, " ".join(each.only_version), " ".join(each.only_shadow))


def _row(*cells: object) -> str:
    return "<tr>" + "".join(f"<td>{html.escape(printable(str(cell)))}" for cell in cells) + "</tr>"
