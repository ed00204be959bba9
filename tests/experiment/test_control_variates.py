"""Control variates: figures brought back to the load that was to be expected."""

from __future__ import annotations

from datetime import date, datetime

import numpy as np
import pytest

import sim
from sim.experiment.control_variates import FEWEST, controlled, expected_load
from sim.experiment.runner import Runner
from sim.experiment.statistics import interval, paired
from sim.experiment.study import Observations, Study
from sim.measures.metrics import EFFORT, INCIDENTS, Key, load_of
from sim.policy.registry import find_policy
from sim.sampling.sample_path import sample_path
from sim.scenario.distributions import seconds
from sim.scenario.reading import bundled, from_table, load
from sim.scenario.schema import Scenario
from sim.scenario.unplanned_work import IncidentsFrom

FIGURE = Key("delivery", "all", "points_per_sprint")


def one_kind(**kind: object) -> Scenario:
    """Eight incidents a week, two hours each."""
    incidents = {"kind": "any", "severity": 2, "per_week": 8.0, "effort_hours": EXPONENTIAL} | kind
    return from_table(
        {
            "name": "One kind",
            "time": {"horizon_weeks": 12, "warmup_weeks": 2, "public_holidays": [HOLIDAY]},
            "teams": [{"name": "a", "developers": 4}],
            "incidents": [incidents],
        }
    )


EXPONENTIAL = {"dist": "exponential", "mean": 2.0}
HOLIDAY = date(2026, 2, 4)


def drawn(rng: np.random.Generator, studies: int, count: int, effect: float) -> list[Observations]:
    """Made-up studies of two policies: a figure of mean 10 that falls with the load by `effect`."""
    keys = (Key("load", "kind any", INCIDENTS), Key("load", "kind any", EFFORT), FIGURE)
    found = []
    for _ in range(studies):
        load = 80 + 9 * rng.standard_normal(count)
        effort = 2 * load + 12 * rng.standard_normal(count)
        values = np.empty((2, count, 3))
        values[:, :, 0], values[:, :, 1] = load, effort
        for policy in range(2):
            noise = rng.standard_normal(count)
            values[policy, :, 2] = 10 - effect * (policy + 1) * (effort - 160) / 20 + noise
        found.append(Observations(keys, values))
    return found


# ---- what is to be expected ----------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(bundled()))
def test_the_load_of_a_bundled_scenario_is_as_expected(name: str) -> None:
    scenario = load(bundled()[name])
    expected = expected_load(scenario)
    paths = [sample_path(scenario, seed=5, replication=n) for n in range(120)]
    measured = [load_of(path) for path in paths]
    for key, mean in expected.items():
        values = np.array([figures[key] for figures in measured])
        error = values.std(ddof=1) / np.sqrt(len(values))
        assert abs(values.mean() - mean) <= 4 * error + 1e-9, key


def test_holidays_after_the_warm_up_take_their_share() -> None:
    scenario = one_kind(holiday_share=0.25)
    day = (HOLIDAY - scenario.time.start).days
    assert 7 * 2 <= day < 7 * 12
    expected = expected_load(scenario)
    assert expected[Key("load", "kind any", INCIDENTS)] == pytest.approx(8 * (10 - 0.75 / 7))
    assert expected[Key("load", "kind any", EFFORT)] == pytest.approx(16 * (10 - 0.75 / 7))
    counts = [
        load_of(sample_path(scenario, 3, n))[Key("load", "kind any", INCIDENTS)] for n in range(400)
    ]
    assert abs(np.mean(counts) - 8 * (10 - 0.75 / 7)) <= 4 * np.std(counts) / 20


def test_what_the_first_line_deflects_is_no_load() -> None:
    """Of eight a week for ten weeks, a quarter is deflected."""
    scenario = one_kind(holiday_share=1.0)
    desk = scenario.first_line.model_copy(update={"deflect_rate": 0.25})
    scenario = scenario.model_copy(update={"first_line": desk})
    expected = expected_load(scenario)
    assert expected[Key("load", "kind any", INCIDENTS)] == pytest.approx(60)
    assert expected[Key("load", "kind any", EFFORT)] == pytest.approx(120)
    loads = [load_of(sample_path(scenario, 3, n)) for n in range(400)]
    for name, mean in ((INCIDENTS, 60), (EFFORT, 120)):
        found = [load[Key("load", "kind any", name)] for load in loads]
        assert abs(np.mean(found) - mean) <= 4 * np.std(found) / 20


