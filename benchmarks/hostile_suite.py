"""CPU seconds and peak memory of reading hostile layers, each kind at two sizes.

``python -m benchmarks.hostile_suite`` writes benchmarks/results/hostile.md. Each layer is made in this
process and read in one of its own: fingerprint, inventory and fusion. Growth should follow the input's.
"""

from __future__ import annotations

import io
import json
import resource
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import zstandard

from praxi_tasks.errors import PraxiError
from praxi_tasks.findings.image import LayerFacts, fuse
from praxi_tasks.fingerprint import Changeset, Tagset
from praxi_tasks.inventory import keep_file, read_inventory
from praxi_tasks.oci.image import Descriptor
from praxi_tasks.oci.layer import LayerLimits, read_layer

Files = Iterator[tuple[str, bytes]]
RESULT: Final = Path(__file__).parent / "results" / "hostile.md"
STATUS: Final = "var/lib/dpkg/status"


def same_list(size: int) -> Files:
    yield STATUS, b"Package: p\nVersion: 1\n\n" * (size // 50)
    yield "var/lib/dpkg/info/p.list", b"".join(b"/a/%d\n" % number for number in range(size))


def packages(size: int) -> Files:
    yield STATUS, b"".join(b"Package: p%d\nVersion: 1\n\n" % number for number in range(size))


def long_versions(size: int) -> Files:
    yield STATUS, b"".join(b"Package: p%d\nVersion: %s\n\n" % (n, b"9" * size) for n in range(50))


def folders(size: int) -> Files:
    return ((f"d{number}/" + "a/" * 1000 + "x", b"") for number in range(size // 100))


def names(size: int) -> Files:
    return ((f"opt/n{number}\udcff/x", b"") for number in range(size))


def whiteouts(size: int) -> Files:
    return ((f"d{number % 977}/.wh.e{number}", b"") for number in range(size))


def deep_manifests(size: int) -> Files:
    text = b'{"name":"x","version":"1","a":' + b"[" * size + b"]" * size + b"}"
    return ((f"n/node_modules/x{number}/package.json", text) for number in range(10))


def deep_modules(size: int) -> Files:
    return (
        (f"n{number}/" + "node_modules/a/" * 200 + "package.json", b"{}") for number in range(size // 100)
    )


def distributions(size: int) -> Files:
    yield "var/lib/apk/x", b""
    yield "lib/apk/db/installed", b"P:a\nV:1\nF:" + b"f" * 2000 + b"\n" + b"R:x\n" * size


def records(size: int) -> Files:
    for number in range(size // 20):
        yield f"l/p{number}.dist-info/METADATA", b"Name: p%d\nVersion: 1\n" % number


def one_record(size: int) -> Files:
    yield "l/x.dist-info/METADATA", b"Name: x\nVersion: 1\n"
    yield "l/x.dist-info/RECORD", b"".join(b"a/%d,,\n" % number for number in range(size * 5))


KINDS: Final[tuple[Callable[[int], Files], ...]] = (
    same_list,
    packages,
    long_versions,
    folders,
    names,
    whiteouts,
    deep_manifests,
    deep_modules,
    distributions,
    records,
    one_record,
)
SIZES: Final = (20_000, 80_000)


def layer_of(files: Files) -> bytes:
    """Return a zstd layer of files."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.GNU_FORMAT, errors="surrogateescape") as tar:
        for path, data in files:
            info = tarfile.TarInfo(path)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return zstandard.ZstdCompressor(level=3).compress(buffer.getvalue())


def pax_headers(size: int) -> bytes:
    """Return a layer of extended headers full of records that nobody reads."""
    text = b"".join(b"25 GNU.sparse.%08x=1\n" % number for number in range(40_000))
    info = tarfile.TarInfo("x")
    info.type, info.size = tarfile.XHDTYPE, len(text)
    whole = info.tobuf(tarfile.USTAR_FORMAT) + text + bytes(-len(text) % 512)
    return zstandard.ZstdCompressor(level=3).compress(whole * (size // 1000) + layer_end())


def layer_end() -> bytes:
    return tarfile.TarInfo("x").tobuf(tarfile.USTAR_FORMAT) + bytes(1024)


def measure(file: Path) -> tuple[float, float, str]:
    """Read a layer and return CPU seconds, peak MB and how it ended."""
    data = file.read_bytes()
    descriptor = Descriptor("application/vnd.oci.image.layer.v1.tar+zstd", "sha256:0", len(data))
    try:
        reading = read_layer(io.BytesIO(data), descriptor, limits=LayerLimits(), retain=keep_file)
        changeset = Changeset.from_reading(reading)
        inventory = read_inventory(changeset, reading.retained)
        Tagset.from_changeset(changeset).to_bytes()
        fuse([LayerFacts(changeset, inventory)])
        ended = f"{len(inventory.claims):,} claims, {len(inventory.problems)} problems"
    except PraxiError as error:
        ended = error.code
    used = resource.getrusage(resource.RUSAGE_SELF)
    status = Path("/proc/self/status").read_text()  # ru_maxrss would count the parent's memory as well
    peak = int(status.partition("VmHWM:")[2].split()[0])
    return used.ru_utime + used.ru_stime, peak / 1024, ended


def main() -> None:
    """Measure every kind at both sizes and write the table."""
    lines = [
        "# Hostile layers\n",
        "`python -m benchmarks.hostile_suite`; each layer in a process of its own, imports included.\n",
        "| kind | layer in kB | CPU-s | peak MB | ended |",
        "|---|---|---|---|---|",
    ]
    makers = {kind.__name__: lambda size, kind=kind: layer_of(kind(size)) for kind in KINDS}
    with tempfile.TemporaryDirectory() as folder:
        for name, make in {**makers, "pax_headers": pax_headers}.items():
            for size in SIZES:
                file = Path(folder, name)
                file.write_bytes(make(size))
                command = [sys.executable, "-m", "benchmarks.hostile_suite", str(file)]
                told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
                cpu, peak, ended = json.loads(told)
                row = f"| {name} | {file.stat().st_size / 1e3:,.0f} | {cpu:.1f} | {peak:,.0f} | {ended} |"
                lines.append(row)
                print(row, flush=True)
    RESULT.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(measure(Path(sys.argv[1]))))
    else:
        main()
