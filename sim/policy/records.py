"""The named tuples in which decisions see a policy's parameters.

Compiled, they are the address of their numbers, so that code for one is called like that for any other. A
class is known by a name made of its fields, `Record__share__exempt_severity`, under which it can be
imported from this module again: so a policy finds its way to other processes.
"""

from __future__ import annotations

from collections import namedtuple
from functools import cache
from typing import Any

MAX_PARAMETERS = 40
"""Parameters a policy can have, with those that every one has."""

MAX_NUMBERS = 160
"""Numbers that a record can hold."""

_PREFIX = "Record"


@cache
def record_of(names: tuple[str, ...]) -> Any:
    """The class of the named tuple with these fields."""
    return namedtuple("__".join((_PREFIX, *names)), names, module=__name__)


def __getattr__(name: str) -> Any:
    prefix, *names = name.split("__")
    if prefix != _PREFIX:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return record_of(tuple(names))
