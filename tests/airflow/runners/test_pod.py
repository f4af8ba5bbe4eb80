from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import kubernetes_validate
import pytest
import yaml
from airflow.sdk import BaseOperator

from praxi_airflow.errors import SettingsError
from praxi_airflow.runners.command import Command
from praxi_airflow.runners.leftovers import DAG_ANNOTATION, RUN_ANNOTATION, STORE_LABEL
from praxi_airflow.runners.manifest import SAFE_TO_EVICT
from praxi_airflow.runners.pod import PodRunner
from praxi_airflow.settings import load_settings
from praxi_tasks.audit.plan import Plan, PlannedLayer
from praxi_tasks.store import documents, keys, open_store
from tests.airflow.conftest import Configure
from tests.support.airflow_home import ROOT

IMAGE = "registry.example/praxi@sha256:" + "0" * 64
RUN = "scheduled__2026-03-01T00=3A00=3A00+00=3A00"
MEBI = 1 << 20


@pytest.fixture
def pods(configure: Configure, store_folder: Path) -> Configure:
    configure(runner="pod", pod_image=IMAGE)
    return configure


def plan_of(*sizes: int) -> None:
    layers = tuple(
        PlannedLayer(f"sha256:{n:064x}", size, "application/x", 0, batch=n) for n, size in enumerate(sizes)
    )
    plan = Plan(images=(), layers=layers, batches=len(layers))
    documents.write(open_store(load_settings().store), keys.run(RUN, "plan.json"), plan)


def render(command: str = "fingerprint", batch: int | None = None, **environment: str) -> dict[str, Any]:
    """Return the manifest that the real operator would send."""
    runner = PodRunner(load_settings(), BaseOperator(task_id=f"{command}_task"))
    work = Command(
        arguments=(command, "--run", RUN),
        environment={"PRAXI_STORE": "s3://bucket"} | environment,
        run=RUN,
        batch=batch,
    )
    operator = runner.operator_for(work)
    context = {
        "ti": SimpleNamespace(dag_id="praxi_audit", task_id="fingerprint", map_index=7, try_number=2),
        "run_id": "scheduled__2026-03-01T00:00:00+00:00",
        "dag": SimpleNamespace(),
    }
    pod = operator.build_pod_request_obj(context, dry_run=True)  # type: ignore[arg-type]
    from kubernetes.client import ApiClient

    manifest: dict[str, Any] = ApiClient().sanitize_for_serialization(pod)
    return manifest


