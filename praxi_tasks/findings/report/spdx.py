"""An image's SBOM as SPDX 2.3: https://spdx.github.io/spdx-spec/v2.3."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable
from typing import Any, Final

import msgspec

from praxi_tasks import __version__
from praxi_tasks.findings.assessment import AssessedAudit, AssessedImage, image_gaps
from praxi_tasks.findings.coverage import Coverage, gap_message
from praxi_tasks.findings.packages import Component, described_purl, joined_licences, spdx_expression
from praxi_tasks.inventory import Model, program_cpe
from praxi_tasks.printable import printable_json

_NAMESPACE: Final = uuid.UUID("0f5e2f0c-7a1d-5f0e-8c5f-7f1a6b2d9e43")
_UNSAFE: Final = re.compile(r"[^A-Za-z0-9.-]+")
_COMMENT: Final = {
    True: "Not everything was looked at: the annotations of SPDXRef-Image that begin with coverage say what.",
    False: "All layers, package databases and advisories that apply were looked at.",
}
_UNKNOWN: Final = "NOASSERTION"
_REFERENCE: Final = "LicenseRef-praxi-"
_FOREIGN: Final = re.compile(r"LicenseRef-[\w.-]+")
_TEXT: Final = "Not known: the package's record names the licence only."


def to_spdx(audit: AssessedAudit, image: AssessedImage) -> bytes:
    """Return the SBOM of what a container of the image would see."""
    created = f"{audit.at[:19]}Z"
    identity = uuid.uuid5(_NAMESPACE, f"{audit.run} {image.key} {image.digest}")
    present = [component for component in image.components if component.present]
    packages = [_package(number, component, created) for number, component in enumerate(present)]
    system = _operating_system(image)
    gaps = image_gaps(image)
    document = {
        "spdxVersion": "SPDX-2.3",
        "dataLicense": "CC0-1.0",
        "SPDXID": "SPDXRef-DOCUMENT",
        "name": audit.title(image),
        "documentNamespace": f"https://spdx.org/spdxdocs/praxi-{identity}",
        "creationInfo": {"created": created, "creators": [f"Tool: praxi-{__version__}"]},
        "comment": _COMMENT[bool(gaps)],
        "packages": [_container(image, gaps, created), *system, *packages],
        "hasExtractedLicensingInfos": _named_licences(present),
        "relationships": [
            _relationship("SPDXRef-DOCUMENT", "DESCRIBES", "SPDXRef-Image"),
            *(_relationship("SPDXRef-Image", "CONTAINS", package["SPDXID"]) for package in system),
            *(
                _relationship("SPDXRef-Image", "CONTAINS", _identifier(number, component))
                for number, component in enumerate(present)
            ),
        ],
    }
    return printable_json(msgspec.json.encode(document))


def _container(image: AssessedImage, gaps: Iterable[Coverage], created: str) -> dict[str, Any]:
    package = _described("SPDXRef-Image", image.image)
    package["primaryPackagePurpose"] = "CONTAINER"
    comments = [f"cluster: {image.cluster}"] if image.cluster else []
    comments += [f"coverage: {gap_message(gap)}" for gap in gaps]
    package["annotations"] = [_annotation(comment, created) for comment in comments]
    algorithm, _, value = image.digest.partition(":")
    if algorithm == "sha256" and re.fullmatch(r"[0-9a-f]{64}", value):
        package["versionInfo"] = image.digest
        package["checksums"] = [{"algorithm": "SHA256", "checksumValue": value}]
    return package


def _operating_system(image: AssessedImage) -> list[dict[str, Any]]:
    name, _, release = image.distribution.rpartition("-")
    if not image.distribution:
        return []
    package = _described("SPDXRef-OperatingSystem", name or release)
    package["primaryPackagePurpose"] = "OPERATING-SYSTEM"
    return [{**package, "versionInfo": release} if name else package]


def _package(number: int, component: Component, created: str) -> msgspec.Raw:
    """Return an entry encoded: the objects of a hundred thousand take several times as much memory."""
    package = _described(_identifier(number, component), component.name)
    version = component.versions[0] if len(component.versions) == 1 else ""
    if version:
        package["versionInfo"] = version
    package["externalRefs"] = [_reference("PACKAGE-MANAGER", "purl", described_purl(component))]
    if cpe := program_cpe(component.ecosystem, component.name, version):
        package["externalRefs"].append(_reference("SECURITY", "cpe23Type", cpe))
    if component.source and len(component.source_versions) == 1:
        package["sourceInfo"] = f"built package from: {component.source} {component.source_versions[0]}"
    if component.licences:
        package["licenseDeclared"] = joined_licences(map(_reference_or_expression, component.licences))
    said = [_evidence(component), *([_model(component.model)] if component.model else [])]
    package["annotations"] = [_annotation(text, created) for text in said]
    return msgspec.Raw(msgspec.json.encode(package))


def _reference(category: str, kind: str, locator: str) -> dict[str, str]:
    return {"referenceCategory": category, "referenceType": kind, "referenceLocator": locator}


def _reference_or_expression(licence: str) -> str:
    """Return an SPDX expression as it is; what is only a name is referred to by its digest."""
    return spdx_expression(licence) or f"{_REFERENCE}{uuid.uuid5(_NAMESPACE, licence).hex}"


def _named_licences(components: Iterable[Component]) -> list[dict[str, str]]:
    """Return what the references to licences stand for, those of other lists of licences too."""
    stated = {licence for component in components for licence in component.licences}
    named = {_reference_or_expression(each): each for each in stated if not spdx_expression(each)}
    foreign = {name: name for each in stated - set(named.values()) for name in _FOREIGN.findall(each)}
    return [
        {"licenseId": reference, "name": name, "extractedText": _TEXT}
        for reference, name in sorted({**foreign, **named}.items())
    ]


def _identifier(number: int, component: Component) -> str:
    return f"SPDXRef-{number}-{_UNSAFE.sub('-', component.name)}"


def _annotation(comment: str, created: str) -> dict[str, str]:
    return {
        "annotationDate": created,
        "annotationType": "OTHER",
        "annotator": f"Tool: praxi-{__version__}",
        "comment": comment,
    }


def _evidence(component: Component) -> str:
    parts = [f"known by {' and '.join(component.sources)}, confidence {component.confidence:.2f}"]
    if component.one_of:
        parts.append(f"{'package' if component.ties else 'version'} is one of {', '.join(component.one_of)}")
    if component.evidence:
        parts.append(f"evidence {', '.join(component.evidence)}")
    if component.same_as:
        parts.append(f"same content as {', '.join(component.same_as)} of that package")
    return "; ".join(parts)


def _model(model: Model) -> str:
    """Return what is known of a machine-learning model, or of data like one, in one line."""
    said = {
        "format": model.format,
        "framework": model.framework,
        "architecture": model.architecture,
        "quantisation": model.quantisation,
        "parameters": model.parameters,
        "pickles": model.pickles,
        "imports": ", ".join(model.imports),
    }
    kind = "data" if model.is_data else "machine-learning model"
    return f"{kind}: {'; '.join(f'{name} {value}' for name, value in said.items() if value)}"


def _described(identifier: str, name: str) -> dict[str, Any]:
    return {
        "SPDXID": identifier,
        "name": name,
        "downloadLocation": _UNKNOWN,
        "filesAnalyzed": False,
        "licenseConcluded": _UNKNOWN,
        "licenseDeclared": _UNKNOWN,
        "copyrightText": _UNKNOWN,
    }


def _relationship(subject: str, kind: str, target: str) -> dict[str, str]:
    return {"spdxElementId": subject, "relationshipType": kind, "relatedSpdxElement": target}
