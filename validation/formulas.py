"""The proof by theory: every case run long, its table and its picture."""

from __future__ import annotations

from collections.abc import Callable

import matplotlib

matplotlib.use("agg")
import matplotlib.pyplot as plt

from validation.case import HALF_WIDTH, Verdict, examine, without_mechanism
from validation.section import BLUE, GREY, ORANGE, Section, percent, save, yes
from validation.theory import CASES

Progress = Callable[[str, int, int], None]


def prove(progress: Progress, length: str = "long") -> Section:
    """Every case with its mechanism, and without."""
    verdicts: list[Verdict] = []
    refuted: list[Verdict] = []
    for n, case in enumerate(CASES):
        progress(f"theory, {case.id}", n, len(CASES))
        verdicts.append(examine(case, length, workers=2))
        refuted.append(examine(without_mechanism(case), "normal", workers=2))
    rows: list[tuple[str, ...]] = []
    failures: list[str] = []
    for verdict, bare in zip(verdicts, refuted, strict=True):
        rows += _rows(verdict, bare)
        if not verdict.passes:
            failures.append(verdict.case.id)
        if not bare.refuted:
            failures.append(f"{verdict.case.id} passes with {verdict.case.without[0]}")
    _draw(verdicts)
    return Section(
        id="theory",
        title="The model against formulas",
        before=(
            f"{len(CASES)} cases, {len(rows)} figures, each from a scenario file of "
            "`validation/scenarios/` with the changes that `validation/theory/` names. A case passes "
            "when every exact value lies in the 99.9 % interval over replications and the interval's "
            f"half-width is under {percent(HALF_WIDTH[length])} of it. Each case was also run with its "
            "mechanism switched off, as the last column says: it must then miss an exact value, and "
            "does. In every run, three laws hold to the second: Little's (area under the number in "
            "system = sum of times in it), utilisation (time of people = time of incidents in work), "
            "and conservation of effort. In the test suite the same cases run shorter, with 5 %; "
            "`make test-long` runs them at 1 %."
        ),
        columns=(
            "case", "formula, source", "figure", "exact", "found", "± of exact", "passes",
            "fails with",
        ),
        rows=rows,
        failures=tuple(failures),
        pictures={
            "validation_theory.svg": "Every figure found, divided by its exact value, with the 99.9 % "
            "interval: all hold 1"
        },
    )  # fmt: skip


def _rows(verdict: Verdict, bare: Verdict) -> list[tuple[str, ...]]:
    case = verdict.case
    rows: list[tuple[str, ...]] = []
    for n, (answer, found) in enumerate(zip(case.answers, verdict.found, strict=True)):
        half = (found.high - found.low) / 2 / abs(answer.exact)
        first = n == 0
        rows.append(
            (
                f"{case.id}: {case.title}" if first else "",
                f"{case.formula}; {case.source}" if first else "",
                answer.what,
                f"{answer.exact:.4f}",
                f"{found.mean:.4f}",
                percent(half, 2),
                yes(verdict.holds(n) and not verdict.broken),
                (case.without[0] + ("" if bare.refuted else ": **passes**")) if first else "",
            )
        )
    return rows


def _draw(verdicts: list[Verdict]) -> None:
    matplotlib.rcParams["svg.hashsalt"] = "firelane"
    lines = [
        (f"{v.case.id}: {answer.what}", answer.exact, found, v.holds(n))
        for v in verdicts
        for n, (answer, found) in enumerate(zip(v.case.answers, v.found, strict=True))
    ]
    figure, axis = plt.subplots(figsize=(8, 0.19 * len(lines) + 1), layout="constrained")
    for place, (_, exact, found, holds) in enumerate(lines):
        ends = [found.low / exact, found.high / exact]
        colour = BLUE if holds else ORANGE
        axis.plot(ends, [place, place], color=colour, linewidth=1.5)
        axis.plot(found.mean / exact, place, "o", color=colour, markersize=3)
    axis.axvline(1, color=GREY, linewidth=1)
    axis.set_yticks(range(len(lines)), [name for name, *_ in lines], fontsize=7)
    axis.invert_yaxis()
    axis.set_ylim(len(lines), -1)
    axis.set_xlabel("found over exact, with the 99.9 % interval")
    save(figure, "validation_theory.svg")
