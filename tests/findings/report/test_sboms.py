"""SBOMs against the official schemas and validators."""

from __future__ import annotations

import json
from importlib import resources
from pathlib import Path
from typing import Any

import jsonschema
import msgspec
import pytest
from referencing import Registry, Resource
from spdx_tools.spdx.parser.parse_anything import parse_file
from spdx_tools.spdx.validation.document_validator import validate_full_spdx_document

from praxi_tasks.findings import Finding, Ignored
from praxi_tasks.findings.assessment.document import AssessedAudit, AssessedImage
from praxi_tasks.findings.coverage import Aspect, Coverage, checked, not_checked
from praxi_tasks.findings.packages.component import Component
from praxi_tasks.findings.report.cyclonedx import to_cyclonedx
from praxi_tasks.findings.report.spdx import to_spdx
from praxi_tasks.inventory import Model
from tests.findings.audits import AT, large_audit

IGNORED = Ignored("the template is ours", "shop", "2026-12-31", "not_affected", "code_not_reachable")
VECTOR = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H"
FLASK = "pkg:pypi/flask@1.0"
IMAGE = AssessedImage(
    image="registry.example.org/shop/web:1",
    digest=f"sha256:{7:064x}",
    layers=(f"sha256:{1:064x}",),
    distribution="debian-12",
    components=(
        Component("pypi", "flask", ("1.0",), FLASK, ("inventory", "fingerprint"), ("x.dist-info/METADATA",),
                  evidence=("flask/app.py",), confidence=0.93, fingerprint_versions=("1.1",)),
        Component("npm", "ms", ("2.0.0",), "pkg:npm/ms@2.0.0", ("inventory",), licences=("MIT",)),
        Component("npm", "ms", ("2.0.0",), "pkg:npm/ms@2.0.0", ("inventory",)),
        Component("deb", "curl", ("7", "8"), "pkg:deb/debian/curl", ("fingerprint",), evidence=("bin/curl",)),
        Component("deb", "gone", ("1",), "pkg:deb/debian/gone@1", ("inventory",), removed_by="sha256:2"),
    ),
    findings=(
        Finding("vulnerable", "CVE-2026-1", "flask is misled", "high", aliases=("GHSA-1",),
                purl=FLASK, score=7.5, vector=VECTOR),
        Finding("vulnerable", "CVE-2026-2", "never reached", "unknown", purl=FLASK,
                ignored=IGNORED),
        Finding("hidden", "PRAXI-HIDDEN", "curl is hidden", "medium", purl="pkg:deb/debian/curl"),
    ),
)  # fmt: skip
AUDIT = AssessedAudit("run", AT, "", "m", (IMAGE,))


@pytest.fixture(scope="module")
def cyclonedx_schema() -> jsonschema.Draft7Validator:
    folder = resources.files("cyclonedx.schema") / "_res"
    registry: Registry[Any] = Registry()
    for name in ("spdx", "jsf-0.82", "cryptography-defs"):
        content = json.loads((folder / f"{name}.SNAPSHOT.schema.json").read_text())
        resource = Resource.from_contents(content)
        base = f"http://cyclonedx.org/schema/{name}"
        for uri in (content["$id"], f"{base}.schema.json", f"{base}.SNAPSHOT.schema.json"):
            registry = registry.with_resource(uri, resource)
    schema = json.loads((folder / "bom-1.6.SNAPSHOT.schema.json").read_text())
    return jsonschema.Draft7Validator(schema, registry=registry)


def test_cyclonedx_is_valid(cyclonedx_schema: jsonschema.Draft7Validator) -> None:
    audit = large_audit(2, 40)
    for image in (*audit.images, IMAGE, AssessedImage("empty")):
        cyclonedx_schema.validate(json.loads(to_cyclonedx(audit, image)))
    broken = {**json.loads(to_cyclonedx(AUDIT, IMAGE)), "surplus": 1}
    assert not cyclonedx_schema.is_valid(broken)


