"""The command line. Results go to standard output, everything else to standard error."""

from __future__ import annotations

import json
import os
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from sim import __version__
from sim.commands import calibrate, changeover, new, outputs, search, story, web
from sim.commands import options as o
from sim.commands.benchmark import benchmark
from sim.commands.check import check
from sim.commands.compare import compare
from sim.commands.decide import decide
from sim.commands.live import live
from sim.commands.measure import measure
from sim.commands.pilot import pilot
from sim.commands.splicing import spliced
from sim.engine.compiled.compiling import no_compiler
from sim.engine.engines import DEFAULT_ENGINE
from sim.errors import COULD_NOT, BadInputError, FirelaneError
from sim.experiment.store.check import drop_damaged, examined
from sim.experiment.store.store import Store
from sim.experiment.study import warm as compile_ahead
from sim.files.plain_text import printable
from sim.measures.run import run
from sim.policy.composed import ComposedPolicy, whole_language
from sim.policy.failure import failure_of
from sim.policy.parameters import PolicyError
from sim.policy.registry import (
    check_settings,
    find_policy,
    from_file,
    known_policies,
    policies_of,
)
from sim.report import event_logs, terminal_tables
from sim.report.rules_in_words import rules_in_words
from sim.report.timeline import event_lines, sprint_table
from sim.sampling.sample_path import sample_path
from sim.scenario.reading import FOLDER, bundled, load
from sim.scenario.schema import Scenario

NO_MEMORY = "There is not enough memory. Fewer --workers, policies, weeks or teams need less."

app = typer.Typer(
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    pretty_exceptions_enable=False,
    help="Which support model answers production incidents quickest for the least delivery lost?",
)
app.command()(compare)
app.command()(decide)
app.command()(check)
app.command()(benchmark)
app.command()(live)
app.command()(measure)
app.command()(pilot)
app.add_typer(new.app)
app.add_typer(calibrate.app)
app.add_typer(search.app)
app.add_typer(changeover.app)
app.add_typer(story.app)
app.add_typer(web.app)


def _tell_version(wanted: bool) -> None:
    if wanted:
        print(f"firelane {__version__}")
        raise typer.Exit


@app.callback()
def _firelane(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_tell_version, is_eager=True, help="Which one this is."),
    ] = False,
) -> None:
    pass


def command_line() -> None:
    """Run a command; bad input ends with words and status 2, never with a traceback."""
    try:
        try:
            app()
        except Exception as error:
            if told := failure_of(error):
                raise PolicyError(told) from error
            raise
        finally:
            sys.stdout.flush()  # here a full disk is told in words; when Python ends, it is not
    except BadInputError as error:
        _leave(str(error), error.exit_status)
    except FirelaneError as error:
        _leave(_with_notes(str(error), error), error.exit_status)
    except MemoryError as error:
        _leave(_with_notes(NO_MEMORY, error), COULD_NOT)
    except OSError as error:
        if error.filename is None:  # the output itself: what it still holds is not tried again
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        _leave(f"{error.filename or 'output'}: {error.strerror or error}", COULD_NOT)


def _with_notes(message: str, error: Exception) -> str:
    """Return the message with what whoever was computing has noted of what is kept."""
    return " ".join([message, *getattr(error, "__notes__", ())])


def _leave(message: str, status: int) -> None:
    print(printable(message), file=sys.stderr, flush=True)
    sys.exit(status)


