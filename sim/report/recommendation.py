"""A recommendation is told in words and tables."""

from __future__ import annotations

import math
from typing import Any

from rich.table import Table

from sim.experiment.statistics import Interval
from sim.measures.metrics import METRICS
from sim.policy.parameters import shown
from sim.report import document
from sim.report.search_tables import interval_json, named
from sim.report.terminal_tables import plain_table
from sim.report.wording import cell, hours
from sim.scenario.reading import digest
from sim.search.goal import Constraint
from sim.search.recommend import Candidate, Recommendation, beside


def recommendation_certainty(found: Recommendation) -> str:
    """Say what the answer rests on."""
    return (
        f"Found among {found.searched:,} variants, then tested on {found.replications:,} random futures "
        "that the search had not seen; intervals are at 95 %."
    )


def just_as_good(found: Recommendation) -> str:
    """Say how many other variants cannot be told from the answer, and of which policies; else
    nothing."""
    others = [c.policy for c in found.candidates[1:] if c.policy.label in found.alike]
    if not others:
        return ""
    ids = ", ".join(dict.fromkeys(policy.id for policy in others))
    variants = "variant" if len(others) == 1 else "variants"
    return (
        f"Just as good, as far as {found.replications} paths tell: {len(others)} other {variants}, of "
        f"{ids}."
    )


def settings_in_words(found: Recommendation) -> list[str]:
    """Say what the answer's parameters mean, a line each."""
    policy = found.best.policy
    name = f"{policy.label}: {policy.title}." if policy.title else ""
    return [
        *([name] if name else []),
        *(
            f"  {setting} = {shown(value)}: {policy.parameters[setting].about}"
            for setting, value in policy.settings.items()
        ),
    ]


def in_words(found: Recommendation) -> list[str]:
    """Return the answer's name and settings, what it means besides, and what else is worth a
    look."""
    more = (*found.doubts, robustness(found), besides(found), worth_a_look(found))
    return [*settings_in_words(found), *filter(None, more)]


def recommended(found: Recommendation) -> str:
    """Return the answer in a sentence, without those that are just as good."""
    best = found.best
    figure = f"{named(found.goal.figure)} {cell(found.goal.figure.metric, best.figure)}"
    if not found.is_feasible:
        broken = "; ".join(
            f"{promise} (it is {cell(promise.figure.metric, mean)})"
            for promise, mean in zip(found.goal.promises, best.promises, strict=True)
            if promise.shortfall(mean.mean) > 0
        )
        return (
            f"No policy keeps all promises. The closest is {best.policy.label} with {figure}; "
            f"it breaks {broken}."
        )
    kept = ", ".join(
        f"{promise} ({cell(promise.figure.metric, mean)}{_doubt(promise, mean)})"
        for promise, mean in zip(found.goal.promises, best.promises, strict=True)
    )
    return f"Take {best.policy.label}: {figure}" + (f", keeping {kept}" if kept else "") + "."


def _doubt(promise: Constraint, mean: Interval) -> str:
    """Say so where the interval reaches over the limit."""
    return "" if promise.kept(mean).surely else ", barely: the interval reaches beyond"


def robustness(found: Recommendation) -> str:
    """Say in how many sets of assumptions the answer keeps its promises; nothing where none were looked at."""
    if not found.sets:
        return ""
    return (
        f"What is not known: it keeps every promise in {found.best.sets_kept} of {found.sets} sets of assumptions; "
        "of those within 1 % of the best that were looked at, none is surer."
    )


def besides(found: Recommendation) -> str:
    """Say what the answer means for what was not asked, so that no cost of it goes unsaid."""
    figures = zip(beside(found.scenario, found.goal), found.best.beside, strict=True)
    told = [
        f"{named(figure)} {cell(figure.metric, mean)}"
        for figure, mean in figures
        if not math.isnan(mean.mean)
    ]
    return f"Besides: {'; '.join(told)}." if told else ""


