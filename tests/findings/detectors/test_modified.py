from __future__ import annotations

from praxi_tasks.discovery import LookAlike
from praxi_tasks.findings import Finding
from praxi_tasks.findings.detectors.modified import Modified
from praxi_tasks.findings.image.fusion import LayerFacts
from tests.findings.detectors.detect import detect
from tests.findings.images import layer, pypi

SITE = "usr/local/lib/python3.11/site-packages"
FILES = (f"{SITE}/flask/app.py", f"{SITE}/flask/cli.py")


def looks_like(name: str, *evidence: str) -> LookAlike:
    return LookAlike("pypi", name, len(evidence), evidence, SITE)


def findings(*layers: LayerFacts) -> list[Finding]:
    return detect(Modified, *layers)


def test_files_that_are_of_no_known_release_are_told() -> None:
    (found,) = findings(layer(1, FILES, look_alikes=[looks_like("flask", *FILES)]))
    assert found.title == "2 files lie where flask has its own, and none is as any known release has it"
    assert (found.package, found.purl, found.evidence) == ("pypi/flask", "pkg:pypi/flask", FILES)


def test_one_finding_lists_all_packages_of_a_layer() -> None:
    other = f"{SITE}/yaml/nodes.py"
    layers = layer(1, [*FILES, other], look_alikes=[looks_like("flask", *FILES), looks_like("pyyaml", other)])
    (found,) = findings(layers)
    assert [package.purl for package in found.packages] == ["pkg:pypi/flask", "pkg:pypi/pyyaml"]
    assert "flask, pyyaml have their own" in found.title


def test_what_was_removed_or_replaced_later_is_not_told() -> None:
    lower = layer(1, FILES, look_alikes=[looks_like("flask", *FILES)])
    assert not findings(lower, layer(2, whiteouts=[f"{SITE}/flask"]))
    assert not findings(lower, layer(2, FILES))


def test_what_a_record_names_or_lists_is_not_told() -> None:
    claim = pypi("flask", "9", "flask/app.py", "flask/cli.py", site=SITE)
    record = [path for path in claim.files if path not in FILES]
    assert not findings(
        layer(1, [*FILES, *record], claims=[claim], look_alikes=[looks_like("Flask", *FILES)])
    )
    assert not findings(
        layer(1, [*FILES, *record], claims=[claim], look_alikes=[looks_like("other", *FILES)])
    )