def test_sboms_of_models_are_valid(cyclonedx_schema: jsonschema.Draft7Validator, tmp_path: Path) -> None:
    known = Model(
        format="gguf",
        architecture="llama",
        parameters=7,
        pickles=1,
        imports=("os.system",),
        code=("a layer",),
    )
    models = (
        Component("huggingface", "a/b", ("0a",), "pkg:huggingface/a/b@0a", ("inventory",), model=known),
        Component("ml-model", "c", (), "pkg:generic/c", ("inventory",), model=Model(format="pickle")),
    )
    image = msgspec.structs.replace(IMAGE, components=models, findings=())
    document = json.loads(to_cyclonedx(AUDIT, image))
    cyclonedx_schema.validate(document)
    assert [part["type"] for part in document["components"]][1:] == ["machine-learning-model", "data"]
    file = tmp_path / "image.spdx.json"
    file.write_bytes(to_spdx(AUDIT, image))
    assert not validate_full_spdx_document(parse_file(str(file)))


def test_cyclonedx_has_each_reference_once(cyclonedx_schema: jsonschema.Draft7Validator) -> None:
    names = ("image", "operating-system", FLASK, "CVE-1", "CVE-1#ignored")
    flaws = [Finding("vulnerable", name, "t", "high", purl=FLASK) for name in names]
    ignored = [msgspec.structs.replace(flaw, ignored=IGNORED) for flaw in flaws]
    image = msgspec.structs.replace(IMAGE, findings=(*flaws, *ignored))
    bom = json.loads(to_cyclonedx(AUDIT, image))
    cyclonedx_schema.validate(bom)
    parts = (bom["metadata"]["component"], *bom["components"], *bom["vulnerabilities"])
    refs = [part["bom-ref"] for part in parts]
    assert len(set(refs)) == len(refs)


def test_cyclonedx_tells_how_each_identity_is_known() -> None:
    flask = json.loads(to_cyclonedx(AUDIT, IMAGE))["components"][1]
    by_database, by_files = flask["evidence"]["identity"]
    assert by_database["methods"] == [
        {"technique": "manifest-analysis", "confidence": 1.0, "value": "x.dist-info/METADATA"}
    ]
    assert by_files["methods"][0]["value"] == "flask/app.py"
    assert by_files["confidence"] == 0.93
    assert by_files["concludedValue"] == "pkg:pypi/flask@1.1"
    assert flask["evidence"]["occurrences"] == [{"location": "flask/app.py"}]


def test_cyclonedx_says_that_only_a_path_names_a_package() -> None:
    folder = "site-packages/numpy/__init__.py"
    numpy = Component("pypi", "numpy", (), "pkg:pypi/numpy", ("path",), evidence=(folder,), confidence=0.9)
    image = msgspec.structs.replace(IMAGE, components=(numpy,))
    (identity,) = json.loads(to_cyclonedx(AUDIT, image))["components"][-1]["evidence"]["identity"]
    assert identity["methods"] == [{"technique": "filename", "confidence": 0.9, "value": folder}]


def test_cyclonedx_lists_what_is_present_once_each() -> None:
    document = json.loads(to_cyclonedx(AUDIT, IMAGE))
    refs = [component["bom-ref"] for component in document["components"][1:]]
    assert refs == [FLASK, "pkg:npm/ms@2.0.0", "pkg:npm/ms@2.0.0#2", "pkg:deb/debian/curl"]


def test_cyclonedx_says_why_a_finding_is_set_aside() -> None:
    first, second = json.loads(to_cyclonedx(AUDIT, IMAGE))["vulnerabilities"]
    assert first["affects"] == [{"ref": FLASK}]
    assert second["analysis"]["state"] == "not_affected"
    assert second["analysis"]["justification"] == "code_not_reachable"
    assert second["analysis"]["detail"] == "the template is ours (shop, until 2026-12-31)"


def test_cyclonedx_has_the_operating_system_and_what_is_in_it() -> None:
    document = json.loads(to_cyclonedx(AUDIT, IMAGE))
    system = document["components"][0]
    assert (system["type"], system["name"], system["version"]) == ("operating-system", "debian", "12")
    assert document["dependencies"] == [
        {"ref": "image", "dependsOn": [system["bom-ref"], FLASK, "pkg:npm/ms@2.0.0", "pkg:npm/ms@2.0.0#2"]},
        {"ref": system["bom-ref"], "dependsOn": ["pkg:deb/debian/curl"]},
    ]


