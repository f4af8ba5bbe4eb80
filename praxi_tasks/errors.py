"""What can go wrong, as types: every error says what happened, where, and what to do about it.

An error is *final* (trying again gives the same answer: an unknown tag, a broken archive) or *retryable*
(a server that is down). Commands turn that into an exit code, and the Airflow operator turns the exit
code into Airflow's fail or retry. ``praxi audit`` alone tells *failed for good* (1: a threshold of the policy
is reached) from *could not look* (3).
"""

from __future__ import annotations

import enum
from typing import ClassVar, Final

from praxi_tasks.printable import one_line

_LONGEST: Final = 10_000


class ExitCode(enum.IntEnum):
    """How a command ends; ``TEMPFAIL`` is sysexits.h's code for *try again later*.

    ``UNSEEN`` is that of ``praxi audit`` where something could not be audited or checked: there ``FINAL``
    says that a threshold of the policy is reached, and nothing else.
    """

    OK = 0
    FINAL = 1
    USAGE = 2
    UNSEEN = 3
    TEMPFAIL = 75


class PraxiError(Exception):
    """Base of all errors that Praxi raises on purpose.

    Parameters
    ----------
    what
        What happened, as one clause without a full stop.
    where
        The image, key, file or URL it happened at; never holds a credential.
    action
        What the reader can do about it.
    """

    code: ClassVar[str] = "error"
    retryable: ClassVar[bool] = False

    def __init__(self, what: str, *, where: str = "", action: str = "") -> None:
        super().__init__(what, where, action)
        self.what = what
        self.where = where
        self.action = action

    def __str__(self) -> str:
        return one_line(self._sentence(), _LONGEST)

    def _sentence(self) -> str:
        place = f" ({self.where})" if self.where else ""
        advice = f"; {self.action}" if self.action else ""
        return f"{self.what}{place}{advice}"

    @property
    def exit_code(self) -> ExitCode:
        """The exit code of a command that this error ends."""
        return ExitCode.TEMPFAIL if self.retryable else ExitCode.FINAL


class UsageError(PraxiError):
    """The caller asked for something that makes no sense; the arguments or settings must change."""

    code = "usage"

    @property
    def exit_code(self) -> ExitCode:
        """Usage errors end a command as the shell expects."""
        return ExitCode.USAGE


# Work in a process of its own.


class LostUnitError(PraxiError):
    """An image, layer or release ended the process that was at it, or took too long or too much memory."""

    code = "lost"


class LostCommandError(PraxiError):
    """The process of a command ended while it was at no image, layer or release."""

    code = "lost-command"
    retryable = True


# Chains.


class StepError(PraxiError):
    """A step of a chain failed, or gave what is not the document that it was to give."""

    code = "step"


class StepUnavailableError(StepError):
    """The service that does a step of a chain can't answer now."""

    code = "step-unavailable"
    retryable = True


# The store.


class StoreError(PraxiError):
    """The object store refused or broke an operation."""

    code = "store"


class StoreUnavailableError(StoreError):
    """The object store can't be reached now."""

    code = "store-unavailable"
    retryable = True


class StoreSessionError(StoreError):
    """The session that the credentials are of has ended: the next start may find a renewed one."""

    code = "store-session"
    retryable = True


class KeyNotFoundError(StoreError):
    """No object is stored under this key."""

    code = "key-not-found"


class ConflictError(StoreError):
    """Somebody else changed a document between its reading and its writing."""

    code = "conflict"


class CorruptObjectError(StoreError):
    """A stored object is truncated, altered, or of a protocol version this program can't read."""

    code = "corrupt-object"


# HTTP.


class HttpError(PraxiError):
    """A URL can't be fetched; whoever asked knows what that means and raises an error of its own."""

    code = "http"
    retryable = True


class HttpStatusError(HttpError):
    """A server answered, but not with success.

    ``status`` is what it answered; ``wait`` the seconds that it asks to be left alone for, if it does.
    """

    code = "http-status"

    def __init__(self, status: int, *, where: str = "", action: str = "", wait: float | None = None) -> None:
        super().__init__(f"the server answered {status}", where=where, action=action)
        self.status = status
        self.wait = wait


class HttpNoPartsError(HttpError):
    """A server does not give parts of a file, or gives others than it was asked for."""

    code = "http-no-parts"
    retryable = False


class HttpTooLargeError(HttpError):
    """A server sent more than whoever asked is ready to take."""

    code = "http-too-large"
    retryable = False


class HttpRefusedError(HttpError):
    """A URL or redirect leads where no request may go: to a server that is not trusted, for instance."""

    code = "http-refused"
    retryable = False


# Image sources.


class InvalidReferenceError(PraxiError):
    """An image reference can't be parsed."""

    code = "bad-reference"


