"""Policies that are written in a scenario, without Python: a table of rules, read by one policy for all.

What a composition says (`sim.scenario.compositions`) is laid out as whole numbers that a few decisions read
(`sim.policy.rule_table`). So these are compiled once, and what a search or a slider changes is a number.

| what is written | what decides by it |
|---|---|
| `rules`, the first that matches | `route`, which writes the rule's number on the incident; `takes` and `people` by that |
| `reserve` | `reserve`, as in `policies/reserved_buffer.py` |
| `duty` | `on_duty`; with `most`, `review` and `improve`, as in `policies/adaptive_rotation.py` |
| `wip_limit`, of all or of those on duty | `next_work` |
| `hand_over` | `shift` |

An incident that no rule matches waits for the planning. Whoever was called at night and has not begun has met
no rule: it is treated by the first that looks neither at hours nor at the load.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sim.policy.contract import (
    CANCEL,
    DEFER,
    INTERRUPT,
    NOWHERE,
    QUEUE,
    SWAP,
    Policy,
    Site,
    second_of_day,
)
from sim.policy.parameters import IMPROVEMENT_SHARE, QUIET, Parameter, Value
from sim.policy.records import record_of
from sim.policy.rule_table import (
    ANYONE,
    DUTY,
    EITHER,
    EVERYTHING,
    FIELDS,
    FITS,
    GENERAL,
    KIND_WORDS,
    KINDS_IN_WORD,
    LASTS,
    NO,
    NO_LIMIT,
    NOBODY,
    OF_ORGANISATION,
    OF_TEAM,
    OF_TEAMS,
    TEAM,
    TURN,
    YES,
    improve,
    next_work,
    on_duty,
    people,
    reserve,
    review,
    route,
    shift,
    takes,
)
from sim.scenario.compositions import Composition, Duty, Reserve, Rule


@dataclass(frozen=True)
class ComposedPolicy(Policy):
    """A policy that reads the rules of a composition."""

    composition: Composition | None = None

    @property
    def shape(self) -> tuple[str, ...]:
        """What it is besides its parameters and decisions, as text."""
        assert self.composition is not None
        return (*super().shape, self.composition.model_dump_json())

    @property
    def record_type(self) -> Any:
        """The class of the named tuple of FIELDS, the same for all compositions."""
        return record_of(FIELDS)

    def record(self, site: Site = NOWHERE) -> Any:
        """The composition as whole numbers, with the values of its parameters."""
        assert self.composition is not None
        numbers = dict.fromkeys(FIELDS, 0) | _structure(self.composition, site.kinds)
        values = {name: self.counted(name, 0) for name in self.parameters}
        if self.sized and values[self.sized] == 0:
            values[self.sized] = site.support
        for name, value in values.items():
            numbers[name if name in GENERAL else _place_in_rule(name)] = value
        return self.record_type(**numbers)


def composed(name: str, composition: Composition) -> ComposedPolicy:
    """A policy of this name that does what a composition says.

    Raises:
        PolicyError: for a value in `set` that no parameter can have.
    """
    duty = composition.duty
    times = sorted(
        {time for rule in composition.rules for time in rule.at_times}, key=second_of_day
    )
    policy = ComposedPolicy(
        id=name,
        title=composition.title or name,
        about=composition.about,
        parameters=_parameters(composition),
        queue=composition.queue,
        sprints=composition.sprints,
        time_box="time_box" if composition.time_box_hours else "",
        turns_last="turn_sprints" if duty and duty.of != "teams" and duty.turn_sprints else "",
        sized="people" if duty and duty.people == 0 else "",
        looks_at=tuple(times),
        composition=composition,
        **_decisions(composition),
    )
    return policy if not composition.set else _with_own_defaults(policy, composition.set)


def whole_language() -> ComposedPolicy:
    """A policy that takes every decision that a composition can: what is compiled for it serves all."""
    return composed(
        "whole-language",
        Composition(
            wip_limit=10.0,
            reserve=Reserve(share=0.1),
            duty=Duty(people=1, most=2),
            rules=[Rule(do="queue", who="duty", people=1, hand_over=True)],
        ),
    )


def _with_own_defaults(policy: ComposedPolicy, values: Mapping[str, Value]) -> ComposedPolicy:
    changed = policy.with_defaults(values)
    assert isinstance(changed, ComposedPolicy)
    return changed


def _decisions(composition: Composition) -> dict[str, Any]:
    """The decisions that a composition needs: what it leaves out is plain Scrum's."""
    duty, rules = composition.duty, composition.rules
    found: dict[str, Any] = {"route": route, "takes": takes}
    if duty:
        found["on_duty"] = on_duty
        if duty.most:
            found |= {"review": review, "improve": improve}
    if composition.reserve:
        found["reserve"] = reserve
    if composition.wip_limit or (duty and duty.wip_limit):
        found["next_work"] = next_work
    if any(rule.people for rule in rules):
        found["people"] = people
    if any(rule.hand_over for rule in rules):
        found["shift"] = shift
    return found


