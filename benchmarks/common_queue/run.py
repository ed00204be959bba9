"""Runs the programs in turn on one tape, compares their answers, and says what each costs."""

from __future__ import annotations

import argparse
import gc
import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from statistics import mean, median
from time import process_time
from typing import Any

import numpy as np

from benchmarks.common_queue.programs import DRAWING, OURS, PLAIN_SIMPY, PROGRAMS, Run
from benchmarks.common_queue.stages import LOOP, STAGES, Stages
from benchmarks.common_queue.tape import (
    LOAD,
    MEAN_SERVICE,
    SERVERS,
    URGENT_SHARE,
    Tape,
    drawn,
    expected_waits,
    mean_waits,
)
from benchmarks.common_queue.ties import without_ties

NOTHING = "nothing"

TOLERANCE = 1e-9
"""Between the mean waits of two programs, relative."""

SLOT = 0.2
"""CPU seconds that a program has in a round; it is run again until they are used up."""

BATCHES = 20
"""Of the long run, in order; their means are taken as independent."""

STANDARD_ERRORS = 3.0
"""That the long run may be off what theory expects."""


def main() -> None:
    arguments = argparse.ArgumentParser(prog=f"python -m {__package__}", description=__doc__)
    arguments.add_argument("--customers", type=int, default=100_000)
    arguments.add_argument("--rounds", type=int, default=5)
    arguments.add_argument("--long-run", type=int, default=2_000_000, metavar="CUSTOMERS")
    arguments.add_argument("--seed", type=int, default=1)
    given = arguments.parse_args()
    result = benchmark(given.customers, given.rounds, given.long_run, given.seed)
    print(json.dumps(result))
    print(as_table(result), file=sys.stderr)
    if not (result["agree"] and result["long_run"]["agrees"]):
        sys.exit("the programs, or the long run and theory, do not agree")


def benchmark(customers: int, rounds: int, long_run: int, seed: int) -> dict[str, Any]:
    """Everything, ready for JSON."""
    tape = without_ties(drawn(customers, seed))
    runs, missing = loaded()
    peaks = peak_memory(tape, list(runs))
    answers = {name: answer(run, tape) for name, run in runs.items()}
    wholes, stages = in_turn(runs, tape, rounds)
    loops = {
        name: [s[LOOP] for s in stages[name]] if name in stages else wholes[name] for name in runs
    }
    return {
        "benchmark": "common_queue",
        "queue": {"servers": SERVERS, "load": LOAD, "urgent_share": URGENT_SHARE},
        "customers": customers,
        "rounds": rounds,
        "seed": seed,
        "cores": os.cpu_count(),
        "versions": versions(),
        "programs": {
            name: {
                "title": PROGRAMS[name].title,
                "customers_per_cpu_second": round(median(customers / s for s in wholes[name])),
                "times_simpy": _of_ratios(wholes[PLAIN_SIMPY], wholes[name]),
                "ours_times_as_fast": _of_ratios(
                    wholes[name], wholes[DRAWING if PROGRAMS[name].draws else OURS]
                ),
                "our_loop_times_as_fast": _of_ratios(loops[name], loops[OURS]),
                "peak_mb": peaks[name],
                "lines_of_code": PROGRAMS[name].lines,
                "mean_wait_seconds": answers[name],
            }
            for name in runs
        },
        "missing": missing,
        "peak_mb_with_no_program": peaks[NOTHING],
        "nanoseconds_per_customer": {
            name: {
                stage: round(1e9 * median(s[stage] for s in found) / customers, 1)
                for stage in found[0]
            }
            for name, found in stages.items()
        },
        "agree": bool(
            np.allclose(
                [found for name, found in answers.items() if not PROGRAMS[name].draws],
                answers[PLAIN_SIMPY],
                rtol=TOLERANCE,
                atol=0,
            )
        ),
        "long_run": against_theory(runs, long_run, seed),
    }


def loaded() -> tuple[dict[str, Run], dict[str, str]]:
    """What runs the programs, and why others are missing."""
    runs, missing = {}, {}
    for name, program in PROGRAMS.items():
        try:
            runs[name] = program.load()
        except ImportError as why:
            missing[name] = str(why)
    return runs, missing


def answer(run: Run, tape: Tape) -> tuple[float, float]:
    """The mean waits a program comes to, in seconds; its second run, which finds all in place."""
    run(tape)
    found = run(tape)
    return found if isinstance(found, tuple) else mean_waits(tape, found)


# ---- time ---------------------------------------------------------------------------------------


def in_turn(
    runs: dict[str, Run], tape: Tape, rounds: int
) -> tuple[dict[str, list[float]], dict[str, list[Stages]]]:
    """CPU seconds of each program in each round, one after another; whole, and taken apart."""
    parts = {name: stages for name, stages in STAGES.items() if name in runs}
    wholes: dict[str, list[float]] = {name: [] for name in runs}
    found: dict[str, list[Stages]] = {name: [] for name in parts}
    for stages in parts.values():
        stages(tape)
        stages(tape)  # memory that the first run asked for is the second's to take
    gc.collect()
    gc.freeze()  # nobody's collections go through what others have loaded
    for _ in range(rounds):
        for name, run in runs.items():
            wholes[name].append(whole(run, tape))
        for name, stages in parts.items():
            found[name].append(taken_apart(stages, tape))
    gc.unfreeze()
    return wholes, found


