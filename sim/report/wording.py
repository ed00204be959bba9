"""Figures and findings are put into words."""

from __future__ import annotations

import math
from collections.abc import Sequence

from sim.experiment.comparison import Comparison
from sim.experiment.statistics import Interval
from sim.measures.metrics import METRICS
from sim.measures.open_by import begins_at
from sim.report.as_set import remarks
from sim.scenario.schema import Scenario


def hours(value: float) -> str:
    """Return a span of time in the unit a person would use: `40 s`, `12 min`, `5.6 h`, `11
    days`."""
    if math.isnan(value):
        return "–"
    if value * 60 < 0.5:
        return f"{value * 3600:.0f} s"
    if value < 1:
        return f"{value * 60:.0f} min"
    if value < 72:
        return f"{value:.1f} h".replace(".0 ", " ") if value < 10 else f"{value:.0f} h"
    return f"{value / 24:.1f} days".replace(".0 ", " ")


def cell(metric: str, found: Interval) -> str:
    """Return a mean with the half width of its interval: `49.5 ±0.4`, `81.1 ±0.9 %`."""
    if math.isnan(found.mean):
        return "–"
    percent = metric in METRICS and METRICS[metric].percent
    scale = 100 if percent else 1
    decimals = 2 if 0 < abs(found.mean * scale) < 1 else 1
    text = f"{found.mean * scale:.{decimals}f}"
    if not math.isnan(found.low):
        text += f" ±{(found.high - found.mean) * scale:.{decimals}f}"
    return text + (" %" if percent else "")


def difference(metric: str, found: Interval) -> str:
    """Return a difference with its interval: `+4.6 (+4.1 to +5.2)`; differences of shares in
    points."""
    if math.isnan(found.mean):
        return "–"
    scale = 100 if METRICS[metric].percent else 1
    if math.isnan(found.low):
        return f"{found.mean * scale:+.1f}"
    return f"{found.mean * scale:+.1f} ({found.low * scale:+.1f} to {found.high * scale:+.1f})"


def beginning(scenario: Scenario) -> str:
    """Return where a run begins that leaves nothing out at the front."""
    if scenario.start is None:
        return "from an empty start"
    return f"from {begins_at(scenario):%Y-%m-%d %H:%M} on, with what is open then"


def title_of(comparison: Comparison, label: str) -> str:
    """Return what people call a policy, with whatever was set for it."""
    policy = comparison.policies[comparison.labels.index(label)]
    settings = label.partition(":")[2]
    name = policy.title or policy.id
    return f"{name} ({settings})" if settings else name


def finding(comparison: Comparison) -> str:
    """Return the one sentence to remember: who answers fastest, and what that costs in delivery."""
    front = comparison.pareto()
    if not front:
        return _without_front(comparison)
    behind = sum(comparison.is_overloaded(label) for label in comparison.labels)
    if behind and behind == len(comparison.labels) - 1:
        return _only_one_keeps_up(comparison)
    said = _fastest_and_most(comparison, front)
    if not behind:
        return said
    others = "one other policy falls" if behind == 1 else f"{behind} other policies fall"
    return f"{said}; {others} behind the demand"


def _only_one_keeps_up(comparison: Comparison) -> str:
    able = next(label for label in comparison.labels if not comparison.is_overloaded(label))
    mean = comparison.figure(able, "response_hours_mean").mean
    return (
        f"Only “{title_of(comparison, able)}” keeps up with the demand, answering in {hours(mean)} on "
        "average; under every other policy the backlog grows"
    )


def _fastest_and_most(comparison: Comparison, front: list[str]) -> str:
    fastest = fastest_that_delivers(comparison)
    most = max(front, key=lambda label: comparison.figure(label, "points_per_sprint").mean)
    fast = comparison.figure(fastest, "response_hours_mean").mean
    opening = f"“{title_of(comparison, fastest)}” answers in {hours(fast)} on average"
    if fastest == most:
        return f"{opening}, and none that keeps up delivers more"
    slow = comparison.figure(most, "response_hours_mean").mean
    lost = comparison.difference(most, fastest, "points_per_sprint")
    whole = comparison.figure(most, "points_per_sprint").mean
    other = (
        f"“{title_of(comparison, most)}”, which takes {hours(slow)}{_and_leaves(comparison, most)}"
    )
    if not lost.low > 0:
        return f"{opening} and cannot be told apart in delivery from {other}"
    less = f"{100 * lost.mean / whole:.0f} %"
    return f"{opening} and delivers {'hardly' if less == '0 %' else less} less than {other}"


def fastest_that_delivers(comparison: Comparison) -> str:
    """Return the quickest on average of the policies that deliver at least LITTLE of the most.

    To answer at once with nobody left to build is no answer.
    """
    able = delivering(comparison)
    means = {label: comparison.figure(label, "response_hours_mean").mean for label in able}
    known = {label: mean for label, mean in means.items() if not math.isnan(mean)}
    if not known:
        return comparison.best("response_hours_mean")
    return min(known, key=lambda label: known[label])


