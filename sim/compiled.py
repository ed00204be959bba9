"""The kernel and a policy's decisions, compiled by numba.

The kernel is compiled once for all policies and kept on disk beside its source. A decision is
compiled by itself, also kept, and enters the kernel as the address of its code: changing a parameter
compiles nothing, and a decision that fails raises as it would in Python.
"""

from __future__ import annotations

import contextlib
import dis
import hashlib
import inspect
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from types import FunctionType
from typing import Any, NamedTuple

import numba
import numpy as np
from numba.core import cgutils, types
from numba.core.compiler import CompilerBase, Flags
from numba.core.compiler_machinery import PassManager
from numba.core.typed_passes import (
    IRLegalization,
    NativeLowering,
    NoPythonBackend,
    NopythonTypeInference,
    PreLowerStripPhis,
)
from numba.core.untyped_passes import FixupArgs, IRProcessing, ReconstructSSA, TranslateByteCode
from numba.extending import intrinsic

from sim import compiled_world, compiling, records
from sim import kernel as k
from sim import policy as contract
from sim.calendars import Ints
from sim.compiled_world import PARAMETERS, WORLD, Table, memory_of, world_of
from sim.crew import beside
from sim.function_content import surroundings
from sim.kernel import (
    dispatch,
    events,
    hours,
    improvements,
    incidents,
    loop,
    on_call,
    queues,
    sprints,
    tables,
    views,
    work,
)
from sim.policy import (
    DECISIONS,
    PLAIN_SCRUM,
    DeveloperView,
    IncidentView,
    Policy,
    SprintView,
    TeamView,
)
from sim.trace import Trace
from sim.world import Case, Room, lived_through

KERNEL = (
    tables,
    hours,
    events,
    queues,
    views,
    work,
    sprints,
    on_call,
    incidents,
    improvements,
    dispatch,
    loop,
)
"""The modules that are compiled together; names are unique among them."""


class NotCompilableError(Exception):
    """A decision that numba cannot compile, and why, in words."""


def simulate(cases: Sequence[Case], room: Room) -> list[Trace]:
    """Live through sample paths, each under a policy, in one call that leaves Python free.

    Raises:
        PolicyError: where a decision answers what is no answer.
        NotCompilableError: for a policy that has to run on another engine.
    """
    return lived_through(cases, _live, room)


def _live(worlds: Sequence[k.World]) -> Sequence[k.World]:
    compiled_kernel()(np.array([world_memory(w) for w in worlds]))
    return worlds


def world_memory(w: k.World) -> Ints:
    """A world as the compiled kernel finds it; the tables in `w` must outlive it."""
    return memory_of(w, _addresses(w, type(w.p)))


# ---- types --------------------------------------------------------------------------------------

_INT = types.int64


def _view(view: type) -> types.NamedUniTuple:
    return types.NamedUniTuple(_INT, len(view._fields), view)


_DEVELOPER, _TEAM = _view(DeveloperView), _view(TeamView)
_INCIDENT, _SPRINT = _view(IncidentView), _view(SprintView)

_VIEWS = dict(
    zip(
        DECISIONS,
        (
            (_DEVELOPER, _SPRINT),
            (_TEAM, _SPRINT),
            (_TEAM, _SPRINT),
            (_INCIDENT, _TEAM, _INT),
            (_DEVELOPER, _INCIDENT),
            (_DEVELOPER, _TEAM),
            (_TEAM, _SPRINT),
        ),
        strict=True,
    )
)
"""What each decision is asked with, before the parameters."""

_ARGUMENTS = {
    "memory": types.Array(_INT, 1, "A"),
    "w": WORLD,
    "sprint": _SPRINT,
    "lists": Table(2),
    "tree": Table(),
}
"""Arguments of the kernel's functions that are not whole numbers."""


# ---- the kernel ---------------------------------------------------------------------------------


def compiled_kernel() -> Callable[[Ints], None]:
    """`sim.kernel.live_all`, compiled; from disk after the first time. Threads wait for each other."""
    with _one_at_a_time:
        return _kernel()


_one_at_a_time = threading.RLock()


