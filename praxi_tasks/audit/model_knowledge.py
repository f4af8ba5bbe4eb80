"""Collects what a model knows of the packages that layers' databases claim, while the model is at hand."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from praxi_tasks.audit.recognisable import recognisable
from praxi_tasks.findings.image import ModelKnowledge
from praxi_tasks.inventory import Inventory

if TYPE_CHECKING:
    from praxi_tasks.discovery import Model


class KnowledgeCollector:
    """Asks a model about each claim of the inventories that are added."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._claimed: set[tuple[str, str]] = set()
        self._recognisable: set[tuple[str, str]] = set()
        self._asked: set[tuple[str, str, str]] = set()
        self._unknown: defaultdict[str, set[str]] = defaultdict(set)
        self._other: defaultdict[str, set[str]] = defaultdict(set)

    def add(self, inventory: Inventory) -> None:
        """Ask about what one layer's databases claim; what was asked before is not asked again."""
        for claim in inventory.claims:
            self._claimed.add((claim.ecosystem, claim.name))
        for claim in recognisable(inventory.claims):
            release = claim.ecosystem, claim.name, claim.version
            self._recognisable.add(release[:2])
            if release not in self._asked:
                self._asked.add(release)
                self._ask(*release)

    def _ask(self, ecosystem: str, name: str, version: str) -> None:
        if not self._model.knows_package(ecosystem, name):
            self._unknown[ecosystem].add(name)
        elif not self._model.knows(ecosystem, name, version):
            self._other[ecosystem].add(f"{name} {version}")

    def knowledge(self) -> ModelKnowledge:
        """Return what was learned about the model."""
        inside: defaultdict[str, set[str]] = defaultdict(set)
        for ecosystem, name in self._claimed - self._recognisable:
            inside[ecosystem].add(name)
        packages = self._model.packages_by_ecosystem
        return ModelKnowledge(packages, _frozen(self._unknown), _frozen(self._other), _frozen(inside))


def _frozen(names: dict[str, set[str]]) -> dict[str, frozenset[str]]:
    return {ecosystem: frozenset(some) for ecosystem, some in names.items()}
