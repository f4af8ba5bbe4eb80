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


class Issuer:
    """An authority that vouches for servers; its certificate is ``certificate``."""

    def __init__(self, folder: Path, name: str = "authority of the tests") -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        unsigned = _unsigned(name, self._key.public_key(), ca=True)
        self._own = unsigned.sign(self._key, hashes.SHA256())
        self.certificate = folder / "authority.pem"
        self.certificate.write_bytes(_pem(self._own))

    def issue(self, *names: str, days: tuple[int, int] = (-1, 1)) -> Path:
        """Write key and certificate of a server with these names into a file and return it.

        ``days`` says from when to when it is good, from now; without a name it is that of 127.0.0.1.
        """
        key = ec.generate_private_key(ec.SECP256R1())
        alternatives = x509.SubjectAlternativeName(list(map(x509.DNSName, names))) if names else _ADDRESS
        unsigned = _unsigned("tests", key.public_key(), ca=False, issuer=self._own.subject, days=days)
        made = unsigned.add_extension(alternatives, critical=False).sign(self._key, hashes.SHA256())
        file = self._folder / f"server-{made.serial_number:x}.pem"
        file.write_bytes(_private(key) + _pem(made))
        return file


def self_signed(file: Path) -> Path:
    """Write a key and its certificate, good for a day, into one PEM file, and return it."""
    key = ec.generate_private_key(ec.SECP256R1())
    made = _unsigned("tests", key.public_key(), ca=True).add_extension(_ADDRESS, critical=False)
    file.write_bytes(_private(key) + _pem(made.sign(key, hashes.SHA256())))
    return file


def authority(folder: Path) -> Authority:
    """Write an authority's certificate and a server's key and certificate into a folder."""
    issuer = Issuer(folder)
    return Authority(issuer.certificate, issuer.issue())


def public_part(file: Path) -> str:
    """Return the certificate of a PEM file without its key."""
    return _pem(x509.load_pem_x509_certificate(file.read_bytes())).decode()


def _unsigned(
    name: str,
    key: ec.EllipticCurvePublicKey,
    *,
    ca: bool,
    issuer: x509.Name | None = None,
    days: tuple[int, int] = (-1, 1),
) -> x509.CertificateBuilder:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer or subject)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + datetime.timedelta(days=days[0]))
        .not_valid_after(now + datetime.timedelta(days=days[1]))
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
    )


def _private(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)
