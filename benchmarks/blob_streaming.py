"""How fast a blob streams from a local registry, verified, against reading the same bytes unverified.

    python -m benchmarks.blob_streaming [--megabytes 512] [--repeat 3]

The baseline is http.client reading the same URL into one buffer, with no digest. Both are given in wall
and CPU time, because the registry itself needs the other half of a small machine. Resolving is measured
too: the same image again and again over connections that stay open.
"""

from __future__ import annotations

import argparse
import http.client
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from praxi_tasks.oci.image import Platform
from praxi_tasks.oci.registry import RegistrySettings
from praxi_tasks.oci.sources import open_source
from tests.support import images
from tests.support.registry import Registry, run_registry

CHUNK = 1 << 20


def best(work: Callable[[], None], repeat: int) -> tuple[float, float]:
    """The least wall and CPU seconds of several runs."""
    runs = []
    for _ in range(repeat):
        wall, cpu = time.perf_counter(), time.process_time()
        work()
        runs.append((time.perf_counter() - wall, time.process_time() - cpu))
    return min(wall for wall, _ in runs), min(cpu for _, cpu in runs)


def measure(registry: Registry, megabytes: int, repeat: int) -> None:
    layer = images.layer({"data": os.urandom(megabytes << 20)}, compression="none")
    source = open_source(registry.push("bench/blob:1", images.image([layer])), RegistrySettings())
    descriptor = source.resolve(Platform()).layers[0]

    def verified() -> None:
        with source.open_blob(descriptor) as blob:
            while blob.read(CHUNK):
                pass

    def plain() -> None:
        buffer = bytearray(CHUNK)
        connection = http.client.HTTPConnection(registry.host)
        connection.request("GET", f"/v2/bench/blob/blobs/{layer.digest}")
        with connection.getresponse() as response:
            while response.readinto(buffer):
                pass
        connection.close()

    size = len(layer.data) / 1e6
    wall, cpu = best(verified, repeat)
    plain_wall, plain_cpu = best(plain, repeat)
    print(f"verified   {size / wall:7.0f} MB/s   {size / cpu:7.0f} MB per CPU second")
    print(f"unverified {size / plain_wall:7.0f} MB/s   {size / plain_cpu:7.0f} MB per CPU second")
    print(f"ratio of wall times {wall / plain_wall:.2f}")


def measure_resolving(registry: Registry, times: int) -> None:
    one = images.image([images.layer({"a": b"a"})])
    reference = registry.push("bench/index:1", images.index([one, images.attestation(one)]))

    def resolve() -> None:
        for _ in range(times):
            open_source(reference, RegistrySettings()).resolve(Platform())

    wall, cpu = best(resolve, 1)
    print(f"resolving an index: {1e3 * wall / times:.1f} ms, {1e3 * cpu / times:.1f} ms of CPU")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--megabytes", type=int, default=512)
    parser.add_argument("--repeat", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, run_registry(Path(folder)) as registry:
        measure(registry, options.megabytes, options.repeat)
        measure_resolving(registry, 200)


if __name__ == "__main__":
    main()
