"""Reads OpenVEX documents (https://github.com/openvex/spec): 0.2.0, and the strings that 0.0.1 had."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, ClassVar, Final, Literal

import msgspec

from praxi_tasks.environment import Limits
from praxi_tasks.errors import PolicyError
from praxi_tasks.findings.finding import VexJustification, VexStatus
from praxi_tasks.json_decoding import decode
from praxi_tasks.printable import one_line

CONTEXT: Final = "https://openvex.dev/ns"
_ACTION: Final = "correct the document, or name it no more in the policy"
Moment = Annotated[datetime, msgspec.Meta(tz=True)]
Text = Annotated[str, msgspec.Meta(min_length=1)]


@dataclass(frozen=True, slots=True)
class VexLimits(Limits):
    """Limits on one OpenVEX document.

    A field ``max_x`` is set by the variable ``PRAXI_VEX_MAX_X``.

    Attributes
    ----------
    max_bytes
        Bytes of the document.
    max_identifiers
        Identifiers of products and subcomponents, of all its statements together.
    """

    prefix: ClassVar[str] = "PRAXI_VEX_"

    max_bytes: int = 32 << 20
    max_identifiers: int = 500_000


@dataclass(frozen=True)
class Product:
    """What a statement is about: identifiers any of which names it.

    With ``parts`` only those of its subcomponents that one of them names.
    """

    names: frozenset[str]
    parts: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Statement:
    """One statement: ``vulnerabilities`` are the names of one, in lower case.

    ``at`` is when it was known to be true, ``note`` what it adds in words.
    """

    vulnerabilities: frozenset[str]
    products: tuple[Product, ...]
    status: VexStatus
    at: datetime
    author: str
    document: str
    justification: VexJustification | None = None
    note: str = ""


class _Part(msgspec.Struct, rename={"id": "@id"}):
    id: str = ""
    identifiers: dict[str, str] = {}
    hashes: dict[str, str] = {}

    def names(self) -> Iterator[str]:
        yield from (name for name in (self.id, *self.identifiers.values()) if name)
        yield from (value.lower() for value in self.hashes.values() if value)


class _Product(_Part, rename={"id": "@id"}):
    subcomponents: list[str | _Part] = []


class _Vulnerability(msgspec.Struct, rename={"id": "@id"}):
    name: str = ""
    id: str = ""
    aliases: list[str] = []


class _Statement(msgspec.Struct):
    vulnerability: str | _Vulnerability
    status: VexStatus
    products: list[str | _Product] = []
    subcomponents: list[str | _Part] = []
    timestamp: Moment | None = None
    last_updated: Moment | None = None
    justification: VexJustification | Literal[""] | None = None
    impact_statement: str = ""
    action_statement: str = ""
    status_notes: str = ""


class _Document(msgspec.Struct, rename={"id": "@id", "context": "@context"}):
    context: str
    id: Text
    author: Text
    timestamp: Moment
    statements: list[_Statement]


def parse_openvex(data: bytes, where: str) -> tuple[Statement, ...]:
    """Return the statements of a document, in their order.

    Parameters
    ----------
    where
        What errors call the document.

    Raises
    ------
    PolicyError
        If it is no such document, larger than the limits, or a statement lacks what its status needs.
    """
    limits = VexLimits.from_environment()
    if len(data) > limits.max_bytes:
        raise _invalid(where, f"more than {limits.max_bytes:,} bytes: raise {limits.setting('max_bytes')}")
    try:
        document = decode(data, _Document)
        msgspec.json.encode(document)  # text that is no Unicode would break the reports that quote it
    except (msgspec.MsgspecError, ValueError) as error:
        raise _invalid(where, str(error)) from None
    if not document.context.startswith(CONTEXT):
        raise _invalid(where, f"its @context does not begin with {CONTEXT}")
    statements, room = [], limits.max_identifiers
    for number, given in enumerate(document.statements):
        statement = _statement(document, given)
        room -= sum(len(product.names) + len(product.parts) for product in statement.products)
        if room < 0:
            raise _invalid(where, f"too many identifiers: raise {limits.setting('max_identifiers')}")
        if fault := _fault(given, statement):
            raise _invalid(where, f"its statement {number + 1} {fault}")
        statements.append(statement)
    return tuple(statements)


def _statement(document: _Document, given: _Statement) -> Statement:
    known = given.vulnerability
    names = (known,) if isinstance(known, str) else (known.name, known.id.rpartition("/")[2], *known.aliases)
    at = max(filter(None, (given.timestamp, given.last_updated)), default=document.timestamp)
    notes = (given.impact_statement, given.action_statement, given.status_notes)
    return Statement(
        vulnerabilities=frozenset(name.lower() for name in names if name),
        products=tuple(_product(product, given.subcomponents) for product in given.products),
        status=given.status,
        at=at.astimezone(UTC),
        author=one_line(document.author),
        document=one_line(document.id),
        justification=(given.justification or None) if given.status == "not_affected" else None,
        note=one_line(next(filter(None, notes), "")),
    )


def _product(product: str | _Product, more: list[str | _Part]) -> Product:
    parts = more if isinstance(product, str) else [*product.subcomponents, *more]
    return Product(frozenset(_names(product)), frozenset(name for part in parts for name in _names(part)))


def _names(part: str | _Part) -> Iterator[str]:
    if isinstance(part, str):
        yield part
    else:
        yield from part.names()


def _fault(given: _Statement, statement: Statement) -> str:
    if not statement.vulnerabilities:
        return "names no vulnerability"
    if given.status == "not_affected" and not (given.justification or given.impact_statement):
        return "says not_affected without justification or impact_statement"
    return ""


def _invalid(where: str, problem: str) -> PolicyError:
    return PolicyError(f"the OpenVEX document is not valid: {problem}", where=where, action=_ACTION)
