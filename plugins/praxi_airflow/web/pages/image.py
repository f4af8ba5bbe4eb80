"""``GET /praxi/image``: one image, and all that is known of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from praxi_airflow.web.access import may_read
from praxi_airflow.web.actions.rights import offers_acceptance
from praxi_airflow.web.answers import FORMS, Data, NothingError, show
from praxi_airflow.web.data import Audit, Row
from praxi_airflow.web.lists import Conditions, ListQuery, Window, find
from praxi_tasks.findings.assessment import image_repository

Tab = Literal["findings", "layers", "components", "coverage", "history"]
_MOST_ACTIONS: Final = 8
_MOST_ADDED: Final = 12
_FINDINGS: Final = (
    "rank, kind, id, subject, title, severity, action, aliases, purl, package, packages, fixed, affected_if, "
    "layer, created_by, origin, evidence, sources, confidence, score, epss, exploited, since, is_new, "
    "ignored, due, overdue"
)
_FINDING_ORDERS: Final = {
    "worst": "(ignored IS NULL, -rank, score)",
    "since": "since",
    "kind": "kind",
    "package": "package",
    "due": "due",
}
_COMPONENTS: Final = (
    "ecosystem, name, versions, purl, sources, confidence, architecture, source, source_versions, owner, "
    "databases, layers, removed_by, recovered, fingerprint_versions, ties, files, evidence, licences"
)
_COMPONENT_ORDERS: Final = {
    "confidence": "confidence",
    "name": "name",
    "ecosystem": "ecosystem",
    "files": "files",
}
router = APIRouter(dependencies=[may_read, offers_acceptance])


class ImageQuery(ListQuery):
    """Which image, and what of it."""

    image: str = Field(max_length=2_000, description="The reference, as it is deployed")
    cluster: str = Field("", max_length=253)
    tab: Tab = "findings"
    sources: Literal["inventory", "fingerprint", "both", ""] = Field("", description="What shows a component")


@router.get("/image", responses=FORMS)
async def image(request: Request, query: Annotated[ImageQuery, Query()]) -> Response:
    """Return an image: what is wrong with it, how it is made, what it holds."""
    window = query.window(request)
    return await show(request, "image.html", lambda audit: find_image(query, window, audit), query.audit)


def find_image(query: ImageQuery, window: Window, audit: Audit) -> Data:
    """Return an image, what to do about it, and what the chosen tab shows."""
    about = known_image(audit, query.image, query.cluster)
    return {
        "image": about,
        "todo": _todo(audit, about),
        "tab": query.tab,
        "teams": about["teams"],
        "downloads": _downloads(audit, about),
        **_TABS[query.tab](audit, about, query, window),
    }


def known_image(audit: Audit, reference: str, cluster: str) -> Row:
    """Return an image's row.

    Raises
    ------
    NothingError
        If the audit has no such image.
    """
    found = audit.rows("SELECT * FROM images WHERE image = ? AND cluster = ?", [reference, cluster])
    if not found:
        raise NothingError("this audit has no image of that name", action="choose one in the list of images")
    return found[0]


def _downloads(audit: Audit, about: Row) -> list[str]:
    """Return the forms in which there is something about an image; VEX is about vulnerabilities alone."""
    if about["state"] == "failed":
        return ["sarif"]
    known = "SELECT EXISTS (FROM findings WHERE image_id = ? AND kind = 'vulnerable') AS judged"
    vex = ["openvex"] if audit.row(known, [about["id"]])["judged"] else []
    return ["cyclonedx", "spdx", *vex, "sarif"]


def _todo(audit: Audit, about: Row) -> list[Row]:
    """Return what to do, for each line of the Containerfile that something follows from; the gravest first.

    All of the base's layers are its one line FROM.
    """
    rows = audit.rows(
        """SELECT place AS origin, made AS layer, min(rank) AS rank,
            CASE WHEN place = 'base' THEN NULL ELSE any_value(created_by) END AS created_by,
            count(*)::INTEGER AS findings, (count(*) FILTER (len(fixed) > 0))::INTEGER AS fixable,
            list({'package': package, 'fixed': fixed[1], 'action': action} ORDER BY rank) AS steps
        FROM (SELECT * REPLACE (
                CASE WHEN kind IN ('vulnerable', 'outdated') THEN package ELSE '' END AS package),
                coalesce(origin, '') AS place, CASE WHEN origin = 'base' THEN NULL ELSE layer END AS made
            FROM findings WHERE image_id = ? AND ignored IS NULL AND rank < 5)
        GROUP BY place, made ORDER BY rank, findings DESC, made""",
        [about["id"]],
    )
    for row in rows:
        actions = _actions(row.pop("steps"))
        row |= {"actions": actions[:_MOST_ACTIONS], "actions_count": len(actions)}
    return rows


def _actions(steps: list[dict[str, Any]]) -> list[str]:
    """Return what to do, once for each package: the upgrade that mends all that any upgrade mends."""
    chosen: dict[str, dict[str, Any]] = {}
    for step in steps:
        known = chosen.setdefault(step["package"] or step["action"], step)
        if _is_higher(step, known):
            chosen[step["package"]] = step
    return [
        f"{step['package']}: {step['action']}" if step["package"] else step["action"]
        for step in chosen.values()
        if step["action"]
    ]


def _is_higher(step: dict[str, Any], known: dict[str, Any]) -> bool:
    """Return whether a finding of a package needs a higher version of it than another finding."""
    if not step["package"] or not step["fixed"] or not known["fixed"]:
        return bool(step["package"] and step["fixed"])
    from praxi_tasks.findings.packages import parse_version

    ecosystem = step["package"].partition("/")[0]
    one, other = (parse_version(ecosystem, each["fixed"]) for each in (step, known))
    return one is not None and other is not None and one > other


def _findings(audit: Audit, about: Row, query: ImageQuery, window: Window) -> Data:
    wanted = Conditions()
    wanted.add(True, "image_id = ?", about["id"])
    wanted.contains(query.search, "id", "title", "package", "array_to_string(aliases, ' ')")
    return find(audit, f"{_FINDINGS} FROM findings", wanted, _FINDING_ORDERS, query.sort, window)


def _components(audit: Audit, about: Row, query: ImageQuery, window: Window) -> Data:
    wanted = Conditions()
    wanted.add(True, "image_id = ?", about["id"])
    wanted.contains(query.search, "name", "purl", "array_to_string(evidence, ' ')")
    if query.sources == "both":
        wanted.parts.append("len(sources) > 1")
    else:
        wanted.add(query.sources, "sources = [?]")
    return find(
        audit, f"{_COMPONENTS} FROM components", wanted, _COMPONENT_ORDERS, query.sort or "name", window
    )


def _layers(audit: Audit, about: Row, query: ImageQuery, window: Window) -> Data:
    """Return the layers, the upmost first: the line that made each, and what it added and removed."""
    rows = audit.rows(
        """WITH held AS (SELECT unnest(layers) AS digest, name, versions, removed_by FROM components WHERE
            image_id = ?),
        added AS (SELECT digest, count(*)::INTEGER AS added,
            list_slice(list(DISTINCT name ORDER BY name), 1, ?) AS names
            FROM held GROUP BY digest),
        removed AS (SELECT removed_by AS digest, count(*)::INTEGER AS removed,
            list_slice(list(DISTINCT name ORDER BY name), 1, ?) AS removed_names
            FROM held WHERE removed_by <> '' GROUP BY removed_by),
        wrong AS (SELECT layer AS digest, count(*)::INTEGER AS findings, min(rank) AS rank FROM findings
            WHERE image_id = ? AND ignored IS NULL GROUP BY layer)
        SELECT position, layers.digest, created_by, coalesce(added, 0) AS added, coalesce(names, []) AS names,
            coalesce(removed, 0) AS removed, coalesce(removed_names, []) AS removed_names,
            coalesce(findings, 0) AS findings, rank
        FROM layers LEFT JOIN added USING (digest) LEFT JOIN removed USING (digest) LEFT JOIN wrong USING
            (digest)
        WHERE image_id = ? ORDER BY position DESC""",
        [about["id"], _MOST_ADDED, _MOST_ADDED, about["id"], about["id"]],
    )
    base = about["base_layers"] or 0
    for row in rows:
        row["origin"] = "" if not base else "base" if row["position"] < base else "own"
    del query, window
    return {"rows": rows}


def _coverage(audit: Audit, about: Row, query: ImageQuery, window: Window) -> Data:
    """Return how far each aspect was looked at, what was not first."""
    del query, window
    return {
        "rows": audit.rows(
            """SELECT aspect, subject, state, reason, action, packages FROM coverage WHERE image_id = ?
            ORDER BY list_position(['not-checked', 'partial', 'checked'], state), aspect, subject""",
            [about["id"]],
        )
    }


def _history(audit: Audit, about: Row, query: ImageQuery, window: Window) -> Data:
    """Return the image and its repository's other tags in this audit and in those before."""
    del query, window
    repository = image_repository(about["image"])
    return {"repository": repository, "rows": audit.past_images(repository, about["cluster"])}


_TABS: Final[Mapping[Tab, Callable[[Audit, Row, ImageQuery, Window], dict[str, Any]]]] = {
    "findings": _findings,
    "layers": _layers,
    "components": _components,
    "coverage": _coverage,
    "history": _history,
}
