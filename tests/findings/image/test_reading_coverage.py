"""Which problems of package records an image still has."""

from __future__ import annotations

import msgspec
import pytest

from praxi_tasks.findings.image import LayerFacts, databases_coverage, fuse
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
