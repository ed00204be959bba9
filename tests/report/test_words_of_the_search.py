"""What is chance is not told as a finding, and what delivers nothing is no answer."""

from __future__ import annotations

import pytest

import sim
from sim.experiment.design import Design
from sim.experiment.judgement import Judgement, delivering
from sim.report.cautions import without_delivery, worst_severity
from sim.report.finding import certainty, finding
from sim.report.search_tables import hire_finding, prices, sensitivity_finding, sweep_table, swings
from sim.report.terminal_tables import headline
from sim.scenario.reading import bundled, load
from sim.scenario.schema import Scenario
from sim.search.axis import Axis
from sim.search.goal import Constraint, FigureName, Goal
from sim.search.hire import hire
from sim.search.sensitivity import Input, sensitivity
from sim.search.sweep import sweep
from tests.command import Firelane

RESPONSE, POINTS = FigureName("response_hours_mean"), FigureName("points_per_sprint")


def short(name: str, *changes: str) -> Scenario:
    return load(bundled()[name], ["time.horizon_weeks=16", *changes])


def printed(table: object) -> str:
    from rich.console import Console

    console = Console(width=160)
    with console.capture() as text:
        console.print(table)
    return text.get()


# ---- sensitivity ---------------------------------------------------------------------------------


def test_an_input_that_changes_nothing_is_no_finding() -> None:
    same = Input("sprints.goal_share", "0.7", "0.8", "how much makes a goal")
    found = sensitivity(short("small_product"), RESPONSE, ["kanban"], [same], Design(6))
    assert found.widest is None
    assert sensitivity_finding(found).startswith("In 6 replications no input surely moves ")
    assert "how much makes a goal ?" in printed(swings(found))


def test_one_that_surely_moves_the_figure_leads_before_a_wider_one_that_may_be_chance() -> None:
    sure = Input("stories.hours_per_point", "*0.5", "*2", "hours a point takes")
    noise = Input("people.sick_share", "0.020", "0.021", "sickness")
    found = sensitivity(short("small_product"), POINTS, ["kanban"], [noise, sure], Design(8))
    assert next(swing.input for swing in found.swings if swing.is_sure) == sure
    assert "moves most with “hours a point takes”" in sensitivity_finding(found)


def test_both_ends_on_one_side_of_the_figure_as_it_is_are_a_move_all_the_same() -> None:
    """The ends are alike, and both are far from the middle."""
    scenario = short("small_product", "teams.*.developers=6")
    both = Input("teams.*.developers", "2", "2", "two people instead of six")
    [swing] = sensitivity(scenario, POINTS, ["kanban"], [both], Design(6)).swings
    assert swing.at_low == swing.at_high
    assert swing.is_sure
    assert swing.width > 1


def test_all_of_its_own_inputs_can_be_moved_in_the_web_agency() -> None:
    scenario = short("web_agency", "time.warmup_weeks=2")
    assert sensitivity(scenario, RESPONSE, ["kanban"], design=Design(2)).left_out == {}


# ---- what delivers nothing -----------------------------------------------------------------------


FOR_GOOD = "team-rotation:quiet=improvements"


@pytest.fixture(scope="module")
def one_team() -> sim.Result:
    policies = [FOR_GOOD, "interrupt-anyone", "next-sprint"]
    return sim.compare(short("small_product"), policies, 6)


def test_the_only_team_on_support_for_good_is_no_finding_and_is_told_of(
    one_team: sim.Result,
) -> None:
    assert one_team.best("response_hours_mean") == FOR_GOOD
    assert Judgement(one_team).named == "interrupt-anyone"
    assert FOR_GOOD not in delivering(one_team)
    assert finding(one_team).startswith("With Interrupt anyone, an answer takes ")
    assert f"{FOR_GOOD} may answer as soon" not in certainty(one_team)
    assert without_delivery(one_team) == [
        f"{FOR_GOOD} delivers 0.0 points a team-sprint; the only team there is would be on support "
        "for good."
    ]


