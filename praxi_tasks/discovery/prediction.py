"""The prediction for one layer, as it is stored."""

from __future__ import annotations

import msgspec


class ReleasePrediction(msgspec.Struct, frozen=True):
    """One package that the layer holds.

    Parameters
    ----------
    versions
        All versions that tie: one where the version is certain, none where the package is known and its
        version not.
    confidence
        Calibrated probability in [0, 1] that the package is there.
    evidence
        The paths that decided, the most significant first.
    files
        How many of the layer's files the package explains.
    sample
        A few of those, evenly spaced: whether later layers left them tells whether the package is still
        there.
    ties
        Other packages that it might be instead, since the same files are left of both.
    root
        The folder that it was installed into, where its versions are known: a layer may hold several copies.
    same_as
        Where the release installs the files of ``evidence``, if their content alone names it; else nothing.
    denied
        Where no version is known: those that the model knows and that its files contradict.
    """

    ecosystem: str
    name: str
    versions: tuple[str, ...]
    confidence: float
    evidence: tuple[str, ...]
    files: int = 0
    sample: tuple[str, ...] = ()
    ties: tuple[str, ...] = ()
    root: str = ""
    same_as: tuple[str, ...] = ()
    denied: tuple[str, ...] = ()


class LookAlike(msgspec.Struct, frozen=True):
    """Files at the paths of a known package, of which none is as any known release has it.

    They are of a version that the model has not learned, or of other software under its name.

    Parameters
    ----------
    files
        How many of the layer's files are at its paths.
    evidence
        Some of those.
    root
        The folder that it was installed into.
    """

    ecosystem: str
    name: str
    files: int
    evidence: tuple[str, ...]
    root: str = ""


class UnexplainedRoot(msgspec.Struct, frozen=True):
    """A folder whose files no known release explains."""

    path: str
    files: int


class Unexplained(msgspec.Struct, frozen=True):
    """The files of a layer that no release explains, and the folders they gather under."""

    files: int = 0
    roots: tuple[UnexplainedRoot, ...] = ()


class LayerPrediction(msgspec.Struct, frozen=True):
    """A model's prediction for one layer.

    Parameters
    ----------
    model
        The model's :attr:`~praxi_tasks.discovery.model.Model.cache_key`.
    version
        The registry's number for the model, if any.
    suite
        The pack of the suite that the layer is of, ``debian/trixie``; empty where nothing tells.
    """

    digest: str
    model: str
    releases: tuple[ReleasePrediction, ...] = ()
    unexplained: Unexplained = Unexplained()
    version: str = ""
    look_alikes: tuple[LookAlike, ...] = ()
    suite: str = ""
