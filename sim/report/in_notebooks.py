"""What results look like at the end of a cell of a notebook."""

from __future__ import annotations

from html import escape

from sim.experiment.comparison import HEADLINE, Comparison
from sim.measures.metrics import METRICS
from sim.report.finding import certainty, finding
from sim.report.wording import cell, title_of


def result_html(comparison: Comparison) -> str:
    """Return the finding, how sure it is, and the short table."""
    heads = "".join(f"<th>{escape(METRICS[metric].label)}</th>" for metric in HEADLINE)
    rows = "".join(
        f"<tr><th>{escape(title_of(comparison, label))}</th>"
        + "".join(
            f"<td>{escape(cell(metric, comparison.figure(label, metric)))}</td>"
            for metric in HEADLINE
        )
        + "</tr>"
        for label in comparison.labels
    )
    return (
        f"<p><b>{escape(finding(comparison))}.</b> {escape(certainty(comparison))}</p>"
        f"<table><thead><tr><th></th>{heads}</tr></thead><tbody>{rows}</tbody></table>"
    )
