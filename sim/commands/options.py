"""Options that several commands have, and what they share in speaking to people."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from sim.engine.engines import DEFAULT_ENGINE, ENGINES
from sim.experiment.design import Design
from sim.experiment.runner import Runner
from sim.files.plain_text import printable
from sim.policy.registry import from_file, known_policies
from sim.scenario.reading import bundled, changed, load, with_events
from sim.scenario.schema import Scenario


def with_files(named: Any) -> Any:
    """Return policies as they were named on the command line, those named by a file as objects."""
    if isinstance(named, str):
        return from_file(named)
    return [from_file(name) for name in named] if named else named


def scenario_names(begun: str) -> list[str]:
    """Return the scenario names that the shell may complete to; files it knows itself."""
    return [name for name in bundled() if name.startswith(begun)]


def policy_names(begun: str) -> list[str]:
    """Return the policy names that the shell may complete to."""
    return [name for name in known_policies() if name.startswith(begun)]


POLICY = "NAME[:PARAM=VALUE,…]"
"""How a policy is named; a Python file that holds it is a name, too."""

ScenarioFile = Annotated[
    Path,
    typer.Argument(
        metavar="SCENARIO",
        help="A scenario file (TOML), or the name of one that ships.",
        autocompletion=scenario_names,
    ),
]
Policies = Annotated[
    list[str] | None,
    typer.Option(
        "--policy",
        metavar=POLICY,
        callback=with_files,
        autocompletion=policy_names,
        help="A policy to compare, or FILE.py that holds one; all if none is named. Repeatable.",
    ),
]
Seed = Annotated[int, typer.Option(min=0, help="The same seed gives the same figures.")]
Engine = Annotated[str, typer.Option(help=f"One of: {', '.join(ENGINES)}.")]


@dataclass(frozen=True)
class Changes:
    """The options that change the scenario before anything is asked of it."""

    set_: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="KEY=VALUE",
            help="Change the scenario: =8, =+1, =*1.5; teams.*.developers=+1. Repeatable.",
        ),
    ] = None
    lever: Annotated[
        list[str] | None,
        typer.Option("--lever", metavar="NAME", help="Pull a lever of the scenario. Repeatable."),
    ] = None
    event: Annotated[
        list[str] | None,
        typer.Option(
            "--event",
            metavar="WHAT",
            help='Let it happen: "Thu 16:00 production outage", "week 3: 2 of Checkout away". Weeks count '
            "from the first that is measured. Repeatable.",
        ),
    ] = None

    def made_to(self, file: Path) -> Scenario:
        """Return the scenario of a file with the changes made to it.

        Raises:
            ScenarioError: where it cannot be read, or a change cannot be made.
        """
        return load(file, self.set_ or [], self.lever or [], self.event or [])

    def made_to_scenario(self, scenario: Scenario) -> Scenario:
        """Return a scenario with the changes made to it.

        Raises:
            ScenarioError: where a change cannot be made.
        """
        moved = changed(scenario, self.set_ or [], self.lever or [])
        return with_events(moved, self.event or [], scenario.name).beside(scenario)


@dataclass(frozen=True)
class Computing:
    """The options that say how the answer is computed, whatever is asked."""

    seed: Seed = 1
    engine: Engine = DEFAULT_ENGINE
    workers: Annotated[
        int | None, typer.Option(min=1, help="Processes; one per core if not said.")
    ] = None
    cluster: Annotated[
        str | None,
        typer.Option(metavar="ADDRESS", help="A Dask scheduler, whose workers compute instead."),
    ] = None
    store: Annotated[
        Path | None,
        typer.Option(
            "--store",
            metavar="FILE",
            help="Keep every replication in this file, on a local disk; a study that was stopped goes on "
            "from it.",
        ),
    ] = None
    fresh: Annotated[bool, typer.Option("--fresh", help="Compute again what the store has.")] = (
        False
    )

    @contextmanager
    def design(self, replications: int, runs: Bar | None = None) -> Iterator[Design]:
        """Yield how so many replications are computed.

        Workers end and the store is closed with the context.

        Args:
            replications: of each study.
            runs: a bar that counts runs.

        Raises:
            typer.BadParameter: for what is to be computed again, and no store that has it.
            ClusterError, StoreError: where the cluster or the store cannot be used.
            EngineError: for an engine that is not known.
        """
        if self.fresh and self.store is None:
            raise typer.BadParameter("--fresh: says what to do with a --store, and there is none")
        with Runner(self.workers, self.cluster, self.store, self.fresh, runs=runs) as runner:
            yield Design(replications, self.seed, self.engine, runner=runner)


def console() -> Console:
    """Return a console on standard output.

    It is as wide as COLUMNS says, as the terminal is, or, where it is none, as the tables need.
    """
    told = sys.stdout.isatty() or os.environ.get("COLUMNS", "").isdigit()
    return Console(width=None if told else 120, soft_wrap=False)


def say(text: str, style: str | None = None) -> None:
    """Print a line on standard output, as it is."""
    console().print(printable(text), markup=False, highlight=False, style=style)


class Bar:
    """A progress bar that is called with what is done."""

    def __init__(self, bar: Progress, total: int | None, what: str) -> None:
        self._bar, self._what, self._done = bar, what, 0
        self._task = bar.add_task(what, total=total)

    def __call__(self, done: int) -> None:
        """Show how much is done."""
        self._done = done
        task = self._bar.tasks[0]
        speed = task.finished_speed or task.speed
        text = f"{self._what}, {speed:.0f} a second" if speed else self._what
        self._bar.update(self._task, completed=done, description=text)

    def expect(self, ahead: int) -> None:
        """Say how much may still come, at most."""
        self._bar.update(self._task, total=self._done + ahead)


@contextmanager
def progress(total: int | None, what: str = "replications") -> Iterator[Bar]:
    """Show a bar with time left on standard error; nothing where that is no terminal."""
    own = Console(stderr=True)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    bar = Progress(*columns, console=own, transient=True, disable=not own.is_terminal)
    with (
        bar if own.is_terminal else nullcontext()
    ):  # some releases end a bar that is none with a line
        yield Bar(bar, total, what)


@contextmanager
def busy(what: str) -> Iterator[None]:
    """Show that something is being done whose length is not known; nothing where standard error is no terminal."""
    own = Console(stderr=True)
    if not own.is_terminal:
        yield
        return
    with own.status(f"{what} …"):
        yield


def command() -> str:
    """Return this command, as whoever wants the same figures would type it."""
    from sim.report.reproduction import command_of

    return command_of(sys.argv[1:])
