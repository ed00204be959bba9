"""What each decision of the contract does, in small plays whose seconds are worked out by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sim
from sim.engine.trace import Event, EventType
from sim.measures.run import Run
from sim.policy import (
    ARRIVED,
    DEFER,
    ENDED,
    INTERRUPT,
    LATER,
    QUEUE,
    STARTED,
    Parameter,
    Policy,
    PolicyError,
    labelled,
)
from sim.report.timeline import event_lines
from sim.sampling.sample_path import sample_path
from sim.scenario.reading import from_table
from tests.staged import events, play
from tests.written import first_in_turn, guard_for_the_worst, interrupt, queue

HOUR = 3_600
OFFICE = {"always_open": False, "opens_at_hour": 9, "closes_at_hour": 17}


def kinds(**of_lesser: Any) -> list[dict[str, Any]]:
    effort = {"effort_hours": {"dist": "constant", "value": 2}}
    return [
        {"kind": "worst", "severity": 1, **effort, "respond_within_hours": 100},
        {"kind": "lesser", "severity": 3, **effort, "respond_within_hours": 5, **of_lesser},
    ]


def levels(result: Run) -> list[tuple[float, int, int]]:
    """(hours, incident, level) of each change of the level by `note`."""
    rows = result.events[result.events[:, Event.type] == EventType.NOTED]
    return [(t / HOUR, i, v) for t, i, v in rows[:, [Event.time, Event.item, Event.value]].tolist()]


# ---- rank ----------------------------------------------------------------------------------------


def test_the_least_rank_is_served_first_then_the_oldest(tmp_path: Path) -> None:
    soonest = Policy(id="edd", route=queue, rank=lambda incident, now, p: incident.respond_by)
    rows = [(1, 3, "A"), (1.5, 1, "A"), (2, 3, "A"), (2.5, 3, "A")]
    result = play(tmp_path, soonest, rows, story_hours=None, incidents=kinds())
    started = [(time, incident) for time, _, incident, _ in events(result, "started")]
    assert started == [(1, 0), (3, 2), (5, 3), (7, 1)], "the worst has until hour 101.5, 2 until 7"


def test_a_rank_is_asked_again_when_an_incident_comes_back_to_the_queue(tmp_path: Path) -> None:
    latest = Policy(
        id="lifo",
        route=lambda incident, team, now, p: INTERRUPT if incident.severity == 1 else QUEUE,
        rank=lambda incident, now, p: -now,
    )
    rows = [(1, 3, "A"), (1.5, 3, "A"), (2, 1, "A")]
    result = play(tmp_path, latest, rows, story_hours=None)
    started = [(time, incident) for time, _, incident, _ in events(result, "started")]
    assert started == [(1, 0), (2, 2), (4, 0), (5, 1)], "put aside at 2, it came in last"


# ---- people --------------------------------------------------------------------------------------


def test_two_together_share_the_effort_and_are_done_in_half_the_time(tmp_path: Path) -> None:
    two = Policy(
        id="two",
        route=interrupt,
        people=lambda incident, p: 2 if incident.severity == 1 else incident.people,
    )
    rows = [(1, 1, "A"), (10, 3, "A")]
    result = play(tmp_path, two, rows, effort_hours=3, developers=(3,), story_hours=None)
    assert events(result, "resolved") == [(2.5, "resolved", 0, 1), (13, "resolved", 1, 0)]


def test_one_can_do_what_two_are_asked_for_in_twice_the_time(tmp_path: Path) -> None:
    alone = Policy(id="alone", route=interrupt, people=lambda incident, p: 1)
    result = play(
        tmp_path, alone, [(1, 1, "A")], effort_hours=3, people=2, developers=(3,), story_hours=None
    )
    assert events(result, "resolved") == [(7, "resolved", 0, 0)]


# ---- picks ---------------------------------------------------------------------------------------


def points(story: float) -> dict[str, Any]:
    return {
        "points": {"1": 1.0},
        "hours_per_point": story,
        "error": {"dist": "constant", "value": 1},
    }


def test_who_is_on_duty_takes_the_stories_that_picks_lets_them_take(tmp_path: Path) -> None:
    every_third = Policy(
        id="every-third",
        on_duty=first_in_turn,
        route=queue,
        takes=lambda developer, incident, p: developer.on_duty == 1,
        picks=lambda developer, story, team, p: developer.on_duty == 0 or story.id % 3 == 2,
    )
    result = play(tmp_path, every_third, [(600, 3, "A")], developers=(2,), story_hours=10)
    begun = [e for e in events(result, "story_started") if e[0] < 168]
    on_duty = {item for _, _, item, developer in begun if developer == 0}
    assert on_duty, "the other leaves some for the one on duty"
    assert all(story % 3 == 2 for story in on_duty)
    assert [item for _, _, item, developer in begun if developer == 1][:4] == [0, 1, 3, 4]


def test_nobody_takes_what_picks_lets_nobody_take(tmp_path: Path) -> None:
    refused = Policy(id="no", route=queue, picks=lambda developer, story, team, p: False)
    result = play(tmp_path, refused, [(1, 3, "A")], developers=(2,))
    assert events(result, "story_started") == []


# ---- quiet hours ---------------------------------------------------------------------------------

GUARD = Policy(
    id="guard",
    on_duty=lambda developer, sprint, p: developer.seat == 0,
    route=queue,
    takes=lambda developer, incident, p: developer.on_duty == 1,
)


def test_a_story_of_a_quiet_hour_is_put_aside_for_an_incident_at_the_usual_cost(
    tmp_path: Path,
) -> None:
    result = play(
        tmp_path,
        GUARD,
        [(4, 3, "A")],
        developers=(2,),
        interruptions={"switch_minutes": 30, "resume_minutes": 15},
    )
    own = [e[:3] for e in events(result, "story_started", "story_suspended", "interrupted",
                                 "started", "resolved", "story_done") if e[3] == 0][:7]  # fmt: skip
    assert own == [
        (0, "story_started", 0),
        (4, "story_suspended", 0),
        (4, "interrupted", 0),
        (4, "started", 0),
        (6.5, "resolved", 0),
        (6.5, "story_started", 0),
        (12.75, "story_done", 0),
    ]


@pytest.mark.parametrize(("quiet", "does"), [("nothing", []), ("improvements", [0.0])])
def test_who_is_on_duty_does_no_more_than_quiet_says(
    tmp_path: Path, quiet: str, does: list[float]
) -> None:
    work = [{"name": "a", "effort_hours": 20, "reduces": {"lesser": 0.5}}]
    result = play(
        tmp_path,
        GUARD.with_settings(quiet=quiet),
        [(400, 3, "A")],
        developers=(2,),
        improvements=work,
    )
    assert [e[0] for e in events(result, "improvement_started")] == does
    assert {e[3] for e in events(result, "story_started")} == {1}


def test_improvements_come_before_stories_while_it_is_quiet(tmp_path: Path) -> None:
    work = [{"name": "a", "effort_hours": 20, "reduces": {"lesser": 0.5}}]
    result = play(tmp_path, GUARD, [(400, 3, "A")], developers=(2,), improvements=work)
    own = [e for e in events(result, "improvement_started", "story_started") if e[3] == 0]
    assert own[:2] == [(0, "improvement_started", 0, 0), (20, "story_started", 2, 0)]


def test_the_plan_does_not_count_on_quiet_hours(tmp_path: Path) -> None:
    result = play(tmp_path, GUARD, [(600, 3, "A")], developers=(2,), story_hours=8)
    assert result.sprints.committed_stories.tolist()[0] == 21, "168 hours of one"


# ---- note, and what promises come to -------------------------------------------------------------


def test_note_is_told_of_the_arrival_the_first_start_and_the_end(tmp_path: Path) -> None:
    told = Policy(
        id="told",
        route=queue,
        note=lambda team, event, incident, waited, now, p: (event + 1) * 100 + waited // 3_600,
    )
    rows = [(1, 3, "A"), (2, 3, "A")]
    result = play(tmp_path, told, rows, story_hours=None)
    assert (ARRIVED, STARTED, ENDED) == (0, 1, 2)
    assert levels(result) == [
        (1, 0, 100), (1, 0, 200), (2, 1, 100), (3, 0, 302), (3, 1, 201), (5, 1, 303),
    ]  # fmt: skip


def test_a_change_of_the_level_is_told_in_the_timeline(tmp_path: Path) -> None:
    counts = Policy(
        id="counts",
        route=queue,
        note=lambda team, event, incident, waited, now, p: team.level + (event == ARRIVED),
    )
    result = play(tmp_path, counts, [(1, 3, "A")], story_hours=None)
    [told] = [line for line in event_lines(result) if "level" in line]
    assert told.endswith("lesser INC0 (severity 3) changes the team's level to 1  [A]")


def test_the_level_that_note_answers_is_what_route_sees(tmp_path: Path) -> None:
    third = Policy(
        id="third",
        route=lambda incident, team, now, p: DEFER if team.level % 3 == 0 else QUEUE,
        note=lambda team, event, incident, waited, now, p: team.level + (event == ARRIVED),
    )
    rows = [(float(hour), 3, "A") for hour in range(1, 7)]
    result = play(tmp_path, third, rows, story_hours=None)
    assert [item for _, _, item, _ in events(result, "deferred")] == [2, 5]


def test_the_share_of_broken_promises_is_that_of_the_sprints_that_have_ended(
    tmp_path: Path,
) -> None:
    budget = Policy(
        id="budget",
        route=queue,
        review=lambda team, sprint, p: team.broken,
    )
    rows = [(1, 3, "A"), (1.1, 3, "A"), (1.2, 3, "A"), (1.3, 3, "A"), (200, 3, "A")]
    result = play(tmp_path, budget, rows, story_hours=None, incidents=kinds())
    reviewed = result.events[result.events[:, Event.type] == EventType.REVIEWED]
    assert reviewed[:, Event.value].tolist() == [250, 200], "one of four answered late; one of five"


def test_what_is_promised_is_known_in_seconds(tmp_path: Path) -> None:
    seen = Policy(
        id="seen",
        route=lambda incident, team, now, p: (
            QUEUE
            if incident.respond_by - now == 5 * 3_600 and incident.resolve_by == LATER
            else DEFER
        ),
    )
    result = play(tmp_path, seen, [(1, 3, "A"), (2, 1, "A")], story_hours=None, incidents=kinds())
    assert [e[2] for e in events(result, "deferred")] == [1], "the worst has 100 hours"


def test_working_hours_count_where_the_promise_says_so(tmp_path: Path) -> None:
    at = Policy(
        id="at",
        route=lambda incident, team, now, p: (
            QUEUE if incident.respond_by == (24 + 9 + 3) * 3_600 else DEFER
        ),
    )
    lesser = kinds(clock="working")
    result = play(tmp_path, at, [(15, 3, "A")], story_hours=None, incidents=lesser, time=OFFICE)
    assert events(result, "deferred") == [], "two hours on Monday, three on Tuesday"


# ---- looks_at ------------------------------------------------------------------------------------

LOOKS = Policy(
    id="looks",
    route=lambda incident, team, now, p: QUEUE if now % (24 * 3_600) in (36_000, 54_000) else DEFER,
    looks_at=("15:00", "10:00"),
)


def test_what_was_deferred_is_looked_at_at_the_times_of_day(tmp_path: Path) -> None:
    rows = [(9.5, 3, "A"), (12, 3, "A"), (16, 3, "A"), (5 * 24 + 12, 3, "A")]
    result = play(tmp_path, LOOKS, rows, story_hours=None, time=OFFICE)
    assert [e[0] for e in events(result, "started")] == [10, 15, 34, 177]
    assert len(events(result, "deferred")) == 4, "what is left deferred at a look leaves no trace"


def test_a_time_of_day_can_be_seconds() -> None:
    assert Policy(id="x", looks_at=(54_000, "10:00")).looks == [36_000, 54_000]


def test_nobody_looks_while_all_are_closed(tmp_path: Path) -> None:
    weekend = [(5 * 24 + 9, 3, "A")]
    result = play(tmp_path, LOOKS, weekend, story_hours=None, time=OFFICE)
    assert [e[0] for e in events(result, "started")] == [7 * 24 + 9], "at Monday's planning"


def test_a_time_of_day_that_is_none_is_refused() -> None:
    for wrong in (("25:00",), ("10",), ("10:60",), (86_400,), (True,)):
        with pytest.raises(PolicyError, match=r"looks_at: .* is no time of day; write it as 09:30"):
            Policy(id="x", looks_at=wrong)  # type: ignore[arg-type]
    with pytest.raises(PolicyError, match="looks_at must be up to 8 times of day"):
        Policy(id="x", looks_at="10:00")


# ---- shift ---------------------------------------------------------------------------------------


def test_at_closing_time_an_incident_can_be_handed_over(tmp_path: Path) -> None:
    handed = Policy(
        id="handed",
        route=queue,
        takes=lambda developer, incident, p: developer.seat == incident.deferrals % 2,
        shift=lambda incident, developer, now, p: True,
    )
    result = play(
        tmp_path,
        handed,
        [(16, 3, "A")],
        effort_hours=4,
        developers=(2,),
        story_hours=None,
        time=OFFICE,
        interruptions={"resume_minutes": 60},
    )
    assert events(result, "suspended", "started", "resolved") == [
        (16, "started", 0, 0),
        (17, "suspended", 0, 0),
        (33, "started", 0, 0),
        (37, "resolved", 0, 0),
    ], "an hour done, an hour to find back"


def test_what_is_kept_over_night_costs_nothing(tmp_path: Path) -> None:
    kept = Policy(id="kept", route=queue, shift=lambda incident, developer, now, p: False)
    result = play(
        tmp_path, kept, [(16, 3, "A")], effort_hours=4, story_hours=None, time=OFFICE,
        interruptions={"resume_minutes": 60},
    )  # fmt: skip
    assert events(result, "suspended", "resolved") == [(36, "resolved", 0, 0)]


# ---- label, closed, cost, chance -----------------------------------------------------------------


def test_what_route_writes_on_an_incident_is_what_takes_reads(tmp_path: Path) -> None:
    by_label = Policy(
        id="by-label",
        route=lambda incident, team, now, p: labelled(QUEUE, incident.severity),
        takes=lambda developer, incident, p: developer.seat == incident.label,
    )
    rows = [(1, 1, "A"), (1, 3, "A")]
    result = play(tmp_path, by_label, rows, developers=(4,), story_hours=None)
    assert [e[2:] for e in events(result, "started")] == [(0, 1), (1, 3)]


def test_whether_all_are_closed_is_known(tmp_path: Path) -> None:
    by_day = Policy(
        id="by-day", route=lambda incident, team, now, p: DEFER if team.closed else QUEUE
    )
    rows = [(8.9, 3, "A"), (9, 3, "A"), (16.9, 3, "A"), (17, 3, "A"), (130, 3, "A")]
    result = play(tmp_path, by_day, rows, story_hours=None, time=OFFICE)
    assert [e[2] for e in events(result, "deferred")] == [0, 3, 4]


def test_the_cost_of_an_open_hour_is_known_in_thousandths(tmp_path: Path) -> None:
    dear = Policy(
        id="dear", route=lambda incident, team, now, p: QUEUE if incident.cost == 2_500 else DEFER
    )
    result = play(
        tmp_path,
        dear,
        [(1, 3, "A"), (2, 1, "A")],
        story_hours=None,
        incidents=kinds(cost_per_open_hour=2.5),
        money={"point_value": 1},
    )
    assert [e[2] for e in events(result, "deferred")] == [1]


def test_chance_is_even_independent_of_all_else_and_moves_no_draw(table: dict) -> None:
    table["incidents"][1]["per_week"] = 2_000.0
    path = sample_path(from_table(table), seed=4)
    chance, uniform = path.incidents.chance, path.incidents.uniform
    assert set(np.unique(chance)) <= set(range(1_000))
    expected = len(chance) / 10
    observed = np.bincount(chance // 100, minlength=10)
    assert ((observed - expected) ** 2 / expected).sum() < 27.9, "chi square, 9 degrees, 0.1 %"
    assert abs(np.corrcoef(chance, uniform)[0, 1]) < 4 / np.sqrt(len(chance))
    assert abs(np.corrcoef(chance, path.incidents.effort)[0, 1]) < 4 / np.sqrt(len(chance))


def test_the_same_incident_tosses_the_same_coin_under_every_policy(table: dict) -> None:
    path = sample_path(from_table(table), seed=1)
    heads = Policy(
        id="heads",
        route=lambda incident, team, now, p: QUEUE if incident.chance < 500 else DEFER,
    )
    deferred = {e[2] for e in events(sim.run(path, heads), "deferred")}
    opened = set(sim.run(path, heads).incidents.index)
    assert deferred == {i for i in opened if path.incidents.chance[i] >= 500}


# ---- parameters ----------------------------------------------------------------------------------


def by_name(incident: Any, team: Any, now: int, p: Any) -> int:
    return DEFER if incident.kind == p.audits else QUEUE


AUDITS = {"audits": Parameter("lesser", "kind", about="which wait")}


def test_a_kind_is_set_by_its_name(tmp_path: Path) -> None:
    policy = Policy(id="by-name", route=by_name, parameters=AUDITS)
    rows = [(1, 1, "A"), (2, 3, "A")]
    assert [e[2] for e in events(play(tmp_path, policy, rows), "deferred")] == [1]
    other = policy.with_settings(audits="worst")
    assert other.label == "by-name:audits=worst"
    assert [e[2] for e in events(play(tmp_path, other, rows), "deferred")] == [0]


def test_a_kind_that_the_scenario_has_not_is_refused_with_the_nearest(tmp_path: Path) -> None:
    policy = Policy(id="by-name", route=by_name, parameters=AUDITS).with_settings(audits="leser")
    with pytest.raises(
        PolicyError,
        match="by-name:audits: this scenario has no kind of incidents 'leser'; nearest known: lesser",
    ):
        play(tmp_path, policy, [(1, 1, "A")])


def test_a_choice_is_one_of_its_names() -> None:
    choice = Parameter("soon", "choice", about="when", choices=("now", "soon"))
    policy = Policy(id="x", parameters={"when": choice})
    assert policy.record().when == 1
    assert policy.with_settings(when="now").record().when == 0
    with pytest.raises(PolicyError, match="x:when: must be one of now, soon \\(got later\\)"):
        policy.with_settings(when="later")
    with pytest.raises(PolicyError, match="names its choices"):
        Parameter("a", "choice", about="none named")


def test_a_number_is_no_name_and_a_name_no_number() -> None:
    with pytest.raises(PolicyError, match="must be a whole number from 1 to 5000 \\(got 'two'\\)"):
        sim.find_policy("developer-rotation").with_settings(people="two")
    with pytest.raises(PolicyError, match="developer-rotation:quiet: must be one of nothing"):
        sim.find_policy("developer-rotation:quiet=sleep")


# ---- answers -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("decision", "answer", "right"),
    [
        ("people", 0, "a whole number from 1 to 50"),
        ("rank", 0.5, "a whole number"),
        ("note", 1 << 62, "a whole number"),
        ("route", 8_000, "or one of them labelled"),
        ("route", 3, "or one of them labelled"),
    ],
)
@pytest.mark.parametrize("engine", ["compiled", "plain", "simpy"])
def test_an_answer_that_is_none_is_named_with_what_would_be_right(
    table: dict, decision: str, answer: float, right: str, engine: str
) -> None:
    arguments = {"people": 2, "rank": 3, "note": 6, "route": 4}[decision]
    names = "abcdef"[:arguments]
    answers = eval(f"lambda {', '.join(names)}: {answer}")
    policy = Policy(id="wrong", **{"route": queue, decision: answers})
    with pytest.raises(PolicyError, match=f"wrong: {decision} answered .*{right}"):
        sim.run(sample_path(from_table(table)), policy, engine=engine)


def test_a_policy_that_guards_is_not_held_up_by_stories(tmp_path: Path) -> None:
    guard = Policy(
        id="guard",
        on_duty=first_in_turn,
        route=guard_for_the_worst,
        takes=lambda developer, incident, p: developer.on_duty == 1,
    )
    result = play(tmp_path, guard, [(3, 3, "A"), (30, 1, "A")], developers=(2,))
    assert [e[0] for e in events(result, "started")] == [3, 30]
