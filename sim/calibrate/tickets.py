"""One tidy table of tickets, whatever they were exported from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.arrays import Bools, Floats, Ints
from sim.calibrate import dates, known_then
from sim.calibrate.columns import MISSING, Column, Columns
from sim.calibrate.exports.form import Form
from sim.calibrate.exports.github import PULL_REQUEST
from sim.calibrate.exports.pagerduty import first_at, summary
from sim.calibrate.meanings import ACTIVE, DONE, NEW, UNKNOWN, is_story, severities, state
from sim.files.quality import DROPPED, NOTICED, READ, REPAIRED, Quality
from sim.sampling.calendars import DAY, HOUR, WEEK, Calendar, office

MAX_EFFORT = 10_000.0
"""Hours on one ticket beyond which a cell holds something else."""

_NOWHERE = -1.0


@dataclass(frozen=True)
class Corrections:
    """What the user says about an export, over what would be guessed."""

    columns: Mapping[str, str] = field(default_factory=dict)
    """Field: column."""
    values: Mapping[str, str] = field(default_factory=dict)
    """A value of the export, in lower case: a severity 1 to 5, a state, "incident" or "story"."""
    order: str | None = None
    """"day first" or "month first"."""
    zone: ZoneInfo | None = None
    hours: tuple[float, float] = (9.0, 17.0)
    """When the organisation works, Monday to Friday."""
    groups: tuple[str, ...] = ()
    """Only the tickets of these; all where empty."""
    until: float | None = None
    """Second since 1970 local; what the export says of later is as if it were not known."""


@dataclass(frozen=True, eq=False)
class Tickets:
    """A table of N tickets, a row each, in the order they were opened.

    Columns: number, opened, responded, resolved (seconds since 1970 local, NaN unknown), severity
    (1 to 5), category, group, person (text, empty unknown), effort_hours, active_hours (working
    hours in active states), reassigned, reopened, points (NaN unknown), sprint, story (planned),
    state (its last; empty unknown), open, begun (1 or 0; NaN unknown).
    """

    table: pd.DataFrame
    sources: dict[str, str]
    """Field: the column it was read from."""
    first: float = np.inf
    """When the first ticket opened."""
    last: float = -np.inf
    """When the last thing happened that the export tells of, later than `until` or not."""
    tells_open: bool = True
    """Whether it tells which are open."""

    @property
    def incidents(self) -> pd.DataFrame:
        """The rows that are incidents, not planned work."""
        return self.table[~self.table["story"]]

    @property
    def stories(self) -> pd.DataFrame:
        """The rows that are planned work."""
        return self.table[self.table["story"]]


def tidy(columns: Columns, form: Form, say: Corrections, quality: Quality) -> Tickets:
    """Understand the columns of an export; everything left out or mended is counted."""
    whole, columns = (
        columns,
        known_then.written_by(columns, say.until, say.zone, say.order, quality),
    )
    cells = _Cells(columns, form, say, quality)
    spans = _Spans(columns)
    # An audit log opens with its first row; of a list with a number twice, the last row counts.
    opening = spans.first if "updated" in columns.fields else spans.last
    frame = pd.DataFrame({"row": columns.rows[opening]})
    number = columns.fields.get("number")
    frame["number"] = _text(number, spans.last) if number else frame["row"].astype(str)
    frame["opened"] = cells.moments("opened")[opening]
    frame["resolved"] = cells.moments("resolved")[spans.last]
    frame["closed"] = cells.moments("closed")[spans.last]
    frame["responded"] = cells.moments("responded")[opening]
    frame["severity"] = cells.severity()[spans.last_filled("severity")]
    for name in ("category", "group", "person", "sprint"):
        frame[name] = _text(columns.fields.get(name), spans.last_filled(name))
    for name in ("reassigned", "reopened", "points"):
        frame[name] = cells.numbers(name)[spans.last]
    frame["effort_hours"] = cells.effort()[spans.last]
    frame["active_hours"] = np.nan
    frame["story"] = cells.stories()[spans.last]
    if "response_seconds" in columns.fields:
        frame["responded"] = frame["opened"] + cells.numbers("response_seconds")[opening]
    ends = known_then.forget_what_came_later(frame, say.until)
    if spans.is_log and "updated" in columns.fields:
        _read_history(frame, cells, spans)
    elif spans.is_log:
        twice = np.setdiff1d(np.arange(len(columns)), spans.last)
        quality.note(DROPPED, "a number again: the last row of it is kept", columns.rows[twice])
    _notice(whole, quality)
    is_history = spans.is_log and "updated" in columns.fields
    past = say.until is not None and say.until < cells.last
    states = cells.states()[spans.last]
    tells_open = known_then.read_state(frame, ends, states, is_history, past, columns.fields)
    frame = _checked(frame, cells, quality)
    return Tickets(frame, dict(columns.source), cells.first, cells.last, tells_open)


class _Spans:
    """The rows that belong to each ticket: N tickets, in the order they first occur."""

    def __init__(self, columns: Columns) -> None:
        number, count = columns.fields.get("number"), len(columns)
        codes = number.codes.astype(np.int64) if number else np.arange(count)
        # A row without a number is a ticket of its own.
        codes = np.where(codes < 0, codes.max(initial=0) + 1 + np.arange(count), codes)
        self.order = np.argsort(codes, kind="stable")
        ordered = codes[self.order]
        begins = np.flatnonzero(np.diff(ordered, prepend=-9) != 0)
        self.begins, self.ends = begins, np.append(begins[1:], count) - 1
        self.ticket = np.repeat(np.arange(len(begins)), self.ends - begins + 1) if count else begins
        self.first: Ints = self.order[self.begins]
        self.last: Ints = self.order[self.ends]
        self.is_log = count > len(begins)
        self._columns = columns

    def last_filled(self, name: str) -> Ints:
        """Return the row of each ticket that last says something; its last where none does."""
        column = self._columns.fields.get(name)
        if column is None or not self.is_log:
            return self.last
        place = np.where(column.codes[self.order] >= 0, np.arange(len(self.order)), -1)
        latest = np.maximum.accumulate(place)[self.ends]
        return np.asarray(self.order[np.where(latest >= self.begins, latest, self.ends)])


class _Cells:
    """The fields of an export, row by row, understood."""

    def __init__(self, columns: Columns, form: Form, say: Corrections, quality: Quality) -> None:
        self.columns, self.form, self.say, self.quality = columns, form, say, quality
        self.first, self.last = np.inf, -np.inf
        """When the first ticket opened, and when the last thing happened, of all that was asked for."""

    def _column(self, name: str) -> Column | None:
        return self.columns.fields.get(name)

    def moments(self, name: str) -> Floats:
        """Return seconds (N,); NaN where missing or impossible, which is counted."""
        column = self._column(name)
        if column is None:
            return np.full(len(self.columns), np.nan)
        texts = [first_at(v) for v in column.values] if name == "responded" else column.values
        parsed = dates.parse(texts, self.say.zone, self.say.order)
        self.last = float(np.fmax.reduce(parsed.seconds, initial=self.last))
        if name == "opened":
            self.first = float(np.fmin.reduce(parsed.seconds, initial=self.first))
        title = self.columns.source[name]
        if parsed.guessed:
            self.quality.note(
                NOTICED,
                f"{title}: nothing tells day from month; read day first (--map dates=month-first)",
                count=len(column),
            )
        nonsense = np.array([t.lower() not in MISSING for t in texts], dtype=bool)
        nonsense &= np.isnan(parsed.seconds)
        wrong = column.spread(nonsense, False).astype(bool)
        what = DROPPED if name == "opened" else REPAIRED
        after = "" if name == "opened" else "; taken as unknown"
        self.quality.note(what, f"{title}: not a moment{after}", self.columns.rows[wrong])
        return np.asarray(column.spread(parsed.seconds, np.nan), dtype=np.float64)

    def severity(self) -> Ints:
        """Return severities (N,), 1 to 5; 0 unknown."""
        column = self._column("severity")
        if column is None:
            return np.zeros(len(self.columns), dtype=np.int64)
        found, moved = severities(column.values, self.say.values)
        self.quality.note(
            NOTICED, "severities begin at 0; all counted one up", count=len(column) * moved
        )
        known = np.array(found, dtype=np.int64)
        unread = column.spread(known < 1, False).astype(bool)
        words = sorted({v for v, s in zip(column.values, found, strict=True) if s < 1} - {""})
        text = ", ".join(repr(word[:20]) for word in words[:4])
        title = self.columns.source["severity"]
        self.quality.note(
            NOTICED,
            f"{title}: no severity in {text}; say it with --map VALUE=1…5",
            self.columns.rows[unread],
        )
        return np.maximum(column.spread(known, 0).astype(np.int64), 0)

    def numbers(self, name: str) -> Floats:
        """Return the cells of a field as numbers (N,); NaN where it is missing."""
        column = self._column(name)
        return column.numbers() if column else np.full(len(self.columns), np.nan)

    def effort(self) -> Floats:
        """Return hours (N,); NaN where unknown, none or impossible."""
        if self._column("effort_hours"):
            name, hours = "effort_hours", self.numbers("effort_hours")
        else:
            name, hours = "effort_seconds", self.numbers("effort_seconds") / HOUR
        wrong = (hours < 0) | (hours > MAX_EFFORT)
        title = self.columns.source.get(name, "")
        self.quality.note(
            REPAIRED, f"{title}: impossible effort, taken as unknown", self.columns.rows[wrong]
        )
        return np.where((hours > 0) & ~wrong, hours, np.nan)

    def stories(self) -> Bools:
        """Return which rows (N,) are planned work by their type."""
        column = self._column("type")
        if column is None:
            return np.zeros(len(self.columns), dtype=bool)
        kinds = [is_story(v, self.form.stories, self.say.values) for v in column.values]
        return np.asarray(column.spread(np.array(kinds, dtype=bool), False), dtype=bool)

    def of_type(self, kind: str) -> Bools:
        """Return which rows (N,) have just this type."""
        column = self._column("type")
        if column is None:
            return np.zeros(len(self.columns), dtype=bool)
        return np.asarray(column.spread(np.array([v == kind for v in column.values]), False), bool)

    def states(self) -> NDArray[np.str_]:
        """Return the states (N,): NEW, ACTIVE, WAITING, DONE or UNKNOWN."""
        column = self._column("state")
        if column is None:
            return np.full(len(self.columns), UNKNOWN)
        known = np.array([state(v, self.say.values) for v in column.values], dtype="U8")
        return np.asarray(column.spread(known, UNKNOWN), dtype="U8")


def _text(column: Column | None, rows: Ints) -> pd.Series:
    """Return cells as a categorical of words; names out of objects that were written into a
    cell."""
    if column is None:
        return pd.Series(pd.Categorical.from_codes([0] * len(rows), categories=pd.Index([""])))
    words = [summary(value) for value in column.values]
    kept = {word: i for i, word in enumerate(dict.fromkeys(["", *words]))}
    to = np.array([kept[word] for word in words] or [0], dtype=np.int64)
    codes = column.codes[rows]
    return pd.Series(
        pd.Categorical.from_codes(
            np.where(codes >= 0, to[codes], 0), categories=pd.Index(list(kept))
        )
    )


def working_calendar(low: float, high: float, hours: tuple[float, float]) -> tuple[Calendar, float]:
    """Return the working hours from `low` to `high`, and the Monday that is its time 0."""
    monday = np.floor((low - 4 * DAY) / WEEK) * WEEK + 4 * DAY  # 1970-01-05 was a Monday
    until = int(high - monday) + 2 * WEEK
    opens, closes = (round(hour * HOUR) for hour in hours)
    return office(until, opens, closes, frozenset()), float(monday)


def _read_history(frame: pd.DataFrame, cells: _Cells, spans: _Spans) -> None:
    """Read what an audit log tells beyond a list: first answer, resolution, time in active
    states."""
    quality, rows = cells.quality, cells.columns.rows
    updated, states = cells.moments("updated")[spans.order], cells.states()[spans.order]
    ticket = spans.ticket
    opened = frame["opened"].to_numpy()
    early = updated < opened[ticket]
    quality.note(NOTICED, "rows written before their ticket was opened", rows[spans.order][early])
    column = cells.columns.fields.get("state")
    if column is not None:
        odd = sorted({v for v in column.values if v and state(v, cells.say.values) == UNKNOWN})
        text = ", ".join(odd[:4])
        unknown = (states == UNKNOWN) & (column.codes[spans.order] >= 0)
        quality.note(
            NOTICED,
            f"states that are not understood ({text}); say them with --map STATE=active",
            rows[spans.order][unknown],
        )
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
    frame["active_hours"] = _active_hours(ticket, updated, states, cells.say.hours, len(frame))
    _notice_severity_changes(cells, spans)


def _earliest(
    ticket: Ints,
    moments: Floats,
    chosen: Bools,
    opened: Floats,
) -> Floats:
    """Return the first chosen moment of each ticket, not before it opened; NaN where there is
    none."""
    chosen = chosen & ~np.isnan(moments)
    found = np.full(len(opened), np.inf)
    np.minimum.at(found, ticket[chosen], moments[chosen])
    return np.where(np.isinf(found), np.nan, np.maximum(found, opened))


def _active_hours(
    ticket: Ints,
    updated: Floats,
    states: NDArray[np.str_],
    hours: tuple[float, float],
    count: int,
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


def _notice_severity_changes(cells: _Cells, spans: _Spans) -> None:
    column = cells.columns.fields.get("severity")
    if column is None:
        return
    codes = column.codes[spans.order]
    changes = (np.diff(codes) != 0) & (np.diff(spans.ticket) == 0)
    tickets = np.unique(spans.ticket[1:][changes])
    cells.quality.note(
        NOTICED,
        "tickets whose severity changed; the last one counts",
        cells.columns.rows[spans.first[tickets]],
    )


def _notice(columns: Columns, quality: Quality) -> None:
    """Note what is true of the file as a whole."""
    total = max(len(columns), 1)
    empty = [name for name, count in columns.missing.items() if count == total]
    some = ", ".join(empty[:5]) + (", …" if len(empty) > 5 else "")
    quality.note(NOTICED, f"columns that hold nothing: {some}", count=len(empty))
    of_use = set(columns.source.values())
    for name, count in columns.missing.items():
        if 0 < count < total and ("updated" in columns.fields or name in of_use):
            share = f"{count / total:.1%}"
            quality.note(NOTICED, f"{name}: cells without a value, {share} of them", count=count)
    for name, column in columns.fields.items():
        risky = np.array(
            [v[:1] in ("=", "@", "+", "-") and not _is_number(v) for v in column.values]
        )
        found = column.spread(risky, False).astype(bool)
        text = f"{columns.source[name]}: cells that begin like a formula; read as text"
        quality.note(NOTICED, text, columns.rows[found])
    contact = columns.fields.get("contact")
    if contact is not None and len(contact):
        top = np.bincount(contact.codes[contact.codes >= 0], minlength=1)
        share = top.max() / len(contact)
        if share >= 0.8:
            quality.note(
                NOTICED,
                f"rows reported by {contact.values[int(top.argmax())]} ({share:.0%}): "
                "nearer to a help desk than to production support of a development team",
                count=int(top.max()),
            )


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _checked(frame: pd.DataFrame, cells: _Cells, quality: Quality) -> pd.DataFrame:
    """Return only tickets with an opening, and with times in an order that can be."""
    pulls = cells.of_type(PULL_REQUEST)
    if pulls.any():
        gone = np.isin(frame["row"], cells.columns.rows[pulls])
        quality.note(DROPPED, "pull requests: they are no issues", frame["row"][gone])
        frame = frame[~gone]
    column = cells.columns.fields.get("opened")
    empty = frame["opened"].isna().to_numpy()
    if column is not None:
        blank = empty & np.isin(frame["row"], cells.columns.rows[column.codes < 0])
        quality.note(DROPPED, "tickets without a time of opening", frame["row"][blank])
    frame = frame[~empty].copy()
    if cells.say.until is not None:
        later = (frame["opened"] > cells.say.until).to_numpy()
        quality.note(
            NOTICED,
            "tickets opened after the moment asked about: left aside",
            count=int(later.sum()),
        )
        frame = frame[~later].copy()
    for name in ("resolved", "responded"):
        early = (frame[name] < frame["opened"]).to_numpy()
        quality.note(REPAIRED, f"{name} before it opened: taken as unknown", frame["row"][early])
        frame.loc[early, name] = np.nan
    groups = cells.say.groups
    if groups:
        kept = frame["group"].isin(groups).to_numpy()
        quality.note(
            NOTICED, "tickets of other groups, left aside as asked", count=int((~kept).sum())
        )
        frame = frame[kept]
    _notice_times(frame, cells, quality)
    unknown = frame["severity"] == 0
    if unknown.any() and not unknown.all():
        usual = int(frame.loc[~unknown, "severity"].mode().iloc[0])
        quality.note(
            REPAIRED,
            f"tickets without a severity: counted as {usual}, the most frequent",
            frame["row"][unknown],
        )
        frame.loc[unknown, "severity"] = usual
    elif unknown.any():
        quality.note(
            NOTICED, "tickets without a severity: all counted as 3", count=int(unknown.sum())
        )
        frame["severity"] = 3
    stories = int(frame["story"].sum())
    quality.note(READ, "incidents", count=len(frame) - stories)
    quality.note(READ, "stories", count=stories)
    return frame.sort_values("opened", kind="stable").reset_index(drop=True)


def _notice_times(frame: pd.DataFrame, cells: _Cells, quality: Quality) -> None:
    opened = frame["opened"].to_numpy()
    if len(opened) >= 20 and not (opened % 60).any():
        quality.note(NOTICED, "openings are to the minute", count=len(opened))
    gap = (frame["closed"] - frame["resolved"]).to_numpy() / DAY
    known = gap[~np.isnan(gap)]
    if len(known) >= 20 and np.median(known) > 1:
        middle = float(np.median(known))
        usual = int((np.abs(known - middle) < 0.1 * middle).sum())
        if usual >= len(known) / 2:
            quality.note(
                NOTICED,
                f"tickets closed about {middle:.1f} days after their resolution: closing is "
                "automatic and no measure of work",
                count=usual,
            )
    if "updated" in cells.columns.fields and frame["resolved"].notna().sum() >= 20:
        quality.note(
            NOTICED,
            "tickets whose resolution stands in all their rows: written afterwards, unknown at the time",
            count=int(frame["resolved"].notna().sum()),
        )
    still = int(frame["resolved"].isna().sum())
    quality.note(NOTICED, "tickets without a resolution: still open, or not recorded", count=still)
