"""Which rows of an export belong to one ticket, and in what order they were written.

The order of the rows in a file says nothing: a file may be sorted by anything, or by nothing. Rows of a ticket
are put in order by what stands in them.
"""

from __future__ import annotations

import re

import numpy as np

from sim.arrays import Bools, Floats, Ints
from sim.calibrate.cells import Cells
from sim.calibrate.ticket_states import NEW
from sim.files.quality import NOTICED
from sim.sampling.calendars import HOUR, MINUTE

LOGGED = 0.5
"""Share of tickets that have several rows from which a file is an audit log; one row that stands there twice
makes none."""

NUMBERS, FEW = 0.3, 20
"""Share of rows that have a number of their own, below which these are no numbers; and rows from which it is told."""

_PATH = re.compile(
    r"^(?:https?://[^/]+/)?(?:api/v\d+/|repos/)?(.*?)/?(?:/-)?/(?:issues|work_items|merge_requests|pull)/\d+.*$"
)
_HOST = re.compile(r"^https?://[^/]+/(?:repos/)?")


def project_in(text: str) -> str:
    """Return the project or repository that an address of an issue, or of the project, names."""
    found = _PATH.match(text)
    return found[1].strip("/") if found and found[1] else _HOST.sub("", text)


class Rows:
    """The rows of each of N tickets; R rows in all."""

    def __init__(self, cells: Cells, is_log: bool | None = None) -> None:
        codes = _codes(cells)
        self.is_log = _is_audit_log(cells, codes) if is_log is None else is_log
        count = len(codes)
        self.numbered = cells.column("number") is not None
        """Whether tickets have numbers of their own, not those of their rows."""
        if self.numbered and not self.is_log and _are_words(codes):
            codes, self.numbered = np.arange(count), False
            title = cells.columns.source["number"]
            text = f"{title}: the same words again and again, no numbers of tickets; each row counts as one"
            cells.quality.note(NOTICED, text, count=count)
        alone = len(np.unique(codes)) == count
        if not self.is_log and not alone:
            codes = _apart(cells, codes)
        self.order: Ints = (
            np.argsort(codes) if alone else np.lexsort((*_written(cells, self.is_log), codes))
        )
        """(R,) rows by ticket, and within it as they were written."""
        ordered = codes[self.order]
        begins = np.flatnonzero(np.diff(ordered, prepend=-9) != 0)
        self.begins, self.ends = begins, np.append(begins[1:], count) - 1
        self.ticket = np.repeat(np.arange(len(begins)), self.ends - begins + 1) if count else begins
        """(R,) the ticket of each row in that order."""
        self.first: Ints = self.order[self.begins]
        """(N,) the row of each ticket that was written first."""
        self.last: Ints = self.order[self.ends]
        self.several = count > len(begins)
        """Whether any ticket has several rows."""
        self._cells = cells

    def last_filled(self, name: str) -> Ints:
        """Return the row of each ticket that last says something; its last where none does."""
        column = self._cells.column(name)
        if column is None or not self.several:
            return self.last
        place = np.where(column.codes[self.order] >= 0, np.arange(len(self.order)), -1)
        latest = np.maximum.accumulate(place)[self.ends]
        return np.asarray(self.order[np.where(latest >= self.begins, latest, self.ends)])

    def again(self) -> Ints:
        """Return the rows that are not the last of their ticket, in the order of the file."""
        return np.setdiff1d(np.arange(len(self.order)), self.last)


def _are_words(codes: Ints) -> bool:
    return len(codes) >= FEW and len(np.unique(codes)) < NUMBERS * len(codes)


def _codes(cells: Cells) -> Ints:
    """Return a number for each ticket (R,): its own number, within its project where there are several."""
    number, count = cells.column("number"), len(cells.columns)
    codes = number.codes.astype(np.int64) if number else np.arange(count)
    project = cells.column("project")
    if number is not None and project is not None:
        names = [project_in(value) for value in project.values]
        place = {name: n for n, name in enumerate(dict.fromkeys(names))}
        within = np.asarray(project.sure([place[name] for name in names], -1), dtype=np.int64) + 1
        codes = np.where(codes >= 0, codes * (len(place) + 1) + within, codes)
    # A row without a number is a ticket of its own.
    return np.where(codes < 0, codes.max(initial=0) + 1 + np.arange(count), codes)


def _is_audit_log(cells: Cells, codes: Ints) -> bool:
    """Return whether a file has a row for each change: most tickets have rows of several moments, and the
    first of them is that of their opening."""
    if cells.column("updated") is None or not len(codes):
        return False
    ticket = np.unique(codes, return_inverse=True)[1]
    if ticket.max() + 1 > len(codes) * (1 - LOGGED / 2):
        return False
    updated = cells.moments("updated")
    count = int(ticket.max()) + 1
    low, high = np.full(count, np.inf), np.full(count, -np.inf)
    np.fmin.at(low, ticket, updated)
    np.fmax.at(high, ticket, updated)
    several = high > low
    if several.mean() < LOGGED:
        return False
    fresh = (updated <= cells.moments("opened") + HOUR) | (cells.states() == NEW)
    begun = np.zeros(count, dtype=bool)
    begun[ticket[fresh & (updated == low[ticket])]] = True
    return bool(begun[several].mean() >= LOGGED)


def _apart(cells: Cells, codes: Ints) -> Ints:
    """Return the codes with equal numbers kept apart that are of different groups and openings: two systems
    or projects count from 1."""
    group = cells.column("group")
    if group is None or cells.column("number") is None:
        return codes
    opened = np.floor(cells.moments("opened") / MINUTE)
    ticket = np.unique(codes, return_inverse=True)[1]
    differs = _differs(ticket, opened) & _differs(ticket, group.codes.astype(np.float64))
    apart = codes * (len(group.values) + 2) + np.where(differs[ticket], group.codes + 2, 0)
    return np.asarray(apart, dtype=np.int64)


def _differs(ticket: Ints, values: Floats) -> Bools:
    """Return for each ticket whether its rows differ in a value; unknown ones do not count."""
    count = int(ticket.max(initial=-1)) + 1
    low, high = np.full(count, np.inf), np.full(count, -np.inf)
    np.fmin.at(low, ticket, values)
    np.fmax.at(high, ticket, values)
    return np.asarray(high > low)


def _written(cells: Cells, is_log: bool) -> tuple[Floats | Ints, ...]:
    """Return what puts the rows of a ticket in order, the least important first: of a log the moment they
    were written, of a list what they know; then whatever else stands in them."""
    ties = tuple(cells.ranks(name) for name in ("person", "group", "category", "severity"))
    opened = np.nan_to_num(cells.moments("opened"), nan=-1.0)
    written = np.nan_to_num(cells.moments("updated"), nan=-1.0)
    ended = np.nan_to_num(cells.moments("resolved"), nan=-1.0)
    if is_log:
        return (
            *ties,
            cells.state_ranks(),
            np.nan_to_num(cells.numbers("change"), nan=-1.0),
            written,
        )
    return (*ties, opened, cells.state_ranks(), ended, written)