@app.command()
@spliced
def trace(
    scenario: o.ScenarioFile,
    policy: Annotated[
        str,
        typer.Argument(
            metavar="POLICY",
            callback=o.with_files,
            autocompletion=o.policy_names,
            help=o.POLICY,
        ),
    ],
    *,
    replication: Annotated[int, typer.Option(min=0, help="Which random future.")] = 0,
    changes: o.Changes,
    seed: o.Seed = 1,
    engine: o.Engine = DEFAULT_ENGINE,
    xes: Annotated[
        Path | None,
        typer.Option("--xes", metavar="FILE", help="Write it as an event log instead: XES."),
    ] = None,
    ocel: Annotated[
        Path | None,
        typer.Option("--ocel", metavar="FILE", help="The same as OCEL 2.0, in JSON."),
    ] = None,
) -> None:
    """Tell one run in order: its sprints, then every event."""
    organisation = changes.made_to(scenario)
    outputs.check_targets(outputs.read_by(organisation, scenario, [policy]), xes=xes, ocel=ocel)
    told = run(sample_path(organisation, seed, replication), policy, engine)
    if xes is not None:
        event_logs.write_xes(told, xes)
    if ocel is not None:
        event_logs.write_ocel(told, ocel)
    if xes is not None or ocel is not None:
        return
    o.console().print(sprint_table(told))
    for line in event_lines(told):
        print(printable(line))


@app.command()
def policies(
    name: Annotated[
        str | None, typer.Argument(help="One policy, or FILE.py, with its story.")
    ] = None,
    scenario: Annotated[
        Path | None,
        typer.Option(help="Also the policies of this scenario, with what it sets of the others."),
    ] = None,
) -> None:
    """List the policies, or tell one's story."""
    written = {} if scenario is None else load(scenario).policies
    check_settings(written, ())
    if name is None:
        named = [find_policy(each, written) for each in policies_of(written)]
        o.console().print(terminal_tables.policies(named))
        return
    policy = find_policy(from_file(name), written)
    story = [f"{policy.id}: {policy.title}", (policy.about or "").strip()]
    if isinstance(policy, ComposedPolicy) and policy.composition:
        story += ["\n".join(rules_in_words(policy.composition))]
    print("\n\n".join(filter(None, story)) + "\n")
    if policy.parameters:
        o.console().print(terminal_tables.parameters(policy))


@app.command()
def scenarios() -> None:
    """List the scenarios that ship with the program."""
    wide = max(map(len, bundled()))
    for name, path in bundled().items():
        found = load(path)
        print(f"{name:{wide}}  {found.name} ({found.developers} developers)")
    print(f"Each goes by its name; to copy one and edit it, they lie in {FOLDER}")


@app.command()
def store(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="From --store of another command.")],
    check: Annotated[
        bool, typer.Option("--check", help="Read everything, and say what is damaged.")
    ] = False,
    drop: Annotated[
        bool,
        typer.Option(
            "--drop-damaged",
            help="Leave only what is whole; what is dropped is computed again when it is wanted.",
        ),
    ] = False,
) -> None:
    """What a store holds: each study and how many of its replications."""
    if str(file) != ":memory:" and not file.exists():
        raise typer.BadParameter(f"{file}: no such file")
    if file.is_file() and not file.stat().st_size:
        raise typer.BadParameter(f"{file}: is empty; expected a store")
    if check or drop:
        _check_store(file, drop)
        return
    with closing(Store(file)) as kept:
        for described, count in kept.contents():
            print(f"{count:7,} replications  {described}")


def _check_store(file: Path, drop: bool) -> None:
    """Check a store, and exit with a failure status where something is damaged and stays so."""
    found = drop_damaged(file) if drop else examined(file)
    for fault in found.damage():
        print(f"{'dropped' if drop else 'damaged'}: {fault}")
    print(f"whole: {len(found.parts):,} studies, {found.replications:,} replications")
    if found.damage() and not drop:
        raise typer.Exit(COULD_NOT)


@app.command()
def warm() -> None:
    """Compile the engine and the policies ahead; later runs then start at once."""
    if why := no_compiler():
        print(f"{why}; there is nothing to compile.", file=sys.stderr)
        return
    begun = time.monotonic()
    known = list(known_policies().values())
    compile_ahead([*known, whole_language()])
    took = time.monotonic() - begun
    print(f"Ready: the engine and {len(known)} policies, in {took:.1f} s.", file=sys.stderr)


@app.command()
def schema() -> None:
    """Print the JSON Schema of scenario files, for editors."""
    print(json.dumps(Scenario.model_json_schema(by_alias=True), indent=2, ensure_ascii=False))
