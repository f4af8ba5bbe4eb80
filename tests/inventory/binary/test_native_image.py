from __future__ import annotations

import gzip

from tests.inventory.binary.programs import inspect, releases
from tests.support.programs import elf, macho, pe

DOCUMENT = gzip.compress(
    b'{"bomFormat": "CycloneDX", "components": [{"group": "org.h2", "name": "h2", "version": "2.1"},'
    b' {"group": "A vendor", "name": "odd", "version": "1"}, {"name": "Oracle GraalVM", "version": "25"},'
    b' {"group": "a.b", "name": "c"}]}'
)
HEAP = b"\0com.oracle.svm.core.VM=GraalVM CE 25.0.2+10.1\0com.oracle.svm.core.VM.Java.Version=25.0.2\0"
SYSTEM = ["generic/graalvm@25.0.2+10.1", "generic/openjdk@25.0.2"]
LIBRARIES = ["maven/com.h2database:h2@2.1", "maven/odd:odd@1"]


def test_the_sbom_and_what_it_was_built_with() -> None:
    data = b"x" * 9 + b"\x1f\x8b\x08 no document" + DOCUMENT + b"more"
    assert releases(elf({".svm_heap": HEAP, ".data": data})) == SYSTEM + LIBRARIES
    assert releases(macho({"__svm_heap": HEAP, "__data": data})) == SYSTEM + LIBRARIES
    assert releases(pe({".svm_hea": HEAP, ".data": data})) == SYSTEM + LIBRARIES


def test_without_an_sbom_or_of_older_builders() -> None:
    heap = b"com.oracle.svm.core.VM=GraalVM 22.3.3 Java 11 EE\0com.oracle.svm.core.VM=Oracle GraalVM 25.1\0"
    assert releases(elf({".svm_heap": heap})) == ["generic/graalvm@22.3.3"]
    assert releases(elf({".svm_heap": b"x", ".data": gzip.compress(b"text")})) == []


def test_other_programs_are_not_searched() -> None:
    assert releases(elf({".rodata": HEAP, ".data": DOCUMENT})) == []


def test_a_damaged_sbom() -> None:
    cut = inspect(elf({".svm_heap": b"x", ".data": DOCUMENT[:-12]}))
    assert cut.problems == ("its SBOM is cut off, or too long",)
    odd = inspect(elf({".svm_heap": b"x", ".data": gzip.compress(b'{"bomFormat": 1, "components": 2}')}))
    assert odd.problems[0].startswith("its SBOM can't be read")
