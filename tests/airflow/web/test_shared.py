"""Signed links: what they show to who has no rights in Airflow, and that it is no more than that."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import msgspec
import pytest
from fastapi import FastAPI

from praxi_tasks.notify import SharedView, sign
from praxi_tasks.store import Store
from tests.airflow.conftest import Configure
from tests.airflow.web.audits import data_of, get, put_audit
from tests.airflow.web.conftest import client
from tests.findings.audits import large_audit

pytestmark = pytest.mark.airflow
KEY = "a-key-of-the-tests-that-is-long-enough"
LARGE = large_audit(9, 180, components=12)
MINE, OTHERS = LARGE.images[3], LARGE.images[4:]
# The image runs elsewhere too, and shares a vulnerability with another.
SHARED = msgspec.structs.replace(
    next(finding for finding in MINE.open_findings), kind="vulnerable", id="CVE-2026-5"
)
AUDIT = msgspec.structs.replace(
    LARGE,
    images=(
        *LARGE.images[:3],
        msgspec.structs.replace(MINE, namespaces=("team-3", "secret"), findings=(*MINE.findings, SHARED)),
        *(msgspec.structs.replace(image, findings=(*image.findings, SHARED)) for image in OTHERS),
    ),
)
LATER = int(datetime(2099, 1, 1, tzinfo=UTC).timestamp())
PAGES = (
    "images",
    "findings",
    "software",
    f"image?image={MINE.image}",
    "finding?kind=vulnerable&id=CVE-2026-5",
)


@pytest.fixture(autouse=True)
def audited(store: Store, configure: Configure, monkeypatch: pytest.MonkeyPatch) -> None:
    put_audit(store, AUDIT)
    configure(link_scope="namespace")
    monkeypatch.setenv("AIRFLOW_CONN_PRAXI_LINKS", json.dumps({"conn_type": "http", "password": KEY}))


def link(kind: str = "namespace", name: str = "team-3", expires: int = LATER, key: str = KEY) -> str:
    view = SharedView(kind, name, "", expires)  # type: ignore[arg-type]  # one of the two
    return f"praxi/shared/{sign(view, [key])}"


@pytest.mark.parametrize(("kind", "name"), [("namespace", "team-3"), ("image", MINE.image)])
def test_a_link_shows_its_own_and_nothing_else(server: FastAPI, kind: str, name: str) -> None:
    stranger, root = client(server, known=False), link(kind, name)
    (row,) = data_of(stranger, f"/{root}/images")["rows"]
    assert row["image"] == MINE.image
    assert row["namespaces"] == (["team-3"] if kind == "namespace" else ["team-3", "secret"])
    (cause,) = data_of(stranger, f"/{root}/findings", search="CVE-2026-5")["rows"]
    assert cause["images"] == 1
    found = data_of(stranger, f"/{root}/software", size=1000)
    assert {row["name"] for row in found["rows"]} == {each.name for each in MINE.components}
    history = data_of(stranger, f"/{root}/image", image=MINE.image, tab="history")
    assert {row["image"] for row in history["rows"]} == {MINE.image}
    for page in PAGES:
        text = get(stranger, f"/{root}/{page}").text
        assert (page, [image.image for image in OTHERS if image.image in text]) == (page, [])
        assert "secret" not in text or kind == "image"


def test_other_images_and_pages_are_not_there(server: FastAPI) -> None:
    stranger, root = client(server, known=False), link()
    assert get(stranger, f"/{root}/image", image=OTHERS[0].image).status_code == 404
    for page in (
        "",
        "namespaces",
        "changes",
        "audits",
        "download?image=x&form=sarif",
        "risks",
        "openapi.json",
    ):
        assert stranger.get(f"/{root}/{page}").status_code == 404
    text = get(stranger, f"/{root}/images").text
    assert "audit-now" not in text
    assert f'href="/{root}/findings' in text


@pytest.mark.parametrize(
    "token",
    [
        link(expires=1),
        link(key="another-key-that-is-long-enough-too"),
        link()[:-4],
        link().replace(".", "A."),
        "praxi/shared/x",
    ],
)
def test_a_link_that_is_no_good_opens_nothing(server: FastAPI, token: str) -> None:
    for page in PAGES:
        answer = client(server, known=False).get(f"/{token}/{page}")
        assert (answer.status_code, "team-3" in answer.text) == (403, False)


def test_without_the_setting_or_a_key_no_link_opens(
    server: FastAPI, configure: Configure, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AIRFLOW_CONN_PRAXI_LINKS")
    assert client(server, known=False).get(f"/{link()}/images").status_code == 403
    monkeypatch.setenv("AIRFLOW_CONN_PRAXI_LINKS", json.dumps({"conn_type": "http", "password": KEY}))
    configure(link_scope="off")
    assert client(server, known=False).get(f"/{link()}/images").status_code == 403


def test_links_to_namespaces_end_where_only_images_are_shown(server: FastAPI, configure: Configure) -> None:
    configure(link_scope="image")
    assert client(server, known=False).get(f"/{link()}/images").status_code == 403