class ImageError(PraxiError):
    """An image, or a part of one, can't be read."""

    code = "image"


class NotFoundError(ImageError):
    """The registry or layout has no such image, manifest or blob (404)."""

    code = "not-found"


class UnauthorizedError(ImageError):
    """The registry wants credentials that it was not given, or refuses those given (401)."""

    code = "unauthorized"


class ForbiddenError(ImageError):
    """The credentials are known and not allowed to read this (403)."""

    code = "forbidden"


class NotARegistryError(ImageError):
    """A web page answered in place of a registry: a login page, or that of a proxy."""

    code = "not-a-registry"


class RegistryUnavailableError(ImageError):
    """The registry can't answer now: a timeout, a refused connection, 429 or 5xx.

    ``retry_after`` is how many seconds it asks to wait, if it does.
    """

    code = "registry-unavailable"
    retryable = True

    def __init__(
        self, what: str, *, where: str = "", action: str = "", retry_after: float | None = None
    ) -> None:
        super().__init__(what, where=where, action=action)
        self.retry_after = retry_after


class PlatformError(ImageError):
    """An index holds no manifest for the platform that was asked for.

    ``offered`` are the platforms that it has, as it writes them.
    """

    code = "no-such-platform"

    def __init__(
        self, what: str, *, where: str = "", action: str = "", offered: tuple[str, ...] = ()
    ) -> None:
        super().__init__(what, where=where, action=action)
        self.offered = offered


class ManifestError(ImageError):
    """A manifest, index or configuration is malformed or of a kind that can't be read."""

    code = "bad-manifest"


class NotAnImageError(ManifestError):
    """A manifest is an artifact's: a signature, an SBOM, a chart. No layer of it is a file system."""

    code = "not-an-image"


class DigestMismatchError(ImageError):
    """Bytes do not have the digest under which they were served."""

    code = "digest-mismatch"


class TruncatedBlobError(ImageError):
    """A blob ended before its announced size, again and again."""

    code = "truncated-blob"
    retryable = True


class LayerError(ImageError):
    """A layer's archive is malformed."""

    code = "bad-layer"


class LimitExceededError(LayerError):
    """A layer is over one of the caps that keep a reader safe; the message names the setting."""

    code = "limit-exceeded"


# Fingerprints and models.


class DataError(PraxiError):
    """Input data (a releases file, changesets, a line of JSON) is malformed."""

    code = "bad-data"


class ModelError(PraxiError):
    """A model is missing, damaged, or of a protocol this program can't read."""

    code = "bad-model"


class PackError(PraxiError):
    """A knowledge pack is missing or damaged, or is none."""

    code = "bad-pack"


class SignatureError(PackError):
    """A pack is not signed as it has to be, or a key can't be used."""

    code = "bad-signature"


# Learning.


class TrainingError(PraxiError):
    """The library that trains refused its parameters or data, or can't be loaded."""

    code = "training"


class ReleaseError(PraxiError):
    """A release's files can't be had from a source; the next source is asked, and all again the next day."""

    code = "release"


class ReleaseNotFoundError(ReleaseError):
    """A source has no such release, or none whose files it can list."""

    code = "release-not-found"


class IndexUnavailableError(ReleaseError):
    """An index can't answer now, or answers for no package: it is down, busy, or refuses whoever asks."""

    code = "index-unavailable"
    retryable = True


class NoPartsError(ReleaseError):
    """An index does not give parts of its files: what is asked for has to be downloaded."""

    code = "no-parts"


class SourceOnlyError(ReleaseError):
    """An index has a release as source only: a build, apart from all that is ours, may give its files."""

    code = "source-only"


class BuildError(ReleaseError):
    """A release that exists as source only could not be built."""

    code = "build"


class ReleaseRefusedError(ReleaseError):
    """A release is hostile or absurd: a path outside its root, a million files, another release's name."""

    code = "release-refused"


class RegistryDownError(PraxiError):
    """The model registry can't answer now; nothing was half-switched."""

    code = "model-registry"
    retryable = True


# Events and admission.


class EventError(PraxiError):
    """What a registry or a queue sent is no event that can be read."""

    code = "bad-event"


class AdmissionError(PraxiError):
    """What was sent is no admission review of Kubernetes that can be read."""

    code = "bad-review"


# Findings.


class PolicyError(UsageError):
    """A policy has an unknown key, a wrong value or no readable form."""

    code = "bad-policy"


class FeedError(PraxiError):
    """A feed can't be fetched, or what was fetched is broken; the previous copy stays in use."""

    code = "feed"
    retryable = True


class NotifyError(PraxiError):
    """A notification did not reach its receiver."""

    code = "notify"
    retryable = True
