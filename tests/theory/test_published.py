"""Published results come out again: the one with inputs in numbers, the others in their sign."""

from __future__ import annotations

import pytest

from validation import published

REPLICATIONS = 12


def disagreeing(rows: list[published.Row]) -> list[str]:
    return [f"{row.case}, {row.figure}: {row.ours}" for row in rows if row.holds is False]


def test_the_maintenance_team_does_as_many_requests_as_was_reported() -> None:
    assert not disagreeing(published.maintenance(REPLICATIONS)[0])


@pytest.fixture(scope="module")
def gains() -> tuple[published.Gains, published.Gains]:
    return published.gains_of_planning_less(REPLICATIONS)


def test_planning_two_of_three_pairs_pays_where_interruptions_cost_and_only_there(
    gains: tuple[published.Gains, published.Gains],
) -> None:
    assert not disagreeing(published.pairs(*gains)[0])


@pytest.mark.parametrize("policy", [published.TWO_OF_THREE, published.RESERVE])
def test_what_planning_less_gains_grows_with_what_an_interruption_costs(
    policy: str, gains: tuple[published.Gains, published.Gains]
) -> None:
    means = [found.mean for found in gains[0][policy]]
    assert means == sorted(means)


def test_from_sprints_to_pull_bugs_are_quicker_and_features_as_many() -> None:
    assert not disagreeing(published.pull(REPLICATIONS)[0])


def test_teams_off_duty_work_on_the_roadmap() -> None:
    assert not disagreeing(published.on_point(2)[0])