@cache
def _kernel() -> Callable[[Ints], None]:
    names, dispatcher = _uncompiled()
    if not compiling.loaded(dispatcher, _KERNEL_SIGNATURE):
        _announce()
        parts: dict[str, FunctionType] = {}
        _collect_callees(k.live_all, names, parts)
        _compile_parts(parts, names, dispatcher.targetdescr)
    dispatcher.compile(_KERNEL_SIGNATURE)
    return dispatcher  # type: ignore[no-any-return]


_KERNEL_SIGNATURE = types.void(types.Array(_INT, 2, "C"))


@contextmanager
def compiled_beside() -> Iterator[None]:
    """Where the kernel is not on disk yet, say so, and have another process put it there meanwhile."""
    _, dispatcher = _uncompiled()
    if compiling.loaded(dispatcher, _KERNEL_SIGNATURE):
        yield
        return
    _announce()
    with beside(compiled_kernel):
        yield


@cache
def _announce() -> None:
    print("Compiling the engine, once; this takes some ten seconds.", file=sys.stderr, flush=True)


@cache
def _uncompiled() -> tuple[dict[str, Any], Any]:
    """The names that the kernel's functions know, and numba's dispatcher for it."""
    names: dict[str, Any] = {}
    for module in KERNEL:
        names |= vars(module)
    names["world_of"] = world_of
    names |= {f"ask_{decision}": _caller(decision) for decision in DECISIONS}
    made_of = (*KERNEL, contract, records, compiled_world, compiling, sys.modules[__name__])
    return names, compiling.kept_on_disk(k.live_all, names, *made_of)


def _compile_parts(parts: dict[str, FunctionType], names: dict[str, Any], target: Any) -> None:
    """Compile what `live` calls: each function once, all into one library that is optimised once.

    Left to itself numba compiles a function anew for every constant it is called with, and
    optimises and emits it again for everything that calls it.
    """
    library = target.target_context.codegen().create_library("firelane_kernel")
    library._optimize_functions = lambda module: None  # the whole is optimised, once
    flags = Flags()
    target.options.parse_as_flags(flags, {**compiling.OPTIONS, "nopython": True})
    flags.no_compile = flags.no_cpython_wrapper = flags.no_cfunc_wrapper = True
    for name, function in parts.items():
        arguments = function.__code__.co_varnames[: function.__code__.co_argcount]
        passes = _FewPasses(
            target.typing_context,
            target.target_context,
            library,
            tuple(_ARGUMENTS.get(argument, _INT) for argument in arguments),
            None,
            flags,
            {},
        )
        compiled = passes.compile_extra(FunctionType(function.__code__, names, name))
        names[name] = _call_within(library, compiled, arguments)


class _FewPasses(CompilerBase):  # type: ignore[misc]
    """Numba's way from Python to machine code without what the kernel has no use for: closures,
    constants as types, array expressions, annotations."""

    def define_pipelines(self) -> list[PassManager]:
        """As numba asks for them."""
        passes = PassManager("firelane_kernel")
        for step in (
            TranslateByteCode,
            FixupArgs,
            IRProcessing,
            ReconstructSSA,
            NopythonTypeInference,
            PreLowerStripPhis,
            IRLegalization,
            NativeLowering,
            NoPythonBackend,
        ):
            passes.add_pass(step, step.__name__)
        passes.finalize()
        return [passes]


