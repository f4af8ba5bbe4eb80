"""``/praxi/models``: the versions of the model, put another in use, take that back, train now."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Annotated, Any, Final

import msgspec
from airflow.api_fastapi.core_api.security import GetUserDep
from fastapi import APIRouter, Form, Query, Request, Response
from pydantic import BaseModel, Field

from praxi_airflow.hooks import connected_store
from praxi_airflow.runners import Command, ProcessRunner, task_environment
from praxi_airflow.settings import Settings, load_settings
from praxi_airflow.web.access import may_read
from praxi_airflow.web.actions.replies import CHANGED, changed, shown
from praxi_airflow.web.actions.rights import MAY_PROMOTE, MAY_TRAIN, TRAININGS, may_see_trainings
from praxi_airflow.web.actions.runs import start_run
from praxi_airflow.web.actions.studies import StudyReader
from praxi_airflow.web.actions.trainings import Release, Training, Trainings
from praxi_airflow.web.answers import FORMS, Data
from praxi_tasks.errors import ModelError, PolicyError
from praxi_tasks.learning.model_registry import CHAMPION, ModelVersion, light_registry, read_versions
from praxi_tasks.printable import one_line
from praxi_tasks.serving import read_comparisons

router = APIRouter(prefix="/models")
_lock = threading.Lock()
_opened: list[tuple[Settings, Trainings, StudyReader]] = []
_LONGEST: Final = 2_000
_MOST_LINES: Final = 20
_MOST_RELEASES: Final = 500
Version = Annotated[str, Query(max_length=40, description="The number of a version")]
Note = Annotated[str, Field(max_length=_LONGEST)]


class Promotion(BaseModel):
    """Why a version is put in use: it is recorded with it."""

    note: Note


class Wish(BaseModel):
    """What to learn beside what audits ask for: one package a line, as the Dag's form takes them."""

    packages: Annotated[str, Field(max_length=10_000)] = ""


def trainings() -> Trainings:
    """Return what this process remembers of trainings."""
    return _remembered()[1]


def _remembered() -> tuple[Settings, Trainings, StudyReader]:
    settings = load_settings()
    with _lock:
        if not _opened or _opened[0][0] != settings:
            store = connected_store(settings)
            _opened[:] = [(settings, Trainings(store), StudyReader(store))]
        return _opened[0]


def all_versions() -> list[ModelVersion]:
    """Return all versions of the model, the oldest first."""
    settings = load_settings()
    return read_versions(connected_store(settings), settings.learning.mlflow_uri)


def described(version: ModelVersion, training: Training) -> dict[str, Any]:
    """Return a version as pages and programs read it."""
    return {
        "version": version.version,
        "model": version.model,
        "aliases": version.aliases,
        "in_use": CHAMPION in version.aliases,
        "origin": version.origin,
        "promoted_at": version.promoted_at,
        "promoted_by": version.tags.get("praxi.approved_by", ""),
        "note": version.tags.get("praxi.note", ""),
        "overruled": version.tags.get("praxi.overruled", ""),
        "replaced": version.replaced,
        **msgspec.structs.asdict(training),
    }


@router.get("", dependencies=[may_read, may_see_trainings], responses=FORMS)
async def versions(request: Request, user: GetUserDep, training: str = "") -> Response:
    """Return all versions, the newest first: what each learned, how it was judged, who put it in use."""

    def find() -> Data:
        known = trainings()
        rows = [described(each, known.of(each)) for each in reversed(all_versions())]
        return {
            "rows": rows,
            "training": training,
            "ended": _ended(known, training),
            "experiments": [each.document() for each in read_comparisons(connected_store(load_settings()))],
            "serving": load_settings().links.serving_url,
            "mlflow": load_settings().links.models_url,
            "studies": _remembered()[2].newest(request.scope.get("root_path", "").removesuffix("/praxi")),
            "can_roll_back": any(row["in_use"] and row["replaced"] for row in rows),
        }

    return await shown(request, user, "models.html", find, promote=MAY_PROMOTE, train=MAY_TRAIN)


@router.get("/compare", dependencies=[may_read, may_see_trainings], responses=FORMS)
async def compare(request: Request, user: GetUserDep, first: Version, second: Version) -> Response:
    """Return two versions beside each other, and the releases that only one of them learned."""

    def find() -> Data:
        known, found = trainings(), {each.version: each for each in all_versions()}
        one, other = _find(first), _find(second)
        mine, theirs = known.learned_since(one, found), known.learned_since(other, found)
        return {
            "versions": [described(one, known.of(one)), described(other, known.of(other))],
            "only_first": _releases(mine - theirs),
            "only_second": _releases(theirs - mine),
            "in_both": len(mine & theirs),
        }

    return await shown(request, user, "compare.html", find)


