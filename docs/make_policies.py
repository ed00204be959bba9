"""Write the table and the picture of docs/policies.md: every policy in every bundled scenario.

    python docs/make_policies.py [--replications N]

Prints the tables in Markdown and writes docs/images/policies.svg.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullFormatter

import sim
from sim.experiment.comparison import DELIVERY, RESPONSE
from sim.policy.registry import known_policies
from sim.report.style import COLOURS, INK, MARKS, in_style, save, title
from sim.report.wording import hours
from sim.scenario.reading import bundled

ENOUGH = 0.8
"""Of the incidents answered in time, to count as keeping the promise."""

OWN = "the scenario's own"
"""In the picture; each scenario has one at most."""


def winner(result: sim.Result) -> str:
    """The most points among policies that answer enough in time; the quickest where none does."""
    kept = [
        label
        for label in result.labels
        if result.figure(label, "response_sla").mean >= ENOUGH
        and result.figure(label, DELIVERY).mean > 0
    ]
    if kept:
        return max(kept, key=lambda label: result.figure(label, DELIVERY).mean)
    return result.best("response_sla")


def cell(result: sim.Result, label: str, best: float, wins: bool) -> str:
    points = result.figure(label, DELIVERY).mean / best
    answered = hours(result.figure(label, RESPONSE).mean)
    kept = result.figure(label, "response_sla").mean
    share = "–" if kept != kept else f"{kept:.0%}"
    text = f"{points:.0%} · {answered} · {share}".replace("%", " %")
    return f"**{text}**" if wins else text


@in_style
def draw(results: dict[str, sim.Result], target: Path) -> None:
    """A panel a scenario: mean response against delivery, each policy with its own mark."""
    figure = Figure(figsize=(16, 6.5), layout="constrained")
    axes = figure.subplots(2, 5)
    shipped = list(known_policies())
    handles = {}
    for axis, (name, result) in zip(axes.flat, results.items(), strict=False):
        best = max(result.figure(label, DELIVERY).mean for label in result.labels)
        for label in result.labels:
            n = shipped.index(label) if label in shipped else None
            [handles[OWN if n is None else label]] = axis.plot(
                max(result.figure(label, RESPONSE).mean, 0.1),
                100 * result.figure(label, DELIVERY).mean / best,
                "p" if n is None else MARKS[n],
                color=INK if n is None else COLOURS[n],
                markersize=9 if label == winner(result) else 6,
                markeredgecolor=INK if label == winner(result) else "none",
                linestyle="none",
                label=OWN if n is None else label,
            )
        axis.set(xscale="log", title=name.replace("_", " "))
        low, high = axis.get_xlim()
        if high < 10 * low:
            axis.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        axis.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
        axis.xaxis.set_minor_formatter(NullFormatter())
        axis.set_xlabel("mean response, hours")
        axis.set_ylabel("net delivery, % of the most")
    axes.flat[-1].axis("off")
    axes.flat[-1].legend(handles=[*handles.values()], loc="center", frameon=False)
    title(
        figure,
        "No policy wins everywhere, as set and not tuned (ringed: most delivery with 4 in 5 answered in time)",
    )
    with target.open("wb") as file:
        save(figure, file, "svg")


def main() -> None:
    """Compare, print the table, draw the picture."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--replications", type=int, default=100)
    given = arguments.parse_args()
    results = {
        name: sim.compare(sim.load(path), replications=given.replications)
        for name, path in bundled().items()
    }
    print("| policy | " + " | ".join(f"`{name}`" for name in results) + " |")
    print("|" + "---|" * (len(results) + 1))
    for label in dict.fromkeys(
        [*known_policies(), *(own for r in results.values() for own in r.labels)]
    ):
        cells = []
        for result in results.values():
            if label not in result.labels:
                cells.append("–")
                continue
            best = max(result.figure(own, DELIVERY).mean for own in result.labels)
            cells.append(cell(result, label, best, label == winner(result)))
        print(f"| `{label}` | " + " | ".join(cells) + " |")
    draw(results, Path(__file__).parent / "images" / "policies.svg")


if __name__ == "__main__":
    main()
