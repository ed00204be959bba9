"""What a future is drawn from, and what is drawn: tables of a scenario's numbers, and of incidents, stories and
absences.

K kinds, T teams, D developers, W weeks; whole numbers are in the units of `sim.sampling`.
"""

from __future__ import annotations

from typing import NamedTuple

from sim.engine.futures.luck import StreamRow
from sim.engine.rows import Numbers, Reals, Row, Table

HOURS = 168
"""Of a week."""

DAYS = 7

CONSTANT_LAW, EXPONENTIAL_LAW, LOGNORMAL_LAW, GAMMA_LAW, EMPIRICAL_LAW, MIXTURE_LAW = range(6)

STARTS = 256
"""Shares at which a gamma distribution's quantiles are known beforehand, and Halley's steps begin."""


GUIDES = 256
"""Equal stretches of a wheel, of which it is known where each begins."""


class Wheel(Row):
    """Shares of a whole, of which a uniform number picks one."""

    at: int
    """where it stands in `ends`"""
    guide: int
    """where it stands in `guides`"""


class Wanted(Row):
    """Which future of the scenario."""

    seed: int
    replication: int


class Scene(Row):
    """The scenario as a whole."""

    weeks: int
    begins: int
    """what opens before is left out"""
    first_line_law: int
    """how long it takes there, in minutes"""
    error_law: int
    """effort over estimate of stories"""
    regression_kind: int
    regression_law: int
    """days from done until it shows"""
    breaks: int
    """per million of stories that may break something, at most"""
    plans: int
    """1: there are stories"""
    teams: int
    """the wheel of their shares of the incidents"""
    sizes: int
    """the wheel of the stories' sizes"""
    sick_law: int
    """days of a spell"""
    away: int
    """whole weeks of holidays"""
    replayed: int
    """1: incidents are those of a log"""
    departures: int
    """1: somebody may leave for good"""
    any_unlogged: int
    """1: what is on record is drawn"""
    ahead_days: int
    """days of which `ahead` tells, of each team"""


class Purposes(Row):
    """The words of streams, as `sim.sampling.streams` makes them."""

    weekly_counts: int
    incidents: int
    days: int
    season: int
    holidays: int
    replayed: int
    stories: int
    sickness: int
    vacation: int
    departures: int


class ReportedKind(Row):
    """A kind of incidents."""

    word: int
    """of its streams"""
    count_from: int
    """where its law of weekly counts stands in `chances`"""
    count_to: int
    least: int
    """the smallest count of that law"""
    demand_from: int
    """where its demand by day stands in `demand`; -1: all days are alike"""
    day_law: int
    """of how busy days turn out; -1: all alike"""
    keeps_holidays: int
    """1: fewer come on holidays"""
    home: int
    """whose all of them are; -1: dealt out by share"""
    hours: int
    """the wheel of the week's hours"""
    effort_law: int
    reopen_law: int
    """hours from resolved until it comes back"""
    first_line: int
    """1: it passes the first line, which settles some"""
    reopen_share: int
    """per mille of the effort"""
    logged: int
    """per mille that are on record"""


class Law(Row):
    """A distribution: what of `of_laws` is its own."""

    code: int
    at: int
    count: int
    """values, or parts, or of a gamma distribution how often its quantiles are known beforehand"""
    parts: int
    """the first law that a mixture is of"""


class PlanningTeam(Row):
    """A team."""

    word: int
    """of its streams"""
    first: int
    """its developers"""
    last: int
    capacity: int
    """focus seconds that it has in all"""
    stories: int
    """that are drawn at first"""
    week_from: int
    """where the days of the week on which it works stand in `workdays`"""
    week_days: int
    sick_draws: int
    """spells that are drawn for everybody; 0: nobody is ever sick"""
    sick_before: int
    """working days within which sickness begins"""
    ahead_from: int
    """where it stands in `ahead` how much its clock is ahead of the organisation's by day; -1: never"""


class Spell(Row):
    """Somebody is away."""

    leaves: int
    returns: int


class Drawn(Row):
    """How much was drawn."""

    reported: int
    possible: int
    """incidents"""
    stories: int
    spells: int
    full: int
    """there was no room for all of it"""


class Future(NamedTuple):
    """A future and what it is drawn from."""

    # what a scenario says
    scene: Scene
    purposes: Purposes
    kinds: Table[ReportedKind]
    planners: Table[PlanningTeam]
    laws: Table[Law]
    of_laws: Reals
    chances: Reals
    """that a week has at most so many incidents, law after law"""
    wheels: Table[Wheel]
    ends: Reals
    """the share that is over when each ends, wheel after wheel"""
    guides: Numbers
    """which is picked where each of GUIDES stretches begins"""
    hour_weights: Reals
    """(K, HOURS)"""
    all_weights: Reals
    """(K,) their sum"""
    day_shares: Reals
    """(K, DAYS) of a week's incidents"""
    day_begins: Reals
    """(K, DAYS) the share of a week that is over when each day begins"""
    demand: Reals
    """over that of an ordinary day, kind after kind"""
    most: Reals
    """(K,) the largest demand, 1 at least"""
    holiday_share: Reals
    """(K,)"""
    is_holiday: Numbers
    """(W * DAYS,)"""
    reopen_rate: Reals
    """(K,)"""
    deflect_rate: Reals
    """(1,)"""
    sizes: Numbers
    """points of stories"""
    estimates: Numbers
    """focus seconds by size"""
    sick_gap: Reals
    """(1,) mean of the working days between two spells"""
    workdays: Numbers
    ahead: Numbers
    known: Table[Spell]
    """of absence, beforehand, by developer"""
    known_from: Numbers
    """(D + 1,)"""
    log_opened: Numbers
    log_kind: Numbers
    log_team: Numbers

    # what is asked for
    wanted: Wanted

    # where it is worked out
    streams: Table[StreamRow]
    pool: Numbers
    busy: Reals
    """(2 * DAYS,) how busy the days of a week turn out, and the share of it that is over when each ends"""
    marks: Reals
    """(…, MARKS) uniform numbers of incidents as they were drawn"""
    draft_opened: Numbers
    draft_kind: Numbers
    draft_team: Numbers
    draft_after: Numbers
    order: Numbers
    """which of the drafts comes next"""
    places: Numbers
    weeks_drawn: Reals
    """(W,)"""

    # what is drawn
    drawn: Drawn
    opened: Numbers
    kind: Numbers
    team: Numbers
    cause: Numbers
    after: Numbers
    effort: Numbers
    deflected: Numbers
    first_line: Numbers
    reopening: Numbers
    uniform: Numbers
    chance: Numbers
    logged: Numbers
    story_points: Numbers
    story_estimate: Numbers
    story_effort: Numbers
    story_regression: Numbers
    story_uniform: Numbers
    stories_from: Numbers
    """(T + 1,)"""
    spell_developer: Numbers
    spell_leaves: Numbers
    spell_returns: Numbers
    leaves: Numbers
    """(D * S,)"""
