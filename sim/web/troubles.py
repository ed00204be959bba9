"""What went wrong, in words for whoever looks at the page; and the status of the answer."""

from __future__ import annotations

import logging

from sim.crew import WorkersLostError
from sim.faults import ScenarioError
from sim.policy import PolicyError
from sim.policy_failure import failure_of
from sim.search.question import QuestionError
from sim.web.state import StateError

ASKED_WRONGLY, COULD_NOT, BUSY = 400, 500, 503

LOST = (
    "The computation was lost: the system may have run out of memory. Try again, perhaps with fewer "
    "random futures."
)

_log = logging.getLogger("uvicorn.error")


class BusyError(Exception):
    """As much as this page takes on is under way."""


class BrokenDeskError(Exception):
    """The computation was lost; another try will do."""


def told(error: Exception) -> tuple[list[str], int]:
    """Every reason, a sentence each, and the status that goes with them. What nobody foresaw is named,
    and its traceback goes to the log."""
    if isinstance(error, StateError):
        return error.reasons, ASKED_WRONGLY
    if isinstance(error, ScenarioError):
        return [str(fault) for fault in error.faults], ASKED_WRONGLY
    if isinstance(error, QuestionError | PolicyError):
        return [str(error)], ASKED_WRONGLY
    if isinstance(error, BusyError):
        return [str(error)], BUSY
    if isinstance(error, BrokenDeskError):
        return [str(error)], COULD_NOT
    if isinstance(error, WorkersLostError):
        return [LOST], COULD_NOT
    what = f"{type(error).__name__}: {error}".removesuffix(": ")
    if (decision := failure_of(error)) is not None:
        return [f"The policy {decision}"], COULD_NOT
    if isinstance(error, MemoryError):
        return [f"The computation wants more memory than there is ({what})."], COULD_NOT
    _log.error("The page met what nobody foresaw", exc_info=error)
    return [f"The computation failed: {what}."], COULD_NOT
