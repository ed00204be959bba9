"""What cannot be written is named with its key."""

from __future__ import annotations

from typing import Any

import pytest

from sim.errors import ScenarioError
from sim.scenario.reading import from_table

DUTY = {"people": 1}
RESERVE = {"share": 0.2}


def faults(table: dict, **ours: Any) -> str:
    table["policies"] = {"ours": ours}
    with pytest.raises(ScenarioError) as raised:
        from_table(table)
    return str(raised.value)


@pytest.mark.parametrize(
    ("ours", "said"),
    [
        ({"rules": []}, "policies.ours.rules: must have 1 or more entries"),
        (
            {"rules": [{"kind": ["otage"], "do": "queue"}]},
            "policies.ours.rules.0.kind: names 'otage', which is no kind here (outage, data fix)",
        ),
        (
            {"rules": [{"severity": [6], "do": "queue"}]},
            "policies.ours.rules.0.severity.0: must be 5",
        ),
        ({"rules": [{"severity": [1]}]}, "policies.ours.rules.0: must say what to do"),
        (
            {"rules": [{"do": "queue"}, {"severity": [1], "do": "interrupt"}]},
            "policies.ours.rules.1: is never reached",
        ),
        (
            {
                "rules": [
                    {"severity": [1, 2], "do": "queue"},
                    {"severity": [3, 4, 5], "do": "defer"},
                    {"kind": ["outage"], "do": "interrupt"},
                ]
            },
            "policies.ours.rules.2: is never reached",
        ),
        (
            {
                "rules": [
                    {"unplanned_over": 0.3, "do": "cancel"},
                    {"unplanned_over": 0.5, "do": "defer"},
                ]
            },
            "policies.ours.rules.1: is never reached",
        ),
        (
            {"rules": [{"do": "queue", "who": "duty"}]},
            'policies.ours.rules.0.who: must not be "duty" where nobody is on duty',
        ),
        (
            {"duty": DUTY, "rules": [{"do": "queue"}]},
            'policies.ours.rules: need one with who = "duty"',
        ),
        (
            {"duty": {"people": 9}, "rules": [{"do": "queue", "who": "duty"}]},
            "policies.ours.duty.people: must be at most 2, as the smallest team has no more (got 9)",
        ),
        (
            {
                "duty": {"people": 6, "of": "organisation"},
                "rules": [{"do": "queue", "who": "duty"}],
            },
            "policies.ours.duty.people: must be at most 5, as the organisation has no more (got 6)",
        ),
        (
            {"rules": [{"do": "queue", "within_reserve": True}]},
            "policies.ours.rules.0.within_reserve: needs a reserve to be kept",
        ),
        (
            {"reserve": RESERVE, "rules": [{"do": "defer", "within_reserve": True}]},
            'policies.ours.rules.0.within_reserve: can be with do = "queue" or "interrupt"',
        ),
        (
            {"rules": [{"outgrown": True, "do": "defer"}]},
            "policies.ours.rules.0.outgrown: needs a time box to outgrow",
        ),
        ({"reserve": {}, "rules": [{"do": "queue"}]}, "policies.ours.reserve: must keep something"),
        (
            {"rules": [{"at_times": ["24:00"]}]},
            "policies.ours.rules.0.at_times: must be times of day such as 10:00 (got '24:00')",
        ),
        ({"rules": [{"doo": "queue"}]}, "policies.ours.rules.0"),
        (
            {"rules": [{"do": "queue"}], "wip": 1},
            "policies.ours.wip: unknown key; nearest known: wip",
        ),
        (
            {"duty": {"people": 2, "most": 1}, "rules": [{"do": "queue", "who": "duty"}]},
            "policies.ours.duty.most: must be at least people, 2",
        ),
        (
            {"duty": {"people": 0}, "rules": [{"do": "queue", "who": "duty"}]},
            'policies.ours.duty.of: must be "organisation" where people = 0',
        ),
    ],
)
def test_it_is_named_with_its_key(table: dict, ours: dict[str, Any], said: str) -> None:
    assert said in faults(table, **ours)


def test_a_rule_that_is_reached_by_one_case_alone_is_let_in(table: dict) -> None:
    table["policies"] = {
        "ours": {
            "time_box_hours": 2,
            "rules": [
                {"severity": [1], "do": "interrupt"},
                {"outgrown": True, "do": "defer"},
                {"hours": "closed", "do": "defer"},
                {"unplanned_over": 0.5, "do": "defer"},
                {"kind": ["outage"], "do": "queue"},
                {"do": "queue"},
            ],
        }
    }
    assert "ours" in from_table(table).policies
