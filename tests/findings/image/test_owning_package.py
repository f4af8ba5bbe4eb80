from __future__ import annotations

from praxi_tasks.findings.detectors.vulnerable import Vulnerabilities
from praxi_tasks.findings.image.fusion import LayerFacts, fuse
from praxi_tasks.findings.packages.component import Component
from praxi_tasks.inventory import Claim, Distribution
from tests.findings.images import STATUS, deb, layer, pypi, seen
from tests.findings.osv import index, record

BOOKWORM = Distribution("debian", "12", "bookworm")
YAML = pypi("PyYAML", "6.0", "yaml/loader.py")
PACKAGE = deb("python3-yaml", "6.0-3+deb12u1", *(f"./{path}"[2:] for path in YAML.files), source="pyyaml")
ADVISORIES = index(record("PYSEC-1", "pyyaml", {"introduced": "0"}, {"fixed": "6.0.1"}))


def python(*layers: LayerFacts) -> Component:
    (component,) = (item for item in fuse(layers).components if item.ecosystem == "pypi")
    return component


def vulnerable(component: Component) -> bool:
    return any(Vulnerabilities(ADVISORIES).findings([component]))


def test_what_dpkg_installed_is_no_release_of_pypi() -> None:
    owned = python(layer(1, YAML.files, claims=[PACKAGE, YAML], distribution=BOOKWORM))
    assert owned.owner == "deb/python3-yaml"
    assert not vulnerable(owned)


def test_the_same_release_from_pip_is() -> None:
    pip = pypi("PyYAML", "6.0", "yaml/loader.py", site="usr/local/lib/python3.11/dist-packages")
    image = fuse([layer(1, [*YAML.files, *pip.files], claims=[PACKAGE, YAML, pip], distribution=BOOKWORM)])
    both = [item for item in image.components if item.ecosystem == "pypi"]
    assert sorted(item.owner for item in both) == ["", "deb/python3-yaml"]
    assert [vulnerable(item) for item in both] == [not item.owner for item in both]


def test_a_removed_database_still_tells() -> None:
    lower = layer(1, YAML.files, claims=[PACKAGE, YAML], distribution=BOOKWORM)
    assert python(lower, layer(2, whiteouts=[STATUS])).owner == "deb/python3-yaml"


def test_files_alone_are_known_by_their_folder_and_the_package_beside_them() -> None:
    told = seen("pypi", "pyyaml", ["6.0"], "usr/lib/python3/dist-packages/yaml/loader.py")
    package = seen("deb", "python3-pyyaml", ["6.0-3"], "usr/share/x")
    files = [*told.evidence, *package.evidence]
    assert python(layer(1, files, releases=[told, package])).owner == "deb/python3-pyyaml"
    assert not python(layer(1, files, releases=[told])).owner


def test_other_distributions_own_theirs() -> None:
    for ecosystem in ("rpm", "apk"):
        claim = Claim(ecosystem, "python3-pyyaml", "6.0-3", "db", files=YAML.files)
        assert python(layer(1, YAML.files, claims=[claim, YAML])).owner == f"{ecosystem}/python3-pyyaml"


def test_what_conda_brought_is_still_a_release_of_pypi() -> None:
    wheel = pypi("PyYAML", "6.0", "yaml/loader.py", site="opt/conda/lib/python3.12/site-packages")
    record = "opt/conda/conda-meta/pyyaml-6.0-0.json"
    conda = Claim("conda", "pyyaml", "6.0", record, files=wheel.files)
    linked = python(layer(1, [record, *wheel.files], claims=[conda, wheel]))
    assert linked.owner == "conda/pyyaml"
    assert not linked.held_by_distribution
    assert vulnerable(linked)


def test_a_manager_owns_no_package_of_its_own_or_of_another_manager() -> None:
    place = "nix/store/0c9mi5sal15ry4mq2yh5sldcqz2q0ys5-bash-5.2/bin/bash"
    claims = [
        Claim("nix", "bash", "5.2", place, files=(place,)),
        Claim("snap", "x", "1", place, files=(place,)),
    ]
    assert [item.owner for item in fuse([layer(1, [place], claims=claims)]).components] == ["", ""]
