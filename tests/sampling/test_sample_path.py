"""Random futures: fixed by seed and replication, independent in their parts, true to the scenario."""

from __future__ import annotations

from dataclasses import fields
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from sim.measures.run import run
from sim.policy.contract import Policy
from sim.sampling.absences import _merged
from sim.sampling.arrivals import weekly_counts
from sim.sampling.calendars import DAY, HOUR, WEEK
from sim.sampling.incidents import REGRESSION, REOPENING, REPORTED
from sim.sampling.sample_path import SamplePath, sample_path
from sim.scenario.reading import from_table
from sim.scenario.schema import Scenario


def reported(path: SamplePath, kind: str) -> dict[str, list[int]]:
    """Everything drawn for one kind's reported incidents."""
    names = [entry.kind for entry in path.scenario.incidents]
    table = path.incidents
    of_kind = (table.kind == names.index(kind)) & (table.cause == REPORTED)
    columns = [f.name for f in fields(table) if f.name not in ("kind", "reopening")]
    return {name: getattr(table, name)[of_kind].tolist() for name in columns}


def test_the_same_seed_and_replication_give_the_same_path(small: Scenario) -> None:
    one, two = sample_path(small, 7, 3), sample_path(small, 7, 3)
    for part in ("incidents", "stories", "absences"):
        for field in fields(getattr(one, part)):
            assert np.array_equal(
                getattr(getattr(one, part), field.name), getattr(getattr(two, part), field.name)
            )


def test_other_seeds_and_replications_give_other_paths(small: Scenario) -> None:
    paths = [sample_path(small, 1, 0), sample_path(small, 1, 1), sample_path(small, 2, 0)]
    assert len({tuple(path.incidents.opened.tolist()) for path in paths}) == 3


def test_one_kind_more_leaves_the_draws_of_the_others_unchanged(table: dict[str, Any]) -> None:
    before = sample_path(from_table(table), seed=4)
    newcomer = {**table["incidents"][0], "kind": "audit report", "per_week": 9.0}
    table["incidents"].insert(0, newcomer)
    after = sample_path(from_table(table), seed=4)
    for kind in ("outage", "data fix"):
        assert reported(before, kind) == reported(after, kind)
    assert before.stories.effort.tolist() == after.stories.effort.tolist()


def test_a_kind_that_is_at_home_in_one_team_differs_by_that_alone(table: dict[str, Any]) -> None:
    table["stories"] |= {"regression_rate": 0.5, "regression_kind": "data fix"}
    table["incidents"][1]["reopen_rate"] = 0.5
    before = sample_path(from_table(table), seed=4)
    table["incidents"][1]["team"] = "Blue"
    after = sample_path(from_table(table), seed=4)
    for field in fields(before.incidents):
        if field.name != "team":
            one, two = (getattr(path.incidents, field.name) for path in (before, after))
            assert np.array_equal(one, two), field.name
    of_kind = after.incidents.kind == 1
    assert set(after.incidents.cause[of_kind].tolist()) == {REPORTED, REGRESSION, REOPENING}
    assert set(after.incidents.team[of_kind].tolist()) == {1}
    assert set(before.incidents.team[of_kind].tolist()) == {0, 1}
    assert np.array_equal(after.incidents.team[~of_kind], before.incidents.team[~of_kind])


def test_one_team_more_leaves_the_others_stories_and_sick_days_unchanged(
    table: dict[str, Any],
) -> None:
    table["people"] = {"sick_share": 0.1, "vacation_weeks_per_year": 6.0}
    before = sample_path(from_table(table), seed=4)
    table["teams"].append({"name": "Green", "developers": 3})
    after = sample_path(from_table(table), seed=4)
    count = before.stories.first[-1]
    assert before.stories.effort.tolist() == after.stories.effort[:count].tolist()
    known = after.absences.developer < 5
    assert before.absences.leaves.tolist() == after.absences.leaves[known].tolist()


def test_longer_effort_leaves_arrivals_unchanged(table: dict[str, Any]) -> None:
    before = sample_path(from_table(table), seed=4)
    table["incidents"][1]["effort_hours"]["mean"] = 4
    after = sample_path(from_table(table), seed=4)
    ours, theirs = reported(before, "data fix"), reported(after, "data fix")
    assert ours["opened"] == theirs["opened"]
    assert np.allclose(np.array(theirs["effort"]), 2 * np.array(ours["effort"]), atol=1)


def test_two_policies_see_identical_incidents(small: Scenario) -> None:
    path = sample_path(small, seed=4)
    columns = ["incident", "kind", "severity", "team", "opened_hours"]
    seen = [run(path, policy).incidents for policy in ("next-sprint", "interrupt-anyone")]
    first, second = (table[table.cause == "reported"][columns] for table in seen)
    assert len(first) > 20
    assert (
        first.sort_values("incident")
        .reset_index(drop=True)
        .equals(second.sort_values("incident").reset_index(drop=True))
    )


