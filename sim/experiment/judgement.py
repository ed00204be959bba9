"""Who is to be named when policies are compared, and what may be claimed of them.

Of the policies that answer what comes in and still build something, one is named: of those that cannot be told apart
in how soon they answer, the one that delivers most. What that costs is counted from who delivers most of all of them.
So nobody is praised for answers by which nothing is built any more, and nobody is held against a policy that leaves
open what it was asked.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from sim.arrays import Floats
from sim.experiment.comparison import DELIVERY, RESPONSE, Comparison
from sim.experiment.input_sets import band
from sim.experiment.statistics import Interval

LITTLE = 0.25
"""Of the most net points that any policy delivers: who delivers less is not named."""

ANSWERED = 0.95
"""Of the incidents that opened: who has more of them open at the end is not named either."""

AS_SOON = 1.05
"""Times the soonest mean response of a set of assumptions: whoever is within that answers as soon."""


def delivering(comparison: Comparison) -> list[str]:
    """Return the policies that deliver at least LITTLE of what the best of them does; all, where nothing is
    planned in points."""
    points = {label: comparison.figure(label, DELIVERY).mean for label in comparison.labels}
    known = {label: mean for label, mean in points.items() if not math.isnan(mean)}
    if not known:
        return comparison.labels
    least = LITTLE * max(known.values())
    return [label for label, mean in known.items() if mean >= least]


def leaves_open(comparison: Comparison, label: str) -> float:
    """Return the share of the incidents that opened which a policy has open at the end."""
    left, came = (comparison.figure(label, name).mean for name in ("open", "opened"))
    return left / came if came else 0.0


@dataclass(frozen=True)
class Judgement:
    """What a comparison comes to, as far as it may be claimed."""

    comparison: Comparison

    @cached_property
    def timed(self) -> list[str]:
        """The policies that keep up and deliver, of which a response is known."""
        found = [
            label
            for label in delivering(self.comparison)
            if not self.comparison.is_overloaded(label)
        ]
        return [label for label in found if not math.isnan(self._response(label))]

    @cached_property
    def able(self) -> list[str]:
        """Those of them that answer nearly all of what opens."""
        return [
            label for label in self.timed if leaves_open(self.comparison, label) <= 1 - ANSWERED
        ]

    @cached_property
    def _named_from(self) -> list[str]:
        return self.able or self.timed

    @cached_property
    def as_soon(self) -> list[str]:
        """Those among which, with 95 % confidence, is the one that answers soonest."""
        if len(self._named_from) < 2 or self.comparison.replications < 2:
            return list(self._named_from)
        chosen = self.comparison.screening_subset(RESPONSE, among=self._named_from)
        return [label for label in self._named_from if label in chosen]

    @cached_property
    def named(self) -> str | None:
        """The one to name: of those that answer as soon, the one that delivers most; where that cannot be told
        either, the one that answers as soon in most sets of assumptions, then soonest. None where no policy
        answers anything."""
        most = max(self.as_soon, key=self._delivery, default=None)
        if most is None:
            return None
        alike = [label for label in self.as_soon if not self._delivers_less(label, most)]
        return max(alike, key=lambda label: (self._sets_as_soon(label), -self._response(label)))

    def _delivers_less(self, label: str, most: str) -> bool:
        return label != most and not self.comparison.difference(most, label, DELIVERY).low <= 0

    @cached_property
    def most(self) -> str | None:
        """The one that delivers most, of those that answer nearly all; None where there is none."""
        return max(self.able, key=self._delivery, default=None)

    @cached_property
    def lost(self) -> Interval:
        """By how much the one named delivers less than that, path by path."""
        assert self.named is not None
        assert self.most is not None
        return self.comparison.difference(self.most, self.named, DELIVERY)

    @property
    def is_loss_sure(self) -> bool:
        """Whether it surely delivers less."""
        return self.named != self.most and self.lost.low > 0

    @property
    def share_lost(self) -> float:
        """What it delivers less, as a share."""
        return self.lost.mean / self._delivery(self.most) if self.most else math.nan

    @cached_property
    def share_lost_in_sets(self) -> tuple[float, float]:
        """Between which shares that lies in 8 of 10 sets of assumptions; NaN without sets."""
        if self.named is None or self.most is None or self.named == self.most:
            return math.nan, math.nan
        lost = self.comparison.difference_in_sets(self.most, self.named, DELIVERY)
        whole = self.comparison.in_sets(self.most, DELIVERY)
        if not (whole > 0).all():  # nothing to take a share of, or no sets
            return math.nan, math.nan
        return band(lost / whole) if len(lost) else (math.nan, math.nan)

    @property
    def sets_as_soon(self) -> int:
        """In how many sets of assumptions none that can be named answers sooner by more than AS_SOON."""
        return 0 if self.named is None else self._sets_as_soon(self.named)

    def _sets_as_soon(self, label: str) -> int:
        if self.comparison.input_sets is None:
            return 0
        own = self._times_in_sets[self._named_from.index(label)]
        soonest = np.min(self._times_in_sets, axis=0)
        return int((np.isfinite(own) & (own <= AS_SOON * soonest)).sum())

    @cached_property
    def _times_in_sets(self) -> Floats:
        """(L, D) the response of those that can be named; infinite where they cannot keep up."""
        times = np.array([self.comparison.in_sets(n, RESPONSE) for n in self._named_from])
        return np.where(np.isnan(times), np.inf, times)

    def sooner(self) -> list[str]:
        """Return who surely answers sooner than the one named, and may not be named."""
        if self.named is None:
            return []
        return [
            label
            for label in self.comparison.labels
            if label not in self._named_from
            and self.comparison.difference(self.named, label, RESPONSE).low > 0
        ]

    def _response(self, label: str) -> float:
        return self.comparison.figure(label, RESPONSE).mean

    def _delivery(self, label: str) -> float:
        return self.comparison.figure(label, DELIVERY).mean
