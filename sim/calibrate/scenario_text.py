"""The scenario as a text that says where each figure comes from."""

from __future__ import annotations

import json
import math
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sim.calibrate import arrivals
from sim.calibrate.calibration import FEWEST, TRENDS_FROM, Calibration
from sim.calibrate.figures import Figure
from sim.calibrate.kinds import Kind
from sim.scenario.reading import from_table
from sim.scenario.schema import IncidentKind, Scenario

PROMISES = {1: (0.25, 4), 2: (1, 8), 3: (8, 40), 4: (16, 80), 5: (16, 80)}
"""Severity: hours to respond and to resolve within (docs/evidence.md, A10)."""

FOCUS = 0.75
CEREMONY_HOURS = 6.0
SICK_SHARE, VACATION_WEEKS = 0.02, 5
ASSUMED_EFFORT = '{ dist = "lognormal", median = 1.2, p90 = 5.6 }'
ASSUMED_EFFORT_MEAN = 2.46
"""Hours: about PagerDuty's 2.5 person-hours an incident (docs/evidence.md, A3)."""

ASSUMED_POINTS = {1: 0.3, 2: 0.3, 3: 0.2, 5: 0.15, 8: 0.05}
UNPLANNED = 0.2
"""Share of capacity that is unplanned work where no incidents were given (docs/evidence.md, A5)."""


def scenario_of(text: str) -> Scenario:
    """The text as a scenario.

    Raises:
        ScenarioError: where a figure lies outside of what a scenario may say.
    """
    return from_table(tomllib.loads(text), "the calibrated scenario")


def scenario_text(c: Calibration, name: str) -> str:
    """The whole file."""
    blocks = [_head(c, name), _time(c), *_teams(c), _sprints(c), _stories(c)]
    blocks += [_incident(c, kind) for kind in c.kinds] or [_no_incidents(c)]
    people = ["[people]", f"sick_share = {SICK_SHARE} # assumed: docs/evidence.md, A8"]
    people.append(f"vacation_weeks_per_year = {VACATION_WEEKS} # assumed: put your own")
    blocks += [_first_line(c), "\n".join(people)]
    return "\n\n".join(blocks) + "\n"


def quoted(text: str) -> str:
    """A TOML string; characters that steer terminals are left out."""
    return json.dumps("".join(ch for ch in text if ch.isprintable()), ensure_ascii=False)


def _comment(text: str) -> str:
    return "# " + "".join(ch for ch in text if ch.isprintable())


def number(value: float) -> str:
    """Four digits, as TOML writes numbers."""
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
    text = "\n".join(about).replace("\\", "/").replace('"""', "'''")
    return f'name = {quoted(name[:80])}\nabout = """\n{text}\n"""'


def _safe(text: str) -> str:
    return _plain(text)[:80]


def _time(c: Calibration) -> str:
    opens, closes = c.wishes.say.hours
    lines = ["[time]"]
    if c.record is not None:
        end = c.record.first + c.record.days
        after = arrivals.date_of(end + int(-arrivals.weekday(end) % 7))
        span = f"{arrivals.date_of(c.record.first)} to {arrivals.date_of(end - 1)}"
        lines.append(f"start = {after} # the Monday after the record, which is {span}")
    lines += ["horizon_weeks = 52", "warmup_weeks = 4", _sprint_weeks(c)]
    lines += [f"opens_at_hour = {number(opens)} # assumed; --hours says it"]
    lines += [f"closes_at_hour = {number(closes)} # assumed"]
    lines += ["public_holidays = [] # assumed: name those ahead; incidents have a share for them"]
    if c.record is not None and c.record.holidays:
        days = ", ".join(str(arrivals.date_of(day)) for day in c.record.holidays)
        how = "found: days that fall almost silent" if c.record.found else "as given"
        lines.append(_comment(f"holidays in the record, {how}: {days}"))
    return "\n".join(lines)


