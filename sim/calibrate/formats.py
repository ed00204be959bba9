"""A file is read in the format it has: guessed by its header, or as the user says."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

from sim.calibrate import sprint_tables
from sim.calibrate.columns import Columns, choose, from_records, from_table, plain
from sim.calibrate.exports.form import FIELDS, Form
from sim.calibrate.exports.github import GITHUB
from sim.calibrate.exports.jira import JIRA
from sim.calibrate.exports.pagerduty import PAGERDUTY
from sim.calibrate.exports.servicenow import SERVICENOW
from sim.calibrate.exports.table import TABLE
from sim.calibrate.sprint_tables import SprintRecords, read_sprints
from sim.calibrate.tickets import Corrections, Tickets, tidy
from sim.errors import nearest
from sim.files.delimited import ExportTable, looks_like_json, read_json, refuse
from sim.files.quality import NOTICED, Quality

FORMATS: dict[str, Form] = {f.name: f for f in (SERVICENOW, JIRA, PAGERDUTY, GITHUB, TABLE)}


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


def read_export(path: Path, format_: str | None, say: Corrections) -> Export:
    """Read a file.

    Args:
        path: CSV or JSON, gzip or not.
        format_: one of FORMATS; None to guess.
        say: what the user says over what would be guessed.

    Raises:
        ScenarioError: where nothing can be made of it, with the reason.
    """
    quality = Quality(str(path))
    if looks_like_json(path):
        return _from_json(path, format_, say, quality)
    table = ExportTable(path, quality)
    names = {plain(name) for name in table.header}
    if format_ is None and _has(names, sprint_tables.MARKS):
        sprints = read_sprints(path, table, quality)
        return Export(
            path, "sprint data", quality, sprints=sprints, cannot_tell=sprint_tables.CANNOT_TELL,
            guesses=_guesses(sprints.sources),
        )  # fmt: skip
    form = FORMATS[format_] if format_ else _guessed(names)
    return _of_form(path, form, _columns(path, table, form, say, quality), say, quality)


def _has(names: set[str], marks: tuple[tuple[str, ...], ...]) -> bool:
    return any(names.issuperset(mark) for mark in marks)


def _guessed(names: set[str]) -> Form:
    return next((form for form in FORMATS.values() if _has(names, form.marks)), TABLE)


def _columns(
    path: Path, table: ExportTable, form: Form, say: Corrections, quality: Quality
) -> Columns:
    aliases = {name: form.columns.get(name, ()) for name in FIELDS}
    try:
        chosen = choose(table.header, aliases, say.columns)
    except KeyError as error:
        refuse(str(path), f"has no column {error.args[0]!r}{nearest(error.args[0], table.header)}")
    if "opened" not in chosen:
        shown = ", ".join(repr(name) for name in table.header[:12])
        refuse(
            str(path),
            f"no column is known to hold when a ticket was opened; name it with "
            f"--columns opened=…; the columns are {shown[:400]}",
        )
    return from_table(table, chosen, quality)


def _from_json(path: Path, format_: str | None, say: Corrections, quality: Quality) -> Export:
    document = read_json(path)
    wanted = [FORMATS[format_]] if format_ else list(FORMATS.values())
    found = ((form, form.records(document)) for form in wanted if form.records)
    form, records = next(((form, records) for form, records in found if records), (TABLE, None))
    if records is None:
        refuse(str(path), "is JSON, but holds no Jira or GitHub issues and no PagerDuty incidents")
    return _of_form(path, form, from_records(records, quality), say, quality)


def _of_form(
    path: Path, form: Form, columns: Columns, say: Corrections, quality: Quality
) -> Export:
    if not len(columns):
        refuse(str(path), "has a header but no rows")
    tickets = tidy(columns, form, say, quality)
    if not len(tickets.table) and not _began_later(tickets, say):
        reasons = "; ".join(map(str, quality))
        refuse(str(path), f"no ticket in it can be used: {reasons}")
    if say.zone is None:
        opened = columns.fields["opened"].values
        zoned = sum(value.endswith("Z") or value[-6:-5] in ("+",) for value in opened)
        quality.note(
            NOTICED, "openings in UTC: give --timezone for the hours people saw", count=zoned
        )
    return Export(
        path, form.title, quality, tickets=tickets,
        cannot_tell=(*_not_there(form, columns), *form.cannot_tell), guesses=_guesses(tickets.sources),
    )  # fmt: skip


def _began_later(tickets: Tickets, say: Corrections) -> bool:
    """Return whether the export says nothing only since it begins after the moment asked about."""
    return say.until is not None and say.until < tickets.first < math.inf


def _guesses(sources: dict[str, str]) -> tuple[str, ...]:
    return tuple(f"{name}: {column}" for name, column in sources.items())


_WANTED = {
    "resolved": "When tickets were resolved: it has no column for it.",
    "responded": "When somebody first answered: it has no column for it.",
    "severity": "Severity: it has no column for it.",
    "effort_hours": "Hours worked: it has no column for it.",
}


def _not_there(form: Form, columns: Columns) -> list[str]:
    """Return what a table of one's own could tell and this one does not."""
    return [text for name, text in _WANTED.items() if form is TABLE and name not in columns.fields]
