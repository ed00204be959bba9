"""The rules of the model that are plain arithmetic: written once, and called by both engines.

What stands twice, once over objects (`sim.engine.model`) and once over tables (`sim.engine.kernel`), is who
waits where, in what order, and what happens next; here is how long, how much and how likely. Whatever the
scenario and the policy settle before time 0 is one row, `Rules`, for both.
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np

from sim.engine.rows import Row
from sim.policy.contract import Policy
from sim.policy.fingerprint import uses
from sim.sampling.incidents import REPORTED
from sim.sampling.organisation import MILLE
from sim.sampling.sample_path import SamplePath

SEVERITY_PLACES = 6
"""Places kept for a severity in a set of lists; 0 stays empty."""


class Rules(Row):
    """What the scenario and the policy settle before time 0, in seconds and per mille."""

    horizon: int
    ceremony: int
    by_velocity: int
    switch: int
    resume: int
    unfamiliarity: int
    teams: int
    queues: int
    """1, or one a team"""
    reported: int
    """incidents that are reported, and not caused by others"""
    sprints: int
    time_box: int
    turn_sprints: int
    familiar_after: int
    quality_gain: int
    quality_after: int
    regression_chance: int
    """per million, of a story"""
    interrupted_regressions: int
    swap_meeting: int
    replan: int
    rework: int
    handover: int
    absence: int
    kinds: int
    takes_alike: int
    """`takes` does not look at the incident: who refuses one refuses them all"""
    paged: Annotated[list[int], SEVERITY_PLACES]
    """by severity: whether somebody is called at night"""


_INCIDENT = 1
"""Which argument of `takes` it is."""


def rules_of_path(path: SamplePath) -> dict[str, Any]:
    """What a sample path settles: the fields of `Rules` that the organisation has by the same names, and
    what is counted."""
    org = path.organisation
    alike = {name: getattr(org, name) for name in Rules.FIELDS if hasattr(org, name)}
    return alike | {
        "reported": np.count_nonzero(path.incidents.cause == REPORTED),
        "kinds": len(org.severity),
    }


def rules_of_policy(policy: Policy, teams: int) -> dict[str, int]:
    """What a policy settles, in an organisation of so many teams."""
    return {
        "queues": 1 if policy.queue == "organisation" else teams,
        "sprints": policy.sprints,
        "time_box": policy.counted(policy.time_box, 0),
        "turn_sprints": max(1, policy.counted(policy.turns_last, 1)),
        "takes_alike": not uses(policy.takes, _INCIDENT),
    }


# ---- effort and time -----------------------------------------------------------------------------


def unfamiliarity(rules: Rules, other_team_time: int) -> int:
    """The per mille of effort that another team's incident takes; experience wears off what is
    beyond 1,000."""
    if rules.familiar_after == 0:
        return rules.unfamiliarity
    strange = max(0, rules.familiar_after - other_team_time)
    return MILLE + (rules.unfamiliarity - MILLE) * strange // rules.familiar_after


def working_time(effort: int, slowdown: int) -> int:
    """The working seconds of an effort; one at least."""
    return max(1, effort * slowdown // MILLE)


def effort_done(working: int, slowdown: int) -> int:
    """The focus seconds that are done in so many working seconds."""
    return working * MILLE // slowdown


def within_time_box(rules: Rules, effort: int, left: int) -> int:
    """The focus seconds until an incident has outgrown its time box, or is done."""
    return min(left, max(1, rules.time_box - (effort - left)))


def time_to_give_back(elapsed: int, worked: int) -> int:
    """The seconds of a call at night that lay outside of working hours."""
    return elapsed - worked


# ---- stories and planning ------------------------------------------------------------------------


def estimate_left(estimate: int, effort: int, left: int) -> int:
    """What a team believes is left of a story: the estimate's share that is left of the effort."""
    return estimate * min(left, effort) // effort


def lost_progress(rules: Rules, effort: int, left: int) -> int:
    """The focus seconds to be done again of a story whose sprint is cancelled."""
    return max(0, effort - left) * rules.rework // MILLE


def focus_time(working: int, focus: int) -> int:
    """The focus seconds that one developer has in so many working seconds."""
    return max(0, working) * focus // MILLE


def chance_of_regression(rules: Rules, interrupted: int, support_time: int) -> int:
    """The chance that a story causes its regression, per million: more where the story was
    interrupted, less where its developer knows support."""
    chance = rules.regression_chance
    if interrupted:
        chance = chance * rules.interrupted_regressions // MILLE
    known = min(support_time, rules.quality_after)
    return chance * (MILLE - rules.quality_gain * known // rules.quality_after) // MILLE


# ---- incidents -----------------------------------------------------------------------------------


def severity_escalated(severity: int) -> int:
    """The severity that is one worse; 1 is the worst."""
    return max(1, severity - 1)


def demand_after(demand: int, thinning: int) -> int:
    """The per mille of a kind's incidents that still open once an improvement is done, too."""
    return demand * thinning // MILLE


def unspent(reserve: int, spent: int, promised: int) -> int:
    """The focus seconds of a sprint's reserve that are neither spent nor promised."""
    return reserve - spent - promised
