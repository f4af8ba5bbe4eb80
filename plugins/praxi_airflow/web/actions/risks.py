"""``/praxi/risks``: accept a risk until a day, renew and withdraw that."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any, Final, Literal, get_args

import msgspec
from airflow.api_fastapi.core_api.security import GetUserDep
from fastapi import APIRouter, Form, Query, Request, Response
from pydantic import BaseModel, Field

from praxi_airflow.hooks import connected_store
from praxi_airflow.settings import Settings, load_settings
from praxi_airflow.web.access import may_read
from praxi_airflow.web.actions.picks import MOST_PICKS, read_picks
from praxi_airflow.web.actions.replies import CHANGED, changed, shown
from praxi_airflow.web.actions.rights import MAY_ACCEPT
from praxi_airflow.web.answers import FORMS, Data
from praxi_tasks.errors import PolicyError
from praxi_tasks.findings.risk_register import Acceptance, RiskRegister, RiskState, make_terms

STATES: Final = get_args(RiskState)
router = APIRouter(prefix="/risks")
_lock = threading.Lock()
_opened: list[tuple[Settings, RiskRegister]] = []


class Risk(BaseModel):
    """A risk as the form has it; an empty field is not given."""

    finding: str = ""
    package: str = ""
    image: str = ""
    namespace: str = ""
    kind: str = ""
    owner: str
    reason: str
    expires: str


class Picked(BaseModel):
    """Several findings that were ticked in a list, with what the form says of all of them."""

    pick: Annotated[list[str], Field(max_length=MOST_PICKS)] = []
    image: str = ""
    namespace: str = ""
    owner: str
    reason: str
    expires: str


class Renewal(BaseModel):
    """Another last day, of the version that the page showed."""

    version: int
    owner: str
    reason: str
    expires: str


class Withdrawal(BaseModel):
    """Why it ends, of the version that the page showed."""

    version: int
    reason: str


def register() -> RiskRegister:
    """Return the register of this process: it remembers events, which never change."""
    settings = load_settings()
    with _lock:
        if not _opened or _opened[0][0] != settings:
            opened = RiskRegister(connected_store(settings), longest_days=settings.actions.accept_days)
            _opened[:] = [(settings, opened)]
        return _opened[0][1]


def described(acceptance: Acceptance, at: date) -> dict[str, Any]:
    """Return an acceptance as pages and programs read it."""
    found: dict[str, Any] = msgspec.structs.asdict(acceptance.terms)
    return {
        "id": acceptance.id,
        "state": acceptance.state(at),
        "version": acceptance.version,
        **found,
        "accepted_by": acceptance.history[0].by,
        "history": [
            {"action": event.action, "by": event.by, "at": event.at, "note": event.note}
            | ({"reason": event.terms.reason, "expires": event.terms.expires} if event.terms else {})
            for event in acceptance.history
        ],
    }


@router.get("", dependencies=[may_read], responses=FORMS)
async def accepted(
    request: Request,
    user: GetUserDep,
    pick: Annotated[list[str], Query(default_factory=list, max_length=MOST_PICKS)],
    state: RiskState | Literal[""] = "",
) -> Response:
    """Return the accepted risks: those that count, expire soon, have expired, or were withdrawn."""

    def find() -> Data:
        found, today = register().read(), datetime.now(UTC).date()
        rows = [described(each, today) for each in found.acceptances]
        counts = {name: sum(row["state"] == name for row in rows) for name in STATES}
        wanted = {state} if state else {"active", "expiring", "expired"}
        return {
            "rows": [row for row in rows if row["state"] in wanted],
            "picked": list(zip(pick, read_picks(pick), strict=True)),
            "counts": counts,
            "damaged": [{"id": each.id, "problem": each.problem} for each in found.damaged],
            "earliest": (today + timedelta(1)).isoformat(),
            "latest": (today + timedelta(load_settings().actions.accept_days)).isoformat(),
        }

    return await shown(request, user, "risks.html", find, accept=MAY_ACCEPT)


@router.post("", dependencies=MAY_ACCEPT.required, responses=CHANGED)
async def accept(request: Request, user: GetUserDep, risk: Annotated[Risk, Form()]) -> Response:
    """Accept a risk until a day; it counts from the next audit on."""
    return await _answer(
        request, lambda now: register().accept(make_terms(risk.model_dump()), user.get_name(), now)
    )


@router.post("/picked", dependencies=MAY_ACCEPT.required, responses=CHANGED)
async def accept_picked(request: Request, user: GetUserDep, picked: Annotated[Picked, Form()]) -> Response:
    """Accept several findings until a day, for one reason; one that can't be accepted means that none is."""

    def accept_all() -> dict[str, Any]:
        now, shared = datetime.now(UTC), picked.model_dump(exclude={"pick"})
        terms = [make_terms({**fields, **shared}) for fields in read_picks(picked.pick)]
        if not terms:
            raise PolicyError("no finding is ticked", action="tick one at least")
        made = register().accept_all(terms, user.get_name(), now)
        return {"accepted": [described(each, now.date()) for each in made]}

    return await changed(request, accept_all, lambda made: f"risks#{made['accepted'][0]['id']}")


@router.post("/{acceptance}/renew", dependencies=MAY_ACCEPT.required, responses=CHANGED)
async def renew(
    request: Request, user: GetUserDep, acceptance: str, renewal: Annotated[Renewal, Form()]
) -> Response:
    """Let an acceptance count until another day."""

    def renewed(now: datetime) -> Acceptance:
        risks = register()
        before = msgspec.to_builtins(risks.get(acceptance).terms)
        fields = {name: text for name, text in before.items() if text} | renewal.model_dump(
            exclude={"version"}
        )
        return risks.renew(acceptance, renewal.version, make_terms(fields), user.get_name(), now)

    return await _answer(request, renewed)


@router.post("/{acceptance}/withdraw", dependencies=MAY_ACCEPT.required, responses=CHANGED)
async def withdraw(
    request: Request, user: GetUserDep, acceptance: str, withdrawal: Annotated[Withdrawal, Form()]
) -> Response:
    """End an acceptance: what it set aside counts again from the next audit on."""
    return await _answer(
        request,
        lambda now: register().withdraw(
            acceptance, withdrawal.version, withdrawal.reason, user.get_name(), now
        ),
    )


async def _answer(request: Request, change: Any) -> Response:
    now = datetime.now(UTC)
    return await changed(
        request, lambda: described(change(now), now.date()), lambda made: f"risks#{made['id']}"
    )