@router.post("/{version}/promote", dependencies=MAY_PROMOTE.required, responses=CHANGED)
async def promote(
    request: Request, user: GetUserDep, version: str, promotion: Annotated[Promotion, Form()]
) -> Response:
    """Put a version in use, whatever its gate said: the next audit predicts with it."""
    by = user.get_name()

    def put_in_use() -> dict[str, Any]:
        note = _checked(promotion.note)
        settings = load_settings()
        registry = light_registry(connected_store(settings), settings.learning.mlflow_uri)
        chosen = _find(version)
        if registry is None:
            _command(settings, "promote", chosen.version, f"--by={by}", f"--note={note}")
        else:
            registry.annotate(chosen, by, note, "")
            registry.promote(chosen)
        return _in_use()

    return await _answer(request, put_in_use)


@router.post("/rollback", dependencies=MAY_PROMOTE.required, responses=CHANGED)
async def roll_back(request: Request, user: GetUserDep, promotion: Annotated[Promotion, Form()]) -> Response:
    """Put the version back in use that the present one replaced."""
    by = user.get_name()

    def take_back() -> dict[str, Any]:
        note = _checked(promotion.note)
        settings = load_settings()
        registry = light_registry(connected_store(settings), settings.learning.mlflow_uri)
        if registry is None:
            _command(settings, "rollback", f"--by={by}", f"--note={note}")
        else:
            registry.annotate(registry.roll_back(), by, note, "")
        return _in_use()

    return await _answer(request, take_back)


@router.post("/train", dependencies=MAY_TRAIN.required, responses=CHANGED)
async def train_now(request: Request, user: GetUserDep, wish: Annotated[Wish, Form()]) -> Response:
    """Start a training now: of what audits ask for, and of packages that are named."""
    packages = [line for line in map(str.strip, wish.packages.splitlines()) if line]

    def start() -> dict[str, Any]:
        named = f": {', '.join(packages[:_MOST_LINES])}" if packages else ""
        return {"run": start_run(TRAININGS, user, {"packages": packages}, f"a training{named}")}

    return await changed(request, start, lambda made: f"models?training={made['run']}")


async def _answer(request: Request, change: Callable[[], dict[str, Any]]) -> Response:
    return await changed(request, change, lambda made: f"models#v{made['version']}")


def _ended(known: Trainings, run: str) -> dict[str, Any] | None:
    """Return how the training ended that was started here; None while it has not."""
    found = known.ended(run) if run else None
    return msgspec.structs.asdict(found) if found else None


def _releases(found: set[Release]) -> dict[str, Any]:
    """Return releases as pages show them: how many, and the first by name."""
    named = [f"{ecosystem}/{name} {version}" for ecosystem, name, version in sorted(found)[:_MOST_RELEASES]]
    return {"count": len(found), "releases": named}


def _find(version: str) -> ModelVersion:
    found = next((each for each in all_versions() if each.version == version), None)
    if found is None:
        raise ModelError(f"there is no version {one_line(version, 40)}", action="see the list")
    return found


def _in_use() -> dict[str, Any]:
    champion = next((each for each in all_versions() if CHAMPION in each.aliases), None)
    if champion is None:
        raise ModelError("no version is in use", action="see the list")
    return described(champion, trainings().of(champion))


def _checked(note: str) -> str:
    """Return a note that can be recorded.

    Raises
    ------
    PolicyError
        If it is empty, or holds what no page could show.
    """
    text = note.strip()
    if not text or not text.isprintable():
        raise PolicyError("a note says why, in one line", action="write one")
    return text


def _command(settings: Settings, *arguments: str) -> None:
    """Change MLflow's database in a file by the command of the tasks' environment, which has MLflow.

    Such a registry belongs to a local store, whose tasks are processes of this machine.

    Raises
    ------
    ModelError
        Saying what the command said last.
    """
    said: list[str] = []

    def heard(line: str) -> bool:
        said.append(line)
        return True

    environment = task_environment(settings, "praxi-pages", last_try=False)
    command = Command(arguments=("models", *arguments), environment=environment, listen=heard)
    if ProcessRunner(settings.task_python).run(command, {}) != 0:
        last = one_line(said[-1], 300) if said else "it said nothing"
        raise ModelError(f"the model registry was not changed: {last}", action="see praxi models list")
