"""What the API server's refusal of a request means, by its status object."""

from __future__ import annotations

import json
import re
from typing import Any, Final, NamedTuple

from praxi_airflow.errors import RetryableTaskError, SettingsError

VARIABLE: Final = "AIRFLOW__PRAXI__POD_"
# The status object has no field for the verb of a right that is missing, and none for why an admission plugin
# refuses: both begin what it says, and whose name is in it plays no part.
_RIGHT: Final = re.compile(
    r'\S+(?: "[^"]*")? is forbidden: User "[^"]*" cannot (?P<verb>\w+) resource "(?P<resource>[^"]+)"'
)
_ADMISSION: Final = re.compile(r'pods "[^"]*" is forbidden: (?P<cause>.*)', re.DOTALL)
_QUANTITY: Final = re.compile(r"([\w./-]+)=([\w.]+)")
# How an admission plugin's cause begins -> the setting to change.
_CAUSES: Final = (
    (re.compile("failed quota"), "RESOURCES"),
    (re.compile(r"\[?(maximum|minimum|\S+ max limit to request ratio) "), "RESOURCES"),  # a LimitRange
    (re.compile("violates PodSecurity|no PriorityClass|admission webhook"), "TEMPLATE_FILE"),
    (re.compile("unable to validate against any security context constraint"), "RUN_AS_USER"),  # OpenShift
    (re.compile("unable to create new content in namespace"), "NAMESPACE"),  # it is being deleted
    (re.compile("pod rejected: RuntimeClass"), "BUILD_RUNTIME_CLASS"),
    (re.compile("error looking up service account"), "SERVICE_ACCOUNT"),
)


class Refusal(NamedTuple):
    """The parts of a status object; ``kind`` is of what was refused, ``fields`` are what is wrong in it."""

    status: int
    reason: str
    message: str
    kind: str
    fields: tuple[str, ...]

    @classmethod
    def of(cls, error: Any) -> Refusal:
        """Read the status object of an ``ApiException``; without one, what HTTP says."""
        try:
            body = json.loads(error.body)
            details = body.get("details") or {}
            causes = details.get("causes") or ()
            fields = tuple(str(cause.get("field", "")) for cause in causes)
            message = str(body["message"])
            return cls(
                error.status, str(body.get("reason") or ""), message, str(details.get("kind") or ""), fields
            )
        except (TypeError, ValueError, LookupError, AttributeError):
            return cls(error.status or 0, "", str(error.reason or "no reason given"), "", ())


def explain_refusal(error: Any, namespace: str, account: str = "") -> Exception:
    """Return what a refusal means: a :class:`SettingsError` if no retry can help.

    Parameters
    ----------
    error
        The ``ApiException``.
    namespace
        Where the pod was to run.
    account
        How the setting of the pod's service account begins: ``BUILD_`` for builds.
    """
    said = Refusal.of(error)
    if said.status == 401:
        return _setting("the cluster refused the credentials", said.message, "CONNECTION")
    if said.status == 404 and said.kind == "namespaces":
        return _setting("there is no such namespace", said.message, "NAMESPACE")
    if said.status not in {400, 403, 422}:
        return RetryableTaskError(f"the cluster answered {said.status}: {said.message}")
    if right := _RIGHT.match(said.message):
        return _right(right["verb"], right["resource"], namespace)
    return _admission(said, account)


def _right(verb: str, resource: str, namespace: str) -> SettingsError:
    return SettingsError(
        f"Airflow's service account may not {verb} {resource} in the namespace {namespace}",
        action=(
            f"bind the Role of charts/praxi to it there, or check {VARIABLE}NAMESPACE "
            f"and {VARIABLE}CONNECTION"
        ),
    )


def _admission(said: Refusal, account: str) -> Exception:
    found = _ADMISSION.match(said.message)
    cause = found["cause"] if found else said.message
    if cause.startswith("exceeded quota"):
        if _never_fits(cause):
            return _setting("the pod is larger than the namespace's whole quota", cause, "RESOURCES")
        return RetryableTaskError(f"the namespace has no room for the pod: {cause}; see {VARIABLE}RESOURCES")
    if cause.startswith("status unknown for quota"):  # nobody has counted what a new quota is about
        return RetryableTaskError(f"the namespace's quota is not known yet: {cause}")
    for beginning, setting in _CAUSES:
        if beginning.match(cause):
            known = f"{account}{setting}" if setting == "SERVICE_ACCOUNT" else setting
            return _setting("the cluster refused the pod", cause, known)
    wrong = "RESOURCES" if any(".resources" in each for each in said.fields) else "*"
    return _setting("the cluster refused the pod", cause, wrong)


def _never_fits(cause: str) -> bool:
    """Return whether what is requested of some resource is more than the quota's limit of it."""
    from kubernetes.utils import parse_quantity

    requested, limited = (
        dict(
            _QUANTITY.findall(
                cause.partition(f"{name}: ")[2].partition(", used:" if name == "requested" else "\n")[0]
            )
        )
        for name in ("requested", "limited")
    )
    try:
        return any(
            parse_quantity(requested[name]) > parse_quantity(limited[name])
            for name in requested.keys() & limited.keys()
        )
    except ValueError:
        return False


def _setting(what: str, message: str, setting: str) -> SettingsError:
    return SettingsError(f"{what}: {message}", action=f"check {VARIABLE}{setting} and docs/kubernetes.md")
