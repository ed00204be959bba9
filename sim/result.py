"""The main job leads from a scenario and policies to a result that people can look at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from sim.engine.engines import DEFAULT_ENGINE
from sim.experiment.comparison import HEADLINE, Comparison
from sim.experiment.design import Design
from sim.experiment.input_sets import InputSets, Plan, observe_sets, planned
from sim.experiment.precision import PILOT, next_stage
from sim.experiment.replay import replayed_incidents
from sim.experiment.rounds import Rounds, after, among_all
from sim.experiment.runner import Runner
from sim.experiment.study import Progress, Study
from sim.policy.contract import Policy
from sim.policy.registry import chosen_policies
from sim.scenario.schema import Scenario

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


LONGEST = 500
"""Characters of a result as text: more would bury what stands around it."""

BUDGET = 5_000
"""Replications at most where a precision is wanted."""


class Result(Comparison):
    """A comparison as people look at it: tables, its picture, and the files that travel."""

    def table(self, metrics: Sequence[str] = HEADLINE, group: str = "all") -> pd.DataFrame:
        """Return a table with policies down and metrics across, each with mean, low and high.

        `group` applies to response figures; delivery and people have no groups.

        Raises:
            KeyError: for an unknown metric or group.
        """
        from sim.report.comparison_frames import table

        return table(self, metrics, group)

    def differences(self, metrics: Sequence[str] | None = None) -> pd.DataFrame:
        """Return every pair of policies: mean and interval of `a` minus `b` on the same paths.

        `low` and `high` hold for this pair alone; `all_low` and `all_high` for all pairs of policies
        at once, figure by figure (Bonferroni's inequality, which common paths leave valid).

        Raises:
            KeyError: for an unknown metric.
        """
        from sim.report.comparison_frames import differences

        return differences(self, metrics)

    @cached_property
    def incidents(self) -> pd.DataFrame | None:
        """The incidents under each policy in replication 0, where a log is replayed; else None.

        The first look at it computes these runs (`sim.experiment.replay`).
        """
        return replayed_incidents(self)

    def frame(self, controlled: bool = False) -> pd.DataFrame:
        """Return every figure of every replication with the inputs as they are.

        Args:
            controlled: give the values that means and intervals are of, at the expected load
                (`sim.experiment.control_variates`), instead of those that came out.

        Returns:
            A row for each policy and replication; columns `policy`, `replication`, each figure in its own unit
            (`metric[severity=1]` for a group), and the digests `path_sha256` and `policy_sha256`.
        """
        from sim.report.export import observations

        return observations(self, controlled)

    def regret(self, replications: int = 20) -> pd.DataFrame:
        """Return how far each policy is from the best that anybody could have done, known from the end.

        The bounds (`sim.measures.hindsight`) are of each future; no policy passes them, and none need reach them.

        Args:
            replications: of how many futures the means are.

        Returns:
            A row for each policy and figure: `policy`, `figure`, `group`, and the means of `value`, `bound` and `regret`:
            hours later than need be, points fewer than can be.
        """
        import pandas as pd

        from sim.measures.run import run
        from sim.sampling.sample_path import sample_path

        tables = []
        for n in range(min(replications, self.replications)):
            path = sample_path(self.scenario, self.seed, n)
            tables += [
                run(path, policy, self.engine).regret.assign(policy=policy.label)
                for policy in self.policies
            ]
        keys = ["policy", "figure", "group"]
        return pd.concat(tables).groupby(keys, sort=False).mean().reset_index()

    def event_log(self, replication: int = 0) -> pd.DataFrame:
        """Return every event of one future under each policy, for process mining.

        Args:
            replication: which future, from 0.

        Returns:
            A row for each event, in order: `policy`, `timestamp` (local time), `activity`, the number of the `incident`,
            `story` or `improvement` it is of (<NA> for none), `developer`, `team`, `sprint` and `value`.
            `firelane trace --xes` and `--ocel` write files.
        """
        import pandas as pd

        from sim.measures.run import run
        from sim.report.event_logs import event_table
        from sim.sampling.sample_path import sample_path

        path = sample_path(self.scenario, self.seed, replication)
        tables = []
        for policy in self.policies:
            table = event_table(run(path, policy, self.engine))
            table.insert(0, "policy", policy.label)
            tables.append(table)
        return pd.concat(tables, ignore_index=True)

    def to_latex(self, metrics: Sequence[str] = HEADLINE) -> str:
        """Return the table of means ± half the 95 % interval as LaTeX that typesets with booktabs.

        Args:
            metrics: names of figures, as `sim.figures` lists them.

        Raises:
            KeyError: for an unknown figure.
        """
        from sim.report.latex import latex_table

        return latex_table(self, metrics)

    def to_bibtex(self) -> str:
        """Return a BibTeX entry that names the program and what was computed with it."""
        from sim import __version__
        from sim.report.provenance import bibtex

        return bibtex(self, __version__)

    def __repr__(self) -> str:
        policies = ", ".join(self.labels)
        told = f"Result({self.scenario.name}: {policies}; {self.replications} replications, seed {self.seed})"
        return told if len(told) < LONGEST else f"{told[: LONGEST - 2]}…)"

    def _repr_html_(self) -> str:
        from sim.report.in_notebooks import result_html

        return result_html(self)

    def to_json(self) -> str:
        """Return everything as JSON text; figures that may not be given are null."""
        from sim.report.export import to_json

        return to_json(self)

    def plot(self, ax: Axes | None = None) -> Figure:
        """Draw response time against delivery: a mark for each policy, clouds of what is not known, lines of luck.

        Args:
            ax: axes of Matplotlib to draw on, without heading and notes; a figure of its own if None.
        """
        from sim.report.tradeoff import tradeoff  # loading matplotlib takes half a second

        return tradeoff(self, compact=ax is not None, on=ax)

    def save(self, file: str | Path) -> None:
        """Write every figure of every replication with the inputs as they are: a row for each policy and
        replication.

        The file is CSV, or Parquet where its name ends so.

        Raises:
            OSError, ExportError: where it cannot be written.
        """
        from sim.report.export import write

        write(self, Path(file))

    def report(self, file: str | Path, with_checklist: bool = False) -> None:
        """Write the result as one HTML file to forward, as `firelane compare --html` does.

        Args:
            file: where to.
            with_checklist: add the reporting items of STRESS-DES.

        Raises:
            OSError: where it cannot be written.
        """
        from sim.files.results import result_file
        from sim.report.html import report_html

        labels = ", ".join(repr(label) for label in self.labels)
        sets = self.input_sets
        count = self.replications if sets is None else sets.sets * sets.paths
        more = "" if sets is None else f", inputs={sets.sets}"
        call = f"sim.compare(scenario, [{labels}], replications={count}, seed={self.seed}{more})"
        text = report_html(self, call, with_checklist)
        with result_file(Path(file)) as target:
            target.write(text)


def compare(
    scenario: Scenario,
    policies: Sequence[str | Policy] | None = None,
    replications: int = 200,
    seed: int = 1,
    workers: int | None = None,
    engine: str = DEFAULT_ENGINE,
    progress: Progress | None = None,
    precision: float | None = None,
    budget: int = BUDGET,
    runner: Runner | None = None,
    inputs: int = 0,
    tuned: bool = False,
) -> Result:
    """Run policies on the same sample paths.

    With `inputs`, the replications are spent on so many sets of assumptions, drawn from the scenario's
    `[ranges]`, on common paths each; a fifth more show the inputs as they are
    (`sim.experiment.input_sets`).

    A policy that clearly cannot keep up with the demand is left out after a few of them
    (`sim.experiment.rounds`); where none can, there are no more.

    Args:
        scenario: from `load`.
        policies: names, `name:parameter=value,…` or `Policy` objects; every known one if None.
        replications: number of sample paths, from 1; intervals need 2.
        seed: whole number from 0; the same seed gives the same result whatever the workers.
        workers: processes to use; as many as there are cores if None.
        engine: how runs are computed; all engines give the same figures.
        progress: called with the number of replications done.
        precision: if given, replications are added until each headline figure of each policy is known
            as precisely, half width of its interval over its mean (`sim.experiment.precision`); `replications`
            is then not used.
        budget: most replications for a precision.
        runner: what computes, instead of `workers` of its own: a cluster, or with a store.
        inputs: sets of assumptions, from 2; 0: none, all replications are of the inputs as they are.
        tuned: whether each policy was set as well as can be found (`sim.search.tuned`): it is said so then.

    Raises:
        PolicyError: for a policy that is not known, misused, or named twice.
        EngineError: for an engine that is not known.
        ScenarioError: where the recorded log cannot be used.
        TypeError: for what is no scenario.
        ValueError: for fewer than one replication or worker, a negative seed, a precision that is not
            between 0 and 1, or sets of assumptions where the scenario has no ranges.
        WorkersLostError, ClusterError, StoreError: where runs cannot be computed or kept.
    """
    design = Design(replications, seed, engine, workers, runner)
    if precision is not None and not 0 < precision < 1:
        raise ValueError(f"precision must be between 0 and 1 (got {precision})")
    if not isinstance(scenario, Scenario):
        raise TypeError(
            f"compare needs a scenario, such as sim.load(file) gives (got {scenario!r})"
        )
    if inputs and not scenario.ranges:
        raise ValueError(f"inputs={inputs}: {scenario.name} has no [ranges] to draw them from")
    if inputs == 1 or inputs < 0:
        raise ValueError(f"inputs must be 0, or 2 or more (got {inputs})")
    study = design.study(scenario, chosen_policies(scenario, policies))
    plan = Plan.of(replications, inputs) if inputs else None
    of_those_as_they_are = plan.as_they_are if plan else replications
    first = of_those_as_they_are if precision is None else min(PILOT, budget)
    with design.at_work() as computing:
        rounds = Rounds(study, computing, first, progress)
        rounds.go_on(first)
        if precision is not None:
            _make_precise(rounds, study, precision, budget)
        sets = None
        if plan is not None and not rounds.is_over:
            told = after(progress, rounds.done)
            at_work = replace(design, runner=computing)
            sets = _in_sets(rounds, study, plan, at_work, told)
    return _looked_at(rounds, study, engine, sets, tuned)


def _in_sets(
    rounds: Rounds, study: Study, plan: Plan, design: Design, progress: Progress | None
) -> InputSets:
    """Compute those that can keep up in sets of assumptions, too."""
    shares = planned(len(study.scenario.ranges), plan.sets)
    left = [n for n in range(len(study.policies)) if n not in rounds.left_out]
    policies = [study.policies[n] for n in left]
    found = observe_sets(study.scenario, policies, shares, plan.paths, design, progress)
    everybody = tuple(among_all(one, left, rounds.observed) for one in found)
    return InputSets(study.scenario, shares, everybody, rounds.observed)


def _make_precise(rounds: Rounds, study: Study, precision: float, budget: int) -> None:
    """Compute replications in stages until every headline figure is known as precisely, or the
    budget ends."""
    while not rounds.is_over:
        figures = _looked_at(rounds, study, "").headline_figures()
        plan = next_stage(list(figures.values()), precision, budget)
        if plan.met or plan.replications <= rounds.done:
            return
        rounds.go_on(plan.replications)


def _looked_at(
    rounds: Rounds,
    study: Study,
    engine: str,
    sets: InputSets | None = None,
    tuned: bool = False,
) -> Result:
    return Result(
        study.scenario,
        study.policies,
        rounds.done,
        study.seed,
        engine,
        rounds.observed,
        rounds.left_out,
        sets,
        tuned,
    )
