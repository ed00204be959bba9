"""A file is read in the format it has: told by what it holds, or as the user says."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from sim.calibrate import sprint_tables
from sim.calibrate.columns import Columns, Table, choose, from_table, seemingly_empty
from sim.calibrate.corrections import Corrections
from sim.calibrate.exports.azure import AZURE
from sim.calibrate.exports.form import FIELDS, Form
from sim.calibrate.exports.freshdesk import FRESHDESK
from sim.calibrate.exports.github import GITHUB
from sim.calibrate.exports.gitlab import GITLAB
from sim.calibrate.exports.incident_io import INCIDENT_IO
from sim.calibrate.exports.jira import JIRA
from sim.calibrate.exports.linear import LINEAR
from sim.calibrate.exports.opsgenie import OPSGENIE
from sim.calibrate.exports.otrs import OTRS
from sim.calibrate.exports.pagerduty import PAGERDUTY
from sim.calibrate.exports.servicenow import SERVICENOW
from sim.calibrate.exports.table import TABLE
from sim.calibrate.exports.zendesk import ZENDESK
from sim.calibrate.headings import HEADINGS, might_be, plain
from sim.calibrate.sprint_tables import SprintRecords, read_sprints
from sim.calibrate.tickets import Tickets, tidy
from sim.errors import nearest
from sim.files import nested
from sim.files.delimited import ExportTable, looks_like_json, read_json, refuse
from sim.files.nested import NestedTable
from sim.files.quality import UNREAD, Quality
from sim.files.workbook import WorkbookTable, looks_like_workbook

FORMATS: dict[str, Form] = {
    f.name: f
    for f in (
        SERVICENOW, JIRA, PAGERDUTY, GITHUB, AZURE, OPSGENIE, LINEAR, GITLAB, ZENDESK, FRESHDESK, INCIDENT_IO, OTRS,
        TABLE,
    )
}  # fmt: skip

SPRINTS = "sprints"
"""What `--format` calls sprint data, which is no list of tickets."""

KNOWN_FORMATS = (*FORMATS, SPRINTS)

OF_INTEREST = ("opened", "state", "severity", "number")
"""Fields of which a JSON document of no known tracker must have three to be read as a table."""


@dataclass(frozen=True, eq=False)
class Export:
    """One file that was read: tickets or sprints, what was found in it and what it cannot tell."""

    path: Path
    title: str
    quality: Quality
    tickets: Tickets | None = None
    sprints: SprintRecords | None = None
    cannot_tell: tuple[str, ...] = ()
    guesses: tuple[str, ...] = ()
    """What was taken for what: lines such as "opened: column 'Created'"."""
    header: tuple[str, ...] = ()
    """The names of its columns."""

    @property
    def read(self) -> Mapping[str, str]:
        """Field: the column it was read from."""
        source = self.tickets or self.sprints
        return source.sources if source else {}


def read_export(path: Path, format_: str | None, say: Corrections) -> Export:
    """Read a file.

    Args:
        path: CSV, JSON or an Excel workbook, gzip or not.
        format_: one of KNOWN_FORMATS; None to guess.
        say: what the user says over what would be guessed.

    Raises:
        ScenarioError: where nothing can be made of it, with the reason.
    """
    quality = Quality(str(path))
    table = _table(path, quality)
    names = {plain(name) for name in table.header}
    if format_ == SPRINTS or (format_ is None and sprint_tables.are_sprints(table.header)):
        sprints = read_sprints(path, table, say.columns, quality)
        return Export(
            path, "sprint data", quality, sprints=sprints, cannot_tell=sprint_tables.CANNOT_TELL,
            guesses=_guesses(sprints.sources), header=tuple(table.header),
        )  # fmt: skip
    form = FORMATS[format_] if format_ else _guessed(path, table, names)
    if isinstance(table, NestedTable) and form.more:
        table.add(map(form.more, table.records))
    return _of_form(path, form, _columns(path, table, form, say, quality), say, quality)


def _table(path: Path, quality: Quality) -> Table:
    """Return the rows of a file, whatever it is."""
    if looks_like_workbook(path):
        return WorkbookTable(path, quality)
    if not looks_like_json(path):
        return ExportTable(path, quality)
    found = nested.entries(read_json(path))
    if not found:
        refuse(str(path), NO_TICKETS)
    return NestedTable(path, found)


NO_TICKETS = (
    "is JSON, but holds no Jira or GitHub issues, no PagerDuty incidents, and no entries of another tracker; "
    "expected a list of tickets, each with the moment it was opened"
)


def _guessed(path: Path, table: Table, names: Collection[str]) -> Form:
    """Return the format that has the most of its own columns there, of those whose marks are there."""
    known = set(names)
    found = [
        (len(choose(table.header, form.columns, {})), -place, form)
        for place, form in enumerate(FORMATS.values())
        if any(known.issuperset(mark) for mark in form.marks)
        and not known.isdisjoint((*form.columns["opened"], *HEADINGS["opened"]))
    ]
    if found:
        return max(found, key=lambda one: one[:2])[2]
    if isinstance(table, NestedTable):
        there = choose(table.header, {}, {}, HEADINGS)
        if sum(name in there for name in OF_INTEREST) < 3 or "opened" not in there:
            refuse(str(path), NO_TICKETS)
    return TABLE


def _columns(path: Path, table: Table, form: Form, say: Corrections, quality: Quality) -> Columns:
    general = {name: () if name in form.foreign else HEADINGS.get(name, ()) for name in FIELDS}
    chosen = choose(table.header, form.columns, say.columns, general, seemingly_empty(table))
    if "opened" not in chosen:
        missed = say.columns.get("opened")
        if missed is not None:
            refuse(str(path), f"has no column {missed!r}{nearest(missed, table.header)}")
        shown = ", ".join(repr(name) for name in table.header[:12])
        refuse(
            str(path),
            f"no column is known to hold when a ticket was opened (read as {form.title}; --format says otherwise); "
            f"name it with --columns opened=…; the columns are {shown[:400]}",
        )
    columns = from_table(table, chosen, quality)
    _tell_unread(columns, quality)
    return columns


def _tell_unread(columns: Columns, quality: Quality) -> None:
    """Note the columns that are not read, those first that may hold something wanted."""
    read = set(columns.fields)
    maybe = {
        name: field for name in columns.unread if (field := might_be(name)) and field not in read
    }
    for name, field in list(maybe.items())[:SHOWN]:
        shown = name if "=" not in name and "," not in name else "…"
        quality.note(
            UNREAD,
            f"{name!r} may hold {FIELDS[field]}: --columns {field}={shown!r} reads it",
            count=1,
        )
    others = [name for name in columns.unread if name not in maybe]
    told = ", ".join(others[:SHOWN]) + (", …" if len(others) > SHOWN else "")
    quality.note(UNREAD, f"columns of no use here: {told[:200]}", count=len(others))


SHOWN = 4
"""Names of columns that are told."""


def _of_form(
    path: Path, form: Form, columns: Columns, say: Corrections, quality: Quality
) -> Export:
    if not len(columns):
        refuse(str(path), "has a header but no rows")
    tickets = tidy(columns, form, say, quality)
    if not len(tickets.table) and not _began_later(tickets, say) and not say.groups:
        reasons = "; ".join(map(str, quality))
        refuse(str(path), f"no ticket in it can be used: {reasons}")
    return Export(
        path, form.title, quality, tickets=tickets,
        cannot_tell=(*_not_there(form, columns), *form.cannot_tell), guesses=_guesses(tickets.sources),
        header=tuple(columns.header),
    )  # fmt: skip


def _began_later(tickets: Tickets, say: Corrections) -> bool:
    """Return whether the export says nothing only since it begins after the moment asked about."""
    return say.until is not None and say.until < tickets.first < math.inf


def _guesses(sources: dict[str, str]) -> tuple[str, ...]:
    return tuple(f"{name}: {column}" for name, column in sources.items())


_WANTED = {
    (
        "resolved",
        "resolution_hours",
        "resolution_minutes",
        "resolution_seconds",
    ): "When tickets were resolved: it has no column for it.",
    (
        "responded",
        "response_hours",
        "response_minutes",
        "response_seconds",
    ): "When somebody first answered: it has no column for it.",
    ("severity",): "Severity: it has no column for it.",
    (
        "effort_hours",
        "effort_seconds",
        "effort_minutes",
        "effort_days",
        "effort_any",
    ): "Hours worked: it has no column for it.",
}


def _not_there(form: Form, columns: Columns) -> list[str]:
    """Return what a table of one's own could tell and this one does not."""
    return [
        text
        for names, text in _WANTED.items()
        if form is TABLE and columns.fields.keys().isdisjoint(names)
    ]
