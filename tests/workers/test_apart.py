"""A job done in a process of its own."""

from __future__ import annotations

import os
import signal

import pytest

from sim.workers.apart import done_apart
from sim.workers.pool import CrashedError


def test_it_answers_from_another_process() -> None:
    assert done_apart(lambda: (os.getpid(), 7))[1] == 7
    assert done_apart(os.getpid) != os.getpid()


def test_what_it_raises_is_raised_here() -> None:
    def job() -> None:
        raise ValueError("no such thing")

    with pytest.raises(ValueError, match="no such thing"):
        done_apart(job)


def test_a_process_that_dies_is_told_by_its_signal() -> None:
    with pytest.raises(CrashedError, match=f"signal {int(signal.SIGKILL)}"):
        done_apart(lambda: os.kill(os.getpid(), signal.SIGKILL))


def test_a_long_answer_comes_whole() -> None:
    assert len(done_apart(lambda: bytes(3_000_000))) == 3_000_000
