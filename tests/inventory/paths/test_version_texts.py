from __future__ import annotations

import pytest

from praxi_tasks.inventory import VersionText
from tests.inventory.layers import inventory_of

SITE = "usr/lib/python3.11/site-packages"


def said(path: str, content: bytes) -> tuple[VersionText, ...]:
    return inventory_of({path: content}).version_texts


@pytest.mark.parametrize(
    ("file", "content", "version"),
    [
        ("x/_version.py", b"__version__ = version = '1.2.3'\n", "1.2.3"),
        ("x/version.py", b'short_version = "2.1.0"\nversion = "2.1.0"\nfull_version = version\n', "2.1.0"),
        ("x/_version.py", b"version_json = '''\n{\n \"version\": \"1.4.0\"\n}\n'''", "1.4.0"),
        ("x/__init__.py", b'import os\n__version__: str = "v3.0"\n', "3.0"),
        ("x/__init__.py", b"VERSION = (4, 2, 1)\n", "4.2.1"),
        ("x/VERSION", b"1.7.6\n", "1.7.6"),
        ("x/VERSION", b"\xef\xbb\xbfv1.7.6\r\n", "1.7.6"),
        ("x/version.txt", b"version = 1.7.6\n", "1.7.6"),
        ("x/_version.txt", b"1.7.6", "1.7.6"),
        ("x/_version.py", b"\xef\xbb\xbf__version__ = '1.2'\r\n", "1.2"),
        ("x/_version.py", b"# \xc2\xa9\rversion = '1.2'\r", "1.2"),
        ("x/_version.py", b"__version_tuple__ = version_tuple = (1, 2, 3)\n", "1.2.3"),
        ("x/_version.py", b"version_tuple = (1, 2, 4, 'dev3', 'gabcdef')\n", ""),
        ("x/__init__.py", b"VERSION = (4, 2, 1, 'final', 0)\n", "4.2.1"),
        ("x/__init__.py", b"VERSION = (4, 2, 1, 'alpha', 0)\n", ""),
        ("x/__init__.py", b"__version_info__ = ('1', '2', '3')\n", "1.2.3"),
        ("x/__version_info__.py", b"version_info = [1, 2, 3]\n", "1.2.3"),
        ("x/_version.py", b'__version__ = Version("Twisted", 22, 10, 0)\n', "22.10.0"),
        ("x/_version.py", b'__version__ = Version("Twisted", 22, 10, 0, release_candidate=1)\n', ""),
        ("x/_version.py", b'__version__ = ("1.2.3")\n', "1.2.3"),
        ("x/_version.py", b'__version__ = """1.2.3"""\n', "1.2.3"),
        ("x/_version.py", b'__version__ = "1.2" + suffix\n', ""),
        ("x/_version.py", b'__version__ = "2024.02.02"\n', "2024.2.2"),
        ("x/package_data.py", b"__version__ = '3.6'\n", "3.6"),
        ("x/VERSION", b"of 2024 or later\n", ""),
        ("six.py", b'__version__ = "1.16.0"\n', "1.16.0"),
        ("google/cloud/storage/version.py", b'__version__ = "2.14.0"', "2.14.0"),
        ("x/__init__.py", b'try:\n    pass\nexcept Exception:\n    __version__ = "9999"\n', ""),
        ("x/__init__.py", b'f(\n    version="6.0",\n)\n', ""),
        ("x/_version.py", b'__version__ = "0.0.0"\n', ""),
        ("x/_version.py", b'__version__ = "unknown"\n', ""),
        ("x/_version.py", b'__version__ = "1' + b"0" * 500 + b'"\n', ""),
        ("x/_version.py", b'__version__ = "1.\xff"\n', ""),
    ],
)
def test_what_a_file_of_python_says(file: str, content: bytes, version: str) -> None:
    assert [text.version for text in said(f"{SITE}/{file}", content)] == ([version] if version else [])


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b'__version__ = importlib.metadata.version("scikit-image")\n', "scikit-image"),
        (b'__version__ = get_distribution("x.y").version\n', "x.y"),
        (b"__version__ = version(__name__)\n", "pkg"),
        (b'__title__ = "requests"\n', "requests"),
        (b'numpy_version = version("numpy")\n', ""),
    ],
)
def test_what_it_says_of_its_distributions_name(content: bytes, name: str) -> None:
    assert [text.name for text in said(f"{SITE}/pkg/__init__.py", content)] == ([name] if name else [])


@pytest.mark.parametrize("own", [b"__name__", b"__package__"])
def test_a_module_beside_packages_is_not_called_as_their_folder(own: bytes) -> None:
    (text,) = said(f"{SITE}/flake8_climate.py", b"__version__ = get_distribution(%s).version\n" % own)
    assert text.name == "flake8_climate"


def test_a_manifest_without_a_name_says_its_version() -> None:
    path = "app/node_modules/x/package.json"
    assert said(path, b'{"version": "1.2.3"}') == (VersionText(path, "1.2.3"),)
    assert said(path, b'\xef\xbb\xbf{"version": " 1.2.3"}') == (VersionText(path, "1.2.3"),)
    assert not said(path, b'{"version": 3}')
    assert not said(path, b'{"name": "x", "version": "1.2.3"}')  # that is a record


@pytest.mark.parametrize("path", ["app/version.txt", "app/pkg/__init__.py", "app/about.py", "VERSION"])
def test_files_of_applications_are_not_kept(path: str) -> None:
    assert not said(path, b'__version__ = "1.0"\n')


def test_what_a_record_tells_is_not_asked_again() -> None:
    files = {
        f"{SITE}/x-1.0.dist-info/METADATA": b"Metadata-Version: 2.1\nName: x\nVersion: 1.0\n\n",
        f"{SITE}/x-1.0.dist-info/RECORD": b"x/__init__.py,,\n",
        f"{SITE}/x/__init__.py": b'__version__ = "1.0"\n',
    }
    assert not inventory_of(files).version_texts
