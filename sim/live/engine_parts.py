"""The engine as one module of WebAssembly: kernel, sampler, ledger and the decisions of policies.

It is made in a process of its own, as LLVM ends a process that asks for what it has not; each part is kept on disk
by what it is made of, and so is the module.
"""

from __future__ import annotations

import sys
import zlib
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from functools import cache, partial
from typing import NamedTuple

from sim.engine.compiled.compiling import LoopOfTables, Source, no_compiler
from sim.engine.compiled.engine import source_of_decision, source_of_kernel
from sim.engine.compiled.object_cache import (
    MachineCode,
    NotCompilableError,
    keep,
    kept,
    name_of,
    text_digest,
)
from sim.engine.futures.sampler import loop as sampler
from sim.engine.webassembly.linking import Module, linked, prepared
from sim.errors import FirelaneError
from sim.measures.accounts import loop as ledger
from sim.measures.baseline import loop as yardstick
from sim.policy.contract import DECISIONS, PLAIN_SCRUM, Policy
from sim.workers.apart import done_apart
from sim.workers.pool import CrashedError

_MAKERS = tuple(
    f"sim.engine.{name}"
    for name in (
        "webassembly.linking", "webassembly.wasm_object", "compiled.compiler", "compiled.numba_inside",
    )
)  # fmt: skip


class NoModuleError(FirelaneError):
    """Raised where a policy's decision, or the engine, cannot be made a module; it says which, and why."""


class Engine(NamedTuple):
    """The engine for a browser."""

    code: bytes
    """of WebAssembly"""
    data_end: int
    """the first byte of memory that is free"""
    slots: list[list[int]]
    """by policy, plain Scrum last: where in the table of functions each of DECISIONS stands"""


class _Wanted(NamedTuple):
    words: str
    source: Source


def engine_for(policies: Sequence[Policy], kernels: Collection[bool]) -> Engine:
    """The engine for some policies; the same ones give the same bytes.

    Args:
        policies: whose decisions it is to have.
        kernels: which of the two: that with `rules.EXTENSIONS` (True), that without, or both.

    Raises:
        NoModuleError: naming the policy and the decision that cannot be part of it, or why nothing can be.
    """
    if why := no_compiler():
        raise NoModuleError(why)
    with _in_words("the engine"):
        offered = _offered(kernels)
        decisions = [_decisions(policy) for policy in (*policies, PLAIN_SCRUM)]
        distinct = {one.source.name: one for row in decisions for one in row}
        module = _module(offered, list(distinct.values()))
    places = dict(zip(distinct, module.slots, strict=True))
    return Engine(
        module.code,
        module.data_end,
        [[places[one.source.name] for one in row] for row in decisions],
    )


def check_decision(policy: Policy, decision: str) -> None:
    """Make a decision of a policy a part of an engine.

    Raises:
        NoModuleError: where it cannot be, with the reason.
    """
    with _in_words(f"policy {policy.id}: {decision}"):
        done_apart(partial(_text, _decision(policy, decision)))


@contextmanager
def _in_words(what: str) -> Iterator[None]:
    try:
        yield
    except NotCompilableError as error:
        raise NoModuleError(" ".join(str(error).split())) from None
    except CrashedError as error:
        raise NoModuleError(f"the compiler {error}, asked for {what}") from None


KERNELS = {False: "simulate", True: "simulate_extended"}
"""What each kernel is called in the module."""


def _offered(kernels: Collection[bool]) -> dict[str, _Wanted]:
    loops = {"draw": sampler(), "follow": ledger(), "add_points": yardstick()}
    return {
        **{KERNELS[n]: _Wanted("the kernel", source_of_kernel(n)) for n in sorted(kernels)},
        **{name: _Wanted(f"the loop {name}", _source(loop)) for name, loop in loops.items()},
    }


def _source(loop: LoopOfTables) -> Source:
    if loop.source is None:
        raise NotCompilableError("the compiler does not work here")
    return loop.source


def _decisions(policy: Policy) -> list[_Wanted]:
    return [_decision(policy, name) for name in DECISIONS]


def _decision(policy: Policy, name: str) -> _Wanted:
    return _Wanted(f"policy {policy.id}: {name}", source_of_decision(policy, name))


def _module(offered: dict[str, _Wanted], decisions: Sequence[_Wanted]) -> Module:
    names = [one.source.name for one in (*offered.values(), *decisions)]
    name = name_of("live-module", names, list(offered), _makers())
    found = kept(name)
    if found is None:
        _announce(sum(kept(_name_of_text(one)) is None for one in (*offered.values(), *decisions)))
        made = done_apart(partial(_made, offered, decisions))
        found = MachineCode(str(made.data_end), [str(slot) for slot in made.slots], made.code)
        keep(name, found)
    return Module(found.code, [int(slot) for slot in found.needs], int(found.symbol))


def _announce(missing: int) -> None:
    if missing:
        print(
            f"Compiling for browsers, once: {missing} parts of the engine; this may take half a minute.",
            file=sys.stderr,
            flush=True,
        )


def _made(offered: dict[str, _Wanted], decisions: Sequence[_Wanted]) -> Module:
    texts = {name: _text(one) for name, one in offered.items()}
    return linked(texts, [_text(one) for one in decisions])


def _text(wanted: _Wanted) -> str:
    """A part for WebAssembly, from disk or made."""
    name = _name_of_text(wanted)
    found = kept(name)
    if found is None:
        from sim.engine.compiled.compiler import text_of

        made = text_of(wanted.source.make)
        text = prepared(made.code.decode(), made.symbol, wanted.words)
        found = MachineCode("-", [], zlib.compress(text.encode()))
        keep(name, found)
    return zlib.decompress(found.code).decode()


def _name_of_text(wanted: _Wanted) -> str:
    return name_of("live-part", wanted.source.name, _makers())


@cache
def _makers() -> str:
    return text_digest(*_MAKERS)
