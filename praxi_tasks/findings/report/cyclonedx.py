"""An image's SBOM as CycloneDX 1.6, with the evidence of each identity and VEX: https://cyclonedx.org."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

import msgspec

from praxi_tasks import __version__
from praxi_tasks.ecosystems import RPM, ecosystem_of
from praxi_tasks.findings.assessment import AssessedAudit, AssessedImage, image_gaps
from praxi_tasks.findings.coverage import Aspect, Coverage, gap_message
from praxi_tasks.findings.finding import Finding, Ignored, VexStatement, advice, severity_rank, summary
from praxi_tasks.findings.packages import (
    FINGERPRINT,
    INVENTORY,
    PATH,
    Component,
    described_purl,
    joined_licences,
    spdx_expression,
)
from praxi_tasks.findings.report.advisory_links import advisory_source
from praxi_tasks.inventory import Model, program_cpe
from praxi_tasks.printable import printable_json

_NAMESPACE: Final = uuid.UUID("6a3c9d5e-1f0b-5c52-9d0e-9f1b0f3f6c11")
# What the specification calls the ways by which we know.
_TECHNIQUES: Final = {INVENTORY: "manifest-analysis", FINGERPRINT: "hash-comparison", PATH: "filename"}
_OF_COMPONENTS: Final = frozenset({Aspect.LAYERS, Aspect.DATABASES, Aspect.KNOWLEDGE})
_AGGREGATES: Final = {True: "incomplete", False: "unknown"}
_TRIVY: Final = "aquasecurity:trivy:"
_DECLARED: Final = {"acknowledgement": "declared"}
_IDENTIFIER: Final = re.compile(r"(?!LicenseRef-)[\w.-]+")  # one of SPDX's list, of any version
_STATES: Final = {
    "affected": "exploitable",
    "fixed": "resolved",
    "not_affected": "not_affected",
    "under_investigation": "in_triage",
}
_MOST_OCCURRENCES: Final = 10
_IMAGE: Final = "image"
_SYSTEM: Final = "operating-system"
_METHODS: Final = {
    "CVSS:3.0": "CVSSv3",
    "CVSS:3.1": "CVSSv31",
    "CVSS:4.0": "CVSSv4",
}


def to_cyclonedx(audit: AssessedAudit, image: AssessedImage) -> bytes:
    """Return the SBOM of what a container of the image would see, with its vulnerabilities."""
    present = [component for component in image.components if component.present]
    refs, gaps = _references(present), image_gaps(image)
    vulnerabilities = _vulnerabilities(image.findings, present, refs)
    document = {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid5(_NAMESPACE, f'{audit.run} {image.key} {image.digest}')}",
        "version": 1,
        "metadata": {
            "timestamp": audit.at,
            "tools": {"components": [{"type": "application", "name": "praxi", "version": __version__}]},
            "component": _container(image),
            "properties": [
                {"name": f"praxi:coverage:{gap.aspect}", "value": gap_message(gap)} for gap in gaps
            ],
        },
        "components": [
            *_operating_system(image),
            *(_component(item, ref) for item, ref in zip(present, refs, strict=True)),
        ],
        "dependencies": _dependencies(image, present, refs),
        "vulnerabilities": vulnerabilities,
        "compositions": _compositions(gaps, [entry["bom-ref"] for entry in vulnerabilities]),
    }
    return printable_json(msgspec.json.encode(document))


def _references(components: list[Component]) -> list[str]:
    """Name each component by its package URL; a number keeps several copies of one apart."""
    seen: dict[str, int] = {}
    refs = []
    for component in components:
        count = seen[component.purl] = seen.get(component.purl, 0) + 1
        refs.append(component.purl if count == 1 else f"{component.purl}#{count}")
    return refs


def _compositions(gaps: Iterable[Coverage], vulnerabilities: list[str]) -> list[dict[str, Any]]:
    """Return how whole the lists of components and of vulnerabilities are.

    Where nothing is amiss it is not known whether they are: files that no database lists and no model knows
    may belong to a package all the same.
    """
    aspects = {gap.aspect for gap in gaps}
    unread = bool(aspects & _OF_COMPONENTS)
    unmatched = unread or Aspect.VULNERABILITIES in aspects
    return [
        {"aggregate": _AGGREGATES[unread], "assemblies": [_IMAGE]},
        {"aggregate": _AGGREGATES[unmatched], "vulnerabilities": vulnerabilities},
    ]


def _container(image: AssessedImage) -> dict[str, Any]:
    container: dict[str, Any] = {"type": "container", "bom-ref": _IMAGE, "name": image.image}
    if image.digest:
        container["version"] = image.digest
    cluster = [{"name": "praxi:cluster", "value": image.cluster}] if image.cluster else []
    container["properties"] = [
        *cluster,
        *({"name": "praxi:layer", "value": digest} for digest in image.layers),
    ]
    return container


def _operating_system(image: AssessedImage) -> list[dict[str, Any]]:
    name, _, release = image.distribution.rpartition("-")
    if not image.distribution:
        return []
    system = {"type": "operating-system", "bom-ref": _SYSTEM, "name": name or release}
    return [{**system, "version": release} if name else system]


def _dependencies(image: AssessedImage, components: list[Component], refs: list[str]) -> list[dict[str, Any]]:
    """Return what contains what: the image its operating system, and that one the distribution's packages."""
    of_system = [ecosystem_of(component.ecosystem).of_distribution for component in components]
    inside = [ref for ref, is_part in zip(refs, of_system, strict=True) if is_part]
    others = [ref for ref, is_part in zip(refs, of_system, strict=True) if not is_part]
    if not image.distribution:
        return [{"ref": _IMAGE, "dependsOn": [*inside, *others]}]
    return [{"ref": _IMAGE, "dependsOn": [_SYSTEM, *others]}, {"ref": _SYSTEM, "dependsOn": inside}]


