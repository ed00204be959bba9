"""`sweep`, `map`, `recommend`, `sensitivity`, `hire`: from a comparison to a decision.

What a command alone needs it loads itself: an optimiser and pictures take a second that the others
should not wait for.
"""

from __future__ import annotations

import math
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.commands import options as o
from sim.commands import outputs
from sim.commands.splicing import spliced
from sim.report.csv_files import write_frame
from sim.search.askable import check_askable
from sim.search.axis import Axis
from sim.search.goal import Constraint, FigureName, Goal, of_too_few

if TYPE_CHECKING:
    from sim.search.sensitivity import Input, Sensitivity
    from sim.search.sobol import Indices

app = typer.Typer()

Over = Annotated[
    list[str],
    typer.Option(
        "--over",
        metavar="KEY=LOW:HIGH:STEPS",
        help="A parameter and its values: people.unfamiliarity=1:2:11, "
        "incidents.*.per_week=*0.5:*2:7, policies.reserved-buffer.share=0,0.1,0.2, teams=1:8:8.",
    ),
]
Require = Annotated[
    list[str] | None,
    typer.Option(
        metavar="FIGURE<=NUMBER",
        help="A promise: response_sla >= 0.9, response_hours_p90[severity=1] <= 2. Repeatable.",
    ),
]
Maximise = Annotated[
    str | None,
    typer.Option("--maximise", "--maximize", metavar="FIGURE", help="What to have most of."),
]
Minimise = Annotated[
    str | None,
    typer.Option("--minimise", "--minimize", metavar="FIGURE", help="What to have least of."),
]
Few = Annotated[int, typer.Option(min=2, help="Random futures in each cell.")]
Figures = Annotated[
    list[str] | None, typer.Option(help="Figures to show; two if not said. Repeatable.")
]
InTheSearch = Annotated[int, typer.Option(min=2, help="Random futures in the search.")]
InTheTest = Annotated[int, typer.Option(min=2, help="Random futures on which the best are tested.")]
OneOrTwo = Annotated[
    list[str],
    typer.Option(
        metavar=o.POLICY,
        callback=o.with_files,
        help="One policy, or two to compare.",
    ),
]
LookedAt = Annotated[str, typer.Option(help="What is looked at.")]
Inputs = Annotated[
    list[str] | None,
    typer.Option(
        "--input",
        metavar="KEY=LOW:HIGH",
        help="An input and its range; common ones if none is named. Repeatable.",
    ),
]
InputsFrom = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE", help="Inputs with the intervals that `calibrate --json` wrote there."
    ),
]
Samples = Annotated[
    int | None,
    typer.Option("--sobol", min=8, help="Sobol's indices from this many samples instead."),
]
Promises = Annotated[
    list[str], typer.Option(metavar="FIGURE<=NUMBER", help="A promise. Repeatable.")
]
Price = Annotated[
    str | None,
    typer.Option(
        metavar="KEY=LOW:HIGH:STEPS",
        help="What it may cost; 0 to 5 developers more in each team if not said.",
    ),
]


def _goal(maximise: str | None, minimise: str | None, require: list[str] | None) -> Goal:
    promises = tuple(Constraint.parse(text) for text in require or [])
    if maximise and minimise:
        raise typer.BadParameter("--maximise and --minimise: name one figure")
    aim = "maximise" if maximise else "minimise" if minimise else None
    return Goal.asked(
        aim, FigureName.parse(maximise or minimise or "net_points_per_sprint"), promises
    )


@app.command()
@spliced
def sweep(
    scenario: o.ScenarioFile,
    over: Over,
    *,
    figure: Figures = None,
    policy: o.Policies = None,
    changes: o.Changes,
    replications: Few = 30,
    computing: o.Computing,
    csv: outputs.Csv = None,
    plot: outputs.Plot = None,
) -> None:
    """What changes along one or two parameters."""
    from sim.report import search_tables as report
    from sim.search.sweep import sweep as run_sweep

    axes = _axes(over, (1, 2))
    figures = [FigureName.parse(f) for f in figure or ["response_hours_mean", "points_per_sprint"]]
    organisation = changes.made_to(scenario)
    reads = outputs.read_by(organisation, scenario, policy, computing.store)
    outputs.check_targets(reads, csv=csv, plot=plot)
    total = replications * math.prod(len(axis.values) for axis in axes)
    with computing.design(replications) as design, o.progress(total) as advance:
        swept = run_sweep(organisation, axes, policy or None, design, advance)
    table = swept.table(figures)
    if csv is not None:
        write_frame(csv, table)
    if plot is not None:
        from sim.report import search_pictures as pictures

        outputs.write_picture(pictures.sweep_picture(swept, figures), plot)
    if not outputs.is_printed(csv, plot):
        o.console().print(report.sweep_table(swept, figures))


