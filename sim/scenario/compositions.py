"""Policies that a scenario writes itself: rules for incidents, with a reserve and people on duty.

What they mean is `sim.policy.composed`; here is how they are written, and what cannot be.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from itertools import product
from typing import Annotated, Literal

from pydantic import Field, ValidationInfo, field_validator, model_validator

from sim.scenario.parts import BelowError, Name, SchemaPart, Severity, Share

MAX_RULES = 8
MAX_TIMES = 8
"""Times of day at which all rules of a policy look at what waits."""


_TIME = re.compile(r"([01]?\d|2[0-3]):[0-5]\d")


class Reserve(SchemaPart):
    """Capacity kept back at planning: a share of it, or as much as covers a share of sprints."""

    share: Share = 0.0
    quantile: Annotated[
        Share, Field(description="of sprints that it is to cover, by the last ones; 0: the share")
    ] = 0.0
    sprints: Annotated[int, Field(ge=1, le=20, description="that the quantile looks at")] = 20
    for_absence: Annotated[
        bool, Field(description="also keep back what absence is likely to cost")
    ] = False

    @model_validator(mode="after")
    def _keeps_something(self) -> Reserve:
        if not (self.share or self.quantile or self.for_absence):
            raise ValueError("must keep something back: a share, a quantile, or for_absence")
        return self


class Duty(SchemaPart):
    """Who serves support, and what they do while it is quiet."""

    people: Annotated[
        int,
        Field(
            ge=0, le=5_000, description="at a time; 0, of the organisation: as many as are needed"
        ),
    ] = 1
    of: Annotated[
        Literal["team", "organisation", "teams"],
        Field(description="of each team, of all teams together, or whole teams by turns"),
    ] = "team"
    turn_sprints: Annotated[
        int, Field(ge=0, le=26, description="that a turn lasts; 0: the same people for good")
    ] = 1
    most: Annotated[
        int | None, Field(ge=1, le=5_000, description="in a busy sprint, by the team's review")
    ] = None
    useful: Annotated[
        float, Field(ge=0.05, le=1, description="of a person's time that support can fill")
    ] = 0.6
    debt_share: Annotated[
        Share, Field(description="of capacity for improvements while more are on duty than usual")
    ] = 0.2
    wip_limit: Annotated[
        float | None,
        Field(
            ge=0.1, le=10, description="incidents in progress a person, beyond which none is begun"
        ),
    ] = None
    quiet: Literal["nothing", "improvements", "stories"] = "stories"

    @field_validator("of")
    @classmethod
    def _as_many_as_needed(cls, of: str, info: ValidationInfo) -> str:
        if info.data.get("people") == 0 and of != "organisation":
            raise ValueError('must be "organisation" where people = 0, as many as the load needs')
        return of

    @field_validator("turn_sprints")
    @classmethod
    def _teams_take_turns(cls, sprints: int, info: ValidationInfo) -> int:
        if sprints == 0 and info.data.get("of") == "teams":
            raise ValueError("must be 1 or more where whole teams take turns")
        return sprints

    @field_validator("most")
    @classmethod
    def _no_fewer(cls, most: int | None, info: ValidationInfo) -> int | None:
        if most is None:
            return most
        if info.data.get("of") != "team" or info.data.get("turn_sprints") == 0:
            raise ValueError('can be where people of each team take turns (of = "team")')
        if most < info.data.get("people", 1):
            raise ValueError(f"must be at least people, {info.data.get('people')}")
        return most


class Rule(SchemaPart):
    """What becomes of incidents, and who takes them; of several rules the first that matches."""

    severity: Annotated[list[Severity] | None, Field(min_length=1)] = None
    kind: Annotated[list[Name] | None, Field(min_length=1)] = None
    hours: Annotated[
        Literal["open", "closed"] | None, Field(description="when it is to be decided")
    ] = None
    unplanned_over: Annotated[
        float | None,
        Field(ge=0, le=5, description="of the sprint's capacity that came in unplanned"),
    ] = None
    outgrown: Annotated[
        bool | None, Field(description="whether it took longer than the time box")
    ] = None
    do: Literal["defer", "queue", "interrupt", "swap", "cancel"] = "queue"
    at_times: Annotated[
        list[str],
        Field(
            max_length=MAX_TIMES, description="of day, before which it waits; or for the planning"
        ),
    ] = []
    who: Annotated[
        Literal["duty", "team", "anyone", "turn"],
        Field(description="may work on it; turn: whoever's turn it is in its team"),
    ] = "team"
    people: Annotated[int | None, Field(ge=1, le=50, description="who work on it together")] = None
    hand_over: Annotated[bool, Field(description="at closing time, to whoever is at work next")] = (
        False
    )
    within_reserve: Annotated[
        bool, Field(description="only if it fits what is left of the reserve; beyond it: defer")
    ] = False
    while_reserve_lasts: Annotated[
        bool, Field(description="only while anything is left of the reserve; beyond it: defer")
    ] = False

    @model_validator(mode="before")
    @classmethod
    def _says_what_to_do(cls, table: object) -> object:
        if isinstance(table, dict) and not {"do", "at_times"} & set(table):
            raise ValueError('must say what to do: do = "queue", or at_times = ["10:00"]')
        return table

    @field_validator("at_times")
    @classmethod
    def _are_times(cls, times: list[str], info: ValidationInfo) -> list[str]:
        for time in times:
            if not _TIME.fullmatch(time):
                raise ValueError(f"must be times of day such as 10:00 (got '{time}')")
        if times and info.data.get("do") == "defer":
            raise ValueError('need something to be done then: leave out do = "defer"')
        return times

    @field_validator("within_reserve", "while_reserve_lasts")
    @classmethod
    def _is_queued(cls, kept: bool, info: ValidationInfo) -> bool:
        if kept and info.data.get("do") not in ("queue", "interrupt"):
            raise ValueError('can be with do = "queue" or "interrupt"')
        return kept

    def cases(
        self, cuts: Collection[float], kinds: Collection[str]
    ) -> Iterator[tuple[object, ...]]:
        """Every case that the rule matches, of those that rules can tell apart."""
        over = self.unplanned_over
        return product(
            self.severity or range(1, 6),
            self.kind or kinds,
            [self.hours] if self.hours else ["open", "closed"],
            [cut for cut in (-1.0, *cuts) if over is None or cut >= over],
            (False, True) if self.outgrown is None else [self.outgrown],
        )


class Composition(SchemaPart):
    """A policy without Python: what is done with incidents, and by whom."""

    title: Annotated[str, Field(max_length=80)] = ""
    about: Annotated[str, Field(max_length=2_000)] = ""
    sprints: Annotated[bool, Field(description="whether stories are committed at plannings")] = True
    queue: Annotated[Literal["team", "organisation"], Field(description="where incidents wait")] = (
        "team"
    )
    wip_limit: Annotated[
        float | None,
        Field(
            ge=0.1, le=10, description="items in progress a developer, beyond which none is begun"
        ),
    ] = None
    time_box_hours: Annotated[
        float | None, Field(ge=0.25, le=40, description="after which an incident is decided anew")
    ] = None
    reserve: Reserve | None = None
    duty: Duty | None = None
    rules: Annotated[list[Rule], Field(min_length=1, max_length=MAX_RULES)]
    set: Annotated[
        dict[str, int | float | str], Field(description="values of its parameters, by name")
    ] = {}

    @field_validator("rules")
    @classmethod
    def _fit_together(cls, rules: list[Rule], info: ValidationInfo) -> list[Rule]:
        for number, rule in enumerate(rules):
            for key, fault in _faults(rule, info.data):
                raise BelowError(f"{number}.{key}", fault)
        if info.data.get("duty") and all(rule.who != "duty" for rule in rules):
            raise ValueError('need one with who = "duty", as there are people on duty')
        if len({time for rule in rules for time in rule.at_times}) > MAX_TIMES:
            raise ValueError(f"can name at most {MAX_TIMES} times of day")
        _check_reached(rules)
        return rules


def _faults(rule: Rule, others: dict[str, object]) -> Iterator[tuple[str, str]]:
    if rule.who == "duty" and others.get("duty", 0) is None:
        yield "who", 'must not be "duty" where nobody is on duty (duty = { people = 1 })'
    for key in ("within_reserve", "while_reserve_lasts"):
        if getattr(rule, key) and others.get("reserve", 0) is None:
            yield key, "needs a reserve to be kept (reserve = { share = 0.2 })"
    if rule.outgrown and others.get("time_box_hours", 0) is None:
        yield "outgrown", "needs a time box to outgrow (time_box_hours = 2)"


def _check_reached(rules: list[Rule]) -> None:
    cuts = sorted({rule.unplanned_over for rule in rules if rule.unplanned_over is not None})
    kinds = {kind for rule in rules for kind in rule.kind or ()} | {""}
    met: set[tuple[object, ...]] = set()
    for number, rule in enumerate(rules):
        cases = set(rule.cases(cuts, kinds))
        if cases <= met:
            raise BelowError(
                str(number), "is never reached: rules before it match all that it would"
            )
        met |= cases
