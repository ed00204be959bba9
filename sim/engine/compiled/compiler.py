"""What numba makes of the kernel, of a policy's decisions and of other loops: machine code.

Loaded only where something has to be compiled: `sim.engine.compiled.object_cache` keeps what is made here.
"""

from __future__ import annotations

import dis
import inspect
import re
import sys
from collections.abc import Callable, Collection, Sequence
from types import FunctionType, ModuleType
from typing import Any, get_args, get_type_hints

import numba
from numba.extending import intrinsic

from sim.engine import kernel as k
from sim.engine.compiled.numba_inside import (
    WITHOUT_PYTHON,
    cgutils,
    compiled_into,
    finalized,
    inlined,
    ir,
    library_of_functions,
    llvm_text,
    object_code,
    symbol_of,
    symbols_needed,
    types,
    unoptimised,
)
from sim.engine.compiled.numba_types import (
    REALS,
    WITHOUT,
    WORLD,
    RowOf,
    TableOf,
    TablesType,
    at_address,
    record_at,
)
from sim.engine.compiled.object_cache import MachineCode, NotCompilableError
from sim.engine.compiled.subset import OPTIONS, RefusedError, Subset
from sim.engine.kernel import asking
from sim.engine.rows import Numbers, Reals
from sim.engine.rules import EXTENSIONS
from sim.policy.answers import MAX_ROUTE, MOST, ROUTES, WORK
from sim.policy.contract import DECISIONS, LABEL, MAX_PEOPLE
from sim.policy.views import DeveloperView, IncidentView, SprintView, StoryView, TeamView

_INT = types.int64


def _view(view: type) -> types.NamedUniTuple:
    return types.NamedUniTuple(_INT, len(view._fields), view)  # type: ignore[attr-defined]


_DEVELOPER, _TEAM = _view(DeveloperView), _view(TeamView)
_INCIDENT, _SPRINT, _STORY = _view(IncidentView), _view(SprintView), _view(StoryView)

_VIEWS = {
    "on_duty": (_DEVELOPER, _SPRINT),
    "reserve": (_TEAM, _SPRINT),
    "improve": (_TEAM, _SPRINT),
    "route": (_INCIDENT, _TEAM, _INT),
    "takes": (_DEVELOPER, _INCIDENT),
    "next_work": (_DEVELOPER, _TEAM),
    "review": (_TEAM, _SPRINT),
    "rank": (_INCIDENT, _INT),
    "picks": (_DEVELOPER, _STORY, _TEAM),
    "people": (_INCIDENT,),
    "note": (_TEAM, _INT, _INCIDENT, _INT, _INT),
    "shift": (_INCIDENT, _DEVELOPER, _INT),
}
"""What each decision is asked with, before the parameters."""


def _kinds_of_arguments(function: Callable[..., Any]) -> list[Any]:
    """What compiled code takes a function's arguments to be, by their annotations."""
    hints = get_type_hints(function, include_extras=True)
    return [_kind_of(hints[name]) for name in inspect.signature(function).parameters]


def _kind_of(hint: Any) -> Any:
    if hint in (int, bool):
        return _INT
    if hint is float:
        return types.float64
    if hint in _OF_VIEWS:
        return _OF_VIEWS[hint]
    if hint is k.WorldTables:
        return WORLD
    if hint in (Numbers, Reals):
        return REALS if hint == Reals else TableOf(None)
    if isinstance(hint, type) and issubclass(hint, tuple):
        return TablesType(hint)
    return RowOf(hint) if isinstance(hint, type) else TableOf(get_args(hint)[0])


_OF_VIEWS = {
    DeveloperView: _DEVELOPER,
    TeamView: _TEAM,
    IncidentView: _INCIDENT,
    SprintView: _SPRINT,
    StoryView: _STORY,
}


def _code_in(library: Any, name: str) -> MachineCode:
    """A finished library's machine code, with the name of the function that is called in it."""
    address = library.get_pointer_to_function(name)
    _libraries.append(library)
    return MachineCode(name, symbols_needed(library), object_code(library), address)


_libraries: list[Any] = []
"""What holds the code; it stays as long as the program."""


def text_of(make: Callable[[], MachineCode]) -> MachineCode:
    """What one of this module's functions would make, as LLVM's text in place of machine code: as it is before it
    is optimised for any processor, so that it is the same on all of them."""
    with unoptimised():
        made = make()
        return made._replace(code=llvm_text(_libraries[-1]).encode())


# ---- the kernel ---------------------------------------------------------------------------------

_INLINED = {
    "admit",
    "begin_part",
    "count_available",
    "decide",
    "enlist",
    "enqueue",
    "finish",
    "finish_part",
    "next_to_ask",
    "note_incident",
    "put_in_queue",
    "set_activity",
    "set_busy",
    "take",
    "team_view",
    "time_on_item",
}
"""Of the kernel's functions: an incident's way to the end. A tenth less to run, a second more to make."""


