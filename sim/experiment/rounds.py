"""A study is computed in rounds: who clearly cannot keep up with the demand takes no part after the first.

Of such a policy no response can be given, however many futures are lived through, and its queues make them the
dearest of all. So a steady state is looked for once, after FEW futures: whose backlog grows by much in them, and
surely (`sim.experiment.reportable.Reportable.cannot_keep_up`), is left out of the rounds that follow, and what is
said of it says from how many futures it is known. Who falls behind by less lives through all of them.

Each future is what it is by its number alone. So the others' figures are the same as if nobody were left out, and
who is left out hangs neither on the workers nor on what a store has.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from sim.experiment.reportable import Reportable
from sim.experiment.runner import Runner
from sim.experiment.study import Observations, Progress, Study

FEW = 8
"""Replications of the first round."""


class Rounds:
    """A study that is being computed, and what is observed so far.

    Who is left out has no figures (NaN) in later replications.
    """

    def __init__(
        self, study: Study, runner: Runner, replications: int, progress: Progress | None
    ) -> None:
        """Compute the first round, of a study of so many replications at most."""
        self._study, self._runner, self._progress = study, runner, progress
        steady = study.scenario.steady_state
        first = min(FEW, replications) if steady else replications
        self.observed = runner.observe(study, range(first), progress, replications - first)
        self.left_out = frozenset[int]()
        if steady and first < replications:
            judge = Reportable(study.scenario, self.observed)
            known = filter(judge.cannot_keep_up, range(len(study.policies)))
            self.left_out = frozenset(known)

    @property
    def done(self) -> int:
        """The replications so far."""
        return int(self.observed.values.shape[1])

    @property
    def is_over(self) -> bool:
        """Whether everybody is left out: no more replications say anything."""
        return len(self.left_out) == len(self._study.policies)

    def go_on(self, replications: int) -> None:
        """Have so many replications in all, of those who are not left out."""
        done = self.done
        if self.is_over or replications <= done:
            return
        left = [n for n in range(len(self._study.policies)) if n not in self.left_out]
        more = self._runner.observe(
            _of(self._study, left), range(done, replications), after(self._progress, done)
        )
        self.observed = Observations.joined([self.observed, among_all(more, left, self.observed)])


def lived_through(observed: Observations, policy: int) -> int:
    """Return how many replications a policy was lived through in."""
    return int((~np.isnan(observed.values[policy]).all(axis=1)).sum())


def _of(study: Study, left: list[int]) -> Study:
    """Return the study of some of the policies; itself where these are all."""
    if len(left) == len(study.policies):
        return study
    return replace(
        study,
        policies=tuple(study.policies[n] for n in left),
        engines=tuple(study.engines[n] for n in left),
    )


def among_all(more: Observations, left: list[int], observed: Observations) -> Observations:
    """Return the observations of some policies as those of all, of whom the others have no figures."""
    if more.keys != observed.keys:
        raise AssertionError("figures hang on who is observed")
    policies, _, figures = observed.values.shape
    values = np.full((policies, more.values.shape[1], figures), np.nan)
    values[left] = more.values
    return Observations(more.keys, values)


def after(progress: Progress | None, before: int) -> Progress | None:
    """Return progress that counts on from what was done before."""
    return None if progress is None else lambda done: progress(before + done)
