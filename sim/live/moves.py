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
from itertools import product
from math import prod
from typing import Any, NamedTuple

import numpy as np

from sim.arrays import Ints
from sim.errors import BadInputError, FirelaneError
from sim.live.laid_out import Words, names_of_policy, words_of_policy, words_of_scenario
from sim.policy.contract import PLAIN_SCRUM, Policy
from sim.policy.registry import policies_of, policy_in
from sim.scenario.reading import changed
from sim.scenario.schema import Scenario

MOST_TOGETHER = 1_000
"""States that are laid out for numbers which several controls move."""

MOST_TRIES = 4
"""Looks for what each control moves, the next around a state in which something was not found."""

LOOKS = 6
"""States, drawn at random, in which all is held against what was found."""


class NotLiveError(FirelaneError):
    """Raised for what cannot be computed anew in a page; it says what, and why."""


class TooManyTogetherError(NotLiveError):
    """Raised where knobs move the same numbers in more ways than can be laid out."""

    def __init__(self, of: Sequence[Knob], without: Sequence[Knob]) -> None:
        """Say which they are, and without which of them it can be done."""
        super().__init__(
            f"{', '.join(knob.label for knob in of)} move the same numbers in more than {MOST_TOGETHER:,} ways"
        )
        self.without = tuple(without)


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
    said: str = ""
    """what sentences call it, where that is not its label"""
    kind: str = "slider"
    """how it is moved: slider, stepper (by one at a time), toggle or choice"""


Stops = Mapping[int, int]
"""By knob, the stop at which it stands; who is not named stands where the report has it."""


_Key = tuple[tuple[int, int], ...]
"""The knobs that do not stand where the report has them, in order, each with its stop."""


class Unit(NamedTuple):
    """Numbers of one table that are moved by the same knobs."""

    table: str
    at: Ints | None
    """their places; None: all of the table, which may be longer or shorter"""
    knobs: tuple[int, ...]
    values: list[Ints]
    """at each of the knobs' stops, those of the last knob next to each other"""


