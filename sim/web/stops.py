"""The stops of a live report's controls: what some of the page's controls may be set to, a few values of each."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from math import isfinite
from typing import Any

from sim.live.moves import Knob
from sim.policy.contract import Policy
from sim.scenario.overrides import parts_of
from sim.scenario.schema import Scenario
from sim.web.sliders import controls

MOST, MOST_OF_A_POLICY = 9, 6
"""Stops of a control: each is a state to be laid out, and numbers in the file."""

OFFERED = (
    "teams.*.developers", "time.sprint_weeks", "teams.*.focus", "sprints.plan_by", "on_call.cover",
    "first_line.deflect_rate", "interruptions.resume_minutes", "interruptions.switch_minutes",
    "people.sick_share", "people.unfamiliarity", "money.point_value", "money.night_call",
)  # fmt: skip
"""What of the organisation can be moved in a file. The page has all there is; here each control is laid out for all its
stops, together with all that move the same numbers."""

INCIDENTS = "Incidents"
FIRST = ("Team", INCIDENTS, "Interruptions", "Night", "People", "Money")
"""The groups in the order in which they stand; then each policy's own."""

OFFERED_OF_A_KIND = ("per_week", "cost_per_open_hour", "penalty")

_FEWER, _MORE = -2, 3
"""Steps down and up of what is counted one by one: developers of a team, people on duty."""

_ONE = {"people": "person"}

_TIMES = (0.0, 0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 2.0, 3.0)
"""What a rate may be, times as it is."""


def knobs(scenario: Scenario, policies: Sequence[Policy]) -> list[Knob]:
    """The controls of a scenario and of some policies, each with its stops. What is set of a policy by its name
    (`kanban:wip_limit=2`) stays so, as `--set` would leave it."""
    named = [f"policies.{policy.id}" for policy in policies for _ in policy.settings]
    free = [
        one
        for one in controls(scenario, list({policy.id: policy for policy in policies}.values()))
        if _is_offered(one["key"]) and not any(one["key"].startswith(f"{name}.") for name in named)
    ]
    keys = {one["key"] for one in free}
    kept = [_beside_the_like(one) for one in free if not _is_told_otherwise(one["key"], keys)]
    return [knob for one in sorted(kept, key=_place) if (knob := _knob(one)) is not None]


def _beside_the_like(one: dict[str, Any]) -> dict[str, Any]:
    """What is of one kind of incidents stands with the other kinds', under the kind's name; sentences name the policy
    of a policy's control."""
    first, *_, last = parts_of(one["key"])
    label, group = one["label"], one["group"]
    later = label[:1].lower() + label[1:]
    if first == "policies":
        return one | {"said": f"{group}: {later}"}
    if first == "incidents" and group != INCIDENTS:
        if last == "per_week":
            return one | {"label": group, "group": INCIDENTS}
        return one | {"label": f"{group}: {later}", "group": "Money"}
    return one


def _place(one: dict[str, Any]) -> int:
    return FIRST.index(one["group"]) if one["group"] in FIRST else len(FIRST)


def _is_offered(key: str) -> bool:
    first, *_, last = parts_of(key)
    return (
        key in OFFERED
        or first == "policies"
        or (first == "incidents" and last in OFFERED_OF_A_KIND)
    )


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
    told = _chosen(one) if one["choices"] else _moved(one)
    if told is None:
        return None
    stops, words, now = told
    names = {name: one[name] for name in ("key", "label", "unit", "group", "help", "kind")}
    names["said"] = one.get("said", "")
    return Knob(**names, stops=tuple(stops), words=tuple(words), now=now)


_Told = tuple[list[str], list[str], int]
"""Stops, what they are called, and which one the scenario has."""


def _chosen(one: dict[str, Any]) -> _Told | None:
    """The stops of a choice; None where a policy would be set by a word."""
    stops = [value for value, _ in one["choices"]]
    if one["key"].startswith("policies.") and not all(map(_is_number, stops)):
        return None
    return stops, [words for _, words in one["choices"]], stops.index(one["value"])


def _is_number(text: str) -> bool:
    try:
        return isfinite(float(text))
    except ValueError:
        return False


def _moved(one: dict[str, Any]) -> _Told | None:
    """The stops of a number; None where there is nothing to be moved, or no number."""
    if not isinstance(one["value"], int | float):
        return None
    own, sign = float(one["value"]), one["sign"]
    values = sorted({*_values(one), own})
    if len(values) < 2:
        return None
    stops = [f"{sign}{value:g}" for value in values]
    return stops, [_in_words(value, own, one) for value in values], values.index(own)


def _values(one: dict[str, Any]) -> list[float]:
    low, high, step = float(one["least"]), float(one["most"]), float(one["step"])
    if one["key"].endswith(".per_week"):
        return [float(f"{times * float(one['value']):.3g}") for times in _TIMES]
    if one["key"].endswith(".developers") or _is_counted(one):
        own = float(one["value"])
        low, high = max(low, own + _FEWER * step), min(high, own + _MORE * step)
        low, high = own - (own - low) // step * step, own + (high - own) // step * step
    most = MOST_OF_A_POLICY if one["key"].startswith("policies.") else MOST
    steps = round((high - low) / step)
    count = min(most, steps + 1)
    if count < 2:
        return []
    places = (round(n * steps / (count - 1)) for n in range(count))
    return [float(f"{low + place * step:.6g}") for place in places]


def _is_counted(one: dict[str, Any]) -> bool:
    """Whether a policy's parameter is moved one by one, around where it stands: people, sprints, begun work."""
    return bool(one["kind"] == "stepper" and one["key"].startswith("policies."))


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
        return f"{value:g} {unit if value != 1 else _ONE.get(unit, unit.removesuffix('s'))}"
    return f"{value:g}" if unit in ("times", "severity", "developers") else f"{value:g} {unit}"
