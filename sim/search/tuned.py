"""Each policy is set as well as can be found, so that policies are compared and not how they happen to be set."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sim.experiment.design import Design
from sim.policy.contract import Policy
from sim.scenario.schema import Scenario
from sim.search.askable import check_askable
from sim.search.goal import Constraint, FigureName, Goal
from sim.search.question import QuestionError
from sim.search.variants import LOOKED_AT_AGAIN, Search

TUNING = 40
"""Replications by which the best settings of a policy are told apart."""

APART = 1_000_000
"""The first path of the search: the comparison after it is on others, so that no luck of the search counts."""

USUAL_SHARE = 0.8
"""Of incidents answered in time: what is required where nothing else is said, and anything was promised."""

Ahead = Callable[[int], None]
"""Called with how many runs (of a policy, on a path) may still come, at most."""


def what_is_required(scenario: Scenario, promises: Sequence[Constraint]) -> tuple[Constraint, ...]:
    """Return the promises under which policies are set: those named, else USUAL_SHARE answered in time.

    Raises:
        QuestionError: where none is named, and the scenario has promised nothing.
    """
    if promises:
        return tuple(promises)
    if all(kind.respond_within_hours is None for kind in scenario.incidents):
        raise QuestionError(
            "nothing was promised in this scenario, so that to leave everything for later would be the best "
            "setting; name what is required, such as --require 'response_hours_p90 <= 48'"
        )
    return (Constraint(FigureName("response_sla"), at_most=False, limit=USUAL_SHARE),)


def tuned(
    scenario: Scenario,
    policies: Sequence[Policy],
    goal: Goal,
    design: Design,
    ahead: Ahead | None = None,
) -> list[Policy]:
    """Return each policy at the setting that does best by a goal, under the same promises and with the same share
    for improvements.

    What is set already stays as it is.

    Args:
        scenario: for which they are set.
        policies: to set.
        goal: what is wanted.
        design: how it is computed, on paths of the search's own; by its replications the best settings are told
            apart.
        ahead: called at every step with how many runs may still come, at most.

    Raises:
        QuestionError: for a figure that the scenario does not have.
    """
    check_askable(goal, scenario)
    tell = ahead or (lambda runs: None)
    with design.at_work() as computing:
        search = Search(scenario, goal, design, computing, first=APART)
        most = [search.most_variants(policy) for policy in policies]
        again = sum(min(LOOKED_AT_AGAIN, n + 1) for n in most)
        again += len(policies) * search.most_settings(policies)
        tests = again * design.replications
        tell((len(policies) + sum(most)) * search.roughly + tests)
        search.try_all(list(policies))
        for n, policy in enumerate(policies):
            tell(sum(most[n:]) * search.roughly + tests)
            search.evolve(policy)
        return [search.well_set(policy) for policy in policies]
