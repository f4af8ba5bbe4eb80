"""Audits by chains of which others do steps: a service, and commands of the site's."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from praxi_tasks.findings.assessment.document import AssessedAudit
from praxi_tasks.json_decoding import decode
from praxi_tasks.learning.training import learn_files
from praxi_tasks.store import Store, keys, open_store
from tests.conftest import ROOT
from tests.serving.running import PYTHON, Service, serving
from tests.support.images import image
from tests.support.packages import BELL, SHOP, SITE, TILL
from tests.support.registry import Registry

pytestmark = [pytest.mark.server, pytest.mark.slow]

# Names whatever lies below site-packages, as the word in the file `mode` says.
PREDICT = """
import json, os, pathlib, sys
folder = pathlib.Path(sys.argv[1])
mode = (folder / "mode").read_text()
asked = [json.loads(line) for line in open(os.environ["PRAXI_INPUTS"] + "/fingerprints.jsonl")]
if mode == "fail":
    sys.exit("no licence for today")
lines = []
for layer in asked[1:] if mode == "forget" else asked:
    seen = [path for path in layer["paths"] if "/bellringer/" in path]
    named = {"ecosystem": "pypi", "name": "house-bell", "versions": ["9"], "confidence": 0.75}
    named["evidence"] = seen[:2]
    if mode == "sure":
        named["confidence"] = 17
    lines.append({"digest": layer["digest"], "releases": [named] if seen else []})
if mode != "silent":
    text = "".join(json.dumps(line) + "\\n" for line in lines)
    (pathlib.Path(os.environ["PRAXI_OUTPUTS"]) / "predictions.jsonl").write_text(text)
"""
TRIAGE = """
import json, os
found = json.load(open(os.environ["PRAXI_INPUTS"] + "/findings.json"))
found["model_problem"] = "looked through by triage of " + os.environ["PRAXI_RUN"]
json.dump(found, open(os.environ["PRAXI_OUTPUTS"] + "/findings.json", "w"))
"""


class Site(NamedTuple):
    """A service whose chain has commands of the site's, its store, and the folder of their mode."""

    service: Service
    store: Store
    folder: Path

    def audit(self, reference: str) -> dict[str, Any]:
        return audited(self.service, reference)


def audited(service: Service, reference: str) -> dict[str, Any]:
    asked = service.ask("/v1/audits", {"image": reference})
    assert asked.status == 202, asked.body
    service.ask(f"/v1/audits/{asked.document['id']}/events")
    found: dict[str, Any] = service.ask(f"/v1/audits/{asked.document['id']}").document
    return found


def purls(document: dict[str, Any]) -> set[str]:
    return {release["purl"] for layer in document["report"]["layers"] for release in layer["releases"]}


@pytest.fixture(scope="module")
def shop(registry: Registry) -> str:
    """An image with a package of each model, neither with its database."""
    layers = [SHOP.layer(), TILL.layer(metadata=False), BELL.layer(metadata=False)]
    return registry.push("chain/shop:1", image(layers))


