from __future__ import annotations

from praxi_tasks.findings import Finding
from praxi_tasks.findings.detectors.ghost import Ghost
from praxi_tasks.findings.image.fusion import LayerFacts
from tests.findings.detectors.detect import detect
from tests.findings.images import deb, layer

CURL = ("usr/bin/curl", "usr/share/doc/curl/README")


def findings(*layers: LayerFacts) -> list[Finding]:
    return detect(Ghost, *layers)


def test_a_ghost_names_what_is_missing_and_the_layer_that_took_it() -> None:
    (found,) = findings(
        layer(1, CURL, claims=[deb("curl", "8", *CURL)]), layer(2, whiteouts=["usr/bin/curl"])
    )
    assert found.evidence == ("usr/bin/curl",)
    assert found.layer == f"sha256:{2:064x}"
    assert found.purl.startswith("pkg:deb/debian/curl@8")


def test_a_slim_image_without_documentation_has_no_ghosts() -> None:
    assert not findings(layer(1, CURL[:1], claims=[deb("curl", "8", *CURL)]))


def test_folders_a_database_lists_are_no_ghosts() -> None:
    files = ("usr", "usr/lib/x", "usr/lib/x/x.so")
    assert not findings(layer(1, ["usr/lib/x/x.so"], claims=[deb("x", "1", *files)]))
