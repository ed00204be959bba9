"""How far off the figures of a calibrated scenario may be: intervals of what was read, ranges of what is assumed."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator

from sim.calibrate.calibration import FEWEST, Calibration
from sim.calibrate.figures import Figure
from sim.calibrate.kinds import Kind

MOST_KINDS = 12
"""With more kinds than that, their rates move together: each by itself would be too many inputs."""

GUESSED = (0.5, 2.0)
"""Times a rate that is guessed from a few incidents."""

LEAST = 0.1
"""Hours that were booked are off by as much at least: they are rounded, and not everybody books all."""

WIDEST = 4.0
"""The factor that a rate or an effort is taken to be off by at most, whatever few tickets say."""

ASSUMED = (
    ('"interruptions.resume_minutes"', "[5, 90]", "A1: 10 to 15 until the first edit"),
    ('"interruptions.switch_minutes"', "[2, 10]", ""),
    ('"interruptions.handover_minutes"', "[15, 120]", "A6: no measurement was found"),
    ('"people.unfamiliarity"', "[1, 1.8]", ""),
    ('"people.sick_share"', "[0.01, 0.05]", "A8"),
    ('"teams.*.focus"', '["*0.85", "*1.15"]', ""),
    ('"stories.error"', '["*0.9", "*1.2"]', "A2"),
    ('"stories.hours_per_point"', '["*0.8", "*1.25"]', ""),
)
"""Keys that no export tells: their ends, and where they come from, in docs/evidence.md."""


def ranges_text(c: Calibration) -> str:
    """Return the table of how far off the scenario's figures may be."""
    lines = ["[ranges] # how far off the figures above may be; `firelane compare` draws from them"]
    lines += _rates(c)
    lines += _efforts(c)
    lines += _first_line(c)
    lines += [
        f"{key} = {ends} # assumed{': docs/evidence.md, ' + source if source else ''}"
        for key, ends, source in ASSUMED
    ]
    return "\n".join(lines)


def _rates(c: Calibration) -> Iterator[str]:
    kinds = c.kinds
    if not kinds:
        yield '"incidents.*.per_week" = ["*0.5", "*2"] # assumed'
        return
    if len(kinds) > MOST_KINDS:
        yield '"incidents.*.per_week" = ["*0.8", "*1.25"] # assumed: all kinds together'
        return
    for kind in kinds:
        rate, key = kind.per_week, _key(c, kind, "per_week")
        if rate.count < FEWEST:
            yield f"{key} = {_factors(*GUESSED)} # assumed: a guess from {rate.count} incidents"
        elif ends := _interval(rate):
            yield f"{key} = {_factors(*ends)} # 90 % of n = {rate.count:,}"


def _efforts(c: Calibration) -> Iterator[str]:
    if not c.kinds or any(kind.effort is None for kind in c.kinds) or len(c.kinds) > MOST_KINDS:
        yield '"incidents.*.effort_hours" = ["*0.65", "*1.5"] # assumed: no export tells every kind\'s'
        return
    for kind in c.kinds:
        shape = kind.effort
        assert shape is not None
        middle, low, high = shape.median
        key = _key(c, kind, "effort_hours")
        if c.wishes.effort == "active":
            yield f"{key} = {_factors(0.3, 1.0)} # assumed: what was read is an upper bound"
        else:
            ends = min(low / middle, 1 - LEAST), max(high / middle, 1 + LEAST)
            yield f"{key} = {_factors(*ends)} # 90 % of the median, {LEAST:.0%} at least"


def _first_line(c: Calibration) -> Iterator[str]:
    rate = c.first_line
    if rate.value <= 0:
        return
    low, high = (
        (0.5 * rate.value, min(0.9, 1.5 * rate.value)) if rate.assumed else (rate.low, rate.high)
    )
    if low < high:
        why = "assumed: docs/evidence.md, A6" if rate.assumed else f"90 % of n = {rate.count:,}"
        yield f'"first_line.deflect_rate" = [{low:.3g}, {high:.3g}] # {why}'


def _interval(rate: Figure) -> tuple[float, float] | None:
    """Return a figure's interval as factors of it; None where there is none."""
    if math.isnan(rate.low) or rate.value <= 0 or not rate.low < rate.value < rate.high:
        return None
    return rate.low / rate.value, rate.high / rate.value


def _factors(low: float, high: float) -> str:
    low, high = max(low, 1 / WIDEST), min(high, WIDEST)
    return f'["*{low:.3g}", "*{high:.3g}"]'


def _key(c: Calibration, kind: Kind, what: str) -> str:
    """Return the key of a kind's figure as a TOML key: by its name, which stands in quotes as it may hold dots and
    spaces; by its place where it holds what a key cannot."""
    simple = re.fullmatch(r"[^\W_][\w .,:/()&+#-]*", kind.name) is not None
    named = f"'{kind.name}'" if simple else str(c.kinds.index(kind))
    return json.dumps(f"incidents.{named}.{what}", ensure_ascii=False)
