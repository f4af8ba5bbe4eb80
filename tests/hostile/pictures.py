"""Whole images that somebody made to harm an audit, each small."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping

from tests.support.images import Layer, Manifest, compress, digest_of, image
from tests.support.layers import archive, member

STATUS = "var/lib/dpkg/status"
GOOD_RECORD = "Package: openssl\nVersion: 3.0.11-1\nStatus: install ok installed\nArchitecture: amd64\n\n"
GOOD = {STATUS: GOOD_RECORD.encode(), "etc/os-release": b'ID=debian\nVERSION_ID="12"\n'}
NOT_UTF8 = b"opt/\xff\xfe".decode("utf-8", "surrogateescape")


def layer_of(files: Mapping[str, bytes]) -> Layer:
    """Return a layer of files with any names."""
    return layer_from(archive(member(path, data) for path, data in files.items()))


def layer_from(tar: bytes) -> Layer:
    return Layer(compress(tar, "gzip"), tar, "gzip")


def with_config(made: Manifest, config: bytes) -> Manifest:
    """Return an image with another configuration, which need not be JSON."""
    document = json.loads(made.data)
    document["config"] |= {"digest": digest_of(config), "size": len(config)}
    blobs = {**made.blobs, digest_of(config): config}
    return dataclasses.replace(made, data=json.dumps(document).encode(), blobs=blobs)


def beside_good(files: Mapping[str, bytes]) -> Manifest:
    """Return an image of files that an attacker added to a layer with honest ones."""
    return image([layer_of({**GOOD, **files})])


def status(*records: str) -> dict[str, bytes]:
    return {STATUS: (GOOD_RECORD + "".join(f"{record}\n\n" for record in records)).encode()}


def package_json(text: str) -> dict[str, bytes]:
    return {"srv/node_modules/x/package.json": text.encode("utf-8", "surrogatepass")}


def distribution(fields: str) -> dict[str, bytes]:
    return {"etc/os-release": fields.encode()}


def metadata(folder: str, text: str, record: bytes = b"") -> dict[str, bytes]:
    return {f"{folder}/METADATA": text.encode(), f"{folder}/RECORD": record}


def shared_list(stanzas: int, lines: int) -> dict[str, bytes]:
    """Return many paragraphs of one package and its one list of files."""
    listed = "".join(f"/opt/{number}\n" for number in range(lines)).encode()
    return {**status(*["Package: p\nVersion: 1"] * stanzas), "var/lib/dpkg/info/p.list": listed}


def deep(levels: int) -> str:
    return "[" * levels + "]" * levels


SITE = "usr/lib/python3/dist-packages"
# What is added to an honest layer, and whether the coverage of the image must name it.
ADDED: Mapping[str, tuple[Mapping[str, bytes], bool]] = {
    "a package called slash": (status("Package: /\nVersion: 1"), True),
    "a package of control characters": (status("Package: a\x1b[2J\nVersion: 1"), True),
    "a package with a NUL": (status("Package: a\0b\nVersion: 1"), True),
    "a version of control characters": (status("Package: a\nVersion: 1\x1b[31m"), True),
    "an endless version": (status(f"Package: a\nVersion: {'9' * 200_000}"), True),
    "an endless name": (status(f"Package: {'a' * 200_000}\nVersion: 1"), True),
    "an endless source": (status(f"Package: a\nVersion: 1\nSource: {'s' * 200_000}"), True),
    "paragraphs of one list": (shared_list(300, 1000), True),
    "an npm scope alone": (package_json('{"name":"@x","version":"1"}'), True),
    "an npm scope and a slash": (package_json('{"name":"@x/","version":"1"}'), True),
    "an npm name of a surrogate": (package_json('{"name":"\\ud800","version":"1"}'), True),
    "an npm version of a surrogate": (package_json('{"name":"x","version":"\\udfff"}'), True),
    "an npm manifest nested deep": (package_json(f'{{"name":"x","version":"1","a":{deep(60_000)}}}'), False),
    "an npm manifest that never ends": (package_json('{"name":"x","a":' + "[" * 60_000), True),
    "an npm manifest of a huge number": (package_json('{"name":"x","version":1e999999}'), True),
    "a distribution of a pattern": (distribution('ID=debian\nVERSION_ID="9?x"\n'), True),
    "a distribution of a path": (distribution('ID="../../etc"\nVERSION_ID="12"\n'), True),
    "a distribution of control characters": (distribution('ID=debian\nVERSION_ID="1\x1b[2J"\n'), True),
    "a folder that is no UTF-8": ({f"{NOT_UTF8}{n % 3}/bin/p{n}": b"hi%d" % n for n in range(40)}, False),
    "a folder of control characters": (
        {f"opt/\x1b[2J{n % 3}/bin/p{n}": b"h%d" % n for n in range(40)},
        False,
    ),
    "an egg whose path is no UTF-8": (
        {f"{NOT_UTF8}.egg-info": b"Name: foo\nVersion: 1\n"},
        False,
    ),
    "a record of paths that are no UTF-8": (
        metadata(f"{SITE}/foo-1.dist-info", "Name: foo\nVersion: 1\n", b"\xff\xfe.py,,\n" * 3),
        False,
    ),
    "a distribution named by an escape": (
        metadata(f"{SITE}/foo-1.dist-info", "Name: foo\x1b]0;x\x07\nVersion: 1\x1b[31m\n"),
        True,
    ),
    "a corrupt rpm database": ({"var/lib/rpm/rpmdb.sqlite": b"SQLite format 3\0" + bytes(5000)}, True),
    "an rpm database of noise": ({"var/lib/rpm/Packages": bytes(range(256)) * 40}, True),
    "a path of 1,500 parts": ({"a/" * 1500 + "x": b"hi"}, False),
    "an apk database of noise": ({"lib/apk/db/installed": b"P:\xff\nV:\0\nF:\xff\nR:\xff\n\n"}, True),
}


def images() -> dict[str, Manifest]:
    """Return the images that no added file makes: odd configurations and odd layers."""
    plain = image([layer_of(GOOD)])
    top = layer_of({"etc/.wh.nothing": b"", "opt/.wh.x": b""})
    long = layer_of({"a/" * 1500 + "x": b"hi", **GOOD})
    unpadded = archive([member("usr/bin/x", b"abc")]).rstrip(b"\0")
    head = f'{{"architecture":"amd64","os":"linux","x":{deep(60_000)}}}'.encode()
    return {
        "a configuration nested deep": with_config(plain, head),
        "whiteouts above a deep path": image([long, top]),
        "a whiteout that is no UTF-8": image([layer_of(GOOD), layer_of({f"{NOT_UTF8}/.wh.\udcff": b""})]),
        "a last member without padding": image([layer_of(GOOD), layer_from(unpadded)]),
        "a layer without anything": image([layer_of(GOOD), layer_from(b"")]),
        "one layer again and again": image([layer_of(GOOD), *[layer_of({"f": b""})] * 120]),
    }
