"""`pilot`: what a trial of a policy in some teams would show, and within how many sprints."""

from __future__ import annotations

from typing import Annotated

import typer

from sim.commands import options as o
from sim.commands import outputs
from sim.commands.changeover import From, To, Workers
from sim.commands.splicing import spliced
from sim.policy.registry import policy_in

Teams = Annotated[
    int | None, typer.Option(min=1, help="In how many teams, the first ones; all if not said.")
]
Trials = Annotated[int, typer.Option(min=200, help="Pilots to simulate.")]


@spliced
def pilot(
    scenario: o.ScenarioFile,
    from_: From,
    to: To,
    *,
    teams: Teams = None,
    changes: o.Changes,
    trials: Trials = 2_000,
    seed: o.Seed = 1,
    workers: Workers = None,
    json_: outputs.Json = None,
) -> None:
    """Which figure would show a change of policy within how many sprints, and which never."""
    from sim.experiment.trial import BESIDE_STAYING, trial
    from sim.report import decision_words as words
    from sim.report.decision_json import trial_json
    from sim.report.trial_table import trial_table

    organisation = changes.made_to(scenario)
    reads = outputs.read_by(organisation, scenario, [from_, to])
    outputs.check_targets(reads, json=json_)
    before, after = (policy_in(organisation, named) for named in (from_, to))
    with o.progress(trials + BESIDE_STAYING, "pilots") as advance:
        found = trial(organisation, before, after, teams, trials, seed, workers, advance)
    if json_ is not None:
        outputs.write_json(trial_json(found), json_)
    if outputs.is_printed(json_):
        return
    o.say(f"\n{words.pilot_heading(found)}.\n", style="bold")
    o.say(f"{words.pilot_sub(found)} {words.pilot_stop(found)}\n")
    o.console().print(trial_table(found))