@app.command("map")
@spliced
def map_(
    scenario: o.ScenarioFile,
    over: Over,
    *,
    maximise: Maximise = None,
    minimise: Minimise = None,
    require: Require = None,
    policy: o.Policies = None,
    changes: o.Changes,
    replications: Few = 30,
    computing: o.Computing,
    json_: outputs.Json = None,
    csv: outputs.Csv = None,
    plot: outputs.Plot = None,
    html: outputs.Html = None,
) -> None:
    """Which policy wins where, over two parameters."""
    from sim.report import search_tables as report
    from sim.search.sweep import policy_map
    from sim.search.sweep import sweep as run_sweep

    axes = _axes(over, (2,))
    goal = _goal(maximise, minimise, require)
    organisation = changes.made_to(scenario)
    check_askable(goal, organisation)
    reads = outputs.read_by(organisation, scenario, policy, computing.store)
    outputs.check_targets(reads, json=json_, csv=csv, plot=plot, html=html)
    total = replications * math.prod(len(axis.values) for axis in axes)
    with computing.design(replications) as design, o.progress(total) as advance:
        swept = run_sweep(organisation, axes, policy or None, design, advance)
    found = policy_map(swept, goal)
    if csv is not None:
        write_frame(csv, found.table())
    if plot is not None:
        from sim.report import search_pictures as pictures

        outputs.write_picture(pictures.map_picture(found), plot)
    if html is not None:
        from sim.report.search_html import map_html

        outputs.write_text(map_html(found, o.command()), html)
    if json_ is not None:
        outputs.write_json(report.map_json(found), json_)
    if outputs.is_printed(json_, csv, plot, html):
        return
    o.say(f"\n{report.map_finding(found)}.\n", style="bold")
    o.console().print(report.map_table(found))


@app.command()
@spliced
def recommend(
    scenario: o.ScenarioFile,
    *,
    require: Require = None,
    maximise: Maximise = None,
    minimise: Minimise = None,
    policy: o.Policies = None,
    changes: o.Changes,
    replications: InTheSearch = 20,
    fresh_replications: InTheTest = 100,
    computing: o.Computing,
    json_: outputs.Json = None,
    html: outputs.Html = None,
) -> None:
    """The best policy and parameters under promises."""
    from sim.report import recommendation as report
    from sim.search.recommend import recommend as find_best

    goal = _goal(maximise, minimise, require)
    organisation = changes.made_to(scenario)
    reads = outputs.read_by(organisation, scenario, policy, computing.store)
    outputs.check_targets(reads, json=json_, html=html)
    with (
        o.progress(None, "runs") as bar,
        computing.design(replications, bar) as design,
    ):
        found = find_best(
            organisation, goal, policy or None, design, fresh_replications, bar.expect
        )
    if html is not None:
        from sim.report.search_html import recommendation_html

        outputs.write_text(recommendation_html(found, o.command()), html)
    if json_ is not None:
        outputs.write_json(report.recommendation_json(found), json_)
    if outputs.is_printed(json_, html):
        return
    o.say(f"\n{report.recommended(found)}\n", style="bold")
    for line in (*report.in_words(found), report.just_as_good(found)):
        if line:
            o.say(line)
    o.console().print(report.candidates(found))


