from __future__ import annotations

import pytest

from praxi_tasks.findings import Finding
from praxi_tasks.findings.detectors.database_removed import DatabaseRemoved
from praxi_tasks.findings.image.fusion import LayerFacts
from praxi_tasks.inventory import Claim
from tests.findings.detectors.detect import detect
from tests.findings.images import STATUS, deb, layer, pypi


def findings(*layers: LayerFacts) -> list[Finding]:
    return detect(DatabaseRemoved, *layers)


def test_a_removed_database_is_one_finding_with_the_layer_that_removed_it() -> None:
    claims = [deb("curl", "8", "usr/bin/curl"), deb("bash", "5", "bin/bash")]
    (found,) = findings(
        layer(1, ["usr/bin/curl", "usr/bin/bash", STATUS], claims=claims),
        layer(2, whiteouts=["var/lib/dpkg"]),
    )
    assert found.layer == f"sha256:{2:064x}"
    assert found.evidence == (STATUS,)
    assert "dpkg" in found.title
    assert "2 packages" in found.title
    assert [each.package for each in found.packages] == ["deb/curl", "deb/bash"]


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
        layer(1, ["usr/bin/bash", database], claims=[claim]),
        layer(2, whiteouts=[whiteout]),
    )
    assert called in found.title
    assert found.evidence == (database,)


def test_removing_packages_with_their_files_removes_no_database() -> None:
    flask = pypi("flask", "3.0.0", "flask/app.py")
    assert not findings(layer(1, flask.files, claims=[flask]), layer(2, whiteouts=flask.files))
