"""Planned work: each team's endless backlog of stories, and the regressions they may cause."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.arrays import Floats, Ints
from sim.sampling.calendars import DAY, HOUR
from sim.sampling.incidents import MARKS, REGRESSION, Openings, at_home
from sim.sampling.organisation import MILLE, MILLION, Organisation
from sim.sampling.streams import Streams
from sim.scenario.distributions import seconds
from sim.scenario.people_and_plans import Stories
from sim.scenario.schema import Scenario

_POINTS, _ERROR, _REGRESSION, _AFTER = range(4)
"""Which of a story's first four uniforms decides what; the rest are its regression's marks."""


@dataclass(frozen=True, eq=False)
class Backlog:
    """M stories, team by team, each team's in the order of its backlog. T teams."""

    first: Ints
    """(T + 1,) first story of each team."""
    points: Ints
    """(M,)"""
    estimate: Ints
    """(M,) focus seconds the team believes it takes."""
    effort: Ints
    """(M,) focus seconds it takes."""
    regression: Ints
    """(M,) the incident that may follow once the story is done; -1: none."""
    uniform: Ints
    """(M,) per million: it follows where this is less than the chance."""

    def __len__(self) -> int:
        return len(self.points)


def sample_backlog(
    scenario: Scenario, org: Organisation, streams: Streams, reported: int
) -> tuple[Backlog, Openings]:
    """Draw every team's backlog, and the regressions it may cause, numbered from `reported` on."""
    stories = scenario.stories
    if stories is None:
        return empty_backlog(org.teams), Openings.none()
    drawn = [_of_team(scenario, org, team, stories, streams) for team in range(org.teams)]
    put_in_front(scenario, [sizes for _, sizes in drawn])
    first = np.concatenate(([0], np.cumsum([len(u) for u, *_ in drawn]))).astype(np.int64)
    u = np.concatenate([u for u, *_ in drawn])
    points, estimate, effort = (
        np.concatenate(parts) for parts in zip(*(sizes for _, sizes in drawn), strict=True)
    )
    uniform = (u[:, _REGRESSION] * MILLION).astype(np.int64)
    breaks = uniform < may_break(org)
    regression = np.where(breaks, reported + np.cumsum(breaks) - 1, -1)
    team, kind = (
        np.repeat(np.arange(org.teams), np.diff(first)),
        regression_kind(scenario, stories),
    )
    return Backlog(first, points, estimate, effort, regression, uniform), Openings(
        opened=np.full(breaks.sum(), -1, dtype=np.int64),
        kind=np.full(breaks.sum(), kind, dtype=np.int64),
        team=at_home(scenario, kind, team[breaks]),
        cause=np.full(breaks.sum(), REGRESSION, dtype=np.int64),
        after=seconds(stories.regression_after_days, u[breaks, _AFTER], DAY),
        marks=u[breaks, -MARKS:],
    )


def empty_backlog(teams: int) -> Backlog:
    """The backlog of teams that have nothing planned."""
    nothing = np.empty(0, dtype=np.int64)
    return Backlog(np.zeros(teams + 1, dtype=np.int64), *[nothing] * 5)


Sizes = tuple[Ints, Ints, Ints]
"""Points, estimate and effort of stories."""


def _sizes(stories: Stories, u: Floats) -> Sizes:
    """The sizes of stories with the marks `u`."""
    choices = np.array([int(key) for key in stories.points], dtype=np.int64)
    edges = np.cumsum(list(stories.points.values()))
    which = np.searchsorted(edges[:-1], u[:, _POINTS], side="right")
    points = choices[which]
    hours = points * stories.hours_per_point
    estimate = np.maximum(np.rint(hours * HOUR), 1).astype(np.int64)
    ratio = seconds(stories.error, u[:, _ERROR], MILLE)
    return points, estimate, np.maximum(estimate * ratio // MILLE, 1)


def _of_team(
    scenario: Scenario, org: Organisation, team: int, stories: Stories, streams: Streams
) -> tuple[Floats, Sizes]:
    """Draw the marks of as many stories as the team could finish if it did nothing else, and a
    sprint's more, and how large they are."""
    entry, capacity = scenario.teams[team], focus_capacity(org, team)
    count = first_count(scenario, org, team, stories)
    while True:
        u = streams.named("stories", entry.name).random((count, 4 + MARKS))
        sizes = _, estimate, effort = _sizes(stories, u)
        if min(estimate.sum(), effort.sum()) > capacity:
            return u, sizes
        count *= 2


def focus_capacity(org: Organisation, team: int) -> int:
    """The focus seconds that a team has in all."""
    people, calendar = len(org.members(team)), org.calendar_of(team)
    return calendar.worked(calendar.end) * people * int(org.focus[team]) // MILLE


def first_count(scenario: Scenario, org: Organisation, team: int, stories: Stories) -> int:
    """As many stories as are likely to be enough for a team."""
    mean = sum(int(p) * share for p, share in stories.points.items()) * stories.hours_per_point
    in_hand = 0
    if scenario.start:
        name = scenario.teams[team].name
        in_hand = sum(story.team == name for story in scenario.start.stories)
    return int(focus_capacity(org, team) / (mean * HOUR) * 1.2) + 64 + in_hand


def may_break(org: Organisation) -> int:
    """Per million of stories that may break something, at most."""
    return org.regression_chance * org.interrupted_regressions // MILLE


def put_in_front(scenario: Scenario, sizes: list[Sizes]) -> None:
    """Have the stories that are in hand today be the first of their teams' backlogs, with what is left of
    them; by chance is only what they break."""
    in_front = [0] * len(sizes)
    for story in scenario.start.stories if scenario.start else ():
        team = next(n for n, team in enumerate(scenario.teams) if team.name == story.team)
        left = max(1, round(story.left_hours * HOUR))
        for column, number in zip(sizes[team], (story.points, left, left), strict=True):
            column[in_front[team]] = number
        in_front[team] += 1


def regression_kind(scenario: Scenario, stories: Stories) -> int:
    """The kind of what stories break."""
    names = [kind.kind for kind in scenario.incidents]
    return names.index(stories.regression_kind) if stories.regression_kind else 0
