"""A live report finds what the program finds, to the last bit."""

from __future__ import annotations

import copy
import math
import random
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import sim
from sim.measures.metrics import METRICS
from sim.policy.registry import known_policies
from sim.scenario.reading import from_table, load
from tests.conftest import SMALL
from tests.eleven import WRITERS, as_rules
from tests.live.conftest import Written
from tests.live.opened import FIGURES, Opened, moved, program, write_live
from tests.written import MORE, WRITTEN


def _questions(about: dict[str, Any], moves: int, replications: int) -> list[dict[str, Any]]:
    """The report's own state, then moves drawn at random: of a few controls, and of all of them."""
    chance, found = random.Random(3), []
    for move in range(moves):
        stops = [knob["now"] for knob in about["knobs"]]
        for number, knob in enumerate(about["knobs"]):
            if move and (move % 2 == 0 or chance.random() < 0.15):
                stops[number] = chance.randrange(len(knob["stops"]))
        seed = about["seed"] + move % 3
        found.append(
            {
                "id": move + 1,
                "stops": stops,
                "replications": replications,
                "seed": seed,
                "checks": True,
            }
        )
    return found


def _check_equal(report: Opened, result: sim.Result, moves: int, replications: int) -> int:
    """Hold every run's tables and figures against the program's; how many figures there were."""
    about, figures = report.about, 0
    questions = _questions(about, moves, replications)
    for question, answer in zip(questions, report.answers(questions), strict=True):
        scenario, policies = moved(result.scenario, result.policies, about, question["stops"])
        sums, keys, observed = program(scenario, policies, replications, question["seed"])
        assert answer["marks"] == sums, f"move {question['id']}: tables differ"
        for n in range(len(policies)):
            for replication, seen in enumerate(observed):
                own = answer["runs"][n][replication]
                for key in keys:
                    if key.group != "all" or key.name not in FIGURES or key.name not in own:
                        continue
                    value, found = float(seen.of(n, key)[0]), own[key.name]
                    alike = (
                        found is None or math.isnan(found) if math.isnan(value) else found == value
                    )
                    assert alike, (question["id"], policies[n].id, key.name, value, found)
                    figures += 1
    return figures


def test_traces_accounts_and_figures_are_the_programs_to_the_last_bit(
    opened: Opened, written: Written
) -> None:
    assert _check_equal(opened, written.result, moves=5, replications=2) > 500


def test_means_are_those_of_compare_with_set_for_each_control(
    opened: Opened, written: Written
) -> None:
    about = opened.about
    assert len(about["knobs"]) > 15
    now = [knob["now"] for knob in about["knobs"]]
    questions = []
    for number, knob in enumerate(about["knobs"]):
        other = (knob["now"] + 1) % len(knob["stops"])
        stops = [*now[:number], other, *now[number + 1 :]]
        questions.append({"id": number + 1, "stops": stops, "replications": 10, "seed": 1})
    worst = 0.0
    for question, answer in zip(questions, opened.answers(questions), strict=True):
        scenario, policies = moved(
            written.result.scenario, written.result.policies, about, question["stops"]
        )
        right = sim.compare(scenario, policies, replications=10, workers=1, inputs=0)
        for label, told in zip(right.labels, answer["policies"], strict=True):
            for name, found in told["figures"].items():
                if name not in METRICS:
                    continue
                mean = right.figure(label, name).mean
                if math.isnan(mean):
                    assert found is None or found["mean"] is None or math.isnan(found["mean"]), (
                        name,
                        label,
                    )
                else:
                    worst = max(worst, abs(found["mean"] - mean) / max(abs(mean), 1e-300))
    assert worst < 1e-12


def test_who_cannot_keep_up_is_told_as_by_the_program(browser: Any, tmp_path: Path) -> None:
    """From eight futures where it is sure, from all where it is close; quantiles only where they rest on enough."""
    table = copy.deepcopy(SMALL)
    table["time"] |= {"horizon_weeks": 20, "warmup_weeks": 4}
    table["incidents"][1]["per_week"] = 16
    scenario = from_table(table)
    write_live(tmp_path / "slow.html", scenario, ["next-sprint", "kanban"], replications=10, most=9)
    report = Opened(browser, tmp_path / "slow.html")
    about, questions = report.about, []
    now = [knob["now"] for knob in about["knobs"]]
    rate = next(n for n, knob in enumerate(about["knobs"]) if knob["key"].endswith('fix".per_week'))
    focus = next(n for n, knob in enumerate(about["knobs"]) if knob["key"] == "teams.*.focus")
    for stop in range(len(about["knobs"][rate]["stops"])):
        stops = list(now)
        stops[rate], stops[focus] = stop, 0
        questions.append({"id": stop + 1, "stops": stops, "replications": 10, "seed": 1})
    seen = set()
    for question, answer in zip(questions, report.answers(questions), strict=True):
        own, policies = moved(
            scenario,
            (known_policies()["next-sprint"], known_policies()["kanban"]),
            about,
            question["stops"],
        )
        right = sim.compare(own, policies, replications=10, workers=1, inputs=0)
        for label, told in zip(right.labels, answer["policies"], strict=True):
            assert told["leftOut"] == right.is_left_out(label)
            assert told["overloaded"] == right.is_overloaded(label)
            assert told["futures"] == right.futures(label)
            seen.add((told["leftOut"], told["overloaded"]))
            for name, found in told["figures"].items():
                if name in METRICS:
                    given = not math.isnan(right.figure(label, name).mean)
                    assert given == (found is not None and not math.isnan(found["mean"])), name
    assert len(seen) == 3, "keeps up, falls behind, surely cannot keep up"
    report.close()


@pytest.mark.long
def test_policies_of_ones_own_are_computed_to_the_last_bit(browser: Any, tmp_path: Path) -> None:
    """With what of the contract few policies use, and those that are written as rules."""
    table = copy.deepcopy(SMALL)
    table["incidents"][0]["kind"] = "kind 0"
    rules = [replace(as_rules(known_policies()[name]), id=f"rules-{name}") for name in WRITERS]
    result = write_live(tmp_path / "own.html", from_table(table), [*WRITTEN, *MORE, *rules])
    report = Opened(browser, tmp_path / "own.html")
    report.settled()
    assert _check_equal(report, result, moves=6, replications=4) > 5_000
    report.close()


@pytest.mark.long
@pytest.mark.parametrize(
    "name", ["web_agency", "bank", "legacy", "small_product", "young_product", "web_shop", "follow_the_sun",
             "growing_demand", "service_desk"],
)  # fmt: skip
def test_bundled_scenarios_are_computed_to_the_last_bit(
    name: str, browser: Any, tmp_path: Path
) -> None:
    """Ten moves of nearly sixty controls, all policies and the scenario's own."""
    file = tmp_path / f"{name}.html"
    result = write_live(file, load(name), None)
    report = Opened(browser, file)
    report.settled()
    assert _check_equal(report, result, moves=10, replications=20) > 10_000
    assert report.troubles == []
    report.close()
