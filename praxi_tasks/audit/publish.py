"""What an assessed audit leaves in the store for people and programs."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from praxi_tasks.findings.assessment import AssessedAudit, AssessedImage


def published(audit: AssessedAudit) -> Iterator[tuple[str, bytes]]:
    """Yield the name, relative to the run, and the bytes of each document."""
    from praxi_tasks.findings.report import parquet_tables, report_page, to_sarif

    yield "findings.json", _findings(audit)
    yield "report.html", report_page(audit).encode()
    yield "findings.sarif", to_sarif(audit)
    for name, table in parquet_tables(audit):
        yield f"tables/{name}.parquet", table
    for name, document in sboms(audit):
        yield f"sboms/{name}", document


def sboms(audit: AssessedAudit) -> Iterator[tuple[str, bytes]]:
    """Yield a file name and the bytes of each audited image's SBOMs, each digest once."""
    from praxi_tasks.findings.report import to_cyclonedx, to_spdx

    images = {
        _file_name(image, number): image for number, image in enumerate(audit.images) if not image.failed
    }
    for name, image in images.items():
        yield f"{name}.cdx.json", to_cyclonedx(audit, image)
        yield f"{name}.spdx.json", to_spdx(audit, image)


def _findings(audit: AssessedAudit) -> bytes:
    """Return the audit's document, with the coverage that is worked out from its scope."""
    document = msgspec.structs.asdict(without_components(audit))
    return msgspec.json.encode({**document, "coverage": audit.coverage})


def without_components(audit: AssessedAudit) -> AssessedAudit:
    """Return the audit without its components, which the tables and SBOMs hold."""
    images = tuple(msgspec.structs.replace(image, components=()) for image in audit.images)
    return msgspec.structs.replace(audit, images=images)


def _file_name(image: AssessedImage, number: int) -> str:
    return image.digest.replace(":", "-") if image.digest else f"image-{number}"
