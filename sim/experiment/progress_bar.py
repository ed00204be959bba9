"""A bar with time left, for whoever computes from Python: in a terminal and in a notebook."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

OFTEN = 0.25
"""Seconds between two looks of a bar in a notebook."""


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
    if wanted is not False and console.is_jupyter:
        with _in_a_notebook(total, what) as told:
            yield told
        return
    if wanted is False or (wanted is None and not console.is_terminal):
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


@contextmanager
def _in_a_notebook(total: int, what: str) -> Iterator[Callable[[int], None]]:
    """Show a bar below the cell, which goes when the work is done."""
    from IPython import display as shows  # there, as a notebook runs

    show: Any = shows
    shown = show.display(show.HTML(""), display_id=True)
    begun = drawn = time.monotonic()

    def told(done: int) -> None:
        nonlocal drawn
        now = time.monotonic()
        if now - drawn < OFTEN or not done:
            return
        drawn = now
        left = (now - begun) / done * (total - done)
        shown.update(
            show.HTML(
                f'<progress max="{total}" value="{done}"></progress> {done:,} of {total:,} {what}, {left:.0f} s left'
            )
        )

    try:
        yield told
    finally:
        shown.update(show.HTML(""))
