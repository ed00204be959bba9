"""Numbers dealt out by their digits stand as if they had been sorted."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from sim.measures.book import OF_LEADS, OF_WAITS, SHARES
from sim.measures.in_order import DIGITS, FEW, find_quantiles

ALL = OF_WAITS + OF_LEADS


def found(numbers: list[int]) -> list[int]:
    room: Any = SimpleNamespace(
        gathered=numbers + [-7] * (len(numbers) + 1),
        dealt=[-7] * DIGITS,
        ordered=[-7] * (2 * ALL),
        shares=SHARES.tolist(),
    )
    find_quantiles(room, len(numbers), 0, ALL, 0)
    return list(room.ordered)


@pytest.mark.parametrize("most", [1, 2, 600, 3_000_000, 1 << 34])
@pytest.mark.parametrize("count", [1, 2, 3, FEW, FEW + 1, 500])
def test_a_quantile_lies_between_the_two_that_sorting_puts_beside_it(count: int, most: int) -> None:
    numbers = np.random.default_rng([count, most]).integers(0, most, count)
    low = ((count - 1) * SHARES).astype(int)
    high = np.minimum(low + 1, count - 1)
    expected = np.sort(numbers)[np.column_stack((low, high)).ravel()]
    assert found(numbers.tolist()) == expected.tolist()


def test_of_nothing_there_is_no_quantile() -> None:
    assert found([]) == [-7] * (2 * ALL)
