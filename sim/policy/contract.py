"""The contract of a policy: a record of parameters and the decisions it takes.

Whatever a policy leaves out is plain Scrum. A decision is a plain function over small read-only
views and the parameter record `p`. Everything in them is a whole number: seconds, per mille,
counts, ids; so a decision means the same in every engine. Keep decisions to arithmetic,
comparisons, `if` and `for`, so that they can be compiled. The same views must get the same answer:
no random numbers and no clock, nothing kept between calls, which are refused; else the same seed no
longer gives the same figures. It may call functions of its own, for which the same holds. What would not
mean the same compiled (powers of floats, text, lists, `try`) is not compiled: the policy runs on SimPy.

| decision | asked | answers |
|---|---|---|
| `on_duty(developer, sprint, p)` | each planning, of each developer; when the team's presence changes | serves support this sprint? |
| `reserve(team, sprint, p)` | each planning | focus seconds kept back from stories |
| `improve(team, sprint, p)` | each planning | focus seconds set aside for improvements |
| `route(incident, team, now, p)` | arrival, reopening, escalation, reserve used up, time box outgrown | DEFER, QUEUE, SWAP, INTERRUPT, CANCEL |
| `takes(developer, incident, p)` | handing out work | may this person work on it? |
| `next_work(developer, team, p)` | a developer is free | INCIDENT_FIRST, STORY_FIRST or NOTHING_NEW |
| `review(team, sprint, p)` | end of each sprint; `sprint` is the one about to begin | the team's level from now on, any whole number; `team.level` and `sprint.level` have it |

So `review` can also hand a number on to the decisions that see no sprint: one that answers
`sprint.begins` tells `route` how old the sprint is, `now - team.level` (in the first sprint, 0).
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, NamedTuple

from sim.errors import BadInputError
from sim.policy.records import MAX_PARAMETERS, record_of

DEFER, QUEUE, INTERRUPT, SWAP, CANCEL = 0, 1, 2, 4, 5
"""What can become of an incident. Wait for the next planning; wait for the next free developer; take
a developer from other work; enter the sprint in exchange for stories that nobody has begun (where
there are enough; else it waits for the planning); abandon the sprint for it and plan anew."""

INCIDENT_FIRST, STORY_FIRST, NOTHING_NEW = 0, 1, 2
"""What a free developer looks for first. NOTHING_NEW: at most the story they had put aside."""

DECISIONS = ("on_duty", "reserve", "improve", "route", "takes", "next_work", "review")
"""What a policy may decide, in the order in which engines hold them."""

HISTORY = 6
"""Past sprints that a view remembers."""


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
    """1 while serving support this sprint (so far, when `on_duty` itself is asked)."""
    turn: int
    """Place in the team's rotation among those present, from 0, moved on by one each sprint, or each
    `turns_last` sprints; the absent have the size of the team."""


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
    waiting: int
    """Incidents of the team that wait in a queue."""
    in_progress: int
    """Stories and the team's incidents that were begun and are not done."""
    support_in_progress: int
    """Incidents that were begun and are not done, of all who share the team's queue."""
    unstarted: int
    """Estimate of the committed stories that nobody has begun, focus seconds."""
    unplanned: int
    """Mean effort of the kinds of incidents that came to the team since planning, focus seconds."""
    level: int
    """What `review` answered last; 0 before the first."""


class SprintView(NamedTuple):
    """The sprint being planned, and what the last ones were like for the team."""

    number: int
    begins: int
    """Its planning, seconds."""
    ends: int
    """The next planning, seconds."""
    working: int
    """Working seconds of one developer in it."""
    level: int
    """Of the team."""
    developers: int
    """In the team."""
    organisation: int
    """Developers of all teams."""
    teams: int
    absence: int
    """Per mille of working time that people are expected to be away."""
    history: int
    """Of how many past sprints the loads are known."""
    load_1: int
    """Mean effort of the kinds of incidents that came to the team last sprint, focus seconds."""
    load_2: int
    """The same a sprint earlier; and so on. Those from `load_1` on can be had as `sprint[LOADS + n]`."""
    load_3: int
    load_4: int
    load_5: int
    load_6: int


LOADS = SprintView._fields.index("load_1")


class IncidentView(NamedTuple):
    """What a decision may know of an incident. Its true effort is nobody's to know."""

    id: int
    kind: int
    severity: int
    """1 is worst; one less after it was escalated."""
    team: int
    """Home team."""
    people: int
    opened: int
    expected: int
    """Mean effort of its kind, all people together, focus seconds."""
    deferrals: int
    """How many times it was sent to a next sprint."""
    escalated: int
    """1 after its customer lost patience."""
    outgrown: int
    """1 after it took longer than the policy's time box."""


def plain_on_duty(developer: DeveloperView, sprint: SprintView, p: Any) -> bool:
    """Answer that nobody serves support."""
    return False


def plain_reserve(team: TeamView, sprint: SprintView, p: Any) -> int:
    """Keep nothing back from stories."""
    return 0


def plain_improve(team: TeamView, sprint: SprintView, p: Any) -> int:
    """Set aside, in focus seconds, the share that every policy has a parameter for."""
    answer: int = team.capacity * p.improvement_share // 1000
    return answer


def plain_route(incident: IncidentView, team: TeamView, now: int, p: Any) -> int:
    """Defer every incident: the sprint is closed, and all wait for the next planning."""
    return DEFER


def plain_takes(developer: DeveloperView, incident: IncidentView, p: Any) -> bool:
    """Let a team look after its own incidents alone."""
    return developer.team == incident.team


def plain_next_work(developer: DeveloperView, team: TeamView, p: Any) -> int:
    """Put incidents first: those that were admitted stand at the top of the sprint backlog."""
    return INCIDENT_FIRST


