"""Answers of the search are told in words and tables."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from rich.table import Table

from sim.experiment.statistics import Interval
from sim.measures.metrics import METRICS
from sim.report import document
from sim.report.cautions import NOTHING
from sim.report.terminal_tables import plain_table
from sim.report.wording import cell, listed
from sim.scenario.reading import digest
from sim.search.goal import FigureName
from sim.search.hire import PEOPLE, Curve
from sim.search.sensitivity import Sensitivity
from sim.search.sobol import Indices
from sim.search.sweep import NOBODY, PolicyMap, Sweep

MAX_ROWS = 40
"""Of a table on a terminal; the rest is in the CSV."""


def named(figure: FigureName) -> str:
    """Return a figure in words, such as `mean response (hours), severity 1`."""
    label = METRICS[figure.metric].label
    return label if figure.group == "all" else f"{label}, {figure.group.removeprefix('kind ')}"


def interval_json(found: Interval) -> dict[str, float | None]:
    """Return an interval as plain data for other programs; what is not known is null."""
    return {k: None if math.isnan(v) else v for k, v in found._asdict().items()}


# ---- sweep ---------------------------------------------------------------------------------------


def sweep_table(swept: Sweep, figures: Sequence[FigureName]) -> Table:
    """Return a table with a row for each cell and a column for each policy and figure."""
    heads = [axis.key for axis in swept.axes] + [
        f"{policy}: {named(figure)}" for policy in swept.policies for figure in figures
    ]
    table = plain_table("Mean ± half the 95 % interval", heads)
    for n, places in enumerate(swept.places[:MAX_ROWS]):
        at = [axis.values[place] for axis, place in zip(swept.axes, places, strict=True)]
        cells = [
            cell(figure.metric, swept.figure(n, policy, figure)) + _mark(swept, n, policy, figure)
            for policy in range(len(swept.policies))
            for figure in figures
        ]
        table.add_row(*at, *cells)
    more = len(swept.places) - MAX_ROWS
    rest = f"and {more} rows more: --csv FILE has them all" if more > 0 else ""
    return _explained(table, rest)


GROWS = "†"
OVERLOADED = f"{GROWS} demand exceeds capacity there: the figure grows with the run's length"


def _explained(table: Table, *notes: str) -> Table:
    """Return the table with what is to be said below it, and what a mark means where one is
    there."""
    is_marked = any(GROWS in str(part) for column in table.columns for part in column.cells)
    below = [OVERLOADED, *notes] if is_marked else notes
    table.caption, table.caption_justify = "\n".join(filter(None, below)) or None, "left"
    return table


def _mark(swept: Sweep, place: int, policy: int, figure: FigureName) -> str:
    return "" if swept.has_steady_state(place, policy, figure) else f" {GROWS}"


# ---- map -----------------------------------------------------------------------------------------


def map_finding(found: PolicyMap) -> str:
    """Say who wins how much of the map, and how much of it is sure."""
    shares = list(found.shares.items())
    sure = 100 * float((~found.contested).mean())
    name, share = shares[0]
    opening = (
        f"{_verb(name)} in {100 * share:.0f} % of the {found.winners.size} cells"
        if len(shares) > 1
        else f"{_verb(name)} everywhere"
    )
    others = ", ".join(f"{other} in {100 * part:.0f} %" for other, part in shares[1:4])
    return f"{opening}{', ' + others if others else ''}; {sure:.0f} % of the map is sure"


def map_certainty(found: PolicyMap) -> str:
    """Say how sure the map is."""
    sure = 100 * float((~found.contested).mean())
    return (
        f"In {sure:.0f} % of the cells no other policy may be the best, with 95 % confidence; "
        f"{found.sweep.replications:,} random futures in each cell, the same for all policies."
    )


def _verb(name: str) -> str:
    return name if name.startswith("none") else f"{name} wins"


def map_table(found: PolicyMap) -> Table:
    """Return a table of the share of cells that each winner has, and how much of it is
    contested."""
    table = plain_table(
        f"Which policy is best by {found.goal}", ["policy", "wins", "of it contested"]
    )
    for name, share in found.shares.items():
        own = found.winners == next(n for n in {*found.winners.flat} if found.name(int(n)) == name)
        table.add_row(name, f"{100 * share:.0f} %", f"{100 * found.contested[own].mean():.0f} %")
    return table


def map_cells(found: PolicyMap) -> document.ReportTable:
    """Return a table of the winner of every cell."""
    first, second = found.sweep.axes
    return document.ReportTable(
        "Every cell; (?) where another policy may as well be the best",
        [f"{first.key} ↓ · {second.key} →", *second.values],
        [
            [
                value,
                *(
                    found.name(int(winner)) + (" (?)" if contested else "")
                    for winner, contested in zip(winners, doubts, strict=True)
                ),
            ]
            for value, winners, doubts in zip(
                first.values, found.winners, found.contested, strict=True
            )
        ],
    )


def map_json(found: PolicyMap) -> dict[str, Any]:
    """Return everything about a map as plain data for other programs.

    `cells` are in the order of the first axis, then the second.
    """
    swept = found.sweep
    return {
        "scenario": {"name": swept.scenario.name, "sha256": digest(swept.scenario)},
        "goal": str(found.goal),
        "axes": [{"key": axis.key, "values": list(axis.values)} for axis in swept.axes],
        "policies": list(swept.policies),
        "cells": [_cell_json(found, cell, *places) for cell, places in enumerate(swept.places)],
        "replications": swept.replications,
        "seed": swept.seed,
    }


def _cell_json(found: PolicyMap, cell: int, row: int, column: int) -> dict[str, Any]:
    """Return a cell's winner with the goal's figure there; null for both where nobody keeps the
    promises."""
    winner, figure = int(found.winners[row, column]), found.goal.figure
    return {
        "winner": None if winner == NOBODY else found.name(winner),
        "contested": bool(found.contested[row, column]),
        str(figure): None
        if winner == NOBODY
        else interval_json(found.sweep.figure(cell, winner, figure)),
    }


# ---- sensitivity ---------------------------------------------------------------------------------


def looked_at(found: Sensitivity) -> str:
    """Say what the swings are of."""
    names = [policy.label for policy in found.policies]
    return f"{named(found.figure)} of {' minus that of '.join(names)}"


def sensitivity_finding(found: Sensitivity) -> str:
    """Say what matters most, and what turns the choice round."""
    first = found.widest
    if first is None:
        return (
            f"In {found.replications} replications no input surely moves {looked_at(found)}; "
            "more may tell"
        )
    text = (
        f"{looked_at(found)} moves most with “{first.input.name}”: from "
        f"{cell(found.figure.metric, first.at_low)} to {cell(found.figure.metric, first.at_high)}"
    )
    if len(found.policies) < 2:
        return text
    flips = ", ".join(f"“{swing.input.name}”" for swing in found.flips)
    return text + (
        f"; the better policy changes with {flips}" if flips else "; none turns the choice"
    )


def swings(found: Sensitivity) -> Table:
    """Return a table of every input, the widest swing first."""
    table = plain_table(
        f"{looked_at(found)}; as it is {cell(found.figure.metric, found.base)}",
        ["input", "at the low end", "at the high end", "range"],
    )
    for swing in found.swings:
        ends = (cell(found.figure.metric, end) for end in (swing.at_low, swing.at_high))
        mark = (f" {GROWS}" if swing.overloaded else "") + ("" if swing.is_sure else " ?")
        ranges = f"{swing.input.low} to {swing.input.high}"
        table.add_row(swing.input.name + mark, *ends, ranges)
    return _explained(table, "" if all(s.is_sure for s in found.swings) else "? may be chance")


def sobol_finding(found: Indices, figure: FigureName) -> str:
    """Say which input matters most, and whether that is sure."""
    leading = found.may_lead
    if len(leading) > 1:
        names = listed([f"“{found.inputs[n]}”" for n in leading])
        return f"Which of {names} moves {named(figure)} most cannot be told from so few samples"
    [first] = leading
    share = found.total[first].mean
    return f"“{found.inputs[first]}” has a part in {share:.0%} of what moves {named(figure)}"


def sobol_table(found: Indices, figure: FigureName) -> Table:
    """Return a table of each input's share of the variance."""
    table = plain_table(
        f"Sobol's indices of {named(figure)}, from {found.scenarios} scenarios",
        ["input", "alone", "with others"],
    )
    order = sorted(range(len(found.inputs)), key=lambda n: -found.total[n].mean)
    for n in order:
        parts = (
            f"{i[n].mean:.2f} ({i[n].low:.2f} to {i[n].high:.2f})"
            for i in (found.first, found.total)
        )
        table.add_row(found.inputs[n], *parts)
    return table


