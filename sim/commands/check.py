"""`check`: does a policy keep the laws that every policy keeps?"""

from __future__ import annotations

from typing import Annotated

import typer

from sim.commands import options as o
from sim.commands import outputs
from sim.commands.splicing import spliced
from sim.files.plain_text import printable
from sim.policy.registry import find_policy

Cases = Annotated[int, typer.Option(min=1, max=500, help="Organisations to look at each law in.")]


@spliced
def check(
    policy: Annotated[
        str,
        typer.Argument(
            metavar="POLICY", callback=o.with_files, autocompletion=o.policy_names, help=o.POLICY
        ),
    ],
    *,
    cases: Cases = 6,
    json_: outputs.Json = None,
) -> None:
    """Hold a policy against fifteen laws in random organisations, and show what breaks one."""
    from sim.experiment.conformance.checking import check as checked
    from sim.experiment.conformance.laws import LAWS
    from sim.report.conformance_words import conformance_json, conformance_lines

    outputs.check_targets([], json=json_)
    chosen = find_policy(policy)
    with o.progress(len(LAWS), "laws") as advance:
        found = checked(chosen, cases, advance)
    if json_ is not None:
        outputs.write_json(conformance_json(found), json_)
    if not outputs.is_printed(json_):
        for line in conformance_lines(found):
            print(printable(line))
    if not found.is_kept:
        raise typer.Exit(1)
