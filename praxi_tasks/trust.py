"""Which certificate authorities are trusted, and what is wrong with a certificate that is not.

One setting, ``PRAXI_CA_BUNDLE``, names a PEM file of authorities that are trusted besides the system's, by
all that asks the store, registries, indexes, feeds, Prometheus, MLflow or receivers. Airflow's side has the
setting ``ca_bundle`` for it.
"""

from __future__ import annotations

import hashlib
import os
import re
import ssl
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final, NamedTuple

from praxi_tasks.environment import read_text
from praxi_tasks.errors import UsageError

VARIABLE: Final = "PRAXI_CA_BUNDLE"

_SETTING: Final = f"{VARIABLE} (in Airflow: the setting ca_bundle)"
_ADVICE: Final = f"add its authority to the PEM file of {_SETTING}"
_LOOK_UP: Final = (
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/cert.pem",
)
_LIBRARIES: Final = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "AWS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS")
# As OpenSSL says it, which Python quotes, and as rustls does, which obstore shows.
_REFUSED: Final = re.compile(r"certificate.verify.failed|InvalidCertificate\(", re.IGNORECASE)
_DETAIL: Final = re.compile(
    r"verify failed: ([^(\n]{1,120})|InvalidCertificate\(\s*(?:Other\(\s*OtherError\(\s*)?(\w{1,60})"
)


class CertificateProblem(NamedTuple):
    """What is wrong with a server's certificate, and what to do about it; no other try may pass."""

    what: str
    action: str


_KINDS: Final = (
    (
        re.compile(r"certificate is not valid for|NotValidForName"),
        CertificateProblem(
            "is for other names than the one that was asked",
            "use a name that the certificate holds, or have one issued for this name",
        ),
    ),
    (
        re.compile(r"has expired|Expired"),
        CertificateProblem(
            "has expired", "have it renewed by whoever runs the server; if it was, set this machine's clock"
        ),
    ),
    (
        re.compile(r"not yet valid|NotValidYet"),
        CertificateProblem("is not valid yet", "set the clocks of this machine and the server by NTP"),
    ),
    (
        # A signature fails where the authority was made anew under its old name.
        re.compile(r"issuer|self.signed|first certificate|signature", re.IGNORECASE),
        CertificateProblem("is not trusted: it is of an authority that is not known here", _ADVICE),
    ),
)


def certificate_problem(said: object, server: str = "server") -> CertificateProblem | None:
    """Return what a failed connection says of the server's certificate; None if that is not why it failed.

    Parameters
    ----------
    said
        The error, of Python's ssl, of whatever wraps it, or of obstore; or what was logged of one. Its text
        says why, for some have nothing else.
    server
        What the server is to the reader: ``registry``, for instance.
    """
    text = str(said)
    if not _REFUSED.search(text):
        return None
    for pattern, problem in _KINDS:
        if pattern.search(text):
            return problem._replace(what=f"the {server}'s certificate {problem.what}")
    found = _DETAIL.search(text)
    why = (found[1] or found[2]).strip() if found else "no reason given"
    return CertificateProblem(f"the {server}'s certificate is not trusted: {why}", _ADVICE)


def ca_bundle(environment: Mapping[str, str] | None = None) -> str:
    """Return the path of the PEM file that is trusted besides the system's authorities; empty for none."""
    return read_text(VARIABLE, environment=environment)


def trusting_context(bundle: str) -> ssl.SSLContext:
    """Return what checks servers against the system's authorities and those of a PEM file, if there is one.

    Raises
    ------
    UsageError
        If the file can't be read, or holds no certificate.
    """
    context = ssl.create_default_context()
    if bundle:
        try:
            context.load_verify_locations(bundle)
        except OSError as error:  # SSLError is one
            raise UsageError(
                f"the CA bundle can't be used: {error.strerror or error}",
                where=bundle,
                action=f"correct {_SETTING}",
            ) from None
    return context


def own_authorities(bundle: str = "") -> bytes:
    """Return the content of a PEM file, by default the setting's, checked; empty for none.

    Raises
    ------
    UsageError
        See :func:`trusting_context`.
    """
    bundle = bundle or ca_bundle()
    if not bundle:
        return b""
    trusting_context(bundle)
    return Path(bundle).read_bytes()


def all_authorities(bundle: str = "") -> str:
    """Return the path of a file of the system's authorities and those of another, by default the setting's.

    It is for libraries that take one file in place of the system's; empty where there is no such setting.

    Raises
    ------
    UsageError
        See :func:`trusting_context`.
    """
    own = own_authorities(bundle)
    return str(_everything(own)) if own else ""


def library_variables(bundle: str = "") -> dict[str, str]:
    """Return the variables by which other libraries and programs trust the same authorities.

    Raises
    ------
    UsageError
        See :func:`trusting_context`.
    """
    file = all_authorities(bundle)
    return dict.fromkeys(_LIBRARIES, file) if file else {}


def _everything(own: bytes) -> Path:
    """Return a file of the system's authorities and these: one for each content, written by this user."""
    data = _public() + b"\n" + own
    name = f"praxi-ca-{os.geteuid()}-{hashlib.sha256(data).hexdigest()[:16]}.pem"
    file = Path(tempfile.gettempdir()) / name
    if _is_own(file) and file.read_bytes() == data:
        return file
    descriptor, made = tempfile.mkstemp(prefix=name, suffix=".pem")
    with os.fdopen(descriptor, "wb") as opened:
        opened.write(data)
    try:
        return Path(made).replace(file)
    except OSError:  # somebody else's stands there: theirs is not trusted
        return Path(made)


def _is_own(file: Path) -> bool:
    return file.is_file() and not file.is_symlink() and file.stat().st_uid == os.geteuid()


def _public() -> bytes:
    """Return the authorities that this system trusts, or else those that Python's libraries bring along."""
    defaults = (read_text("SSL_CERT_FILE"), ssl.get_default_verify_paths().cafile or "", *_LOOK_UP)
    for file in map(Path, filter(None, defaults)):
        if file.is_file():
            return file.read_bytes()
    try:
        import certifi
    except ModuleNotFoundError:  # then there is no library that needs them either
        return b""
    return Path(certifi.where()).read_bytes()
