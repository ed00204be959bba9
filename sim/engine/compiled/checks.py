"""Whole numbers in compiled decisions: computed as Python does, or not at all.

numba's numbers wrap at 64 bits, where Python's grow; its `~True` is False, where Python's is -2; its
`sqrt(-1)` is no error. Here stands, for each operation that decisions may use, what computes the same as
Python, and raises where 64 bits do not reach: the run is then begun anew in Python (`sim.engine.engines`).
Whatever has no entry here is refused when a decision is compiled (`sim.engine.compiled.subset`), and the policy
runs on SimPy.
"""

from __future__ import annotations

import builtins
import math
import operator
from collections.abc import Callable
from typing import Any

from sim.engine.compiled.numba_inside import (
    AbstractTemplate,
    cgutils,
    infer_global,
    ir,
    lowered,
    signature,
    types,
)

BEYOND = "a number that 64 bits do not hold"

_INT, _FLOAT, _BOOL = types.int64, types.float64, types.boolean
_WORD, _BIT, _REAL = ir.IntType(64), ir.IntType(1), ir.DoubleType()

_EXACT = 1 << 53
"""Whole numbers up to this are floats, too; beyond it Python compares and divides more exactly."""


def kind_of(given: Any) -> Any:
    """The kind of number that a type stands for: `int64` for whole numbers and truth values,
    `float64`, or None for what is neither."""
    plain = types.unliteral(given)
    if isinstance(plain, types.IntEnumMember):
        plain = plain.dtype
    if plain in (_INT, _BOOL):
        return _INT
    return _FLOAT if plain == _FLOAT else None


STANDS_FOR: dict[Any, Any] = {}
"""By operation or function of Python: what is compiled in its place."""

Emit = Callable[[Any, Any, Any, Any], Any]
"""Emits code: of a context, a builder, a signature and values."""


def _operation(original: Any, resolve: Callable[[Any, tuple[Any, ...]], Any], emit: Emit) -> None:
    """Have `emit` compiled in place of `original`; `resolve` tells the signature for the types of
    arguments, None for what is refused."""

    def key(*_: Any) -> Any:
        raise TypeError("stands for an operation in compiled code alone")

    key.__name__ = key.__qualname__ = getattr(original, "__name__", str(original))
    STANDS_FOR[original] = key

    class Template(AbstractTemplate):  # type: ignore[misc]
        def generic(self, args: tuple[Any, ...], kws: dict[str, Any]) -> Any:
            return None if kws else resolve(self.context, args)

    Template.key = key
    infer_global(key, types.Function(Template))
    lowered(key, emit)


# ---- raising -------------------------------------------------------------------------------------


def _raise_if(context: Any, builder: Any, wrong: Any, error: type[Exception], text: str) -> None:
    with cgutils.if_unlikely(builder, wrong):
        context.call_conv.return_user_exc(builder, error, (text,))


def _beyond(context: Any, builder: Any, wrong: Any) -> None:
    _raise_if(context, builder, wrong, OverflowError, BEYOND)


def _not_zero(context: Any, builder: Any, divisor: Any) -> None:
    zero = (
        builder.fcmp_ordered("==", divisor, _REAL(0.0))
        if divisor.type == _REAL
        else builder.icmp_signed("==", divisor, _WORD(0))
    )
    _raise_if(context, builder, zero, ZeroDivisionError, "division by zero")


def _exactly(context: Any, builder: Any, number: Any) -> Any:
    """A whole number as a float that equals it."""
    moved = builder.add(number, _WORD(_EXACT))
    _beyond(context, builder, builder.icmp_unsigned(">", moved, _WORD(2 * _EXACT)))
    return builder.sitofp(number, _REAL)


def _whole_of(context: Any, builder: Any, real: Any) -> Any:
    """A float without a fraction as a whole number."""
    within = builder.and_(
        builder.fcmp_ordered(">=", real, _REAL(-(2.0**63))),
        builder.fcmp_ordered("<", real, _REAL(2.0**63)),
    )
    _beyond(context, builder, builder.not_(within))
    return builder.fptosi(real, _WORD)


def _known(builder: Any, name: str) -> Any:
    """A function of a float that LLVM or the C library has."""
    return cgutils.get_or_insert_function(builder.module, ir.FunctionType(_REAL, [_REAL]), name)


# ---- + - * ---------------------------------------------------------------------------------------


def _numbers(_: Any, args: tuple[Any, ...]) -> Any:
    """The signature for numbers: whole numbers give a whole number, with a float among them a
    float."""
    kinds = [kind_of(arg) for arg in args]
    if None in kinds:
        return None
    kind = _FLOAT if _FLOAT in kinds else _INT
    return signature(kind, *[kind] * len(kinds))


