"""CSAF 2.0, the form of Red Hat's advisories and VEX: which products a vulnerability affects, and until when.

https://docs.oasis-open.org/csaf/csaf/v2.0/csaf-v2.0.html. Red Hat publishes a document per vulnerability, and
archives of all. A product is a package of a release: EUS and its like, and layered products, are others.
"""

from __future__ import annotations

import re
import tarfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import IO, Final, NamedTuple, cast

import msgspec
from packageurl import PackageURL

from praxi_tasks.ecosystems import RPM
from praxi_tasks.environment import read, whole_number
from praxi_tasks.errors import DataError
from praxi_tasks.findings.advisories.osv import Record
from praxi_tasks.findings.advisories.vendors.content import Content
from praxi_tasks.findings.advisories.vendors.notices import Fix, record_of
from praxi_tasks.findings.feeds import MEMBERS_SETTING, MOST_MEMBERS
from praxi_tasks.json_decoding import decode
from praxi_tasks.store.compressed import DAMAGED

_LARGEST_DOCUMENT: Final = 64 << 20
_AGAIN: Final = "mirror the feed again"
_RED_HATS: Final = re.compile(r"cpe:/[aoh]:redhat:(.+)")
_SOURCE: Final = "src"
_FIXED: Final = ("fixed", "first_fixed", "recommended")
_AFFECTED: Final = ("known_affected", "last_affected", "first_affected")
_IMPACT: Final = "impact"


class _Helper(msgspec.Struct):
    cpe: str = ""
    purl: str = ""


class _Product(msgspec.Struct):
    product_id: str
    product_identification_helper: _Helper | None = None


class _Branch(msgspec.Struct):
    product: _Product | None = None
    branches: list[_Branch] = []


class _Relationship(msgspec.Struct):
    full_product_name: _Product
    product_reference: str
    relates_to_product_reference: str


class _Tree(msgspec.Struct):
    branches: list[_Branch] = []
    relationships: list[_Relationship] = []


class _Threat(msgspec.Struct):
    category: str = ""
    details: str = ""


class _Cvss(msgspec.Struct, rename={"vector": "vectorString"}):
    vector: str = ""


class _Score(msgspec.Struct):
    cvss_v3: _Cvss | None = None
    cvss_v4: _Cvss | None = None


class _Vulnerability(msgspec.Struct):
    cve: str = ""
    title: str = ""
    product_status: dict[str, list[str]] = {}
    threats: list[_Threat] = []
    scores: list[_Score] = []


class _Tracking(msgspec.Struct):
    current_release_date: str = ""


class _About(msgspec.Struct):
    tracking: _Tracking


class _Document(msgspec.Struct):
    document: _About
    product_tree: _Tree = msgspec.field(default_factory=_Tree)
    vulnerabilities: list[_Vulnerability] = []


class _Package(NamedTuple):
    """A package of a product tree; without a version where the product is the package in general."""

    name: str
    version: str
    architecture: str


@dataclass
class _Products:
    """What the product identifiers of a document mean."""

    cpes: dict[str, str] = field(default_factory=dict)
    packages: dict[str, _Package] = field(default_factory=dict)
    modules: dict[str, str] = field(default_factory=dict)
    parts: dict[str, tuple[str, str]] = field(default_factory=dict)

    def fix(self, identifier: str) -> Fix | None:
        """Return the package and the product that an identifier means; None if it is no package of one."""
        package: _Package | None = None
        module = cpe = ""
        # A package in a module in a product: three parts, of which each relates to the next.
        for _ in range(4):
            part, rest = self.parts.get(identifier, (identifier, ""))
            package = package or self.packages.get(part)
            module = module or self.modules.get(part, "")
            cpe = cpe or self.cpes.get(part, "")
            if not rest:
                break
            identifier = rest
        product = _RED_HATS.fullmatch(cpe)
        if package is None or product is None:
            return None
        return Fix(package.name, package.version, module, f"Red Hat:{product[1]}")

    def is_source(self, identifier: str) -> bool:
        """Return whether an identifier means a source package, of which nothing is installed."""
        part, _ = self.parts.get(identifier, (identifier, ""))
        package = self.packages.get(part)
        return package is not None and package.architecture == _SOURCE and bool(package.version)


def read_csaf(data: bytes, where: str) -> Iterator[Record | str]:
    """Yield a record for each vulnerability of each document: of one alone, or of an archive (tar) of them.

    Raises
    ------
    DataError
        If it is neither, is cut short, or a document that is alone can't be read.
    """
    for name, document in _documents(data, where):
        try:
            records = [*_records(decode(document, _Document), name)]
        except msgspec.DecodeError as error:
            if name == where:
                raise DataError(f"it is no CSAF document: {error}", where=where, action=_AGAIN) from error
            records = [f"{name} is no CSAF document: {error}"]
        yield from records


