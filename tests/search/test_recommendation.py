"""What a recommendation says of the finalists: the answer, what it costs, and what is worth a look."""

from __future__ import annotations

import math

import pytest
from rich.console import Console

from sim.experiment.statistics import Interval
from sim.policy.contract import Policy
from sim.policy.registry import find_policy
from sim.report import recommendation as report
from sim.scenario.reading import bundled, load
from sim.scenario.schema import Scenario
from sim.search.goal import Constraint, FigureName, Goal, Score
from sim.search.recommend import NEARLY, Candidate, Recommendation, beside

GOAL = Goal.asked(
    "maximise", FigureName.parse("points_per_sprint"), (Constraint.parse("response_sla >= 0.9"),)
)


def finalist(policy: str, points: float, share: float, hours: float) -> Candidate:
    """Points ±0.3, a share in time of ±0.01, and a mean response."""
    return Candidate(
        find_policy(policy),
        Score(0.0 if share >= 0.9 else share - 0.9, points),
        around(points, 0.3),
        (around(share, 0.01),),
        tuple(around(1.0, 0.1) for _ in beside(SCENARIO, GOAL)),
        hours,
    )


def around(mean: float, half: float) -> Interval:
    return Interval(mean, mean - half, mean + half)


def recommended(*candidates: Candidate) -> Recommendation:
    return Recommendation(SCENARIO, GOAL, candidates, (), 99, 100, 1)


SCENARIO: Scenario = load(bundled()["small_product"])


# ---- what is worth a look ------------------------------------------------------------------------


def test_where_the_answer_barely_keeps_its_promise_a_surer_one_is_named() -> None:
    sure, quick = finalist("cancel-sprint", 41.0, 0.99, 13), finalist("kanban", 40.9, 0.99, 6)
    found = recommended(finalist("swap-in", 41.2, 0.905, 18), sure, quick)
    assert found.nearly_as_good == quick
    told = report.worth_a_look(found)
    assert "kanban has points a sprint and team 40.9 ±0.3 but surely keeps every promise" in told
    assert "response_sla 99.0 ±1.0 %" in told
    assert "mean response 6 h instead of 18 h" in told


def test_where_none_that_is_sure_is_near_the_best_of_them_is_named() -> None:
    far, farther = finalist("kanban", 30, 0.99, 6), finalist("cancel-sprint", 20, 0.99, 3)
    found = recommended(finalist("swap-in", 41.2, 0.905, 18), far, farther)
    assert found.nearly_as_good == far


@pytest.mark.parametrize("points", [41.2 * (1 - NEARLY) - 0.01, 41.2 * (1 - NEARLY) + 0.01])
@pytest.mark.parametrize("hours", [8.9, 9.1])
def test_beside_a_sure_answer_only_one_that_is_near_and_twice_as_quick_is_named(
    points: float, hours: float
) -> None:
    found = recommended(
        finalist("swap-in", 41.2, 0.95, 18), finalist("kanban", points, 0.99, hours)
    )
    is_near_and_quick = points > 41.2 * (1 - NEARLY) and hours < 9
    assert (found.nearly_as_good is not None) == is_near_and_quick
    assert bool(report.worth_a_look(found)) == is_near_and_quick


def test_one_that_may_break_the_promise_itself_is_never_worth_a_look() -> None:
    answer = finalist("swap-in", 41.2, 0.905, 18)
    assert recommended(answer, finalist("kanban", 41.2, 0.905, 1)).nearly_as_good is None


def test_where_no_promise_can_be_kept_nothing_is_worth_a_look() -> None:
    found = recommended(finalist("swap-in", 41, 0.5, 18), finalist("kanban", 41, 0.4, 1))
    assert found.nearly_as_good is None


# ---- in words and tables -------------------------------------------------------------------------


def test_what_nobody_asked_for_is_told_of_the_answer() -> None:
    told = report.besides(recommended(finalist("swap-in", 41.2, 0.95, 18)))
    for word in ("sprint goals met", "mean response", "severity 1"):
        assert word in told


def test_what_is_not_known_is_left_out() -> None:
    answer = finalist("kanban", 41.2, 0.95, 18)
    unknown = Interval(math.nan, math.nan, math.nan)
    blank = Candidate(answer.policy, answer.score, answer.figure, answer.promises, (unknown,) * 4)
    assert report.besides(recommended(blank)) == ""


@pytest.mark.parametrize("width", [80, 100, 120])
def test_every_column_of_the_finalists_is_whole_however_narrow_the_terminal(width: int) -> None:
    names = "share=0.5,quantile=0.45,exempt_severity=3,improvement_share=0.2"
    policy: Policy = find_policy(f"reserved-buffer:{names}")
    found = recommended(finalist(f"reserved-buffer:{names}", 41.2, 0.95, 18))
    console = Console(width=width)
    with console.capture() as printed:
        console.print(report.candidates(found))
    text = printed.get()
    assert max(map(len, text.splitlines())) <= width
    assert text.count("±") == 2 + len(beside(SCENARIO, GOAL))
    for name in policy.settings:
        assert f"{name}=" in text
