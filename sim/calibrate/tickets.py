"""One tidy table of tickets, whatever they were exported from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from sim.arrays import Bools, Floats
from sim.calibrate import audit_log, known_then, unusual
from sim.calibrate.cells import EFFORTS, Cells, words
from sim.calibrate.columns import Columns
from sim.calibrate.corrections import Corrections
from sim.calibrate.exports.form import Form
from sim.calibrate.not_done import counted
from sim.calibrate.row_limits import tell_of_limits
from sim.calibrate.ticket_rows import Rows, project_in
from sim.calibrate.work_types import AROUND, INCIDENT, NO_WORK, PART, PLANNED, UNKNOWN_TYPE, Words
from sim.files.quality import ASSUMED, DROPPED, NOTICED, READ, REPAIRED, Quality
from sim.sampling.calendars import DAY, HOUR


@dataclass(frozen=True, eq=False)
class Tickets:
    """A table of N tickets, a row each, in the order they were opened.

    Columns: number, project, opened, responded, resolved (seconds since 1970 local, NaN unknown), timed and
    ends_timed (whether opened and resolved have a time of day), severity (1 to 5), category, group, person,
    link (text, empty unknown), effort_hours, active_hours (working hours in active states), reassigned,
    reopened, points (NaN unknown), sprint, work (of `work_types`), story (planned), state (its last; empty
    unknown), open, begun (1 or 0; NaN unknown).
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
    is_log: bool = False
    """Whether it is an audit log, with a row for each change."""
    numbered: bool = True
    """Whether tickets have numbers of their own, not those of their rows."""
    zoned: bool = False
    """Whether any opening says its zone."""
    order: str = ""
    """"day first" or "month first" where its dates leave a choice."""
    vocabulary: frozenset[str] = frozenset()
    """The types, states, resolutions and severities in it, in lower case."""
    all_groups: frozenset[str] = frozenset()
    """The groups in it, those left aside among them."""

    @property
    def incidents(self) -> pd.DataFrame:
        """The rows that are incidents, not planned work."""
        return self.table[~self.table["story"]] if self.table["story"].any() else self.table

    @property
    def stories(self) -> pd.DataFrame:
        """The rows that are planned work."""
        return self.table[self.table["story"]]


def tidy(columns: Columns, form: Form, say: Corrections, quality: Quality) -> Tickets:
    """Understand the columns of an export; everything left out or mended is counted.

    Raises:
        ScenarioError: where more than a few per cent of its moments cannot be read.
    """
    whole = Cells(columns, form, say, quality)
    rows = Rows(whole)
    cells = whole
    if rows.is_log and (kept := known_then.written_by(whole.moments("updated"), say.until, columns.rows, quality)) is not None:  # fmt: skip
        cells = whole.take(kept)
        rows = Rows(cells, is_log=True)
    unusual.tell_of_file(columns, rows.is_log, quality)
    tell_of_limits(len(columns), not columns.delimiter, quality)
    frame = _table(cells, rows)
    ends = known_then.forget_what_came_later(frame, say.until)
    if rows.is_log:
        audit_log.read_history(frame, cells, rows)
    else:
        what = "a number again: the last row of it is kept"
        quality.note(DROPPED, what, cells.columns.rows[rows.again()])
    last = max(whole.last, cells.last)
    past = say.until is not None and say.until < last
    states = cells.states()[rows.last]
    tells_open = known_then.read_state(frame, ends, states, rows.is_log, past, columns.fields)
    _untell_hours(frame, cells, rows)
    groups = frozenset(frame["group"].unique()) - {""}
    frame = _checked(frame, cells, rows, quality)
    return Tickets(
        table=frame,
        sources=dict(columns.source),
        first=min(whole.first, cells.first),
        last=last,
        tells_open=tells_open,
        is_log=rows.is_log,
        numbered=rows.numbered,
        zoned=bool(np.isfinite(whole.offsets("opened")).any()),
        order=whole.parsed("opened").order,
        vocabulary=whole.vocabulary(),
        all_groups=groups,
    )


