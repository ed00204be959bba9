"""Policies written in a scenario: what their rules mean, in small plays; and how they are named and set."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import sim
from sim.experiment.design import Design
from sim.measures.run import Run
from sim.policy.composed import composed
from sim.policy.contract import Policy
from sim.policy.parameters import PolicyError
from sim.policy.registry import chosen_policies, find_policy, policies_of
from sim.scenario.compositions import Composition
from sim.scenario.reading import from_table
from sim.search.goal import FigureName, Goal
from sim.search.recommend import recommend
from tests.staged import Row, events, play

OFFICE = {"always_open": False, "opens_at_hour": 9, "closes_at_hour": 17}


def ruled(*rules: dict[str, Any], **rest: Any) -> Policy:
    return composed("ours", Composition.model_validate({"rules": list(rules), **rest}))


def played(folder: Path, policy: Policy, rows: list[Row], **tables: Any) -> Run:
    return play(folder, policy, rows, **{"story_hours": None, **tables})


def started(result: Run) -> list[tuple[float, int, int]]:
    return [(time, incident, who) for time, _, incident, who in events(result, "started")]


def test_the_first_rule_that_matches_decides_and_what_none_matches_waits(tmp_path: Path) -> None:
    policy = ruled({"kind": ["worst"], "do": "queue"}, {"severity": [1], "do": "defer"})
    result = played(tmp_path, policy, [(1, 1, "A"), (2, 3, "A")])
    assert started(result) == [(1, 0, 0), (168, 1, 0)]


def test_interrupt_takes_somebody_off_and_queue_waits(tmp_path: Path) -> None:
    policy = ruled({"severity": [1], "do": "interrupt"}, {"do": "queue"})
    result = play(tmp_path, policy, [(3, 3, "A"), (14, 1, "A")], story_hours=10)
    assert started(result) == [(10, 0, 0), (14, 1, 0)]


@pytest.mark.parametrize(
    ("who", "does"), [("team", [2]), ("anyone", [0, 2]), ("turn", [2]), ("duty", [0])]
)
def test_who_may_take_it(tmp_path: Path, who: str, does: list[int]) -> None:
    """Of two teams of two; the first of team A is on duty for all, the first of B has the turn."""
    duty = {"duty": {"people": 1, "of": "organisation", "turn_sprints": 0}} if who == "duty" else {}
    policy = ruled({"do": "interrupt", "who": who}, queue="organisation", **duty)
    rows = [(1, 3, "B"), (1.5, 3, "B")] if who == "anyone" else [(1, 3, "B")]
    other = {"developers": (2, 1)} if who == "anyone" else {"developers": (2, 2)}
    result = played(tmp_path, policy, rows, **other)
    assert sorted(who for _, _, who in started(result)) == does


def test_whoevers_turn_it_is_is_alone_with_what_came_in_the_sprint(tmp_path: Path) -> None:
    policy = ruled({"do": "queue", "who": "turn", "while_reserve_lasts": True},
                   reserve={"share": 0.01})  # fmt: skip
    rows = [(1, 3, "A"), (1.1, 3, "A"), (1.2, 3, "A"), (1.3, 3, "A")]
    result = played(tmp_path, policy, rows, developers=(2,))
    first, *then = started(result)
    assert (first, then[0]) == ((1, 0, 0), (3, 1, 0)), "3.4 hours are kept back"
    assert then[1:] == [(168, 2, 0), (168, 3, 1)], "then it is the team's, whoever's turn it is"


def test_hours_and_times_of_day(tmp_path: Path) -> None:
    policy = ruled(
        {"severity": [1], "hours": "closed", "do": "defer"},
        {"severity": [1], "do": "queue"},
        {"at_times": ["10:00", "15:00"]},
    )
    rows = [(8, 1, "A"), (9, 1, "A"), (12, 3, "A"), (16, 3, "A")]
    result = played(tmp_path, policy, rows, time=OFFICE)
    assert started(result) == [(9, 0, 0), (11, 1, 0), (15, 2, 0), (34, 3, 0)]


def test_two_are_put_on_it_where_the_rule_says_so(tmp_path: Path) -> None:
    policy = ruled({"severity": [1], "do": "queue", "people": 2}, {"do": "queue"})
    result = played(tmp_path, policy, [(1, 1, "A"), (10, 3, "A")], developers=(3,))
    resolved = [(time, incident) for time, _, incident, _ in events(result, "resolved")]
    assert resolved == [(2, 0), (12, 1)]


def test_only_what_fits_the_reserve_is_taken(tmp_path: Path) -> None:
    policy = ruled({"do": "queue", "within_reserve": True}, reserve={"share": 0.03})
    rows = [(float(hour), 3, "A") for hour in range(1, 5)]
    result = played(tmp_path, policy, rows)
    assert [e[2] for e in events(result, "deferred")] == [2, 3], "5 hours of 168 hold two"


def test_who_is_on_duty_takes_nothing_from_the_reserve(tmp_path: Path) -> None:
    policy = ruled(
        {"severity": [1], "do": "interrupt", "who": "duty"},
        {"do": "queue", "within_reserve": True},
        reserve={"share": 0.015},
        duty={"people": 1},
    )
    rows = [(1, 1, "A"), (3, 1, "A"), (8, 1, "A"), (8.1, 3, "A"), (8.2, 3, "A")]
    result = played(tmp_path, policy, rows, developers=(2,))
    assert [e[2] for e in events(result, "deferred")] == [4], "2.5 hours hold one; duty took none"


def test_what_came_in_can_change_what_is_done(tmp_path: Path) -> None:
    policy = ruled({"unplanned_over": 0.02, "do": "defer"}, {"do": "queue"})
    rows = [(float(hour), 3, "A") for hour in range(1, 5)]
    result = played(tmp_path, policy, rows)
    assert [e[2] for e in events(result, "deferred")] == [1, 2, 3], "each is 2 of 168 hours"


def test_numbers_of_a_composition_are_parameters_like_any_others(tmp_path: Path) -> None:
    policy = ruled({"unplanned_over": 0.02, "do": "defer", "people": 2}, {"do": "queue"})
    assert set(policy.parameters) == {"rule_1_over", "rule_1_people", "improvement_share"}
    rows = [(float(hour), 3, "A") for hour in range(1, 5)]
    later = policy.with_settings(rule_1_over=0.03)
    assert later.label == "ours:rule_1_over=0.03"
    assert [e[2] for e in events(played(tmp_path, later, rows), "deferred")] == [2, 3]


# ---- named in a scenario -------------------------------------------------------------------------

OURS = {"title": "Ours", "reserve": {"share": 0.3}, "rules": [{"do": "queue"}]}


def test_it_is_compared_by_default_and_found_by_name(table: dict) -> None:
    table["policies"] = {"ours": OURS, "kanban": {"wip_limit": 2}}
    scenario = from_table(table)
    assert [p.id for p in chosen_policies(scenario, None)][-1] == "ours"
    found = find_policy("ours:share=0.1", scenario.policies)
    assert (found.label, found.title, found.values["share"]) == ("ours:share=0.1", "Ours", 0.1)
    assert sim.compare(scenario, ["ours", "next-sprint"], replications=2).labels[0] == "ours"


def test_its_own_values_are_set_apart_from_its_rules(table: dict) -> None:
    table["policies"] = {"ours": {**OURS, "set": {"share": 0.5}}}
    assert policies_of(from_table(table).policies)["ours"].values["share"] == 0.5
    table["policies"] = {"ours": {**OURS, "set": {"shore": 0.5}}}
    with pytest.raises(PolicyError, match="ours: no parameter 'shore'; known are: share"):
        chosen_policies(from_table(table), None)


def test_a_search_tries_its_numbers(table: dict) -> None:
    """A reserve that is never used costs delivery: less of it is found to be better."""
    table["policies"] = {"ours": {"reserve": {"share": 0.8}, "rules": [{"do": "defer"}]}}
    points = Goal.towards(FigureName.parse("points_per_sprint"))
    found = recommend(from_table(table), points, ["ours"], Design(3), 6)
    assert float(found.best.policy.values["share"]) < 0.4


def test_a_name_that_ships_is_refused(table: dict) -> None:
    table["policies"] = {"kanban": OURS}
    with pytest.raises(PolicyError, match=r"policies\.kanban: a policy of this name ships"):
        chosen_policies(from_table(table), ["next-sprint"])


def test_two_compositions_that_differ_are_two_studies(table: dict) -> None:
    from sim.experiment.store.store import study_key

    scenario = from_table(table)
    one, other = ruled({"do": "queue"}), ruled({"do": "defer"})
    assert study_key(scenario, [one], 1) != study_key(scenario, [other], 1)
    assert study_key(scenario, [one], 1) == study_key(scenario, [ruled({"do": "queue"})], 1)


def test_all_compositions_are_one_compiled_policy() -> None:
    from sim.engine.compiled.engine import decisions_of

    one = ruled({"do": "queue"}, reserve={"share": 0.1})
    other = ruled({"severity": [2], "do": "interrupt"}, {"do": "defer"}, reserve={"share": 0.4})
    assert decisions_of(one) == decisions_of(other)


def test_a_rule_may_hand_over_at_closing_time(tmp_path: Path) -> None:
    """Ten hours of work from nine on: handed over at five, it waits for whoever comes at nine."""
    rows: list[Row] = [(9, 1, "A")]
    for hand_over in (False, True):
        policy = ruled({"do": "queue", "hand_over": hand_over})
        result = played(tmp_path, policy, rows, time=OFFICE, effort_hours=10)
        put_down = [time for time, *_ in events(result, "suspended")]
        assert put_down == ([17] if hand_over else [])
