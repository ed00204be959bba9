"""What a policy's decision raised, in words its author can act on: which, where, and what was meant."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from types import CodeType, FrameType, FunctionType

from sim.errors import nearest
from sim.policy import contract
from sim.policy.contract import DECISIONS, Policy


class DecisionFailure(str):
    """A note on an exception that a decision raised; it goes with it from process to process."""


def failure(error: BaseException, policy: Policy) -> DecisionFailure | None:
    """What went wrong in which decision, and where in the policy's own text; None where no decision of
    the policy was under way, or only its compiled code, which has no lines."""
    own = {_code(getattr(policy, name)): name for name in DECISIONS}
    own.pop(None, None)
    for raised in _with_causes(error):
        decision, at = None, None
        for frame, line in traceback.walk_tb(raised.__traceback__):
            decision = decision or own.get(frame.f_code)
            at = (frame, line)
        if decision is not None and at is not None:
            return _told(policy, decision, raised, *at)
    return None


def _with_causes(error: BaseException | None) -> Iterator[BaseException]:
    """An error and its causes: SimPy raises anew what a process raised, which is then the cause."""
    while error is not None:
        yield error
        error = error.__cause__


def _told(
    policy: Policy, decision: str, error: BaseException, frame: FrameType, line: int
) -> DecisionFailure:
    file = frame.f_code.co_filename
    if file.startswith("<") and policy.file:  # what another process was sent tells no file
        file = policy.file
    what = f"{type(error).__name__}: {error}".removesuffix(": ")
    return DecisionFailure(
        f"{policy.label}: {decision} failed in {file}, line {line}: {what}{_meant(error, frame)}"
    )


def failure_of(error: BaseException) -> DecisionFailure | None:
    """The note that an exception carries, if it is a decision's."""
    notes = getattr(error, "__notes__", ())
    return next((note for note in notes if isinstance(note, DecisionFailure)), None)


def _code(function: object) -> CodeType | None:
    function = getattr(function, "py_func", function)
    function = getattr(function, "__func__", function)
    return function.__code__ if isinstance(function, FunctionType) else None


def _meant(error: BaseException, frame: FrameType) -> str:
    """The known name that is nearest to one that is not."""
    if isinstance(error, NameError) and error.name:
        known = {*vars(contract), *frame.f_globals, *frame.f_locals}
        return nearest(error.name, sorted(name for name in known if not name.startswith("_")))
    if isinstance(error, AttributeError) and error.name:
        return nearest(error.name, getattr(error.obj, "_fields", ()))
    return ""
