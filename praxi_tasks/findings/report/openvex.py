"""What is known of an image's vulnerabilities, as an OpenVEX document: https://github.com/openvex/spec."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any, Final
from urllib.parse import quote

import msgspec

from praxi_tasks import __version__
from praxi_tasks.errors import InvalidReferenceError
from praxi_tasks.findings.assessment import AssessedAudit, AssessedImage
from praxi_tasks.findings.finding import Finding, Ignored, Justification, VexJustification, VexStatus
from praxi_tasks.findings.packages import described_purl
from praxi_tasks.findings.vex import CONTEXT
from praxi_tasks.oci.image import Reference
from praxi_tasks.printable import printable_json

_NAMESPACE: Final = uuid.UUID("6f6c5f0e-3f5d-5d5c-9a61-5d6a2f1f2b77")
_SHA256: Final = "sha256:"
_STATUSES: Final[dict[str, VexStatus]] = {
    "exploitable": "affected",
    "false_positive": "not_affected",
    "in_triage": "under_investigation",
    "not_affected": "not_affected",
    "resolved": "fixed",
}
# What OpenVEX calls the reasons of CycloneDX.
_JUSTIFICATIONS: Final[dict[Justification, VexJustification]] = {
    "code_not_present": "vulnerable_code_not_present",
    "code_not_reachable": "vulnerable_code_not_in_execute_path",
    "requires_configuration": "vulnerable_code_cannot_be_controlled_by_adversary",
    "requires_dependency": "vulnerable_code_cannot_be_controlled_by_adversary",
    "requires_environment": "vulnerable_code_cannot_be_controlled_by_adversary",
    "protected_by_compiler": "inline_mitigations_already_exist",
    "protected_at_runtime": "inline_mitigations_already_exist",
    "protected_at_perimeter": "inline_mitigations_already_exist",
    "protected_by_mitigating_control": "inline_mitigations_already_exist",
}


def to_openvex(audit: AssessedAudit, image: AssessedImage) -> bytes | None:
    """Return the statements about an image's vulnerabilities; None where there is none to make.

    What the policy or another document decided is said so; of what nobody judged yet it is said that it is
    under investigation.
    """
    refs = {component.purl: described_purl(component) for component in image.components if component.present}
    found = [finding for finding in image.findings if finding.kind == "vulnerable"]
    product = _product(image)
    statements = [_statement(finding, product, refs.get(finding.purl, finding.purl)) for finding in found]
    if not statements:
        return None
    document = {
        "@context": f"{CONTEXT}/v0.2.0",
        "@id": f"urn:uuid:{uuid.uuid5(_NAMESPACE, f'{audit.run} {image.key} {image.digest}')}",
        "author": "Praxi",
        "role": "Document Creator",
        "timestamp": audit.at,
        "version": 1,
        "tooling": f"praxi-{__version__}",
        "statements": _each_once(statements),
    }
    return printable_json(msgspec.json.encode(document))


def _product(image: AssessedImage) -> dict[str, Any]:
    """Return how the image is named: as the package URL of an image, and by its digest."""
    name = _image_purl(image)
    algorithm, _, value = image.digest.partition(":")
    hashes = {"hashes": {"sha-256": value}} if f"{algorithm}:" == _SHA256 else {}
    return {"@id": name, "identifiers": {"purl": name}, **hashes}


def _image_purl(image: AssessedImage) -> str:
    try:
        reference = Reference.parse(image.image)
    except InvalidReferenceError:
        name, qualifiers = image.image.rpartition("/")[2] or "image", ""
    else:
        name = reference.repository.rpartition("/")[2]
        qualifiers = f"?repository_url={quote(reference.name, safe='/')}"
        qualifiers += f"&tag={reference.tag}" if reference.tag else ""
    version = f"@{quote(image.digest, safe='')}" if image.digest else ""
    return f"pkg:oci/{quote(name.lower(), safe='')}{version}{qualifiers}"


def _statement(finding: Finding, product: dict[str, Any], part: str) -> dict[str, Any]:
    about = {**product, "subcomponents": [{"@id": part, "identifiers": {"purl": part}}]} if part else product
    names = {"name": finding.id} | ({"aliases": sorted(set(finding.aliases))} if finding.aliases else {})
    return {"vulnerability": names, "products": [about], **_analysis(finding)}


def _analysis(finding: Finding) -> dict[str, str]:
    if finding.ignored:
        return _decided(finding.ignored)
    said = finding.vex
    if said and said.status == "affected":
        return _with_text("affected", said.note or finding.action)
    return _with_text("under_investigation", finding.action)


def _decided(ignored: Ignored) -> dict[str, str]:
    status = _STATUSES[ignored.state]
    if status == "not_affected" and ignored.justification:
        justification = _JUSTIFICATIONS[ignored.justification]
        return {"status": status, "justification": justification, "status_notes": str(ignored)}
    return _with_text(status, str(ignored))


def _with_text(status: VexStatus, text: str) -> dict[str, str]:
    """Return a status with words where its statement has to have them, or may."""
    place = {"affected": "action_statement", "not_affected": "impact_statement"}.get(status, "status_notes")
    return {"status": status, **({place: text or "none is known"} if text or place != "status_notes" else {})}


def _each_once(statements: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return statements without those that say the same again, of several copies of a package."""
    return list({msgspec.json.encode(statement): statement for statement in statements}.values())
