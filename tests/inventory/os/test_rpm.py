"""rpm's databases, made by rpm and Berkeley DB themselves (Debian's packages rpm and db-util)."""

from __future__ import annotations

import hashlib
import sqlite3
import struct
import subprocess
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.inventory.layers import inventory_of, inventory_of_folder
from tests.support.tools import need

SPEC = """
Name: praxi-demo
Epoch: 2
Version: 1.4
Release: 3
Summary: a package of many files
Vendor: Praxi's house
License: MIT
%description
Many files.
%package tools
Summary: a package of one file
%description tools
One file.
%install
mkdir -p %{buildroot}/opt/demo/sub %{buildroot}/usr/bin
for number in $(seq 1 200); do echo $number > %{buildroot}/opt/demo/sub/file-number-$number.txt; done
echo hello > %{buildroot}/usr/bin/d\u00e9mo
mkdir -p %{buildroot}/etc
echo setting > %{buildroot}/etc/demo.conf
%files
/opt/demo
%files tools
/usr/bin/*
%config /etc/demo.conf
"""
DATABASE = "var/lib/rpm"
ENDLESS = (
    "CREATE VIEW Packages AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)"
    " SELECT i AS hnum, x'00' AS blob FROM n"
)
FORM = (
    "%{NAME}\\t%|EPOCH?{%{EPOCH}:}|%{VERSION}-%{RELEASE}\\t%{ARCH}\\t%{SOURCERPM}\\t%{LICENSE}\\t%{VENDOR}\\n"
)


def rpm(root: Path, backend: str, *arguments: str) -> str:
    command = [
        "rpm",
        "--root",
        str(root),
        "--define",
        f"_db_backend {backend}",
        "--define",
        f"_dbpath /{DATABASE}",
    ]
    return subprocess.run([*command, *arguments], check=True, capture_output=True, text=True).stdout


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a root with two packages that rpm built and installed into its SQLite database."""
    need("rpm", "rpmbuild", "db_load")
    folder = tmp_path_factory.mktemp("rpm")
    (folder / "demo.spec").write_text(SPEC)
    defines = [f"_topdir {folder}/top", "__os_install_post %{nil}", "debug_package %{nil}"]
    options = [word for define in defines for word in ("--define", define)]
    build = ["rpmbuild", "-bb", "--quiet", *options, "--target", "noarch", str(folder / "demo.spec")]
    subprocess.run(build, check=True, capture_output=True)
    (folder / "root").mkdir()
    packages = map(str, (folder / "top").rglob("*.rpm"))
    rpm(folder / "root", "sqlite", "-i", "--nodeps", "--ignorearch", "--ignoreos", *packages)
    return folder / "root"


@pytest.fixture(scope="module")
def headers(root: Path) -> dict[int, bytes]:
    with sqlite3.connect(root / DATABASE / "rpmdb.sqlite") as connection:
        return dict(connection.execute("SELECT hnum, blob FROM Packages").fetchall())


def berkeley(folder: Path, headers: dict[int, bytes], *, order: int = 1234, page: int = 4096) -> bytes:
    """Make a hash file as old rpm kept it, by Berkeley DB's own loader."""
    records = {0: struct.pack("<I", len(headers)), **headers}
    lines = [f" {struct.pack('<I', key).hex()}\n {value.hex()}" for key, value in records.items()]
    head = f"VERSION=3\nformat=bytevalue\ntype=hash\ndb_pagesize={page}\ndb_lorder={order}\nHEADER=END\n"
    text = head + "\n".join(lines) + "\nDATA=END\n"
    subprocess.run(
        ["db_load", str(folder / "Packages")], input=text, text=True, check=True, capture_output=True
    )
    return (folder / "Packages").read_bytes()


