"""Which is best, and how many replications that takes: promises kept in a thousand repeated studies."""

from __future__ import annotations

import numpy as np
import pytest

from sim.experiment.precision import PILOT, next_stage
from sim.experiment.selection import front_membership, select, subset
from sim.experiment.statistics import interval

STUDIES = 1_000
CHANCE = 3 * (0.05 * 0.95 / STUDIES) ** 0.5
"""What luck may take off a share of 95 % in so many studies: three standard errors."""

SYSTEMS, SPREAD, COMMON = 8, 4.0, 0.7


def _draw(study: int, means: np.ndarray):
    """Systems on common paths: most of the spread is shared."""

    def draw(left: list[int], replications: range) -> np.ndarray:
        rng = np.random.default_rng([study, replications.start])
        shared = rng.normal(0, SPREAD * COMMON**0.5, len(replications))
        own = rng.normal(0, SPREAD * (1 - COMMON) ** 0.5, (len(means), len(replications)))
        return means[left, np.newaxis] + shared + own[left]

    return draw


def test_kim_and_nelson_select_the_best_as_often_as_promised() -> None:
    # The least favourable case: all others exactly an indifference behind.
    means = np.array([1.0] + [0.0] * (SYSTEMS - 1))
    won = [select(_draw(n, means), SYSTEMS, 1.0).best == 0 for n in range(STUDIES)]
    assert np.mean(won) >= 0.95 - CHANCE


def test_the_subset_holds_the_best_as_often_as_promised_and_drops_the_hopeless() -> None:
    means = np.array([1.0, 0.9, 0.5, -4.0])
    kept = [
        subset(_draw(n, means)(list(range(4)), range(30)), confidence=0.95) for n in range(STUDIES)
    ]
    assert np.mean([0 in one for one in kept]) >= 0.95 - CHANCE
    assert np.mean([3 in one for one in kept]) < 0.05


def test_selection_agrees_with_an_independent_implementation() -> None:
    from sim_tools.ovs.indifference_zone import KN

    class Model:
        """Streams of one study, as that package asks for them."""

        def __init__(self, means: np.ndarray, study: int) -> None:
            self._values = _draw(study, means)(list(range(len(means))), range(3_000))
            self._next = np.zeros(len(means), dtype=int)
            self._observers: list[object] = []

        def register_observer(self, observer: object) -> None:
            self._observers.append(observer)

        def simulate(self, design_indexes: list[int]) -> None:
            for design in np.atleast_1d(design_indexes):
                value = self._values[design, self._next[design]]
                self._next[design] += 1
                for observer in self._observers:
                    observer.feedback(self, design, value)  # type: ignore[attr-defined]

    means = np.array([1.0] + [0.0] * (SYSTEMS - 1))
    ours, theirs = [], []
    for study in range(100):
        values = _draw(study, means)(list(range(SYSTEMS)), range(3_000))
        ours.append(select(lambda left, r, v=values: v[left][:, r], SYSTEMS, 1.0, batch=1).best)
        theirs.append(
            int(np.asarray(KN(Model(means, study), SYSTEMS, 1.0, 0.05, n_0=20).solve()).flat[0])
        )
    assert np.mean(np.array(ours) == np.array(theirs)) > 0.95


def test_a_tie_is_settled_and_costs_no_fortune() -> None:
    means = np.zeros(2)
    found = select(_draw(1, means), 2, 1.0)
    assert found.settled
    assert found.replications < 1_000


def test_a_budget_that_ends_the_race_is_owned_up_to() -> None:
    found = select(_draw(1, np.zeros(3)), 3, 0.01, budget=40)
    assert not found.settled
    assert found.replications == 40
    assert len(found.left) > 1


def test_an_indifference_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="indifference must be above 0"):
        select(_draw(1, np.zeros(2)), 2, 0.0)


@pytest.mark.parametrize("spread", [0.3, 0.6, 1.0])
def test_a_wanted_precision_is_kept_as_often_as_promised(spread: float) -> None:
    rng = np.random.default_rng(5)
    near = []
    for _ in range(STUDIES):
        values = rng.gamma(1 / spread**2, spread**2, PILOT)  # mean 1, skewed
        while not (plan := next_stage([values], 0.05, 100_000)).met:
            more = rng.gamma(1 / spread**2, spread**2, plan.replications - len(values))
            values = np.concatenate([values, more])
        found = interval(values)
        assert (found.high - found.mean) / found.mean <= 0.05
        near.append(abs(found.mean - 1) <= 0.05)
    assert np.mean(near) >= 0.95 - CHANCE


def test_a_figure_that_never_varies_asks_for_nothing_more() -> None:
    assert next_stage([np.full(PILOT, 3.0), np.full(PILOT, np.nan)], 0.01, 100).met


def test_membership_of_the_front_is_sure_for_the_clear_and_even_for_the_close() -> None:
    rng = np.random.default_rng(2)
    noise = rng.normal(0, 1, 40)
    first = np.array([noise + 5, noise + 0, noise - 5])
    second = np.array([noise - 5, noise + 0, noise - 6])
    chances = front_membership(first, second)
    assert chances[0] == chances[1] == 1.0  # one delivers more, the other answers faster
    assert chances[2] == 0.0  # beaten on both by either
