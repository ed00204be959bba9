"""Rows with names: one declaration, and the same numbers as an array, as objects and compiled."""

from __future__ import annotations

from typing import Annotated, NamedTuple

import numpy as np
import pytest

from sim.engine import rows
from sim.engine.compiled import compiling
from sim.engine.kernel import WorldTables
from sim.engine.rows import Numbers, Reals, Row, Table, TableKind, kinds_of
from sim.measures import accounts
from sim.measures.book import Book
from sim.policy.contract import DECISIONS


class Pair(Row):
    first: int
    more: Annotated[list[int], 3]
    last: int


class Tables(NamedTuple):
    pairs: Table[Pair]
    alone: Pair
    numbers: Numbers
    reals: Reals


def tables() -> Tables:
    return Tables(np.arange(20).reshape(4, 5), np.arange(5), np.arange(3), np.array([0.5, 1.25]))  # type: ignore[arg-type]


def turn_round(t: Tables) -> None:
    for place in range(len(t.pairs)):
        pair = t.pairs[place]
        pair.first, pair.last = pair.last, pair.first
        pair.more[0] += pair.more[2]
    t.alone.more[1] = t.numbers[2] + len(t.numbers)
    t.numbers[0] = t.alone.last
    t.reals[1] = halved(t.reals[1] + len(t.reals))


def halved(x: float) -> float:
    return x / 2


def test_a_field_is_a_place_of_the_table_and_several_beside_each_other_a_slice() -> None:
    assert (Pair.first, Pair.more, Pair.last, Pair.WIDTH) == (0, slice(1, 4), 4, 5)
    assert tables().pairs[:, Pair.more].tolist()[1] == [6, 7, 8]


def test_compiled_and_in_python_a_loop_writes_the_same() -> None:
    compiled, plain = tables(), tables()
    loop = compiling.compiled_where_possible(turn_round, Tables)
    assert loop.is_compiled
    loop(compiled)
    compiling._in_python(turn_round, Tables, plain)
    for found, expected in zip(compiled, plain, strict=True):
        assert found.tolist() == expected.tolist()
    assert compiled.pairs[0].tolist() == [4, 4, 2, 3, 0]
    assert compiled.alone.tolist() == [0, 1, 5, 3, 4]
    assert compiled.numbers.tolist() == [4, 1, 2]
    assert compiled.reals.tolist() == [0.5, 1.625]


def beyond(t: Tables) -> None:
    t.alone.more[len(t.numbers)] = 1


def test_one_beyond_several_numbers_is_not_the_next_field() -> None:
    for loop in (
        compiling.compiled_where_possible(beyond, Tables),
        lambda t: compiling._in_python(beyond, Tables, t),
    ):
        with pytest.raises(IndexError):
            loop(tables())


def unknown(t: Tables) -> None:
    t.alone.frist = 1  # type: ignore[attr-defined]


def test_a_field_that_is_not_declared_is_not_compiled() -> None:
    from sim.engine.compiled.compiler import function_of_tables

    with pytest.raises(Exception, match="frist"):
        function_of_tables(unknown, Tables, ())


def test_every_table_of_the_world_and_of_the_ledger_is_declared() -> None:
    assert set(WorldTables._fields) - set(kinds_of(WorldTables)) == {*DECISIONS, "p"}
    assert set(kinds_of(Book)) == set(Book._fields)
    assert kinds_of(WorldTables)["run"] == TableKind(
        rows.kinds_of(WorldTables)["run"].row, is_single=True
    )


def test_the_ledger_is_compiled_and_not_left_to_python() -> None:
    assert accounts.loop().is_compiled
