"""Three zones that hand outages on: written as rules in the scenario that ships."""

from __future__ import annotations

import numpy as np
import pytest

import sim
from sim.engine.trace import Event, EventType
from sim.sampling.calendars import HOUR, Calendar

HORIZON = ["time.horizon_weeks=26"]


@pytest.fixture(scope="module")
def runs() -> dict[str, sim.Run]:
    path = sim.sample_path(sim.load("follow_the_sun", HORIZON), seed=2)
    return {name: sim.run(path, name) for name in ("follow-the-sun", "developer-rotation")}


def is_open(calendar: Calendar, moment: int) -> bool:
    return calendar.next_open(moment) == moment


def nights(run: sim.Run) -> list[tuple[int, int, int]]:
    """Outages that open while their own team is closed and another is at work: incident, opened, started."""
    org, accounts = run.path.organisation, run.accounts
    kind = run.path.incidents.kind[accounts.id]
    home = run.path.incidents.team[accounts.id]
    found = []
    for n in np.flatnonzero(org.severity[kind] == 1).tolist():
        opened = int(accounts.opened[n])
        at_work = [t for t in range(org.teams) if is_open(org.calendar_of(t), opened)]
        if at_work and int(home[n]) not in at_work:
            found.append((int(accounts.id[n]), opened, int(accounts.started[n])))
    return found


def test_an_outage_at_night_is_another_teams_morning(runs: dict[str, sim.Run]) -> None:
    """Nine in ten are answered at once by the team at work, the rest when somebody of it is free to."""
    run = runs["follow-the-sun"]
    waited = [started - opened for _, opened, started in nights(run)]
    assert len(waited) > 20
    assert np.mean([seconds <= HOUR / 2 for seconds in waited]) >= 0.9
    org = run.path.organisation
    began = run.events[run.events[:, Event.type] == EventType.STARTED]
    first = {}
    for row in began.tolist():
        first.setdefault(row[Event.item], row)
    for incident, _, started in nights(run):
        row = first.get(incident)
        if row is not None and row[Event.time] == started:
            keeps = org.hours.of_developer[row[Event.developer]]
            assert is_open(org.hours.calendars[keeps], started), "in their own working hours"
            assert org.team[row[Event.developer]] != run.path.incidents.team[incident]


def test_nobody_is_called_while_somebody_elsewhere_takes_it(runs: dict[str, sim.Run]) -> None:
    paged = {
        name: int((run.events[:, Event.type] == EventType.PAGED).sum())
        for name, run in runs.items()
    }
    assert 0 < paged["follow-the-sun"] < 0.7 * paged["developer-rotation"]


def test_what_is_in_work_at_closing_time_is_handed_to_the_next_zone(
    runs: dict[str, sim.Run],
) -> None:
    run = runs["follow-the-sun"]
    org = run.path.organisation
    teams: dict[int, set[int]] = {}
    for row in run.events.tolist():
        if row[Event.type] == EventType.STARTED:
            incident = row[Event.item]
            if org.severity[run.path.incidents.kind[incident]] == 1:
                teams.setdefault(incident, set()).add(int(org.team[row[Event.developer]]))
    assert sum(len(who) > 1 for who in teams.values()) > 5
