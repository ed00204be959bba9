"""The reporting items of STRESS-DES, filled in from a run.

T. Monks et al., Strengthening the reporting of empirical simulation studies, Journal of Simulation
13(1), 2019, 55-67.
"""

from __future__ import annotations

from sim.experiment.comparison import DELIVERY, HEADLINE, RESPONSE, Comparison
from sim.measures.metrics import METRICS
from sim.report.document import ReportTable, Section
from sim.report.own_policies import own
from sim.report.reproduction import versions
from sim.report.wording import beginning, cell


def checklist(result: Comparison) -> Section:
    """Return every reporting item with what this study answers."""
    rows = [
        *_objectives(result),
        *_logic(result),
        *_data(result),
        *_experiment(result),
        *_code(result),
    ]
    return Section(
        "Reporting items (STRESS-DES)",
        [
            "After Monks et al., Journal of Simulation 13(1), 2019, 55–67.",
            ReportTable(
                "Items of the guideline, filled in from this run",
                ("item", "answer"),
                rows,
                words=True,
            ),
        ],
    )


Row = tuple[str, str]


def _objectives(result: Comparison) -> list[Row]:
    outputs = ", ".join(METRICS[metric].label for metric in HEADLINE)
    return [
        (
            "1.1 purpose",
            "Choose a support model: how quickly incidents are answered against how much is delivered.",
        ),
        (
            "1.2 outputs",
            f"{outputs}; computed in each replication, then averaged over replications with Student's "
            "95 % interval; differences path by path. Definitions: docs/design.md, “What is measured”.",
        ),
        (
            "1.3 aims",
            f"Policies compared: {', '.join(result.labels)}. Design: every policy on every sample path. "
            "No optimisation in this study.",
        ),
    ]


def _logic(result: Comparison) -> list[Row]:
    scenario, mine = result.scenario, own(result.policies)
    kinds = ", ".join(kind.kind for kind in scenario.incidents)
    return [
        ("2.1 diagram", "docs/design.md, “The way of the data”."),
        ("2.2 base logic", "docs/design.md, “The model, exactly”."),
        (
            "2.3 scenario logic",
            " · ".join(f"{policy.label}: {policy.title}" for policy in result.policies),
        ),
        (
            "2.4 algorithms",
            "Each policy's decisions are functions in policies/"
            + (
                "; those of " + ", ".join(p.label for p in mine) + ", under “How to reproduce it”."
                if mine
                else "."
            ),
        ),
        (
            "2.5 components",
            f"Entities: incidents ({kinds}) and stories. Resources: {scenario.developers} developers in "
            f"{len(scenario.teams)} teams. Activities: stories, incidents, improvements, switching, "
            "Scrum events, absence. Queues: by severity, opening, number. Entry: opening or planning; "
            "exit: resolution, withdrawal, deflection by the first line, or the horizon.",
        ),
    ]


def _data(result: Comparison) -> list[Row]:
    scenario = result.scenario
    replayed = scenario.incidents_from
    return [
        (
            "3.1 data sources",
            f"Incidents replayed from {replayed.file}."
            if replayed
            else "The scenario file; defaults cite docs/evidence.md.",
        ),
        (
            "3.2 pre-processing",
            "Opening times as recorded; what the log does not say is drawn."
            if replayed
            else "None in this run.",
        ),
        ("3.3 parameters", "The table under “What was assumed” lists every one."),
        ("3.4 assumptions", " ".join(scenario.about.split()) or "The scenario gives no reasons."),
    ]


def _experiment(result: Comparison) -> list[Row]:
    time = result.scenario.time
    first = next((n for n in result.labels if not result.is_left_out(n)), result.labels[0])
    warm_up = (
        f"Empty start; the first {time.warmup_weeks} weeks are left out, as the scenario says."
        if result.scenario.steady_state
        else f"Terminating design: {beginning(result.scenario)}, nothing left out."
    )
    headline = "; ".join(
        f"{METRICS[metric].label} {cell(metric, result.figure(first, metric))}"
        for metric in (DELIVERY, RESPONSE)
    )
    return [
        ("4.1 initialisation", warm_up),
        ("4.2 run length", f"{time.horizon_weeks} weeks; the unit of time is the second."),
        (
            "4.3 estimation",
            f"{result.replications:,} independent replications with common random numbers; precision "
            f"reached under {first}: {headline}.",
        ),
    ]


def _code(result: Comparison) -> list[Row]:
    software = ", ".join(f"{name} {version}" for name, version in versions())
    return [
        ("5.1 software", software),
        (
            "5.2 random numbers",
            f"NumPy's PCG64, spawned by seed ({result.seed}), replication and purpose; one stream for "
            "each purpose and kind, none for a policy.",
        ),
        (
            "5.3 execution",
            f"Engine {result.engine}. Events in order of time, class (complete, return, leave, plan, "
            "arrive, withdraw, escalate, dispatch), number.",
        ),
        ("5.4 hardware", "Of no influence: all quantities in a run are whole numbers."),
        ("6.1 access", "Firelane, MIT licence; the scenario is folded into this report."),
    ]
