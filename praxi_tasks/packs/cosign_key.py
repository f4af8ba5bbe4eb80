"""Private keys as ``cosign generate-key-pair`` writes them: PKCS#8 in NaCl's secretbox, by a key of scrypt's.

The `envelope <https://github.com/secure-systems-lab/go-securesystemslib/tree/main/encrypted>`_ is JSON.
"""

from __future__ import annotations

import base64
import binascii
import re
from typing import Annotated, Final

import msgspec
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from nacl.exceptions import CryptoError
from nacl.secret import SecretBox

from praxi_tasks.json_decoding import decode

_PEM: Final = re.compile(
    rb"-----BEGIN ENCRYPTED (SIGSTORE|COSIGN) PRIVATE KEY-----"
    rb"([A-Za-z0-9+/=\s]*)"
    rb"-----END ENCRYPTED \1 PRIVATE KEY-----"
)
_MOST_MEMORY: Final = 1 << 30
"""Bytes that scrypt may take: cosign's own parameters take a sixteenth."""


class _Parameters(msgspec.Struct, frozen=True):
    n: Annotated[int, msgspec.Meta(ge=2)] = msgspec.field(name="N")
    r: Annotated[int, msgspec.Meta(ge=1)]
    p: Annotated[int, msgspec.Meta(ge=1, le=16)]


class _Derivation(msgspec.Struct, frozen=True, tag_field="name", tag="scrypt"):
    params: _Parameters
    salt: bytes


class _Cipher(msgspec.Struct, frozen=True, tag_field="name", tag="nacl/secretbox"):
    nonce: Annotated[bytes, msgspec.Meta(min_length=SecretBox.NONCE_SIZE, max_length=SecretBox.NONCE_SIZE)]


class _Envelope(msgspec.Struct, frozen=True):
    kdf: _Derivation
    cipher: _Cipher
    ciphertext: bytes


def is_cosign_key(pem: bytes) -> bool:
    """Return whether this is a private key of cosign's own format."""
    return _PEM.search(pem) is not None


def unlocked(pem: bytes, password: bytes) -> bytes:
    """Return the PKCS#8 key in DER that a key of cosign's format holds.

    Raises
    ------
    ValueError
        If it is no such key, or this is not its password.
    """
    found = _PEM.search(pem)
    if found is None:
        raise ValueError("no key of cosign's")
    try:
        envelope = decode(base64.b64decode(found[2]), _Envelope)
    except (msgspec.DecodeError, binascii.Error, RecursionError) as error:
        raise ValueError("no envelope of a key") from error
    derivation = envelope.kdf.params
    if 128 * derivation.n * derivation.r > _MOST_MEMORY:
        raise ValueError("its parameters take too much memory")
    scrypt = Scrypt(envelope.kdf.salt, SecretBox.KEY_SIZE, derivation.n, derivation.r, derivation.p)
    try:
        return SecretBox(scrypt.derive(password)).decrypt(envelope.ciphertext, envelope.cipher.nonce)
    except CryptoError as error:
        raise ValueError("another password, or an altered key") from error
