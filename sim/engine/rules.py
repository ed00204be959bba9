"""The rules of the model that are plain arithmetic: written once, and called by both engines.

What stands twice, once over objects (`sim.engine.model`) and once over tables (`sim.engine.kernel`), is who
waits where, in what order, and what happens next; here is how long, how much and how likely. Whatever the
scenario and the policy settle before time 0 is one row, `Rules`, for both.
"""

from __future__ import annotations

from collections.abc import Callable
from inspect import signature
from typing import Annotated, Any

import numpy as np

from sim.engine.rows import Row
from sim.policy import contract
from sim.policy.changeover import Changeover
from sim.policy.contract import DECISIONS, MAX_LOOKS, Policy, Site
from sim.policy.fingerprint import reads
from sim.policy.kin import KINS, MOST_LABELS, Kin, kin_of
from sim.sampling.calendars import DAY, MINUTE
from sim.sampling.expected_load import support_needed
from sim.sampling.incidents import REPORTED
from sim.sampling.organisation import MILLE, Organisation, organisation
from sim.sampling.sample_path import SamplePath
from sim.scenario.schema import Scenario

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
    home_only: int
    """`takes` surely refuses whoever is of another team, and with duty_only whoever is not on duty"""
    duty_only: int
    kins: int
    """kins of incidents, as far as `takes` tells them apart: see `sim.policy.kin`"""
    kin_of_label: Annotated[list[int], MOST_LABELS]
    kin_home: Annotated[list[int], KINS]
    """by kin: the same as home_only, of its incidents alone, and so with kin_duty"""
    kin_duty: Annotated[list[int], KINS]
    kin_alike: Annotated[list[int], KINS]
    """by kin: who refuses one refuses all of it of the same severity; where kin_home, of their team"""
    duties: int
    """whether the policy decides `on_duty`, and so with chooses (`takes`) and prefers (`next_work`): where
    it does not, what plain Scrum answers is known"""
    chooses: int
    prefers: int
    quiet: int
    """what people on duty turn to while no incident waits for them"""
    extended: int
    """whether any of EXTENSIONS is so"""
    ranked: int
    """whether the policy decides by `rank`, and so with picky (`picks`), swarms (`people`), notes and
    shifts; what it does not decide is not asked"""
    picky: int
    swarms: int
    notes: int
    shifts: int
    promised: int
    """whether its decisions look at what was promised, and so until when it is kept"""
    curious: int
    """whether they look at the rest of what few look at: label, cost, chance, and whether all are closed"""
    looks: int
    """times of day at which it looks at what was deferred"""
    look: Annotated[list[int], MAX_LOOKS]
    """their seconds of the day, in order"""
    paged: Annotated[list[int], SEVERITY_PLACES]
    """by severity: whether somebody is called at night"""
    called: int
    """people of a team who are called, in order"""
    zones: int
    """whether not all keep the same hours"""
    uneven: int
    """whether not all have the same time for work"""
    ramps: int
    """whether who joins is not worth a veteran at once"""
    weekly: int
    """whether teams meet in the middle of the week; refinement and mentor say for how long"""
    refinement: int
    mentor: int
    """per mille of an ordinary week"""
    departures: int
    """people who leave at a planning, per million; 0: nobody"""
    departures_by_duty: int
    vacancy: int
    grows: int
    """whether incidents grow while nobody has started"""
    dues: int
    """whether incidents are due at some moment"""
    frozen: int
    """whether what is finished is sometimes released later"""
    unlogged: int
    """whether what comes to a team is not all on record"""
    given: int
    """incidents that are given"""
    given_from: int
    """the first of them"""
    plannings: int
    """of a team, the end of its last sprint included"""


_ASKED_ONLY_IF_DECIDED = {
    "ranked": "rank",
    "picky": "picks",
    "swarms": "people",
    "notes": "note",
    "shifts": "shift",
}

_READ_BY_FEW = {
    "promised": {"respond_by", "resolve_by", "broken"},
    "curious": {"label", "cost", "chance", "closed", "due"},
}
"""What of the views is worked out only for policies that look at it."""

_LOOKED_AT = {
    decision: at
    for decision in contract.DECISIONS
    if (
        at := [
            place
            for place, name in enumerate(
                signature(getattr(contract, f"plain_{decision}")).parameters
            )
            if name in ("incident", "team")
        ]
    )
}
"""Which arguments of a decision are views that hold any of these."""

_OF_FEW_ORGANISATIONS = (
    "zones",
    "uneven",
    "ramps",
    "weekly",
    "departures",
    "grows",
    "dues",
    "frozen",
    "unlogged",
    "given",
)

EXTENSIONS = frozenset(
    {*_ASKED_ONLY_IF_DECIDED, *_READ_BY_FEW, *_OF_FEW_ORGANISATIONS, "looks", "extended"}
)
"""The rules that are 0 of a policy that decides no more than what every policy does, in an organisation that
has no more than what every one has: the engine compiled for such has 0 in their place."""


