"""The main picture: response time against delivery, one spot for each policy, with the trade-off
front."""

from __future__ import annotations

import textwrap

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, NullLocator

from sim.arrays import Floats
from sim.experiment.comparison import Comparison
from sim.experiment.statistics import Interval
from sim.report.labels import Spot, place_labels
from sim.report.style import BEHIND, ON_FRONT, SOFT, canvas, in_style
from sim.report.wording import beginning, finding, hours, title_of

TICKS = (1 / 60, 0.25, 1, 4, 12, 24, 72, 168, 336, 672, 2016)
"""Hours that people count in."""

Place = tuple[Interval, Interval]
"""Response time and delivery of a policy."""


@in_style
def tradeoff(comparison: Comparison) -> Figure:
    """Draw mean response time (across, log scale) against points per sprint and team (up).

    Policies without both figures are named below the picture instead.
    """
    figure, [axes] = canvas(9, 5.6)
    spots = {
        label: (
            comparison.figure(label, "response_hours_mean"),
            comparison.figure(label, "points_per_sprint"),
        )
        for label in comparison.labels
    }
    known = {k: v for k, v in spots.items() if not np.isnan([v[0].mean, v[1].mean]).any()}
    front = [label for label in comparison.pareto() if label in known]
    for label, (response, delivery) in known.items():
        _draw_spot(axes, response, delivery, label in front)
    line = _draw_front(axes, [known[label] for label in front])
    _dress(axes, known)
    heading = "\n".join(textwrap.wrap(finding(comparison), 68))
    axes.set_title(heading, loc="left", fontsize=13, fontweight="bold", pad=14)
    left_out = [label for label in spots if label not in known]
    figure.supxlabel(_footer(comparison, left_out), x=0.01, ha="left", fontsize=8, color=SOFT)
    figure.canvas.draw()  # names are placed on the final layout
    named = [
        Spot(title_of(comparison, label), response.mean, delivery.mean, label in front)
        for label, (response, delivery) in known.items()
    ]
    if named:
        place_labels(
            axes, named, [line, *(arm for place in known.values() for arm in _arms(place))]
        )
    return figure


def _draw_front(axes: Axes, places: list[Place]) -> Floats:
    """Draw the line through the front, and return its (N, 2) points."""
    points = np.array(sorted((response.mean, delivery.mean) for response, delivery in places))
    if len(points) > 1:
        axes.plot(
            *points.T,
            color=ON_FRONT,
            linewidth=1.5,
            linestyle="--",
            zorder=1,
            label="trade-off front: none is better on both",
        )
        # Better is up and to the left; this corner is the emptiest.
        axes.legend(loc="lower right", frameon=False, fontsize=9)
    return points.reshape(-1, 2)


def _draw_spot(axes: Axes, response: Interval, delivery: Interval, on_front: bool) -> None:
    axes.errorbar(
        response.mean,
        delivery.mean,
        xerr=_reach(response),
        yerr=_reach(delivery),
        fmt="o" if on_front else "s",
        color=ON_FRONT if on_front else BEHIND,
        markersize=9,
        capsize=4,
        elinewidth=1.5,
        zorder=2,
    )


def _reach(found: Interval) -> list[list[float]] | None:
    if np.isnan(found.low):
        return None
    shortest = found.mean * 1e-3  # keeps an arm off zero, which a log scale cannot show
    return [[min(found.mean - found.low, found.mean - shortest)], [found.high - found.mean]]


def _arms(place: Place) -> list[Floats]:
    """Return the bars of the intervals as lines."""
    response, delivery = place
    arms = []
    if (reach := _reach(response)) is not None:
        ends = (response.mean - reach[0][0], response.mean + reach[1][0])
        arms.append(np.array([(x, delivery.mean) for x in ends]))
    if (reach := _reach(delivery)) is not None:
        ends = (delivery.mean - reach[0][0], delivery.mean + reach[1][0])
        arms.append(np.array([(response.mean, y) for y in ends]))
    return arms


def _dress(axes: Axes, known: dict[str, Place]) -> None:
    axes.set_xlabel("mean response time, opened → a developer starts  (better: to the left)")
    axes.set_ylabel("delivery, points a sprint and team  (better: up)")
    axes.grid()
    if not known:
        axes.text(0.5, 0.5, "no policy has both figures", ha="center", transform=axes.transAxes)
        return
    times = [response.mean for response, _ in known.values()]
    if min(times) > 0:
        log_hours(axes, min(times) / 2, max(times) * 2)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: hours(value)))
    axes.margins(y=0.18)
    axes.set_yticks([tick for tick in axes.get_yticks()[1:-1] if tick >= 0])


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
    scenario = comparison.scenario
    design = "after warm-up" if scenario.steady_state else beginning(scenario)
    text = (
        f"{comparison.scenario.name}: {comparison.scenario.developers} developers, "
        f"{comparison.scenario.time.horizon_weeks} weeks ({design}), "
        f"{comparison.replications} replications on common paths; bars: 95 % intervals of the means"
    )
    if left_out:
        text += f"\nnot shown, no response time or delivery to give: {', '.join(left_out)}"
    return "\n".join(textwrap.fill(line, 150) for line in text.splitlines())
