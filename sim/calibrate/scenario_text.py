"""The scenario as a text that says where each figure comes from."""

from __future__ import annotations

import datetime
import json
import math
import tomllib
from collections.abc import Iterator
from pathlib import Path

from sim.calibrate import record_days
from sim.calibrate.calibration import FEWEST, Calibration
from sim.calibrate.delivery import ASSUMED_POINTS
from sim.calibrate.derived import (
    ASSUMED_EFFORT_MEAN,
    CEREMONY_HOURS,
    FOCUS,
    SICK_SHARE,
    UNPLANNED,
    VACATION_WEEKS,
    capacity_per_week,
    effort_factor,
    hours_per_point,
    outcomes,
    sprint_weeks,
)
from sim.calibrate.effort import Shape
from sim.calibrate.figures import Figure
from sim.calibrate.kinds import Kind
from sim.calibrate.not_known import ranges_text
from sim.calibrate.today import LEFT, DaysBefore
from sim.calibrate.today_in_words import (
    at_words,
    open_sentences,
    sentences_of_before,
    story_sentences,
)
from sim.scenario.reading import from_table
from sim.scenario.schema import Scenario

PROMISES = {1: (0.25, 4), 2: (1, 8), 3: (8, 40), 4: (16, 80), 5: (16, 80)}
"""Severity: hours to respond and to resolve within (docs/evidence.md, A10)."""

FROM_TODAY_WEEKS = 13
"""A scenario that begins with what is open is asked about the weeks ahead, not about the long run."""

ASSUMED_MEDIAN, ASSUMED_P90 = 1.2, 5.6
"""Hours of work on an incident (docs/evidence.md, A3)."""


def scenario_of(text: str) -> Scenario:
    """Return the text as a scenario.

    Raises:
        ScenarioError: where a figure lies outside of what a scenario may say.
    """
    return from_table(tomllib.loads(text), "the calibrated scenario")


def scenario_text(c: Calibration, name: str) -> str:
    """Return the whole file."""
    blocks = [_head(c, name), _time(c), *_teams(c), _sprints(c), _stories(c)]
    blocks += [_incident(c, kind) for kind in c.kinds] or [_no_incidents(c)]
    people = ["[people]", f"sick_share = {SICK_SHARE} # assumed: docs/evidence.md, A8"]
    people.append(f"vacation_weeks_per_year = {VACATION_WEEKS} # assumed: put your own")
    blocks += [_first_line(c), "\n".join(people), *_start(c), ranges_text(c)]
    return "\n\n".join(blocks) + "\n"


def quoted(text: str) -> str:
    """Return a TOML string; characters that steer terminals are left out."""
    return json.dumps(_plain(text), ensure_ascii=False)


def _comment(text: str) -> str:
    return f"# {_plain(text)}"


def number(value: float) -> str:
    """Return a number to four digits, as TOML writes numbers."""
    short = float(f"{value:.4g}")
    return f"{int(short)}" if short.is_integer() and abs(short) < 1e15 else f"{short:.10g}"


def _line(key: str, figure: Figure) -> str:
    return f"{key} = {number(figure.value)} # {_plain(str(figure))}"


def _plain(text: str) -> str:
    return "".join(ch for ch in text if ch.isprintable())


def _head(c: Calibration, name: str) -> str:
    about = [
        "Written by `firelane calibrate`. Beside each figure the file says what it rests on; what"
    ]
    about += ["no export tells is marked `assumed` there: put your own. Intervals are at 90 %.", ""]
    for export in c.exports:
        about.append(f"{_safe(export.path.name)} ({export.title}) cannot tell:")
        about += [f"- {sentence}" for sentence in export.cannot_tell]
    if c.choice is not None:
        about += ["", c.choice.sentence]
    text = "\n".join(about).replace("\\", "/").replace('"""', "'''")
    return f'name = {quoted(name[:80])}\nabout = """\n{text}\n"""'


def _safe(text: str) -> str:
    return _plain(text)[:80]


