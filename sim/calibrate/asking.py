"""The words on the command line are turned into what the user wishes."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Sequence
from typing import NoReturn
from zoneinfo import ZoneInfo, available_timezones

from sim.calibrate.calibration import Wishes
from sim.calibrate.corrections import Corrections
from sim.calibrate.exports.form import FIELDS
from sim.calibrate.formats import KNOWN_FORMATS
from sim.calibrate.not_done import NOT_DONE
from sim.calibrate.sprint_tables import COLUMNS as SPRINT_COLUMNS
from sim.calibrate.ticket_states import STATES
from sim.calibrate.today import seconds_of
from sim.calibrate.work_types import INCIDENT, STORY
from sim.errors import Fault, ScenarioError, nearest
from sim.scenario.country_holidays import check_country

EFFORTS = ("worked", "active")
_ORDERS = {"day-first": "day first", "month-first": "month first"}


def asked(
    format_: str | None = None,
    columns: str | None = None,
    map_: Sequence[str] | None = None,
    kinds: Sequence[str] | None = None,
    timezone: str | None = None,
    holidays: str | None = None,
    hours: str = "9-17",
    groups: str | None = None,
    effort: str = "worked",
    teams: str | None = None,
    match: Sequence[str] | None = None,
    first_line: str | None = None,
    logged_share: float = 1.0,
    from_today: bool = False,
    today: str | None = None,
) -> Wishes:
    """Understand the options of `firelane calibrate` and `validate`.

    Raises:
        ScenarioError: naming the option, what was found, and what would be right.
    """
    if format_ is not None and format_ not in KNOWN_FORMATS:
        _refuse("--format", format_, f"is no format{nearest(format_, list(KNOWN_FORMATS))}")
    if effort not in EFFORTS:
        _refuse("--effort", effort, f"is neither of {', '.join(EFFORTS)}")
    if not 0 < logged_share <= 1:
        reason = "expected a share above 0 and at most 1, such as 0.8"
        _refuse("--logged-share", f"{logged_share:g}", reason)
    moment = _moment(today)
    named, values, order = _corrections(columns, map_ or [])
    dates, countries = _holidays(holidays)
    say = Corrections(
        columns=named,
        values=values,
        order=order,
        zone=_zone(timezone),
        hours=_hours(hours),
        groups=_names(groups),
        until=None if moment is None else seconds_of(moment),
    )
    return Wishes(
        say=say,
        kinds=_kinds(kinds) if kinds else None,
        holidays=dates,
        countries=countries,
        teams=dict(_head_counts(teams)),
        match=dict(_pairs("--match", match or [])),
        first_line=_names(first_line),
        effort=effort,
        logged_share=logged_share,
        from_today=from_today or moment is not None,
        today=moment,
    )


def _refuse(option: str, found: str, reason: str) -> NoReturn:
    raise ScenarioError(f"{option} {found}", [Fault("", reason)])


def _names(text: str | None) -> tuple[str, ...]:
    return tuple(part.strip() for part in (text or "").split(",") if part.strip())


def _pairs(option: str, entries: Sequence[str]) -> Iterator[tuple[str, str]]:
    for entry in entries:
        left, equals, right = entry.rpartition("=")
        if not equals or not left.strip() or not right.strip():
            _refuse(option, entry, "expected two words with = between them")
        yield left.strip(), right.strip()


def _corrections(
    columns: str | None, map_: Sequence[str]
) -> tuple[dict[str, str], dict[str, str], str | None]:
    known_fields = {**FIELDS, **SPRINT_COLUMNS}
    named: dict[str, str] = {}
    values: dict[str, str] = {}
    order = None
    for entry in _names(columns):
        field, equals, column = entry.partition("=")
        if not equals or field.strip() not in known_fields:
            _refuse(
                "--columns", entry, f"expected FIELD=COLUMN{nearest(field, list(known_fields))}"
            )
        named[field.strip()] = column.strip()
    for left, right in _pairs("--map", map_):
        if left == "dates":
            if right not in _ORDERS:
                _refuse("--map", f"dates={right}", "expected day-first or month-first")
            order = _ORDERS[right]
        elif right in ("1", "2", "3", "4", "5", *STATES, INCIDENT, STORY, NOT_DONE):
            values[left.casefold()] = right
        elif left in known_fields:
            named[left] = right
        else:
            known = f"a severity 1 to 5, {', '.join(STATES)}, {INCIDENT}, {STORY} or {NOT_DONE}"
            _refuse("--map", f"{left}={right}", f"{right!r} is no meaning; expected {known}")
    return named, values, order


def _kinds(entries: Sequence[str]) -> dict[str, str]:
    if list(entries) == ["category"]:
        return {"*": "*"}
    return {
        category.strip().casefold(): kind
        for kind, categories in _pairs("--kinds", entries)
        for category in categories.split("|")
    }


def _zone(name: str | None) -> ZoneInfo | None:
    if name is None:
        return None
    if name not in available_timezones():
        _refuse(
            "--timezone", name, f"is no time zone{nearest(name, sorted(available_timezones()))}"
        )
    return ZoneInfo(name)


def _hours(text: str) -> tuple[float, float]:
    opens, _, closes = text.partition("-")
    try:
        hours = float(opens), float(closes)
    except ValueError:
        _refuse("--hours", text, "expected two hours such as 9-17")
    if not 0 <= hours[0] < hours[1] <= 24:
        _refuse("--hours", text, "expected two hours of one day, the earlier first, such as 9-17")
    return hours


def _holidays(text: str | None) -> tuple[list[datetime.date] | None, tuple[str, ...]]:
    """Return the days and the countries that are named; None and nothing where they are to be looked for."""
    if text is None:
        return None, ()
    days, countries = [], []
    for entry in _names(text):
        if entry == "none":
            continue
        if re.fullmatch(r"[A-Z]{2}(-[A-Z0-9]{1,3})?", entry):
            try:
                check_country(entry)
            except ValueError as error:
                _refuse("--holidays", entry, str(error))
            countries.append(entry)
            continue
        try:
            days.append(datetime.date.fromisoformat(entry))
        except ValueError:
            _refuse(
                "--holidays",
                entry,
                "expected dates such as 2026-12-25, a country such as DE or DE-BY, or none",
            )
    return days, tuple(countries)


def _moment(text: str | None) -> datetime.datetime | None:
    if text is None:
        return None
    expected = "expected a local day or moment such as 2026-03-02 or 2026-03-02T09:30"
    try:
        moment = datetime.datetime.fromisoformat(text.strip())
    except ValueError:
        _refuse("--today", text, expected)
    if moment.tzinfo is not None:
        _refuse("--today", text, f"{expected}, without a zone: it is the organisation's own")
    return moment.replace(microsecond=0)


def _head_counts(text: str | None) -> Iterator[tuple[str, int]]:
    for name, count in _pairs("--teams", _names(text)):
        if not re.fullmatch("[0-9]{1,4}", count) or not 1 <= int(count) <= 5_000:
            _refuse("--teams", f"{name}={count}", "expected a head count of 1 to 5000")
        yield name, int(count)
