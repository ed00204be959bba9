"""The engines by name, and which one a policy can run on."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from importlib import import_module
from importlib.metadata import version

from sim.engine.cases import Case, Workspace
from sim.engine.compiled.compiling import CompilerError, in_a_line, no_compiler
from sim.engine.compiled.object_cache import NotCompilableError
from sim.engine.rules import decisions_in, is_extended
from sim.engine.trace import Trace
from sim.errors import BadInputError
from sim.policy.changeover import Plan, policies_in
from sim.policy.contract import DECISIONS, Policy
from sim.policy.failure import failure
from sim.policy.nondeterministic import nondeterministic
from sim.policy.parameters import PolicyError

COMPILED, PLAIN, SIMPY = "compiled", "plain", "simpy"

_HOMES = {
    COMPILED: "sim.engine.compiled.engine",
    PLAIN: "sim.engine.plain",
    SIMPY: "sim.engine.processes",
}

ENGINES = tuple(_HOMES)
"""How a path can be lived through. All give the same trace: the kernel compiled by numba, the same
kernel as plain Python, and the SimPy model that people read."""

DEFAULT_ENGINE = COMPILED


class EngineError(BadInputError):
    """Raised for an engine that is not known."""


def check_engine(engine: str) -> None:
    """Raises EngineError for an engine that is not known."""
    if engine not in ENGINES:
        raise EngineError(f"no engine '{engine}'; known are {', '.join(ENGINES)}")


def simulate(cases: Sequence[Case], engine: str, room: Workspace | None = None) -> Iterator[Trace]:
    """Live through paths, each under a policy, on an engine that `engines_for` gave for it.

    A trace stands until the next is asked for: all are written to the same memory, in `room` where one
    is given. What a policy raises is raised on, with a note of which it was, and where. A run that
    compiled code does not reach to the end, as its numbers are beyond 64 bits, is begun anew in Python.

    Raises:
        PolicyError: where a decision answers what is no answer.
    """
    room, left = room or Workspace(), list(cases)
    while left:
        try:
            for trace in _simulated(tuple(left), engine, room):
                yield trace
                del left[0]
            return
        except (PolicyError, MemoryError):
            raise
        except Exception as error:
            if engine != COMPILED:
                error.add_note(_where(error, left[0][1]))
                raise
            beyond = error
        yield _in_python(left.pop(0), beyond)


def _simulated(cases: Sequence[Case], engine: str, room: Workspace) -> Iterator[Trace]:
    simulate_all: Callable[[Sequence[Case], Workspace], Iterator[Trace]]
    simulate_all = import_module(_HOMES[engine]).simulate
    return simulate_all(cases, room)


def _where(error: Exception, plan: Plan) -> str:
    told = (failure(error, policy) for policy in policies_in(plan))
    return next(filter(None, told), f"raised while this was simulated: {plan.label}")


def _in_python(case: Case, beyond: Exception) -> Trace:
    """Begin a run that compiled code gave up anew where numbers have no end and decisions have
    lines: what a decision raises there is raised; else its numbers were beyond compiled code
    alone."""
    [trace] = simulate([case], PLAIN)
    _say(
        f"policy {case[1].label}: compiled, it met {in_a_line(beyond)}. Runs of it in which that comes are "
        "computed in Python, some 100 times slower; the figures are Python's."
    )
    return trace


def engines_for(
    policies: Sequence[Policy],
    wanted: str,
    meanwhile: Callable[[], object] = lambda: None,
    extended: bool = False,
) -> list[str]:
    """The engine that each policy runs on, with all that it needs compiled: the one wanted, but where
    that cannot be.

    Where the compiler does not work, the plain engine stands in for the compiled one; a policy that does
    not compile runs on SimPy. Both are said, once, on standard error; the figures are the same.

    Args:
        policies: what is to run.
        wanted: one of ENGINES.
        meanwhile: done while another process compiles.
        extended: whether the organisation, or a change, needs the engine with everything in it.

    Raises:
        EngineError: for an engine that is not known.
        PolicyError: for a policy whose decisions draw random numbers or look at the clock.
    """
    check_engine(wanted)
    alike = [(policy.id, *map(id, decisions_in(policy)), policy.record_type) for policy in policies]
    first = dict(zip(reversed(alike), reversed(policies), strict=True))
    for policy in first.values():
        _check_steady(policy)
    if wanted == COMPILED and (why := no_compiler()):
        _say(f"{why}: using the plain engine, some 100 times slower.")
        wanted = PLAIN
    if wanted != COMPILED:
        meanwhile()
        return [wanted] * len(policies)
    from sim.engine.compiled.engine import compiled_beside, compiled_kernel

    try:
        variants = {extended or is_extended(policy) for policy in policies}
        with compiled_beside(variants):
            meanwhile()
            lanes = {key: _lane_of(policy) for key, policy in first.items()}
            engines = [lanes[key] for key in alike]
        for variant in variants:
            compiled_kernel(variant)
    except CompilerError as error:
        _say(
            f"The compiler (numba {version('numba')}, llvmlite {version('llvmlite')}) does not work "
            f"here ({error}): using the plain engine, some 100 times slower."
        )
        return [PLAIN] * len(policies)
    for why in filter(None, (why for _, why in engines)):
        _say(why)
    return [lane for lane, _ in engines]


def engine_for(policy: Policy, wanted: str) -> str:
    """The engine that one policy runs on, chosen as by `engines_for`."""
    return engines_for([policy], wanted)[0]


def _check_steady(policy: Policy) -> None:
    for decision in DECISIONS:
        if other := nondeterministic(getattr(policy, decision)):
            raise PolicyError(
                f"{policy.id}: {decision} uses {other}, but the same views must get the same answer, "
                "or the same seed no longer gives the same figures; what is random lies in the "
                "sample path"
            )


def _lane_of(policy: Policy) -> tuple[str, str]:
    """The engine of a policy, and why that is not the compiled one."""
    from sim.engine.compiled.engine import decisions_of

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
