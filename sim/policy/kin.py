"""Kins of incidents: as far as `takes` tells incidents apart, for whoever has to find one that somebody takes.

Where thousands wait, to ask for each is dear. Most policies look at little of an incident: at its team, or whether
it was ever deferred; one that is written in a scenario at the rule that it met. Incidents that a policy does not
tell apart but by team and severity are of one kin, and stand together: who refuses one of them (`Kin.alike`)
refuses the others.
"""

from __future__ import annotations

from typing import NamedTuple

from sim.policy import rule_table
from sim.policy.composed import ComposedPolicy
from sim.policy.contract import Policy, plain_rank
from sim.policy.in_python import text_behind
from sim.policy.refusing import looks_no_further, refuses_off_duty, refuses_other_teams
from sim.policy.rule_table import ANYONE, DUTY, OF_TEAM, RULES_AT, TEAM, TURN, WHO, WIDTH
from sim.scenario.compositions import MAX_RULES


class Kin(NamedTuple):
    """What is known of who takes the incidents of a kin."""

    home: bool
    """nobody of another team"""
    duty: bool
    """nobody off duty"""
    alike: bool
    """who refuses one refuses all of its severity; where `home`, those of their team"""


class Kins(NamedTuple):
    """The kins of a policy: an incident's is twice `of_label`, by its label, and one more where it has been
    deferred before."""

    of_label: list[int]
    kins: list[Kin]


MOST_LABELS = MAX_RULES + 1
"""Labels, from 0, by which incidents are told apart; those of other labels are as those of 0."""

_WHOM = (TEAM, ANYONE, DUTY, TURN)

KINS = 2 * (1 + len(_WHOM))
"""Kins at most: with a label of each whom a rule can be for, and without."""


def kin_of(policy: Policy) -> Kins:
    """Return the kins of a policy."""
    takes = text_behind(policy.takes) or policy.takes
    if takes is rule_table.takes and isinstance(policy, ComposedPolicy):
        return _by_rule(policy)
    return Kins([0] * MOST_LABELS, _by_code(policy))


def _by_code(policy: Policy) -> list[Kin]:
    """Return what the code of `takes` tells: of incidents that were never deferred, and of the others."""
    home, duty = refuses_other_teams(policy), refuses_off_duty(policy)
    ranked = policy.rank is not plain_rank  # and so not kept by severity
    known = [*(["team"] if home else []), *([] if ranked else ["severity"])]
    return [
        Kin(home, duty, looks_no_further(policy, *known, "deferrals")),
        Kin(home, duty, looks_no_further(policy, *known)),
    ]


def _by_rule(policy: ComposedPolicy) -> Kins:
    """Return what `rule_table.takes` does by the rule whose number is an incident's label; of what has met none,
    nothing is known."""
    p = policy.record()
    rules = (RULES_AT + rule * WIDTH for rule in range(p.rules))
    of_label = [0, *(1 + _WHOM.index(p[at + WHO]) for at in rules)]
    duty = Kin(home=p.duty == OF_TEAM, duty=True, alike=True)
    found = {
        TEAM: (Kin(True, False, True),) * 2,
        ANYONE: (Kin(False, False, True),) * 2,
        DUTY: (duty,) * 2,
        TURN: (Kin(True, False, True),) * 2,
    }
    unknown = (Kin(False, False, False),) * 2
    return Kins(
        of_label + [0] * (MOST_LABELS - len(of_label)),
        [*unknown, *(kin for who in _WHOM for kin in found[who])],
    )
