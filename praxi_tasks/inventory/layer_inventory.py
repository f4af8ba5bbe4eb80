"""From a layer's files to its inventory: which contents are kept, and what is read from them."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import Final

from praxi_tasks.ecosystems import ECOSYSTEMS
from praxi_tasks.errors import DataError
from praxi_tasks.inventory.admission import Admission
from praxi_tasks.inventory.binary.inspect import Inspected, inspected_ecosystem
from praxi_tasks.inventory.claim import Claim
from praxi_tasks.inventory.layer_view import LayerFiles, LayerView
from praxi_tasks.inventory.limits import InventoryLimits
from praxi_tasks.inventory.ml_model.folders import gather_models
from praxi_tasks.inventory.model import Inventory
from praxi_tasks.inventory.os import os_release, release_files
from praxi_tasks.inventory.os.dpkg_placement import read_placement
from praxi_tasks.inventory.paths.version_texts import keep_version_file, read_version_texts
from praxi_tasks.inventory.reader import Form, ReadDatabase, Reader
from praxi_tasks.inventory.readers import LOCK_READERS, READERS
from praxi_tasks.inventory.unread import report_unread, unread_ecosystem

logger = logging.getLogger(__name__)

# The readers' declarations, joined once: `keep_file` is asked for each of a layer's million entries.
_ALL: Final = (*READERS, *LOCK_READERS)
_PATHS: Final = release_files.PATHS.union(os_release.PATHS, *(reader.paths for reader in READERS))
_FOLDERS: Final = tuple(folder for reader in READERS for folder in reader.folders)
_ENDINGS: Final = tuple(dict.fromkeys(ending for reader in _ALL for ending in reader.endings))
_TAIL: Final = 3
_TAILS: Final[Mapping[str, tuple[str, ...]]] = {  # what most paths lack is found first
    tail: tuple(ending for ending in _ENDINGS if ending.endswith(tail))
    for tail in dict.fromkeys(ending[-_TAIL:] for ending in _ENDINGS)
}
_CHECKS: Final[tuple[tuple[tuple[str, ...], Callable[[str], bool]], ...]] = tuple(
    (reader.endings, reader.accepts) for reader in _ALL if reader.endings
)

_ALL_FORMS: Final[tuple[Form, ...]] = (
    os_release.FORM,
    *(form for reader in READERS for form in reader.forms),
)
HEADS: Final[Mapping[bytes, int]] = {
    head: max(form.most for form in _ALL_FORMS if head in form.heads)
    for form in _ALL_FORMS
    for head in form.heads
}
"""How files begin that :func:`looks_like_database` may take for one, and how many bytes one has at most."""
_FORMS: Final[Mapping[bytes, tuple[Form, ...]]] = {
    first: tuple(form for form in _ALL_FORMS if any(head.startswith(first) for head in form.heads))
    for first in {head[:1] for head in HEADS}
}
SYSTEM_DATABASES: Final = tuple(
    sorted(
        path for reader in READERS if reader.of_system for path in reader.paths if reader.is_database(path)
    )
)
"""The paths of distributions' databases, each of which has one name only."""
SYSTEM_FOLDERS: Final = tuple(
    sorted(
        folder.rstrip("/")
        for reader in READERS
        if reader.of_system
        for folder in reader.folders
        if reader.is_database(f"{folder}any")
    )
)
"""The folders in which distributions have one record of any name for each package."""


def keep_file(path: str) -> bool:
    """Return whether :func:`read_inventory` needs the content of a file.

    Parameters
    ----------
    path
        Without a leading slash.
    """
    if path.endswith(_TAILS.get(path[-_TAIL:], ())):
        for endings, accepts in _CHECKS:
            if path.endswith(endings) and accepts(path):
                return True
    return path in _PATHS or path.startswith(_FOLDERS) or keep_version_file(path)


