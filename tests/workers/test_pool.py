"""Who computes: processes that neither outlive the program nor change a figure."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sim.experiment.study import batches_of
from sim.workers.pool import NICENESS, WorkersLostError, done_in_order, worker_pool
from sim.workers.stopped import LOOK_EVERY

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="processes are forked on Linux only")


def test_tasks_are_answered_in_their_order_whoever_does_them() -> None:
    for workers in (1, 2):
        with worker_pool(workers) as executor:
            assert list(done_in_order(executor, str, range(40), workers)) == [
                str(n) for n in range(40)
            ]


def _niceness(_: int) -> tuple[int, int]:
    return os.nice(0), os.getpid()


@LINUX
def test_patient_workers_give_way_and_are_never_this_process() -> None:
    for workers in (1, 2):
        with worker_pool(workers, low_priority=True) as executor:
            found = list(done_in_order(executor, _niceness, range(4), workers))
        assert {nice for nice, _ in found} == {min(19, os.nice(0) + NICENESS)}
        assert os.getpid() not in {process for _, process in found}


def test_every_replication_is_in_one_batch() -> None:
    for count in (1, 2, 7, 64, 1_000):
        for workers in (1, 2, 16):
            batches = list(batches_of(range(3, 3 + count), workers, count))
            assert [n for batch in batches for n in batch] == list(range(3, 3 + count))


def test_the_last_batches_are_small_so_that_workers_end_together() -> None:
    sizes = [len(batch) for batch in batches_of(range(100), 2, 100)]
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[0] == 8
    assert sizes[-4:] == [1, 1, 1, 1]
    before_another = [len(batch) for batch in batches_of(range(100), 2, 1_000)]
    assert before_another == [*[8] * 12, 4]


def _die(_: int) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


@LINUX
def test_a_worker_that_is_killed_is_told_in_words() -> None:
    with (
        pytest.raises(WorkersLostError, match="a worker process died"),
        worker_pool(2) as executor,
    ):
        list(done_in_order(executor, _die, [1, 2, 3], 2))


@LINUX
def test_no_worker_outlives_a_program_that_is_killed(tmp_path: Path) -> None:
    program = (
        "import os, sys, time\n"
        "from sim.workers.pool import worker_pool\n"
        "with worker_pool(2) as executor:\n"
        "    print(executor.submit(os.getpid).result(),"
        " flush=True)\n"
        "    time.sleep(60)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    worker = int(parent.stdout.readline())
    parent.kill()
    parent.wait()
    parent.stdout.close()
    for _ in range(100):
        if not Path(f"/proc/{worker}").exists():
            return
        time.sleep(0.1)
    pytest.fail(f"worker {worker} still lives")


PAUSED = """
import os, signal, threading, time
from sim.workers.pool import worker_pool, done_in_order

def job(number):
    time.sleep(0.4)
    return number

def stop():
    os.kill(first, signal.SIGSTOP)
    print(first, flush=True)

with worker_pool(2) as executor:
    first, *_ = executor._processes
    threading.Timer(0.2, stop).start()  # in the midst of its first task
    print(sum(done_in_order(executor, job, range(8), 2)))
"""

IDLE = """
import os, signal
from sim.workers.pool import worker_pool

with worker_pool(2) as executor:
    for worker in executor._processes:
        os.kill(worker, signal.SIGSTOP)
print("ended")
"""


@LINUX
def test_workers_that_are_stopped_when_all_is_done_are_not_waited_for() -> None:
    ended = subprocess.run(
        [sys.executable, "-c", IDLE], capture_output=True, text=True, timeout=30, check=False
    )
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "ended\n", "")


def _paused() -> tuple[subprocess.Popen[str], int]:
    running = subprocess.Popen(
        [sys.executable, "-c", PAUSED], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert running.stdout is not None
    return running, int(running.stdout.readline())


@LINUX
def test_a_worker_that_is_stopped_is_told_once_and_waited_for() -> None:
    running, worker = _paused()
    assert running.stderr is not None
    told = running.stderr.readline()
    assert told == (
        f"The worker process {worker} is stopped, and is waited for; `kill -CONT {worker}` lets it go "
        "on, Ctrl-C ends the program.\n"
    )
    time.sleep(2.5 * LOOK_EVERY)
    assert running.poll() is None
    os.kill(worker, signal.SIGCONT)
    out, err = running.communicate(timeout=20)
    assert (running.returncode, out, err) == (0, "28\n", "")


@LINUX
def test_ctrl_c_ends_a_program_that_waits_for_a_stopped_worker() -> None:
    running, worker = _paused()
    assert running.stderr is not None
    running.stderr.readline()
    running.send_signal(signal.SIGINT)
    _, err = running.communicate(timeout=5)
    assert running.returncode != 0
    assert "KeyboardInterrupt" in err
    assert not Path(f"/proc/{worker}").exists()


STOPPED_AGAIN_AND_AGAIN = """
import signal, time
from sim.workers.pool import worker_pool, done_in_order

class Stop(BaseException):
    pass

def stop(*_):
    raise Stop

signal.signal(signal.SIGALRM, lambda *_: signal.raise_signal(signal.SIGINT))
signal.signal(signal.SIGINT, stop)
stops = 0
for n in range(40):
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.001 + 0.002 * n)
        with worker_pool(2) as executor:
            for _ in done_in_order(executor, time.sleep, [0.005] * 500, 2):
                pass
    except Stop:
        stops += 1
print(stops)
"""


@LINUX
def test_a_stop_at_any_moment_is_silent() -> None:
    """Also while workers are forked, and when they are gone while tasks are cancelled."""
    ended = subprocess.run(
        [sys.executable, "-c", STOPPED_AGAIN_AND_AGAIN], capture_output=True, text=True, timeout=60
    )
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "40\n", "")


INTERRUPTED = """
import time
from sim.workers.pool import worker_pool

def much():
    return bytes(4 * 10**8)  # a while to send

begun = time.monotonic()
try:
    with worker_pool(2) as executor:
        answer = executor.submit(much)
        time.sleep(0.4)
        assert not answer.done()
        raise KeyboardInterrupt
except KeyboardInterrupt:
    print(time.monotonic() - begun)
"""


def test_a_worker_is_not_ended_in_the_midst_of_an_answer() -> None:
    """Or the executor's thread waits for the other half for ever."""
    done = subprocess.run(
        [sys.executable, "-c", INTERRUPTED], capture_output=True, text=True, timeout=60, check=True
    )
    assert float(done.stdout) < 20
    assert not done.stderr