def _parameters(composition: Composition) -> dict[str, Parameter]:
    """What can be searched and set of a composition: its numbers, but for those that are its shape."""
    found: dict[str, Parameter] = {}
    if kept := composition.reserve:
        found["share"] = Parameter(kept.share, "share", 0, 1, "of capacity kept back at planning")
        found["quantile"] = Parameter(
            kept.quantile,
            "share",
            0,
            1,
            "of sprints whose load the reserve is to cover; 0: the share",
        )
        found["sprints"] = Parameter(kept.sprints, "sprints", 1, 20, "that the quantile looks at")
        found["for_absence"] = Parameter(
            kept.for_absence, "switch", 0, 1, "1: keep back what absence is likely to cost"
        )
    found |= _parameters_of_duty(composition)
    if composition.wip_limit:
        found["wip_limit"] = Parameter(
            composition.wip_limit, "share", 0.1, 10, "items in progress per developer present"
        )
    if composition.time_box_hours:
        found["time_box"] = Parameter(
            composition.time_box_hours, "hours", 0.25, 40, "after which an incident is decided anew"
        )
    for number, rule in enumerate(composition.rules, start=1):
        if rule.unplanned_over is not None:
            found[f"rule_{number}_over"] = Parameter(
                rule.unplanned_over, "share", 0, 5, f"of capacity that came in, for rule {number}"
            )
        if rule.people:
            found[f"rule_{number}_people"] = Parameter(
                rule.people, "people", 1, 50, f"who work on it together, by rule {number}"
            )
    return found | {"improvement_share": IMPROVEMENT_SHARE}


def _parameters_of_duty(composition: Composition) -> dict[str, Parameter]:
    duty = composition.duty
    if duty is None:
        return {}
    found: dict[str, Parameter] = {}
    if duty.of != "teams":
        least = 0 if duty.people == 0 else 1
        found["people"] = Parameter(
            duty.people, "people", least, 5_000, "on duty at a time", of_team=duty.of == "team"
        )
    if duty.turn_sprints:
        found["turn_sprints"] = Parameter(duty.turn_sprints, "sprints", 1, 26, "that a turn lasts")
    if duty.most:
        found["most"] = Parameter(
            duty.most, "people", 1, 5_000, "on duty in a busy sprint", of_team=True
        )
        found["useful"] = Parameter(
            duty.useful, "share", 0.05, 1, "of a person's time that support can fill"
        )
        found["debt_share"] = Parameter(
            duty.debt_share, "share", 0, 1, "of capacity for improvements while it is busy"
        )
    if duty.wip_limit:
        found["support_wip_limit"] = Parameter(
            duty.wip_limit, "share", 0.1, 10, "incidents in progress per person on duty"
        )
    found["quiet"] = Parameter(duty.quiet, "choice", about=QUIET.about, choices=QUIET.choices)
    return found


# ---- as numbers ----------------------------------------------------------------------------------

_OF = {"team": OF_TEAM, "organisation": OF_ORGANISATION, "teams": OF_TEAMS}
_WHO = {"team": TEAM, "anyone": ANYONE, "duty": DUTY, "turn": TURN}
_DO = {"defer": DEFER, "queue": QUEUE, "interrupt": INTERRUPT, "swap": SWAP, "cancel": CANCEL}
_HOURS = {None: EITHER, "closed": YES, "open": NO}
_SO = {None: EITHER, True: YES, False: NO}


def _structure(composition: Composition, kinds: Sequence[str]) -> dict[str, int]:
    """What of a composition is no parameter."""
    times = sorted({second_of_day(time) for rule in composition.rules for time in rule.at_times})
    found = {f"time_{place}": second for place, second in enumerate(times)}
    found["rules"] = len(composition.rules)
    found["duty"] = _OF[composition.duty.of] if composition.duty else NOBODY
    for number, rule in enumerate(composition.rules):
        for name, value in _of_rule(rule, kinds, times).items():
            found[f"rule_{number}_{name}"] = value
    return found


def _of_rule(rule: Rule, kinds: Sequence[str], times: Sequence[int]) -> dict[str, int]:
    at = {second_of_day(time) for time in rule.at_times}
    return {
        "severities": sum(1 << severity for severity in rule.severity)
        if rule.severity
        else EVERYTHING,
        **{f"kinds_{word}": _kinds_in(word, rule, kinds) for word in range(KIND_WORDS)},
        "closed": _HOURS[rule.hours],
        "over": NO_LIMIT,
        "outgrown": _SO[rule.outgrown],
        "action": _DO[rule.do],
        "who": _WHO[rule.who],
        "hand_over": int(rule.hand_over),
        "reserve": FITS if rule.within_reserve else LASTS if rule.while_reserve_lasts else 0,
        "times": sum(1 << place for place, second in enumerate(times) if second in at),
    }


def _kinds_in(word: int, rule: Rule, kinds: Sequence[str]) -> int:
    if rule.kind is None:
        return EVERYTHING
    within = kinds[word * KINDS_IN_WORD : (word + 1) * KINDS_IN_WORD]
    return sum(1 << place for place, kind in enumerate(within) if kind in rule.kind)


def _place_in_rule(parameter: str) -> str:
    """The field of a rule's parameter, such as rule_1_over: rules are counted from 1 by people."""
    _, number, name = parameter.split("_")
    return f"rule_{int(number) - 1}_{'together' if name == 'people' else name}"
