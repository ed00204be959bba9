"""What `w` is in the compiled kernel: the address of a world's memory (`sim.engine.compiled.memory`); and a
row of a table, the address of its first number.

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
    lower_setattr_generic,
    models,
    register_model,
    type_callable,
)

from sim.engine.compiled.memory import PARAMETERS_AT, places_of
from sim.engine.compiled.numba_inside import AttributeTemplate, cgutils, ir, signature, types
from sim.engine.kernel.tables import WorldTables
from sim.engine.rows import Row, TableKind, kinds_of
from sim.engine.rules import Rules
from sim.policy.contract import DECISIONS

_WORD = ir.IntType(64)
_INT, _REAL = types.int64, types.float64


class TablesType(types.Type):
    """Compiled code's view of tables that are declared together, such as `w`."""

    def __init__(self, declaration: Any) -> None:
        self.declaration = declaration
        super().__init__(name=f"firelane_tables({declaration.__qualname__})")


class TableOf(types.Type):
    """A table in compiled code: where its address and length stand. `row`: what its rows are; None:
    it is a row of numbers."""

    def __init__(self, row: type[Row] | None) -> None:
        self.row = row
        super().__init__(name=f"firelane_table({row.__qualname__ if row else 'numbers'})")


class RealsAt(types.Type):
    """A row of floating-point numbers in compiled code: where its address and length stand."""

    row = None

    def __init__(self) -> None:
        super().__init__(name="firelane_reals")


class RowOf(types.Type):
    """A row in compiled code: where its first number stands."""

    def __init__(self, row: type[Row]) -> None:
        self.row = row
        super().__init__(name=f"firelane_row({row.__qualname__})")


class Several(types.Type):
    """Some numbers of a row in compiled code: where the first of them stands."""

    def __init__(self, count: int) -> None:
        self.count = count
        super().__init__(name=f"firelane_several({count})")


class RecordAt(types.Type):
    """A policy's parameters in compiled code: where the first of them stands; `names`: what they are."""

    def __init__(self, names: tuple[str, ...]) -> None:
        self.names = names
        super().__init__(name=f"firelane_record({', '.join(names)})")


WORLD, REALS = TablesType(WorldTables), RealsAt()


@register_model(TablesType)
@register_model(TableOf)
@register_model(RealsAt)
@register_model(RowOf)
@register_model(Several)
@register_model(RecordAt)
class _Address(models.PrimitiveModel):
    def __init__(self, manager: Any, kind: Any) -> None:
        super().__init__(manager, kind, _WORD.as_pointer())


def at_address(declaration: Any) -> Any:
    """A function for compiled code that gives the tables whose memory is at an address."""
    found = WORLD if declaration is WorldTables else TablesType(declaration)

    @intrinsic
    def tables_at(typingctx, memory):
        def code(context: Any, builder: Any, signature: Any, values: Any) -> Any:
            return builder.inttoptr(values[0], _WORD.as_pointer())

        return found(memory), code

    return tables_at


# ---- w.table, w.record, w.decision, w.p ---------------------------------------------------------


@infer_getattr
class _TablesByName(AttributeTemplate):
    key = TablesType

    def generic_resolve(self, tables: Any, name: str) -> Any:
        if tables.declaration is WorldTables and name == "p":
            return _INT
        kind = kinds_of(tables.declaration).get(name)
        if kind is None:
            return _INT if name in DECISIONS else None
        if kind.is_real:
            return REALS
        return RowOf(kind.row) if kind.is_single else TableOf(kind.row)


@lower_getattr_generic(TablesType)
def _read_table(context: Any, builder: Any, tables: Any, memory: Any, name: str) -> Any:
    if tables.declaration is WorldTables and name == "p":
        return builder.ptrtoint(builder.gep(memory, [_WORD(PARAMETERS_AT)]), _WORD)
    place = builder.gep(memory, [_WORD(places_of(tables.declaration)[name])])
    kind: TableKind | None = kinds_of(tables.declaration).get(name)
    if kind is None:
        return builder.load(place)
    return (
        builder.inttoptr(_number(builder, place, 0), _WORD.as_pointer())
        if kind.is_single
        else place
    )


def _number(builder: Any, address: Any, place: int) -> Any:
    """Load a number of the world's memory: told to be invariant, it is loaded once, not at every
    use."""
    found = builder.load(builder.gep(address, [_WORD(place)]))
    found.set_metadata("invariant.load", builder.module.add_metadata([]))
    return found


# ---- p.parameter, p[place] ----------------------------------------------------------------------


def record_at(record: Any) -> Any:
    """A function for compiled code that gives the parameters, named as in a class of named tuples, that
    stand at an address."""
    found = RecordAt(record._fields)

    @intrinsic
    def parameters_at(typingctx, memory):
        def code(context: Any, builder: Any, signature: Any, values: Any) -> Any:
            return builder.inttoptr(values[0], _WORD.as_pointer())

        return found(memory), code

    return parameters_at