def _time(c: Calibration) -> str:
    opens, closes = c.wishes.say.hours
    lines = ["[time]"]
    start, why = _first_monday(c)
    if start is not None:
        lines.append(f"start = {start} # {why}")
    if c.today is None:
        lines += ["horizon_weeks = 52", "warmup_weeks = 4"]
    else:
        lines += [f"horizon_weeks = {FROM_TODAY_WEEKS} # assumed: a quarter from today"]
        lines += ["warmup_weeks = 0 # figures are from [start] on"]
    lines += [_sprint_weeks(c)]
    lines += [f"opens_at_hour = {number(opens)} # assumed; --hours says it"]
    lines += [f"closes_at_hour = {number(closes)} # assumed"]
    ahead = [str(day) for day in sorted(c.wishes.holidays or ()) if start and day >= start]
    why = "as given" if ahead else "assumed: name those ahead"
    lines += [f"public_holidays = [{', '.join(ahead)}] # {why}; incidents have a share for them"]
    if c.wishes.countries:
        others = (
            f"; of {', '.join(c.wishes.countries[1:])} too: name them"
            if c.wishes.countries[1:]
            else ""
        )
        lines += [f"holidays = {quoted(c.wishes.countries[0])} # as given{others}"]
    if c.record is not None and c.record.closed:
        lines.append(
            _comment(
                f"{len(c.record.closed)} days of the record do not count: closed, or a hole in it"
            )
        )
    if c.record is not None and c.record.holidays:
        days = ", ".join(str(record_days.date_of(day)) for day in c.record.holidays)
        how = "found: days that fall almost silent" if c.record.found else "as given"
        lines.append(_comment(f"holidays in the record, {how}: {days}"))
    return "\n".join(lines)


def _first_monday(c: Calibration) -> tuple[datetime.date | None, str]:
    """Return when the scenario begins, and why then; None where nothing tells."""
    span = ""
    if c.record is not None:
        end = c.record.first + c.record.days
        span = f"{record_days.date_of(c.record.first)} to {record_days.date_of(end - 1)}"
    if c.today is not None:
        record = f"; the record is {span}" if span else ""
        return c.today.monday, f"the Monday of the week of [start].at{record}"
    if c.record is None:
        return None, ""
    after = record_days.date_of(end + int(-record_days.weekday(end) % 7))
    return after, f"the Monday after the record, which is {span}"


def _sprint_weeks(c: Calibration) -> str:
    days = c.delivery.days if c.delivery else None
    if days is None:
        return (
            f"sprint_weeks = {sprint_weeks(c)} # assumed: the usual length (docs/evidence.md, A8)"
        )
    return f"sprint_weeks = {sprint_weeks(c)} # median {days.value:g} days; {_plain(str(days))}"


def _teams(c: Calibration) -> Iterator[str]:
    for team in c.teams:
        yield "\n".join(
            [
                "[[teams]]",
                f"name = {quoted(team.name[:80])}",
                _line("developers", team.developers),
                f"focus = {FOCUS} # assumed",
                f"incident_share = {number(team.incident_share)} # incidents whose last group it is"
                if team.incident_share != 1
                else "incident_share = 1 # assumed: an even share",
            ]
        )


def _sprints(c: Calibration) -> str:
    lines = ["[sprints]", f"ceremony_hours = {number(CEREMONY_HOURS)} # assumed (A8)"]
    d = c.delivery
    if d is None:
        return "\n".join(lines)
    lines.append(
        _comment(f"{d.sprints} sprints of {d.boards} boards; outcomes to compare, not inputs:")
    )
    for title, figure in outcomes(c).items():
        lines.append(_comment(f"  {title} {number(figure.value)} ({figure})"))
    return "\n".join(lines)


def _stories(c: Calibration) -> str:
    mix = c.points.mix if c.points else ASSUMED_POINTS
    source = f"n = {c.points.count} stories with points" if c.points else "assumed"
    body = ", ".join(f"{size} = {share:g}" for size, share in mix.items())
    lines = ["[stories]", f"points = {{ {body} }} # {source}"]
    size = c.delivery.points_per_item if c.delivery else math.nan
    if c.points is None and size > 0:
        lines.append(
            _comment(f"sprint data has {size:.1f} points an item; single sizes it has not")
        )
    hours, why = hours_per_point(c)
    lines.append(f"hours_per_point = {number(hours)} # {why}")
    lines.append("# error of estimates and regressions: assumed, the program's defaults (A2, A7)")
    return "\n".join(lines)


