"""A comparison as a table of LaTeX: whatever names hold, it typesets."""

from __future__ import annotations

from collections.abc import Sequence

from sim.experiment.comparison import Comparison
from sim.measures.metrics import METRICS
from sim.report.provenance import in_latex
from sim.report.wording import cell, title_of


def latex_table(comparison: Comparison, metrics: Sequence[str]) -> str:
    r"""Return a `tabular` that needs `\usepackage{booktabs}`: policies down, figures across.

    Raises:
        KeyError: for an unknown figure.
    """
    heads = [in_latex(METRICS[metric].label) for metric in metrics]
    lines = [
        r"\begin{tabular}{l" + "r" * len(metrics) + "}",
        r"\toprule",
        " & ".join(["policy", *heads]) + r" \\",
        r"\midrule",
    ]
    for label in comparison.labels:
        cells = [_cell(comparison, label, metric) for metric in metrics]
        lines.append(" & ".join([in_latex(title_of(comparison, label)), *cells]) + r" \\")
    return "\n".join([*lines, r"\bottomrule", r"\end{tabular}", ""])


def _cell(comparison: Comparison, label: str, metric: str) -> str:
    text = cell(metric, comparison.figure(label, metric))
    number = text.replace("%", r"\,\%").replace(" ", "").replace("±", r"\pm ").replace("–", "-")
    return f"${number}$".replace("−", "-")