def _arithmetic(whole: str, real: str) -> Emit:
    def emit(context: Any, builder: Any, sig: Any, values: Any) -> Any:
        if sig.return_type == _FLOAT:
            return getattr(builder, real)(*values)
        told = getattr(builder, f"{whole}_with_overflow")(*values)
        _beyond(context, builder, builder.extract_value(told, 1))
        return builder.extract_value(told, 0)

    return emit


_ADD, _SUBTRACT = _arithmetic("sadd", "fadd"), _arithmetic("ssub", "fsub")
_MULTIPLY = _arithmetic("smul", "fmul")
_operation(operator.add, _numbers, _ADD)
_operation(operator.sub, _numbers, _SUBTRACT)
_operation(operator.mul, _numbers, _MULTIPLY)


# ---- / // % --------------------------------------------------------------------------------------


def _divided(_: Any, args: tuple[Any, ...]) -> Any:
    kinds = [kind_of(arg) for arg in args]
    return None if None in kinds else signature(_FLOAT, *kinds)


def _divide(context: Any, builder: Any, sig: Any, values: Any) -> Any:
    both = all(kind == _INT for kind in sig.args)
    above, below = (
        value
        if kind == _FLOAT
        else _exactly(context, builder, value)
        if both
        else builder.sitofp(value, _REAL)
        for kind, value in zip(sig.args, values, strict=True)
    )
    _not_zero(context, builder, below)
    return builder.fdiv(above, below)


def _whole_quotient(context: Any, builder: Any, above: Any, below: Any) -> tuple[Any, Any]:
    """Quotient and rest, rounded down."""
    _not_zero(context, builder, below)
    lowest = builder.icmp_signed("==", above, _WORD(-(1 << 63)))
    minus = builder.icmp_signed("==", below, _WORD(-1))
    _beyond(context, builder, builder.and_(lowest, minus))
    quotient, rest = builder.sdiv(above, below), builder.srem(above, below)
    apart = builder.icmp_signed("<", builder.xor(rest, below), _WORD(0))
    down = builder.and_(apart, builder.icmp_signed("!=", rest, _WORD(0)))
    less = builder.sub(quotient, builder.zext(down, _WORD))
    return less, builder.add(rest, builder.select(down, below, _WORD(0)))


def _real_quotient(context: Any, builder: Any, above: Any, below: Any) -> tuple[Any, Any]:
    """`//` and `%` of floats, step by step as CPython computes them."""
    zero, one = _REAL(0.0), _REAL(1.0)

    def not_zero(real: Any) -> Any:
        return builder.fcmp_unordered("!=", real, zero)

    def negative(real: Any) -> Any:
        return builder.fcmp_ordered("<", real, zero)

    rest = builder.frem(above, below)
    down = builder.and_(not_zero(rest), builder.xor(negative(below), negative(rest)))
    quotient = builder.fdiv(builder.fsub(above, rest), below)
    quotient = builder.select(down, builder.fsub(quotient, one), quotient)
    floor = builder.call(_known(builder, "llvm.floor.f64"), (quotient,))
    over = builder.fcmp_ordered(">", builder.fsub(quotient, floor), _REAL(0.5))
    floor = builder.select(over, builder.fadd(floor, one), floor)
    signed_zero = _with_sign_of(builder, zero, builder.fdiv(above, below))
    whole = builder.select(not_zero(quotient), floor, signed_zero)
    left = builder.select(down, builder.fadd(rest, below), rest)
    return whole, builder.select(not_zero(rest), left, _with_sign_of(builder, zero, below))


def _with_sign_of(builder: Any, real: Any, other: Any) -> Any:
    both = ir.FunctionType(_REAL, [_REAL, _REAL])
    copysign = cgutils.get_or_insert_function(builder.module, both, "llvm.copysign.f64")
    return builder.call(copysign, (real, other))


def _floor(place: int) -> Emit:
    def emit(context: Any, builder: Any, sig: Any, values: Any) -> Any:
        if sig.return_type == _INT:
            return _whole_quotient(context, builder, *values)[place]
        _not_zero(context, builder, values[1])
        return _real_quotient(context, builder, *values)[place]

    return emit


_operation(operator.truediv, _divided, _divide)
_operation(operator.floordiv, _numbers, _floor(0))
_operation(operator.mod, _numbers, _floor(1))


def _pair(_: Any, args: tuple[Any, ...]) -> Any:
    whole = len(args) == 2 and all(kind_of(arg) == _INT for arg in args)
    return signature(types.UniTuple(_INT, 2), _INT, _INT) if whole else None


def _divmod(context: Any, builder: Any, sig: Any, values: Any) -> Any:
    both = _whole_quotient(context, builder, *values)
    return context.make_tuple(builder, sig.return_type, both)


_operation(builtins.divmod, _pair, _divmod)


