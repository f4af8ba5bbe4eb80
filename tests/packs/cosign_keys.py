"""Private keys in cosign's own format, as ``cosign generate-key-pair`` writes them."""

from __future__ import annotations

import base64
import json
import os
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from nacl.secret import SecretBox


def cosign_key(key: ec.EllipticCurvePrivateKey, password: str, kind: str = "SIGSTORE", **odd: Any) -> bytes:
    """Return a key in PEM; ``odd`` are members of the envelope that are other ones than cosign writes."""
    der = key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    salt, nonce = os.urandom(32), os.urandom(24)
    box = SecretBox(Scrypt(salt, 32, 65536, 8, 1).derive(password.encode()))
    envelope = {
        "kdf": {"name": "scrypt", "params": {"N": 65536, "r": 8, "p": 1}, "salt": _text(salt)},
        "cipher": {"name": "nacl/secretbox", "nonce": _text(nonce)},
        "ciphertext": _text(box.encrypt(der, nonce).ciphertext),
    }
    return pem(json.dumps(envelope | odd).encode(), kind)


def pem(data: bytes, kind: str = "SIGSTORE") -> bytes:
    """Return bytes in PEM, in the lines of 64 characters that it has."""
    text = _text(data)
    lines = [text[start : start + 64] for start in range(0, len(text), 64)]
    whole = [
        f"-----BEGIN ENCRYPTED {kind} PRIVATE KEY-----",
        *lines,
        f"-----END ENCRYPTED {kind} PRIVATE KEY-----",
    ]
    return "\n".join([*whole, ""]).encode()


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()
