"""What a change costs and when it has paid, as a sentence, a table, a picture and JSON."""

from __future__ import annotations

import math
import textwrap
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from rich.table import Table

from sim.arrays import Floats
from sim.experiment.cost_of_change import YEAR, Change, Paths
from sim.experiment.statistics import Interval, interval, intervals
from sim.report.style import BEHIND, COLOURS, canvas, in_style, title

ENOUGH = 16
"""Weeks, of whose second half one can speak as of the long run."""

SHOWN_ONE_BY_ONE = 8
"""Weeks after the change that the table tells one by one; then every fourth."""


def changeover_finding(found: Change) -> str:
    """What the way costs, what it leads to, and when it has paid."""
    change = f"To change from {found.before.title} to {found.after.title}"
    if found.weeks < ENOUGH:
        return f"{change}: {found.weeks} weeks after it are too few to tell what it leads to; {_paid(found)}"
    return f"{change} {_way(found)}, {_then(found)}; {_paid(found)}"


def _way(found: Change) -> str:
    week, dip = found.dip
    if not week:
        return "costs no points on the way"
    if not dip.low > 0:
        return (
            f"costs points on the way that chance may account for ({_more_or_less(dip.mean, dip)})"
        )
    weeks = "in the first week" if week == 1 else f"in the first {week} weeks"
    return f"costs {_more_or_less(dip.mean, dip)} points {weeks}"


def _then(found: Change) -> str:
    """What is different in the long run."""
    points = found.in_the_long_run(found.points)
    response = found.in_the_long_run(found.response_hours)
    told = []
    if points.low > 0 or points.high < 0:
        more = "more" if points.mean > 0 else "less"
        told.append(f"{_more_or_less(abs(points.mean), points)} points {more} a week")
    if response.low > 0 or response.high < 0:
        sooner = "sooner" if response.mean < 0 else "later"
        told.append(f"first answers {_more_or_less(abs(response.mean), response)} hours {sooner}")
    return f"then brings {' and '.join(told)}" if told else "then cannot be told from staying"


def _paid(found: Change) -> str:
    even, year = found.break_even, found.year
    within = "a year" if found.weeks == YEAR else f"{found.weeks} weeks"
    if math.isnan(year.mean):
        return "what it is worth is not known, as nothing is planned and nothing costs money"
    if year.low == year.high == 0:
        return f"within {within} it makes no difference to what is delivered"
    by = f"{_more_or_less(abs(year.mean), year)} {measured(found)}"
    if even.surely is not None and year.low > 0:
        when = "the first week" if even.surely == 1 else f"week {even.surely}"
        return f"it is ahead from {when} on, after {within} by {by}"
    if year.high < 0:
        return f"it has not paid within {within}: it is behind by {by}"
    side = "ahead" if year.mean >= 0 else "behind"
    return f"whether it pays within {within} is too close to call: {side} by {by}"


def measured(found: Change) -> str:
    """What net value is measured in."""
    money = found.scenario.money
    return money.currency if money else "points, net of what is left open"


def _more_or_less(value: float, around: Interval) -> str:
    half = (around.high - around.low) / 2
    digits = 0 if abs(value) >= 100 else 1
    if math.isnan(half):
        return f"{value:,.{digits}f}"
    return f"{value:,.{digits}f} ± {half:,.{digits}f}"


def changeover_table(found: Change) -> Table:
    """The weeks after the change, beside staying: means, and the half of the 95 % interval."""
    table = Table(box=None, padding=(0, 1), caption_justify="left")
    table.title = "All teams together, by week after the change (mean ± half the 95 % interval)"
    table.add_column("week", justify="right")
    columns = [
        ("points", found.points),
        ("hours to answer", found.response_hours),
        (_net(found), found.net_value),
    ]
    for name, _ in columns:
        table.add_column(f"{name}, staying", justify="right")
        table.add_column("changed by", justify="right")
    table.add_column("net so far", justify="right")
    for week in _weeks(found):
        cells = [cell for _, paths in columns for cell in _cells(paths, week)]
        so_far = interval(found.net_value.so_far[:, week])
        table.add_row(str(week + 1), *cells, _signed(so_far))
    return table