def _incident(c: Calibration, kind: Kind) -> str:
    lines = ["[[incidents]]", f"kind = {quoted(kind.name)}", f"severity = {kind.severity}"]
    lines += list(_arrival_lines(c, kind))
    lines += list(_effort_lines(c, kind))
    respond, resolve = PROMISES[kind.severity]
    lines.append(f"respond_within_hours = {number(respond)} # assumed: docs/evidence.md, A10")
    lines.append(f"resolve_within_hours = {number(resolve)} # assumed")
    if kind.severity >= 3:
        lines.append('clock = "working" # assumed')
    if not c.wishes.first_line:
        lines.append("first_line = false # assumed: see [first_line]")
    if kind.reopen_rate is not None:
        lines.append(_line("reopen_rate", kind.reopen_rate))
    return "\n".join(lines)


def _arrival_lines(c: Calibration, kind: Kind) -> Iterator[str]:
    rate = kind.per_week
    if rate.count < FEWEST:
        yield f"per_week = {number(rate.value)} # a guess from {rate.count} incidents: no rate yet"
    else:
        yield _line("per_week", rate)
    yield _comment(f"share of all incidents {kind.share.value:.1%} ({kind.share})")
    if kind.logged_share < 1:
        yield f"logged_share = {number(kind.logged_share)} # as given: trackers hold this share of the interruptions"
    yield _line("dispersion", kind.dispersion)
    if not math.isnan(kind.poisson):
        fits = "not contradicted" if kind.poisson > 0.05 else "too regular"
        yield _comment(f"Poisson (1) is {fits}: p = {kind.poisson:.2g}")
    if kind.daily_cv.value > 0:
        yield _line("daily_cv", kind.daily_cv)
    if kind.holiday_share.count:
        share = kind.holiday_share
        yield f"holiday_share = {number(share.value)} # {share.count} holidays; {_plain(share.source)}"
    yield from _profile_lines(kind)


def _profile_lines(kind: Kind) -> Iterator[str]:
    yield "profile = [ # share of each hour, per 10,000; few incidents lean on the shape of all"
    weights = (10_000 * kind.profile / kind.profile.sum()).reshape(7, 24)
    for day, row in zip(record_days.WEEKDAYS, weights, strict=True):
        yield "  " + ", ".join(f"{weight:.1f}" for weight in row) + f", # {day}"
    yield "]"


def _effort_lines(c: Calibration, kind: Kind) -> Iterator[str]:
    shape = kind.effort
    if shape is None:
        factor = effort_factor(c)
        why = "assumed: no export holds hours worked (A3)"
        why += f"; × {factor:.3g}, see [start]" if factor != 1 else ""
        yield f"effort_hours = {_assumed_effort(factor)} # {why}"
    else:
        column = (
            "working hours in active states: an upper bound"
            if c.wishes.effort == "active"
            else "hours worked"
        )
        yield f"effort_hours = {shape.text()} # n = {shape.count}; {column}"
        median, p90 = shape.median, shape.p90
        yield _comment(
            f"fitted median {median[0]:.3g} h (90 % {median[1]:.3g} to {median[2]:.3g}), "
            f"p90 {p90[0]:.3g} h ({p90[1]:.3g} to {p90[2]:.3g}); {_fit_words(shape)}"
        )
        if kind.worked is not None:
            yield _comment(f"history, hours worked: {kind.worked}")
    if kind.response is not None:
        yield _comment(f"history, elapsed, no effort: first answer {kind.response}")
    if kind.resolution is not None:
        yield _comment(f"history, elapsed, no effort: resolution {kind.resolution}")


def _assumed_effort(factor: float = 1.0) -> str:
    median, p90 = number(factor * ASSUMED_MEDIAN), number(factor * ASSUMED_P90)
    return f'{{ dist = "lognormal", median = {median}, p90 = {p90} }}'


