"""A price for what comes in, and the people that it pays for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from sim.scenario.parts import Name, Positive, SchemaPart
from sim.scenario.people_and_plans import MAX_DEVELOPERS
from sim.scenario.unplanned_work import FirstLine, IncidentKind

WEEKS_A_YEAR = 52

ROUNDING = 1e-9
"""Of a person: what a quotient of decimal fractions may lack of a whole number."""


class PaysFor(SchemaPart):
    """A price of incidents, and the people whom it pays; money is in the scenario's currency."""

    team: Annotated[Name, Field(description="whom they join; a new team where there is none")]
    price: Annotated[Positive, Field(description="of an incident")]
    kinds: Annotated[
        list[Name],
        Field(min_length=1, max_length=200, description="that are paid for, past the first line"),
    ]
    person_cost_per_year: Annotated[Positive, Field(description="of a person, with everything")]

    def brings_in(self, kinds: Sequence[IncidentKind], desk: FirstLine) -> float:
        """The money of a year; what the first line settles is not sold."""
        sold = (
            kind.per_week * (1 - desk.deflect_rate * kind.first_line)
            for kind in kinds
            if kind.kind in self.kinds
        )
        return self.price * sum(sold) * WEEKS_A_YEAR


@dataclass(frozen=True)
class Paid:
    """What the price of a pulled lever pays for."""

    lever: str
    price: PaysFor
    income: float
    """money a year"""
    is_new: bool
    """the team did not exist"""

    @property
    def people(self) -> float:
        """The people for whom it suffices."""
        return self.income / self.price.person_cost_per_year

    @property
    def joining(self) -> int:
        """The whole people among them; where a team may not have as many, one more than it may."""
        return int(min(self.people + ROUNDING, MAX_DEVELOPERS + 1))

    @property
    def left(self) -> float:
        """The money of a year beyond these."""
        return max(self.income - self.joining * self.price.person_cost_per_year, 0.0)
