"""The ASGI application below ``/praxi``, built when the first request comes.

Plugins are imported by every process of Airflow, also by each task's; only the API server needs FastAPI.
"""

from __future__ import annotations

import functools
from collections.abc import Awaitable, Callable, MutableMapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fastapi import FastAPI

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer one request."""
    await built()(scope, receive, send)


@functools.cache
def built() -> FastAPI:
    """Return the application with all routes."""
    from fastapi import FastAPI, HTTPException

    from praxi_airflow.web import actions, pushes, rendering, reports, schema, webhook
    from praxi_airflow.web.bounded import BoundedBody
    from praxi_airflow.web.pages import ROUTERS, shared
    from praxi_airflow.web.refusals import turned_away
    from praxi_tasks.notify import LinkError

    app = FastAPI(title="Praxi", docs_url=None, redoc_url=None, openapi_url=None)
    for router in (
        *ROUTERS,
        *(part.router for part in (actions, rendering, schema, reports, webhook, pushes)),
    ):
        app.include_router(router)
    app.add_exception_handler(LinkError, shared.refused)
    app.add_exception_handler(HTTPException, turned_away)
    app.add_middleware(BoundedBody)
    return app
