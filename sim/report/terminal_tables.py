"""Tables for the terminal."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np
from rich import box
from rich.console import Console, ConsoleOptions, RenderResult
from rich.measure import Measurement
from rich.table import Column, Table
from rich.text import Text

from sim.experiment.comparison import HEADLINE, Comparison
from sim.measures.accounts import ACTIVITIES
from sim.measures.metrics import METRICS, OPEN_ON_DAY
from sim.measures.open_by import begins_at
from sim.policy.contract import Policy
from sim.policy.parameters import shown
from sim.report.wording import amount, cell, difference
from sim.scenario.dated import FORECAST_DAYS, PastForecasts

_HEADS = {
    "points_per_sprint": "points a sprint and team",
    "say_do_ratio": "say/do ratio",
    "sprint_goals_met": "sprint goals met",
    "response_hours_mean": "mean response, hours",
    "response_hours_p90": "9 in 10 answered within, hours",
    "response_sla": "answered in time",
}


class _Fitting(Table):
    """A table of which nothing is cut.

    Heads break between words alone; where the terminal is too narrow for its words, columns move
    together, and where that is not enough, each row becomes a list.
    """

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        for gap in (2, 1):
            widths = self._widths(
                console, options, options.max_width - gap * (len(self.columns) - 1)
            )
            if widths:
                break
        else:
            yield from self._as_lists()
            return
        self.padding = (0, gap - 1, 0, 0)  # and a blank, which the box puts between columns
        for column, width in zip(self.columns, widths, strict=True):
            column.width = width
        yield from super().__rich_console__(console, options)
        yield ""

    def _widths(self, console: Console, options: ConsoleOptions, room: int) -> list[int]:
        """Return the width of each column; none where there is no room for words.

        A column gets its longest word, then what its cells need on one line, then its head, as far
        as there is room; those columns come first that need least more.
        """
        sizes = [_sizes(column, console, options) for column in self.columns]
        widths = [size[0] for size in sizes]
        spare = room - sum(widths)
        for want in (1, 2):
            for n in sorted(range(len(sizes)), key=lambda n: sizes[n][want] - widths[n]):
                more = max(0, min(spare, sizes[n][want] - widths[n]))
                widths[n], spare = widths[n] + more, spare - more
        return widths if spare >= 0 else []

    def _as_lists(self) -> RenderResult:
        yield Text(str(self.title or ""), "bold")
        for first, *cells in zip(*(column.cells for column in self.columns), strict=True):
            yield f"\n{first}"
            for column, told in zip(self.columns[1:], cells, strict=True):
                yield f"  {column.header}: {told}"
        yield f"\n{self.caption or ''}"


def _sizes(column: Column, console: Console, options: ConsoleOptions) -> tuple[int, int, int]:
    """Return how wide a column is at the least, with each cell on one line, and with its head so,
    too."""
    head = str(column.header)
    cells = [Measurement.get(console, options, cell) for cell in column.cells]
    one_line = max((cell.maximum for cell in cells), default=0)
    words = max((len(word) for word in head.split()), default=0)
    least = one_line if column.no_wrap else max((cell.minimum for cell in cells), default=0)
    return max(least, words), max(one_line, words), max(one_line, len(head))


def plain_table(title: str, heads: Iterable[str]) -> Table:
    """Return a table in the one style used here: first column to the left, figures to the right."""
    table = _Fitting(
        title=title,
        title_justify="left",
        title_style="bold",
        box=box.SIMPLE_HEAD,
        pad_edge=False,
        show_edge=False,
    )
    for number, head in enumerate(heads):
        table.add_column(
            head,
            justify="right" if number else "left",
            no_wrap=not number,
        )
    return table


def headline(comparison: Comparison) -> Table:
    """Return the short table; the trade-off front is marked."""
    front = comparison.pareto()
    heads = [_HEADS[metric] for metric in HEADLINE]
    metrics: tuple[str, ...] = HEADLINE
    if not comparison.scenario.steady_state:
        heads, metrics = [*heads, "open at the end"], (*HEADLINE, OPEN)
    table = plain_table("Delivery and response (mean ± half the 95 % interval)", ["policy", *heads])
    for label in comparison.labels:
        cells = {metric: cell(metric, comparison.figure(label, metric)) for metric in metrics}
        if comparison.is_left_out(label):
            cells["response_hours_mean"] = f"cannot keep up ({comparison.futures(label)} futures)"
        table.add_row(f"{label} *" if label in front else label, *cells.values())
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
    """Return what each policy changes against `next-sprint`, on the same paths.

    Where that is not compared, it is against the first policy.
    """
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
    """Return what each policy is worth, where the scenario says what things are worth."""
    if comparison.scenario.money is None:
        return None
    table = plain_table(
        f"{comparison.scenario.money.currency} a team-sprint (mean ± half the 95 % interval)",
        ["policy", *_SUMS_OF_MONEY.values()],
    )
    for label in comparison.labels:
        table.add_row(label, *(amount(comparison.figure(label, m)) for m in _SUMS_OF_MONEY))
    return table


CENTRAL = (0.1, 0.5, 0.9)
"""Between the first and the last of these quantiles lie 8 in 10."""


def from_today(comparison: Comparison) -> Table | None:
    """Return how many incidents are open in the first days, where the scenario begins with what is
    open."""
    scenario = comparison.scenario
    if scenario.start is None:
        return None
    now, *days = OPEN_ON_DAY
    heads = [f"day {number}" for number in range(1, len(days) + 1)]
    table = plain_table("Open incidents from today", ["policy", *heads])
    for label in comparison.labels:
        forecasts = (comparison.open_by(label, day, CENTRAL) for day in range(1, len(days) + 1))
        table.add_row(label, *(_spread(*found.in_all) for found in forecasts))
    [at_first] = comparison.quantiles(comparison.labels[0], now, [0.5])
    table.caption = (
        f"At the end of each day, of 24 hours from {begins_at(scenario):%Y-%m-%d %H:%M} on, when "
        f"{at_first:,.0f} are open. {_how_sure(comparison, scenario.start.past_forecasts)}"
    )
    table.caption_justify = "left"
    return table


def _how_sure(comparison: Comparison, past: PastForecasts | None) -> str:
    """Say what the bands of the forecast hold, and what they do not."""
    if past is None:
        return (
            "Half of the futures have more, and 8 in 10 lie between. That is chance alone: how far such "
            "forecasts were off before is not known."
        )
    widths = [
        [(found.by_chance[-1] - found.by_chance[0]), (found.in_all[-1] - found.in_all[0])]
        for label in comparison.labels
        for found in (comparison.open_by(label, day, CENTRAL) for day in (1, FORECAST_DAYS))
    ]
    chance, in_all = np.sum(widths, axis=0)
    share = f"Chance alone makes {chance / in_all:.0%} of the width. " if in_all else ""
    return (
        f"In 8 of 10 cases the number lies between. {share}The rest is what {past.moments} such forecasts of "
        f"the record's last weeks, under {past.policy}, were off by; {_missed(past.missed[0])} on day 1 "
        f"and {_missed(past.missed[-1])} on day {FORECAST_DAYS} as far as that is no chance, and made good here."
    )


def _missed(more: float) -> str:
    """Return a mean miss in words: `84 too low`."""
    if round(more) == 0:
        return "right"
    return f"{abs(more):,.0f} too {'low' if more > 0 else 'high'}"


def _spread(low: float, middle: float, high: float) -> str:
    """Return a median and what 8 in 10 lie between: `312 (290 to 340)`."""
    if math.isnan(middle):
        return "–"
    return f"{middle:,.0f} ({low:,.0f} to {high:,.0f})"


_ACTIVITY_HEADS = {"improvements": "improving", "ceremonies": "meetings"}
"""Shorter than the figures' own names."""


