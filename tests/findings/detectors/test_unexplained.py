from __future__ import annotations

from praxi_tasks.findings import Finding
from praxi_tasks.findings.detectors.unexplained import Unexplained
from praxi_tasks.findings.image.fusion import LayerFacts
from praxi_tasks.inventory import Claim
from tests.findings.detectors.detect import detect
from tests.findings.images import deb, layer

CURL = ("usr/bin/curl", "usr/share/doc/curl/README")


def findings(*layers: LayerFacts) -> list[Finding]:
    return detect(Unexplained, *layers)


def test_unexplained_counts_what_nobody_owns_with_roots_and_share() -> None:
    files = [*CURL, "opt/own/a", "opt/own/b", "opt/own/b.pyc", "etc/own.conf"]
    (found,) = findings(layer(1, files, claims=[deb("curl", "8", *CURL)], roots={"opt/own": 3}))
    assert found.evidence == ("opt/own/ (2 files)",)
    assert "2 files (33% of the image)" in found.title
    assert found.severity == "low"


def test_without_a_model_the_databases_alone_decide() -> None:
    (found,) = findings(layer(1, ["opt/own/a"], model=False))
    assert found.severity == "medium"
    assert not findings(layer(1, CURL[:1], claims=[deb("curl", "8", *CURL)], model=False))


def test_databases_that_were_read_explain_themselves() -> None:
    folder = "usr/lib/sysimage/rpm"
    files = [f"{folder}/rpmdb.sqlite", f"{folder}/rpmdb.sqlite-shm", "usr/bin/bash"]
    claim = Claim("rpm", "bash", "5", files[0], files=("usr/bin/bash",))
    assert not detect(Unexplained, layer(1, files, claims=[claim], model=False))
    assert detect(Unexplained, layer(1, files, model=False))


def test_an_interpreter_brings_its_own_library() -> None:
    prefix = "usr/local"
    python = [f"{prefix}/lib/python3.12/{name}" for name in ("os.py", "json/decoder.py")]
    headers = [f"{prefix}/include/python3.12/Python.h", f"{prefix}/include/node/node_version.h"]
    assert not detect(Unexplained, layer(1, [*python, *headers], model=False))
    (found,) = detect(
        Unexplained,
        layer(
            1, [*python, f"{prefix}/lib/python3.12/site-packages/own.py", "opt/lib/python3.11/x"], model=False
        ),
    )
    assert found.title.startswith("2 files")
