"""A pool is who computes: this process alone, processes beside it, or the workers of a cluster."""

from __future__ import annotations

import ctypes
import gc
import logging
import multiprocessing
import os
import signal
import sys
import threading
import warnings
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from multiprocessing.process import BaseProcess
from queue import Empty, SimpleQueue
from typing import Generic, TypeVar
from urllib.parse import urlsplit

from sim.errors import CannotDoError, FirelaneError
from sim.workers.stopped import LOOK_EVERY, StoppedWorkers, is_stopped

Task = TypeVar("Task")
Answer = TypeVar("Answer")

AHEAD = 3
"""Tasks handed out for each worker, so that none waits for the next."""


NICENESS = 10
"""The niceness of workers at low priority: beside another that wants the same core, Linux gives them a tenth of
it (weight 110 to 1,024), so that they neither hold it up nor come to a halt."""


MAX_ANSWER_SECONDS = 10
"""Seconds that a worker may take to hand over an answer, which are kilobytes, when it is to end."""


MAX_GREETING_SECONDS = 10
"""Seconds that a scheduler may take to answer at all."""


class WorkersLostError(CannotDoError):
    """An error raised when processes that computed have died."""


class CrashedError(FirelaneError):
    """An error raised when a process that did a job beside this one was ended by a signal."""


class SerialExecutor(Executor):
    """An executor by which this process does the tasks one after the other, in a thread.

    What is compiled cannot be interrupted, but whoever waits for it can.
    """

    def __init__(self) -> None:
        self._tasks: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._busy = False
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()

    def submit(
        self, fn: Callable[..., Answer], /, *args: object, **kwargs: object
    ) -> Future[Answer]:
        """Hand out a task that is done when its turn comes; what it raises is the future's."""
        future: Future[Answer] = Future()

        def do() -> None:
            if not future.set_running_or_notify_cancel():
                return
            try:
                self._busy = True
                answer = fn(*args, **kwargs)
                self._busy = False
            except BaseException as error:
                self._busy = False
                future.set_exception(error)
            else:
                future.set_result(answer)

        self._tasks.put(do)
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End without waiting for the task at hand.

        Python's own code ends at its next line, compiled code with the program.
        """
        self._tasks.put(None)
        if self._busy:
            thread, stop = ctypes.c_ulong(self._thread.ident or 0), ctypes.py_object(SystemExit)
            ctypes.pythonapi.PyThreadState_SetAsyncExc(thread, stop)

    def _work(self) -> None:
        with suppress(SystemExit):
            while do := self._tasks.get():
                do()


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def worker_pool(workers: int, low_priority: bool = False) -> Iterator[Executor]:
    """Yield an executor of processes of this machine; with one worker, of this process.

    They are forked where that is safe, and so begin with everything compiled and loaded that this
    process has. When this process ends, however it ends, they do.

    Args:
        workers: how many.
        low_priority: they give way to other processes, and are never this one.
    """
    if low_priority and sys.platform != "linux":
        from loky import ProcessPoolExecutor as LokyExecutor

        with LokyExecutor(workers, initializer=_give_way) as beside_the_shared_one:
            yield beside_the_shared_one
    elif workers == 1 and not low_priority:
        with SerialExecutor() as alone:
            yield alone
    elif sys.platform == "linux":
        begin = _begin_at_low_priority if low_priority else begin_as_worker
        with _ended_at_once_if_interrupted(_of_forks(workers, begin)) as executor:
            gc.freeze()  # what is here now stays: workers need not look through it, nor copy it
            with forking():
                for _ in range(workers):
                    executor.submit(int)  # forks now, while no thread of ours runs
            yield executor
    else:
        from loky import get_reusable_executor

        yield get_reusable_executor(max_workers=workers)


class ClusterError(CannotDoError):
    """An error raised for a cluster that cannot be reached, or used."""


@contextmanager
def cluster_pool(address: str) -> Iterator[tuple[Executor, int]]:
    """Yield the workers of a Dask scheduler, and how many threads they have.

    A worker that is lost is replaced by another: its tasks are done again.

    Raises:
        ClusterError: where Dask is not installed, or nothing answers at the address.
    """
    try:
        from distributed import Client
    except ImportError:
        raise ClusterError("a cluster needs Dask: pip install 'firelane[cluster]'") from None
    _check_address(address)
    try:
        # Of what is cancelled there it may tell a traceback; what fails is told in words.
        logging.getLogger("tornado.application").setLevel(logging.CRITICAL)
        client = Client(address, timeout=MAX_GREETING_SECONDS, set_as_default=False)
    except (OSError, ValueError) as error:
        raise ClusterError(f"--cluster {address}: no Dask scheduler answers ({error})") from None
    with client:
        threads = sum(client.nthreads().values())
        if not threads:
            raise ClusterError(f"--cluster {address}: the scheduler has no workers")
        yield client.get_executor(pure=False, retries=10), threads


def _check_address(address: str) -> None:
    """Refuse what cannot be an address: Dask would try long, and complain when it gives up."""
    try:
        parts = urlsplit(address if "://" in address else f"tcp://{address}")
        if parts.scheme in ("tcp", "tls", "ws", "wss", "ucx") and parts.hostname and parts.port:
            return
    except ValueError:
        pass
    raise ClusterError(f"--cluster {address}: expected HOST:PORT, such as tcp://127.0.0.1:8786")


@contextmanager
def beside(job: Callable[[], object]) -> Iterator[None]:
    """Let another core do a job meanwhile, for what it leaves on disk; nothing where there is none.

    Raises:
        CrashedError: where the job's process crashed: here it would end the program.
    """
    if sys.platform != "linux" or cores() == 1:
        yield
        return
    process = multiprocessing.get_context("fork").Process(
        target=_done_beside, args=(job,), daemon=True
    )
    with forking():
        process.start()
    try:
        yield
        stopped = StoppedWorkers(lambda: [process.pid or 0])
        while process.is_alive():
            process.join(LOOK_EVERY)
            stopped.look()
        if (process.exitcode or 0) < 0:
            raise CrashedError(f"ended by signal {-(process.exitcode or 0)}")
    finally:
        process.terminate()


def done_in_order(
    executor: Executor, job: Callable[[Task], Answer], tasks: Iterable[Task], workers: int
) -> Generator[Answer]:
    """Yield what `job` answers to each task, in the order of the tasks, a few of which are under
    way.

    What is under way is cancelled where it is no longer wanted; when this program is stopped, by whoever
    ends the executor.

    Raises:
        WorkersLostError: where a worker died.
    """
    under_way: deque[_Awaited[Answer]] = deque()
    stopped = StoppedWorkers(lambda: list(getattr(executor, "_processes", None) or ()))
    try:
        for task in tasks:
            under_way.append(_Awaited(executor, job, task))
            if len(under_way) > AHEAD * workers:
                yield under_way.popleft().answer(stopped.look)
        while under_way:
            yield under_way.popleft().answer(stopped.look)
    except BrokenProcessPool:
        raise WorkersLostError(
            "a worker process died: the system may have run out of memory, or something ended it. "
            "Fewer --workers need less memory."
        ) from None
    except (Exception, GeneratorExit):
        for awaited in under_way:
            awaited.future.cancel()
        raise


class _Awaited(Generic[Answer]):
    """A task handed out.

    A signal may end the waiting for it, but never comes while a lock is held that the executor's
    thread needs, too: that thread would wait for ever, and this program for it.
    """

    def __init__(self, executor: Executor, job: Callable[[Task], Answer], task: Task) -> None:
        self._done: SimpleQueue[object] = SimpleQueue()
        with _stopped_afterwards():
            self.future = executor.submit(job, task)
            self.future.add_done_callback(self._done.put)

    def answer(self, meanwhile: Callable[[], None]) -> Answer:
        """Return what the job answered, or raise what it raised; `meanwhile` is called now and
        then."""
        while True:
            try:
                self._done.get(timeout=LOOK_EVERY)
            except Empty:
                meanwhile()
            else:
                return self.future.result()


def _of_forks(workers: int, begin: Callable[[], None]) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(workers, multiprocessing.get_context("fork"), initializer=begin)


@contextmanager
def forking() -> Iterator[None]:
    """Silence Python's warning of threads when it forks; those of numerical libraries are idle."""
    with warnings.catch_warnings(), _stopped_afterwards():
        warnings.filterwarnings("ignore", message=".*fork.*", category=DeprecationWarning)
        yield


