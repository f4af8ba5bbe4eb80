"""Which model files belong together, and what the folder says of them: caches, stores and exported models.

A model of Hugging Face's hub is cached below ``models--ORGANISATION--NAME``, with a folder of links for each
revision (``huggingface_hub``'s guide to its cache). Ollama keeps files by digest and a manifest for each tag.
Elsewhere a configuration, a model card or the folders' names tell.
"""

from __future__ import annotations

import posixpath
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeVar

import msgspec

from praxi_tasks.ecosystems import HUGGINGFACE, ML_MODEL
from praxi_tasks.inventory.claim import Claim, Model
from praxi_tasks.inventory.layer_view import LayerView
from praxi_tasks.inventory.licences import stated
from praxi_tasks.inventory.ml_model.model_file import name_of, stem_of, word
from praxi_tasks.inventory.reader import Form, ReadDatabase, Reader
from praxi_tasks.json_decoding import decode_shallow

T = TypeVar("T")

CONFIGURATION: Final = Form(heads=(b"{",), marks=(b'"model_type"',), is_database=False)
PIPELINE: Final = Form(heads=(b"{",), marks=(b'"_class_name"', b'"_diffusers_version"'), is_database=False)
MANIFEST: Final = Form(heads=(b'{"schemaVersion"',), marks=(b"vnd.ollama.image.",), is_database=False)
CARD: Final = Form(heads=(b"---\n", b"---\r\n"), marks=(b"\nlicense",), most=1 << 18, is_database=False)

_CACHE: Final = "models--"
_CACHED: Final = re.compile(
    r"(?P<root>(?:.*/)?models--(?P<repository>[^/]+))/(?:snapshots/(?P<revision>[^/]+)/(?P<file>.+)|blobs/[^/]+)",
    re.DOTALL,
)
_TAG: Final = re.compile(
    r"(?P<root>(?:.*/)?)manifests/[^/]+/(?P<namespace>[^/]+)/(?P<name>[^/]+)/(?P<tag>[^/]+)", re.DOTALL
)
_OLD_CACHE: Final = re.compile(
    r"(?:.*/)?torch/sentence_transformers/(?P<organisation>[^/_]+)_(?P<name>[^/]+)", re.DOTALL
)
_DOWNLOADED: Final = "/.cache/huggingface/download/"
_REVISION: Final = re.compile(rb"(?P<revision>[0-9a-f]{40})\s")
_LICENCE: Final = re.compile(
    r"^license:[ \t]*(?:\n[ \t]*-[ \t]*)?(?P<licence>[^\s#\[\]][^\n#]{0,200}?)[ \t]*$", re.MULTILINE
)
_KEPT: Final = ("/MLmodel", ".metadata")
_FOLDER: Final = ord("d")
_ROOTS: Final = ("/model_index.json", "/modules.json", "/config_sentence_transformers.json", "/MLmodel")
_SERVED: Final = "/config.pbtxt"  # of Triton's repositories: a folder for each version is beside it
_EXPORTED: Final = "/saved_model.pb"
_MLFLOW: Final = re.compile(rb"^mlflow_version:[ \t]*['\"]?(?P<version>[\w.+-]{1,40})", re.MULTILINE)
_MOST_UP: Final = 3  # folders between a file and what describes its model
_MOST_FILES: Final = 10_000  # of one model
_LIBRARY: Final = "library"
_MOST_IMPORTS: Final = 2_000


class _Configuration(msgspec.Struct):
    architectures: list[str] | None = None
    model_type: str | None = None
    transformers_version: str | None = None
    class_name: str | None = msgspec.field(default=None, name="_class_name")
    diffusers_version: str | None = msgspec.field(default=None, name="_diffusers_version")


class _Layer(msgspec.Struct):
    digest: str = ""


class _Manifest(msgspec.Struct):
    layers: list[_Layer] = []


@dataclass
class _Group:
    """The files of one model, and what is known of it beside them."""

    ecosystem: str
    name: str
    version: str = ""
    files: dict[str, None] = field(default_factory=dict)
    texts: list[bytes] = field(default_factory=list)
    licences: tuple[str, ...] = ()


