"""What the rules of a composition say, a line each."""

from __future__ import annotations

from collections.abc import Iterator

from sim.report.as_set import percent
from sim.report.wording import listed
from sim.scenario.compositions import Composition, Duty, Reserve, Rule


def rules_in_words(composition: Composition) -> list[str]:
    """Return what a composition says, as a numbered list of its rules and what they rest on."""
    return [*_rests_on(composition), *_rules(composition)]


def _rests_on(composition: Composition) -> Iterator[str]:
    if composition.reserve:
        yield _reserve(composition.reserve)
    if composition.duty:
        yield _duty(composition.duty)
    if composition.wip_limit:
        yield f"At most {composition.wip_limit:g} items in progress per developer present."
    if composition.time_box_hours:
        yield f"After {composition.time_box_hours:g} h an incident is decided anew."
    if not composition.sprints:
        yield "Nothing is committed for a sprint."
    if composition.queue == "organisation":
        yield "Incidents of all teams wait in one queue."


def _reserve(reserve: Reserve) -> str:
    kept = f"{percent(reserve.share)} of capacity"
    if reserve.quantile:
        kept = f"as much as covers {percent(reserve.quantile)} of sprints, by the last {reserve.sprints}"
    absence = ", and what absence is likely to cost" if reserve.for_absence else ""
    return f"Kept back at planning: {kept}{absence}."


def _duty(duty: Duty) -> str:
    people = "as many people as the load needs" if duty.people == 0 else _people(duty.people)
    if duty.most:
        people = f"{duty.people} to {_people(duty.most)}"
    of = {"team": " of each team", "organisation": " of all teams", "teams": ""}[duty.of]
    who = "one team" if duty.of == "teams" else people
    turn = _turn(duty.turn_sprints)
    return f"On duty: {who}{of}, {turn}; while it is quiet: {duty.quiet}."


def _turn(sprints: int) -> str:
    if sprints == 0:
        return "for good"
    return "for a sprint at a time" if sprints == 1 else f"for {sprints} sprints at a time"


def _people(count: int) -> str:
    return "1 person" if count == 1 else f"{count} people"


def _rules(composition: Composition) -> Iterator[str]:
    for number, rule in enumerate(composition.rules, start=1):
        yield f"{number}. {_whom(rule)}: {_what(rule)}."
    if any(_asks(rule) for rule in composition.rules[-1:]):
        yield f"{len(composition.rules) + 1}. Everything else: waits for the planning."


def _asks(rule: Rule) -> list[str]:
    asked = []
    if rule.severity:
        asked.append(f"severity {listed([str(severity) for severity in rule.severity])}")
    if rule.kind:
        asked.append(listed(rule.kind))
    if rule.hours:
        asked.append("out of hours" if rule.hours == "closed" else "in working hours")
    if rule.unplanned_over is not None:
        asked.append(
            f"more than {percent(rule.unplanned_over)} of the sprint's capacity has come in"
        )
    if rule.outgrown is not None:
        asked.append("has outgrown its time box" if rule.outgrown else "within its time box")
    return asked


def _whom(rule: Rule) -> str:
    asked = ", ".join(_asks(rule))
    return asked[:1].upper() + asked[1:] if asked else "Everything else"


_WHO = {
    "team": "of its team",
    "anyone": "of any team",
    "duty": "on duty",
    "turn": "whose turn it is in its team",
}


def _what(rule: Rule) -> str:
    people = f", {_people(rule.people)} together" if rule.people else ""
    done = {
        "defer": "waits for the planning",
        "queue": f"is taken by the next {_WHO[rule.who]} who is free",
        "interrupt": f"takes somebody {_WHO[rule.who]} off other work",
        "swap": "enters the sprint in exchange for stories",
        "cancel": "cancels the sprint",
    }[rule.do]
    wait = f"waits until {' or '.join(rule.at_times)}, then " if rule.at_times else ""
    reserve = ", if it fits what is left of the reserve" if rule.within_reserve else ""
    reserve = ", while the reserve lasts" if rule.while_reserve_lasts else reserve
    later = "; at closing time it is handed over" if rule.hand_over else ""
    return f"{wait}{done}{people}{reserve}{later}"
