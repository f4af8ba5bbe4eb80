"""The normalised path: the same file meets itself whatever installed it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from praxi_tasks.fingerprint.path_kinds import PathKind
from praxi_tasks.fingerprint.paths import (
    PYTHON_ROOT,
    normalise,
    normalise_all,
    normalise_folder,
    parent_folder,
)

# Paths of a layer are UTF-8, or bytes that Python decodes as these lone surrogates.
CHARACTERS = st.characters(exclude_characters="/\0", exclude_categories=["Cs"])
BYTES = st.characters(min_codepoint=0xDC80, max_codepoint=0xDCFF)
NAMES = st.text(CHARACTERS | BYTES, min_size=1, max_size=12)
PATHS = st.lists(NAMES, min_size=1, max_size=6).map("/".join)


@pytest.mark.parametrize(
    ("path", "spelled"),
    [
        ("bin/bash", "usr/bin/bash"),
        ("sbin/init", "usr/sbin/init"),
        ("lib/x86_64-linux-gnu/libc.so.6", "usr/lib/@machine/libc.so.6"),
        ("usr/lib/aarch64-linux-gnu/libc.so.6", "usr/lib/@machine/libc.so.6"),
        ("usr/lib/gcc-cross/aarch64-linux-gnu/12/cc1", "usr/lib/gcc-cross/aarch64-linux-gnu/12/cc1"),
        ("usr/lib/python3/dist-packages/yaml/nodes.py", "py:yaml/nodes.py"),
        ("opt/venv/lib/python3.12/site-packages/six.py", "py:six.py"),
        ("a/site-packages/b/site-packages/c.py", "py:c.py"),
        ("x/site-packages/yaml/__pycache__/nodes.cpython-312.pyc", "py:yaml/nodes.py"),
        ("x/site-packages/yaml/__pycache__/nodes.cpython-39.opt-1.pyc", "py:yaml/nodes.py"),
        ("x/site-packages/__pycache__/six.cpython-311.pyc", "py:six.py"),
        ("x/site-packages/_cffi.cpython-311-x86_64-linux-gnu.so", "py:_cffi.so"),
        ("x/site-packages/_a.abi3.so", "py:_a.so"),
        ("x/site-packages/requests-2.31.0.dist-info/RECORD", "py:requests.dist-info/RECORD"),
        ("x/dist-packages/PyYAML-6.0.egg-info", "py:PyYAML.egg-info"),
        ("usr/bin/tree.dpkg-new", "usr/bin/tree"),
        ("binary/tool", "binary/tool"),
        ("README", "README"),
    ],
)
def test_spelling(path: str, spelled: str) -> None:
    assert normalise(path).text == spelled


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("usr/share/doc/bash/copyright", PathKind.DOC),
        ("usr/share/man/man1/ls.1.gz", PathKind.MAN),
        ("usr/share/locale/de/LC_MESSAGES/bash.mo", PathKind.LOCALE),
        ("x/site-packages/yaml/tests/test_a.py", PathKind.TEST),
        ("x/site-packages/yaml-6.dist-info/RECORD", PathKind.METADATA),
        ("x/dist-packages/yaml-6.egg-info", PathKind.METADATA),
        ("var/lib/dpkg/status", PathKind.METADATA),
        ("usr/bin/bash", PathKind.MAIN),
    ],
)
def test_kind(path: str, kind: PathKind) -> None:
    assert normalise(path).kind is kind
    assert normalise_all([path]).kinds.tolist() == [kind]


def test_byte_code_is_derived() -> None:
    assert normalise("x/site-packages/__pycache__/six.cpython-311.pyc").derived
    assert not normalise("x/site-packages/six.py").derived


def test_only_the_distribution_owns_its_python_root() -> None:
    paths = ["usr/lib/python3/dist-packages/six.py", "usr/local/lib/python3.11/dist-packages/six.py"]
    assert normalise_all(paths).system.tolist() == [True, False]
    assert normalise_all([f"rootfs/{path}" for path in paths]).system.tolist() == [True, False]


@given(st.lists(PATHS, max_size=20))
def test_many_agree_with_one(paths: list[str]) -> None:
    columns = normalise_all(paths)
    single = [normalise(path) for path in paths]
    assert columns.keys.tolist() == [one.key for one in single]
    assert columns.kinds.tolist() == [one.kind for one in single]
    assert columns.derived.tolist() == [one.derived for one in single]
    assert [columns.folders[number] for number in columns.folder_of.tolist()] == [
        one.folder for one in single
    ]


@given(PATHS)
def test_prefix_of_the_environment_does_not_matter(path: str) -> None:
    somewhere = normalise(f"opt/env/lib/python3.12/site-packages/{path}")
    elsewhere = normalise(f"usr/local/lib/python3.9/dist-packages/{path}")
    assert somewhere.text == elsewhere.text


@given(PATHS)
def test_folders_lead_to_a_root(path: str) -> None:
    folder: str | None = normalise_folder(path)
    for _ in range(20):
        if folder is None:
            break
        last, folder = folder, parent_folder(folder)
    assert folder is None
    assert last in {"", PYTHON_ROOT}


def test_undecodable_names_are_hashed() -> None:
    name = b"caf\xe9".decode("utf-8", "surrogateescape")
    assert normalise_all([name, name]).keys.dtype == np.uint64
