"""What a command writes is checked before the long work, and written whole after it."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.files.results import is_regular, is_standard_output, place, result_file
from sim.scenario.reading import find

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from sim.policy.contract import Policy
    from sim.scenario.schema import Scenario

Json = Annotated[
    Path | None,
    typer.Option("--json", metavar="FILE", help="Write every figure as JSON; - to print it."),
]
Csv = Annotated[
    Path | None,
    typer.Option("--csv", metavar="FILE", help="Write the table as CSV; - to print it."),
]
Plot = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Write the picture; .png, .svg or .pdf.")
]
Html = Annotated[
    Path | None,
    typer.Option(
        "--html", metavar="FILE", help="Write a report to forward: one file that holds everything."
    ),
]

PICTURES = (".png", ".svg", ".pdf")


def read_by(
    scenario: Scenario, file: Path, policies: Iterable[Policy | str] | None, *others: Path | None
) -> list[Path]:
    """Return the files that a command reads: its scenario with the recorded log, policies, and
    `others`."""
    of_policies = (getattr(policy, "file", "") for policy in policies or ())
    named = (find(file), scenario.log_path, *(Path(p) for p in of_policies if p), *others)
    return [path for path in named if path is not None]


def check_targets(reads: Iterable[Path] = (), **targets: Path | None) -> None:
    """Find out before the long work, not after it, that its result cannot be kept.

    Args:
        reads: files that are no target.
        targets: by the option that named them.

    Raises:
        typer.BadParameter: naming the option.
    """
    taken = {place(path): f"is what is read here ({path}), and would be lost" for path in reads}
    printed = ""
    for name, target in targets.items():
        if target is None:
            continue
        option = f"--{name} {target}"
        if is_standard_output(target):
            if printed:
                raise typer.BadParameter(f"{option}: standard output has that of {printed} already")
            if name == "plot" and sys.stdout.isatty():
                raise typer.BadParameter(f"{option}: a terminal cannot show it; name a file")
            printed = f"--{name}"
        elif is_regular(target):
            _check_file(name, target)
            if trouble := taken.get(place(target)):
                raise typer.BadParameter(f"{option}: {trouble}")
            taken[place(target)] = f"is where --{name} writes, too"


def _check_file(name: str, target: Path) -> None:
    option = f"--{name} {target}"
    if name == "plot" and target.suffix.lower() not in PICTURES:
        raise typer.BadParameter(f"{option}: the name must end in .png, .svg or .pdf")
    if target.is_dir():
        raise typer.BadParameter(f"{option}: is a folder; expected the name of a file")
    if target.exists() and not target.is_file():
        raise typer.BadParameter(f"{option}: is neither a file nor a pipe")
    if not target.parent.is_dir():
        raise typer.BadParameter(f"{option}: there is no folder {target.parent}")


def is_printed(*targets: Path | None) -> bool:
    """Return whether standard output is taken by one of the results, so that nothing else may go
    there."""
    return any(target is not None and is_standard_output(target) for target in targets)


def write_picture(figure: Figure, target: Path) -> None:
    """Write a picture in the form that the name's ending says.

    It is a PNG where the ending says none, as that of a pipe.
    """
    from sim.report.style import save

    ending = target.suffix.lower()
    with result_file(target, "wb") as file:
        save(figure, file, ending.removeprefix(".") if ending in PICTURES else "png")


def write_text(text: str, target: Path) -> None:
    """Write text to a file, as it is."""
    with result_file(target) as file:
        file.write(text)


def write_json(found: dict[str, Any], target: Path, indent: int = 1) -> None:
    """Write JSON that any program reads: without NaN."""
    text = json.dumps(found, indent=indent, ensure_ascii=False, allow_nan=False)
    write_text(text + "\n", target)
