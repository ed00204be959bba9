"""What every table of a scenario is made of: names, amounts, and what they all obey."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

from sim.errors import FirelaneError
from sim.files.plain_text import has_controls

Name = Annotated[str, Field(min_length=1, max_length=80)]
Severity = Annotated[int, Field(ge=1, le=5)]

LARGEST = 1e9
"""No amount in a scenario is larger, so that sums and products stay numbers."""

Positive = Annotated[float, Field(gt=0, le=LARGEST)]
NotNegative = Annotated[float, Field(ge=0, le=LARGEST)]
Share = Annotated[float, Field(ge=0, le=1)]


class BelowError(FirelaneError, ValueError):
    """Raised by a validator for something that stands further down: `below` is the rest of its key."""

    def __init__(self, below: str, text: str) -> None:
        super().__init__(text)
        self.below = below


class SchemaPart(BaseModel):
    """What every table of a scenario obeys: exact types, no unknown keys, no NaN, read-only."""

    model_config = ConfigDict(
        strict=True,
        extra="forbid",
        frozen=True,
        allow_inf_nan=False,
        validate_default=True,
    )

    @model_validator(mode="before")
    @classmethod
    def _readable(cls, table: Any) -> Any:
        for key, value in table.items() if isinstance(table, dict) else ():
            if isinstance(value, str) and has_controls(value):
                raise ValueError(f"{key} holds a control character; expected text that can be read")
        return table
