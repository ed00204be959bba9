"""The engines by name, and which one a policy can run on."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from importlib import import_module

from sim.compiling import has_numba
from sim.function_content import unsteady
from sim.machine_code import NotCompilableError
from sim.policy import DECISIONS, Policy, PolicyError
from sim.policy_failure import DecisionFailure, failure, failure_of
from sim.trace import Trace
from sim.world import Case, Room

COMPILED, PLAIN, SIMPY = "compiled", "plain", "simpy"

_HOMES = {COMPILED: "sim.compiled", PLAIN: "sim.plain", SIMPY: "sim.engine_simpy"}

ENGINES = tuple(_HOMES)
"""How a path can be lived through. All give the same trace: the kernel compiled by numba, the same
kernel as plain Python, and the SimPy model that people read."""

DEFAULT_ENGINE = COMPILED


class EngineError(Exception):
    """An engine that is not known."""


def check_engine(engine: str) -> None:
    """Raises EngineError for an engine that is not known."""
    if engine not in ENGINES:
        raise EngineError(f"no engine '{engine}'; known are {', '.join(ENGINES)}")


def simulate(cases: Sequence[Case], engine: str, room: Room | None = None) -> Iterator[Trace]:
    """Live through paths, each under a policy, on an engine that `engine_for` gave for it.

    A trace stands until the next is asked for: all are written to the same memory, in `room` where one
    is given. What a policy raises is raised on, with a note of which it was, and where.
    """
    live: Callable[[Sequence[Case], Room], Iterator[Trace]] = import_module(_HOMES[engine]).simulate
    done = 0
    try:
        for trace in live(cases, room or Room()):
            yield trace
            done += 1
    except (PolicyError, MemoryError):
        raise
    except Exception as error:
        _, policy = case = cases[done]
        told = failure(error, policy) or (_failure_as_python(case) if engine == COMPILED else None)
        error.add_note(told or f"raised while this was simulated: {policy.label}")
        raise


def _failure_as_python(case: Case) -> DecisionFailure | None:
    """Live through it again where decisions have lines."""
    try:
        for _ in simulate([case], PLAIN):
            pass
    except Exception as error:
        return failure_of(error)
    return None


def engine_for(policy: Policy, wanted: str) -> str:
    """The engine a policy runs on: the one wanted, but where that cannot be.

    Without numba the plain engine stands in for the compiled one; a policy that does not compile
    runs on SimPy. Both are said, once, on standard error; the figures are the same.

    Raises:
        EngineError: for an engine that is not known.
        PolicyError: for a policy whose decisions draw random numbers or look at the clock.
    """
    check_engine(wanted)
    for decision in DECISIONS:
        if other := unsteady(getattr(policy, decision)):
            raise PolicyError(
                f"{policy.id}: {decision} uses {other}, but the same views must get the same answer, "
                "or the same seed no longer gives the same figures; what is random lies in the "
                "sample path"
            )
    if wanted != COMPILED:
        return wanted
    if not has_numba():
        _say("numba is not installed: using the plain engine, some 100 times slower.")
        return PLAIN
    from sim.compiled import decisions_of

    try:
        decisions_of(policy)
    except NotCompilableError as why:
        _say(f"policy {policy.id} runs on SimPy, some 100 times slower, because of its {why}")
        return SIMPY
    return COMPILED


@contextmanager
def made_ready(engine: str) -> Iterator[None]:
    """On leaving, all that an engine itself has to compile is there; other things can be compiled
    meanwhile."""
    if engine != COMPILED or not has_numba():
        yield
        return
    from sim.compiled import compiled_beside, compiled_kernel

    with compiled_beside():
        yield
    compiled_kernel()


@cache
def _say(message: str) -> None:
    print(message, file=sys.stderr, flush=True)
