"""Packs in a real registry: pushed, signed, pulled by another site; and what is refused."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from praxi_tasks.discovery import Pack
from praxi_tasks.errors import (
    NotFoundError,
    PackError,
    SignatureError,
    UnauthorizedError,
    UsageError,
)
from praxi_tasks.oci.registry import RegistrySettings
from praxi_tasks.packs import (
    ARTIFACT_TYPE,
    Moved,
    NamedPack,
    list_packs,
    packs_of_model,
    pull_pack,
    push_pack,
    read_pack,
)
from praxi_tasks.packs.signature import PASSWORD
from praxi_tasks.store import Store, open_store
from tests.packs.packs import PROVENANCE, model_of_packs
from tests.support import images
from tests.support.registry import Registry

pytestmark = pytest.mark.server

Key = ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey
KEYS: Final[dict[str, Callable[[], Key]]] = {
    "ecdsa": lambda: ec.generate_private_key(ec.SECP256R1()),
    "ed25519": ed25519.Ed25519PrivateKey.generate,
}


@pytest.fixture
def settings(registry: Registry) -> RegistrySettings:
    return RegistrySettings(plain_http=(registry.host,))


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> dict[str, NamedPack]:
    """Return the packs of a stored model, by name."""
    uri = tmp_path_factory.mktemp("model").as_uri()
    model_of_packs().save(uri)
    return {named.pack.name: named for named in packs_of_model(uri)}


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store((tmp_path / "store").as_uri())


def written(key: Key, folder: Path, password: str = "") -> tuple[Path, Path]:
    """Write a private key and its public one in PEM."""
    private, public = folder / "pack.key", folder / "pack.pub"
    encryption: serialization.KeySerializationEncryption = serialization.NoEncryption()
    if password:
        encryption = serialization.BestAvailableEncryption(password.encode())
    private.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption)
    )
    public.write_bytes(
        key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
    )
    return private, public


def manifest_at(registry: Registry, name: str, identifier: str) -> dict[str, object]:
    request = urllib.request.Request(
        f"http://{registry.host}/v2/{name}/manifests/{identifier}",
        headers={"Accept": "application/vnd.oci.image.manifest.v1+json"},
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        found: dict[str, object] = json.load(answer)
        return found


def test_another_site_pulls_what_one_pushed(
    registry: Registry, settings: RegistrySettings, known: dict[str, NamedPack], store: Store
) -> None:
    uri = f"oci://{registry.host}/packs/roundtrip:1"
    first = push_pack(known["debian/one"], uri, settings)
    again = push_pack(known["debian/one"], uri, settings)
    assert first.sent > 0
    assert again == first._replace(sent=0)
    pulled = pull_pack(uri, store, settings)
    assert pulled.parts == known["debian/one"].pack.parts
    assert pulled.annotations.items() >= PROVENANCE["debian/one"].items()
    assert list_packs(store) == [pulled]
    for part in pulled.parts:
        assert store.get(f"parts/{part.sha256}") == known["debian/one"].pool.read(part)
    assert pull_pack(f"{uri.rpartition(':')[0]}@{first.digest}", store, settings).parts == pulled.parts


def test_how_far_it_is_is_told(
    registry: Registry, settings: RegistrySettings, known: dict[str, NamedPack], store: Store
) -> None:
    uri, size = f"oci://{registry.host}/packs/watched:1", known["pypi/two"].pack.parts[0].size
    told: list[Moved] = []
    push_pack(known["pypi/two"], uri, settings, watch=told.append)
    assert [told[0].known, told[-1]] == [0, Moved(size, 0, size)]
    push_pack(known["pypi/two"], uri, settings, watch=told.append)
    assert told[-1] == Moved(size, size, size)
    pull_pack(uri, store, settings, watch=told.append)
    assert told[-1] == Moved(size, 0, size)
    pull_pack(uri, store, settings, watch=told.append)
    assert told[-1] == Moved(size, size, size)


def test_who_passes_a_pack_on_changes_nothing_of_it(
    registry: Registry, settings: RegistrySettings, known: dict[str, NamedPack], store: Store
) -> None:
    """Where it was pulled from is this site's own affair, and signatures are of the digest."""
    first = push_pack(known["debian/one"], f"oci://{registry.host}/packs/vendor:1", settings)
    pull_pack(f"oci://{registry.host}/packs/vendor:1", store, settings)
    onwards = push_pack(read_pack(store, "debian/one"), f"oci://{registry.host}/packs/ours:1", settings)
    assert onwards.digest == first.digest


