"""Gems of the tests' own, and an index of them as https://guides.rubygems.org documents it."""

from __future__ import annotations

import gzip
import hashlib
import io
import tarfile
from collections.abc import Mapping

from tests.support.site import Answer, Site


def gem(files: Mapping[str, bytes]) -> bytes:
    """Return a gem of some files."""
    sums = f"---\nSHA256:\n  data.tar.gz: {hashlib.sha256(b'').hexdigest()}\n"
    return tar(
        {
            "metadata.gz": gzip.compress(b"--- !ruby/object:Gem::Specification\n", mtime=0),
            "data.tar.gz": gzip.compress(tar(files), mtime=0),
            "checksums.yaml.gz": gzip.compress(sums.encode(), mtime=0),
        }
    )


def publish_gem(
    server: Site, name: str, version: str, files: Mapping[str, bytes], platform: str = "", url: str = ""
) -> None:
    """Put a gem on an index at the root of a site, or below a path."""
    data, number = gem(files), "-".join(filter(None, (version, platform)))
    server.answers[f"{url}/gems/{name}-{number}.gem"] = Answer(data)
    before = server.answers.get(f"{url}/info/{name}", Answer(b"---\n")).data.decode()
    requirements = "ruby:>= 2.4.0"
    line = f"{number} rake:~> 13.0,minitest:>= 5|checksum:{hashlib.sha256(data).hexdigest()},{requirements}\n"
    server.answers[f"{url}/info/{name}"] = Answer((before + line).encode(), "text/plain")


def tar(files: Mapping[str, bytes]) -> bytes:
    """Return a tar without compression."""
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for path, content in files.items():
            member = tarfile.TarInfo(path)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return data.getvalue()