@infer_getattr
class _ParametersByName(AttributeTemplate):
    key = RecordAt

    def generic_resolve(self, record: Any, name: str) -> Any:
        return _INT if name in record.names else None


@lower_getattr_generic(RecordAt)
def _read_parameter(context: Any, builder: Any, record: Any, address: Any, name: str) -> Any:
    return _number(builder, address, record.names.index(name))


# ---- table[row], numbers[place], len(table) -----------------------------------------------------


def _element(table: Any) -> Any:
    """What stands at a place of a table."""
    if isinstance(table, RealsAt):
        return _REAL
    if isinstance(table, TableOf):
        return _INT if table.row is None else RowOf(table.row)
    return _INT if isinstance(table, Several | RecordAt) else None


def _is_place(index: Any) -> bool:
    return isinstance(types.unliteral(index), types.Integer | types.IntEnumMember)


@type_callable(operator.getitem)
def _type_getitem(context):
    def typer(table, index):
        element = _element(table)
        return signature(element, table, _INT) if element and _is_place(index) else None

    return typer


@type_callable(operator.setitem)
def _type_setitem(context):
    def typer(table, index, value):
        element = _element(table)
        if isinstance(table, RecordAt) or element not in (_INT, _REAL) or not _is_place(index):
            return None
        return signature(types.void, table, _INT, element)

    return typer


@type_callable(len)
def _type_len(context):
    return lambda table: _INT if isinstance(table, TableOf | RealsAt) else None


@lower_builtin(len, TableOf)
@lower_builtin(len, RealsAt)
def _len(context: Any, builder: Any, signature: Any, values: Any) -> Any:
    return _number(builder, values[0], 1)


@lower_builtin(operator.getitem, TableOf, _INT)
@lower_builtin(operator.getitem, Several, _INT)
@lower_builtin(operator.getitem, RecordAt, _INT)
@lower_builtin(operator.getitem, RealsAt, _INT)
def _getitem(context: Any, builder: Any, signature: Any, values: Any) -> Any:
    place = _place(context, builder, signature.args[0], *values)
    return builder.load(place) if signature.return_type in (_INT, _REAL) else place


@lower_builtin(operator.setitem, TableOf, _INT, _INT)
@lower_builtin(operator.setitem, Several, _INT, _INT)
@lower_builtin(operator.setitem, RealsAt, _INT, _REAL)
def _setitem(context: Any, builder: Any, signature: Any, values: Any) -> Any:
    table, index, value = values
    builder.store(value, _place(context, builder, signature.args[0], table, index))
    return context.get_dummy_value()


def _pointer_to(kind: Any) -> Any:
    return ir.DoubleType().as_pointer() if isinstance(kind, RealsAt) else _WORD.as_pointer()


def _count_of(kind: Any) -> int:
    return len(kind.names) if isinstance(kind, RecordAt) else kind.count  # type: ignore[no-any-return]


def _place(context: Any, builder: Any, kind: Any, table: Any, index: Any) -> Any:
    """The address of a number or of a row; raises IndexError where there is none."""
    is_table = isinstance(kind, TableOf | RealsAt)
    length = _number(builder, table, 1) if is_table else _WORD(_count_of(kind))
    wrong = builder.icmp_unsigned(">=", index, length)
    with cgutils.if_unlikely(builder, wrong):
        context.call_conv.return_user_exc(builder, IndexError, ("index out of a table's range",))
    if not is_table:
        return builder.gep(table, [index])
    data = builder.inttoptr(_number(builder, table, 0), _pointer_to(kind))
    width = 1 if kind.row is None else kind.row.WIDTH
    return builder.gep(data, [builder.mul(index, _WORD(width)) if width > 1 else index])


# ---- row.field ----------------------------------------------------------------------------------


@infer_getattr
class _FieldsByName(AttributeTemplate):
    key = RowOf

    def generic_resolve(self, kind: Any, name: str) -> Any:
        field = kind.row.FIELDS.get(name)
        if field is None:
            return None
        return Several(field.count) if field.count else _INT


WITHOUT: set[str] = set()
"""Rules that are 0 in the kernel that is being compiled."""


@lower_getattr_generic(RowOf)
def _read_field(context: Any, builder: Any, kind: Any, row: Any, name: str) -> Any:
    if kind.row is Rules and name in WITHOUT:
        return _WORD(0)
    field = kind.row.FIELDS[name]
    place = builder.gep(row, [_WORD(field.place)])
    return place if field.count else builder.load(place)


@lower_setattr_generic(RowOf)
def _write_field(context: Any, builder: Any, signature: Any, values: Any, name: str) -> Any:
    row, value = values
    kind, given = signature.args
    place = builder.gep(row, [_WORD(kind.row.FIELDS[name].place)])
    builder.store(context.cast(builder, value, given, _INT), place)
