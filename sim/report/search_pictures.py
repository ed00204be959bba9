"""Answers of the search are drawn as pictures: sweep, policy map, tornado, what a promise costs."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure as Picture
from matplotlib.patches import Patch

from sim.report.search_tables import (
    hire_finding,
    looked_at,
    map_finding,
    named,
    sensitivity_finding,
    sobol_finding,
)
from sim.report.style import COLOURS, MARKS, canvas, in_style, title
from sim.search.axis import Axis
from sim.search.goal import FigureName
from sim.search.hire import PEOPLE, Curve
from sim.search.sensitivity import Sensitivity
from sim.search.sobol import Indices
from sim.search.sweep import NOBODY, PolicyMap, Sweep


def _ticks(axes: Axes, axis: Axis, which: str = "x") -> None:
    """Put an axis of a sweep along the picture's; its values where they are words."""
    label = axis.key + (" (times as it is)" if axis.is_relative else "")
    getattr(axes, f"set_{which}label")(label)
    if not _is_numeric(axis):
        getattr(axes, f"set_{which}ticks")(axis.numbers(), axis.values)


def _shortly(value: str) -> str:
    """Return a number to three figures; words as they are."""
    try:
        return f"{float(value):.3g}"
    except ValueError:
        return value


def _is_numeric(axis: Axis) -> bool:
    try:
        [float(value.lstrip("*+")) for value in axis.values]
    except ValueError:
        return False
    return True


@in_style
def sweep_picture(swept: Sweep, figures: Sequence[FigureName]) -> Picture:
    """Draw one panel for each figure and one line for each policy.

    With a second axis there is a line for each of its values.
    """
    picture, panels = canvas(9, 1 + 3.2 * len(figures), len(figures))
    across = swept.axes[0].numbers()
    others = range(len(swept.axes[1].values)) if len(swept.axes) > 1 else range(1)
    for axes, figure in zip(panels, figures, strict=True):
        for n, policy in enumerate(swept.policies):
            for other in others:
                cells = [x * len(others) + other for x in range(len(across))]
                found = [swept.figure(cell, n, figure) for cell in cells]
                mean, low, high = (np.array(part) for part in zip(*found, strict=True))
                colour = COLOURS[n % len(COLOURS)]
                name = policy if other == 0 else None
                style = (0, (4, other)) if other else "-"
                mark = MARKS[n % len(MARKS)]
                axes.plot(across, mean, color=colour, marker=mark, linestyle=style, label=name)
                axes.fill_between(across, low, high, color=colour, alpha=0.15, linewidth=0)
        axes.set_ylabel("\n".join(textwrap.wrap(named(figure), 28)))
        axes.grid(alpha=0.25)
        _ticks(axes, swept.axes[0])
    lines = panels[0].get_legend_handles_labels()
    picture.legend(*lines, frameon=False, fontsize=8, ncols=4, loc="outside lower left")
    also = f" and {swept.axes[1].key} (dashes)" if len(swept.axes) > 1 else ""
    title(picture, f"{swept.scenario.name}: along {swept.axes[0].key}{also}, with 95 % intervals")
    return picture


