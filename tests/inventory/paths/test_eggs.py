from __future__ import annotations

import pytest

from tests.inventory.paths.named import found, named

SITE = "usr/lib/python3.9/site-packages"


@pytest.mark.parametrize(
    ("folder", "name", "version"),
    [
        ("requests-2.32.3-py3.11.egg", "requests", "2.32.3"),
        ("zope.interface-5.4.0-py3.9-linux_x86_64.egg", "zope-interface", "5.4.0"),
        ("ruamel_yaml-0.17.0_1-py2.7.egg", "ruamel-yaml", "0.17.0.post1"),
    ],
)
def test_the_folder_of_an_egg_tells_name_and_version(folder: str, name: str, version: str) -> None:
    paths = [f"{SITE}/{folder}/pkg/__init__.py", f"{SITE}/{folder}/pkg/api.py", f"{SITE}/{folder}x/y.py"]
    (package,) = found(paths)
    assert (package.ecosystem, package.name, package.version) == ("pypi", name, version)
    assert (package.root, list(package.paths)) == (f"{SITE}/{folder}", paths[:2])


def test_other_folders_are_none() -> None:
    assert not named([f"{SITE}/requests.egg/x/y", "data/big-fish-py.egg/x", "data/a-1.0-py3.egg"])


def test_a_path_of_many_parts_takes_no_time() -> None:
    assert not named(["a-1/" * 20_000 + ".egg/x", "a-1" * 20_000 + ".egg/x"])
