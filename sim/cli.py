"""The command line. Results go to standard output, everything else to standard error."""

from __future__ import annotations

import json
import os
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from sim.compiling import has_numba
from sim.engines import DEFAULT_ENGINE, ENGINES, EngineError
from sim.experiment import warm as compile_ahead
from sim.faults import ScenarioError
from sim.policy import PolicyError
from sim.registry import find_policy, known_policies
from sim.report import tables, wording
from sim.report.files import whole_file
from sim.report.timeline import event_lines, sprint_table
from sim.result import Result
from sim.result import compare as compare_policies
from sim.run import run
from sim.sample_path import sample_path
from sim.scenario import Scenario
from sim.scenario_file import bundled, load
from sim.warmup import PILOT, suggest_warmup, warning

COULD_NOT, BAD_INPUT = 1, 2

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Which support model answers production incidents quickest for the least delivery lost?",
)


def _console() -> Console:
    """Standard output; as wide as the tables need where it is no terminal."""
    return Console(width=None if sys.stdout.isatty() else 120, soft_wrap=False)


def command_line() -> None:
    """Run a command; bad input ends with words and status 2, never with a traceback."""
    # A worker that ends early is restarted by joblib; nobody at a terminal can act on it.
    warnings.filterwarnings(
        "ignore", message="A worker stopped while some jobs", category=UserWarning
    )
    try:
        app()
    except (ScenarioError, PolicyError, EngineError) as error:
        _leave(str(error), BAD_INPUT)
    except OSError as error:
        _leave(f"{error.filename or 'files'}: {error.strerror or error}", COULD_NOT)


def _leave(message: str, status: int) -> None:
    print(message, file=sys.stderr, flush=True)
    sys.exit(status)


ScenarioFile = Annotated[Path, typer.Argument(metavar="SCENARIO", help="A scenario file (TOML).")]
Set = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="KEY=VALUE",
        help="Change the scenario: =8, =+1, =*1.5; teams.*.developers=+1. Repeatable.",
    ),
]
Levers = Annotated[
    list[str] | None,
    typer.Option("--lever", metavar="NAME", help="Pull a lever of the scenario. Repeatable."),
]
Seed = Annotated[int, typer.Option(min=0, help="The same seed gives the same figures.")]
Engine = Annotated[str, typer.Option(help=f"One of: {', '.join(ENGINES)}.")]


@app.command()
def compare(
    scenario: ScenarioFile,
    policy: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME[:PARAM=VALUE,…]",
            help="A policy to compare; all if none is named. Repeatable.",
        ),
    ] = None,
    set_: Set = None,
    lever: Levers = None,
    replications: Annotated[int, typer.Option(min=1, help="Random futures to live through.")] = 200,
    seed: Seed = 1,
    engine: Engine = DEFAULT_ENGINE,
    workers: Annotated[
        int | None, typer.Option(min=1, help="Processes; one per core if not said.")
    ] = None,
    json_: Annotated[
        Path | None,
        typer.Option(
            "--json", metavar="FILE", help="Write every figure as JSON; - for standard output."
        ),
    ] = None,
    plot: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the picture; .png, .svg or .pdf.")
    ] = None,
) -> None:
    """Compare support policies on the same random futures."""
    _check_targets(json_, plot)
    organisation = load(scenario, set_ or [], lever or [])
    with _progress(replications) as advance:
        result = compare_policies(
            organisation, policy or None, replications, seed, workers, engine, advance
        )
    if plot is not None:
        _write_picture(result, plot)
    _warn_of_warmup(result)
    if json_ == Path("-"):
        sys.stdout.write(result.to_json())
        return
    if json_ is not None:
        with whole_file(json_) as file:
            file.write(result.to_json())
    _print_comparison(result)


def _warn_of_warmup(result: Result) -> None:
    """Say on standard error where what was left out at the front was not enough."""
    settled = [p for p in result.policies if not result.is_overloaded(p.label)]
    if not result.scenario.steady_state or result.replications < PILOT or not settled:
        return
    found = warning(suggest_warmup(result.scenario, settled, result.seed, result.engine))
    if found is not None:
        print(found, file=sys.stderr, flush=True)


