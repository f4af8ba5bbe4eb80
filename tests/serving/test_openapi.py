"""The service as its OpenAPI document describes it, tried by schemathesis: nothing breaks, all is as said."""

from __future__ import annotations

import importlib
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from tests.serving.running import Service, serving
from tests.support.images import image
from tests.support.packages import SHOP
from tests.support.registry import Registry

pytestmark = [pytest.mark.server, pytest.mark.slow]

SECRET = "a-secret-of-the-tests-0123456789"
_TRIES = 12


@pytest.fixture(scope="module")
def whole(model_uri: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """Run the service with all the routes that it can have."""
    folder = tmp_path_factory.mktemp("openapi")
    (folder / "secret").write_text(SECRET)
    (folder / "policy.yaml").write_text("fail: [{severity: critical}]\n")
    variables = {
        "PRAXI_EVENT_SECRET_FILE": str(folder / "secret"),
        "PRAXI_ADMISSION_POLICY": str(folder / "policy.yaml"),
        "PRAXI_SERVE_MAX_AUDITS": "1",
    }
    store = (folder / "store").as_uri()
    with serving(folder, model_uri, store, "--registry", "127.0.0.1:*", variables=variables) as service:
        yield service


@pytest.fixture(scope="module")
def described(whole: Service) -> dict[str, Any]:
    found: dict[str, Any] = whole.ask("/openapi.json").document
    return found


def test_what_the_document_names_is_in_it(described: dict[str, Any]) -> None:
    named = set(re.findall(r'"#/components/schemas/(\w+)"', json.dumps(described)))
    assert named == set(described["components"]["schemas"])
    operations = [found for path in described["paths"].values() for found in path.values()]
    names = [found["operationId"] for found in operations if isinstance(found, dict)]
    assert len(set(names)) == len(names)
    assert {"post_v2_models_model_infer", "delete_v1_audits_audit", "post_v1_events_ecr"} <= set(names)


def test_whatever_the_document_allows_is_answered_as_it_says(
    whole: Service, described: dict[str, Any]
) -> None:
    schemathesis: Any = importlib.import_module("schemathesis")
    checks: Any = importlib.import_module("schemathesis.checks")
    wanted = (
        "not_a_server_error",
        "status_code_conformance",
        "content_type_conformance",
        "response_schema_conformance",
    )
    schema = schemathesis.openapi.from_dict(described)
    schema.config.update(base_url=f"http://{whole.address}")
    schema.config.generation.update(with_security_parameters=False)
    chosen = checks.CHECKS.get_by_names(wanted)
    tried = set()
    for found in schema.get_all_operations():
        operation = found.ok()

        @given(case=operation.as_strategy())
        @settings(
            max_examples=_TRIES, deadline=None, suppress_health_check=[*HealthCheck], phases=[Phase.generate]
        )
        def probe(case: Any) -> None:
            if case.path.startswith("/v1/events/"):
                case.headers["Authorization"] = f"Bearer {SECRET}"
            case.call_and_validate(checks=chosen)

        probe()
        tried.add((operation.method.upper(), operation.path))
    assert {("POST", "/v1/audits"), ("POST", "/v1/events/quay"), ("POST", "/v1/admission")} <= tried


def test_answers_about_what_there_is_are_as_described(
    whole: Service, described: dict[str, Any], registry: Registry
) -> None:
    asked = {"inputs": [{"name": "paths", "datatype": "BYTES", "shape": [1], "data": ["usr/bin/env"]}]}
    shop = registry.push("openapi/shop:1", image([SHOP.layer()]))
    audit = whole.ask("/v1/audits", {"image": shop}).document["id"]
    whole.ask(f"/v1/audits/{audit}/events")
    for method, path, document in (
        ("GET", "/v2/models/praxi-layers", None),
        ("GET", "/v2/models/praxi-layers/ready", None),
        ("POST", "/v2/models/praxi-layers/infer", asked),
        ("GET", f"/v1/audits/{audit}", None),
        ("DELETE", f"/v1/audits/{audit}", None),
    ):
        answer = whole.ask(path, document, method)
        assert answer.status == 200, answer.body
        _check(described, method.lower(), path, answer.document)


def _check(described: dict[str, Any], method: str, path: str, document: Any) -> None:
    """Hold an answer against the schema of the route that fits its path."""
    jsonschema: Any = importlib.import_module("jsonschema")
    fitting = next(
        found
        for name, found in described["paths"].items()
        if method in found and re.fullmatch(re.sub(r"{\w+}", "[^/]+", name), path)
    )
    content = fitting[method]["responses"]["200"]["content"]["application/json"]["schema"]
    jsonschema.validate(document, content | {"components": described["components"]})
