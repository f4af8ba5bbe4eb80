"""A key that cosign wrote signs packs; what is none, or locked with another password, is told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from praxi_tasks.errors import SignatureError
from praxi_tasks.packs.signature import PASSWORD, is_signed, payload_of, sign
from tests.packs.cosign_keys import cosign_key, pem

DIGEST = "sha256:" + "ab" * 32
KEY = ec.generate_private_key(ec.SECP256R1())


@pytest.mark.parametrize("kind", ["SIGSTORE", "COSIGN"])
@pytest.mark.parametrize("password", ["", "correct horse"])
def test_it_signs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, password: str) -> None:
    private, public = tmp_path / "cosign.key", tmp_path / "cosign.pub"
    private.write_bytes(cosign_key(KEY, password, kind))
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    public.write_bytes(KEY.public_key().public_bytes(serialization.Encoding.PEM, form))
    monkeypatch.setenv(PASSWORD, password)
    payload = payload_of("registry.example/pack", DIGEST)
    assert is_signed(payload, sign(payload, private), public, DIGEST)
    monkeypatch.setenv(PASSWORD, "another")
    with pytest.raises(SignatureError, match=f"the password is wrong.*{PASSWORD}"):
        sign(payload, private)


@pytest.mark.parametrize(
    "data",
    [
        pem(b"no JSON"),
        pem(b"{}"),
        pem(b"[" * 100_000),
        b"-----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----\nA\n-----END ENCRYPTED SIGSTORE PRIVATE KEY-----",
        b"-----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----",
    ],
)
def test_what_is_no_envelope_is_told(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "cosign.key").write_bytes(data)
    with pytest.raises(SignatureError, match=r"no private key|has a password|can.t be opened"):
        sign(b"payload", tmp_path / "cosign.key")


@pytest.mark.parametrize(
    "odd",
    [
        {"kdf": {"name": "scrypt", "params": {"N": 1 << 40, "r": 8, "p": 1}, "salt": "AAAA"}},
        {"kdf": {"name": "scrypt", "params": {"N": 3, "r": 8, "p": 1}, "salt": "AAAA"}},
        {"kdf": {"name": "argon2", "params": {"N": 2, "r": 8, "p": 1}, "salt": "AAAA"}},
        {"cipher": {"name": "nacl/secretbox", "nonce": "AAAA"}},
        {"ciphertext": ""},
    ],
)
def test_an_envelope_of_another_kind_is_told(tmp_path: Path, odd: dict[str, Any]) -> None:
    (tmp_path / "cosign.key").write_bytes(cosign_key(KEY, "", **odd))
    with pytest.raises(SignatureError, match=r"no private key|has a password|can.t be opened"):
        sign(b"payload", tmp_path / "cosign.key")
