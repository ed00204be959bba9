"""The contract of a policy: a record of parameters and the decisions it takes.

Whatever a policy leaves out is plain Scrum. A decision is a plain function over small read-only
views and the parameter record `p`. Everything in them is a whole number: seconds, per mille,
counts, ids; so a decision means the same in every engine. Keep decisions to arithmetic,
comparisons, `if` and `for`, so that they can be compiled.

| decision | asked | answers |
|---|---|---|
| `on_duty(developer, sprint, p)` | each planning, of each developer | serves support this sprint? |
| `reserve(team, sprint, p)` | each planning | focus seconds kept back from stories |
| `route(incident, team, now, p)` | arrival, and when the reserve is used up | DEFER, QUEUE, INTERRUPT |
| `takes(developer, incident, p)` | handing out work | may this person work on it? |
| `next_work(developer, team, p)` | a developer is free | INCIDENT_FIRST or STORY_FIRST |
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, NamedTuple

from sim.records import MOST_PARAMETERS, record_of

DEFER, QUEUE, INTERRUPT = 0, 1, 2
"""Wait for the next planning; wait for the next free developer; take a developer from other work."""

INCIDENT_FIRST, STORY_FIRST = 0, 1


class DeveloperView(NamedTuple):
    """What a decision may know of a developer."""

    id: int
    team: int
    """Home team."""
    seat: int
    """Position within the team, from 0."""
    rank: int
    """Order in which people are taken when each team gives one in turn, from 0."""
    on_duty: int
    """1 while serving support this sprint (last sprint, when `on_duty` itself is asked)."""


class TeamView(NamedTuple):
    """What a decision may know of a team. Capacities in focus seconds."""

    id: int
    developers: int
    present: int
    """Developers not absent."""
    on_duty: int
    capacity: int
    """Of this sprint's present developers who are not on duty, ceremonies taken off."""
    reserve: int
    """Kept back at planning."""
    reserve_left: int
    """Reserve not yet promised to incidents or spent on them; below 0 once overdrawn."""
    deferred: int
    """Incidents waiting for the next planning."""


class SprintView(NamedTuple):
    """The sprint being planned."""

    number: int
    begins: int
    """Its planning, seconds."""
    ends: int
    """The next planning, seconds."""
    working: int
    """Working seconds of one developer in it."""


class IncidentView(NamedTuple):
    """What a decision may know of an incident. Its true effort is nobody's to know."""

    id: int
    kind: int
    severity: int
    """1 is worst."""
    team: int
    """Home team."""
    people: int
    opened: int
    expected: int
    """Mean effort of its kind, all people together, focus seconds."""
    deferrals: int
    """How many times it was sent to a next sprint."""


def plain_on_duty(developer: DeveloperView, sprint: SprintView, p: Any) -> bool:
    """Nobody serves support."""
    return False


def plain_reserve(team: TeamView, sprint: SprintView, p: Any) -> int:
    """Nothing is kept back."""
    return 0


def plain_route(incident: IncidentView, team: TeamView, now: int, p: Any) -> int:
    """The sprint is closed: everything waits for the next planning."""
    return DEFER


def plain_takes(developer: DeveloperView, incident: IncidentView, p: Any) -> bool:
    """A team looks after its own."""
    return developer.team == incident.team


def plain_next_work(developer: DeveloperView, team: TeamView, p: Any) -> int:
    """Incidents that were admitted stand at the top of the sprint backlog."""
    return INCIDENT_FIRST


class PolicyError(Exception):
    """A policy that is not known, is misused, or answers what is no answer."""


Unit = Literal["share", "people", "severity"]

_SCALE: dict[Unit, int] = {"share": 1_000, "people": 1, "severity": 1}
"""How many of the decisions' whole numbers make one of the unit people write."""