def delivering(comparison: Comparison) -> list[str]:
    """Return the policies that deliver at least LITTLE of what the best of them does."""
    points = _points(comparison)
    least = LITTLE * max(points.values())
    return [label for label, mean in points.items() if mean >= least]


def _points(comparison: Comparison) -> dict[str, float]:
    return {n: comparison.figure(n, "points_per_sprint").mean for n in comparison.labels}


LITTLE = 0.25
"""Of the most points that any policy delivers."""

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


def _and_leaves(comparison: Comparison, label: str) -> str:
    """Say how many incidents are left open, where they are many of those that came.

    Where the run ends at the horizon, a short mean response may be that of the few that were
    answered at all.
    """
    left, came = (comparison.figure(label, name).mean for name in ("open", "opened"))
    if comparison.scenario.steady_state or left < MANY * came:
        return ""
    return f" and leaves {left:,.0f} of {came:,.0f} incidents open"


MANY = 0.1
"""Of all incidents: if more are open at the end, it is said."""


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
    said = f"“{title_of(comparison, most)}” is worth most: {amount(value)} {money.currency} net"
    rivals = [label for label in comparison.screening_subset(metric) if label != most]
    if comparison.replications < 2:
        return f"{said} a team-sprint"
    sure = f"{listed(rivals)} may be worth as much" if rivals else "surely (95 % confidence)"
    return f"{said} a team-sprint; {sure}"


def amount(found: Interval) -> str:
    """Return money with the half width of its interval: `18,310 ±240`."""
    if math.isnan(found.mean):
        return "–"
    text = f"{found.mean:,.0f}"
    return text if math.isnan(found.low) else f"{text} ±{found.high - found.mean:,.0f}"


def _without_front(comparison: Comparison) -> str:
    overloaded = [label for label in comparison.labels if comparison.is_overloaded(label)]
    if len(overloaded) == len(comparison.labels):
        if all(comparison.is_left_out(label) for label in overloaded):
            return (
                "The organisation cannot keep up with the demand under any policy: the backlog of incidents "
                "grows without end"
            )
        return "Demand exceeds capacity under every policy: the backlog of incidents grows"
    timed = {
        label: comparison.figure(label, "response_hours_mean").mean for label in comparison.labels
    }
    known = {label: mean for label, mean in timed.items() if not math.isnan(mean)}
    if not known:
        return "No incident reached a team"
    fastest = min(known, key=lambda label: known[label])
    return f"“{title_of(comparison, fastest)}” answers in {hours(known[fastest])} on average"


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
            f"Of severity {worst}, fewer than {_percent(KEPT)} are answered in time under "
            f"{listed(broken)}."
        )
    screening_subset = comparison.screening_subset("response_sla", f"severity {worst}")
    named = _named_best(comparison, best, [n for n in screening_subset if n in known], len(known))
    nobody = (
        comparison.scenario.on_call.cover == "none" and not comparison.scenario.time.always_open
    )
    reason = ", for nobody is called at night" if nobody else ""
    return (
        f"Of severity {worst}, at best {_percent(known[best])} are answered in time "
        f"({named}){reason}."
    )


def _named_best(comparison: Comparison, best: str, alike: list[str], compared: int) -> str:
    """Return the best, with those that cannot be told from it."""
    others = len(set(alike) - {best})
    if others and others == compared - 1:
        return "under any of these policies"
    told = f"“{title_of(comparison, best)}”"
    if not others:
        return told
    return f"{told} and {others} more that cannot be told from it"


KEPT = 0.9
"""A promise that is kept less often is worth a word."""


def certainty(comparison: Comparison) -> str:
    """Say how surely the finding holds: who may be as fast, and who belongs on the front."""
    if comparison.replications < 2:
        return "One replication shows one possible future; more are needed to say how sure this is."
    front = comparison.pareto()
    if not front:
        return ""
    sharing = "all policies that keep up" if comparison.left_out else "all policies"
    paths = f"In {comparison.replications:,} random futures that {sharing} share, "
    fastest = fastest_that_delivers(comparison)
    able = delivering(comparison)
    rivals = [
        label for label in comparison.screening_subset() if label in able and label != fastest
    ]
    opening = (
        f"{listed(rivals)} may be as fast (95 % confidence)"
        if rivals
        else "it is the fastest with 95 % confidence"
    )
    chances = comparison.front_chances()
    parts = [f"{n} in {_percent(chances[n])}" for n in front if not math.isnan(chances[n])]
    on_front = f" On the trade-off front: {listed(parts)} of resampled studies." if parts else ""
    return f"{paths}{opening}.{on_front}"


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def listed(words: Sequence[str]) -> str:
    """Return the words as a list in a sentence: `a, b and c`."""
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