@app.command()
@spliced
def sensitivity(
    scenario: o.ScenarioFile,
    policy: OneOrTwo,
    *,
    figure: LookedAt = "response_hours_mean",
    input_: Inputs = None,
    inputs_from: InputsFrom = None,
    sobol_samples: Samples = None,
    changes: o.Changes,
    replications: Few = 50,
    computing: o.Computing,
    plot: outputs.Plot = None,
) -> None:
    """Which inputs move a figure, or the choice between two policies."""
    from sim.search.sensitivity import sensitivity as find_swings
    from sim.search.sobol import Indices, sobol

    looked_at = FigureName.parse(figure)
    inputs = _inputs(input_ or [], inputs_from)
    organisation = changes.made_to(scenario)
    reads = outputs.read_by(organisation, scenario, policy, computing.store, inputs_from)
    outputs.check_targets(reads, plot=plot)
    total = (
        replications * (2 * len(inputs) + 1)
        if sobol_samples is None
        else replications * sobol_samples * (len(inputs) + 2)
    )
    found: Sensitivity | Indices
    with computing.design(replications) as design, o.progress(total) as advance:
        if sobol_samples is None:
            found = find_swings(organisation, looked_at, policy, inputs, design, advance)
        else:
            found = sobol(organisation, looked_at, policy, inputs, sobol_samples, design, advance)
    if isinstance(found, Indices):
        _tell_indices(found, looked_at, plot)
    else:
        _tell_swings(found, plot)


def _inputs(named: list[str], file: Path | None) -> list[Input]:
    """Return the inputs that are named and those of a file; the usual ones where there are none."""
    from sim.search.sensitivity import DEFAULT_INPUTS, Input, measured_inputs

    inputs = [Input.parse(text) for text in named]
    inputs += measured_inputs(file) if file is not None else []
    return inputs or list(DEFAULT_INPUTS)


def _tell_indices(found: Indices, looked_at: FigureName, plot: Path | None) -> None:
    from sim.report import search_tables as report

    if plot is not None:
        from sim.report import search_pictures as pictures

        outputs.write_picture(pictures.sobol_picture(found, looked_at), plot)
    if outputs.is_printed(plot):
        return
    o.say(f"\n{report.sobol_finding(found, looked_at)}.\n", style="bold")
    o.console().print(report.sobol_table(found, looked_at))
    _tell_left_out(found.left_out)


def _tell_swings(found: Sensitivity, plot: Path | None) -> None:
    from sim.report import search_tables as report

    if plot is not None:
        from sim.report import search_pictures as pictures

        outputs.write_picture(pictures.tornado(found), plot)
    if outputs.is_printed(plot):
        return
    o.say(f"\n{report.sensitivity_finding(found)}.\n", style="bold")
    o.console().print(report.swings(found))
    _tell_left_out(found.left_out)


def _tell_left_out(inputs: dict[str, str]) -> None:
    for name, why in inputs.items():
        print(f"left out: {name} ({why})", file=sys.stderr)


@app.command()
@spliced
def hire(
    scenario: o.ScenarioFile,
    require: Promises,
    *,
    over: Price = None,
    policy: o.Policies = None,
    changes: o.Changes,
    replications: Few = 50,
    computing: o.Computing,
    plot: outputs.Plot = None,
) -> None:
    """How many people (or what else) a promise costs."""
    from sim.report import search_tables as report
    from sim.search.hire import hire as find_price

    goal = _goal(None, None, require)
    axis = Axis.parse(over) if over else None
    organisation = changes.made_to(scenario)
    reads = outputs.read_by(organisation, scenario, policy, computing.store)
    outputs.check_targets(reads, plot=plot)
    total = replications * (len(axis.values) if axis else 6)
    with computing.design(replications) as design, o.progress(total) as advance:
        curve = find_price(organisation, goal, policy or None, axis, design, advance)
    if plot is not None:
        from sim.report import search_pictures as pictures

        outputs.write_picture(pictures.hire_picture(curve), plot)
    if outputs.is_printed(plot):
        return
    o.say(f"\n{report.hire_finding(curve)}.\n", style="bold")
    for doubt in of_too_few(goal, curve.sweep.cells[0]):
        o.say(doubt)
    o.console().print(report.prices(curve))


def _axes(over: list[str], counts: tuple[int, ...]) -> list[Axis]:
    axes = [Axis.parse(text) for text in over]
    if len(axes) not in counts:
        wanted = " or ".join(str(n) for n in counts)
        raise typer.BadParameter(f"--over: name {wanted} of them (got {len(axes)})")
    return axes
