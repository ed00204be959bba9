"""Each of the shipped policies, written as a scenario's rules."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sim.policy.composed import composed
from sim.policy.contract import Policy
from sim.scenario.compositions import Composition

Table = dict[str, Any]


def _up_to(severity: float) -> list[int]:
    return list(range(1, int(severity) + 1))


def _guarded(severity: float, do: Table, **worst: Any) -> list[Table]:
    """Rules that interrupt for the worst severities, if any, and do something else with the rest."""
    first = {"severity": _up_to(severity), "do": "interrupt", **worst}
    if severity >= 5:
        return [{k: v for k, v in first.items() if k != "severity"}]
    return [first, do] if severity >= 1 else [do]


def next_sprint(v: Any) -> Table:
    return {"rules": _guarded(v["exempt_severity"], {"do": "defer"})}


def interrupt_anyone(v: Any) -> Table:
    queue = {"do": "queue", "who": "anyone"}
    return {"rules": _guarded(v["least_severity"], queue, who="anyone")}


def kanban(v: Any) -> Table:
    worst = v["expedite_severity"] if v["preempt"] else 0
    return {
        "sprints": False,
        "wip_limit": v["wip_limit"],
        "rules": _guarded(worst, {"do": "queue"}),
    }


def reserved_buffer(v: Any) -> Table:
    kept = {name: v[name] for name in ("share", "quantile")}
    kept |= {"sprints": int(v["sprints"]), "for_absence": bool(v["for_absence"])}
    return {
        "reserve": kept
        if kept["share"] or kept["quantile"] or kept["for_absence"]
        else {"share": 1e-9},
        "rules": _guarded(v["exempt_severity"], {"do": "queue", "within_reserve": True}),
    }


def unplanned_ticket(v: Any) -> Table:
    small = [
        {"outgrown": True, "do": "defer", "who": "turn"},
        {"do": "queue", "while_reserve_lasts": True, "who": "turn"},
    ]
    worst = {"severity": _up_to(v["exempt_severity"]), "do": "interrupt"}
    rules = [worst, *small] if 1 <= v["exempt_severity"] < 5 else small
    return {
        "reserve": {"share": v["share"] or 1e-9},
        "time_box_hours": v["limit"],
        "rules": [{"do": "interrupt"}] if v["exempt_severity"] >= 5 else rules,
    }


def swap_in(v: Any) -> Table:
    interrupts, swaps = v["interrupt_severity"], v["swap_severity"]
    rules = [{"do": "defer"}]
    if swaps > interrupts:
        rules = (
            [{"severity": _up_to(swaps), "do": "swap"}, *rules] if swaps < 5 else [{"do": "swap"}]
        )
    if interrupts:
        first = {"severity": _up_to(interrupts), "do": "interrupt"}
        rules = [first, *rules] if interrupts < 5 else [{"do": "interrupt"}]
    return {"rules": rules}


def cancel_sprint(v: Any) -> Table:
    cancels = v["cancel_severity"]
    rules: list[Table] = [{"unplanned_over": v["cancel_share"], "do": "cancel"}]
    if cancels:
        rules = [{"severity": _up_to(cancels), "do": "cancel"}, *rules]
    if cancels < 2:
        rules += [{"severity": [1, 2], "do": "interrupt"}]
    rules += [{"do": "queue"}]
    return {"rules": rules if cancels < 5 else [{"do": "cancel"}]}


def _of_duty(severity: float) -> list[Table]:
    return _guarded(severity, {"do": "queue", "who": "duty"}, who="duty")


def dedicated_team(v: Any) -> Table:
    duty = {
        "people": int(v["people"]),
        "of": "organisation",
        "turn_sprints": 0,
        "wip_limit": v["wip_limit"],
        "quiet": v["quiet"],
    }
    return {"queue": "organisation", "duty": duty, "rules": _of_duty(v["preempt_severity"])}


def developer_rotation(v: Any) -> Table:
    duty = {
        "people": int(v["people"]),
        "of": "organisation" if v["of_organisation"] else "team",
        "turn_sprints": int(v["sprints"]),
        "quiet": v["quiet"],
    }
    return {"duty": duty, "rules": _of_duty(v["preempt_severity"])}


def team_rotation(v: Any) -> Table:
    duty = {"of": "teams", "turn_sprints": int(v["sprints"]), "quiet": v["quiet"]}
    return {"queue": "organisation", "duty": duty, "rules": _of_duty(v["preempt_severity"])}


def adaptive_rotation(v: Any) -> Table:
    duty = {
        "people": int(v["fewest"]),
        "most": max(int(v["most"]), int(v["fewest"])),
        "useful": v["useful"],
        "debt_share": v["debt_share"],
        "quiet": v["quiet"],
    }
    return {"duty": duty, "rules": _of_duty(1)}


WRITERS: dict[str, Callable[[Any], Table]] = {
    writer.__name__.replace("_", "-"): writer
    for writer in (
        next_sprint,
        interrupt_anyone,
        kanban,
        reserved_buffer,
        unplanned_ticket,
        swap_in,
        cancel_sprint,
        dedicated_team,
        developer_rotation,
        team_rotation,
        adaptive_rotation,
    )
}


def as_rules(policy: Policy) -> Policy:
    """A shipped policy, with its settings, as a composition."""
    table = WRITERS[policy.id](policy.values)
    composition = Composition.model_validate(table)
    again = composed(f"{policy.id}-as-rules", composition)
    share = policy.values["improvement_share"]
    return again.with_settings(improvement_share=share)
