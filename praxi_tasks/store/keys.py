"""The keys of everything in the store, each computed from its inputs alone."""

from __future__ import annotations

import hashlib
from typing import Final
from urllib.parse import quote

_LONGEST_PART: Final = 180

RELEASES: Final = "releases"
"""Folder of the labelled fingerprints of all releases."""

REGISTRY: Final = "registry"
"""Folder of the model registry, where no MLflow keeps it."""

RISKS: Final = "risks"
"""Folder of the risk register."""

CHANGESET_PROTOCOL = 2
INVENTORY_PROTOCOL = 2
RELEASE_PROTOCOL = 1
TAGSET_PROTOCOL = 2
IMAGE_PROTOCOL = 2


def _digest_path(digest: str) -> str:
    algorithm, _, value = digest.partition(":")
    return f"{algorithm}/{value[:2]}/{value}"


def digest_of(key: str) -> str:
    """Return the digest in the key of what is about a layer or an image; empty if there is none."""
    parts = key.removesuffix(".json").split("/")
    for algorithm, start, value in zip(parts, parts[1:], parts[2:], strict=False):
        if len(start) == 2 and len(value) > 2 and value.startswith(start):
            return f"{algorithm}:{value}"
    return ""


def layer_changeset(digest: str) -> str:
    """Key of the changeset of the layer with this (compressed) digest."""
    return f"layers/{_digest_path(digest)}/changeset.v{CHANGESET_PROTOCOL}"


def layer_inventory(digest: str) -> str:
    """Key of what the package databases in the layer claim."""
    return f"layers/{_digest_path(digest)}/inventory.v{INVENTORY_PROTOCOL}"


def layer_tagset(digest: str) -> str:
    """Key of the layer's tagset."""
    return f"layers/{_digest_path(digest)}/tagset.v{TAGSET_PROTOCOL}"


def layer_documents(digest: str) -> tuple[str, ...]:
    """Keys of all that reading a layer leaves, the last to be written first: it was read if all are there."""
    return layer_tagset(digest), layer_inventory(digest), layer_changeset(digest)


def layer_prediction(digest: str, model_id: str, suite: str = "") -> str:
    """Key of what a model predicts for the layer, as one of the ``suite`` that its image says it is of."""
    of_suite = f"{suite.replace('/', '-')}/" if suite else ""
    return f"predictions/{model_id}/{of_suite}{_digest_path(digest)}.json"


def image(digest: str, platform: str) -> str:
    """Key of what the manifest or index with this digest means on a platform: its image and layers."""
    return f"images/{_digest_path(digest)}/{platform.replace('/', '-')}.v{IMAGE_PROTOCOL}.json"


def image_chains() -> str:
    """Folder of the names of images by the layers that they consist of."""
    return "images/chains"


def image_chain(chain_id: str) -> str:
    """Key of the name of the image that consists of the layers which have this OCI chain ID."""
    return f"{image_chains()}/{_digest_path(chain_id)}.json"


def run(run_id: str, name: str) -> str:
    """Key of the document ``name`` that the audit ``run_id`` keeps about itself."""
    return f"audits/{run_id}/{name}"


def probe(name: str) -> str:
    """Key of an object that tries what the store can do."""
    return f"doctor/{name}"


def training_request(request_id: str) -> str:
    """Key of a request to learn packages."""
    return f"training/requests/{request_id}.json"


def training_served(request_id: str) -> str:
    """Key of the marker that a finished training served a request."""
    return f"training/served/{request_id}.json"


def training_bundled(digest: str) -> str:
    """Key of the marker that the releases which a model carries, with this sha256, are stored."""
    return f"training/carried/{digest}.json"


def training_run(run_id: str, name: str) -> str:
    """Key of the document ``name`` that the training ``run_id`` keeps about itself."""
    return f"training/runs/{run_id}/{name}"


def all_training_studies() -> str:
    """Folder of the notes of which studies trainings have."""
    return "training/studies"


def training_studies(run_id: str) -> str:
    """Key of the note of which studies the training ``run_id`` has."""
    return f"{all_training_studies()}/{run_id}.json"


def training_build(run_id: str, ecosystem: str, name: str, version: str) -> str:
    """Key of the result of building a release, in the training ``run_id``."""
    return training_run(run_id, f"builds/{'/'.join(map(part, (ecosystem, name, version)))}")


def release(ecosystem: str, name: str, version: str) -> str:
    """Key of the labelled fingerprint of a release: the files it installs."""
    return f"{_release_folder(ecosystem, name, version)}/fingerprint.v{RELEASE_PROTOCOL}"


def release_content(content_id: str, ecosystem: str, name: str, version: str) -> str:
    """Key of the marker that a release installs exactly what has this hash."""
    return f"{releases_of_content(content_id)}/{'/'.join(map(part, (ecosystem, name, version)))}.json"


def releases_of_content(content_id: str) -> str:
    """Folder of the markers of releases that install exactly what has this hash."""
    return f"release-contents/{content_id[:2]}/{content_id}"


def releases_of_package(ecosystem: str, name: str) -> str:
    """Folder of the labelled fingerprints of a package."""
    return "/".join([RELEASES, part(ecosystem), part(name)])


def release_attempts(ecosystem: str, name: str, version: str) -> str:
    """Key of the record of failed attempts to get a release."""
    return f"{_release_folder(ecosystem, name, version)}/attempts.json"


def models() -> str:
    """Folder of all models that trainings made."""
    return "models"


def parts() -> str:
    """Folder of the parts, named by their sha256, that models and packs of the store share."""
    return "parts"