def _documents(data: bytes, where: str) -> Iterator[tuple[str, bytes]]:
    if is_tar(Content(data, where).read(tarfile.BLOCKSIZE)):
        yield from _members(data, where)
    else:
        yield where, Content(data, where).whole()


def is_tar(block: bytes) -> bool:
    """Return whether a file that begins so is an archive."""
    return block[257:262] == b"ustar"


def _members(data: bytes, where: str) -> Iterator[tuple[str, bytes]]:
    count, most = 0, read(MEMBERS_SETTING, whole_number, MOST_MEMBERS)
    try:
        with tarfile.open(fileobj=cast("IO[bytes]", Content(data, where)), mode="r|") as archive:
            for member in archive:
                archive.members.clear()  # type: ignore[attr-defined]  # what tarfile remembers of each takes more room than the document
                count += 1
                if count > most:
                    raise DataError(
                        f"an archive of more than {most:,} members",
                        where=where,
                        action=f"raise {MEMBERS_SETTING}",
                    )
                if member.isfile() and member.name.endswith(".json") and member.size <= _LARGEST_DOCUMENT:
                    file = archive.extractfile(member)
                    yield f"{where}, member {member.name[:200]!r}", file.read() if file else b""
    except (*DAMAGED, tarfile.TarError, ValueError) as error:
        raise DataError(f"the archive is broken: {error}", where=where, action=_AGAIN) from error


def _records(document: _Document, where: str) -> Iterator[Record | str]:
    products = _products(document.product_tree)
    for vulnerability in document.vulnerabilities:
        fixes = tuple(_fixes(vulnerability.product_status, products))
        if fixes:
            record = record_of(
                vulnerability.cve,
                fixes,
                severity=next((one.details for one in vulnerability.threats if one.category == _IMPACT), ""),
                vector=_vector(vulnerability.scores),
                summary=vulnerability.title,
                modified=document.document.tracking.current_release_date,
            )
            yield f"{where}: {record}" if isinstance(record, str) else record


def _fixes(status: Mapping[str, list[str]], products: _Products) -> Iterator[Fix]:
    """Yield the packages that were fixed, and those that are affected and never were."""
    fixed = {
        fix
        for state in _FIXED
        for identifier in status.get(state, ())
        if not products.is_source(identifier) and (fix := products.fix(identifier)) and fix.version
    }
    yield from sorted(fixed)
    known = {(fix.package, fix.product.split("::")[0]) for fix in fixed}
    affected = {
        fix._replace(version="")
        for state in _AFFECTED
        for identifier in status.get(state, ())
        if (fix := products.fix(identifier))
    }
    yield from sorted(fix for fix in affected if (fix.package, fix.product.split("::")[0]) not in known)


def _vector(scores: list[_Score]) -> str:
    vectors = (cvss.vector for score in scores for cvss in (score.cvss_v3, score.cvss_v4) if cvss)
    return next(filter(None, vectors), "")


def _products(tree: _Tree) -> _Products:
    found = _Products()
    for product in _branches(tree.branches):
        _learn(product, found)
    for relationship in tree.relationships:
        identifier = relationship.full_product_name.product_id
        found.parts[identifier] = (relationship.product_reference, relationship.relates_to_product_reference)
    return found


def _branches(branches: list[_Branch]) -> Iterator[_Product]:
    waiting = [*branches]
    while waiting:
        branch = waiting.pop()
        waiting += branch.branches
        if branch.product is not None:
            yield branch.product


def _learn(product: _Product, found: _Products) -> None:
    helper = product.product_identification_helper
    if helper is None:
        return
    if helper.cpe:
        found.cpes[product.product_id] = helper.cpe
    try:
        purl = PackageURL.from_string(helper.purl) if helper.purl else None
    except ValueError:
        return
    if purl is None:
        return
    if purl.type == "rpmmod":
        found.modules[product.product_id] = f"{purl.name}:{(purl.version or '').partition(':')[0]}"
    elif purl.type == RPM.purl_type:
        qualifiers = purl.qualifiers
        epoch, version = qualifiers.get("epoch", "0"), purl.version or ""
        found.packages[product.product_id] = _Package(
            purl.name,
            f"{epoch}:{version}" if epoch != "0" and version else version,
            qualifiers.get("arch", ""),
        )
        if module := qualifiers.get("rpmmod"):
            found.modules[product.product_id] = ":".join(module.split("/")[-1].split(":")[:2])
