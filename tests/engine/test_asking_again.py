"""Who refused, and who found nothing, is asked again when that may have changed: then, and only then."""

from __future__ import annotations

from collections import Counter
from itertools import product
from typing import Any

import pytest

from sim.engine import plain, processes
from sim.engine.cases import Workspace
from sim.engine.kernel import dispatch, night_calls, placing, queues, urgent
from sim.policy.contract import DEFER, INTERRUPT, NOTHING_NEW, QUEUE, STORY_FIRST, Policy
from sim.policy.refusing import refuses_other_teams
from sim.policy.registry import known_policies
from sim.sampling.sample_path import SamplePath, sample_path
from sim.scenario.reading import from_table
from tests.policy.test_kin import RULED
from tests.thinned import LONG
from tests.written import MORE, WRITTEN


def organisation(teams: int, load: float, **more: Any) -> dict[str, Any]:
    """Teams of four, of whose time their incidents take so much."""
    per_week = 5.0 * teams
    return {
        "name": f"{teams} teams",
        "time": {"horizon_weeks": 6, "warmup_weeks": 0, "sprint_weeks": 2},
        "teams": [{"name": f"team {number}", "developers": 4} for number in range(teams)],
        "stories": {"points": {"1": 0.5, "3": 0.5}, "hours_per_point": 4},
        "incidents": [
            {
                "kind": f"kind {severity}",
                "severity": severity,
                "per_week": per_week,
                "people": people,
                "effort_hours": {"dist": "exponential", "mean": load * 4 * 28 / 15},
                "escalate_after_hours": 12,
            }
            for severity, people in ((1, 1), (2, 2), (4, 1))
        ],
        "people": {"sick_share": 0.1},
        **more,
    }


ORGANISATIONS = {
    "little to do": organisation(4, 0.1),
    "as much as they can": organisation(3, 0.7),
    "four times that": organisation(3, 4.0),
    "at night, too": organisation(3, 4.0, on_call={"cover": "24x7", "page": [1, 2]}),
    "nothing but incidents": organisation(4, 0.5) | {"stories": None},
    "improvements": organisation(
        3,
        0.3,
        improvements=[
            {"name": name, "effort_hours": 40, "reduces": {"kind 1": 0.1}} for name in "ABC"
        ],
        sprints={"improvement_share": 0.2},
    ),
}  # fmt: skip


def a_supporter_at_most(developer, team, p):
    """Held back by a count of all teams."""
    return NOTHING_NEW if team.support_in_progress >= 2 else STORY_FIRST


ODD = (
    Policy(
        id="held-back-by-all",
        queue="organisation",
        route=lambda incident, team, now, p: INTERRUPT if incident.severity == 1 else QUEUE,
        takes=lambda developer, incident, p: developer.turn < 2,
        next_work=a_supporter_at_most,
    ),
    Policy(
        id="on-duty-of-all-picky",
        queue="organisation",
        on_duty=lambda developer, sprint, p: developer.turn < 2,
        route=lambda incident, team, now, p: INTERRUPT if incident.severity <= 2 else QUEUE,
        takes=lambda developer, incident, p: developer.on_duty == 1 and incident.kind != 1,
        picks=lambda developer, story, team, p: team.support_in_progress % 2 == developer.on_duty,
    ),
    Policy(
        id="small-stories-on-duty-of-all",
        queue="organisation",
        on_duty=lambda developer, sprint, p: developer.turn < 2,
        route=lambda incident, team, now, p: QUEUE,
        takes=lambda developer, incident, p: developer.on_duty == 1,
        picks=lambda developer, story, team, p: developer.on_duty == (story.points == 1),
    ).with_settings(quiet="nothing"),
    *(known_policies()[name].with_settings(quiet=quiet)
      for name in ("dedicated-team", "developer-rotation")
      for quiet in ("improvements", "nothing")),
    Policy(
        id="own-from-the-queue-of-all",
        queue="organisation",
        route=lambda incident, team, now, p: INTERRUPT if incident.severity <= 2 else QUEUE,
        takes=lambda developer, incident, p: developer.team == incident.team and developer.seat < 2,
    ),
    Policy(
        id="own-by-rank",
        route=lambda incident, team, now, p: INTERRUPT,
        rank=lambda incident, now, p: incident.id % 3,
        takes=lambda developer, incident, p: developer.team == incident.team and developer.turn < 2,
    ),
    Policy(
        id="others-for-what-was-deferred",
        route=lambda incident, team, now, p: (
            DEFER if incident.deferrals == 0 and incident.id % 2 else INTERRUPT
        ),
        looks_at=("10:00", "14:00"),
        takes=lambda developer, incident, p: (
            developer.team == incident.team and (developer.turn == 0) == (incident.deferrals == 0)
        ),
    ),
    Policy(
        id="the-worst-of-a-ranked-queue",
        route=lambda incident, team, now, p: QUEUE,
        rank=lambda incident, now, p: incident.id % 3,
        takes=lambda developer, incident, p: (
            developer.team == incident.team and (incident.severity == 1 or developer.turn == 0)
        ),
    ),
    Policy(
        id="the-next-team",
        route=lambda incident, team, now, p: INTERRUPT,
        takes=lambda developer, incident, p: (developer.team + incident.team) % 2 == 1,
    ),
)  # fmt: skip

