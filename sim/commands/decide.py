"""`decide`: from exports or a scenario to one page that says what to do, and how surely."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.commands import options as o
from sim.commands import outputs
from sim.commands.calibrate import Details, LoggedShare, Match, Reading
from sim.commands.live_report import live_or_words
from sim.commands.splicing import spliced
from sim.files.plain_text import printable
from sim.policy.contract import Policy
from sim.policy.registry import chosen_policies, policy_in
from sim.scenario.reading import bundled
from sim.scenario.schema import Scenario

if TYPE_CHECKING:
    from sim.calibrate.calibration import Wishes
    from sim.calibrate.formats import Export
    from sim.decision.decision import Decision, Sources
    from sim.decision.status_quo import StatusQuo

Given = Annotated[
    list[Path],
    typer.Argument(
        metavar="SCENARIO|EXPORT…",
        help="A scenario file (TOML), the name of one that ships, or exports of your trackers.",
    ),
]
Today = Annotated[
    str | None,
    typer.Option(
        "--today",
        metavar=o.POLICY,
        callback=o.with_files,
        autocompletion=o.policy_names,
        help="How you work today; found out from the exports if not said.",
    ),
]
Require = Annotated[
    list[str] | None,
    typer.Option(
        metavar="FIGURE<=NUMBER",
        help="What must be kept, such as response_sla >= 0.9; 80 % answered in time if not said and there is no "
        "[money]. Repeatable.",
    ),
]
Replications = Annotated[
    int, typer.Option(min=80, help="Random futures to live through, over 40 sets of assumptions.")
]
Overwrite = Annotated[
    bool,
    typer.Option("--overwrite", help="Replace the scenario beside the page, if it was changed."),
]

Live = Annotated[
    Path | None,
    typer.Option(
        "--live",
        metavar="FILE",
        help="Write the page with controls that whoever opens it can move, and every policy answers anew: one file.",
    ),
]

FIRST_LOOK = 8
"""Random futures from which it is known that nobody keeps up, before anything is searched."""

BY_THE_BOOK = "next-sprint"
"""Today's policy where nobody says so and no history tells."""


@dataclass(frozen=True)
class _Case:
    """What is decided on."""

    scenario: Scenario
    text: str
    """the scenario as it is to be kept beside the page; empty where it is a file already"""
    exports: list[Export]
    wishes: Wishes | None


@spliced
def decide(
    given: Given,
    *,
    today: Today = None,
    require: Require = None,
    policy: o.Policies = None,
    changes: o.Changes,
    replications: Replications = 400,
    reading: Reading,
    match: Match = None,
    logged_share: LoggedShare = 1.0,
    name: Annotated[
        str | None, typer.Option(help="Of the organisation, as the page calls it.")
    ] = None,
    computing: o.Computing,
    json_: outputs.Json = None,
    html: outputs.Html = None,
    live: Live = None,
    overwrite: Overwrite = False,
    details: Details = False,
) -> None:
    """Recommend a support model on one page, from your exports or from a scenario."""
    from sim.report.decision_html import decision_html
    from sim.report.decision_json import decision_json

    is_scenario = len(given) == 1 and (given[0].suffix == ".toml" or str(given[0]) in bundled())
    page = html if html is not None else live
    kept = None if page is None or is_scenario else page.with_suffix(".toml")
    beside = page.with_suffix(".json") if page is not None and json_ is None else json_
    reads = given if not is_scenario else [path for path in given if path.exists()]
    outputs.check_targets(reads, html=html, live=live, json=beside, output=kept)
    wishes = reading.wishes(match, logged_share)
    case = (
        _Case(changes.made_to(given[0]), "", [], None)
        if is_scenario
        else _from_exports(given, reading, wishes, changes, name, details)
    )
    if kept is not None:
        _check_kept(kept, case.text, overwrite)
        outputs.write_text(case.text, kept)
    decision = _decided(case, today, require, policy, replications, computing)
    document = decision_json(decision)
    if beside is not None:
        outputs.write_json(document, beside)
    command = o.command()
    if html is not None:
        outputs.write_text(decision_html(decision, command), html)
    if live is not None:
        part = live_or_words(decision.comparison, command)
        outputs.write_text(decision_html(decision, command, part), live)
    if not outputs.is_printed(json_, html, live):
        _print(decision, page, kept)


