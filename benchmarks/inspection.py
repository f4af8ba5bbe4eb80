"""What programs and archives of a folder say, what looking into them costs, and what Syft names there.

    python -m benchmarks.inspection [FOLDER ...] [--cache FOLDER] [--rounds N] [--output FILE]

Each folder is packed into a layer as gzip, beside two of this system: documentation, which holds no programs,
and the Python environment of the tasks. Every contender reads a layer in a process of its own, in turns; the
least CPU time counts: of reading a layer for its changeset alone, and for what is in its files, too. Of the
folders that are given Syft scans the same files, unpacked.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from benchmarks.layer_throughput import ROOT, FileBlob, compressed, peak_memory
from praxi_tasks.inventory import start_inspection
from praxi_tasks.oci.image import Descriptor
from praxi_tasks.oci.layer import Inspection, LayerLimits, read_layer

TREES = {"documentation": "/usr/share/doc", "environment": str(ROOT / ".venv-tasks" / "lib")}
# What Syft calls the packages that are in programs and archives.
TYPES = ("binary", "go-module", "java-archive", "rust-crate")


def read(layer: Path, inspection: Inspection[object] | None = None) -> None:
    digest = Path(f"{layer}.sha256").read_text()
    descriptor = Descriptor("", f"sha256:{digest}", layer.stat().st_size)
    limits = LayerLimits(max_entries=2_000_000)
    read_layer(
        FileBlob(layer, digest), descriptor, limits=limits, retain=lambda _: False, inspection=inspection
    )


def plain(layer: Path) -> dict[str, int]:
    read(layer)
    return {}


def inspected(layer: Path) -> dict[str, int]:
    inspection = start_inspection()
    read(layer, inspection)
    found = inspection.results.values()
    releases = {(claim.ecosystem, claim.name, claim.version) for one in found for claim in one.claims}
    return {"files": len(found), **Counter(ecosystem for ecosystem, _, _ in releases)}


CONTENDERS: dict[str, Callable[[Path], dict[str, int]]] = {"plain": plain, "inspected": inspected}


def run(contender: str, layer: Path) -> None:
    used = time.process_time()
    found = CONTENDERS[contender](layer)
    print(json.dumps({"cpu": time.process_time() - used, "memory": peak_memory(), "found": found}))


def measure(layer: Path, rounds: int) -> dict[str, dict[str, object]]:
    """Run the contenders in turns; return the round of each that took the least CPU time."""
    runs: dict[str, list[dict[str, object]]] = {name: [] for name in CONTENDERS}
    for _ in range(rounds):
        for name, known in runs.items():
            command = [sys.executable, "-m", "benchmarks.inspection", "--run", name, str(layer)]
            done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT)
            known.append(json.loads(done.stdout))
    return {name: min(known, key=lambda figures: float(str(figures["cpu"]))) for name, known in runs.items()}


def pack(name: str, folder: str, cache: Path) -> Path:
    packed = cache / f"{name}.tar"
    if not packed.exists():
        print(f"packing {name}", file=sys.stderr)
        subprocess.run(["tar", "-C", folder, "-cf", packed, "."], check=True)
    return compressed(packed, "gz")


def syft(folder: str) -> str:
    """Return how many names Syft has for what is in programs and archives, and the CPU time it took."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    words = [str(ROOT / ".venv" / "bin" / "syft"), "scan", f"dir:{folder}", "-o", "json", "-q"]
    environment = {**os.environ, "SYFT_CHECK_FOR_APP_UPDATE": "false"}
    done = subprocess.run(words, check=True, capture_output=True, text=True, env=environment)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    artifacts = json.loads(done.stdout)["artifacts"]
    names = {(one["type"], one["name"], one["version"]) for one in artifacts if one["type"] in TYPES}
    return f"{len(names)} in {used:.1f} s"


def row(name: str, folder: str, layer: Path, rounds: int, beside: bool) -> str:
    figures = measure(layer, rounds)
    ours, alone = figures["inspected"], figures["plain"]
    found = dict(ours["found"]) if isinstance(ours["found"], dict) else {}
    files = found.pop("files", 0)
    named = ", ".join(f"{count} {ecosystem}" for ecosystem, count in sorted(found.items())) or "none"
    cells = [
        name,
        f"{layer.stat().st_size / 1e6:.0f}",
        f"{files}",
        named,
        f"{float(str(ours['cpu'])):.1f}",
        f"{float(str(ours['cpu'])) / float(str(alone['cpu'])):.2f}x",
        f"{float(str(ours['memory'])):.0f}",
        syft(folder) if beside else "",
    ]
    return f"| {' | '.join(cells)} |"


HEAD = """# What programs and archives say

`python -m benchmarks.inspection FOLDER ...`, {machine}, the least of {rounds} rounds.
*Releases* are told apart by name and version. The ratio is of the CPU time of reading the layer with and
without looking into its files; aims: at most 1.03x where there are none, 300 MB, and half of Syft's CPU time.
Syft reads unpacked files, Praxi the layer.

| layer | MB packed | files looked into | releases | CPU s | x plain reading | peak MB | Syft |
|---|---|---|---|---|---|---|---|
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folders", nargs="*", type=Path, metavar="FOLDER")
    parser.add_argument("--cache", type=Path, default=ROOT / ".praxi" / "benchmarks")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--output", type=Path)
    parser.add_argument("--run", nargs=2, metavar=("CONTENDER", "LAYER"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.run:
        run(options.run[0], Path(options.run[1]))
        return
    for tool in ("tar", "gzip"):
        if shutil.which(tool) is None:
            parser.error(f"{tool} is not installed")
    options.cache.mkdir(parents=True, exist_ok=True)
    trees = TREES | {folder.name: str(folder.absolute()) for folder in options.folders}
    machine = f"{platform.machine()}, Python {platform.python_version()}"
    table = HEAD.format(machine=machine, rounds=options.rounds)
    for name, folder in trees.items():
        layer = pack(name, folder, options.cache)
        table += row(name, folder, layer, options.rounds, beside=name not in TREES) + "\n"
    print(table)
    if options.output:
        options.output.parent.mkdir(parents=True, exist_ok=True)
        options.output.write_text(table)


if __name__ == "__main__":
    main()
