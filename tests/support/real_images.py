"""Real images of real packages in a real registry, built once and kept for later sessions.

They are the demonstration's, so a test finds: ``web`` (databases intact), ``worker`` and ``migrate`` (share
layers with it and with each other), ``legacy`` (databases deleted by a later layer), ``signer`` (databases in
no layer), ``collector`` (an index) and ``cache`` (zstd). See ``demo/images.py``.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from demo.image_factory import ImageFactory
from demo.images import IMAGE_SPECS
from demo.servers import start_registry
from demo.timeline import Published
from tests.support.process import running
from tests.support.tools import need

PROGRAMS = ("mmdebstrap", "buildah", "docker-registry", "apt-get")


@pytest.fixture(scope="session")
def demo_images() -> Iterator[dict[str, Published]]:
    """The demonstration's images by spec name, in a registry on a loopback port."""
    need(*PROGRAMS)
    if os.geteuid():
        pytest.skip("only root may build images")
    with images_in_registry(cache_folder() / "images") as images:
        yield images


def cache_folder() -> Path:
    """Return where tests keep what is expensive to make."""
    project = Path(__file__).resolve().parents[2]
    outside = os.environ.get("XDG_CACHE_HOME")
    return Path(outside) / "praxi" if outside else project / ".praxi" / "cache"


@contextmanager
def images_in_registry(folder: Path) -> Iterator[dict[str, Published]]:
    """Build what ``folder`` lacks, and serve it; another session that does the same is waited for."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        config = {"storage": {"filesystem": {"rootdirectory": str(folder / "registry")}}}
        registry = start_registry(folder / f"servers-{os.getpid()}", config=config)
        with running(registry.server):
            factory = ImageFactory(folder)
            factory.fetch(print)
            images = factory.publish(registry.host, IMAGE_SPECS, print)
            fcntl.flock(lock, fcntl.LOCK_UN)
            yield images
    shutil.rmtree(registry.server.folder)