# ---- hire ----------------------------------------------------------------------------------------


POINTS = FigureName("points_per_sprint")


def hire_finding(curve: Curve) -> str:
    """Say what the cheapest way to keep the promises is."""
    prices = {
        policy: price
        for n, policy in enumerate(curve.sweep.policies)
        if (price := curve.price(n)) is not None
    }
    promises = " and ".join(str(promise) for promise in curve.goal.promises)
    if not prices:
        return f"No policy keeps {promises} within {_price(curve, max(curve.prices))}"
    least = min(prices.values())
    points = {
        policy: curve.at_price(curve.sweep.policies.index(policy), least, POINTS).mean
        for policy, price in prices.items()
        if price == least
    }
    worth_naming = NOTHING * max(points.values())
    cheapest = [policy for policy, mean in points.items() if mean >= worth_naming]
    return f"{promises} costs {_price(curve, least)} under {listed(cheapest)}"


def _price(curve: Curve, price: float) -> str:
    axis = curve.sweep.axes[0]
    if axis.key != PEOPLE:
        return f"{axis.key} {axis.values[curve.prices.index(price)]}"
    if price < 0:
        return f"{-price:g} developer{'s' * (price != -1)} fewer"
    return "nobody more" if price == 0 else f"{price:g} developer{'s' * (price != 1)} more"


def prices(curve: Curve) -> Table:
    """Return a table of each policy, what it costs, and the promises' figures along the way."""
    in_people = curve.sweep.axes[0].key == PEOPLE
    steps = [f"{price:+g}" if in_people else _price(curve, price) for price in curve.prices]
    what = "by developers more, all teams together" if in_people else "at each step"
    table = plain_table(
        f"{named(curve.goal.promises[0].figure)}, {what}",
        ["policy", "keeps all from", f"there, {named(POINTS)}", *steps],
    )
    promise = curve.goal.promises[0]
    for n, policy in enumerate(curve.sweep.policies):
        price = curve.price(n)
        table.add_row(
            policy,
            "never" if price is None else steps[curve.prices.index(price)],
            "–" if price is None else cell(POINTS.metric, curve.at_price(n, price, POINTS)),
            *(
                cell(promise.figure.metric, mean) + _mark(curve.sweep, place, n, promise.figure)
                for place, mean in enumerate(curve.promised(n, promise))
            ),
        )
    return _explained(table)
