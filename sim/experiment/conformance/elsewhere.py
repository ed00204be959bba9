"""Lives through an organisation in a process of its own: a policy and an organisation in, a trace out."""

from __future__ import annotations

import sys

import cloudpickle

from sim.engine.engines import SIMPY, simulate
from sim.sampling.sample_path import sample_path


def main() -> None:
    """Read both from standard input, and write the trace to standard output."""
    policy, organisation = cloudpickle.loads(sys.stdin.buffer.read())
    path = sample_path(organisation.scenario(), organisation.seed, 0)
    [trace] = simulate([(path, policy)], SIMPY)
    sys.stdout.buffer.write(cloudpickle.dumps(trace.copy()))


if __name__ == "__main__":
    main()
