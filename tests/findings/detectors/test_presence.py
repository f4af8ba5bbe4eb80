from __future__ import annotations

import pytest

from praxi_tasks.findings.detectors.presence import presence_findings
from praxi_tasks.findings.finding import Finding
from praxi_tasks.findings.image.fusion import LayerFacts, fuse
from praxi_tasks.inventory import Claim
from tests.findings.images import STATUS, deb, layer, pypi, seen

CURL = ("usr/bin/curl", "usr/share/doc/curl/README")


def findings(kind: str, *layers: LayerFacts) -> list[Finding]:
    return [finding for finding in presence_findings(fuse(layers)) if finding.kind == kind]


def test_hidden_names_the_package_its_layer_and_its_evidence() -> None:
    (found,) = findings("hidden", layer(1, CURL, releases=[seen("deb", "curl", ["8.1"], *CURL)]))
    assert found.purl == "pkg:deb/debian/curl@8.1"
    assert found.layer == f"sha256:{1:064x}"
    assert found.evidence == CURL
    assert found.confidence == 0.97


def test_what_a_database_knows_is_not_hidden() -> None:
    image = layer(1, CURL, claims=[deb("curl", "8.1", *CURL)], releases=[seen("deb", "curl", ["8.1"], *CURL)])
    assert not findings("hidden", image)


def test_what_a_distribution_packages_under_another_name_is_not_hidden() -> None:
    path = "usr/lib/python3/dist-packages/requests/api.py"
    image = layer(
        1,
        [path],
        claims=[deb("python3-requests", "2.28.1", path)],
        releases=[seen("pypi", "requests", ["2.28.1"], path)],
    )
    assert not findings("hidden", image)


def test_what_a_later_layer_removed_is_not_hidden() -> None:
    assert not findings(
        "hidden", layer(1, CURL, releases=[seen("deb", "curl", ["8.1"], *CURL)]), layer(2, whiteouts=["usr"])
    )


def test_a_removed_database_is_one_finding_with_the_layer_that_removed_it() -> None:
    claims = [deb("curl", "8", "usr/bin/curl"), deb("bash", "5", "bin/bash")]
    (found,) = findings(
        "database-removed",
        layer(1, ["usr/bin/curl", "usr/bin/bash", STATUS], claims=claims),
        layer(2, whiteouts=["var/lib/dpkg"]),
    )
    assert found.layer == f"sha256:{2:064x}"
    assert found.evidence == (STATUS,)
    assert "dpkg" in found.title
    assert "2 packages" in found.title


@pytest.mark.parametrize(
    ("ecosystem", "database", "whiteout", "called"),
    [
        ("rpm", "var/lib/rpm/rpmdb.sqlite", "var/lib/rpm", "rpm data"),
        ("rpm", "usr/lib/sysimage/rpm/Packages.db", "usr/lib/sysimage/rpm/Packages.db", "rpm data"),
        ("apk", "lib/apk/db/installed", "lib/apk", "apk data"),
        ("deb", "var/lib/dpkg/status.d/base", "var/lib/dpkg/status.d", "dpkg data"),
    ],
)
def test_every_kind_of_database_can_be_removed(
    ecosystem: str, database: str, whiteout: str, called: str
) -> None:
    claim = Claim(ecosystem, "bash", "5", database, files=("usr/bin/bash",))
    (found,) = findings(
        "database-removed",
        layer(1, ["usr/bin/bash", database], claims=[claim]),
        layer(2, whiteouts=[whiteout]),
    )
    assert called in found.title
    assert found.evidence == (database,)


def test_removing_packages_with_their_files_removes_no_database() -> None:
    flask = pypi("flask", "3.0.0", "flask/app.py")
    assert not findings(
        "database-removed", layer(1, flask.files, claims=[flask]), layer(2, whiteouts=flask.files)
    )


def test_a_ghost_names_what_is_missing_and_the_layer_that_took_it() -> None:
    (found,) = findings(
        "ghost", layer(1, CURL, claims=[deb("curl", "8", *CURL)]), layer(2, whiteouts=["usr/bin/curl"])
    )
    assert found.evidence == ("usr/bin/curl",)
    assert found.layer == f"sha256:{2:064x}"
    assert found.purl.startswith("pkg:deb/debian/curl@8")


def test_a_slim_image_without_documentation_has_no_ghosts() -> None:
    assert not findings("ghost", layer(1, CURL[:1], claims=[deb("curl", "8", *CURL)]))


def test_folders_a_database_lists_are_no_ghosts() -> None:
    files = ("usr", "usr/lib/x", "usr/lib/x/x.so")
    assert not findings("ghost", layer(1, ["usr/lib/x/x.so"], claims=[deb("x", "1", *files)]))


def test_unexplained_counts_what_nobody_owns_with_roots_and_share() -> None:
    files = [*CURL, "opt/own/a", "opt/own/b", "opt/own/b.pyc", "etc/own.conf"]
    (found,) = findings(
        "unexplained", layer(1, files, claims=[deb("curl", "8", *CURL)], roots={"opt/own": 3})
    )
    assert found.evidence == ("opt/own/ (2 files)",)
    assert "2 files (33% of the image)" in found.title
    assert found.severity == "low"


def test_without_a_model_the_databases_alone_decide() -> None:
    (found,) = findings("unexplained", layer(1, ["opt/own/a"], model=False))
    assert found.severity == "medium"
    assert not findings("unexplained", layer(1, CURL[:1], claims=[deb("curl", "8", *CURL)], model=False))
