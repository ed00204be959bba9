"""The questions of long jobs, a policy map or what keeps promises: from the query to the answer."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any, ClassVar, TypeVar
from urllib.parse import parse_qs

from sim.errors import ScenarioError
from sim.experiment.design import Design
from sim.experiment.runner import Runner
from sim.policy.contract import Policy
from sim.policy.parameters import PolicyError
from sim.policy.registry import chosen_policies
from sim.report import recommendation
from sim.report import search_tables as report
from sim.report.document import ReportTable, from_terminal
from sim.sampling.sample_path import sample_path
from sim.scenario.schema import Scenario
from sim.search.askable import why_not
from sim.search.axis import Axis
from sim.search.goal import Constraint, FigureName, Goal
from sim.search.question import QuestionError
from sim.search.recommend import Ahead, recommend
from sim.search.sweep import policy_map, sweep
from sim.web.page_state import MAX_WEEKS, State, StateError, check_size, whole
from sim.web.sliders import WEEKS

MAX_CELLS, MAX_FUTURES_OF_A_MAP = 400, 4_000
"""Of a map, in all cells together; the command line has no such limits."""

MAX_FUTURES, MAX_FRESH, MAX_PROMISES = 100, 1_000, 10

Parsed = TypeVar("Parsed")


@dataclass(frozen=True)
class Aim:
    """What both questions ask for: a figure to have most or least of, promises, and for how
    long."""

    goal: Goal
    options: tuple[str, ...]
    """of the command that asks the same"""
    weeks: int | None = None

    def state(self, state: State) -> State:
        """Return the state, over as many weeks as are asked for."""
        if self.weeks is None:
            return state
        return replace(state, changes=(*state.changes, f"{WEEKS}={self.weeks}"))


@dataclass(frozen=True)
class MapQuestion:
    """The question which policy wins where."""

    aim: Aim
    over: tuple[str, ...]
    """the axes as they were asked for"""
    futures: int

    @property
    def axes(self) -> tuple[Axis, ...]:
        """The two parameters and their values."""
        return tuple(Axis.parse(text) for text in self.over)

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys of the scenario that the map changes."""
        return tuple(axis.key for axis in self.axes)

    @staticmethod
    def parse(query: str) -> MapQuestion:
        """Read the question from `over` (twice), `maximise` or `minimise`, `require`, `futures`,
        `weeks`.

        Raises:
            StateError: naming everything that is not understood.
        """
        asked = _Asked(query)
        over = tuple(asked.all("over"))
        if len(over) != 2:
            asked.reasons.append(f"over: name two axes (got {len(over)})")
        cells = math.prod(len(axis.values) for axis in asked.every("over", Axis.parse))
        futures = asked.whole("futures", 20, 2, MAX_FUTURES_OF_A_MAP)
        if cells > MAX_CELLS:
            asked.reasons.append(
                f"over: {cells:,} cells; this page draws at most {MAX_CELLS}, the command line any "
                "number"
            )
        elif cells * futures > MAX_FUTURES_OF_A_MAP:
            asked.reasons.append(
                f"futures: {cells:,} cells of {futures:,} futures are {cells * futures:,}; this page "
                f"computes at most {MAX_FUTURES_OF_A_MAP:,}, the command line any number"
            )
        return MapQuestion(asked.aim(), over, futures)

    def check(self, scenario: Scenario, policies: Sequence[str | Policy] | None) -> None:
        """Find out before the long work that each cell can be, and that there are such figures.

        Raises:
            StateError: naming everything that cannot.
        """
        reasons = dict.fromkeys(_unknown_figures(self.aim.goal, scenario))
        axes = self.axes
        for places in product(*(range(len(axis.values)) for axis in axes)):
            try:
                cell = scenario
                for axis, place in zip(axes, places, strict=True):
                    cell = axis.at(cell, place)
                check_size(cell)
                chosen_policies(cell, policies)
            except ScenarioError as error:
                reasons |= dict.fromkeys(str(fault) for fault in error.faults)
            except StateError as error:
                reasons |= dict.fromkeys(error.reasons)
            except (QuestionError, PolicyError) as error:
                reasons[str(error)] = None
        if reasons:
            raise StateError(*list(reasons)[:20])

    def answer(
        self,
        scenario: Scenario,
        policies: Sequence[str | Policy] | None,
        seed: int,
        runner: Runner,
        ahead: Ahead,
    ) -> dict[str, Any]:
        """Return the map, as plain data for JSON."""
        axes = self.axes
        cells = math.prod(len(axis.values) for axis in axes)
        ahead(cells * self.futures * len(chosen_policies(scenario, policies)))
        design = Design(self.futures, seed, runner=runner)
        swept = sweep(scenario, axes, policies, design)
        found = policy_map(swept, self.aim.goal)
        return {
            "finding": report.map_finding(found) + ".",
            "certainty": report.map_certainty(found),
            "tables": [_plain(from_terminal(report.map_table(found))), _plain(report.map_cells(found))],
            "result": report.map_json(found),
        }  # fmt: skip

    def options(self) -> list[str]:
        """Return the options of the command that asks the same."""
        over = [part for text in self.over for part in ("--over", text)]
        return [*over, *self.aim.options, "--replications", str(self.futures)]