POLICIES = (*known_policies().values(), *WRITTEN, *MORE, *ODD, *RULED)


@pytest.mark.parametrize(
    ("name", "asked"),
    [
        pytest.param(*case, marks=LONG if n % 5 else (), id=f"{case[0]}-{case[1].label}")
        for n, case in enumerate(product(ORGANISATIONS, POLICIES))
    ],
)
def test_nobody_is_forgotten(name: str, asked: Policy) -> None:
    """The engine that asks everybody at each dispatch comes to the same."""
    table = {key: part for key, part in ORGANISATIONS[name].items() if part is not None}
    scenario = from_table(table)
    for replication in range(2):
        path = sample_path(scenario, 5, replication)
        [expected] = processes.simulate([(path, asked)])
        [found] = plain.simulate([(path, asked)], Workspace())
        assert found.tolist() == expected.tolist()


# ---- how often -----------------------------------------------------------------------------------


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often a decision is asked as work is handed out, and somebody is looked at for it."""
    count: Counter[str] = Counter()

    def counting(module: Any, name: str) -> None:
        function = getattr(module, name)

        def counted(*arguments: Any) -> Any:
            count[name] += 1
            return function(*arguments)

        monkeypatch.setattr(module, name, counted)

    counting(placing, "ask_takes")
    counting(dispatch, "ask_next_work")
    counting(dispatch, "hand_out")
    counting(placing, "is_worth_asking")
    counting(urgent, "is_worth_asking")
    counting(night_calls, "is_worth_a_call")
    counting(queues, "comes_before")
    return count


def an_event(path: SamplePath, asked: Policy, counted: Counter[str]) -> dict[str, float]:
    """How often of each there is for an event of the trace."""
    counted.clear()
    [trace] = plain.simulate([(path, asked)], Workspace())
    return {name: times / len(trace) for name, times in counted.items()}


@pytest.mark.parametrize("load", [0.2, 4.0])
@pytest.mark.parametrize("asked", known_policies().values(), ids=lambda policy: policy.id)
def test_no_more_are_asked_for_an_event_in_four_times_as_many_teams(
    load: float, asked: Policy, counted: Counter[str]
) -> None:
    small, large = (
        an_event(sample_path(from_table(organisation(teams, load))), asked, counted)
        for teams in (6, 24)
    )
    if not refuses_other_teams(asked):
        del large["is_worth_asking"]  # what comes in is offered to all teams until one has it
    for name, times in large.items():
        assert times <= 1.3 * small.get(name, 0) + 0.2, name


@pytest.mark.parametrize(
    "asked", [*known_policies().values(), *RULED], ids=lambda policy: policy.id
)
def test_no_more_are_asked_for_an_event_as_the_queue_grows(
    asked: Policy, counted: Counter[str]
) -> None:
    """At four times the load twice the weeks end with a queue of twice the length."""
    table = organisation(3, 4.0, on_call={"cover": "24x7", "page": [1, 2]})
    for kind in table["incidents"]:
        kind["profile"] = "round-the-clock"
    short = an_event(sample_path(from_table(table)), asked, counted)
    table["time"]["horizon_weeks"] *= 2
    long = an_event(sample_path(from_table(table)), asked, counted)
    for name, times in long.items():
        more = 1.5 if name == "comes_before" else 0.2  # by and by there is a list of each kin
        assert times <= 1.3 * short.get(name, 0) + more, name


def test_the_small_tickets_of_one_are_not_gone_through_by_the_others(
    counted: Counter[str],
) -> None:
    """Of a large team one person takes what was never deferred: it piles up before the others."""
    table = organisation(1, 0.5)
    table["teams"][0]["developers"] = 12
    table["time"] = {"horizon_weeks": 40, "warmup_weeks": 0, "sprint_weeks": 2}
    for kind in table["incidents"]:
        kind |= {
            "severity": 3,
            "per_week": 20.0,
            "effort_hours": {"dist": "constant", "value": 1.0},
        }
        del kind["escalate_after_hours"]
    path = sample_path(from_table(table))
    ticket = known_policies()["unplanned-ticket"].with_settings(share=1)
    assert an_event(path, ticket, counted)["ask_takes"] < 2
