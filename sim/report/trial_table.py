"""What a pilot would show, as a table for the terminal."""

from __future__ import annotations

from rich.table import Table

from sim.experiment.trial import FEWEST, Trial
from sim.report import decision_words as words
from sim.report.wording import percent

SHOWN = (2, 3, 4, 6, 8, 13)
"""Sprints whose power the table has."""


def trial_table(found: Trial) -> Table:
    """Return a row for each figure: before, in the pilot, by the policy alone, how soon it shows, and the power."""
    table = Table(box=None, padding=(0, 1), caption_justify="left")
    table.title = f"{len(found.teams)} of {len(found.scenario.teams)} teams, from {found.before.title} to {found.after.title}"
    table.caption = (
        "Power: the share of pilots so long in which the difference to the sprints before is significant (Welch's test, "
        "95 %). By the policy: beside staying on the same futures, without what would have changed anyway."
    )
    for head in ("figure", "before", f"in {found.length} sprints", "by the policy", "shows"):
        table.add_column(head, justify="left" if head in ("figure", "shows") else "right")
    for sprints in SHOWN:
        table.add_column(f"power, {sprints}", justify="right")
    for own in found.showings:
        table.add_row(
            words.FIGURES[own.figure],
            words.value(own.figure, own.before),
            words.value(own.figure, own.then),
            words.signed(own.figure, own.effect),
            words.showing(own),
            *(percent(own.power[sprints - FEWEST]) for sprints in SHOWN),
        )
    return table
