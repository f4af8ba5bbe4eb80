"""Payloads of signatures as cosign writes them."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from praxi_tasks.errors import SignatureError
from praxi_tasks.packs.signature import PASSWORD, has_signed, is_signed, sign

DIGEST = "sha256:" + "ab" * 32


@pytest.mark.parametrize(
    ("locked", "password", "told"),
    [
        ("", "", ""),
        ("", "of another key", ""),
        ("horse", "horse", ""),
        ("horse", "", f"the key has a password.*set {PASSWORD}"),
        ("horse", "house", f"the password is wrong.*correct {PASSWORD}"),
    ],
)
@pytest.mark.parametrize(
    "form", [serialization.PrivateFormat.PKCS8, serialization.PrivateFormat.TraditionalOpenSSL]
)
def test_what_is_wrong_with_a_private_key_is_told(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    locked: str,
    password: str,
    told: str,
    form: serialization.PrivateFormat,
) -> None:
    encryption: serialization.KeySerializationEncryption = serialization.NoEncryption()
    if locked:
        encryption = serialization.BestAvailableEncryption(locked.encode())
    key = ec.generate_private_key(ec.SECP256R1())
    (tmp_path / "key").write_bytes(key.private_bytes(serialization.Encoding.PEM, form, encryption))
    monkeypatch.setenv(PASSWORD, password)
    if told:
        with pytest.raises(SignatureError, match=told):
            sign(b"payload", tmp_path / "key")
    else:
        assert has_signed(b"payload", sign(b"payload", tmp_path / "key"), tmp_path / "key")


@pytest.mark.parametrize("optional", ["null", "{}", '{"creator": "atomic", "timestamp": 1458239713}'])
@pytest.mark.parametrize(
    ("kind", "accepted"), [("cosign container image signature", True), ("atomic container signature", False)]
)
def test_what_signers_add_to_a_payload_is_theirs(
    tmp_path: Path, optional: str, kind: str, accepted: bool
) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    public = tmp_path / "cosign.pub"
    public.write_bytes(
        key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
    )
    payload = (
        f'{{"critical": {{"identity": {{"docker-reference": "other/name"}}, "image": '
        f'{{"docker-manifest-digest": "{DIGEST}"}}, "type": "{kind}"}}, "optional": {optional}}}'
    ).encode()
    signature = base64.b64encode(key.sign(payload, ec.ECDSA(hashes.SHA256()))).decode()
    assert is_signed(payload, signature, public, DIGEST) is accepted
    assert not is_signed(payload, signature, public, DIGEST.replace("ab", "ac"))
    assert not is_signed(payload + b" ", signature, public, DIGEST)
