"""What to know beside the finding: who cannot keep up, who builds nothing, how the worst severity fares."""

from __future__ import annotations

import math

from sim.experiment.comparison import DELIVERY, Comparison
from sim.experiment.judgement import delivering
from sim.experiment.statistics import Interval
from sim.report.as_set import remarks
from sim.report.wording import amount, listed, percent, title_of
from sim.scenario.schema import Scenario

NOTHING = 0.02
"""Of the most points: a policy with less is said to deliver nothing."""


def without_delivery(comparison: Comparison) -> list[str]:
    """Return a sentence for each policy under which next to nothing is built."""
    points = _points(comparison)
    least = NOTHING * max(points.values())
    alone = len(comparison.scenario.teams) == 1
    why = "; the only team there is would be on support for good" if alone else ""
    return [
        f"{label} delivers {mean:.1f} points a team-sprint{why if label.startswith(ROTATION) else ''}."
        for label, mean in points.items()
        if mean < least
    ]


ROTATION = "team-rotation"


def cautions(comparison: Comparison) -> list[str]:
    """Return what to know beside the finding, a sentence each."""
    worst = worst_severity(comparison)
    told = [
        *bought(comparison.scenario),
        *([worst] if worst else []),
        *without_delivery(comparison),
        *overloads(comparison),
    ]
    return [*told, *remarks(comparison)]


def bought(scenario: Scenario) -> list[str]:
    """Return a sentence for each pulled lever with a price: what it brings in, and whom that pays for."""
    sentences = []
    for paid in scenario.paid:
        team = f"{'the new team ' if paid.is_new else ''}{paid.price.team}"
        more = "" if paid.is_new else " more"
        left = f"; {scenario.priced(paid.left)} a year are left over" if paid.left >= 0.5 else ""
        sentences.append(
            f"“{paid.lever}”: the price brings in {scenario.priced(paid.income)} a year, which pays for "
            f"{paid.joining or 'nobody'}{more} in {team} ({paid.people:.2f} people){left}."
        )
    return sentences


def overloads(comparison: Comparison) -> list[str]:
    """Return a sentence for each policy whose backlog grows without end."""
    sentences = []
    for label in comparison.labels:
        if comparison.is_overloaded(label):
            growth = comparison.figure(label, "backlog_growth_per_week")
            if comparison.is_left_out(label):
                sentences.append(_cannot_keep_up(comparison, label, growth))
                continue
            sentences.append(
                f"{label}: demand exceeds capacity. There is no steady state; the backlog grows by "
                f"{growth.mean:.1f} incidents a week (95 % interval {growth.low:.1f} to "
                f"{growth.high:.1f}), so no response times are given."
            )
    return sentences


def _cannot_keep_up(comparison: Comparison, label: str, growth: Interval) -> str:
    came = comparison.figure(label, "opened").mean / comparison.scenario.time.horizon_weeks
    return (
        f"{label} cannot keep up: of {came:,.0f} incidents that come in a week, the backlog grows by "
        f"{growth.mean:,.0f} (95 % interval {growth.low:,.0f} to {growth.high:,.0f}). That is known from "
        f"{comparison.futures(label)} random futures; no more were computed, and no response times are given."
    )


def worst_severity(comparison: Comparison) -> str:
    """Say how the worst severity fares, where its promise is not kept everywhere: averages hide
    it."""
    promised = [kind for kind in comparison.scenario.incidents if kind.respond_within_hours]
    if not promised:
        return ""
    worst = min(kind.severity for kind in promised)
    shares = {
        label: comparison.figure(label, "response_sla", f"severity {worst}").mean
        for label in comparison.labels
    }
    able = delivering(comparison)
    known = {n: share for n, share in shares.items() if not math.isnan(share) and n in able}
    if not known or min(known.values()) >= KEPT:
        return ""
    best = max(known, key=lambda label: known[label])
    if known[best] >= KEPT:
        broken = [label for label, share in known.items() if share < KEPT]
        return (
            f"Of severity {worst}, fewer than {percent(KEPT)} are answered in time under "
            f"{listed(broken)}."
        )
    screening_subset = comparison.screening_subset("response_sla", f"severity {worst}")
    named = _named_best(comparison, best, [n for n in screening_subset if n in known], len(known))
    nobody = (
        comparison.scenario.on_call.cover == "none" and not comparison.scenario.time.always_open
    )
    reason = ", for nobody is called at night" if nobody else ""
    return (
        f"Of severity {worst}, at best {percent(known[best])} are answered in time "
        f"({named}){reason}."
    )


def _named_best(comparison: Comparison, best: str, alike: list[str], compared: int) -> str:
    """Return the best, with those that cannot be told from it."""
    others = len(set(alike) - {best})
    if others and others == compared - 1:
        return "under any of these policies"
    told = title_of(comparison, best)
    if not others:
        return told
    return f"{told} and {others} more that cannot be told from it"


KEPT = 0.9
"""A promise that is kept less often is worth a word."""


def worth(comparison: Comparison) -> str:
    """Say which policy is worth most, and which may be, where the scenario has money; else
    nothing."""
    money, metric = comparison.scenario.money, "net_value_per_sprint"
    if money is None:
        return ""
    if all(comparison.is_overloaded(label) for label in comparison.labels):
        return ""
    most = comparison.best(metric)
    value = comparison.figure(most, metric)
    said = f"{title_of(comparison, most)} is worth most: {amount(value)} {money.currency} net"
    rivals = [label for label in comparison.screening_subset(metric) if label != most]
    if comparison.replications < 2:
        return f"{said} a team-sprint"
    sure = f"{listed(rivals)} may be worth as much" if rivals else "surely (95 % confidence)"
    return f"{said} a team-sprint; {sure}"


def _points(comparison: Comparison) -> dict[str, float]:
    return {n: comparison.figure(n, DELIVERY).mean for n in comparison.labels}
