"""The contract of a policy: a record of parameters and the decisions it takes.

Whatever a policy leaves out is plain Scrum, and costs nothing. A decision is a plain function over small
read-only views (`sim.policy.views`) and the parameter record `p`. Everything in them is a whole number:
seconds, per mille, counts, ids; so a decision means the same in every engine. Keep decisions to arithmetic,
comparisons, `if` and `for`, so that they can be compiled. The same views must get the same answer:
no random numbers and no clock, nothing kept between calls, which are refused; else the same seed no
longer gives the same figures. It may call functions of its own, for which the same holds. What would not
mean the same compiled (powers of floats, text, lists, `try`) is not compiled: the policy runs on SimPy.

| decision | asked | answers |
|---|---|---|
| `on_duty(developer, sprint, p)` | each planning, of each developer; when the team's presence changes | serves support this sprint? |
| `reserve(team, sprint, p)` | each planning | focus seconds kept back from stories |
| `improve(team, sprint, p)` | each planning | focus seconds set aside for improvements |
| `route(incident, team, now, p)` | arrival, reopening, escalation, reserve used up, time box outgrown, a look at what was deferred | DEFER, QUEUE, SWAP, INTERRUPT, CANCEL; `labelled(QUEUE, 3)` writes 3 on the incident |
| `people(incident, p)` | an incident first enters a queue | how many work on it together; its effort is shared out |
| `rank(incident, now, p)` | an incident enters a queue | its place there: the least comes first, then the oldest |
| `takes(developer, incident, p)` | handing out work | may this person work on it? |
| `picks(developer, story, team, p)` | handing out work | may this person take this story? |
| `next_work(developer, team, p)` | a developer is free | INCIDENT_FIRST, STORY_FIRST or NOTHING_NEW |
| `shift(incident, developer, now, p)` | closing time, of each developer on an incident | hand it over, for whoever is at work next? |
| `note(team, event, incident, waited, now, p)` | an incident comes to its team, is first started, ends: ARRIVED, STARTED, ENDED | the team's level from now on |
| `review(team, sprint, p)` | end of each sprint; `sprint` is the one about to begin | the team's level from now on, any whole number; `team.level` and `sprint.level` have it |

The level is a policy's only memory. `review` can also hand a number on to the decisions that see no
sprint: one that answers `sprint.begins` tells `route` how old the sprint is, `now - team.level` (in the
first sprint, 0).
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, NamedTuple

from sim.policy.parameters import (
    IMPROVEMENT_SHARE,
    QUIET,
    STORIES,
    Parameter,
    PolicyError,
    Value,
    shown,
)
from sim.policy.records import MAX_PARAMETERS, record_of
from sim.policy.views import DeveloperView, IncidentView, SprintView, StoryView, TeamView

DEFER, QUEUE, INTERRUPT, SWAP, CANCEL = 0, 1, 2, 4, 5
"""What can become of an incident. Wait for the next planning; wait for the next free developer; take
a developer from other work; enter the sprint in exchange for stories that nobody has begun (where
there are enough; else it waits for the planning); abandon the sprint for it and plan anew."""

INCIDENT_FIRST, STORY_FIRST, NOTHING_NEW = 0, 1, 2
"""What a free developer looks for first. NOTHING_NEW: at most what was begun and waits to be gone on
with."""

ARRIVED, STARTED, ENDED = 0, 1, 2
"""What `note` is told of: an incident has come to its team; somebody has started on it for the first
time; it was resolved or withdrawn."""

DECISIONS = (
    "on_duty",
    "reserve",
    "improve",
    "route",
    "takes",
    "next_work",
    "review",
    "rank",
    "picks",
    "people",
    "note",
    "shift",
)
"""What a policy may decide, in the order in which engines hold them."""

LABEL = 1 << 20
"""What `route` answers is an action, and a label times this: so far above any action that no slip of an
answer looks like a label."""

MAX_LABEL = 999

MAX_PEOPLE = 50
"""Who can work on an incident together."""

MAX_LOOKS = 8
"""Times of day at which a policy can look at what was deferred."""


def labelled(action: int, label: int) -> int:
    """The answer of `route` that also writes a number, from 0 to 999, on the incident: views of it
    have it as `label` until `route` is asked again."""
    return action + LABEL * label


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


def plain_rank(incident: IncidentView, now: int, p: Any) -> int:
    """Put the worst severity first."""
    return incident.severity


def plain_picks(developer: DeveloperView, story: StoryView, team: TeamView, p: Any) -> bool:
    """Let whoever is not on duty take stories; and who is, where `quiet` says so."""
    return developer.on_duty == 0 or bool(p.quiet == STORIES)


def plain_people(incident: IncidentView, p: Any) -> int:
    """Have as many work on an incident as its kind needs."""
    return incident.people


def plain_note(
    team: TeamView, event: int, incident: IncidentView, waited: int, now: int, p: Any
) -> int:
    """Leave the team's level as it is."""
    return team.level


