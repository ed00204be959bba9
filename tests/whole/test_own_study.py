"""A researcher's study: a policy of one's own, its figures saved, its report told whole."""

from pathlib import Path

import pandas as pd
import pytest

import sim
from sim.policy.contract import DEFER, INTERRUPT, Policy
from sim.policy.parameters import PolicyError

FORTNIGHT = 14 * 24 * 3600
ages: list[int] = []


def review(team, sprint, p):
    return sprint.begins


def route(incident, team, now, p):
    return INTERRUPT if now - team.level < 2 * 24 * 3600 else DEFER


def noting_route(incident, team, now, p):
    ages.append(now - team.level)
    return DEFER


@pytest.fixture(scope="module")
def result() -> sim.Result:
    shop = sim.load("scenarios/small_product.toml")
    young = Policy(id="young-sprint", title="Young sprint", review=review, route=route)
    return sim.compare(shop, ["kanban", young], replications=3)


def test_review_tells_the_other_decisions_when_the_sprint_began() -> None:
    shop = sim.load("scenarios/small_product.toml")
    ages.clear()
    policy = Policy(id="noting", review=review, route=noting_route)
    sim.run(sim.sample_path(shop, seed=1, replication=0), policy, engine="plain")
    assert len(ages) > 30
    assert all(0 <= age <= FORTNIGHT for age in ages)
    assert max(ages) > FORTNIGHT / 2


def test_every_figure_of_every_replication_is_saved(result: sim.Result, tmp_path: Path) -> None:
    result.save(tmp_path / "figures.csv")
    table = pd.read_csv(tmp_path / "figures.csv")
    assert list(table.policy.unique()) == ["kanban", "young-sprint"]
    means = table.groupby("policy").points_per_sprint.mean()
    for label in result.labels:
        assert means[label] == pytest.approx(result.figure(label, "points_per_sprint").mean)


def test_the_report_holds_the_text_and_hash_of_a_policy_of_ones_own(
    result: sim.Result, tmp_path: Path
) -> None:
    result.report(tmp_path / "report.html", with_checklist=True)
    text = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "SHA-256 of the decisions of young-sprint" in text
    assert "return INTERRUPT if now - team.level" in text
    assert "those of young-sprint, under “How to reproduce it”" in text
    assert "decisions of kanban" not in text


def test_slips_in_a_notebook_are_answered_in_words(result: sim.Result) -> None:
    with pytest.raises(KeyError, match="no figure 'mean_response'; nearest known: "):
        result.figure("kanban", "mean_response")
    with pytest.raises(KeyError, match="of 'severity 9'; it is there of all, severity 1, "):
        result.figure("kanban", "response_hours_mean", "severity 9")
    with pytest.raises(PolicyError, match="a policy is a name or a Policy"):
        sim.compare(result.scenario, [route])  # type: ignore[list-item]
    with pytest.raises(TypeError, match="compare needs a scenario, such as sim"):
        sim.compare("scenarios/small_product.toml")  # type: ignore[arg-type]
