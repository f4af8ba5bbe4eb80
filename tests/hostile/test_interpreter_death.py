"""An image at which the interpreter dies costs itself, at any step: the real commands, really killed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from praxi_tasks.audit.deployed import named_images
from praxi_tasks.audit.report import AuditReport
from praxi_tasks.audit.run import AuditRun
from praxi_tasks.findings.scope import DOCUMENT, Scope
from praxi_tasks.store import documents, open_store
from tests.conftest import ROOT
from tests.hostile.pictures import GOOD, layer_of
from tests.support import world
from tests.support.images import image, write_layout

STEPS = ("plan", "fingerprint", "predict", "report", "metrics")


@pytest.mark.slow
def test_every_other_image_is_audited(tmp_path: Path) -> None:
    made = {name: image([layer_of(GOOD), layer_of({f"etc/{name}": b"x"})]) for name in ("good", *STEPS)}
    store = open_store(f"file://{tmp_path}/store")
    run = AuditRun(store, "r1")
    references = [f"oci:{write_layout(tmp_path / name, {name: one})}" for name, one in made.items()]
    documents.write(store, run.key("images.json"), named_images(references))
    documents.write(store, run.key(DOCUMENT), Scope(kind="scheduled"))
    world.model().save(f"file://{tmp_path}/model")
    fatal = {name: one.layers[1].digest for name, one in made.items()} | {
        "plan": "/plan",
        "metrics": "/metrics",
    }
    variables = {
        **os.environ,
        "FATAL": json.dumps(fatal),
        "PRAXI_STORE": store.uri,
        "PRAXI_MODEL": f"file://{tmp_path}/model",
        "PRAXI_LAST_TRY": "1",
        "TMPDIR": str(tmp_path),
    }

    def praxi(*words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "tests.support.fatal", *words, "--run", "r1"]
        return subprocess.run(
            command, env=variables, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False
        )

    for words in (["plan"], ["fingerprint", "--batch", "0"], ["predict"], ["report"]):
        ended = praxi(*words)
        assert ended.returncode == 0, ended.stderr
        assert "the others go on" in ended.stderr
    report = documents.read(store, run.key("report.json"), AuditReport)
    for one in report.images:
        name = one.image.rpartition("/")[2].partition(":")[0]
        if name in STEPS[:-1]:
            assert (one.state, one.reason_code) == ("failed", "lost"), name
            assert "died by SIG" in (one.reason or "")
        else:
            assert (one.state, one.reason) == ("audited", None), name
    told = praxi("metrics").stdout
    assert 'praxi_images{state="failed"} 5.0' in told
    assert 'praxi_images{state="audited"} 1.0' in told
    assert not [*tmp_path.glob("praxi-*")]
