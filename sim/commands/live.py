"""`live` writes the decision as one file that answers what-ifs wherever it is opened."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sim.commands import options as o
from sim.commands import outputs
from sim.commands.live_report import live_report
from sim.commands.splicing import spliced
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
Replications = Annotated[int, typer.Option(min=2, help="Random futures of the report itself.")]


@spliced
def live(
    scenario: o.ScenarioFile,
    *,
    output: Output,
    policy: o.Policies = None,
    changes: o.Changes,
    replications: Replications = 200,
    computing: o.Computing,
) -> None:
    """Write one HTML file to forward, whose reader moves a slider and sees every policy answer: without Python,
    server or network."""
    organisation = changes.made_to(scenario)
    reads = outputs.read_by(organisation, scenario, policy, computing.store)
    outputs.check_targets(reads, output=output)
    with computing.design(replications) as design, o.progress(replications) as advance:
        result = compare(
            organisation,
            policy or None,
            replications,
            design.seed,
            engine=design.engine,
            progress=advance,
            runner=design.runner,
            inputs=usual_sets(organisation, replications),
        )
    command = o.command().replace("firelane live ", "firelane compare ", 1)
    outputs.write_text(live_report(result, command), output)
