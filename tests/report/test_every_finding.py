"""Each claim of a finding is held against the replications, in every scenario that ships."""

from __future__ import annotations

import math
import re
from functools import cache

import numpy as np
import pytest
from scipy import stats

import sim
from sim.experiment.judgement import ANSWERED, LITTLE, Judgement
from sim.measures.metrics import Key
from sim.report.finding import certainty, finding
from sim.report.wording import hours, short, title_of
from sim.scenario.reading import bundled

NET, RESPONSE = "net_points_per_sprint", "response_hours_fixed_mix"
SECTION = {NET: "delivery", RESPONSE: "response", "open": "accounts", "opened": "accounts"}


@cache
def compared(name: str, seed: int = 1) -> sim.Result:
    return sim.compare(sim.load(name), replications=30, seed=seed)


def means(result: sim.Result, metric: str) -> dict[str, float]:
    """Means over the replications as they were, recounted."""
    key = Key(SECTION[metric], "all", metric)
    return {
        label: float(np.nanmean(result.observations.of(n, key)))
        for n, label in enumerate(result.labels)
        if not result.is_overloaded(label)
    }


def surely_less(result: sim.Result, a: str, b: str, metric: str) -> bool:
    """Whether `a` surely has less than `b`, by SciPy's test of pairs at the expected load."""
    key = Key(SECTION[metric], "all", metric)
    own, other = (result.at_expected_load.of(result.labels.index(label), key) for label in (a, b))
    both = ~np.isnan(own) & ~np.isnan(other)
    if np.allclose(own[both], other[both]):
        return False
    return bool(stats.ttest_rel(own[both], other[both], alternative="less").pvalue < 0.001)


@pytest.mark.parametrize("name", bundled())
def test_who_is_named_answers_what_comes_in_and_still_builds(name: str) -> None:
    result = compared(name)
    judgement = Judgement(result)
    net, left, came = (means(result, metric) for metric in (NET, "open", "opened"))
    able = {
        label
        for label, points in net.items()
        if points >= LITTLE * max(net.values()) and left[label] <= (1 - ANSWERED) * came[label]
    }
    assert judgement.named is not None
    assert net[judgement.named] >= LITTLE * max(net.values())
    if able:
        assert judgement.named in able
        assert judgement.most in able
        assert f"With {title_of(result, judgement.named)}, an answer takes " in finding(result)
    else:
        assert (
            "of all incidents are open at the end, and no policy that still builds leaves"
            in finding(result)
        )
        assert "than with" not in finding(result)


@pytest.mark.parametrize("name", bundled())
def test_nobody_who_may_be_named_surely_answers_sooner(name: str) -> None:
    result = compared(name)
    judgement = Judgement(result)
    for label in judgement.able or judgement.timed:
        if label != judgement.named:
            assert not surely_less(result, label, judgement.named, RESPONSE), label


@pytest.mark.parametrize("name", bundled())
def test_of_those_that_answer_as_soon_none_surely_delivers_more(name: str) -> None:
    result = compared(name)
    judgement = Judgement(result)
    for label in judgement.as_soon:
        assert not surely_less(result, judgement.named, label, NET), label


@pytest.mark.parametrize("name", bundled())
def test_what_is_said_to_be_lost_is_lost(name: str) -> None:
    result = compared(name)
    judgement, said = Judgement(result), finding(result)
    if judgement.most is None:
        return
    net = {label: result.figure(label, NET).mean for label in judgement.able}
    assert judgement.most == max(net, key=lambda label: net[label])
    if "no policy that answers what comes in delivers more" in said:
        assert judgement.named == judgement.most
    elif "cannot be told apart" in said:
        assert not surely_less(result, judgement.named, judgement.most, NET)
    elif "hardly less is delivered" in said:
        assert 0 < 1 - net[judgement.named] / net[judgement.most] < 0.005
    else:
        [share] = re.findall(r"and ([\d.]+) % less is delivered", said)
        assert share == short(100 * (1 - net[judgement.named] / net[judgement.most]))
        assert surely_less(result, judgement.named, judgement.most, NET)


@pytest.mark.parametrize("name", bundled())
def test_the_times_that_are_told_are_those_of_who_is_named(name: str) -> None:
    result = compared(name)
    judgement, said = Judgement(result), finding(result)
    assert f"an answer takes {hours(result.figure(judgement.named, RESPONSE).mean)}" in said
    if "with which it takes" in said:
        other = hours(result.figure(judgement.most, RESPONSE).mean)
        assert f"{title_of(result, judgement.most)}, with which it takes {other}" in said


@pytest.mark.parametrize("name", bundled())
def test_who_is_said_to_be_as_soon_by_none_is_so(name: str) -> None:
    result = compared(name)
    judgement, said = Judgement(result), certainty(result)
    if "no other that still builds" in said:
        for label in judgement.able or judgement.timed:
            if label != judgement.named:
                times = (result.figure(one, RESPONSE).mean for one in (judgement.named, label))
                assert math.isnan(result.figure(label, RESPONSE).mean) or next(times) < next(times)
    else:
        assert "may answer as soon" in said or len(judgement.timed) == 1


@pytest.mark.parametrize("seed", range(1, 11))
def test_nobody_is_told_to_cancel_the_sprint_of_a_young_product(seed: int) -> None:
    """It answers as soon as whoever interrupts anyone, and delivers less."""
    assert "With Cancel and replan" not in finding(compared("young_product", seed))


@pytest.mark.long
@pytest.mark.parametrize("seed", range(11, 51))
def test_nor_in_forty_seeds_more(seed: int) -> None:
    assert "With Cancel and replan" not in finding(compared("young_product", seed))
