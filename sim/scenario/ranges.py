"""How far off the inputs of a scenario may be: `[ranges]`, a low and a high end for each of its keys."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from sim.scenario.overrides import key_of, parts_of, plain, value_of

End = int | float | Annotated[str, Field(min_length=2, max_length=30)]
"""A number, or one that is relative to the value in the scenario, as `--set` takes it: `"*0.7"`, `"+2"`."""

Ends = Annotated[list[End], Field(min_length=2, max_length=2)]

Key = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^=]+$")]

SIGNS = ("*", "+")

FAR = 3.0
"""Between the ends of a range: of what is known to no better than this factor, the size is what is not known."""


@dataclass(frozen=True)
class Range:
    """What a key may be, anywhere between its ends as likely: on the scale of logarithms where it is factors, or
    positive and known to no better than FAR; else evenly."""

    key: str
    sign: str
    """of both ends: `*` for factors, `+` for what is added, empty for values"""
    low: float
    high: float

    def change(self, share: float) -> str:
        """Return the change, as `--set` takes it, that puts the key so far between its ends: 0 to 1."""
        return f"{self.key}={self.value(share)}"

    def value(self, share: float) -> str:
        """Return what the change puts there: a number, a factor or an addition."""
        if self.is_by_factors:
            value = self.low * (self.high / self.low) ** share
        else:
            value = self.low + share * (self.high - self.low)
        return f"{self.sign}{value:.10g}"

    @property
    def is_by_factors(self) -> bool:
        """Whether twice as much is as far from the middle as half as much."""
        return self.sign == "*" or (not self.sign and 0 < self.low <= self.high / FAR)

    @property
    def ends(self) -> str:
        """The range as people read it: `10 to 60`, `× 0.7 to 1.4`."""
        sign = {"*": "× ", "+": "plus "}.get(self.sign, "")
        return f"{sign}{self.low:g} to {self.high:g}"


def range_of(key: str, ends: Sequence[int | float | str]) -> Range:
    """Return what a key and its two ends in the file say.

    Raises:
        ValueError: for ends that are no numbers, are not of a kind, or stand the wrong way round.
    """
    signs = {end[0] if isinstance(end, str) and end[0] in SIGNS else "" for end in ends}
    if len(signs) > 1:
        raise ValueError(
            'both ends must be factors such as "*0.7", additions such as "+2", or neither'
        )
    sign = signs.pop()
    low, high = (_number(end, sign) for end in ends)
    if not low < high:
        raise ValueError(f"the low end must come first, and be less (got {low:g} and {high:g})")
    if sign == "*" and low <= 0:
        raise ValueError(f"a factor must be more than 0 (got {low:g})")
    return Range(key, sign, low, high)


def _number(end: int | float | str, sign: str) -> float:
    try:
        value = float(end.removeprefix(sign)) if isinstance(end, str) else float(end)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise ValueError(
            f'expected two numbers, factors such as "*0.7" or additions such as "+2" (got "{end}")'
        )
    return value


def still_unknown(ranges: Mapping[str, Ends], changes: Iterable[str]) -> dict[str, Ends]:
    """Return the ranges that are left when some keys are set (`key=value`).

    What is set to a value is known now. What is moved by a factor or an addition is as little known as it
    was, and keeps a range that is relative to it.
    """
    left = dict(ranges)
    for change in changes:
        own = _spoken(key_of(change))
        relative = value_of(change)[:1] in SIGNS
        for key in [key for key in left if _spoken(key) == own]:
            if not (relative and range_of(key, left[key]).sign):
                del left[key]
    return left


def _spoken(key: str) -> tuple[str, ...]:
    return tuple(plain(part) for part in parts_of(key))
