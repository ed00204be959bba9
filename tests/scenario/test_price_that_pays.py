"""A lever with a price: what it brings in, whom that pays for, and what is said of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tomli_w

from sim.errors import ScenarioError
from sim.report.cautions import bought
from sim.sampling.sample_path import sample_path
from sim.scenario.reading import changed, from_table, from_text, load
from sim.scenario.schema import Scenario
from sim.web.page_state import State, _changed
from tests.command import Firelane

SELL = "Sell data fixes"
"""Of five data fixes a week, 0.6 are still asked for, and the first line settles a fifth of these."""

TEAM_AND_COST = {"team": "Red", "person_cost_per_year": 40_000}


@pytest.fixture
def selling(table: dict[str, Any]) -> dict[str, Any]:
    """2.4 data fixes a week get past the first line, for 500 each: 62,400 a year."""
    price = {"price": 500, "kinds": ["data fix"], **TEAM_AND_COST}
    sets = {"incidents.data fix.per_week": "*0.6"}
    table["levers"] = [{"name": SELL, "set": sets, "pays_for": price}]
    table["first_line"] = {"deflect_rate": 0.2}
    table["money"] = {"point_value": 100}
    return table


def pulled(table: dict[str, Any], *changes: str, levers: tuple[str, ...] = (SELL,)) -> Scenario:
    return changed(from_table(table), changes, levers)


def priced(table: dict[str, Any], **other: Any) -> dict[str, Any]:
    """The same with another price, team, …"""
    table["levers"][0]["pays_for"] |= other
    return table


def people(scenario: Scenario) -> dict[str, int]:
    return {team.name: team.developers for team in scenario.teams}


def test_whole_people_join_and_the_rest_is_said(selling: dict[str, Any]) -> None:
    scenario = pulled(selling)
    assert people(scenario) == {"Red": 4, "Blue": 2}
    [paid] = scenario.paid
    assert paid.income == pytest.approx(500 * 5 * 0.6 * 0.8 * 52)
    assert (paid.people, paid.left) == (pytest.approx(1.56), pytest.approx(22_400))
    assert bought(scenario) == [
        "“Sell data fixes”: the price brings in EUR 62,400 a year, which pays for 1 more in Red (1.56 "
        "people); EUR 22,400 a year are left over."
    ]


@pytest.mark.parametrize(
    ("other", "joining", "told"),
    [
        ({"person_cost_per_year": 62_400}, 1, "pays for 1 more in Red (1.00 people)."),
        ({"person_cost_per_year": 62_401}, 0, "pays for nobody more in Red (1.00 people); EUR 62,400"),
        ({"price": 1 / 3, "person_cost_per_year": 41.6 / 3}, 3, "pays for 3 more in Red (3.00 people)."),
        ({"kinds": ["data fix", "outage"]}, 2, "brings in EUR 83,200 a year, which pays for 2 more"),
        ({"kinds": ["outage"]}, 0, "brings in EUR 20,800 a year, which pays for nobody more in Red (0.52"),
    ],
)  # fmt: skip
def test_an_income_pays_for_as_many_whole_people_as_it_suffices_for(
    other: dict[str, Any], joining: int, told: str, selling: dict[str, Any]
) -> None:
    scenario = pulled(priced(selling, **other))
    assert people(scenario) == {"Red": 3 + joining, "Blue": 2}
    assert told in bought(scenario)[0]


def test_what_no_first_line_sees_is_sold_whole(selling: dict[str, Any]) -> None:
    selling["incidents"][1]["first_line"] = False
    assert pulled(selling).paid[0].income == pytest.approx(500 * 3 * 52)


def test_what_was_changed_before_counts_and_so_does_another_price(selling: dict[str, Any]) -> None:
    scenario = pulled(selling, "incidents.data-fix.per_week=*2", "teams.Red.developers=5")
    assert people(scenario)["Red"] == 5 + 3
    dearer = pulled(selling, f"levers.{SELL}.pays_for.price=1000")
    assert people(dearer)["Red"] == 3 + 3


def test_levers_are_pulled_in_the_order_given(selling: dict[str, Any]) -> None:
    selling["levers"].append({"name": "Halve them", "set": {"incidents.*.per_week": "*0.5"}})
    first, last = (
        pulled(selling, levers=order).paid[0].income
        for order in ((SELL, "Halve them"), ("Halve them", SELL))
    )
    assert first == pytest.approx(2 * last)


def test_without_money_no_currency_is_told(selling: dict[str, Any]) -> None:
    del selling["money"]
    assert "brings in 62,400 a year" in bought(pulled(selling))[0]
    selling["money"] = {"point_value": 100, "currency": "CHF"}
    assert "brings in CHF 62,400 a year" in bought(pulled(selling))[0]


def test_a_lever_without_a_price_pays_for_nobody(selling: dict[str, Any]) -> None:
    del selling["levers"][0]["pays_for"]
    scenario = pulled(selling)
    assert people(scenario) == {"Red": 3, "Blue": 2}
    assert scenario.paid == ()
    assert bought(scenario) == []
    assert bought(from_table(selling)) == []


# ---- a new team ----------------------------------------------------------------------------------


@pytest.fixture
def desk(selling: dict[str, Any]) -> dict[str, Any]:
    """The fixes go to a team that there is not before they are sold."""
    selling["levers"][0]["set"] |= {"incidents.data fix.team": "Desk"}
    selling["teams"][0]["focus"], selling["teams"][1]["focus"] = 0.7, 0.8
    return priced(selling, team="Desk", person_cost_per_year=30_000)


def test_a_team_that_there_is_not_is_added_and_has_what_is_sold(desk: dict[str, Any]) -> None:
    scenario = pulled(desk)
    assert people(scenario) == {"Red": 3, "Blue": 2, "Desk": 2}
    added = scenario.teams[-1]
    assert added.incident_share == 0
    assert added.focus == pytest.approx((3 * 0.7 + 2 * 0.8) / 5)
    assert "pays for 2 in the new team Desk (2.08 people)" in bought(scenario)[0]
    without = pulled(desk, levers=())
    before, after = (sample_path(s, seed=3).incidents for s in (without, scenario))
    assert set(after.team[after.kind == 1].tolist()) == {2}
    assert np.array_equal(after.team[after.kind == 0], before.team[before.kind == 0])


def test_a_new_team_of_less_than_a_whole_person_is_refused(desk: dict[str, Any]) -> None:
    with pytest.raises(ScenarioError) as error:
        pulled(priced(desk, person_cost_per_year=70_000))
    assert str(error.value).splitlines()[1:] == [
        'levers."Sell data fixes".pays_for: brings in EUR 62,400 a year, and a person costs EUR 70,000; '
        "the new team Desk needs one whole person at least"
    ]


def test_what_hangs_on_the_size_of_teams_is_held_against_the_new_one(desk: dict[str, Any]) -> None:
    """Its two people are enough for a rule that wants two of each team, one would not be."""
    desk["policies"] = {
        "ours": {"duty": {"of": "team", "people": 2}, "rules": [{"do": "queue", "who": "duty"}]},
    }
    assert people(pulled(desk))["Desk"] == 2
    with pytest.raises(
        ScenarioError, match=r"ours.duty.people: must be at most 1, as the smallest"
    ):
        pulled(priced(desk, person_cost_per_year=60_000))


# ---- what is refused -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("other", "told"),
    [
        ({"price": 0}, ".price: must be more than 0 (got 0)"),
        ({"person_cost_per_year": -1}, ".person_cost_per_year: must be more than 0 (got -1)"),
        ({"kinds": []}, ".kinds: must have 1 or more entries (got [])"),
        ({"kinds": ["datafix"]}, ".kinds: names 'datafix', which is no kind here (outage, data fix)"),
        ({"cost": 1}, ".cost: unknown key; known are kinds, person_cost_per_year, price, team"),
    ],
)  # fmt: skip
def test_a_price_that_cannot_be_is_named_with_its_key(
    other: dict[str, Any], told: str, selling: dict[str, Any]
) -> None:
    with pytest.raises(ScenarioError) as error:
        from_table(priced(selling, **other))
    key = 'levers."Sell data fixes".pays_for'
    assert str(error.value) == f"scenario cannot be used:\n{key}{told}"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("teams=5", "teams: must be a list [ … ] (got 5)"),
        ("incidents.data-fix.per_week=-1", 'incidents."data fix".per_week: must be 0 or more'),
        ("incidents.data-fix.team=Green", "is no team here; known are Red, Blue (got 'Green')"),
        (f"levers.{SELL}.pays_for.person_cost_per_year=0.001", "teams.Red.developers: must be 5000 or"),
        ("teams.Green.developers=3", "'Green' is none of the entries"),
    ],
)  # fmt: skip
def test_what_is_wrong_beside_the_price_is_told_as_ever(
    change: str, told: str, selling: dict[str, Any]
) -> None:
    with pytest.raises(ScenarioError) as error:
        pulled(selling, change)
    assert told in str(error.value)


def test_nothing_is_sold_of_a_recorded_log(selling: dict[str, Any]) -> None:
    for kind in selling["incidents"]:
        del kind["per_week"]
    selling["incidents_from"] = {"file": "log.csv"}
    with pytest.raises(ScenarioError, match=r"pays_for: needs kinds with a per_week"):
        pulled(selling)


# ---- where it is said ----------------------------------------------------------------------------


def test_the_command_the_report_and_the_page_say_what_was_bought(
    desk: dict[str, Any], firelane: Firelane, tmp_path: Path
) -> None:
    file, report = tmp_path / "desk.toml", tmp_path / "report.html"
    file.write_text(tomli_w.dumps(desk))
    done = firelane(
        "compare", file, "--lever", SELL, "--policy", "kanban", "--replications", 2, "--html", report
    )  # fmt: skip
    assert done.status == 0
    told = bought(load(file, levers=[SELL]))[0]
    assert told.startswith("“Sell data fixes”: the price brings in EUR 62,400 a year")
    assert told in " ".join(done.out.split())
    assert told in report.read_text("utf-8")
    shown = _changed(load(file), State("desk", levers=(SELL,)))
    assert bought(shown) == [told]


def test_the_scenario_as_it_was_used_is_read_back_with_its_people(desk: dict[str, Any]) -> None:
    scenario = pulled(desk)
    again = from_text(scenario.to_toml().encode(), "again")
    assert again.model_dump() == scenario.model_dump()
