"""Which claimed releases a model could recognise by files of their own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from praxi_tasks.ecosystems import ecosystem_of
from praxi_tasks.inventory import EDITABLE, Claim


def recognisable(claims: Sequence[Claim]) -> Iterator[Claim]:
    """Yield the claims of one layer whose releases have files of their own there.

    A crate in a program, a module in another, and one of several packages in an archive have none: a model
    that learned such a release from the layer would call the whole file by its name. So has a copy within
    another package, which brings and removes it.
    """
    holders = Counter(claim.database for claim in claims if _is_its_own_record(claim))
    for claim in claims:
        kind = ecosystem_of(claim.ecosystem)
        is_installed = kind.has_releases and claim.relation in ("", EDITABLE)
        is_part = _is_its_own_record(claim) and (kind.compiled_in or holders[claim.database] > 1)
        if is_installed and not is_part:
            yield claim


def _is_its_own_record(claim: Claim) -> bool:
    return claim.files == (claim.database,)
