"""The engines by name, and which one a policy can run on."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from importlib import import_module
from importlib.metadata import version

from sim.compiling import CompilerError, no_compiler
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
    """Live through paths, each under a policy, on an engine that `engines_for` gave for it.

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


def engines_for(
    policies: Sequence[Policy], wanted: str, meanwhile: Callable[[], object] = lambda: None
) -> list[str]:
    """The engine that each policy runs on, with all that it needs compiled: the one wanted, but where
    that cannot be.

    Where the compiler does not work, the plain engine stands in for the compiled one; a policy that does
    not compile runs on SimPy. Both are said, once, on standard error; the figures are the same.

    Args:
        policies: what is to run.
        wanted: one of ENGINES.
        meanwhile: done while another process compiles.

    Raises:
        EngineError: for an engine that is not known.
        PolicyError: for a policy whose decisions draw random numbers or look at the clock.
    """
    check_engine(wanted)
    for policy in policies:
        _check_steady(policy)
    if wanted == COMPILED and (why := no_compiler()):
        _say(f"{why}: using the plain engine, some 100 times slower.")
        wanted = PLAIN
    if wanted != COMPILED:
        meanwhile()
        return [wanted] * len(policies)
    from sim.compiled import compiled_beside, compiled_kernel

    try:
        with compiled_beside():
            meanwhile()
            lanes = [_lane_of(policy) for policy in policies]
        compiled_kernel()
    except CompilerError as error:
        _say(
            f"The compiler (numba {version('numba')}, llvmlite {version('llvmlite')}) does not work "
            f"here ({error}): using the plain engine, some 100 times slower."
        )
        return [PLAIN] * len(policies)
    for why in filter(None, (why for _, why in lanes)):
        _say(why)
    return [lane for lane, _ in lanes]


def _check_steady(policy: Policy) -> None:
    for decision in DECISIONS:
        if other := unsteady(getattr(policy, decision)):
            raise PolicyError(
                f"{policy.id}: {decision} uses {other}, but the same views must get the same answer, "
                "or the same seed no longer gives the same figures; what is random lies in the "
                "sample path"
            )


def _lane_of(policy: Policy) -> tuple[str, str]:
    """Its engine, and why that is not the compiled one."""
    from sim.compiled import decisions_of

    try:
        decisions_of(policy)
    except NotCompilableError as why:
        return (
            SIMPY,
            f"policy {policy.id} runs on SimPy, some 100 times slower, because of its {why}",
        )
    return COMPILED, ""


@cache
def _say(message: str) -> None:
    print(message, file=sys.stderr, flush=True)
