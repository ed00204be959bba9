"""Pictures can be read: names keep clear, an ordinary future is ordinary, stints add up."""

from __future__ import annotations

import io
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from matplotlib.colors import to_rgb
from matplotlib.text import Annotation, Text

import sim
from sim.report import stints as s
from sim.report.labels import SPOT
from sim.report.sprint_picture import sprint_picture
from sim.report.style import COLOURS, save
from sim.report.tradeoff import tradeoff
from sim.report.typical import typical_replication, typical_sprint
from sim.scenario.reading import from_table, load


@pytest.fixture
def result(bundled_scenario: Any) -> sim.Result:
    scenario = load(bundled_scenario("growing_demand"))  # where some policies are nearly the same
    return sim.compare(scenario, replications=3)


def test_names_cover_neither_each_other_nor_marks(result: sim.Result) -> None:
    figure = tradeoff(result)
    figure.canvas.draw()
    [axes] = figure.axes
    renderer = figure.canvas.get_renderer()
    names = [t for t in axes.texts if isinstance(t, Annotation) and t.get_text()]
    assert len(names) > 8
    boxes = [name.get_window_extent(renderer) for name in names]
    assert not [
        (names[a].get_text(), names[b].get_text())
        for a, b in combinations(range(len(names)), 2)
        if boxes[a].overlaps(boxes[b])
    ]
    spots = axes.transData.transform([name.xy for name in names])
    half = SPOT * renderer.points_to_pixels(1) / 2
    for name, box in zip(names, boxes, strict=True):
        covered = [spot for spot in spots if box.padded(half).contains(*spot)]
        assert not covered, name.get_text()


def test_the_same_figures_give_the_same_picture(result: sim.Result) -> None:
    files = [io.BytesIO(), io.BytesIO()]
    for file in files:
        save(tradeoff(result), file, "svg")
    assert files[0].getvalue() == files[1].getvalue()


def test_a_name_with_dollars_is_a_name(table: dict[str, Any]) -> None:
    table["name"] = r"From $\oops to $5"
    shown = sim.compare(from_table(table), ["kanban"], replications=2, workers=1, engine="plain")
    picture, file = tradeoff(shown), io.BytesIO()
    save(picture, file, "svg")  # a formula that is none would end here
    assert any(r"From $\oops to $5" in text.get_text() for text in picture.findobj(Text))


def test_colours_differ_for_people_who_see_no_red_or_green() -> None:
    """Deuteranopia after Viénot, Brettel and Mollon 1999; neighbours in the order of use.
    From the eighth on, marks and dashes tell them apart too."""
    to_lms = np.array(
        [[17.8824, 43.5161, 4.1193], [3.4557, 27.1554, 3.8671], [0.03, 0.1843, 1.4671]]
    )
    seen = np.array([[1, 0, 0], [0.49421, 0, 1.24827], [0, 0, 1]])
    linear = np.array([to_rgb(colour) for colour in COLOURS]) ** 2.2
    looks = linear @ (np.linalg.inv(to_lms) @ seen @ to_lms).T
    away = [np.abs(looks[n] - looks[n + 1]).max() for n in range(6)]
    assert min(away) > 0.1


def test_the_typical_future_is_the_one_nearest_to_the_means(result: sim.Result) -> None:
    chosen = typical_replication(result)
    observed = np.array(
        [
            own
            for own in result.headline_figures(result.observations).values()
            if not np.isnan(own).any()
        ]
    )
    deviation = observed.std(axis=1, ddof=1)
    away = (observed - observed.mean(axis=1, keepdims=True))[deviation > 0]
    away = ((away / deviation[deviation > 0, np.newaxis]) ** 2).sum(axis=0)
    assert away[chosen] == away.min()


def test_what_people_are_seen_doing_adds_up_to_their_accounts(small: sim.Scenario) -> None:
    run = sim.run(sim.sample_path(small, 1, 0), "interrupt-anyone", engine="plain")
    worked = run.path.organisation.calendar.worked
    seen = np.zeros(len(s.NAMES))
    for stint in s.stints(run.events, run.path.organisation.horizon):
        seen[stint.what] += worked(stint.ends) - worked(stint.begins)
    hours = run.developers.sum(numeric_only=True)
    busy = hours[
        ["stories_hours", "incidents_hours", "improvements_hours", "switching_hours"]
    ].sum()
    assert seen[[s.STORY, s.INCIDENT, s.IMPROVEMENT]].sum() / 3600 == pytest.approx(busy)
    assert seen[s.EVENTS] / 3600 == pytest.approx(hours["ceremonies_hours"])


def test_a_sprint_that_there_is_not_is_refused(small: sim.Scenario) -> None:
    run = sim.run(sim.sample_path(small, 1, 0), "kanban", engine="plain")
    assert sprint_picture(run, *typical_sprint(run.path)).axes
    with pytest.raises(IndexError, match="there are 2 teams and 4 sprints"):
        sprint_picture(run, 0, 4)


def test_the_main_picture_has_a_cloud_for_each_policy_that_nothing_beats() -> None:
    scenario = sim.load("web_agency", ["time.horizon_weeks=16"])
    few = ["kanban", "interrupt-anyone", "developer-rotation", "cancel-sprint"]
    known = sim.compare(scenario, few, 20)
    unknown = sim.compare(scenario, few, 40, inputs=20)
    assert len(tradeoff(known).axes[0].patches) == 0
    [axes] = tradeoff(unknown).axes
    assert 0 < len(axes.patches) <= len(unknown.pareto())
    assert "Clouds: what is not known" in tradeoff(unknown).get_supxlabel()
    slow, soon = axes.get_xlim()
    assert slow > soon  # sooner is to the right
