"""What is played on the page: a sprint under two policies, with what was thrown in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

from sim.errors import ScenarioError
from sim.policy.contract import Policy
from sim.report.boards import other_sprints, played, sprints_of
from sim.scenario.reading import changed, with_events
from sim.scenario.schema import Scenario
from sim.web.page_state import StateError, whole

MAX_CARDS = 20
"""Events that are thrown into one play."""

LONGEST_CARD = 200
"""Characters of one."""

FROM_THE_START = ["time.warmup_weeks=0"]
"""A play's weeks count from the first of all: a card may fall into any sprint."""


@dataclass(frozen=True)
class Play:
    """What is to be played: two policies by id, where and when, and the cards thrown in."""

    first: str
    second: str
    team: int = 0
    sprint: int = 0
    future: int = 0
    cards: tuple[str, ...] = ()

    @staticmethod
    def parse(query: str) -> Play:
        """Read a play from `a`, `b`, `team`, `sprint`, `future` and `event` (repeatable).

        Raises:
            StateError: naming everything that is not understood.
        """
        given = parse_qs(query, keep_blank_values=True)
        reasons, numbers = [], []
        for name, most in (("team", 10_000), ("sprint", 10_000), ("future", 99_999)):
            number = whole(given.get(name, ["0"])[-1], 0, most)
            numbers.append(number or 0)
            if number is None:
                reasons.append(f"{name}: must be a whole number from 0 to {most:,}")
        cards = tuple(given.get("event", []))
        if len(cards) > MAX_CARDS:
            reasons.append(f"event: {len(cards)} cards; at most {MAX_CARDS}")
        if any(len(card) > LONGEST_CARD for card in cards):
            reasons.append(f"event: a card has at most {LONGEST_CARD} characters")
        if reasons:
            raise StateError(*reasons)
        first, second = (given.get(name, [""])[-1] for name in ("a", "b"))
        team, sprint, future = numbers
        return Play(first, second, team, sprint, future, cards)

    def scenario(self, plain: Scenario) -> Scenario:
        """Return the scenario in which it is played.

        Raises:
            StateError: for a team or sprint that there is not, or a card that cannot be.
        """
        if self.team >= len(plain.teams) or self.sprint >= sprints_of(plain):
            raise StateError(
                f"there are {len(plain.teams)} teams and {sprints_of(plain)} sprints, counted from 0"
            )
        try:
            return with_events(changed(plain, FROM_THE_START), list(self.cards), plain.name)
        except ScenarioError as error:
            raise StateError(*(str(fault) for fault in error.faults)) from None

    def options(self) -> list[str]:
        """Return the options of `firelane story` that tell the same."""
        told = ["--set", *FROM_THE_START]
        told += [part for card in self.cards for part in ("--event", card)]
        return [*told, "--replication", str(self.future)]


def boards(
    scenario: Scenario, policies: tuple[Policy, Policy], play: Play, seed: int
) -> dict[str, Any]:
    """Return both boards; a worker's job."""
    return played(scenario, policies, play.team, play.sprint, seed, play.future)


def others(
    scenario: Scenario, policies: tuple[Policy, Policy], play: Play, seed: int
) -> dict[str, Any]:
    """Return how the two fare in other sprints; a worker's job."""
    return other_sprints(scenario, policies, play.team, play.sprint, seed, play.future)
