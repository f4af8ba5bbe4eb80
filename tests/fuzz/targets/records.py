"""Package records: each reader of the inventory, and the containers below rpm's."""

from __future__ import annotations

import contextlib
import importlib
import sqlite3
import struct
from collections.abc import Iterable

import zstandard
from packageurl import PackageURL

from praxi_tasks.errors import CorruptObjectError, DataError
from praxi_tasks.findings.image import LayerFacts, fuse
from praxi_tasks.findings.packages import claim_purl
from praxi_tasks.inventory import Distribution, Inventory
from praxi_tasks.inventory.admission import Admission
from praxi_tasks.inventory.language import direct_url as direct_urls
from praxi_tasks.inventory.language import npm as npm_records
from praxi_tasks.inventory.language import python as python_records
from praxi_tasks.inventory.language import python_vendored as vendored_copies
from praxi_tasks.inventory.language import runtimes as language_runtimes
from praxi_tasks.inventory.language import yarn as yarn_archives
from praxi_tasks.inventory.layer_view import LayerView
from praxi_tasks.inventory.limits import InventoryLimits
from praxi_tasks.inventory.manager import asdf, terraform
from praxi_tasks.inventory.manager import stores as manager_stores
from praxi_tasks.inventory.os import apk as apk_records
from praxi_tasks.inventory.os import chisel as chisel_manifests
from praxi_tasks.inventory.os import dpkg as dpkg_records
from praxi_tasks.inventory.os import os_release as os_releases
from praxi_tasks.inventory.os import release_files
from praxi_tasks.inventory.os import rpm as rpm_records
from praxi_tasks.inventory.os import rpm_manifest as rpm_manifests
from praxi_tasks.inventory.os.rpm_bdb import read_bdb_values
from praxi_tasks.inventory.os.rpm_header import RpmHeader
from praxi_tasks.inventory.os.rpm_ndb import read_ndb_blobs
from praxi_tasks.inventory.os.rpm_sqlite import merge_log, read_sqlite_blobs
from praxi_tasks.inventory.paths.version_texts import read_version_texts
from praxi_tasks.inventory.reader import Reader
from praxi_tasks.inventory.stored_form import Document, pack_document
from praxi_tasks.store.keys import INVENTORY_PROTOCOL
from tests.fuzz.target import SEPARATOR, parts, same, target
from tests.inventory.layers import changeset
from tests.support.conan import conan_cache

_READER = "praxi_tasks.inventory.{}.READER"
_LIMITS = InventoryLimits(max_claims=2_000, max_paths=20_000)


def check(reader: Reader, data: bytes, paths: Iterable[str], others: Iterable[str] = ()) -> None:
    """Read the parts of an input as files of a layer; what is claimed can be stored, fused and named."""
    named = list(paths)
    files = dict(zip(named, parts(data, len(named)), strict=True))
    same([path for path in named if not reader.keeps(path)], [], "paths that are not kept")
    changes = changeset(dict.fromkeys((*files, *others), "f"))
    view = LayerView(changes, files)
    read = reader.prepare(view)
    admission = Admission(view, _LIMITS)
    databases = [path for path in sorted(files) if reader.reads(path)]
    for path in databases:
        with contextlib.suppress(DataError):
            for claim in read(path):
                if not admission.add(claim):
                    break
    for claim in reader.named(view):
        admission.add(claim)
    same([line for line in view.problems if not line.isprintable()], [], "problems that are not printable")
    inventory = Inventory(
        changes.digest,
        tuple(admission.claims),
        tuple(databases),
        os_releases.read_distribution(view),
        tuple(view.problems),
    )
    same(Inventory.from_bytes(inventory.to_bytes()), inventory, "the inventory read again")
    fuse([LayerFacts(changes, inventory)])
    for claim in admission.claims:
        PackageURL.from_string(claim_purl(claim, None))


_STATUS = b"Package: p\nStatus: install ok installed\nVersion: 1.0-1\nArchitecture: amd64\nSource: s (2)\n\n"


