"""Which problems of package records an image still has."""

from __future__ import annotations

import msgspec
import pytest

from praxi_tasks.findings.coverage import CoverageState
from praxi_tasks.findings.image import LayerFacts, databases_coverage, fuse
from praxi_tasks.inventory import Claim, Distribution
from tests.findings.images import layer

MANIFEST = "app/node_modules/x/package.json"
STATUS = "var/lib/dpkg/status"


def with_problem(path: str) -> LayerFacts:
    made = layer(1, [path, f"{path.rpartition('/')[0]}/index.js"])
    inventory = msgspec.structs.replace(made.inventory, problems=(f"{path}: it is damaged",))
    return LayerFacts(made.changes, inventory, made.prediction)


def told(*layers: LayerFacts) -> set[str]:
    return {line.subject for line in databases_coverage(fuse(list(layers)))}


@pytest.mark.parametrize("removed", ["app", "app/node_modules", "app/node_modules/x"])
def test_a_damaged_record_that_is_gone_with_its_folder_is_no_gap(removed: str) -> None:
    assert MANIFEST in told(with_problem(MANIFEST))
    assert MANIFEST not in told(with_problem(MANIFEST), layer(2, whiteouts=[removed]))


@pytest.mark.parametrize(
    ("path", "removed"), [(MANIFEST, MANIFEST), (STATUS, STATUS), (STATUS, "var/lib/dpkg")]
)
def test_a_damaged_record_of_what_may_have_stayed_is_one(path: str, removed: str) -> None:
    assert path in told(with_problem(path), layer(2, whiteouts=[removed]))


def test_what_programs_say_of_themselves_is_no_database() -> None:
    files = ["usr/lib/libudev.so.1.7.5", "usr/lib/_rust.so"]
    claims = [
        Claim("deb", "systemd", "252-1", files[0], files=(files[0],)),
        Claim("cargo", "asn1", "0.15.5", files[1], files=(files[1],)),
    ]
    image = fuse([layer(1, files, claims=claims, distribution=Distribution("debian", "12"))])
    found = {line.subject: line.state for line in databases_coverage(image)}
    assert found == {
        "package note in a program": CoverageState.CHECKED,
        "crates in a program": CoverageState.CHECKED,
        "debian-12": CoverageState.NOT_CHECKED,
    }
