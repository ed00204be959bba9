"""`compare` sets support policies side by side on the same random futures."""

from __future__ import annotations

import math
import sys
from pathlib import Path
from typing import Annotated

import typer

from sim.commands import options as o
from sim.commands import outputs
from sim.commands.splicing import spliced
from sim.experiment.design import Design
from sim.experiment.precision import next_stage, relative_width
from sim.experiment.warmup import PILOT, suggest_warmup, warning
from sim.report import export, terminal_tables, wording
from sim.result import BUDGET, Result
from sim.result import compare as compare_policies

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
        help="Write every figure of every replication; .csv or .parquet, - to print it.",
    ),
]
Checklist = Annotated[
    bool,
    typer.Option(
        "--report-checklist", help="Add the reporting items of STRESS-DES to --html's file."
    ),
]


@spliced
def compare(
    scenario: o.ScenarioFile,
    *,
    policy: o.Policies = None,
    changes: o.Changes,
    replications: Replications = 200,
    precision: Precision = None,
    budget: Budget = BUDGET,
    computing: o.Computing,
    json_: outputs.Json = None,
    csv: EveryFigure = None,
    plot: outputs.Plot = None,
    html: outputs.Html = None,
    report_checklist: Checklist = False,
) -> None:
    """Compare support policies on the same random futures."""
    if report_checklist and html is None:
        raise typer.BadParameter(
            "--report-checklist: adds to the file of --html, and there is none"
        )
    wanted = None if precision is None else _share(precision)
    organisation = changes.made_to(scenario)
    reads = outputs.read_by(organisation, scenario, policy, computing.store)
    outputs.check_targets(reads, json=json_, csv=csv, plot=plot, html=html)
    with (
        computing.design(replications) as design,
        o.progress(replications if wanted is None else None) as advance,
    ):
        result = compare_policies(
            organisation,
            policy or None,
            replications,
            design.seed,
            engine=design.engine,
            progress=advance,
            precision=wanted,
            budget=budget,
            runner=design.runner,
        )
    _write(result, json_, csv, plot, html, report_checklist)
    _warn_of_warmup(result)
    if not outputs.is_printed(json_, csv, plot, html):
        _print_comparison(result)
    if wanted is not None:
        _warn_of_budget(result, wanted, budget)


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
        f"{scenario.name}: {scenario.developers} developers, {result.replications} replications "
        f"({design}), seed {result.seed}, engine {result.engine}",
        markup=False,
        highlight=False,
    )
    console.print(f"\n{wording.finding(result)}.\n", markup=False, highlight=False, style="bold")
    for sentence in wording.cautions(result):
        console.print(sentence, markup=False, highlight=False)
    console.print(terminal_tables.headline(result))
    if (today := terminal_tables.from_today(result)) is not None:
        console.print(today)
    if (money := terminal_tables.money(result)) is not None:
        console.print(money)
        if said := wording.worth(result):
            console.print(f"{said}.\n", markup=False, highlight=False)
    if len(result.policies) > 1:
        console.print(terminal_tables.against_the_book(result))
    console.print(terminal_tables.time_spent(result))
