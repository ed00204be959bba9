"""Of a long row of cases, the quick suite has some; `make test-long` has the others, too."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

LONG = pytest.mark.long


def one_in(every: int, cases: Iterable[Any], also: Iterable[Any] = ()) -> list[Any]:
    """The cases as parameters, of which only each so-many-th, and those of `also`, are quick."""
    kept = list(also)
    return [
        case if n % every == 0 or case in kept else pytest.param(case, marks=LONG)
        for n, case in enumerate(cases)
    ]


def quick(cases: Iterable[Any], these: Iterable[Any]) -> list[Any]:
    """The cases as parameters, of which only `these` are quick."""
    kept = list(these)
    return [case if case in kept else pytest.param(case, marks=LONG) for case in cases]
