"""The report of a scenario held against history."""

from __future__ import annotations

from sim.calibrate.backtest import Backtest
from sim.report.assumptions import assumptions
from sim.report.backtest_tables import picture, table, verdict_lines
from sim.report.document import Document, Picture, Section, as_html, from_terminal
from sim.report.reproduction import how_to_reproduce


def backtest_html(found: Backtest, command: str) -> str:
    """Return one self-contained HTML file; the same backtest gives the same text."""
    design, *verdicts, summary = (line.removeprefix("- ") for line in verdict_lines(found))
    shown = Picture(
        picture(found),
        "History as dots, the model as bands that hold nine in ten futures. " + " ".join(verdicts),
        "Dots are history; bands and bars hold 90 % of the simulated futures.",
    )
    page = Document(
        f"{found.scenario.name}: the model beside history",
        summary,
        design,
        [
            Section(
                "History and model", [shown, *verdicts, from_terminal(table(found), words=True)]
            ),
            Section("What was assumed", [assumptions(found.scenario)]),
            how_to_reproduce(
                found.scenario,
                command,
                found.seed,
                [("replications", f"{found.replications:,}"), ("policy in force", found.policy)],
            ),
        ],
    )
    return as_html(page)
