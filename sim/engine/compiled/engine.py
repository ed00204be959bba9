"""The compiled engine: the kernel and a policy's decisions as machine code.

The kernel is compiled once for all policies. A decision is compiled by itself and enters the kernel as
the address of its code: changing a parameter compiles nothing, and a decision that fails raises as it
would in Python. What is compiled is kept on disk; numba is loaded only where it is not there.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import cache, partial
from typing import Any

from sim.engine import kernel as k
from sim.engine import rows, states, trace
from sim.engine.block import Block
from sim.engine.cases import Case, Workspace
from sim.engine.compiled import compiling, memory
from sim.engine.compiled.compiling import CompilerError, Source, address_of, one_at_a_time
from sim.engine.compiled.memory import enter, memory_of_world
from sim.engine.compiled.object_cache import (
    Loop,
    MachineCode,
    NotCompilableError,
    kept,
    name_of,
    text_digest,
)
from sim.engine.kernel.tables import RunRow
from sim.engine.layout import Ended, Simulator, simulated
from sim.engine.rows import Arrays
from sim.engine.rules import Rules
from sim.engine.trace import Trace
from sim.policy import contract, fingerprint, parameters, records, views
from sim.policy.contract import DECISIONS, PLAIN_SCRUM, Policy
from sim.workers.pool import CrashedError, beside

__all__ = [
    "compiled_beside",
    "compiled_kernel",
    "decisions_of",
    "ready",
    "simulate",
    "source_of_decision",
    "source_of_kernel",
]


def simulate(cases: Sequence[Case], room: Workspace) -> Iterator[Trace]:
    """Live through sample paths, each under a policy; Python is left free meanwhile.

    Raises:
        PolicyError: where a decision answers what is no answer.
        NotCompilableError: for a policy that has to run on another engine.
    """
    return simulated(cases, partial(ready, known=room.decisions), room)


Known = dict[tuple[Any, ...], tuple[int, ...]]
"""The addresses of compiled decisions."""


def ready(w: Arrays, block: Block | None = None, known: Known | None = None) -> Simulator:
    """The compiled engine made ready to live in the tables of `w`, which must outlive it; `block`: in which
    most of them stand; `known`: decisions that nobody edits meanwhile."""
    memory = memory_of_world(w, block)
    address = memory.ctypes.data

    def live(w: Arrays) -> Ended:
        kernel = compiled_kernel(bool(w.rules[Rules.extended]))
        enter(memory, _addresses_known(w, type(w.p), known), w.p)
        kernel(address)
        rows, run = int(w.run[RunRow.rows]), w.run
        return Ended(rows, bool(run[RunRow.heap_full]), bool(run[RunRow.parts_full]), w.trace)

    return Simulator(live, live)


# ---- the kernel ---------------------------------------------------------------------------------


def compiled_kernel(extended: bool = True) -> Loop:
    """The compiled `sim.engine.kernel.simulate`, a function of the address of a world's memory; the one
    for policies that need nothing of `rules.EXTENSIONS`, or for any."""
    with one_at_a_time:
        return _kernel(extended)


@cache
def _kernel(extended: bool) -> Loop:
    return Loop(address_of(_kernel_name(extended), partial(_make_kernel, extended)))


def source_of_kernel(extended: bool) -> Source:
    """What the kernel is made of; see `compiled_kernel`."""
    return Source(_kernel_name(extended), partial(_made_kernel, extended))


def _make_kernel(extended: bool) -> MachineCode:
    _announce()
    return _made_kernel(extended)


def _made_kernel(extended: bool) -> MachineCode:
    from sim.engine.compiled import compiler

    return compiler.kernel(extended)


@cache
def _kernel_name(extended: bool) -> str:
    constants = {
        name: value
        for module in k.MODULES
        for name, value in vars(module).items()
        if type(value) is int
    }
    variant = "kernel" if extended else "plain_kernel"
    return name_of(variant, text_digest(*k.MODULES), sorted(constants.items()), _contract())


_COMPILERS = ("compiler", "numba_types", "numba_inside", "checks", "subset")


@cache
def _contract() -> str:
    """The digest of what the kernel and decisions agree on, and of what compiles them."""
    files = [
        contract,
        views,
        parameters,
        records,
        rows,
        states,
        trace,
        memory,
        compiling,
        fingerprint,
    ]
    return text_digest(
        *files,
        sys.modules[__name__],
        *(f"sim.engine.compiled.{name}" for name in _COMPILERS),
        "sim.policy.in_python",
        "sim.policy.answers",
    )


@contextmanager
def compiled_beside(variants: Collection[bool]) -> Iterator[None]:
    """Where a kernel that is needed, with extensions or without, is not on disk yet, say so, and have other
    processes put it there meanwhile.

    Raises:
        CompilerError: where such a process crashed.
    """
    missing = [extended for extended in sorted(variants) if kept(_kernel_name(extended)) is None]
    if missing:
        _announce()
    try:
        with ExitStack() as others:
            for extended in missing:
                others.enter_context(beside(partial(compiled_kernel, extended)))
            yield
    except CrashedError as error:
        raise CompilerError(f"it {error}") from None


@cache
def _announce() -> None:
    print(
        "Compiling the engine, once; this takes some fifteen seconds.", file=sys.stderr, flush=True
    )


# ---- decisions ----------------------------------------------------------------------------------


def decisions_of(policy: Policy) -> tuple[int, ...]:
    """The addresses of a policy's compiled decisions, in the kernel's order.

    Raises:
        NotCompilableError: naming the decision, the line and what numba cannot do.
    """
    return _addresses(policy, _record_of(policy))


def _record_of(policy: Policy) -> Any:
    return policy.record_type


def _addresses_known(w: Arrays, record: Any, known: Known | None) -> tuple[int, ...]:
    if known is None:
        return _addresses(w, record)
    key = (record, *(getattr(w, name) for name in DECISIONS))
    if key not in known:
        known[key] = _addresses(w, record)
    return known[key]


def _addresses(holder: Policy | k.WorldTables, record: Any) -> tuple[int, ...]:
    return tuple(_decision(getattr(holder, name), name, record) for name in DECISIONS)


def _decision(function: Callable[..., Any], decision: str, record: Any) -> int:
    if function is getattr(contract, f"plain_{decision}"):
        return _plain_decision(decision)
    content = _content(function, decision)
    with one_at_a_time:
        return _address(function, decision, record, content)


def _content(function: Callable[..., Any], decision: str) -> tuple[Any, ...]:
    try:
        return fingerprint.content(function)
    except fingerprint.UntoldError as why:
        raise NotCompilableError(f"{decision}\n  it cannot be compiled: it uses {why}") from None


def source_of_decision(policy: Policy, decision: str) -> Source:
    """What one of a policy's decisions is made of.

    Raises:
        NotCompilableError: where what it refers to cannot be told.
    """
    function, record = getattr(policy, decision), _record_of(policy)
    if function is getattr(contract, f"plain_{decision}"):
        record = _record_of(PLAIN_SCRUM)
    return _source(function, decision, record, _content(function, decision))


@cache
def _plain_decision(decision: str) -> int:
    """The code of what plain Scrum decides, compiled once for all policies."""
    function, record = getattr(contract, f"plain_{decision}"), _record_of(PLAIN_SCRUM)
    with one_at_a_time:
        return _address(function, decision, record, fingerprint.content(function))


@cache
def _address(
    function: Callable[..., Any], decision: str, record: Any, content: tuple[Any, ...]
) -> int:
    """The address of a decision's code. numba takes what a function refers to as it is now, so code
    is kept, in memory and on disk, for all of that."""

    return address_of(*_source(function, decision, record, content))


def _source(
    function: Callable[..., Any], decision: str, record: Any, content: tuple[Any, ...]
) -> Source:
    def make() -> MachineCode:
        from sim.engine.compiled import compiler

        return compiler.decision(function, decision, record)

    return Source(name_of(decision, content, record._fields, _contract()), make)