def test_a_season_a_trend_and_a_start_within_the_week_are_known() -> None:
    scenario = one_kind(trend_per_year=2.0)
    table = scenario.model_dump(by_alias=True)
    table["time"]["warmup_weeks"] = 0
    table["season"] = [{"from": date(2026, 1, 20), "to": date(2026, 2, 10), "factor": 3.0}]
    table["start"] = {"at": datetime(2026, 1, 7, 14, 40)}
    scenario = from_table(table)
    key = Key("load", "kind any", INCIDENTS)
    expected = expected_load(scenario)[key]
    assert expected > 8 * 12 * 1.4
    counts = [load_of(sample_path(scenario, 3, n))[key] for n in range(400)]
    assert abs(np.mean(counts) - expected) <= 4 * np.std(counts) / 20


def test_where_the_expectation_is_not_known_exactly_there_is_no_control() -> None:
    assert expected_load(one_kind(holiday_share=0.25, daily_cv=0.5)) == {}
    assert expected_load(one_kind(daily_cv=0.5)) != {}


@pytest.mark.parametrize(
    "effort",
    [
        {"dist": "constant", "value": 0.0123},
        {"dist": "empirical", "values": [0.0101, 1 / 7]},
        {
            "dist": "mixture",
            "parts": [
                {"share": 0.5, "of": {"dist": "constant", "value": 0.0123}},
                {"share": 0.5, "of": {"dist": "exponential", "mean": 1.0}},
            ],
        },
    ],
)
def test_effort_is_expected_in_whole_seconds_as_it_is_drawn(effort: dict) -> None:
    scenario = one_kind(effort_hours=effort)
    expected = expected_load(scenario).get(Key("load", "kind any", EFFORT))
    if expected is None:  # too short to be a control
        assert effort["dist"] == "constant"
        return
    drawn = [seconds(scenario.incidents[0].effort_hours, u, 3_600).mean() for u in UNIFORMS]
    assert expected / 80 == pytest.approx(np.mean(drawn) / 3_600, rel=2e-3)


UNIFORMS = (
    np.random.default_rng(8).permutation((np.arange(100_000) + 0.5) / 100_000).reshape(10, -1)
)


def test_a_holiday_named_twice_is_one() -> None:
    once = one_kind(holiday_share=0.25)
    time = once.time.model_copy(update={"public_holidays": [HOLIDAY, HOLIDAY]})
    assert expected_load(once.model_copy(update={"time": time})) == expected_load(once)


def test_a_constant_effort_says_what_the_count_says() -> None:
    """Whatever its length: the controls are then one, and expect the same."""
    scenario = one_kind(effort_hours={"dist": "constant", "value": 1 / 7})
    [observed] = drawn(np.random.default_rng(7), 1, 40, 0.0)
    count = observed.values[:, :, 0] = np.rint(observed.values[:, :, 0])
    observed.values[:, :, 1] = count * round(3_600 / 7) / 3_600
    observed.values[:, :, 2] = 10 - (count - 80)
    assert controlled(observed, scenario).of(0, FIGURE) == pytest.approx(10, abs=1e-6)


# ---- what it does --------------------------------------------------------------------------------


@pytest.mark.parametrize("effect", [0.0, 1.0, 5.0])
@pytest.mark.parametrize("count", [20, 60])
def test_intervals_hold_what_they_promise(effect: float, count: int) -> None:
    """Of 2,000 studies at least 93.5 % of the intervals hold the truth: 95 % less three standard errors.
    The load explains nothing, some, or nearly all of the figure."""
    scenario = one_kind()
    held = differences = 0
    for observed in drawn(np.random.default_rng(int(effect) + count), 2_000, count, effect):
        found = controlled(observed, scenario)
        own, difference = (
            interval(found.of(0, FIGURE)),
            paired(found.of(0, FIGURE), found.of(1, FIGURE)),
        )
        held += own.low <= 10 <= own.high
        differences += difference.low <= 0 <= difference.high
    assert held >= 1_870
    assert differences >= 1_870


