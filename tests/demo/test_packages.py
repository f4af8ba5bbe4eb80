"""The base of all images forbids services to start, and says nothing about the machine it was made on."""

from __future__ import annotations

import socket
import tarfile
from pathlib import Path

import pytest

from demo.timeline import Published
from tests.support.real_images import cache_folder

pytestmark = [pytest.mark.server, pytest.mark.slow]


@pytest.fixture
def base(demo_images: dict[str, Published]) -> Path:
    return cache_folder() / "images" / "build" / "base.tar"


def test_packages_do_not_start_services_in_a_build(base: Path) -> None:
    with tarfile.open(base) as archive:
        policy = archive.getmember("./usr/sbin/policy-rc.d")
        content = archive.extractfile(policy)
        assert content is not None
        assert content.read() == b"#!/bin/sh\nexit 101\n"
    assert policy.mode & 0o111
    assert policy.uid == policy.gid == 0


def test_the_base_does_not_know_this_machine(base: Path) -> None:
    with tarfile.open(base) as archive:
        hostname = archive.extractfile("./etc/hostname")
        assert hostname is not None
        assert hostname.read() == b"localhost\n" != socket.gethostname().encode()
        assert archive.getmember("./etc/resolv.conf").size == 0
        assert "./etc/apt/sources.list" not in archive.getnames()
