"""What is said first: a headline must hold where policies fall behind, and for the worst severity."""

from __future__ import annotations

import pytest

import sim
from sim.report.cautions import worst_severity
from sim.report.finding import finding
from sim.search.goal import Constraint, FigureName
from sim.search.question import QuestionError
from tests.command import Firelane

WEB = "scenarios/web_agency.toml"
SHORT = ["time.horizon_weeks=20"]

SMALL_TEAM = "dedicated-team:people=10"
"""Of three times the incidents."""


def compared(changes: list[str], policies: list[str]) -> sim.Result:
    return sim.compare(sim.load(WEB, [*SHORT, *changes]), policies, 4, workers=1)


def test_policies_that_fall_behind_are_counted_in_the_finding() -> None:
    result = compared(["incidents.*.per_week=*3"], ["interrupt-anyone", "kanban", SMALL_TEAM])
    assert [result.is_overloaded(label) for label in result.labels] == [False, False, True]
    assert finding(result).endswith("; one other policy falls behind the demand")


def test_where_one_policy_alone_keeps_up_that_is_the_finding() -> None:
    result = compared(["incidents.*.per_week=*3"], ["interrupt-anyone", SMALL_TEAM])
    assert finding(result).startswith("Only with Interrupt anyone is the demand kept up with")
    assert "delivers more" not in finding(result)


def test_the_worst_severity_is_told_where_its_promise_is_broken() -> None:
    told = worst_severity(compared([], ["interrupt-anyone", "next-sprint:exempt_severity=0"]))
    assert told.startswith("Of severity 1, at best ")
    assert told.endswith("Interrupt anyone), for nobody is called at night.")
    assert worst_severity(compared(["time.always_open=true"], ["interrupt-anyone"])) == ""


def test_a_share_beyond_one_is_no_promise() -> None:
    with pytest.raises(QuestionError, match="did you mean 80%"):
        Constraint.parse("response_sla >= 80")
    assert Constraint.parse("response_sla >= 80%").limit == 0.8


def test_what_a_table_calls_a_figure_leads_to_its_name() -> None:
    with pytest.raises(QuestionError, match="the figure's name is response_sla"):
        FigureName.parse("answered in time")


def test_more_of_what_should_be_less_is_questioned(firelane: Firelane) -> None:
    told = firelane("recommend", WEB, "--maximise", "response_hours_mean")
    assert told.status == 2
    assert "did you mean minimise?" in told.err


def test_a_recommendation_says_what_its_parameters_mean_and_what_it_costs_elsewhere(
    firelane: Firelane,
) -> None:
    few = ("--replications", 2, "--fresh-replications", 2, "--set", "time.horizon_weeks=8")
    told = firelane("recommend", WEB, "--policy", "swap-in:interrupt_severity=3", *few)
    assert "interrupt_severity = 3: " in told.out
    for head in ("sprint goals", "mean response", "severity 1"):
        assert head in told.out


def test_a_figure_too_skewed_for_so_few_replications_is_marked(firelane: Firelane) -> None:
    asked = ("compare", WEB, "--policy", "dedicated-team", "--policy", "kanban", "--inputs", 0)
    told = firelane(*asked, "--replications", 20, "--set", "time.horizon_weeks=20").out
    result = sim.compare(sim.load(WEB, SHORT), ["dedicated-team", "kanban"], 20)
    marked = result.needs_more("dedicated-team", "response_hours_fixed_mix")
    assert marked > 20
    [row] = [
        line for line in told.splitlines() if line.startswith("dedicated-team ") and "±" in line
    ][:1]
    assert " ?" in row
    assert "? so skewed that more replications are needed" in told
    assert result.needs_more("kanban", "net_points_per_sprint") == 0
