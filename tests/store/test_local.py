"""The store in a directory."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from praxi_tasks.errors import KeyNotFoundError, StoreError, UsageError
from praxi_tasks.store import Store, open_store
from praxi_tasks.store.local import LocalStore
from tests.store.contract import CHECKS

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_contract(check: Callable[[Store], None], tmp_path: Path) -> None:
    check(LocalStore(tmp_path / "store"))


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_contract_where_files_need_names(
    check: Callable[[Store], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.open

    def refuse(path: str, flags: int, mode: int = 0o777, **more: int) -> int:
        if flags & os.O_TMPFILE == os.O_TMPFILE:  # as NFS answers
            raise OSError(errno.EOPNOTSUPP, "not supported")
        return real(path, flags, mode, **more)

    monkeypatch.setattr(os, "open", refuse)
    check(LocalStore(tmp_path))
    assert not any((tmp_path / ".tmp").iterdir()) if (tmp_path / ".tmp").exists() else True


@pytest.mark.parametrize("name", ["plain", "with space", "with%20percent", "ünïcode"])
def test_the_uri_opens_the_same_store(tmp_path: Path, name: str) -> None:
    store = LocalStore(tmp_path / name)
    store.put("key", b"data")
    assert open_store(store.uri).get("key") == b"data"
    assert open_store(str(tmp_path / name)).get("key") == b"data"


@pytest.mark.parametrize("uri", ["", "ftp://host/x", "s3://", "file://host/x", "s3://key:secret@bucket/x"])
def test_uris_that_name_no_store(uri: str) -> None:
    with pytest.raises(UsageError) as caught:
        open_store(uri)
    assert "secret" not in str(caught.value)


def test_a_key_below_another_is_refused_for_good(tmp_path: Path) -> None:
    store = LocalStore(tmp_path)
    store.put("a/b", b"x")
    for key in ("a", "a/b/c"):
        for write in (store.put, store.replace):
            with pytest.raises(StoreError) as caught:
                write(key, b"y")
            assert not caught.value.retryable


def test_a_full_disk_is_worth_another_try(tmp_path: Path) -> None:
    store = LocalStore(tmp_path)
    limited = (
        "import resource, signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000));"
        "from praxi_tasks.store import open_store; from praxi_tasks.errors import StoreUnavailableError\n"
        "try: open_store(sys.argv[1]).put('a/key', bytes(5000))\n"
        "except StoreUnavailableError as error: print(error)"
    )
    done = subprocess.run(
        [sys.executable, "-c", limited, store.uri], capture_output=True, text=True, cwd=ROOT, check=True
    )
    assert "free space" in done.stdout
    assert list(store.list("")) == []


@pytest.mark.parametrize("method", ["put", "replace"])
def test_a_killed_writer_leaves_all_or_nothing(tmp_path: Path, method: str) -> None:
    script = (
        "import sys; from praxi_tasks.store import open_store; store = open_store(sys.argv[1])\n"
        f"for number in range(10**6): store.{method}(f'k/{{number % 500}}', b'x' * 300_000)"
    )
    store = LocalStore(tmp_path)
    for step in range(5):
        writer = subprocess.Popen([sys.executable, "-c", script, store.uri], cwd=ROOT)
        while not store.exists(f"k/{(step + 1) * 3}"):
            assert writer.poll() is None
            time.sleep(0.01)
        writer.send_signal(signal.SIGKILL)
        writer.wait()
        assert {len(store.get(key)) for key in store.list("k")} == {300_000}


@contextmanager
def nobody() -> Iterator[None]:
    """Be nobody in particular for a while: root may do everything."""
    user = os.geteuid()
    if user == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(user)


@pytest.fixture
def shared_folder() -> Iterator[Path]:
    """Return a folder that everybody may enter, which pytest's own are not."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@pytest.mark.parametrize("mode", [0o000, 0o500])
def test_a_directory_that_may_not_be_used_is_no_empty_store(shared_folder: Path, mode: int) -> None:
    store = LocalStore(shared_folder)
    store.put("k/key", b"x")
    (shared_folder / "k").chmod(mode)
    operations: list[Callable[[], object]] = [
        lambda: store.put("k/other", b"y"),
        lambda: store.replace("k/key", b"y"),
    ]
    if mode == 0:
        operations += [
            lambda: store.get("k/key"), lambda: store.exists("k/key"), lambda: list(store.list(""))
        ]  # fmt: skip
    try:
        with nobody():
            for operation in operations:
                with pytest.raises(StoreError, match="permissions") as caught:
                    operation()
                assert not caught.value.retryable
                assert not isinstance(caught.value, KeyNotFoundError)
    finally:
        (shared_folder / "k").chmod(0o755)
    assert store.get("k/key") == b"x"


def test_a_path_longer_than_the_system_takes_is_refused_for_good(tmp_path: Path) -> None:
    store, key = LocalStore(tmp_path), "/".join(["x" * 250] * 20)
    for operation in (store.get, store.exists, lambda key: store.put(key, b"x")):
        with pytest.raises(StoreError) as caught:
            operation(key)
        assert not caught.value.retryable


def test_a_file_in_the_stores_place_is_refused_for_good(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    store = LocalStore(tmp_path / "file")
    with pytest.raises(StoreError) as caught:
        store.put("key", b"x")
    assert not caught.value.retryable