def test_cyclonedx_rates_by_vector_and_links_to_whose_record_it_is() -> None:
    vulnerability = json.loads(to_cyclonedx(AUDIT, IMAGE))["vulnerabilities"][0]
    assert vulnerability["ratings"] == [
        {"severity": "high", "score": 7.5, "vector": VECTOR, "method": "CVSSv31"}
    ]
    assert vulnerability["source"]["url"] == "https://nvd.nist.gov/vuln/detail/CVE-2026-1"
    assert [one["url"] for one in vulnerability["advisories"]] == [
        "https://nvd.nist.gov/vuln/detail/CVE-2026-1",
        "https://github.com/advisories/GHSA-1",
    ]


@pytest.mark.parametrize("image", [IMAGE, large_audit(1, 5).images[0], AssessedImage("empty")])
def test_spdx_is_valid(image: AssessedImage, tmp_path: Path) -> None:
    path = tmp_path / "sbom.spdx.json"
    path.write_bytes(to_spdx(AUDIT, image))
    document = parse_file(str(path))
    assert validate_full_spdx_document(document) == []
    present = sum(component.present for component in image.components)
    assert len(document.packages) == 1 + bool(image.distribution) + present


def test_sboms_have_the_cpe_names_of_programs(
    cyclonedx_schema: jsonschema.Draft7Validator, tmp_path: Path
) -> None:
    known = {("curl", "8.4.0"): "haxx:curl:8.4.0", ("openjdk", "17.0.1+2"): "oracle:openjdk:17.0.1\\+2"}
    programs = tuple(
        Component("generic", name, (version,), f"pkg:generic/{name}@1", ("inventory",), ("opt/x",))
        for name, version in (*known, ("unknown", "1"))
    )
    image = AssessedImage("programs", components=programs)
    names = [f"cpe:2.3:a:{name}:*:*:*:*:*:*:*" for name in known.values()]
    document = json.loads(to_cyclonedx(AUDIT, image))
    cyclonedx_schema.validate(document)
    assert [one["cpe"] for one in document["components"] if "cpe" in one] == names
    (tmp_path / "x.spdx.json").write_bytes(to_spdx(AUDIT, image))
    parsed = parse_file(str(tmp_path / "x.spdx.json"))
    assert not validate_full_spdx_document(parsed)
    locators = [one.locator for package in parsed.packages for one in package.external_references]
    assert [locator for locator in locators if locator.startswith("cpe")] == names


def test_sboms_of_one_image_are_the_same_each_time() -> None:
    assert to_cyclonedx(AUDIT, IMAGE) == to_cyclonedx(AUDIT, IMAGE)
    assert to_spdx(AUDIT, IMAGE) == to_spdx(AUDIT, IMAGE)


GAP = not_checked(
    Aspect.VULNERABILITIES, "debian-12", "4 packages: no advisories were given", "name a feeds folder"
)
UNREAD = not_checked(Aspect.DATABASES, "var/lib/dpkg/status", "it is damaged", "restore the database")


@pytest.mark.parametrize(
    ("gaps", "components", "vulnerabilities"),
    [
        ((), "unknown", "unknown"),
        ((GAP,), "unknown", "incomplete"),
        ((UNREAD,), "incomplete", "incomplete"),
        (None, "incomplete", "incomplete"),  # nothing is said about what was looked at
    ],
)
def test_sboms_say_how_whole_they_are(
    gaps: tuple[Coverage, ...] | None,
    components: str,
    vulnerabilities: str,
    cyclonedx_schema: jsonschema.Draft7Validator,
    tmp_path: Path,
) -> None:
    told = () if gaps is None else (checked(Aspect.LAYERS, "all"), *gaps)
    image = msgspec.structs.replace(IMAGE, coverage=told)
    bom = json.loads(to_cyclonedx(AUDIT, image))
    cyclonedx_schema.validate(bom)
    assert [part["aggregate"] for part in bom["compositions"]] == [components, vulnerabilities]
    assert bom["compositions"][0]["assemblies"] == [bom["metadata"]["component"]["bom-ref"]]
    assert bom["compositions"][1]["vulnerabilities"] == [one["bom-ref"] for one in bom["vulnerabilities"]]
    path = tmp_path / "sbom.spdx.json"
    path.write_bytes(to_spdx(AUDIT, image))
    document = parse_file(str(path))
    assert validate_full_spdx_document(document) == []
    comments = [note.annotation_comment or "" for note in document.annotations]
    for gap in gaps or ():
        text = f"{gap.aspect} of {gap.subject}: not checked: {gap.reason}; {gap.action}"
        assert {"name": f"praxi:coverage:{gap.aspect}", "value": text} in bom["metadata"]["properties"]
        assert f"coverage: {text}" in comments
    assert (document.creation_info.document_comment or "").startswith(
        "All" if gaps == () else "Not everything"
    )