def test_intervals_are_as_much_narrower_as_the_load_explains() -> None:
    """Of a variance of 1 + 2.25 the regression leaves 1; it costs two degrees of freedom."""
    [observed] = drawn(np.random.default_rng(1), 1, 400, 1.0)
    found = controlled(observed, one_kind())
    raw, own = observed.of(0, FIGURE), found.of(0, FIGURE)
    explained = np.var(observed.of(0, Key("load", "kind any", EFFORT)) / 20, ddof=1)
    assert own.var(ddof=1) == pytest.approx(raw.var(ddof=1) - explained, rel=0.15)


def test_differences_of_figures_are_figures_of_differences() -> None:
    [observed] = drawn(np.random.default_rng(2), 1, 50, 1.0)
    found = controlled(observed, one_kind())
    a, b = found.of(0, FIGURE), found.of(1, FIGURE)
    assert paired(a, b).mean == pytest.approx(interval(a).mean - interval(b).mean)
    assert not np.array_equal(a, observed.of(0, FIGURE))


def test_few_replications_and_what_is_not_known_are_left_as_they_are() -> None:
    [observed] = drawn(np.random.default_rng(3), 1, 2 * FEWEST - 1, 5.0)
    assert controlled(observed, one_kind()) is observed
    [observed] = drawn(np.random.default_rng(3), 1, 40, 5.0)
    observed.values[1, 7, 2] = np.nan
    found = controlled(observed, one_kind())
    assert np.array_equal(found.of(1, FIGURE), observed.of(1, FIGURE), equal_nan=True)
    assert not np.array_equal(found.of(0, FIGURE), observed.of(0, FIGURE))


def test_a_load_that_does_not_vary_explains_nothing() -> None:
    [observed] = drawn(np.random.default_rng(4), 1, 40, 5.0)
    observed.values[:, :, :2] = 80.0
    assert controlled(observed, one_kind()) is observed


def test_a_replayed_log_has_no_expectation(tmp_path) -> None:
    log = tmp_path / "log.csv"
    log.write_text("opened,kind,team\n2026-01-08 10:00,any,a\n", encoding="utf-8")
    kinds = [one.model_copy(update={"per_week": 0.0}) for one in one_kind().incidents]
    source = IncidentsFrom(file=str(log))
    scenario = one_kind().model_copy(update={"incidents": kinds, "incidents_from": source})
    assert expected_load(scenario) == {}


UNTOUCHED = "dedicated-team:quiet=improvements"


def test_in_a_comparison_it_halves_the_variance_of_the_interval_of_a_difference() -> None:
    """Of points, between a policy that the load touches and one that it does not, in 90 futures."""
    scenario = sim.load(bundled()["web_agency"])
    policies = tuple(find_policy(name) for name in ("interrupt-anyone", UNTOUCHED))
    with Runner() as runner:
        observed = runner.observe(Study.of(scenario, policies, 1, "compiled"), range(90))
    found = controlled(observed, scenario)
    raw, own = (o.of(0, FIGURE) - o.of(1, FIGURE) for o in (observed, found))
    assert own.var(ddof=1) < raw.var(ddof=1) / 2


def test_what_is_shown_adds_up_and_tells_the_load() -> None:
    result = sim.compare(sim.load(bundled()["small_product"]), ["kanban", "next-sprint"], 120)
    a, b = (result.figure(label, "points_per_sprint").mean for label in result.labels)
    assert result.difference(*result.labels, "points_per_sprint").mean == pytest.approx(a - b)
    for key, mean in expected_load(result.scenario).items():
        found = result.figure("kanban", key.name, key.group)
        error = (found.high - found.low) / 4
        assert abs(found.mean - mean) <= 4 * error + 1e-9
    shares = [k.name for k in result.observations.keys if k.name.startswith("developer_")]
    assert sum(result.figure("kanban", name).mean for name in shares) == pytest.approx(1)
