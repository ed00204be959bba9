"""What is asked of a scenario that it does not have is refused by its key, before anything is computed."""

from __future__ import annotations

from pathlib import Path

import pytest

import sim
from sim.scenario.reading import from_text
from sim.scenario.schema import Scenario
from sim.search.askable import check_askable
from sim.search.goal import Constraint, FigureName, Goal
from sim.search.question import QuestionError
from tests.command import Firelane

POINTS = FigureName("net_points_per_sprint")

NOBODY = """
name = "One-week sprints, two people"
[time]
sprint_weeks = 1
[[teams]]
name = "Pair"
developers = 2
[stories]
points = { 1 = 0.6, 2 = 0.4 }
[[incidents]]
kind = "ticket"
severity = 2
per_week = 6
effort_hours = { dist = "lognormal", median = 1.5, p90 = 6 }
first_line = false
"""


@pytest.fixture
def nobody(tmp_path: Path) -> Path:
    file = tmp_path / "w.toml"
    file.write_text(NOBODY, encoding="utf-8")
    return file


MAP = (
    *("--over", "incidents.*.per_week=*0.5:*1.5:3", "--over", "incidents.*.dispersion=1:3:2"),
    *("--require", "response_sla >= 0.7"),
)


@pytest.mark.parametrize(
    "asked",
    [
        ("recommend", "--require", "response_sla >= 0.9"),
        ("recommend", "--maximise", "response_sla"),
        ("hire", "--require", "response_sla >= 0.95"),
        ("map", *MAP),
        ("compare", "--tuned", "--require", "response_sla >= 0.9"),
    ],
)
def test_a_promise_that_nobody_made_is_refused_by_its_key(
    firelane: Firelane, nobody: Path, asked: tuple[str, ...]
) -> None:
    name, *rest = asked
    told = firelane(name, nobody, *rest)
    assert told.status == 2
    said = " ".join(told.err.split())
    assert "response_sla" in said
    assert "respond_within_hours" in said
    assert told.out == ""


def test_tuning_without_a_promise_or_a_requirement_asks_for_one(
    firelane: Firelane, nobody: Path
) -> None:
    told = firelane("compare", nobody, "--tuned")
    assert told.status == 2
    assert "name what is required" in " ".join(told.err.split())


def scenario(*changes: str) -> Scenario:
    plain = from_text(NOBODY.encode(), "ours")
    return plain if not changes else sim.load("small_product", list(changes))


@pytest.mark.parametrize(
    ("promise", "key"),
    [
        ("resolution_sla >= 0.9", "resolve_within_hours"),
        ("response_sla[severity=2] >= 0.9", "respond_within_hours"),
        ("response_sla[kind=ticket] >= 0.9", "respond_within_hours"),
        ("due_met >= 0.9", "due"),
        ("net_value_per_sprint >= 1", r"\[money\]"),
        ("response_hours_mean[severity=5] <= 4", "severity=2, kind=ticket"),
    ],
)
def test_each_figure_names_the_key_that_it_needs(promise: str, key: str) -> None:
    goal = Goal.towards(POINTS, (Constraint.parse(promise),))
    with pytest.raises(QuestionError, match=key):
        check_askable(goal, scenario())


@pytest.mark.parametrize(
    "promise", ["response_hours_p90 <= 48", "say_do_ratio >= 0.8", "net_points_per_sprint >= 10"]
)
def test_what_it_has_may_be_asked(promise: str) -> None:
    check_askable(Goal.towards(POINTS, (Constraint.parse(promise),)), scenario())


def test_a_promise_of_one_kind_may_be_asked_of_all_and_not_of_another() -> None:
    small = sim.load("small_product")
    promised = {kind.severity for kind in small.incidents if kind.respond_within_hours}
    check_askable(Goal.towards(POINTS, (Constraint.parse("response_sla >= 0.5"),)), small)
    for kind in small.incidents:
        asked = Goal.towards(POINTS, (Constraint.parse(f"response_sla[kind={kind.kind}] >= 0.5"),))
        if kind.severity in promised:
            check_askable(asked, small)
