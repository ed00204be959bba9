"""The laws catch who breaks them, by name and with a counter-example, and let all bundled policies pass."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

import sim
from sim.experiment.conformance.checking import check
from sim.policy.contract import DEFER, INTERRUPT, QUEUE, Policy
from sim.policy.registry import known_policies, policies_of
from sim.report.conformance_words import conformance_lines
from tests.command import Firelane
from tests.thinned import one_in

PATH = sim.sample_path(sim.load("small_product"))
ASKED: list[int] = []
COUNT = 0


def knows_the_effort(incident, team, now, p):
    return INTERRUPT if PATH.incidents.effort[incident.id] > 3600 else DEFER


def looks_into_the_engine(incident, team, now, p):
    import inspect

    frame = inspect.currentframe()
    while frame is not None and "w" not in frame.f_locals:
        frame = frame.f_back
    ahead = len(frame.f_locals["w"].incidents) if frame else 0
    return INTERRUPT if ahead % 2 else QUEUE


def never(incident, team, now, p):
    return DEFER


def nobody(developer, incident, p):
    return False


def less_than_nothing(team, sprint, p):
    return -team.capacity


def remembers(incident, team, now, p):
    ASKED.append(incident.id)
    return INTERRUPT if len(ASKED) % 2 else QUEUE


def counts(incident, team, now, p):
    global COUNT
    COUNT += 1
    return INTERRUPT if COUNT % 2 else QUEUE


def by_chance(incident, team, now, p):
    return INTERRUPT if os.urandom(1)[0] % 2 else QUEUE


def by_hash(incident, team, now, p):
    return INTERRUPT if hash(str(incident.id)) % 2 else QUEUE


def by_scipy(incident, team, now, p):
    from scipy import stats

    return INTERRUPT if stats.uniform.rvs() < 0.5 else QUEUE


def overflows(incident, team, now, p):
    return 2 ** (now // 60) % 3 + 10**30


def interrupts_in_small_teams(incident, team, now, p):
    return INTERRUPT if team.developers < 4 else DEFER


GOOD = known_policies()["interrupt-anyone"]


def with_route(route) -> Policy:
    return Policy(id="own", title="Own", route=route)


@pytest.mark.parametrize(
    ("policy", "laws"),
    [
        (with_route(knows_the_effort), {"its views alone"}),
        (with_route(looks_into_the_engine), {"its views alone"}),
        (replace(GOOD, id="own", takes=nobody), {"no lost work", "begun work"}),
        (replace(GOOD, id="own", reserve=less_than_nothing), {"headcount", "answers"}),
        (with_route(remembers), {"its views alone"}),
        (with_route(counts), {"its views alone"}),
        (with_route(by_chance), {"nothing random", "its views alone"}),
        (with_route(by_hash), {"its views alone", "the same elsewhere", "nothing random"}),
        (with_route(by_scipy), {"nothing random", "its views alone"}),
        (with_route(overflows), {"answers"}),
        (
            replace(with_route(interrupts_in_small_teams), more_people_help=True),
            {"its claim"},
        ),
    ],
    ids=lambda own: own.route.__name__ if isinstance(own, Policy) else "",
)
def test_each_breach_is_caught_by_name_with_a_counter_example(
    policy: Policy, laws: set[str]
) -> None:
    found = check(policy, cases=4)
    assert found.broken
    assert {own.law.name for own in found.broken} & laws
    lines = list(conformance_lines(found))
    assert any(line.startswith("BROKEN") for line in lines)
    assert sum(line.startswith("  ") and "=" in line for line in lines) <= 10 * len(found.broken)


@pytest.mark.parametrize("name", one_in(4, known_policies()))
def test_every_bundled_policy_keeps_every_law(name: str) -> None:
    found = check(known_policies()[name], cases=2)
    assert [own.why for own in found.broken] == []


def test_every_composition_that_ships_keeps_every_law() -> None:
    scenario = sim.load("web_agency")
    for name in policies_of(scenario.policies):
        if name not in known_policies():
            found = check(sim.find_policy(name, scenario.policies), cases=2)
            assert [own.why for own in found.broken] == []


def test_the_command_tells_law_by_law_and_ends_with_1_where_one_is_broken(
    firelane: Firelane, tmp_path: Path
) -> None:
    done = firelane("check", "kanban", "--cases", 2)
    assert done.status == 0
    assert done.out.count("kept") == 15
    own = tmp_path / "mine.py"
    own.write_text(
        "from sim.policy import DEFER, Policy\n"
        "SEEN = []\n"
        "def route(incident, team, now, p):\n"
        "    SEEN.append(incident.id)\n"
        "    return DEFER\n"
        "policy = Policy(id='mine', route=route)\n"
    )
    done = firelane("check", own, "--json", "-")
    assert done.status == 1
    [broken] = json.loads(done.out)["broken"]
    assert broken["law"] == "its views alone"
    assert "SEEN" in broken["why"]


def test_the_plug_in_of_pytest_fails_with_the_law(firelane_check) -> None:
    firelane_check("kanban", cases=2)
    with pytest.raises(pytest.fail.Exception, match="its views alone"):
        firelane_check(with_route(counts), cases=2)


def test_who_claims_that_more_people_help_is_held_to_it() -> None:
    claims = replace(GOOD, id="own", more_people_help=True)
    assert not check(claims, cases=4).broken
    assert not check(with_route(interrupts_in_small_teams), cases=4).broken, "it claims nothing"
