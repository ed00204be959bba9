"""From a comparison to a decision: sweep, map, recommend, sensitivity, hire."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest

from sim.experiment.design import Design
from sim.experiment.runner import Runner
from sim.experiment.study import Observations
from sim.measures.metrics import Key
from sim.policy.parameters import Parameter
from sim.report.search_pictures import hire_picture
from sim.report.search_tables import hire_finding
from sim.scenario.reading import bundled, load
from sim.scenario.schema import Scenario
from sim.search.axis import Axis
from sim.search.goal import Constraint, FigureName, Goal, Score
from sim.search.hire import hire
from sim.search.question import QuestionError
from sim.search.recommend import NEARLY, recommend
from sim.search.sensitivity import Input, measured_inputs, sensitivity
from sim.search.sobol import _Halves, sobol
from sim.search.sweep import NOBODY, PolicyMap, Sweep, policy_map, sweep
from sim.search.variants import MAX_STEPS, cost_of, grid_of
from tests.command import Firelane

FEW = 6
FEW_PATHS = Design(FEW)
RESPONSE, DELIVERY = FigureName("response_hours_mean"), FigureName("points_per_sprint")


# ---- words ---------------------------------------------------------------------------------------


def test_figures_and_promises_are_read_as_people_write_them() -> None:
    promise = Constraint.parse("response_hours_p90[severity=1] <= 2")
    assert promise == Constraint(FigureName("response_hours_p90", "severity 1"), True, 2.0)
    assert str(promise) == "response_hours_p90[severity=1] <= 2"
    assert Constraint.parse("response_sla>=90%").limit == pytest.approx(0.9)
    assert (
        FigureName.parse("response_sla[kind=production outage]").group == "kind production outage"
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("response_slo >= 0.9", "no figure 'response_slo'.*response_sla"),
        ("response_sla = 0.9", "expected FIGURE <= NUMBER"),
        ("response_sla >= often", "expected FIGURE <= NUMBER"),
        ("response_sla[team=1] >= 0.9", "expected a figure such as"),
        (">= 3", "expected"),
    ],
)
def test_a_promise_that_is_not_understood_is_refused_in_words(text: str, words: str) -> None:
    with pytest.raises(QuestionError, match=words):
        Constraint.parse(text)


def test_a_group_that_the_scenario_lacks_is_named_with_those_it_has(small: Scenario) -> None:
    goal = Goal.towards(FigureName("response_sla", "severity 2"))
    with pytest.raises(
        QuestionError, match="by severity=1, severity=3, kind=outage, kind=data fix"
    ):
        recommend(small, goal, ["kanban"], FEW_PATHS, FEW)


def test_axes_are_spaced_listed_relative_or_a_number_of_teams(small: Scenario) -> None:
    assert Axis.parse("people.unfamiliarity=1:2:3").values == ("1", "1.5", "2")
    assert Axis.parse("incidents.*.per_week=*0.5:*2:2").values == ("*0.5", "*2")
    assert Axis.parse("sprints.plan_by=effort, velocity").numbers() == [0, 1]
    twice = Axis.parse("incidents.*.per_week=*2,*3").at(small, 0)
    assert [i.per_week for i in twice.incidents] == [2.0, 10.0]
    four = Axis.parse("teams=1,5").at(small, 1)
    assert [team.name for team in four.teams] == ["Red", "Blue", "Red 2", "Blue 2", "Red 3"]


def test_a_promise_may_be_made_to_whoever_is_called_most(
    firelane: Firelane, bundled_scenario
) -> None:
    done = firelane(
        "recommend", bundled_scenario("bank"), "--set", "time.horizon_weeks=20", "--policy", "kanban",
        "--require", "night_calls_per_person_month <= 3", "--require", "duty_share_max <= 30%",
        "--replications", 2, "--fresh-replications", 2, "--json", "-",
    )  # fmt: skip
    assert done.status == 0
    told = json.loads(done.out)
    assert told["feasible"]
    promised = told["best"]["promises"]
    assert 0 < promised["night_calls_per_person_month <= 3"]["mean"] <= 3
    assert promised["duty_share_max <= 0.3"]["mean"] == 0, "kanban has nobody on duty"


@pytest.mark.parametrize("text", ["people", "a=1:2", "a=1:x:3", "a=1:2:1", "a=,", "a=1:2:100000"])
def test_an_axis_that_is_not_understood_is_refused_in_words(text: str) -> None:
    with pytest.raises(QuestionError, match=text.split("=")[0]):
        Axis.parse(text)


# ---- sweep and map -------------------------------------------------------------------------------


def test_more_reserve_answers_faster_and_delivers_less(bundled_scenario) -> None:
    scenario = load(bundled_scenario("small_product"))
    axis = Axis.parse("policies.reserved-buffer.share=0,0.2,0.5")
    swept = sweep(scenario, [axis], ["reserved-buffer"], Design(20))
    response, delivery = (
        [swept.figure(cell, 0, figure).mean for cell in range(3)] for figure in (RESPONSE, DELIVERY)
    )
    assert response == sorted(response, reverse=True)
    assert delivery == sorted(delivery, reverse=True)
    table = swept.table([RESPONSE])
    assert list(table.columns) == [axis.key, "policy", "figure", "mean", "low", "high"]
    assert len(table) == 3


def test_a_cell_is_the_comparison_of_its_scenario(small: Scenario) -> None:
    import sim

    axes = [Axis.parse("people.unfamiliarity=1,2"), Axis.parse("incidents.*.per_week=*1,*2")]
    swept = sweep(small, axes, ["kanban", "next-sprint"], FEW_PATHS)
    assert swept.places == [(0, 0), (0, 1), (1, 0), (1, 1)]
    alone = sim.compare(axes[1].at(axes[0].at(small, 1), 0), ["kanban", "next-sprint"], FEW)
    assert swept.figure(2, 1, RESPONSE) == alone.figure("next-sprint", "response_hours_mean")


def test_the_map_changes_hands_where_the_promise_does(small: Scenario) -> None:
    axes = [Axis.parse("incidents.*.per_week=*0.5,*1"), Axis.parse("people.unfamiliarity=1,1.5")]
    swept = sweep(small, axes, ["next-sprint", "interrupt-anyone"], Design(12))
    fastest = policy_map(swept, Goal.towards(RESPONSE))
    assert (fastest.winners == 1).all()
    assert not fastest.contested.any()
    assert fastest.shares == {"interrupt-anyone": 1.0}
    impossible = policy_map(swept, Goal.towards(RESPONSE, (Constraint(DELIVERY, False, 1e6),)))
    assert (impossible.winners == NOBODY).all()
    alike = sweep(small, axes, ["next-sprint", "next-sprint:improvement_share=0"], FEW_PATHS)
    assert policy_map(alike, Goal.towards(RESPONSE)).contested.all()


# ---- recommend -----------------------------------------------------------------------------------


def test_the_grid_of_a_parameter_has_its_default_and_stays_in_bounds(small: Scenario) -> None:
    from sim.policy.registry import known_policies

    for policy in known_policies().values():
        for name, parameter in policy.parameters.items():
            if not parameter.is_number:
                continue
            grid = grid_of(parameter, name, small)
            assert parameter.default in grid
            assert all(parameter.low <= value <= parameter.high for value in grid)
            assert len(set(grid)) == len(grid)


def test_no_search_puts_a_whole_team_on_duty() -> None:
    """It would commit nothing, and so meet every goal."""
    from sim.policy.registry import known_policies

    agency = load(bundled()["web_agency"])
    for policy, name in (("developer-rotation", "people"), ("adaptive-rotation", "most")):
        parameter = known_policies()[policy].parameters[name]
        assert max(grid_of(parameter, name, agency)) == 3
    people = known_policies()["dedicated-team"].parameters["people"]
    assert max(grid_of(people, "people", agency)) == 17


def test_the_recommended_keeps_the_promise_on_fresh_paths_and_beats_every_default(
    bundled_scenario,
) -> None:
    scenario = load(bundled_scenario("small_product"))
    goal = Goal.towards(DELIVERY, (Constraint.parse("response_sla >= 0.8"),))
    found = recommend(scenario, goal, ["reserved-buffer", "next-sprint"], Design(10), 40)
    assert found.is_feasible
    assert found.best.promises[0].mean >= 0.8
    most = max(c.score.value for c in found.candidates if c.score.is_feasible)
    assert found.best.policy.label in found.alike or found.best.score.value >= (1 - NEARLY) * most


def test_the_search_never_does_more_runs_than_it_said_were_ahead(bundled_scenario) -> None:
    scenario = load(bundled_scenario("small_product"), ["time.horizon_weeks=20"])
    done, told = [0], []
    with Runner(1, runs=done.append) as runner:
        recommend(
            scenario,
            Goal.towards(DELIVERY),
            ["unplanned-ticket", "kanban"],
            Design(FEW, runner=runner),
            FEW,
            ahead=lambda runs: told.append(done[-1] + runs),
        )
    assert told == sorted(told, reverse=True)
    assert told[-1] == done[-1]  # in the end it is exact


def test_promises_that_cannot_be_kept_are_said_to_be_so_with_the_closest(
    firelane: Firelane, bundled_scenario
) -> None:
    ended = firelane(
        *("recommend", bundled_scenario("small_product"), "--policy", "next-sprint"),
        *("--require", "response_hours_mean <= 0.001", "--replications", FEW),
        *("--fresh-replications", FEW),
    )
    assert ended.status == 0
    assert "No policy keeps all promises. The closest is next-sprint" in ended.out
    assert "it breaks response_hours_mean <= 0.001" in " ".join(ended.out.split())


def test_the_same_seed_recommends_the_same_whatever_the_workers(
    firelane: Firelane, bundled_scenario
) -> None:
    arguments = [
        *("recommend", bundled_scenario("small_product"), "--policy", "unplanned-ticket"),
        *("--require", "response_sla >= 0.5", "--replications", FEW),
        *("--fresh-replications", FEW, "--json", "-"),
    ]
    one, two = (firelane(*arguments, "--workers", n).out for n in (1, 2))
    assert one == two
    assert json.loads(one)["best"]["policy"].startswith("unplanned-ticket")


# ---- sensitivity and hire ------------------------------------------------------------------------


def test_the_swings_are_sorted_and_what_cannot_be_moved_is_told(small: Scenario) -> None:
    inputs = [
        Input("people.unfamiliarity", "1", "1.05"),
        Input("teams.*.focus", "*0.8", "*1.2"),
        Input("people.sick_share", "0", "7"),
    ]
    found = sensitivity(small, DELIVERY, ["interrupt-anyone"], inputs, Design(12))
    assert [swing.input.key for swing in found.swings] == [inputs[1].key, inputs[0].key]
    assert "people.sick_share" in found.left_out
    assert found.swings[0].at_low.mean < found.base.mean < found.swings[0].at_high.mean


def test_an_input_that_turns_the_choice_is_named(small: Scenario) -> None:
    turn = Input("policies.reserved-buffer.share", "0", "0.8")
    found = sensitivity(
        small, DELIVERY, ["reserved-buffer", "dedicated-team:people=2"], [turn], Design(12)
    )
    assert [swing.input for swing in found.flips] == [turn]


def test_sobols_indices_find_the_input_that_matters(small: Scenario) -> None:
    inputs = [
        Input("incidents.*.per_week", "*0.5", "*2"),
        Input("interruptions.swap_meeting_minutes", "10", "20"),  # nobody swaps here
    ]
    found = sobol(small, DELIVERY, ["interrupt-anyone"], inputs, 16, Design(12))
    assert found.total[0].mean > 0.8
    assert abs(found.total[1].mean) < 0.1


def test_what_luck_moves_is_not_split_among_inputs() -> None:
    """Half of what two hundred samples differ by is luck; the first input makes three parts of four of the rest."""
    generator = np.random.default_rng(4)
    x, y = generator.random((2, 3, 3_000)) - 0.5
    y[2] = x[2] = 0  # an input that does nothing
    weights = np.sqrt([3, 1, 0])

    def lived(inputs: np.ndarray) -> np.ndarray:
        value = (weights[:, np.newaxis] * inputs).sum(axis=0)
        return value + generator.normal(0, value.std(), (2, len(value)))

    mixed = np.stack(
        [lived(np.where(np.arange(3)[:, np.newaxis] == n, y, x)) for n in range(3)], axis=1
    )
    shares = _Halves(lived(x), lived(y), mixed).shares(np.arange(3_000))
    assert shares is not None
    assert shares[0] == pytest.approx([0.75, 0.25, 0], abs=0.08)
    assert shares[1] == pytest.approx([0.75, 0.25, 0], abs=0.08)


def test_three_seeds_name_the_same_input_or_say_that_they_cannot_tell(small: Scenario) -> None:
    inputs = [
        Input("teams.*.focus", "0.5", "0.9", "focus"),
        Input("people.sick_share", "0.01", "0.03", "sickness"),
    ]
    leading = [
        sobol(small, DELIVERY, ["kanban"], inputs, 16, Design(4, seed)).may_lead
        for seed in (1, 2, 3)
    ]
    surely = {one[0] for one in leading if len(one) == 1}
    assert surely == {0}


def test_hiring_buys_a_promise_and_the_curve_says_how_many(bundled_scenario) -> None:
    scenario = load(bundled_scenario("small_product"))
    curve = hire(
        scenario,
        Goal.towards(DELIVERY, (Constraint.parse("points_per_sprint >= 50"),)),
        ["interrupt-anyone"],
        design=Design(12),
    )
    points = [found.mean for found in curve.promised(0, curve.goal.promises[0])]
    assert points == sorted(points)
    first = next(n for n, value in enumerate(points) if value >= 50)
    assert curve.price(0) == curve.prices[first] > 0


# ---- as a user -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ((("sweep"), "--over", "people.unfamiliarity=1,2"), "Mean ± half"),
        (
            (
                *("map", "--over", "people.unfamiliarity=1,2", "--over"),
                *("incidents.*.per_week=*1,*2", "--minimise", "response_hours_mean"),
            ),
            "wins",
        ),
        (("sensitivity", "--input", "incidents.*.per_week=*0.2:*5"), "moves most with"),
        (
            ("hire", "--require", "response_sla >= 0.5", "--over", "teams.*.developers=+0,+1"),
            "costs",
        ),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else "",
)
def test_each_question_is_answered_with_a_finding_a_table_and_a_picture(
    command: tuple[str, ...], words: str, firelane: Firelane, bundled_scenario, tmp_path: Path
) -> None:
    name, *rest = command
    picture = tmp_path / "picture.png"
    ended = firelane(
        *(name, bundled_scenario("small_product"), *rest, "--policy", "interrupt-anyone"),
        *("--replications", FEW, "--plot", picture),
    )
    assert ended.status == 0, ended.err
    assert words in ended.out
    assert picture.read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("sweep", "--over", "people.unfamiliarty=1,2"), "unfamiliarity"),
        (("sweep", "--over", "people.unfamiliarity=1,200"), "people.unfamiliarity"),
        (("map", "--over", "people.unfamiliarity=1,2"), "name 2 of them"),
        (("recommend", "--maximise", "points"), "no figure 'points'"),
        (("sensitivity", "--policy", "a"), "no policy 'a'"),
        (("hire", "--require", "nonsense"), "expected FIGURE"),
        (("compare", "--precision", "lots"), "expected a share"),
        (("compare", "--cluster", "tcp://127.0.0.1:1"), "no Dask scheduler answers"),
        (("compare", "--fresh"), "there is none"),
    ],
)
def test_a_bad_question_is_answered_in_words(
    arguments: tuple[str, ...],
    words: str,
    firelane: Firelane,
    bundled_scenario,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("sim.workers.pool.MAX_GREETING_SECONDS", 1)
    name, *rest = arguments
    ended = firelane(name, bundled_scenario("small_product"), *rest)
    assert ended.status in (1, 2)
    assert words in " ".join(ended.err.replace("│", " ").split())


def test_precision_ends_when_every_headline_figure_is_known_as_well(bundled_scenario) -> None:
    import sim

    scenario = load(bundled_scenario("small_product"))
    result = sim.compare(scenario, ["interrupt-anyone"], precision=0.1)
    assert 30 <= result.replications < 5_000
    for values in result.headline_figures().values():
        half = 1.96 * values.std(ddof=1) / np.sqrt(len(values))
        assert half <= 0.1 * abs(values.mean())
    same = sim.compare(scenario, ["interrupt-anyone"], replications=result.replications)
    assert same.to_json() == result.to_json()


def test_a_budget_that_is_too_small_for_a_precision_is_owned_up_to(
    firelane: Firelane, bundled_scenario
) -> None:
    ended = firelane(
        *("compare", bundled_scenario("small_product"), "--policy", "kanban"),
        *("--precision", "0.1%", "--budget", 12),
    )
    assert ended.status == 0
    assert "The budget of 12 replications ended before" in ended.err


def test_observations_are_exported_whole(firelane: Firelane, bundled_scenario, tmp_path) -> None:
    import pandas as pd

    for target in (tmp_path / "all.csv", tmp_path / "all.parquet"):
        ended = firelane(
            *("compare", bundled_scenario("small_product"), "--policy", "kanban"),
            *("--replications", 5, "--csv", target),
        )
        assert ended.status == 0, ended.err
        table = pd.read_csv(target) if target.suffix == ".csv" else pd.read_parquet(target)
        assert list(table.replication) == [0, 1, 2, 3, 4]
        assert "response_sla[severity=1]" in table.columns


def test_intervals_of_a_calibration_are_inputs(tmp_path: Path) -> None:
    file = tmp_path / "figures.json"
    known = {"value": 1.0, "n": 9, "source": "opened", "assumed": False}
    file.write_text(
        json.dumps(
            {
                "people.unfamiliarity": {**known, "low": 1.1, "high": 1.9},
                "people.sick_share": {**known, "low": None, "high": None},
            }
        )
    )
    assert [(i.key, i.low, i.high) for i in measured_inputs(file)] == [
        ("people.unfamiliarity", "1.1", "1.9")
    ]


@pytest.mark.parametrize("text", ["", "[1]", '{"a": 1}', '{"a": {"low": 2, "high": 2}}'])
def test_a_file_without_intervals_is_refused_in_words(text: str, tmp_path: Path) -> None:
    file = tmp_path / "figures.json"
    file.write_text(text)
    with pytest.raises(QuestionError, match=r"figures\.json"):
        measured_inputs(file)


# ---- how surely promises are kept ----------------------------------------------------------------


def in_one_cell(limit: float, points: list[float], shares: list[float], spread: float) -> PolicyMap:
    """A map of one cell whose policies have these points and shares in time, by 30 replications."""
    scenario = load(bundled()["small_product"])
    axes = (Axis("people.unfamiliarity", ("1",)), Axis("teams.*.focus", ("*1",)))
    keys = (
        Key("delivery", "all", "points_per_sprint"),
        Key("response", "all", "response_sla"),
        Key("accounts", "all", "backlog_growth_per_week"),
        Key("accounts", "all", "opened"),
    )
    apart = np.random.default_rng(4).standard_normal((len(points), 30))
    apart -= apart.mean(axis=1, keepdims=True)
    values = np.zeros((len(points), 30, len(keys)))
    values[:, :, 0] = np.array(points)[:, np.newaxis] + 0.1 * apart
    values[:, :, 1] = np.array(shares)[:, np.newaxis] + spread * apart
    values[:, :, 3] = 100
    labels = tuple("abc"[: len(points)])
    observed = Observations(keys, values)
    swept = Sweep(scenario, (scenario,), axes, labels, 30, 1, (observed,))
    goal = Goal(
        FigureName.parse("points_per_sprint"), (Constraint.parse(f"response_sla >= {limit}"),), 1
    )
    return policy_map(swept, goal)


@pytest.mark.parametrize(
    ("points", "shares", "winner", "contested"),
    [
        ([50, 40], [0.95, 0.95], 0, False),
        ([50, 40], [0.905, 0.95], 0, True),  # the winner may break the promise
        ([50, 40], [0.895, 0.95], 1, True),  # a better one may keep it
        ([50, 40], [0.85, 0.95], 1, False),
        ([50, 40], [0.85, 0.895], NOBODY, True),  # somebody may keep it
        ([50, 40], [0.85, 0.85], NOBODY, False),
        ([40, 50], [0.905, 0.95], 1, False),  # who may break it is behind anyway
    ],
)
def test_a_cell_is_sure_only_where_the_promises_are(
    points: list[float], shares: list[float], winner: int, contested: bool
) -> None:
    found = in_one_cell(0.9, points, shares, 0.04)
    assert (int(found.winners[0, 0]), bool(found.contested[0, 0])) == (winner, contested)


def test_cells_that_are_called_sure_are_right_where_a_promise_is_hardly_kept() -> None:
    """Of 400 studies whose better policy just keeps, or just breaks, the promise; at most 5 % may be
    called sure and be wrong, and three standard errors."""
    rng, wrong, limit = np.random.default_rng(9), 0, 0.9
    for n in range(400):
        truth = limit + (0.005 if n % 2 else -0.005)
        seen = truth + 0.04 / np.sqrt(30) * rng.standard_normal()
        found = in_one_cell(limit, [50, 40], [seen, 0.99], 0.04)
        right = 0 if truth >= limit else 1
        wrong += not found.contested[0, 0] and int(found.winners[0, 0]) != right
    assert wrong <= 20 + 3 * np.sqrt(400 * 0.05 * 0.95)


# ---- prices --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("over", "words"),
    [
        ("teams.*.developers=7,6", "costs nobody more under"),
        ("teams.*.developers=*1,*2", "costs nobody more under"),
        ("teams.*.developers=+3,+2", "costs 2 developers more under"),
        ("teams.*.developers=5", "costs 1 developer fewer under"),
        ("on_call.cover=24x7,none", "costs on_call.cover 24x7 under"),
    ],
)
def test_a_price_is_what_is_more_than_there_is_and_the_least(over: str, words: str) -> None:
    scenario = load(bundled()["small_product"], ["time.horizon_weeks=20"])
    goal = Goal(
        FigureName.parse("points_per_sprint"), (Constraint.parse("response_sla >= 0.3"),), 1
    )
    curve = hire(scenario, goal, ["interrupt-anyone"], Axis.parse(over), Design(4))
    assert words in hire_finding(curve)
    assert hire_picture(curve)


# ---- the closest that can be had -----------------------------------------------------------------


def test_the_search_sees_which_of_two_is_closer_however_far_both_are() -> None:
    shortfalls = [0.0, 0.5, 5.0, 6.0, 50.0, 5e5]
    costs = [cost_of(Score(-short, 1.0)) for short in shortfalls]
    assert costs == sorted(set(costs))
    assert cost_of(Score(-math.inf, 1.0)) > costs[-1]
    assert cost_of(Score(0.0, math.nan)) > costs[-1]


@pytest.mark.parametrize("high", [math.inf, 1e9, 50])
def test_of_a_wide_parameter_a_few_values_are_tried(high: float, small: Scenario) -> None:
    grid = grid_of(Parameter(10, "items", 0, high, ""), "most", small)
    assert 10 in grid
    assert len(grid) <= MAX_STEPS + 2
    assert all(0 <= value <= high and value == int(value) for value in grid)


# ---- axes ----------------------------------------------------------------------------------------


def test_ends_of_different_kinds_are_refused() -> None:
    with pytest.raises(QuestionError, match="both ends must be factors"):
        Axis.parse("teams.*.developers=*1:+2:2")


def test_one_key_is_one_axis(small: Scenario) -> None:
    axis = Axis.parse("people.unfamiliarity=1,2")
    with pytest.raises(QuestionError, match=r"people\.unfamiliarity is named twice"):
        sweep(small, [axis, axis], ["kanban"], FEW_PATHS)


def test_sobols_indices_come_as_a_picture_too_and_tell_what_was_left_out(
    firelane: Firelane, bundled_scenario, tmp_path: Path
) -> None:
    picture = tmp_path / "sobol.png"
    told = firelane(
        *("sensitivity", bundled_scenario("small_product"), "--policy", "kanban", "--sobol", 8),
        *("--input", "teams.*.focus=*0.5:*1", "--input", "people.sick_share=0:2"),
        *(
            "--figure",
            "points_per_sprint",
            "--replications",
            4,
            "--set",
            "time.horizon_weeks=12",
            "--plot",
            picture,
        ),
    )
    assert told.status == 0, told.err
    assert "has a part in" in told.out
    assert "left out: people.sick_share" in told.err
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_a_quantile_of_too_few_incidents_is_taken_and_said_to_say_little(
    firelane: Firelane, bundled_scenario
) -> None:
    asked = ("--policy", "kanban", "--require", "response_hours_p90[severity=1] <= 9")
    few = ("--replications", 4, "--set", "time.horizon_weeks=20")
    for command in (("hire", "--over", "teams.*.developers=+0,+1"), ("recommend",)):
        name, *rest = command
        told = firelane(name, bundled_scenario("small_product"), *rest, *asked, *few)
        assert told.status == 0, told.err
        words = " ".join(told.out.split())
        assert "response_hours_p90[severity=1] rests on " in words
        assert " incidents in a replication; 50 are needed" in words
    plenty = ("--require", "response_hours_p50 <= 99", "--policy", "kanban")
    assert "rests on" not in firelane("hire", bundled_scenario("small_product"), *plenty, *few).out
