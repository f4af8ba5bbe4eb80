"""Signatures as cosign makes them with keys: a simple-signing payload, signed by ECDSA P-256 or Ed25519.

The `payload <https://github.com/sigstore/cosign/blob/main/specs/SIGNATURE_SPEC.md>`_ names the digest of the
manifest that is signed. It is a blob of the manifest tagged ``sha256-<digest>.sig``, whose annotation has the
signature.
"""

from __future__ import annotations

import base64
import binascii
import re
from pathlib import Path
from typing import Any, Final, TypeAlias

import msgspec
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from praxi_tasks.environment import read_text
from praxi_tasks.errors import SignatureError
from praxi_tasks.json_decoding import decode
from praxi_tasks.packs.cosign_key import is_cosign_key, unlocked

PAYLOAD_TYPE: Final = "application/vnd.dev.cosign.simplesigning.v1+json"
ANNOTATION: Final = "dev.cosignproject.cosign/signature"
PASSWORD: Final = "PRAXI_PACK_KEY_PASSWORD"  # noqa: S105 - the variable's name
"""The variable that holds the password of an encrypted private key."""

_LOCKED: Final = re.compile(rb"-----BEGIN ENCRYPTED |^Proc-Type: 4,ENCRYPTED", re.MULTILINE)
_TYPE: Final = "cosign container image signature"
_PublicKey: TypeAlias = ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey


class _Image(msgspec.Struct, frozen=True):
    digest: str = msgspec.field(name="docker-manifest-digest")


class _Identity(msgspec.Struct, frozen=True):
    reference: str = msgspec.field(name="docker-reference", default="")


class _Critical(msgspec.Struct, frozen=True):
    identity: _Identity
    image: _Image
    type: str


class _Payload(msgspec.Struct, frozen=True):
    critical: _Critical
    optional: dict[str, Any] | None = None


def signature_tag(digest: str) -> str:
    """Return the tag under which the signatures of a manifest are."""
    return f"{digest.replace(':', '-')}.sig"


def payload_of(name: str, digest: str) -> bytes:
    """Return what is signed of a manifest.

    Parameters
    ----------
    name
        The repository, with its registry.
    """
    critical = _Critical(_Identity(name), _Image(digest), _TYPE)
    return msgspec.json.encode(_Payload(critical))


def sign(payload: bytes, key: Path) -> str:
    """Return the signature of a payload, as the annotation has it.

    Raises
    ------
    SignatureError
        If the file holds no private key of a supported kind, or :data:`PASSWORD` does not open it.
    """
    private = _private_key(key)
    if isinstance(private, ed25519.Ed25519PrivateKey):
        return base64.b64encode(private.sign(payload)).decode()
    return base64.b64encode(private.sign(payload, ec.ECDSA(hashes.SHA256()))).decode()


def has_signed(payload: bytes, signature: str, key: Path) -> bool:
    """Return whether a private key made a signature of a payload.

    Raises
    ------
    SignatureError
        As :func:`sign` does.
    """
    return _verifies(payload, signature, _private_key(key).public_key())


def is_signed(payload: bytes, signature: str, key: Path, digest: str) -> bool:
    """Return whether a payload is signed with a key, and is about the manifest with this digest.

    Parameters
    ----------
    key
        A public key in PEM: ``cosign.pub``.

    Raises
    ------
    SignatureError
        If the file holds no public key of a supported kind.
    """
    if not _verifies(payload, signature, _public_key(key)):
        return False
    try:
        critical = decode(payload, _Payload).critical
    except (msgspec.DecodeError, UnicodeDecodeError):
        return False
    return critical.image.digest == digest and critical.type == _TYPE


def _verifies(payload: bytes, signature: str, public: _PublicKey) -> bool:
    try:
        signed = base64.b64decode(signature, validate=True)
        if isinstance(public, ed25519.Ed25519PublicKey):
            public.verify(signed, payload)
        else:
            public.verify(signed, payload, ec.ECDSA(hashes.SHA256()))
    except (InvalidSignature, binascii.Error):
        return False
    return True


def _private_key(key: Path) -> ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey:
    data, password = _read(key), read_text(PASSWORD).encode()
    is_locked = _LOCKED.search(data) is not None
    try:
        if is_cosign_key(data):
            private = serialization.load_der_private_key(unlocked(data, password), None)
        else:
            private = serialization.load_pem_private_key(data, password if is_locked else None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise _unusable(key, is_locked=is_locked, has_password=bool(password)) from error
    if isinstance(private, ed25519.Ed25519PrivateKey):
        return private
    if isinstance(private, ec.EllipticCurvePrivateKey) and isinstance(private.curve, ec.SECP256R1):
        return private
    raise _unsupported(key)


def _unusable(key: Path, *, is_locked: bool, has_password: bool) -> SignatureError:
    if not is_locked:
        return SignatureError(
            "this is no private key", where=str(key), action="give cosign.key, or a PKCS#8 key in PEM"
        )
    if not has_password:
        return SignatureError("the key has a password", where=str(key), action=f"set {PASSWORD} to it")
    return SignatureError(
        "the key can't be opened: the password is wrong, or the file is damaged",
        where=str(key),
        action=f"correct {PASSWORD}",
    )


def _public_key(key: Path) -> _PublicKey:
    try:
        public = serialization.load_pem_public_key(_read(key))
    except (ValueError, UnsupportedAlgorithm) as error:
        raise SignatureError("this is no public key", where=str(key), action="give one in PEM") from error
    if isinstance(public, ed25519.Ed25519PublicKey):
        return public
    if isinstance(public, ec.EllipticCurvePublicKey) and isinstance(public.curve, ec.SECP256R1):
        return public
    raise _unsupported(key)


def _unsupported(key: Path) -> SignatureError:
    return SignatureError(
        "keys of this kind are not supported", where=str(key), action="use ECDSA with P-256, or Ed25519"
    )


def _read(key: Path) -> bytes:
    try:
        return key.read_bytes()
    except OSError as error:
        raise SignatureError(
            f"the key can't be read: {error.strerror or error}", where=str(key), action="check the path"
        ) from error
