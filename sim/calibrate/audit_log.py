"""What an audit log, with a row for each change, tells beyond a list: first answer, resolution, time in active
states."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sim.arrays import Bools, Floats, Ints
from sim.calibrate.cells import Cells
from sim.calibrate.ticket_rows import Rows
from sim.calibrate.ticket_states import ACTIVE, DONE, NEW, UNKNOWN, state
from sim.calibrate.work_types import Words
from sim.files.quality import NOTICED, REPAIRED
from sim.sampling.calendars import DAY, HOUR, WEEK, Calendar, office


def read_history(frame: pd.DataFrame, cells: Cells, rows: Rows) -> None:
    """Put the first answer, the resolution and the active hours of N tickets into their table.

    Args:
        frame: a row each; changed.
        cells: of the log.
        rows: which of its rows are whose.
    """
    quality, numbers = cells.quality, cells.columns.rows
    updated, states = cells.moments("updated")[rows.order], cells.states()[rows.order]
    ticket = rows.ticket
    opened = frame["opened"].to_numpy()
    early = updated < opened[ticket]
    quality.note(NOTICED, "rows written before their ticket was opened", numbers[rows.order][early])
    _tell_odd_states(cells, rows, states)
    frame["responded"] = _earliest(ticket, updated, (states != NEW) & (states != UNKNOWN), opened)
    resolved_row = _earliest(ticket, updated, states == DONE, opened)
    lost = frame["resolved"].isna().to_numpy() & ~np.isnan(resolved_row)
    at_once = lost & (resolved_row <= opened + 60)
    quality.note(
        REPAIRED,
        "tickets without a time of resolution: taken from their first Resolved row, "
        f"{at_once.sum():,} of them within a minute of opening",
        frame["row"].to_numpy()[lost],
    )
    frame["resolved"] = frame["resolved"].where(~lost, resolved_row)
    frame["ends_timed"] |= lost
    frame["active_hours"] = _active_hours(ticket, updated, states, cells.say.hours, len(frame))
    _tell_severity_changes(cells, rows)


def _tell_odd_states(cells: Cells, rows: Rows, states: Words) -> None:
    column = cells.column("state")
    if column is None:
        return
    odd = sorted({v for v in column.values if v and state(v, cells.say.values) == UNKNOWN})
    text = ", ".join(odd[:4])
    unknown = (states == UNKNOWN) & (column.codes[rows.order] >= 0)
    cells.quality.note(
        NOTICED,
        f"states that are not understood ({text}); say them with --map STATE=active",
        cells.columns.rows[rows.order][unknown],
    )


def _earliest(ticket: Ints, moments: Floats, chosen: Bools, opened: Floats) -> Floats:
    """Return the first chosen moment of each ticket, not before it opened; NaN where there is
    none."""
    chosen = chosen & ~np.isnan(moments)
    found = np.full(len(opened), np.inf)
    np.minimum.at(found, ticket[chosen], moments[chosen])
    return np.where(np.isinf(found), np.nan, np.maximum(found, opened))


def working_calendar(low: float, high: float, hours: tuple[float, float]) -> tuple[Calendar, float]:
    """Return the working hours from `low` to `high`, and the Monday that is its time 0."""
    monday = np.floor((low - 4 * DAY) / WEEK) * WEEK + 4 * DAY  # 1970-01-05 was a Monday
    until = int(high - monday) + 2 * WEEK
    opens, closes = (round(hour * HOUR) for hour in hours)
    return office(until, opens, closes, frozenset()), float(monday)


def _active_hours(
    ticket: Ints, updated: Floats, states: Words, hours: tuple[float, float], count: int
) -> Floats:
    """Return working hours between a row in an active state and the next.

    Waiting is not among them.
    """
    low, high = np.nanmin(updated, initial=np.inf), np.nanmax(updated, initial=-np.inf)
    if not np.isfinite([low, high]).all():
        return np.full(count, np.nan)
    calendar, monday = working_calendar(float(low), float(high), hours)
    worked = calendar.worked_at(np.nan_to_num(updated - monday).astype(np.int64))
    same = ticket[1:] == ticket[:-1]
    counts = same & (states[:-1] == ACTIVE) & (np.diff(updated) > 0)
    total = np.bincount(ticket[:-1][counts], np.diff(worked)[counts] / HOUR, minlength=count)
    seen = np.bincount(ticket[:-1][counts], minlength=count) > 0
    return np.where(seen, total, np.nan)


def _tell_severity_changes(cells: Cells, rows: Rows) -> None:
    column = cells.column("severity")
    if column is None:
        return
    codes = column.codes[rows.order]
    changes = (np.diff(codes) != 0) & (np.diff(rows.ticket) == 0)
    tickets = np.unique(rows.ticket[1:][changes])
    cells.quality.note(
        NOTICED,
        "tickets whose severity changed; the last one counts",
        cells.columns.rows[rows.first[tickets]],
    )
