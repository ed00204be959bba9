"""The controls of the page: what can be moved in a scenario, in which unit and range."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sim.policy.composed import ComposedPolicy
from sim.policy.contract import Policy
from sim.scenario.people_and_plans import Stories
from sim.scenario.schema import Scenario
from sim.scenario.unplanned_work import IncidentKind

WEEKS = "time.horizon_weeks"
"""What the long questions change besides."""


@dataclass(frozen=True)
class Control:
    """A slider: the key that it sets, and how."""

    key: str
    label: str
    help: str
    unit: str
    group: str
    least: float
    most: float
    step: float
    value: float
    sign: str = ""
    """`*` or `+`: the value is relative to the scenario's own"""
    now: tuple[float, ...] = ()
    """what is added to, from least to most"""
    zero: str = ""
    """what 0 is called, where it is not nothing"""


def controls(scenario: Scenario, policies: Sequence[Policy]) -> list[dict[str, Any]]:
    """Every slider of a scenario as it is in its file."""
    return [
        asdict(one)
        for one in [
            *_organisation(scenario),
            *_incidents(scenario),
            *_money(scenario),
            *_own(policies),
        ]
    ]


def axes() -> list[dict[str, Any]]:
    """Return what a map may have along an axis besides the sliders."""
    return [
        asdict(
            Control(
                "incidents.*.per_week", "Incidents, of every kind", "How many more or fewer of all.",
                "times", "Incidents a week", 0, 3, 0.05, 1, "*",
            )
        )
    ]  # fmt: skip


def _organisation(scenario: Scenario) -> list[Control]:
    sizes = [team.developers for team in scenario.teams]
    focus = sum(team.focus for team in scenario.teams) / len(scenario.teams)
    people, group = scenario.people, "Organisation"
    return [
        Control(
            "teams.*.developers", "Developers per team", "Added to or taken from every team; teams have "
            + (f"{min(sizes)} to {max(sizes)}." if min(sizes) < max(sizes) else f"{min(sizes)}."), "developers", group, 1 - min(sizes), 10, 1, 0, "+", tuple(sorted({min(sizes), max(sizes)})),
        ),
        Control(
            "teams.*.focus", "Focus", "Share of working hours left for planned work after meetings and "
            f"mail, times as it is ({100 * focus:.0f} % on average).", "times", group, 0.5,
            round(1 / max(team.focus for team in scenario.teams), 2), 0.01, 1, "*",
        ),
        Control(
            "time.sprint_weeks", "Sprint length", "Weeks between plannings.", "weeks", group, 1, 4, 1,
            scenario.time.sprint_weeks,
        ),
        Control(
            "people.unfamiliarity", "Unfamiliarity", "How much longer an incident of another team's "
            "product takes, until one has worked on it.", "times", group, 1, 3, 0.05, people.unfamiliarity,
        ),
        Control(
            "people.sick_share", "Sickness", "Share of working time.", "share", group, 0, 0.15, 0.005,
            people.sick_share,
        ),
        Control(
            "first_line.deflect_rate", "Settled by the first line", "Share of incidents that never reach "
            "a team.", "share", group, 0, 0.9, 0.05, scenario.first_line.deflect_rate,
        ),
        Control(
            "interruptions.switch_minutes", "Starting on an interruption", "Minutes lost before work on "
            "it begins.", "minutes", group, 0, 60, 1, scenario.interruptions.switch_minutes,
        ),
    ]  # fmt: skip


def _incidents(scenario: Scenario) -> list[Control]:
    return [
        _of_kind(kind, _is_caused_by_stories(kind, scenario.stories)) for kind in scenario.incidents
    ]


def _of_kind(kind: IncidentKind, caused: bool) -> Control:
    return Control(
        f'incidents."{kind.kind}".per_week', kind.kind.capitalize(), _about_incidents(kind, caused),
        "a week", "Incidents a week", 0, max(5.0, round(4 * kind.per_week)),
        0.5 if kind.per_week < 20 else 1, kind.per_week,
        zero="only as stories cause them" if caused else "",
    )  # fmt: skip


def _is_caused_by_stories(kind: IncidentKind, stories: Stories | None) -> bool:
    return (
        stories is not None and stories.regression_kind == kind.kind and stories.regression_rate > 0
    )


def _about_incidents(kind: IncidentKind, caused: bool) -> str:
    besides = ", besides those that finished stories cause" if caused else ""
    promise = (
        f"; to be answered within {kind.respond_within_hours:g} h"
        if kind.respond_within_hours
        else ""
    )
    return f"Incidents a week{besides}, severity {kind.severity}{promise}."


def _money(scenario: Scenario) -> list[Control]:
    money = scenario.money
    if money is None:
        return []
    return [
        Control(
            "money.point_value", "Value of a point", "What a delivered point is worth.", money.currency,
            "Money", money.point_value / 20, 4 * money.point_value, money.point_value / 20, money.point_value,
        ),
        Control(
            "money.night_call", "A call at night", "Paid for each.", money.currency, "Money", 0,
            max(1_000.0, 4 * money.night_call), 10, money.night_call,
        ),
        Control(
            "incidents.*.cost_per_open_hour", "Open incidents", "What each costs an hour, times as it is.",
            "times", "Money", 0, 4, 0.1, 1, "*",
        ),
        Control(
            "incidents.*.penalty", "Broken promises", "What each costs, times as it is.", "times", "Money",
            0, 4, 0.1, 1, "*",
        ),
    ]  # fmt: skip


def _own(policies: Sequence[Policy]) -> list[Control]:
    """Return the parameters of the policies as controls, as the scenario sets them."""
    found = []
    for policy in policies:
        within = "set." if isinstance(policy, ComposedPolicy) else ""
        for name, parameter in policy.parameters.items():
            if not parameter.is_number:
                continue  # no slider can set it
            most = min(parameter.high, 4.0 if parameter.unit == "share" else 30.0)
            whole = parameter.unit not in ("share", "hours")
            found.append(
                Control(
                    f"policies.{policy.id}.{within}{name}",
                    name.replace("_", " "),
                    parameter.about,
                    parameter.unit,
                    policy.title or policy.id,
                    parameter.low,
                    most,
                    1 if whole else 0.05 if most <= 1 else 0.25,
                    float(parameter.default),
                )
            )
    return found