def _fit_words(shape: Shape) -> str:
    if len(shape.humps) == 1:
        return f"one lognormal, KS {shape.ks:.3f}"
    halves = " and ".join(f"{h.share:.0%} around {h.median:.3g} h" for h in shape.humps)
    return f"two humps, {halves}, KS {shape.ks:.3f} (one lognormal {shape.ks_one:.3f})"


def _no_incidents(c: Calibration) -> str:
    rate = UNPLANNED * capacity_per_week(c) / ASSUMED_EFFORT_MEAN
    return "\n".join(
        [
            "# No export holds incidents: the whole entry is assumed. Types that are incidents are",
            "# named with --map TYPE=incident.",
            "[[incidents]]",
            'kind = "unplanned work"',
            "severity = 3",
            f"per_week = {number(rate)} # assumed: {UNPLANNED:.0%} of capacity (docs/evidence.md, A5)",
            "dispersion = 2.6 # assumed (A4)",
            'profile = "service-desk" # assumed (A4)',
            f"effort_hours = {_assumed_effort()} # assumed (A3)",
            "respond_within_hours = 8 # assumed (A10)",
            "resolve_within_hours = 40 # assumed (A10)",
            'clock = "working" # assumed',
            "first_line = false # assumed",
        ]
    )


def _first_line(c: Calibration) -> str:
    lines = ["[first_line]", _line("deflect_rate", c.first_line)]
    if c.first_line.assumed and not math.isnan(c.never_reassigned):
        lines.append(
            _comment(
                f"{c.never_reassigned:.1%} never changed hands: no more than that is deflected"
            )
        )
    return "\n".join(lines)


def _start(c: Calibration) -> Iterator[str]:
    """Yield the table of where things stand."""
    if c.today is None:
        return
    t = c.today
    lines = ["[start]", f"at = {t.at:%Y-%m-%dT%H:%M:%S} # {at_words(t)}"]
    lines += [_comment(sentence) for sentence in open_sentences(t)]
    lines += ["incidents = ["]
    for entry, count in t.tickets.entries.items():
        parts = [f"kind = {quoted(entry.kind)}", f"team = {quoted(entry.team[:80])}"]
        parts += [f"age_days = {entry.age_days:.10g}"]
        parts += [f"severity = {entry.severity}"] if entry.severity is not None else []
        parts += [f"count = {count}"] if count > 1 else []
        lines.append(f"  {{ {', '.join(parts)} }},")
    lines.append("]")
    lines += [_comment(sentence) for sentence in story_sentences(t)]
    if t.stories.entries:
        hours, _ = hours_per_point(c)
        lines += ["stories = ["]
        for story in t.stories.entries:
            left = number(max(story.points * hours * LEFT, 0.01))
            parts = [f"team = {quoted(story.team[:80])}", f"points = {story.points}"]
            lines.append(f"  {{ {', '.join(parts)}, left_hours = {left} }},")
        lines.append("]")
    lines.append("# away: no export tells; such as away = [{ team = …, people = 1, until = DATE }]")
    yield "\n".join(lines)
    if t.before is not None:
        yield "\n".join(_past_forecasts(t.before))


def _past_forecasts(before: DaysBefore) -> Iterator[str]:
    """Yield what is known of the days before, and the table of how far forecasts of them were off."""
    yield from map(_comment, sentences_of_before(before))
    if before.missed is None:
        return
    yield "[start.past_forecasts]"
    yield f"policy = {quoted(before.missed.policy)}"
    yield f"moments = {before.missed.moments}"
    yield f"days_apart = {number(before.missed.days_apart)}"
    yield f"missed = {before.missed.missed} # more open than forecast at the ends of the first days, as far as that is no chance"
    yield f"spread = {before.missed.spread} # standard error of the next beyond that, chance apart"


def name_of(paths: list[Path]) -> str:
    """Return a name for the scenario."""
    return f"Calibrated from {', '.join(_safe(path.name) for path in paths)}"[:80]