def kernel(extended: bool) -> MachineCode:
    """Compile `sim.engine.kernel.simulate`, a function of the address of a world's memory.

    Most policies need nothing of EXTENSIONS: their kernel is compiled without, and neither looks at these
    rules nor holds what they would do.
    """
    names: dict[str, Any] = {}
    for module in k.MODULES:
        names |= vars(module)
    names["world_of"], names["lowest_bit"] = at_address(k.WorldTables), _lowest_bit()
    names |= {f"ask_{decision}": _caller(decision) for decision in DECISIONS}
    WITHOUT.clear()
    WITHOUT.update(() if extended else EXTENSIONS)
    return _one_library("firelane_kernel", k.simulate, names, _INLINED)


def _one_library(
    label: str, entry: FunctionType, names: dict[str, Any], inlined_ones: Collection[str]
) -> MachineCode:
    """Compile a function of the address of tables, and all that it calls.

    Each function is compiled once, all into one library that is optimised once. Left to itself numba
    compiles a function anew for every constant it is called with, and optimises and emits it again for
    everything that calls it.
    """
    parts: dict[str, FunctionType] = {}
    _collect_callees(entry, names, parts)
    parts[entry.__name__] = entry
    library = library_of_functions(label)
    for name, function in parts.items():
        arguments = tuple(inspect.signature(function).parameters)
        kinds = [_INT] if function is entry else _kinds_of_arguments(function)
        within = FunctionType(function.__code__, names, name)
        compiled = compiled_into(library, within, kinds, OPTIONS)
        names[name] = _call_within(compiled, arguments)
        if name in inlined_ones:
            inlined(library, symbol_of(compiled))
    symbol = symbol_of(compiled)
    return _code_in(finalized(library, symbol), symbol)


