"""What went wrong is said in words for whoever looks at the page, with the status of the answer."""

from __future__ import annotations

import logging

from sim.errors import BAD_INPUT, CannotDoError, FirelaneError
from sim.policy.failure import failure_of
from sim.workers.pool import WorkersLostError

ASKED_WRONGLY, FAILED, BUSY = 400, 500, 503

LOST = (
    "The computation was lost: the system may have run out of memory. Try again, perhaps with fewer "
    "random futures."
)

_log = logging.getLogger("uvicorn.error")


class BusyError(CannotDoError):
    """An error raised when as much as this page takes on is under way already."""


class BrokenDeskError(CannotDoError):
    """An error raised when the computation was lost; another try will do."""


def told(error: Exception) -> tuple[list[str], int]:
    """Return every reason, a sentence each, and the HTTP status that goes with them.

    What nobody foresaw is named, and its traceback goes to the log.
    """
    if isinstance(error, WorkersLostError):
        return [LOST], FAILED
    if isinstance(error, FirelaneError):
        return error.reasons, _status_of(error)
    what = f"{type(error).__name__}: {error}".removesuffix(": ")
    if (decision := failure_of(error)) is not None:
        return [f"The policy {decision}"], FAILED
    if isinstance(error, MemoryError):
        return [f"The computation wants more memory than there is ({what})."], FAILED
    _log.error("The page met what nobody foresaw", exc_info=error)
    return [f"The computation failed: {what}."], FAILED


def _status_of(error: FirelaneError) -> int:
    if isinstance(error, BusyError):
        return BUSY
    return ASKED_WRONGLY if error.exit_status == BAD_INPUT else FAILED
