"""A decision is known by what it computes: its code, and whatever its code refers to."""

import sys
from dataclasses import dataclass
from enum import IntEnum
from types import ModuleType
from typing import Any

import numba
import numpy as np
import pytest

import sim
from sim.experiment.store.store import study_key
from sim.policy.contract import DEFER, INTERRUPT, Policy
from sim.policy.fingerprint import content, reads, untold, uses
from sim.policy.parameters import Parameter, PolicyError
from sim.scenario.schema import Scenario

LIMIT = 1


@numba.njit
def limit() -> int:
    return LIMIT


def route_by_constant(incident, team, now, p):
    return INTERRUPT if incident.severity <= LIMIT else DEFER


def route_by_helper(incident, team, now, p):
    return INTERRUPT if incident.severity <= limit() else DEFER


def response(scenario: Scenario, policy: Policy, engine: str) -> float:
    return sim.compare(scenario, [policy], 2, engine=engine).figure(
        policy.id, "response_hours_mean"
    ).mean  # fmt: skip


@pytest.fixture
def shop() -> Scenario:
    return sim.load("scenarios/small_product.toml")


def test_a_constant_that_was_changed_is_seen_by_every_engine(shop, monkeypatch) -> None:
    policy = Policy(id="by-constant", route=route_by_constant)
    before = {engine: response(shop, policy, engine) for engine in ("compiled", "plain")}
    monkeypatch.setattr(sys.modules[__name__], "LIMIT", 5)
    after = {engine: response(shop, policy, engine) for engine in ("compiled", "plain")}
    assert before["compiled"] == before["plain"]
    assert after["compiled"] == after["plain"] < before["plain"]


@pytest.mark.parametrize("route", [route_by_constant, route_by_helper])
def test_a_store_tells_apart_what_a_decision_refers_to(shop, monkeypatch, route) -> None:
    policy = Policy(id="mine", route=route)
    before = study_key(shop, [policy], 1)
    assert study_key(shop, [policy], 1) == before
    monkeypatch.setattr(sys.modules[__name__], "LIMIT", 5)
    assert study_key(shop, [policy], 1) != before


def test_content_is_the_same_in_every_process_and_follows_what_surrounds_a_function() -> None:
    def made(limit, words=("a",)):
        def route(incident, team, now, p):
            return incident.severity <= limit if incident.kind in {"x", "y"} else words

        return route

    assert content(made(1)) == content(made(1)) != content(made(2))
    assert content(made(1)) != content(made(1, ("b",)))
    assert " at 0x" not in repr(content(made(1)))


def test_a_helper_in_another_module_counts_with_what_it_refers_to(monkeypatch) -> None:
    def route(incident, team, now, p):
        return INTERRUPT if incident.severity <= helpers.limit() else DEFER

    helpers = sys.modules[__name__]
    before = content(route)
    assert content(route) == before
    monkeypatch.setattr(helpers, "LIMIT", 5)
    assert content(route) != before


def test_a_function_that_calls_itself_has_a_content() -> None:
    assert content(counting_down) == content(counting_down)


def counting_down(n: int) -> int:
    return counting_down(n - 1) if n else LIMIT


def test_a_decision_with_other_arguments_is_refused_when_the_policy_is_made() -> None:
    with pytest.raises(PolicyError) as refusal:
        Policy(id="mine", route=lambda incident, team, p: DEFER)
    assert str(refusal.value) == (
        "mine: route(incident, team, p) cannot be asked; must be route(incident, team, now, p)"
    )
    with pytest.raises(PolicyError, match=r"reserve must be a function reserve\(team, sprint, p\)"):
        Policy(id="mine", reserve=7)


def test_a_parameter_with_another_unit_or_a_default_out_of_range_is_refused() -> None:
    with pytest.raises(PolicyError, match="unit 'days' of a parameter: must be one of share, "):
        Parameter(5, "days", 0, 9, "")
    with pytest.raises(PolicyError, match=r"default of a parameter: must be .* from 0 to 9"):
        Parameter(30, "items", 0, 9, "")


def route_with_format(incident, team, now, p):
    return INTERRUPT if f"{incident.severity:02d}" == "01" else DEFER


class Bound:
    def __init__(self, limit: int = 1) -> None:
        self.limit = limit

    def route(self, incident, team, now, p):
        return DEFER