def rules_of_organisation(org: Organisation) -> dict[str, Any]:
    """What an organisation settles: the fields of `Rules` that it has by the same names, and what is
    counted."""
    alike = {name: getattr(org, name) for name in Rules.FIELDS if hasattr(org, name)}
    extensions = extensions_of(org)
    return (
        alike
        | extensions
        | {
            "kinds": len(org.severity),
            "plannings": org.sprint_count + 1,
            "extended": any(extensions.values()),
        }
    )


def rules_of_path(path: SamplePath) -> dict[str, Any]:
    """What a sample path settles, and its organisation."""
    return rules_of_organisation(path.organisation) | rules_of_future(path)


def rules_of_future(path: SamplePath) -> dict[str, Any]:
    """What a sample path settles beyond its organisation; what is given needs EXTENSIONS."""
    given = len(path.given)
    found = {
        "reported": np.count_nonzero(path.incidents.cause == REPORTED),
        "given": given,
        "given_from": path.given.first,
    }
    return found | ({"extended": True} if given else {})


def extensions_of(org: Organisation) -> dict[str, int]:
    """What an organisation has that few have."""
    newcomers = bool((org.hours.joins >= 0).any()) or org.departures > 0
    ramps = newcomers and bool(org.ramp.any())
    zones = len(org.hours.calendars) > 1
    weekly = org.refinement > 0 or (org.mentor > 0 and ramps)
    return {
        "zones": zones,
        "uneven": zones or ramps or weekly,
        "ramps": ramps,
        "weekly": weekly,
        "departures": org.departures,
        "grows": bool(org.growth.any()),
        "dues": bool(org.due_within.any() or org.due_every.any() or len(org.due_dates)),
        "frozen": len(org.freezes),
        "unlogged": bool((org.logged < MILLE).any()),
    }


def rules_of_policy(policy: Policy, teams: int) -> dict[str, Any]:
    """What a policy settles, in an organisation of so many teams."""
    known, rules = _settled.get(id(policy), (None, {}))
    if known is not policy:
        if len(_settled) >= _SETTLED_KEPT:
            _settled.clear()
        rules = _settled_by(policy)
        _settled[id(policy)] = policy, rules
    return rules | {"queues": 1 if policy.queue == "organisation" else teams}


_SETTLED_KEPT = 1_000

_settled: dict[int, tuple[Policy, dict[str, Any]]] = {}
"""By the policy's id: a study asks for it thousands of times."""


def _settled_by(policy: Policy) -> dict[str, Any]:
    extensions = _extensions_of(decisions_in(policy)) | {"looks": len(policy.looks)}
    kin = kin_of(policy)
    without = [0] * (KINS - len(kin.kins))
    return extensions | {
        "sprints": policy.sprints,
        "time_box": policy.counted(policy.time_box, 0),
        "turn_sprints": max(1, policy.counted(policy.turns_last, 1)),
        "home_only": all(each.home for each in kin.kins),
        "duty_only": all(each.duty for each in kin.kins),
        "kins": len(kin.kins),
        "kin_of_label": kin.of_label,
        **{
            f"kin_{fact}": [*(getattr(each, fact) for each in kin.kins), *without]
            for fact in Kin._fields
        },
        "duties": policy.on_duty is not contract.plain_on_duty,
        "chooses": policy.takes is not contract.plain_takes,
        "prefers": policy.next_work is not contract.plain_next_work,
        "quiet": policy.counted("quiet", 0),
        "look": [*policy.looks, *[0] * (MAX_LOOKS - len(policy.looks))],
        "extended": any(extensions.values()),
    }


_needed: dict[tuple[int, ...], tuple[Any, dict[str, int]]] = {}
"""By the ids of decisions: a search tries many settings of one policy."""


def _extensions_of(decisions: tuple[Callable[..., Any], ...]) -> dict[str, int]:
    """What of EXTENSIONS some decisions need, whatever their parameters."""
    key = tuple(map(id, decisions))
    if key not in _needed:
        if len(_needed) >= _SETTLED_KEPT:
            _needed.clear()
        _needed[key] = decisions, _extensions_needed(decisions)
    return _needed[key][1]


def _extensions_needed(decisions: tuple[Callable[..., Any], ...]) -> dict[str, int]:
    decided = dict(zip(DECISIONS, decisions, strict=True))
    asked: dict[str, int] = {
        rule: decided[name] is not getattr(contract, f"plain_{name}")
        for rule, name in _ASKED_ONLY_IF_DECIDED.items()
    }
    read = {
        rule: any(reads(decided[decision], at, names) for decision, at in _LOOKED_AT.items())
        for rule, names in _READ_BY_FEW.items()
    }
    return asked | read


def decisions_in(policy: Policy) -> tuple[Callable[..., Any], ...]:
    """The decisions of a policy, in their order."""
    return tuple(getattr(policy, name) for name in DECISIONS)