def pack(name: str) -> str:
    """Key of the manifest of the knowledge pack with this name."""
    return f"packs/{name}/pack.json"


def model(model_id: str) -> str:
    """Folder of the model with this identity."""
    return f"{models()}/{model_id}"


def registry_version(number: int) -> str:
    """Key of a version of the model in the registry; keys sort by number."""
    return f"{REGISTRY}/versions/{number:08}.json"


def registry_state(number: int) -> str:
    """Key of a state of the registry: who has which alias. The one with the highest number counts."""
    return f"{REGISTRY}/states/{number:08}.json"


def risk_event(acceptance: str, number: int) -> str:
    """Key of what somebody did with an accepted risk; keys sort by number."""
    return f"{RISKS}/{acceptance}/{number:08}.json"


def allowance(action: str, user: str, hour: str) -> str:
    """Folder of how often a user did something on the pages in an hour."""
    return f"pages/{action}/{user}/{hour}"


def allowance_slot(action: str, user: str, hour: str, slot: int) -> str:
    """Key of one of those times."""
    return f"{allowance(action, user, hour)}/{slot:04}.json"


def event_days() -> str:
    """Folder of what was done about pushes, by day."""
    return "events"


def event_day(day: str) -> str:
    """Folder of what was done about pushes on a day."""
    return f"{event_days()}/{day}"


def event_image(day: str, digest: str) -> str:
    """Key of when an image was last taken to be audited, on a day."""
    return f"{event_day(day)}/images/{part(digest)}.json"


def event_window(day: str, window: str) -> str:
    """Folder of the images that one audit is about: those pushed in one span of time."""
    return f"{event_day(day)}/windows/{window}"


def event_window_image(day: str, window: str, image: str) -> str:
    """Key of one of those images."""
    return f"{event_window(day, window)}/{part(image)}.json"


def event_allowance(hour: str) -> str:
    """Folder of how many images were taken in an hour: a day, then ``T`` and the hour."""
    return f"{event_day(hour.partition('T')[0])}/taken/{hour}"


def event_slot(hour: str, slot: int) -> str:
    """Key of one of those times."""
    return f"{event_allowance(hour)}/{slot:06}.json"


def last_champion() -> str:
    """Key of the champion as it was last looked up, by which one that is lost is noticed."""
    return "training/champion.json"


def model_calibration(model_id: str) -> str:
    """Key of how far off the confidence of a model was when it was last evaluated."""
    return f"training/calibration/{model_id}.json"


def first_champion() -> str:
    """Key of the confidence error of the first champion that was measured: written once, never changed."""
    return "training/first-champion.json"


def training_refusal(attempt: str) -> str:
    """Key of the record that a training with these inputs was refused."""
    return f"training/refusals/{attempt}.json"


def _release_folder(ecosystem: str, name: str, version: str) -> str:
    return "/".join([RELEASES, *map(part, (ecosystem, name, version))])


def part(text: str) -> str:
    """Return a text as one part of a key; different texts give different parts."""
    safe = quote(text, safe="+", errors="surrogatepass").replace("~", "%7E").replace("%", "=")
    safe = "=2E" + safe[1:] if safe.startswith(".") else safe or "=="
    if len(safe) > _LONGEST_PART:
        digest = hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()
        return f"{safe[:100]}=={digest}"
    return safe


def advisory_index(fingerprint: str, protocol: int) -> str:
    """Key of the advisory index that was built from feeds with this sha256."""
    return f"feeds-index/{fingerprint}.v{protocol}"


def histories() -> str:
    """Folder of the histories of all scopes."""
    return "history"


def all_serving_comparisons() -> str:
    """Folder of what the service compared in all experiments."""
    return "serving/experiments"


def serving_comparisons(experiment: str) -> str:
    """Folder of what the service's replicas compared in an experiment."""
    return f"{all_serving_comparisons()}/{part(experiment)}"


def served_windows() -> str:
    """Folder of the windows of pushes that the service has still to audit."""
    return "serving/windows"


def served_window(window: str) -> str:
    """Key of the marker that the service has still to audit the pushes of a window."""
    return f"{served_windows()}/{part(window)}.json"


def served_requests() -> str:
    """Folder of the audits that the service was asked for and has still to do."""
    return "serving/requests"


def served_request(audit: str) -> str:
    """Key of the marker that the service has still to do an audit."""
    return f"{served_requests()}/{part(audit)}.json"


def all_serving_claims() -> str:
    """Folder of the claims to all windows and requests."""
    return "serving/claims"


def serving_claims(name: str) -> str:
    """Folder of the claims to a window or a request, by which one replica of the service is at it."""
    return f"{all_serving_claims()}/{part(name)}"


def serving_claim(name: str, number: int) -> str:
    """Key of a claim to a window or a request; the one with the highest number counts."""
    return f"{serving_claims(name)}/{number:06}.json"


def serving_comparison(experiment: str, replica: str) -> str:
    """Key of what one replica of the service compared in an experiment."""
    return f"{serving_comparisons(experiment)}/{part(replica)}.json"


def history(scope: str) -> str:
    """Folder of the history that past audits of a scope left."""
    return f"{histories()}/{scope}"


def history_entry(scope: str, at: str, run_id: str) -> str:
    """Key of what the audit ``run_id`` at the time ``at`` (ISO 8601) left; keys sort by time."""
    moment = "".join(character if character.isalnum() else "-" for character in at)
    return f"{history(scope)}/{moment}_{run_id}.json"


def run_of_history(key: str) -> str:
    """Return the run that left an entry of the history."""
    return key.rpartition("/")[2].partition("_")[2].removesuffix(".json")
