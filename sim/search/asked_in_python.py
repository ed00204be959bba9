"""The questions of the command line, asked from Python with the same words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sim.experiment.design import Design
from sim.experiment.study import Progress
from sim.policy.contract import Policy
from sim.scenario.schema import Scenario
from sim.search import recommend as recommending
from sim.search import sensitivity as sensing
from sim.search import sweep as sweeping
from sim.search import worth
from sim.search.axis import Axis
from sim.search.goal import Constraint, FigureName, Goal
from sim.search.recommend import Recommendation
from sim.search.sensitivity import DEFAULT_INPUTS, Input, Sensitivity
from sim.search.sweep import Sweep
from sim.search.worth import WorthOfKnowing


def sweep(
    scenario: Scenario,
    over: Sequence[str],
    policies: Sequence[str | Policy] | None = None,
    *,
    replications: int = 30,
    seed: int = 1,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Sweep:
    """Compute figures over one or two parameters, as `firelane sweep` does.

    Args:
        scenario: from `sim.load`.
        over: one or two axes, such as `"people.unfamiliarity=1:2:11"` or `"incidents.*.per_week=*0.5,*1,*2"`.
        policies: as for `sim.compare`.
        replications: random futures of each cell.
        seed: whole number from 0; all cells meet the same futures.
        workers: processes; one for each core if None.
        progress: called with the number of replications done, over all cells.

    Returns:
        The cells, one for each pair of values; `table(figures)` has a row for each cell, policy and figure, with mean,
        low and high end of the 95 % interval in the figure's own unit.

    Raises:
        QuestionError: for an axis that is not understood.
        ScenarioError: for a key or a value that cannot be.
        PolicyError: for a policy that is not known.
    """
    axes = [Axis.parse(text) for text in over]
    design = Design(replications, seed, workers=workers)
    return sweeping.sweep(scenario, axes, policies, design, progress)


def recommend(
    scenario: Scenario,
    require: Sequence[str] = (),
    maximise: str = "net_points_per_sprint",
    policies: Sequence[str | Policy] | None = None,
    *,
    replications: int = 20,
    fresh: int = 100,
    seed: int = 1,
    workers: int | None = None,
) -> Recommendation:
    """Search for the policy and settings that do best under promises, as `firelane recommend` does.

    Args:
        scenario: from `sim.load`.
        require: what must be kept, such as `"response_sla >= 0.9"`.
        maximise: the figure that is wanted; one of which less is better is minimised.
        policies: as for `sim.compare`.
        replications: on which the best of the search are looked at again.
        fresh: futures of the test, which the search has not seen.
        seed: whole number from 0.
        workers: processes; one for each core if None.

    Returns:
        The answer (`best`, with its `policy` and its `figure` as mean and 95 % interval), those that did not win, and
        those that cannot be told from it (`alike`).

    Raises:
        QuestionError: for what is not understood, or a figure that the scenario does not have.
        PolicyError: for a policy that is not known.
    """
    promises = tuple(Constraint.parse(text) for text in require)
    goal = Goal.towards(FigureName.parse(maximise), promises)
    design = Design(replications, seed, workers=workers)
    return recommending.recommend(scenario, goal, policies, design, fresh)


def sensitivity(
    scenario: Scenario,
    figure: str,
    policies: Sequence[str | Policy],
    inputs: Mapping[str, tuple[float | str, float | str]] | None = None,
    *,
    replications: int = 50,
    seed: int = 1,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Sensitivity:
    """Move one input at a time, and see what a figure does, as `firelane sensitivity` does.

    Args:
        scenario: from `sim.load`.
        figure: such as `"response_hours_mean"` or `"response_sla[severity=1]"`.
        policies: one, whose figure is looked at; or two, of which the first minus the second.
        inputs: of each key its low and its high end, such as `{"people.unfamiliarity": (1, 2)}` or
            `{"incidents.*.per_week": ("*0.7", "*1.3")}`; the usual ones of docs/evidence.md if None.
        replications: random futures at each end.
        seed: whole number from 0.
        workers: processes; one for each core if None.
        progress: called with the number of replications done, over all ends.

    Returns:
        The swings, the widest first: the figure at both ends and the changes from one to another, path by path, in the
        figure's own unit.

    Raises:
        QuestionError: for a figure that there is not, other than one or two policies, or no input that can be moved.
        PolicyError: for a policy that is not known.
    """
    given = (
        DEFAULT_INPUTS
        if inputs is None
        else tuple(Input(key, str(low), str(high)) for key, (low, high) in inputs.items())
    )
    design = Design(replications, seed, workers=workers)
    return sensing.sensitivity(
        scenario, FigureName.parse(figure), policies, given, design, progress
    )


def measure(
    scenario: Scenario,
    require: Sequence[str] = (),
    policies: Sequence[str | Policy] | None = None,
    *,
    sets: int = worth.SETS,
    paths: int = worth.PATHS,
    seed: int = 1,
    workers: int | None = None,
    progress: Progress | None = None,
) -> WorthOfKnowing:
    """Find what it would be worth to know each input of `[ranges]`, as `firelane measure` does.

    Args:
        scenario: which has ranges.
        require: what must be kept, such as `"response_sla >= 0.9"`; what is usual of what was promised, or the money of
            the scenario, if nothing is named.
        policies: as for `sim.compare`.
        sets: sets of assumptions.
        paths: random futures of each.
        seed: whole number from 0.
        workers: processes; one for each core if None.
        progress: called with the number of replications done.

    Returns:
        The inputs (`worths`), the dearest first, each with what knowing it would bring on average: in `unit`, money or net
        points, a sprint and team. What chance alone would make up is 0.

    Raises:
        QuestionError: where there are no ranges, or nothing by which a choice could be made.
        PolicyError: for a policy that is not known.
    """
    promises = worth.what_is_at_stake(scenario, require)
    design = Design(paths, seed, workers=workers)
    return worth.worth_of_knowing(scenario, policies, promises, design, sets, progress)