@pytest.mark.parametrize(
    ("mean", "dispersion"), [(30.0, 1.0), (30.0, 2.6), (1.5, 3.0), (1_800.0, 10.0)]
)
def test_weekly_counts_have_the_stated_mean_and_dispersion(mean: float, dispersion: float) -> None:
    weeks = 40_000
    counts = weekly_counts(mean, dispersion, np.random.default_rng(3).random(weeks))
    error = np.sqrt(mean * dispersion / weeks)
    assert counts.mean() == pytest.approx(mean, abs=4 * error)
    assert counts.var() / counts.mean() == pytest.approx(dispersion, rel=0.06)


def test_arrivals_follow_the_profile(table: dict[str, Any]) -> None:
    table["time"]["horizon_weeks"] = 200
    table["incidents"][1] |= {"profile": "office-hours", "per_week": 40.0}
    opened = np.array(reported(sample_path(from_table(table)), "data fix")["opened"])
    hour, day = opened % DAY // HOUR, opened % WEEK // DAY
    assert (day < 5).all()
    assert ((hour >= 9) & (hour < 17)).all()
    expected, error = len(opened) / 5, np.sqrt(len(opened) / 5)
    assert np.bincount(day, minlength=5) == pytest.approx([expected] * 5, abs=4 * error)


def test_the_service_desk_profile_has_the_night_and_weekend_shares_of_its_log() -> None:
    from sim.scenario.profiles import PROFILES

    weights = np.array(PROFILES["service-desk"]).reshape(7, 24)
    shares = weights / weights.sum()
    assert shares[:5, 9:17].sum() == pytest.approx(0.69, abs=0.03)  # evidence A4, the whole log
    assert shares[5:].sum() == pytest.approx(0.05, abs=0.01)


def test_sickness_takes_the_stated_share_of_working_days(table: dict[str, Any]) -> None:
    table["time"]["horizon_weeks"] = 520
    table["people"] = {"sick_share": 0.03}
    table["teams"][0]["developers"] = 40
    del table["stories"]
    path = sample_path(from_table(table))
    away, org = path.absences, path.organisation
    inside = np.minimum(away.returns, org.horizon)
    lost = (
        org.calendar.worked_at(inside)
        - org.calendar.worked_at(np.minimum(away.leaves, org.horizon))
    ).sum()
    share = lost / (org.calendar.worked(org.horizon) * org.developers)
    assert share == pytest.approx(0.03, abs=0.002)


def test_a_year_has_the_stated_weeks_of_holiday(table: dict[str, Any]) -> None:
    table["time"]["horizon_weeks"] = 52
    table["people"] = {"vacation_weeks_per_year": 5.0}
    away = sample_path(from_table(table)).absences
    days = np.bincount(away.developer, weights=(away.returns - away.leaves) / DAY)
    assert days.tolist() == [35.0] * 5


def test_spells_that_overlap_or_touch_are_one() -> None:
    draws = np.random.default_rng(5)
    developer = draws.integers(0, 3, 60)
    first = draws.integers(0, 200, 60)
    back = first + draws.integers(1, 12, 60)
    found = list(zip(*(part.tolist() for part in _merged(developer, first, back)), strict=True))
    assert found == sorted(found)
    for one in range(3):
        spells = zip(first[developer == one], back[developer == one], strict=True)
        away = {day for leaves, returns in spells for day in range(leaves, returns)}
        own = [(leaves, returns) for who, leaves, returns in found if who == one]
        assert {day for leaves, returns in own for day in range(leaves, returns)} == away
        assert all(before[1] < after[0] for before, after in pairwise(own))


def test_home_teams_are_drawn_by_their_shares(table: dict[str, Any]) -> None:
    table["time"]["horizon_weeks"] = 400
    table["teams"][0]["incident_share"] = 3.0
    path = sample_path(from_table(table))
    first = path.incidents.cause == REPORTED
    count = first.sum()
    share = (path.incidents.team[first] == 0).mean()
    assert share == pytest.approx(0.75, abs=4 * np.sqrt(0.75 * 0.25 / count))


def test_a_path_without_incidents_keeps_stories_and_absences(small: Scenario) -> None:
    path = sample_path(small)
    quiet = path.without_incidents()
    assert len(quiet.incidents) == 0
    assert quiet.stories.effort is path.stories.effort
    assert len(run(quiet, Policy(id="plain")).incidents) == 0


def test_a_backlog_never_runs_dry(table: dict[str, Any]) -> None:
    table["stories"]["error"] = {"dist": "constant", "value": 0.05}
    path = sample_path(from_table(table)).without_incidents()
    result = run(path, "next-sprint")
    idle = result.developers.idle_hours.sum()
    assert idle == 0
    assert len(result.stories) > 500
