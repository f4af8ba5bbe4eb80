"""Payloads of signatures as cosign writes them."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from praxi_tasks.packs.signature import is_signed

DIGEST = "sha256:" + "ab" * 32


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