@in_style
def map_picture(found: PolicyMap) -> Picture:
    """Draw the winner of each cell, hatched where another may as well be the best."""
    picture, [axes] = canvas(9, 6.4)
    winners = [n for n in np.unique(found.winners).tolist() if n != NOBODY]
    place = {NOBODY: 0, **{n: i + 1 for i, n in enumerate(winners)}}
    shown = np.vectorize(place.__getitem__)(found.winners).T
    palette = ["#FFFFFF", *(COLOURS[n % len(COLOURS)] for n in winners)]
    first, second = found.sweep.axes
    edges = [np.arange(len(axis.values) + 1) - 0.5 for axis in (first, second)]
    axes.pcolormesh(*edges, shown, cmap=ListedColormap(palette), vmin=-0.5, vmax=len(palette) - 0.5)
    doubt = np.ma.masked_where(~found.contested.T, np.ones_like(shown))
    clear = ListedColormap([(0, 0, 0, 0)])  # with alpha=0 the hatching is clear, too
    axes.pcolor(*edges, doubt, hatch="///", cmap=clear, edgecolor="#222222", linewidth=0)
    for axis, which in ((first, "x"), (second, "y")):
        step = max(1, len(axis.values) // 8)
        places = range(0, len(axis.values), step)
        values = [_shortly(axis.values[n].lstrip("*+")) for n in places]
        getattr(axes, f"set_{which}ticks")(list(places), values)
        label = axis.key + (" (times as it is)" if axis.is_relative else "")
        getattr(axes, f"set_{which}label")(label)
    patches = [
        Patch(facecolor=palette[place[n]], edgecolor="#222222", label=found.name(n))
        for n in ([NOBODY] if NOBODY in found.winners else []) + winners
    ]
    patches.append(Patch(facecolor="white", edgecolor="#222222", hatch="///", label="contested"))
    axes.legend(
        handles=patches, loc="center left", bbox_to_anchor=(1.01, 0.5), frameon=False, fontsize=9
    )
    title(picture, map_finding(found))
    return picture


@in_style
def tornado(found: Sensitivity) -> Picture:
    """Draw each input's swing about the figure as it is."""
    picture, [axes] = canvas(9, 1.6 + 0.5 * len(found.swings))
    for row, swing in enumerate(reversed(found.swings)):
        for end, colour, side, place in (
            (swing.at_low, COLOURS[4], "low", row + 0.2),
            (swing.at_high, COLOURS[5], "high", row - 0.2),
        ):
            axes.barh(
                place,
                end.mean - found.base.mean,
                left=found.base.mean,
                color=colour,
                height=0.4,
                label=f"input at its {side} end" if row == 0 else None,
                hatch="" if side == "low" else "..",
                edgecolor="white",
            )
            axes.plot([end.low, end.high], [place, place], color="#222222", linewidth=1.2)
    names = [s.input.name + ("" if s.is_sure else " ?") for s in reversed(found.swings)]
    axes.set_yticks(range(len(found.swings)), names)
    axes.axvline(found.base.mean, color="#222222", linewidth=1)
    if len(found.policies) == 2:
        axes.axvline(0, color="#222222", linewidth=1, linestyle=":")
    axes.set_xlabel("\n".join(textwrap.wrap(looked_at(found), 90)))
    picture.legend(frameon=False, fontsize=8, loc="outside lower right", ncols=2)
    title(picture, sensitivity_finding(found))
    return picture


@in_style
def sobol_picture(found: Indices, figure: FigureName) -> Picture:
    """Draw each input's share of the variance, alone and with others, with 95 % intervals."""
    picture, [axes] = canvas(9, 1.6 + 0.5 * len(found.inputs))
    order = sorted(range(len(found.inputs)), key=lambda n: found.total[n].mean)
    for shares, colour, label, aside, hatch in (
        (found.first, COLOURS[4], "alone", 0.2, ""),
        (found.total, COLOURS[5], "with others", -0.2, ".."),
    ):
        places = np.arange(len(order)) + aside
        own = [shares[n] for n in order]
        axes.barh(
            places,
            [share.mean for share in own],
            color=colour,
            height=0.4,
            label=label,
            hatch=hatch,
            edgecolor="white",
        )
        axes.hlines(places, [s.low for s in own], [s.high for s in own], "#222222", linewidth=1.2)
    axes.set_yticks(range(len(order)), [found.inputs[n] for n in order])
    axes.axvline(0, color="#222222", linewidth=1)
    axes.set_xlabel(f"share of the variance of {named(figure)}")
    picture.legend(frameon=False, fontsize=8, loc="outside lower right", ncols=2)
    title(picture, sobol_finding(found, figure))
    return picture


@in_style
def hire_picture(curve: Curve) -> Picture:
    """Draw each promise's figure along the price, a line for each policy, and the limit."""
    promises = curve.goal.promises
    picture, panels = canvas(9, 1 + 3.2 * len(promises), len(promises))
    for axes, promise in zip(panels, promises, strict=True):
        for n, policy in enumerate(curve.sweep.policies):
            mean, low, high = (
                np.array(part) for part in zip(*curve.promised(n, promise), strict=True)
            )
            colour = COLOURS[n % len(COLOURS)]
            axes.plot(curve.prices, mean, color=colour, marker=MARKS[n % len(MARKS)], label=policy)
            axes.fill_between(curve.prices, low, high, color=colour, alpha=0.15, linewidth=0)
        axes.axhline(promise.limit, color="#222222", linestyle=":", label="promise")
        axes.set_ylabel("\n".join(textwrap.wrap(named(promise.figure), 28)))
        axes.grid(alpha=0.25)
        if curve.sweep.axes[0].key == PEOPLE:
            axes.set_xlabel("developers more, all teams together")
        else:
            _ticks(axes, curve.sweep.axes[0])
    lines = panels[0].get_legend_handles_labels()
    picture.legend(*lines, frameon=False, fontsize=8, ncols=4, loc="outside lower left")
    title(picture, hire_finding(curve))
    return picture
