"""What a policy can be tuned by: numbers in the units people write, kinds of incidents, and choices."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from sim.errors import BadInputError, nearest


class PolicyError(BadInputError):
    """Raised for a policy that is not known, is misused, or answers what is no answer."""


Unit = Literal[
    "share", "people", "severity", "hours", "sprints", "items", "switch", "kind", "choice"
]

Value = float | str
"""What a parameter is set to: a number; the name of a kind of incidents, or of a choice."""

_SCALE: dict[Unit, int] = {
    "share": 1_000,
    "people": 1,
    "severity": 1,
    "hours": 3_600,
    "sprints": 1,
    "items": 1,
    "switch": 1,
}
"""How many of the decisions' whole numbers make one of the unit people write; a switch is 0 or 1."""

_NAMED: tuple[Unit, ...] = ("kind", "choice")

NO_KIND = -1
"""What a decision sees of a parameter of unit `kind` that is set to no kind."""


@dataclass(frozen=True)
class Parameter:
    """What a policy can be tuned by."""

    default: Value
    unit: Unit
    low: float = 0
    """The least value, of a number."""
    high: float = 0
    """The greatest value, of a number."""
    about: str = ""
    of_team: bool = False
    """Of people: those of each team, of whom a search leaves at least one to plan with."""
    exempts: bool = False
    """Of a severity: whether it says who is exempt from the policy, of which a search leaves the mildest to it, so that
    a policy stays what its name says."""
    choices: tuple[str, ...] = ()
    """The names to choose from, of a choice; a decision sees the position of the one that is set."""

    def __post_init__(self) -> None:
        if self.unit not in (*_SCALE, *_NAMED):
            raise PolicyError(
                f"unit '{self.unit}' of a parameter: must be one of {', '.join((*_SCALE, *_NAMED))}"
            )
        if (self.unit == "choice") != bool(self.choices):
            raise PolicyError(
                "a parameter of unit 'choice' names its choices, and no other has any"
            )
        self.check("default of a parameter", self.default)

    @property
    def is_number(self) -> bool:
        """Whether its values are numbers, which a search can try."""
        return self.unit in _SCALE

    @property
    def is_whole(self) -> bool:
        """Whether its values are whole numbers."""
        return _SCALE.get(self.unit) == 1

    @property
    def range(self) -> str:
        """The values it can have, in words."""
        if self.is_number:
            return f"{self.low:g} to {self.high:g}"
        return ", ".join(self.choices) if self.choices else "a kind of incidents"

    def check(self, name: str, value: Value) -> None:
        """Refuse a value that is out of range, or of another kind.

        Raises:
            PolicyError: naming the parameter, what was found and what would be right.
        """
        if self.unit == "choice" and value not in self.choices:
            raise PolicyError(
                f"{name}: must be one of {', '.join(self.choices)} (got {shown(value)})"
            )
        if self.unit == "kind" and not isinstance(value, str):
            raise PolicyError(
                f"{name}: must be the name of a kind of incidents (got {shown(value)})"
            )
        if self.is_number:
            self._check_number(name, value)

    def _check_number(self, name: str, value: Value) -> None:
        number = "a whole number" if self.is_whole else "a number"
        right = f"{name}: must be {number} from {self.low:g} to {self.high:g}"
        if isinstance(value, str):
            raise PolicyError(f"{right} (got '{value}')")
        whole = not self.is_whole or float(value).is_integer()
        if not math.isfinite(value) or not self.low <= value <= self.high or not whole:
            raise PolicyError(f"{right} (got {value:g})")

    def check_kind(self, name: str, value: Value, kinds: Sequence[str]) -> None:
        """Refuse the name of a kind that the scenario has not.

        Raises:
            PolicyError: naming the parameter, what was found and the nearest kind.
        """
        if self.unit == "kind" and value and value not in kinds:
            raise PolicyError(
                f"{name}: this scenario has no kind of incidents '{value}'"
                + nearest(str(value), list(kinds))
            )

    def counted(self, value: Value, kinds: Sequence[str] = ()) -> int:
        """The whole number that a decision sees of a value, where the scenario has these kinds."""
        if self.unit == "choice":
            return self.choices.index(str(value))
        if self.unit == "kind":
            return list(kinds).index(str(value)) if value in kinds else NO_KIND
        return round(float(value) * _SCALE[self.unit])


def shown(value: Value) -> str:
    """A value as people write it."""
    return value if isinstance(value, str) else f"{value:g}"


IMPROVEMENT_SHARE = Parameter(
    0, "share", 0, 1, "of the sprint's capacity that goes to improvements"
)
"""Every policy has it."""

NOTHING, IMPROVEMENTS, STORIES = 0, 1, 2
"""What people on duty turn to while no incident waits for them, as decisions see it: `p.quiet`."""

QUIET = Parameter(
    "stories",
    "choice",
    about="what people on duty turn to while it is quiet: improvements first, then stories",
    choices=("nothing", "improvements", "stories"),
)
"""Every policy has it that puts people on duty."""
