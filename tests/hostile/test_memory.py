"""A layer of a million files, read in bounded memory."""

from __future__ import annotations

import gzip
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

MILLION = """
import sys
from praxi_tasks.errors import LimitExceededError
from praxi_tasks.fingerprint import Changeset
from tests.support.layers import describe, VerifiedBlob
from praxi_tasks.oci.layer import LayerLimits, read_layer
data = open(sys.argv[1], "rb").read()
blob, descriptor = VerifiedBlob(data, describe(data).digest), describe(data)
try:
    reading = read_layer(blob, descriptor, limits=LayerLimits.from_environment(), retain=lambda _: False)
    stored = Changeset.from_reading(reading).to_bytes()
    del reading
    print(len(Changeset.from_bytes(stored)))
except LimitExceededError as error:
    print(error)
# What getrusage calls the peak begins with the process that this one was forked from.
status = open("/proc/self/status").read()
print(int(status.split("VmHWM:")[1].split()[0]) // 1024)
"""


@pytest.fixture(scope="module")
def million(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write a layer of a million files."""
    path = tmp_path_factory.mktemp("million") / "layer.tar.gz"
    template = bytearray(tarfile.TarInfo("0" * 60).tobuf(tarfile.USTAR_FORMAT))
    template[148:156] = b" " * 8
    rest = sum(template) - sum(template[:60])
    with gzip.GzipFile(path, "wb", compresslevel=1, mtime=0) as file:
        for number in range(1_000_000):
            template[:60] = name = b"usr/lib/python3/dist-packages/package/modules/file_%06d.py" % number
            template[148:156] = b"%06o\0 " % (rest + sum(name))
            file.write(template)
        file.write(bytes(1024))
    return path


def run_million(layer: Path, **environment: str) -> list[str]:
    command = [sys.executable, "-c", MILLION, str(layer)]
    root = Path(__file__).parents[2]
    done = subprocess.run(
        command, capture_output=True, text=True, check=True, cwd=root, env={"PYTHONPATH": ".", **environment}
    )
    return done.stdout.splitlines()


@pytest.mark.slow
def test_a_million_entries_in_flat_memory(million: Path) -> None:
    count, memory = run_million(million, PRAXI_LAYER_ENTRY_FLOOR="1000000", PRAXI_LAYER_PATH_FLOOR="96000000")
    assert int(count) == 1_000_000
    assert int(memory) <= 200


@pytest.mark.slow
def test_more_entries_than_allowed(million: Path) -> None:
    message, memory = run_million(million)
    assert "300000 entries" in message
    assert "PRAXI_LAYER_MAX_ENTRIES and PRAXI_LAYER_ENTRY_FLOOR" in message
    assert int(memory) <= 200
