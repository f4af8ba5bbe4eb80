from __future__ import annotations

import subprocess
from contextlib import suppress
from pathlib import Path

import pytest

from tests.support.docker import docker_engine

pytestmark = [pytest.mark.slow, pytest.mark.server]


def processes(folder: Path) -> list[str]:
    """Return the command lines that name a folder."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(FileNotFoundError, ProcessLookupError):
            if str(folder) in (line := entry.read_bytes().decode(errors="replace")):
                found.append(line)
    return found


def forwarding() -> list[str]:
    """Return the kernel's rules for what is forwarded."""
    command = ["/usr/sbin/iptables", "--wait", "-S", "FORWARD"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()


@pytest.mark.needs("iptables")
def test_an_engine_leaves_nothing_behind(tmp_path: Path) -> None:
    with docker_engine(tmp_path) as engine:
        bridge = f"--opt=com.docker.network.bridge.name={engine.bridge}"
        engine.run("docker", "network", "create", bridge, "stack")
        assert Path("/sys/class/net", engine.bridge).exists()
        assert processes(tmp_path)
        rules = forwarding()
        # What is dropped otherwise is let through, within this network alone.
        wanted = [f"-A FORWARD -i {engine.bridge} -o {engine.bridge} -j ACCEPT"]
        assert [line for line in rules if f" {engine.bridge} " in line] == wanted * (
            "-P FORWARD DROP" in rules
        )
    assert not [line for line in forwarding() if engine.bridge in line]
    assert not Path("/sys/class/net", engine.bridge).exists()
    assert not list(Path("/sys/fs/cgroup").glob(f"**/{engine.bridge}"))
    assert str(tmp_path) not in Path("/proc/self/mounts").read_text()
    assert processes(tmp_path) == []
    assert list((tmp_path / "data").iterdir()) == []


def test_two_engines_leave_each_other_alone(tmp_path: Path) -> None:
    folders = [tmp_path / name for name in ("one", "two")]
    for folder in folders:
        folder.mkdir()
    with docker_engine(folders[0]) as one:
        bridge = f"--opt=com.docker.network.bridge.name={one.bridge}"
        one.run("docker", "network", "create", bridge, "stack")
        with docker_engine(folders[1]) as two:
            assert two.bridge != one.bridge
            assert len(one.bridge) <= 15
        assert Path("/sys/class/net", one.bridge).exists()
        assert "stack" in one.run("docker", "network", "ls")


def test_where_it_can_not_start_a_test_is_skipped_with_its_words(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("in the way")
    with pytest.raises(pytest.skip.Exception, match="File exists"), docker_engine(tmp_path):
        pass
