"""Working time: from the tables of opening intervals."""

from __future__ import annotations

from sim.kernel.tables import DAY, W_NOW


def openings_by(w, moment):
    """How many opening intervals have begun by `moment`."""
    i = w.by_day[moment // DAY]
    while i < len(w.opens) and w.opens[i] <= moment:
        i += 1
    return i


def worked(w, moment):
    """Working seconds from time 0 to `moment`."""
    i = openings_by(w, moment) - 1
    if i < 0:
        return 0
    return w.before[i] + min(moment, w.closes[i]) - w.opens[i]


def next_open(w, moment):
    i = openings_by(w, moment) - 1
    if i >= 0 and moment < w.closes[i]:
        return moment
    if i + 1 < len(w.opens):
        return w.opens[i + 1]
    return w.closes[len(w.closes) - 1]


def finish(w, start, duration):
    """When `duration` working seconds begun at `start` are done."""
    i = openings_by(w, start)
    due = duration
    if i > 0:
        due += w.before[i - 1] + min(start, w.closes[i - 1]) - w.opens[i - 1]
    while i < len(w.before) and w.before[i] < due:
        i += 1
    if i == len(w.before):
        return w.closes[i - 2]
    return w.closes[i - 1] - (w.before[i] - due)


def is_closed(w):
    """Whether nobody is at work now."""
    return next_open(w, w.world[W_NOW]) != w.world[W_NOW]
