"""The long job that sets each policy as well as can be found under the same promises."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sim.experiment.design import Design
from sim.experiment.runner import Runner
from sim.policy.composed import ComposedPolicy
from sim.policy.contract import Policy
from sim.policy.parameters import shown
from sim.policy.registry import chosen_policies
from sim.report.parameter_words import spoken_parameter
from sim.scenario.schema import Scenario
from sim.search.goal import FigureName, Goal
from sim.search.question import QuestionError
from sim.search.recommend import Ahead
from sim.search.tuned import TUNING, tuned, what_is_required
from sim.web.page_state import StateError
from sim.web.questions import Aim


@dataclass(frozen=True)
class TunedQuestion:
    """The question how each policy is set well; with no promise named, eight in ten answered in time."""

    aim: Aim
    keys: tuple[str, ...] = ()

    def check(self, scenario: Scenario, policies: Sequence[str | Policy] | None) -> None:
        """Find out before the long work whether anything was promised.

        Raises:
            StateError: where nothing was, and none is required.
        """
        try:
            what_is_required(scenario, self.aim.goal.promises)
        except QuestionError as error:
            raise StateError(str(error)) from None

    def answer(
        self,
        scenario: Scenario,
        policies: Sequence[str | Policy] | None,
        seed: int,
        runner: Runner,
        ahead: Ahead,
    ) -> dict[str, Any]:
        """Return what is to be set, as the page sets it, and in words."""
        promises = what_is_required(scenario, self.aim.goal.promises)
        goal = Goal.towards(FigureName("net_points_per_sprint"), promises)
        before = chosen_policies(scenario, policies)
        design = Design(TUNING, seed, runner=runner)
        after = tuned(scenario, before, goal, design, ahead)
        changes, words = [], []
        for plain, well in zip(before, after, strict=True):
            within = "set." if isinstance(well, ComposedPolicy) else ""
            for name, value in well.settings.items():
                if plain.settings.get(name) != value:
                    changes.append(f"policies.{well.id}.{within}{name}={shown(value)}")
                    words.append(spoken_parameter(well, name, value))
        required = " and ".join(str(promise) for promise in promises)
        return {"set": changes, "words": words, "required": required}

    def options(self) -> list[str]:
        """Return the options of the command that asks the same."""
        return ["--tuned", *self.aim.options]
