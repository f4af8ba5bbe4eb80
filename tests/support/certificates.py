"""Certificates of 127.0.0.1: one that vouches for itself, and one of an authority of the tests' own."""

from __future__ import annotations

import datetime
import ipaddress
from pathlib import Path
from typing import Final, NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

_ADDRESS: Final = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])


class Authority(NamedTuple):
    """The certificate of an authority, and key and certificate of a server that it vouches for."""

    certificate: Path
    server: Path


def self_signed(file: Path) -> Path:
    """Write a key and its certificate, good for a day, into one PEM file, and return it."""
    key = ec.generate_private_key(ec.SECP256R1())
    made = _unsigned("tests", key.public_key(), ca=True).add_extension(_ADDRESS, critical=False)
    file.write_bytes(_private(key) + _pem(made.sign(key, hashes.SHA256())))
    return file


def authority(folder: Path) -> Authority:
    """Write an authority's certificate and a server's key and certificate into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    ca_key = ec.generate_private_key(ec.SECP256R1())
    ca = _unsigned("authority of the tests", ca_key.public_key(), ca=True).sign(ca_key, hashes.SHA256())
    key = ec.generate_private_key(ec.SECP256R1())
    made = _unsigned("tests", key.public_key(), ca=False, issuer=ca.subject).add_extension(
        _ADDRESS, critical=False
    )
    files = Authority(folder / "authority.pem", folder / "server.pem")
    files.certificate.write_bytes(_pem(ca))
    files.server.write_bytes(_private(key) + _pem(made.sign(ca_key, hashes.SHA256())))
    return files


def public_part(file: Path) -> str:
    """Return the certificate of a PEM file without its key."""
    return _pem(x509.load_pem_x509_certificate(file.read_bytes())).decode()


def _unsigned(
    name: str, key: ec.EllipticCurvePublicKey, *, ca: bool, issuer: x509.Name | None = None
) -> x509.CertificateBuilder:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer or subject)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
    )


def _private(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)
