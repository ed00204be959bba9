"""What is frozen: traces of random organisations and of all bundled scenarios, and their figures."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator, Sequence
from pathlib import Path

from sim.engine.engines import COMPILED, simulate
from sim.engine.trace import Trace
from sim.experiment.study import Study, observe_batch
from sim.policy.contract import Policy
from sim.policy.registry import known_policies
from sim.sampling.sample_path import SamplePath, sample_path
from sim.scenario.reading import bundled, from_table, load
from tests.strategies import Value, policies_with_settings, scenario_table, with_ties

HERE = Path(__file__).parent
TRACES, FIGURES_OF_BUNDLED = HERE / "traces.txt", HERE / "figures.txt"

ORGANISATIONS = 160
"""Each under thirteen policies: 2,080 traces."""

REPLICATIONS = 2
"""Of every bundled scenario."""

DIGITS = 12
"""Of a figure: the last ones depend on the order in which a processor adds."""


def traces() -> Iterator[str]:
    """A line for each: the case, the policy with its settings, the number of events and a digest."""
    for number in range(ORGANISATIONS):
        yield from _lines(f"organisation-{number}", *_organisation(number))
    shipped = list(known_policies().values())
    for name, file in bundled().items():
        for replication in range(REPLICATIONS):
            path = sample_path(load(file), seed=1, replication=replication)
            yield from _lines(f"{name}-{replication}", path, shipped)


def figures() -> Iterator[str]:
    """A line for each figure of each bundled scenario: a digest over policies and replications."""
    shipped = tuple(known_policies().values())
    for name, file in bundled().items():
        study = Study.of(load(file), shipped, seed=1, engine=COMPILED)
        found = observe_batch((study.packed(), range(REPLICATIONS)))
        for n, key in enumerate(found.keys):
            values = found.values[:, :, n].ravel().tolist()
            told = " ".join(f"{value:.{DIGITS}g}" for value in values)
            yield f"{name}: {', '.join(key)} {_digest(told.encode())}"


def _lines(case: str, path: SamplePath, policies: Sequence[Policy]) -> Iterator[str]:
    found = simulate([(path, policy) for policy in policies], COMPILED)
    for policy, trace in zip(policies, found, strict=True):
        yield f"{case} {policy.label} {len(trace)} {_digest_of(trace)}"


def _organisation(number: int) -> tuple[SamplePath, list[Policy]]:
    luck = random.Random(number)

    def one_of(values: Sequence[Value]) -> Value:
        return values[int(luck.random() * len(values))]

    table = scenario_table(one_of)
    if one_of((False, True)):
        table = with_ties(table)
    policies = policies_with_settings(one_of)
    return sample_path(from_table(table), seed=number), policies


def _digest_of(trace: Trace) -> str:
    return _digest(trace.astype("<i8").tobytes())


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:12]
