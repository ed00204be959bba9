"""What computes is ended without waiting for what is under way."""

from __future__ import annotations

from contextlib import ExitStack, suppress


def ended_at_once(stack: ExitStack) -> None:
    """Close what was opened as if it had been interrupted: its workers are ended in the midst of a task."""
    with suppress(KeyboardInterrupt):
        stack.__exit__(KeyboardInterrupt, KeyboardInterrupt(), None)
