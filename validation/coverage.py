"""Do 95 % intervals hold the truth 95 % of the time? And is the start forgotten?"""

from __future__ import annotations

from collections.abc import Callable

import matplotlib

from sim.arrays import Floats

matplotlib.use("agg")
import matplotlib.pyplot as plt
import numpy as np

import sim
from sim.experiment.runner import Runner
from sim.experiment.statistics import Interval, interval, paired
from sim.experiment.study import Study
from sim.experiment.warmup import Suggestion, suggest_warmup, warning, weekly_series
from sim.measures.metrics import Key
from sim.measures.run import run
from sim.policy.registry import find_policy
from sim.sampling.sample_path import sample_path
from sim.scenario.schema import Scenario
from validation import closed_forms as known
from validation.case import SCENARIOS
from validation.section import BLUE, GREY, ORANGE, Section, percent, save, yes
from validation.theory.observed import NO_PREEMPTION, PREEMPTION
from validation.theory.priorities import CLASSES

Progress = Callable[[str, int, int], None]

EXPERIMENTS, REPLICATIONS = 2_000, 20
WEEKS, WARMUP = 34, 2
LOW, HIGH = 0.94, 0.96


def covered(intervals: list[Interval], truth: float) -> float:
    """Share of the intervals that hold the truth."""
    return float(np.mean([found.low <= truth <= found.high for found in intervals]))


def experiments(values: Floats) -> Floats:
    """(experiments, replications) of a long row of replications."""
    return values.reshape(-1, REPLICATIONS)


def prove(progress: Progress, count: int = EXPERIMENTS) -> Section:
    """Coverage of a mean and of a paired difference; warm-up."""
    scenario = sim.load(
        SCENARIOS / "classes.toml",
        [f"time.horizon_weeks={WEEKS}", f"time.warmup_weeks={WARMUP}", "time.sprint_weeks=2"],
    )
    policies = [find_policy(NO_PREEMPTION), find_policy(PREEMPTION)]
    total = count * REPLICATIONS
    study = Study.of(scenario, policies, 1, "compiled")
    with Runner() as runner:
        found = runner.observe(study, range(total), lambda n: progress("coverage", n, total))
    key = Key("response", "kind second", "resolution_hours_mean")
    low_priority, pushed = (experiments(found.of(policy, key)) for policy in (0, 1))
    truth = known.cobham(CLASSES)[1] + CLASSES[1][1]
    gap = truth - known.preemptive_resume(CLASSES)[1]
    means = [interval(row) for row in low_priority]
    differences = [paired(a, b) for a, b in zip(low_priority, pushed, strict=True)]
    apart = [
        interval(a - b) for a, b in zip(low_priority, np.roll(pushed, 1, axis=0), strict=True)
    ]  # of another experiment: what common random numbers are worth
    rows, failures = [], []
    for name, exact, own in (
        ("mean time in system, second class", truth, means),
        ("paired difference of two policies", gap, differences),
    ):
        share = covered(own, exact)
        holds = LOW <= share <= HIGH
        width = np.mean([(one.high - one.low) / 2 for one in own])
        rows.append((name, f"{exact:.4f}", f"{width:.4f}", percent(share, 1), yes(holds)))
        if not holds:
            failures.append(f"coverage of the {name} is {percent(share, 1)}")
    ratio = _width(apart) / _width(differences)
    weeks = backlog_by_week(slow_queue(1), 60)
    suggestion = suggest_warmup(slow_queue(1), [find_policy(NO_PREEMPTION)])
    warm_rows, warm_failures = _warmup(weeks, suggestion)
    _draw((means, truth), (differences, gap), weeks, suggestion.weeks)
    return Section(
        id="coverage",
        title="Intervals hold the truth as often as they say",
        before=(
            f"{count:,} independent experiments of {REPLICATIONS} replications each on "
            "`validation/scenarios/classes.toml`, whose answers are known (Cobham; "
            "preemptive-resume), through the program's own `interval` and `paired`. A 95 % interval "
            f"should hold the truth between {percent(LOW)} and {percent(HIGH)} of the time."
        ),
        columns=("figure", "truth, hours", "mean half-width", "covered", "holds"),
        rows=[*rows, *warm_rows],
        after=(
            f"On common paths the interval of the difference is {ratio:.1f} times narrower than on "
            "independent ones.\n\n"
            "The lower rows are of the warm-up: an M/M/1 of ten teams at 90 % load begins empty; "
            "its truth is the mean number open. MSER-5 over weekly series of 20 replications says "
            "how many weeks to leave out. `firelane compare` warns where a scenario leaves out "
            "fewer and the weeks between surely differ."
        ),
        failures=tuple(failures + warm_failures),
        pictures={
            "validation_coverage.svg": "A hundred intervals of each kind, those that miss the truth "
            "in orange; and the queue that begins empty, with what MSER-5 leaves out"
        },
    )