@target(
    covers=(
        _READER.format("os.dpkg"),
        "praxi_tasks.inventory.checksums.from_hex",
        "praxi_tasks.inventory.os.dpkg.read_status",
        "praxi_tasks.inventory.stanzas.read_stanzas",
    ),
    seeds=[
        SEPARATOR.join((_STATUS, b"/.\n/usr\n/usr/bin\n/usr/bin/p\n", _STATUS, b"0" * 32 + b"  usr/bin/q\n"))
    ],
)
def dpkg(data: bytes) -> None:
    """Read dpkg's status with a list of files, and the same of a distroless image."""
    folder = "var/lib/dpkg"
    places = ("status", "info/p.list", "status.d/p", "status.d/p.md5sums", "info/p.md5sums")
    check(dpkg_records.READER, data, [f"{folder}/{place}" for place in places])


@target(
    covers=(
        _READER.format("os.apk"),
        "praxi_tasks.inventory.checksums.from_apk",
        "praxi_tasks.inventory.os.apk.read_installed",
    ),
    seeds=[
        b"C:Q1abc\nP:musl\nV:1.2.4-r2\no:musl\nF:lib\nR:a\nZ:Q1LjNGwGy1DwGzjAvlxZ1Cb3jVY5g=\nR:b\n\nP:b\nV:1\n\n"
    ],
)
def apk(data: bytes) -> None:
    """Read Alpine's database."""
    check(apk_records.READER, data, ["lib/apk/db/installed"])


_METADATA = b"Metadata-Version: 2.1\nName: Flask_X\nVersion: 3.0\n\ntext\n"


@target(
    covers=(
        _READER.format("language.python"),
        "praxi_tasks.inventory.checksums.sha256_of_record",
        "praxi_tasks.inventory.language.python.read_metadata",
    ),
    seeds=[
        SEPARATOR.join(
            (
                _METADATA,
                b'flask/app.py,sha256=x,9\n"a,\nb",,\n../../bin/flask,,\n',
                _METADATA,
                b"../a.py\n",
                b"a.py\n",
            )
        )
    ],
)
def python(data: bytes) -> None:
    """Read the records of Python's installers."""
    info, egg = "l/site-packages/p.dist-info", "l/site-packages/q.egg-info"
    places = (f"{info}/METADATA", f"{info}/RECORD", f"{egg}/PKG-INFO", f"{egg}/installed-files.txt")
    check(python_records.READER, data, [*places, f"{egg}/SOURCES.txt", f"{info}/direct_url.json"])


@target(
    covers=("praxi_tasks.inventory.language.direct_url.read_direct_url",),
    errors=(DataError,),
    seeds=[b'{"url":"https://a:b@c.d/e?f","vcs_info":{"vcs":"git","commit_id":"0"},"subdirectory":"g"}'],
)
def direct_url(data: bytes) -> None:
    """Read where a distribution came from."""
    same(direct_urls.read_direct_url(data).address.isprintable(), True, "an address that is printable")


@target(
    covers=(
        _READER.format("language.python_vendored"),
        "praxi_tasks.inventory.language.python_vendored.read_vendored",
    ),
    seeds=[b"a-b[c]==1.0 # d\n  e==2\n"],
)
def python_vendored(data: bytes) -> None:
    """Read the list of what a package carries, beside two copies."""
    folder = "l/site-packages/pip/_vendor"
    check(vendored_copies.READER, data, [f"{folder}/vendor.txt"], [f"{folder}/a_b/c.py", f"{folder}/e.py"])


@target(
    covers=(_READER.format("language.npm"), "praxi_tasks.inventory.language.npm.read_package"),
    seeds=[b'{"name":"@s/x","version":"1.0.0","bin":{"a":["b"]}}', b'\xef\xbb\xbf{"version":"1","name":"x"}'],
)
def npm(data: bytes) -> None:
    """Read a ``package.json``."""
    check(npm_records.READER, data, ["app/node_modules/@s/x/package.json"])


@target(
    covers=("praxi_tasks.inventory.os.os_release.read_distribution",),
    seeds=[
        b'ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian GNU/Linux 12"\nVERSION_CODENAME=bookworm\n',
        b"NAME='Linux Mint'\nID=linuxmint\nID_LIKE=\"ubuntu debian\"\nUBUNTU_CODENAME=jammy\n",
    ],
)
def os_release(data: bytes) -> None:
    """Read which distribution an image is made of, and name a package in it."""
    files = dict(zip(os_releases.PATHS, parts(data, 2), strict=True))
    view = LayerView(changeset(dict.fromkeys(files, "f")), files)
    _check_distribution(os_releases.read_distribution(view))
    same(all(map(str.isprintable, view.problems)), True, "printable problems")


