"""The store part of a layer's fingerprint: once ever, and the same whoever was killed on the way."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from praxi_tasks.errors import LayerError
from praxi_tasks.fingerprint.changeset import Changeset
from praxi_tasks.fingerprint.layer import fingerprint_layer
from praxi_tasks.fingerprint.tagset import Tagset
from praxi_tasks.inventory import Inventory
from praxi_tasks.oci.layer import LayerLimits
from praxi_tasks.store import keys
from praxi_tasks.store.local import LocalStore
from tests.support.layers import COMPRESSIONS, MemorySource, archive, folder, member

STATUS = b"Package: tool\nStatus: install ok installed\nVersion: 1.0-1\nArchitecture: amd64\n\n"
LAYER = COMPRESSIONS["+gzip"](
    archive(
        [
            folder("usr/bin"),
            member("var/lib/dpkg/status", STATUS),
            member("var/lib/dpkg/info/tool.list", b"/.\n/usr/bin/tool\n"),
            *(
                member(f"usr/bin/tool{number}", random.Random(number).randbytes(40_000))
                for number in range(60)
            ),
        ]
    )
)
ROOT = Path(__file__).parents[2]

# Fingerprints the layer in argv[1] into the store argv[2]; kills itself at the n-th step named by argv[3:].
CHILD = """
import os, pathlib, signal, sys
from praxi_tasks.fingerprint.layer import fingerprint_layer
from praxi_tasks.oci.layer import LayerLimits
from praxi_tasks.store.local import LocalStore
from tests.support import layers

data = open(sys.argv[1], "rb").read()
step, count = sys.argv[3], int(sys.argv[4])
print("ready", flush=True)

def deadly(function):
    def call(*args, **options):
        global count
        if count == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        count -= 1
        return function(*args, **options)
    return call

if step == "read":
    layers.VerifiedBlob.read = deadly(layers.VerifiedBlob.read)
if step in ("put", "exists"):
    setattr(LocalStore, step, deadly(getattr(LocalStore, step)))
if step == "link":
    os.link = deadly(os.link)
if step == "fsync":
    os.fsync = deadly(os.fsync)
source, store = layers.MemorySource(data), LocalStore(pathlib.Path(sys.argv[2]))
fingerprint_layer(source, source.descriptors[0], store, LayerLimits())
"""


def tree(folder: Path) -> dict[str, bytes]:
    """Return every file below a folder."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def layer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("layer") / "layer"
    path.write_bytes(LAYER)
    return path


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    root, source = tmp_path_factory.mktemp("undisturbed"), MemorySource(LAYER)
    fingerprint_layer(source, source.descriptors[0], LocalStore(root), LayerLimits())
    return tree(root)


def start(layer: Path, store: Path, step: str, count: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", CHILD, str(layer), str(store), step, str(count)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def test_stores_three_objects_that_agree(undisturbed: dict[str, bytes]) -> None:
    digest = MemorySource(LAYER).descriptors[0].digest
    names = {keys.layer_changeset(digest), keys.layer_inventory(digest), keys.layer_tagset(digest)}
    assert set(undisturbed) == names
    changeset = Changeset.from_bytes(undisturbed[keys.layer_changeset(digest)])
    assert len(changeset) == 63
    inventory = Inventory.from_bytes(undisturbed[keys.layer_inventory(digest)])
    assert [claim.name for claim in inventory.claims] == ["tool"]
    tagset = Tagset.from_bytes(undisturbed[keys.layer_tagset(digest)])
    assert {changeset.digest, inventory.digest, tagset.digest} == {digest}


def test_reads_a_layer_once_ever(tmp_path: Path) -> None:
    source, store = MemorySource(LAYER), LocalStore(tmp_path)
    for _ in range(2):
        fingerprint_layer(source, source.descriptors[0], store, LayerLimits())
    assert source.opened == 1


def test_a_part_of_an_older_protocol_is_read_again(tmp_path: Path, undisturbed: dict[str, bytes]) -> None:
    source, store = MemorySource(LAYER), LocalStore(tmp_path)
    digest = source.descriptors[0].digest
    for key in keys.layer_documents(digest):
        fingerprint_layer(source, source.descriptors[0], store, LayerLimits())
        store.delete(key)  # an update looks for another name
    fingerprint_layer(source, source.descriptors[0], store, LayerLimits())
    assert source.opened == 4
    assert tree(tmp_path) == undisturbed


def test_force_reads_again_and_mends(tmp_path: Path, undisturbed: dict[str, bytes]) -> None:
    source, store = MemorySource(LAYER), LocalStore(tmp_path)
    store.put(keys.layer_tagset(source.descriptors[0].digest), b"made by an older program")
    fingerprint_layer(source, source.descriptors[0], store, LayerLimits(), force=True)
    assert source.opened == 1
    assert tree(tmp_path) == undisturbed


def test_a_database_too_large_to_keep_is_a_problem_of_the_inventory(tmp_path: Path) -> None:
    source, store = MemorySource(LAYER), LocalStore(tmp_path)
    fingerprint_layer(source, source.descriptors[0], store, LayerLimits(max_kept_file_bytes=50))
    inventory = Inventory.from_bytes(store.get(keys.layer_inventory(source.descriptors[0].digest)))
    assert any("PRAXI_LAYER_MAX_KEPT_FILE_BYTES" in problem for problem in inventory.problems)


def test_a_broken_layer_leaves_nothing(tmp_path: Path) -> None:
    source = MemorySource(LAYER[:-100])
    with pytest.raises(LayerError):
        fingerprint_layer(source, source.descriptors[0], LocalStore(tmp_path), LayerLimits())
    assert tree(tmp_path) == {}


@pytest.mark.parametrize(
    ("step", "count"),
    [
        *(("exists", 0), ("read", 0), ("read", 1), ("read", 9)),
        *((step, count) for step in ("put", "fsync", "link") for count in range(3)),
    ],
)
def test_killed_at_a_step_and_run_again(
    layer: Path, tmp_path: Path, undisturbed: dict[str, bytes], step: str, count: int
) -> None:
    with start(layer, tmp_path, step, count) as child:
        child.communicate()
    assert child.returncode == -signal.SIGKILL
    left = tree(tmp_path)
    assert left.items() < undisturbed.items()
    source = MemorySource(LAYER)
    fingerprint_layer(source, source.descriptors[0], LocalStore(tmp_path), LayerLimits())
    assert tree(tmp_path) == undisturbed


@pytest.mark.slow
def test_killed_at_any_moment_and_run_again(
    layer: Path, tmp_path: Path, undisturbed: dict[str, bytes]
) -> None:
    moments = random.Random(7)
    for attempt in range(12):
        store = tmp_path / str(attempt)
        with start(layer, store, "never", 0) as child:
            assert child.stdout is not None
            child.stdout.readline()
            time.sleep(moments.uniform(0, 0.15))
            child.kill()
        if store.exists():
            assert tree(store).items() <= undisturbed.items()
        source = MemorySource(LAYER)
        fingerprint_layer(source, source.descriptors[0], LocalStore(store), LayerLimits())
        assert tree(store) == undisturbed
