"""`measure` says what to measure next: which input is worth knowing before a policy is chosen."""

from __future__ import annotations

from typing import Annotated

import typer

from sim.commands import options as o
from sim.commands import outputs
from sim.commands.splicing import spliced

Require = Annotated[
    list[str] | None,
    typer.Option(
        metavar="FIGURE<=NUMBER",
        help="What must be kept, such as response_sla >= 0.9; with [money], nothing need be. Repeatable.",
    ),
]
Sets = Annotated[int, typer.Option("--inputs", min=20, max=10_000, help="Sets of assumptions.")]
Paths = Annotated[int, typer.Option(min=2, help="Random futures of each set.")]


@spliced
def measure(
    scenario: o.ScenarioFile,
    *,
    require: Require = None,
    policy: o.Policies = None,
    changes: o.Changes,
    inputs: Sets = 240,
    replications: Paths = 4,
    computing: o.Computing,
    json_: outputs.Json = None,
) -> None:
    """What to measure next: what it is worth to know each input before choosing."""
    from sim.report import worth_tables as report
    from sim.search.worth import what_is_at_stake, worth_of_knowing

    organisation = changes.made_to(scenario)
    promises = what_is_at_stake(organisation, require)
    reads = outputs.read_by(organisation, scenario, policy, computing.store)
    outputs.check_targets(reads, json=json_)
    with computing.design(replications) as design, o.progress(inputs * replications) as advance:
        found = worth_of_knowing(organisation, policy or None, promises, design, inputs, advance)
    if json_ is not None:
        outputs.write_json(report.worth_json(found), json_)
    if outputs.is_printed(json_):
        return
    o.say(f"\n{report.worth_finding(found)}.\n", style="bold")
    o.say(report.worth_explained(found))
    o.console().print(report.worths(found))
