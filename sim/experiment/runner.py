"""A runner computes studies: on which workers, and what is kept of the results."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path
from types import TracebackType

import numpy as np

from sim.experiment.store.store import Store, study_key
from sim.experiment.study import (
    Observations,
    Progress,
    Study,
    batches_of,
    observe_batch,
)
from sim.policy.contract import DECISIONS
from sim.policy.fingerprint import untold
from sim.workers.pool import WorkersLostError, cluster_pool, cores, done_in_order, worker_pool

Wanted = tuple[Study, range]
"""A study and the replications of it that are wanted."""


class Runner:
    """A runner computes observations, and keeps them if it has a store.

    It is a context: its workers end, and its store is closed, with it.
    """

    def __init__(
        self,
        workers: int | None = None,
        cluster: str | None = None,
        store: Path | None = None,
        fresh: bool = False,
        executor: Executor | None = None,
        runs: Progress | None = None,
    ) -> None:
        """Make a runner; workers start when they are first needed.

        Args:
            workers: processes of this machine; one per core if None.
            cluster: address of a Dask scheduler, whose workers are used instead.
            store: file that observations are taken from and kept in.
            fresh: compute again what is in the store.
            executor: has `workers` already, and outlives this; none are started then.
            runs: called with the number of runs (of a policy, on a path) there are since this began,
                over all studies; what it raises ends the computing.

        Raises:
            ValueError: for fewer than one worker.
            ClusterError: where the cluster cannot be reached.
            StoreError: where the store cannot be used.
        """
        if workers is not None and workers < 1:
            raise ValueError(f"workers must be 1 or more (got {workers})")
        self._wanted = workers or cores()
        self._cluster = cluster
        self._stack = ExitStack()
        self._executor = executor
        self._tell_runs, self._runs = runs, 0
        self._workers = self._wanted
        self.store = Store(store, fresh) if store is not None else None
        if self.store is not None:
            self._stack.callback(self.store.close)

    def __enter__(self) -> Runner:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.__exit__(kind, error, trace)

    def observe(
        self, study: Study, replications: range, progress: Progress | None = None, ahead: int = 0
    ) -> Observations:
        """Return the observations of some replications of one study.

        `ahead`: how many may be wanted after these, for which there are to be workers, too.

        Raises:
            WorkersLostError: where a worker process died.
            ClusterError: where a worker of the cluster runs another program.
            StoreError: where they cannot be kept, or what was kept is damaged.
        """
        [found] = self.observe_all([(study, replications)], progress, ahead)
        return found

    def observe_all(
        self, wanted: Sequence[Wanted], progress: Progress | None = None, ahead: int = 0
    ) -> list[Observations]:
        """Return the observations of several studies, computed side by side.

        `progress` is called with the number of replications done, over all studies; `ahead` as in `observe`.

        Raises:
            WorkersLostError, ClusterError, StoreError: as `observe`.
        """
        with self._telling_what_is_kept():
            return self._observe_all(wanted, progress, ahead)

    def _observe_all(
        self, wanted: Sequence[Wanted], progress: Progress | None, ahead: int
    ) -> list[Observations]:
        plans = [_Plan(self.store, *one) for one in wanted]
        tasks: list[tuple[_Plan, range]] = []
        left = sum(len(plan.missing) for plan in plans)
        for plan in plans:
            tasks += [(plan, batch) for batch in plan.batches(self._wanted, left)]
            left -= len(plan.missing)
        done = sum(len(plan.found) for plan in plans)
        if progress is not None and done:
            progress(done)
        self._count(sum(len(plan.found) * plan.policies for plan in plans))
        for (plan, batch), values in zip(tasks, self._computed(tasks, ahead), strict=True):
            plan.keep(batch, values)
            self._count(len(batch) * plan.policies)
            done += len(batch)
            if progress is not None:
                progress(done)
        return [plan.observations() for plan in plans]

    def _count(self, runs: int) -> None:
        self._runs += runs
        if self._tell_runs is not None:
            self._tell_runs(self._runs)

    def _computed(self, tasks: list[tuple[_Plan, range]], ahead: int) -> Iterator[Observations]:
        if not tasks:
            return
        replications = sum(len(batch) for _, batch in tasks) + ahead
        if self._executor is None:
            self._start(replications)
        assert self._executor is not None
        if self._cluster is not None:
            yield from self._computed_elsewhere(self._executor, self._cluster, tasks)
            return
        packed = ((plan.packed, batch) for plan, batch in tasks)
        yield from done_in_order(self._executor, observe_batch, packed, self._workers)

    def _computed_elsewhere(
        self, executor: Executor, cluster: str, tasks: list[tuple[_Plan, range]]
    ) -> Iterator[Observations]:
        from sim.experiment import cluster as elsewhere

        asked = (elsewhere.asked(plan.study, plan.packed, batch) for plan, batch in tasks)
        answers = done_in_order(executor, elsewhere.ask, asked, self._workers)
        yield from elsewhere.checked(cluster, answers)

    @contextmanager
    def _telling_what_is_kept(self) -> Iterator[None]:
        try:
            yield
        except (WorkersLostError, MemoryError) as error:
            error.add_note(
                f"What was finished is kept in {self.store.path}; the same command goes on from there."
                if self.store is not None
                else "Nothing of it is kept; with --store FILE, what is finished would be."
            )
            raise

    def _start(self, replications: int) -> None:
        if self._cluster is not None:
            self._executor, self._workers = self._stack.enter_context(cluster_pool(self._cluster))
        else:
            self._workers = min(self._wanted, max(replications, 1))
            self._executor = self._stack.enter_context(worker_pool(self._workers))


class _Plan:
    """The plan for a study: what is there of it, and what has to be computed."""

    def __init__(self, store: Store | None, study: Study, replications: range) -> None:
        if store is not None and (hidden := _untold(study)):
            _say(f"{hidden}; nothing of this study is kept in the store")
            store = None
        self._store, self.study, self._replications = store, study, replications
        self.packed, self.policies = study.packed(), len(study.policies)
        self.key = study_key(study.scenario, study.policies, study.seed) if store else ""
        self.found = store.known(self.key, replications) if store else {}
        self._keys = store.keys(self.key) if store and self.found else ()

    @property
    def missing(self) -> list[int]:
        """Replications that are wanted and not there."""
        return [n for n in self._replications if n not in self.found]

    def batches(self, workers: int, left: int) -> Iterator[range]:
        """Yield what is missing, in tasks; `left` counts those of this study and of those after
        it."""
        for run in _runs_of(self.missing):
            yield from batches_of(run, workers, left)
            left -= len(run)

    def keep(self, batch: range, observed: Observations) -> None:
        """Take in a batch that was computed, and keep it in the store if there is one."""
        self._keys = observed.keys
        self.found |= {n: observed.values[:, place] for place, n in enumerate(batch)}
        if self._store is not None:
            study = self.study
            names = ", ".join(policy.label for policy in study.policies)
            described = f"{study.scenario.name}: {names} (seed {study.seed})"
            self._store.keep(self.key, described, observed.keys, batch, observed.values)

    def observations(self) -> Observations:
        """Return the observations of all replications that are wanted."""
        return Observations(
            self._keys, np.stack([self.found[n] for n in self._replications], axis=1)
        )


def _untold(study: Study) -> str:
    """Say what of a study's policies could change unseen; empty where there is nothing."""
    for policy in study.policies:
        for decision in DECISIONS:
            if hidden := untold(getattr(policy, decision)):
                return f"policy {policy.id}: {decision} uses {hidden}, which could change unseen"
    return ""


@cache
def _say(message: str) -> None:
    print(message, file=sys.stderr, flush=True)


def _runs_of(numbers: Sequence[int]) -> Iterator[range]:
    """Yield ascending numbers as ranges without gaps."""
    first = 0
    for place in range(1, len(numbers) + 1):
        if place == len(numbers) or numbers[place] != numbers[place - 1] + 1:
            yield range(numbers[first], numbers[place - 1] + 1)
            first = place
