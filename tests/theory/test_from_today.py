"""A forecast from what is open holds what then comes, in pasts that the program drew and exported."""

from __future__ import annotations

import numpy as np
import pytest

from validation.from_today import Forecast, coverage, own_forecasts, summary


def nothing(what: str, done: int, of: int) -> None:
    """Show no progress."""


def begins_with_what_was_open(found: list[Forecast]) -> None:
    """But for what opens at that very second."""
    for one in found:
        assert (one.simulated[:, 0] >= one.observed[0]).all()
        assert one.middle[0] == one.observed[0]


@pytest.mark.long
def test_a_few_pasts_begin_with_what_was_open_and_mostly_stay_in_the_band() -> None:
    found = own_forecasts(6, 40, nothing)
    begins_with_what_was_open(found)
    assert coverage(found, 0.95).mean() > 0.7
    assert [row[0] for row in summary("ours", found)][:2] == [
        "ours: in the band of 80 %", "ours: in the band of 80 %, chance alone"
    ]  # fmt: skip


@pytest.mark.long
def test_bands_of_80_and_95_in_100_hold_about_as_many() -> None:
    """Rates and efforts are fitted, and their error is not in what chance alone does; so a little fewer.
    With what past forecasts missed, of a fitted model that is right, a little more."""
    found = own_forecasts(100, 200, nothing)
    begins_with_what_was_open(found)
    assert 0.72 <= coverage(found, 0.8, by_chance=True).mean() <= 0.86
    assert 0.88 <= coverage(found, 0.95, by_chance=True).mean() <= 0.97
    assert 0.8 <= coverage(found, 0.8).mean() <= 0.95
    assert coverage(found, 0.95).mean() >= 0.95
    off = np.mean([one.middle - one.observed for one in found], axis=0)
    assert np.abs(off).max() < 10
