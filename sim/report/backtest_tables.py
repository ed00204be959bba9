"""A scenario beside history: verdicts in words, a table, and the picture."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from rich.table import Table

from sim.calibrate import record_days
from sim.calibrate.backtest import Backtest
from sim.calibrate.beside_history import Band
from sim.report.style import BEHIND, ON_FRONT, canvas, in_style
from sim.report.terminal_tables import plain_table


def verdict_lines(b: Backtest) -> Iterator[str]:
    """Say what was compared, and whether the model reproduces it, plainly."""
    window = b.record
    split = record_days.date_of(window.first + int((window.week < b.fit_weeks).sum()))
    last = record_days.date_of(window.first + window.days - 1)
    yield (
        f"{b.scenario.name}: fitted on {record_days.date_of(window.first)} to before {split}, "
        f"simulated to {last} under {b.policy}, {b.replications} replications, seed {b.seed}. "
        "Bands are at 90 %: chance, and what so short a record leaves unknown of the rates."
    )
    if window.holidays:
        days = ", ".join(str(record_days.date_of(day)) for day in window.holidays)
        yield f"Holidays, taken as known in advance: {days}."
    shares = sorted({kind.logged_share for kind in b.scenario.incidents})
    if shares[0] < 1:
        yield (
            f"Trackers hold {' to '.join(f'{s:.3g}' for s in dict.fromkeys((shares[0], shares[-1])))} of "
            "the interruptions: of the model's, the same share is counted, drawn one by one."
        )
    for band in b.bands:
        words = "reproduced" if band.covers else "NOT reproduced"
        if band.covers and band.inside < len(band.at):
            words += ", as so few outside may be chance"
        yield f"- {band.name}: {band.inside} of {len(band.at)} inside the band: {words}"
    for reason in b.unknown:
        yield f"- not compared: {reason}"
    yield _summary(b)


def _summary(b: Backtest) -> str:
    """Say of the lines of the table how many are reproduced, arrivals apart."""
    arriving = all(band.covers for band in b.bands[:2])
    others = [row.reproduced for row in _rows(b) if not row.what.startswith("arrivals")]
    met = sum(others)
    first = "Arrivals are reproduced" if arriving else "The model does NOT reproduce the arrivals"
    if not others:
        return f"{first}; there is nothing in the history to hold the rest against."
    if met == len(others):
        then = "and so are" if arriving else "but it does reproduce"
        return f"{first}, {then} backlog, times and delivery: {met} of {len(others)} lines."
    joined = "but the model does NOT" if arriving else "nor does it"
    return (
        f"{first}, {joined} reproduce {len(others) - met} of {len(others)} lines of "
        "backlog, times and delivery: do not believe its hours as such. Head counts, effort that was assumed, "
        "waiting for others and the policy in force are where to look."
    )


@dataclass(frozen=True)
class _Row:
    """A line of the table."""

    what: str
    seen: str
    band: str
    verdict: str
    reproduced: bool


def _rows(b: Backtest) -> Iterator[_Row]:
    for band in b.bands[1:]:
        for k, seen in enumerate(band.observed):
            inside = bool(band.low[k] <= seen <= band.high[k])
            off = "history was " + ("higher" if seen > band.high[k] else "lower")
            yield _Row(
                f"{band.name}, week {b.fit_weeks + k + 1}", f"{seen:,.0f}",
                f"{band.low[k]:,.0f} to {band.high[k]:,.0f}", "reproduced" if inside else off, inside,
            )  # fmt: skip
    for line in b.lines:
        yield _Row(
            f"{line.what}, {line.unit}", f"{line.observed:.3g}", f"{line.low:.3g} to {line.high:.3g}",
            line.verdict, line.inside,
        )  # fmt: skip


def table(b: Backtest) -> Table:
    """Return a table of observed beside simulated figures, a line each."""
    found = plain_table("History beside the model", ("", "observed", "simulated, 90 %", "verdict"))
    found.columns[0].no_wrap, found.columns[3].justify = False, "left"
    for row in _rows(b):
        found.add_row(row.what, row.seen, row.band, row.verdict)
    return found


@in_style
def picture(b: Backtest) -> Figure:
    """Draw arrivals, backlog and times: dots are history, bars and bands the model."""
    figure, axes = canvas(10, 8, len(b.bands) - 1 + bool(b.lines))
    shown = [b.bands[0], *b.bands[2:]]
    for place, band in zip(axes, shown, strict=False):
        _draw(place, band)
    if b.lines:
        _draw_times(axes[-1], b)
    figure.suptitle(f"{b.scenario.name}: history (dots) and model (90 %)", x=0.01, ha="left")
    return figure


def _draw(axes: Axes, band: Band) -> None:
    axes.fill_between(band.at, band.low, band.high, color=ON_FRONT, alpha=0.25, linewidth=0)
    axes.plot(band.at, band.middle, color=ON_FRONT)
    axes.plot(band.at, band.observed, "o", color="black", markersize=4)
    axes.set_title(f"{band.name}: {band.inside} of {len(band.at)} inside", loc="left", fontsize=10)
    axes.set_xlabel("days since the first one compared")


def _draw_times(axes: Axes, b: Backtest) -> None:
    for place, line in enumerate(b.lines):
        color = ON_FRONT if line.inside else BEHIND
        axes.plot([line.low, line.high], [place, place], color=color, linewidth=5, alpha=0.5)
        axes.plot(line.observed, place, "o", color="black", markersize=5)
    axes.set_yticks(range(len(b.lines)), [line.what for line in b.lines], fontsize=8)
    axes.set_xscale("symlog", linthresh=0.1)
    axes.set_xlim(left=0)
    axes.set_xlabel("hours; grey: not reproduced")
