"""The fields of an export, row by row, understood; whatever is not is counted."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import pandas as pd

from sim.arrays import Bools, Floats, Ints
from sim.calibrate import amounts, dates
from sim.calibrate.amounts import Amounts
from sim.calibrate.columns import MISSING, Column, Columns
from sim.calibrate.corrections import Corrections
from sim.calibrate.dates import Parsed
from sim.calibrate.exports.form import Form
from sim.calibrate.exports.issue_labels import severity_in
from sim.calibrate.exports.pagerduty import first_at, summary
from sim.calibrate.headings import plain
from sim.calibrate.not_done import counted, is_not_done
from sim.calibrate.scales import read_scale
from sim.calibrate.ticket_states import STATES, UNKNOWN, state
from sim.calibrate.work_types import UNKNOWN_TYPE, Words, told_by_others, work_of
from sim.files.delimited import refuse
from sim.files.quality import ASSUMED, DROPPED, NOTICED, REPAIRED, Quality
from sim.sampling.calendars import HOUR

MAX_UNREAD = 0.05
"""Share of the rows whose moments cannot be read from which an export is refused: it is not understood."""

MAX_EFFORT = 10_000.0
"""Hours on one ticket beyond which a cell holds something else."""

MOMENTS = ("opened", "resolved", "closed", "responded", "updated")

EFFORTS = {
    "effort_hours": "hours", "effort_seconds": "seconds", "effort_minutes": "minutes", "effort_days": "days",
    "effort_any": "",
}  # fmt: skip
"""Field of effort: the unit of its plain numbers; empty where the cells must tell."""

_UTC = re.compile(r"\b(?:utc|gmt)\b")


class Cells:
    """The fields of an export, N rows of them, understood."""

    def __init__(self, columns: Columns, form: Form, say: Corrections, quality: Quality) -> None:
        self.columns, self.form, self.say, self.quality = columns, form, say, quality
        self.first, self.last = np.inf, -np.inf
        """When the first ticket opened, and when the last thing happened, of all that was asked for."""
        self._parsed: dict[str, Parsed] = {}
        self._told: set[str] = set()

    def column(self, name: str) -> Column | None:
        """Return the column of a field; None where the export has none."""
        return self.columns.fields.get(name)

    def take(self, rows: Ints) -> Cells:
        """Return the same cells of some rows."""
        some = Cells(self.columns.take(rows), self.form, self.say, self.quality)
        some._parsed, some._told = self._parsed, self._told  # the values are the same
        return some

    def forget_texts(self, *names: str) -> None:
        """Let go of the cells of fields that are understood and of which nothing more is asked: of a million
        rows they are most of the memory."""
        for name in names:
            column = self.column(name)
            if column is not None:
                column.values.clear()

    def parsed(self, name: str) -> Parsed:
        """Return the distinct moments of a field as they stand there."""
        if name not in self._parsed:
            found = self._read(name, self.say.order)
            if found.guessed and (order := self._order_elsewhere(name)):
                found = self._read(name, order)
            self._parsed[name] = found
        return self._parsed[name]

    def _read(self, name: str, order: str | None) -> Parsed:
        column = self.columns.fields[name]
        texts = [first_at(v) for v in column.values] if name == "responded" else column.values
        found = dates.parse(texts, order)
        if _UTC.search(plain(self.columns.source[name])):
            found.offset[np.isnan(found.offset)] = 0.0
        return found

    def _order_elsewhere(self, name: str) -> str | None:
        """Return the order of day and month that another column of moments decides."""
        for other in MOMENTS:
            if other != name and self.column(other):
                found = self._parsed.get(other) or self._read(other, None)
                if found.order and not found.guessed:
                    return found.order
        return None

    def moments(self, name: str) -> Floats:
        """Return seconds (N,) by the clock of those who opened the ticket; NaN where missing or impossible,
        which is counted."""
        column = self.column(name)
        if column is None:
            return np.full(len(self.columns), np.nan)
        found = self.parsed(name)
        self._tell_unread(name, column, found)
        local = self._spread(column, dates.on_the_clock(found, self.say.zone))
        if name != "opened" and self.say.zone is None:
            # One ticket has one clock: that of its opening.
            here, there = self.offsets("opened"), self._spread(column, found.offset)
            shift = here - there
            local = local + np.where(np.isnan(shift), 0.0, shift)
        self.last = float(np.fmax.reduce(local, initial=self.last))
        if name == "opened":
            self.first = float(np.fmin.reduce(local, initial=self.first))
        return local

    def _spread(self, column: Column, per_value: Floats) -> Floats:
        return np.asarray(column.spread(per_value, np.nan), dtype=np.float64)

    def offsets(self, name: str) -> Floats:
        """Return (N,) how many seconds the clock of a field is ahead of UTC; NaN where nothing says."""
        column = self.column(name)
        if column is None:
            return np.full(len(self.columns), np.nan)
        return self._spread(column, self.parsed(name).offset)

    def timed(self, name: str) -> Bools:
        """Return (N,) whether a moment has a time of day; none has in a column that tells days only."""
        column = self.column(name)
        if column is None:
            return np.zeros(len(self.columns), dtype=bool)
        found = self.parsed(name)
        if dates.tells_days_only(found):
            return np.zeros(len(self.columns), dtype=bool)
        return np.asarray(column.spread(found.timed, False), dtype=bool)

    def _tell_unread(self, name: str, column: Column, found: Parsed) -> None:
        """Count the cells that are no moments, once.

        Raises:
            ScenarioError: where they are more than a few per cent.
        """
        if name in self._told:
            return
        self._told.add(name)
        title = self.columns.source[name]
        if found.guessed:
            self.quality.note(
                ASSUMED,
                f"{title}: nothing tells day from month; read day first (--map dates=month-first)",
                count=len(column),
            )
        texts = [first_at(v) for v in column.values] if name == "responded" else column.values
        nonsense = np.array([t.lower() not in MISSING for t in texts], dtype=bool)
        nonsense &= np.isnan(found.seconds)
        wrong = np.asarray(column.spread(nonsense, False), dtype=bool)
        odd = [t for t, is_odd in zip(texts, nonsense, strict=True) if is_odd and t]
        # Words such as "open" in place of an end are no dates in a form that is not known.
        like_dates = sum(sum(ch.isdigit() for ch in t) >= 3 for t in odd) >= len(odd) / 2
        too_many = wrong.sum() >= 2 and wrong.sum() > MAX_UNREAD * len(column)
        if too_many and (name == "opened" or like_dates):
            shown = ", ".join(repr(t[:40]) for t in odd[:3])
            refuse(
                self.quality.source,
                f"{title}: {wrong.sum():,} of {len(column):,} cells are no moments that can be read, such as "
                f"{shown[:90]}; another column is named with --columns {name}=…",
            )
        what = DROPPED if name == "opened" else REPAIRED
        after = "" if name == "opened" else "; taken as unknown"
        self.quality.note(what, f"{title}: not a moment{after}", self.columns.rows[wrong])

    def severity(self) -> Ints:
        """Return severities (N,), 1 to 5; 0 unknown."""
        name = "severity" if self.column("severity") else "labels"
        column = self.column(name)
        if column is None:
            return np.zeros(len(self.columns), dtype=np.int64)
        title = self.columns.source[name]
        labelled = name == "labels"
        texts = [severity_in(v) if labelled else v for v in column.values]
        texts = ["" if text.casefold() in self.form.no_severity else text for text in texts]
        scale = read_scale(texts, self.say.values, title, self.form.upwards)
        if scale.from_zero:
            self.quality.note(
                NOTICED, "severities begin at 0; all counted one up", count=len(column)
            )
        if scale.upwards:
            text = f"{title}: larger numbers are worse here, by the words beside them or the format"
            self.quality.note(NOTICED, text, count=len(column))
        known = np.array(scale.severities, dtype=np.int64)
        said = np.array([bool(text) for text in texts], dtype=bool)
        unread = np.asarray(column.spread((known < 1) & said, False), dtype=bool)
        words = sorted({v for v, s in zip(texts, known, strict=True) if s < 1} - {""})
        text = ", ".join(repr(word[:20]) for word in words[:4])
        self.quality.note(
            NOTICED,
            f"{title}: no severity in {text}; say it with --map VALUE=1…5",
            self.columns.rows[unread],
        )
        return np.maximum(column.spread(known, 0).astype(np.int64), 0)

    def numbers(self, name: str) -> Floats:
        """Return the cells of a field as numbers (N,); NaN where it is missing."""
        column = self.column(name)
        if column is None:
            return np.full(len(self.columns), np.nan)
        found = amounts.numbers(column.values, self.columns.delimiter)
        self._tell_amounts(name, column, found)
        return self._spread(column, found.values)

    def hours(self, name: str, unit: str, day_hours: float) -> Floats:
        """Return the durations of a field in hours (N,); NaN where it is missing or a cell is none."""
        column = self.column(name)
        if column is None:
            return np.full(len(self.columns), np.nan)
        found = amounts.hours(column.values, unit, self.columns.delimiter, day_hours)
        self._tell_amounts(name, column, found)
        return self._spread(column, found.values)

    def _tell_amounts(self, name: str, column: Column, found: Amounts) -> None:
        title = self.columns.source[name]
        if found.guessed:
            sense = "a decimal sign" if found.decimal == self._mark(column) else "thousands"
            text = f"{title}: nothing tells what {self._mark(column)!r} before three digits is; taken as {sense}"
            self.quality.note(ASSUMED, text, count=len(column))
        odd = np.array([v.lower() not in MISSING for v in column.values], dtype=bool) & np.isnan(
            found.values
        )
        wrong = np.asarray(column.spread(odd, False), dtype=bool)
        words = [v[:20] for v, is_odd in zip(column.values, odd, strict=True) if is_odd]
        self.quality.note(
            REPAIRED,
            f"{title}: no number in {', '.join(map(repr, words[:3]))}; taken as unknown",
            self.columns.rows[wrong],
        )

    @staticmethod
    def _mark(column: Column) -> str:
        return "," if any("," in value for value in column.values) else "."

    def effort(self) -> Floats:
        """Return hours (N,); NaN where unknown, none or impossible."""
        name = self._effort_field()
        if name is None:
            return np.full(len(self.columns), np.nan)
        title = self.columns.source[name]
        unit = EFFORTS[name]
        if name in ("effort_hours", "effort_any") and name not in self.say.columns:
            unit = amounts.unit_in(title) or unit
        hours = self.hours(name, unit, amounts.WORKDAY_HOURS) if unit else self._of_any_unit(name)
        wrong = (hours < 0) | (hours > MAX_EFFORT)
        self.quality.note(
            REPAIRED, f"{title}: impossible effort, taken as unknown", self.columns.rows[wrong]
        )
        return np.where((hours > 0) & ~wrong, hours, np.nan)

    def _effort_field(self) -> str | None:
        """Return the field that effort is read from: what the user names, else a column that holds something,
        the tracker's own before one whose name is like it; None where there is none."""

        def doubt(name: str) -> tuple[bool, bool, bool]:
            empty = not (self.columns.fields[name].codes >= 0).any()
            return name not in self.say.columns, empty, name not in self.form.columns

        return min((name for name in EFFORTS if self.column(name)), key=doubt, default=None)

    def _of_any_unit(self, name: str) -> Floats:
        """Return hours of a column whose heading does not name its unit, by the size of its numbers."""
        as_hours = self.hours(name, "hours", amounts.WORKDAY_HOURS)
        known = as_hours[as_hours > 0]
        middle = float(np.median(known)) if len(known) else 0.0
        unit = "hours" if middle <= 24 else "minutes" if middle <= 1_440 else "seconds"
        column = self.columns.fields[name]
        if amounts.hours(column.values, "hours", self.columns.delimiter).in_words < len(
            column.values
        ):
            title = self.columns.source[name]
            self.quality.note(ASSUMED, f"{title}: {unit}, by the size of its numbers (--columns effort_{unit}=… says it)", count=len(known))  # fmt: skip
        return as_hours if unit == "hours" else self.hours(name, unit, amounts.WORKDAY_HOURS)

    def after_opening(self, what: str) -> Floats:
        """Return seconds from opening to "response" or "resolution" (N,); NaN where no column tells."""
        for unit in ("seconds", "minutes", "hours"):
            name = f"{what}_{unit}"
            if self.column(name):
                heading = amounts.unit_in(self.columns.source[name]) if unit == "hours" else unit
                found = self.hours(name, heading or unit, 24.0) * HOUR
                return np.where(found >= 0, found, np.nan)
        return np.full(len(self.columns), np.nan)

    def works(self) -> Words:
        """Return what each row (N,) is by its type: of `work_types`."""
        column = self.column("type")
        kinds = (
            [work_of(v, self.form.types, self.say.values) for v in column.values] if column else []
        )
        by_type = self._shared(column, kinds, UNKNOWN_TYPE)
        if not {"subtask", "level", "points"} & self.columns.fields.keys():
            return by_type
        subtask = self.column("subtask")
        return told_by_others(
            by_type,
            subtask.text() if subtask else [""] * len(self.columns),
            self.numbers("level"),
            self.numbers("points") > 0,
        )

    def _shared(self, column: Column | None, per_value: Sequence[str], missing: str) -> Words:
        """Return one word per row (N,), from one per value; the rows share the few there are."""
        if column is None or not per_value:
            return np.full(len(self.columns), missing, dtype=object)
        each = np.empty(len(per_value), dtype=object)
        each[:] = per_value
        return np.asarray(column.spread(each, missing), dtype=object)

    def not_done(self) -> tuple[Bools, str]:
        """Return which rows (N,) were closed without being done, and the words that say so, counted."""
        found = np.zeros(len(self.columns), dtype=bool)
        words: list[str] = []
        for name in ("resolution", "status", "state"):
            column = self.column(name)
            if column is None:
                continue
            own = self.form.not_done
            says = [is_not_done(v, self.say.values) or v.casefold() in own for v in column.values]
            new = np.asarray(column.sure(says, False), dtype=bool) & ~found
            words += [column.values[code] for code in column.codes[new]]
            found |= new
        return found, counted(words)

    def states(self) -> Words:
        """Return the states (N,): NEW, ACTIVE, WAITING, DONE or UNKNOWN."""
        column = self.column("state")
        return self._shared(
            column, [state(v, self.say.values) for v in column.values] if column else [], UNKNOWN
        )

    def state_ranks(self) -> Ints:
        """Return the places (N,) of the states in the life of a ticket; -1 for one that is unknown."""
        column = self.column("state")
        if column is None:
            return np.full(len(self.columns), -1)
        order = {name: place for place, name in enumerate(STATES)}
        known = [order.get(state(v, self.say.values), -1) for v in column.values]
        return np.asarray(column.sure(known, -1), dtype=np.int64)

    def vocabulary(self) -> frozenset[str]:
        """Return the words that `--map` may say a meaning of, in lower case."""
        columns = map(self.column, ("type", "state", "status", "resolution", "severity", "labels"))
        return frozenset(v.casefold() for one in columns if one for v in one.values)

    def ranks(self, name: str) -> Ints:
        """Return the places (N,) of the cells in alphabetical order, so that no order of rows is needed."""
        column = self.column(name)
        if column is None:
            return np.zeros(len(self.columns), dtype=np.int64)
        places = np.argsort(np.argsort(np.array(column.values, dtype=object)))
        return np.asarray(column.spread(places.astype(np.int64), -1), dtype=np.int64)


def words(column: Column | None, rows: Ints) -> pd.Series:
    """Return cells as a categorical of words; names out of objects that were written into a
    cell."""
    if column is None:
        return pd.Series(pd.Categorical.from_codes([0] * len(rows), categories=pd.Index([""])))
    values, codes = column.values, column.codes[rows]
    if "" not in values and not any(value[0] in "{[" for value in values):
        return pd.Series(pd.Categorical.from_codes(codes + 1, categories=pd.Index(["", *values])))
    named = [summary(value) for value in values]
    kept = {word: i for i, word in enumerate(dict.fromkeys(["", *named]))}
    to = np.array([kept[word] for word in named] or [0], dtype=np.int64)
    return pd.Series(
        pd.Categorical.from_codes(
            np.where(codes >= 0, to[codes], 0), categories=pd.Index(list(kept))
        )
    )
