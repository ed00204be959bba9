"""Figures of a run, worked out by hand from small plays."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.measures.baseline import points_delivered
from sim.measures.metrics import Key, measure
from sim.measures.run import Run, run
from sim.policy.contract import PLAIN_SCRUM, Policy
from sim.sampling.sample_path import sample_path
from sim.scenario.reading import from_table
from sim.scenario.schema import Scenario
from tests.staged import play
from tests.written import queue


def figures(result: Run, group: str = "all") -> dict[str, float]:
    quiet = result.path.without_incidents()
    ideal = points_delivered(quiet, run(quiet, PLAIN_SCRUM).events)
    measured = measure(result.path, result.events, ideal)
    return {key.name: value for key, value in measured.items() if key.group == group}


def kinds(**promise: Any) -> list[dict[str, Any]]:
    effort = {"effort_hours": {"dist": "constant", "value": 2}}
    return [
        {"kind": "worst", "severity": 1, **effort, **promise},
        {"kind": "lesser", "severity": 3, **effort},
    ]


def test_response_runs_from_opening_to_the_first_start_and_resolution_to_the_end(
    tmp_path: Path,
) -> None:
    result = play(
        tmp_path, "reserved-buffer:share=0.5,exempt_severity=0", [(7, 1, "A"), (8, 3, "A")]
    )
    found = figures(result)
    assert found["response_hours_mean"] == pytest.approx((3 + 4) / 2)
    assert found["resolution_hours_mean"] == pytest.approx((5 + 6) / 2)
    assert figures(result, "severity 3")["response_hours_p50"] == pytest.approx(4)
    assert figures(result, "kind worst")["incidents_measured"] == 1


def test_working_hours_leave_nights_and_weekends_out(tmp_path: Path) -> None:
    office = {"horizon_weeks": 4, "warmup_weeks": 0, "sprint_weeks": 1}
    saturday = 5 * 24 + 12.0
    result = play(
        tmp_path, "interrupt-anyone", [(saturday, 1, "A")], time={**office, "always_open": False}
    )
    found = figures(result)
    assert found["response_hours_mean"] == 45.0
    assert found["response_working_hours_mean"] == 0.0
    assert found["resolution_working_hours_mean"] == 2.0


def test_a_promise_is_kept_broken_or_not_yet_decided(tmp_path: Path) -> None:
    rows = [(7, 1, "A"), (9.5, 1, "A"), (671, 1, "A")]  # the last has an hour to the horizon
    result = play(
        tmp_path,
        "reserved-buffer:share=0.5,exempt_severity=0",
        rows,
        incidents=kinds(respond_within_hours=2.9, resolve_within_hours=4.6),
    )
    found = figures(result, "kind worst")
    assert found["response_sla"] == pytest.approx(2 / 3)  # after 3, 2.5 and 0 hours
    assert found["resolution_sla"] == pytest.approx(1 / 2)  # after 5 and 4.5 hours; one undecided
    assert np.isnan(figures(result, "kind lesser")["response_sla"])


def test_an_incident_nobody_has_answered_counts_with_its_age(tmp_path: Path) -> None:
    result = play(tmp_path, "next-sprint", [(600, 3, "A")])  # the last planning was at 504
    found = figures(result)
    assert found["response_hours_mean"] == 672 - 600
    assert found["backlog_end"] == 1


def test_say_do_and_goals_come_from_what_was_committed(tmp_path: Path) -> None:
    result = play(tmp_path, "interrupt-anyone", [(1, 1, "A")], effort_hours=10, story_hours=10.5)
    found = figures(result)
    kept = result.sprints.kept_points.sum() / result.sprints.committed_points.sum()
    assert found["say_do_ratio"] == pytest.approx(kept)
    assert found["sprint_goals_met"] == pytest.approx(3 / 4)


def test_delivery_share_compares_with_the_same_year_without_incidents(tmp_path: Path) -> None:
    rows = [(float(h), 1, "A") for h in range(0, 660, 4)]
    result = play(tmp_path, "interrupt-anyone", rows)  # two hours of every four
    assert figures(result)["delivery_share"] == pytest.approx(0.5, abs=0.02)


def test_time_shares_add_up_to_one(small: Scenario) -> None:
    found = figures(run(sample_path(small), "interrupt-anyone"))
    shares = [v for name, v in found.items() if name.startswith("developer_")]
    assert len(shares) == 7
    assert sum(shares) == pytest.approx(1)


def test_nothing_before_the_end_of_the_warm_up_is_measured(table: dict[str, Any]) -> None:
    table["time"]["warmup_weeks"] = 4
    result = run(sample_path(from_table(table)), "interrupt-anyone")
    late = result.incidents[result.incidents.opened_hours >= 4 * 168]
    assert figures(result)["incidents_measured"] == len(late)
    assert figures(result)["opened"] == len(result.incidents) > len(late)
    sprints = result.sprints[result.sprints.begins_hours >= 4 * 168]
    assert figures(result)["points_per_sprint"] == pytest.approx(sprints.delivered_points.mean())


def test_the_stages_of_resolved_incidents_add_up_to_their_mean_resolution(small: Scenario) -> None:
    result = run(sample_path(small), "reserved-buffer")
    found = figures(result)
    stages = sum(v for n, v in found.items() if n.startswith("incident_") and n.endswith("_hours"))
    resolved = result.incidents[result.incidents.outcome == "resolved"]
    assert stages == pytest.approx(resolved.resolution_hours.mean())


def test_every_figure_has_its_place(small: Scenario) -> None:
    path = sample_path(small)
    measured = measure(path, run(path, "next-sprint").events)
    sections = {key.section for key in measured}
    assert sections == {"delivery", "response", "people", "time", "accounts", "load"}
    assert Key("response", "severity 1", "response_hours_p90") in measured


# ---- nights and duty per person ------------------------------------------------------------------


def of_people(result: Run, name: str) -> list[float]:
    found = figures(result)
    most = "duty_share_max" if name == "duty_share" else name
    return [found[f"{name}_p50"], found[f"{name}_p90"], found[most]]


@pytest.mark.parametrize(
    ("warmup", "calls", "weeks"), [(0, (1, 1 + 0.8, 2), 4), (1, (0, 0.8, 1), 3)]
)
def test_nights_are_those_of_half_of_the_people_nine_in_ten_and_whoever_has_most(
    tmp_path: Path, warmup: int, calls: tuple[float, ...], weeks: int
) -> None:
    tuesday = 24 + 22.0
    result = play(
        tmp_path,
        "next-sprint",
        [(tuesday, 1, "A"), (tuesday + 24, 1, "A"), (tuesday + 168, 1, "A")],
        developers=(3,),
        time={"always_open": False, "warmup_weeks": warmup},
        on_call={"cover": "24x7"},
    )
    assert result.accounts.calls.tolist() == [2, 1, 0]
    month = weeks * 12 / 52
    assert of_people(result, "night_calls_per_person_month") == pytest.approx(
        [count / month for count in calls]
    )


def takes_turns(developer: Any, sprint: Any, p: Any) -> bool:
    """The first is on duty in the second week, the second from the third week on."""
    return sprint.number == 1 if developer.seat == 0 else developer.seat == 1 and sprint.number > 1


@pytest.mark.parametrize("always_open", [True, False])
@pytest.mark.parametrize(
    ("warmup", "shares"),
    [(0, (0.25, 0.25 + 0.8 * 0.25, 0.5)), (2, (0, 0.8, 1)), (3, (0, 0.8, 1))],
)
def test_duty_is_the_share_of_working_time_and_counts_to_the_horizon(
    tmp_path: Path, warmup: int, shares: tuple[float, ...], always_open: bool
) -> None:
    turns = Policy(id="turns", route=queue, on_duty=takes_turns)
    time = {"always_open": always_open, "warmup_weeks": warmup}
    result = play(tmp_path, turns, [], developers=(3,), time=time)
    assert of_people(result, "duty_share") == pytest.approx(shares)
    week = 168 if always_open else 40
    assert (result.accounts.duty / 3_600).tolist() == [week, 2 * week, 0]


def test_who_is_away_on_duty_is_on_duty(tmp_path: Path) -> None:
    first = Policy(id="first", route=queue, on_duty=lambda developer, sprint, p: developer.seat < 1)
    result = play(tmp_path, first, [], developers=(2,), staff={"sick_share": 0.4})
    assert result.developers.absence_hours[0] > 0
    assert (result.accounts.duty / 3_600).tolist() == [4 * 168, 0]


def test_without_nights_and_duty_nobody_has_any(small: Scenario) -> None:
    result = run(sample_path(small), "next-sprint")
    for name in ("night_calls_per_person_month", "duty_share"):
        assert of_people(result, name) == [0, 0, 0]
