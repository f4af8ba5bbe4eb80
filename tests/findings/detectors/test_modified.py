from __future__ import annotations

from praxi_tasks.discovery import LookAlike, ReleasePrediction
from praxi_tasks.findings import Finding
from praxi_tasks.findings.detectors.modified import Modified
from praxi_tasks.findings.image.fusion import LayerFacts
from praxi_tasks.inventory import VersionText
from tests.findings.detectors.detect import detect
from tests.findings.image.test_verification import installed, listing, plain
from tests.findings.images import deb, layer, pypi

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


def test_altered_files_are_one_finding_of_their_layer() -> None:
    files = {f"{SITE}/flask/app.py": b"a", f"{SITE}/flask/cli.py": b"c"}
    claim = listing(pypi("flask", "3", "flask/app.py", "flask/cli.py", site=SITE), files)
    metadata = dict.fromkeys(claim.files[2:], b"m")
    later = plain(2, dict.fromkeys(files, b"z"))
    (found,) = findings(installed(files | metadata, claim), later)
    assert found.title == "2 files of flask are not as the package database lists"
    assert (found.id, found.severity, found.purl) == ("PRAXI-ALTERED", "medium", "pkg:pypi/flask@3")
    assert (found.layer, found.evidence) == (later.changes.digest, tuple(files))


def test_one_altered_file_is_told_as_one() -> None:
    files = {"usr/bin/tool": b"program"}
    (found,) = findings(installed({"usr/bin/tool": b"other"}, listing(deb("tool", "1", *files), files)))
    assert found.title == "a file of tool is not as the package database lists"


def test_a_package_that_is_not_of_the_version_that_it_states_is_told() -> None:
    version = f"{SITE}/flask/_version.py"
    named = ReleasePrediction("pypi", "flask", (), 0.99, FILES, 3, root=SITE, denied=("2.0", "3.0"))
    texts = [VersionText(version, "3.0")]
    (found,) = findings(layer(1, [*FILES, version], releases=[named], texts=texts))
    assert found.title == "flask says that it is 3.0, and files of it are not as that has them"
    assert (found.package, found.purl, found.evidence) == ("pypi/flask", "pkg:pypi/flask", (version,))
    texts = [VersionText(version, "3.1")]
    assert not findings(layer(1, [*FILES, version], releases=[named], texts=texts))