@target(
    covers=("praxi_tasks.inventory.os.release_files.read_release_files",),
    seeds=[
        b"CentOS release 6.10 (Final)\n",
        b"SUSE Linux Enterprise Server 11 (x86_64)\nVERSION = 11\nPATCHLEVEL = 4\n",
        b"DISTRIB_ID=Ubuntu\nDISTRIB_RELEASE=12.04\nDISTRIB_CODENAME=precise\n",
    ],
)
def release_file(data: bytes) -> None:
    """Read which distribution an old image is made of."""
    for path in release_files.PATHS:
        files = {path: data, "var/lib/rpm/Packages": b""}
        view = LayerView(changeset(dict.fromkeys(files, "f")), files)
        _check_distribution(release_files.read_release_files(view))


def _check_distribution(found: Distribution | None) -> None:
    if found is not None:
        same(
            all(map(str.isprintable, (found.id, found.version_id, found.codename, found.name))),
            True,
            "printable",
        )


@target(
    covers=(_READER.format("os.rpm_manifest"),),
    seeds=[b"bash\t5.2-1.cm2\t1\t2\tMicrosoft\t(none)\t9\tx86_64\t0\tbash-5.2-1.cm2.src.rpm\n"],
)
def rpm_manifest(data: bytes) -> None:
    """Read the list of a distroless image."""
    check(rpm_manifests.READER, data, ["var/lib/rpmmanifest/container-manifest-2"])


_WALL = (
    b'{"jsonwall":"1.0","schema":"1.0","count":3}\n{"kind":"package","name":"p","version":"1","arch":"amd64"}\n'
    b'{"kind":"path","path":"/usr/bin/p","slices":["p_bins"]}\n'
)


@target(covers=(_READER.format("os.chisel"), "praxi_tasks.inventory.os.chisel.read_manifest"), seeds=[_WALL])
def chisel(data: bytes) -> None:
    """Read Chisel's manifest, as it is and compressed."""
    for manifest in (data, zstandard.ZstdCompressor(level=1).compress(data)):
        check(chisel_manifests.READER, manifest, ["var/lib/chisel/manifest.wall"])


@target(
    covers=(_READER.format("language.runtimes"),),
    seeds=[
        SEPARATOR.join(
            [
                b'#define PY_VERSION "3.12.4"\n',
                b'#define PHP_VERSION "8.3.8"\n',
                b"#define NODE_MAJOR_VERSION 1\n#define NODE_MINOR_VERSION 2\n#define NODE_PATCH_VERSION 3\n",
                b'JAVA_VERSION="1.8.0_382"\n',
                b"go1.22.3\n",
                b'  CONFIG["RUBY_PROGRAM_VERSION"] = "3.3.4"\n',
                b"26.2.5\n",
            ]
        )
    ],
)
def runtimes(data: bytes) -> None:
    """Read what runtimes say of themselves."""
    paths = [
        "usr/local/include/python3.12/patchlevel.h",
        "usr/local/include/php/main/php_version.h",
        "usr/local/include/node/node_version.h",
        "opt/java/release",
        "usr/local/go/VERSION",
        "usr/local/lib/ruby/3.3.0/x86_64-linux/rbconfig.rb",
        "usr/lib/erlang/releases/26/OTP_VERSION",
    ]
    check(language_runtimes.READER, data, paths)


@target(
    covers=(_READER.format("language.yarn"),),
    seeds=[b'"packageLocation": "./.yarn/cache/@s-x-npm-1.0.0-0123456789-0a.zip/node_modules/@s/x/",'],
)
def yarn(data: bytes) -> None:
    """Read Yarn's map of archives beside an archive."""
    check(yarn_archives.READER, data, [".pnp.cjs"], [".yarn/cache/@s-x-npm-1.0.0-0123456789-0a.zip"])


def _header(**entries: bytes | list[bytes] | list[int]) -> bytes:
    """Make an rpm header of a few entries, named by ``t`` and their tag."""
    index, store = b"", b""
    for name, value in entries.items():
        tag, code = int(name[1:]), 6
        if isinstance(value, bytes):
            many, data = 1, value + b"\0"
        elif value and isinstance(value[0], bytes):
            code, many, data = (
                8,
                len(value),
                b"".join(part + b"\0" for part in value if isinstance(part, bytes)),
            )
        else:
            code, many = 4, len(value)
            data = struct.pack(f">{many}I", *value)
            store += bytes(-len(store) % 4)
        index += struct.pack(">IIII", tag, code, len(store), many)
        store += data
    return struct.pack(">II", len(entries), len(store)) + index + store


