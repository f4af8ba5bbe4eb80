"""What an assessed audit leaves in the store for people and programs."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import PurePath

import msgspec

from praxi_tasks.audit.failure import Failure, attempt
from praxi_tasks.audit.salvaging import salvage
from praxi_tasks.errors import CorruptObjectError, KeyNotFoundError
from praxi_tasks.findings import Route
from praxi_tasks.findings.assessment import AssessedAudit, AssessedImage, ended_releases
from praxi_tasks.findings.packages import Declaration
from praxi_tasks.printable import printable_json
from praxi_tasks.store import Store, documents, keys


def publish(
    store: Store, run_id: str, audit: AssessedAudit, routes: tuple[Route, ...], before: str | None
) -> list[str]:
    """Store what is published of a run and return the names of what could not be made.

    Parameters
    ----------
    before
        The run of the audit before.
    """
    missing = []
    for name, data in published(audit, routes, software_of(store, before)):
        if isinstance(data, Failure):
            missing.append(name)
        else:
            store.replace(keys.run(run_id, name), data)
    return missing


def published(
    audit: AssessedAudit, routes: tuple[Route, ...] = (), before: bytes | None = None
) -> Iterator[tuple[str, bytes | Failure]]:
    """Yield the name, relative to the run, and the bytes of each document, or why it could not be made.

    One document never keeps the others from being made, and one image no document: where it can't be in one,
    it is listed there as failed. ``findings.json``, which later steps need, is the first, ``overview.json``
    the last.

    Parameters
    ----------
    routes
        The policy's, which say whose a namespace is.
    before
        The table of software of the audit before, if there is one.
    """
    from praxi_tasks.findings.report import OVERVIEW, TableFile, overview_of

    yield "findings.json", _findings(audit)
    tables = {}
    makers = (("report.html", _page), ("findings.sarif", _sarif), ("tables", partial(_tables, before=before)))
    for name, make in makers:
        made, _ = salvage(audit, name, make)
        if isinstance(made, Failure):
            yield name, made
            continue
        for part, data in made:
            if name == "tables":
                tables[PurePath(part).stem] = TableFile.of(data)
            yield part, data
    for name, document in sboms(audit):
        yield f"sboms/{name}", document
    yield OVERVIEW, printable_json(msgspec.json.encode(overview_of(audit, routes, tables)))


def _page(audit: AssessedAudit) -> list[tuple[str, bytes]]:
    from praxi_tasks.findings.report import report_page

    return [("report.html", report_page(audit).encode())]


def _sarif(audit: AssessedAudit) -> list[tuple[str, bytes]]:
    from praxi_tasks.findings.report import sarif_parts

    parts = sarif_parts(audit)
    return [(part_name("findings.sarif", number), part) for number, part in enumerate(parts, start=1)]


def software_of(store: Store, run: str | None) -> bytes | None:
    """Return a run's table of software; None if there is no such run, or the table is not what it wrote.

    Arrow may end the process over a damaged file, so the hash is compared before anything reads it.
    """
    from praxi_tasks.findings.report import OVERVIEW, Overview, TableFile

    if run is None:
        return None
    try:
        file = documents.read(store, keys.run(run, OVERVIEW), Overview).tables.get("software")
        table = store.get(keys.run(run, "tables/software.parquet"))
    except (KeyNotFoundError, CorruptObjectError):
        return None
    return table if TableFile.of(table) == file else None


def part_name(name: str, number: int) -> str:
    """Return what a document's part is called: ``x.sarif`` is the first, ``x-2.sarif`` the second."""
    path = PurePath(name)
    return name if number == 1 else str(path.with_stem(f"{path.stem}-{number}"))


def _tables(audit: AssessedAudit, before: bytes | None) -> list[tuple[str, bytes]]:
    from praxi_tasks.findings.report import known_software, parquet_tables

    known = known_software(before) if before else {}
    return [(f"tables/{name}.parquet", table) for name, table in parquet_tables(audit, known)]


def sboms(audit: AssessedAudit) -> Iterator[tuple[str, bytes | Failure]]:
    """Yield a file name and the bytes of each audited image's SBOMs and VEX document, or what went wrong.

    Each digest stands once, or where there are several clusters once for each of them.
    """
    from praxi_tasks.findings.report import to_cyclonedx, to_openvex, to_spdx

    audited = ((number, image) for number, image in enumerate(audit.images) if not image.failed)
    images = {_file_name(audit, image, number): image for number, image in audited}
    for name, image in images.items():
        yield f"{name}.cdx.json", attempt(partial(to_cyclonedx, audit, image), image.image)
        yield f"{name}.spdx.json", attempt(partial(to_spdx, audit, image), image.image)
        statements = attempt(partial(to_openvex, audit, image), image.image)
        if statements is not None:
            yield f"{name}.openvex.json", statements


def _findings(audit: AssessedAudit) -> bytes:
    """Return the audit's document, with what is worked out from it: its coverage, releases that ended."""
    document = msgspec.structs.asdict(without_components(audit))
    ends = [
        {**msgspec.to_builtins(end.finding), "images": [image.key for image in end.images]}
        for end in ended_releases(audit.images)
    ]
    more = {"coverage": audit.coverage, "ended_releases": ends}
    return printable_json(msgspec.json.encode({**document, **more}))


def without_components(audit: AssessedAudit) -> AssessedAudit:
    """Return the audit without its components and those declared, which the tables and SBOMs hold."""
    images = tuple(
        msgspec.structs.replace(image, components=(), declared=tuple(map(_counted, image.declared)))
        for image in audit.images
    )
    return msgspec.structs.replace(audit, images=images)


def _counted(declaration: Declaration) -> Declaration:
    return msgspec.structs.replace(declaration, packages=())


def _file_name(audit: AssessedAudit, image: AssessedImage, number: int) -> str:
    if not image.digest:
        return f"image-{number}"
    return sbom_stem(image.digest, image.cluster if len(audit.clusters) > 1 else "")


def sbom_stem(digest: str, cluster: str = "") -> str:
    """Return what the names of an image's SBOMs begin with.

    Parameters
    ----------
    cluster
        The image's, where the audit is about several; else empty.
    """
    name = digest.replace(":", "-")
    return f"{keys.part(cluster)}_{name}" if cluster else name
