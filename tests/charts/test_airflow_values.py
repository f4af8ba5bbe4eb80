"""charts/airflow: values for the official Airflow chart, which is not at hand where the tests run.

So each name is compared with what that chart's ``values.schema.json`` takes (written down below as far as it
is used, and closed: another name fails), objects inside with the schemas of Kubernetes, and Airflow's
configuration with Airflow's own description of it.
"""

from __future__ import annotations

import inspect
import re
from typing import Any

import jsonschema
import kubernetes_validate
import pytest
import yaml

from praxi_tasks import __version__
from tests.support import chart
from tests.support.airflow_home import HOME, ROOT

assert HOME  # imported for its effect, before anything imports Airflow

FOLDER = ROOT / "charts" / "airflow"
RECIPES = {
    "LocalExecutor": ["values.yaml"],
    "LocalExecutor, logs in S3": ["values.yaml", "remote-logging.yaml"],
    "CeleryExecutor": ["values.yaml", "celery-executor.yaml"],
    "CeleryExecutor, logs in S3": ["values.yaml", "remote-logging.yaml", "celery-executor.yaml"],
    "KubernetesExecutor": ["values.yaml", "remote-logging.yaml", "kubernetes-executor.yaml"],
}
TEXT, SWITCH = {"type": "string"}, {"type": "boolean"}


def closed(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": False, "properties": properties}


def listed(*needed: str, **properties: Any) -> dict[str, Any]:
    item = closed(**dict.fromkeys(needed, TEXT), **properties)
    return {"type": "array", "items": item | {"required": [*needed]}}


SCHEMA = closed(
    airflowVersion=TEXT,
    defaultAirflowRepository=TEXT,
    defaultAirflowTag=TEXT,
    executor={"type": "string", "pattern": "^(Local|Celery|Kubernetes)Executor$"},
    data=closed(metadataSecretName=TEXT),
    fernetKeySecretName=TEXT,
    apiSecretKeySecretName=TEXT,
    jwtSecretName=TEXT,
    postgresql=closed(enabled=SWITCH),
    redis=closed(enabled=SWITCH),
    createUserJob=closed(enabled=SWITCH),
    dags=closed(persistence=closed(enabled=SWITCH), gitSync=closed(enabled=SWITCH)),
    extraEnvFrom=TEXT,
    volumes={"type": "array"},
    volumeMounts={"type": "array"},
    config={"type": "object", "additionalProperties": {"type": "object", "additionalProperties": TEXT}},
    secret=listed("envName", "secretName", secretKey=TEXT),
    env=listed("name", "value"),
)


def recipe(name: str) -> dict[str, Any]:
    return chart.overlaid(*(chart.file_values(FOLDER / file) for file in RECIPES[name]))


@pytest.mark.parametrize("name", RECIPES)
def test_the_airflow_chart_knows_every_value(name: str) -> None:
    values = recipe(name)
    jsonschema.validate(values, SCHEMA)
    assert values["executor"] == name.partition(",")[0]


def test_the_image_is_this_releases() -> None:
    assert recipe("LocalExecutor")["defaultAirflowTag"] == __version__


def test_every_file_is_part_of_a_recipe_and_of_the_page() -> None:
    files = {path.name for path in FOLDER.iterdir()}
    assert files == {file for recipe in RECIPES.values() for file in recipe}
    page = (ROOT / "docs" / "kubernetes.md").read_text()
    assert {name for name in files if f"charts/airflow/{name}" not in page} == set()


@pytest.mark.parametrize("name", RECIPES)
def test_airflows_pods_find_what_the_release_of_praxi_made(name: str) -> None:
    values, objects = recipe(name), chart.render({"airflow": {"executor": recipe(name)["executor"]}})
    environment = yaml.safe_load(values["extraEnvFrom"])
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "airflow"},
        "spec": {
            "volumes": values["volumes"],
            "containers": [
                {
                    "name": "airflow",
                    "env": values["env"],
                    "envFrom": environment,
                    "volumeMounts": values["volumeMounts"],
                }
            ],
        },
    }
    kubernetes_validate.validate(pod, "1.29", strict=True)
    maps = {
        each["metadata"]["name"] for each in objects
        if each["kind"] == "ConfigMap" and each["metadata"]["namespace"] == chart.RELEASE_NAMESPACE
    }  # fmt: skip
    assert {each["configMapRef"]["name"] for each in environment} <= maps
    mounted = [each["configMap"] for each in values["volumes"]]
    assert {each["name"] for each in mounted if not each.get("optional")} <= maps
    template = chart.settings(objects)["AIRFLOW__PRAXI__POD_TEMPLATE_FILE"]
    assert template == f"{values['volumeMounts'][0]['mountPath']}/pod-template.yaml"


@pytest.mark.parametrize("name", RECIPES)
def test_airflow_knows_every_option(name: str) -> None:
    from airflow.configuration import conf
    from airflow.providers.cncf.kubernetes import kubernetes_helper_functions as requests

    known = conf.configuration_description
    for section, options in recipe(name)["config"].items():
        if section == "celery_broker_transport_options":  # the Celery provider is in the official image alone
            assert set(options) == {"visibility_timeout"}
            continue
        undescribed = set(options) - set(known[section]["options"])
        assert all(f'"{section}", "{option}"' in inspect.getsource(requests) for option in undescribed)


def test_settings_of_praxi_are_the_other_charts_alone() -> None:
    assert not any("praxi" in recipe(name)["config"] for name in RECIPES)


@pytest.mark.parametrize("name", RECIPES)
def test_no_value_holds_a_secret(name: str) -> None:
    values = recipe(name)
    told = yaml.safe_dump(values)
    assert not re.search(r"(?i)password|postgresql(\+\w+)?://", told)
    assert all(set(entry) == {"envName", "secretName", "secretKey"} for entry in values["secret"])
    assert all("SECRET" not in entry["name"] and "KEY" not in entry["name"] for entry in values["env"])


@pytest.mark.parametrize("name", RECIPES)
def test_the_page_makes_every_secret(name: str) -> None:
    page = (ROOT / "docs" / "kubernetes.md").read_text()
    keys = re.findall(r"secret generic ([\w-]+)((?:\\\n|[^\n])*)", page)
    made: dict[str, set[str]] = {}
    for secret, options in keys:
        made.setdefault(secret, set()).update(re.findall(r"--from-(?:literal|file)=([\w-]+)=", options))
    values = recipe(name)
    for entry in values["secret"]:
        assert entry["secretKey"] in made[entry["secretName"]]
    named = {
        values["data"]["metadataSecretName"],
        *(values[key] for key in values if key.endswith("SecretName")),
    }
    assert named <= set(made)


def test_nobody_is_let_in_by_a_password_that_the_chart_made_public() -> None:
    assert recipe("LocalExecutor")["createUserJob"] == {"enabled": False}
    page = (ROOT / "docs" / "kubernetes.md").read_text()
    assert "airflow users create" in page
    assert "--password" not in page