def _from_exports(
    paths: list[Path],
    reading: Reading,
    wishes: Wishes,
    changes: o.Changes,
    name: str | None,
    details: bool,
) -> _Case:
    from sim.calibrate import calibration, scenario_text
    from sim.calibrate.idle_options import refuse_idle
    from sim.report.what_was_read import report_lines

    with o.busy("reading"):
        found = calibration.read_all(paths, reading.format_, wishes.say)
    refuse_idle(found, wishes)
    for line in report_lines(found, details):
        print(printable(line), file=sys.stderr)
    with o.busy("fitting"):
        fitted = calibration.calibrate(found, wishes)
    text = scenario_text.scenario_text(fitted, name or scenario_text.name_of(paths))
    scenario = changes.made_to_scenario(scenario_text.scenario_of(text))
    return _Case(scenario, text, found, wishes)


def _check_kept(target: Path, text: str, overwrite: bool) -> None:
    """Refuse to write over a scenario that somebody has changed.

    Raises:
        typer.BadParameter: saying how to go on.
    """
    if overwrite or not target.exists() or target.read_text(encoding="utf-8") == text:
        return
    raise typer.BadParameter(
        f"{target}: is there already, with other figures, and may hold what you wrote into it. To decide on it: "
        f"firelane decide {target}. To replace it: --overwrite"
    )


