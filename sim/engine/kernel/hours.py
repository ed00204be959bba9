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


def worked(w: WorldTables, keeps: int, moment: int) -> int:
    """The working seconds by a calendar from time 0 to `moment`."""
    if w.rules.zones:
        return worked_by(w, keeps, moment)
    i = w.by_day[moment // DAY]
    while i < len(w.opens) and w.opens[i] <= moment:
        i += 1
    return worked_within(w, i, moment)


def worked_so_far(w: WorldTables, keeps: int) -> int:
    """The working seconds by a calendar from time 0 to now."""
    if w.rules.zones:
        return worked_by(w, keeps, w.run.now)
    return worked_within(w, w.run.openings, w.run.now)


def worked_within(w: WorldTables, openings: int, moment: int) -> int:
    """The working seconds until a moment by which so many opening intervals have begun."""
    i = openings - 1
    if i < 0:
        return 0
    return w.before[i] + min(moment, w.closes[i]) - w.opens[i]


def next_open(w: WorldTables) -> int:
    """The first moment from now on at which somebody is at work, where all keep the same hours."""
    i, now = w.run.openings - 1, w.run.now
    if i >= 0 and now < w.closes[i]:
        return now
    if i + 1 < len(w.opens):
        return w.opens[i + 1]
    return w.closes[len(w.closes) - 1]


def finish(w: WorldTables, keeps: int, duration: int) -> int:
    """The second at which `duration` working seconds begun now are done by a calendar."""
    if w.rules.zones:
        return finish_by(w, keeps, duration)
    i, now = w.run.openings, w.run.now
    due = duration
    if i > 0:
        due += w.before[i - 1] + min(now, w.closes[i - 1]) - w.opens[i - 1]
    while i < len(w.before) and w.before[i] < due:
        i += 1
    if i == len(w.before):
        return w.closes[i - 2]
    return w.closes[i - 1] - (w.before[i] - due)


def is_closed(w: WorldTables, keeps: int) -> bool:
    """Whether nobody who keeps a calendar is at work now."""
    if w.rules.zones:
        i = opened_by(w, keeps, w.run.now) - 1
        return i < w.calendars[keeps].first or w.run.now >= w.closes[i]
    return next_open(w) != w.run.now


def hours_of(w: WorldTables, developer: int) -> int:
    """Which calendar a developer keeps."""
    return w.persons[developer].keeps if w.rules.zones else 0


def hours_of_team(w: WorldTables, team: int) -> int:
    """Which calendar a team keeps."""
    return w.more_of_teams[team].keeps if w.rules.zones else 0


# ---- where not all keep the same hours -----------------------------------------------------------


def opened_by(w: WorldTables, keeps: int, moment: int) -> int:
    """The first interval of a calendar, by its place among all, that has not begun by a moment."""
    days = len(w.by_day) // len(w.calendars)
    i = w.by_day[keeps * days + min(moment // DAY, days - 1)]
    while i < w.calendars[keeps].last and w.opens[i] <= moment:
        i += 1
    return i


def worked_by(w: WorldTables, keeps: int, moment: int) -> int:
    """The working seconds by a calendar from time 0 to `moment`."""
    i = opened_by(w, keeps, moment) - 1
    if i < w.calendars[keeps].first:
        return 0
    return w.before[i] + min(moment, w.closes[i]) - w.opens[i]


def finish_by(w: WorldTables, keeps: int, duration: int) -> int:
    """The second at which `duration` working seconds begun now are done by a calendar."""
    row = w.calendars[keeps]
    due = worked_by(w, keeps, w.run.now) + duration
    i = max(row.first, opened_by(w, keeps, w.run.now) - 1)
    while i < row.last:
        done = w.before[i] + w.closes[i] - w.opens[i]
        if done >= due:
            return w.closes[i] - (done - due)
        i += 1
    return w.closes[row.last - 1]
