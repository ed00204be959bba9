"""`compare` sets support policies side by side on the same random futures."""

from __future__ import annotations

import math
import sys
from pathlib import Path
from typing import Annotated

import typer

from sim.commands import options as o
from sim.commands import outputs
from sim.commands.live_report import live_report
from sim.commands.splicing import spliced
from sim.commands.tuning import required, well_set
from sim.experiment.design import Design
from sim.experiment.input_sets import FEWEST_PATHS, SETS, Plan, usual_sets
from sim.experiment.precision import next_stage, relative_width
from sim.experiment.warmup import PILOT, suggest_warmup, warning
from sim.report import export, terminal_tables, wording
from sim.report.cautions import cautions, worth
from sim.report.finding import certainty, finding
from sim.result import BUDGET, Result
from sim.result import compare as compare_policies
from sim.scenario.schema import Scenario

Replications = Annotated[int, typer.Option(min=1, help="Random futures to live through.")]
Precision = Annotated[
    str | None,
    typer.Option(
        metavar="SHARE",
        help="Instead of a number of replications: as many as it takes until each figure of the "
        "short table is known within this share of it, such as 5%.",
    ),
]
Budget = Annotated[int, typer.Option(min=2, help="Replications at most with --precision.")]
EveryFigure = Annotated[
    Path | None,
    typer.Option(
        "--csv",
        metavar="FILE",
        help="Write every figure of every replication with the inputs as they are; .csv or .parquet, - to print "
        "it.",
    ),
]
Inputs = Annotated[
    int | None,
    typer.Option(
        min=0,
        max=10_000,
        show_default=f"{SETS} from {FEWEST_PATHS * SETS} replications on, where the scenario has ranges",
        help="Sets of assumptions, drawn from the scenario's [ranges], among which the replications are "
        "shared; 0: all are of the figures as they are.",
    ),
]
Tuned = Annotated[
    bool,
    typer.Option(
        "--tuned",
        help="Set each policy as well as can be found under what is required, instead of as it happens to be.",
    ),
]
Require = Annotated[
    list[str] | None,
    typer.Option(
        metavar="FIGURE<=NUMBER",
        help="What --tuned must keep, such as response_sla >= 0.9; 80 % answered in time if not said. "
        "Repeatable.",
    ),
]
Live = Annotated[
    Path | None,
    typer.Option(
        "--live",
        metavar="FILE",
        help="Write a report whose figures are computed anew, by whoever opens it in a browser: one file.",
    ),
]
Checklist = Annotated[
    bool,
    typer.Option(
        "--report-checklist",
        help="Add the reporting items of STRESS-DES to the file of --html or --live.",
    ),
]


@spliced
def compare(
    scenario: o.ScenarioFile,
    *,
    policy: o.Policies = None,
    changes: o.Changes,
    replications: Replications = 200,
    inputs: Inputs = None,
    tuned: Tuned = False,
    require: Require = None,
    precision: Precision = None,
    budget: Budget = BUDGET,
    computing: o.Computing,
    json_: outputs.Json = None,
    csv: EveryFigure = None,
    plot: outputs.Plot = None,
    html: outputs.Html = None,
    live: Live = None,
    report_checklist: Checklist = False,
) -> None:
    """Compare support policies on the same random futures."""
    if report_checklist and html is None and live is None:
        raise typer.BadParameter(
            "--report-checklist: adds to the file of --html or --live, and there is none"
        )
    if require and not tuned:
        raise typer.BadParameter("--require: says what --tuned must keep, which is not given")
    wanted = None if precision is None else _share(precision)
    organisation = changes.made_to(scenario)
    promises = required(organisation, require) if tuned else ()
    reads = outputs.read_by(organisation, scenario, policy, computing.store)
    outputs.check_targets(reads, json=json_, csv=csv, plot=plot, html=html, live=live)
    sets = _sets(inputs, organisation, replications)
    plan = Plan.of(replications, sets) if sets else None
    runs = plan.replications if plan else replications
    set_well = list(well_set(organisation, policy, promises, computing)) if tuned else policy
    with (
        computing.design(replications) as design,
        o.progress(runs if wanted is None else None) as advance,
    ):
        result = compare_policies(
            organisation,
            set_well or None,
            replications,
            design.seed,
            engine=design.engine,
            progress=advance,
            precision=wanted,
            budget=budget,
            runner=design.runner,
            inputs=sets,
            tuned=tuned,
        )
    _write(result, json_, csv, plot, html, report_checklist)
    if live is not None:
        outputs.write_text(live_report(result, o.command(), report_checklist), live)
    _warn_of_warmup(result)
    if not outputs.is_printed(json_, csv, plot, html, live):
        _print_comparison(result)
    if wanted is not None:
        _warn_of_budget(result, wanted, budget)


