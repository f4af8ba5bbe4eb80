"""Of which suite the layers of a plan are, as their images say: by ``os-release``, or by their other layers.

The model tells by a layer's own paths which of its suites it is of. A small layer on top of a distribution
often has none that differ between suites; the image it is in knows. Of an image of no suite that the model
has, the kind of packages of its distribution is told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial

from praxi_tasks.audit.failure import Failure, attempt
from praxi_tasks.audit.plan import Plan
from praxi_tasks.ecosystems import ECOSYSTEMS
from praxi_tasks.findings.packages import package_type
from praxi_tasks.inventory import Distribution, stored_distribution
from praxi_tasks.store import Store, keys


class LayerSuites:
    """Tells which suite each layer of a plan is of.

    Parameters
    ----------
    suites
        The packs of suites that the model has; without any there is nothing to tell.
    """

    def __init__(self, plan: Plan, store: Store, suites: Sequence[str]) -> None:
        self._suites = suites
        self._store = store
        self._named: dict[str, str] = {}
        images = [plan.digests_of(image) for image in plan.images] if suites else []
        named = [(digests, self._by_os_release(digests)) for digests in images]
        self._nameless = [digests for digests, told in named if not any(told)]
        self.of = _agreed((digest, suite) for pairs in named for digest, suite in zip(*pairs, strict=True))

    def by_neighbours(self, told: Callable[[str], str]) -> dict[str, str]:
        """Return the suites of layers by which nothing is told, in images without ``os-release``.

        Parameters
        ----------
        told
            Returns the suite that the model told of a layer, by its digest; empty where nothing did.
        """
        found = _agreed(pair for digests in self._nameless for pair in _from_below(digests, told))
        return {digest: suite for digest, suite in found.items() if digest not in self.of}

    def _by_os_release(self, digests: Sequence[str]) -> list[str]:
        """Return the suite of each layer of an image, or its kind: by the nearest ``os-release`` below it."""
        found, suite = [], ""
        for digest in digests:
            if digest not in self._named:
                result = attempt(partial(self._read, digest), digest)
                self._named[digest] = "" if isinstance(result, Failure) else result
            suite = self._named[digest] or suite
            found.append(suite)
        return found

    def _read(self, digest: str) -> str:
        key = keys.layer_inventory(digest)
        if not self._store.exists(key):
            return ""
        distribution = stored_distribution(self._store.get(key))
        if not distribution:
            return ""
        return suite_named(distribution, self._suites) or kind_of(distribution)


def suite_named(distribution: Distribution, suites: Sequence[str]) -> str:
    """Return the suite's pack, of those that a model has, that ``os-release`` names; empty if it has none.

    ``debian/trixie``, ``fedora/42``, ``alpine/3.22`` of 3.22.1; of a derivative, that of its base.
    """
    version = distribution.version_id
    names = [distribution.codename, version, ".".join(version.split(".")[:2]), version.partition(".")[0]]
    wanted = [f"{distribution.id}/{name}" for name in names]
    wanted += [f"{base}/{distribution.base_codename}" for base in distribution.like]
    return next((name for name in map(str.lower, wanted) if name in suites), "")


def kind_of(distribution: Distribution) -> str:
    """Return the package URL type of a distribution's packages; empty where it is not known."""
    names = {distribution.id, *distribution.like}
    others = (each.purl_type for each in ECOSYSTEMS.values() if each.default_namespace in names)
    return package_type(distribution) or next(others, "")


def _from_below(digests: Sequence[str], told: Callable[[str], str]) -> Iterable[tuple[str, str]]:
    """Yield the layers of an image that tell nothing, each with what the nearest other one tells."""
    each = [told(digest) for digest in digests]
    suite = next(filter(None, each), "")
    for digest, own in zip(digests, each, strict=True):
        suite = own or suite
        if not own:
            yield digest, suite


def _agreed(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return what is said of each layer, if all images that have it say the same."""
    said: dict[str, set[str]] = {}
    for digest, suite in pairs:
        said.setdefault(digest, set()).add(suite)
    return {digest: suite for digest, each in said.items() if len(each) == 1 and (suite := next(iter(each)))}
