"""What commands share that set policies well before they compare them.

The optimiser takes half a second to load, which a comparison of policies as they are set should not wait for.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sim.commands import options as o
from sim.policy.contract import Policy
from sim.policy.registry import chosen_policies
from sim.scenario.schema import Scenario

if TYPE_CHECKING:
    from sim.search.goal import Constraint


def required(scenario: Scenario, named: Sequence[str] | None) -> tuple[Constraint, ...]:
    """Return the promises under which policies are to be set.

    Raises:
        QuestionError: for what is not understood, cannot be asked of the scenario, or says nothing.
    """
    from sim.search.goal import Constraint
    from sim.search.tuned import what_is_required

    return what_is_required(scenario, [Constraint.parse(text) for text in named or []])


def well_set(
    scenario: Scenario,
    policies: Sequence[str | Policy] | None,
    promises: tuple[Constraint, ...],
    computing: o.Computing,
) -> list[Policy]:
    """Return policies at the settings that deliver most under promises, with a bar while they are searched."""
    from sim.search.goal import FigureName, Goal
    from sim.search.tuned import TUNING, tuned

    goal = Goal.towards(FigureName("net_points_per_sprint"), promises)
    chosen = chosen_policies(scenario, policies or None)
    with o.progress(None, "runs") as bar, computing.design(TUNING, bar) as design:
        return tuned(scenario, chosen, goal, design, bar.expect)
