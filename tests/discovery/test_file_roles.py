"""What files' names say of how their contents come to differ."""

from __future__ import annotations

import pytest

from praxi_tasks.discovery.file_roles import (
    is_changed_by_versions,
    is_edited,
    is_library,
    names_version,
    states_version,
)


@pytest.mark.parametrize(
    ("path", "named", "stated"),
    [
        ("py/x/_version.py", True, True),
        ("x/__version__.py", True, True),
        ("x/VERSION", True, True),
        ("x/.version", True, True),
        ("x/versions.yaml", True, True),
        ("x/include/version.hpp", True, True),
        ("x/fooConfigVersion.cmake", True, True),
        ("x/foo-version.cmake", True, True),
        ("x/foo-config-version.cmake", True, True),
        ("usr/share/doc/x/changelog.Debian.gz", True, True),
        ("x/package.json", True, True),
        ("x/__init__.py", False, True),
        ("x/__pycache__/__init__.cpython-311.pyc", False, True),
        ("x/__pycache__/_version.cpython-311.pyc", False, True),
        ("x/conversion.py", False, False),
        ("x/version_control.txt", False, False),
        ("x/VERSIONING.md", False, False),
    ],
)
def test_files_that_state_a_version(path: str, named: bool, stated: bool) -> None:
    assert (names_version(path), states_version(path)) == (named, stated)


@pytest.mark.parametrize(
    ("path", "edited"),
    [
        ("etc/ssl/openssl.cnf", True),
        ("opt/v/etc/jupyter/x.json", True),
        ("var/lib/x/state", True),
        ("usr/bin/x", True),
        ("py/certifi/cacert.pem", True),
        ("py/mpl/matplotlibrc", True),
        ("py/x/config.yaml", True),
        ("py/x/galaxy.yml", False),
        ("py/x/config.h", False),
        ("usr/lib/pkgconfig/x.pc", False),
        ("usr/lib/x/data.json", False),
        ("py/setc/x", False),
    ],
)
def test_files_that_people_edit(path: str, edited: bool) -> None:
    assert is_edited(path) is edited


def test_code_and_libraries() -> None:
    assert is_changed_by_versions("py/x/a.py")
    assert not is_changed_by_versions("usr/bin/a.py")
    assert is_library("usr/lib/libz.so.1.2.13")
    assert not is_library("usr/lib/libz.so.conf")
