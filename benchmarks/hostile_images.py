"""Whole images that somebody made to harm an audit, each through plan, fingerprint, predict and report."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from benchmarks.hostile_layers import LAYERS, STATUS, layer_of
from tests.support.hostile_documents import advisories
from tests.support.images import Layer, Manifest, image, write_layout

FEEDS: Final = 8_000


def _layer(files: Mapping[str, bytes]) -> Layer:
    return Layer(layer_of(iter(files.items())), b"", "zstd")


def _kind(name: str) -> Callable[[int], Manifest]:
    return lambda size: image([Layer(LAYERS[name](size), b"", "zstd")])


def _status(records: list[bytes]) -> dict[str, bytes]:
    os_release = b'ID=debian\nVERSION_ID="12"\n'
    return {"etc/os-release": os_release, STATUS: b"\n\n".join(records) + b"\n\n"}


def many_layers(size: int) -> Manifest:
    """Return as many layers as may be, above one with packages."""
    base = _status([b"Package: p%d\nVersion: 1" % number for number in range(20_000)])
    return image([_layer(base), *[_layer({"f": b""})] * (size // 160 - 1)])


def repeated_database(size: int) -> Manifest:
    """Return layers that each carry the whole database."""
    records = [b"Package: p%d\nVersion: 1" % number for number in range(1000)]
    return image([_layer(_status([*records, b"Package: q\nVersion: %d" % n])) for n in range(size // 500)])


def vulnerable_versions(size: int) -> Manifest:
    """Return versions of a package with thousands of advisories."""
    return image([_layer(_status([b"Package: openssl\nVersion: 0.%d" % n for n in range(size // 4)]))])


def scopes(size: int) -> Manifest:
    files = {f"s{n}/node_modules/x/package.json": b'{"name":"@x","version":"1"}' for n in range(size // 20)}
    return image([_layer(files)])


def unexplained(size: int) -> Manifest:
    return image([_layer({f"opt/d{n}/bin/tool{n}": b"%d" % n for n in range(size // 2)})])


def buried(size: int) -> Manifest:
    """Return layers that each hide what the one below has."""
    pairs = range(size // 1000)
    files = [_layer({f"opt/{n}/{at}": b"x" for at in range(100)}) for n in pairs]
    gone = [_layer({f"opt/.wh.{n}": b""}) for n in pairs]
    return image([layer for pair in zip(files, gone, strict=True) for layer in pair])


def deep_below(size: int) -> Manifest:
    """Return paths of 1,500 folders, none of which two have in common, and a layer that removes something."""
    files = {f"{number}/{'a/' * 1500}x": b"" for number in range(size // 50)}
    return image([_layer(files), _layer({"opt/.wh.x": b""})])


def many_databases(size: int) -> Manifest:
    """Return layers whose databases each name other packages."""
    packages = [
        b"\n\n".join(b"Package: p%d-%d\nVersion: 1" % (layer, n) for n in range(2000))
        for layer in range(size // 1000)
    ]
    return image([_layer(_status([one])) for one in packages])


def added_packages(size: int) -> Manifest:
    """Return layers that each add a package to thousands below."""
    base = [b"Package: p%d\nVersion: 1" % number for number in range(20_000)]
    added = (
        {f"var/lib/dpkg/status.d/q{number}": b"Package: q%d\nVersion: 1\n" % number}
        for number in range(size // 200)
    )
    return image([_layer(_status(base)), *map(_layer, added)])


def replaced_packages(size: int) -> Manifest:
    """Return databases that take turns, so that packages are dropped and come again."""
    turns = [[b"Package: p%d-%d\nVersion: 1" % (turn, n) for n in range(size // 10)] for turn in range(2)]
    return image([_layer(_status(turns[number % 2])) for number in range(4)])


def many_lists(size: int) -> Manifest:
    """Return layers whose packages each own a hundred thousand files."""
    lists = (b"".join(b"/a%d/%d\n" % (layer, n) for n in range(100_000)) for layer in range(size // 4000))
    return image(
        [
            _layer({**_status([b"Package: p%d\nVersion: 1" % n]), f"var/lib/dpkg/info/p{n}.list": one})
            for n, one in enumerate(lists)
        ]
    )


def many_entries(size: int) -> Manifest:
    count = size // 4
    return image([_layer({f"d{n}/{at % 100}/{at}": b"" for at in range(count)}) for n in range(25)])


IMAGES: Final[Mapping[str, Callable[[int], Manifest]]] = {
    **{
        f"image_{name}": _kind(name)
        for name in (
            "packages",
            "same_list",
            "versions_of_one",
            "names",
            "directions",
            "parts",
            "one_record",
            "manifests",
            "mixed",
            "npm_store",
        )
    },
    **{
        kind.__name__: kind
        for kind in (
            many_layers,
            repeated_database,
            vulnerable_versions,
            scopes,
            unexplained,
            buried,
            deep_below,
            many_databases,
            added_packages,
            replaced_packages,
            many_lists,
            many_entries,
        )
    },
}


def write_image(folder: Path, name: str, size: int) -> int:
    """Write an image and a feed beside it; return the bytes of its layers."""
    made = IMAGES[name](size)
    write_layout(folder / "image", {"x": made})
    feed = folder / "feeds" / "osv" / "Debian:12" / "all.zip"
    feed.parent.mkdir(parents=True)
    feed.write_bytes(advisories(FEEDS))
    return sum(len(layer.data) for layer in made.layers)


def read_image(folder: Path, model: str) -> str:
    """Audit an image beside a good one as the steps of a Dag do, and return how it ended."""
    from praxi_tasks.audit import AuditRun, make_assessor, named_images
    from praxi_tasks.discovery import Model
    from praxi_tasks.findings.assessment import AssessedAudit
    from praxi_tasks.oci.image import Platform
    from praxi_tasks.store import documents, open_store

    store = open_store(f"file://{folder}/store")
    run = AuditRun(store, "r")
    documents.write(store, run.key("images.json"), named_images([f"oci:{folder}/image:x"]))
    for batch in range(run.plan(Platform()).batches):
        run.fingerprint(batch)
    run.predict(Model.load(model))
    (ended,) = run.report(make_assessor(str(folder / "feeds"), None, run.day(), store)).images
    (found,) = documents.read(store, run.key("findings.json"), AssessedAudit).images
    return f"{ended.state}, {len(found.findings):,} findings, {ended.reason_code or 'no failure'}"
