"""The main picture: how soon an answer comes against what is delivered, a mark for each policy, with a cloud of what is
not known and lines of what is luck."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Collection
from dataclasses import dataclass, replace

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Polygon
from matplotlib.ticker import FuncFormatter, NullLocator
from scipy.spatial import ConvexHull

from sim.arrays import Floats
from sim.experiment.comparison import DELIVERY, RESPONSE, Comparison
from sim.report.families import Look, look_of
from sim.report.finding import finding
from sim.report.labels import Spot, place_labels
from sim.report.style import SOFT, canvas, in_style
from sim.report.terminal_tables import how_set, reference
from sim.report.wording import beginning, hours, replications, title_of

TICKS = (1 / 60, 0.25, 1, 4, 12, 24, 72, 168, 336, 672, 2016)
"""Hours that people count in."""

GREY = "#7A858F"
"""Of a policy that a compact picture does not speak of."""

MOST_CLOUDS = 6
"""More would cover each other."""

WITHIN = 0.8
"""The share of the sets of assumptions that a cloud holds."""


@dataclass(frozen=True)
class Place:
    """Where a policy lies: hours to an answer, and net points more than the reference."""

    label: str
    look: Look
    hours: float
    points: float
    years: tuple[tuple[float, float], tuple[float, float]]
    """between which of both 8 in 10 single years lie"""
    sets: Floats
    """(D, 2) both in each set of assumptions in which they are known"""


@in_style
def tradeoff(
    comparison: Comparison,
    compact: bool = False,
    against: str | None = None,
    strong: Collection[str] | None = None,
    on: Axes | None = None,
) -> Figure:
    """Draw mean response time (across, log scale, sooner to the right) against net points per sprint and team
    (up), counted from the reference.

    Policies without both figures are named below the picture instead.

    Args:
        comparison: what is drawn.
        compact: for half a page's width, without the heading and the notes, which the page says.
        against: the policy that delivery is counted from; the textbook's if None.
        strong: the policies that are filled, have clouds and are named in ink; those on the trade-off front if None. In
            a compact picture the others are grey.
        on: axes to draw on; a figure of its own if None.
    """
    figure, axes = _place_to_draw(compact, on)
    against = against or reference(comparison)
    places = [_place(comparison, label, against) for label in comparison.labels]
    known = [place for place in places if not math.isnan(place.hours + place.points)]
    front = comparison.pareto() if strong is None else list(strong)
    if compact:
        known = [
            place if place.label in front else replace(place, look=place.look._replace(colour=GREY))
            for place in known
        ]
    clouded = [place for place in known if place.label in front][:MOST_CLOUDS]
    lines = [] if compact else [line for place in known for line in _draw_years(axes, place)]
    for place in clouded:
        _draw_cloud(axes, place)
    for place in known:
        _draw_mark(axes, place, place.label in front)
    _dress(axes, known, clouded, title_of(comparison, against))
    if compact:
        axes.set_xlabel("first answer, average: sooner →", fontsize=8)
        axes.set_ylabel("net points a sprint: more →", fontsize=8)
        axes.tick_params(labelsize=8)
    if not compact:
        heading = "\n".join(textwrap.wrap(finding(comparison), 76))
        axes.set_title(heading, loc="left", fontsize=12, fontweight="bold", pad=14)
        shown = {place.label for place in known}
        left_out = [place.label for place in places if place.label not in shown]
        figure.supxlabel(_footer(comparison, left_out), x=0.01, ha="left", fontsize=8, color=SOFT)
    if not isinstance(figure.canvas, FigureCanvasAgg):
        FigureCanvasAgg(figure)
    figure.canvas.draw()  # names are placed on the final layout
    spots = [
        Spot(
            _name(comparison, place.label, compact), place.hours, place.points, place.label in front
        )
        for place in known
        if not compact or place.label in front
    ]
    if spots:
        place_labels(axes, spots, lines)
    return figure


def _place_to_draw(compact: bool, on: Axes | None) -> tuple[Figure, Axes]:
    if on is not None:
        figure = on.get_figure(root=True)
        assert figure is not None
        return figure, on
    figure, [axes] = canvas(5.2, 3.5) if compact else canvas(9, 5.6)
    return figure, axes


def _place(comparison: Comparison, label: str, against: str) -> Place:
    policy = comparison.policies[comparison.labels.index(label)]
    response = comparison.spread(label, RESPONSE)
    times = comparison.in_sets(label, RESPONSE)
    more = comparison.difference_in_sets(label, against, DELIVERY)
    sets = np.stack([times, more], axis=1)
    return Place(
        label,
        look_of(policy),
        response.mean,
        comparison.difference(label, against, DELIVERY).mean,
        (
            (response.year_low, response.year_high),
            comparison.difference_in_years(label, against, DELIVERY),
        ),
        sets[~np.isnan(sets).any(axis=1)],
    )


def _name(comparison: Comparison, label: str, short: bool = False) -> str:
    behind, sets = comparison.sets_behind(label), comparison.input_sets
    name = title_of(comparison, label)
    if short:
        return comparison.policies[comparison.labels.index(label)].title or name
    return f"{name} (in {behind} of {sets.sets} it cannot keep up)" if behind and sets else name


def _draw_cloud(axes: Axes, place: Place) -> None:
    """Draw around those sets of assumptions that lie nearest to their middle."""
    inner = _inner(place.sets)
    if len(inner) < 3:
        return
    colour = place.look.colour
    if np.ptp(inner[:, 1]) == 0 or np.ptp(inner[:, 0]) == 0:
        ends = [inner.min(axis=0), inner.max(axis=0)]
        axes.plot(*zip(*ends, strict=True), color=colour, alpha=0.2, linewidth=10, zorder=1)
        return
    corners = inner[ConvexHull(_scaled(inner)).vertices]
    axes.add_patch(
        Polygon(
            list(corners),
            facecolor=colour,
            edgecolor="none",
            alpha=0.2,
            zorder=1,
        )
    )


def _scaled(sets: Floats) -> Floats:
    """Return (D, 2) with both figures on scales on which they spread alike."""
    logs = np.stack([np.log(sets[:, 0]), sets[:, 1]], axis=1)
    spread = logs.std(axis=0)
    return np.asarray((logs - np.median(logs, axis=0)) / np.where(spread > 0, spread, 1))


def _inner(sets: Floats) -> Floats:
    if not len(sets):
        return sets
    away = np.hypot(*_scaled(sets).T)
    return sets[np.argsort(away, kind="stable")[: max(3, round(WITHIN * len(sets)))]]


def _draw_years(axes: Axes, place: Place) -> list[Floats]:
    """Draw luck as thin lines, and return them for names to keep clear of."""
    (sooner, later), (less, more) = place.years
    lines = []
    if not math.isnan(sooner) and sooner > 0:
        lines.append(np.array([(sooner, place.points), (later, place.points)]))
    if not math.isnan(less):
        lines.append(np.array([(place.hours, less), (place.hours, more)]))
    for line in lines:
        axes.plot(*line.T, color=place.look.colour, linewidth=1, zorder=2)
    return lines


def _draw_mark(axes: Axes, place: Place, on_front: bool) -> None:
    axes.plot(
        place.hours,
        place.points,
        place.look.mark,
        color=place.look.colour,
        markerfacecolor=place.look.colour if on_front else "white",
        markersize=9,
        markeredgewidth=1.5,
        zorder=3,
    )


def _dress(axes: Axes, known: list[Place], clouded: list[Place], against: str) -> None:
    axes.set_xlabel("sooner →   mean time to an answer, at a fixed mix of severities")
    axes.set_ylabel(f"net points a sprint and team, against {against}")
    axes.grid()
    if not known:
        axes.text(0.5, 0.5, "no policy has both figures", ha="center", transform=axes.transAxes)
        return
    axes.axhline(0, color=SOFT, linewidth=0.8, zorder=0)
    times = [place.hours for place in known] + [t for p in clouded for t in _inner(p.sets)[:, 0]]
    if min(times) > 0:
        log_hours(axes, min(times) / 1.6, max(times) * 1.6)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: hours(value)))
    axes.margins(y=0.12)
    axes.invert_xaxis()
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:+g}".replace("-", "−")))


def log_hours(axes: Axes, low: float, high: float) -> None:
    """Make a log scale of hours across, marked where people would mark it."""
    axes.set_xscale("log")
    axes.set_xlim(low, high)
    apart = (high / low) ** 0.085
    ticks: list[float] = []
    for tick in TICKS:
        if low <= tick <= high and (not ticks or tick >= ticks[-1] * apart):
            ticks.append(tick)
    axes.set_xticks(ticks)
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: hours(value)))


def _footer(comparison: Comparison, left_out: list[str]) -> str:
    scenario, sets = comparison.scenario, comparison.input_sets
    design = "after warm-up" if scenario.steady_state else beginning(scenario)
    text = (
        f"{scenario.name}: {scenario.developers} developers, {scenario.time.horizon_weeks} weeks ({design}), "
        f"{replications(comparison)}; policies {how_set(comparison)}. Filled: nothing is better on both. "
        "Thin lines: luck, 8 in 10 single years."
    )
    if sets is not None:
        text += f" Clouds: what is not known, 8 in 10 of {sets.sets} sets of assumptions."
    if left_out:
        text += f"\nnot shown, no response time or delivery to give: {', '.join(left_out)}"
    return "\n".join(textwrap.fill(line, 150) for line in text.splitlines())
