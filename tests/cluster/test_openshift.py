"""A pod under OpenShift's rules reads a private registry behind a company's own certificate authority."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from praxi_tasks.audit.deployed import named_images
from praxi_tasks.audit.fingerprint import BatchOutcome
from praxi_tasks.audit.plan import Plan
from praxi_tasks.store import documents, keys, open_store
from tests.cluster.bench import bench
from tests.support import images
from tests.support.certificates import public_part, self_signed
from tests.support.cluster.rights import OPENSHIFT_UID
from tests.support.registry import Registry, run_registry, run_tls_registry
from tests.support.s3 import ObjectStore
from tests.support.task_image import BuiltImage

pytestmark = [pytest.mark.slow, pytest.mark.server, pytest.mark.airflow]
FILES = {"usr/local/lib/python3.11/site-packages/packagea/module0.py": b"x" * 100}
PASSWORD = "correct horse battery"


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    return self_signed(tmp_path / "server.pem")


@pytest.fixture
def company(tmp_path: Path, certificate: Path) -> Iterator[Registry]:
    """Return a registry with a password and TLS that holds one image."""
    folder = tmp_path / "company"
    folder.mkdir()
    with run_registry(folder, username="auditor", password=PASSWORD) as plain:
        plain.push("shop/api:1.0", images.image([images.layer(FILES)]))
        with run_tls_registry(folder, certificate, plain) as registry:
            yield registry


def test_a_random_uid_reads_a_private_registry_behind_its_own_authority(
    tmp_path: Path,
    task_image: BuiltImage,
    company: Registry,
    certificate: Path,
    object_store: ObjectStore,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    uri = f"{object_store.create_bucket('openshift')}/store"
    for name, value in object_store.environment.items():
        monkeypatch.setenv(name, value)
    run, store = "openshift", open_store(uri)
    documents.write(store, keys.run(run, "images.json"), named_images([f"{company.host}/shop/api:1.0"]))
    login = {"auths": {company.host: {"username": company.username, "password": company.password}}}
    with bench(tmp_path / "cluster", task_image.by_digest) as made:
        made.cluster.rights.random_uid = True
        made.cluster.add_secret("praxi", "praxi-store", object_store.environment)
        made.cluster.add_secret("praxi", "praxi-registry", {".dockerconfigjson": json.dumps(login)})
        made.cluster.add_configmap("praxi", "praxi-ca", {"ca-bundle.crt": public_part(certificate)})
        made.configure(
            store=uri,
            pod_environment_secrets="praxi-store",
            pod_registry_secret="praxi-registry",
            pod_ca_config_map="praxi-ca",
            pod_run_as_user=-1,
        )
        made.run("plan", run=run)
        made.run("fingerprint", run=run, batch=0)
        pods = list(made.cluster.history)
    assert [pod["spec"]["securityContext"]["runAsUser"] for pod in pods] == [OPENSHIFT_UID] * 2
    assert PASSWORD not in str(pods)
    plan = documents.read(store, keys.run(run, "plan.json"), Plan)
    assert [image.failure for image in plan.images] == [None]
    assert documents.read(store, keys.run(run, "batches/0.json"), BatchOutcome).failures == {}
    assert store.exists(keys.layer_tagset(plan.layers[0].digest))