@pytest.mark.parametrize(
    ("licences", "cyclonedx", "spdx"),
    [
        ((), None, "NOASSERTION"),
        (("MIT",), [{"license": {"id": "MIT"}}], "MIT"),
        (("MIT OR ISC", "Zlib"), [{"expression": "(MIT OR ISC) AND Zlib"}], "(MIT OR ISC) AND Zlib"),
        (("MIT", "ISC"), [{"expression": "MIT AND ISC"}], "MIT AND ISC"),
        (("LicenseRef-Elsewhere",), [{"license": {"name": "LicenseRef-Elsewhere"}}],
         "LicenseRef-Elsewhere"),
        (("MIT", "MIT OR ISC", "a name\u202e"),
         [{"license": {"id": "MIT"}}, {"license": {"name": "MIT OR ISC"}},
          {"license": {"name": "a name\u202e"}}], None),
    ],
)  # fmt: skip
def test_sboms_have_licences_as_far_as_they_are_known(
    licences: tuple[str, ...],
    cyclonedx: list[dict[str, Any]] | None,
    spdx: str | None,
    cyclonedx_schema: jsonschema.Draft7Validator,
    tmp_path: Path,
) -> None:
    component = msgspec.structs.replace(IMAGE.components[0], licences=licences)
    image = msgspec.structs.replace(IMAGE, components=(component,))
    bom = json.loads(to_cyclonedx(AUDIT, image))
    cyclonedx_schema.validate(bom)
    assert without_declared(bom["components"][1].get("licenses")) == cyclonedx
    path = tmp_path / "sbom.spdx.json"
    path.write_bytes(to_spdx(AUDIT, image))
    document = parse_file(str(path))
    assert validate_full_spdx_document(document) == []
    declared = str(document.packages[-1].license_declared)
    known = {info.license_id: info.license_name for info in document.extracted_licensing_info}
    if spdx is not None:
        assert declared == spdx
        assert set(known) == {name for name in licences if name.startswith("LicenseRef-")}
    else:
        assert declared.startswith("MIT AND (MIT OR ISC) AND LicenseRef-praxi-")
        assert set(known.values()) == {"a name\u202e"}


def without_declared(licences: list[dict[str, Any]] | None) -> list[dict[str, Any]] | None:
    """Return CycloneDX's licences without the word that says that a record declares each."""
    for one in licences or ():
        assert one.get("license", one).pop("acknowledgement") == "declared"
    return licences


@pytest.mark.parametrize(
    ("component", "properties", "source"),
    [
        (Component("rpm", "libs", ("1",), "pkg:rpm/x/libs@1", ("inventory",), source="openssl",
                   source_versions=("1:3.0-24.el9",)),
         {"SrcName": "openssl", "SrcVersion": "3.0", "SrcRelease": "24.el9", "SrcEpoch": "1"},
         "openssl 1:3.0-24.el9"),
        (Component("deb", "ssl", ("3.0-1+b1",), "pkg:deb/debian/ssl", ("inventory",), source="openssl",
                   source_versions=("1:3.0-1",)),
         {"SrcName": "openssl", "SrcVersion": "1:3.0-1"}, "openssl 1:3.0-1"),
        (Component("deb", "x", ("1",), "pkg:deb/debian/x", ("fingerprint",), source="y",
                   source_versions=("1", "2")), {}, None),
        (Component("pypi", "x", ("1",), "pkg:pypi/x@1", ("inventory",)), {}, None),
    ],
)  # fmt: skip
def test_sboms_name_the_source_package_as_scanners_read_it(
    component: Component, properties: dict[str, str], source: str | None
) -> None:
    image = msgspec.structs.replace(IMAGE, components=(component,))
    found = json.loads(to_cyclonedx(AUDIT, image))["components"][1]["properties"]
    prefix = "aquasecurity:trivy:"
    assert {
        one["name"].removeprefix(prefix): one["value"] for one in found if one["name"].startswith(prefix)
    } == properties
    package = json.loads(to_spdx(AUDIT, image))["packages"][-1]
    assert package.get("sourceInfo", "").removeprefix("built package from: ") == (source or "")