def time_spent(comparison: Comparison) -> Table:
    """Return a table of where developers' working time went."""
    heads = (_ACTIVITY_HEADS.get(activity, activity) for activity in ACTIVITIES)
    table = plain_table("Where developers' working time went, %", ["policy", *heads])
    for label in comparison.labels:
        shares = [comparison.figure(label, f"developer_{a}_share").mean for a in ACTIVITIES]
        table.add_row(label, *(f"{share:.1%}".rstrip("%") for share in shares))
    table.caption = "Finding back into what was interrupted counts as work on it."
    table.caption_justify = "left"
    return table


def policies(known: Iterable[Policy]) -> Table:
    """Return a table of every policy, a line each."""
    table = plain_table("Policies", ["policy", "in words", "parameters"])
    table.columns[1].justify = table.columns[2].justify = "left"
    for policy in known:
        values = ", ".join(f"{name}={shown(value)}" for name, value in policy.values.items())
        table.add_row(policy.id, policy.title, values)
    return table


def parameters(policy: Policy) -> Table:
    """Return a table of a policy's parameters."""
    table = plain_table("Parameters", ["parameter", "default", "unit", "range", "meaning"])
    table.columns[2].justify = table.columns[4].justify = "left"
    for name, parameter in policy.parameters.items():
        row = (name, shown(parameter.default), parameter.unit, parameter.range, parameter.about)
        table.add_row(*row)
    return table
