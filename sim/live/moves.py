"""What each control of a live report moves, found by trying.

A control has a few stops. At each, the scenario is laid out anew (`sim.live.laid_out`), and what differs from the
report's own state is what that control moves. Numbers that several controls move are laid out for all their stops
together. So the page needs no model: it takes, of each number, the one that belongs to the stops at which the controls
stand, and has what `--set` would have given. That no number hangs on more than was found is looked at on stops drawn
at random.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import product
from math import prod
from typing import NamedTuple

import numpy as np

from sim.arrays import Ints
from sim.errors import BadInputError, FirelaneError
from sim.live.laid_out import Words, words_of_policies, words_of_scenario
from sim.policy.contract import Policy
from sim.policy.registry import policies_of, policy_in
from sim.scenario.reading import changed
from sim.scenario.schema import Scenario

MOST_TOGETHER = 1_000
"""States that are laid out for numbers which several controls move."""

ANCHORS = 2
"""States, drawn at random, around which each control is tried once more."""

LOOKS = 6
"""States, drawn at random, in which all is held against what was found."""


class NotLiveError(FirelaneError):
    """Raised for what cannot be computed anew in a page; it says what, and why."""


@dataclass(frozen=True)
class Knob:
    """A control of a live report: the key that it sets, and at which stops."""

    key: str
    """as of `--set`; `policies.NAME.PARAMETER` sets a policy"""
    label: str
    unit: str
    """in words, behind the number: minutes, a week, …"""
    group: str
    """under which heading it stands"""
    help: str
    stops: tuple[str, ...]
    """what is put behind the key, as `--set` writes it: `8`, `+1`, `*1.5`"""
    words: tuple[str, ...]
    """what each stop is called"""
    now: int
    """the stop of the report's own state"""


Stops = Mapping[int, int]
"""By knob, the stop at which it stands; who is not named stands where the report has it."""


class Unit(NamedTuple):
    """Numbers of one table that are moved by the same knobs."""

    table: str
    at: Ints | None
    """their places; None: all of the table, which may be longer or shorter"""
    knobs: tuple[int, ...]
    values: list[Ints]
    """at each of the knobs' stops, those of the last knob next to each other"""


