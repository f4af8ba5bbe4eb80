"""Packages that only paths name: where nothing else explains their files, and nowhere else."""

from __future__ import annotations

import msgspec

from praxi_tasks.discovery import LookAlike
from praxi_tasks.findings.image import LayerFacts, fuse
from praxi_tasks.findings.packages import Component
from praxi_tasks.inventory import Claim, VersionText
from tests.findings.images import deb, layer, pypi, seen

SITE = "usr/local/lib/python3.11/site-packages"
NUMPY = [f"{SITE}/numpy/__init__.py", f"{SITE}/numpy/version.py", f"{SITE}/numpy/core.py"]


def by_path(*layers: LayerFacts) -> list[Component]:
    return [item for item in fuse(layers).components if "path" in item.sources]


def test_a_package_that_nobody_knows_is_named() -> None:
    (numpy,) = by_path(layer(1), layer(2, NUMPY, texts=[VersionText(NUMPY[1], "2.1.0")]))
    assert (numpy.package, numpy.versions, numpy.purl) == ("pypi/numpy", ("2.1.0",), "pkg:pypi/numpy@2.1.0")
    assert numpy.sources == ("path",)
    assert numpy.hidden
    assert numpy.layers == (f"sha256:{2:064x}",)
    assert (numpy.files, numpy.evidence[0]) == (3, NUMPY[1])
    assert 0.5 < numpy.confidence < 1


def test_what_a_record_claims_is_not() -> None:
    record = pypi("numpy", "2.1.0", "numpy/__init__.py", "numpy/version.py", site=SITE)
    assert not by_path(layer(1, [*NUMPY, *record.files], claims=[record]))
    unlisted = pypi("numpy", "2.1.0", site=SITE)
    assert not by_path(layer(1, [*NUMPY, *unlisted.files], claims=[unlisted]))
    debian = deb("python3-numpy", "1", *NUMPY)
    assert not by_path(layer(1, NUMPY, claims=[debian]))


def test_what_a_package_brings_along_does_not_own_it() -> None:
    program = f"{SITE}/numpy/core.abi3.so"
    crate = Claim("cargo", "pyo3", "0.20.0", program, files=(program,))
    vendored = pypi("six", "1.16", "six.py", site=f"{SITE}/numpy/_vendor")
    files = [*NUMPY, program, *vendored.files]
    assert [item.name for item in by_path(layer(1, files, claims=[crate, vendored]))] == ["numpy"]


def test_of_two_environments_the_one_without_a_record_is_named() -> None:
    record = pypi("numpy", "2.1.0", "numpy/__init__.py", site="opt/venv/site-packages")
    (numpy,) = by_path(layer(1, [*NUMPY, *record.files], claims=[record]))
    assert all(path.startswith(SITE) for path in numpy.evidence)


def imports(*names: str) -> list[str]:
    return [f"{SITE}/{name}/{file}" for name in names for file in ("__init__.py", "core.py")]


def test_a_record_that_lists_nothing_may_have_installed_a_few_imports() -> None:
    tool = pypi("acme-tool", "1.0", site=SITE)
    files = imports("acmelib", "acmeparts")
    assert {item.name for item in by_path(layer(1, files))} == {"acmelib", "acmeparts"}
    assert not by_path(layer(1, [*files, *tool.files], claims=[unlisted(tool)]))
    many = imports(*(f"acme{number}" for number in range(4)))
    assert len(by_path(layer(1, many, claims=[unlisted(tool)]))) == 4
    elsewhere = [path.replace("python3.11", "python3.12") for path in files]
    assert len(by_path(layer(1, elsewhere, claims=[unlisted(tool)]))) == 2


def test_an_import_that_such_a_record_is_named_after() -> None:
    old = unlisted(pypi("pycrypto", "2.6.1", site=SITE))
    assert [item.name for item in by_path(layer(1, imports("Crypto")))] == ["pycryptodome"]
    assert not by_path(layer(1, imports("Crypto"), claims=[old]))
    assert [item.name for item in by_path(layer(1, imports("Crypto", "yaml"), claims=[old]))] == ["pyyaml"]


def unlisted(claim: Claim) -> Claim:
    return msgspec.structs.replace(claim, files=())


def test_what_the_model_explains_is_not() -> None:
    assert not by_path(layer(1, NUMPY, releases=[seen("pypi", "numpy", ["2.1.0"], NUMPY[0])]))
    assert not by_path(layer(1, NUMPY, releases=[seen("deb", "python3-numpy", ["1"], NUMPY[0])]))


def test_what_a_later_layer_removes_is_not_there() -> None:
    assert not by_path(layer(1, NUMPY), layer(2, whiteouts=[f"{SITE}/numpy"]))


def test_a_version_file_that_a_later_layer_replaces_says_nothing() -> None:
    layers = layer(1, NUMPY, texts=[VersionText(NUMPY[1], "2.1.0")]), layer(2, [NUMPY[1]])
    assert [item.versions for item in by_path(*layers)] == [()]


def test_libraries_of_a_distribution_are_its_own() -> None:
    library = ["usr/lib/x86_64-linux-gnu/libfoo.so.1", "usr/local/lib/libbar.so.1"]
    assert [item.name for item in by_path(layer(1, library, claims=[deb("bash", "5", "bin/bash")]))] == [
        "libbar"
    ]
    assert [item.name for item in by_path(layer(1, library))] == ["libbar", "libfoo"]


def test_what_only_looks_like_a_known_package_is_not_unless_a_file_states_a_version() -> None:
    alike = LookAlike("pypi", "numpy", 3, (NUMPY[0],), SITE)
    assert not by_path(layer(1, NUMPY, look_alikes=[alike]))
    texts = [VersionText(NUMPY[1], "2.1.0")]
    (numpy,) = by_path(layer(1, NUMPY, look_alikes=[alike], texts=texts))
    assert numpy.versions == ("2.1.0",)
