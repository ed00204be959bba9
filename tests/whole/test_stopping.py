"""Stopped at any moment and in any way, it ends with a word and leaves nothing behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from benchmarks.interrupts import KINDS, LONGEST, stopped

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="pseudo-terminals as Linux has them"
)


@pytest.mark.parametrize("after", [0.4, 1.9])
@pytest.mark.parametrize("kind", KINDS)
def test_it_leaves_no_traceback_no_file_and_no_process(
    kind: str, after: float, tmp_path: Path
) -> None:
    assert stopped(kind, after, tmp_path) == []


SWALLOWS = """
import sys, time
from firelane.command import main
import sim.commands.app
def drawing():
    while True:
        try:
            time.sleep(0.05)
        except BaseException:
            pass  # as a callback of Python's own does
sim.commands.app.command_line = drawing
print("ready", flush=True)
main()
"""


@pytest.mark.parametrize("signals", [1, 2])
def test_where_the_signal_is_swallowed_it_ends_all_the_same(signals: int) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", SWALLOWS], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    process.stdout.readline()
    time.sleep(0.5)
    begun = time.monotonic()
    for _ in range(signals):
        process.send_signal(signal.SIGINT)
        time.sleep(0.1)
    _, said = process.communicate(timeout=10)
    assert (process.returncode, said) == (1, "Stopped. No file was written.\n")
    assert time.monotonic() - begun < LONGEST


def test_nothing_of_the_model_is_loaded_before_it_can_be_stopped() -> None:
    program = "import sys, firelane.command; print([m for m in sys.modules if m.startswith('sim')])"
    ended = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert ended.stdout == "[]\n"


@pytest.mark.parametrize("megabytes", [300, 375, 700, 2000])
def test_with_little_memory_it_says_so_or_works(megabytes: int, tmp_path: Path) -> None:
    import resource

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (megabytes << 20, megabytes << 20))

    few = ("--policy", "kanban", "--replications", "4", "--workers", "2", "--html", "a.html")
    ended = subprocess.run(
        [sys.executable, "-m", "firelane", "compare", "small_product", *few],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        preexec_fn=limit,
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
        check=False,
    )
    assert "Traceback" not in ended.stderr
    if ended.returncode:
        assert (ended.returncode, "not enough memory" in ended.stderr) == (1, True)
        assert not list(tmp_path.iterdir())
    else:
        assert (tmp_path / "a.html").stat().st_size > 10_000
