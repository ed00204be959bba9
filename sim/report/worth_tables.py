"""What to measure next, in words and tables."""

from __future__ import annotations

from typing import Any

from rich.table import Table

from sim.report.terminal_tables import plain_table
from sim.report.wording import listed, short
from sim.search.worth import WorthOfKnowing


def worth_finding(found: WorthOfKnowing) -> str:
    """Say which input to measure next, or that none changes the choice."""
    chosen = f"For what is known now, {found.chosen} is best"
    first = found.worths[0]
    if first.value == 0:
        return f"{chosen}, and no input alone would change that: nothing need be measured for this choice"
    return (
        f"Measure {first.input.key} next: to know it is worth {amount(found, first.value)} a team-sprint. "
        f"{chosen}"
    )


def worth_explained(found: WorthOfKnowing) -> str:
    """Say what the worth is of, and how it was found."""
    kept = f" while it keeps {listed([str(p) for p in found.promises])}" if found.promises else ""
    short_of = (
        " To fall short of a promise by a tenth of its limit counts as a tenth of what is delivered."
        if found.promises
        else ""
    )
    return (
        f"Best is what brings most{kept}. A worth is what one would gain on average by choosing with the input "
        f"known; all inputs together, {amount(found, found.everything)}.{short_of} From {found.sets} sets of "
        f"assumptions, {found.paths} random futures each; what chance alone would make up counts as nothing."
    )


def worths(found: WorthOfKnowing) -> Table:
    """Return a table of every input, the dearest first."""
    table = plain_table(
        f"What to know is worth, {found.unit} a team-sprint",
        ["input", "may be", "worth knowing", "chance would make up at most"],
    )
    for worth in found.worths:
        value = short(worth.value) if worth.value else "nothing"
        table.add_row(worth.input.key, worth.input.ends, value, short(worth.at_most_by_chance))
    return table


def amount(found: WorthOfKnowing, value: float) -> str:
    """Return a worth with its unit: `0.3 net points`, `240 EUR`."""
    return f"{short(value)} {found.unit}"


def worth_json(found: WorthOfKnowing) -> dict[str, Any]:
    """Return all of it as data for JSON."""
    return {
        "scenario": found.scenario.name,
        "chosen": found.chosen,
        "unit": f"{found.unit} a team-sprint",
        "everything": found.everything,
        "measure_next": [
            {
                "key": worth.input.key,
                "range": worth.input.ends,
                "worth": worth.value,
                "by_chance": worth.at_most_by_chance,
            }
            for worth in found.worths
        ],
        "promises": [str(promise) for promise in found.promises],
        "sets": found.sets,
        "paths": found.paths,
        "seed": found.seed,
    }
