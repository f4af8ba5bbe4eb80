"""The chart's validating webhook: whom it asks, about what, and what it keeps out of."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest

from praxi_tasks.serving.admission_routes import PATH
from tests.support import chart

KIND = "ValidatingWebhookConfiguration"


def webhook(**values: Any) -> dict[str, Any]:
    rendered = chart.render({"admission": {"enabled": True, **values}})
    (found,) = chart.of_kind(rendered, KIND).values()
    (only,) = found["webhooks"]
    return dict(only)


def test_it_is_off_until_it_is_wanted() -> None:
    assert not chart.of_kind(chart.render(), KIND)


def test_it_asks_the_service_about_all_that_runs_pods() -> None:
    found = webhook()
    service = {"name": "praxi-serve", "namespace": chart.RELEASE_NAMESPACE, "port": 443, "path": PATH}
    assert found["clientConfig"] == {"service": service}
    assert (found["failurePolicy"], found["sideEffects"]) == ("Ignore", "NoneOnDryRun")
    resources = {resource for rule in found["rules"] for resource in rule["resources"]}
    assert resources == {
        "pods", "pods/ephemeralcontainers", "replicationcontrollers", "podtemplates", "deployments",
        "replicasets", "statefulsets", "daemonsets", "jobs", "cronjobs",
    }  # fmt: skip


def test_the_cluster_and_praxi_itself_start_without_it() -> None:
    (excluded,) = webhook(excludedNamespaces=["cert-manager"])["namespaceSelector"]["matchExpressions"]
    assert excluded["operator"] == "NotIn"
    assert {"kube-system", "praxi", chart.RELEASE_NAMESPACE, "cert-manager"} <= {*excluded["values"]}


@pytest.mark.parametrize(
    "wrong", [{"failurePolicy": "Maybe"}, {"timeoutSeconds": 60}, {"caBundle": "-----BEGIN"}]
)
def test_a_wrong_value_is_refused(wrong: dict[str, Any]) -> None:
    schema = chart.CHART / "values.schema.json"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(
            chart.overlaid(chart.VALUES, {"admission": wrong}), json.loads(schema.read_text())
        )
