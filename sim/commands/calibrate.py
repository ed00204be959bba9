"""The commands that bring a history in: `calibrate` and `validate`."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from sim.commands import options as o
from sim.commands import outputs
from sim.files.plain_text import printable
from sim.files.results import is_regular

if TYPE_CHECKING:
    from sim.calibrate.formats import Export

FORMAT_NAMES = ("servicenow", "jira", "pagerduty", "github", "csv")

Exports = Annotated[
    list[Path], typer.Argument(metavar="EXPORT…", help="CSV or JSON, gzip or not; several combine.")
]
Format = Annotated[
    str | None,
    typer.Option("--format", help=f"One of {', '.join(FORMAT_NAMES)}; guessed if not said."),
]
ColumnsOption = Annotated[
    str | None,
    typer.Option(metavar="FIELD=COLUMN,…", help="Such as opened=Created,severity=Prio."),
]
MapOption = Annotated[
    list[str] | None,
    typer.Option(
        "--map",
        metavar="WORD=MEANING",
        help="A field=column; or a value: Highest=1, 'On hold'=waiting, Task=incident; "
        "dates=month-first. Repeatable.",
    ),
]
KindsOption = Annotated[
    list[str] | None,
    typer.Option(
        metavar="KIND=CATEGORY|…",
        help="Group categories into kinds; 'category' makes each one a kind. Repeatable.",
    ),
]
TimezoneOption = Annotated[
    str | None, typer.Option(help="The organisation's own, such as Europe/Madrid.")
]
HolidaysOption = Annotated[
    str | None,
    typer.Option(metavar="DATE,…", help="Looked for if not said; 'none' for none."),
]
HoursOption = Annotated[str, typer.Option(metavar="FROM-TO", help="Working hours, Mon to Fri.")]
GroupsOption = Annotated[
    str | None, typer.Option(metavar="GROUP,…", help="Only the tickets of these groups.")
]
EffortOption = Annotated[
    str, typer.Option(help="worked: hours recorded; active: working time in active states.")
]


app = typer.Typer()


@app.command()
def calibrate(
    exports: Exports,
    output: Annotated[Path, typer.Option("-o", "--output", metavar="SCENARIO.toml")],
    format_: Format = None,
    columns: ColumnsOption = None,
    map_: MapOption = None,
    kinds: KindsOption = None,
    timezone: TimezoneOption = None,
    holidays: HolidaysOption = None,
    hours: HoursOption = "9-17",
    groups: GroupsOption = None,
    teams: Annotated[
        str | None, typer.Option(metavar="NAME=N,…", help="Head counts, if you know them.")
    ] = None,
    first_line: Annotated[
        str | None, typer.Option(metavar="GROUP,…", help="Groups that are no developers.")
    ] = None,
    effort: EffortOption = "worked",
    name: Annotated[str | None, typer.Option(help="Of the scenario.")] = None,
    json_: Annotated[
        Path | None,
        typer.Option("--json", metavar="FILE", help="Every figure with its interval, by key."),
    ] = None,
    log: Annotated[
        Path | None,
        typer.Option(metavar="FILE.csv", help="The incidents as a log that a scenario can replay."),
    ] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace the scenario if it is there already.")
    ] = False,
) -> None:
    """Turn exports of your trackers into a scenario that says where each figure comes from."""
    from sim.calibrate import calibration, scenario_text  # loading pandas takes a third of a second
    from sim.calibrate.asking import asked
    from sim.report.calibration_tables import fit_lines, quality_lines

    wishes = asked(
        format_, columns, map_, kinds, timezone, holidays, hours, groups, effort, teams, first_line
    )
    outputs.check_targets(exports, output=output, json=json_, log=log)
    if is_regular(output) and output.exists() and not overwrite:
        raise typer.BadParameter(
            f"-o {output}: is there already, and may hold what you wrote into it; another name keeps it, "
            "--overwrite replaces it"
        )
    with _busy("reading"):
        found = calibration.read_all(exports, format_, wishes.say)
    for export in found:
        for line in quality_lines(export):
            print(printable(line), file=sys.stderr)
    with _busy("fitting"):
        fitted = calibration.calibrate(found, wishes)
    text = scenario_text.scenario_text(fitted, name or scenario_text.name_of(exports))
    scenario_text.scenario_of(text)
    outputs.write_text(text, output)
    if json_ is not None:
        outputs.write_json(scenario_text.figures(fitted), json_, indent=2)
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
    ]
)
"""Options that `validate` has to be given as `calibrate` was."""


def _next(output: Path, paths: list[Path], exports: Sequence[Export], typed: list[str]) -> str:
    """How to hold the scenario against the files that have the incidents, read in the same way; how to
    compare policies where none has."""
    kept: list[str] = []
    for word, following in pairwise([*typed, ""]):
        if word in READING:
            kept += [word, following]
        elif word.partition("=")[0] in READING:
            kept.append(word)
    pairs = zip(paths, exports, strict=True)
    with_incidents = [path for path, e in pairs if e.tickets and len(e.tickets.incidents)]
    if not with_incidents:  # nothing to hold it against
        return shlex.join(["firelane", "compare", str(output)])
    against = [part for path in with_incidents for part in ("--against", str(path))]
    return shlex.join(["firelane", "validate", str(output), *against, *kept, "--policy", "NAME"])


def _write_log(target: Path, fitted: object) -> None:
    from sim.calibrate.calibration import Calibration
    from sim.report.csv_files import write_csv

    assert isinstance(fitted, Calibration)
    table = fitted.incidents
    stamps = (
        table["opened"].astype("int64").astype("datetime64[s]").dt.strftime("%Y-%m-%dT%H:%M:%S")
    )
    rows = zip(
        table["number"], stamps, table["severity"], table["group"], table["kind"], strict=True
    )
    write_csv(target, ("number", "opened", "severity", "team", "kind"), rows)


@app.command()
def validate(
    scenario: o.ScenarioFile,
    against: Annotated[list[Path], typer.Option(metavar="EXPORT", help="The history. Repeatable.")],
    policy: Annotated[
        str,
        typer.Option(metavar=o.POLICY, callback=o.with_files, help="The policy in force then."),
    ] = "interrupt-anyone",
    fit_weeks: Annotated[
        int | None, typer.Option(min=3, help="Weeks to fit on; five eighths if not said.")
    ] = None,
    replications: Annotated[int, typer.Option(min=20, help="Random futures.")] = 200,
    seed: o.Seed = 1,
    format_: Format = None,
    columns: ColumnsOption = None,
    map_: MapOption = None,
    kinds: KindsOption = None,
    timezone: TimezoneOption = None,
    holidays: HolidaysOption = None,
    hours: HoursOption = "9-17",
    groups: GroupsOption = None,
    effort: EffortOption = "worked",
    json_: Annotated[
        Path | None, typer.Option("--json", metavar="FILE", help="Every line as JSON.")
    ] = None,
    plot: outputs.Plot = None,
    html: outputs.Html = None,
) -> None:
    """Fit the earlier part of a history, simulate the later part, and show both side by side."""
    from sim.calibrate import backtest, calibration
    from sim.calibrate.asking import asked
    from sim.report.backtest_tables import picture, table, verdict_lines
    from sim.scenario.reading import load

    wishes = asked(format_, columns, map_, kinds, timezone, holidays, hours, groups, effort)
    organisation = load(scenario)
    reads = [*outputs.read_by(organisation, scenario, [policy]), *against]
    outputs.check_targets(reads, json=json_, plot=plot, html=html)
    with _busy("reading"):
        found = calibration.read_all(against, format_, wishes.say)
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


@contextmanager
def _busy(what: str) -> Iterator[None]:
    console = Console(stderr=True)
    if not console.is_terminal:
        yield
        return
    with console.status(f"{what} …"):
        yield
