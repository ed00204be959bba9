"""`changeover`: what the way from one policy to another costs, and when it has paid."""

from __future__ import annotations

from typing import Annotated

import typer

from sim.commands import options as o
from sim.commands import outputs
from sim.commands.splicing import spliced
from sim.engine.engines import DEFAULT_ENGINE
from sim.experiment.design import Design
from sim.policy.registry import policy_in

app = typer.Typer()

From = Annotated[
    str,
    typer.Option(
        "--from",
        metavar=o.POLICY,
        callback=o.with_files,
        autocompletion=o.policy_names,
        help="The policy in force, or FILE.py that holds it.",
    ),
]
To = Annotated[
    str,
    typer.Option(
        "--to",
        metavar=o.POLICY,
        callback=o.with_files,
        autocompletion=o.policy_names,
        help="The policy that takes its place.",
    ),
]
Week = Annotated[
    int | None,
    typer.Option(
        min=1,
        help="Weeks until the change, whole sprints; the warm-up if not said. A year follows.",
    ),
]
Workers = Annotated[int | None, typer.Option(min=1, help="Processes; one per core if not said.")]
Futures = Annotated[int, typer.Option(min=2, help="Random futures to live through, twice each.")]


@app.command()
@spliced
def changeover(
    scenario: o.ScenarioFile,
    from_: From,
    to: To,
    *,
    week: Week = None,
    changes: o.Changes,
    replications: Futures = 200,
    seed: o.Seed = 1,
    engine: o.Engine = DEFAULT_ENGINE,
    workers: Workers = None,
    json_: outputs.Json = None,
    plot: outputs.Plot = None,
) -> None:
    """What a change of policy costs, week by week beside staying, and when it has paid."""
    from sim.experiment.cost_of_change import change_over
    from sim.report import changeover_words as report

    organisation = changes.made_to(scenario)
    reads = outputs.read_by(organisation, scenario, [from_, to])
    outputs.check_targets(reads, json=json_, plot=plot)
    before, after = (policy_in(organisation, named) for named in (from_, to))
    design = Design(replications, seed, engine, workers)
    with o.progress(replications) as advance:
        found = change_over(organisation, before, after, design, week, advance)
    if json_ is not None:
        outputs.write_json(report.changeover_json(found), json_)
    if plot is not None:
        outputs.write_picture(report.changeover_picture(found), plot)
    if outputs.is_printed(json_, plot):
        return
    o.say(f"\n{report.changeover_finding(found)}.\n", style="bold")
    o.console().print(report.changeover_table(found))
