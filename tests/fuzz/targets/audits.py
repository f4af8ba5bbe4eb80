"""Whole images: what hostile layers hold, assessed and reported; and what Airflow's side reads."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec

from praxi_airflow.image_id import parse_image_id, pinned_reference
from praxi_airflow.web.payload import read_notification
from praxi_tasks.findings.assessment import Assessor
from praxi_tasks.findings.image import LayerFacts, find_unexplained_files, fuse
from praxi_tasks.inventory import keep_file, read_inventory
from tests.findings.osv import archive, record
from tests.fuzz.target import same, target
from tests.inventory.layers import changeset

_DAY = date(2026, 11, 24)
_LAYERS, _FILES, _CONTENT = b"\x1d", b"\x1e", b"\x1f"
_MOST_FILES = 200


class _Feeds:
    """A small feeds folder in memory."""

    uri = "memory://feeds"

    def __init__(self, **contents: bytes) -> None:
        self._contents = {
            "osv/PyPI/all.zip": archive(record("PYSEC-1", "flask", {"introduced": "0"}, {"fixed": "2.0"})),
            "osv/npm/all.zip": archive(
                record("GHSA-1", "x", {"introduced": "0"}, ecosystem="npm", kind="SEMVER")
            ),
            "osv/Debian/all.zip": archive(record("DSA-1", "s", {"introduced": "0"}, ecosystem="Debian:12")),
            "releases/pypi.json": b'{"flask":{"2.0":"2025-01-01"}}',
            **contents,
        }

    def names(self) -> list[str]:
        return sorted(self._contents)

    def read(self, name: str) -> bytes | None:
        return self._contents.get(name)


_ASSESSOR = Assessor.load(_Feeds(), _DAY)


def _written(*layers: dict[str, bytes]) -> bytes:
    return _LAYERS.join(
        _FILES.join(path.encode() + _CONTENT + content for path, content in files.items()) for files in layers
    )


@target(
    covers=(
        "praxi_tasks.findings.assessment.assessor.Assessor",
        "praxi_tasks.inventory.layer_inventory.read_inventory",
    ),
    seeds=[
        _written(
            {
                "etc/os-release": b"ID=debian\nVERSION_ID=12\n",
                "var/lib/dpkg/status": b"Package: p\nVersion: 1:1-1\nSource: s (2)\n",
                "var/lib/dpkg/info/p.list": b"/usr/bin/p\n",
                "usr/bin/p": b"",
            },
            {
                "l/site-packages/flask-1.0.dist-info/METADATA": b"Name: flask\nVersion: 1.0\n",
                "l/site-packages/flask-1.0.dist-info/RECORD": b"flask/a.py,,\n",
                "l/site-packages/flask/a.py": b"",
                "a/node_modules/x/package.json": b'{"name":"x","version":"1.0.0"}',
            },
            {"var/lib/dpkg/.wh.status": b"", "lib/apk/db/installed": b"P:a\nV:1-r0\no:b\n"},
        )
    ],
    longest=8192,
)
def assessor(data: bytes) -> None:
    """Assess an image of layers of files, and write what is found as JSON."""
    layers = [_facts(number, layer) for number, layer in enumerate(data.split(_LAYERS)[:8])]
    image = _ASSESSOR.complete(fuse(layers))
    findings, coverage = _ASSESSOR.examine(image)
    same([one for one in coverage if "can't be made" in one.reason], [], "detectors that fail")
    documents: list[Any] = [*findings, *coverage, *image.components]
    for document in documents:
        msgspec.json.encode(document)
    for finding in findings:
        same((finding.title + finding.purl + finding.package).isprintable(), True, f"printable: {finding}")
    find_unexplained_files(image)


def _facts(number: int, data: bytes) -> LayerFacts:
    files: dict[str, bytes] = {}
    gone: list[str] = []
    for entry in data.split(_FILES)[:_MOST_FILES]:
        name, _, content = entry.partition(_CONTENT)
        path = name.replace(b"\0", b"").decode("utf-8", "surrogateescape").strip("/")
        folder, _, last = path.rpartition("/")
        if last.startswith(".wh."):
            gone.append(f"{folder}/{last[4:]}".lstrip("/"))
        elif path:
            files[path] = content
    changes = changeset(dict.fromkeys(files, "f"))
    changes = type(changes)(
        f"sha256:{number:064x}", changes.paths, changes.types, changes.sizes, changes.modes, changes.mtimes,
        changes.hashes, {}, tuple(gone),
    )  # fmt: skip
    kept = {path: content for path, content in files.items() if keep_file(path)}
    inventory = read_inventory(changes, kept)
    unexpected = [line for line in inventory.problems if "report this with the task's log" in line]
    same(unexpected, [], "errors that no reader expects")
    return LayerFacts(changes, inventory)


@target(
    covers=("praxi_airflow.web.payload.read_notification",),
    errors=(ValueError,),
    seeds=[
        (
            b'{"version":"4","alerts":[{"status":"firing","labels":{"alertname":"PraxiModelDrift"},'
            b'"fingerprint":"0a1b","startsAt":"2026-11-24T00:00:00Z"}]}'
        )
    ],
)
def webhook(data: bytes) -> None:
    """Read what Alertmanager posts; the run that it stands for has a plain name."""
    try:
        episode = read_notification(data).episode
    except ValueError as error:
        same(str(error).isprintable(), True, "a printable message")
        raise
    if episode is not None:
        same(episode.run_id.isprintable() and len(episode.run_id) < 200, True, "a plain name")


@target(
    covers=("praxi_airflow.image_id.parse_image_id", "praxi_airflow.image_id.pinned_reference"),
    seeds=[b"docker-pullable://nginx@sha256:" + b"0" * 64, b"0" * 64, b"docker://sha256:" + b"a" * 64],
    longest=300,
)
def image_id(data: bytes) -> None:
    """Read a container's image ID: nothing is an error."""
    text = data.decode("utf-8", "surrogateescape")
    same(
        bool(pinned_reference(text)) <= bool(parse_image_id(text).kind),
        True,
        "a reference of what has a kind",
    )
