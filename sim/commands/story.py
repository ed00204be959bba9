"""`story`: why two policies part on the same future, told on one incident."""

from __future__ import annotations

from typing import Annotated

import typer

from sim.commands import options as o
from sim.commands import outputs
from sim.commands.splicing import spliced
from sim.engine.engines import DEFAULT_ENGINE
from sim.files.plain_text import printable

app = typer.Typer()


def _policy(which: str) -> object:
    return typer.Argument(
        metavar=which, callback=o.with_files, autocompletion=o.policy_names, help=o.POLICY
    )


@app.command()
@spliced
def story(
    scenario: o.ScenarioFile,
    a: Annotated[str, _policy("A")],
    b: Annotated[str, _policy("B")],
    *,
    incident: Annotated[
        int | None,
        typer.Option(
            min=0, help="Its number; the first that the two treat differently if not said."
        ),
    ] = None,
    replication: Annotated[int, typer.Option(min=0, help="Which random future.")] = 0,
    changes: o.Changes,
    seed: o.Seed = 1,
    engine: o.Engine = DEFAULT_ENGINE,
    json_: outputs.Json = None,
) -> None:
    """Where two policies part on the same future, and what became of an incident under both.

    Both splits of its time, until the first answer and until its end, add up to the second.
    """
    from sim.measures.run import run
    from sim.report.story_words import story_lines, told
    from sim.sampling.sample_path import sample_path

    organisation = changes.made_to(scenario)
    outputs.check_targets(outputs.read_by(organisation, scenario, [a, b]), json=json_)
    path = sample_path(organisation, seed, replication)
    found = told([run(path, policy, engine) for policy in (a, b)], incident)
    if json_ is not None:
        outputs.write_json(found, json_)
    if outputs.is_printed(json_):
        return
    for line in story_lines(found):
        print(printable(line))
