"""The commands that bring a history in: `calibrate` and `validate`."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.commands import options as o
from sim.commands import outputs
from sim.commands.splicing import spliced
from sim.files.plain_text import printable
from sim.files.results import is_regular

if TYPE_CHECKING:
    from sim.calibrate.calibration import Calibration, Wishes
    from sim.calibrate.formats import Export

IN_FORCE = "interrupt-anyone"
"""What is taken where nobody says how they work: whoever is free takes the next."""

FORMAT_NAMES = (
    "servicenow", "jira", "pagerduty", "github", "azure", "opsgenie", "linear", "gitlab", "zendesk", "freshdesk",
    "incident_io", "otrs", "csv", "sprints",
)  # fmt: skip

Exports = Annotated[
    list[Path], typer.Argument(metavar="EXPORT…", help="CSV or JSON, gzip or not; several combine.")
]
Match = Annotated[
    list[str] | None,
    typer.Option(metavar="GROUP=TEAM", help="Which team a group of the tickets is. Repeatable."),
]
Details = Annotated[
    bool,
    typer.Option("--details", help="Say everything that was found in the exports, line by line."),
]
LoggedShare = Annotated[
    float,
    typer.Option(metavar="SHARE", help="Of the interruptions, that the exports hold, such as 0.8."),
]
FromToday = Annotated[
    bool,
    typer.Option(
        "--from-today",
        help="Begin with what is open and in hand at the exports' last event, or at --today.",
    ),
]
At = Annotated[
    str | None,
    typer.Option(
        metavar="DATE-TIME",
        help="The moment to begin from, such as 2026-03-02T09:30; what came later is not looked at.",
    ),
]
ThenInForce = Annotated[
    str | None,
    typer.Option(
        metavar=o.POLICY,
        callback=o.with_files,
        help=f"With --from-today: the policy in force; {IN_FORCE} if not said.",
    ),
]
EveryFigure = Annotated[
    Path | None,
    typer.Option("--json", metavar="FILE", help="Every figure with its interval, by key."),
]
Log = Annotated[
    Path | None,
    typer.Option(metavar="FILE.csv", help="The incidents as a log that a scenario can replay."),
]
Overwrite = Annotated[
    bool, typer.Option("--overwrite", help="Replace the scenario if it is there already.")
]
InForce = Annotated[
    str, typer.Option(metavar=o.POLICY, callback=o.with_files, help="The policy in force then.")
]
FitWeeks = Annotated[
    int | None, typer.Option(min=3, help="Weeks to fit on; five eighths if not said.")
]
EveryLine = Annotated[
    Path | None, typer.Option("--json", metavar="FILE", help="Every line as JSON.")
]


@dataclass(frozen=True)
class Reading:
    """The options that say how exports are read."""

    format_: Annotated[
        str | None,
        typer.Option("--format", help=f"One of {', '.join(FORMAT_NAMES)}; guessed if not said."),
    ] = None
    columns: Annotated[
        str | None,
        typer.Option(metavar="FIELD=COLUMN,…", help="Such as opened=Created,severity=Prio."),
    ] = None
    map_: Annotated[
        list[str] | None,
        typer.Option(
            "--map",
            metavar="WORD=MEANING",
            help="A field=column; or a value: Highest=1, 'On hold'=waiting, Task=incident; "
            "dates=month-first. Repeatable.",
        ),
    ] = None
    kinds: Annotated[
        list[str] | None,
        typer.Option(
            metavar="KIND=CATEGORY|…",
            help="Group categories into kinds; 'category' makes each one a kind. Repeatable.",
        ),
    ] = None
    timezone: Annotated[
        str | None, typer.Option(help="The organisation's own, such as Europe/Madrid.")
    ] = None
    holidays: Annotated[
        str | None,
        typer.Option(metavar="DATE,…", help="Looked for if not said; 'none' for none."),
    ] = None
    hours: Annotated[str, typer.Option(metavar="FROM-TO", help="Working hours, Mon to Fri.")] = (
        "9-17"
    )
    groups: Annotated[
        str | None, typer.Option(metavar="GROUP,…", help="Only the tickets of these groups.")
    ] = None
    effort: Annotated[
        str, typer.Option(help="worked: hours recorded; active: working time in active states.")
    ] = "worked"
    teams: Annotated[
        str | None, typer.Option(metavar="NAME=N,…", help="Head counts, if you know them.")
    ] = None
    first_line: Annotated[
        str | None, typer.Option(metavar="GROUP,…", help="Groups that are no developers.")
    ] = None

    def wishes(
        self,
        match: list[str] | None = None,
        logged_share: float = 1.0,
        from_today: bool = False,
        today: str | None = None,
    ) -> Wishes:
        """Return what the user wishes, with what else was said of the organisation.

        Raises:
            ScenarioError: naming the option, what was found, and what would be right.
        """
        from sim.calibrate.asking import asked

        return asked(
            **vars(self),
            match=match,
            logged_share=logged_share,
            from_today=from_today,
            today=today,
        )


app = typer.Typer()


@app.command()
@spliced
def calibrate(
    exports: Exports,
    output: Annotated[Path, typer.Option("-o", "--output", metavar="SCENARIO.toml")],
    *,
    reading: Reading,
    match: Match = None,
    logged_share: LoggedShare = 1.0,
    from_today: FromToday = False,
    today: At = None,
    policy: ThenInForce = None,
    name: Annotated[str | None, typer.Option(help="Of the scenario.")] = None,
    json_: EveryFigure = None,
    log: Log = None,
    overwrite: Overwrite = False,
    details: Details = False,
) -> None:
    """Turn exports of your trackers into a scenario that says where each figure comes from."""
    from sim.calibrate import (
        calibration,
        past_forecasts,
        scenario_text,
    )  # loading pandas takes a third of a second
    from sim.calibrate.idle_options import refuse_idle
    from sim.report.calibration_json import figures_json
    from sim.report.calibration_tables import fit_lines
    from sim.report.what_was_read import report_lines

    wishes = reading.wishes(match, logged_share, from_today, today)
    if policy is not None and not wishes.from_today:
        raise typer.BadParameter(
            f"--policy {policy}: is used with --from-today alone, which asks how the last weeks went"
        )
    outputs.check_targets(exports, output=output, json=json_, log=log)
    if is_regular(output) and output.exists() and not overwrite:
        raise typer.BadParameter(
            f"-o {output}: is there already, and may hold what you wrote into it; another name keeps it, "
            "--overwrite replaces it"
        )
    with o.busy("reading"):
        found = calibration.read_all(exports, reading.format_, wishes.say)
    refuse_idle(found, wishes)
    for line in report_lines(found, details):
        print(printable(line), file=sys.stderr)
    with o.busy("fitting"):
        fitted = calibration.calibrate(found, wishes)
    named = name or scenario_text.name_of(exports)
    text = scenario_text.scenario_text(fitted, named)
    begun = scenario_text.scenario_of(text)
    if wishes.from_today:
        with o.progress(past_forecasts.STEPS, "past forecasts") as advance:
            fitted = past_forecasts.with_the_days_before(fitted, begun, policy or IN_FORCE, advance)
        text = scenario_text.scenario_text(fitted, named)
        scenario_text.scenario_of(text)
    outputs.write_text(text, output)
    if json_ is not None:
        outputs.write_json(figures_json(fitted), json_, indent=2)
    if log is not None:
        _write_log(log, fitted)
    told = sys.stderr if outputs.is_printed(output, json_, log) else sys.stdout
    for line in fit_lines(fitted):
        print(printable(line), file=told)
    print(f"\n{output} is written. Go through what is marked # assumed there; then:", file=told)
    print(_next(output, exports, found, sys.argv[1:]), file=told)


READING = frozenset(
    [
        "--format",
        "--columns",
        "--map",
        "--kinds",
        "--timezone",
        "--holidays",
        "--hours",
        "--groups",
        "--effort",
        "--teams",
        "--first-line",
    ]
)
"""Options that `validate` has to be given as `calibrate` was."""


def _next(output: Path, paths: list[Path], exports: Sequence[Export], typed: list[str]) -> str:
    """Say what to do next with the scenario that was written.

    It is held against the files, read in the same way; where none has incidents, policies are compared.
    """
    kept: list[str] = []
    for word, following in pairwise([*typed, ""]):
        if word in READING:
            kept += [word, following]
        elif word.partition("=")[0] in READING:
            kept.append(word)
    if not any(
        e.tickets and len(e.tickets.incidents) for e in exports
    ):  # nothing to hold it against
        return shlex.join(["firelane", "compare", str(output)])
    against = [part for path in paths for part in ("--against", str(path))]
    return shlex.join(["firelane", "validate", str(output), *against, *kept, "--policy", "NAME"])


def _write_log(target: Path, fitted: Calibration) -> None:
    from sim.report.csv_files import write_csv

    table = fitted.incidents
    stamps = (
        table["opened"].astype("int64").astype("datetime64[s]").dt.strftime("%Y-%m-%dT%H:%M:%S")
    )
    rows = zip(
        table["number"], stamps, table["severity"], table["group"], table["kind"], strict=True
    )
    write_csv(target, ("number", "opened", "severity", "team", "kind"), rows)


@app.command()
@spliced
def validate(
    scenario: o.ScenarioFile,
    against: Annotated[list[Path], typer.Option(metavar="EXPORT", help="The history. Repeatable.")],
    *,
    policy: InForce = IN_FORCE,
    fit_weeks: FitWeeks = None,
    replications: Annotated[int, typer.Option(min=20, help="Random futures.")] = 200,
    seed: o.Seed = 1,
    reading: Reading,
    json_: EveryLine = None,
    plot: outputs.Plot = None,
    html: outputs.Html = None,
) -> None:
    """Fit the earlier part of a history, simulate the later part, and show both side by side."""
    from sim.calibrate import backtest, calibration
    from sim.report.backtest_tables import picture, table, verdict_lines
    from sim.scenario.reading import load

    wishes = reading.wishes()
    organisation = load(scenario)
    reads = [*outputs.read_by(organisation, scenario, [policy]), *against]
    outputs.check_targets(reads, json=json_, plot=plot, html=html)
    with o.busy("reading"):
        found = calibration.read_all(against, reading.format_, wishes.say)
    with o.progress(replications) as advance:
        result = backtest.backtest(
            organisation, found, wishes, policy, fit_weeks, replications, seed, advance
        )
    if plot is not None:
        outputs.write_picture(picture(result), plot)
    if json_ is not None:
        outputs.write_json(result.document(), json_, indent=2)
    if html is not None:
        from sim.report.backtest_html import backtest_html

        outputs.write_text(backtest_html(result, o.command()), html)
    if outputs.is_printed(json_, plot, html):
        return
    for line in verdict_lines(result):
        o.say(line)
    o.console().print(table(result))