class Moves:
    """A scenario in all states that some knobs can bring it to."""

    def __init__(
        self,
        scenario: Scenario,
        policies: Sequence[Policy],
        knobs: Sequence[Knob],
        progress: Callable[[int, int], None] = lambda done, of: None,
    ) -> None:
        """Try the knobs.

        Args:
            progress: called with the states that are laid out, and how many there are to be.

        Raises:
            NotLiveError: where numbers hang on more than was found, or on too many knobs at once.
        """
        self._scenario, self._policies, self._progress = scenario, policies, progress
        self._laid_out: dict[tuple[tuple[int, int], ...], Words] = {}
        self.knobs: list[Knob] = []
        self.base = self.words({})
        self.knobs = [knob for knob in map(self._possible, knobs) if len(knob.stops) > 1]
        self._expected = sum(len(knob.stops) - 1 + ANCHORS for knob in self.knobs)
        try:
            self.units = [self._unit(*found) for found in self._found()]
        except BadInputError as error:
            raise NotLiveError(f"not all stops of the controls go together: {error}") from None
        self._look()

    # ---- states ----------------------------------------------------------------------------------

    def scenario(self, stops: Stops) -> Scenario:
        """The scenario with the knobs at some stops."""
        changes = [
            f"{knob.key}={knob.stops[stop]}"
            for knob, stop in self._moved(stops)
            if not self._policy_of(knob)
        ]
        return changed(self._scenario, changes) if changes else self._scenario

    def policies(self, stops: Stops) -> list[Policy]:
        """The policies with the knobs at some stops."""
        scenario, settings = self.scenario(stops), dict[int, dict[str, float]]()
        for knob, stop in self._moved(stops):
            if (found := self._policy_of(knob)) is not None:
                number, name = found
                settings.setdefault(number, {})[name] = float(knob.stops[stop])
        known = policies_of(scenario.policies)
        return [
            policy_in(scenario, known.get(own.id, own) if not own.file else own).with_settings(
                **own.settings, **settings.get(n, {})
            )
            for n, own in enumerate(
                self._without(policy, settings.get(n, {}))
                for n, policy in enumerate(self._policies)
            )
        ]

    def words(self, stops: Stops) -> Words:
        """All tables with the knobs at some stops."""
        key = tuple(sorted((n, stop) for n, stop in stops.items() if stop != self._now(n)))
        if key not in self._laid_out:
            scenario = self.scenario(stops)
            found = self._of_scenario(key, scenario)
            found = found | words_of_policies(self.policies(stops), scenario)
            self._laid_out[key] = {name: self._known(name, own) for name, own in found.items()}
        return self._laid_out[key]

    def _known(self, name: str, table: Ints) -> Ints:
        """The report's own table where this is no other: most are not."""
        before = self._laid_out.get((), {}).get(name)
        return before if before is not None and np.array_equal(before, table) else table

    def _of_scenario(self, key: tuple[tuple[int, int], ...], scenario: Scenario) -> Words:
        """The tables of the scenario alone: where policies' own knobs stand changes nothing about them."""
        own = tuple((n, stop) for n, stop in key if not self._policy_of(self.knobs[n]))
        if own != key:
            return self.words(dict(own))
        return words_of_scenario(scenario)

    def _now(self, number: int) -> int:
        return self.knobs[number].now

    def _moved(self, stops: Stops) -> Iterator[tuple[Knob, int]]:
        for number, stop in sorted(stops.items()):
            knob = self.knobs[number]
            if stop != knob.now:
                yield knob, stop

    def _policy_of(self, knob: Knob) -> tuple[int, str] | None:
        """Whose parameter a knob sets, and which; None: it is the scenario's."""
        begins = knob.key.split(".")
        if begins[0] != "policies" or len(begins) < 3:
            return None
        for number, policy in enumerate(self._policies):
            if policy.id == begins[1] and begins[-1] in policy.parameters:
                return number, begins[-1]
        return None

    @staticmethod
    def _without(policy: Policy, names: Mapping[str, float]) -> Policy:
        for name in names:
            policy = policy.without(name)
        return policy

    # ---- what moves ------------------------------------------------------------------------------

    def _possible(self, knob: Knob) -> Knob:
        """The knob without the stops that the scenario refuses."""
        self.knobs = [knob]
        kept = [n for n in range(len(knob.stops)) if n == knob.now or self._is_possible(n)]
        self.knobs = []
        stops, words = ([row[n] for n in kept] for row in (knob.stops, knob.words))
        return replace(knob, stops=tuple(stops), words=tuple(words), now=kept.index(knob.now))

    def _is_possible(self, stop: int) -> bool:
        try:
            self.policies({0: stop})
        except BadInputError:
            return False
        return True

    def _pairs(self) -> Iterator[tuple[int, Words, Words]]:
        """Yield knobs with two states that differ by nothing else: from the report's state to each stop; and, as what
        is multiplied by 0 moves nothing there, between states drawn at random."""
        chance, done = random.Random(2), 0
        for number, knob in enumerate(self.knobs):
            for stop in range(len(knob.stops)):
                if stop != knob.now:
                    yield number, self.base, self.words({number: stop})
                    done += 1
                    self._progress(done, self._expected)
        for _ in range(ANCHORS):
            anchor = self._at_random(chance)
            for number, knob in enumerate(self.knobs):
                other = (anchor[number] + 1) % len(knob.stops)
                yield number, self.words(anchor), self.words(anchor | {number: other})
                done += 1
                self._progress(done, self._expected)

    def _at_random(self, chance: random.Random) -> dict[int, int]:
        return {n: chance.randrange(len(knob.stops)) for n, knob in enumerate(self.knobs)}

    def _found(self) -> list[tuple[str, Ints | None, tuple[int, ...]]]:
        """Which numbers are moved by which knobs."""
        movers: dict[str, dict[int, set[int]]] = {}
        whole: dict[str, set[int]] = {}
        for number, before, after in self._pairs():
            for name, table in after.items():
                if table is before[name]:
                    continue
                if table.shape != before[name].shape:
                    whole.setdefault(name, set()).add(number)
                else:
                    for place in np.flatnonzero(table != before[name]).tolist():
                        movers.setdefault(name, {}).setdefault(place, set()).add(number)
        found: list[tuple[str, Ints | None, tuple[int, ...]]] = []
        for name in sorted({*movers, *whole}):
            places = movers.get(name, {})
            if name in whole:
                together = whole[name].union(*places.values())
                found.append((name, None, tuple(sorted(together))))
                continue
            alike: dict[tuple[int, ...], list[int]] = {}
            for place, numbers in sorted(places.items()):
                alike.setdefault(tuple(sorted(numbers)), []).append(place)
            found += [(name, np.array(at), knobs) for knobs, at in alike.items()]
        return found

    def _unit(self, table: str, at: Ints | None, knobs: tuple[int, ...]) -> Unit:
        counts = [len(self.knobs[n].stops) for n in knobs]
        if prod(counts) > MOST_TOGETHER:
            names = ", ".join(self.knobs[n].label for n in knobs)
            raise NotLiveError(f"{names} move the same numbers ({table}) in {prod(counts):,} ways")
        values = []
        for stops in product(*map(range, counts)):
            words = self.words(dict(zip(knobs, stops, strict=True)))[table]
            values.append(words if at is None else words[at])
        return Unit(table, at, knobs, values)

    def assembled(self, stops: Stops) -> Words:
        """All tables with the knobs at some stops, put together from the units as the page does it."""
        found = {name: table.copy() for name, table in self.base.items()}
        for unit in self.units:
            place = 0
            for number in unit.knobs:
                knob = self.knobs[number]
                place = place * len(knob.stops) + stops.get(number, knob.now)
            if unit.at is None:
                found[unit.table] = unit.values[place]
            else:
                found[unit.table][unit.at] = unit.values[place]
        return found

    def values_of(self, table: str, place: int) -> list[bool]:
        """Whether a number is other than 0, in the report's state and in all others."""
        found = [bool(self.base[table][place])]
        for unit in self.units:
            if unit.table == table and unit.at is not None and place in unit.at:
                [own] = np.flatnonzero(unit.at == place)
                found += [bool(values[own]) for values in unit.values]
        return found

    def _look(self) -> None:
        """Hold what was found against states drawn at random.

        Raises:
            NotLiveError: naming the table that is not right.
        """
        chance = random.Random(1)
        for _ in range(LOOKS if self.knobs else 0):
            stops = self._at_random(chance)
            right, found = self.words(stops), self.assembled(stops)
            for name, table in right.items():
                if not np.array_equal(table, found[name]):
                    raise NotLiveError(
                        f"{name} hangs on several controls at once in a way that was not found"
                    )

    @cached_property
    def states(self) -> int:
        """How many states were laid out."""
        return len(self._laid_out)
