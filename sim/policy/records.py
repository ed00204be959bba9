"""The named tuples in which decisions see a policy's parameters.

All have the same length, so that compiled code for one is called like that for any other. A class is
known by a name made of its fields, `Record__share__exempt_severity`, under which it can be imported
from this module again: that is how compiled code kept on disk finds its way back to it.
"""

from __future__ import annotations

from collections import namedtuple
from functools import cache
from typing import Any

MAX_PARAMETERS = 8
"""Parameters a policy can have."""

_PREFIX = "Record"


@cache
def record_of(names: tuple[str, ...]) -> Any:
    """The class of the named tuple with these fields; the places left over are 0."""
    spare = [f"spare_{place}" for place in range(len(names), MAX_PARAMETERS)]
    name = "__".join((_PREFIX, *names))
    return namedtuple(name, [*names, *spare], defaults=[0] * len(spare), module=__name__)


def __getattr__(name: str) -> Any:
    prefix, *names = name.split("__")
    if prefix != _PREFIX:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return record_of(tuple(names))