# ---- ** << >> & | ^ ------------------------------------------------------------------------------

MAX_POWER = 16


def _power(_: Any, args: tuple[Any, ...]) -> Any:
    """The signature for powers of whole numbers whose exponent stands in the text; of floats, the
    last bit may differ."""
    exponent = getattr(args[1], "literal_value", None)
    small = isinstance(exponent, int) and 0 <= exponent <= MAX_POWER
    return signature(_INT, _INT, args[1]) if small and kind_of(args[0]) == _INT else None


def _raise_to(context: Any, builder: Any, sig: Any, values: Any) -> Any:
    found = _WORD(1)
    for _ in range(sig.args[1].literal_value):
        found = _MULTIPLY(context, builder, signature(_INT, _INT, _INT), (found, values[0]))
    return found


def _wholes(_: Any, args: tuple[Any, ...]) -> Any:
    whole = all(kind_of(arg) == _INT for arg in args)
    return signature(_INT, *[_INT] * len(args)) if whole else None


def _bits(_: Any, args: tuple[Any, ...]) -> Any:
    """The signature for operations on bits; two truth values give a truth value."""
    if all(types.unliteral(arg) == _BOOL for arg in args):
        return signature(_BOOL, _BOOL, _BOOL)
    return _wholes(_, args)


def _shift_left(context: Any, builder: Any, sig: Any, values: Any) -> Any:
    number, by = values
    _beyond(context, builder, builder.icmp_unsigned(">", by, _WORD(62)))
    moved = builder.shl(number, by)
    _beyond(context, builder, builder.icmp_signed("!=", builder.ashr(moved, by), number))
    return moved


def _shift_right(context: Any, builder: Any, sig: Any, values: Any) -> Any:
    number, by = values
    negative = builder.icmp_signed("<", by, _WORD(0))
    _raise_if(context, builder, negative, ValueError, "negative shift count")
    far = builder.icmp_signed(">", by, _WORD(63))
    return builder.ashr(number, builder.select(far, _WORD(63), by))


def _bitwise(name: str) -> Emit:
    return lambda context, builder, sig, values: getattr(builder, name)(*values)


_operation(operator.pow, _power, _raise_to)
_operation(operator.lshift, _wholes, _shift_left)
_operation(operator.rshift, _wholes, _shift_right)
_operation(operator.and_, _bits, _bitwise("and_"))
_operation(operator.or_, _bits, _bitwise("or_"))
_operation(operator.xor, _bits, _bitwise("xor"))


# ---- comparisons ---------------------------------------------------------------------------------


def _comparable(original: Any) -> Callable[[Any, tuple[Any, ...]], Any]:
    def resolve(context: Any, args: tuple[Any, ...]) -> Any:
        kinds = [kind_of(arg) for arg in args]
        if None not in kinds:
            return signature(_BOOL, *kinds)
        if all(_of_wholes(arg) for arg in args):
            return context.resolve_function_type(original, args, {})
        return None

    return resolve


def _of_wholes(given: Any) -> bool:
    return isinstance(given, types.BaseTuple) and all(kind_of(each) == _INT for each in given)


def _compare(sign: str, original: Any) -> Emit:
    def emit(context: Any, builder: Any, sig: Any, values: Any) -> Any:
        if isinstance(sig.args[0], types.BaseTuple):
            function = context.typing_context.resolve_value_type(original)
            return context.get_function(function, sig)(builder, values)
        if all(kind == _INT for kind in sig.args):
            return builder.icmp_signed(sign, *values)
        reals = [
            value if kind == _FLOAT else _exactly(context, builder, value)
            for kind, value in zip(sig.args, values, strict=True)
        ]
        # Nothing equals what is not a number, and everything is unequal to it.
        compare = builder.fcmp_unordered if sign == "!=" else builder.fcmp_ordered
        return compare(sign, *reals)

    return emit


for _sign, _original in (
    ("==", operator.eq), ("!=", operator.ne), ("<", operator.lt),
    ("<=", operator.le), (">", operator.gt), (">=", operator.ge),
):  # fmt: skip
    _operation(_original, _comparable(_original), _compare(_sign, _original))


def _contains(_: Any, args: tuple[Any, ...]) -> Any:
    held, wanted = args
    alike = _of_wholes(held) and kind_of(wanted) == _INT
    return signature(_BOOL, held, _INT) if alike else None


def _is_in(context: Any, builder: Any, sig: Any, values: Any) -> Any:
    found = _BIT(0)
    for kind, each in zip(sig.args[0], cgutils.unpack_tuple(builder, values[0]), strict=True):
        number = context.cast(builder, each, kind, _INT)
        found = builder.or_(found, builder.icmp_signed("==", number, values[1]))
    return found


_operation(operator.contains, _contains, _is_in)


