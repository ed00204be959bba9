"""What the compiled kernel sees as its world: tables of whole numbers in memory that NumPy owns.

Handing seventeen arrays from function to function took numba 25 times longer to run and 5 times
longer to compile. So the world is one address: that of a row of numbers with the address and the
length of each table, the addresses of the policy's decisions, and its parameters. Every index is
checked, whatever numba's options say; an index out of range raises IndexError.
"""

from __future__ import annotations

import operator
from typing import Any

import numpy as np
from llvmlite import ir
from numba.core import cgutils, types
from numba.core.typing.templates import AttributeTemplate, signature
from numba.extending import (
    infer_getattr,
    intrinsic,
    lower_builtin,
    lower_getattr_generic,
    models,
    register_model,
    type_callable,
)
from numba.np.arrayobj import make_array

from sim import kernel as k
from sim.calendars import Ints
from sim.policy import DECISIONS
from sim.records import MOST_PARAMETERS
from sim.trace import COLUMNS

_WORD = ir.IntType(64)
_INT = types.int64

PARAMETERS = types.UniTuple(_INT, MOST_PARAMETERS)
"""The parameters as the kernel hands them on: the same numbers in the same order as any policy's
named tuple of them, so that code compiled for that can be called with these."""


class Table(types.Type):
    """Compiled code's table: where its address and length stand. No columns: a row of numbers."""

    def __init__(self, columns: int = 0) -> None:
        self.columns = columns
        super().__init__(name=f"firelane_table({columns})")


class World(types.Type):
    """Compiled code's `w`."""

    def __init__(self) -> None:
        super().__init__(name="firelane_world")


WORLD = World()

TABLES = {name: Table() for name in ("organisation", "opens", "closes", "before", "by_day")}
TABLES |= {name: Table() for name in ("plannings", "keeps", "demand")}
TABLES |= {
    "developers": Table(k.DEVELOPER_COLUMNS),
    "spells": Table(2),
    "teams": Table(k.TEAM_COLUMNS),
    "stories": Table(k.STORY_COLUMNS),
    "incidents": Table(k.INCIDENT_COLUMNS),
    "parts": Table(k.PART_COLUMNS),
    "improvements": Table(k.IMPROVEMENT_COLUMNS),
    "queues": Table(2),
    "deferred": Table(2),
    "urgent": Table(2),
    "to_ask": Table(),
    "with_free": Table(),
    "events": Table(),
    "world": Table(),
    "trace": Table(len(COLUMNS)),
}

_PLACES = {name: 2 * place for place, name in enumerate(k.World._fields)}
"""Where in the world's memory a table's address and length, or a decision's address, stand; the
parameters are last."""


def memory_of(w: k.World, decisions: tuple[int, ...]) -> Ints:
    """The world as compiled code finds it. The tables in `w` must outlive it.

    Raises:
        TypeError: for a table that is not laid out as it must be.
    """
    memory = np.zeros(_PLACES["p"] + MOST_PARAMETERS, dtype=np.int64)
    for name, kind in TABLES.items():
        table = getattr(w, name)
        width = (kind.columns,) if kind.columns else ()
        if table.dtype != np.int64 or not table.flags.c_contiguous or table.shape[1:] != width:
            raise TypeError(f"table {name} is not laid out as the kernel reads it")
        memory[_PLACES[name]] = table.__array_interface__["data"][0]
        memory[_PLACES[name] + 1] = len(table)
    for name, address in zip(DECISIONS, decisions, strict=True):
        memory[_PLACES[name]] = address
    memory[_PLACES["p"] :] = w.p
    return memory


@register_model(World)
@register_model(Table)
class _Address(models.PrimitiveModel):
    def __init__(self, manager: Any, kind: Any) -> None:
        super().__init__(manager, kind, _WORD.as_pointer())


@intrinsic
def world_of(typingctx, memory):
    """Compiled `sim.kernel.world_of`: the world in an array of memory."""

    def code(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        array = make_array(signature.args[0])(context, builder, values[0])
        return builder.bitcast(array.data, _WORD.as_pointer())

    return WORLD(memory), code


@infer_getattr
class _Fields(AttributeTemplate):
    key = World

    def generic_resolve(self, world: Any, name: str) -> Any:
        if name == "p":
            return PARAMETERS
        return _INT if name in DECISIONS else TABLES[name]


@lower_getattr_generic(World)
def _read_field(context: Any, builder: Any, kind: Any, memory: Any, name: str) -> Any:
    place = builder.gep(memory, [_WORD(_PLACES[name])])
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