@contextmanager
def _stopped_afterwards() -> Iterator[None]:
    """Let Ctrl-C or a polite kill wait until this is done.

    What a handler raises in the midst of a fork, Python reports and forgets, and the program would
    go on.
    """
    if threading.current_thread() is not threading.main_thread():
        yield  # handlers run in the main thread only
        return
    come: list[int] = []
    endings = (signal.SIGINT, signal.SIGTERM)
    before = {n: signal.signal(n, lambda number, _: come.append(number)) for n in endings}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, signal.SIG_DFL if handler is None else handler)
    for first in come[:1]:
        signal.raise_signal(first)


def begin_as_worker() -> None:
    """Begin a process that works for this one: ignore Ctrl-C, which a terminal sends to all; the parent alone answers it, and ends this
    process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _begin_at_low_priority() -> None:
    begin_as_worker()
    _give_way()


def _give_way() -> None:
    if hasattr(os, "nice"):
        os.nice(NICENESS)


def _done_beside(job: Callable[[], object]) -> None:
    begin_as_worker()
    with suppress(
        Exception
    ):  # whoever needs it finds that it is not there, and meets the same fault
        job()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


@contextmanager
def _ended_at_once_if_interrupted(executor: ProcessPoolExecutor) -> Iterator[ProcessPoolExecutor]:
    try:
        yield executor
    except BaseException:
        _end_at_once(executor)
        raise
    _end_idle(executor)


def _end_idle(executor: ProcessPoolExecutor) -> None:
    """End workers that have nothing left to do; where one is stopped and cannot end, all are
    ended."""
    processes = list((getattr(executor, "_processes", None) or {}).values())
    manager = getattr(executor, "_executor_manager_thread", None)
    executor.shutdown(wait=False, cancel_futures=True)
    try:
        while manager is not None and manager.is_alive():
            manager.join(LOOK_EVERY)
            if any(is_stopped(process.pid) for process in processes if process.pid):
                _kill(processes)
    except BaseException:  # Ctrl-C now: they would end a moment after this program
        _kill(processes)
        if manager is not None:
            manager.join()
        raise


def _kill(processes: Iterable[BaseProcess]) -> None:
    for process in processes:
        with suppress(ProcessLookupError):
            process.kill()


def _end_at_once(executor: ProcessPoolExecutor) -> None:
    """End workers at once: a task under way may last for ever, and is not waited for.

    First the executor is told to forget what has not begun. Its thread would otherwise find workers
    gone and tasks cancelled, which Python 3.11 answers with a traceback. And no worker may be in the
    midst of an answer: the thread would wait for the other half for ever, and this program for it.
    """
    answering = getattr(getattr(executor, "_result_queue", None), "_wlock", None)
    processes = list((getattr(executor, "_processes", None) or {}).values())
    manager = getattr(executor, "_executor_manager_thread", None)
    executor.shutdown(wait=False, cancel_futures=True)
    if answering is not None:
        answering.acquire(timeout=MAX_ANSWER_SECONDS)
    _kill(processes)
    if manager is not None:
        manager.join()
