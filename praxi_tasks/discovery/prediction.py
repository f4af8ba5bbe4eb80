"""What a model says about one layer."""

from __future__ import annotations

import msgspec


class ReleasePrediction(msgspec.Struct, frozen=True):
    """One package that the layer holds.

    ``versions`` are all that tie: one where the version is certain, none where the package is known and
    its version is not. ``confidence`` is a calibrated probability in [0, 1] that the package is there;
    ``evidence`` the paths that decided, most telling first; ``files`` how many of the layer's files it
    explains, and ``sample`` a few of those from all over the package: they tell whether later layers left it
    where it is. ``ties`` are other packages that it might be as well, since what is left of both is the same.
    """

    ecosystem: str
    name: str
    versions: tuple[str, ...]
    confidence: float
    evidence: tuple[str, ...]
    files: int = 0
    sample: tuple[str, ...] = ()
    ties: tuple[str, ...] = ()


class UnexplainedRoot(msgspec.Struct, frozen=True):
    """A folder whose files no known release explains."""

    path: str
    files: int


class Unexplained(msgspec.Struct, frozen=True):
    """The files of a layer that no release explains, and the folders they gather under."""

    files: int = 0
    roots: tuple[UnexplainedRoot, ...] = ()


class LayerPrediction(msgspec.Struct, frozen=True):
    """A model's word on one layer.

    ``model`` is the identity of the model that spoke and of the engine that read it, ``version`` the
    registry's number for the model, if any.
    """

    digest: str
    model: str
    releases: tuple[ReleasePrediction, ...] = ()
    unexplained: Unexplained = Unexplained()
    version: str = ""
