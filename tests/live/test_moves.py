"""What each control moves is found by trying, and nothing hangs on more than was found."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest

import sim
from sim.engine.rules import Rules
from sim.live import moves as moves_home
from sim.live.moves import Knob, Moves, NotLiveError, TooManyTogetherError
from sim.live.part import live_part
from sim.policy.registry import chosen_policies
from sim.sampling.expected_load import support_load, support_needed
from sim.sampling.organisation import organisation
from sim.scenario.reading import bundled, from_table, load
from sim.scenario.schema import Scenario
from sim.web.stops import knobs


def knob(key: str, *stops: str, now: int = 0) -> Knob:
    return Knob(key, key, "", "", "", stops, stops, now)


def test_numbers_of_all_stops_together_are_those_of_the_changed_scenario(small: Scenario) -> None:
    policies = chosen_policies(small, ["kanban", "dedicated-team", "reserved-buffer"])
    found = Moves(small, policies, knobs(small, policies))
    chance = random.Random(9)
    for _ in range(10):
        stops = {n: chance.randrange(len(one.stops)) for n, one in enumerate(found.knobs)}
        right, own = found.words(stops), found.assembled(stops)
        assert right.keys() == own.keys()
        assert all(np.array_equal(right[name], own[name]) for name in right)


def test_a_product_with_nothing_is_found_all_the_same(table: dict[str, Any]) -> None:
    """Where nothing comes, settling a share of it moves nothing in the report's own state."""
    table["incidents"][0] |= {"per_week": 0, "first_line": True}
    scenario = from_table(table)
    found = Moves(
        scenario,
        chosen_policies(scenario, ["kanban"]),
        [knob("incidents.outage.per_week", "0", "2"), knob("first_line.deflect_rate", "0", "0.5")],
    )
    both = {unit.knobs for unit in found.units if unit.table == "figures.support_reported"}
    assert (0, 1) in both


def test_stops_that_the_scenario_refuses_are_left_out(small: Scenario) -> None:
    found = Moves(
        small,
        chosen_policies(small, ["kanban"]),
        [knob("people.sick_share", "0", "0.1", "7"), knob("time.sprint_weeks", "2", "0")],
    )
    assert [one.stops for one in found.knobs] == [("0", "0.1")]


def test_a_policys_control_moves_that_policy_alone(small: Scenario) -> None:
    policies = chosen_policies(small, ["kanban", "reserved-buffer"])
    found = Moves(small, policies, [knob("policies.reserved-buffer.share", "0.2", "0.4")])
    assert {unit.table for unit in found.units} == {"policy.1.p"}
    assert found.policies({0: 1})[1].values["share"] == 0.4


def test_whether_extensions_are_needed_is_known_of_all_states(small: Scenario) -> None:
    found = Moves(
        small, chosen_policies(small, ["kanban"]), [knob("people.leaves_per_year", "0", "0.2")]
    )
    assert found.values_of("world.rules", Rules.extended) == [False, False, True]


def test_too_many_stops_together_are_refused_by_name(
    small: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(moves_home, "MOST_TOGETHER", 3)
    with pytest.raises(NotLiveError, match=r"teams.\*.developers, teams.\*.focus move the same"):
        Moves(
            small,
            chosen_policies(small, ["kanban"]),
            [knob("teams.*.developers", "+0", "+1"), knob("teams.*.focus", "*1", "*0.9")],
        )


def test_of_too_many_together_the_last_are_left_out_and_named(
    small: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(moves_home, "MOST_TOGETHER", 3)
    together = [knob("teams.*.developers", "+0", "+1"), knob("teams.*.focus", "*1", "*0.9")]
    with pytest.raises(TooManyTogetherError) as caught:
        Moves(small, chosen_policies(small, ["kanban"]), together)
    assert caught.value.without == (together[1],)
    result = sim.compare(small, ["kanban"], replications=2, workers=1)
    assert "too many controls move the same numbers: teams.*.focus." in (
        live_part(result, together, "firelane compare small.toml").html
    )


def test_what_hangs_on_more_than_was_found_is_refused(
    small: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Moves, "_pairs", lambda self: iter(()))
    with pytest.raises(NotLiveError, match="in a way that was not found"):
        Moves(
            small,
            chosen_policies(small, ["kanban"]),
            [knob("people.sick_share", "0", "0.1", "0.2")],
        )


@pytest.mark.parametrize("name", sorted(bundled()))
def test_the_parts_of_the_expected_load_are_those_of_the_whole(name: str) -> None:
    """The page sizes a support team from these parts."""
    scenario = load(name)
    org = organisation(scenario)
    parts = support_load(scenario, org)
    worked, meetings, weeks = parts.times
    here = worked * (1 - org.absence / 1_000) - meetings
    sizes = np.diff(org.team_first)
    each = max(here * float(org.focus @ sizes) / sizes.sum() / 1_000 / weeks, 1 / 3_600)
    work = parts.reported + parts.regressions * each * org.developers
    homes = np.array(
        [
            sum(
                w * (share if home < 0 else home == team)
                for w, home in zip(work, parts.homes, strict=True)
            )
            for team, share in enumerate(parts.shares)
        ]
    )
    own = float(((homes / homes.sum()) ** 2).sum())
    strange = 1.0 if org.familiar_after else own + (1 - own) * org.unfamiliarity / 1_000
    needed = int(np.ceil(work.sum() * strange / (0.8 * each)))
    assert min(max(1, needed), org.developers) == support_needed(scenario, org)


def test_controls_have_few_stops_in_words_and_stand_where_the_scenario_has_them() -> None:
    scenario = load("web_agency")
    policies = chosen_policies(scenario, ["kanban:wip_limit=2", "reserved-buffer"])
    found = {one.key: one for one in knobs(scenario, policies)}
    rate = found['incidents."manual data fix".per_week']
    assert rate.words[rate.now] == "40 a week"
    assert rate.stops[0] == "0"
    assert len(rate.stops) == 9
    people = found["teams.*.developers"]
    assert people.stops == ("5", "6", "7", "8", "9", "10")
    assert people.words[:3] == ("5 people", "6 people", "7 people")
    assert found["people.sick_share"].words[0] == "0 %"
    assert "policies.kanban.wip_limit" not in found, "what is set by name stays so"
    assert found["policies.reserved-buffer.share"].said == "Reserve: kept free"
    assert (rate.label, rate.group) == ("Manual data fix", "Incidents")
    assert found["on_call.cover"].words == ("nobody is called", "somebody is called")