@dataclass(frozen=True)
class Parameter:
    """One number a policy can be tuned by."""

    default: float
    unit: Unit
    low: float
    high: float
    about: str

    def check(self, name: str, value: float) -> None:
        """Refuse a value out of range.

        Raises:
            PolicyError: naming the parameter, what was found and what would be right.
        """
        whole = _SCALE[self.unit] > 1 or float(value).is_integer()
        if not math.isfinite(value) or not self.low <= value <= self.high or not whole:
            number = "a number" if _SCALE[self.unit] > 1 else "a whole number"
            raise PolicyError(
                f"{name}: must be {number} from {self.low:g} to {self.high:g} (got {value:g})"
            )

    def counted(self, value: float) -> int:
        """The whole number a decision sees."""
        return round(value * _SCALE[self.unit])


@dataclass(frozen=True)
class Policy:
    """A support policy: who does unplanned work, and when."""

    id: str
    title: str = ""
    about: str = ""
    """The practice, who argues for it and what it costs; shown by `firelane policies ID`."""
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    settings: Mapping[str, float] = field(default_factory=dict)
    """Values that differ from the parameters' defaults, in the parameters' units."""
    queue: Literal["team", "organisation"] = "team"
    """Whether incidents wait with their home team, or all in one place."""
    on_duty: Callable[[DeveloperView, SprintView, Any], bool] = plain_on_duty
    reserve: Callable[[TeamView, SprintView, Any], int] = plain_reserve
    route: Callable[[IncidentView, TeamView, int, Any], int] = plain_route
    takes: Callable[[DeveloperView, IncidentView, Any], bool] = plain_takes
    next_work: Callable[[DeveloperView, TeamView, Any], int] = plain_next_work

    def __post_init__(self) -> None:
        if len(self.parameters) > MOST_PARAMETERS:
            raise PolicyError(
                f"{self.id}: has {len(self.parameters)} parameters; at most {MOST_PARAMETERS} can be"
            )
        for name in self.parameters:
            if not name.isidentifier() or "__" in name or name.startswith("_"):
                raise PolicyError(
                    f"{self.id}: parameter '{name}' must be a name such as exempt_severity"
                )
        self._check(self.settings)

    def _check(self, values: Mapping[str, float]) -> None:
        for name, value in values.items():
            if name not in self.parameters:
                known = ", ".join(self.parameters) or "none"
                raise PolicyError(f"{self.id}: no parameter '{name}'; known are: {known}")
            self.parameters[name].check(f"{self.id}:{name}", value)

    def with_defaults(self, values: Mapping[str, float]) -> Policy:
        """The same policy with other defaults, which its label does not mention.

        Raises:
            PolicyError: for an unknown parameter, or a value out of range.
        """
        self._check(values)
        parameters = {
            name: replace(parameter, default=values.get(name, parameter.default))
            for name, parameter in self.parameters.items()
        }
        return replace(self, parameters=parameters)

    def with_settings(self, **settings: float) -> Policy:
        """The same policy with some parameters set.

        Raises:
            PolicyError: for an unknown parameter, or a value out of range.
        """
        return replace(self, settings={**self.settings, **settings})

    @property
    def values(self) -> dict[str, float]:
        """Every parameter's value, in its unit."""
        return {n: self.settings.get(n, p.default) for n, p in self.parameters.items()}

    def record(self) -> Any:
        """The parameters as decisions see them: a named tuple `p` of whole numbers."""
        counted = [self.parameters[name].counted(v) for name, v in self.values.items()]
        return record_of(tuple(self.parameters))(*counted)

    @property
    def label(self) -> str:
        """The name with whatever was set: `reserved-buffer:share=0.3`."""
        if not self.settings:
            return self.id
        return f"{self.id}:" + ",".join(f"{n}={v:g}" for n, v in self.settings.items())


def refused(policy: Policy, answer: object) -> PolicyError:
    """What to raise when `route` gave an answer that is none."""
    return PolicyError(
        f"{policy.id}: route answered {answer}; must be DEFER (0), QUEUE (1) or INTERRUPT (2)"
    )


PLAIN_SCRUM = Policy(id="plain-scrum", title="Plain Scrum")
"""A policy that decides nothing."""