def whole(run: Run, tape: Tape) -> float:
    """CPU seconds of one run, on average over those that go into a slot."""
    begun, count = process_time(), 0
    while count == 0 or process_time() - begun < SLOT:
        run(tape)
        count += 1
    return (process_time() - begun) / count


def taken_apart(stages: Callable[[Tape], Stages], tape: Tape) -> Stages:
    """CPU seconds of the stages of one run, on average over those that go into a slot."""
    found: list[Stages] = []
    while sum(sum(s.values()) for s in found) < SLOT:
        found.append(stages(tape))
    return {stage: mean(s[stage] for s in found) for stage in found[0]}


def _of_ratios(numerators: list[float], denominators: list[float]) -> float:
    """The median of the ratios, round by round."""
    ratios = (n / d for n, d in zip(numerators, denominators, strict=True))
    return float(f"{median(ratios):.3g}")


# ---- memory -------------------------------------------------------------------------------------


def peak_memory(tape: Tape, names: list[str]) -> dict[str, float]:
    """Megabytes of a process that runs a program once; under NOTHING, of one that runs none."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "tape.npy"
        np.save(path, np.array([tape.arrival, tape.priority, tape.service]))
        # The first run may have to compile, and keeps what it has made for the second.
        return {name: min(_peak_of(name, path) for _ in range(2)) for name in [*names, NOTHING]}


def _peak_of(name: str, tape: Path) -> float:
    command = [sys.executable, "-m", f"{__package__}.alone", name, str(tape)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return round(int(done.stdout) / 1_024, 1)


# ---- theory -------------------------------------------------------------------------------------


def against_theory(runs: dict[str, Run], customers: int, seed: int) -> dict[str, Any]:
    """A long run of the fastest program that there is, and what theory expects of it."""
    name = "c" if "c" in runs else "numba"
    tape = drawn(customers, seed)
    waits = np.asarray(runs[name](tape)) / MEAN_SERVICE
    parts = zip(np.array_split(tape.priority, BATCHES), np.array_split(waits, BATCHES), strict=True)
    batches = np.array([[w[p == 1].mean(), w[p == 2].mean()] for p, w in parts])
    means = batches.mean(axis=0)
    errors = batches.std(axis=0, ddof=1) / BATCHES**0.5
    off = (means - expected_waits()) / errors
    fewer = drawn(customers // 2, seed)  # ours has a longest horizon
    drawing = {
        name: np.array(run(fewer)) / MEAN_SERVICE
        for name, run in runs.items()
        if PROGRAMS[name].draws
    }
    return {
        "program": name,
        "customers": customers,
        "batches": BATCHES,
        "unit": "mean services; urgent, others",
        "mean_wait": means.round(5).tolist(),
        "expected": np.round(expected_waits(), 5).tolist(),
        "standard_error": errors.round(5).tolist(),
        "standard_errors_off": off.round(2).tolist(),
        "drawing": {name: np.round(found, 5).tolist() for name, found in drawing.items()},
        "agrees": bool(
            (abs(off) <= STANDARD_ERRORS).all()
            and all(
                (abs(w - means) <= 2 * STANDARD_ERRORS * errors).all() for w in drawing.values()
            )
        ),
    }


# ---- words --------------------------------------------------------------------------------------


def versions() -> dict[str, str]:
    """Of what the programs stand on."""
    found = {"python": platform.python_version()}
    for package in ("numpy", "numba", "simpy", "ciw", "cimba"):
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "missing"
    return found


def as_table(result: dict[str, Any]) -> str:
    """The result for people."""
    heads = ("customers/CPU s", "× SimPy", "ours ×", "our loop ×", "peak MB", "lines", "waits, s")
    widths = (16, 9, 9, 11, 9, 7, 19)
    rows = [" " * 23 + "".join(f"{h:>{w}}" for h, w in zip(heads, widths, strict=True))]
    for program in result["programs"].values():
        urgent, other = program["mean_wait_seconds"]
        rows.append(
            f"{program['title']:23}{program['customers_per_cpu_second']:16,}"
            f"{program['times_simpy']:9.3g}{program['ours_times_as_fast']:9.3g}"
            f"{program['our_loop_times_as_fast']:11.3g}{program['peak_mb']:9.0f}"
            f"{program['lines_of_code']:7}{urgent:10.2f}{other:9.2f}"
        )
    rows += [f"missing: {name} ({why})" for name, why in result["missing"].items()]
    for name, stages in result["nanoseconds_per_customer"].items():
        parts = ", ".join(f"{stage} {ns:,.0f}" for stage, ns in stages.items())
        rows.append(f"{PROGRAMS[name].title}, ns per customer: {parts}")
    long = result["long_run"]
    rows.append(
        f"{long['customers']:,} customers: mean waits {long['mean_wait']}, theory "
        f"{long['expected']}, off by {long['standard_errors_off']} standard errors"
    )
    return "\n".join(rows)
