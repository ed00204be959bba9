"""Scenarios that an address itself holds: `new:people=5,teams=1,…`, the answers to the five questions.

So a link to a team made on the page leads to it on every machine, and none is ever forgotten.
"""

from __future__ import annotations

from typing import Any

from sim.calibrate.five_questions import QUESTIONS, Answers, answered_text, scenario_from
from sim.policy.registry import known_policies
from sim.scenario.schema import Scenario

NEW = "new:"
"""How such an id begins."""

MAX_ID = 400
"""Characters."""


def is_answered(scenario_id: str) -> bool:
    """Return whether an id holds answers."""
    return scenario_id.startswith(NEW)


def answers_in(scenario_id: str) -> Answers:
    """Return the answers that an id holds; those it leaves out are as usual.

    Raises:
        AnswerError: for one that is no answer.
    """
    told = scenario_id[len(NEW) : MAX_ID]
    pairs = [part.partition("=") for part in told.split(",") if part]
    return Answers.of({name.strip(): value.strip() for name, _, value in pairs})


def answered_scenario(scenario_id: str) -> Scenario:
    """Return the scenario that an id's answers make.

    Raises:
        AnswerError: for one that is no answer.
    """
    return scenario_from(answers_in(scenario_id))


def answered_file(scenario_id: str) -> str:
    """Return its file, which says of every line whether it was answered or is assumed.

    Raises:
        AnswerError: for one that is no answer.
    """
    return answered_text(answers_in(scenario_id))


def offered_questions() -> list[dict[str, Any]]:
    """Return the blanks of the five sentences and what may be put there, as plain data for JSON."""
    ways = [(policy.id, policy.title or policy.id) for policy in known_policies().values()]
    return [
        {
            "name": one.name,
            "sentence": one.sentence,
            "asked": one.asked,
            "usual": one.usual,
            "least": one.least,
            "most": one.most,
            "step": one.step,
            "choices": ways if one.name == "today" else list(one.choices),
        }
        for one in QUESTIONS
    ]
