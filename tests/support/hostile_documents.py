"""Documents that somebody made to harm their reader: feeds, wheels, manifests, answers of registries."""

from __future__ import annotations

import io
import json
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

DIGEST: Final = "sha256:" + "0" * 64


@dataclass(frozen=True)
class Document:
    """What makes the bytes of a kind from its size, and what reads them."""

    make: Callable[[int], bytes]
    read: Callable[[bytes], object]


def zipped(members: Iterable[tuple[str, bytes]], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return file.getvalue()


def advisory(number: int, **about: object) -> tuple[str, bytes]:
    affected = {"package": {"ecosystem": "Debian:12", "name": "openssl"}, **about}
    text = {"id": f"X-{number}", "modified": "2026-01-01T00:00:00Z", "affected": [affected]}
    return f"X-{number}.json", json.dumps(text).encode()


def _fixed(versions: Iterable[str]) -> dict[str, object]:
    events = [{"introduced": "0"}, *({"fixed": version} for version in versions)]
    return {"ranges": [{"type": "ECOSYSTEM", "events": events}]}


def events(size: int) -> bytes:
    """Return one range of many events."""
    return zipped([advisory(0, **_fixed(f"1.{number}" for number in range(size)))])


def advisories(size: int) -> bytes:
    """Return many advisories about one package."""
    return zipped(advisory(number, **_fixed([f"1.{number}"])) for number in range(size // 4))


def listed_versions(size: int) -> bytes:
    return zipped([advisory(0, versions=[f"1.{number}" for number in range(size * 5)])])


def long_feed_versions(size: int) -> bytes:
    return zipped(advisory(n, **_fixed(["1." + "9" * (size * 10) + str(n)])) for n in range(20))


def aliases(size: int) -> bytes:
    """Return a chain of advisories, each another name of the one before."""
    chain = (
        json.dumps({"id": f"X-{number}", "aliases": [f"X-{number + 1}"], "affected": []}).encode()
        for number in range(size // 4)
    )
    return zipped((f"{number}.json", text) for number, text in enumerate(chain))


def deep_advisory(size: int) -> bytes:
    return zipped(
        [("X.json", b'{"id":"X","database_specific":' + b"[" * size * 10 + b"]" * size * 10 + b"}")]
    )


def zip_bomb(size: int) -> bytes:
    return zipped((f"{number}.json", bytes(1 << 20)) for number in range(size // 200))


def scores(size: int) -> bytes:
    severity = [{"type": "CVSS_V3", "score": "CVSS:3.1/" + "AV:N/" * 50}] * (size // 4)
    return zipped([advisory(0, severity=severity)])


def members(size: int) -> bytes:
    return zipped(((f"x/{number}.py", b"") for number in range(size * 5)), zipfile.ZIP_STORED)


def wheel_of_zeros(size: int) -> bytes:
    return zipped((f"x/{number}.py", bytes(1 << 20)) for number in range(size // 40))


def manifest(size: int) -> bytes:
    layer = {"mediaType": "application/vnd.oci.image.layer.v1.tar+gzip", "digest": DIGEST, "size": 1}
    config = {**layer, "mediaType": "application/vnd.oci.image.config.v1+json"}
    return json.dumps({"schemaVersion": 2, "config": config, "layers": [layer] * size}).encode()


def deep_json(size: int) -> bytes:
    return b'{"schemaVersion":2,"x":' + b"[" * size * 50 + b"]" * size * 50 + b"}"


def brackets(size: int) -> bytes:
    return b'{"a":"' + b"[{" * size * 50 + b'","b":[' + b"[]," * size * 50 + b"1]}"


def challenge(size: int) -> bytes:
    return b'Bearer realm="' + b'\\"' * size * 10 + b'",' + b"a=b," * size * 10


def docker_config(size: int) -> bytes:
    return json.dumps({"auths": {f"r{n}.example/*/{n}": {"auth": "eDp5"} for n in range(size)}}).encode()


def yaml_aliases(size: int) -> bytes:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, max(size // 2000, 2))]
    return "\n".join(lines).encode()


def _index(data: bytes) -> int:
    from praxi_tasks.findings.advisories.index_cache import build_index

    index = build_index({"osv/Debian:12/all.zip": data})
    versions = ("1.0", "2.0", "1." + "9" * 500)
    return sum(len(index.find("debian-12", "openssl", version)) for version in versions)


def _wheel(data: bytes) -> int:
    from praxi_tasks.learning.data import parse_label
    from praxi_tasks.learning.sources.pypi.wheel import list_wheel

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "x-1.0-py3-none-any.whl")
        path.write_bytes(data)
        return len(list_wheel(path, parse_label("x==1.0")).checked().paths)


def _manifest(data: bytes) -> int:
    from praxi_tasks.oci.image.manifest import parse_manifest

    return len(str(parse_manifest(data, "application/vnd.oci.image.manifest.v1+json", "x")))


def _challenge(data: bytes) -> int:
    from praxi_tasks.oci.registry.challenge import parse_challenges

    return len(parse_challenges(data.decode()))


def _config(data: bytes) -> int:
    from praxi_tasks.oci.registry.keychain import Keychain

    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "config.json").write_bytes(data)
        keychain = Keychain.from_environment(folder)
        return sum(bool(keychain.credentials(f"r{number}.example", "a/7")) for number in range(3))


def _policy(data: bytes) -> object:
    from praxi_tasks.findings import parse_policy

    return parse_policy(data, "policy.yaml")


DOCUMENTS: Final[Mapping[str, Document]] = {
    **{
        make.__name__: Document(make, _index)
        for make in (
            events,
            advisories,
            listed_versions,
            long_feed_versions,
            aliases,
            deep_advisory,
            zip_bomb,
            scores,
        )
    },
    **{make.__name__: Document(make, _wheel) for make in (members, wheel_of_zeros)},
    **{make.__name__: Document(make, _manifest) for make in (manifest, deep_json, brackets)},
    "challenge": Document(challenge, _challenge),
    "docker_config": Document(docker_config, _config),
    "yaml_aliases": Document(yaml_aliases, _policy),
}
