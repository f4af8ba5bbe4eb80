"""The routes of the experiment: how traffic is split, and what the versions said, as JSON or a page."""

from __future__ import annotations

import asyncio
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from praxi_tasks.serving.compared import Comparison, read_comparison
from praxi_tasks.serving.comparison import Comparer
from praxi_tasks.serving.experiment_page import comparison_page
from praxi_tasks.serving.fleet import Fleet
from praxi_tasks.serving.route_group import RouteGroup, operation
from praxi_tasks.store import Store, keys

_HEADERS: Final = {"content-security-policy": "default-src 'none'; style-src 'unsafe-inline'"}
_TEXT: Final = {"type": "string"}
_TEXTS: Final = {"type": "array", "items": _TEXT}
_OBJECTS: Final = {"type": "array", "items": {"type": "object"}}
_SCHEMAS: Final[dict[str, Any]] = {
    "Experiment": {
        "type": "object",
        "required": ["name", "weights", "shadow", "versions"],
        "properties": {
            "name": _TEXT,
            "weights": {"type": "object", "additionalProperties": {"type": "integer"}},
            "shadow": _TEXTS,
            "versions": {"type": "object", "additionalProperties": _TEXT},
        },
    },
    "Comparison": {
        "type": "object",
        "required": ["experiment", "versions", "pairs", "unreadable"],
        "properties": {
            "experiment": _TEXT,
            "versions": _OBJECTS,
            "pairs": _OBJECTS,
            "unreadable": _TEXTS,
        },
    },
}


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
            here: {"get": operation("How traffic is split", "experiment", answer="Experiment")},
            compared: {
                "get": operation(
                    "What the versions said, as JSON or a page",
                    "experiment",
                    answer="Comparison",
                    content={"text/html": {}},
                )
            },
        }
        routes = (Route(here, self.split), Route(compared, self.comparison))
        return RouteGroup(routes, paths, _SCHEMAS)

    async def split(self, _: Request) -> Response:
        """Return the experiment, and which version each of its names means now."""
        return JSONResponse(self._split())

    async def comparison(self, request: Request) -> Response:
        """Return what all replicas have compared."""
        found = await asyncio.to_thread(self._all)
        if "text/html" in request.headers.get("accept", ""):
            return HTMLResponse(comparison_page(found, self._split()), headers=_HEADERS)
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
