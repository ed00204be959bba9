"""`benchmark`: the public table, made again, with policies of one's own beside the bundled ones."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from sim.commands import options as o
from sim.commands import outputs
from sim.commands.splicing import spliced
from sim.policy.contract import Policy
from sim.policy.registry import find_policy

Named = Annotated[
    list[str] | None,
    typer.Option(metavar="NAME", help="Only this scenario of the benchmark. Repeatable."),
]
More = Annotated[
    list[str] | None,
    typer.Option(
        "--policy",
        metavar="FILE.py",
        callback=o.with_files,
        help="A policy of one's own, beside the bundled ones. Repeatable.",
    ),
]
Alone = Annotated[bool, typer.Option("--alone", help="Only the policies of --policy.")]
Workers = Annotated[int | None, typer.Option(min=1, help="Processes; one per core if not said.")]


@spliced
def benchmark(
    *,
    scenario: Named = None,
    policy: More = None,
    alone: Alone = False,
    workers: Workers = None,
    json_: outputs.Json = None,
) -> None:
    """Make the public table: eight scenarios, every policy well set, both spreads, digests (docs/benchmark.md)."""
    from sim.report.benchmark_table import as_data, in_markdown
    from sim.search.benchmark import SCENARIOS
    from sim.search.benchmark import benchmark as made

    for name in scenario or ():
        if name not in SCENARIOS:
            raise typer.BadParameter(
                f"--scenario {name}: expected one of {', '.join(SCENARIOS)}, which the benchmark consists of"
            )
    more = [own if isinstance(own, Policy) else find_policy(own) for own in policy or ()]
    if alone and not more:
        raise typer.BadParameter("--alone: leaves nothing to compare; name a --policy")
    outputs.check_targets([], json=json_)
    tables = []
    for name in scenario or SCENARIOS:
        table = made(name, _stage, more, more if alone else None, workers)
        tables.append(table)
        if not outputs.is_printed(json_):
            print(in_markdown(table), flush=True)
    if json_ is not None:
        outputs.write_json(as_data(tables), json_)


@contextmanager
def _stage(what: str, total: int | None) -> Iterator[o.Bar]:
    with o.progress(total, what) as bar:
        yield bar