def is_restricted(manifest: dict[str, Any]) -> bool:
    """Return whether a pod meets the *restricted* Pod Security Standard."""
    spec = manifest["spec"]
    pod = spec["securityContext"]
    volumes = {kind for volume in spec["volumes"] for kind in volume if kind != "name"}
    return (
        not any(spec.get(name) for name in ("hostNetwork", "hostPID", "hostIPC"))
        and volumes <= {"configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "projected", "secret"}
        and pod["runAsNonRoot"] is True
        and pod.get("runAsUser") != 0
        and pod["seccompProfile"] == {"type": "RuntimeDefault"}
        and all(
            container["securityContext"]["allowPrivilegeEscalation"] is False
            and container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
            and container["securityContext"]["readOnlyRootFilesystem"] is True
            and not container["securityContext"].get("privileged")
            and not any(port.get("hostPort") for port in container.get("ports") or ())
            for container in spec["containers"]
        )
    )


def test_the_pod_is_valid_and_restricted(pods: Configure) -> None:
    manifest = render()
    kubernetes_validate.validate(manifest, "1.31", strict=True)
    assert is_restricted(manifest)
    spec = manifest["spec"]
    assert (spec["restartPolicy"], spec["automountServiceAccountToken"]) == ("Never", False)
    assert spec["activeDeadlineSeconds"] == 7200
    (container,) = spec["containers"]
    assert (container["name"], container["image"]) == ("base", IMAGE)
    assert container["args"] == ["fingerprint", "--run", RUN]
    assert "command" not in container or not container["command"]
    assert spec["volumes"] == [{"name": "scratch", "emptyDir": {"sizeLimit": "10Gi"}}]


@pytest.mark.parametrize(
    ("words", "secrets", "account"),
    [
        (("fingerprint", "--run", RUN), ["layers"], "readers"),
        (("learn", "--run", RUN, "train"), ["models"], "trainers"),
        (("learn", "--run", RUN, "fingerprint"), ["releases"], "trainers"),
        (("learn", "--run", RUN), ["releases"], "trainers"),
        (("report", "--run", RUN), ["general"], "praxi-pods"),
        (("notify", "--run=x"), [], "praxi-pods"),
    ],
)
def test_a_command_has_its_own_secrets_and_identity(
    pods: Configure, words: tuple[str, ...], secrets: list[str], account: str
) -> None:
    pods(
        pod_service_account="praxi-pods",
        pod_environment_secrets="general",
        pod_command_environment_secrets=(
            '{"fingerprint": "layers", "learn": ["releases"], "learn train": ["models"], "notify": []}'
        ),
        pod_command_service_accounts='{"fingerprint": "readers", "learn": "trainers"}',
    )
    found = load_settings().pods.of(Command(arguments=words).name)
    assert (list(found.environment_secrets), found.service_account) == (secrets, account)
    if words[0] == "fingerprint":
        manifest = render()
        assert manifest["spec"]["serviceAccountName"] == account
        assert manifest["spec"]["containers"][0]["envFrom"] == [{"secretRef": {"name": "layers"}}]


def test_every_setting_shows_in_the_pod(pods: Configure) -> None:
    pods(
        pod_namespace="audits",
        pod_service_account="praxi-pods",
        pod_pull_secrets="pull-one,pull-two",
        pod_environment_secrets="store-keys",
        pod_registry_secret="registries",
        pod_ca_config_map="trusted",
        pod_node_selector='{"disk": "ssd"}',
        pod_tolerations='[{"key": "batch", "operator": "Exists", "effect": "NoSchedule"}]',
        pod_affinity='{"nodeAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": []}}',
        pod_scratch_limit="2Gi",
        pod_deadline=600,
    )
    manifest = render()
    kubernetes_validate.validate(manifest, "1.31", strict=True)
    assert is_restricted(manifest)
    spec, (container,) = manifest["spec"], manifest["spec"]["containers"]
    assert manifest["metadata"]["namespace"] == "audits"
    assert spec["serviceAccountName"] == "praxi-pods"
    assert spec["imagePullSecrets"] == [{"name": "pull-one"}, {"name": "pull-two"}]
    assert container["envFrom"] == [{"secretRef": {"name": "store-keys"}}]
    assert spec["nodeSelector"] == {"disk": "ssd"}
    assert spec["tolerations"] == [{"key": "batch", "operator": "Exists", "effect": "NoSchedule"}]
    assert "nodeAffinity" in spec["affinity"]
    assert spec["activeDeadlineSeconds"] == 600
    environment = {entry["name"]: entry["value"] for entry in container["env"]}
    mounts = {mount["name"]: mount["mountPath"] for mount in container["volumeMounts"]}
    assert environment["PRAXI_REGISTRY_AUTH_FILE"] == f"{mounts['registry']}/config.json"
    assert environment["PRAXI_CA_BUNDLE"] == f"{mounts['certificates']}/ca-bundle.crt"
    assert environment["HOME"] == environment["TMPDIR"] == mounts["scratch"]
    volumes = {volume["name"]: volume for volume in spec["volumes"]}
    assert volumes["scratch"]["emptyDir"] == {"sizeLimit": "2Gi"}
    assert volumes["registry"]["secret"]["secretName"] == "registries"
    assert volumes["certificates"]["configMap"]["name"] == "trusted"


def environment_of(manifest: dict[str, Any]) -> dict[str, str]:
    (container,) = manifest["spec"]["containers"]
    assert len({entry["name"] for entry in container["env"]}) == len(container["env"])
    return {entry["name"]: entry["value"] for entry in container["env"]}


def test_one_setting_names_the_authorities_of_both_sides(pods: Configure, tmp_path: Path) -> None:
    bundle = tmp_path / "bundle.pem"
    bundle.touch()
    pods(ca_bundle=bundle)
    assert load_settings().ca_bundle == str(bundle)
    manifest = render()
    (volume,) = [each for each in manifest["spec"]["volumes"] if each["name"] == "certificates"]
    assert volume["configMap"]["name"] == "praxi-ca"
    assert environment_of(manifest)["PRAXI_CA_BUNDLE"] == "/etc/praxi/ca/ca-bundle.crt"
    pods(ca_bundle=tmp_path / "none.pem")
    with pytest.raises(SettingsError, match="AIRFLOW__PRAXI__CA_BUNDLE"):
        load_settings()


def test_pods_use_airflows_proxies_unless_they_hold_a_password_or_have_their_own(
    pods: Configure, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    given = {
        "HTTPS_PROXY": "http://proxy:3128", "NO_PROXY": ".svc,10.0.0.0/8", "https_proxy": "http://other:3128",
        "HTTP_PROXY": "http://me:hunter2@proxy:3128", "ALL_PROXY": "",
    }  # fmt: skip
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    names = ("HTTPS_PROXY", "NO_PROXY", "https_proxy")
    environment = environment_of(render())
    assert {name: environment.get(name) for name in given} == {
        name: given[name] if name in names else None for name in given
    }
    assert "HTTP_PROXY holds a password" in caplog.text
    assert "hunter2" not in caplog.text + str(environment)
    template = tmp_path / "pod.yaml"
    container = "{name: base, image: any, env: [{name: HTTPS_PROXY, value: 'http://own:1'}]}"
    template.write_text(f"kind: Pod\nspec: {{containers: [{container}]}}\n")
    pods(pod_template_file=template)
    assert environment_of(render())["HTTPS_PROXY"] == "http://own:1"
    pods(pod_template_file="", pod_proxies=False)
    assert not set(names) & set(environment_of(render()))


def test_openshift_picks_the_uid(pods: Configure) -> None:
    assert render()["spec"]["securityContext"]["runAsUser"] == 65532
    pods(pod_run_as_user=-1)
    manifest = render()
    assert "runAsUser" not in manifest["spec"]["securityContext"]
    assert is_restricted(manifest)


def test_labels_say_run_task_and_batch(pods: Configure) -> None:
    plan_of(MEBI)
    labels = render(batch=0)["metadata"]["labels"]
    assert labels["praxi/task"] == "fingerprint_task"
    assert labels["praxi/batch"] == "0"
    assert labels["praxi/run"]
    assert all(len(value) <= 63 for value in labels.values())


def test_different_runs_have_different_labels(pods: Configure) -> None:
    runner = PodRunner(load_settings(), BaseOperator(task_id="plan"))
    names = [f"{RUN}{'x' * 80}{n}" for n in range(3)]
    commands = [Command(arguments=("plan",), run=name) for name in names]
    assert len({runner.operator_for(command).labels["praxi/run"] for command in commands}) == 3


def test_two_airflows_in_a_namespace_tell_their_pods_apart(pods: Configure, tmp_path: Path) -> None:
    one = render("plan")["metadata"]["labels"][STORE_LABEL]
    assert render("report")["metadata"]["labels"][STORE_LABEL] == one
    pods(store=(tmp_path / "another").as_uri())
    assert render("plan")["metadata"]["labels"][STORE_LABEL] != one


def test_resources_grow_with_the_batchs_bytes(pods: Configure) -> None:
    plan_of(MEBI, 512 * MEBI, 100_000 * MEBI)
    small, large, huge = (render(batch=n)["spec"]["containers"][0]["resources"] for n in range(3))
    memory = [int(each["limits"]["memory"].removesuffix("Mi")) for each in (small, large, huge)]
    assert memory == [1024, 1152, 4096]
    assert [each["requests"]["cpu"] for each in (small, large)] == ["250m", "1"]
    assert small["limits"]["ephemeral-storage"] == "10Gi"


def test_a_template_lies_under_the_operators_pod(pods: Configure, tmp_path: Path) -> None:
    template = tmp_path / "pod.yaml"
    template.write_text(
        """
apiVersion: v1
kind: Pod
metadata: {labels: {team: security}, annotations: {sidecar.istio.io/inject: "false"}}
spec:
  priorityClassName: batch
  securityContext: {runAsUser: 0}
  containers:
  - name: base
    image: replaced
    env: [{name: HTTPS_PROXY, value: "http://proxy:3128"}]
    securityContext: {privileged: true}
"""
    )
    pods(pod_template_file=template)
    manifest = render()
    kubernetes_validate.validate(manifest, "1.31", strict=True)
    assert is_restricted(manifest)
    assert manifest["spec"]["priorityClassName"] == "batch"
    assert manifest["metadata"]["labels"]["team"] == "security"
    run = {DAG_ANNOTATION: "praxi_audit", RUN_ANNOTATION: "scheduled__2026-03-01T00:00:00+00:00"}
    kept = {"sidecar.istio.io/inject": "false", **run}
    assert manifest["metadata"]["annotations"] == kept | {SAFE_TO_EVICT: "true"}
    template.write_text(template.read_text().replace("sidecar.istio.io/inject", SAFE_TO_EVICT))
    assert render()["metadata"]["annotations"] == run | {SAFE_TO_EVICT: "false"}
    (container,) = manifest["spec"]["containers"]
    assert container["image"] == IMAGE
    assert {"name": "HTTPS_PROXY", "value": "http://proxy:3128"} in container["env"]


def test_a_projected_token_and_its_variables_pass_through_a_template(pods: Configure, tmp_path: Path) -> None:
    """As docs/identity.md has it, and as charts/praxi writes it from podTemplate."""
    (recipe,) = re.findall(
        r"^podTemplate:\n(?:  .*\n)+", (ROOT / "docs" / "identity.md").read_text(), re.MULTILINE
    )
    given = yaml.safe_load(recipe)["podTemplate"]
    container = {"name": "base", "image": "any", "env": given["env"], "volumeMounts": given["volumeMounts"]}
    template = tmp_path / "pod.yaml"
    template.write_text(
        yaml.safe_dump({"kind": "Pod", "spec": {"containers": [container], "volumes": given["volumes"]}})
    )
    pods(pod_template_file=template, pod_environment_secrets="")
    manifest = render()
    kubernetes_validate.validate(manifest, "1.31", strict=True)
    assert is_restricted(manifest)
    assert manifest["spec"]["automountServiceAccountToken"] is False
    environment = environment_of(manifest)
    assert environment["AWS_ROLE_ARN"]
    volumes = {volume["name"]: volume for volume in manifest["spec"]["volumes"]}
    (source,) = volumes["store-token"]["projected"]["sources"]
    (mount,) = [
        mount for mount in manifest["spec"]["containers"][0]["volumeMounts"] if mount["name"] == "store-token"
    ]
    place = f"{mount['mountPath']}/{source['serviceAccountToken']['path']}"
    assert environment["AWS_WEB_IDENTITY_TOKEN_FILE"] == place
    assert not [name for name in environment if "SECRET" in name or "ACCESS_KEY" in name]


def test_the_operator_is_asked_for_what_keeps_pods_from_being_orphaned(pods: Configure) -> None:
    pods(pod_deferrable=True, pod_startup_timeout=33)
    operator = PodRunner(load_settings(), BaseOperator(task_id="plan")).operator_for(
        Command(arguments=("plan",), run="r")
    )
    assert operator.deferrable
    assert operator.durable
    assert not operator.do_xcom_push
    assert not operator.log_pod_spec_on_failure
    assert (operator.on_kill_action.value, operator.on_finish_action.value) == ("delete_pod", "delete_pod")
    assert (operator.startup_timeout_seconds, operator.schedule_timeout_seconds) == (33, 33)
