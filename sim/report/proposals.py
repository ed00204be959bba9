"""What a policy asks people to do, as its settings have it: the sentence that a decision opens with."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sim.policy.contract import Policy
from sim.report.wording import listed, short
from sim.scenario.schema import Scenario

SEVERITIES = {
    1: "outages",
    2: "serious incidents",
    3: "ordinary incidents",
    4: "minor incidents",
    5: "the least incidents",
}
"""What people call a severity."""

FRACTIONS = {
    0.05: "a twentieth",
    0.1: "a tenth",
    0.2: "a fifth",
    0.25: "a quarter",
    0.5: "half",
    0.75: "three quarters",
}

NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def proposal(policy: Policy, scenario: Scenario) -> str:
    """Return what to do, without a full stop."""
    says = _SAYS.get(policy.id)
    if says is None:
        return f"Work by “{policy.title or policy.id}”"
    return says(policy.values, scenario)


def number(count: float) -> str:
    """Return a count as a word up to ten."""
    whole = round(count)
    return NUMBERS[whole] if whole == count and 0 <= whole <= 10 else short(count)


def fraction(share: float) -> str:
    """Return a share as people say it: `a quarter`, `35 %`."""
    return FRACTIONS.get(round(share, 4), f"{100 * share:.0f} %")


def up_to(severity: object, scenario: Scenario) -> str:
    """Return what of a scenario's incidents is of this severity or worse, in words; empty for none."""
    occur = sorted({kind.severity for kind in scenario.incidents})
    chosen = [own for own in occur if own <= float(str(severity))]
    if len(chosen) == len(occur) > 1:
        return "every incident"
    return listed([SEVERITIES[own] for own in chosen])


Values = Mapping[str, object]


def _at_once(severity: object, scenario: Scenario, opening: str) -> str:
    named = up_to(severity, scenario)
    return f"{opening}, and let {named} interrupt at once" if named else opening


def _number(values: Values, name: str) -> float:
    return float(str(values[name]))


def _next_sprint(values: Values, scenario: Scenario) -> str:
    return _at_once(values["exempt_severity"], scenario, "Plan what comes in into the next sprint")


def _swap_in(values: Values, scenario: Scenario) -> str:
    swapped = up_to(values["swap_severity"], scenario) or "nothing"
    return _at_once(
        values["interrupt_severity"],
        scenario,
        f"Swap {swapped} into the sprint for stories that nobody has begun",
    )


def _reserve(values: Values, scenario: Scenario) -> str:
    quantile = _number(values, "quantile")
    if quantile:
        kept = (
            f"Keep free of every sprint what {100 * quantile:.0f} in 100 of the last sprints needed"
        )
    else:
        kept = f"Keep {fraction(_number(values, 'share'))} of every sprint free for incidents"
    return _at_once(values["exempt_severity"], scenario, kept)


def _catch_all(values: Values, scenario: Scenario) -> str:
    held = fraction(_number(values, "share"))
    return _at_once(
        values["exempt_severity"],
        scenario,
        f"Collect small incidents on one ticket of {held} of the sprint",
    )


def _duty_developer(values: Values, scenario: Scenario) -> str:
    people, sprints = _number(values, "people"), _number(values, "sprints")
    who = "one developer" if people == 1 else f"{number(people)} developers"
    of = "of all teams together" if _number(values, "of_organisation") else "of each team"
    return f"Put {who} {of} on duty for incidents, {_turns(sprints)}"


def _duty_team(values: Values, scenario: Scenario) -> str:
    return f"Let one whole team take everybody's incidents, {_turns(_number(values, 'sprints'))}"


def _turns(sprints: float) -> str:
    return (
        "a sprint each, by turns" if sprints == 1 else f"{number(sprints)} sprints each, by turns"
    )


def _flexible_duty(values: Values, scenario: Scenario) -> str:
    least, most = _number(values, "fewest"), _number(values, "most")
    people = number(least) if least >= most else f"{number(least)} to {number(most)}"
    return f"Put {people} of each team on duty, as many as the last sprint needed"


def _support_team(values: Values, scenario: Scenario) -> str:
    people = _number(values, "people")
    size = "as large as the load needs" if not people else f"of {number(people)}"
    return f"Create a support team {size} that takes every incident"


def _interrupt(values: Values, scenario: Scenario) -> str:
    named = up_to(values["least_severity"], scenario) or "nothing"
    rest = "" if named == "every incident" else "; the rest waits for whoever is free"
    return f"Let whoever is best placed stop for {named} at once{rest}"


def _cancel(values: Values, scenario: Scenario) -> str:
    named = up_to(values["cancel_severity"], scenario)
    why = f"{named} come in, or " if named else ""
    share = fraction(_number(values, "cancel_share"))
    return f"Drop and replan the sprint when {why}what comes in takes {share} of it"


def _kanban(values: Values, scenario: Scenario) -> str:
    first = up_to(values["expedite_severity"], scenario)
    return "Give up sprints: whoever is free pulls the next thing" + (
        f", and {first} go first" if first else ""
    )


_SAYS: dict[str, Callable[[Values, Scenario], str]] = {
    "next-sprint": _next_sprint,
    "swap-in": _swap_in,
    "reserved-buffer": _reserve,
    "unplanned-ticket": _catch_all,
    "developer-rotation": _duty_developer,
    "team-rotation": _duty_team,
    "adaptive-rotation": _flexible_duty,
    "dedicated-team": _support_team,
    "interrupt-anyone": _interrupt,
    "cancel-sprint": _cancel,
    "kanban": _kanban,
}