def test_a_pack_is_pushed_under_a_tag(settings: RegistrySettings, known: dict[str, NamedPack]) -> None:
    with pytest.raises(UsageError, match="under a tag"):
        push_pack(known["debian/one"], f"oci://registry.example/packs/x@sha256:{'0' * 64}", settings)


def test_the_artifact_is_one_of_oci(
    registry: Registry, settings: RegistrySettings, known: dict[str, NamedPack]
) -> None:
    push_pack(known["pypi/two"], f"oci://{registry.host}/packs/manifest:1", settings)
    manifest = manifest_at(registry, "packs/manifest", "1")
    assert manifest["artifactType"] == ARTIFACT_TYPE
    assert manifest["annotations"] == {**PROVENANCE["pypi/two"], "io.praxi.pack.name": "pypi/two"}
    layers = manifest["layers"]
    assert isinstance(layers, list)
    assert [layer["digest"] for layer in layers] == [
        f"sha256:{part.sha256}" for part in known["pypi/two"].pack.parts
    ]


def test_parts_of_another_repository_are_mounted(
    registry: Registry, settings: RegistrySettings, known: dict[str, NamedPack]
) -> None:
    push_pack(known["debian/one"], f"oci://{registry.host}/packs/source:1", settings)
    target = f"oci://{registry.host}/packs/target:1"
    assert push_pack(known["debian/one"], target, settings, mount_from="packs/source").sent == 0


@pytest.mark.parametrize("kind", KEYS)
@pytest.mark.parametrize("password", ["", "correct horse"])
def test_a_signed_pack_is_pulled_by_who_asks_for_its_key(
    registry: Registry,
    settings: RegistrySettings,
    known: dict[str, NamedPack],
    store: Store,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
    password: str,
) -> None:
    monkeypatch.setenv(PASSWORD, password)
    private, public = written(KEYS[kind](), tmp_path, password)
    uri = f"oci://{registry.host}/packs/signed-{kind}:{len(password)}"
    digest = push_pack(known["debian/one"], uri, settings, key=private).digest
    assert pull_pack(uri, store, settings, key=public).name == "debian/one"
    manifest = manifest_at(registry, f"packs/signed-{kind}", f"{digest.replace(':', '-')}.sig")
    layers = manifest["layers"]
    assert isinstance(layers, list)
    assert list(layers[0]["annotations"]) == ["dev.cosignproject.cosign/signature"]


def test_signatures_of_other_keys_stay_and_one_key_signs_once(
    registry: Registry,
    settings: RegistrySettings,
    known: dict[str, NamedPack],
    store: Store,
    tmp_path: Path,
) -> None:
    uri = f"oci://{registry.host}/packs/signed-twice:1"
    keys = []
    for kind in KEYS:
        folder = tmp_path / kind
        folder.mkdir()
        keys.append(written(KEYS[kind](), folder))
    for private, _ in (*keys, *keys):
        digest = push_pack(known["debian/one"], uri, settings, key=private).digest
    for _, public in keys:
        assert pull_pack(uri, store, settings, key=public).name == "debian/one"
    layers = manifest_at(registry, "packs/signed-twice", f"{digest.replace(':', '-')}.sig")["layers"]
    assert isinstance(layers, list)
    assert len(layers) == len(keys)


def test_what_is_not_signed_or_by_another_is_refused(
    registry: Registry,
    settings: RegistrySettings,
    known: dict[str, NamedPack],
    store: Store,
    tmp_path: Path,
) -> None:
    private, _ = written(KEYS["ecdsa"](), tmp_path)
    _, other = written(KEYS["ecdsa"](), (tmp_path / "store").parent)
    uri = f"oci://{registry.host}/packs/refused:1"
    push_pack(known["debian/one"], uri, settings)
    with pytest.raises(SignatureError, match="not signed"):
        pull_pack(uri, store, settings, key=other)
    signer = tmp_path / "signer"
    signer.mkdir()
    push_pack(known["debian/one"], uri, settings, key=written(KEYS["ecdsa"](), signer)[0])
    with pytest.raises(SignatureError, match="with this key"):
        pull_pack(uri, store, settings, key=other)
    with pytest.raises(SignatureError, match="no public key"):
        pull_pack(uri, store, settings, key=private)
    with pytest.raises(SignatureError, match="no private key"):
        push_pack(known["debian/one"], uri, settings, key=other)
    assert list_packs(store) == []


