"""What a calibration found, on the terminal: quality, guesses, fits, and what nobody could tell."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from sim.calibrate import record_days
from sim.calibrate.calibration import Calibration
from sim.calibrate.derived import capacity_per_week, incident_hours_per_week, outcomes
from sim.calibrate.load import what_to_doubt
from sim.calibrate.rate_now import TRENDS_FROM
from sim.calibrate.today_in_words import (
    at_words,
    open_sentences,
    sentences_of_before,
    story_sentences,
)

POISSON = 1.0

BUSY = 0.9
"""Load from which what to doubt first is said."""


def fit_lines(c: Calibration) -> Iterator[str]:
    """Say what was fitted, how well, and what it means for the scenario."""
    yield from _record_lines(c)
    if c.wishes.logged_share < 1:
        yield (
            f"Trackers hold {c.wishes.logged_share:.3g} of the interruptions, as given: rates are what "
            "was counted over that share; weeks differ as much more as they then must."
        )
    yield from _group_lines(c)
    yield from _speed_lines(c)
    yield from c.matching
    for title, figure in outcomes(c).items():
        yield f"{title}: {figure.value:.3g} ({figure})"
    if c.today is not None:
        yield f"From today, {c.today.at}, {at_words(c.today)}:"
        for sentence in (*open_sentences(c.today), *story_sentences(c.today)):
            yield f"  {sentence}"
        if c.today.before is not None:
            yield from (f"  {sentence}" for sentence in sentences_of_before(c.today.before))
    people = sum(team.developers.value for team in c.teams)
    load = incident_hours_per_week(c) / capacity_per_week(c)
    yield (
        f"Load: by these figures incidents take {load:.0%} of the focus time of {people:.0f} "
        f"developers in {_teams(c)}, absence and ceremonies taken off{'.' if load < BUSY else ';'}"
    )
    if load >= BUSY:
        yield from (f"  {sentence}" for sentence in what_to_doubt(c, load))
    assumed = _assumptions(c)
    if assumed:
        yield f"Assumed, since no export tells: {', '.join(assumed)}. See `# assumed` in the scenario."


def _teams(c: Calibration) -> str:
    return f"{len(c.teams)} teams" if len(c.teams) > 1 else "one team"


def _record_lines(c: Calibration) -> Iterator[str]:
    if c.record is None:
        yield "No incidents: the entry in the scenario is assumed as a whole."
        return
    last = record_days.date_of(c.record.first + c.record.days - 1)
    weeks = c.record.days / 7
    yield f"Record: {record_days.date_of(c.record.first)} to {last}, {weeks:.1f} weeks."
    yield from (f"  {note}" for note in c.record.notes)
    if c.record.holidays:
        days = ", ".join(str(record_days.date_of(day)) for day in c.record.holidays)
        how = "found as days that fall almost silent" if c.record.found else "given"
        yield f"Holidays, {how}: {days}; --holidays corrects them."
    if c.choice is not None:
        yield c.choice.sentence
    t = c.trend
    if t.count >= TRENDS_FROM and not math.isnan(t.low):
        words = c.now.words(t.count) or "no trend that is sure"
        yield f"Trend: {t.value:+.1%} a week (90 % {t.low:+.1%} to {t.high:+.1%}): {words}."
    named = {name: f for name, f in c.parts.items() if not math.isnan(f[0])}
    if named:
        yield "Share of incidents (90 %): " + "; ".join(
            f"{name} {value:.1%} ({low:.1%} to {high:.1%})"
            for name, (value, low, high) in named.items()
        )


def _group_lines(c: Calibration) -> Iterator[str]:
    if len(c.groups) < 3:
        return
    low, middle, high = np.quantile([d for _, _, d in c.groups], [0.1, 0.5, 0.9])
    regular = "Poisson (1) is too regular for them. " if middle > POISSON else ""
    yield (
        f"Dispersion of weekly counts in {len(c.groups)} groups with 3 to 40 incidents a week, holidays included: "
        f"median {middle:.1f}, nine in ten {low:.1f} to {high:.1f}. {regular}"
        "Groups share a kind's dispersion in the scenario: for one team's own, give --groups."
    )


def _speed_lines(c: Calibration) -> Iterator[str]:
    """Say whether the worst were resolved later than the rest: then severity is no speed."""
    known = [kind for kind in c.kinds if kind.resolution is not None]
    if len(known) < 2:
        return
    worst, usual = known[0], max(known, key=lambda kind: kind.per_week.value)
    if worst.severity < usual.severity and worst.resolution and usual.resolution:
        slow, quick = worst.resolution.median, usual.resolution.median
        if slow > quick:
            yield (
                f"Severity is not speed here: {worst.name} took {slow:.0f} h to resolve (median), "
                f"{usual.name} {quick:.0f} h."
            )


def _assumptions(c: Calibration) -> list[str]:
    found = []
    if any(kind.effort is None for kind in c.kinds) or not c.kinds:
        found.append("hands-on effort of incidents")
    if any(team.developers.assumed for team in c.teams):
        found.append("head counts")
    if c.first_line.assumed:
        found.append("the first line's share")
    if c.points is None:
        found.append("sizes of stories")
    found.append("promises")
    return found