def _table(cells: Cells, rows: Rows) -> pd.DataFrame:
    """Return a row for each ticket, as its rows say."""
    columns = cells.columns
    # An audit log opens with its first row; of a list with a number twice, the last row counts.
    opening = rows.first if rows.is_log else rows.last
    frame = pd.DataFrame({"row": columns.rows[opening]})
    number = cells.column("number") if rows.numbered else None
    frame["number"] = words(number, rows.last) if number else frame["row"].astype(str)
    cells.forget_texts("number")
    frame["opened"] = cells.moments("opened")[opening]
    cells.forget_texts("opened")
    frame["offset"] = cells.offsets("opened")[opening]
    frame["timed"] = cells.timed("opened")[opening]
    for name in ("resolved", "closed"):
        frame[name] = cells.moments(name)[rows.last]
    frame["responded"] = cells.moments("responded")[opening]
    cells.moments("updated")
    cells.forget_texts("resolved", "closed", "responded", "updated")
    frame["ends_timed"] = cells.timed("resolved")[rows.last]
    for name, what, at in (
        ("responded", "response", opening),
        ("resolved", "resolution", rows.last),
    ):
        after = frame["opened"] + cells.after_opening(what)[at]
        if name == "resolved":
            frame["ends_timed"] |= frame[name].isna() & after.notna()
        frame[name] = frame[name].fillna(after)
    frame["severity"] = cells.severity()[rows.last_filled("severity")]
    for name in ("category", "group", "person", "sprint", "link", "project"):
        frame[name] = words(cells.column(name), rows.last_filled(name))
    for name in ("group", "project"):
        frame[name] = frame[name].map(_short)
    for name in ("reassigned", "reopened", "points"):
        frame[name] = cells.numbers(name)[rows.last]
    frame["effort_hours"] = cells.effort()[rows.last]
    cells.forget_texts(*EFFORTS)
    frame["active_hours"] = np.nan
    work = _without_type(cells.works()[rows.last], cells)
    frame["work"] = pd.Categorical(work)
    frame["type"] = words(cells.column("type"), rows.last)
    frame["story"] = np.any([work == planned for planned in PLANNED], axis=0).astype(bool)
    return frame


def _short(text: str) -> str:
    """Return the project of an address; and of a path of areas or teams, the path as it stands."""
    return project_in(text) if "/" in text else text


def _without_type(work: Words, cells: Cells) -> Words:
    """Return what each ticket is, those of an unknown type as the format takes them."""
    told = cells.form.untold if (work == INCIDENT).any() else INCIDENT
    return np.where(work == UNKNOWN_TYPE, told, work).astype(object)


def _untell_hours(frame: pd.DataFrame, cells: Cells, rows: Rows) -> None:
    """Put what is known by the day alone where it does least harm: openings spread over the working hours of
    their day, ends at closing time; an answer without a time of day says nothing in hours."""
    opens, closes = (hour * HOUR for hour in cells.say.hours)
    by_day = ~frame["timed"].to_numpy() & frame["opened"].notna().to_numpy()
    if by_day.any():
        day = np.floor(frame["opened"].to_numpy()[by_day] / DAY)
        place = pd.Series(day).groupby(day).cumcount().to_numpy()
        of = pd.Series(day).groupby(day).transform("size").to_numpy()
        frame.loc[by_day, "opened"] = day * DAY + opens + (place + 0.5) / of * (closes - opens)
    ended_by_day = frame["resolved"].notna().to_numpy() & ~frame["ends_timed"].to_numpy()
    if not rows.is_log and "resolved" in cells.columns.fields and ended_by_day.any():
        end = np.floor(frame["resolved"].to_numpy() / DAY) * DAY + closes
        same = np.floor(frame["opened"].to_numpy() / DAY) == np.floor(
            frame["resolved"].to_numpy() / DAY
        )
        end = np.where(same, np.maximum(end, frame["opened"].to_numpy()), end)
        frame["resolved"] = frame["resolved"].where(~ended_by_day, end)
        cells.quality.note(
            ASSUMED,
            f"{cells.columns.source['resolved']}: days only, no time of day; no hours are taken from them",
            count=int(ended_by_day.sum()),
        )
    answered = cells.timed("responded")[rows.first if rows.is_log else rows.last]
    if "responded" in cells.columns.fields and not rows.is_log:
        by_day |= frame["responded"].notna().to_numpy() & ~answered
    wrong = by_day & frame["responded"].notna().to_numpy()
    cells.quality.note(
        ASSUMED,
        "first answers known by the day alone: no hours are taken from them",
        count=int(wrong.sum()),
    )
    frame["responded"] = frame["responded"].where(~by_day)


