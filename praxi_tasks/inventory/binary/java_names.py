"""How a Java archive is called: what Maven left in it, its manifest, and its file's name.

Maven's ``pom.properties`` name a release exactly. Manifests are written by many tools, each in its own way,
and file names by people; they count where Maven left nothing of the archive's own.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from praxi_tasks.inventory.binary.java_groups import known_group

_WORD: Final = re.compile(r"[A-Za-z0-9_][\w.-]*")
_VERSION: Final = re.compile(r"v?\d[\w.+~-]*")
_QUALIFIER: Final = re.compile(
    r"(?:final|ga|release|snapshot|incubating|pre\d*|alpha|beta|rc\d*|cr\d*|m\d+|sp\d+|b\d+|build\d*|jre\d*"
    r"|android|jdk\d+|java\d+|redhat|patch\d*|hotfix\d*|r\d+|v\d+)(?:[.-]?\w*)",
    re.IGNORECASE,
)
_ENDING: Final = re.compile(
    r"\.(?:jar|war|ear|par|sar|nar|jpi|hpi|kar|lpkg|rar|aar)(?:\.original)?$", re.IGNORECASE
)
_GROUPS: Final = ("group-id", "implementation-vendor-id", "specification-vendor-id")
_TITLES: Final = (
    "artifact-id",
    "short-name",
    "extension-name",
    "implementation-title",
    "bundle-symbolicname",
)
_VERSIONS: Final = ("plugin-version", "implementation-version", "bundle-version", "specification-version")
_LONGEST_NAME: Final = 255  # what a file system takes
_JENKINS: Final = "org.jenkins-ci.plugins"


class Artifact(NamedTuple):
    """A release in Maven's words; what is not known is empty."""

    group: str
    name: str
    version: str


def parse_properties(data: bytes) -> Artifact:
    """Read a ``pom.properties``; values that are no names or versions count as absent."""
    values: dict[str, str] = {}
    for line in data.decode("utf-8", "replace").splitlines():
        key, _, value = line.strip().partition("=")
        values.setdefault(key.strip(), value.strip())
    group, name, version = (values.get(key, "") for key in ("groupId", "artifactId", "version"))
    return Artifact(_word(group), _word(name), _version(version))


def parse_manifest(data: bytes) -> dict[str, str]:
    """Return the main attributes of a manifest, their names in lower case (the JAR file specification)."""
    attributes: dict[str, str] = {}
    for end in (b"\r\n", b"\n", b"\r"):
        data = data.replace(end + b" ", b"")  # a line that goes on
    for line in data.decode("utf-8", "replace").splitlines():
        key, colon, value = line.partition(":")
        if name := key.strip().lower() if colon else "":
            attributes[name] = value.strip()
        elif not colon and attributes:
            break  # what follows a blank line is about single files
    return attributes


def split_file_name(name: str) -> tuple[str, str]:
    """Return the artifact and the version that a file's name holds; the version may be empty.

    It begins at the first part with a digit that only parts of a version follow; else at the last part with a
    digit, which a classifier may follow.
    """
    stem = _ENDING.sub("", name[-_LONGEST_NAME:])
    parts = stem.split("-")
    digits = [number for number, part in enumerate(parts) if number and _VERSION.fullmatch(part)]
    for number in digits:
        if all(_VERSION.fullmatch(part) or _QUALIFIER.fullmatch(part) for part in parts[number + 1 :]):
            return "-".join(parts[:number]), "-".join(parts[number:])
    if digits:
        return "-".join(parts[: digits[-1]]), parts[digits[-1]]
    return stem, ""


def name_archive(file_name: str, poms: Sequence[Artifact], manifest: dict[str, str]) -> tuple[Artifact, ...]:
    """Return what an archive is and what was put into it without an archive of its own.

    Parameters
    ----------
    file_name
        The last part of its path.
    poms
        What Maven's files in it say: of one that was shaded those of its parts, and maybe its own.
    manifest
        The attributes of its manifest.
    """
    artifact, version = split_file_name(file_name)
    known = _by_manifest(artifact, version, manifest)
    own = dict.fromkeys(pom for pom in poms if artifact in {pom.name, f"{pom.group}.{pom.name}"})
    if not own and len(poms) == 1 and not _is_another(poms[0], version, known, manifest):
        own = dict.fromkeys(poms)
    others = tuple(pom for pom in poms if pom not in own and pom.group and pom.name and pom.version)
    if not own:
        return (known, *others) if known.name and known.version else others
    said = (
        Artifact(pom.group or known.group, pom.name, pom.version or known.version)
        for pom in own
        if pom.version or known.version
    )
    return (*said, *others)


def _is_another(pom: Artifact, version: str, known: Artifact, manifest: dict[str, str]) -> bool:
    """Return whether Maven's only file is of a part: the archive has another version, and another name."""
    titles = (manifest.get(key, "").partition(";")[0] for key in _TITLES)
    return bool(version) and pom.version != version and any(title.endswith(known.name) for title in titles)


def _by_manifest(artifact: str, version: str, manifest: dict[str, str]) -> Artifact:
    """Return what an archive is by its file's name first and by its manifest."""
    if not version:
        titles = (_word(manifest.get(key, "").partition(";")[0]) for key in _TITLES)
        artifact = next(filter(None, titles), artifact)
        artifact = artifact.rpartition(".")[2] if artifact.count(".") > 1 else artifact
        version = next(filter(None, (_version(manifest.get(key, "")) for key in _VERSIONS)), "")
    group, name = _parted(artifact, manifest) or (_group(artifact, manifest), artifact)
    return Artifact(group, _word(name), version)


def _parted(artifact: str, manifest: dict[str, str]) -> tuple[str, str] | None:
    """Return group and artifact of a name that joins them, as Quarkus' files do; None where neither is known.

    Names of artifacts may have dots of their own, so only a group that is known as the rest's counts.
    """
    parts = artifact.split(".")
    for place in range(2, len(parts)):
        group, name = ".".join(parts[:place]), ".".join(parts[place:])
        if group in {known_group(name), _stated(manifest)}:
            return group, name
    return None


def _group(artifact: str, manifest: dict[str, str]) -> str:
    """Return the group of an artifact; like many old ones, it has its own name where nothing is said."""
    if "short-name" in manifest and "plugin-version" in manifest:
        return _word(manifest.get("group-id", "")) or _JENKINS
    stated = _stated(manifest)
    if group := known_group(artifact, stated) or stated:
        return group
    bundle = _word(manifest.get("bundle-symbolicname", "").partition(";")[0])
    for ending in (f".{artifact}", f".{artifact.replace('-', '.')}"):
        if bundle.endswith(ending):
            group = bundle.removesuffix(ending)
            return group if "." in group else f"{group}.{artifact.partition('-')[0]}"
    return artifact


def _stated(manifest: dict[str, str]) -> str:
    """Return the group that a manifest states; empty where it states none."""
    groups = (_word(manifest.get(key, "")) for key in _GROUPS)
    return next((group for group in groups if "." in group), "")


def _word(text: str) -> str:
    return text if _WORD.fullmatch(text) else ""


def _version(text: str) -> str:
    return text if _VERSION.fullmatch(text) else ""
