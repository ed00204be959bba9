"""Sensitivity tells which inputs move a figure, or the choice between two policies.

One input at a time between a low and a high value, on common paths, gives the tornado; all at once,
`sim.search.sobol`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from pydantic import BaseModel, TypeAdapter, ValidationError

from sim.errors import ScenarioError
from sim.experiment.design import Design
from sim.experiment.reportable import Reportable
from sim.experiment.statistics import CONFIDENCE, Interval, interval, paired
from sim.experiment.study import Observations, Progress
from sim.policy.contract import Policy
from sim.policy.registry import chosen_policies
from sim.scenario.reading import changed
from sim.scenario.schema import Scenario
from sim.search.goal import FigureName
from sim.search.question import QuestionError

USUAL = Design(replications=50)


@dataclass(frozen=True)
class Input:
    """A key of the scenario and the range that is plausible for it."""

    key: str
    low: str
    high: str
    label: str = ""

    @staticmethod
    def parse(text: str) -> Input:
        """Read an input from `key=low:high`, such as `people.unfamiliarity=1:2`.

        Raises:
            QuestionError: for what is not understood.
        """
        key, _, ends = (part.strip() for part in text.partition("="))
        low, colon, high = (part.strip() for part in ends.partition(":"))
        if not (key and low and colon and high):
            raise QuestionError(f"--input {text}: expected KEY=LOW:HIGH")
        return Input(key, low, high)

    @property
    def name(self) -> str:
        """The input's label, or its key where it has none."""
        return self.label or self.key

    def between(self, share: float) -> str:
        """Return a change to a value between low (0) and high (1).

        Raises:
            QuestionError: where the ends are no numbers.
        """
        sign = self.low[0] if self.low[0] in "*+" else ""
        try:
            low, high = (float(end.removeprefix(sign)) for end in (self.low, self.high))
        except ValueError:
            raise QuestionError(f"{self.key}: {self.low} and {self.high} are no numbers") from None
        return f"{self.key}={sign}{low + share * (high - low):.10g}"


class _Measured(BaseModel):
    """A figure as `firelane calibrate --json` tells it, as far as it is used here."""

    low: float | None
    high: float | None


def measured_inputs(file: Path) -> list[Input]:
    """Return every figure with an interval in a file that `firelane calibrate --json` wrote.

    Raises:
        QuestionError: for a file that is none, or has no interval.
        OSError: for a file that cannot be read.
    """
    try:
        figures = TypeAdapter(dict[str, _Measured]).validate_json(file.read_bytes())
    except ValidationError:
        raise QuestionError(f"{file}: not what `firelane calibrate --json` writes") from None
    found = [
        Input(key, f"{own.low:.4g}", f"{own.high:.4g}")
        for key, own in figures.items()
        if own.low is not None and own.high is not None and own.low < own.high
    ]
    if not found:
        raise QuestionError(f"{file}: no figure in it has an interval")
    return found


DEFAULT_INPUTS = (
    Input("incidents.*.per_week", "*0.7", "*1.3", "incidents a week, ±30 %"),
    Input("incidents.*.dispersion", "1", "6.5", "how bursty incidents are, 1 to 6.5"),
    Input("stories.hours_per_point", "*0.8", "*1.25", "hours a point takes, 0.8 to 1.25 times"),
    Input("stories.regression_rate", "*0.5", "*2", "regressions, half to double"),
    Input("teams.*.focus", "*0.9", "*1.1", "focus, ±10 %"),
    Input("people.unfamiliarity", "1", "2", "unfamiliar work takes 1 to 2 times as long"),
    Input("people.sick_share", "0.01", "0.05", "sickness, 1 to 5 %"),
    Input("interruptions.switch_minutes", "5", "30", "starting on an interruption, 5 to 30 min"),
    Input("first_line.deflect_rate", "0.3", "0.7", "settled by the first line, 30 to 70 %"),
)
"""Ranges of docs/evidence.md, A0 (bursts: A4), as far as the scenario has the key and stays valid."""


