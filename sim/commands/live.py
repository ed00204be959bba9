"""`live` writes the decision as one file that answers what-ifs wherever it is opened."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from sim.commands import options as o
from sim.commands import outputs
from sim.commands.live_report import live_report
from sim.commands.splicing import spliced
from sim.commands.told_result import told_result
from sim.experiment.input_sets import usual_sets
from sim.result import compare

Output = Annotated[
    Path,
    typer.Option(
        "--output",
        "-o",
        metavar="FILE",
        help="The file to write, such as decision.html; - to print it.",
    ),
]
Replications = Annotated[
    int | None,
    typer.Option(
        min=2, help="Random futures of the report itself; 200, or as many as a result has."
    ),
]
ScenarioOrResult = Annotated[
    Path,
    typer.Argument(
        metavar="SCENARIO|RESULT",
        help="A scenario file (TOML), the name of one that ships, or what `compare --json` wrote: its "
        "policies on the same futures again.",
        autocompletion=o.scenario_names,
    ),
]
FUTURES = 200


@spliced
def live(
    scenario: ScenarioOrResult,
    *,
    output: Output,
    policy: o.Policies = None,
    changes: o.Changes,
    replications: Replications = None,
    computing: o.Computing,
) -> None:
    """Write one HTML file to forward, whose reader moves a slider and sees every policy answer: without Python,
    server or network."""
    organisation = changes.made_to(scenario)
    told = told_result(scenario)
    as_told = changes == o.Changes() and (policy, replications) == (None, None)
    again = told if as_told else None
    if told is not None:
        policy = policy or told.policies
        computing = replace(computing, seed=told.seed)
    futures = replications or (told.replications if told is not None else FUTURES)
    reads = outputs.read_by(organisation, scenario, policy, computing.store)
    outputs.check_targets(reads, output=output)
    with computing.design(futures) as design, o.progress(futures) as advance:
        result = compare(
            organisation,
            policy or None,
            futures,
            design.seed,
            engine=design.engine,
            progress=advance,
            runner=design.runner,
            inputs=again.inputs if again is not None else usual_sets(organisation, futures),
        )
    if again is not None:
        again.tell_if_other(result)
        command = again.command
    else:
        command = o.command().replace("firelane live ", "firelane compare ", 1)
    outputs.write_text(live_report(result, command), output)
