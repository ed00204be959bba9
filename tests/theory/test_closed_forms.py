"""The formulas themselves, against published or independently computed values."""

from __future__ import annotations

import math

import pytest

from validation import closed_forms as known


def test_erlang_b_and_c_agree_with_published_tables() -> None:
    """Five servers at load 4: 0.1991 blocked, 0.5541 waiting; one server waits with chance rho."""
    assert known.erlang_b(5, 4.0) == pytest.approx(0.199067, abs=5e-7)
    assert known.erlang_c(5, 4.0) == pytest.approx(0.554113, abs=5e-7)
    assert known.erlang_c(1, 0.7) == pytest.approx(0.7)


def test_five_servers_with_load_4_25() -> None:
    assert known.wait_mmc(5, 4.25) == pytest.approx(0.87263, abs=5e-6)
    assert known.wait_mmc_quantile(5, 4.25, 0.9) == pytest.approx(2.50487, abs=5e-6)
    assert known.wait_mmc_beyond(5, 4.25, 2.50487) == pytest.approx(0.1, abs=1e-6)


def test_priorities_with_exponential_and_lognormal_efforts() -> None:
    classes = ((0.2, 1.0, 2.0), (0.5, 1.0, math.e))
    assert known.cobham(classes) == pytest.approx([1.09946, 3.66488], abs=5e-6)
    assert known.preemptive_resume(classes) == pytest.approx([1.25, 4.91488], abs=5e-6)
    assert known.pollaczek_khinchine(0.7, 1.0, math.e) == pytest.approx(3.17133, abs=5e-6)


def test_priorities_before_five_servers() -> None:
    assert known.kella_yechiali(5, (0.85, 3.4)) == pytest.approx([0.15770, 1.05136], abs=5e-6)
    assert known.preemptive_mmc(5, 0.85, 3.4) == pytest.approx((0.00046, 1.09067), abs=5e-6)


def test_vacations_and_deferral() -> None:
    """Deferral before one server: 9.56 by iterating Lindley's recursion on the work left."""
    assert known.vacations(0.7, 1.0, 2.0, 2.0, 4.0) == pytest.approx(3.33333, abs=5e-6)
    found = known.deferral(10.0, 0.7, 1.0, known.exponential_beyond(1.0))
    assert found == pytest.approx(9.56, abs=0.005)


def test_a_fixed_quota_leaves_what_iterating_the_chain_leaves() -> None:
    """Four arrivals a sprint where five can be done: 0.2891 extra sprints for each."""
    left = known.deferral(1.0, 4.0, 0.2, known.constant_beyond(0.2)) - 0.5 - 4.0 * 0.2 / 2
    carried = 0.2891 * 4.0  # items at a planning that were there a sprint ago
    assert left == pytest.approx(carried * 0.2, rel=1e-3)


def test_useful_share_with_and_without_switching() -> None:
    assert known.useful_share(0.25, 1.0, 0.25) == pytest.approx(0.703125)
    assert known.useful_share(0.5, 0.5, 0.5) == pytest.approx(0.5625)
    assert known.useful_share(0.25, 1.0, 0.25, 0.1) < known.useful_share(0.25, 1.0, 0.25)


def test_patience_without_end_loses_nobody_and_none_loses_as_erlang_says() -> None:
    assert known.withdrawn_mm1(0.8, 200.0) == pytest.approx(0.0, abs=1e-12)
    assert known.withdrawn_mm1(0.8, 0.0) == pytest.approx(known.erlang_b(1, 0.8))


def test_a_flat_profile_gives_the_number_of_servers_busy() -> None:
    flat = [1.0] * 168
    exponential = known.in_system(flat, 168.0, 12.0, known.exponential_limited(3.0))
    lognormal = known.in_system(flat, 168.0, 12.0, known.lognormal_limited(1.0, 1.0))
    assert exponential == pytest.approx(3.0)
    assert lognormal == pytest.approx(math.exp(0.5), rel=1e-6)


def test_clockwork_arrivals_at_load_0_8() -> None:
    """The root of s = exp(−(1 − s) ÷ 0.8) is 0.6286."""
    assert known.wait_dm1(1.25) == pytest.approx(0.62863 / (1 - 0.62863), rel=1e-4)
