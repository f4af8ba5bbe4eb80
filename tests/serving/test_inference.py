"""The Open Inference Protocol, as a public client of it speaks."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
import xxhash

from praxi_tasks.discovery import Model
from praxi_tasks.fingerprint import Tagset
from tests.serving.running import Service
from tests.support.packages import SHOP, SITE, TILL, Package

pytestmark = [pytest.mark.server, pytest.mark.slow]


def paths_of(*packages: Package) -> list[str]:
    return [f"{SITE}/{path}" for package in packages for path in package.files]


def client_of(service: Service) -> Any:
    from tritonclient.http import InferenceServerClient

    return InferenceServerClient(service.address)


def tensor(name: str, values: list[Any], datatype: str, *, binary: bool) -> Any:
    from tritonclient.http import InferInput

    made = InferInput(name, [len(values)], datatype)
    kinds = {"UINT64": np.uint64, "INT64": np.int64}
    made.set_data_from_numpy(np.array(values, kinds.get(datatype, np.object_)), binary_data=binary)
    return made


def infer(service: Service, model: str, tensors: list[Any], *, binary: bool = True, **options: Any) -> Any:
    from tritonclient.http import InferRequestedOutput

    names = ("labels", "confidence", "lengths", "versions", "errors")
    outputs = [InferRequestedOutput(name, binary_data=binary) for name in names]
    return client_of(service).infer(model, tensors, outputs=outputs, **options)


def texts(answer: Any, name: str) -> list[str]:
    return [each.decode() if isinstance(each, bytes) else each for each in answer.as_numpy(name).tolist()]


def test_health_and_metadata(service: Service) -> None:
    client = client_of(service)
    assert client.is_server_live()
    assert client.is_server_ready()
    assert client.is_model_ready("praxi-layers", "model")
    assert client.get_server_metadata()["extensions"] == ["binary_tensor_data"]
    metadata = client.get_model_metadata("praxi-layers")
    assert (metadata["versions"], metadata["platform"]) == (["model"], "praxi")
    assert {"name": "paths", "datatype": "BYTES", "shape": [-1]} in metadata["inputs"]


@pytest.mark.parametrize("binary", [True, False])
def test_layers_by_their_files(service: Service, binary: bool) -> None:
    files = {f"{SITE}/{path}": data for path, data in (SHOP.files | TILL.files).items()}
    asked = [
        tensor("paths", [path.encode() for path in files], "BYTES", binary=binary),
        tensor("sizes", [len(data) for data in files.values()], "UINT64", binary=binary),
        tensor(
            "hashes", [xxhash.xxh3_64_intdigest(data) for data in files.values()], "UINT64", binary=binary
        ),
        tensor("lengths", [len(SHOP.files), len(TILL.files)], "INT64", binary=binary),
    ]
    answer = infer(service, "praxi-layers", asked, binary=binary, request_id="42")
    assert answer.get_response()["id"] == "42"
    assert texts(answer, "labels") == ["pypi/shoplib@1.0", "pypi/tillkit@2.13"]
    assert answer.as_numpy("lengths").tolist() == [1, 1]
    assert (answer.as_numpy("confidence") > 0.9).all()
    assert texts(answer, "versions") == ["model", "model"]


def test_a_fingerprint_is_predicted_as_an_audit_predicts_it(service: Service, model: Model) -> None:
    tagset = Tagset.from_paths("sha256:" + "7" * 64, paths_of(SHOP))
    client = client_of(service)
    given = [tensor("fingerprints", [tagset.to_bytes()], "BYTES", binary=True)]
    answer = client.infer("praxi-fingerprints", given, model_version="model")
    (document,) = texts(answer, "predictions")
    expected = model.predict(tagset)
    assert json.loads(document)["releases"][0]["name"] == expected.releases[0].name
    assert json.loads(document)["digest"] == tagset.digest
    assert json.loads(document)["model"] == model.cache_key


def test_a_damaged_fingerprint_harms_none_beside_it(service: Service) -> None:
    good = Tagset.from_paths("sha256:" + "7" * 64, paths_of(SHOP)).to_bytes()
    given = [tensor("fingerprints", [good[:-9], good], "BYTES", binary=True)]
    answer = infer(service, "praxi-fingerprints", given)
    assert texts(answer, "errors")[0].startswith("corrupt-object")
    assert texts(answer, "errors")[1] == ""
    assert answer.as_numpy("lengths").tolist() == [0, 1]


def test_recorded_changesets(service: Service) -> None:
    asked = [tensor("changes", ["A /usr/bin/nothing-known"], "BYTES", binary=False)]
    answer = infer(service, "praxi-changesets", asked)
    assert answer.as_numpy("lengths").tolist() == [0]


def test_errors_are_told_as_the_protocol_says(service: Service) -> None:
    from tritonclient.utils import InferenceServerException

    asked = [tensor("paths", ["usr/bin/env"], "BYTES", binary=False)]
    with pytest.raises(InferenceServerException, match="no such model"):
        infer(service, "gpt", asked)
    with pytest.raises(InferenceServerException, match="not resident"):
        infer(service, "praxi-layers", asked, model_version="77")
    refused = service.ask("/v2/models/praxi-layers/infer", {"inputs": []})
    assert (refused.status, refused.document["code"]) == (400, "bad-request")
    assert service.ask("/v2/models/praxi-layers/infer").status == 405
    nothing = service.ask("/nothing")
    assert (nothing.status, nothing.document["code"]) == (404, "unknown")
    assert nothing.document["error"] == "there is nothing at /nothing; /openapi.json lists what there is"
    wrong = service.ask("/v1/audits/x", method="PUT")
    assert (wrong.status, set(wrong.headers["allow"].split(", "))) == (405, {"GET", "HEAD", "DELETE"})
    assert wrong.document["error"].startswith("/v1/audits/x does not take PUT; it takes ")


def test_a_request_says_how_long_it_may_take(service: Service) -> None:
    asked = {"inputs": [{"name": "paths", "datatype": "BYTES", "shape": [1], "data": ["a"]}]}
    late = service.ask("/v2/models/praxi-layers/infer", asked, X_Request_Timeout="0.0000001")
    assert (late.status, late.document["code"], late.document["retryable"]) == (504, "deadline", True)
    wrong = service.ask("/v2/models/praxi-layers/infer", asked, X_Request_Timeout="soon")
    assert wrong.status == 400
    assert (
        service.ask("/v2/models/praxi-layers/infer", asked | {"parameters": {"timeout": "1"}}).status == 400
    )


def test_a_compressed_body_is_not_opened(service: Service) -> None:
    answer = service.ask("/v2/models/praxi-layers/infer", b"\x1f\x8b", Content_Encoding="gzip")
    assert answer.status == 415


def test_every_route_is_described_and_counted(service: Service) -> None:
    described = service.ask("/openapi.json").document
    assert described["openapi"].startswith("3.1")
    assert "post" in described["paths"]["/v2/models/{model}/versions/{version}/infer"]
    service.ask("/v2/models/praxi-layers")
    counted = service.ask("/metrics").body.decode()
    assert 'praxi_serve_requests_total{route="/v2/models/{model}",status="200"}' in counted
