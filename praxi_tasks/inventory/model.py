"""The inventory of one layer: everything its package databases claim."""

from __future__ import annotations

import msgspec

from praxi_tasks.inventory.claim import Claim, Distribution, Link, Placement, VersionText
from praxi_tasks.inventory.stored_form import (
    ClaimRow,
    Document,
    corrupt,
    join_texts,
    join_threes,
    pack_document,
    split_texts,
    split_threes,
    unpack_document,
)


class Inventory(msgspec.Struct, frozen=True, omit_defaults=True):
    """Everything one layer's databases claim.

    A layer that changes a database contains the whole new database, so claims repeat from layer to layer;
    over an image, those of the topmost layer count.

    Parameters
    ----------
    digest
        Of the layer as stored (compressed).
    claims
        In the order of their databases' paths.
    databases
        Paths of the databases that were read, sorted.
    distribution
        What the layer's ``os-release`` names; None if it has none.
    problems
        One printable line for each thing that could not be read.
    placement
        Where files went that are not where lists of packages say; None where the layer says nothing of it.
    links
        Databases that are links to what this layer does not hold, or not under a name that is known.
    reserve
        What files claim that look like databases and have no such name: only links make them ones.
    declared
        What lock files name. None of it is claimed to be there.
    declared_problems
        As ``problems``, of lock files.
    version_texts
        What version files say that are of no claimed package.
    """

    digest: str
    claims: tuple[Claim, ...] = ()
    databases: tuple[str, ...] = ()
    distribution: Distribution | None = None
    problems: tuple[str, ...] = ()
    placement: Placement | None = None
    links: tuple[Link, ...] = ()
    reserve: tuple[Claim, ...] = ()
    declared: tuple[Claim, ...] = ()
    declared_problems: tuple[str, ...] = ()
    version_texts: tuple[VersionText, ...] = ()

    def to_bytes(self) -> bytes:
        """Return the inventory as bytes that depend on nothing but its content."""
        claimed = (claim.database for claim in (*self.claims, *self.reserve, *self.declared))
        databases = sorted({*self.databases, *claimed})
        places = {path: place for place, path in enumerate(databases)}
        return pack_document(
            Document(
                self.digest,
                join_texts(databases),
                tuple(places[path] for path in self.databases),
                tuple(ClaimRow.of(claim, places[claim.database]) for claim in self.claims),
                self.distribution,
                join_texts(self.problems),
                join_threes(self.placement.diversions if self.placement else ()),
                join_texts(self.placement.rules if self.placement else ()),
                join_threes(self.links),
                tuple(ClaimRow.of(claim, places[claim.database]) for claim in self.reserve),
                tuple(ClaimRow.of(claim, places[claim.database]) for claim in self.declared),
                join_texts(self.declared_problems),
                join_threes((text.path, text.version, text.name) for text in self.version_texts),
            )
        )

    @classmethod
    def from_bytes(cls, data: bytes) -> Inventory:
        """Read what :meth:`to_bytes` wrote.

        Raises
        ------
        CorruptObjectError
            If the bytes are no inventory of this protocol, or are damaged.
        """
        try:
            document = unpack_document(data)
            databases = split_texts(document.databases)
            return cls(
                digest=document.digest,
                claims=tuple(row.claim(databases) for row in document.claims),
                databases=tuple(databases[place] for place in document.read),
                distribution=document.distribution,
                problems=split_texts(document.problems),
                placement=_placement(document),
                links=split_threes(document.links),
                reserve=tuple(row.claim(databases) for row in document.reserve),
                declared=tuple(row.claim(databases) for row in document.declared),
                declared_problems=split_texts(document.declared_problems),
                version_texts=tuple(VersionText(*three) for three in split_threes(document.version_texts)),
            )
        except (msgspec.MsgspecError, ValueError, IndexError, RecursionError) as error:
            raise corrupt(str(error)) from None


def _placement(document: Document) -> Placement | None:
    if not document.diversions and not document.rules:
        return None
    return Placement(split_threes(document.diversions), split_texts(document.rules))
