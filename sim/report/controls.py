"""The controls of a scenario: what can be moved in it, and what stands there now, exactly.

Every screen that lets people move something takes its controls from here, so that all have the same names,
units and ends. A value is shown as it is, however coarse the steps are.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sim.policy.composed import ComposedPolicy
from sim.policy.contract import Policy
from sim.report.control_rows import (
    ALL_INCIDENTS,
    EACH_KIND,
    EACH_TEAM,
    ROWS,
    Choices,
    ControlKind,
    Row,
)
from sim.report.parameter_words import parameter_row
from sim.scenario.overrides import parts_of
from sim.scenario.schema import Scenario
from sim.scenario.unplanned_work import IncidentKind

TEAMS_ONE_BY_ONE = 12
"""Of so many teams each has controls of its own; of more, all teams together alone."""

KINDS_ONE_BY_ONE = 20
"""Likewise of kinds of incidents."""


@dataclass(frozen=True)
class Control:
    """Something that can be moved: what it is called, where it ends, and what stands there now."""

    key: str
    """as `--set` takes it"""
    label: str
    help: str
    unit: str
    kind: ControlKind
    group: str
    least: float
    most: float
    step: float
    value: float | str | None
    """what stands there: of a number the number itself, with a sign what changes nothing; of a choice the value
    as `--set` takes it; None where nothing stands there"""
    sign: str = ""
    """`*` or `+`: a value is written relative to what stands there"""
    now: tuple[float, ...] = ()
    """with a sign: what stands there, from least to most; what is shown is this, changed"""
    choices: Choices = ()
    zero: str = ""
    """what 0 is called, where it is not nothing"""
    first: bool = False
    """whether it is among the few that stand in reach"""


def controls_of(scenario: Scenario, policies: Sequence[Policy]) -> list[Control]:
    """Every control of a scenario with these policies, in the order in which they are shown."""
    found = [*_incidents(scenario), *(_bound(scenario, row) for row in ROWS)]
    found += [_bound(scenario, row) for row in _of_parts(scenario)]
    found += [_bound(scenario, row, default) for row, default in _of_policies(policies)]
    return [one for one in found if one is not None]


def all_incidents(scenario: Scenario) -> Control:
    """The control of all incidents together, in times as they are."""
    total = sum(kind.per_week for kind in scenario.incidents)
    step = 0.05 if not total else float(f"{_round_step(total) / total:.12g}")
    return Control(
        ALL_INCIDENTS, "Incidents a week", "How many open a week, of all kinds, each in proportion.", "a week",
        "slider", "Incidents", 0, 3, step, 1, "*", (total,), first=True,
    )  # fmt: skip


def _round_step(total: float) -> float:
    """A round step of about a fiftieth."""
    power = 10.0 ** math.floor(math.log10(total / 50))
    return next(n * power for n in (1, 2, 5, 10) if n * power >= total / 50)


def _incidents(scenario: Scenario) -> Iterator[Control]:
    if scenario.incidents_from is None and any(kind.per_week for kind in scenario.incidents):
        yield all_incidents(scenario)


def _of_parts(scenario: Scenario) -> Iterator[Row]:
    """The rows of each kind and each team."""
    for kind in scenario.incidents[:KINDS_ONE_BY_ONE]:
        for row in EACH_KIND:
            if not _is_the_logs(scenario, row.key):
                yield _of(row, "{kind}", kind.kind)
    if 1 < len(scenario.teams) <= TEAMS_ONE_BY_ONE:
        for team in scenario.teams:
            yield from (_of(row, "{team}", team.name) for row in EACH_TEAM)


def _is_the_logs(scenario: Scenario, key: str) -> bool:
    """Whether a recorded log says it in place of the scenario."""
    return scenario.incidents_from is not None and key.endswith((".per_week", ".trend_per_year"))


def _of(row: Row, place: str, name: str) -> Row:
    quoted = f"'{name}'" if '"' in name else f'"{name}"'
    return replace(row, key=row.key.replace(place, quoted), group=name[:1].upper() + name[1:])


def _of_policies(policies: Sequence[Policy]) -> Iterator[tuple[Row, float | str]]:
    for policy in policies:
        within = "set." if isinstance(policy, ComposedPolicy) else ""
        for name, parameter in policy.parameters.items():
            if parameter.unit == "kind":
                continue  # a name of this scenario's alone, which no control can offer of all
            key = f"policies.{policy.id}.{within}{name}"
            row = parameter_row(policy.id, policy.title or policy.id, key, name, parameter)
            yield (
                row,
                int(parameter.default)
                if parameter.default is True or parameter.default is False
                else parameter.default,
            )


def _bound(scenario: Scenario, row: Row, default: float | str | None = None) -> Control | None:
    """A row with what stands in the scenario; None where the scenario has no such thing."""
    found = [default] if default is not None else _values(scenario, parts_of(row.key))
    if not found:
        return None
    if row.kind in ("toggle", "choice"):
        return (
            _chosen(row, _written(found[0])) if len({_written(one) for one in found}) == 1 else None
        )
    numbers = [one if one is None else _number(one) for one in found]
    sizes = sorted({one for one in numbers if one is not None})
    if row.sign and (len(sizes) > 1 or not isinstance(found[0], int | float)):
        return _relative(row, sizes)
    value = numbers[0]
    least, most, step = _ends(scenario, row, value)
    unit = scenario.money.currency if row.unit == "money" and scenario.money else row.unit
    if row.unit == "money" and scenario.money is None:
        return None
    return Control(
        row.key, row.label, row.help, unit, row.kind, row.group, least, most, step, value, choices=row.choices,
        zero=_zero(scenario, row), first=row.first,
    )  # fmt: skip


def _chosen(row: Row, value: str) -> Control:
    """A choice, which offers what stands there even if it is none of the usual ones."""
    choices = row.choices
    if value not in [one for one, _ in choices]:
        choices = (*choices, (value, "as it is"))
    return Control(
        row.key, row.label, row.help, row.unit, row.kind if len(choices) == len(row.choices) else "choice",
        row.group, 0, 0, 0, value, choices=choices, first=row.first,
    )  # fmt: skip


def _relative(row: Row, sizes: list[float]) -> Control | None:
    """A figure that differs from place to place, or a distribution: moved in times, or by so much more."""
    if not sizes or not sizes[0]:
        return None
    if row.sign == "+":
        ends = row.least - sizes[0], max(row.most - sizes[-1], 1), row.step, 0.0
    else:
        most = max(row.most / sizes[-1], 1) if row.unit == "share" else max(4.0, 1)
        step = row.step / sizes[0] if row.step < sizes[0] else 0.1
        ends = (
            0.25 if row.unit != "share" else min(1, row.least / sizes[0]),
            most,
            float(f"{step:.12g}"),
            1.0,
        )
    return Control(
        row.key, row.label, row.help, row.unit, row.kind, row.group, *ends, row.sign, tuple(sizes),
        first=row.first,
    )  # fmt: skip


def _ends(scenario: Scenario, row: Row, value: float | None) -> tuple[float, float, float]:
    """The ends and the step, so that what stands there lies within."""
    least, most, step = row.least, row.most, row.step
    if row.key.endswith(".per_week"):
        most, step = max(most, round(4 * (value or 0))), 0.5 if (value or 0) < 20 else 1
    if row.key == "money.point_value" and value:
        least, most, step = value / 20, 4 * value, value / 20
    if row.key == "time.warmup_weeks":
        most = min(most, scenario.time.horizon_weeks - 1)
    if row.key == "time.sprint_weeks":
        most = min(most, scenario.time.horizon_weeks)
    if value is not None:
        least, most = min(least, value), max(most, value)
    return least, most, step


def _zero(scenario: Scenario, row: Row) -> str:
    stories = scenario.stories
    if not row.key.endswith(".per_week") or stories is None or not stories.regression_rate:
        return "until it is needed" if row.key.endswith("dedicated-team.people") else ""
    caused = stories.regression_kind
    return "only as stories cause them" if caused and caused in parts_of(row.key) else ""


def _values(scenario: Scenario, path: Sequence[str]) -> list[Any]:
    """What stands at a key: one value, or one for each entry that `*` means; nothing where there is none."""
    here: list[Any] = [scenario]
    for part in path:
        here = [value for holder in here for value in _within(holder, part)]
    return here


def _within(holder: Any, part: str) -> list[Any]:
    if isinstance(holder, list):
        return [one for one in holder if part in ("*", _name_of(one))]
    return [] if holder is None else [getattr(holder, part)]


def _name_of(entry: Any) -> str:
    return str(entry.kind if isinstance(entry, IncidentKind) else entry.name)


def _number(value: Any) -> float:
    """A figure as it is; of a distribution its mean."""
    return value if isinstance(value, int | float) else float(value.mean())


def _written(value: Any) -> str:
    """A value as `--set` takes it."""
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:g}" if isinstance(value, int | float) else str(value)
