"""What a wheel's builder says is inside it: the SBOMs in its ``dist-info/sboms`` (PEP 770).

auditwheel lists the libraries that it copied into the wheel, maturin the crates of its programs, others what
they linked by hand. Only CycloneDX is read: no builder was seen to write another format.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from typing import Any, Final
from urllib.parse import unquote

import msgspec

from praxi_tasks.ecosystems import CARGO, GENERIC, GOLANG, MAVEN, NPM, NUGET, PYPI, Ecosystem
from praxi_tasks.errors import DataError
from praxi_tasks.inventory.claim import VENDORED, Claim
from praxi_tasks.inventory.decoding import document
from praxi_tasks.inventory.layer_view import LayerView
from praxi_tasks.inventory.licences import stated
from praxi_tasks.inventory.reader import Reader

_PLACE: Final = re.compile(r"(?:.*/)?([^/-]+)-[^/]+\.dist-info/sboms/[^/]+")
_ENDINGS: Final = (".cdx.json", ".cyclonedx.json", "/sbom.json", "/bom.json")
# A part of a package has a subpath, and is no package.
_PURL: Final = re.compile(r"pkg:([a-z0-9.+-]{1,40})/([^@?#]{1,400})@([^?#]{1,400})(?:\?([^#]*))?")
_FOLDER: Final = "download_url=file:"  # a member of the builder's own workspace is no release
_LANGUAGES: Final = {row.purl_type: row for row in (CARGO, GOLANG, MAVEN, NPM, NUGET, PYPI)}
_LEFT_OUT: Final = frozenset({"excluded", "optional"})
_GROUPED: Final = frozenset({MAVEN.purl_type})
_COPIED: Final = (NPM, PYPI)  # what is in programs is claimed as those who read programs do
_TAGGED: Final = frozenset({"github", "gitlab", "bitbucket"})  # their versions are tags


class _Component(msgspec.Struct):
    purl: str | None = None
    scope: str | None = None
    licenses: list[dict[str, Any]] = []


class _Document(msgspec.Struct):
    format: str = msgspec.field(default="", name="bomFormat")
    components: list[_Component] = []


def read_sbom(view: LayerView, path: str) -> Iterator[Claim]:
    """Yield what an SBOM says is inside the wheel whose ``dist-info`` it lies in; the wheel itself is not.

    A library that a distribution built and auditwheel copied is no package of the image's distribution, so it
    is named as any other library (``generic``), with the version of the package that it came from.

    Raises
    ------
    DataError
        If it is no CycloneDX document.
    """
    sbom = document(view.kept[path], _Document, "no SBOM in CycloneDX's JSON")
    if sbom.format != "CycloneDX":
        raise DataError("no SBOM in CycloneDX's JSON")
    place = _PLACE.fullmatch(path)
    wheel = PYPI.normalise(place[1]) if place else ""
    for component in sbom.components:
        found = None if component.scope in _LEFT_OUT else _release(component.purl or "")
        if found is None or found[:2] == (PYPI, wheel):
            continue
        row, name, version = found
        licences = stated(_licences(component))
        relation = VENDORED if row in _COPIED else ""
        yield Claim(row.purl_type, name, version, path, relation=relation, licences=licences)


def _release(purl: str) -> tuple[Ecosystem, str, str] | None:
    """Return the ecosystem, the name and the version of a package URL."""
    found = _PURL.fullmatch(purl)
    if found is None or _FOLDER in (found[4] or ""):
        return None
    kind, path, version = found[1], unquote(found[2]), unquote(found[3])
    row = _LANGUAGES.get(kind)
    if row is None:
        return GENERIC, path.rpartition("/")[2], version.removeprefix("v") if kind in _TAGGED else version
    return row, row.normalise(path.replace("/", ":") if kind in _GROUPED else path), version


def _licences(component: _Component) -> Iterator[str]:
    for stating in component.licenses:
        licence = stating.get("license")
        named = licence if isinstance(licence, dict) else {}
        for text in (stating.get("expression"), named.get("id"), named.get("name")):
            if isinstance(text, str):
                yield text
                break


READER: Final = Reader(
    ecosystem=PYPI.purl_type,
    prepare=lambda view: partial(read_sbom, view),
    endings=_ENDINGS,
    accepts=lambda path: _PLACE.fullmatch(path) is not None,
)
