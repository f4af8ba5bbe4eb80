"""``GET /praxi/download``: what an audit left about one image, as a file."""

from __future__ import annotations

import re
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, Field

from praxi_airflow.web.access import HEADERS, may_read
from praxi_airflow.web.answers import FORMS, refuse
from praxi_airflow.web.data import Audit
from praxi_airflow.web.lists import RUN
from praxi_airflow.web.pages.image import known_image
from praxi_airflow.web.reading import reader
from praxi_tasks.audit import sbom_stem
from praxi_tasks.errors import PraxiError
from praxi_tasks.store import keys

_SUFFIXES: Final = {"cyclonedx": "cdx.json", "spdx": "spdx.json", "openvex": "openvex.json"}
_UNSAFE: Final = re.compile(r"[^A-Za-z0-9._-]+")
_LONGEST: Final = 120
router = APIRouter(dependencies=[may_read])


class DownloadQuery(BaseModel):
    """Of which image, and what."""

    image: str = Field(max_length=2_000)
    cluster: str = Field("", max_length=253)
    form: Literal["cyclonedx", "spdx", "openvex", "sarif"]
    audit: str = Field("", max_length=250, pattern=RUN)


@router.get("/download", responses=FORMS)
async def download(request: Request, query: Annotated[DownloadQuery, Query()]) -> Response:
    """Return an image's SBOM or VEX document, or the SARIF of its audit."""
    try:
        asked = await run_in_threadpool(reader)
        key = await asked.ask(lambda audit: document_key(audit, query), query.audit)
        content = await asked.call(lambda: asked.store.get(key))
    except PraxiError as error:
        return refuse(request, "html", error)
    name = file_name(query.image, key.rpartition("/")[2].partition(".")[2])
    headers = {**HEADERS, "Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, headers=headers, media_type="application/json")


def document_key(audit: Audit, query: DownloadQuery) -> str:
    """Return where the store has what is asked for.

    Raises
    ------
    NothingError
        If the audit has no such image.
    """
    about = known_image(audit, query.image, query.cluster)
    run = audit.overview.run
    if query.form == "sarif":
        return keys.run(run, "findings.sarif")
    stem = sbom_stem(about["digest"], about["cluster"] if len(audit.overview.clusters) > 1 else "")
    return keys.run(run, f"sboms/{stem}.{_SUFFIXES[query.form]}")


def file_name(image: str, suffix: str) -> str:
    """Return a name for a file about an image, of plain characters."""
    plain = _UNSAFE.sub("_", image).strip("._") or "image"
    return f"{plain[-_LONGEST:].lstrip('._-')}.{suffix}"