def _call_within(compiled: Any, arguments: tuple[str, ...]) -> Any:
    """A function that calls another in the library."""

    def code(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        return context.call_internal(builder, compiled.fndesc, compiled.signature, values)

    return _intrinsic(arguments, compiled.signature, code)


def _intrinsic(arguments: Sequence[str], signature: Any, code: Any) -> Any:
    """A function for compiled code alone, of this signature and emitted by `code`."""

    def definition(typingctx: Any, *types: Any) -> Any:
        return signature, code

    place = inspect.Parameter.POSITIONAL_OR_KEYWORD
    definition.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
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


def _lowest_bit() -> Any:
    """The kernel's `lowest_bit` as one instruction of the processor."""

    def code(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        return builder.cttz(values[0], ir.IntType(1)(1))

    return _intrinsic(["word"], _INT(_INT), code)


def _caller(decision: str) -> Any:
    """What stands in the kernel for `ask_…`: a call of the code at an address."""
    signature = _INT(*_VIEWS[decision], _INT)

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

    arguments = inspect.signature(getattr(asking, f"ask_{decision}")).parameters
    return _intrinsic(list(arguments), signature.return_type(_INT, *signature.args), code)


# ---- decisions ----------------------------------------------------------------------------------


def decision(function: Callable[..., Any], name: str, record: type) -> MachineCode:
    """Compile one of a policy's decisions; `record`: the named tuple of its parameters.

    Raises:
        NotCompilableError: naming the decision, the line and what cannot be compiled.
    """
    signature = _INT(*_VIEWS[name], _INT)
    subset = Subset()
    try:
        decide = subset.compiled(function)
        asking = _asking(name, decide, record_at(record))
        dispatcher = numba.njit(**OPTIONS, **WITHOUT_PYTHON)(asking)
        dispatcher.compile(signature)
        subset.check_answer(decide)
    except Exception as error:  # numba raises its own, and what its passes stumble over
        told = subset.refusals[0] if subset.refusals else error
        raise NotCompilableError(_explained(function, name, told)) from None
    return _code_of(dispatcher, signature)


WRONG = "an answer that is none"
"""What is raised for it; the run, begun anew in Python, tells which."""


def _truth(answer):  # type: ignore[no-untyped-def]
    return 1 if answer else 0


def _route(answer):  # type: ignore[no-untyped-def]
    if not 0 <= answer < MAX_ROUTE or answer % LABEL not in ROUTES:
        raise ValueError(WRONG)
    return answer


def _work(answer):  # type: ignore[no-untyped-def]
    if answer not in WORK:
        raise ValueError(WRONG)
    return answer


def _number(answer):  # type: ignore[no-untyped-def]
    if not -MOST < answer < MOST:
        raise ValueError(WRONG)
    return answer


def _people(answer):  # type: ignore[no-untyped-def]
    if not 1 <= answer <= MAX_PEOPLE:
        raise ValueError(WRONG)
    return answer


_EDGES = {
    "on_duty": _truth,
    "reserve": _number,
    "improve": _number,
    "route": _route,
    "takes": _truth,
    "next_work": _work,
    "review": _number,
    "rank": _number,
    "picks": _truth,
    "people": _people,
    "note": _number,
    "shift": _truth,
}
"""The edge of `sim.policy.answers`, compiled: whatever is no answer raises."""


def _asking(name: str, decide: Any, record: Any) -> Callable[..., Any]:
    """A decision as the kernel asks it: by the address of the parameters, its answer looked at."""
    edge = numba.njit(**OPTIONS, **WITHOUT_PYTHON)(_EDGES[name])

    def ask_1(first, p):  # type: ignore[no-untyped-def]
        return edge(decide(first, record(p)))

    def ask_2(first, second, p):  # type: ignore[no-untyped-def]
        return edge(decide(first, second, record(p)))

    def ask_3(first, second, third, p):  # type: ignore[no-untyped-def]
        return edge(decide(first, second, third, record(p)))

    def ask_5(first, second, third, fourth, fifth, p):  # type: ignore[no-untyped-def]
        return edge(decide(first, second, third, fourth, fifth, record(p)))

    return {1: ask_1, 2: ask_2, 3: ask_3, 5: ask_5}[len(_VIEWS[name])]


def _code_of(dispatcher: Any, signature: Any) -> MachineCode:
    result = dispatcher.overloads[signature.args]
    return _code_in(result.library, symbol_of(result))


def _explained(function: Callable[..., Any], decision: str, error: Exception) -> str:
    """In words, which decision, which line, and what cannot be compiled."""
    if isinstance(error, RefusedError):
        why, line = error.why, error.line
    else:
        why, line = _from_numba(str(getattr(error, "msg", error)))
    where = "" if line is None else f", line {line}{_text_of(function, line)}"
    return f"{decision}{where}\n  it cannot be compiled: {why}"


_REASONS = re.compile(
    r"^.*(?:No implementation of|Unknown attribute|Cannot|Untyped|Invalid use|Use of).*$", re.M
)
_SIGNATURE = re.compile(
    r"Function\(<(?:built-in )?(?:function|class) '?([\w.<>]+).*?>\) found for signature:"
)


def _from_numba(text: str) -> tuple[str, int | None]:
    """In words, what numba could not do, and in which line."""
    places = re.findall(r'File "(?!.*compiler\.py)[^"]*", line (\d+)', text)
    told = [line.strip() for line in text.splitlines() if line.strip()]
    found = _REASONS.search(text)
    why = found.group().strip() if found else next((t for t in told if "Failed in" not in t), "")
    if named := _SIGNATURE.search(text):
        why = f"{named.group(1)} of these kinds of numbers"
    return why, int(places[-1]) if places else None


def _text_of(function: Callable[..., Any], line: int) -> str:
    """`: the line`, where it is known and the function's."""
    try:
        lines, first = inspect.getsourcelines(function)
        return f": {lines[line - first].strip()}" if line >= first else ""
    except (OSError, IndexError, TypeError):
        return ""


# ---- functions of tables -------------------------------------------------------------------------


def function_of_tables(
    function: Callable[..., Any], declaration: type, made_of: Sequence[ModuleType]
) -> MachineCode:
    """Compile a function of declared tables, as one of the address of their memory; `made_of`: the modules
    whose functions it calls, beside its own."""
    names: dict[str, Any] = {}
    for module in (*made_of, sys.modules[function.__module__]):
        names |= vars(module)
    names |= {"called": function, "tables_at": at_address(declaration)}
    names |= {name: made() for name, made in _INSTRUCTIONS.items()}
    names["called"] = names[function.__name__]
    # All is put in its place: these loops are small.
    return _one_library(f"firelane_{function.__name__}", _entry, names, set(names))


def called(tables: Any) -> None:
    """What stands in `_entry` for the function that is compiled."""


def tables_at(memory: int) -> Any:
    """What stands in `_entry` for the tables at an address."""


def _entry(memory):  # type: ignore[no-untyped-def]
    called(tables_at(memory))


def _float_of() -> Any:
    """`sim.engine.futures.arithmetic.float_of` as no instruction at all: the same 64 bits."""

    def code(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        return builder.bitcast(values[0], ir.DoubleType())

    return _intrinsic(["word"], types.float64(_INT), code)


def _word_of() -> Any:
    """`sim.engine.futures.arithmetic.word_of`, the same."""

    def code(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        return builder.bitcast(values[0], ir.IntType(64))

    return _intrinsic(["number"], _INT(types.float64), code)


def _square_root() -> Any:
    """`sim.engine.futures.arithmetic.square_root`; a library of the system is not asked."""

    def code(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        root = builder.module.declare_intrinsic("llvm.sqrt", [ir.DoubleType()])
        return builder.call(root, values)

    return _intrinsic(["x"], types.float64(types.float64), code)


_INSTRUCTIONS = {"float_of": _float_of, "word_of": _word_of, "square_root": _square_root}
"""Functions that machine code has as instructions."""
