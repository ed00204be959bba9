"""(d) From the shell prompt to the table: `firelane compare`, cold and warm.

Cold: nothing compiled is on disk. Warm: as after any earlier run. Wall seconds, Python's start
included; `all` is every shipped policy in 100 replications.

    python -m benchmarks.whole_process [--rounds N]
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from statistics import median

WEB = "scenarios/web_agency.toml"
TWO = ["--policy", "next-sprint", "--policy", "reserved-buffer", "--replications", "20"]
ALL = ["--replications", "100", "--inputs", "0"]  # the same runs as ever


def timed(options: list[str], cache: str) -> tuple[float, float, str]:
    """Wall seconds, CPU seconds, and what was said on standard error."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    begun = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "firelane", "compare", WEB, *options],
        env={**os.environ, "NUMBA_CACHE_DIR": cache},
        capture_output=True,
        text=True,
        check=True,
    )
    wall = time.perf_counter() - begun
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return wall, cpu, done.stderr


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--rounds", type=int, default=5)
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory() as cache:
        cold, _, said = timed(TWO, cache)
        timed(ALL, cache)
        two = [timed(TWO, cache) for _ in range(given.rounds)]
        whole = [timed(ALL, cache) for _ in range(given.rounds)]
    print(
        json.dumps(
            {
                "benchmark": "whole_process",
                "cores": os.cpu_count(),
                "cold_seconds": round(cold, 2),
                "cold_says": said.strip(),
                "warm_two_policies_20_replications_seconds": round(median(t[0] for t in two), 2),
                "warm_all_policies_100_replications_seconds": round(median(t[0] for t in whole), 2),
                "warm_all_cpu_over_wall": round(median(t[1] / t[0] for t in whole), 2),
            }
        )
    )


if __name__ == "__main__":
    main()
