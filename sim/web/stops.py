"""The stops of a live report's controls: what the page's sliders may be set to, a few values of each."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sim.live.moves import Knob
from sim.policy.contract import Policy
from sim.scenario.overrides import parts_of
from sim.scenario.schema import Scenario
from sim.web.sliders import controls

MOST, MOST_OF_A_POLICY = 9, 6
"""Stops of a control: each is a state to be laid out, and numbers in the file."""

_FEWER, _MORE = -2, 3
"""Developers that may be taken from each team, or added to it."""

_TIMES = (0.0, 0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 2.0, 3.0)
"""What a rate may be, times as it is."""


def knobs(scenario: Scenario, policies: Sequence[Policy]) -> list[Knob]:
    """The controls of a scenario and of some policies, each with its stops. What is set of a policy by its name
    (`kanban:wip_limit=2`) stays so, as `--set` would leave it."""
    named = [f"policies.{policy.id}" for policy in policies for _ in policy.settings]
    free = [
        one
        for one in controls(scenario, list({policy.id: policy for policy in policies}.values()))
        if not any(one["key"].startswith(f"{name}.") for name in named)
    ]
    keys = {one["key"] for one in free}
    return [
        knob
        for one in free
        if not _is_told_otherwise(one["key"], keys) and (knob := _knob(one)) is not None
    ]


def _is_told_otherwise(key: str, keys: Collection[str]) -> bool:
    """Whether another control says the same of the same: teams are moved together, kinds of incidents one by one.
    Both would be laid out for all their stops together."""
    first, *_, last = parts_of(key)
    if first == "teams":
        return f"teams.*.{last}" in keys and key != f"teams.*.{last}"
    if first != "incidents" or key != f"incidents.*.{last}":
        return False
    return any(parts_of(o)[0] == first and parts_of(o)[-1] == last and o != key for o in keys)


def _knob(one: dict[str, Any]) -> Knob | None:
    if not isinstance(one["value"], int | float):
        return None  # nothing to be put in order
    own, sign = float(one["value"]), one["sign"]
    values = sorted({*_values(one), own})
    if len(values) < 2:
        return None
    return Knob(
        key=one["key"],
        label=one["label"],
        unit=one["unit"],
        group=one["group"],
        help=one["help"],
        stops=tuple(f"{sign}{value:g}" for value in values),
        words=tuple(_in_words(value, own, one) for value in values),
        now=values.index(own),
    )


def _values(one: dict[str, Any]) -> list[float]:
    low, high, step = float(one["least"]), float(one["most"]), float(one["step"])
    if one["key"].endswith(".per_week"):
        return [float(f"{times * float(one['value']):.3g}") for times in _TIMES]
    if one["key"].endswith(".developers"):
        low, high = max(low, _FEWER), min(high, _MORE)
    most = MOST_OF_A_POLICY if one["key"].startswith("policies.") else MOST
    steps = round((high - low) / step)
    count = min(most, steps + 1)
    if count < 2:
        return []
    places = (round(n * steps / (count - 1)) for n in range(count))
    return [float(f"{low + place * step:.6g}") for place in places]


def _in_words(value: float, own: float, one: dict[str, Any]) -> str:
    sign, unit = one["sign"], one["unit"]
    if sign == "+":
        return "as it is" if value == own else f"{value:+g}".replace("-", "−")
    if sign == "*":
        return "as it is" if value == own else f"{100 * value:.0f} % of it"
    if unit == "share":
        return f"{100 * value:.3g} %"
    if unit == "switch":
        return "yes" if value else "no"
    if unit == "hours":
        return f"{value:g} h"
    if unit in ("minutes", "weeks", "people", "sprints", "a week", "items"):
        return f"{value:g} {unit if value != 1 else unit.removesuffix('s')}"
    return f"{value:g}" if unit in ("times", "severity", "developers") else f"{value:g} {unit}"