def gather_models(view: LayerView, claims: Iterable[Claim], texts: Mapping[str, bytes]) -> Iterator[Claim]:
    """Yield the models of a layer, each once, of what was read of their files.

    Parameters
    ----------
    view
        The layer's files.
    claims
        What model files say, one for each file.
    texts
        The contents that were kept of the layer, by path: configurations, cards and manifests, whatever they
        are called.
    """
    by_path = {claim.database: claim for claim in claims}
    said = {path: text for path, text in texts.items() if _tells(path, text)}
    groups = [*_cached(view), *_tagged(view, said)]
    taken = {path for group in groups for path in group.files}
    rest = [claim for path, claim in by_path.items() if path not in taken]
    if rest:
        groups += _elsewhere(view, rest, said)
    for group in groups:
        group.texts.extend(said[path] for path in group.files if path in said)
        yield _claim(group, [by_path[path] for path in group.files if path in by_path])


def _tells(path: str, text: bytes) -> bool:
    return path.endswith(_KEPT) or any(form.fits(text) for form in READER.forms)


def _cached(view: LayerView) -> list[_Group]:
    """Return the models in caches of Hugging Face's hub, each revision by itself."""
    groups: dict[tuple[str, str], _Group] = {}
    blobs: defaultdict[str, list[str]] = defaultdict(list)
    for row, (path, kind) in enumerate(zip(view.files.paths, view.files.types.tolist(), strict=True)):
        found = _CACHED.fullmatch(path) if _CACHE in path and kind != _FOLDER else None
        if found is None:
            continue
        root, revision = found["root"], found["revision"] or ""
        if not revision:
            blobs[root].append(path)
            continue
        group = groups.setdefault((root, revision), _hub_model(found["repository"], revision))
        if len(group.files) < _MOST_FILES:
            group.files[path] = None
            target = view.files.links.get(row, "")
            if target:
                group.files[posixpath.normpath(posixpath.join(posixpath.dirname(path), target))] = None
    seen = {root for root, _ in groups}
    for root, paths in blobs.items():
        if root not in seen:  # the links are in another layer
            group = groups[root, ""] = _hub_model(root.rpartition(_CACHE)[2], "")
            group.files.update(dict.fromkeys(paths[:_MOST_FILES]))
    return list(groups.values())


def _hub_model(repository: str, revision: str) -> _Group:
    return _Group(HUGGINGFACE.purl_type, repository.replace("--", "/", 1), revision)


def _tagged(view: LayerView, said: Mapping[str, bytes]) -> list[_Group]:
    """Return the models in Ollama's stores, by the manifests of their tags."""
    manifests = {path: tag for path in said if MANIFEST.fits(said[path]) and (tag := _TAG.fullmatch(path))}
    if not manifests:
        return []
    present = frozenset(view.files.paths)
    groups = []
    for path, tag in sorted(manifests.items()):
        digests = [layer.digest.replace(":", "-", 1) for layer in _decoded(said[path], _Manifest).layers]
        blobs = [f"{tag['root']}blobs/{digest}" for digest in digests]
        name = tag["name"] if tag["namespace"] == _LIBRARY else f"{tag['namespace']}/{tag['name']}"
        files = dict.fromkeys((path, *(blob for blob in blobs if blob in present)))
        groups.append(_Group(ML_MODEL.purl_type, name, tag["tag"], files))
    return groups


def _elsewhere(view: LayerView, claims: Sequence[Claim], said: Mapping[str, bytes]) -> list[_Group]:
    """Return the models of all other files, by what describes them and by their names."""
    marks = frozenset(path for path in view.files.paths if path.endswith((*_ROOTS, _SERVED)))
    tops = {posixpath.dirname(path) for path in marks if path.endswith(_ROOTS)}
    described = {posixpath.dirname(path) for path, text in said.items() if CONFIGURATION.fits(text)}
    groups: dict[str, _Group] = {}
    for claim in claims:
        root = _root(claim.database, tops, described)
        if root:
            group = groups.setdefault(root, _described(root, said))
        else:
            folder, _, name = claim.database.rpartition("/")
            stem = stem_of(name)
            key = claim.database if stem == posixpath.splitext(name)[0] else f"{folder}/{stem}\0"
            group = groups.setdefault(key, _alone(claim, marks))
        group.files[claim.database] = None
    return list(groups.values())


def _root(path: str, tops: set[str], described: set[str]) -> str:
    """Return the folder of the model that a file is of, as far as something describes it."""
    folders: list[str] = []
    folder = posixpath.dirname(path)
    while folder and len(folders) <= _MOST_UP:
        folders.append(folder)
        folder = posixpath.dirname(folder)
    top = next((folder for folder in reversed(folders) if folder in tops), "")
    return top or next((folder for folder in folders if folder in described), "")