def _sets(wanted: int | None, scenario: Scenario, replications: int) -> int:
    """Return how many sets of assumptions to draw: as many as is usual where the scenario says how far off
    its figures may be, and there are replications enough for a look at each."""
    if wanted is None:
        return usual_sets(scenario, replications)
    if wanted == 1:
        raise typer.BadParameter("--inputs 1: expected 0 for none, or 2 and more")
    if wanted and not scenario.ranges:
        raise typer.BadParameter(
            f"--inputs {wanted}: {scenario.name} has no [ranges] to draw sets of assumptions from"
        )
    return wanted


def _share(text: str) -> float:
    try:
        share = float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    except ValueError:
        share = math.nan
    if not 0 < share < 1:
        raise typer.BadParameter(f"--precision {text}: expected a share such as 5% or 0.05")
    return share


def _write(
    result: Result,
    json_: Path | None,
    csv: Path | None,
    plot: Path | None,
    html: Path | None,
    with_checklist: bool,
) -> None:
    """Write the result to the files that were asked for."""
    if plot is not None:
        outputs.write_picture(result.plot(), plot)
    if html is not None:
        from sim.report.html import report_html

        outputs.write_text(report_html(result, o.command(), with_checklist), html)
    if csv is not None:
        export.write(result, csv)
    if json_ is not None:
        outputs.write_text(result.to_json(), json_)


def _warn_of_budget(result: Result, wanted: float, budget: int) -> None:
    """Say on standard error where a precision was not reached."""
    figures = list(result.headline_figures().values())
    if not figures or next_stage(figures, wanted, budget).met:
        return
    print(
        f"The budget of {budget:,} replications ended before every figure was known within "
        f"{100 * wanted:g} %; furthest from it is {_least_known(result)}. --budget allows more.",
        file=sys.stderr,
    )


def _least_known(result: Result) -> str:
    """Return the figure that is known least precisely, such as `response_hours_mean of kanban`."""
    figures = result.headline_figures()
    label, metric = max(figures, key=lambda name: relative_width(figures[name]))
    return f"{metric} of {label}"


def _warn_of_warmup(result: Result) -> None:
    """Say on standard error where what was left out at the front was not enough.

    In small studies the look at it would cost more than the study, and is left out.
    """
    settled = [p for p in result.policies if not result.is_overloaded(p.label)]
    if not result.scenario.steady_state or result.replications <= 5 * PILOT or not settled:
        return
    pilot = Design(PILOT, result.seed, result.engine)
    found = warning(suggest_warmup(result.scenario, settled, pilot))
    if found is not None:
        print(found, file=sys.stderr, flush=True)


def _print_comparison(result: Result) -> None:
    console, scenario = o.console(), result.scenario
    design = (
        f"steady state, weeks {scenario.time.warmup_weeks} to {scenario.time.horizon_weeks}"
        if scenario.steady_state
        else f"terminating, {scenario.time.horizon_weeks} weeks {wording.beginning(scenario)}"
    )
    console.print(
        f"{scenario.name}: {scenario.developers} developers, {wording.replications(result)} "
        f"({design}), seed {result.seed}, engine {result.engine}",
        markup=False,
        highlight=False,
    )
    console.print(f"\n{finding(result)}.\n", markup=False, highlight=False, style="bold")
    for sentence in filter(None, [certainty(result), *cautions(result)]):
        console.print(sentence, markup=False, highlight=False)
    console.print()
    console.print(terminal_tables.headline(result))
    if (unknown := terminal_tables.what_is_not_known(result)) is not None:
        console.print(unknown)
    if (today := terminal_tables.from_today(result)) is not None:
        console.print(today)
    if (money := terminal_tables.money(result)) is not None:
        console.print(money)
        if said := worth(result):
            console.print(f"{said}.\n", markup=False, highlight=False)
    if len(result.policies) > 1:
        console.print(terminal_tables.against_the_book(result))
    console.print(terminal_tables.time_spent(result))
