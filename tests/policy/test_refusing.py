"""What is known of whom `takes` refuses: nothing that is not so."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import Any

import pytest

from sim.policy.contract import PLAIN_SCRUM, Policy
from sim.policy.parameters import Parameter
from sim.policy.refusing import looks_no_further, refuses_off_duty, refuses_other_teams
from sim.policy.registry import known_policies
from sim.policy.views import LATER, DeveloperView, IncidentView
from tests.written import MORE, WRITTEN

SOMEBODY = 7


def policy(takes: Callable[..., Any], **parameters: Parameter) -> Policy:
    return Policy(id="own", takes=takes, parameters=parameters)


def own_team(developer, incident, p):
    return developer.team == incident.team


def own_team_the_other_way_round(developer, incident, p):
    apart = incident.team != developer.team
    return not apart


def own_team_and_more(developer, incident, p):
    small = incident.severity > p.limit and incident.deferrals == 0
    if developer.team != incident.team:
        return 0
    return developer.turn == 0 or not small


def on_duty_in_sevenths(developer, incident, p):
    return developer.on_duty * (1 + incident.expected % 7) > 0


@pytest.mark.parametrize(
    "takes", [own_team, own_team_the_other_way_round, own_team_and_more], ids=lambda f: f.__name__
)
def test_that_other_teams_are_refused_is_found_however_it_is_written(takes) -> None:
    assert refuses_other_teams(policy(takes, limit=Parameter(1, "severity", 0, 5)))


def test_that_who_is_off_duty_is_refused_is_found() -> None:
    assert refuses_off_duty(policy(lambda d, i, p: d.on_duty == 1))
    assert refuses_off_duty(policy(lambda d, i, p: d.on_duty and d.seat < 2))


NOT_REFUSED = {
    "anybody": lambda d, i, p: True,
    "a team by its number": lambda d, i, p: d.team == 3,
    "an incident's team by its number": lambda d, i, p: i.team == 0,
    "their difference": lambda d, i, p: d.team - i.team < 1,
    "the worst of any team": lambda d, i, p: d.team == i.team or i.severity == 1,
    "those off duty": lambda d, i, p: d.on_duty == 0,
    "no answer": lambda d, i, p: None,
    "now and then none": lambda d, i, p: None if d.seat == SOMEBODY else False,
    "a fraction": lambda d, i, p: 0.0,
    "what fails": lambda d, i, p: 1 % 0,
    "what may fail": lambda d, i, p: d.id % d.seat < 0,
    "numbers beside text": lambda d, i, p: d.id < "5" and d.id > "5",
    "a call": lambda d, i, p: min(d.team == i.team, 1),
    "what kind of number it is": lambda d, i, p: isinstance(d.team, int) and d.team != i.team,
    "which number it is": lambda d, i, p: d.seat is p.quiet,
    "a name from outside": lambda d, i, p: d.team == i.team and i.kind == SOMEBODY,
    "a default": lambda d, i, p=0: d.team == i.team,
}


@pytest.mark.parametrize("takes", NOT_REFUSED.values(), ids=NOT_REFUSED)
def test_nothing_is_known_where_it_is_not_so_or_cannot_be_told(takes) -> None:
    assert not refuses_other_teams(policy(takes))
    assert not refuses_off_duty(policy(takes))


def test_what_is_caught_is_not_known() -> None:
    def takes(developer, incident, p):
        try:
            return developer.team == incident.team
        except Exception:
            return False

    assert not refuses_other_teams(policy(takes))


def test_a_parameter_counts_as_it_is_set() -> None:
    rotation = known_policies()["developer-rotation"]
    assert refuses_other_teams(rotation)
    assert not refuses_other_teams(rotation.with_settings(of_organisation=1))
    assert refuses_off_duty(rotation.with_settings(of_organisation=1))


def test_a_kind_counts_as_any() -> None:
    """Which number it has is the scenario's."""
    takes = policy(lambda d, i, p: p.mine == 0, mine=Parameter("fire", "kind"))
    assert not refuses_other_teams(takes)
    assert not refuses_off_duty(takes)


def test_how_many_a_support_team_needs_counts_as_any_number() -> None:
    sized = Policy(
        id="own",
        takes=lambda d, i, p: p.people == 3,
        parameters={"people": Parameter(0, "people", 0, 9)},
        sized="people",
    )
    assert not refuses_off_duty(sized)


@pytest.mark.parametrize(
    "asked", [PLAIN_SCRUM, *known_policies().values(), *WRITTEN, *MORE], ids=lambda p: p.id
)
def test_whoever_is_known_to_be_refused_is_refused(asked: Policy) -> None:
    """Held against the answers to many views: here it is looked for by asking, there by the code."""
    p = asked.record()
    few = (0, 1, 2, 5)
    for own, other, on_duty, turn, seat in product(few, few, (0, 1), few, (0, 3)):
        developer = DeveloperView(9, own, seat, 9, on_duty, turn)
        answers = {
            bool(asked.takes(developer, incident, p))
            for severity, deferrals, label in product((1, 3), (0, 1), (0, 1))
            for incident in [an_incident(other, severity, deferrals, label)]
        }
        if refuses_other_teams(asked) and own != other:
            assert answers == {False}
        if refuses_off_duty(asked) and not on_duty:
            assert answers == {False}
        if looks_no_further(asked, "team"):
            assert len(answers) == 1


def an_incident(team: int, severity: int, deferrals: int, label: int) -> IncidentView:
    return IncidentView(
        4, 0, severity, team, 1, 600, 3_600, deferrals, 0, 0, LATER, LATER, LATER, 0, 0, label
    )


def test_what_the_bundled_policies_refuse_is_known() -> None:
    known = {
        name: (refuses_other_teams(asked), refuses_off_duty(asked))
        for name, asked in known_policies().items()
    }
    assert known == {
        **dict.fromkeys(
            ("next-sprint", "swap-in", "cancel-sprint", "reserved-buffer", "kanban"), (True, False)
        ),
        "unplanned-ticket": (True, False),
        "interrupt-anyone": (False, False),
        "dedicated-team": (False, True),
        "team-rotation": (False, True),
        "developer-rotation": (True, True),
        "adaptive-rotation": (True, True),
    }
