"""A study with every output, stopped at random moments: by Ctrl-C, a polite kill, a hang-up, and a terminal
that is closed.

    python -m benchmarks.interrupts --times 200

After each it must have ended within two seconds, without a traceback, leaving no half-written file, no process
and nothing in shared memory. Some twelve minutes a kind.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

KINDS = ("INT", "TERM", "HUP", "terminal")

LONGEST = 2.0
"""Seconds in which it is to have ended."""

OUTPUTS = ("a.json", "a.csv", "a.png", "a.html", "store")

SHARED = Path("/dev/shm")


def command(folder: Path) -> list[str]:
    """The study: some two seconds, half of which is drawing."""
    options = ("--json", "--csv", "--plot", "--html", "--store")
    outputs = [word for pair in zip(options, OUTPUTS, strict=True) for word in pair]
    few = ("--replications", "60", "--workers", "2", "--set", "time.horizon_weeks=26")
    return [sys.executable, "-m", "firelane", "compare", "small_product", *few, *outputs]


def stopped(kind: str, after: float, folder: Path) -> list[str]:
    """What went wrong when it was stopped so many seconds after its start; empty where nothing did."""
    before = set(os.listdir(SHARED)) if SHARED.exists() else set()
    ours, theirs = os.openpty()
    terminal = kind == "terminal"
    process = subprocess.Popen(
        command(folder),
        cwd=folder,
        stdin=theirs if terminal else subprocess.DEVNULL,
        stdout=theirs if terminal else subprocess.DEVNULL,
        stderr=theirs if terminal else subprocess.PIPE,
        start_new_session=True,
        preexec_fn=_take_terminal if terminal else None,
    )
    os.close(theirs)
    time.sleep(after)
    done = process.poll() is not None
    begun = time.monotonic()
    if terminal:
        os.close(ours)
    else:
        process.send_signal(getattr(signal, f"SIG{kind}"))
    try:
        said = process.communicate(timeout=10)[1] or b""
    except subprocess.TimeoutExpired:
        process.kill()
        said = process.communicate()[1] or b""
    took = time.monotonic() - begun
    if not terminal:
        os.close(ours)
    wrong = []
    if took > LONGEST:
        wrong.append(f"ended after {took:.1f} s")
    if b"Traceback" in said or b"Exception ignored" in said:
        wrong.append(said.decode(errors="replace")[-600:])
    if not done and not terminal and process.returncode == 1 and b"Stopped. " not in said:
        wrong.append(f"ended without a word: {said!r}")
    if process.returncode not in (0, 1):
        wrong.append(f"ended with status {process.returncode}")
    left = [n for n in os.listdir(folder) if n not in OUTPUTS and not n.startswith("store-")]
    wrong += [f"left {name}" for name in left]
    if _lives(process.pid):
        wrong.append("left a process")
    if SHARED.exists() and set(os.listdir(SHARED)) - before:
        wrong.append("left something in shared memory")
    return wrong


def _take_terminal() -> None:
    """Make standard input the terminal that this session is closed with."""
    import fcntl
    import termios

    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


def _lives(group: int) -> bool:
    """Whether a process of a group still does anything after a second; one that has ended, and whose end
    the system has not noted yet, does not."""
    for _ in range(20):
        if not any(_is_of(group, entry) for entry in os.listdir("/proc") if entry.isdigit()):
            return False
        time.sleep(0.05)
    return True


def _is_of(group: int, process: str) -> bool:
    try:
        said = Path("/proc", process, "stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return False
    state, _, its_group = said.rpartition(") ")[2].split()[:3]
    return int(its_group) == group and state not in "ZX"


def main() -> None:
    """Status 1 where anything went wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=200, help="of each kind")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("kinds", nargs="*", default=list(KINDS))
    asked = parser.parse_args()
    chance, failed = random.Random(asked.seed), 0
    for kind in asked.kinds:
        bad = 0
        for _ in range(asked.times):
            after = chance.uniform(0.15, 3.5)
            with tempfile.TemporaryDirectory() as folder:
                wrong = stopped(kind, after, Path(folder))
            if wrong:
                bad += 1
                print(f"{kind} after {after:.2f} s: {'; '.join(wrong)}", flush=True)
        print(f"{kind}: {asked.times} times, {bad} went wrong", flush=True)
        failed += bad
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()