def test_a_method_is_not_the_function_that_reads_alike_and_what_its_object_holds_is_not_told() -> (
    None
):
    def route(incident, team, now, p):
        return DEFER

    assert untold(route) == ""
    assert untold(Bound().route) == "it, a value of type method"


@pytest.mark.parametrize("route", [route_with_format, Bound().route])
def test_whatever_numba_stumbles_over_the_policy_runs_on_simpy(shop, capsys, said, route) -> None:
    assert response(shop, Policy(id="mine", route=route), "compiled") > 0
    assert "policy mine runs on SimPy, some 100 times slower, because of its route" in (
        capsys.readouterr().err
    )


def test_what_a_decision_does_not_look_at_cannot_change_it() -> None:
    def by_duty(developer, incident, p):
        return developer.on_duty == 1

    def by_team(developer, incident, p):
        return developer.team == incident.team

    def within(developer, incident, p):
        return any(incident.team == team for team in (developer.team,))

    def by_all(developer, incident, p):
        return len(locals()) > 2

    assert not uses(by_duty, 1)
    assert all(uses(function, 1) for function in (by_team, within, by_all, Bound().route))
    assert uses(by_duty, 0)


class Level(IntEnum):
    WORST = 1


def test_members_of_an_enumeration_count_by_their_values(monkeypatch) -> None:
    def route(incident, team, now, p):
        return INTERRUPT if incident.severity <= Level.WORST else DEFER

    before = content(route)
    assert content(route) == before
    monkeypatch.setattr(sys.modules[__name__], "Level", IntEnum("Level", {"WORST": 2}))
    assert content(route) != before


@pytest.mark.parametrize("name", ["LEVELS", "how"])
def test_tables_and_functions_of_another_module_count(monkeypatch, name) -> None:
    def route(incident, team, now, p):
        return shared.LEVELS[0] if incident.kind else shared.how()

    shared = ModuleType("shared")
    shared.LEVELS, shared.how = (DEFER, INTERRUPT), lambda: DEFER
    before = content(route)
    assert content(route) == before
    monkeypatch.setattr(shared, name, (INTERRUPT,) if name == "LEVELS" else lambda: INTERRUPT)
    assert content(route) != before


def test_a_helper_of_an_installed_package_counts_too(monkeypatch) -> None:
    def route(incident, team, now, p):
        return helper(incident)

    def upgraded(text: str):
        names: dict = {"__name__": "package"}
        exec(compile(text, np.__file__.replace("numpy", "package"), "exec"), names)
        return names["helper"]

    helper = upgraded("def helper(incident): return 0")
    before = content(route)
    helper = upgraded("def helper(incident): return 2")
    assert content(route) != before


def test_a_decision_that_is_no_function_runs_on_simpy(shop, capsys) -> None:
    @dataclass
    class Route:
        limit: int

        def __call__(self, incident, team, now, p):
            return INTERRUPT if incident.severity <= self.limit else DEFER

    assert response(shop, Policy(id="called", route=Route(1)), "compiled") > 0
    assert "policy called runs on SimPy" in capsys.readouterr().err


def by_field(incident, team, now, p):
    return incident.severity + team.waiting


def by_chance(incident, team, now, p):
    return incident.chance


def under_another_name(incident, team, now, p):
    it = incident
    return it.severity


def by_place(incident, team, now, p):
    return incident[2]


def as_a_table(incident, team, now, p):
    return incident._asdict()["chance"]


def handed_on(incident, team, now, p):
    return by_field(incident, team, now, p)


def in_a_loop(incident, team, now, p):
    return sum(team.id for _ in range(incident.severity))


@pytest.mark.parametrize(
    "function",
    [by_chance, under_another_name, by_place, as_a_table, handed_on, in_a_loop, Bound().route,
     lambda *views: views[0].severity],
)  # fmt: skip
def test_whatever_may_look_at_a_field_is_said_to(function: Any) -> None:
    """What is taken not to look at promises, costs or luck is asked without them."""
    assert reads(function, (0, 1), {"chance"})


def test_who_looks_at_other_fields_alone_is_said_not_to() -> None:
    assert not reads(by_field, (0, 1), {"chance"})
    assert reads(by_field, (0, 1), {"waiting"})
