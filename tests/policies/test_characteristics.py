"""What each practice is known for, on common paths and with intervals."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

import sim
from sim.engine.trace import Event, EventType
from sim.policy.registry import known_policies
from sim.policy.views import LOADS
from tests.staged import events, play

HALF_YEAR = ["time.horizon_weeks=28"]


@pytest.fixture(scope="module")
def agency() -> sim.Scenario:
    return sim.load("scenarios/web_agency.toml", HALF_YEAR)


@pytest.fixture(scope="module")
def all_of_them(agency: sim.Scenario) -> sim.Comparison:
    return sim.compare(agency, replications=12)


def test_eleven_policies_ship() -> None:
    assert set(known_policies()) >= {
        "next-sprint",
        "swap-in",
        "cancel-sprint",
        "reserved-buffer",
        "unplanned-ticket",
        "dedicated-team",
        "team-rotation",
        "developer-rotation",
        "adaptive-rotation",
        "kanban",
        "interrupt-anyone",
    }


def test_every_policy_has_a_share_for_improvements() -> None:
    for policy in known_policies().values():
        assert "improvement_share" in policy.values


def test_headcount_is_the_same_in_all_policies(agency: sim.Scenario) -> None:
    path = sim.sample_path(agency)
    hours = {
        name: sim.run(path, name).developers.drop(columns=["developer", "team"]).to_numpy().sum()
        for name in known_policies()
    }
    assert len({round(total, 6) for total in hours.values()}) == 1


def test_deferral_takes_half_a_sprint_at_least(all_of_them: sim.Comparison) -> None:
    assert all_of_them.figure("next-sprint", "response_hours_mean").low >= 168


def test_a_reserve_of_nothing_that_exempts_nobody_is_deferral(agency: sim.Scenario) -> None:
    path = sim.sample_path(agency)
    none = sim.run(path, "reserved-buffer:share=0,exempt_severity=0")
    assert np.array_equal(none.events, sim.run(path, "next-sprint:exempt_severity=0").events)


def test_with_everything_in_reserve_nothing_is_committed(agency: sim.Scenario) -> None:
    result = sim.run(sim.sample_path(agency), "reserved-buffer:share=1")
    assert result.sprints.committed_stories.sum() == 0
    assert result.sprints.delivered_stories.sum() == 0


def test_response_and_delivery_both_fall_as_the_reserve_grows(agency: sim.Scenario) -> None:
    """Below a tenth the reserve is used up whatever it is, and delivery hardly moves."""
    grid = [f"reserved-buffer:share={share}" for share in (0.1, 0.2, 0.3, 0.4, 0.5)]
    result = sim.compare(agency, grid, replications=12)
    for less, more in pairwise(result.labels):
        assert result.difference(more, less, "response_hours_mean").high < 0
        assert result.difference(more, less, "points_per_sprint").high < 0


def test_a_reserve_by_forecast_follows_what_came_in(agency: sim.Scenario) -> None:
    from policies.reserved_buffer import reserve

    policy = sim.find_policy("reserved-buffer:quantile=0.5")
    team = _team(capacity=100_000)
    sprint = _sprint(loads=(50, 10, 40, 20), absence=0)
    assert reserve(team, sprint, policy.record()) == 30, "between 20 and 40: rank 2.5 of 4"
    assert reserve(team, sprint, policy.with_settings(quantile=0.8).record()) == 50
    assert reserve(team, sprint, policy.with_settings(quantile=1).record()) == 20_000, "no history"
    away = _sprint(loads=(0,), absence=120)
    assert reserve(team, away, policy.with_settings(for_absence=1).record()) == 12_000


def _team(capacity: int) -> sim.policy.TeamView:
    return sim.policy.TeamView(*[0] * 16)._replace(capacity=capacity)


def _sprint(loads: tuple[int, ...], absence: int) -> sim.policy.SprintView:
    known = {f"load_{ago}": load for ago, load in enumerate(loads, start=1)}
    blank = sim.policy.SprintView(*[0] * (LOADS + sim.policy.HISTORY))
    return blank._replace(history=len(loads), absence=absence, **known)


def test_dedicated_people_touch_no_story_where_quiet_hours_are_for_improvements(
    agency: sim.Scenario,
) -> None:
    result = sim.run(sim.sample_path(agency), "dedicated-team:people=10,quiet=improvements")
    people = result.developers[result.path.organisation.rank < 10]
    assert people.stories_hours.sum() == 0
    assert people.incidents_hours.sum() > 0


def test_rotation_spreads_support_where_dedication_concentrates_it() -> None:
    """Teams alike, a turn a week; what is left of inequality is sickness, holidays and luck."""
    alike = ["teams.*.incident_share=1", "time.sprint_weeks=1", "sprints.ceremony_hours=3"]
    scenario = sim.load("scenarios/web_agency.toml", alike)
    result = sim.compare(scenario, ["developer-rotation", "dedicated-team"], replications=12)
    assert result.figure("developer-rotation", "support_gini").high < 0.2
    assert result.figure("dedicated-team", "support_gini").low > 0.7


def test_pooling_beats_duty_by_team_until_strangers_cost_too_much(agency: sim.Scenario) -> None:
    pooled, apart = "dedicated-team:people=10", "developer-rotation:people=2"
    gaps = []
    for unfamiliarity in (1.0, 2.0):
        people = agency.people.model_copy(update={"unfamiliarity": unfamiliarity})
        scenario = agency.model_copy(update={"people": people})
        result = sim.compare(scenario, [pooled, apart], replications=12)
        key = next(k for k in result.observations.keys if k.name == "response_hours_mean")
        gaps.append(result.observations.of(0, key) - result.observations.of(1, key))
    assert sim.experiment.statistics.interval(gaps[0]).high < 0
    assert sim.experiment.statistics.interval(gaps[1]).low > 0


def test_adaptive_duty_rises_under_a_step_in_demand_and_falls_after_it(tmp_path: Path) -> None:
    quiet, busy = range(20, 300, 60), range(340, 670, 5)
    rows = [(float(hour), 3, "A") for hour in (*quiet, *busy)]
    weeks = {"horizon_weeks": 10, "warmup_weeks": 0, "sprint_weeks": 1}
    result = play(tmp_path, "adaptive-rotation", rows, developers=(7,), effort_hours=6, time=weeks)
    trace = result.events
    levels = trace[trace[:, Event.type] == EventType.REVIEWED][
        :, [Event.item, Event.value]
    ].tolist()
    assert levels[0][1] == 1
    assert max(level for _, level in levels) == 2
    assert levels[-1][1] == 1
    assert [level for _, level in levels] == [1, 2, 1]


def test_kanban_commits_nothing_and_delivers(all_of_them: sim.Comparison) -> None:
    assert np.isnan(all_of_them.figure("kanban", "say_do_ratio").mean)
    assert all_of_them.figure("kanban", "points_per_sprint").low > 0


def test_a_limit_on_work_in_progress_is_kept(tmp_path: Path) -> None:
    rows = [(float(hour), 3, "A") for hour in range(1, 90, 3)]
    result = play(tmp_path, "kanban:wip_limit=0.5,preempt=0", rows, developers=(4,))
    busy: set[int] = set()
    for row in result.events:
        if row[Event.type] in (EventType.STARTED, EventType.STORY_STARTED):
            busy.add(int(row[Event.developer]))
        elif row[Event.type] in (EventType.RESOLVED, EventType.STORY_DONE):
            busy.discard(int(row[Event.developer]))
        assert len(busy) <= 2


def test_an_expedited_incident_takes_somebody_off_a_story(tmp_path: Path) -> None:
    preempting, waiting = (
        play(tmp_path, f"kanban:preempt={switch}", [(5, 1, "A")]) for switch in (1, 0)
    )
    assert events(preempting, "started")[0][0] == 5
    assert events(waiting, "started")[0][0] == 10


def test_whole_teams_take_turns(agency: sim.Scenario) -> None:
    result = sim.run(sim.sample_path(agency), "team-rotation")
    began = result.trace[result.trace.event == "duty_began"]
    by_sprint = began.groupby(began.time_hours // 336).team.unique()
    first = [list(teams) for teams in by_sprint][:5]
    assert first == [[0], [1], [2], [3], [4]]


def test_developers_rotate_within_the_whole_organisation_too(agency: sim.Scenario) -> None:
    result = sim.run(
        sim.sample_path(agency), "developer-rotation:of_organisation=1,people=10,sprints=2"
    )
    counts = result.trace.event.value_counts()
    assert counts["duty_began"] == 10 * 7
    assert replace(result.policy).values["people"] == 10


def test_paging_cuts_the_nights_response_and_costs_the_next_days_hours() -> None:
    """On common paths; severity 1, which is paged, and severity 3, which is not."""
    on, off = (
        sim.compare(
            sim.load("scenarios/bank.toml", [*HALF_YEAR, f"on_call.cover={cover}"]),
            ["reserved-buffer"],
            replications=12,
        )
        for cover in ("24x7", "none")
    )

    def change(name: str, group: str) -> sim.experiment.statistics.Interval:
        key = next(k for k in on.observations.keys if k.name == name and k.group == group)
        return sim.experiment.statistics.paired(
            on.observations.of(0, key), off.observations.of(0, key)
        )

    assert change("response_hours_mean", "severity 1").high < -5
    assert abs(change("response_hours_mean", "severity 3").mean) < 5
    assert change("developer_absence_share", "all").low > 0
    assert on.figure("reserved-buffer", "out_of_hours_calls_per_developer_month").low > 0.1