@pytest.fixture(scope="module")
def site(model_uri: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("site")
    for name, text in (("predict.py", PREDICT), ("triage.py", TRIAGE), ("mode", "well")):
        (folder / name).write_text(text)
    steps = [
        {"name": "plan", "run": "plan"},
        {"name": "fingerprint", "run": "fingerprint"},
        {
            "name": "house-model",
            "command": [sys.executable, str(folder / "predict.py"), str(folder)],
            "takes": ["fingerprints"],
            "gives": ["predictions"],
        },
        {"name": "findings", "run": "findings"},
        {
            "name": "triage",
            "command": [sys.executable, str(folder / "triage.py")],
            "takes": ["findings"],
            "gives": ["findings"],
        },
    ]
    chain = folder / "chain.yaml"
    chain.write_text(json.dumps({"name": "house", "steps": steps}))
    store = open_store((folder / "store").as_uri())
    options = ("--registry", "127.0.0.1:*", "--workers", "1", "--chain", str(chain))
    with serving(folder, model_uri, store.uri, *options) as service:
        chain.write_text("no chain any more")  # steps go by what was checked when the service began
        yield Site(service, store, folder)


def test_a_command_predicts_and_another_looks_through_the_findings(site: Site, shop: str) -> None:
    (site.folder / "mode").write_text("well")
    document = site.audit(shop)
    assert (document["state"], document["error"]) == ("done", "")
    assert (document["chain"], document["step"]) == ("house", "triage")
    assert purls(document) == {"pkg:pypi/shoplib@1.0", "pkg:pypi/house-bell@9"}
    (named,) = [
        release
        for layer in document["report"]["layers"]
        for release in layer["releases"]
        if release["source"] == "fingerprint"
    ]
    assert named["confidence"] == 0.75
    assert named["evidence"][0].startswith(f"{SITE}/bellringer/")
    stored = decode(site.store.get(keys.run(document["id"], "findings.json")), AssessedAudit)
    assert stored.model_problem == f"looked through by triage of {document['id']}"
    assert stored.model_problem in site.store.get(keys.run(document["id"], "report.html")).decode()


@pytest.mark.parametrize(
    ("mode", "why"),
    [
        ("fail", "the command ended with 1: no licence for today"),
        ("silent", "it did not give what it is declared to give (predictions.jsonl)"),
        ("forget", "1 of 3 layers have no answer"),
        ("sure", "17.0 is no confidence from 0 to 1"),
    ],
)
def test_a_broken_step_is_named(site: Site, shop: str, mode: str, why: str) -> None:
    (site.folder / "mode").write_text(mode)
    document = site.audit(shop)
    assert (document["state"], document["code"], document["step"]) == ("failed", "step", "house-model")
    assert document["error"].startswith("the step house-model failed: ")
    assert why in document["error"]
    assert not site.store.exists(keys.run(document["id"], "predictions.json"))


def test_another_service_predicts(registry: Registry, model_uri: str, shop: str, tmp_path: Path) -> None:
    lines = tmp_path / "releases.jsonl"
    lines.write_text(BELL.line())
    learn_files([lines]).model.save((tmp_path / "bell").as_uri())
    for name in ("known", "token"):  # the service reads its own file again when it changes
        (tmp_path / name).write_text("a-token-of-the-next-service\n")
    folders = [tmp_path / name for name in ("next", "own")]
    for folder in folders:
        folder.mkdir()
    guarded = ("--token-file", str(tmp_path / "known"), "--workers", "1")
    with serving(folders[0], (tmp_path / "bell").as_uri(), folders[0].as_uri(), *guarded) as other:
        asked = {"url": f"http://{other.address}", "token_file": str(tmp_path / "token")}
        chain = {
            "name": "next",
            "steps": [
                {"name": "plan", "run": "plan"},
                {"name": "fingerprint", "run": "fingerprint"},
                {"name": "next-model", "service": asked},
                {"name": "findings", "run": "findings"},
            ],
        }
        (tmp_path / "chain.yaml").write_text(json.dumps(chain))
        store = (tmp_path / "store").as_uri()
        options = ("--registry", "127.0.0.1:*", "--workers", "1", "--chain", str(tmp_path / "chain.yaml"))
        with serving(folders[1], model_uri, store, *options) as service:
            document = audited(service, shop)
            assert document["state"] == "done", document
            assert purls(document) == {"pkg:pypi/shoplib@1.0", "pkg:pypi/bellringer@0.3"}
            assert document["report"]["model_version"] == "bell"
            (tmp_path / "token").write_text("a-token-that-nobody-knows\n")
            refused = audited(service, shop)
            assert (refused["state"], refused["code"], refused["step"]) == ("failed", "step", "next-model")
            assert "the step next-model failed: the service answered 401" in refused["error"]


def test_a_chain_that_can_not_work_keeps_the_service_from_starting(model_uri: str, tmp_path: Path) -> None:
    (tmp_path / "chain.yaml").write_text("name: x\nsteps: [{name: findings, run: findings}]")
    command = [str(PYTHON), "-m", "praxi_tasks", "serve", "--model", model_uri, "--chain", "chain.yaml"]
    ended = subprocess.run(
        [*command, "--store", (tmp_path / "store").as_uri()],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert ended.returncode == 2
    assert "step findings: it takes plan, fingerprints, predictions, which no step" in ended.stderr
