"""The hyper-parameters of all estimators: their defaults, and the search space of tuning."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from praxi_tasks.learning.estimators.experts import ExpertHyperparameters
from praxi_tasks.learning.estimators.release_experts import RELEASE_EXPERT_DEFAULTS
from praxi_tasks.learning.estimators.scorer import SCORER_DEFAULTS, ScorerHyperparameters

if TYPE_CHECKING:
    from optuna.distributions import BaseDistribution

_SCORER: Final = "scorer_"
_EXPERT: Final = "expert_"


@dataclass(frozen=True, slots=True)
class Hyperparameters:
    """The hyper-parameters of the shared scorer and of release experts."""

    scorer: ScorerHyperparameters = SCORER_DEFAULTS
    expert: ExpertHyperparameters = RELEASE_EXPERT_DEFAULTS

    def with_choice(self, chosen: Mapping[str, float]) -> Hyperparameters:
        """Return them with some replaced, by their names in a :class:`Space`."""
        return Hyperparameters(
            replace(self.scorer, **_named(chosen, _SCORER)), replace(self.expert, **_named(chosen, _EXPERT))
        )


DEFAULTS: Final = Hyperparameters()


@dataclass(frozen=True, slots=True)
class Space:
    """The search space of tuning: the hyper-parameters of the estimators that a training trains."""

    scorer: bool
    experts: bool

    def distributions(self) -> dict[str, BaseDistribution]:
        """Return the range of each hyper-parameter."""
        from optuna.distributions import FloatDistribution, IntDistribution

        found: dict[str, BaseDistribution] = {}
        if self.scorer:
            found |= {
                "scorer_eta": FloatDistribution(0.05, 0.5, log=True),
                "scorer_max_depth": IntDistribution(2, 6),
                "scorer_min_child_weight": FloatDistribution(0.1, 4.0, log=True),
                "scorer_reg_lambda": FloatDistribution(0.1, 10.0, log=True),
                "scorer_trees": IntDistribution(20, 120),
            }
        if self.experts:
            found |= {
                "expert_eta": FloatDistribution(0.1, 0.6, log=True),
                "expert_depth": IntDistribution(2, 6),
                "expert_min_child_weight": FloatDistribution(0.02, 2.0, log=True),
                "expert_tokens": IntDistribution(12, 72),
                "expert_trees": IntDistribution(5, 60),
            }
        return found

    def defaults(self) -> dict[str, float]:
        """Return the default of each hyper-parameter of the space."""
        groups = {_SCORER: DEFAULTS.scorer, _EXPERT: DEFAULTS.expert}
        return {
            name: getattr(group, name.removeprefix(prefix))
            for name in self.distributions()
            for prefix, group in groups.items()
            if name.startswith(prefix)
        }


def _named(chosen: Mapping[str, float], prefix: str) -> dict[str, Any]:
    return {name.removeprefix(prefix): value for name, value in chosen.items() if name.startswith(prefix)}