def _decided(
    case: _Case,
    today: str | Policy | None,
    require: list[str] | None,
    policies: list[str] | None,
    replications: int,
    computing: o.Computing,
) -> Decision:
    """Go through all steps, each with a bar."""
    from sim.decision.choice import Choice
    from sim.decision.decision import decided
    from sim.experiment.input_sets import SETS
    from sim.measures.metrics import MONEY
    from sim.measures.net_delivery import NET_POINTS
    from sim.result import compare
    from sim.search.askable import check_askable
    from sim.search.goal import FigureName, Goal
    from sim.search.tuned import TUNING, tuned
    from sim.search.worth import what_is_at_stake

    scenario = case.scenario
    steps = _Steps()
    promises = what_is_at_stake(scenario, require) if _has_incidents(scenario) else ()
    goal = Goal.towards(FigureName(MONEY if scenario.money else NET_POINTS), promises)
    check_askable(goal, scenario)
    chosen = list(chosen_policies(scenario, policies or None))
    status_quo = _status_quo(case, today, chosen, computing.seed, steps)
    wanted = _with(status_quo.policy, chosen)
    sources = _sources(case)
    if _nobody_keeps_up(scenario, wanted, computing):
        with computing.design(1) as design:
            seen = compare(scenario, wanted, FIRST_LOOK, design.seed, runner=design.runner)
            choice = Choice(seen, goal, status_quo.policy.label)
            return decided(choice, status_quo, sources, design.runner, design.seed, steps.stage)
    if len(wanted) > 1:
        with (
            steps.stage("settings of each policy", None) as bar,
            computing.design(TUNING, bar) as design,
        ):
            wanted = _with(status_quo.policy, tuned(scenario, chosen, goal, design, bar.expect))
    with computing.design(replications) as design:
        sets = SETS if scenario.ranges else 0
        with steps.stage("comparison", replications * 6 // 5 if sets else replications) as bar:
            result = compare(
                scenario,
                wanted,
                replications,
                design.seed,
                engine=design.engine,
                progress=bar,
                runner=design.runner,
                inputs=sets,
                tuned=True,
            )
        choice = Choice(result, goal, status_quo.policy.label)
        return decided(
            choice, status_quo, sources, design.runner, design.seed, steps.stage, computing.workers
        )


def _nobody_keeps_up(scenario: Scenario, policies: list[Policy], computing: o.Computing) -> bool:
    """Return whether a few futures show that no policy keeps up, or that there is nothing to keep up with."""
    from sim.result import compare

    with computing.design(FIRST_LOOK) as design:
        first = compare(scenario, policies, FIRST_LOOK, design.seed, runner=design.runner)
    if all(first.figure(label, "opened").mean == 0 for label in first.labels):
        return True
    return all(first.is_overloaded(label) for label in first.labels)


def _has_incidents(scenario: Scenario) -> bool:
    return bool(scenario.incidents)


def _with(today: Policy, policies: list[Policy]) -> list[Policy]:
    """Return policies with today's, as it is set today."""
    labels = [policy.label for policy in policies]
    return policies if today.label in labels else [*policies, today]


def _sources(case: _Case) -> Sources:
    from sim.calibrate.sources import counted
    from sim.decision.decision import Sources

    if not case.text:
        return Sources()
    read, assumed = counted(case.text)
    told = [sentence for export in case.exports for sentence in export.cannot_tell]
    return Sources(read, assumed, told)


def _status_quo(
    case: _Case, today: str | Policy | None, chosen: list[Policy], seed: int, steps: _Steps
) -> StatusQuo:
    """Return the policy in force: as said, as the history gives it away, or by the book."""
    from sim.calibrate.backtest import backtest
    from sim.decision.status_quo import PASTS, StatusQuo, inferred
    from sim.errors import BadInputError

    scenario = case.scenario
    alike: tuple[str, ...] = ()
    if today is not None:
        policy, how = policy_in(scenario, today), "said"
    else:
        policy, how = policy_in(scenario, _by_the_book(chosen)), "assumed"
    if not case.exports or case.wishes is None:
        return StatusQuo(policy, how, alike)
    try:
        if today is None:
            with steps.stage(
                "how you work today", PASTS * len(chosen_policies(scenario, None))
            ) as bar:
                found = inferred(scenario, case.exports, case.wishes, seed, bar)
            if found is not None:
                policy, alike = found
                how = "inferred"
        with steps.stage("your past", BACK) as bar:
            past = backtest(
                scenario, case.exports, case.wishes, policy.label, None, BACK, seed, bar
            )
    except BadInputError as why:  # too short a record: nothing to hold the model against
        print(printable(f"not held against the past: {why}"), file=sys.stderr)
        return StatusQuo(policy, how, alike)
    return StatusQuo(policy, how, alike, past)


BACK = 200
"""Simulated pasts that the record is held against."""


def _by_the_book(chosen: list[Policy]) -> str:
    """Return the policy that stands for today's where nothing tells: the textbook's, if it is among those compared."""
    ids = [policy.id for policy in chosen]
    return BY_THE_BOOK if BY_THE_BOOK in ids or len(ids) > 1 else ids[0]


class _Steps:
    """Bars, one after the other, each numbered."""

    def __init__(self) -> None:
        self._begun = 0

    @contextmanager
    def stage(self, what: str, total: int | None) -> Iterator[o.Bar]:
        """Show a bar for a step while it lasts."""
        self._begun += 1
        with o.progress(total, f"step {self._begun}: {what}") as bar:
            yield bar


def _print(decision: Decision, html: Path | None, kept: Path | None) -> None:
    from sim.decision.first_table import rows
    from sim.report import decision_words as words

    found = rows(decision.comparison, decision.goal, decision.today, decision.recommended)
    o.say(f"\n{words.sentence(decision)}\n", style="bold")
    for line in words.in_the_terminal(decision, found):
        o.say(line)
    if html is not None:
        beside = f", the scenario {kept}" if kept else ""
        o.say(f"\nThe page is {html}{beside}; all figures are in {html.with_suffix('.json')}.")
