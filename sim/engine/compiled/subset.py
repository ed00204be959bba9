"""What of Python is compiled in decisions: what means the same compiled, and nothing else.

Each function is looked at twice. Before its types are found, operations and functions are exchanged for
those of `sim.engine.compiled.checks`, also in what it calls. Then whatever has another type, or does another
thing, than those listed here is refused with its line, and the policy runs on SimPy.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from types import FunctionType, ModuleType
from typing import Any

import numba
import numpy as np

from sim.engine.compiled.checks import STANDS_FOR, kind_of
from sim.engine.compiled.numba_inside import (
    WITHOUT_PYTHON,
    CPUDispatcher,
    numba_ir,
    types,
    with_passes,
)
from sim.engine.compiled.numba_types import RecordAt
from sim.errors import FirelaneError

OPTIONS = {"boundscheck": True, "nogil": True}
"""Bounds checks stay on: a wrong index raises instead of corrupting memory."""

_AS_THEY_ARE = {operator.not_, bool, len, range}
"""What numba itself computes as Python does, for the types that are let in."""

_EXPRESSIONS = {
    "binop", "unary", "call", "getattr", "static_getitem", "getitem", "build_tuple", "cast", "phi",
    "getiter", "iternext", "pair_first", "pair_second", "exhaust_iter",
}  # fmt: skip

_STATEMENTS = (
    numba_ir.Assign, numba_ir.Branch, numba_ir.Jump, numba_ir.Return, numba_ir.Del,
    numba_ir.Raise, numba_ir.StaticRaise,
)  # fmt: skip

_OF_ITERATION = (
    types.RangeType, types.RangeIteratorType, types.UniTupleIter, types.Pair, types.SliceType,
    types.SliceLiteral,
)  # fmt: skip

_CONSTANTS = (int, float, bool, np.int64, np.float64)
"""Types of numbers that a decision may take from outside; others wrap, or count truth values, otherwise."""


class RefusedError(FirelaneError):
    """Raised for something that would not mean the same compiled."""

    def __init__(self, why: str, line: int | None) -> None:
        super().__init__(why)
        self.why, self.line = why, line


class Subset:
    """Compiles functions of the subset; one for each decision, as what they call is compiled anew: numba
    would go on with the constants of the first time."""

    def __init__(self) -> None:
        self.refusals: list[RefusedError] = []
        """What was refused, also where numba told it otherwise."""
        self._compiler = with_passes(self._exchange, self._check)
        self._made: dict[FunctionType, Any] = {}

    def compiled(self, function: Callable[..., Any]) -> Any:
        """A function as numba's dispatcher, for any types of the subset."""
        python: Any = getattr(function, "py_func", function)
        if python not in self._made:
            self._made[python] = numba.njit(
                **OPTIONS, **WITHOUT_PYTHON, pipeline_class=self._compiler
            )(python)
        return self._made[python]

    def check_answer(self, decide: Any) -> None:
        """Raise RefusedError for a compiled decision that answers no whole number nor truth value:
        Python looks at each answer by itself."""
        for overload in decide.overloads.values():
            answer = overload.signature.return_type
            if kind_of(answer) != types.int64:
                raise RefusedError(
                    f"it answers {_told(answer)}; whole numbers, such as those of // or int(), can be",
                    None,
                )

    def _refuse(self, why: str, at: Any) -> RefusedError:
        error = RefusedError(why, getattr(at, "line", None))
        self.refusals.append(error)
        return error

    # ---- before types are found ------------------------------------------------------------------

    def _exchange(self, state: Any) -> None:
        code = state.func_ir.func_id.code
        if getattr(code, "co_exceptiontable", b""):
            raise self._refuse("try and with are not for compiled decisions", state.func_ir.loc)
        for block in state.func_ir.blocks.values():
            for statement in block.body:
                if isinstance(statement, numba_ir.Assign):
                    statement.value = self._exchanged(state, statement.value)

    def _exchanged(self, state: Any, value: Any) -> Any:
        if isinstance(value, numba_ir.Global | numba_ir.FreeVar | numba_ir.Const):
            return self._from_outside(value)
        if not isinstance(value, numba_ir.Expr):
            return value
        if value.op in ("binop", "inplace_binop", "unary"):
            return self._operation(value)
        if value.op == "getattr" and (found := self._of_module(state, value)) is not None:
            return found
        return value

    def _from_outside(self, value: Any) -> Any:
        held = value.value
        if isinstance(held, CPUDispatcher | FunctionType):
            value.value = self.compiled(held)
        elif _hashable(held) and held in STANDS_FOR and callable(held):
            value.value = STANDS_FOR[held]
        elif not self._may_be_held(held):
            raise self._refuse(f"'{_shown(held)}' is nothing for compiled decisions", value.loc)
        return value

    def _may_be_held(self, held: Any) -> bool:
        if isinstance(held, np.ndarray):
            return held.dtype in (np.int64, np.float64) and held.ndim == 1
        if isinstance(held, tuple):
            return all(self._may_be_held(each) for each in held)
        if isinstance(held, np.generic | int | float):
            return type(held) in _CONSTANTS or _is_enum_member(held)
        return not isinstance(held, str | bytes | list | dict | set)

    def _operation(self, value: Any) -> Any:
        if value.op == "unary":
            if value.fn in STANDS_FOR:
                value.fn = STANDS_FOR[value.fn]
            elif value.fn is not operator.not_:
                raise self._refuse(f"no {_shown(value.fn)} in compiled decisions", value.loc)
            return value
        fn = value.immutable_fn if value.op == "inplace_binop" else value.fn
        if fn not in STANDS_FOR:
            raise self._refuse(f"no '{_shown(fn)}' in compiled decisions", value.loc)
        exchanged = numba_ir.Expr.binop(operator.add, value.lhs, value.rhs, value.loc)
        exchanged.fn = STANDS_FOR[fn]
        return exchanged

    def _of_module(self, state: Any, value: Any) -> Any:
        """Exchange what is taken from a module, such as `math.floor`, for what stands for it."""
        home = state.func_ir.get_definition(value.value, lhs_only=False)
        if not isinstance(home, numba_ir.Global | numba_ir.FreeVar):
            return None
        if not isinstance(home.value, ModuleType):
            return None
        held = getattr(home.value, value.attr, None)
        return self._from_outside(numba_ir.Global(value.attr, held, value.loc))

    # ---- when types are found ----------------------------------------------------------------------

    def _check(self, state: Any) -> None:
        for block in state.func_ir.blocks.values():
            for statement in block.body:
                if not isinstance(statement, _STATEMENTS):
                    what = type(statement).__name__
                    raise self._refuse(f"no {what} in compiled decisions", statement.loc)
                if isinstance(statement, numba_ir.Assign):
                    self._check_assignment(state, statement)

    def _check_assignment(self, state: Any, statement: Any) -> None:
        value, kind = statement.value, state.typemap[statement.target.name]
        if isinstance(value, numba_ir.Expr):
            if value.op not in _EXPRESSIONS:
                raise self._refuse(f"no {value.op} in compiled decisions", value.loc)
            if value.op == "cast":
                self._check_alike(state, kind, value.value, value.loc)
            for incoming in value.incoming_values if value.op == "phi" else ():
                self._check_alike(state, kind, incoming, value.loc)
        elif isinstance(value, numba_ir.Var):
            self._check_alike(state, kind, value, value.loc)
        if not _is_let_in(kind):
            raise self._refuse(f"{_told(kind)} is nothing for compiled decisions", statement.loc)

    def _check_alike(self, state: Any, kind: Any, incoming: Any, loc: Any) -> None:
        """Refuse a name that holds now a whole number, now a fraction, or nothing: it is no number
        of one kind."""
        if incoming is numba_ir.UNDEFINED:
            raise self._refuse("a name may have no value here", loc)
        given = state.typemap[incoming.name]
        if isinstance(given, types.Optional | types.NoneType):
            raise self._refuse("there may be no answer, which is None", loc)
        literal = hasattr(given, "literal_value")
        if kind_of(kind) is not None and kind_of(given) != kind_of(kind) and not literal:
            raise self._refuse("a fraction where elsewhere a whole number stands", loc)


def _hashable(held: Any) -> bool:
    try:
        hash(held)
    except TypeError:
        return False
    return True


def _is_enum_member(held: Any) -> bool:
    return type(getattr(held, "_value_", None)) is int


def _is_let_in(kind: Any) -> bool:
    if kind_of(kind) is not None or isinstance(kind, _OF_ITERATION):
        return True
    if isinstance(kind, types.BaseTuple):
        return all(_is_let_in(each) for each in kind)
    if isinstance(kind, types.Array):
        return kind.ndim == 1 and kind_of(kind.dtype) is not None and kind.dtype != types.boolean
    if isinstance(kind, types.Function):
        return kind.typing_key in _AS_THEY_ARE or kind.typing_key in STANDS_FOR.values()
    if isinstance(kind, types.Dispatcher):
        return True
    return isinstance(kind, types.Module | types.IntEnumClass | types.NumberClass | RecordAt)


def _shown(held: Any) -> str:
    return getattr(held, "__name__", None) or repr(held)[:40]


def _told(kind: Any) -> str:
    return str(types.unliteral(kind))[:60]