def _sprint_weeks(c: Calibration) -> str:
    days = c.delivery.days if c.delivery else None
    if days is None:
        return "sprint_weeks = 2 # assumed: the usual length (docs/evidence.md, A8)"
    return f"sprint_weeks = {sprint_weeks(c)} # median {days.value:g} days; {_plain(str(days))}"


def sprint_weeks(c: Calibration) -> int:
    """The usual length of a sprint, in weeks."""
    days = c.delivery.days if c.delivery else None
    return 2 if days is None else min(max(round(days.value / 7), 1), 8)


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


def outcomes(c: Calibration) -> dict[str, Figure]:
    """What sprint data says that a scenario brings about and does not state."""
    d = c.delivery
    if d is None:
        return {}
    found = {
        "committed points a sprint": d.committed,
        "delivered points a sprint": d.delivered,
        "delivered over committed points": d.say_do,
        "added share of items": d.added_items,
        "added share of points": d.added_points,
        "removed share of items": d.removed_items,
    }
    return {name: figure for name, figure in found.items() if figure is not None}


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


def points_per_week(c: Calibration) -> float:
    """Points that all teams finish in a week; NaN unknown."""
    if c.delivery and c.delivery.delivered and c.delivery.delivered.value > 0:
        return c.delivery.delivered.value * len(c.teams) / sprint_weeks(c)
    return c.points.per_week if c.points else math.nan


def hours_per_point(c: Calibration) -> tuple[float, str]:
    """Focus hours of a point: what is left of capacity over the points done, else assumed."""
    done = points_per_week(c)
    left = capacity_per_week(c) - incident_hours_per_week(c)
    if not done > 0:
        return 5.0, "assumed: no export has points that were done"
    if left <= 0.1 * capacity_per_week(c):
        return 5.0, "assumed: incidents would leave no time; check head counts and effort"
    hours = left / done
    if not 0.1 <= hours <= 1_000:
        return 5.0, f"assumed: head counts and points done would give {hours:.3g}"
    return hours, (
        f"assumed: {left:.0f} focus hours a week that incidents leave, over {done:.1f} points done"
    )


def capacity_per_week(c: Calibration) -> float:
    """Focus hours a week of all developers who are not away."""
    opens, closes = c.wishes.say.hours
    people = sum(team.developers.value for team in c.teams)
    present = 1 - SICK_SHARE - VACATION_WEEKS / 52
    return people * present * (5 * (closes - opens) - CEREMONY_HOURS / sprint_weeks(c)) * FOCUS


def incident_hours_per_week(c: Calibration) -> float:
    """Focus hours a week that incidents take."""
    kinds = sum(kind.per_week.value * mean_effort(kind) for kind in c.kinds)
    return kinds * (1 - c.first_line.value) if c.kinds else UNPLANNED * capacity_per_week(c)


def mean_effort(kind: Kind) -> float:
    """Mean hours of an incident, by the distribution that is written."""
    if kind.effort is None:
        return ASSUMED_EFFORT_MEAN
    return sum(h.share * math.exp(h.mu + h.sigma**2 / 2) for h in kind.effort.humps)


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
    rate, trend = kind.per_week, c.trend
    if growing(c):
        weeks = trend.count
        level = rate.value * (1 + trend.value * (weeks - 1) / 2)
        yield f"per_week = {number(max(level, 0))} # where the trend ends; mean {number(rate.value)}, {_plain(str(rate))}"
    elif rate.count < FEWEST:
        yield f"per_week = {number(rate.value)} # a guess from {rate.count} incidents: no rate yet"
    else:
        yield _line("per_week", rate)
    yield _comment(f"share of all incidents {kind.share.value:.1%} ({kind.share})")
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


def growing(c: Calibration) -> bool:
    """Whether the record is long enough, and its trend's interval leaves out 0."""
    t = c.trend
    return t.count >= TRENDS_FROM and (t.low > 0 or t.high < 0)


