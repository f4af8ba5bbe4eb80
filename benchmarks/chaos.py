"""A chaos campaign: audits in which everything fails now and then, and what must hold all the same.

    PYTHONPATH=.:plugins nice .venv/bin/python -m benchmarks.chaos [--images 500] [--faults 0.2] [--seed 1]

The first part is real: a real Airflow starts the Dag's tasks as pods of the test cluster, which audit
images in a real registry into a real object store. In front of each server a proxy lets requests fail; pods,
workers, the scheduler and the triggerer are killed. The second part runs the same steps over ten thousand
images in one process; `TMPDIR=/dev/shm` spares it the disk. What is found is written after each audit. Needs
root, and what `make test` needs.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from benchmarks.chaos_real import run_campaign
from benchmarks.chaos_results import keep
from benchmarks.chaos_simulation import simulate
from tests.support import world


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--images", type=int, default=500)
    parser.add_argument("--faults", type=float, default=0.2)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--batches", type=int, default=12, help="pods that read layers of the real part")
    parser.add_argument("--minutes", type=float, default=40, help="after which chaos ends")
    parser.add_argument("--simulated", type=int, default=10_000, help="images of the simulated part")
    parser.add_argument("--only", choices=("real", "simulated"), help="one part, beside the last results")
    parser.add_argument("--note", default="", help="what a reader must know of how it was run")
    options = parser.parse_args()
    share, seed = options.faults, options.seed
    with tempfile.TemporaryDirectory() as folder:
        if options.only != "simulated":
            limits = (options.batches, options.minutes)
            for found in run_campaign(Path(folder), options.images, share, seed, *limits):
                keep("real", found, options.note)
        if options.only != "real":
            for found in simulate(Path(folder), options.simulated, share, seed, world.model()):
                keep("simulated", found, options.note)


if __name__ == "__main__":
    main()
