"""What `w` is in the compiled kernel: the address of a world's memory (`sim.engine.compiled.memory`).

Handing seventeen arrays from function to function took numba 25 times longer to run and 5 times
longer to compile. Every index is checked, whatever numba's options say; an index out of range raises
IndexError.
"""

from __future__ import annotations

import operator
from typing import Any

from numba.extending import (
    infer_getattr,
    intrinsic,
    lower_builtin,
    lower_getattr_generic,
    models,
    register_model,
    type_callable,
)

from sim.engine.compiled.memory import PLACES, ROW, TABLES
from sim.engine.compiled.numba_inside import AttributeTemplate, cgutils, ir, signature, types
from sim.policy.contract import DECISIONS
from sim.policy.records import MOST_PARAMETERS

_WORD = ir.IntType(64)
_INT = types.int64

PARAMETERS = types.UniTuple(_INT, MOST_PARAMETERS)
"""The parameters as the kernel hands them on: the same numbers in the same order as any policy's
named tuple of them, so that code compiled for that can be called with these."""


class Table(types.Type):
    """Compiled code's table: where its address and length stand. No columns: a row of numbers."""

    def __init__(self, columns: int = ROW) -> None:
        self.columns = columns
        super().__init__(name=f"firelane_table({columns})")


class World(types.Type):
    """Compiled code's `w`."""

    def __init__(self) -> None:
        super().__init__(name="firelane_world")


WORLD = World()


@register_model(World)
@register_model(Table)
class _Address(models.PrimitiveModel):
    def __init__(self, manager: Any, kind: Any) -> None:
        super().__init__(manager, kind, _WORD.as_pointer())


@intrinsic
def world_of(typingctx, memory):
    """Compiled `sim.engine.kernel.world_of`: the world whose memory is at an address."""

    def code(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        return builder.inttoptr(values[0], _WORD.as_pointer())

    return WORLD(memory), code


@infer_getattr
class _Fields(AttributeTemplate):
    key = World

    def generic_resolve(self, world: Any, name: str) -> Any:
        if name == "p":
            return PARAMETERS
        return _INT if name in DECISIONS else Table(TABLES[name])


@lower_getattr_generic(World)
def _read_field(context: Any, builder: Any, kind: Any, memory: Any, name: str) -> Any:
    place = builder.gep(memory, [_WORD(PLACES[name])])
    if name == "p":
        numbers = [_number(builder, place, n) for n in range(MOST_PARAMETERS)]
        return context.make_tuple(builder, PARAMETERS, numbers)
    return builder.load(place) if name in DECISIONS else place


def _number(builder: Any, address: Any, place: int) -> Any:
    """A number of the world's memory: told to be invariant, it is loaded once, not at every use."""
    found = builder.load(builder.gep(address, [_WORD(place)]))
    found.set_metadata("invariant.load", builder.module.add_metadata([]))
    return found


# ---- table[row], table[row, column], len(table) -------------------------------------------------

_PAIR = types.UniTuple(_INT, 2)


def _index_of(table: Any, index: Any) -> Any:
    """The index as numba is to hand it over; None where it is none."""
    if not isinstance(table, Table):
        return None
    if table.columns:
        return _PAIR if isinstance(index, types.BaseTuple) and len(index) == 2 else None
    return _INT if isinstance(types.unliteral(index), types.Integer) else None


@type_callable(operator.getitem)
def _type_getitem(context):
    def typer(table, index):
        place = _index_of(table, index)
        return signature(_INT, table, place) if place else None

    return typer


@type_callable(operator.setitem)
def _type_setitem(context):
    def typer(table, index, value):
        place = _index_of(table, index)
        return signature(types.void, table, place, _INT) if place else None

    return typer


@type_callable(len)
def _type_len(context):
    return lambda table: _INT if isinstance(table, Table) else None


@lower_builtin(len, Table)
def _len(context: Any, builder: Any, signature: Any, values: Any) -> Any:
    return _number(builder, values[0], 1)


@lower_builtin(operator.getitem, Table, _INT)
@lower_builtin(operator.getitem, Table, _PAIR)
def _getitem(context: Any, builder: Any, signature: Any, values: Any) -> Any:
    return builder.load(_cell(context, builder, signature.args[0], *values))


@lower_builtin(operator.setitem, Table, _INT, _INT)
@lower_builtin(operator.setitem, Table, _PAIR, _INT)
def _setitem(context: Any, builder: Any, signature: Any, values: Any) -> Any:
    table, index, value = values
    builder.store(value, _cell(context, builder, signature.args[0], table, index))
    return context.get_dummy_value()


def _cell(context: Any, builder: Any, kind: Table, table: Any, index: Any) -> Any:
    """The address of a cell; raises IndexError where there is none."""
    row, column = (index, None) if not kind.columns else cgutils.unpack_tuple(builder, index, 2)
    wrong = builder.icmp_unsigned(">=", row, _number(builder, table, 1))
    if column is not None:
        beside = builder.icmp_unsigned(">=", column, _WORD(kind.columns))
        wrong = builder.or_(wrong, beside)
        row = builder.add(builder.mul(row, _WORD(kind.columns)), column)
    with cgutils.if_unlikely(builder, wrong):
        context.call_conv.return_user_exc(builder, IndexError, ("index out of a table's range",))
    data = builder.inttoptr(_number(builder, table, 0), _WORD.as_pointer())
    return builder.gep(data, [row])
