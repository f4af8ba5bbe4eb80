"""Whatever stands where a record should, no reader ends in an error of Python's; each has an example here."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from praxi_tasks.inventory import Inventory
from praxi_tasks.inventory.reader import Reader
from praxi_tasks.inventory.readers import LOCK_READERS, READERS
from tests.inventory.layers import inventory_of
from tests.inventory.lockfiles.test_lockfiles import LOCKS
from tests.inventory.test_readers import SEEDS
from tests.support.bun import bun_lockb
from tests.support.conan import conan_cache

EXAMPLES: Mapping[str, bytes] = {
    **SEEDS,
    **{path: data for path, data, _ in LOCKS.values()},
    "app/bun.lockb": bun_lockb(),
    "usr/lib/opkg/info/x.list": b"/usr/bin/x\n",
    "home/linuxbrew/.linuxbrew/Cellar/jq/1.7.1/INSTALL_RECEIPT.json": b"{}",
    "usr/lib/python3/site-packages/pip/_vendor/vendor.txt": b"six==1.16.0\n",
    "usr/local/cuda-12.4/version.json": b'{"cuda": {"name": "CUDA SDK", "version": "12.4.1"}}',
    "root/.conan2/p/cache.sqlite3": conan_cache(("zlib/1.3.1", "zlib1")),
    "root/.cargo/.crates.toml": b'[v1]\n"rg 14.1.0 (registry+https://x)" = ["rg"]\n',
    "opt/vcpkg/installed/vcpkg/status": b"Package: fmt\nVersion: 1\nStatus: install ok installed\n\n",
    "usr/share/clear/bundles/os-core": b"",
    "root/.cache/huggingface/MLmodel": b"mlflow_version: 2.9\n",
}
# What is told by the names of files alone, so that no content can be wrong.
BY_NAMES = {"NIX_READER", "GUIX_READER", "PATHS_READER"}


def names() -> dict[int, str]:
    import praxi_tasks.inventory.readers as module

    found = {}
    for room in vars(module).values():
        for name, value in getattr(room, "__dict__", {}).items():
            if isinstance(value, Reader):
                found[id(value)] = name
    return found


def test_every_reader_has_an_example() -> None:
    called = names()
    without = [
        (called[id(reader)], reader.ecosystem)
        for reader in (*READERS, *LOCK_READERS)
        if called[id(reader)] not in BY_NAMES and not any(reader.keeps(path) for path in EXAMPLES)
    ]
    assert without == []


def read_all(contents: Mapping[str, bytes]) -> Inventory:
    """Read a layer of records, none of which may end its reader in an error that is not foreseen."""
    inventory = inventory_of(contents)
    said = (*inventory.problems, *inventory.declared_problems)
    assert [line for line in said if "report this" in line or not line.isprintable()] == []
    assert Inventory.from_bytes(inventory.to_bytes()) == inventory
    return inventory


DEEP = 20_000
CONTENTS: Mapping[str, bytes] = {
    "empty": b"",
    "blank": b" \r\n\t\n",
    "null": b"null",
    "true": b"true",
    "number": b"1",
    "huge number": b"1" * 5_000,
    "far exponent": b'{"version": 1e999, "name": -1e999}',
    "no number": b'{"version": NaN, "lockfileVersion": Infinity}',
    "text": b'"x"',
    "list": b"[]",
    "lists": b"[[[]], [null], [1]]",
    "object": b"{}",
    "nested lists": b"[" * DEEP,
    "closed lists": b"[" * DEEP + b"]" * DEEP,
    "nested objects": b'{"a":' * DEEP,
    "nested packages": b'{"packages":' * DEEP + b"{}" + b"}" * DEEP,
    "twice": b'{"name": "a", "name": 1, "version": "1", "version": [], "packages": {}, "packages": 1}',
    "half a character": b'{"name": "\\ud800", "version": "\\udfff"}',
    "nul": b'{"name": "a\\u0000b", "version": "\\u0000"}\0\0',
    "not utf-8": b'{"name": "\xff\xfe", "version": "\xc3\x28"}',
    "mark alone": b"\xef\xbb\xbf",
    "utf-16 alone": b"\xff\xfe",
    "odd utf-16": b"\xff\xfe{\0}",
    "half of utf-16": b"\xff\xfe\0\xd8",
    "yaml that refers to itself": b"a: &a [*a, *a]\nname: *a\nversion: *a\npackages: *a\n",
    "yaml tag": b"!!python/object/apply:os.system [id]\n",
    "entities": b'<!DOCTYPE x [<!ENTITY a "b"><!ENTITY c "&a;&a;">]><plist><key>&c;</key></plist>',
    "outside file": b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><plist>&a;</plist>',
    "one long line": b"x" * 1_000_000,
    "one long name": b"Package: " + b"a" * 1_000_000 + b"\nVersion: 1\n",
    "long key": b'{"' + b"a" * 1_000_000 + b'": {"version": "1"}}',
    "quotes": b'"' * 100_000,
    "escapes": b"\\" * 100_000,
    "colons": b":" * 100_000,
    "blanks": b"name:" + b" " * 100_000 + b"x",
    "returns": b"Name: x\rVersion: 1\r",
}


@pytest.mark.parametrize("kind", CONTENTS)
def test_no_content_ends_a_reader(kind: str) -> None:
    read_all(dict.fromkeys(EXAMPLES, CONTENTS[kind]))


@pytest.mark.parametrize("keep", [0.25, 0.5, 0.75, 0.95])
def test_no_record_that_is_cut_off_ends_a_reader(keep: float) -> None:
    read_all({path: data[: int(len(data) * keep)] for path, data in EXAMPLES.items()})


WRONG: tuple[Any, ...] = (
    None,
    True,
    0,
    -1,
    10**400,
    1.5,
    "",
    "x",
    "../../etc/passwd",
    [],
    [None],
    [[]],
    {},
    {"": None},
)


@pytest.mark.parametrize("wrong", WRONG, ids=repr)
def test_no_value_of_another_type_ends_a_reader(wrong: Any) -> None:
    trees = {path: tree for path, data in EXAMPLES.items() if (tree := decoded(data)) is not None}
    changed = {path: list(variants(tree, wrong)) for path, tree in trees.items()}
    assert len(changed) > 20
    for number in range(max(map(len, changed.values()))):
        read_all({path: each[number] for path, each in changed.items() if number < len(each)})


def decoded(data: bytes) -> Any:
    try:
        return json.loads(data)
    except ValueError:
        return None


def variants(tree: Any, wrong: Any) -> Iterator[bytes]:
    """Yield a document once for each of its values, which is another there; and one with keys that are."""
    for place in places(tree):
        yield json.dumps(changed(tree, place, wrong)).encode()
    yield json.dumps(wrong).encode()


def places(tree: Any) -> Iterator[tuple[Any, ...]]:
    below = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    for key, value in below:
        yield (key,)
        yield from ((key, *rest) for rest in places(value))


def changed(tree: Any, place: tuple[Any, ...], wrong: Any) -> Any:
    key, *rest = place
    copy = dict(tree) if isinstance(tree, dict) else list(tree)
    copy[key] = changed(copy[key], tuple(rest), wrong) if rest else wrong
    return copy


def released(inventory: Inventory) -> set[tuple[str, str, str]]:
    return {(one.ecosystem, one.name, one.version) for one in (*inventory.claims, *inventory.declared)}


# What nothing but a manager's own program writes has no other form.
BY_PROGRAMS = ("var/lib/rpmmanifest/", "var/lib/pacman/", "snap/")
TEXTS = {
    path: data for path, data in EXAMPLES.items() if b"\0" not in data and not path.startswith(BY_PROGRAMS)
}


@pytest.mark.parametrize("path", TEXTS)
def test_a_byte_order_mark_and_ends_of_lines_of_windows_hide_nothing(path: str) -> None:
    expected = released(read_all({path: TEXTS[path]}))
    assert released(read_all({path: TEXTS[path].replace(b"\n", b"\r\n")})) == expected
    assert released(read_all({path: b"\xef\xbb\xbf" + TEXTS[path]})) == expected


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("path", [path for path, data, _ in LOCKS.values() if b"\0" not in data])
def test_a_lock_file_that_powershell_wrote_is_read(path: str, encoding: str) -> None:
    data = EXAMPLES[path]
    expected = released(read_all({path: data}))
    assert expected
    assert released(read_all({path: ("\ufeff" + data.decode()).encode(encoding)})) == expected