def ndb(headers: dict[int, bytes]) -> bytes:
    """Write the format that rpmpkg.c describes; Debian's rpm is built without it."""
    slots, blobs = b"", b""
    for key, value in headers.items():
        blob = struct.pack("<4sIII", b"BlbS", key, 1, len(value)) + value
        blob += struct.pack("<II4s", 0, len(value), b"BlbE")
        blob += bytes(-len(blob) % 16)
        slots += struct.pack("<4sIII", b"Slot", key, (4096 + len(blobs)) // 16, len(blob) // 16)
        blobs += blob
    slots += struct.pack("<4sIII", b"Slot", 0, 0, 0) * ((4096 - 32 - len(slots)) // 16)
    return struct.pack("<4sIIIIIII", b"RpmP", 0, 1, 1, len(headers) + 1, 0, 0, 0) + slots + blobs


def told(root: Path) -> set[tuple[str, ...]]:
    return {tuple(line.split("\t")) for line in rpm(root, "sqlite", "-qa", "--qf", FORM).splitlines()}


def test_equals_what_rpm_says(root: Path) -> None:
    inventory = inventory_of_folder(root)
    assert inventory.problems == ()
    found = {
        (
            claim.name,
            claim.version,
            claim.architecture,
            f"{claim.source}-{claim.source_version}.src.rpm",
            *claim.licences,
            claim.maker,
        )
        for claim in inventory.claims
    }
    assert found == told(root)
    for claim in inventory.claims:
        listed = rpm(root, "sqlite", "-ql", claim.name).splitlines()
        assert set(claim.files) == {path[1:] for path in listed if not (root / path[1:]).is_dir()}


def test_digests_are_those_of_the_installed_files(root: Path) -> None:
    for claim in inventory_of_folder(root).claims:
        for place, path in enumerate(claim.files):
            found = hashlib.sha256((root / path).read_bytes()).digest()[:8]
            expected = bytes(8) if path == "etc/demo.conf" else found
            assert claim.checksums[8 * place : 8 * place + 8] == expected


@pytest.mark.parametrize("page", [512, 4096, 65536])
@pytest.mark.parametrize("order", [1234, 4321])
def test_berkeley_db_gives_the_same(
    root: Path, headers: dict[int, bytes], tmp_path: Path, order: int, page: int
) -> None:
    data = berkeley(tmp_path, headers, order=order, page=page)
    inventory = inventory_of({f"{DATABASE}/Packages": data})
    assert inventory.problems == ()
    assert {claim.name: claim.files for claim in inventory.claims} == {
        claim.name: claim.files for claim in inventory_of_folder(root).claims
    }


def test_ndb_gives_the_same(root: Path, headers: dict[int, bytes]) -> None:
    inventory = inventory_of({"usr/lib/sysimage/rpm/Packages.db": ndb(headers)})
    assert inventory.problems == ()
    assert {claim.name: claim.files for claim in inventory.claims} == {
        claim.name: claim.files for claim in inventory_of_folder(root).claims
    }


def test_a_broken_header_leaves_the_others(headers: dict[int, bytes]) -> None:
    damaged = {**headers, 9: b"\xff" * 64}
    inventory = inventory_of({f"{DATABASE}/Packages.db": ndb(damaged)})
    assert len(inventory.claims) == len(headers)
    assert len(inventory.problems) == 1


def test_truncated_anywhere_ends_in_claims_and_a_problem(
    root: Path, headers: dict[int, bytes], tmp_path: Path
) -> None:
    whole = {
        "rpmdb.sqlite": (root / DATABASE / "rpmdb.sqlite").read_bytes(),
        "Packages.db": ndb(headers),
        "Packages": berkeley(tmp_path, headers),
    }
    for name, data in whole.items():
        for part in range(40):
            inventory = inventory_of({f"{DATABASE}/{name}": data[: len(data) * part // 40]})
            assert len(inventory.claims) <= len(headers)
            assert inventory.problems, (name, part)


@pytest.mark.parametrize(
    "schema",
    [
        ENDLESS,
        "CREATE TABLE Packages (hnum INTEGER PRIMARY KEY, blob AS (zeroblob(100000)))",
        "CREATE VIRTUAL TABLE Packages USING fts4(hnum, blob)",
        "CREATE TABLE other (hnum, blob)",
    ],
)
def test_a_schema_that_is_not_rpms_is_refused(tmp_path: Path, schema: str) -> None:
    file = tmp_path / "rpmdb.sqlite"
    with sqlite3.connect(file) as connection:
        connection.execute(schema)
    inventory = inventory_of({f"{DATABASE}/rpmdb.sqlite": file.read_bytes()})
    assert "no plain table of packages" in inventory.problems[0]


def test_a_table_with_a_views_definition_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "rpmdb.sqlite"
    with sqlite3.connect(file) as connection:
        connection.execute("CREATE TABLE Packages (hnum INTEGER PRIMARY KEY, blob)")
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute("UPDATE sqlite_master SET sql = ?", (ENDLESS,))
    assert inventory_of({f"{DATABASE}/rpmdb.sqlite": file.read_bytes()}).problems


@pytest.fixture(scope="module")
def logged(root: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Return rpm's database as a build that was cut off leaves it: one package is in the log only."""
    file = tmp_path_factory.mktemp("logged") / "rpmdb.sqlite"
    file.write_bytes((root / DATABASE / "rpmdb.sqlite").read_bytes())
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA wal_autocheckpoint=0")
        ((blob,),) = connection.execute("SELECT blob FROM Packages LIMIT 1").fetchall()
        connection.execute("DELETE FROM Packages")
        connection.execute("INSERT INTO Packages (blob) VALUES (?)", (blob,))
        connection.commit()
        paths = {f"{DATABASE}/rpmdb.sqlite{end}": Path(f"{file}{end}") for end in ("", "-wal")}
        return {path: each.read_bytes() for path, each in paths.items()}


def test_what_only_the_write_ahead_log_says_counts(logged: dict[str, bytes]) -> None:
    inventory = inventory_of(logged)
    assert inventory.problems == ()
    assert len(inventory.claims) == 1
    without = {path: data for path, data in logged.items() if not path.endswith("-wal")}
    assert len(inventory_of(without).claims) == 2


def test_an_empty_log_and_one_of_another_database_change_nothing(
    root: Path, logged: dict[str, bytes]
) -> None:
    data = (root / DATABASE / "rpmdb.sqlite").read_bytes()
    path, log = sorted(logged)
    for other in (b"", b"no log at all", bytes(4096), logged[log][:20]):
        inventory = inventory_of({path: data, log: other})
        assert len(inventory.claims) == 2
        assert inventory.problems == ()


@pytest.mark.parametrize("more", [5, 1 << 20])
def test_a_log_that_blows_the_database_up_is_refused(logged: dict[str, bytes], more: int) -> None:
    path, log = sorted(logged)
    head, frame = logged[log][:32], bytearray(logged[log][32 : 32 + 24 + 4096])
    pages = len(logged[path]) // 4096 + more
    struct.pack_into(">II", frame, 0, pages, pages)  # its page, and how many pages there are now
    sums = check_sums(bytes(frame[24:]), check_sums(bytes(frame[:8]), struct.unpack_from(">II", head, 24)))
    struct.pack_into(">II", frame, 16, *sums)
    inventory = inventory_of({path: logged[path], log: head + frame})
    assert "its write-ahead log" in inventory.problems[0]


def check_sums(data: bytes, sums: tuple[int, int]) -> tuple[int, int]:
    """Go on with the check sums of SQLite's write-ahead log."""
    first, second = sums
    for one, two in struct.iter_unpack("<II", data):
        first = (first + one + second) % (1 << 32)
        second = (second + two + first) % (1 << 32)
    return first, second


def test_a_log_without_its_database_is_told(logged: dict[str, bytes]) -> None:
    log = f"{DATABASE}/rpmdb.sqlite-wal"
    assert "not in this layer" in inventory_of({log: logged[log]}).problems[0]
    assert inventory_of({log: b""}).problems == ()


@settings(max_examples=50, deadline=None)
@given(st.data())
def test_a_damaged_log_ends_in_claims_or_problems(logged: dict[str, bytes], data: st.DataObject) -> None:
    log = bytearray(logged[f"{DATABASE}/rpmdb.sqlite-wal"])
    for _ in range(data.draw(st.integers(1, 5))):
        log[data.draw(st.integers(0, min(len(log), 200) - 1))] = data.draw(st.integers(0, 255))
    del log[data.draw(st.integers(0, len(log))) :]
    inventory = inventory_of({**logged, f"{DATABASE}/rpmdb.sqlite-wal": bytes(log)})
    assert inventory.problems or len(inventory.claims) <= 2


def test_an_overflow_chain_that_loops_is_stopped(headers: dict[int, bytes], tmp_path: Path) -> None:
    data = bytearray(berkeley(tmp_path, headers))
    pages = range(0, len(data), 4096)
    overflow = [start for start in pages if data[start + 25] == 7]
    assert overflow
    for start in overflow:
        struct.pack_into("<I", data, start + 16, start // 4096)
        struct.pack_into("<H", data, start + 22, 1)
    inventory = inventory_of({f"{DATABASE}/Packages": bytes(data)})
    assert inventory.problems