def test_where_all_deliver_nothing_is_said() -> None:
    assert (
        without_delivery(
            sim.compare(short("web_agency"), ["team-rotation", "kanban"], 2, workers=1)
        )
        == []
    )


def test_nobody_is_told_to_take_what_delivers_nothing_for_its_price() -> None:
    goal = Goal(POINTS, (Constraint.parse("response_sla >= 0.5"),), 1)
    curve = hire(short("small_product"), goal, [FOR_GOOD, "interrupt-anyone"], None, Design(4))
    assert hire_finding(curve) == "response_sla >= 0.5 costs nobody more under interrupt-anyone"
    assert "points a" in printed(prices(curve))


def test_hardly_less_is_not_called_nothing_less() -> None:
    result = sim.compare(load(bundled()["small_product"]), ["interrupt-anyone", "next-sprint"], 100)
    said = finding(result)
    assert "0 % less" not in said
    assert "hardly less" in said or "delivers more" in said or "cannot be told apart" in said


EVERYTHING_WAITS = "next-sprint:exempt_severity=0"

# ---- the worst severity --------------------------------------------------------------------------


def test_of_several_that_cannot_be_told_apart_none_is_named_as_if_it_won() -> None:
    result = sim.compare(short("web_agency"), ["interrupt-anyone", "kanban", EVERYTHING_WAITS], 6)
    assert " and 1 more that cannot be told from it)" in worst_severity(result)
    alike = sim.compare(short("web_agency"), ["interrupt-anyone", "kanban"], 6)
    assert "(under any of these policies)" in worst_severity(alike)


def test_where_some_keep_the_worst_severitys_promise_those_are_named_that_do_not() -> None:
    scenario = short("small_product", "time.always_open=true")
    told = worst_severity(sim.compare(scenario, ["interrupt-anyone", EVERYTHING_WAITS], 6))
    assert told == (
        f"Of severity 1, fewer than 90 % are answered in time under {EVERYTHING_WAITS}."
    )


# ---- runs that end -------------------------------------------------------------------------------


def test_where_a_run_ends_what_is_open_then_is_told() -> None:
    scenario = load(bundled()["service_desk"])
    result = sim.compare(scenario, ["next-sprint", "kanban"], 2)
    assert "open at the end" in printed(headline(result))
    left, came = (result.figure("kanban", n).mean for n in ("open", "opened"))
    assert f"{100 * left / came:.0f} % of all incidents are open at the end" in finding(result)
    assert "open at the end" not in printed(
        headline(sim.compare(short("web_agency"), ["kanban"], 2))
    )


# ---- precision -----------------------------------------------------------------------------------


def test_a_budget_that_ends_too_early_names_the_figure_that_is_known_least(
    firelane: Firelane,
) -> None:
    told = firelane(
        *(
            "compare",
            bundled()["small_product"],
            "--policy",
            "dedicated-team",
            "--policy",
            "kanban",
        ),
        *("--precision", "1%", "--budget", 40),
    )
    assert told.status == 0
    assert "furthest from it is response_" in told.err
    assert " of dedicated-team." in told.err


# ---- demand beyond capacity ----------------------------------------------------------------------


def test_a_figure_that_grows_with_the_run_is_marked_along_a_sweep_and_a_price() -> None:
    scenario = short("small_product", "incidents.*.per_week=*40")
    axis = Axis.parse("teams.*.developers=+0,+60")
    table = printed(sweep_table(sweep(scenario, [axis], ["kanban"], Design(4)), [RESPONSE, POINTS]))
    marked = [line for line in table.splitlines() if "†" in line]
    assert len(marked) == 2  # one cell, one figure of two; and what the mark means
    assert "+0" in marked[0]
    goal = Goal(POINTS, (Constraint.parse("response_hours_mean <= 4000"),), 1)
    curve = hire(scenario, goal, ["kanban"], axis, Design(4))
    assert curve.price(0) == 60
    assert printed(prices(curve)).count("†") == 2