def _component(component: Component, ref: str) -> msgspec.Raw:
    """Return an entry encoded: the objects of a hundred thousand take several times as much memory."""
    entry: dict[str, Any] = {
        "type": _type(component.model),
        "bom-ref": ref,
        "name": component.name,
        "purl": described_purl(component),
    }
    if len(component.versions) == 1:
        entry["version"] = component.versions[0]
        if cpe := program_cpe(component.ecosystem, component.name, component.versions[0]):
            entry["cpe"] = cpe
    if component.licences:
        entry["licenses"] = _licences(component.licences)
    if component.model and not component.model.is_data:
        entry["modelCard"] = _model_card(component.model)
    entry["evidence"] = {
        "identity": [_identity(component, source) for source in component.sources],
        "occurrences": [{"location": path} for path in component.evidence[:_MOST_OCCURRENCES]],
    }
    entry["properties"] = [
        {"name": f"praxi:{name}", "value": value}
        for name, values in (
            ("layer", component.layers),
            ("version-candidate", component.versions if len(component.versions) > 1 else ()),
            ("package-candidate", component.ties),
            ("same-content-as", component.same_as),
            ("version-by-files", component.fingerprint_versions),
            ("distribution", (component.distribution,)),
            ("source-package", (component.source,)),
            ("installed-by", (component.owner,)),
            ("relation", (component.relation,)),
            ("recovered", ("yes",) if component.recovered else ()),
            *(_said_of(component.model) if component.model else ()),
        )
        for value in values
        if value
    ] + _of_source(component)
    return msgspec.Raw(msgspec.json.encode(entry))


def _type(model: Model | None) -> str:
    if model is None:
        return "library"
    return "data" if model.is_data else "machine-learning-model"


def _model_card(model: Model) -> dict[str, Any]:
    """Return a card with what the files of a model say of it."""
    parameters = {"modelArchitecture": model.architecture} if model.architecture else {}
    return {"modelParameters": parameters}


def _said_of(model: Model) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield what is said of a model, or of data like one, beside its card."""
    yield "model:format", (model.format,)
    yield "model:framework", (model.framework,)
    yield "model:quantisation", (model.quantisation,)
    yield "model:parameters", (str(model.parameters),) if model.parameters else ()
    yield "model:pickles", (str(model.pickles),) if model.pickles else ()
    yield "model:imports", model.imports
    yield "model:runs", model.code


def _of_source(component: Component) -> list[dict[str, str]]:
    """Return the source package in Trivy's words, which reads it from nowhere else."""
    if not component.source or len(component.source_versions) != 1:
        return []
    version = component.source_versions[0]
    values = {"SrcName": component.source, "SrcVersion": version}
    if component.ecosystem == RPM.purl_type:
        epoch, colon, rest = version.rpartition(":")
        values["SrcVersion"], _, values["SrcRelease"] = rest.rpartition("-")
        values |= {"SrcEpoch": epoch} if colon and epoch.isdecimal() else {}
    return [{"name": f"{_TRIVY}{name}", "value": value} for name, value in values.items() if value]