@dataclass(frozen=True)
class RecommendQuestion:
    """The question which policy and parameters are best under promises."""

    aim: Aim
    futures: int
    fresh: int

    keys: ClassVar[tuple[str, ...]] = ()
    """it changes policies only"""

    @staticmethod
    def parse(query: str) -> RecommendQuestion:
        """Read the question from `maximise` or `minimise`, `require`, `futures`, `fresh`, `weeks`.

        Raises:
            StateError: naming everything that is not understood.
        """
        asked = _Asked(query)
        futures = asked.whole("futures", 20, 2, MAX_FUTURES)
        fresh = asked.whole("fresh", 100, 2, MAX_FRESH)
        return RecommendQuestion(asked.aim(), futures, fresh)

    def check(self, scenario: Scenario, policies: Sequence[str | Policy] | None) -> None:
        """Find out before the long work that there are such figures.

        Raises:
            StateError: naming all that there are not.
        """
        if reasons := _unknown_figures(self.aim.goal, scenario):
            raise StateError(*reasons)

    def answer(
        self,
        scenario: Scenario,
        policies: Sequence[str | Policy] | None,
        seed: int,
        runner: Runner,
        ahead: Ahead,
    ) -> dict[str, Any]:
        """Return the recommendation, as plain data for JSON."""
        design = Design(self.futures, seed, runner=runner)
        found = recommend(scenario, self.aim.goal, policies, design, self.fresh, ahead)
        return {
            "finding": recommendation.recommended(found),
            "settings": [line.strip() for line in recommendation.in_words(found)],
            "certainty": recommendation.recommendation_certainty(found),
            "tables": [
                _plain(recommendation.promises_table(found)),
                _plain(recommendation.alike_table(found)),
                _plain(from_terminal(recommendation.candidates(found))),
            ],
            "result": recommendation.recommendation_json(found),
        }

    def options(self) -> list[str]:
        """Return the options of the command that asks the same."""
        counts = ["--replications", str(self.futures), "--fresh-replications", str(self.fresh)]
        return [*self.aim.options, *counts]


Question = MapQuestion | RecommendQuestion


class _Asked:
    """A query as it is read, with what was wrong with it so far."""

    def __init__(self, query: str) -> None:
        self._given = parse_qs(query, keep_blank_values=True)
        self.reasons: list[str] = []

    def all(self, name: str) -> list[str]:
        """Return all values of a name, as they stand in the query."""
        return self._given.get(name, [])

    def every(self, name: str, parse: Callable[[str], Parsed]) -> list[Parsed]:
        """Return all values of a name that are understood."""
        found = []
        for text in self.all(name):
            try:
                found.append(parse(text))
            except QuestionError as error:
                self.reasons.append(str(error))
        return found

    def whole(self, name: str, default: int, least: int, most: int) -> int:
        """Return a whole number; the last one given for a name counts."""
        found = whole(self._given.get(name, [str(default)])[-1], least, most)
        if found is None:
            self.reasons.append(f"{name}: must be a whole number from {least} to {most:,}")
        return default if found is None else found

    def aim(self) -> Aim:
        """Return what is wanted.

        Raises:
            StateError: with all that was wrong.
        """
        promises = self.every("require", Constraint.parse)
        if len(promises) > MAX_PROMISES:
            self.reasons.append(f"require: {len(promises)} promises; at most {MAX_PROMISES}")
        wanted = [(name, text) for name in ("maximise", "minimise") for text in self.all(name)]
        if len(wanted) > 1:
            self.reasons.append("maximise and minimise: name one figure")
        figures = [
            figure for name, _ in wanted[:1] for figure in self.every(name, FigureName.parse)
        ]
        figure = figures[0] if figures else FigureName("net_points_per_sprint")
        try:
            goal = Goal.asked(wanted[0][0] if figures else None, figure, tuple(promises))
        except QuestionError as error:
            self.reasons.append(str(error))
        weeks = self.whole("weeks", 0, 1, MAX_WEEKS) if self.all("weeks") else None
        if self.reasons:
            raise StateError(*self.reasons)
        aims = [part for name, text in wanted for part in (f"--{name}", text)]
        kept = [part for text in self.all("require") for part in ("--require", text)]
        return Aim(goal, (*aims, *kept), weeks)


def _unknown_figures(goal: Goal, scenario: Scenario) -> list[str]:
    """Say which of the goal's figures the scenario does not have, and why."""
    sample_path(scenario, 0, 0)  # a log that cannot be used is told before
    figures = (goal.figure, *(promise.figure for promise in goal.promises))
    return list(dict.fromkeys(reason for figure in figures for reason in why_not(figure, scenario)))


def _plain(table: ReportTable) -> dict[str, Any]:
    return {
        "caption": table.caption,
        "heads": list(table.heads),
        "rows": [list(r) for r in table.rows],
    }
