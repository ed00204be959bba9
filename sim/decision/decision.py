"""The decision as a whole: what is recommended, and everything that a reader would ask next."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace

from sim.calibrate.backtest import Backtest
from sim.decision.choice import LAST_RESORT, Choice, Verdict
from sim.decision.flips import PATHS as FLIP_PATHS
from sim.decision.flips import Strip, strips
from sim.decision.overload import Overload, overload
from sim.decision.price import Turn, turns
from sim.decision.status_quo import StatusQuo
from sim.decision.who import Staffing, staffing
from sim.experiment.comparison import Comparison
from sim.experiment.cost_of_change import Change, change_over
from sim.experiment.design import Design
from sim.experiment.runner import Runner
from sim.experiment.study import Progress
from sim.experiment.trial import Trial, trial
from sim.policy.contract import Policy
from sim.scenario.schema import Scenario
from sim.search.goal import Goal
from sim.search.worth import PATHS as WORTH_PATHS
from sim.search.worth import SETS as WORTH_SETS
from sim.search.worth import WorthOfKnowing, worth_of_knowing

QUESTIONED = 6
"""Policies of which it is asked what would make them the answer."""

FUTURES = 200
"""In which the change-over is lived through."""

TRIALS = 1_000
"""Simulated pilots: the power is known to a point and a half."""

PILOT_TEAMS = 2
"""Teams that a pilot is proposed in, where a policy works team by team and there are more."""

Stage = Callable[[str, int | None], AbstractContextManager[Progress]]
"""Called as a step begins, with what it does and of how much; gives what is told how much of that is done."""


@dataclass(frozen=True)
class Sources:
    """Where the figures of the scenario come from."""

    read: int = 0
    """figures that were read from exports"""
    assumed: int = 0
    """figures that were assumed, as no export tells them"""
    cannot_tell: Sequence[str] = ()
    """what the exports cannot tell, in words"""


@dataclass(frozen=True)
class Decision:
    """A decision: all that its page says is computed here."""

    choice: Choice
    status_quo: StatusQuo
    sources: Sources = field(default_factory=Sources)
    staffing: Staffing | None = None
    strips: Sequence[Strip] = ()
    turns: Sequence[Turn] = ()
    worth: WorthOfKnowing | None = None
    change: Change | None = None
    trial: Trial | None = None
    overload: Overload | None = None

    @property
    def comparison(self) -> Comparison:
        """The policies that were compared."""
        return self.choice.comparison

    @property
    def scenario(self) -> Scenario:
        """The organisation."""
        return self.comparison.scenario

    @property
    def goal(self) -> Goal:
        """What is wanted, and what must be kept."""
        return self.choice.goal

    @property
    def verdict(self) -> Verdict:
        """What it comes to."""
        return self.choice.verdict

    @property
    def recommended(self) -> str:
        """The label of the policy to take."""
        return self.choice.recommended

    @property
    def today(self) -> str:
        """The label of the policy in force."""
        return self.status_quo.policy.label

    @property
    def backtest(self) -> Backtest | None:
        """Their own past held against the model; None where there is none."""
        return self.status_quo.backtest

    def policy(self, label: str) -> Policy:
        """Return the policy with a label."""
        return self.comparison.policies[self.comparison.labels.index(label)]


def decided(
    choice: Choice,
    status_quo: StatusQuo,
    sources: Sources,
    runner: Runner | None,
    seed: int,
    stage: Stage,
    workers: int | None = None,
) -> Decision:
    """Return the decision that a choice comes to, with everything that a reader would ask next.

    Args:
        choice: among the policies of a comparison.
        status_quo: the policy in force.
        sources: where the figures come from.
        runner: what computes.
        seed: the same seed gives the same decision.
        stage: called as each step begins.
        workers: processes, for what no runner computes.

    Raises:
        ScenarioError, WorkersLostError, ClusterError, StoreError: where something cannot be computed.
    """
    decision = Decision(choice, status_quo, sources)
    scenario, verdict = decision.scenario, decision.verdict
    if verdict is Verdict.OVERLOADED:
        return replace(decision, overload=overload(scenario))
    if verdict is Verdict.NOTHING:
        return decision
    design = Design(FLIP_PATHS, seed, runner=runner)
    policies = _questioned(choice)
    decision = replace(
        decision,
        staffing=staffing(scenario, decision.policy(decision.recommended), seed),
        turns=turns(decision.comparison, decision.recommended, [p.label for p in policies]),
    )
    if len(policies) < 2:
        return decision
    if scenario.ranges and verdict is not Verdict.BROKEN:
        with stage("what would change the answer", None) as advance:
            found = strips(scenario, policies, choice.goal, decision.recommended, design, advance)
        with stage("what to measure next", WORTH_SETS * WORTH_PATHS) as advance:
            own = Design(WORTH_PATHS, seed, runner=runner)
            worth = worth_of_knowing(
                scenario, policies, choice.goal.promises, own, progress=advance
            )
        decision = replace(decision, strips=found, worth=worth)
    if verdict is Verdict.CHANGE and scenario.incidents_from is None:
        decision = _with_the_way_there(decision, seed, stage, workers)
    return decision


def _with_the_way_there(
    decision: Decision, seed: int, stage: Stage, workers: int | None
) -> Decision:
    """Return the decision with what the change costs, and what a pilot would show."""
    scenario = decision.scenario
    before, after = (decision.policy(label) for label in (decision.today, decision.recommended))
    with stage("the change-over", FUTURES) as advance:
        change = change_over(
            scenario, before, after, Design(FUTURES, seed, workers=workers), None, advance
        )
    alone = after.queue == "team" and len(scenario.teams) > PILOT_TEAMS
    with stage("the pilot", TRIALS) as advance:
        tried = trial(
            scenario, before, after, PILOT_TEAMS if alone else None, TRIALS, seed, workers, advance
        )
    return replace(decision, change=change, trial=tried)


def _questioned(choice: Choice) -> list[Policy]:
    """Return the recommended policy, today's, and those that come next."""
    comparison = choice.comparison
    by_value = sorted(
        choice.able, key=lambda label: choice.standings[label].score.value, reverse=True
    )
    sooner = sorted(choice.able, key=lambda label: choice.standings[label].response)
    labels = [choice.recommended, choice.runner_up, choice.today, *choice.near[:2], *sooner[:1]]
    wanted = dict.fromkeys([*(label for label in labels if label), *by_value])
    named = (choice.recommended, choice.today)
    able = [one for one in wanted if one in named or choice.policy_id(one) not in LAST_RESORT]
    kept = able[:QUESTIONED]
    return [policy for policy in comparison.policies if policy.label in kept]