def _described(root: str, said: Mapping[str, bytes]) -> _Group:
    """Return the model of a folder that something describes."""
    old = _OLD_CACHE.fullmatch(root)
    group = (
        _Group(HUGGINGFACE.purl_type, f"{old['organisation']}/{old['name']}")
        if old
        else _Group(ML_MODEL.purl_type, name_of(f"{root}/model.bin"))
    )
    for path, text in said.items():
        if path.startswith(f"{root}/") and "/" not in path.removeprefix(f"{root}/"):
            group.texts.append(text)
        elif path.startswith(root + _DOWNLOADED) and (found := _REVISION.match(text)):
            group.version = found["revision"].decode()
    return group


def _alone(claim: Claim, marks: frozenset[str]) -> _Group:
    """Return the model of a file that nothing describes but its name, or the folder of a version."""
    parent, _, last = posixpath.dirname(claim.database).rpartition("/")
    served = last.isdecimal() and (f"{parent}{_SERVED}" in marks or claim.database.endswith(_EXPORTED))
    if served and (name := parent.rpartition("/")[2]):
        return _Group(claim.ecosystem, word(name), last, licences=claim.licences)
    return _Group(claim.ecosystem, claim.name, claim.version, licences=claim.licences)


def _claim(group: _Group, claims: Sequence[Claim]) -> Claim:
    configuration = next(
        (
            _decoded(text, _Configuration)
            for text in group.texts
            if CONFIGURATION.fits(text) or PIPELINE.fits(text)
        ),
        _Configuration(),
    )
    licences = (_licence(text) for text in group.texts if CARD.fits(text))
    files = tuple(sorted(group.files))
    database = claims[0].database if len(claims) == 1 and len(files) == 1 else files[0]
    return Claim(
        group.ecosystem,
        group.name,
        group.version,
        database,
        files=files,
        licences=stated([*licences, *group.licences, *(each for one in claims for each in one.licences)]),
        model=_model(configuration, group.texts, [claim.model for claim in claims if claim.model]),
    )


def _model(said: _Configuration, texts: Iterable[bytes], parts: Sequence[Model]) -> Model:
    """Return what the files of a model say together, and its configuration."""
    formats: defaultdict[str, int] = defaultdict(int)
    for part in parts:
        formats[part.format] += part.parameters
    most = max(parts, key=lambda part: part.parameters, default=Model(format=""))
    mlflow = next((found["version"].decode() for text in texts if (found := _MLFLOW.search(text))), "")
    own = (
        ("transformers", said.transformers_version),
        ("diffusers", said.diffusers_version),
        ("mlflow", mlflow),
    )
    framework = next((f"{name} {word(version)}" for name, version in own if version), "")
    architecture = said.class_name or next(iter(said.architectures or ()), "") or said.model_type or ""
    return Model(
        format=", ".join(sorted(formats)),
        framework=framework or next((part.framework for part in parts if part.framework), ""),
        architecture=word(architecture)
        or next((part.architecture for part in parts if part.architecture), ""),
        quantisation=most.quantisation,
        parameters=max(formats.values(), default=0),
        pickles=sum(part.pickles for part in parts),
        imports=tuple(sorted({name for part in parts for name in part.imports}))[:_MOST_IMPORTS],
        faults=tuple(dict.fromkeys(fault for part in parts for fault in part.faults)),
        code=tuple(dict.fromkeys(code for part in parts for code in part.code)),
    )


def _licence(text: bytes) -> str:
    """Return the licence that the beginning of a model card states."""
    front = text.decode("utf-8", "replace").replace("\r\n", "\n").removeprefix("---\n").partition("\n---")[0]
    found = _LICENCE.search(front)
    return found["licence"].strip("'\"") if found else ""


def _decoded(text: bytes, kind: type[T]) -> T:
    try:
        return decode_shallow(text, kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return kind()


def _prepare(_view: LayerView) -> ReadDatabase:
    return lambda _path: iter(())


READER: Final = Reader(
    ecosystem=HUGGINGFACE.purl_type,
    prepare=_prepare,
    endings=_KEPT,
    accepts=lambda path: path.endswith("/MLmodel") or _DOWNLOADED in path,
    is_database=lambda _path: False,
    forms=(CONFIGURATION, PIPELINE, MANIFEST, CARD),
)
"""Keeps what describes models, under whatever names; their files are told by their content."""
