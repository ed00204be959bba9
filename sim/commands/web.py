"""`web`: the live what-if page."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sim.commands import options as o
from sim.policy.registry import find_policy

app = typer.Typer()


@app.command()
def web(
    scenario: Annotated[
        Path | None,
        typer.Argument(
            metavar="[SCENARIO]",
            help="A scenario file; those that ship are there.",
            autocompletion=o.scenario_names,
        ),
    ] = None,
    port: Annotated[int, typer.Option(min=0, max=65_535, help="0: any that is free.")] = 8000,
    host: Annotated[
        str, typer.Option(help="Beyond this machine the page asks for a token, which is printed.")
    ] = "127.0.0.1",
    no_browser: Annotated[
        bool, typer.Option("--no-browser", help="Do not open a browser.")
    ] = False,
    policy: Annotated[
        list[str] | None,
        typer.Option(
            metavar=o.POLICY,
            callback=o.with_files,
            autocompletion=o.policy_names,
            help="Show this policy, or FILE.py that holds one, too. Repeatable.",
        ),
    ] = None,
    workers: Annotated[
        int | None, typer.Option(min=1, help="Processes; one per core if not said.")
    ] = None,
) -> None:
    """Move sliders and see what they do to every policy, live."""
    from sim.web.serve import serve  # a server takes a while to load

    shown = [find_policy(p) for p in policy or []]
    serve(scenario, host, port, not no_browser, shown, workers)
