from __future__ import annotations

import dataclasses

import msgspec
import pytest

from praxi_tasks.findings.coverage import CoverageState
from praxi_tasks.findings.detectors.licence import Licence
from praxi_tasks.findings.image.fusion import LayerFacts, fuse
from tests.findings.detectors.detect import NO_FEEDS, detect
from tests.findings.images import STATUS, deb, layer, pypi

DENYING = dataclasses.replace(NO_FEEDS, denied_licences=("GPL-*", "custom"))


def image(*licences: str) -> LayerFacts:
    claim = msgspec.structs.replace(deb("tar", "1.35", "bin/tar"), licences=licences)
    return layer(1, [STATUS, "bin/tar"], claims=[claim])


def test_a_denied_licence_is_a_finding_of_its_package() -> None:
    (found,) = detect(Licence, image("Expat", "GPL-3+", "custom"), knowledge=DENYING)
    assert found.title == "tar 1.35 is under GPL-3.0-or-later, custom"
    assert (found.package, found.layer, found.evidence) == ("deb/tar", f"sha256:{1:064x}", (STATUS,))


@pytest.mark.parametrize("licences", [(), ("Expat",), ("GPL-3+ or Expat",), ("BSD",)])
def test_what_may_be_used_is_none(licences: tuple[str, ...]) -> None:
    assert not detect(Licence, image(*licences), knowledge=DENYING)


def test_without_a_rule_nothing_is_looked_for() -> None:
    assert not detect(Licence, image("GPL-3+"))
    assert not list(Licence(NO_FEEDS).coverage(fuse([image("GPL-3+")])))


def test_a_package_that_was_removed_is_none() -> None:
    wipe = layer(2, [STATUS], databases=[STATUS], whiteouts=["bin/tar"])
    assert not detect(Licence, image("GPL-3+"), wipe, knowledge=DENYING)


def test_packages_of_which_no_licence_is_known_are_told() -> None:
    (known,) = Licence(DENYING).coverage(fuse([image("Expat")]))
    (gap,) = Licence(DENYING).coverage(fuse([image("Expat"), layer(2, ["x.py"], claims=[pypi("x", "1")])]))
    assert (known.state, gap.state) == (CoverageState.CHECKED, CoverageState.PARTIAL)
    assert gap.packages == ("pypi/x",)
