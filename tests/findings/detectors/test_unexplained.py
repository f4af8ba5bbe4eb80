from __future__ import annotations

from praxi_tasks.findings import Finding
from praxi_tasks.findings.detectors.unexplained import Unexplained
from praxi_tasks.findings.image.fusion import LayerFacts
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
