from __future__ import annotations

from datetime import date

import pytest

from praxi_tasks.findings import Finding, FoundPackage
from praxi_tasks.findings.detectors.hidden import Hidden
from praxi_tasks.findings.image.fusion import LayerFacts
from praxi_tasks.findings.policy import parse_policy
from tests.findings.detectors.detect import detect
from tests.findings.images import deb, layer, pypi, seen

CURL = ("usr/bin/curl", "usr/share/doc/curl/README")
BASH = layer(1, ["usr/bin/bash"], claims=[deb("bash", "5.2", "usr/bin/bash")])
SITE = "opt/venv/lib/python3.12/site-packages"


def findings(*layers: LayerFacts) -> list[Finding]:
    return detect(Hidden, *layers)


def put(number: int, ecosystem: str, *files: str) -> LayerFacts:
    """A layer with a release for each file, called like it, that only its file shows."""
    found = [seen(ecosystem, path.rpartition("/")[2].removesuffix(".py"), ["1"], path) for path in files]
    return layer(number, files, releases=found)


def test_hidden_names_the_package_its_layer_and_its_evidence() -> None:
    (found,) = findings(layer(1, CURL, releases=[seen("deb", "curl", ["8.1"], *CURL)]))
    assert found.purl == "pkg:deb/debian/curl@8.1"
    assert found.layer == f"sha256:{1:064x}"
    assert found.evidence == CURL
    assert found.confidence == 0.97
    assert found.title == "curl 8.1 is there and the image has no package database"


def test_what_only_paths_name_is_hidden_but_for_programs() -> None:
    (found,) = findings(layer(1, [f"{SITE}/numpy/__init__.py", "usr/local/lib/libfoo.so.1"]))
    assert (found.purl, found.sources) == ("pkg:pypi/numpy", ("path",))


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


def test_an_image_without_any_database_is_one_finding_that_lists_all_packages() -> None:
    first = put(1, "deb", *(f"usr/bin/tool{number}" for number in range(100)))
    second = put(2, "pypi", *(f"{SITE}/lib{number}.py" for number in range(40)))
    (found,) = findings(first, second)
    assert len(found.packages) == 140
    assert (
        FoundPackage("pypi/lib7", "lib7 1", "pkg:pypi/lib7@1", (f"{SITE}/lib7.py",), 0.97) in found.packages
    )
    assert found.title.startswith("140 packages (tool0 1, tool1 1, tool10 1 and 137 more) are there")
    assert (found.purl, found.package, found.layer) == ("", "/", f"sha256:{1:064x}")
    assert "keep the package database" in found.action


def test_a_distribution_without_a_database_beside_recorded_releases_is_one_finding() -> None:
    released = layer(3, [f"{SITE}/flask.py"], claims=[pypi("flask", "3", "flask.py", site=SITE)])
    (found,) = findings(put(1, "deb", "usr/bin/a", "usr/bin/b"), put(2, "deb", "usr/bin/c"), released)
    assert [each.package for each in found.packages] == ["deb/a", "deb/b", "deb/c"]
    assert (found.package, found.title.endswith("the image has no package database")) == ("deb/", True)


def test_a_copied_folder_is_one_finding() -> None:
    (found,) = findings(BASH, put(2, "pypi", f"{SITE}/flask.py", f"{SITE}/jinja2.py"))
    assert found.title == "2 packages (flask 1, jinja2 1) are in /opt/venv and no package database knows them"
    assert (found.package, found.layer) == ("pypi//opt/venv", f"sha256:{2:064x}")
    assert found.key == "hidden|PRAXI-HIDDEN|pypi//opt/venv"


def test_a_folder_with_several_kinds_of_packages_is_one_finding() -> None:
    python, node = "app/venv/lib/python3.12/site-packages/flask.py", "app/web/node_modules/react"
    first = layer(
        2, [python, node], releases=[seen("pypi", "flask", ["1"], python), seen("npm", "react", ["1"], node)]
    )
    (found,) = findings(BASH, first)
    assert (found.package, len(found.packages)) == ("//app", 2)


@pytest.mark.parametrize(
    ("ecosystem", "paths", "folder"),
    [
        ("deb", ("opt/rootfs/usr/bin/a", "opt/rootfs/etc/b"), "/opt/rootfs"),
        ("deb", ("rootfs/bin/a", "rootfs/usr/lib/b"), "/rootfs"),
        ("deb", ("usr/bin/a", "etc/b", "opt/b/c"), ""),
        ("rpm", ("mnt/sysroot/var/lib/a", "mnt/sysroot/usr/bin/b"), "/mnt/sysroot"),
        ("npm", ("srv/web/node_modules/a", "srv/web/node_modules/b/node_modules/c"), "/srv/web"),
        ("pypi", ("usr/local/lib/python3.12/site-packages/a.py",), "/usr/local/lib/python3.12"),
        ("npm", ("node_modules/a", "node_modules/b"), "/node_modules"),
        ("pypi", ("code/a.py",), "/code"),
    ],
)
def test_the_folder_of_a_cause(ecosystem: str, paths: tuple[str, ...], folder: str) -> None:
    image = [BASH, put(2, ecosystem, *paths)]
    if ecosystem == "rpm":
        image[0] = layer(1, ["usr/bin/bash"], claims=[deb("bash", "5.2", "usr/bin/bash")])
    (found,) = findings(*image)
    assert found.package == f"{ecosystem}/{folder}"


def test_two_causes_are_two_findings() -> None:
    moved, copied = ["opt/a/usr/bin/x", "opt/a/usr/bin/y"], [f"{SITE}/p.py", f"{SITE}/q.py"]
    again = put(3, "pypi", "srv/job/lib/python3.12/site-packages/r.py")
    first = layer(
        2, [*moved, *copied], releases=[*(seen("deb", p[-1], ["1"], p) for p in moved),
                                        *(seen("pypi", p[-4], ["1"], p) for p in copied)],
    )  # fmt: skip
    found = findings(BASH, first, again)
    assert {(one.package, len(one.packages)) for one in found} == {
        ("deb//opt/a", 2),
        ("pypi//opt/venv", 2),
        ("pypi//srv/job", 1),
    }


def test_a_rule_about_one_package_leaves_the_others_of_its_cause_open() -> None:
    (found,) = findings(BASH, put(2, "pypi", *(f"{SITE}/{name}.py" for name in ("flask", "jinja2", "rich"))))
    rules = "ignore: [{package: %s, reason: r, owner: o, expires: 2027-01-01}]"
    day = date(2026, 12, 1)

    def judged(package: str) -> list[tuple[bool, tuple[str, ...]]]:
        policy = parse_policy((rules % package).encode())
        return [(one.ignored is not None, one.package_names) for one in policy.apply([found], "web:1", day)]

    whole = ("pypi/flask", "pypi/jinja2", "pypi/rich")
    assert judged("pypi/jinja2") == [(True, whole[1:2]), (False, (whole[0], whole[2]))]
    assert judged("'pypi/*'") == judged("'*'") == [(True, whole)]
    assert judged("npm/flask") == [(False, whole)]
    (ignored, rest) = parse_policy((rules % "pypi/jinja2").encode()).apply([found], "web:1", day)
    assert ignored.title.endswith("(here: jinja2 1)")
    assert (ignored.key, ignored.purl, rest.purl) == (rest.key, "pkg:pypi/jinja2@1", "")
