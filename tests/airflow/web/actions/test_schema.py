"""The API as its OpenAPI document describes it, tried by schemathesis: nothing breaks, all is as said."""

from __future__ import annotations

import importlib
from typing import Any

import pytest
from fastapi import FastAPI
from hypothesis import HealthCheck, Phase, given, settings

from praxi_airflow.web.actions import models
from praxi_airflow.web.actions.origin import HEADER
from praxi_tasks.learning.model_registry.stored import StoredRegistry
from praxi_tasks.store import Store
from tests.airflow.web.actions.conftest import Browser
from tests.airflow.web.audits import get, put_audit
from tests.findings.audits import large_audit

pytestmark = pytest.mark.airflow
_TRIES = 5
_UNDESCRIBED = {"/reports/{dag_id}/{run_id}", "/webhooks/alertmanager", "/events/{form}"}


def test_whatever_the_schema_allows_is_answered_as_it_says(
    server: FastAPI, store: Store, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As for a store in S3: a registry of documents, which no process has to change.
    monkeypatch.setattr(models, "light_registry", lambda *_: StoredRegistry(store))
    monkeypatch.setattr(models, "read_versions", lambda *_: StoredRegistry(store).versions())
    put_audit(store, large_audit(3, 30, components=4))
    get(browser("viewer"), "/praxi/")
    schemathesis: Any = importlib.import_module("schemathesis")
    person = browser("user")
    headers = {
        "Cookie": f"_token={person.cookies['_token']}",
        "Sec-Fetch-Site": "same-origin",
        HEADER: person.headers[HEADER],
    }
    schema = schemathesis.openapi.from_asgi("/praxi/openapi.json", server, headers=headers)
    schema.config.generation.update(with_security_parameters=False)  # the headers say who it is
    tried = set()
    for found in schema.get_all_operations():
        operation = found.ok()
        if operation.path in _UNDESCRIBED:
            continue

        @given(case=operation.as_strategy())
        @settings(
            max_examples=_TRIES, deadline=None, suppress_health_check=[*HealthCheck], phases=[Phase.generate]
        )
        def probe(case: Any) -> None:
            answer = case.call(headers=headers)
            assert answer.status_code not in {401, 500}, (case.as_curl_command(), answer.text)
            assert str(answer.status_code) in case.operation.definition.raw["responses"], (
                case.as_curl_command()
            )

        probe()
        tried.add((operation.method.upper(), operation.path))
    assert {("POST", "/risks"), ("POST", "/audit-now"), ("POST", "/models/{version}/promote")} <= tried