def _licences(licences: tuple[str, ...]) -> list[dict[str, Any]]:
    """Return one expression where it takes one to say them all, else each licence by itself."""
    expression = joined_licences(licences)
    if " " in expression:
        return [{"expression": expression, **_DECLARED}]
    return [{"license": {"id" if _is_identifier(each) else "name": each, **_DECLARED}} for each in licences]


def _is_identifier(licence: str) -> bool:
    return _IDENTIFIER.fullmatch(licence) is not None and bool(spdx_expression(licence))


def _identity(component: Component, source: str) -> dict[str, Any]:
    paths = component.databases if source == INVENTORY else component.evidence[:_MOST_OCCURRENCES]
    confidence = 1.0 if source == INVENTORY else component.confidence
    concluded = component.purl
    if source == FINGERPRINT and len(component.fingerprint_versions) == 1:
        concluded = concluded.partition("@")[0] + f"@{component.fingerprint_versions[0]}"
    return {
        "field": "purl",
        "confidence": round(confidence, 4),
        "concludedValue": concluded,
        "methods": [
            {"technique": _TECHNIQUES[source], "confidence": round(confidence, 4), "value": path}
            for path in paths
        ],
    }


def _vulnerabilities(
    findings: Iterable[Finding], components: list[Component], refs: list[str]
) -> list[dict[str, Any]]:
    places: dict[str, list[str]] = {}
    for component, ref in zip(components, refs, strict=True):
        places.setdefault(component.purl, []).append(ref)
    together: dict[tuple[str, Ignored | None, VexStatement | None], list[Finding]] = {}
    for finding in findings:
        if finding.kind == "vulnerable":
            together.setdefault((finding.id, finding.ignored, finding.vex), []).append(finding)
    entries: dict[str, dict[str, Any]] = {}
    for group in together.values():
        entry = _vulnerability(group)
        affected = dict.fromkeys(ref for finding in group for ref in places.get(finding.purl, ()))
        ref, count = entry["bom-ref"], 2
        while entry["bom-ref"] in entries:  # rules and documents say it of some packages each
            entry["bom-ref"], count = f"{ref}#{count}", count + 1
        entries[entry["bom-ref"]] = {**entry, "affects": [{"ref": each} for each in affected]}
    return list(entries.values())


def _vulnerability(findings: Sequence[Finding]) -> dict[str, Any]:
    """Return an entry without what it affects; what to do is said of each package."""
    finding = min(findings, key=lambda one: severity_rank(one.severity))
    rating: dict[str, Any] = {"severity": finding.severity}
    if finding.score >= 0:
        rating["score"] = finding.score
    if finding.vector:
        rating["vector"] = finding.vector
        rating["method"] = _METHODS.get(finding.vector[:8], "CVSSv2")
    entry: dict[str, Any] = {
        "bom-ref": f"{'ignored' if finding.ignored else 'vulnerability'}/{finding.id}",  # like no component's
        "id": finding.id,
        "source": advisory_source(finding.id),
        "references": [{"id": alias, "source": advisory_source(alias)} for alias in finding.aliases],
        "ratings": [rating],
        "description": summary(findings),
        "recommendation": advice(findings),
        "advisories": [{"url": advisory_source(name)["url"]} for name in (finding.id, *finding.aliases)],
        "analysis": {"state": "in_triage"},
    }
    if finding.vex:
        entry["analysis"] = {"state": _STATES[finding.vex.status], "detail": _said(finding.vex)}
    if finding.ignored:
        entry["analysis"] = {"state": finding.ignored.state, "detail": str(finding.ignored)}
        if finding.ignored.justification:
            entry["analysis"]["justification"] = finding.ignored.justification
    return entry


def _said(said: VexStatement) -> str:
    return f"{said.note or said.status.replace('_', ' ')} ({said.author}, {said.document})"
