"""Courses of policies are lived through on common paths: one in force all along, or one that another takes over from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import cloudpickle
import numpy as np

from sim.arrays import Floats
from sim.engine.cases import Workspace
from sim.engine.engines import COMPILED, SIMPY, engines_for, simulate
from sim.engine.first_look import look_at
from sim.engine.futures.sampler import future
from sim.engine.trace import Trace
from sim.experiment.design import Design
from sim.experiment.study import Progress, batches_of
from sim.measures.accounts import Accounts, accounts_of
from sim.measures.accounts import warm as warm_accounts
from sim.policy.changeover import Changeover, Plan, policies_in
from sim.policy.contract import Policy
from sim.policy.packing import packed, sent_along
from sim.sampling.sample_path import SamplePath
from sim.scenario.schema import Scenario
from sim.scenario.size import check_size
from sim.workers.pool import cores, done_in_order, worker_pool

Look = Callable[[SamplePath, Trace, Accounts], Floats | tuple[Floats, ...]]
"""What is looked at of a run: an array of the same shape for all. A function of a module, or a frozen object of one."""


@dataclass(frozen=True)
class _Task:
    scenario: Scenario
    change: Changeover
    engine: str
    seed: int
    both: bool
    look: Look


def live_through(
    scenario: Scenario,
    change: Changeover,
    look: Look,
    design: Design,
    progress: Progress | None = None,
    beside_staying: bool = False,
) -> Floats:
    """Live through a change of policy on random futures, and look at each run.

    Args:
        scenario: the organisation, up to its horizon.
        change: from which policy to which, and when.
        look: what to look at.
        design: on how many futures, from which seed, on which engine, by how many processes.
        progress: called with the number of futures done.
        beside_staying: whether the first policy is lived with all along, too.

    Returns:
        (R, …) of the change; (R, 2, …) where staying comes first.

    Raises:
        ScenarioError: where a log that is replayed cannot be used, or the scenario is too large.
        PolicyError: for a policy that draws random numbers or looks at the clock.
        WorkersLostError: where a worker process died.
    """
    check_size(scenario, 2)
    policies = [change.before, change.after]
    engines = engines_for(policies, design.engine, warm_accounts, extended=True)
    task = _Task(scenario, change, _of_both(engines), design.seed, beside_staying, look)
    found = _observed(_packed(task), design, progress)
    return found if beside_staying else found[:, 0]


def _packed(task: _Task) -> bytes:
    change = task.change
    before, after = sent_along(change.before), sent_along(change.after)
    sent = replace(task, change=Changeover(before, after, change.week))
    return packed(sent, (before, after))


def _observed(task: bytes, design: Design, progress: Progress | None) -> Floats:
    workers = min(design.workers or cores(), design.replications)
    batches = batches_of(range(design.replications), workers, design.replications)
    found: list[Floats] = []
    with worker_pool(workers) as executor:
        tasks = ((task, batch) for batch in batches)
        for part in done_in_order(executor, _observe, tasks, workers):
            found.append(part)
            if progress is not None:
                progress(sum(len(part) for part in found))
    return np.concatenate(found)


def _observe(asked: tuple[bytes, range]) -> Floats:
    told, replications = asked
    task, engine = _unpacked(told)
    room = Workspace()
    return np.array([_replicate(task, engine, replication, room) for replication in replications])


@lru_cache(maxsize=8)
def _unpacked(told: bytes) -> tuple[_Task, str]:
    """A task from another process, and the engine on which both its policies can be relied on here."""
    task: _Task = cloudpickle.loads(told)
    policies: tuple[Policy, ...] = policies_in(task.change)
    if task.engine == COMPILED:
        engines_for(policies, COMPILED, extended=True)
    return task, _of_both(look_at(task.scenario, policies, [task.engine] * 2, task.seed))


def _of_both(engines: Sequence[str]) -> str:
    """The engine for a run under two policies: what one of them cannot run on, neither does."""
    return engines[0] if len(set(engines)) == 1 else SIMPY


def _replicate(task: _Task, engine: str, replication: int, room: Workspace) -> Floats:
    path = future(task.scenario, task.seed, replication)
    plans: list[Plan] = [task.change.before, task.change] if task.both else [task.change]
    found: list[Floats] = []
    for trace in simulate([(path, plan) for plan in plans], engine, room):
        found.append(np.asarray(task.look(path, trace, accounts_of(path, trace))))
    return np.array(found)