def plain_review(team: TeamView, sprint: SprintView, p: Any) -> int:
    """Leave the team's level as it is."""
    return team.level


def _arguments(function: Callable[..., Any]) -> str:
    return f"({', '.join(inspect.signature(function).parameters)})"


class PolicyError(BadInputError):
    """Raised for a policy that is not known, is misused, or answers what is no answer."""


Unit = Literal["share", "people", "severity", "hours", "sprints", "items", "switch"]

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


@dataclass(frozen=True)
class Parameter:
    """A number that a policy can be tuned by."""

    default: float
    unit: Unit
    low: float
    high: float
    about: str

    def __post_init__(self) -> None:
        if self.unit not in _SCALE:
            raise PolicyError(
                f"unit '{self.unit}' of a parameter: must be one of {', '.join(_SCALE)}"
            )
        self.check("default of a parameter", self.default)

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
        """The whole number that a decision sees of a value."""
        return round(value * _SCALE[self.unit])


IMPROVEMENT_SHARE = Parameter(
    0, "share", 0, 1, "of the sprint's capacity that goes to improvements"
)
"""Every policy has it."""


@dataclass(frozen=True)
class Policy:
    """A support policy: who does unplanned work, and when."""

    id: str
    title: str = ""
    about: str = ""
    """The practice, who argues for it and what it costs; shown by `firelane policies ID`."""
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    """Its own; `improvement_share` is added to them."""
    settings: Mapping[str, float] = field(default_factory=dict)
    """Values that differ from the parameters' defaults, in the parameters' units."""
    queue: Literal["team", "organisation"] = "team"
    """Whether incidents wait with their home team, or all in one place."""
    file: str = field(default="", compare=False)
    """The Python file it was read from, as it was named."""
    sprints: bool = True
    """Whether stories are committed at plannings; without, each is pulled when somebody is free."""
    time_box: str = ""
    """Name of the parameter with the hours after which an incident goes back to be routed, unless it
    was committed at a planning or needs several people."""
    turns_last: str = ""
    """Name of the parameter with the number of sprints that a turn in the rotation lasts."""
    on_duty: Callable[[DeveloperView, SprintView, Any], bool] = plain_on_duty
    reserve: Callable[[TeamView, SprintView, Any], int] = plain_reserve
    improve: Callable[[TeamView, SprintView, Any], int] = plain_improve
    route: Callable[[IncidentView, TeamView, int, Any], int] = plain_route
    takes: Callable[[DeveloperView, IncidentView, Any], bool] = plain_takes
    next_work: Callable[[DeveloperView, TeamView, Any], int] = plain_next_work
    review: Callable[[TeamView, SprintView, Any], int] = plain_review

    def __post_init__(self) -> None:
        parameters = {**self.parameters}
        parameters.setdefault("improvement_share", IMPROVEMENT_SHARE)
        object.__setattr__(self, "parameters", parameters)
        if len(parameters) > MAX_PARAMETERS:
            raise PolicyError(
                f"{self.id}: has {len(parameters)} parameters with improvement_share; "
                f"at most {MAX_PARAMETERS} can be"
            )
        for name in parameters:
            if not name.isidentifier() or "__" in name or name.startswith("_"):
                raise PolicyError(
                    f"{self.id}: parameter '{name}' must be a name such as exempt_severity"
                )
        for use, name in (("time_box", self.time_box), ("turns_last", self.turns_last)):
            if name and name not in parameters:
                raise PolicyError(f"{self.id}: {use} names '{name}', which is no parameter of it")
        for name in DECISIONS:
            self._check_arguments(name)
        self._check(self.settings)

    def _check_arguments(self, decision: str) -> None:
        given, right = getattr(self, decision), getattr(Policy, decision)
        if given is right:
            return
        if not callable(given):
            raise PolicyError(
                f"{self.id}: {decision} must be a function "
                f"{decision}{_arguments(right)} (got {given!r})"
            )
        try:
            inspect.signature(given).bind(*inspect.signature(right).parameters)
        except TypeError:
            raise PolicyError(
                f"{self.id}: {decision}{_arguments(given)} cannot be asked; "
                f"must be {decision}{_arguments(right)}"
            ) from None
        except ValueError:  # nothing tells its arguments; asking will
            return

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

    def with_settings(self, /, **settings: float) -> Policy:
        """The same policy with some parameters set.

        Raises:
            PolicyError: for an unknown parameter, or a value out of range.
        """
        return replace(self, settings={**self.settings, **settings})

    @property
    def values(self) -> dict[str, float]:
        """Every parameter's value, in its unit."""
        return {n: self.settings.get(n, p.default) for n, p in self.parameters.items()}

    def counted(self, name: str, otherwise: int) -> int:
        """The value of a parameter as decisions see it; `otherwise` where no name is given."""
        return self.parameters[name].counted(self.values[name]) if name else otherwise

    def record(self) -> Any:
        """The values of the parameters as decisions see them: a named tuple `p` of whole numbers.

        `improvement_share` is first in all of them, so that plain Scrum's decisions can read any.
        """
        names = sorted(self.parameters, key=lambda name: name != "improvement_share")
        return record_of(tuple(names))(*(self.counted(name, 0) for name in names))

    @property
    def label(self) -> str:
        """The policy's name with whatever was set: `reserved-buffer:share=0.3`."""
        return self.id + self._set

    @property
    def spoken(self) -> str:
        """The words that name the policy on the command line."""
        return (self.file or self.id) + self._set

    @property
    def _set(self) -> str:
        text = ",".join(f"{n}={v:g}" for n, v in self.settings.items())
        return f":{text}" if text else ""


PLAIN_SCRUM = Policy(id="plain-scrum", title="Plain Scrum")
"""A policy that decides nothing."""
