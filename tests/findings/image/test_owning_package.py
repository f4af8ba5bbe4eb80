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


def test_a_program_is_of_the_package_that_its_content_names() -> None:
    """Its version stays while Debian adds fixes, also where it was moved and no database is left."""
    path = "usr/local/bin/jq"
    program = Claim("generic", "jq", "1.6", path, files=(path,))
    for versions, owner in ((["1.6-2.1"], "deb/jq"), (["1.6-2.1", "1.6-2.1+b1"], "deb/jq"), ([], "")):
        releases = [seen("deb", "jq", versions, path)]
        components = fuse([layer(1, [path], claims=[program], releases=releases)]).components
        assert {one.ecosystem: one.owner for one in components} == {"deb": "", "generic": owner}


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


SITE = "usr/local/lib/python3.12/site-packages"


def owners(*claims: Claim) -> dict[str, str]:
    files = [path for claim in claims for path in (claim.database, *claim.files)]
    return {item.purl: item.owner for item in fuse([layer(1, files, claims=claims)]).components}


def inside(kind: str, name: str, version: str, path: str) -> Claim:
    return Claim(kind, name, version, path, files=(path,))


def test_what_a_wheel_has_inside_is_the_wheels() -> None:
    vendored = f"{SITE}/pip/_vendor/urllib3-1.26.18.dist-info/METADATA"
    pip = pypi("pip", "24.0", "pip/_vendor/urllib3-1.26.18.dist-info/METADATA", "pip/x.jar", site=SITE)
    assert owners(
        pip,
        Claim("pypi", "urllib3", "1.26.18", vendored, files=(vendored,)),
        inside("maven", "a:b", "1", f"{SITE}/pip/x.jar"),
    ) == {"pkg:pypi/pip@24.0": "", "pkg:pypi/urllib3@1.26.18": "pypi/pip", "pkg:maven/a/b@1": "pypi/pip"}


def test_a_distribution_or_manager_comes_before_a_language() -> None:
    jar = f"{SITE}/pyspark/jars/a.jar"
    wheel = pypi("pyspark", "3.5.1", "pyspark/jars/a.jar", site=SITE)
    package = Claim("conda", "pyspark", "3.5.1", "opt/conda-meta/x.json", files=wheel.files)
    assert owners(wheel, package, inside("maven", "a", "1", jar))["pkg:maven/a@1"] == "conda/pyspark"


def test_a_program_in_a_package_of_its_name_is_that_package() -> None:
    program = f"{SITE}/ruff/ruff"
    found = owners(
        pypi("ruff", "0.17.6", "ruff/ruff", site=SITE),
        inside("generic", "ruff", "0.17.6", program),
        inside("cargo", "serde", "1.0.1", program),
    )
    assert found == {"pkg:pypi/ruff@0.17.6": "", "pkg:cargo/serde@1.0.1": "pypi/ruff"}


def test_a_library_of_another_name_in_a_wheel_is_a_component_of_it() -> None:
    library = "psycopg2_binary.libs/libcrypto-0a.so.1.1"
    wheel = pypi("psycopg2-binary", "2.9.9", library, site=SITE)
    found = owners(wheel, inside("generic", "openssl", "1.1.1k", f"{SITE}/{library}"))
    assert found["pkg:generic/openssl@1.1.1k"] == "pypi/psycopg2-binary"
    note = inside("rpm", "openssl-libs", "1:1.1.1k-1.el8", f"{SITE}/{library}")
    assert owners(wheel, note) == {"pkg:pypi/psycopg2-binary@2.9.9": ""}


def archived(version: str, path: str) -> Claim:
    return Claim("pypi", "pip", version, path, files=(path,), relation="archived")


def test_a_wheel_that_lies_about_is_no_second_component_of_what_is_installed() -> None:
    pip = pypi("pip", "24.0", "pip/a.py", site=SITE)
    bundled = "usr/local/lib/python3.12/ensurepip/_bundled/pip-24.0-py3-none-any.whl"
    older, copy = "srv/wheels/pip-23.0-py3-none-any.whl", "srv/copy/pip-23.0-py3-none-any.whl"
    claims = [archived("24.0", bundled), archived("23.0", older), archived("23.0", copy), pip]
    files = [path for claim in claims for path in claim.files]
    found = {item.purl: item for item in fuse([layer(1, files, claims=claims)]).components}
    assert len(found) == 2
    installed, lying = found["pkg:pypi/pip@24.0"], found["pkg:pypi/pip@23.0"]
    assert (installed.relation, lying.relation) == ("", "archived")
    assert set(installed.databases) == {pip.database, bundled}
    assert set(lying.databases) == {older, copy}


def test_a_wheel_of_a_distribution_is_the_distributions() -> None:
    path = "usr/share/python-wheels/pip-23.0-py3-none-any.whl"
    package = deb("python3-pip-whl", "23.0-1", path)
    found = fuse([layer(1, [path], claims=[package, archived("23.0", path)], distribution=BOOKWORM)])
    (wheel,) = (item for item in found.components if item.ecosystem == "pypi")
    assert wheel.held_by_distribution