# ---- one number ----------------------------------------------------------------------------------


def _minus(context: Any, builder: Any, sig: Any, values: Any) -> Any:
    if sig.return_type == _FLOAT:
        return builder.fneg(values[0])
    both = signature(_INT, _INT, _INT)
    return _SUBTRACT(context, builder, both, (_WORD(0), values[0]))


def _absolute(context: Any, builder: Any, sig: Any, values: Any) -> Any:
    if sig.return_type == _FLOAT:
        return builder.call(_known(builder, "llvm.fabs.f64"), values)
    negative = builder.icmp_signed("<", values[0], _WORD(0))
    return builder.select(negative, _minus(context, builder, sig, values), values[0])


_operation(operator.neg, _numbers, _minus)
_operation(operator.pos, _numbers, lambda context, builder, sig, values: values[0])
_operation(operator.invert, _wholes, lambda context, builder, sig, values: builder.not_(values[0]))
_operation(builtins.abs, _numbers, _absolute)


def _to_whole(_: Any, args: tuple[Any, ...]) -> Any:
    kind = kind_of(args[0]) if len(args) == 1 else None
    return None if kind is None else signature(_INT, kind)


def _to_real(_: Any, args: tuple[Any, ...]) -> Any:
    kind = kind_of(args[0]) if len(args) == 1 else None
    return None if kind is None else signature(_FLOAT, _FLOAT)


def _rounded(how: str) -> Emit:
    """Emit rounding to a whole number by one of LLVM's functions, which are exact."""

    def emit(context: Any, builder: Any, sig: Any, values: Any) -> Any:
        if sig.args[0] == _INT:
            return values[0]
        return _whole_of(context, builder, builder.call(_known(builder, how), values))

    return emit


_operation(builtins.float, _to_real, lambda context, builder, sig, values: values[0])
for _original, _how in (
    (builtins.int, "llvm.trunc.f64"),
    (builtins.round, "llvm.roundeven.f64"),
    (math.trunc, "llvm.trunc.f64"),
    (math.floor, "llvm.floor.f64"),
    (math.ceil, "llvm.ceil.f64"),
):
    _operation(_original, _to_whole, _rounded(_how))


# ---- functions of floats -------------------------------------------------------------------------


def _one_real(_: Any, args: tuple[Any, ...]) -> Any:
    kind = kind_of(args[0]) if len(args) == 1 else None
    return None if kind is None else signature(_FLOAT, _FLOAT)


def _function(name: str, checked: bool) -> Emit:
    """Emit a function as the C library has it, which Python asks, too; what is no number is
    Python's to judge."""

    def emit(context: Any, builder: Any, sig: Any, values: Any) -> Any:
        found = builder.call(_known(builder, name), values)
        if checked:
            finite = builder.fcmp_ordered("==", builder.fsub(found, found), _REAL(0.0))
            _beyond(context, builder, builder.not_(finite))
        return found

    return emit


_operation(math.sqrt, _one_real, _function("llvm.sqrt.f64", True))
_operation(math.fabs, _one_real, _function("llvm.fabs.f64", False))
_operation(math.exp, _one_real, _function("exp", True))
_operation(math.log, _one_real, _function("log", True))


# ---- several numbers -----------------------------------------------------------------------------


def _extreme(sign: str) -> Emit:
    """Emit the choice of the first of those that no other is beyond, as Python looks for it."""

    def emit(context: Any, builder: Any, sig: Any, values: Any) -> Any:
        compare = builder.icmp_signed if sig.return_type == _INT else builder.fcmp_ordered
        found = values[0]
        for value in values[1:]:
            found = builder.select(compare(sign, value, found), value, found)
        return found

    return emit


def _alike(_: Any, args: tuple[Any, ...]) -> Any:
    """The signature for numbers that are all whole, or all floats: mixed, Python answers one of
    them as it is."""
    kinds = {kind_of(arg) for arg in args}
    if len(args) < 2 or len(kinds) != 1 or None in kinds:
        return None
    [kind] = kinds
    return signature(kind, *[kind] * len(args))


_operation(builtins.min, _alike, _extreme("<"))
_operation(builtins.max, _alike, _extreme(">"))


def _summable(_: Any, args: tuple[Any, ...]) -> Any:
    return signature(_INT, args[0]) if len(args) == 1 and _of_wholes(args[0]) else None


def _sum(context: Any, builder: Any, sig: Any, values: Any) -> Any:
    found = _WORD(0)
    for kind, each in zip(sig.args[0], cgutils.unpack_tuple(builder, values[0]), strict=True):
        number = context.cast(builder, each, kind, _INT)
        found = _ADD(context, builder, signature(_INT, _INT, _INT), (found, number))
    return found


_operation(builtins.sum, _summable, _sum)
