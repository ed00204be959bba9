"""What stands in the way where no policy keeps up: how much too much comes in, and which figures would mend it."""

from __future__ import annotations

from dataclasses import dataclass

from sim.sampling.expected_load import load_share
from sim.scenario.schema import Scenario

BEARABLE = 0.7
"""Of all focus time: who has more than that in incidents builds little and keeps up with luck."""


@dataclass(frozen=True)
class Overload:
    """How far demand exceeds capacity."""

    share: float
    """of the focus hours of all developers that incidents would take"""
    effort_hours: float
    """of an incident, on average, as the scenario has it"""
    effort_needed: float
    """with which it could be borne, all else as it is"""
    settled: float
    """the share that the first line settles, as the scenario has it"""
    settled_needed: float
    developers: int
    developers_needed: int


def overload(scenario: Scenario) -> Overload:
    """Return what the figures of a scenario come to, and what each would have to be by itself.

    Raises:
        ScenarioError: where the scenario replays a log that cannot be used.
    """
    share = load_share(scenario)
    factor = min(1.0, BEARABLE / share)
    rates = [kind.per_week for kind in scenario.incidents]
    whole = sum(rates) or float(len(rates))
    weights = [rate / whole if sum(rates) else 1 / len(rates) for rate in rates]
    effort = sum(
        weight * kind.effort_hours.mean()
        for weight, kind in zip(weights, scenario.incidents, strict=True)
    )
    settled = scenario.first_line.deflect_rate
    return Overload(
        share,
        effort,
        effort * factor,
        settled,
        1 - (1 - settled) * factor,
        scenario.developers,
        round(scenario.developers / factor),
    )
