"""Names are placed beside spots, so that they cover neither each other nor spots nor lines.

Each name tries places around its spot, near ones first; the least crowded is taken, and all look
again a few times, now that the others have theirs. A name that ends up away from its spot is led to
by a thin line.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.patheffects import withStroke
from matplotlib.text import Annotation

from sim.arrays import Bools, Floats, Ints
from sim.report.style import BEHIND, SOFT

DISTANCES = (9, 13, 18, 26, 36, 48, 62, 78, 96, 120)
"""Of a name's edge from its spot; all lengths here are in points."""

DIRECTIONS = 24

ROUNDS = 4

SPOT, AIR = 7, 2
"""Half the side of a spot, and what is kept free around a name."""

TAUT = 15
"""Names nearer than this need no line."""

OUTSIDE, ON_NAME, ON_SPOT, ON_LINE, LED_ACROSS = 20_000, 5_000, 1_000, 500, 300
"""What it costs to leave the frame, to cover something, or to be led to across something."""


class Spot(NamedTuple):
    """A spot to be named: where it lies in the data, and whether its name is written in black."""

    text: str
    x: float
    y: float
    strong: bool


def place_labels(axes: Axes, spots: Sequence[Spot], lines: Sequence[Floats]) -> list[Annotation]:
    """Write the names; `lines` are (N, 2) polylines in the data to keep clear of.

    The layout must be final, since places are found on the canvas.
    """
    canvas = axes.figure.canvas
    assert isinstance(canvas, FigureCanvasAgg)
    renderer = canvas.get_renderer()  # type: ignore[no-untyped-call]
    pixels = renderer.points_to_pixels(1)
    notes = [_written(axes, spot) for spot in spots]
    extents = [note.get_window_extent(renderer) for note in notes]
    halves = np.array([(box.width, box.height) for box in extents]) / 2 / pixels
    at = axes.transData.transform([(spot.x, spot.y) for spot in spots]) / pixels
    frame = np.array(axes.get_window_extent(renderer).extents) / pixels
    clear_of = _segments([axes.transData.transform(line) / pixels for line in lines])
    for note, offset, half in zip(
        notes, _offsets(at, halves, frame, clear_of), halves, strict=True
    ):
        note.set_position(tuple(offset))
        if np.hypot(*_nearest(offset, half)) > TAUT:
            _lead(axes, note, _nearest(offset, half))
    return notes


def _written(axes: Axes, spot: Spot) -> Annotation:
    note = axes.annotate(
        spot.text,
        (spot.x, spot.y),
        xytext=(0, 0),
        textcoords="offset points",
        ha="center",
        va="center",
        fontsize=10,
        color="black" if spot.strong else SOFT,
        zorder=4,
    )
    note.set_path_effects([withStroke(linewidth=3, foreground="white")])
    note.set_in_layout(False)
    return note


def _lead(axes: Axes, note: Annotation, end: Floats) -> None:
    line = axes.annotate(
        "",
        note.xy,
        xytext=tuple(end),
        textcoords="offset points",
        zorder=3,
        arrowprops={"arrowstyle": "-", "color": BEHIND, "lw": 0.8, "shrinkA": 1, "shrinkB": SPOT},
    )
    line.set_in_layout(False)


def _segments(lines: Sequence[Floats]) -> Floats:
    """Return the straight parts of polylines, as an array (S, 2, 2)."""
    parts = [line[n : n + 2] for line in lines for n in range(len(line) - 1)]
    return np.array(parts).reshape(-1, 2, 2)


def _offsets(at: Floats, halves: Floats, frame: Floats, lines: Floats) -> Floats:
    """Return where the middle of each name goes, from its spot, as an array (N, 2)."""
    around = np.array(
        [
            (math.cos(turn), math.sin(turn), distance)
            for distance in DISTANCES
            for turn in (2 * math.pi * n / DIRECTIONS for n in range(DIRECTIONS))
        ]
    )
    spots = np.concatenate([at - SPOT, at + SPOT], axis=1)
    # Spots in the same place cannot be told apart: none of them bars the way of another's name.
    apart = np.hypot(*(at[:, np.newaxis] - at).T).T > 2 * SPOT
    chosen = np.zeros_like(at)
    names = np.full((len(at), 4), -1e6)  # nowhere yet
    for _ in range(ROUNDS):
        for n, half in enumerate(halves):
            tried = around[:, :2] * (around[:, 2:] + half)
            boxes = _boxes(at[n] + tried, half + AIR)
            others = np.delete(names, n, axis=0)
            leaders = np.stack([np.broadcast_to(at[n], tried.shape), at[n] + _nearest(tried, half)])
            led = around[:, 2] > TAUT
            cost = (
                around[:, 2]
                + OUTSIDE * _leaves(boxes, frame)
                + ON_NAME * _overlap(boxes, others).sum(axis=1)
                + ON_SPOT * _overlap(boxes, spots).sum(axis=1)
                + ON_LINE * _cross(lines[:, 0], lines[:, 1], boxes[:, np.newaxis]).sum(axis=1)
                + LED_ACROSS * led * _crossed(leaders, spots[apart[n]])
                + LED_ACROSS * led * _crossed(leaders, others)
            )
            best = int(cost.argmin())
            chosen[n], names[n] = tried[best], boxes[best]
    return chosen


def _boxes(middles: Floats, half: Floats) -> Floats:
    """Return left, bottom, right and top of each box, as an array (…, 4)."""
    return np.concatenate([middles - half, middles + half], axis=-1)


def _nearest(offset: Floats, half: Floats) -> Floats:
    """Return the point of a name that is nearest to its spot, from the spot."""
    found: Floats = np.sign(offset) * np.maximum(np.abs(offset) - half, 0)
    return found


def _leaves(boxes: Floats, frame: Floats) -> Bools:
    inside = (boxes[:, :2] >= frame[:2]) & (boxes[:, 2:] <= frame[2:])
    found: Bools = np.logical_not(np.logical_and.reduce(inside, axis=1))
    return found


def _overlap(boxes: Floats, others: Floats) -> Bools:
    """Return which of the boxes cover which others, as an array (K, N)."""
    a, b = boxes[:, np.newaxis], others[np.newaxis]
    apart = (a[..., :2] >= b[..., 2:]) | (b[..., :2] >= a[..., 2:])
    found: Bools = np.logical_not(np.logical_or.reduce(apart, axis=-1))
    return found


def _crossed(leaders: Floats, boxes: Floats) -> Ints:
    """Return how many boxes each of the (2, K, 2) leaders crosses."""
    begin, end = leaders[:, :, np.newaxis]
    found: Ints = _cross(begin, end, boxes[np.newaxis]).sum(axis=1)
    return found


def _cross(begin: Floats, end: Floats, boxes: Floats) -> Bools:
    """Return whether a straight line meets a box, by the slabs it passes (broadcast)."""
    along = end - begin
    along = np.where(along == 0, 1e-9, along)
    enter, leave = (boxes[..., :2] - begin) / along, (boxes[..., 2:] - begin) / along
    first = np.minimum(enter, leave).max(axis=-1)
    last = np.maximum(enter, leave).min(axis=-1)
    met: Bools = (first <= last) & (last >= 0) & (first <= 1)
    return met
