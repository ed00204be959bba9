"""The long run: `python -m tests.fuzzing [--inputs N] [TARGET …]`, one target after the other.

Says for each how many inputs it took, in what time and memory, how much of the program they reached,
and the input that it could not take, which is kept in out/fuzzing/TARGET. Status 1 where there is one.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import re
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from tests.fuzzing.targets import TARGETS
from tests.fuzzing.watch import ROOT, SCRATCH

OUT = ROOT / "out" / "fuzzing"

CHILD = {
    **os.environ,
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "FIRELANE_SCRATCH": str(SCRATCH),
}
"""One core each; what they leave is removed when this process ends."""


@dataclass(frozen=True)
class Outcome:
    """What became of one target."""

    inputs: int
    seconds: float
    megabytes: int
    reached: int
    """jumps of our own code that some input takes"""
    trouble: str
    """empty: every input was taken or refused in words"""


def main() -> int:
    """Run the targets and print what came of each."""
    options = argparse.ArgumentParser(prog="tests.fuzzing", description=__doc__)
    options.add_argument("--inputs", type=int, default=1_000_000, help="over all targets")
    options.add_argument("targets", nargs="*", metavar="TARGET", help=", ".join(TARGETS))
    asked = options.parse_args()
    if unknown := [name for name in asked.targets if name not in TARGETS]:
        options.error(f"no target {', '.join(unknown)}; known are {', '.join(TARGETS)}")
    if importlib.util.find_spec("atheris") is None:
        options.error("atheris is not installed: pip install 'firelane[fuzz]'")
    names = asked.targets or list(TARGETS)
    shares = sum(TARGETS[name].share for name in names)
    print(f"{'target':<20}{'inputs':>10}{'seconds':>9}{'MB':>6}{'reached':>9}  found", flush=True)
    outcomes = []
    for name in names:
        outcome = run(name, -(-asked.inputs * TARGETS[name].share // shares))
        outcomes.append(outcome)
        _print(name, outcome)
    _print(
        "all",
        Outcome(
            sum(o.inputs for o in outcomes),
            sum(o.seconds for o in outcomes),
            max(o.megabytes for o in outcomes),
            max(o.reached for o in outcomes),
            "" if not any(o.trouble for o in outcomes) else "see above",
        ),
    )
    return int(any(o.trouble for o in outcomes))


def run(name: str, inputs: int) -> Outcome:
    """One target in a process of its own, its words in out/fuzzing/TARGET/log."""
    folder = OUT / name
    folder.mkdir(parents=True, exist_ok=True)
    log, begun = folder / "log", time.monotonic()
    with log.open("w") as file:
        command = [sys.executable, "-m", "tests.fuzzing.guided", name, str(folder), str(inputs)]
        status = subprocess.run(
            command, cwd=ROOT, stdout=file, stderr=file, env=CHILD, check=False
        ).returncode
    told = log.read_text("utf-8", errors="replace")
    return Outcome(
        _figure(r"number_of_executed_units:\s+(\d+)", told),
        time.monotonic() - begun,
        _figure(r"peak_rss_mb:\s+(\d+)", told),
        _figure(r" cov: (\d+)", told),
        _trouble(told, status),
    )


def _figure(pattern: str, told: str) -> int:
    found = re.findall(pattern, told)
    return int(found[-1]) if found else 0


def _trouble(told: str, status: int) -> str:
    if status == 0:
        return ""
    for pattern, words in (
        (r"ALARM: working on the last Unit", "an input hung"),
        (r"out-of-memory", "an input took too much memory"),
    ):
        if re.search(pattern, told):
            return f"{words}{_kept(told)}"
    raised = re.findall(r"^(\w[\w.]*(?:Error|Exception|Interrupt)\b.*)$", told, re.MULTILINE)
    return f"{raised[-1][:200] if raised else f'ended with status {status}'}{_kept(told)}"


def _kept(told: str) -> str:
    kept = re.findall(r"Test unit written to (\S+)", told)
    return f"; the input is {Path(kept[-1]).relative_to(ROOT)}" if kept else "; see its log"


def _print(name: str, o: Outcome) -> None:
    figures = f"{name:<20}{o.inputs:>10,}{o.seconds:>9,.0f}{o.megabytes:>6}{o.reached:>9,}"
    print(f"{figures}  {o.trouble or 'nothing'}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