_EITHER = ("promised", "curious", "duties", "shifts")
"""What both policies of a change need is done from the beginning: promises and labels are known of what came
before, and who is on duty goes off it."""


def rules_of_change(change: Changeover, teams: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """What is settled before a change, and after it."""
    rules = [rules_of_policy(policy, teams) for policy in (change.before, change.after)]
    either = {name: any(stage[name] for stage in rules) for name in _EITHER} | {"extended": 1}
    before, after = (stage | either for stage in rules)
    return before, after


def is_extended(policy: Policy) -> bool:
    """Whether a policy needs any of EXTENSIONS."""
    return bool(rules_of_policy(policy, 1)["extended"])


def needs_extensions(scenario: Scenario) -> bool:
    """Whether an organisation needs any of EXTENSIONS, whatever the policy."""
    given = bool(scenario.events) or scenario.start is not None
    return given or any(extensions_of(organisation(scenario)).values())


def parameters_in(path: SamplePath, policy: Policy) -> Any:
    """The parameters of a policy as decisions see them, in the organisation that a path is of."""
    key = id(path.organisation), id(policy)
    org, known, parameters = _parameters.get(key, (None, None, None))
    if org is not path.organisation or known is not policy:
        if len(_parameters) >= _SETTLED_KEPT:
            _parameters.clear()
        parameters = _parameters_in(path, policy)
        _parameters[key] = path.organisation, policy, parameters
    return parameters


_parameters: dict[tuple[int, int], tuple[Organisation, Policy, Any]] = {}
"""By the ids of the two."""


def _parameters_in(path: SamplePath, policy: Policy) -> Any:
    kinds = tuple(kind.kind for kind in path.scenario.incidents)
    support = support_needed(path.scenario, path.organisation) if policy.sized else 1
    return policy.record(Site(kinds, support))


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


def practised(ramp: int, worked: int) -> int:
    """What somebody who joined has done after so many working seconds, in those of a veteran: their worth
    rises evenly from nothing to that of a veteran at `ramp`."""
    if worked >= ramp:
        return worked - ramp + ramp // 2
    return worked * worked // (2 * ramp)


def time_to_practise(ramp: int, worked: int, seconds: int) -> int:
    """The working seconds that somebody who joined needs, from their `worked` on, for what takes a veteran
    so many."""
    wanted = practised(ramp, worked) + seconds
    if wanted >= ramp // 2:
        return max(1, wanted + ramp - ramp // 2 - worked)
    return max(1, root_above(2 * ramp * wanted) - worked)


def root_above(number: int) -> int:
    """The least whole number whose square is at least `number`."""
    root, nearer = number, (number + 1) // 2
    while nearer < root:
        root = nearer
        nearer = (root + number // root) // 2
    return root if root * root >= number else root + 1


def chance_of_leaving(rules: Rules, sprints_on_duty: int, sprints: int) -> int:
    """The chance that somebody leaves for good at a planning, per million: more, the more of their sprints
    they were on duty."""
    share = MILLE * sprints_on_duty // max(1, sprints)
    return rules.departures * (MILLE + rules.departures_by_duty * share // MILLE) // MILLE


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


def still_to_improve(left: int, asked: int, set_aside_by_others: int) -> int:
    """The focus seconds that a team sets aside for improvements: as many as it asks for, as far as others
    leave something to be done."""
    return max(0, min(asked, left - set_aside_by_others))


# ---- incidents -----------------------------------------------------------------------------------


def severity_escalated(severity: int) -> int:
    """The severity that is one worse; 1 is the worst."""
    return max(1, severity - 1)


def grown(effort: int, growth: int, waited: int) -> int:
    """The focus seconds of an incident that grew by so many per mille of its effort each day, for so many
    seconds; by the minute."""
    return effort + effort * growth // MILLE * (max(0, waited) // MINUTE) // (DAY // MINUTE)


def due_of(opened: int, within: int, every: int) -> int:
    """The second at which an incident is due: so long after it opened, or the next of those that come
    again and again."""
    return opened + within if within > 0 else (opened // every + 1) * every


def demand_after(demand: int, thinning: int) -> int:
    """The per mille of a kind's incidents that still open once an improvement is done, too."""
    return demand * thinning // MILLE


def effort_of_each(effort: int, people: int, together: int) -> int:
    """The focus seconds of each of those who work on an incident `together`, whose kind has `people` do
    so much each."""
    return -(-effort * people // together)


def is_broken(now: int, by: int) -> int:
    """1 where what was promised by a moment comes later."""
    return 1 if now > by else 0


def share_broken(broken: int, settled: int) -> int:
    """Per mille of the settled promises that were broken."""
    return broken * MILLE // settled if settled > 0 else 0


def unspent(reserve: int, spent: int, promised: int) -> int:
    """The focus seconds of a sprint's reserve that are neither spent nor promised."""
    return reserve - spent - promised
