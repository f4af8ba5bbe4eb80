"""A cluster's issuer of service account tokens, and a real object store whose STS trusts it (SeaweedFS)."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from tests.support.certificates import Issuer
from tests.support.process import free_port
from tests.support.s3 import ObjectStore, run_object_store
from tests.support.site import Answer, site

AUDIENCE: Final = "sts.example"
ROLE: Final = "arn:aws:iam::role/praxi-store"
ACCOUNT: Final = "system:serviceaccount:praxi:praxi-tasks"
BUCKET: Final = "identified"
SESSION_SECONDS: Final = 3


class TokenIssuer:
    """Issues tokens as a cluster's API server does for projected volumes; ``url`` is its issuer."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._key = rsa.generate_private_key(65537, 2048)

    def token(self, account: str = ACCOUNT, *, audience: str = AUDIENCE, seconds: int = 600) -> str:
        """Return a token of a service account."""
        now = int(time.time())
        head = {"alg": "RS256", "kid": "1", "typ": "JWT"}
        claims = {"iss": self.url, "sub": account, "aud": [audience], "iat": now, "exp": now + seconds}
        signed = ".".join(_base64(json.dumps(part).encode()) for part in (head, claims))
        signature = self._key.sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256())
        return f"{signed}.{_base64(signature)}"

    def keys(self) -> bytes:
        """Return the document by which others check its tokens."""
        public = self._key.public_key().public_numbers()
        n, e = (_base64(number.to_bytes(size, "big")) for number, size in ((public.n, 256), (public.e, 3)))
        key = {"kty": "RSA", "kid": "1", "use": "sig", "alg": "RS256", "n": n, "e": e}
        return json.dumps({"keys": [key]}).encode()


@dataclass(frozen=True)
class Federation:
    """What runs: who issues tokens, the store as its administrator, its address over TLS, and who vouches."""

    issuer: TokenIssuer
    store: ObjectStore
    url: str
    authority: Path


@contextmanager
def federation(folder: Path) -> Iterator[Federation]:
    """Run a store that gives the role to one service account alone, for ``praxi/`` in one bucket."""
    folder.mkdir(parents=True, exist_ok=True)
    authority, port = Issuer(folder / "tls"), free_port()
    certificate = authority.issue()
    with site() as server:
        issuer = TokenIssuer(server.url)
        server.answers["/keys"] = Answer(issuer.keys(), "application/json")
        settings = folder / "iam.json"
        settings.write_text(json.dumps(_settings(server.url)))
        options = [
            f"-s3.iam.config={settings}", f"-s3.port.https={port}",
            f"-s3.cert.file={certificate}", f"-s3.key.file={certificate}",
        ]  # fmt: skip
        with run_object_store(folder, options=options) as store:
            store.create_bucket(BUCKET)
            yield Federation(issuer, store, f"https://127.0.0.1:{port}", authority.certificate)


def _settings(url: str) -> dict[str, Any]:
    """Return the store's settings: short sessions, one issuer, one role."""
    provider = {"issuer": url, "clientId": AUDIENCE, "jwksUri": f"{url}/keys"}
    trust = {
        "Effect": "Allow",
        "Principal": {"Federated": "cluster"},
        "Action": ["sts:AssumeRoleWithWebIdentity"],
        "Condition": {"StringEquals": {"oidc:sub": ACCOUNT}},
    }
    places = [f"arn:aws:s3:::{BUCKET}", f"arn:aws:s3:::{BUCKET}/praxi/*"]
    allow = {"Effect": "Allow", "Action": ["s3:*"], "Resource": places}
    return {
        "sts": {
            "tokenDuration": f"{SESSION_SECONDS}s",
            "maxSessionLength": f"{SESSION_SECONDS}s",
            "issuer": "tests",
            "signingKey": base64.b64encode(b"of the tests, 32 characters long").decode(),
        },
        "providers": [{"name": "cluster", "type": "oidc", "enabled": True, "config": provider}],
        "policy": {"defaultEffect": "Deny", "storeType": "memory"},
        "roles": [
            {
                "roleName": ROLE.rpartition("/")[2],
                "roleArn": ROLE,
                "trustPolicy": {"Version": "2012-10-17", "Statement": [trust]},
                "attachedPolicies": ["store"],
            }
        ],
        "policies": [{"name": "store", "document": {"Version": "2012-10-17", "Statement": [allow]}}],
    }


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
