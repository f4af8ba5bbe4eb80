from __future__ import annotations

import msgspec

from praxi_tasks.findings import Finding
from praxi_tasks.findings.detectors.ghost import Ghost
from praxi_tasks.findings.image.fusion import LayerFacts
from praxi_tasks.inventory import Placement
from tests.findings.detectors.detect import detect
from tests.findings.images import deb, layer, pypi

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


def test_a_file_by_another_name_is_there() -> None:
    claim = deb("shadow", "4", "usr/sbin/useradd")
    assert not findings(layer(1, ["usr/bin/useradd"], claims=[claim], links={"usr/sbin": "bin"}))


def test_a_diverted_file_is_there() -> None:
    place = Placement(diversions=(("usr/bin/man", "usr/bin/man.REAL", "other"),))
    lower = layer(1, ["usr/bin/man.REAL"], claims=[deb("man-db", "2", "usr/bin/man")])
    assert not findings(lower, layer(2, placement=place))
    assert findings(
        layer(1, ["usr/bin/man.REAL"], claims=[deb("other", "2", "usr/bin/man")], placement=place)
    )
    assert findings(layer(1, claims=[deb("man-db", "2", "usr/bin/man")], placement=place))


def test_what_was_never_unpacked_is_no_ghost() -> None:
    claim = deb("vim", "9", "usr/share/vim/a/x", "usr/share/vim/b", "usr/share/vim/c")
    rules = Placement(rules=("-usr/share/vim/*", "+usr/share/vim/a*"))
    assert not findings(layer(1, ["usr/share/vim/a/x"], claims=[claim], placement=rules))
    (found,) = findings(layer(1, ["usr/share/vim/b"], claims=[claim], placement=rules))
    assert found.evidence == ("usr/share/vim/a/x",)


def test_a_copied_folder_of_releases_has_no_ghosts() -> None:
    flask = pypi("flask", "3.0.0", "flask/app.py", "../../../bin/flask", site="opt/lib")
    files = (*flask.files[:1], "usr/local/bin/flask", *flask.files[2:])
    claim = msgspec.structs.replace(flask, files=files)
    assert not findings(layer(1, [flask.files[0], *flask.files[2:]], claims=[claim]))
    assert findings(layer(1, flask.files[2:], claims=[claim]))


def test_packages_that_one_layer_takes_away_are_one_finding() -> None:
    claims = [deb(f"tool{number}", "1", f"usr/bin/tool{number}") for number in range(140)]
    files = [path for claim in claims for path in claim.files]
    moved = [path.replace("usr/", "opt/base/usr/") for path in files]
    lone = deb("curl", "8", "usr/sbin/curl")
    first, *others = sorted(
        detect(
            Ghost,
            layer(1, [*files, "usr/sbin/curl"], claims=[*claims, lone]),
            layer(2, moved, whiteouts=["usr/bin"]),
            layer(3, whiteouts=["usr/sbin"]),
        ),
        key=lambda found: found.layer,
    )
    assert (len(first.packages), first.package, first.purl) == (140, "deb/", "")
    assert first.title == (
        "140 packages (tool0 1, tool1 1, tool2 1 and 137 more) claim 140 files that are not there"
    )
    assert first.layer == f"sha256:{2:064x}"
    assert [(one.package, one.purl, one.packages) for one in others] == [
        ("deb/curl", "pkg:deb/debian/curl@8?arch=amd64", ())
    ]
