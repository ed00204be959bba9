"""Tables for the terminal."""

from __future__ import annotations

from collections.abc import Iterable

from rich import box
from rich.table import Table

from sim.accounts import ACTIVITIES
from sim.comparison import HEADLINE, Comparison
from sim.metrics import METRICS
from sim.policy import Policy
from sim.report.wording import amount, cell, difference

_HEADS = {
    "points_per_sprint": "points per team-sprint",
    "say_do_ratio": "say/do ratio",
    "sprint_goals_met": "sprint goals met",
    "response_hours_mean": "mean response, hours",
    "response_hours_p90": "9 in 10 answered within, hours",
    "response_sla": "answered in time",
}


def plain_table(title: str, heads: Iterable[str]) -> Table:
    """The one style of tables here: first column to the left, figures to the right."""
    table = Table(title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD)
    for number, head in enumerate(heads):
        table.add_column(head, justify="right" if number else "left", no_wrap=not number)
    return table


def headline(comparison: Comparison) -> Table:
    """The short table; the trade-off front is marked."""
    front = comparison.pareto()
    heads = [_HEADS[metric] for metric in HEADLINE]
    metrics: tuple[str, ...] = HEADLINE
    if not comparison.scenario.steady_state:
        heads, metrics = [*heads, "open at the end"], (*HEADLINE, OPEN)
    table = plain_table("Delivery and response (mean ± half the 95 % interval)", ["policy", *heads])
    for label in comparison.labels:
        cells = [cell(metric, comparison.figure(label, metric)) for metric in metrics]
        table.add_row(f"{label} *" if label in front else label, *cells)
    if front:
        table.caption = (
            "* on the trade-off front: no other is better on both points and mean response"
        )
        table.caption_justify = "left"
    return table


OPEN = "open"
"""Incidents that nobody has resolved when the run ends; told where that is all there is."""

BY_THE_BOOK = "next-sprint"
"""What Scrum does with incidents where nothing else was agreed: others are told against it."""


def against_the_book(comparison: Comparison) -> Table:
    """What each policy changes against `next-sprint`, on the same paths; against the first where that
    is not compared."""
    labels = comparison.labels
    first = BY_THE_BOOK if BY_THE_BOOK in labels else labels[0]
    others = [label for label in labels if label != first]
    metrics = ("points_per_sprint", "sprint_goals_met", "response_hours_mean")
    heads = [_HEADS[m] + (" (points of %)" if METRICS[m].percent else "") for m in metrics]
    table = plain_table(f"Difference to {first}, path by path (95 % interval)", ["policy", *heads])
    for label in others:
        table.add_row(
            label, *(difference(m, comparison.difference(label, first, m)) for m in metrics)
        )
    return table


_SUMS_OF_MONEY = {
    "net_value_per_sprint": "net value",
    "delivered_value_per_sprint": "points delivered",
    "open_incident_cost_per_sprint": "less open incidents",
    "penalties_per_sprint": "less broken promises",
    "night_call_cost_per_sprint": "less calls at night",
}


def money(comparison: Comparison) -> Table | None:
    """What each policy is worth, where the scenario says what things are worth."""
    if comparison.scenario.money is None:
        return None
    table = plain_table(
        f"{comparison.scenario.money.currency} a team-sprint (mean ± half the 95 % interval)",
        ["policy", *_SUMS_OF_MONEY.values()],
    )
    for label in comparison.labels:
        table.add_row(label, *(amount(comparison.figure(label, m)) for m in _SUMS_OF_MONEY))
    return table


def time_spent(comparison: Comparison) -> Table:
    """Where developers' working time went."""
    table = plain_table("Where developers' working time went, %", ["policy", *ACTIVITIES])
    for label in comparison.labels:
        shares = [comparison.figure(label, f"developer_{a}_share").mean for a in ACTIVITIES]
        table.add_row(label, *(f"{share:.1%}".rstrip("%") for share in shares))
    table.caption = "Finding back into what was interrupted counts as work on it."
    table.caption_justify = "left"
    return table


def policies(known: Iterable[Policy]) -> Table:
    """Every policy, a line each."""
    table = plain_table("Policies", ["policy", "in words", "parameters"])
    table.columns[1].justify = table.columns[2].justify = "left"
    for policy in known:
        values = ", ".join(f"{name}={value:g}" for name, value in policy.values.items())
        table.add_row(policy.id, policy.title, values)
    return table


def parameters(policy: Policy) -> Table:
    """A policy's parameters."""
    table = plain_table("Parameters", ["parameter", "default", "unit", "range", "meaning"])
    table.columns[2].justify = table.columns[4].justify = "left"
    for name, parameter in policy.parameters.items():
        limits = f"{parameter.low:g} to {parameter.high:g}"
        row = (name, f"{parameter.default:g}", parameter.unit, limits, parameter.about)
        table.add_row(*row)
    return table
