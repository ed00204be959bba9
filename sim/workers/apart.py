"""A job done in a process of its own, so that this one lives on whatever becomes of it."""

from __future__ import annotations

import multiprocessing
import sys
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any, TypeVar

import cloudpickle

from sim.workers.pool import CrashedError, begin_as_worker, forking
from sim.workers.stopped import LOOK_EVERY, StoppedWorkers

Answer = TypeVar("Answer")


def done_apart(job: Callable[[], Answer]) -> Answer:
    """Return what a job answers, or raise what it raises; it is done in another process, which ends with this.

    Raises:
        CrashedError: where that process was ended by a signal.
    """
    here, there = multiprocessing.Pipe(duplex=False)
    if sys.platform == "linux":
        start: Any = multiprocessing.get_context("fork")
        process = start.Process(target=_answer, args=(job, there), daemon=True)
    else:
        start = multiprocessing.get_context("spawn")
        process = start.Process(target=_unpacked, args=(cloudpickle.dumps(job), there), daemon=True)
    with forking():
        process.start()
    there.close()
    try:
        stopped = StoppedWorkers(lambda: [process.pid or 0])
        while not here.poll(LOOK_EVERY):
            stopped.look()
        is_answer, told = cloudpickle.loads(here.recv_bytes())
    except EOFError:
        process.join()
        raise CrashedError(f"ended by signal {-(process.exitcode or 0)}") from None
    finally:
        process.terminate()
        here.close()
    if is_answer:
        answer: Answer = told
        return answer
    raise told


def _unpacked(job: bytes, there: Connection) -> None:
    _answer(cloudpickle.loads(job), there)


def _answer(job: Callable[[], object], there: Connection) -> None:
    begin_as_worker()
    try:
        told: tuple[bool, object] = True, job()
    except Exception as error:
        told = False, error
    there.send_bytes(cloudpickle.dumps(told))