def _net(found: Change) -> str:
    return f"net, {found.scenario.money.currency}" if found.scenario.money else "net points"


def _weeks(found: Change) -> list[int]:
    last = found.weeks
    one_by_one = range(min(SHOWN_ONE_BY_ONE, last))
    return [*one_by_one, *range(SHOWN_ONE_BY_ONE + 3, last, 4)]


def _cells(paths: Paths, week: int) -> tuple[str, str]:
    stay = interval(paths.stay[:, week])
    return _more_or_less(stay.mean, stay), _signed(interval(paths.difference[:, week]))


def _signed(found: Interval) -> str:
    if math.isnan(found.mean):
        return "–"
    return f"{'+' if found.mean >= 0 else '−'}{_more_or_less(abs(found.mean), found)}"


def changeover_json(found: Change) -> dict[str, Any]:
    """The change for other programs; None where a week says nothing."""
    even, (week, dip) = found.break_even, found.dip
    figures = {
        "points": found.points,
        "response_hours": found.response_hours,
        "net_value": found.net_value,
    }
    long_run = {name: _told(found.in_the_long_run(paths)) for name, paths in figures.items()}
    return {
        "finding": changeover_finding(found),
        "scenario": found.scenario.name,
        "from": found.before.label,
        "to": found.after.label,
        "changed_after_weeks": found.week,
        "replications": found.replications,
        "seed": found.seed,
        "net_value_in": found.scenario.money.currency if found.scenario.money else "points",
        "dip": {"points": _told(dip), "week": week},
        "long_run_difference": long_run,
        "break_even": {
            "week": even.week,
            "earliest": even.earliest,
            "surely": even.surely,
            "first_year": _told(found.year),
        },
        "weeks": [
            {"week": n + 1}
            | {
                name: {
                    "stay": _told(interval(paths.stay[:, n])),
                    "change": _told(interval(paths.change[:, n])),
                    "difference": _told(interval(paths.difference[:, n])),
                    "so_far": _told(interval(paths.so_far[:, n])),
                }
                for name, paths in figures.items()
            }
            for n in range(found.weeks)
        ],
    }


def _told(found: Interval) -> dict[str, float | None]:
    return {
        name: None if math.isnan(value) else round(value, 6)
        for name, value in zip(("mean", "low", "high"), found, strict=True)
    }


@in_style
def changeover_picture(found: Change) -> Figure:
    """What the change has brought so far beside staying, and how it answers, sprint by sprint."""
    picture, (so_far, response) = canvas(9, 6.4, 2)
    sprint = found.scenario.time.sprint_weeks
    ends = np.arange(sprint, found.weeks + 1, sprint)
    net = found.net_value.so_far[:, ends - 1]
    _band(so_far, ends, net, COLOURS[0], "changed, less what staying brings")
    so_far.axhline(0, color=BEHIND, linewidth=1)
    so_far.set_ylabel(f"Net value since the change\n({textwrap.fill(measured(found), 28)})")
    for values, colour, name in (
        (found.response_hours.stay, BEHIND, f"staying: {found.before.title}"),
        (found.response_hours.change, COLOURS[0], f"changed: {found.after.title}"),
    ):
        whole = values[:, : len(ends) * sprint].reshape(len(values), len(ends), sprint)
        _band(response, ends, whole.mean(axis=2), colour, name)
    response.set_ylabel("Hours to the first answer,\nincidents of the sprint")
    response.set_ylim(bottom=0)
    response.set_xlabel("weeks after the change (line: mean; band: 95 % interval of the mean)")
    for axes in (so_far, response):
        axes.grid(alpha=0.25)
        axes.legend(frameon=False, fontsize=8, ncols=2, loc="lower right", bbox_to_anchor=(1, 1))
    title(picture, changeover_finding(found))
    return picture


def _band(axes: Any, weeks: Any, values: Floats, colour: str, label: str) -> None:
    mean, low, high = intervals(values)
    axes.plot(weeks, mean, color=colour, label=label)
    axes.fill_between(weeks, low, high, color=colour, alpha=0.15, linewidth=0)
