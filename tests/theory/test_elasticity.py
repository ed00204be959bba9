"""The elasticity of sprints, on boards made up here: what is counted, how it is scored, what a fit comes to."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from validation import elasticity
from validation.elasticity import Board, Common
from validation.statistics import crps

COMMON = Common(person_weeks=0.5, dispersion=2.0)

BOARD = Board("made up", 4, 2, 0.25, np.ones(20), np.full(20, 0.25), 16.0, 2.0)


def photographs(sprints: int, board: int = 1, first: int = 1) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Sprints of ten items and twenty points; two are added to every other, fifteen points delivered."""
    index = pd.MultiIndex.from_product(
        [[board], range(first, first + sprints)], names=["boardid", "sprintid"]
    )
    at_0 = pd.DataFrame(
        {
            "no_issue_starttime": 10, "no_issue_added": 0, "no_issue_removed": 0,
            "vel_starttime": 20, "vel_added": 0, "vel_removed": 0, "vel_diff": -5,
            "planday": 13, "no_teammember": 3,
        },
        index=index,
    )  # fmt: skip
    added = np.where(np.arange(sprints) % 2, 2, 0)
    return at_0, at_0.assign(no_issue_added=added)


def test_a_board_is_its_people_its_weeks_and_what_was_added() -> None:
    [board] = elasticity.boards_of("made up", *photographs(6))
    assert (board.people, board.weeks) == (3, 2)
    assert board.ratio.tolist() == [0.75] * 6
    assert board.share == pytest.approx([0, 1 / 6] * 3)
    assert board.added == pytest.approx(6 / 66)
    assert elasticity.boards_of("made up", *photographs(elasticity.FEWEST - 1)) == []


def test_a_sprint_that_is_shown_on_two_boards_counts_once_on_that_with_more() -> None:
    first, second = photographs(6), photographs(9, board=2, first=4)
    [board] = elasticity.boards_of(
        "made up", *(pd.concat(pair) for pair in zip(first, second, strict=True))
    )
    assert len(board.ratio) == 9


def test_crps_of_one_value_is_the_distance_and_of_many_less_by_half_their_own() -> None:
    assert crps(np.array([2.0]), np.array([5.0, 2.0])).tolist() == [3, 0]
    x, y = np.array([0.0, 1.0, 4.0]), 2.0
    by_hand = np.abs(x - y).mean() - np.abs(x[:, None] - x).mean() / 2
    assert crps(x, np.array([y]))[0] == pytest.approx(by_hand)


def test_what_is_added_is_the_share_by_the_end_at_the_rate_until_then() -> None:
    none = replace(BOARD, added=0.0)
    assert elasticity.added_per_week(none, COMMON) == 0
    over = 0.25 / (0.8 * 0.75)
    assert elasticity.added_per_week(BOARD, COMMON) == pytest.approx(8 * over / (1 + over))


def test_where_nothing_is_added_nor_uneven_the_commitment_is_about_what_is_delivered() -> None:
    quiet = replace(BOARD, added=0.0)
    runs = elasticity.simulated(quiet, [replace(COMMON, error=1.2)], 2)
    assert len(runs) == 2
    assert np.median(elasticity.ratios(runs)) == pytest.approx(1, abs=0.1)


def test_more_added_goes_with_more_delivered_of_what_was_committed() -> None:
    runs = elasticity.simulated(BOARD, [COMMON], 3)
    found = elasticity.judged(
        replace(BOARD, ratio=runs[0][0], share=runs[0][1]), [COMMON], [BOARD], 20
    )
    observed, model = elasticity.mean_correlation([found])
    assert 0.3 < observed < 1
    assert model.shape == (20,)
    assert 0.3 < model.mean() < 1
    assert found.score < found.rival
    assert found.held.mean() > 0.7


def test_sets_of_common_values_are_taken_by_turns() -> None:
    sets = [COMMON, replace(COMMON, error=4.0)]
    by_turns = elasticity.simulated(BOARD, sets, 3)
    alone = [elasticity.simulated(BOARD, [one], 3) for one in sets]
    for n, (ratio, share) in enumerate(by_turns):
        assert (ratio == alone[n % 2][n][0]).all()
        assert (share == alone[n % 2][n][1]).all()


def test_the_share_of_boards_that_are_better_by_a_tenth() -> None:
    assert elasticity.share_better([0.9, 0.91, 0.5, 2], [1, 1, 1, 1]) == 0.5