def _checked(frame: pd.DataFrame, cells: Cells, rows: Rows, quality: Quality) -> pd.DataFrame:
    """Return only tickets with an opening that were worked on, and with times in an order that can be."""
    frame = _worked_on(frame, cells, rows, quality)
    column = cells.column("opened")
    empty = frame["opened"].isna().to_numpy()
    if column is not None:
        blank = empty & np.isin(frame["row"], cells.columns.rows[column.codes < 0])
        quality.note(DROPPED, "tickets without a time of opening", frame["row"][blank])
    frame = frame[~empty].copy() if empty.any() else frame
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
    unusual.tell_of_times(frame, cells, rows.is_log)
    frame = _with_severities(frame, quality)
    _tell_what_was_read(frame, quality)
    return _in_order(frame)


def _in_order(frame: pd.DataFrame) -> pd.DataFrame:
    """Return tickets in the order they were opened; column by column, since a million are large twice."""
    if frame["opened"].is_monotonic_increasing:
        return frame.reset_index(drop=True)
    order = np.argsort(frame["opened"].to_numpy(), kind="stable")
    names = list(frame.columns)
    return pd.DataFrame({name: frame.pop(name).array.take(order) for name in names}, copy=False)


def _worked_on(frame: pd.DataFrame, cells: Cells, rows: Rows, quality: Quality) -> pd.DataFrame:
    """Return the tickets without those that are no work, and without those that were closed undone."""
    none = (frame["work"] == NO_WORK).to_numpy()
    pulls = none & (frame["type"].astype(str).str.casefold() == "pull request").to_numpy()
    quality.note(DROPPED, "pull requests: they are no issues", frame["row"][pulls])
    others = counted(frame["type"].astype(str)[none & ~pulls].tolist())
    quality.note(
        DROPPED, f"types that are no work of their own: {others}", frame["row"][none & ~pulls]
    )
    undone, _ = cells.not_done()
    undone = undone[rows.last] & ~none
    says = cells.take(rows.last[undone]).not_done()[1] if undone.any() else ""
    quality.note(
        DROPPED,
        f"closed without being done ({says}): neither incidents nor points are counted for them; "
        "--map WORD=resolved keeps those of a word",
        frame["row"][undone],
    )
    return frame[~none & ~undone] if (none | undone).any() else frame


def _with_severities(frame: pd.DataFrame, quality: Quality) -> pd.DataFrame:
    unknown = frame["severity"] == 0
    if unknown.any() and not unknown.all():
        usual = int(frame.loc[~unknown, "severity"].mode().iloc[0])
        quality.note(
            REPAIRED,
            f"tickets without a severity: counted as {usual}, the most frequent",
            frame["row"][unknown],
        )
        frame = frame.assign(severity=frame["severity"].where(~unknown, usual))
    elif unknown.any():
        quality.note(
            ASSUMED, "tickets without a severity: all counted as 3", count=int(unknown.sum())
        )
        frame = frame.assign(severity=3)
    return frame


def _tell_what_was_read(frame: pd.DataFrame, quality: Quality) -> None:
    """Note how many incidents and stories there are, and of which types, so that a wrong guess is seen."""
    for what, chosen in (("incidents", ~frame["story"]), ("stories", frame["story"])):
        part = frame[chosen]
        kinds = [kind for kind in part["type"].astype(str).tolist() if kind]
        quality.note(READ, f"{what} ({counted(kinds)})" if kinds else what, count=len(part))
    around = frame[frame["work"] == AROUND]
    quality.note(
        NOTICED,
        f"{counted(around['type'].astype(str).tolist())} hold others: their points and hours are not counted again",
        count=len(around),
    )
    parts = frame[frame["work"] == PART]
    quality.note(
        NOTICED,
        f"{counted(parts['type'].astype(str).tolist())} are parts of others: no stories of their own",
        count=len(parts),
    )


def in_hours(frame: pd.DataFrame, until: str) -> Floats:
    """Return the hours (N,) from opening until another moment; NaN where either is known by the day alone."""
    known: Bools = frame["timed"].to_numpy(dtype=bool)
    if until == "resolved":
        known = known & frame["ends_timed"].to_numpy(dtype=bool)
    elapsed = (frame[until] - frame["opened"]).to_numpy(dtype=np.float64) / HOUR
    return np.where(known, elapsed, np.nan)