def plain_shift(incident: IncidentView, developer: DeveloperView, now: int, p: Any) -> bool:
    """Keep the incident over night."""
    return False


class Site(NamedTuple):
    """What a policy is told of an organisation before time 0."""

    kinds: tuple[str, ...] = ()
    """The names of the kinds of incidents, in the scenario's order."""
    support: int = 1
    """As many people as a support team needs for the load that is expected: see
    `sim.sampling.expected_load`."""


NOWHERE = Site()


_TIME = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")


def second_of_day(time: str | int) -> int:
    """The second of the day of a time such as `15:00`, or of what is one already.

    Raises:
        PolicyError: for what is no time of day.
    """
    if isinstance(time, int) and not isinstance(time, bool) and 0 <= time < 24 * 3_600:
        return time
    found = _TIME.fullmatch(time) if isinstance(time, str) else None
    if found is None:
        raise PolicyError(f"'{time}' is no time of day; write it as 09:30")
    return 3_600 * int(found[1]) + 60 * int(found[2])


def _arguments(function: Callable[..., Any]) -> str:
    return f"({', '.join(inspect.signature(function).parameters)})"


_FIRST = ("improvement_share", "quiet")


@dataclass(frozen=True)
class Policy:
    """A support policy: who does unplanned work, and when."""

    id: str
    title: str = ""
    about: str = ""
    """The practice, who argues for it and what it costs; shown by `firelane policies ID`."""
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    """Its own; `improvement_share` is added to them, and `quiet` where people are put on duty."""
    settings: Mapping[str, Value] = field(default_factory=dict)
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
    sized: str = ""
    """Name of the parameter with the people of a support team that, at 0, is as many as the expected
    load needs."""
    looks_at: Sequence[str | int] = ()
    """Times of day, such as `("10:00", "15:00")` or in seconds, at which what was deferred is routed
    again."""
    more_people_help: bool = field(default=False, compare=False)
    """A claim that changes nothing, and that `firelane check` holds the policy to: with one more developer in each team
    incidents are answered no later, on average."""
    on_duty: Callable[[DeveloperView, SprintView, Any], bool] = plain_on_duty
    reserve: Callable[[TeamView, SprintView, Any], int] = plain_reserve
    improve: Callable[[TeamView, SprintView, Any], int] = plain_improve
    route: Callable[[IncidentView, TeamView, int, Any], int] = plain_route
    takes: Callable[[DeveloperView, IncidentView, Any], bool] = plain_takes
    next_work: Callable[[DeveloperView, TeamView, Any], int] = plain_next_work
    review: Callable[[TeamView, SprintView, Any], int] = plain_review
    rank: Callable[[IncidentView, int, Any], int] = plain_rank
    picks: Callable[[DeveloperView, StoryView, TeamView, Any], bool] = plain_picks
    people: Callable[[IncidentView, Any], int] = plain_people
    note: Callable[[TeamView, int, IncidentView, int, int, Any], int] = plain_note
    shift: Callable[[IncidentView, DeveloperView, int, Any], bool] = plain_shift

    def __post_init__(self) -> None:
        parameters = {**self.parameters}
        parameters.setdefault("improvement_share", IMPROVEMENT_SHARE)
        if self.on_duty is not plain_on_duty:
            parameters.setdefault("quiet", QUIET)
        object.__setattr__(self, "parameters", parameters)
        if len(parameters) > MAX_PARAMETERS:
            raise PolicyError(
                f"{self.id}: has {len(parameters)} parameters with those that every one has; "
                f"at most {MAX_PARAMETERS} can be"
            )
        for name in parameters:
            if not name.isidentifier() or "__" in name or name.startswith("_"):
                raise PolicyError(
                    f"{self.id}: parameter '{name}' must be a name such as exempt_severity"
                )
        for use in ("time_box", "turns_last", "sized"):
            name = getattr(self, use)
            if name and name not in parameters:
                raise PolicyError(f"{self.id}: {use} names '{name}', which is no parameter of it")
        self._check_looks()
        for name in DECISIONS:
            self._check_arguments(name)
        self._check(self.settings)

    def _check_looks(self) -> None:
        if isinstance(self.looks_at, str) or len(self.looks_at) > MAX_LOOKS:
            raise PolicyError(
                f"{self.id}: looks_at must be up to {MAX_LOOKS} times of day, such as ('10:00', '15:00') "
                f"(got {self.looks_at!r})"
            )
        try:
            self.looks  # noqa: B018
        except PolicyError as error:
            raise PolicyError(f"{self.id}: looks_at: {error}") from None

    @property
    def shape(self) -> tuple[str, ...]:
        """What it is besides its parameters and decisions, as text."""
        rules = (self.queue, self.sprints, self.time_box, self.turns_last, self.sized)
        return (*map(str, rules), *map(str, self.looks_at))

    @property
    def looks(self) -> list[int]:
        """The seconds of the day at which it looks at what was deferred, in order."""
        return sorted({second_of_day(time) for time in self.looks_at})

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

    def _check(self, values: Mapping[str, Value]) -> None:
        for name, value in values.items():
            if name not in self.parameters:
                known = ", ".join(self.parameters) or "none"
                raise PolicyError(f"{self.id}: no parameter '{name}'; known are: {known}")
            self.parameters[name].check(f"{self.id}:{name}", value)

    def with_defaults(self, values: Mapping[str, Value]) -> Policy:
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

    def with_settings(self, /, **settings: Value) -> Policy:
        """The same policy with some parameters set.

        Raises:
            PolicyError: for an unknown parameter, or a value out of range.
        """
        return replace(self, settings={**self.settings, **settings})

    def without(self, name: str) -> Policy:
        """The same policy with a parameter at its default again."""
        return replace(self, settings={n: v for n, v in self.settings.items() if n != name})

    @property
    def values(self) -> dict[str, Value]:
        """Every parameter's value, in its unit."""
        return {n: self.settings.get(n, p.default) for n, p in self.parameters.items()}

    def counted(self, name: str, otherwise: int) -> int:
        """The value of a parameter as decisions see it; `otherwise` where it has none of the name."""
        if name not in self.parameters:
            return otherwise
        return self.parameters[name].counted(self.values[name])

    def check_kinds(self, kinds: Sequence[str]) -> None:
        """Refuse parameters that name a kind of incidents which a scenario has not.

        Raises:
            PolicyError: naming the parameter and the nearest kind.
        """
        for name, parameter in self.parameters.items():
            parameter.check_kind(f"{self.id}:{name}", self.values[name], kinds)

    @property
    def record_type(self) -> Any:
        """The class of the named tuple in which decisions see the parameters.

        `improvement_share` and `quiet` are first in all of them, so that plain Scrum's decisions can read
        any.
        """
        others = (name for name in self.parameters if name not in _FIRST)
        return record_of((*_FIRST, *others))

    def record(self, site: Site = NOWHERE) -> Any:
        """The values of the parameters as decisions see them: a named tuple `p` of whole numbers."""
        values = {
            name: parameter.counted(self.values[name], site.kinds)
            for name, parameter in self.parameters.items()
        }
        if self.sized and values[self.sized] == 0:
            values[self.sized] = site.support
        return self.record_type(**{"quiet": 0, **values})

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
        text = ",".join(f"{n}={shown(v)}" for n, v in self.settings.items())
        return f":{text}" if text else ""


PLAIN_SCRUM = Policy(id="plain-scrum", title="Plain Scrum")
"""A policy that decides nothing."""
