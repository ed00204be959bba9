"""What is due at the end of every so many weeks, after some days or on a date: met as often as the law of the
effort says, where somebody always starts at once."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sim
from sim.measures.metrics import Key, measure
from sim.measures.run import Run
from sim.policy import ARRIVED, DEFER, INTERRUPT, LATER, Policy
from sim.scenario.reading import from_table
from tests.staged import agreed, date, events, play
from tests.written import queue

QUEUE_ALL = Policy(id="queue-all", route=queue)

DAY, WEEK = 24.0, 168.0

PERIOD = 4 * WEEK
MEAN = 200.0

EXPONENTIAL = {"dist": "exponential", "mean": MEAN}
CONSTANT = {"dist": "constant", "value": MEAN}


def due_hours(result: Run) -> np.ndarray:
    """The hour at which each incident is due, by what its kind says; infinite where it never is."""
    found, kinds = result.incidents, {kind.kind: kind for kind in result.path.scenario.incidents}
    start = result.path.scenario.time.start
    hours = []
    for name, opened in zip(found.kind, found.opened_hours, strict=True):
        due = kinds[name].due
        said = {} if due is None else due.model_dump()
        if "every_weeks" in said:
            every = said["every_weeks"] * WEEK
            hours.append((opened // every + 1) * every)
        elif "days" in said:
            hours.append(opened + said["days"] * DAY)
        else:
            ends = sorted(((day - start).days + 1) * DAY for day in said.get("dates", []))
            hours.append(next((end for end in ends if end > opened), math.inf))
    return np.array(hours)


def due_met(result: Run) -> float:
    """The share of incidents that are resolved by when they are due, of those of which that is known."""
    due, found = due_hours(result), result.incidents
    resolved = (found.opened_hours + found.resolution_hours).to_numpy()
    horizon = result.path.organisation.horizon / 3_600
    met = resolved <= due  # False where it is not resolved
    decided = np.isfinite(due) & (~np.isnan(resolved) | (due <= horizon))
    return float(met[decided].mean())


def figure(result: Run) -> float:
    """The same as it is reported."""
    return measure(result.path, result.events)[Key("response", "all", "due_met")]


def changes(
    due: dict[str, Any], effort: dict[str, Any], weeks: int = 400, per_week: float = 20.0
) -> Run:
    """Changes of law, say, that come at any hour and find somebody at once."""
    scenario = from_table(
        {
            "name": "changes",
            "time": {
                "horizon_weeks": weeks,
                "warmup_weeks": 0,
                "sprint_weeks": 1,
                "always_open": True,
            },
            "teams": [{"name": "Desk", "developers": 120, "focus": 1.0}],
            "sprints": {"ceremony_hours": 0.0},
            "incidents": [
                {
                    "kind": "change",
                    "severity": 3,
                    "per_week": per_week,
                    "effort_hours": effort,
                    "due": due,
                }
            ],
        }
    )
    return sim.run(sim.sample_path(scenario), QUEUE_ALL)


def exponential_within(hours: float) -> float:
    return 1 - math.exp(-hours / MEAN)


CASES = {
    "every four weeks, exponential": (
        {"every_weeks": 4},
        EXPONENTIAL,
        1 - MEAN / PERIOD * exponential_within(PERIOD),
    ),
    "every four weeks, constant": ({"every_weeks": 4}, CONSTANT, 1 - MEAN / PERIOD),
    "every week, constant and longer": ({"every_weeks": 1}, CONSTANT, 0.0),
    "within ten days, exponential": ({"days": 10}, EXPONENTIAL, exponential_within(10 * DAY)),
    "within ten days, constant": ({"days": 10}, CONSTANT, 1.0),
}
"""When it is due, how long it takes, and the chance that it is met: with opening uniform in a period of T,
E[max(0, 1 − S ÷ T)]."""


@pytest.mark.parametrize("name", CASES)
def test_a_deadline_is_met_as_often_as_the_formula_says(name: str) -> None:
    due, effort, exact = CASES[name]
    result = changes(due, effort)
    assert result.incidents.response_hours.max() == 0, "somebody starts at once"
    spread = math.sqrt(exact * (1 - exact) / len(result.incidents))
    assert due_met(result) == pytest.approx(exact, abs=4 * spread + 1e-9)
    assert figure(result) == pytest.approx(due_met(result), abs=1e-12)


def test_the_last_deadline_counts_though_it_is_the_end_of_all() -> None:
    """A year has thirteen times four weeks. Were only those counted of the last that are done by then, a deadline
    would seem met more often than it is: in eight weeks 82 of 100 instead of 70."""
    result = changes({"every_weeks": 4}, CONSTANT, weeks=8, per_week=60.0)
    found = result.incidents
    still = found.outcome == "open"
    assert (found[still].opened_hours > 8 * WEEK - MEAN).all()
    exact = 1 - MEAN / PERIOD
    spread = math.sqrt(exact * (1 - exact) / len(found))
    assert due_met(result) == pytest.approx(exact, abs=4 * spread)
    assert figure(result) == pytest.approx(exact, abs=4 * spread)


def test_of_some_dates_the_next_counts_until_its_day_is_over() -> None:
    """Due on the 14th and the 28th day: what opens by then has until midnight of the next of the two."""
    result = changes({"dates": [date(27), date(13)]}, CONSTANT, weeks=8, per_week=60.0)
    found = result.incidents[result.incidents.opened_hours < 4 * WEEK]
    assert found.response_hours.max() == 0
    due = np.where(found.opened_hours < 14 * DAY, 14 * DAY, 28 * DAY)
    met = (found.opened_hours + found.resolution_hours).to_numpy() <= due
    assert met.mean() == due_met(result) == figure(result), (
        "what opens later is due never, and counts for nothing"
    )
    exact = 1 - MEAN / (14 * DAY)
    assert met.mean() == pytest.approx(exact, abs=4 * math.sqrt(exact * (1 - exact) / len(found)))


# ---- as policies see it --------------------------------------------------------------------------

HOURS_LEFT = Policy(
    id="hours-left",
    route=queue,
    note=lambda team, event, incident, waited, now, p: (
        team.level
        if event != ARRIVED
        else ((incident.due - now) // 3_600 if incident.due < LATER else -1)
    ),
)
"""Its level is the hours that are left to the incident that came last, so that the trace tells them."""


def hours_left(due: dict[str, Any] | None, opened: list[float], folder: Path) -> list[int]:
    effort = {"dist": "constant", "value": 0.01}
    kinds = [
        {"kind": "worst", "severity": 1, "effort_hours": effort},
        {"kind": "lesser", "severity": 3, "effort_hours": effort, "due": due},
    ]
    rows = [(hour, 3, "A") for hour in opened]
    result = agreed(play(folder, HOURS_LEFT, rows, story_hours=None, incidents=kinds))
    noted = result.trace[result.trace.event == "noted"]
    return noted.value.tolist()


@pytest.mark.parametrize(
    ("due", "left"),
    [
        ({"every_weeks": 1}, [167, 1, 168, 118]),
        ({"every_weeks": 2}, [335, 169, 168, 118]),
        ({"days": 2.5}, [60]),  # the level does not change, so it is told once
        ({"dates": [date(0), date(6), date(8)]}, [23, 1, 48, -1]),
        ({"dates": [date(20)]}, [503, 337, 336, 286]),
        (None, [-1]),
    ],
)
def test_a_policy_sees_the_next_of_its_deadlines(
    tmp_path: Path, due: dict[str, Any] | None, left: list[int]
) -> None:
    """Opened at hours 1, 167, 168, which is when a week is over, and 218."""
    assert hours_left(due, [1.0, 167.0, 168.0, 218.0], tmp_path) == left


def test_a_policy_that_routes_by_the_deadline_interrupts_for_what_is_due_soon(
    tmp_path: Path,
) -> None:
    soon = Policy(
        id="soon",
        route=lambda incident, team, now, p: (
            INTERRUPT if incident.due - now <= 24 * 3_600 else DEFER
        ),
    )
    effort = {"dist": "constant", "value": 2}
    kinds = [
        {"kind": "worst", "severity": 1, "effort_hours": effort},
        {"kind": "lesser", "severity": 3, "effort_hours": effort, "due": {"every_weeks": 2}},
    ]
    rows = [(100, 3, "A"), (320, 3, "A")]
    result = agreed(play(tmp_path, soon, rows, developers=(1,), story_hours=50, incidents=kinds))
    assert events(result, "deferred", "started") == [
        (100, "deferred", 0, -1),
        (
            200,
            "started",
            0,
            0,
        ),  # after the planning of hour 168, when the story of hour 150 is done
        (320, "started", 1, 0),  # of hour 336 only 16 hours are left
    ]