_BLOB = _header(
    t1000=b"bash", t1001=b"5.2", t1002=b"1.el9", t1003=[1], t1022=b"x86_64", t1044=b"bash-5.2-1.el9.src.rpm",
    t1116=[0, 0], t1117=[b"bash", b"sh"], t1118=[b"/usr/bin/"],
)  # fmt: skip


def _sqlite(*blobs: bytes) -> bytes:
    with contextlib.closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("PRAGMA page_size=512")
        connection.execute("CREATE TABLE Packages (hnum INTEGER PRIMARY KEY, blob BLOB NOT NULL)")
        connection.executemany("INSERT INTO Packages (blob) VALUES (?)", [(blob,) for blob in blobs])
        connection.commit()
        return connection.serialize()


def _ndb(blob: bytes) -> bytes:
    body = struct.pack("<4sIII", b"BlbS", 1, 1, len(blob)) + blob
    slots = struct.pack("<4sIII", b"Slot", 1, 256, len(body) // 16 + 1)
    head = struct.pack("<4sIIIIIII", b"RpmP", 0, 1, 1, 2, 0, 0, 0)
    return (head + slots).ljust(4096, b"\0") + body.ljust(-(-len(body) // 16) * 16, b"\0")


def _bdb(blob: bytes) -> bytes:
    """Make a hash file of two pages: its own, and one with a key and a value."""
    meta = struct.pack("<8xIIIIBBBBII", 0, 0x061561, 9, 512, 0, 8, 0, 0, 0, 1).ljust(512, b"\0")
    key, value = b"\x01\1\0\0\0", b"\x01" + blob
    at = 512 - len(key)
    places = struct.pack("<HH", at, at - len(value))
    head = struct.pack("<16xIHHBB", 0, 2, at - len(value), 0, 13)
    return meta + (head + places).ljust(at - len(value), b"\0") + value + key


@target(covers=("praxi_tasks.inventory.os.rpm_header.RpmHeader",), errors=(DataError,), seeds=[_BLOB])
def rpm_header(data: bytes) -> None:
    """Read a header's entries, also in a database, where a broken one costs itself."""
    check(rpm_records.READER, _sqlite(data, _BLOB), ["var/lib/rpm/rpmdb.sqlite"])
    header = RpmHeader(data)
    for name in ("NAME", "VERSION", "RELEASE", "ARCH", "SOURCERPM"):
        header.text(name)
    header.numbers("EPOCH")
    list(header.files())


@target(
    covers=(
        "praxi_tasks.inventory.os.rpm_sqlite.read_sqlite_blobs",
        "praxi_tasks.inventory.sqlite_rows.read_rows",
    ),
    errors=(DataError,),
    seeds=[_sqlite(_BLOB), _sqlite(b"", _BLOB)],
    longest=8192,
)
def rpm_sqlite(data: bytes) -> None:
    """Read rpm's SQLite database."""
    same(sum(map(len, read_sqlite_blobs(data))) <= len(data), True, "headers smaller than the file")


@target(
    covers=("praxi_tasks.inventory.os.rpm_sqlite.merge_log",),
    errors=(DataError,),
    seeds=[_sqlite(_BLOB) + struct.pack(">IIIIIIII", 0x377F0682, 3007000, 512, 0, 1, 2, 3, 4)],
    longest=8192,
)
def rpm_log(data: bytes) -> None:
    """Merge a write-ahead log into a database: what follows two pages is the log."""
    list(read_sqlite_blobs(merge_log(data[:1024], data[1024:])))


@target(
    covers=("praxi_tasks.inventory.os.rpm_ndb.read_ndb_blobs",),
    errors=(DataError,),
    seeds=[_ndb(_BLOB)],
    longest=8192,
)
def rpm_ndb(data: bytes) -> None:
    """Read rpm's ndb."""
    same(sum(map(len, read_ndb_blobs(data))) <= len(data), True, "headers smaller than the file")


@target(
    covers=("praxi_tasks.inventory.os.rpm_bdb.read_bdb_values",),
    errors=(DataError,),
    seeds=[_bdb(_BLOB)],
    longest=8192,
)
def rpm_bdb(data: bytes) -> None:
    """Read rpm's Berkeley DB."""
    same(sum(map(len, read_bdb_values(data))) <= len(data), True, "headers smaller than the file")


@target(
    covers=(_READER.format("os.rpm"), "praxi_tasks.inventory.os.rpm.read_packages"),
    seeds=[_bdb(_BLOB), _ndb(_BLOB), _sqlite(_BLOB)],
    longest=8192,
)
def rpm(data: bytes) -> None:
    """Read each form of rpm's databases as a layer holds it."""
    for name in ("Packages", "Packages.db", "rpmdb.sqlite"):
        check(rpm_records.READER, data, [f"var/lib/rpm/{name}"])


_PACKED = Inventory("sha256:0", (), ("lib/apk/db/installed",), None, ("a problem",)).to_bytes()


@target(
    covers=(
        "praxi_tasks.inventory.model.Inventory.from_bytes",
        "praxi_tasks.inventory.stored_form.unpack_document",
    ),
    errors=(CorruptObjectError,),
    seeds=[
        _PACKED[6:],
        pack_document(Document("d", b"a\0", (0,), (), None, b"", b"", b"", b"", ()))[6:],
    ],
)
def stored_inventory(data: bytes) -> None:
    """Read a stored inventory; one that is read is written back the same."""
    found = Inventory.from_bytes(b"PRXI" + INVENTORY_PROTOCOL.to_bytes(2, "little") + data)
    same(Inventory.from_bytes(found.to_bytes()).claims, found.claims, "the claims")


# Records of one file each, at a place where their reader finds them; an input's first byte chooses one.
_READ = {
    "language.composer": (
        "srv/vendor/composer/installed.json",
        b'{"packages":[{"name":"a/b","version":"1"}]}',
    ),
    "language.pear": (
        "usr/share/php/.registry/x.reg",
        b's:4:"name";s:1:"x";s:7:"channel";s:1:"c";s:7:"version";a:2:{s:7:"release";s:1:"1";}',
    ),
    "language.rubygems": (
        "x/specifications/r-1.gemspec",
        b"# stub: rack 3.0.8 ruby lib\n s.licenses = ['MIT']\n",
    ),
    "language.r": ("usr/lib/R/library/x/DESCRIPTION", b"Package: x\nVersion: 1-2\nBuilt: R 4\n"),
    "language.perl": ("usr/perllocal.pod", b"=head2 x: C<Module> L<A::B|A::B>\nC<VERSION: 0.31>\n"),
    "language.luarocks": ("rocks-5.1/x/1-1/x-1-1.rockspec", b'license = "MIT"\n'),
    "language.julia": (
        "root/.julia/packages/JSON/93Ea8/Project.toml",
        b'name = "J"\nversion = "1"\n[deps]\n',
    ),
    "language.opam": ("x/.opam-switch/packages/lwt.5.7.0/opam", b'license: ["MIT" "ISC"]\n'),
    "language.haskell": ("x/package.conf.d/a.conf", b"name: a\nversion: 1\nlicense: MIT\n"),
    "language.erlang": ("lib/x/ebin/x.app", b'{application, x, [{vsn, "1"}]}.'),
    "language.dart": ("hosted/pub.dev/path-1.9.0/pubspec.yaml", b"name: path\n"),
    "language.dotnet": (
        "app/app.deps.json",
        b'{"targets":{"n":{"A/1":{"runtime":{"lib/A.dll":{}}}}},"libraries":{"A/1":{"type":"package"}}}',
    ),
    "language.conan": (f"data/zlib/1/_/_/package/{'0' * 40}/conaninfo.txt", b"[settings]\n"),
    "language.conan_cache": ("root/.conan2/p/cache.sqlite3", conan_cache(("zlib/1.3.1", "zlib1"))),
    "language.cargo": ("root/.cargo/.crates.toml", b'[v1]\n"rg 14.1.0 (registry+https://x)" = ["rg"]\n'),
    "manager.vcpkg": ("v/vcpkg/status", b"Package: fmt\nVersion: 1\nStatus: install ok installed\n\n"),
    "language.wordpress": ("wp-content/plugins/a/a.php", b"<?php\n * Plugin Name: A\n * Version: 1\n"),
    "language.web_applications": ("html/version.php", b"$release  = '4.1.2+ (Build: 20230313)';\n"),
    "manager.conda": ("conda-meta/x.json", b'{"name":"x","version":"1","files":["a","b/c"],"license":"MIT"}'),
    "manager.spack": ("x/.spack/spec.json", b'{"spec":{"nodes":[{"name":"x","version":"1"}]}}'),
    "manager.homebrew": ("Cellar/jq/1.7/INSTALL_RECEIPT.json", b"{}"),
    "manager.gpu_toolkits": (
        "usr/local/cuda/version.json",
        b'{"cuda": {"version": "12.4.1"}, "cuda_cudart": {"version": "12.4.127"}}',
    ),
    "manager.snap": ("snap/x/1/meta/snap.yaml", b"name: x\nversion: '1'\n"),
    "manager.flatpak": (f"flatpak/app/a/b/c/{'0' * 64}/metadata", b"[Application]"),
    "manager.vscode": (
        ".vscode-server/extensions/extensions.json",
        b'[{"identifier":{"id":"a.b"},"version":"1","relativeLocation":"x"}]',
    ),
    "manager.snap_packages": ("snap/manifest.yaml", b"packages:\n- a:amd64=1\n- b=2\n"),
    "manager.easybuild": ("software/a/1/easybuild/a-1.eb", b"name = 'a'\nversion = \"1\"\n"),
    "manager.header_libraries": ("usr/include/boost/version.hpp", b"#define BOOST_VERSION 107400\n"),
    "manager.texlive": (
        "texlive/tlpkg/texlive.tlpdb",
        b"name a\ncategory Package\nrevision 1\ncatalogue-version 2\nrunfiles size=1\n RELOC/a.sty\n",
    ),
    "language.octave": ("octave/a-1/packinfo/DESCRIPTION", b"Name: a\nVersion: 1\nLicense: GPLv3+\n"),
    "language.nuget_packages": ("packages/a/1/a.nuspec", b"<package><id>a</id><version>1+b</version>"),
    "language.deno": (
        f"deno-dir/deps/https/jsr.io/{'0' * 64}.metadata.json",
        b'{"url": "https://jsr.io/@a/b/1.0_meta.json"}',
    ),
    "language.python_sboms": (
        "site-packages/a-1.dist-info/sboms/a.cdx.json",
        b'{"bomFormat":"CycloneDX","components":[{"purl":"pkg:cargo/a@1","licenses":[{"expression":"MIT"}]}]}',
    ),
    "language.nim": (".nimble/pkgs/a-1/nimblemeta.json", b"{}"),
    "language.swipl": ("swi-prolog/pack/a/pack.pl", b"name(a).\nversion('1.0').\n"),
    "os.cos": (
        "etc/cos-package-info.json",
        b'{"installedPackages":[{"category":"a","name":"b","version":"1"}]}',
    ),
    "os.xbps": (
        "var/db/xbps/pkgdb-0.38.plist",
        b"<plist><dict><key>a</key><dict><key>state</key><string>installed</string><key>pkgver</key>%s"
        % b"<string>a-1_1</string></dict></dict></plist>",
    ),
    "os.pkgtools": (
        "var/lib/pkgtools/packages/a-1-x86_64-1",
        b"PACKAGE NAME:     a-1-x86_64-1\nFILE LIST:\n./\nbin/a\n",
    ),
    "os.eopkg": (
        "var/lib/eopkg/package/a-1-2/metadata.xml",
        b'<PISI><Package><Name>a</Name><History><Update release="2"><Version>1</Version>',
    ),
    "os.swupd": ("usr/share/clear/bundles/os-core", b""),
    "manager.browser": (
        "root/Extensions/%s/1_0/manifest.json" % ("a" * 32),
        b'{"manifest_version":3,"version":"1"}',
    ),
    "manager.bitnami": (
        "opt/bitnami/x/.spdx-x.spdx",
        b'{"packages":[{"externalRefs":[{"referenceLocator":"pkg:bitnami/x@1"}]}]}',
    ),
    "os.opkg": ("usr/lib/opkg/status", b"Package: p\nStatus: install ok installed\nVersion: 1\n\n"),
    "os.portage": ("var/db/pkg/a/b-1/CONTENTS", b"obj /usr/bin/x 0 1\nsym /a -> b 1\n"),
    "os.pacman": ("var/lib/pacman/local/x/desc", b"%NAME%\nx\n\n%VERSION%\n1-1\n\n%BASE%\nx\n"),
}


@target(
    covers=tuple(map(_READER.format, _READ)),
    seeds=[bytes((number,)) + seed for number, (_, seed) in enumerate(_READ.values())],
)
def single_records(data: bytes) -> None:
    """Read a record of one of many kinds, which all have a file each."""
    name, (path, _) = list(_READ.items())[data[0] % len(_READ) if data else 0]
    module = importlib.import_module(f"praxi_tasks.inventory.{name}")
    check(module.READER, data[1:], [path], [f"{path.rpartition('/')[0]}/other", "gems/r-1/x"])


@target(
    covers=(
        "praxi_tasks.inventory.manager.stores.NIX_READER",
        "praxi_tasks.inventory.manager.stores.GUIX_READER",
    ),
    seeds=[b"bash-5.2-p26-bin", b"source", b"zlib-1.3.tar.gz"],
)
def stores(data: bytes) -> None:
    """Name the release of a folder in Nix's or Guix's store."""
    name = data.decode("utf-8", "surrogateescape").replace("/", "").replace("\0", "")
    for reader, store in ((manager_stores.NIX_READER, "nix"), (manager_stores.GUIX_READER, "gnu")):
        changes = changeset({f"{store}/store/{'0' * 32}-{name}/bin/x": "f"})
        view = LayerView(changes, {})
        admission = Admission(view, _LIMITS)
        for claim in reader.named(view):
            admission.add(claim)
        for claim in admission.claims:
            PackageURL.from_string(claim_purl(claim, None))


@target(
    covers=("praxi_tasks.inventory.paths.version_texts.read_version_texts",),
    seeds=[
        SEPARATOR.join((b"__version__ = version = '1.2'\n", b"3.4\n", b'{"version": "5.6"}')),
        SEPARATOR.join((b'__version__ = version("a-b")\nVERSION = (1, 2)\n', b"v1", b"[]")),
    ],
)
def version_texts(data: bytes) -> None:
    """Read version files that are no records; what they say can be stored and names packages."""
    places = (
        "l/site-packages/numpy/__init__.py",
        "l/site-packages/numpy/VERSION",
        "n/node_modules/x/package.json",
    )
    files = dict(zip(places, parts(data, len(places)), strict=True))
    said = tuple(read_version_texts(files, ()))
    changes = changeset(dict.fromkeys((*files, "n/node_modules/x/x.js"), "f"))
    inventory = Inventory(changes.digest, version_texts=said)
    same(Inventory.from_bytes(inventory.to_bytes()), inventory, "the inventory read again")
    for component in fuse([LayerFacts(changes, inventory)]).components:
        PackageURL.from_string(component.purl)


@target(
    covers=("praxi_tasks.inventory.manager.asdf.PATHS_READER",),
    seeds=[b"nodejs/20.1.0/bin/node", b"go/v1/x"],
)
def installed_tools(data: bytes) -> None:
    """Name the tool in a folder of asdf's."""
    path = data.decode("utf-8", "surrogateescape").replace("\0", "")
    view = LayerView(changeset({f"root/.asdf/installs/{path}": "f"}), {})
    admission = Admission(view, _LIMITS)
    for claim in asdf.PATHS_READER.named(view):
        admission.add(claim)
    for claim in admission.claims:
        PackageURL.from_string(claim_purl(claim, None))


@target(
    covers=("praxi_tasks.inventory.manager.terraform.PATHS_READER",),
    seeds=[b"a.b/c/d/1.0.0/linux_amd64/terraform-provider-d_v1.0.0", b"a.b/c/d/1/x_y/terraform-provider-d"],
)
def installed_providers(data: bytes) -> None:
    """Name the provider in a folder of Terraform's."""
    path = data.decode("utf-8", "surrogateescape").replace("\0", "")
    view = LayerView(changeset({f"plugins/{path}": "f"}), {})
    admission = Admission(view, _LIMITS)
    for claim in terraform.PATHS_READER.named(view):
        admission.add(claim)
    for claim in admission.claims:
        PackageURL.from_string(claim_purl(claim, None))