def _profile_lines(kind: Kind) -> Iterator[str]:
    yield "profile = [ # share of each hour, per 10,000; few incidents lean on the shape of all"
    weights = (10_000 * kind.profile / kind.profile.sum()).reshape(7, 24)
    for day, row in zip(arrivals.WEEKDAYS, weights, strict=True):
        yield "  " + ", ".join(f"{weight:.1f}" for weight in row) + f", # {day}"
    yield "]"


def _effort_lines(c: Calibration, kind: Kind) -> Iterator[str]:
    shape = kind.effort
    if shape is None:
        yield f"effort_hours = {ASSUMED_EFFORT} # assumed: no export holds hours worked (A3)"
    else:
        column = (
            "working hours in active states: an upper bound"
            if c.wishes.effort == "active"
            else "hours worked"
        )
        yield f"effort_hours = {shape.text()} # n = {shape.count}; {column}"
        median, p90 = shape.median, shape.p90
        yield _comment(
            f"median {median[0]:.3g} h (90 % {median[1]:.3g} to {median[2]:.3g}), "
            f"p90 {p90[0]:.3g} h ({p90[1]:.3g} to {p90[2]:.3g}); {_fit_words(shape)}"
        )
    for title, shape in (("first answer", kind.response), ("resolution", kind.resolution)):
        if shape is not None:
            yield _comment(
                f"history, elapsed, no effort: {title} median {shape.median[0]:.3g} h, p90 "
                f"{shape.p90[0]:.3g} h, n = {shape.count}; {_fit_words(shape)}"
            )
    if kind.at_once:
        yield _comment(f"history: {kind.at_once} more were resolved as they were opened")


def _fit_words(shape: Any) -> str:
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
            f"effort_hours = {ASSUMED_EFFORT} # assumed (A3)",
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


def figures(c: Calibration) -> dict[str, dict[str, Any]]:
    """Every fitted figure by the key that `--set` knows, with its interval."""
    found = {}
    for kind in c.kinds:
        key = f"incidents.{_key(kind.name)}"
        for name in ("per_week", "dispersion", "daily_cv", "holiday_share", "reopen_rate"):
            figure = getattr(kind, name)
            if figure is not None:
                found[f"{key}.{name}"] = _row(figure)
        if kind.effort is not None and len(kind.effort.humps) == 1:
            for name, interval in (("median", kind.effort.median), ("p90", kind.effort.p90)):
                source = "hours worked" if c.wishes.effort == "worked" else "active states"
                found[f"{key}.effort_hours.{name}"] = _row(
                    Figure(*interval, kind.effort.count, source)
                )
    for team in c.teams:
        found[f"teams.{_key(team.name)}.developers"] = _row(team.developers)
    found["first_line.deflect_rate"] = _row(c.first_line)
    return found


def _key(name: str) -> str:
    return name if name.replace("-", "").replace("_", "").isalnum() else f'"{name}"'


def _row(figure: Figure) -> dict[str, Any]:
    def plain(value: float) -> float | None:
        return None if math.isnan(value) else value

    return {
        "value": figure.value,
        "low": plain(figure.low),
        "high": plain(figure.high),
        "n": figure.count,
        "source": figure.source,
        "assumed": figure.assumed,
    }


def name_of(paths: list[Path]) -> str:
    """A name for the scenario."""
    return f"Calibrated from {', '.join(_safe(path.name) for path in paths)}"[:80]


def scenario_kind(kind: Kind, like: IncidentKind) -> dict[str, Any]:
    """The entry of a fitted kind as a table; what was not fitted is as in `like`."""
    table = like.model_dump(by_alias=True)
    arriving = {
        "kind": kind.name,
        "severity": kind.severity,
        "per_week": kind.per_week.value,
        "dispersion": kind.dispersion.value,
        "daily_cv": kind.daily_cv.value,
        "holiday_share": kind.holiday_share.value,
        "profile": kind.profile.tolist(),
    }
    if kind.effort is not None:
        arriving["effort_hours"] = tomllib.loads(f"x = {kind.effort.text()}")["x"]
    if kind.reopen_rate is not None:
        arriving["reopen_rate"] = kind.reopen_rate.value
    return table | arriving
