"""An axis is a parameter of the scenario and the values it is to take."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

import numpy as np

from sim.scenario.people_and_plans import MAX_TEAMS
from sim.scenario.reading import changed, from_table
from sim.scenario.schema import Scenario
from sim.search.question import QuestionError

MAX_VALUES = 1_000


@dataclass(frozen=True)
class Axis:
    """An axis: one key and its values, as `--set` takes them; `teams` is the number of teams."""

    key: str
    values: tuple[str, ...]

    @staticmethod
    def parse(text: str) -> Axis:
        """Read an axis from `key=a,b,c` or `key=low:high:steps`.

        `*0.5:*2:7` and `+0:+3:4` are relative to the value in the scenario.

        Raises:
            QuestionError: for what is not understood.
        """
        key, equals, wanted = (part.strip() for part in text.partition("="))
        if not (key and equals and wanted):
            raise QuestionError(
                f"{text}: expected KEY=LOW:HIGH:STEPS or KEY=A,B,C, such as "
                "people.unfamiliarity=1:2:11 or incidents.*.per_week=*0.5:*2:7"
            )
        if ":" not in wanted:
            values = tuple(filter(None, (value.strip() for value in wanted.split(","))))
        else:
            values = _spaced(text, wanted)
        if not 1 <= len(values) <= MAX_VALUES:
            raise QuestionError(f"{text}: {len(values)} values; expected 1 to {MAX_VALUES:,}")
        return Axis(key, values)

    def numbers(self) -> list[float]:
        """Return the values as numbers, factors and additions without their sign.

        Where the values are words, their positions are given instead.
        """
        try:
            return [float(value.lstrip("*+")) for value in self.values]
        except ValueError:
            return [float(n) for n in range(len(self.values))]

    @property
    def is_relative(self) -> bool:
        """Whether the values are factors."""
        return self.values[0].startswith("*")

    def at(self, scenario: Scenario, place: int) -> Scenario:
        """Return the scenario with one of the values.

        Raises:
            ScenarioError: where there is no such key, or it cannot have that value.
        """
        value = self.values[place]
        if self.key == "teams":
            return _with_teams(scenario, value)
        return changed(scenario, [f"{self.key}={value}"])


def _spaced(text: str, wanted: str) -> tuple[str, ...]:
    parts = wanted.split(":")
    signs = {part[:1] if part[:1] in ("*", "+") else "" for part in parts[:2]}
    if len(signs) > 1:
        raise QuestionError(f"{text}: both ends must be factors (*), additions (+), or neither")
    sign = signs.pop()
    try:
        low, high = (float(part.removeprefix(sign)) for part in parts[:2])
        steps = int(parts[2])
    except (ValueError, IndexError):
        raise QuestionError(
            f"{text}: expected LOW:HIGH:STEPS in numbers, such as 0.5:2:7"
        ) from None
    if not (math.isfinite(low) and math.isfinite(high) and math.isfinite(high - low)):
        raise QuestionError(f"{text}: expected numbers that end, such as 0.5:2:7")
    if not 2 <= steps <= MAX_VALUES:
        raise QuestionError(f"{text}: {steps} steps; expected 2 to {MAX_VALUES:,}")
    return tuple(f"{sign}{value:.10g}" for value in np.linspace(low, high, steps))


def _with_teams(scenario: Scenario, value: str) -> Scenario:
    """Return the scenario with its first teams; past the last, they come again under another
    name."""
    if not re.fullmatch("[0-9]{1,4}", value) or not 1 <= int(value) <= MAX_TEAMS:
        raise QuestionError(f"teams={value}: expected a number of teams, 1 to {MAX_TEAMS}")
    table = scenario.model_dump(by_alias=True)
    own = table["teams"]
    table["teams"] = [
        {
            **own[n % len(own)],
            "name": own[n % len(own)]["name"] + (f" {n // len(own) + 1}" if n >= len(own) else ""),
        }
        for n in range(int(value))
    ]
    return from_table(table, scenario.name).beside(scenario)
