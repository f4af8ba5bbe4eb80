from __future__ import annotations

from praxi_tasks.findings import Finding
from praxi_tasks.findings.detectors.hidden import Hidden
from praxi_tasks.findings.image.fusion import LayerFacts
from tests.findings.detectors.detect import detect
from tests.findings.images import deb, layer, seen

CURL = ("usr/bin/curl", "usr/share/doc/curl/README")


def findings(*layers: LayerFacts) -> list[Finding]:
    return detect(Hidden, *layers)


def test_hidden_names_the_package_its_layer_and_its_evidence() -> None:
    (found,) = findings(layer(1, CURL, releases=[seen("deb", "curl", ["8.1"], *CURL)]))
    assert found.purl == "pkg:deb/debian/curl@8.1"
    assert found.layer == f"sha256:{1:064x}"
    assert found.evidence == CURL
    assert found.confidence == 0.97


def test_what_a_database_knows_is_not_hidden() -> None:
    image = layer(1, CURL, claims=[deb("curl", "8.1", *CURL)], releases=[seen("deb", "curl", ["8.1"], *CURL)])
    assert not findings(image)


def test_what_a_distribution_packages_under_another_name_is_not_hidden() -> None:
    path = "usr/lib/python3/dist-packages/requests/api.py"
    image = layer(
        1,
        [path],
        claims=[deb("python3-requests", "2.28.1", path)],
        releases=[seen("pypi", "requests", ["2.28.1"], path)],
    )
    assert not findings(image)


def test_what_a_later_layer_removed_is_not_hidden() -> None:
    assert not findings(
        layer(1, CURL, releases=[seen("deb", "curl", ["8.1"], *CURL)]), layer(2, whiteouts=["usr"])
    )
