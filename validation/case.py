"""A case of known answer: a scenario, what the formula says, and how to tell that it holds."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd
from joblib import Parallel, delayed

import sim
from sim.experiment.statistics import Interval, interval
from sim.measures.metrics import measure
from sim.measures.run import Run, run
from sim.policy.contract import Policy
from sim.sampling.sample_path import sample_path
from sim.scenario.schema import Scenario
from validation.laws import broken_laws

SCENARIOS = Path(__file__).parent / "scenarios"

CONFIDENCE = 0.999

HALF_WIDTH = {"long": 0.01, "normal": 0.05}
"""Of the exact value: a wider interval would show nothing."""


class Lived:
    """A run with its figures, made when first asked for."""

    def __init__(self, of: Run) -> None:
        self.run = of

    @cached_property
    def _figures(self) -> dict[tuple[str, str], float]:
        found = measure(self.run.path, self.run.events)
        return {(key.name, key.group): value for key, value in found.items()}

    def figure(self, name: str, group: str = "all") -> float:
        """One of the figures that `firelane compare` reports."""
        return self._figures[name, group]


Statistic = Callable[[Sequence[Lived]], float]
"""What is observed in one replication, from the runs of its arms."""


@dataclass(frozen=True)
class Answer:
    """One figure that a formula gives."""

    what: str
    exact: float
    of: Statistic


@dataclass(frozen=True)
class Arm:
    """One way to live through a path: a policy, and changes of the scenario as `--set` takes them."""

    policy: str | Policy
    changes: tuple[str, ...] = ()
    scenario: str = ""
    """Another file than the case's."""


@dataclass(frozen=True)
class Effort:
    """How long a case is run."""

    weeks: int
    replications: int


NORMAL, LONG = Effort(400, 32), Effort(2_000, 40)


@dataclass(frozen=True)
class Case:
    """A scenario with a known answer."""

    id: str
    title: str
    formula: str
    source: str
    scenario: str
    """A file of `validation/scenarios`, without its ending."""
    answers: tuple[Answer, ...]
    arms: tuple[Arm, ...]
    without: tuple[str, tuple[Arm, ...]]
    """The mechanism the case is about, switched off: in words, and as arms. It must then fail."""
    changes: tuple[str, ...] = ()
    """Of the scenario, in all arms."""
    every_hours: float | None = None
    """The log that is replayed has an incident each so many hours."""
    normal: Effort = NORMAL
    long: Effort = LONG
    lags: bool = False
    """Whether interruptions add to the effort, so that an incident takes more than it asks for."""


@dataclass(frozen=True)
class Verdict:
    """What came of a case."""

    case: Case
    effort: Effort
    found: tuple[Interval, ...]
    """Of each answer, at 99.9 %."""
    half_width: float
    """The widest that is allowed, over the exact value."""
    broken: tuple[str, ...] = field(default=())
    """Laws that a run did not obey."""

    def holds(self, position: int) -> bool:
        """Whether an answer lies in its interval, and the interval is narrow enough."""
        exact, found = self.case.answers[position].exact, self.found[position]
        half = (found.high - found.low) / 2
        return found.low <= exact <= found.high and half < self.half_width * abs(exact)

    @property
    def passes(self) -> bool:
        return not self.broken and all(map(self.holds, range(len(self.found))))

    @property
    def refuted(self) -> bool:
        """Whether an answer lies outside its interval."""
        return any(
            not (found.low <= answer.exact <= found.high)
            for answer, found in zip(self.case.answers, self.found, strict=True)
        )


def examine(case: Case, length: str = "normal", seed: int = 1, workers: int = 1) -> Verdict:
    """Run a case: `length` is normal or long."""
    effort = case.long if length == "long" else case.normal
    with tempfile.TemporaryDirectory() as folder:
        scenarios = [_scenario(case, arm, effort, Path(folder)) for arm in case.arms]
        calls = (
            delayed(_observe)(case, scenarios, seed, replication)
            for replication in range(effort.replications)
        )
        rows = Parallel(n_jobs=workers, backend="threading")(calls)
    values = np.array([row for row, _ in rows])
    broken = tuple(dict.fromkeys(law for _, laws in rows for law in laws))
    found = tuple(interval(column, CONFIDENCE) for column in values.T)
    return Verdict(case, effort, found, HALF_WIDTH[length], broken)


def without_mechanism(case: Case) -> Case:
    """The case with the mechanism it is about switched off; a quarter of the effort shows it."""
    effort = Effort(max(case.normal.weeks // 4, 60), case.normal.replications)
    return replace(case, arms=case.without[1], normal=effort)


def _scenario(case: Case, arm: Arm, effort: Effort, folder: Path) -> Scenario:
    weeks = f"time.horizon_weeks={effort.weeks}"
    file = SCENARIOS / f"{arm.scenario or case.scenario}.toml"
    scenario = sim.load(file, [weeks, *case.changes, *arm.changes])
    if case.every_hours is None or scenario.incidents_from is None:
        return scenario
    opened = np.arange(case.every_hours, effort.weeks * 168, case.every_hours)
    log = pd.DataFrame({"number": np.arange(len(opened)), "severity": 2, "team": "servers"})
    moments = pd.Timestamp(scenario.time.start) + pd.to_timedelta(opened, "h")
    log["opened"] = moments.strftime("%Y-%m-%dT%H:%M:%S")
    log.to_csv(folder / scenario.incidents_from.file, index=False)
    return scenario.in_folder(folder)


def _observe(
    case: Case, scenarios: Sequence[Scenario], seed: int, replication: int
) -> tuple[list[float], list[str]]:
    runs = [
        run(sample_path(scenario, seed, replication), arm.policy)
        for scenario, arm in zip(scenarios, case.arms, strict=True)
    ]
    lived = [Lived(one) for one in runs]
    laws = [law for one in runs for law in broken_laws(one, lags=case.lags)]
    return [answer.of(lived) for answer in case.answers], laws
