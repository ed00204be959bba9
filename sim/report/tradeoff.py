"""The picture: response time against delivery, one spot a policy, with the trade-off front."""

from __future__ import annotations

import textwrap
from itertools import product

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke
from matplotlib.ticker import FuncFormatter, NullLocator

from sim.comparison import Comparison
from sim.report.wording import finding, hours, title_of
from sim.statistics import Interval

ON_FRONT, BEHIND = "#0072B2", "#8A8A8A"
"""Blue and grey: told apart by everybody, and in print."""

_TICKS = (1 / 60, 0.25, 1, 4, 12, 24, 72, 168, 336, 672, 2016)


def tradeoff(comparison: Comparison) -> Figure:
    """Mean response time (across, log scale) against points per team-sprint (up).

    Policies without both figures are named below the picture instead.
    """
    figure = Figure(figsize=(9, 5.6), dpi=160, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    spots = {
        label: (
            comparison.figure(label, "response_hours_mean"),
            comparison.figure(label, "points_per_sprint"),
        )
        for label in comparison.labels
    }
    known = {k: v for k, v in spots.items() if not np.isnan([v[0].mean, v[1].mean]).any()}
    front = comparison.pareto()
    _draw_front(axes, [known[label] for label in front])
    for label, (response, delivery) in known.items():
        _draw_spot(axes, response, delivery, label in front)
    _dress(axes, known)
    title = "\n".join(textwrap.wrap(finding(comparison), 68))
    axes.set_title(title, loc="left", fontsize=13, fontweight="bold", pad=14)
    figure.supxlabel(
        _footer(comparison, [k for k in spots if k not in known]),
        x=0.01,
        ha="left",
        fontsize=8,
        color="#555555",
    )
    figure.canvas.draw()
    for label, (response, delivery) in known.items():
        _label(axes, title_of(comparison, label), response.mean, delivery.mean, label in front)
    return figure


def _draw_front(axes: Axes, spots: list[tuple[Interval, Interval]]) -> None:
    points = sorted((response.mean, delivery.mean) for response, delivery in spots)
    if len(points) > 1:
        axes.plot(
            *zip(*points, strict=True),
            color=ON_FRONT,
            linewidth=1.5,
            linestyle="--",
            zorder=1,
            label="trade-off front: none is better on both",
        )
        axes.legend(loc="lower right", frameon=False, fontsize=9)


def _draw_spot(axes: Axes, response: Interval, delivery: Interval, on_front: bool) -> None:
    axes.errorbar(
        response.mean,
        delivery.mean,
        xerr=_arms(response),
        yerr=_arms(delivery),
        fmt="o" if on_front else "s",
        color=ON_FRONT if on_front else BEHIND,
        markersize=9,
        capsize=4,
        elinewidth=1.5,
        zorder=2,
    )


def _arms(found: Interval) -> list[list[float]] | None:
    if np.isnan(found.low):
        return None
    shortest = found.mean * 1e-3  # keeps an arm off zero, which a log scale cannot show
    return [[min(found.mean - found.low, found.mean - shortest)], [found.high - found.mean]]


def _dress(axes: Axes, known: dict[str, tuple[Interval, Interval]]) -> None:
    axes.set_xlabel("mean response time, opened → a developer starts  (better: to the left)")
    axes.set_ylabel("delivery, points per team-sprint  (better: up)")
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(alpha=0.25)
    if not known:
        axes.text(0.5, 0.5, "no policy has both figures", ha="center", transform=axes.transAxes)
        return
    times = [response.mean for response, _ in known.values()]
    if min(times) > 0:
        axes.set_xscale("log")
        low, high = min(times) / 2, max(times) * 2
        axes.set_xlim(low, high)
        axes.set_xticks([tick for tick in _TICKS if low <= tick <= high])
        axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: hours(value)))
    axes.margins(y=0.18)


def _label(axes: Axes, text: str, x: float, y: float, on_front: bool) -> None:
    """Beside the spot, at the first place where it covers no other label and stays inside."""
    canvas = axes.figure.canvas
    assert isinstance(canvas, FigureCanvasAgg)
    renderer = canvas.get_renderer()  # type: ignore[no-untyped-call]
    taken = [other.get_window_extent(renderer) for other in axes.texts]
    inside = axes.get_window_extent(renderer)
    note = axes.annotate(
        text,
        (x, y),
        xytext=(0, 0),
        textcoords="offset points",
        fontsize=10,
        color="black" if on_front else "#555555",
    )
    note.set_path_effects([withStroke(linewidth=3, foreground="white")])
    for dy, dx in product((9, -17, 22, -30, 35, -43), (9, -9)):
        note.set_position((dx, dy))
        note.set_horizontalalignment("left" if dx > 0 else "right")
        box = note.get_window_extent(renderer)
        if box.x0 >= inside.x0 and box.x1 <= inside.x1 and not any(box.overlaps(b) for b in taken):
            return


def _footer(comparison: Comparison, left_out: list[str]) -> str:
    design = "after warm-up" if comparison.scenario.steady_state else "from an empty start"
    text = (
        f"{comparison.scenario.name}: {comparison.scenario.developers} developers, "
        f"{comparison.scenario.time.horizon_weeks} weeks ({design}), "
        f"{comparison.replications} replications on common paths; bars: 95 % intervals of the means"
    )
    if left_out:
        text += f"\nnot shown, no response time or delivery to give: {', '.join(left_out)}"
    return text