def _width(intervals: list[Interval]) -> float:
    return float(np.mean([one.high - one.low for one in intervals]))


LOAD, HOURS, LONG_RUN = 0.9, 8.0, 200


def slow_queue(warmup_weeks: int) -> Scenario:
    """Ten teams of one server at 90 % load, which take months to forget an empty start."""
    base = (SCENARIOS / "queue.toml", [f"time.horizon_weeks={LONG_RUN}"])
    scenario = sim.load(
        base[0],
        [
            *base[1],
            f"time.warmup_weeks={warmup_weeks}",
            "time.sprint_weeks=1",
            f"incidents.customer.per_week={10 * LOAD * 168 / HOURS}",
            f"incidents.customer.effort_hours={{ dist = 'exponential', mean = {HOURS} }}",
        ],
    )
    server = scenario.teams[0]
    teams = [server.model_copy(update={"name": f"server {n}"}) for n in range(10)]
    return scenario.model_copy(update={"teams": teams})


def _warmup(weeks: Floats, suggestion: Suggestion) -> tuple[list[tuple[str, ...]], list[str]]:
    """Rows with the number open as found, without and with what MSER-5 suggests left out."""
    policy = find_policy(NO_PREEMPTION)
    truth = 10 * LOAD / (1 - LOAD)
    rows: list[tuple[str, ...]] = []
    failures: list[str] = []
    cut = suggestion.weeks
    for name, own in ((f"weeks 0 to {cut}", weeks[:, :cut]), (f"after week {cut}", weeks[:, cut:])):
        found = interval(own.mean(axis=1))
        inside, kept = found.low <= truth <= found.high, name.startswith("after")
        rows.append(
            (
                f"mean open, {name}",
                f"{truth:.1f}",
                f"{(found.high - found.low) / 2:.1f}",
                f"{found.mean:.1f}",
                yes(inside) if kept else ("**yes**" if inside else "no, nor should it"),
            )
        )
        if inside != kept:
            failures.append(f"{name}: {found}")
    if warning(suggestion) is None:
        failures.append("a warm-up that is too short is not warned of")
    if warning(suggest_warmup(slow_queue(suggestion.weeks), [policy])) is not None:
        failures.append("the suggested warm-up is warned of")
    return rows, failures


def backlog_by_week(scenario: Scenario, replications: int) -> Floats:
    """(R, W) mean number open."""
    policy = find_policy(NO_PREEMPTION)
    rows = []
    for replication in range(replications):
        of = run(sample_path(scenario, 7, replication), policy)
        rows.append(weekly_series(of.path, of.accounts)["open incidents"])
    return np.array(rows)


Known = tuple[list[Interval], float]


def _draw(means: Known, gaps: Known, weeks: Floats, cut: int) -> None:
    matplotlib.rcParams["svg.hashsalt"] = "firelane"
    figure, axes = plt.subplots(1, 3, figsize=(11, 4), layout="constrained")
    for axis, own, exact, name in (
        (axes[0], *means, "mean, hours"),
        (axes[1], *gaps, "paired difference, hours"),
    ):
        for n, one in enumerate(own[:100]):
            hit = one.low <= exact <= one.high
            axis.plot([one.low, one.high], [n, n], color=BLUE if hit else ORANGE, linewidth=1)
        axis.axvline(exact, color=GREY, linewidth=1)
        axis.set_xlabel(name)
        axis.set_yticks([])
    axes[2].plot(weeks.mean(axis=0), color=BLUE, linewidth=1)
    axes[2].axhline(10 * LOAD / (1 - LOAD), color=GREY, linewidth=1)
    axes[2].axvspan(0, cut, color=ORANGE, alpha=0.2, linewidth=0)
    axes[2].set_xlabel("week")
    axes[2].set_ylabel("open incidents")
    axes[0].set_title("100 of the experiments", loc="left", fontsize=10)
    axes[2].set_title(f"MSER-5 leaves out {cut} weeks", loc="left", fontsize=10)
    save(figure, "validation_coverage.svg")
