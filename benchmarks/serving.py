"""How many layers a second the service answers, and how soon: ``python -m benchmarks.serving [MODEL]``.

MODEL is the URI of a model; without it one of all of Debian is trained first. Each layer has 1,000 paths of
whole packages. The service runs as it is by default, the load generator is a process of its own: first it
asks over 16 connections as fast as answers come, then at fixed rates, whether the ones before are answered or
not, so that a request's time counts from when it was due. ``.venv-serve`` (``scripts/setup.sh serve``) is
what the service's image holds; without it the service runs in ``.venv-tasks``, with a slower loop.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

import numpy as np

from benchmarks.discovery_cost import layer
from benchmarks.discovery_data import contents_files
from benchmarks.report import Table, write_results
from praxi_tasks.discovery import Model
from praxi_tasks.fingerprint import Tagset
from praxi_tasks.learning.training import learn_files
from tests.serving.running import PYTHON, serving
from tests.support.process import Server

PATHS: Final = 1_000
LAYERS: Final = 32
SECONDS: Final = 8
BAR: Final = 300
NOTE: Final = (
    "Where others used the two processors meanwhile (the load above), rates and times are not those of free\n"
    "ones, and the processor time alone tells of the service."
)
ROOT: Final = Path(__file__).resolve().parent.parent


def main(uri: str = "") -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        model = Model.load(uri) if uri else learn_files(contents_files()).model
        uri = uri or (model.save((folder / "model").as_uri()) and (folder / "model").as_uri())
        rng = np.random.default_rng(17)
        paths = list(layer(model, contents_files(), PATHS * LAYERS, rng).paths)
        layers = [
            Tagset.from_paths(f"sha256:{start:064x}", paths[start : start + PATHS])
            for start in range(0, len(paths), PATHS)
        ]
        alone = _alone(model, layers)
        bodies = folder / "bodies.json"
        bodies.write_text(json.dumps([_body(each) for each in layers]))
        table = Table("what", "measured", "bar")
        table.add("one process, without HTTP", f"{alone:.0f} layers/s", "-")
        load = os.getloadavg()[0]
        python = ROOT / ".venv-serve" / "bin" / "python"
        with serving(
            folder, uri, (folder / "store").as_uri(), python=python if python.exists() else PYTHON
        ) as service:
            _generate(service.address, bodies, 0, 3)
            before = _cpu(service.server)
            peak = _generate(service.address, bodies, 0, SECONDS)
            cost = (_cpu(service.server) - before) / peak["answered"]
            rate = peak["answered"] / peak["seconds"]
            ratio = f"{rate / alone:.2f} of one process"
            table.add("as fast as answers come", f"{rate:.0f} layers/s ({ratio})", f"{BAR} layers/s")
            title = "processor time of the service's processes"
            table.add(title, f"{cost * 1000:.1f} ms a layer", f"{2000 / BAR:.1f} ms, of 2 processors")
            for title, wanted in (("half of that", rate / 2), (f"half of {BAR}", BAR / 2)):
                found = _generate(service.address, bodies, wanted, SECONDS)
                times = f"p50 {found['p50']:.1f} ms, p99 {found['p99']:.1f} ms"
                table.add(
                    f"at {title}, {wanted:.0f} layers/s", f"{times}, {found['failed']} failed", "p99 50 ms"
                )
    table.add("load of the machine before, on 2 processors", f"{load:.1f}", "-")
    title = "The service, layers of 1,000 paths, all of Debian in the model"
    write_results("serving", title, table, NOTE)


def _cpu(server: Server) -> float:
    """Return the seconds of processor time that a server's processes took so far."""
    ticks = 0
    for process in server.members():
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])  # utime and stime of proc(5)
    return ticks / os.sysconf("SC_CLK_TCK")


def _alone(model: Model, layers: list[Tagset]) -> float:
    """Return how many layers a second this process predicts."""
    for each in layers:
        model.predict(each)
    start = time.perf_counter()
    for each in layers * 4:
        model.predict(Tagset.from_paths(each.digest, each.paths))
    return 4 * len(layers) / (time.perf_counter() - start)


def _body(tagset: Tagset) -> dict[str, object]:
    paths = list(tagset.paths)
    tensor = {"name": "paths", "datatype": "BYTES", "shape": [len(paths)], "data": paths}
    return {"inputs": [tensor], "outputs": [{"name": "labels"}, {"name": "confidence"}]}


def _generate(address: str, bodies: Path, rate: float, seconds: float) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.serving_load", address, str(bodies), str(rate), str(seconds)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    found: dict[str, float] = json.loads(done.stdout)
    return found


if __name__ == "__main__":
    main(*sys.argv[1:2])