def read_inventory(
    files: LayerFiles,
    kept: Mapping[str, bytes],
    limits: InventoryLimits | None = None,
    unread: Mapping[str, str] | None = None,
    reserve: Mapping[str, bytes] | None = None,
    inspected: Mapping[str, Inspected] | None = None,
) -> Inventory:
    """Read what the package databases of one layer claim, and what its programs and archives say.

    Parameters
    ----------
    files
        The layer's files, such as its changeset.
    kept
        The contents of those files that :func:`keep_file` named.
    limits
        What the databases may claim together; by default what the environment says.
    unread
        Why others that it named are not among them, by path.
    reserve
        The contents of other files that :func:`looks_like_database` took for databases.
    inspected
        What programs and archives say, by path.

    Returns
    -------
    Inventory
        Claims in the order of the databases' paths, then those of programs and archives. A database that is
        damaged gives the claims before the damage and a line in ``problems``; the others are read all the
        same. A record that names no release, or is over a limit, costs itself. Each database that is there
        and not read has a line too. What lock files name is no claim: it is declared.
    """
    limits = limits or InventoryLimits.from_environment()
    view = LayerView(files, kept, limits)
    prepared = [(reader, _prepared(reader, view)) for reader in READERS]
    admission = Admission(view, limits)
    databases: list[str] = []
    locks: dict[str, bytes] = {}
    for path in sorted(kept):
        read = next((read for reader, read in prepared if reader.reads(path)), None)
        if read is not None:
            databases.append(path)
            _read_into(admission, partial(read, path), view, path)
        elif _is_lock(path):
            locks[path] = kept[path]
    for reader in READERS:
        _read_into(admission, partial(reader.named, view), view, "paths")
    models: list[Claim] = []
    for path, file in sorted((inspected or {}).items()):
        models.extend(claim for claim in file.claims if claim.model)
        _read_into(admission, partial(iter, [claim for claim in file.claims if not claim.model]), view, path)
        for problem in file.problems:
            view.report(path, problem)
    texts = {**(reserve or {}), **kept}
    _read_into(admission, partial(gather_models, view, models, texts), view, "models")
    databases.extend({claim.database for claim in admission.claims}.difference(databases))
    too_large = {path: why for path, why in (unread or {}).items() if not keep_version_file(path)}
    left_out = {path: too_large.pop(path) for path in filter(_is_lock, [*too_large])}
    report_unread(view, _is_database, too_large, admission.claims, frozenset(inspected or ()))
    declared, declared_problems = _read_locks(LayerView(files, locks, limits), left_out, limits)
    return Inventory(
        digest=files.digest,
        claims=tuple(admission.claims),
        databases=tuple(sorted(databases)),
        distribution=os_release.read_distribution(view) or release_files.read_release_files(view),
        problems=view.problems,
        placement=read_placement(view),
        links=tuple(view.links),
        reserve=_read_reserve(files, reserve, kept, limits) if reserve else (),
        declared=declared,
        declared_problems=declared_problems,
        version_texts=tuple(read_version_texts(kept, _claimed(admission.claims))),
    )


def recorded_ecosystems(place: str) -> tuple[str, ...]:
    """Return the ecosystems of which packages may be recorded at a place that a problem names.

    What can't be read of ``os-release`` costs what is known of any distribution's packages. Of a place that
    is not known nothing is returned: anything may be there.
    """
    if place in os_release.PATHS:
        return tuple(name for name, row in ECOSYSTEMS.items() if row.of_distribution)
    read = next((reader.ecosystem for reader in READERS if reader.keeps(place)), None)
    found = read or unread_ecosystem(place) or inspected_ecosystem(place)
    return (found,) if found else ()


def looks_like_database(content: bytes) -> bool:
    """Return whether :func:`read_inventory` can use a file of any name, to which a link may lead."""
    return any(form.fits(content) for form in _FORMS.get(content[:1], ()))


def _claimed(claims: Iterable[Claim]) -> frozenset[str]:
    return frozenset(path for claim in claims for path in (*claim.files, claim.database))


def _read_reserve(
    files: LayerFiles, reserve: Mapping[str, bytes], kept: Mapping[str, bytes], limits: InventoryLimits
) -> tuple[Claim, ...]:
    """Read what files claim that no name makes a database; what can't be read is none, and no problem.

    Of contents that a link of this layer gives a name a distribution's databases are not read twice. What has
    a name because it accompanies a database may accompany these.
    """
    linked = frozenset(map(id, kept.values()))
    beside = {path: content for path, content in kept.items() if not _is_database(path)}
    view = LayerView(files, {**beside, **reserve}, limits)
    admission = Admission(view, limits)
    for reader in READERS:
        forms = [form for form in reader.forms if form.is_database]
        if not forms:
            continue
        read = _prepared(reader, view)
        for path, content in sorted(reserve.items()):
            named = reader.of_system and id(content) in linked
            if not named and any(form.fits(content) for form in forms):
                _read_into(admission, partial(read, path), view, path)
    return tuple(admission.claims)


def _read_locks(
    view: LayerView, unread: Mapping[str, str], limits: InventoryLimits
) -> tuple[tuple[Claim, ...], tuple[str, ...]]:
    """Return what the kept lock files declare, and what could not be read of them.

    They have a budget of their own: what they name takes nothing from what databases claim.
    """
    admission = Admission(view, limits)
    prepared = [(reader, _prepared(reader, view)) for reader in LOCK_READERS] if view.kept else []
    for path in sorted(view.kept):
        read = next(read for reader, read in prepared if reader.reads(path))
        _read_into(admission, partial(read, path), view, path)
    for path, reason in unread.items():
        view.report(path, reason)
    return tuple(admission.claims), view.problems


def _is_lock(path: str) -> bool:
    return any(reader.reads(path) for reader in LOCK_READERS)


def _is_database(path: str) -> bool:
    return keep_file(path) and any(reader.reads(path) for reader in READERS)


def _prepared(reader: Reader, view: LayerView) -> ReadDatabase:
    try:
        return reader.prepare(view)
    except Exception as error:  # what one kind of database holds never costs the others
        logger.exception("%s: unexpected error", view.files.digest)
        return partial(_unprepared, type(error).__name__)


def _unprepared(reason: str, _path: str) -> Iterator[Claim]:
    raise DataError(f"databases of its kind can't be read: {reason}; report this with the task's log")


def _read_into(
    admission: Admission, claims: Callable[[], Iterator[Claim]], view: LayerView, path: str
) -> None:
    try:
        for claim in claims():
            if not admission.add(claim):
                break
    except DataError as error:
        view.report(path, str(error))
    except Exception as error:  # one database never costs the layer, whatever its bytes do to a reader
        logger.exception("%s: unexpected error", path)
        view.report(path, f"it can't be read: {type(error).__name__}; report this with the task's log")
