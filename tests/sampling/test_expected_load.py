"""A support team is as large as the expected work needs."""

from __future__ import annotations

from typing import Any

import pytest

import sim
from sim.sampling.expected_load import _strangeness, support_needed
from sim.sampling.organisation import organisation
from sim.scenario.reading import bundled, from_table, load


def needed(table: dict[str, Any]) -> int:
    scenario = from_table(table)
    return support_needed(scenario, organisation(scenario))


def plain(per_week: float, **more: Any) -> dict[str, Any]:
    """Ten people with 40 focus hours a week each, and incidents of one hour."""
    kind = {
        "kind": "fix",
        "severity": 3,
        "per_week": per_week,
        "effort_hours": {"dist": "constant", "value": 1},
        **more.pop("kind", {}),
    }
    return {
        "name": "plain",
        "time": {"horizon_weeks": 4, "warmup_weeks": 0},
        "teams": [{"name": "A", "developers": 10, "focus": 1.0}],
        "sprints": {"ceremony_hours": 0},
        "incidents": [kind],
        **more,
    }


@pytest.mark.parametrize(
    ("table", "people"),
    [
        (plain(32), 1),
        (plain(32.1), 2),
        (plain(64), 2),
        (plain(0), 1),
        (plain(10_000), 10),
        (plain(32, kind={"people": 2}), 2),
        (plain(32, kind={"reopen_rate": 0.4, "reopen_effort_share": 0.5}), 2),
        (plain(60, first_line={"deflect_rate": 0.5}), 1),
        (plain(32, people={"sick_share": 0.1}), 2),
        (plain(32, sprints={"ceremony_hours": 8}), 2),
    ],
)
def test_it_is_the_expected_work_over_four_fifths_of_a_persons_time(
    table: dict[str, Any], people: int
) -> None:
    assert needed(table) == people


@pytest.mark.parametrize(
    ("homes", "factor"),
    [
        ((None, None), 1.5),  # half of the work is the other team's, and takes twice as long
        (("A", "A"), 1.0),
        (("A", None), 1 + 1 - (0.75**2 + 0.25**2)),
        (("A", "B"), 1.5),
    ],
)
def test_less_is_strange_where_kinds_are_at_home_in_one_team(
    homes: tuple[str | None, str | None], factor: float
) -> None:
    table = plain(20, people={"unfamiliarity": 2.0})
    table["teams"] = [{"name": name, "developers": 5, "focus": 1.0} for name in "AB"]
    [kind] = table["incidents"]
    table["incidents"] = [kind | {"kind": str(n), "team": home} for n, home in enumerate(homes)]
    scenario = from_table(table)
    assert _strangeness(scenario, organisation(scenario)) == pytest.approx(factor)
    nothing = from_table(table | {"incidents": [i | {"per_week": 0} for i in table["incidents"]]})
    assert _strangeness(nothing, organisation(nothing)) == pytest.approx(1.5)


def test_the_one_of_seven_becomes_two() -> None:
    scenario = load(bundled()["growing_demand"])
    assert support_needed(scenario, organisation(scenario)) == 2


@pytest.mark.parametrize("name", [*bundled()])
def test_no_bundled_scenario_founds_a_team_more_than_one_larger_than_its_work(name: str) -> None:
    """By what supporters really did, before anything is improved: with two people fewer they would be busier
    than four fifths."""
    scenario = load(bundled()[name])
    scenario = scenario.model_copy(update={"improvements": []}).in_folder(scenario.folder)
    people = support_needed(scenario, organisation(scenario))
    found = sim.compare(scenario, ["dedicated-team"], replications=5)
    share = sum(
        found.figure(found.labels[0], f"developer_{use}_share").mean
        for use in ("incidents", "switching")
    )
    meetings = found.figure(found.labels[0], "developer_ceremonies_share").mean
    away = found.figure(found.labels[0], "developer_absence_share").mean
    busy = share * scenario.developers / (1 - meetings - away)
    assert busy > 0.8 * (people - 2), f"{people} people for the work of {busy:.1f}"


def test_the_finding_says_how_many_there_are(table: dict[str, Any]) -> None:
    from sim.report.as_set import remarks

    found = sim.compare(from_table(table), ["dedicated-team", "next-sprint"], replications=3)
    assert remarks(found) == [
        "dedicated-team: the support team has 1 person, as many as the expected work needs at 80 % of "
        "their time."
    ]
    assert (
        remarks(sim.compare(from_table(table), ["dedicated-team:people=2"], replications=3)) == []
    )
