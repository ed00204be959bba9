"""What a decision may answer: one edge, at which all engines that run Python ask.

Compiled decisions answer a checked whole number or raise, and then this edge says what is wrong
(`sim.engine.engines`).
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from numbers import Integral
from typing import Any

import numpy as np

from sim.policy.contract import (
    CANCEL,
    DECISIONS,
    DEFER,
    INCIDENT_FIRST,
    INTERRUPT,
    LABEL,
    MAX_LABEL,
    MAX_PEOPLE,
    NOTHING_NEW,
    QUEUE,
    STORY_FIRST,
    SWAP,
    Policy,
)
from sim.policy.in_python import in_python
from sim.policy.parameters import PolicyError

ROUTES = (DEFER, QUEUE, INTERRUPT, SWAP, CANCEL)

MAX_ROUTE = LABEL * (MAX_LABEL + 1)
"""Labelled answers of `route` lie below this."""

WORK = (INCIDENT_FIRST, STORY_FIRST, NOTHING_NEW)

MOST = 1 << 62
"""Whole numbers that a decision answers lie between this and its negative."""

Check = Callable[[Any], int | None]
"""The answer as engines take it; None where it is none."""


def _truth(answer: Any) -> int | None:
    """An answer of yes or no: a truth value, or a whole number, of which 0 is no."""
    if answer is True or answer is False:  # as nearly all are, and this is asked most
        return answer
    return bool(answer) if isinstance(answer, Integral | np.bool_) else None


def _whole(answer: Any) -> int | None:
    """An answer that is a whole number; also one that is written as a float."""
    if type(answer) is int:  # as nearly all are, and the rest takes ten times as long
        return answer if -MOST < answer < MOST else None
    if isinstance(answer, float | np.floating) and float(answer).is_integer():
        answer = int(answer)
    if not isinstance(answer, Integral | np.bool_):
        return None
    number = int(answer)
    return number if -MOST < number < MOST else None


def _one_of(answers: tuple[int, ...]) -> Check:
    def check(answer: Any) -> int | None:
        number = _whole(answer)
        return number if number in answers else None

    return check


def _route(answer: Any) -> int | None:
    """One of the actions, with a label or without."""
    number = _whole(answer)
    if number is None or not 0 <= number < MAX_ROUTE or number % LABEL not in ROUTES:
        return None
    return number


def _people(answer: Any) -> int | None:
    number = _whole(answer)
    return number if number is not None and 1 <= number <= MAX_PEOPLE else None


_WHOLE = "a whole number, such as that of // or int()"

_EDGES: dict[str, tuple[Check, str]] = {
    "on_duty": (_truth, "True or False"),
    "takes": (_truth, "True or False"),
    "route": (
        _route,
        "DEFER (0), QUEUE (1), INTERRUPT (2), SWAP (4) or CANCEL (5), or one of them labelled",
    ),
    "next_work": (_one_of(WORK), "INCIDENT_FIRST (0), STORY_FIRST (1) or NOTHING_NEW (2)"),
    "reserve": (_whole, _WHOLE),
    "improve": (_whole, _WHOLE),
    "review": (_whole, _WHOLE),
    "rank": (_whole, _WHOLE),
    "picks": (_truth, "True or False"),
    "people": (_people, f"a whole number from 1 to {MAX_PEOPLE}"),
    "note": (_whole, _WHOLE),
    "shift": (_truth, "True or False"),
}
"""How each decision's answer is looked at, and what it must be."""


def answering(policy: Policy) -> Policy:
    """The same policy with decisions that answer what a model can take, or raise PolicyError naming
    the decision, what it answered and what it must answer."""
    asked = copy.copy(policy)
    for decision in DECISIONS:
        function = getattr(policy, decision)
        if function is not getattr(Policy, decision):
            object.__setattr__(asked, decision, _asked(policy, decision, function))
    return asked


def _asked(policy: Policy, decision: str, function: Callable[..., Any]) -> Callable[..., int]:
    check, right = _EDGES[decision]
    decide = in_python(function)

    def ask(*views: Any) -> int:
        answer = decide(*views)
        number = check(answer)
        if number is None:
            raise PolicyError(f"{policy.id}: {decision} answered {_shown(answer)}; must be {right}")
        return number

    ask.py_func = function  # type: ignore[attr-defined]
    return ask


def _shown(answer: object) -> str:
    told = repr(answer)
    return told if len(told) <= 60 else f"{told[:57]}..."
