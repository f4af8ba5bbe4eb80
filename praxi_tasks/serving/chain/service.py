"""A service of the Open Inference Protocol as the step that predicts."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, urlsplit

import msgspec
import urllib3

from praxi_tasks.audit import Adoption, Failure, Plan
from praxi_tasks.discovery import LayerPrediction
from praxi_tasks.errors import StepError, StepUnavailableError
from praxi_tasks.http import PREFIX, Connections, HttpSettings, explain, redact_url, retry_after
from praxi_tasks.json_decoding import decode
from praxi_tasks.printable import one_line
from praxi_tasks.serving.chain.answers import REFUSED, checked
from praxi_tasks.serving.chain.declaration import Service
from praxi_tasks.serving.refusals import RequestError
from praxi_tasks.serving.tensors import BYTES, NUMBERS, Tensor, from_binary, from_json, of_texts, to_binary
from praxi_tasks.store import Store, documents, keys

_MOST_LAYERS: Final = 16
_MOST_BYTES: Final = 16 << 20
_LARGEST_ANSWER: Final = 512 << 20
_HEADER: Final = "Inference-Header-Content-Length"
_SHOWN: Final = 200
_BUSY: Final = frozenset({429, 502, 503, 504})
_PAUSE: Final = 1.0
_LONGEST_PAUSE: Final = 30.0
_WANTED: Final = ("predictions", "versions", "errors")


class _Output(msgspec.Struct, frozen=True):
    name: str
    datatype: str
    shape: tuple[int, ...]
    parameters: dict[str, Any] = {}
    data: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET


class _Answer(msgspec.Struct, frozen=True):
    outputs: tuple[_Output, ...]
    model_version: str = ""


class Predictor:
    """Asks a service about layers, some at a time, and again while it is busy.

    Parameters
    ----------
    seconds
        How long it may take altogether.
    """

    def __init__(self, service: Service, seconds: float) -> None:
        parts, settings = urlsplit(service.url), HttpSettings.from_environment()
        self._service = service
        self._secret = parts.scheme == "https" or settings.allows_plain(parts.netloc.lower())
        self._pool = Connections(settings).pool(parts.scheme, parts.hostname or "", parts.port, is_named=True)
        version = f"/versions/{quote(service.version, safe='')}" if service.version else ""
        self._url = f"{service.url.rstrip('/')}/v2/models/{quote(service.model, safe='')}{version}/infer"
        self._where = redact_url(self._url)
        self._deadline = time.monotonic() + seconds

    def predict(self, store: Store, run_id: str, source: str) -> None:
        """Let the service predict the layers of an audit that were read.

        Raises
        ------
        StepError
            If it refuses, or its answer is none to the question.
        StepUnavailableError
            If it can't be reached, or is busy for too long.
        """
        plan = documents.read(store, keys.run(run_id, "plan.json"), Plan)
        asked: dict[str, None] = {}
        answers: list[tuple[str, LayerPrediction | Failure]] = []
        versions: dict[str, None] = {}
        for digests, fingerprints in _groups(plan, store):
            asked |= dict.fromkeys(digests)
            found, version = self._ask(digests, fingerprints)
            answers += zip(digests, found, strict=True)
            versions |= dict.fromkeys(version)
        named = ", ".join(version for version in versions if version)
        Adoption(store, run_id).predictions(source, checked(answers, asked), named)

    def _ask(
        self, digests: Sequence[str], fingerprints: Sequence[bytes]
    ) -> tuple[list[LayerPrediction | Failure], list[str]]:
        body, length = _request(digests, fingerprints)
        outputs, version = _outputs(*self._send(body, length), self._where)
        predictions = self._texts(outputs, "predictions", len(digests))
        errors = self._texts(outputs, "errors", len(digests)) if "errors" in outputs else [b""] * len(digests)
        found = list(map(self._answer, digests, predictions, errors))
        named = outputs["versions"].values if "versions" in outputs else [version.encode()]
        return found, [one_line(bytes(each).decode(errors="replace"), _SHOWN) for each in named]

    def _texts(self, outputs: dict[str, Tensor], name: str, count: int) -> Sequence[bytes]:
        tensor = outputs.get(name)
        if tensor is None or tensor.datatype != BYTES or len(tensor.values) != count:
            raise StepError(f"its answer has no {count} {name}", where=self._where)
        return [bytes(value) for value in tensor.values]

    def _answer(self, digest: str, prediction: bytes, error: bytes) -> LayerPrediction | Failure:
        if error:
            return Failure(REFUSED, one_line(error.decode(errors="replace"), 500))
        try:
            found = decode(prediction, LayerPrediction)
        except msgspec.DecodeError as wrong:
            raise StepError(f"its answer is no prediction: {wrong}", where=self._where) from None
        if found.digest != digest:
            raise StepError(f"it answers about another layer than {digest}", where=self._where)
        return found

    def _send(self, body: bytes, length: int) -> tuple[bytes, str | None]:
        """Send one request, again while the service is busy; return the answer and where its JSON ends."""
        pause = _PAUSE
        while True:
            answer = self._post(body, length)
            if answer.status == 200:
                return _bounded(answer, self._where), answer.headers.get(_HEADER)
            said = one_line(answer.read(4096, decode_content=True).decode(errors="replace"), _SHOWN)
            wait = retry_after(answer.headers)
            answer.close()
            if answer.status not in _BUSY:
                action = "see its token_file" if answer.status in {401, 403} else ""
                raise StepError(
                    f"the service answered {answer.status}: {said}", where=self._where, action=action
                )
            pause = min(max(pause * 2, wait or 0), _LONGEST_PAUSE)
            if time.monotonic() + pause > self._deadline:
                raise StepUnavailableError(f"the service answered {answer.status}: {said}", where=self._where)
            time.sleep(pause)

    def _post(self, body: bytes, length: int) -> urllib3.BaseHTTPResponse:
        left = max(self._deadline - time.monotonic(), 0.1)
        headers = {"Content-Type": "application/octet-stream", _HEADER: str(length), **self._token()}
        try:
            return self._pool.request(
                "POST",
                self._url,
                body=body,
                headers=headers,
                redirect=False,
                retries=False,
                preload_content=False,
                timeout=urllib3.Timeout(connect=min(left, 10), read=left),
            )
        except urllib3.exceptions.HTTPError as error:
            failure = explain(error, "the service")
            kind = StepUnavailableError if failure.retryable else StepError
            raise kind(failure.what, where=self._where, action=failure.action) from error

    def _token(self) -> dict[str, str]:
        if not self._service.token_file:
            return {}
        if not self._secret:
            action = f"use https, or add the host to {PREFIX}PLAIN_HTTP"
            raise StepError("refused to send a token over plain HTTP", where=self._where, action=action)
        try:
            token = Path(self._service.token_file).read_text().strip()
        except OSError as error:
            raise StepError(
                f"the token can't be read: {error.strerror}", where=self._service.token_file
            ) from error
        return {"Authorization": f"Bearer {token}"}


def _groups(plan: Plan, store: Store) -> Iterator[tuple[list[str], list[bytes]]]:
    """Yield digests and fingerprints of layers that were read, as many as go into one request."""
    digests: list[str] = []
    group: list[bytes] = []
    for layer in plan.layers:
        key = keys.layer_tagset(layer.digest)
        if not store.exists(key):
            continue
        data = store.get(key)
        if group and (len(group) == _MOST_LAYERS or sum(map(len, group)) + len(data) > _MOST_BYTES):
            yield digests, group
            digests, group = [], []
        digests.append(layer.digest)
        group.append(data)
    if group:
        yield digests, group


def _request(digests: Sequence[str], fingerprints: Sequence[bytes]) -> tuple[bytes, int]:
    """Return the body of a request, and the length of the JSON with which it begins."""
    data = to_binary(of_texts("fingerprints", fingerprints))
    count = len(digests)
    head = msgspec.json.encode(
        {
            "inputs": [
                {
                    "name": "fingerprints",
                    "datatype": BYTES,
                    "shape": [count],
                    "parameters": {"binary_data_size": len(data)},
                },
                {"name": "digests", "datatype": BYTES, "shape": [count], "data": list(digests)},
            ],
        }
    )
    return head + data, len(head)


def _outputs(body: bytes, json_length: str | None, where: str) -> tuple[dict[str, Tensor], str]:
    """Return the tensors of an answer that are wanted, and the version that the answer names."""
    length = int(json_length) if (json_length or "").isdecimal() and json_length else len(body)
    try:
        answer = decode(body[:length], _Answer)
    except msgspec.DecodeError as error:
        raise StepError(f"its answer is none of the protocol: {error}", where=where) from None
    rest, found = memoryview(body)[length:], {}
    for output in answer.outputs:
        size = output.parameters.get("binary_data_size", 0)
        if not isinstance(size, int) or not 0 <= size <= len(rest):
            raise StepError("its answer ends within a tensor", where=where)
        if output.name in _WANTED and (output.datatype == BYTES or output.datatype in NUMBERS):
            found[output.name] = _tensor(output, rest[:size], where)
        rest = rest[size:]
    return found, answer.model_version


def _tensor(output: _Output, data: memoryview, where: str) -> Tensor:
    try:
        if isinstance(output.data, msgspec.UnsetType):
            return from_binary(output.name, output.datatype, output.shape, data)
        return from_json(output.name, output.datatype, output.shape, bytes(output.data))
    except RequestError as error:
        raise StepError(f"its answer holds no such tensor: {error}", where=where) from None


def _bounded(answer: urllib3.BaseHTTPResponse, where: str) -> bytes:
    pieces, size = [], 0
    try:
        for piece in answer.stream(1 << 20, decode_content=True):
            size += len(piece)
            if size > _LARGEST_ANSWER:
                raise StepError(f"its answer has more than {_LARGEST_ANSWER:,} bytes", where=where)
            pieces.append(piece)
    except urllib3.exceptions.HTTPError as error:
        raise StepUnavailableError(explain(error, "the service").what, where=where) from error
    finally:
        answer.close()
    return b"".join(pieces)
