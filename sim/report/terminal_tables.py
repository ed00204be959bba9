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

from sim.experiment.comparison import DELIVERY, HEADLINE, RESPONSE, Comparison
from sim.experiment.input_sets import band
from sim.experiment.statistics import Interval
from sim.measures.accounts import ACTIVITIES
from sim.measures.metrics import METRICS, OPEN_ON_DAY
from sim.measures.open_by import begins_at
from sim.policy.contract import Policy
from sim.policy.parameters import shown
from sim.report.wording import amount, band_of, cell
from sim.scenario.dated import FORECAST_DAYS, PastForecasts

OPEN = "open"
"""Incidents that nobody has resolved when the run ends; told where that is all there is."""

WORKING = "response_working_hours_fixed_mix"
"""Stands beside the hours of the clock, of which nights and weekends are most."""

_HEADS = {
    DELIVERY: "net points a sprint and team",
    "say_do_ratio": "say/do ratio",
    "sprint_goals_met": "sprint goals met",
    RESPONSE: "mean response at a fixed mix, hours",
    WORKING: "the same, working hours",
    OPEN: "open at the end",
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
    """Return the short table; the trade-off front is marked, and what rests on too few replications."""
    front = comparison.pareto()
    place = HEADLINE.index(RESPONSE) + 1
    metrics = [*HEADLINE[:place], WORKING, *HEADLINE[place:]]
    if not comparison.scenario.steady_state:
        metrics.append(OPEN)
    heads = [_HEADS[metric] for metric in metrics]
    table = plain_table(f"Delivery and response, {how_set(comparison)}", ["policy", *heads])
    doubtful = False
    for label in comparison.labels:
        cells = {}
        for metric in metrics:
            few = comparison.needs_more(label, metric) > 0
            cells[metric] = cell(metric, comparison.figure(label, metric)) + (
                DOUBTFUL if few else ""
            )
            doubtful |= few
        if comparison.is_left_out(label):
            cells[RESPONSE] = f"cannot keep up ({comparison.futures(label)} futures)"
        table.add_row(f"{label} *" if label in front else label, *cells.values())
    table.caption = "\n".join(_notes(front, doubtful))
    table.caption_justify = "left"
    return table


DOUBTFUL = " ?"
"""Beside a figure of which too few replications are known for how skewed it is."""


def how_set(comparison: Comparison) -> str:
    """Say whether policies stand as they happen to be set, or as well as they could be."""
    return "tuned" if comparison.tuned else "as set, not tuned"


def _notes(front: list[str], doubtful: bool) -> list[str]:
    notes = ["Mean ± half the 95 % interval: how far more simulated years might still move it."]
    if front:
        notes.append(
            "* on the trade-off front: no other is better on both net points and mean response"
        )
    if doubtful:
        notes.append(
            "? so skewed that more replications are needed before its interval may be taken at its word"
        )
    return notes


def what_is_not_known(comparison: Comparison) -> Table | None:
    """Return how far what nobody measured moves the two main figures, and luck beside it; None where no
    sets of assumptions were drawn."""
    sets = comparison.input_sets
    if sets is None:
        return None
    heads = [
        "net points: not known",
        "luck",
        "mean response, hours: not known",
        "luck",
        "cannot keep up",
    ]
    table = plain_table("What is not known, and luck: 8 in 10 lie between", ["policy", *heads])
    for label in comparison.labels:
        if comparison.is_left_out(label):
            continue
        cells = []
        for metric in (DELIVERY, RESPONSE):
            found = comparison.spread(label, metric)
            cells.append(band_of(metric, found.input_low, found.input_high))
            cells.append(band_of(metric, found.year_low, found.year_high))
        behind = comparison.sets_behind(label)
        table.add_row(label, *cells, f"in {behind} of {sets.sets}" if behind else "")
    table.caption = (
        f"Not known: {sets.sets} sets of assumptions, each with every input somewhere in its range, on "
        f"{sets.paths} futures each; where a policy cannot keep up, of the other sets. Luck: single years, with "
        "the inputs as they are."
    )
    table.caption_justify = "left"
    return table


BY_THE_BOOK = "next-sprint"
"""What Scrum does with incidents where nothing else was agreed: others are told against it."""


def against_the_book(comparison: Comparison) -> Table:
    """Return what each policy changes against `next-sprint`, on the same paths.

    Where that is not compared, it is against the first policy.
    """
    first = reference(comparison)
    others = [label for label in comparison.labels if label != first]
    metrics = (DELIVERY, "sprint_goals_met", RESPONSE)
    known = comparison.input_sets is not None
    heads = []
    for metric in metrics:
        heads.append(_HEADS[metric] + (" (points of %)" if METRICS[metric].percent else ""))
        heads += ["not known"] if known else []
    title = f"Difference to {first}, path by path (mean ± half the 95 % interval)"
    table = plain_table(title, ["policy", *heads])
    for label in others:
        cells = []
        for metric in metrics:
            cells.append(_apart(metric, comparison.difference(label, first, metric)))
            if known:
                found = band(comparison.difference_in_sets(label, first, metric))
                cells.append(band_of(metric, *found))
        table.add_row(label, *cells)
    return table


def _apart(metric: str, found: Interval) -> str:
    """Return a difference with half the width of its interval: `+4.6 ±0.5`."""
    text = cell(metric, found).removesuffix(" %")
    return text.replace("-", "−") if found.mean < 0 or math.isnan(found.mean) else f"+{text}"


def reference(comparison: Comparison) -> str:
    """Return the policy that the others are told against."""
    labels = comparison.labels
    return BY_THE_BOOK if BY_THE_BOOK in labels else labels[0]


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
