"""Moments that all stand in one layout of fixed width, read as arrays: a million of them in half a second."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.arrays import Ints
from sim.calibrate.written_moments import NO_CLOCK, NO_ZONE, NOT_A_CLOCK

LAYOUTS = (
    "YYYY-MM-DDThh:mm:ss", "YYYY-MM-DD hh:mm:ss", "YYYY-MM-DDThh:mm", "YYYY-MM-DD hh:mm", "YYYY-MM-DDThh:mm:ssZ", "YYYY-MM-DD",
    "AA/BB/YYYY hh:mm:ss", "AA/BB/YYYY hh:mm", "AA.BB.YYYY hh:mm:ss", "AA.BB.YYYY hh:mm", "AA-BB-YYYY hh:mm", "AA.BB.YYYY", "AA/BB/YYYY",
)  # fmt: skip
"""Y, M, D, h, m, s: digits of what they stand for; A and B: day and month in either order."""

_LENGTHS = {len(layout) for layout in LAYOUTS}


@dataclass(frozen=True, eq=False)
class Fixed:
    """N moments of one layout."""

    year: Ints
    second: Ints
    """The month, or the first of day and month."""
    third: Ints
    """The day, or the second of them."""
    clock: Ints
    offset: Ints
    either: bool
    """Whether day and month may stand in either order."""


def read_fixed(texts: Sequence[str]) -> Fixed | None:
    """Return the moments of texts that are all of one of the LAYOUTS; None where they are not."""
    length = len(texts[0]) if texts else 0
    if length not in _LENGTHS:
        return None
    joined = "".join(texts)
    if (
        len(joined) != length * len(texts)
        or not joined.isascii()
        or any(len(t) != length for t in texts)
    ):
        return None
    cells = np.frombuffer(joined.encode("ascii"), dtype=np.uint8).reshape(-1, length)
    found = next((one for one in LAYOUTS if len(one) == length and _is_of(cells, one)), None)
    return _fields(cells, found) if found else None


def _is_of(cells: np.ndarray, layout: str) -> bool:
    for place, letter in enumerate(layout):
        column = cells[:, place]
        if letter in "YMDABhms":
            if ((column < 48) | (column > 57)).any():
                return False
        elif (column != ord(letter)).any():
            return False
    return True


def _fields(cells: np.ndarray, layout: str) -> Fixed:
    def number(letter: str) -> Ints:
        places = [place for place, one in enumerate(layout) if one == letter]
        total = np.zeros(len(cells), dtype=np.int64)
        for place in places:
            total = total * 10 + cells[:, place] - 48
        return total

    either = "A" in layout
    hour, minute, second = number("h"), number("m"), number("s")
    possible = (hour < 24) & (minute < 60) & (second <= 60)
    clock = np.where(possible, hour * 3600 + minute * 60 + np.minimum(second, 59), NOT_A_CLOCK)
    return Fixed(
        number("Y"),
        number("A" if either else "M"),
        number("B" if either else "D"),
        clock if "h" in layout else np.full(len(cells), NO_CLOCK),
        np.full(len(cells), 0 if layout.endswith("Z") else NO_ZONE),
        either,
    )
