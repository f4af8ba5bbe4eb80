"""Layers that somebody made to harm their reader: each grows with a size, which is about its entries."""

from __future__ import annotations

import gzip
import io
import tarfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final

import zstandard

Files = Iterator[tuple[str, bytes]]
STATUS: Final = "var/lib/dpkg/status"
_ZEROS: Final = bytes(1 << 20)


def same_list(size: int) -> Files:
    yield STATUS, b"Package: p\nVersion: 1\n\n" * (size // 50)
    yield "var/lib/dpkg/info/p.list", b"".join(b"/a/%d\n" % number for number in range(size))


def packages(size: int) -> Files:
    yield STATUS, b"".join(b"Package: p%d\nVersion: 1\n\n" % number for number in range(size))


def lists(size: int) -> Files:
    """Packages, each with a list of its own."""
    count = size // 10
    yield STATUS, b"".join(b"Package: p%d\nVersion: 1\n\n" % number for number in range(count))
    for number in range(count):
        yield f"var/lib/dpkg/info/p{number}.list", b"".join(b"/a%d/%d\n" % (number, at) for at in range(20))


def status_parts(size: int) -> Files:
    """Distroless keeps a file for each package."""
    for number in range(size // 10):
        yield f"var/lib/dpkg/status.d/p{number}", b"Package: p%d\nVersion: 1\n" % number


def status_continued(size: int) -> Files:
    yield STATUS, b"Package: p\nVersion: 1\nDescription: x\n" + b" more\n" * size * 20


def long_versions(size: int) -> Files:
    yield STATUS, b"".join(b"Package: p%d\nVersion: %s\n\n" % (n, b"9" * size) for n in range(50))


def versions_of_one(size: int) -> Files:
    yield STATUS, b"".join(b"Package: p\nVersion: %d\n\n" % number for number in range(size))


def folders(size: int) -> Files:
    return ((f"d{number}/" + "a/" * 1000 + "x", b"") for number in range(size // 100))


def parts(size: int) -> Files:
    return (("a/" * 1500 + f"{number}", b"hi") for number in range(size // 100))


def apart(size: int) -> Files:
    """Return deep paths that have no folder in common."""
    return ((f"{number}/" + "a/" * 1500 + "x", b"") for number in range(size // 20))


def names(size: int) -> Files:
    return ((f"opt/n{number}\udcff/x", b"") for number in range(size))


def directions(size: int) -> Files:
    return ((f"opt/\u202egnp{number}\x1b[2J/x", b"x") for number in range(size))


def same_path(size: int) -> Files:
    return (("opt/x", b"%d" % number) for number in range(size))


def file_and_folder(size: int) -> Files:
    return (("opt/x" if number % 2 else "opt/x/y", b"") for number in range(size))


def whiteouts(size: int) -> Files:
    return ((f"d{number % 977}/.wh.e{number}", b"") for number in range(size))


def opaques(size: int) -> Files:
    return ((f"d{number}/.wh..wh..opq", b"") for number in range(size))


def deep_manifests(size: int) -> Files:
    text = b'{"name":"x","version":"1","a":' + b"[" * size + b"]" * size + b"}"
    return ((f"n/node_modules/x{number}/package.json", text) for number in range(10))


def wide_manifest(size: int) -> Files:
    yield "n/node_modules/x/package.json", b'{"name":"x","version":"1","a":[' + b"1," * size * 20 + b"1]}"


def manifests(size: int) -> Files:
    for number in range(size // 4):
        yield f"n/node_modules/x{number}/package.json", b'{"name":"x%d","version":"1"}' % number


def npm_store(size: int) -> Files:
    """pnpm's store has each package below a folder that names it and its peers."""
    for number in range(size // 10):
        yield (
            f"n/node_modules/.pnpm/x{number}@1(y@{number})/node_modules/x{number}/package.json",
            b'{"name":"x%d","version":"1"}' % number,
        )


def deep_modules(size: int) -> Files:
    return (
        (f"n{number}/" + "node_modules/a/" * 200 + "package.json", b"{}") for number in range(size // 100)
    )


def distributions(size: int) -> Files:
    yield "lib/apk/db/installed", b"P:a\nV:1\nF:" + b"f" * 2000 + b"\n" + b"R:x\n" * size


def apk_packages(size: int) -> Files:
    yield "lib/apk/db/installed", b"".join(b"P:a%d\nV:1\nF:f\nR:x\n\n" % number for number in range(size))


def records(size: int) -> Files:
    for number in range(size // 20):
        yield f"l/p{number}.dist-info/METADATA", b"Name: p%d\nVersion: 1\n" % number


def one_record(size: int) -> Files:
    yield "l/x.dist-info/METADATA", b"Name: x\nVersion: 1\n"
    yield "l/x.dist-info/RECORD", b"".join(b"a/%d,,\n" % number for number in range(size * 5))


def quoted_record(size: int) -> Files:
    yield "l/x.dist-info/METADATA", b"Name: x\nVersion: 1\n"
    yield "l/x.dist-info/RECORD", b'"' + b'""' * size * 10 + b'",,\n' + b'"' * size


def egg_sources(size: int) -> Files:
    yield "l/x.egg-info/PKG-INFO", b"Name: x\nVersion: 1\n\n"
    yield "l/x.egg-info/SOURCES.txt", b"".join(b"a/%d.py\n" % number for number in range(size * 5))


def os_release(size: int) -> Files:
    yield "etc/os-release", (b'A="' + b"\\'" * 2000 + b'"\n') * (size // 100)


def rpm_noise(size: int) -> Files:
    yield "var/lib/rpm/Packages", bytes(range(256)) * (size // 10)
    yield "var/lib/rpm/rpmdb.sqlite", b"SQLite format 3\0" + bytes(range(256)) * (size // 10)
    yield "usr/lib/sysimage/rpm/Packages.db", b"RpmP" + bytes(range(256)) * (size // 10)


def unread_databases(size: int) -> Files:
    return ((f"opt/{number}/conda-meta/p{number}.json", b"{}") for number in range(size // 2))


def mixed(size: int) -> Files:
    """Folders that look like releases of thousands of packages, none of which is one."""
    for number in range(size // 5):
        yield f"usr/lib/python3/dist-packages/p{number % 997}/m{number}.py", b"%d" % number


FILES: Final[tuple[Callable[[int], Files], ...]] = (
    same_list,
    packages,
    lists,
    status_parts,
    status_continued,
    long_versions,
    versions_of_one,
    folders,
    parts,
    apart,
    names,
    directions,
    same_path,
    file_and_folder,
    whiteouts,
    opaques,
    deep_manifests,
    wide_manifest,
    manifests,
    npm_store,
    deep_modules,
    distributions,
    apk_packages,
    records,
    one_record,
    quoted_record,
    egg_sources,
    os_release,
    rpm_noise,
    unread_databases,
    mixed,
)


def layer_of(files: Files) -> bytes:
    """Return a zstd layer of files."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.GNU_FORMAT, errors="surrogateescape") as tar:
        for path, data in files:
            info = tarfile.TarInfo(path)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return packed([buffer.getvalue()])


def packed(pieces: Iterable[bytes]) -> bytes:
    """Return pieces as one zstd frame."""
    stream = zstandard.ZstdCompressor(level=3).compressobj()
    return b"".join([*map(stream.compress, pieces), stream.flush()])


def _end() -> bytes:
    return tarfile.TarInfo("x").tobuf(tarfile.USTAR_FORMAT) + bytes(1024)


def _header(kind: bytes, data: bytes) -> bytes:
    info = tarfile.TarInfo("x")
    info.type, info.size = kind, len(data)
    return info.tobuf(tarfile.USTAR_FORMAT) + data + bytes(-len(data) % 512)


def _records(count: int) -> bytes:
    return b"".join(b"25 GNU.sparse.%08x=1\n" % number for number in range(count))


def pax_headers(size: int) -> bytes:
    """Return extended headers full of records that nobody reads."""
    return packed([_header(tarfile.XHDTYPE, _records(40_000)) * (size // 1000), _end()])


def pax_global(size: int) -> bytes:
    """Return headers for all members, and members that each would get a copy."""
    return packed([_header(tarfile.XGLTYPE, _records(40_000)), *[_end()[:512]] * size, _end()])


def replaced_folder(size: int) -> bytes:
    """Return deep paths, and a folder that becomes a file after them."""
    folder, file = tarfile.TarInfo("z"), tarfile.TarInfo("z")
    folder.type = tarfile.DIRTYPE
    deep = (tarfile.TarInfo(f"{'a/' * 2040}{number}") for number in range(size // 10))
    return packed(info.tobuf(tarfile.GNU_FORMAT) for info in (folder, *deep, file))


def gnu_names(size: int) -> bytes:
    return packed([_header(tarfile.GNUTYPE_LONGNAME, b"n" * 900_000) * (size // 1000), _end()])


def links(size: int) -> bytes:
    """Return hard links to links, each to the one before."""
    return packed([*(_link(tarfile.LNKTYPE, number) for number in range(size)), _end()])


def symbolic_links(size: int) -> bytes:
    return packed([*(_link(tarfile.SYMTYPE, number) for number in range(size)), _end()])


def _link(kind: bytes, number: int) -> bytes:
    info = tarfile.TarInfo(f"l{number}")
    info.type, info.linkname = kind, f"l{number - 1}"
    return info.tobuf(tarfile.USTAR_FORMAT)


def sparse(size: int) -> bytes:
    """Return files that are holes of 8 GiB each."""
    info = tarfile.TarInfo("s")
    info.type = tarfile.GNUTYPE_SPARSE
    header = bytearray(info.tobuf(tarfile.GNU_FORMAT))
    header[483:495] = b"%011o\0" % (8 << 30)
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\0 " % sum(header)
    return packed([bytes(header) * (size // 100), _end()])


def zeros_gzip(size: int) -> bytes:
    """Return a file of zeros, a thousand bytes for each that is sent."""
    return gzip.compress(_header(tarfile.REGTYPE, _ZEROS) * (size // 20) + bytes(1024), 6)


def zeros_zstd(size: int) -> bytes:
    return packed([*[_header(tarfile.REGTYPE, _ZEROS)] * (size // 20), bytes(1024)])


def nested_gzip(size: int) -> bytes:
    return gzip.compress(gzip.compress(zeros_gzip(size)))


def gzip_members(size: int) -> bytes:
    return gzip.compress(b"", mtime=0) * size + gzip.compress(_end())


def zstd_frames(size: int) -> bytes:
    return zstandard.compress(b"") * size + zstandard.compress(_end())


BYTES: Final[tuple[Callable[[int], bytes], ...]] = (
    pax_headers,
    pax_global,
    replaced_folder,
    gnu_names,
    links,
    symbolic_links,
    sparse,
    zeros_gzip,
    zeros_zstd,
    nested_gzip,
    gzip_members,
    zstd_frames,
)


def _packed_files(kind: Callable[[int], Files]) -> Callable[[int], bytes]:
    return lambda size: layer_of(kind(size))


LAYERS: Final[Mapping[str, Callable[[int], bytes]]] = {
    **{kind.__name__: _packed_files(kind) for kind in FILES},
    **{kind.__name__: kind for kind in BYTES},
}
"""What makes the bytes of each kind of layer from its size."""