def _check_targets(json_: Path | None, plot: Path | None) -> None:
    """Find out before the long work, not after, that its result cannot be kept."""
    if plot is not None and plot.suffix.lower() not in (".png", ".svg", ".pdf"):
        raise typer.BadParameter(f"--plot {plot}: the name must end in .png, .svg or .pdf")
    for option, target in (("--json", json_), ("--plot", plot)):
        if target is None or target == Path("-"):
            continue
        if not target.parent.is_dir():
            raise typer.BadParameter(f"{option} {target}: there is no folder {target.parent}")
        if target.is_dir():
            raise typer.BadParameter(f"{option} {target}: is a folder; expected the name of a file")


@contextmanager
def _progress(total: int) -> Iterator[Callable[[int], None]]:
    """A bar with time left on standard error; nothing where that is no terminal."""
    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as bar:
        task = bar.add_task("replications", total=total)
        yield lambda done: bar.update(task, completed=done)


def _write_picture(result: Result, target: Path) -> None:
    figure = result.plot()
    kind = target.suffix.lower().removeprefix(".")
    with whole_file(target, "wb") as file:
        # No date and a fixed salt, so that the same figures give the same file.
        metadata = {"svg": {"Date": None}, "pdf": {"CreationDate": None}}.get(kind)
        figure.savefig(file, format=kind, metadata=metadata)


def _print_comparison(result: Result) -> None:
    console, scenario = _console(), result.scenario
    design = (
        f"steady state, weeks {scenario.time.warmup_weeks} to {scenario.time.horizon_weeks}"
        if scenario.steady_state
        else f"terminating, {scenario.time.horizon_weeks} weeks from an empty start"
    )
    console.print(
        f"{scenario.name}: {scenario.developers} developers, {result.replications} replications "
        f"({design}), seed {result.seed}, engine {result.engine}",
        markup=False,
        highlight=False,
    )
    console.print(f"\n{wording.finding(result)}.\n", markup=False, highlight=False, style="bold")
    console.print(tables.headline(result))
    if len(result.policies) > 1:
        console.print(tables.against_first(result))
    console.print(tables.time_spent(result))
    for sentence in wording.overloads(result):
        console.print(sentence, markup=False, highlight=False)


@app.command()
def trace(
    scenario: ScenarioFile,
    policy: Annotated[str, typer.Argument(metavar="POLICY", help="NAME[:PARAM=VALUE,…]")],
    replication: Annotated[int, typer.Option(min=0, help="Which random future.")] = 0,
    set_: Set = None,
    lever: Levers = None,
    seed: Seed = 1,
    engine: Engine = DEFAULT_ENGINE,
) -> None:
    """Tell one run in order: its sprints, then every event."""
    organisation = load(scenario, set_ or [], lever or [])
    told = run(sample_path(organisation, seed, replication), policy, engine)
    _console().print(sprint_table(told))
    for line in event_lines(told):
        print(line)


@app.command()
def policies(
    name: Annotated[str | None, typer.Argument(help="One policy, with its story.")] = None,
) -> None:
    """List the policies, or tell one's story."""
    if name is None:
        _console().print(tables.policies(known_policies().values()))
        return
    policy = find_policy(name)
    print(f"{policy.id}: {policy.title}\n\n{policy.about.strip()}\n")
    if policy.parameters:
        _console().print(tables.parameters(policy))


@app.command()
def scenarios() -> None:
    """List the scenarios that ship with the program."""
    for path in bundled().values():
        found = load(path)
        print(f"{_shown(path)}  {found.name} ({found.developers} developers)")


def _shown(path: Path) -> str:
    """As short as it can be typed from here."""
    return os.path.relpath(path) if path.is_relative_to(Path.cwd()) else str(path)


@app.command()
def warm() -> None:
    """Compile the engine and the policies ahead; later runs then start at once."""
    if not has_numba():
        print("numba is not installed; there is nothing to compile.", file=sys.stderr)
        return
    begun = time.monotonic()
    known = list(known_policies().values())
    compile_ahead(known)
    took = time.monotonic() - begun
    print(f"Ready: the engine and {len(known)} policies, in {took:.1f} s.", file=sys.stderr)


@app.command()
def schema() -> None:
    """Print the JSON Schema of scenario files, for editors."""
    print(json.dumps(Scenario.model_json_schema(by_alias=True), indent=2, ensure_ascii=False))
