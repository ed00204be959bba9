"""One incident's story, and where two runs part: to the second what the engine says."""

from __future__ import annotations

import random

import numpy as np
import pytest

from sim.engine.states import Outcome
from sim.measures.book import INCIDENT_STAGES
from sim.measures.one_incident import incident_story
from sim.measures.parting import first_parting
from sim.measures.run import Run, run
from sim.policy.registry import known_policies
from sim.report.story_words import told
from sim.sampling.calendars import WEEK
from sim.sampling.sample_path import sample_path
from sim.scenario.events import DAYS
from sim.scenario.reading import bundled, changed, load, with_events
from sim.scenario.schema import Scenario


def check(lived: Run, incidents: list[int]) -> None:
    """Every story adds up, and comes to what the ledger books of all at once."""
    books = lived.accounts
    place = {int(number): n for n, number in enumerate(books.id)}
    horizon = lived.path.scenario.time.horizon_weeks * WEEK
    for number in incidents:
        story = incident_story(lived, number)
        if story is None:
            assert number not in place
            continue
        n = place[number]
        assert story.opened == books.opened[n]
        assert story.started == books.started[n]
        assert story.ended == books.ended[n]
        assert story.outcome == Outcome(int(books.outcome[n]))
        assert list(story.until_end().values()) == books.stages[n].tolist()
        until = story.ended if story.ended >= 0 else horizon
        assert sum(story.until_end().values()) == until - story.opened
        answered = story.started if story.started >= 0 else until
        assert sum(story.until_answer().values()) == answered - story.opened
        gaps = zip(story.stretches, story.stretches[1:], strict=False)
        assert all(before.ends == after.begins for before, after in gaps)


def test_every_incident_of_fifty_sprints_adds_up_to_the_second_on_both_sides() -> None:
    draw = random.Random(32)
    for n in range(50):
        name = draw.choice(
            ["web_agency", "small_product", "young_product", "follow_the_sun", "bank"]
        )
        scenario = changed(load(bundled()[name]), ["time.horizon_weeks=12", "time.warmup_weeks=2"])
        path = sample_path(scenario, seed=n)
        a, b = draw.sample(sorted(known_policies()), 2)
        sprint = draw.randrange(12 // scenario.time.sprint_weeks)
        length = scenario.time.sprint_weeks * WEEK
        for policy in (a, b):
            lived = run(path, policy)
            inside = (lived.accounts.opened >= sprint * length) & (
                lived.accounts.opened < (sprint + 1) * length
            )
            check(lived, lived.accounts.id[inside].tolist())


def test_the_parting_is_the_first_event_that_differs(small: Scenario) -> None:
    for replication in range(5):
        path = sample_path(small, 7, replication)
        a, b = (run(path, policy) for policy in ("interrupt-anyone", "next-sprint"))
        found = first_parting(a, b)
        assert found is not None
        rows = zip(a.events.tolist(), b.events.tolist(), strict=False)
        by_hand = next(n for n, (here, there) in enumerate(rows) if here != there)
        assert found.place == by_hand
        assert list(found.here or ()) == a.events[by_hand].tolist()
        assert list(found.there or ()) == b.events[by_hand].tolist()
        assert found.time == min(a.events[by_hand][0], b.events[by_hand][0])
    assert first_parting(a, run(path, "interrupt-anyone")) is None


def test_two_that_do_the_same_are_told_as_the_same(small: Scenario) -> None:
    path = sample_path(small, 1)
    same = told([run(path, "kanban"), run(path, "kanban")])
    assert same["parting"] is None
    assert same["incident"] is None


@pytest.mark.parametrize("policy", sorted(known_policies()))
@pytest.mark.parametrize("card", ["incident", "absence"])
def test_an_event_card_changes_nothing_before_its_moment(policy: str, card: str) -> None:
    """Byte for byte: not a draw, not a number, not an order of events."""
    plain = changed(load(bundled()["web_agency"]), ["time.horizon_weeks=10", "time.warmup_weeks=0"])
    draw = random.Random(policy + card)
    week, day, hour = draw.randrange(1, 8), draw.randrange(5), draw.randrange(24)
    kind, team = draw.choice(plain.incidents).kind, draw.choice(plain.teams).name
    at = (7 * (week - 1) + day) * 86_400
    if card == "incident":
        event, at = (
            f"week {week} {DAYS[day]} {hour:02}:30 {kind} at {team}",
            at + hour * 3_600 + 1_800,
        )
    else:
        event = f"week {week} {DAYS[day]}: 2 of {team} away"
    before, after = (
        run(sample_path(scenario, 5), policy).events
        for scenario in (plain, with_events(plain, [event], "it"))
    )
    cut = [rows[rows[:, 0] < at].tobytes() for rows in (before, after)]
    assert cut[0] == cut[1]
    assert not np.array_equal(before, after)


def test_stages_have_the_names_of_the_ledger(small: Scenario) -> None:
    lived = run(sample_path(small, 1), "kanban")
    story = incident_story(lived, int(lived.accounts.id[0]))
    assert story is not None
    assert tuple(story.until_end()) == INCIDENT_STAGES