def worth_a_look(found: Recommendation) -> str:
    """Name another answer that hardly falls behind, and is surer or much quicker; else nothing."""
    other = found.nearly_as_good
    if other is None:
        return ""
    metric = found.goal.figure.metric
    figures = f"{named(found.goal.figure)} {cell(metric, other.figure)}"
    surely = "" if found.is_sure(found.best) else " but surely keeps every promise"
    kept = [
        f"{promise.figure} {cell(promise.figure.metric, mean)}"
        for promise, mean in zip(found.goal.promises, other.promises, strict=True)
    ]
    quick = f"mean response {hours(other.response)} instead of {hours(found.best.response)}"
    return f"Worth a look: {other.policy.label} has {figures}{surely}: {'; '.join([*kept, quick])}."


def candidates(found: Recommendation) -> Table:
    """Return a table of the finalists on fresh paths."""
    promises = [str(promise) for promise in found.goal.promises]
    others = beside(found.scenario, found.goal)
    table = plain_table(
        f"Tested on {found.replications} fresh paths, out of {found.searched} variants tried",
        ["policy", named(found.goal.figure), *promises, *map(named, others)],
    )
    for candidate in found.candidates:
        table.add_row(
            candidate.policy.label.replace(",", ",\n").replace(":", ":\n"),
            cell(found.goal.figure.metric, candidate.figure),
            *(
                cell(p.figure.metric, mean) + ("" if p.shortfall(mean.mean) == 0 else " broken")
                for p, mean in zip(found.goal.promises, candidate.promises, strict=True)
            ),
            *(cell(f.metric, mean) for f, mean in zip(others, candidate.beside, strict=True)),
        )
    return table


def promises_table(found: Recommendation) -> document.ReportTable:
    """Return a table of the answer's figures against what was wanted."""
    best, figure = found.best, found.goal.figure
    rows = [
        [
            _wanted(promise),
            cell(promise.figure.metric, mean),
            "broken" if promise.shortfall(mean.mean) > 0 else f"kept{_doubt(promise, mean)}",
        ]
        for promise, mean in zip(found.goal.promises, best.promises, strict=True)
    ]
    aim = f"{named(figure)}: as {'much' if found.goal.sign > 0 else 'little'} as can be"
    return document.ReportTable(
        f"{best.policy.label} against what was wanted",
        ["wanted", "it is", "so it is"],
        [*rows, [aim, cell(figure.metric, best.figure), "–"]],
    )


def alike_table(found: Recommendation) -> document.ReportTable:
    """Return a table of those that are just as good, as far as the fresh paths tell."""
    figures = {one.policy.label: one.figure for one in found.candidates}
    others = [label for label in found.alike if label != found.best.policy.label]
    return document.ReportTable(
        f"Just as good, as far as {found.replications} paths tell: {len(others)} others",
        ["policy", named(found.goal.figure)],
        [[label, cell(found.goal.figure.metric, figures[label])] for label in others],
    )


def _wanted(promise: Constraint) -> str:
    """Return a promise in words, such as `answered in time: at least 90 %`."""
    percent = METRICS[promise.figure.metric].percent
    limit = f"{100 * promise.limit:g} %" if percent else f"{promise.limit:g}"
    return f"{named(promise.figure)}: at {'most' if promise.at_most else 'least'} {limit}"


def recommendation_json(found: Recommendation) -> dict[str, Any]:
    """Return everything about a recommendation as plain data for other programs."""
    return {
        "scenario": {"name": found.scenario.name, "sha256": digest(found.scenario)},
        "goal": str(found.goal),
        "feasible": found.is_feasible,
        "best": _candidate_json(found, found.best),
        "alike": list(found.alike),
        "worth_a_look": found.nearly_as_good and found.nearly_as_good.policy.label,
        "candidates": [_candidate_json(found, candidate) for candidate in found.candidates],
        "searched": found.searched,
        "fresh_replications": found.replications,
        "seed": found.seed,
    }


def _candidate_json(found: Recommendation, candidate: Candidate) -> dict[str, Any]:
    return {
        "policy": candidate.policy.label,
        "parameters": candidate.policy.values,
        "keeps_promises": candidate.score.is_feasible,
        str(found.goal.figure): interval_json(candidate.figure),
        "promises": {
            str(promise): interval_json(mean)
            for promise, mean in zip(found.goal.promises, candidate.promises, strict=True)
        },
    }
