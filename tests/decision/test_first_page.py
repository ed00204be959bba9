"""The first page of a decision: what it says is in the JSON, and what is in the JSON comes of replications."""

from __future__ import annotations

import html
import re
from pathlib import Path

import numpy as np
import pytest

import sim
from sim.decision.flips import answer
from sim.experiment.design import Design
from sim.policy.registry import chosen_policies
from sim.report import decision_words as words
from sim.scenario.reading import changed
from sim.search.goal import Constraint, FigureName, Goal
from tests.decision.conftest import Made, decide


def text_of(page: str) -> str:
    sheet = page.partition('<main class="sheet">')[2].partition("</main>")[0]
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", sheet)))


def test_every_sentence_of_the_first_page_is_in_the_json(made: Made) -> None:
    shown, found = text_of(made.html), made.found
    own = found["recommendation"]
    sentences = [own["sentence"], own["deck"], own["certainty"], own["asked_for"]]
    sentences += [found["runner_up"]["sentence"], found["pilot"]["sentence"].rstrip(".")]
    sentences += [found["pilot"]["stop"], *(flip["sentence"] for flip in found["flips"])]
    for sentence in sentences:
        assert sentence in shown
    assert own["sentence"] in re.sub(r"\s+", " ", made.said)


def test_every_figure_of_the_first_table_is_in_the_json(made: Made) -> None:
    rows = re.findall(r'<tr><th scope="row">.*?</tr>', made.html, re.S)
    assert len(made.found["figures"]) <= len(rows)
    for row, own in zip(rows, made.found["figures"], strict=False):
        metric = own["figure"]
        cells = [
            re.sub(r"<[^>]+>", "", cell).strip() for cell in re.findall(r"<td.*?</td>", row, re.S)
        ]
        today, _, proposed, not_known, luck = map(html.unescape, cells)
        assert today == words.value(metric, own["today"])
        assert proposed.startswith(words.value(metric, own["proposed"]))
        assert not_known == words.ends(metric, tuple(own["not_known"]))
        assert luck == words.ends(metric, tuple(own["luck"]))


def test_the_figures_of_the_json_are_those_of_replications_computed_apart(made: Made) -> None:
    scenario, found = sim.load(made.scenario), made.found
    labels = [found["today"]["label"], found["recommendation"]["label"]]
    everybody = [own["label"] for own in found["policies"]]
    result = sim.compare(scenario, everybody, 120, inputs=40)
    for own in found["figures"]:
        times = 52 / 2 * 2 if own["a_year"] else 1
        today, proposed = (result.spread(label, own["figure"]) for label in labels)
        assert times * today.mean == pytest.approx(own["today"], abs=1e-5)
        assert times * proposed.mean == pytest.approx(own["proposed"], abs=1e-5)
        mean = times * proposed.mean
        ends = [min(times * proposed.input_low, mean), max(times * proposed.input_high, mean)]
        assert ends == pytest.approx(own["not_known"], abs=1e-5)


def test_on_either_side_of_a_flip_a_fresh_comparison_shows_the_two_winners(made: Made) -> None:
    found = made.found
    assert found["flips"], "the scenario of these tests has some"
    scenario = sim.load(made.scenario)
    policies = chosen_policies(scenario, [own["label"] for own in found["policies"]])
    goal = Goal.towards(
        FigureName("net_points_per_sprint"),
        tuple(Constraint.parse(own) for own in found["requirements"]),
    )
    chosen = found["recommendation"]["label"]
    for flip in found["flips"]:
        sides = [
            changed(scenario, [f"{flip['key']}={flip['checked'][side]}"])
            for side in ("before", "after")
        ]
        design = Design(200, seed=99)
        observed = design.observe([design.study(side, policies) for side in sides])
        near, far = (
            answer(side, policies, goal, chosen, one)
            for side, one in zip(sides, observed, strict=True)
        )
        assert near == chosen
        assert far != chosen


def test_what_is_recommended_is_about_the_same_as_the_best_and_the_surest_of_those(
    made: Made,
) -> None:
    policies = {own["label"]: own for own in made.found["policies"]}
    own = policies[made.found["recommendation"]["label"]]
    assert own["keeps_requirements"]
    assert own["about_the_same"]
    near = [other for other in policies.values() if other["about_the_same"]]
    assert own["surely"] == any(other["surely"] for other in near)
    alike = [other for other in near if other["surely"] == own["surely"]]
    assert own["sets_kept"] == max(other["sets_kept"] for other in alike)


def test_costs_are_what_surely_gets_worse_and_gains_what_surely_gets_better(made: Made) -> None:
    for own in made.found["figures"]:
        low, high = own["by_chance"]
        up = 1 if own["better"] == "more" else -1
        assert (own in made.found["brings"]) == (up * low > 0 and up * high > 0)
        assert (own in made.found["costs"]) == (up * low < 0 and up * high < 0)
        assert np.sign(own["difference"]) in (0, np.sign(own["proposed"] - own["today"]))


@pytest.mark.long
def test_the_same_input_gives_the_same_bytes_with_any_number_of_workers(
    made: Made, tmp_path: Path
) -> None:
    page = tmp_path / made.page.name
    decide(made.scenario, page, workers=1)
    alike = [re.sub(r"--workers \d", "", own) for own in (page.read_text("utf-8"), made.html)]
    assert alike[0] == alike[1]
    assert page.with_suffix(".json").read_bytes() == made.page.with_suffix(".json").read_bytes()
