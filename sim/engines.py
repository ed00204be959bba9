"""The engines by name, and which one a policy can run on."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from importlib import import_module

from sim.compiling import has_numba
from sim.machine_code import NotCompilableError
from sim.policy import Policy, PolicyError
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
    is given. What a policy raises is raised on, with a note of which it was.
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
        error.add_note(f"raised while this was simulated: {cases[done][1].label}")
        raise


def engine_for(policy: Policy, wanted: str) -> str:
    """The engine a policy runs on: the one wanted, but where that cannot be.

    Without numba the plain engine stands in for the compiled one; a policy that does not compile
    runs on SimPy. Both are said, once, on standard error; the figures are the same.

    Raises:
        EngineError: for an engine that is not known.
    """
    check_engine(wanted)
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
