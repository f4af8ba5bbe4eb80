"""Documents as the files that a command takes and gives."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final, TypeVar

import msgspec

from praxi_tasks.audit import Adoption, AuditReport, Plan
from praxi_tasks.discovery import LayerPrediction
from praxi_tasks.errors import StepError
from praxi_tasks.findings import Route
from praxi_tasks.findings.assessment import AssessedAudit
from praxi_tasks.fingerprint import Tagset
from praxi_tasks.json_decoding import decode
from praxi_tasks.serving.chain.answers import checked, read_layers, read_line
from praxi_tasks.serving.chain.declaration import Document
from praxi_tasks.store import Store, documents, keys

T = TypeVar("T")

_LARGEST: Final = 1 << 30
_LARGEST_LINE: Final = 64 << 20
FILES: Final = {
    Document.IMAGES: "images.json",
    Document.PLAN: "plan.json",
    Document.FINGERPRINTS: "fingerprints.jsonl",
    Document.PREDICTIONS: "predictions.jsonl",
    Document.REPORT: "report.json",
    Document.FINDINGS: "findings.json",
}
"""The file of each document."""


class Exchange:
    """Writes what a command takes, reads what it gives, and stores that.

    Parameters
    ----------
    source
        Who predicts, where the command does.
    routes
        The policy's.
    """

    def __init__(self, store: Store, run_id: str, source: str, routes: tuple[Route, ...] = ()) -> None:
        self._store = store
        self._run = run_id
        self._source = source
        self._routes = routes

    def write(self, taken: Sequence[Document], folder: Path) -> None:
        """Write the documents that a command takes."""
        special = {Document.FINGERPRINTS: self._fingerprints, Document.PREDICTIONS: self._predictions}
        for document in taken:
            file = folder / FILES[document]
            if document in special:
                with file.open("wb") as out:
                    out.writelines(special[document]())
            else:
                file.write_bytes(self._store.get(keys.run(self._run, FILES[document])))

    def read(self, given: Sequence[Document], folder: Path) -> None:
        """Check all documents that a command gives, then store them.

        Raises
        ------
        StepError
            If one is not there, or is no such document; then none is stored.
        """
        readers: dict[Document, Callable[[Path], Callable[[], object]]] = {
            Document.PLAN: self._plan,
            Document.FINGERPRINTS: self._layers,
            Document.PREDICTIONS: self._answers,
            Document.REPORT: self._report,
            Document.FINDINGS: self._findings,
        }
        for store in [readers[document](folder / FILES[document]) for document in given]:
            store()

    def _plan(self, file: Path) -> Callable[[], object]:
        plan, adoption = _typed(file, Plan), Adoption(self._store, self._run)
        return lambda: adoption.plan(plan)

    def _report(self, file: Path) -> Callable[[], object]:
        report, adoption = _typed(file, AuditReport), Adoption(self._store, self._run)
        return lambda: adoption.report(report)

    def _findings(self, file: Path) -> Callable[[], object]:
        findings, adoption = _typed(file, AssessedAudit), Adoption(self._store, self._run)
        return lambda: adoption.findings(findings, self._routes)

    def _answers(self, file: Path) -> Callable[[], object]:
        asked = {layer.digest for layer in read_layers(self._stored_plan(), self._store)}
        found = checked(_answers(file, self._source), asked)
        return lambda: Adoption(self._store, self._run).predictions(self._source, found)

    def _layers(self, _: Path) -> Callable[[], object]:
        """Fingerprints are too large for files: a command leaves them in the store, as Praxi's step does."""
        plan = self._stored_plan()
        missing = [layer.digest for layer in plan.layers if not self._is_read(layer.digest)]
        if missing and len(missing) == len(plan.layers):
            raise StepError("it left no layer's fingerprint in the store", where=missing[0])
        return lambda: None

    def _is_read(self, digest: str) -> bool:
        return all(map(self._store.exists, keys.layer_documents(digest)))

    def _stored_plan(self) -> Plan:
        return documents.read(self._store, keys.run(self._run, FILES[Document.PLAN]), Plan)

    def _fingerprints(self) -> Iterator[bytes]:
        for layer in read_layers(self._stored_plan(), self._store):
            yield _line(_readable(layer))

    def _predictions(self) -> Iterator[bytes]:
        said = documents.read(self._store, keys.run(self._run, "predictions.json"), _Outcome)
        for layer in self._stored_plan().layers:
            key = keys.layer_prediction(layer.digest, said.model, said.suites.get(layer.digest, ""))
            if self._store.exists(key):
                yield _line(documents.read(self._store, key, LayerPrediction))


class _Outcome(msgspec.Struct):
    model: str
    suites: dict[str, str] = {}


def _line(document: object) -> bytes:
    return msgspec.json.encode(document) + b"\n"


def _readable(layer: Tagset) -> dict[str, Any]:
    """Return a layer's files, hashes as hexadecimal texts, for many programs have no integers of 64 bits."""
    return {
        "digest": layer.digest,
        "paths": [path.encode("utf-8", "backslashreplace").decode() for path in layer.paths],
        "sizes": layer.sizes.tolist(),
        "hashes": [
            f"{value:016x}" if known else ""
            for value, known in zip(layer.hashes.tolist(), layer.measured.tolist(), strict=True)
        ],
        "whiteouts": [path.encode("utf-8", "backslashreplace").decode() for path in layer.whiteouts],
    }


def _typed(file: Path, kind: type[T]) -> T:
    try:
        return decode(_bounded(file), kind)
    except msgspec.DecodeError as error:
        raise StepError(f"what it gave is no such document: {error}", where=file.name) from None


def _answers(file: Path, model: str) -> Iterator[tuple[str, Any]]:
    for number, line in enumerate(_bounded(file).splitlines(), start=1):
        if len(line) > _LARGEST_LINE:
            raise StepError(f"a line has more than {_LARGEST_LINE:,} bytes", where=f"{file.name}:{number}")
        try:
            yield read_line(line, model)
        except (msgspec.DecodeError, RecursionError) as error:
            where = f"{file.name}:{number}"
            raise StepError(f"a line is no prediction: {error}", where=where) from None


def _bounded(file: Path) -> bytes:
    """Return a file's bytes; a link, which a command might leave to anything, is not followed."""
    if file.is_symlink() or not file.is_file():
        raise StepError("it did not give what it is declared to give", where=file.name)
    if file.stat().st_size > _LARGEST:
        raise StepError(f"it gave more than {_LARGEST:,} bytes", where=file.name)
    return file.read_bytes()
