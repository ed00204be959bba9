"""Working time: from the tables of opening intervals."""

from __future__ import annotations

from sim.engine.kernel.tables import WorldTables
from sim.sampling.calendars import DAY


def move_on(w: WorldTables, moment: int) -> None:
    """Move the time on to `moment`."""
    w.run.now = moment
    i = w.run.openings
    while i < len(w.opens) and w.opens[i] <= moment:
        i += 1
    w.run.openings = i


def worked(w: WorldTables, moment: int) -> int:
    """The working seconds from time 0 to `moment`."""
    i = w.by_day[moment // DAY]
    while i < len(w.opens) and w.opens[i] <= moment:
        i += 1
    return worked_within(w, i, moment)


def worked_so_far(w: WorldTables) -> int:
    """The working seconds from time 0 to now."""
    return worked_within(w, w.run.openings, w.run.now)


def worked_within(w: WorldTables, openings: int, moment: int) -> int:
    """The working seconds until a moment by which so many opening intervals have begun."""
    i = openings - 1
    if i < 0:
        return 0
    return w.before[i] + min(moment, w.closes[i]) - w.opens[i]


def next_open(w: WorldTables) -> int:
    """The first moment from now on at which somebody is at work."""
    i, now = w.run.openings - 1, w.run.now
    if i >= 0 and now < w.closes[i]:
        return now
    if i + 1 < len(w.opens):
        return w.opens[i + 1]
    return w.closes[len(w.closes) - 1]


def finish(w: WorldTables, duration: int) -> int:
    """The second at which `duration` working seconds begun now are done."""
    i, now = w.run.openings, w.run.now
    due = duration
    if i > 0:
        due += w.before[i - 1] + min(now, w.closes[i - 1]) - w.opens[i - 1]
    while i < len(w.before) and w.before[i] < due:
        i += 1
    if i == len(w.before):
        return w.closes[i - 2]
    return w.closes[i - 1] - (w.before[i] - due)


def is_closed(w: WorldTables) -> bool:
    """Whether nobody is at work now."""
    return next_open(w) != w.run.now