@dataclass(frozen=True)
class Swing:
    """The swing of one input: what it does to the figure."""

    input: Input
    at_low: Interval
    at_high: Interval
    changes: tuple[Interval, Interval, Interval]
    """from as it is to the low end and to the high end, and between these, path by path; wide enough
    to hold for all inputs at once"""
    overloaded: bool
    """at one end demand exceeds capacity: the figure there depends on how long the run is"""

    @property
    def is_sure(self) -> bool:
        """Whether it moves the figure by more than chance does."""
        return any(change.low > 0 or change.high < 0 for change in self.changes)

    @property
    def width(self) -> float:
        """The most that any change comes to: both ends may lie on the same side."""
        return max(abs(change.mean) for change in self.changes)


@dataclass(frozen=True)
class Sensitivity:
    """What the inputs do to a figure: the swings, the widest first."""

    scenario: Scenario = field(repr=False)
    policies: tuple[Policy, ...] = field(repr=False)
    """one, whose figure is looked at; or two, of which the first minus the second"""
    figure: FigureName
    base: Interval
    swings: tuple[Swing, ...]
    left_out: dict[str, str]
    """inputs that the scenario cannot take, and why"""
    replications: int

    @property
    def flips(self) -> list[Swing]:
        """Inputs that surely move the difference and change which of two policies is
        better."""
        if len(self.policies) < 2:
            return []
        return [s for s in self.swings if s.is_sure and s.at_low.mean * s.at_high.mean < 0]

    @property
    def widest(self) -> Swing | None:
        """The widest swing of those that are more than chance; None where none is."""
        return next((swing for swing in self.swings if swing.is_sure), None)


def sensitivity(
    scenario: Scenario,
    figure: FigureName,
    policies: Sequence[str | Policy],
    inputs: Sequence[Input] = DEFAULT_INPUTS,
    design: Design = USUAL,
    progress: Progress | None = None,
) -> Sensitivity:
    """Compute the figure of one policy, or the difference of two, at each input's ends.

    Args:
        design: how it is computed; its replications at each end.
        progress: called with the number of replications done, over all ends.

    Raises:
        QuestionError: for other than one or two policies, or no input that can be moved.
        PolicyError: for a policy that is not known.
    """
    if len(policies) not in (1, 2):
        raise QuestionError(f"name one policy, or two to compare (got {len(policies)})")
    ends, left_out = movable(scenario, inputs)
    if not ends:
        raise QuestionError("no input can be moved in this scenario")
    scenarios = [scenario, *(one for _, low, high in ends for one in (low, high))]
    studies = [design.study(one, chosen_policies(one, policies)) for one in scenarios]
    observed = design.observe(studies, progress)
    base, *moved = (looked_at(one, figure) for one in observed)
    pairs = zip(scenarios, observed, strict=True)
    over = [Reportable(*pair).is_any_overloaded() for pair in pairs][1:]
    shared = 1 - (1 - CONFIDENCE) / (3 * len(ends))
    swings = [
        Swing(
            one,
            interval(low),
            interval(high),
            (paired(low, base, shared), paired(high, base, shared), paired(high, low, shared)),
            over[2 * n] or over[2 * n + 1],
        )
        for n, (one, low, high) in enumerate(
            zip((one for one, _, _ in ends), moved[::2], moved[1::2], strict=True)
        )
    ]
    swings.sort(key=lambda swing: -swing.width)
    return Sensitivity(
        scenario,
        studies[0].policies,
        figure,
        interval(base),
        tuple(swings),
        left_out,
        design.replications,
    )


def movable(
    scenario: Scenario, inputs: Sequence[Input]
) -> tuple[list[tuple[Input, Scenario, Scenario]], dict[str, str]]:
    """Return the scenario at each input's ends, and what cannot be moved."""
    ends, left_out = [], {}
    for one in inputs:
        try:
            low, high = (changed(scenario, [f"{one.key}={end}"]) for end in (one.low, one.high))
        except ScenarioError as why:
            left_out[one.name] = str(why.faults[0])
            continue
        ends.append((one, low, high))
    return ends, left_out


def looked_at(observed: Observations, figure: FigureName) -> np.ndarray:
    own = figure.of(observed, 0)
    return own - figure.of(observed, 1) if observed.values.shape[0] == 2 else own
