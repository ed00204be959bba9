"""Kins of incidents: whoever refuses one refuses the others, and those who are said to take none take none."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from sim.policy.answers import answering
from sim.policy.composed import composed
from sim.policy.contract import PLAIN_SCRUM, Policy, plain_rank
from sim.policy.kin import KINS, MOST_LABELS, Kin, kin_of
from sim.policy.registry import known_policies
from sim.policy.views import LATER, DeveloperView, IncidentView
from sim.scenario.compositions import Composition
from tests.written import MORE, WRITTEN

EVERYBODY = ("duty", "team", "anyone", "turn")

TEAMS, LABELS = (0, 1, 2), (0, 1, 2, 3, 4)


def by_rules(queue: str, duty: str) -> Policy:
    """Severity by severity another who may take it."""
    told: dict[str, Any] = {
        "queue": queue,
        "duty": {"people": 1, "of": duty, "turn_sprints": 0 if duty == "team" else 1},
        "rules": [
            {"severity": [severity], "do": do, "who": who}
            for severity, (who, do) in enumerate(
                zip(EVERYBODY, ("interrupt", "queue", "interrupt", "queue"), strict=True), 1
            )
        ],
    }
    return composed(f"rules-{queue}-{duty}", Composition.model_validate(told))


RULED = [
    by_rules(queue, duty)
    for queue, duty in product(("team", "organisation"), ("team", "organisation", "teams"))
]

POLICIES = [PLAIN_SCRUM, *known_policies().values(), *WRITTEN, *MORE, *RULED]


def incidents() -> list[IncidentView]:
    every = product(TEAMS, (1, 3, 5), (0, 1, 3), LABELS, (0, 2))
    return [
        IncidentView(
            number, kind, severity, team, 1, 60 * number, 3_600 + kind, deferrals, 0, 0,
            LATER, LATER, LATER, 0, 37 * number % 1000, label,
        )
        for number, (team, severity, deferrals, label, kind) in enumerate(every)
    ]  # fmt: skip


def developers() -> list[DeveloperView]:
    every = product(TEAMS, (0, 1), (0, 1, 3), (0, 2))
    return [
        DeveloperView(number, team, seat, number, on_duty, turn)
        for number, (team, on_duty, turn, seat) in enumerate(every)
    ]


@pytest.mark.parametrize("policy", POLICIES, ids=lambda policy: policy.id)
def test_what_is_known_of_a_kin_is_so(policy: Policy) -> None:
    """Held against the answers to many views."""
    p, known = policy.record(), kin_of(policy)
    ranked = policy.rank is not plain_rank
    answers: dict[tuple[object, ...], set[bool]] = {}
    for developer, incident in product(developers(), incidents()):
        kin = 2 * known.of_label[incident.label] + (incident.deferrals > 0)
        of = known.kins[kin]
        takes = bool(policy.takes(developer, incident, p))
        assert not (of.home and developer.team != incident.team and takes)
        assert not (of.duty and not developer.on_duty and takes)
        if of.alike:
            owner = incident.team if of.home else -1
            severity = 0 if ranked else incident.severity
            answers.setdefault((developer, kin, owner, severity), set()).add(takes)
    assert all(len(told) == 1 for told in answers.values())


@pytest.mark.parametrize("policy", POLICIES, ids=lambda policy: policy.id)
def test_there_is_room_for_every_kin(policy: Policy) -> None:
    known = kin_of(policy)
    assert len(known.of_label) == MOST_LABELS
    assert 2 * max(known.of_label) < len(known.kins) <= KINS


@pytest.mark.parametrize("policy", POLICIES, ids=lambda policy: policy.id)
def test_it_is_known_at_the_edge_too_at_which_answers_are_checked(policy: Policy) -> None:
    assert kin_of(answering(policy)) == kin_of(policy)


def test_rules_tell_incidents_apart_by_whom_they_are_for() -> None:
    of_organisation, of_team = by_rules("team", "organisation"), by_rules("team", "team")
    known = kin_of(of_organisation)
    assert len(set(known.of_label[:5])) == 5
    never_deferred = {who: known.kins[2 * known.of_label[n]] for n, who in enumerate(EVERYBODY, 1)}
    assert never_deferred == {
        "duty": Kin(home=False, duty=True, alike=True),
        "team": Kin(home=True, duty=False, alike=True),
        "anyone": Kin(home=False, duty=False, alike=True),
        "turn": Kin(home=True, duty=False, alike=True),
    }
    assert kin_of(of_team).kins[2 * known.of_label[1]] == Kin(home=True, duty=True, alike=True)
    assert not any(kin_of(of_team).kins[0]), "of those without a label nothing is known"
