"""A scenario from five answers."""

from __future__ import annotations

import itertools

import pytest

from sim.calibrate.five_questions import (
    QUESTIONS,
    AnswerError,
    Answers,
    answered_text,
    scenario_from,
)
from sim.scenario.reading import from_text


def test_what_was_answered_stands_in_the_scenario() -> None:
    found = scenario_from(Answers(people=5, sprint_weeks=2, incidents=8, tiny=0.5))
    assert [team.developers for team in found.teams] == [5]
    assert found.time.sprint_weeks == 2
    rates = {kind.kind: kind.per_week for kind in found.incidents if kind.severity > 1}
    assert rates == {"tiny incident": 4, "incident": 4}
    [tiny, usual, _] = found.incidents
    assert tiny.effort_hours.mean() < 0.5 < usual.effort_hours.mean()


def test_every_choice_of_a_screen_makes_a_scenario() -> None:
    for question in QUESTIONS:
        for value, _ in question.choices:
            scenario_from(Answers.of({question.name: str(value)}))
    for people, teams, tiny, outages in itertools.product(("1", "50"), ("1", "20"), "01", "0"):
        told = {"people": people, "teams": teams, "tiny": tiny, "outages": outages, "promise": "0"}
        found = scenario_from(Answers.of(told))
        assert all(kind.respond_within_hours is None for kind in found.incidents)


def test_every_line_says_whether_it_was_answered_or_is_assumed() -> None:
    text = answered_text(Answers(), "Ours")
    assert from_text(text.encode(), "it").name == "Ours"
    told = [
        line for line in text.splitlines() if line.startswith(("developers", "per_week", "focus"))
    ]
    assert all("# answered" in line or "# assumed" in line for line in told)


@pytest.mark.parametrize(
    ("name", "answer", "words"),
    [
        ("people", "0", "people: must be a whole number from 1 to 50 (got 0)"),
        ("people", "2.5", "a whole number"),
        ("tiny", "nan", "tiny: must be a number from 0 to 1"),
        ("hours", "three", "hours: must be a number from 0.5 to 80 (got 'three')"),
        ("night", "sometimes", "night: must be nobody or somebody"),
        ("today", "kanbam", "nearest known: kanban"),
        ("peoples", "5", "peoples: is no question"),
    ],
)
def test_what_is_no_answer_is_told_with_what_would_be(name: str, answer: str, words: str) -> None:
    with pytest.raises(AnswerError) as error:
        Answers.of({name: answer})
    assert words in str(error.value)
