"""Escalation, improvements, learning, time boxes and hand-overs, in small plays."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sim
from sim.engine.trace import Event, EventType
from sim.policy.contract import INTERRUPT, Policy
from sim.scenario.reading import from_table
from sim.scenario.schema import Scenario
from tests.staged import events, play


def kinds(**more: Any) -> list[dict[str, Any]]:
    effort = {"effort_hours": {"dist": "constant", "value": 2}}
    return [
        {"kind": "worst", "severity": 1, **effort},
        {"kind": "lesser", "severity": 3, **effort, **more},
    ]


# ---- escalation ----------------------------------------------------------------------------------


def test_a_customer_escalates_exactly_at_the_threshold(tmp_path: Path) -> None:
    result = play(
        tmp_path, "next-sprint", [(7, 3, "A")], incidents=kinds(escalate_after_hours=20.5)
    )
    assert events(result, "escalated") == [(27.5, "escalated", 0, -1)]
    assert result.events[
        result.events[:, Event.type] == EventType.ESCALATED, Event.value
    ].tolist() == [2]


def test_what_is_being_worked_on_is_not_escalated(tmp_path: Path) -> None:
    result = play(
        tmp_path, "interrupt-anyone", [(7, 3, "A")], incidents=kinds(escalate_after_hours=1)
    )
    assert events(result, "escalated") == []


def test_once_escalated_the_policy_is_asked_again(tmp_path: Path) -> None:
    policy = Policy(
        id="listens", route=lambda incident, team, now, p: INTERRUPT if incident.escalated else 0
    )
    result = play(tmp_path, policy, [(7, 3, "A")], incidents=kinds(escalate_after_hours=20))
    assert events(result, "started")[0][0] == 27


# ---- improvements --------------------------------------------------------------------------------


def test_a_finished_improvement_lowers_its_kinds_arrivals_by_its_factor(table: dict) -> None:
    table["incidents"][1] |= {"per_week": 200.0, "dispersion": 1.0}
    table["incidents"][1]["effort_hours"] = {"dist": "constant", "value": 0.01}
    table["improvements"] = [{"name": "tool", "effort_hours": 1, "reduces": {"data fix": 0.7}}]
    result = sim.run(sim.sample_path(from_table(table)), "next-sprint:improvement_share=0.5")
    trace = result.trace
    done = trace[trace.event == "improvement_done"].time_hours.iloc[0]
    after = trace[trace.time_hours > done]
    fixes = result.path.incidents.kind[after.item] == 1
    opened = (after.event == "opened") & fixes
    avoided = (after.event == "avoided") & fixes
    share = avoided.sum() / (opened.sum() + avoided.sum())
    assert opened.sum() + avoided.sum() > 1_000
    assert share == pytest.approx(0.7, abs=4 * np.sqrt(0.7 * 0.3 / 1_000))
    assert not (trace[trace.time_hours <= done].event == "avoided").any()


def test_the_share_of_capacity_is_kept_to_the_second(tmp_path: Path) -> None:
    result = play(
        tmp_path,
        "next-sprint:improvement_share=0.25",
        [],
        developers=(2,),
        improvements=[{"name": "big", "effort_hours": 900, "reduces": {"lesser": 0.5}}],
    )
    hours = result.developers.improvements_hours.sum()
    assert hours == pytest.approx(0.25 * 2 * 4 * 168, abs=0.01)


def test_people_on_duty_improve_only_while_nothing_waits(tmp_path: Path) -> None:
    result = play(
        tmp_path,
        "dedicated-team:people=1",
        [(7, 3, "A")],
        developers=(2,),
        improvements=[{"name": "big", "effort_hours": 900, "reduces": {"lesser": 0.5}}],
        interruptions={"switch_minutes": 0, "resume_minutes": 0},
    )
    assert events(result, "started") == [(7.0, "started", 0, 0)]
    supporter = result.developers.iloc[0]
    assert (supporter.stories_hours, supporter.idle_hours) == (0, 0)
    assert supporter.improvements_hours == 4 * 168 - 2


# ---- learning ------------------------------------------------------------------------------------


def test_unfamiliarity_wears_off_with_experience(tmp_path: Path) -> None:
    rows = [(float(hour), 3, "B") for hour in range(10, 600, 20)]
    result = play(
        tmp_path,
        "dedicated-team:people=1",
        rows,
        effort_hours=4,
        developers=(1, 1),
        staff={"unfamiliarity": 2.0, "familiar_after_hours": 24},
    )
    took = result.incidents.in_work_hours.to_numpy()
    assert took[0] == pytest.approx(8)
    assert (np.diff(took) <= 1e-9).all()
    assert took[-1] == pytest.approx(4)


def test_support_experience_lowers_regressions(table: dict) -> None:
    table["stories"] |= {"regression_rate": 0.5, "regression_kind": "data fix"}
    rates = []
    for gain in (0.0, 1.0):
        table["people"] = {"quality_gain": gain, "quality_after_hours": 1.0}
        result = sim.run(sim.sample_path(from_table(table)), "interrupt-anyone")
        rates.append((result.incidents.cause == "regression").sum() / len(result.stories))
    assert rates[1] < 0.5 * rates[0]


def test_interrupted_stories_cause_more_regressions(table: dict) -> None:
    table["stories"] |= {"regression_rate": 0.2, "regression_kind": "data fix"}
    counts = []
    for factor in (1.0, 3.0):
        table["stories"]["interrupted_regressions"] = factor
        path = sim.sample_path(from_table(table))
        counts.append(
            [(sim.run(path, p).incidents.cause == "regression").sum() for p in PATIENT_AND_NOT]
        )
    (calm, hectic), (calm_3, hectic_3) = counts
    assert calm == calm_3
    assert hectic_3 > 1.2 * hectic


PATIENT_AND_NOT = ("next-sprint:exempt_severity=0", "interrupt-anyone")

# ---- time boxes, hand-overs ----------------------------------------------------------------------


def test_what_takes_longer_than_the_box_becomes_a_ticket_of_its_own(tmp_path: Path) -> None:
    result = play(
        tmp_path,
        "unplanned-ticket:limit=2,share=0.2",
        [(7, 3, "A")],
        effort_hours=5,
        developers=(2,),
    )
    assert events(result, "started", "outgrown", "deferred", "resolved") == [
        (10.0, "started", 0, 0),
        (12.0, "outgrown", 0, 0),
        (12.0, "deferred", 0, -1),
        *events(result, "started")[1:],
        *events(result, "resolved"),
    ]
    again = events(result, "started")[1][0]
    assert again >= 168
    assert events(result, "resolved")[0][0] - again == 3  # of the five, two were done


def test_only_the_first_contact_takes_small_things(tmp_path: Path) -> None:
    rows = [(float(hour), 3, "A") for hour in (1, 2, 3, 170, 171)]
    result = play(tmp_path, "unplanned-ticket", rows, effort_hours=0.5, developers=(3,))
    assert [who for *_, who in events(result, "started")] == [0, 0, 0, 1, 1]


def test_a_turn_of_support_ends_with_a_hand_over(tmp_path: Path) -> None:
    result = play(
        tmp_path,
        "developer-rotation",
        [],
        developers=(4,),
        interruptions={"handover_minutes": 90},
    )
    met = result.developers.ceremonies_hours.tolist()
    assert met == [1.5, 3, 3, 1.5]  # three changes, two people each, in four sprints


def test_an_absent_person_is_stood_in_for(small: Scenario) -> None:
    table = small.model_dump(by_alias=True)
    table["people"] |= {"vacation_weeks_per_year": 13.0}
    path = sim.sample_path(from_table(table))
    trace = sim.run(path, "developer-rotation").trace
    on_duty: set[int] = set()
    away: set[int] = set()
    for event_type, who in zip(trace.event, trace.developer, strict=True):
        if event_type in ("left", "returned", "duty_began", "duty_ended"):
            group = away if event_type in ("left", "returned") else on_duty
            (group.add if event_type in ("left", "duty_began") else group.discard)(who)
        elif event_type == "started":
            assert who in on_duty
            assert who not in away
    assert (trace.event == "left").sum() > 3
