"""One sprint of one team under a policy, as a board to play: who works on what, second by second.

Two boards of the same future show why two policies come to different ends. Everything is plain data, in
whole seconds since the first Monday.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from sim.engine.trace import Event, EventType
from sim.measures.parting import first_parting
from sim.measures.run import Run, run
from sim.policy.contract import Policy
from sim.policy.registry import policy_in
from sim.report.stints import INCIDENT, interruptions, stints
from sim.report.story_words import about, stories_of
from sim.report.timeline import event_words, moment
from sim.sampling.calendars import WEEK
from sim.sampling.sample_path import sample_path
from sim.scenario.schema import Scenario

WHAT = ("stories", "incidents", "improvements", "ceremonies", "absence")
"""What people are seen at, by `sim.report.stints`."""

OTHER_FUTURES = 6
"""Random futures whose sprints stand beside the one that is played."""


def played(
    scenario: Scenario,
    policies: Sequence[str | Policy],
    team: int,
    sprint: int,
    seed: int = 1,
    replication: int = 0,
) -> dict[str, Any]:
    """Two boards of one sprint on the same future, with the story of each of its incidents under both.

    Args:
        scenario: with the events that were thrown in.
        policies: two of them.
        team: its number.
        sprint: its number from 0.
        seed: of the futures.
        replication: which future.
    """
    path = sample_path(scenario, seed, replication)
    chosen = [policy_in(scenario, policy) for policy in policies]
    runs = [run(path, policy) for policy in chosen]
    begins, ends = _span(scenario, sprint)
    parting = first_parting(*runs)
    return {
        "team": scenario.teams[team].name,
        "sprint": sprint,
        "sprints": sprints_of(scenario),
        "begins": begins,
        "ends": ends,
        "opens": _opens(runs[0], team, begins, ends),
        "boards": [_board(one, team, begins, ends) for one in runs],
        "incidents": _incidents(runs, team, begins, ends),
        "parting": None if parting is None else {
            "seconds": parting.time,
            "when": moment(parting.time),
            "sprint": parting.time // (ends - begins),
            "words": [
                None if row is None else event_words(one, row)
                for one, row in zip(runs, (parting.here, parting.there), strict=True)
            ],
        },
        "points": _points(runs, team, sprint),
    }  # fmt: skip


def other_sprints(
    scenario: Scenario,
    policies: Sequence[str | Policy],
    team: int,
    sprint: int,
    seed: int,
    replication: int,
) -> dict[str, Any]:
    """In how many other sprints of the team which of two policies finishes more points.

    They are those of the same future, and of OTHER_FUTURES beside it.
    """
    chosen = [policy_in(scenario, policy) for policy in policies]
    finished: list[tuple[int, int]] = []
    for future in range(replication, replication + OTHER_FUTURES):
        path = sample_path(scenario, seed, future)
        runs = [run(path, policy) for policy in chosen]
        for number in range(sprints_of(scenario)):
            if (future, number) != (replication, sprint):
                first, second = _points(runs, team, number)
                finished.append((first, second))
    more = [sum(a > b for a, b in finished), sum(b > a for a, b in finished)]
    return {"sprints": len(finished), "more": more, "same": len(finished) - sum(more)}


def sprints_of(scenario: Scenario) -> int:
    """How many whole sprints are simulated."""
    return int(scenario.time.horizon_weeks // scenario.time.sprint_weeks)


def _span(scenario: Scenario, sprint: int) -> tuple[int, int]:
    length = scenario.time.sprint_weeks * WEEK
    return sprint * length, (sprint + 1) * length


def _opens(lived: Run, team: int, begins: int, ends: int) -> list[list[int]]:
    hours = lived.path.organisation.calendar_of(team)
    seen = (hours.closes > begins) & (hours.opens < ends)
    return [
        [max(int(o), begins), min(int(c), ends)]
        for o, c in zip(hours.opens[seen], hours.closes[seen], strict=True)
    ]


def _board(lived: Run, team: int, begins: int, ends: int) -> dict[str, Any]:
    path, policy = lived.path, lived.policy
    members = [int(d) for d in np.flatnonzero(path.organisation.team == team)]
    rows = lived.events[
        (lived.events[:, Event.time] >= begins) & (lived.events[:, Event.time] < ends)
    ]
    switching = {
        (row[Event.time], row[Event.developer]): row[Event.value]
        for row in lived.events.tolist()
        if EventType(row[Event.type]).switches and row[Event.value]
    }
    return {
        "label": policy.label,
        "id": policy.id,
        "title": policy.title or policy.id,
        "developers": members,
        "stints": [
            {
                "developer": one.developer,
                "what": WHAT[one.what],
                "item": one.item,
                "severity": _severity(lived, one.item) if one.what == INCIDENT else 0,
                "from": max(one.begins, begins),
                "to": min(one.ends, ends),
                "into": max(min(one.begins + switching.get((one.begins, one.developer), 0), one.ends), begins),
            }
            for one in stints(lived.events, path.scenario.time.horizon_weeks * WEEK)
            if one.developer in members and one.ends > begins and one.begins < ends
        ],
        "interrupted": [
            {"time": time, "developer": developer}
            for time, developer in interruptions(rows)
            if developer in members
        ],
        "done": [
            {"time": row[Event.time], "developer": row[Event.developer], "item": row[Event.item],
             "points": int(path.stories.points[row[Event.item]])}
            for row in rows.tolist()
            if row[Event.type] == EventType.STORY_DONE and row[Event.team] == team
        ],
        **_planned(lived, rows.tolist(), team),
    }  # fmt: skip


def _planned(lived: Run, rows: list[list[int]], team: int) -> dict[str, Any]:
    """What the team commits at the first planning of the sprint; nothing where it plans none."""
    own = [row for row in rows if row[Event.team] == team]
    committed = {row[Event.item] for row in own if row[Event.type] == EventType.COMMITTED}
    points = lived.path.stories.points
    return {
        "plans": any(row[Event.type] == EventType.PLANNED for row in own) and bool(committed),
        "stories": len(committed),
        "points": int(sum(points[item] for item in committed)),
        "goal": lived.path.scenario.sprints.goal_share,
    }


def _severity(lived: Run, incident: int) -> int:
    return int(lived.path.organisation.severity[lived.path.incidents.kind[incident]])


def _incidents(runs: Sequence[Run], team: int, begins: int, ends: int) -> list[dict[str, Any]]:
    """Those at home in the team that open in the sprint, or are open when it begins, under either policy."""
    seen: set[int] = set()
    for lived in runs:
        books = lived.accounts
        home = lived.path.incidents.team[books.id] == team
        inside = (books.opened < ends) & ((books.ended < 0) | (books.ended >= begins))
        seen |= set(books.id[home & inside].tolist())
    found = [about(runs[0], n) | {"stories": stories_of(runs, n)} for n in sorted(seen)]
    return sorted(found, key=_opening)


def _opening(incident: dict[str, Any]) -> int:
    return min(int(story["opened"]) for story in incident["stories"] if story is not None)


def _points(runs: Sequence[Run], team: int, sprint: int) -> list[int]:
    """Points finished in a sprint under each run, by the time they were done."""
    begins, ends = _span(runs[0].path.scenario, sprint)
    found = []
    for lived in runs:
        events = lived.events
        own = (events[:, Event.type] == EventType.STORY_DONE) & (events[:, Event.team] == team)
        own &= (events[:, Event.time] >= begins) & (events[:, Event.time] < ends)
        found.append(int(lived.path.stories.points[events[own, Event.item]].sum()))
    return found