def _seen_by_policies(scenario: Scenario) -> tuple[Any, ...]:
    """What of a scenario policies are set by."""
    kinds = [kind.kind for kind in scenario.incidents]
    return scenario.policies, scenario.sprints.improvement_share, kinds, len(scenario.teams)


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
            NotLiveError: where numbers hang on more than was found.
            TooManyTogetherError: where they hang on too many knobs at once.
        """
        self._scenario, self._policies, self._progress = scenario, policies, progress
        self._scenarios: dict[tuple[str, ...], Scenario] = {(): scenario}
        self._laid_out: dict[_Key, Words] = {}
        self.knobs: list[Knob] = []
        self.base = self.words({})
        self.knobs = [knob for knob in map(self._possible, knobs) if len(knob.stops) > 1]
        self._expected = sum(len(knob.stops) + 1 for knob in self.knobs)
        chance = random.Random(1)
        self._anchors = [{n: self._far(n) for n in range(len(self.knobs))}, self._drawn(chance)]
        self.units: list[Unit] = []
        try:
            self._find(chance)
        except BadInputError as error:
            raise NotLiveError(f"not all stops of the controls go together: {error}") from None

    # ---- states ----------------------------------------------------------------------------------

    def scenario(self, stops: Stops) -> Scenario:
        """The scenario with the knobs at some stops."""
        changes = tuple(
            f"{knob.key}={knob.stops[stop]}"
            for knob, stop in self._moved(stops)
            if not self._policy_of(knob)
        )
        if changes not in self._scenarios:
            self._scenarios[changes] = changed(self._scenario, changes)
        return self._scenarios[changes]

    def policies(self, stops: Stops) -> list[Policy]:
        """The policies with the knobs at some stops."""
        scenario = self.scenario(stops)
        return [self._policy(n, scenario, stops) for n in range(len(self._policies))]

    def _policy(self, number: int, scenario: Scenario, stops: Stops) -> Policy:
        own = self._policies[number]
        settings = {
            found[1]: float(knob.stops[stop])
            for knob, stop in self._moved(stops)
            if (found := self._policy_of(knob)) is not None and found[0] == number
        }
        known = own if own.file else policies_of(scenario.policies).get(own.id, own)
        return policy_in(scenario, known).with_settings(**own.settings, **settings)

    def words(self, stops: Stops) -> Words:
        """All tables with the knobs at some stops."""
        key = tuple(sorted((n, stop) for n, stop in stops.items() if stop != self._now(n)))
        if key not in self._laid_out:
            found = dict(self._of_scenario(key))
            for number in range(len(self._policies)):
                found |= self._of_policy(number, key)
            self._laid_out[key] = {name: self._known(name, own) for name, own in found.items()}
        return self._laid_out[key]

    def _known(self, name: str, table: Ints) -> Ints:
        """The report's own table where this is no other: most are not."""
        before = self._laid_out.get((), {}).get(name)
        return before if before is not None and np.array_equal(before, table) else table

    def _of_scenario(self, key: _Key) -> Words:
        """The tables of the scenario alone: where policies' own knobs stand changes nothing about them."""
        own = self._without_policies(key)
        if own != key:
            return self.words(dict(own))
        scenario = self.scenario(dict(key))
        return words_of_scenario(scenario) | words_of_policy(
            len(self._policies), PLAIN_SCRUM, scenario
        )

    def _of_policy(self, number: int, key: _Key) -> Words:
        """A policy's tables: where others' knobs stand changes nothing about them, nor do most of the scenario's."""
        scenario = self.scenario(dict(key))
        alike = _seen_by_policies(scenario) == _seen_by_policies(self._scenario)
        own = tuple(
            (n, stop)
            for n, stop in key
            if ((found := self._policy_of(self.knobs[n])) is None and not alike)
            or (found is not None and found[0] == number)
        )
        if own != key:
            words = self.words(dict(own))
            return {name: words[name] for name in names_of_policy(number)}
        return words_of_policy(number, self._policy(number, scenario, dict(key)), scenario)

    def _without_policies(self, key: _Key) -> _Key:
        return tuple((n, stop) for n, stop in key if not self._policy_of(self.knobs[n]))

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
            scenario = self.scenario({0: stop})
            whose = self._policy_of(self.knobs[0])
            for number in range(len(self._policies)) if whose is None else [whose[0]]:
                self._policy(number, scenario, {0: stop})
        except BadInputError:
            return False
        return True

    def _pairs(self) -> Iterator[tuple[int, Words, Words]]:
        """Yield knobs with two states that differ by nothing else: from the report's state to each stop; and, as what
        is multiplied by 0 moves nothing there, around states in which other knobs stand otherwise."""
        done = 0
        for number, knob in enumerate(self.knobs):
            for stop in range(len(knob.stops)):
                if stop != knob.now:
                    yield number, self.base, self.words({number: stop})
                    done += 1
                    self._progress(done, self._expected)
        for anchor in self._anchors:
            for number, knob in enumerate(self.knobs):
                other = (anchor[number] + 1) % len(knob.stops)
                yield number, self.words(anchor), self.words(anchor | {number: other})
                done += 1
                self._progress(done, self._expected)

    def _far(self, number: int) -> int:
        """The last stop of a knob, or the first where it stands at the last."""
        last = len(self.knobs[number].stops) - 1
        return 0 if self._now(number) == last else last

    def _drawn(self, chance: random.Random) -> dict[int, int]:
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

    def _check_together(self, moved: Sequence[tuple[int, ...]]) -> None:
        """Look whether the stops of those that move the same numbers can all be laid out together; the later a knob
        stands, the sooner it is to go.

        Raises:
            TooManyTogetherError: where they cannot.
        """
        without, of = set[int](), set[int]()
        for numbers in moved:
            left = [n for n in numbers if n not in without]
            while prod(len(self.knobs[n].stops) for n in left) > MOST_TOGETHER:
                of.update(numbers)
                without.add(left.pop())
        if without:
            raise TooManyTogetherError(
                [self.knobs[n] for n in sorted(of)], [self.knobs[n] for n in sorted(without)]
            )

    def _unit(self, table: str, at: Ints | None, knobs: tuple[int, ...]) -> Unit:
        counts = [len(self.knobs[n].stops) for n in knobs]
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

    def _find(self, chance: random.Random) -> None:
        """Find what each knob moves, and hold it against states drawn at random; around one in which a number is not
        right, every knob is tried again.

        Raises:
            NotLiveError: naming the table that is still not right.
        """
        for _ in range(MOST_TRIES):
            found = self._found()
            self._check_together([numbers for _, _, numbers in found])
            self.units = [self._unit(*one) for one in found]
            wrong = self._looked_at(chance)
            if wrong is None:
                return
            name, state = wrong
            self._anchors.append(state)
        raise NotLiveError(f"{name} hangs on several controls at once in a way that was not found")

    def _looked_at(self, chance: random.Random) -> tuple[str, dict[int, int]] | None:
        """A table that is not right, and in which state; None where all are."""
        for _ in range(LOOKS):
            state = self._drawn(chance)
            right, found = self.words(state), self.assembled(state)
            for name, table in right.items():
                if not np.array_equal(table, found[name]):
                    return name, state
        return None
