"""Lists what lies in a bucket, as far as its server can be believed to have listed it whole.

Servers end a listing early without a token to go on with, or hand out the same token again and again. Keys
come in the order of their bytes, so what follows a key can be asked for without a token.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final

from praxi_tasks.errors import StoreError
from praxi_tasks.store.base import Entry

if TYPE_CHECKING:
    from obstore import ObjectMeta
    from obstore.store import S3Store as Bucket

PAGE: Final = 1_000
"""How many objects S3 lists in one answer."""
_ROUND: Final = 100
"""Every limit of an answer is a multiple of it, so that any other number of objects was not cut."""


def list_page(bucket: Bucket, prefix: str, last: str | None, where: str) -> tuple[Entry, ...]:
    """Return what one answer has of the keys below ``prefix`` that follow ``last``.

    Parameters
    ----------
    where
        The URI of the folder, for the error.

    Raises
    ------
    StoreError
        If the server lists none but what it listed before.
    """
    page = next(iter(bucket.list(prefix or None, offset=last, chunk_size=PAGE)), [])
    entries = tuple(Entry(one["path"], one["size"], one["last_modified"].timestamp()) for one in page)
    fresh = tuple(entry for entry in entries if last is None or entry.key > last)
    # A marker of a folder is listed without the slash at its end, by which it follows its own name.
    if not fresh and len(entries) == PAGE:
        raise _no_progress(where)
    return fresh


def list_keys(bucket: Bucket, prefix: str, where: str) -> list[str]:
    """Return the keys below ``prefix``, each once; parameters are those of :func:`list_page`.

    Raises
    ------
    StoreError
        If the server lists the same again and again.
    """
    found: dict[str, None] = {}
    after: str | None = None
    while _collect(found, bucket.list(prefix or None, offset=after, chunk_size=PAGE), where):
        if len(found) % _ROUND:
            break
        after = max(found)
    return [key for key in found if is_below(key, prefix)]


def is_below(key: str, prefix: str) -> bool:
    """Return whether a key is below a folder, and no marker that a console keeps for the folder itself."""
    return key not in {"", prefix.rstrip("/")}


def _collect(found: dict[str, None], pages: Iterable[Sequence[ObjectMeta]], where: str) -> bool:
    """Add the keys of a listing, and return whether any of them is new."""
    before = len(found)
    for page in pages:
        known = len(found)
        found.update((entry["path"], None) for entry in page)
        if len(found) == known and len(page) == PAGE:
            raise _no_progress(where)
    return len(found) > before


def _no_progress(where: str) -> StoreError:
    return StoreError(
        "the store lists the same objects again and again",
        where=where,
        action="use a store that does all that docs/kubernetes.md lists; praxi doctor tries it",
    )
