"""Several records of one package, in layers as images have them: one component, or a part of its owner."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.findings.image.test_inspected_files import go_program, image
from tests.support.images import Entry
from tests.support.models import zipped

DEBIAN = b'ID=debian\nVERSION_ID="12"\nVERSION_CODENAME=bookworm\n'


def installed(package: str, version: str, *files: str) -> dict[str, Entry]:
    """Return what dpkg records of a package, beside its distribution."""
    status = f"Package: {package}\nStatus: install ok installed\nArchitecture: all\nVersion: {version}\n\n"
    listed = "".join(f"/{file}\n" for file in files)
    return {
        "etc/os-release": DEBIAN,
        "var/lib/dpkg/status": status.encode(),
        f"var/lib/dpkg/info/{package}.list": listed.encode(),
    }


def of_conda(name: str, version: str, *files: str) -> dict[str, Entry]:
    record = {"name": name, "version": version, "build_number": 0, "depends": [], "files": list(files)}
    return {f"opt/conda/conda-meta/{name}-{version}-0.json": json.dumps(record).encode()}


SITE = "opt/conda/lib/python3.12/site-packages"
WHEEL = {
    f"{SITE}/numpy-1.26.4.dist-info/METADATA": b"Metadata-Version: 2.1\nName: numpy\nVersion: 1.26.4\n",
    f"{SITE}/numpy-1.26.4.dist-info/RECORD": b"numpy/__init__.py,,\nnumpy-1.26.4.dist-info/METADATA,,\n",
    f"{SITE}/numpy/__init__.py": b"x = 1\n",
}
GEM = b"# stub: rack 2.2.6 ruby lib\nGem::Specification.new do |s|\nend\n"
SPECIFICATION = "usr/share/rubygems-integration/all/specifications/rack-2.2.6.gemspec"
JAR = zipped(
    {
        "META-INF/maven/org.apache/lang/pom.properties": b"groupId=org.apache\nartifactId=lang\n"
        b"version=3.12\n",
        "a/B.class": b"\xca\xfe\xba\xbe",
    }
)
COMPOSER = (
    b'{"packages": [{"name": "symfony/console", "version": "v5.4.23", "install-path": "../symfony/console"}]}'
)
R = b"Package: jsonlite\nVersion: 1.8.4\nBuilt: R 4.2.2; ; ; unix\n"
BIN = "usr/local/lib/python3.12/site-packages"

CASES: Mapping[str, tuple[dict[str, Entry], dict[str, str]]] = {
    "conda and dist-info": (
        {
            **of_conda("numpy", "1.26.4", *(path.removeprefix("opt/conda/") for path in WHEEL)),
            **WHEEL,
        },
        {"pkg:conda/numpy@1.26.4": "", "pkg:pypi/numpy@1.26.4": "conda/numpy"},
    ),
    "dpkg and gemspec": (
        {**installed("ruby-rack", "2.2.6-1", SPECIFICATION), SPECIFICATION: GEM},
        {"pkg:deb/debian/ruby-rack@2.2.6-1?arch=all": "", "pkg:gem/rack@2.2.6": "deb/ruby-rack"},
    ),
    "jar in a Debian package": (
        {**installed("liblang-java", "3.12-1", "usr/share/java/lang.jar"), "usr/share/java/lang.jar": JAR},
        {
            "pkg:deb/debian/liblang-java@3.12-1?arch=all": "",
            "pkg:maven/org.apache/lang@3.12": "deb/liblang-java",
        },
    ),
    "Go program in a wheel": (
        {
            f"{BIN}/tool-1.0.dist-info/METADATA": b"Metadata-Version: 2.1\nName: tool\nVersion: 1.0\n",
            f"{BIN}/tool-1.0.dist-info/RECORD": b"tool/bin/tool,,\ntool-1.0.dist-info/METADATA,,\n",
            f"{BIN}/tool/bin/tool": go_program(a="v1.0.0"),
        },
        {
            "pkg:pypi/tool@1.0": "",
            "pkg:golang/example.org/a@v1.0.0": "pypi/tool",
            "pkg:golang/stdlib@1.22.1": "pypi/tool",
        },
    ),
    "PHP in a Debian package": (
        {
            **installed(
                "php-app",
                "1-1",
                "usr/share/app/vendor/composer/installed.json",
                "usr/share/app/vendor/symfony/console/Application.php",
            ),
            "usr/share/app/vendor/composer/installed.json": COMPOSER,
            "usr/share/app/vendor/symfony/console/Application.php": b"<?php\n",
        },
        {
            "pkg:deb/debian/php-app@1-1?arch=all": "",
            "pkg:composer/symfony/console@v5.4.23": "deb/php-app",
        },
    ),
    "npm in a Debian package": (
        {
            **installed("node-ms", "2.1.3-1", "usr/share/nodejs/ms/package.json", "usr/share/nodejs/ms/x.js"),
            "usr/share/nodejs/ms/package.json": b'{"name": "ms", "version": "2.1.3"}',
            "usr/share/nodejs/ms/x.js": b"x\n",
        },
        {"pkg:deb/debian/node-ms@2.1.3-1?arch=all": "", "pkg:npm/ms@2.1.3": "deb/node-ms"},
    ),
    "R in a Debian package": (
        {
            **installed("r-cran-jsonlite", "1.8.4-1", "usr/lib/R/site-library/jsonlite/DESCRIPTION"),
            "usr/lib/R/site-library/jsonlite/DESCRIPTION": R,
        },
        {
            "pkg:deb/debian/r-cran-jsonlite@1.8.4-1?arch=all": "",
            "pkg:cran/jsonlite@1.8.4": "deb/r-cran-jsonlite",
        },
    ),
    "R in conda": (
        {
            **of_conda("r-jsonlite", "1.8.4", "lib/R/library/jsonlite/DESCRIPTION"),
            "opt/conda/lib/R/library/jsonlite/DESCRIPTION": R,
        },
        {"pkg:conda/r-jsonlite@1.8.4": "", "pkg:cran/jsonlite@1.8.4": "conda/r-jsonlite"},
    ),
    "Haskell in a Debian package": (
        {
            **installed("libghc-aeson-dev", "2.1-1", "var/lib/ghc/package.conf.d/aeson-2.1.conf"),
            "var/lib/ghc/package.conf.d/aeson-2.1.conf": b"name: aeson\nversion: 2.1\n",
        },
        {
            "pkg:deb/debian/libghc-aeson-dev@2.1-1?arch=all": "",
            "pkg:hackage/aeson@2.1": "deb/libghc-aeson-dev",
        },
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_what_several_records_say_has_one_owner(case: str, tmp_path: Path) -> None:
    contents, expected = CASES[case]
    found = image(tmp_path, contents)
    owners = {item.purl: item.owner for item in found.components if item.present}
    assert owners == expected
    of_debian = "etc/os-release" in contents
    held = {item.purl for item in found.components if item.held_by_distribution}
    assert held == ({purl for purl, owner in expected.items() if owner} if of_debian else set())


@pytest.mark.parametrize("case", CASES)
def test_the_owner_is_told_whatever_layer_brought_what(case: str, tmp_path: Path) -> None:
    contents, expected = CASES[case]
    records = ("etc/", "var/lib/dpkg/", "opt/conda/conda-meta/")
    lower = {path: entry for path, entry in contents.items() if path.startswith(records)}
    upper = {path: entry for path, entry in contents.items() if path not in lower}
    for layers in ([lower, upper], [upper, lower]):
        found = image(tmp_path / str(len(layers[0])), *filter(None, layers))
        assert {item.purl: item.owner for item in found.components if item.present} == expected