def test_a_signature_of_another_pack_does_not_count(
    registry: Registry,
    settings: RegistrySettings,
    known: dict[str, NamedPack],
    store: Store,
    tmp_path: Path,
) -> None:
    """Whoever may push could tag the signature of one manifest as that of another."""
    private, public = written(KEYS["ed25519"](), tmp_path)
    name = "packs/swapped"
    signed = push_pack(known["debian/one"], f"oci://{registry.host}/{name}:1", settings, key=private).digest
    plain = push_pack(known["pypi/two"], f"oci://{registry.host}/{name}:2", settings).digest
    moved = json.dumps(manifest_at(registry, name, f"{signed.replace(':', '-')}.sig")).encode()
    request = urllib.request.Request(
        f"http://{registry.host}/v2/{name}/manifests/{plain.replace(':', '-')}.sig",
        data=moved,
        method="PUT",
        headers={"Content-Type": "application/vnd.oci.image.manifest.v1+json"},
    )
    urllib.request.urlopen(request, timeout=30).close()
    with pytest.raises(SignatureError, match="with this key"):
        pull_pack(f"oci://{registry.host}/{name}:2", store, settings, key=public)


def test_what_is_no_pack_is_refused(
    registry: Registry, settings: RegistrySettings, store: Store, known: dict[str, NamedPack]
) -> None:
    registry.push("packs/image:1", images.image([images.layer({"a": b"x"})]))
    with pytest.raises(PackError, match="no knowledge pack"):
        pull_pack(f"oci://{registry.host}/packs/image:1", store, settings)
    with pytest.raises(NotFoundError):
        pull_pack(f"oci://{registry.host}/packs/nothing:1", store, settings)
    with pytest.raises(UsageError, match="URI of a pack"):
        pull_pack(f"{registry.host}/packs/image:1", store, settings)
    named = known["debian/one"]
    nameless = NamedPack(Pack("../evil", named.pack.parts), named.pool)
    push_pack(nameless, f"oci://{registry.host}/packs/nameless:1", settings)
    with pytest.raises(PackError, match="no usable name"):
        pull_pack(f"oci://{registry.host}/packs/nameless:1", store, settings)
    assert list(store.list("")) == []


def test_a_part_whose_tables_do_not_fit_is_refused(
    registry: Registry, settings: RegistrySettings, store: Store, tmp_path: Path
) -> None:
    model = model_of_packs()
    broken = model.parts[0]
    broken.owners[0] = len(broken.packages)
    model.save((tmp_path / "broken").as_uri())
    named = packs_of_model((tmp_path / "broken").as_uri())[0]
    uri = f"oci://{registry.host}/packs/broken:1"
    push_pack(named, uri, settings)
    with pytest.raises(PackError, match="can't be used"):
        pull_pack(uri, store, settings)
    assert [key for key in store.list("") if "pack" in key] == []


def test_a_pack_too_big_is_refused(
    registry: Registry,
    settings: RegistrySettings,
    known: dict[str, NamedPack],
    store: Store,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    uri = f"oci://{registry.host}/packs/big:1"
    push_pack(known["debian/one"], uri, settings)
    monkeypatch.setenv("PRAXI_PACK_MAX_BYTES", "100")
    with pytest.raises(PackError, match="PRAXI_PACK_MAX_BYTES"):
        pull_pack(uri, store, settings)


def test_credentials_are_needed_where_the_registry_asks(
    private_registry: Registry, known: dict[str, NamedPack], store: Store, tmp_path: Path
) -> None:
    uri = f"oci://{private_registry.host}/packs/private:1"
    nobody = RegistrySettings(plain_http=(private_registry.host,), auth_file=str(tmp_path / "none.json"))
    (tmp_path / "none.json").write_text("{}")
    with pytest.raises(UnauthorizedError):
        push_pack(known["debian/one"], uri, nobody)
    auth = private_registry.authorization.removeprefix("Basic ")
    (tmp_path / "config.json").write_text(json.dumps({"auths": {private_registry.host: {"auth": auth}}}))
    somebody = RegistrySettings(plain_http=(private_registry.host,), auth_file=str(tmp_path / "config.json"))
    push_pack(known["debian/one"], uri, somebody)
    assert pull_pack(uri, store, somebody).name == "debian/one"
