"""CPU seconds and peak memory of reading hostile inputs, each kind at two sizes.

``python -m benchmarks.hostile_suite [KIND…]`` writes benchmarks/results/hostile.md. Each input is made in
this process and read in one of its own. Layers go through fingerprint, inventory and fusion, images through
all steps of an audit, documents through their reader. The larger input is four times the smaller; what it
costs more should be no more than that.
"""

from __future__ import annotations

import io
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from benchmarks.hostile_layers import LAYERS
from tests.support.hostile_documents import DOCUMENTS

RESULT: Final = Path(__file__).parent / "results" / "hostile.md"
SIZES: Final = (20_000, 80_000)
MOST_CPU: Final = 10.0
MOST_MEMORY: Final = 300.0
_NOISE: Final = 0.2  # CPU seconds under which growth says nothing
_LINEAR: Final = 1.5 * SIZES[1] / SIZES[0]


def read_layer_file(data: bytes) -> str:
    """Read a layer as an audit does, and return how it ended."""
    from praxi_tasks.findings.image import LayerFacts, fuse
    from praxi_tasks.fingerprint import Changeset, Tagset
    from praxi_tasks.inventory import keep_file, read_inventory
    from praxi_tasks.oci.image import Descriptor
    from praxi_tasks.oci.layer import LayerLimits, read_layer

    kind = "gzip" if data.startswith(b"\x1f\x8b") else "zstd"
    descriptor = Descriptor(f"application/vnd.oci.image.layer.v1.tar+{kind}", "sha256:0", len(data))
    reading = read_layer(io.BytesIO(data), descriptor, limits=LayerLimits(), retain=keep_file)
    changeset = Changeset.from_reading(reading)
    inventory = read_inventory(changeset, reading.retained)
    Tagset.from_changeset(changeset).to_bytes()
    fuse([LayerFacts(changeset, inventory)])
    return f"{len(inventory.claims):,} claims, {len(inventory.problems)} problems"


def read(kind: str, folder: Path, model: str) -> str:
    """Read an input and return how it ended."""
    from praxi_tasks.errors import PraxiError

    try:
        if kind in LAYERS:
            return read_layer_file((folder / "input").read_bytes())
        if kind in DOCUMENTS:
            return f"read: {DOCUMENTS[kind].read((folder / 'input').read_bytes())}"
        from benchmarks.hostile_images import read_image

        return read_image(folder, model)
    except PraxiError as error:
        return error.code


def measure(kind: str, folder: Path, model: str) -> tuple[float, float, str]:
    """Return the CPU seconds that reading took, the process's peak MB and how it ended."""
    if not kind:
        ended = ""
    else:
        began = time.process_time()
        ended = read(kind, folder, model)
    used = time.process_time() - began if kind else 0.0
    status = Path("/proc/self/status").read_text()  # ru_maxrss would count the parent's memory as well
    return used, int(status.partition("VmHWM:")[2].split()[0]) / 1024, ended


def write(kind: str, folder: Path, size: int) -> int:
    """Write an input and return its bytes."""
    from benchmarks.hostile_images import IMAGES, write_image

    folder.mkdir()
    if kind in IMAGES:
        return write_image(folder, kind, size)
    make: Callable[[int], bytes] = LAYERS[kind] if kind in LAYERS else DOCUMENTS[kind].make
    return (folder / "input").write_bytes(make(size))


def rows(kinds: list[str]) -> Iterator[tuple[str, bool]]:
    """Yield a line of the table for each kind, and whether it is within the limits."""
    from tests.support import world

    with tempfile.TemporaryDirectory() as scratch:
        model = f"file://{scratch}/model"
        world.model().save(model)
        for kind in kinds:
            found = []
            for size in SIZES:
                folder = Path(scratch, f"{kind}-{size}")
                length = write(kind, folder, size)
                command = [
                    sys.executable,
                    "-m",
                    "benchmarks.hostile_suite",
                    "--read",
                    kind,
                    str(folder),
                    model,
                ]
                told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
                found.append((length, *json.loads(told.splitlines()[-1])))
            yield _row(kind, *found)


def _row(
    kind: str, small: tuple[int, float, float, str], large: tuple[int, float, float, str]
) -> tuple[str, bool]:
    grown = large[1] / max(small[1], _NOISE / SIZES[1] * SIZES[0])
    fits = large[1] <= MOST_CPU and large[2] <= MOST_MEMORY and (large[1] < 2 * _NOISE or grown <= _LINEAR)
    cells = [
        kind,
        f"{small[0] / 1e3:,.0f} → {large[0] / 1e3:,.0f}",
        f"{small[1]:.2f} → {large[1]:.2f}",
        f"{grown:.1f}",
        f"{small[2]:,.0f} → {large[2]:,.0f}",
        large[3],
        "" if fits else "**over**",
    ]
    return f"| {' | '.join(cells)} |", fits


def main(kinds: list[str]) -> None:
    """Measure kinds, by default every one, and write the table of all."""
    from benchmarks.hostile_images import IMAGES

    chosen = kinds or [*LAYERS, *IMAGES, *DOCUMENTS]
    lines, over = [], 0
    for row, fits in rows(chosen):
        print(row, flush=True)
        lines.append(row)
        over += not fits
    print(f"{len(chosen)} kinds, {over} over the limits")
    if not kinds:
        head = [
            "# Hostile inputs\n",
            "`python -m benchmarks.hostile_suite`: each kind at two sizes, the second four times the first,",
            "each read in a process of its own: CPU seconds of the reading, peak memory of the process. The",
            f"limits are {MOST_CPU:.0f} CPU-s, {MOST_MEMORY:.0f} MB and {_LINEAR:.0f} times the CPU.\n",
            f"{len(chosen)} kinds, {over} over the limits.\n",
            "| kind | kB | CPU-s | growth of CPU | peak MB | the larger ended | |",
            "|---|---|---|---|---|---|---|",
        ]
        RESULT.write_text("\n".join([*head, *lines]) + "\n")
    raise SystemExit(over > 0)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--read"]:
        print(json.dumps(measure(sys.argv[2], Path(sys.argv[3]), sys.argv[4])))
    else:
        main(sys.argv[1:])
