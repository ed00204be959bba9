"""A function as Python computes it, though numba compiled what it calls.

numba freezes a helper's constants when it first compiles it, and its numbers wrap at 64 bits. Engines that
run Python ask the text of helpers instead, so that a constant that was edited counts at once, and numbers
have no end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from types import CellType, CodeType, FunctionType
from typing import Any

_CACHED = type(lru_cache(lambda: None))


def in_python(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function with the Python text in place of whatever numba made of it and of what it calls; the
    function itself where numba made nothing."""
    return _plain(function, {})  # type: ignore[no-any-return]


def text_behind(value: Any) -> Any:
    """The Python function that `njit`, `vectorize` or a cache was given; None where they made nothing."""
    if isinstance(value, _CACHED):
        found: Any = value.__wrapped__
    else:
        found = getattr(value, "py_func", None) or getattr(
            getattr(value, "_dispatcher", None), "py_func", None
        )
    return found if isinstance(found, FunctionType) else None


def names_of(code: CodeType) -> Iterator[str]:
    """The names that code, and code within it, may look up outside."""
    yield from code.co_names
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            yield from names_of(inner)


def _plain(value: Any, made: dict[FunctionType, Any]) -> Any:
    function = text_behind(value) or value
    if not isinstance(function, FunctionType):
        return value
    if function in made:
        return made[function]
    made[function] = function  # whoever calls it from within gets this one
    known = function.__globals__
    changed = {}
    for name in set(names_of(function.__code__)):
        if isinstance(known.get(name), FunctionType) or text_behind(known.get(name)):
            plain = _plain(known[name], made)
            if plain is not known[name]:
                changed[name] = plain
    cells = [_cell(cell, made) for cell in function.__closure__ or ()]
    if not changed and cells == list(function.__closure__ or ()):
        return function
    again = FunctionType(
        function.__code__,
        {**known, **changed},
        function.__name__,
        function.__defaults__,
        tuple(cells) or None,
    )
    again.__kwdefaults__ = function.__kwdefaults__
    again.__module__ = function.__module__
    if function.__name__ in changed or known.get(function.__name__) is value:
        again.__globals__[function.__name__] = again  # it may call itself
    made[function] = again
    return again


def _cell(cell: CellType, made: dict[FunctionType, Any]) -> CellType:
    try:
        held = cell.cell_contents
    except ValueError:
        return cell
    plain = _plain(held, made)
    return cell if plain is held else CellType(plain)
