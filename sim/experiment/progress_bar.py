"""A bar with time left, for whoever computes from Python: in a terminal and in a notebook."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def bar(
    total: int, what: str, wanted: bool | None = None
) -> Iterator[Callable[[int], None] | None]:
    """Show a bar on standard error while something is computed.

    Args:
        total: how much there is to do.
        what: of what.
        wanted: whether to show it; None: where standard error is a terminal, or in a notebook.

    Yields:
        What is called with how much is done; None where nothing is shown.
    """
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    console = Console(stderr=True)
    if wanted is False or (wanted is None and not (console.is_terminal or console.is_jupyter)):
        yield None
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True) as shown:
        task = shown.add_task(what, total=total)
        yield lambda done: shown.update(task, completed=done)