def _call_within(library: Any, compiled: Any, arguments: tuple[str, ...]) -> Any:
    """A function that calls another in the library."""

    def code(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        if context.active_code_library is not library:
            context.active_code_library.add_linking_library(library)
        return context.call_internal(builder, compiled.fndesc, compiled.signature, values)

    return _intrinsic(arguments, compiled.signature, code)


def _intrinsic(arguments: Sequence[str], signature: Any, code: Any) -> Any:
    """A function for compiled code alone, of this signature and emitted by `code`."""

    def definition(typingctx: Any, *types: Any) -> Any:
        return signature, code

    place = inspect.Parameter.POSITIONAL_OR_KEYWORD
    definition.__signature__ = inspect.Signature(
        [inspect.Parameter(name, place) for name in ("typingctx", *arguments)]
    )
    return intrinsic(definition)


def _collect_callees(
    function: Callable[..., Any], names: dict[str, Any], found: dict[str, FunctionType]
) -> None:
    """Add the kernel's functions that `function` calls, callees before callers."""
    for code in dis.get_instructions(function):
        callee = names.get(code.argval) if code.opname == "LOAD_GLOBAL" else None
        if isinstance(callee, FunctionType) and code.argval not in found:
            _collect_callees(callee, names, found)
            found[code.argval] = callee


def _caller(decision: str) -> Any:
    """What stands in the kernel for `ask_…`: a call of the code at an address."""
    signature = _INT(*_VIEWS[decision], PARAMETERS)

    def code(context: Any, builder: Any, _: Any, values: Any) -> Any:
        address, *arguments = values
        kind = context.call_conv.get_function_type(signature.return_type, signature.args)
        pointer = builder.inttoptr(address, kind.as_pointer())
        status, answer = context.call_conv.call_function(
            builder, pointer, signature.return_type, signature.args, arguments
        )
        with cgutils.if_unlikely(builder, status.is_error):
            context.call_conv.return_status_propagate(builder, status)
        return answer

    arguments = inspect.signature(getattr(k, f"ask_{decision}")).parameters
    return _intrinsic(list(arguments), signature.return_type(_INT, *signature.args), code)


# ---- decisions ----------------------------------------------------------------------------------


class _Code(NamedTuple):
    """Compiled code, and what keeps it in memory."""

    address: int
    dispatcher: Any


def decisions_of(policy: Policy) -> tuple[int, ...]:
    """The addresses of a policy's compiled decisions, in the kernel's order.

    Raises:
        NotCompilableError: naming the decision, the line and what numba cannot do.
    """
    return _addresses(policy, type(policy.record()))


def _addresses(holder: Policy | k.World, record: type) -> tuple[int, ...]:
    return tuple(_code_of(getattr(holder, name), name, record).address for name in DECISIONS)


def _code_of(function: Callable[..., Any], decision: str, record: type) -> _Code:
    """What plain Scrum decides is compiled once for all policies."""
    if function is getattr(contract, f"plain_{decision}"):
        return _compiled(function, decision, type(PLAIN_SCRUM.record()), ())
    return _compiled(function, decision, record, surroundings(function))


@cache
def _compiled(
    function: Callable[..., Any], decision: str, record: type, outside: tuple[Any, ...]
) -> _Code:
    """Numba takes what a function refers to as it is now, so code is kept, in memory and on disk,
    for the function and for that."""
    signature = _INT(*_VIEWS[decision], _view(record))
    try:
        dispatcher = numba.njit(**compiling.OPTIONS, **compiling.UNSEEN)(_named(function, outside))
        with contextlib.suppress(RuntimeError):  # typed at a prompt: no file to keep it beside
            dispatcher.enable_caching()
        dispatcher.compile(signature)
    except Exception as error:  # numba raises its own, and what its passes stumble over
        raise NotCompilableError(_explained(function, decision, error)) from None
    result = dispatcher.overloads[signature.args]
    address = result.library.get_pointer_to_function(result.fndesc.llvm_func_name)
    return _Code(address, dispatcher)


def _named(function: Callable[..., Any], outside: tuple[Any, ...]) -> Callable[..., Any]:
    """The function under a name that also stands for what it refers to: by its name numba finds the
    code that it keeps on disk."""
    if not isinstance(function, FunctionType):
        return function
    code = FunctionType(
        function.__code__,
        function.__globals__,
        function.__name__,
        function.__defaults__,
        function.__closure__,
    )
    mark = hashlib.sha256(repr(outside).encode()).hexdigest()[:12]
    code.__qualname__ = f"{function.__qualname__}_{mark}"
    # Of a file that is no module, numba could not find again what it kept on disk.
    code.__module__ = function.__module__ if function.__module__ in sys.modules else "__main__"
    code.__kwdefaults__ = function.__kwdefaults__
    return code


def _explained(function: Callable[..., Any], decision: str, error: Exception) -> str:
    """Which decision, which line, what numba cannot do."""
    text = str(getattr(error, "msg", error))
    why = next((line.strip() for line in text.splitlines() if line.strip()), "")
    if "class 'function'" in why:
        why += "; a function that a decision calls needs @numba.njit above it"
    where = ""
    line = getattr(getattr(error, "loc", None), "line", None)
    if line is not None:
        try:
            lines, first = inspect.getsourcelines(function)
            where = f", line {line}: {lines[line - first].strip()}"
        except (OSError, IndexError, TypeError):
            where = f", line {line}"
    return f"{decision}{where}\n  numba cannot compile this: {why}"
