"""HTML from templates: what is put into them is escaped, and a name that is not there is an error."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Mapping
from importlib import resources
from typing import Any, Final

from fastapi import APIRouter, HTTPException, Request, Response, status
from jinja2 import Environment, PackageLoader, StrictUndefined

from praxi_airflow.web.wording import FILTERS
from praxi_tasks.findings import KINDS, SEVERITIES
from praxi_tasks.findings.report import stylesheet

NAVIGATION: Final = (
    ("Overview", ""),
    ("Images", "images"),
    ("Software", "software"),
    ("Findings", "findings"),
    ("Namespaces", "namespaces"),
    ("Accepted risks", "risks"),
    ("Models", "models"),
    ("Audit now", "audit-now"),
)
"""The pages of the bar on top: title, and path below ``/praxi/``."""
SHARED_PAGES: Final = frozenset({"images", "software", "findings"})
"""Those of them that signed links have too."""
LINE_NAMES: Final = {
    "dag": "daily", "manual": "by hand", "local": "by command line", "backfill": "backfill"
}  # fmt: skip
"""How audits of a line came about, in words."""
_TYPES: Final = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8"}
router = APIRouter(prefix="/static")


class Asked(dict[str, Any]):
    """The parameters of a query; those that are not given are empty."""

    def __missing__(self, name: str) -> str:
        return ""


def render(request: Request, template: str, data: Mapping[str, Any]) -> str:
    """Return a page.

    Templates have, beside the data: ``root``, the path of ``/praxi`` as the browser knows it; ``here``, the
    page's path below it; ``asked``, the parameters of the query; ``statics``, where the static files are;
    ``airflow``, Airflow's own pages;
    ``may_accept``, whether the reader may accept what the page shows.
    """
    praxi = request.scope.get("root_path", "")
    root = getattr(request.state, "root", praxi)
    asked = {name: request.query_params.getlist(name) for name in request.query_params}
    return (
        _templates()
        .get_template(template)
        .render(
            root=root,
            here=request.scope["path"].removeprefix(root).strip("/"),
            navigation=[one for one in NAVIGATION if root == praxi or one[1] in SHARED_PAGES],
            shared=root != praxi,
            may_accept=getattr(request.state, "may_accept", False),
            asked=Asked({name: values if len(values) > 1 else values[0] for name, values in asked.items()}),
            statics=f"{praxi}/static/{_version()}",
            airflow=praxi.removesuffix("/praxi"),
            **data,
        )
    )


@router.get("/{version}/{name:path}", include_in_schema=False)
def static(version: str, name: str) -> Response:
    """Return a style or a script: the same for everybody, so nobody is asked who they are.

    The version in the address is a hash of all of them, so a browser may keep each for good.
    """
    content = _statics().get(name)
    if content is None or version != _version():
        raise HTTPException(status.HTTP_404_NOT_FOUND, "there is no such file")
    media = _TYPES[name[name.rindex(".") :]]
    headers = {"Cache-Control": "public, max-age=31536000, immutable", "X-Content-Type-Options": "nosniff"}
    return Response(content, headers=headers, media_type=media)


@functools.cache
def _templates() -> Environment:
    environment = Environment(
        loader=PackageLoader("praxi_airflow.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= FILTERS
    environment.globals |= {"severities": SEVERITIES, "kinds": KINDS, "line_names": LINE_NAMES}
    return environment


@functools.cache
def _statics() -> dict[str, bytes]:
    folder = resources.files("praxi_airflow.web") / "static"
    own = (file for file in folder.iterdir() if file.name.endswith((".css", ".js")))
    files = {file.name: file.read_bytes() for file in own}
    return files | {
        "look.css": stylesheet().encode(),
        "uPlot.css": (folder / "uplot" / "uPlot.min.css").read_bytes(),
        "uPlot.js": (folder / "uplot" / "uPlot.iife.min.js").read_bytes(),
    }


@functools.cache
def _version() -> str:
    return hashlib.sha256(b"\0".join(part for _, part in sorted(_statics().items()))).hexdigest()[:16]
