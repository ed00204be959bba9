"""The report of a comparison: one file to forward."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from sim.experiment.comparison import DELIVERY, RESPONSE, Comparison
from sim.experiment.study import Observations
from sim.live.part import LivePart
from sim.measures.metrics import DUTY, METRICS, NIGHTS
from sim.measures.run import Run, run
from sim.report import own_policies, terminal_tables
from sim.report.assumptions import assumptions, policy_settings, story
from sim.report.cautions import cautions, worth
from sim.report.checklist import checklist
from sim.report.document import (
    Block,
    Document,
    Picture,
    ReportTable,
    Section,
    as_html,
    from_terminal,
)
from sim.report.finding import certainty, finding
from sim.report.reproduction import fingerprint, how_to_reproduce
from sim.report.response_picture import response_times
from sim.report.sprint_picture import sprint_picture
from sim.report.time_pictures import STAGES, incident_time, stage_metric, time_spent
from sim.report.tradeoff import tradeoff
from sim.report.typical import typical_replication, typical_sprint
from sim.report.wording import beginning, cell, hours, replications, title_of
from sim.sampling.sample_path import sample_path


def report_html(
    result: Comparison, command: str, with_checklist: bool = False, live: LivePart | None = None
) -> str:
    """Return a comparison as one self-contained HTML file; the same result gives the same text.

    Args:
        result: from `sim.compare`.
        command: the line that computes it again, such as `firelane compare ours.toml`.
        with_checklist: add the reporting items of STRESS-DES.
        live: what computes it anew (`sim.live.part.live_part`), shown before all sections.
    """
    return as_html(replace(page(result, command, with_checklist), live=live))


def page(result: Comparison, command: str, with_checklist: bool = False) -> Document:
    """Return what the report says, before it becomes HTML."""
    lived = lived_through(result)
    sections = [
        _trade_off(result),
        figures_of_policies(result),
        *_from_today(result),
        *_money(result),
        where_the_time_went(result),
        *_nights_and_duty(result),
        _waits(result, lived),
        _weeks(result, lived),
        _assumed(result),
        method(result),
        how_to_reproduce(
            result.scenario,
            command,
            result.seed,
            [*_facts(result), *own_policies.hashes(result.policies)],
            own_policies.listings(result.policies),
        ),
    ]
    if with_checklist:
        sections.append(checklist(result))
    return Document(
        f"{result.scenario.name}: support models compared",
        f"{finding(result)}.",
        certainty(result),
        sections,
    )


def _facts(result: Comparison) -> list[tuple[str, str]]:
    return [
        ("replications", replications(result).removesuffix(" replications")),
        ("engine", result.engine),
        ("SHA-256 of all figures", fingerprint(_observed(result))),
    ]


def _observed(result: Comparison) -> list[Observations]:
    """Return all that was observed: with the inputs as they are, then in each set of assumptions."""
    sets = result.input_sets
    return [result.observations, *(sets.observed if sets is not None else ())]


def _trade_off(result: Comparison) -> Section:
    places = []
    for label in result.labels:
        response, delivery = (result.figure(label, metric) for metric in (RESPONSE, DELIVERY))
        places.append(
            f"{title_of(result, label)}: {hours(response.mean)}, {cell(DELIVERY, delivery)} points"
        )
    alternative = (
        "Scatter plot of mean response time against points delivered per team and sprint. "
        + "; ".join(places)
        + ". On the trade-off front: "
        + (", ".join(result.pareto()) or "none")
        + "."
    )
    blocks: list[Block] = [
        Picture(
            tradeoff(result),
            alternative,
            "Further right is answered sooner, further up is delivered more. Clouds are what is not known, thin "
            "lines luck.",
        ),
        *cautions(result),
    ]
    return Section("Response against delivery", blocks)


def figures_of_policies(result: Comparison) -> Section:
    """Return the tables of all figures that people compare."""
    blocks: list[Block] = [from_terminal(terminal_tables.headline(result)), _names(result)]
    if (unknown := terminal_tables.what_is_not_known(result)) is not None:
        blocks.insert(1, from_terminal(unknown))
    if len(result.policies) > 1:
        blocks.append(from_terminal(terminal_tables.against_the_book(result)))
    blocks.append(_by_severity(result))
    return Section("The figures", blocks)


def _names(result: Comparison) -> ReportTable:
    """Return the table that gives, beside each name in tables, the one in sentences and
    pictures."""
    rows = [(label, title_of(result, label)) for label in result.labels]
    return ReportTable("The policies", ("policy", "in words"), rows, words=True)


def _from_today(result: Comparison) -> list[Section]:
    table = terminal_tables.from_today(result)
    return [] if table is None else [Section("From today", [from_terminal(table)])]


def _money(result: Comparison) -> list[Section]:
    table = terminal_tables.money(result)
    if table is None:
        return []
    said = f"{worth(result)}." if worth(result) else ""
    explained = (
        "Net value is what the delivered points are worth, less what incidents cost while they are "
        "open, less penalties for broken promises, less calls at night."
    )
    return [
        Section("What it is worth", [*([said] if said else []), from_terminal(table), explained])
    ]


def _by_severity(result: Comparison) -> ReportTable:
    groups = [
        key.group
        for key in result.observations.keys
        if key.name == "response_sla" and key.group.startswith("severity")
    ]
    heads = [f"{group}{what}" for group in groups for what in ("", ", in time")]
    rows = [
        [
            label,
            *(
                cell(metric, result.figure(label, metric, group))
                for group in groups
                for metric in ("response_hours_mean", "response_sla")
            ),
        ]
        for label in result.labels
    ]
    return ReportTable(
        "Mean response in hours, and the share answered in time", ["policy", *heads], rows
    )


def where_the_time_went(result: Comparison) -> Section:
    """Return what developers' time and incidents' time went into, under each policy."""
    stages = ReportTable(
        "Mean hours of a resolved incident, from opening to resolution",
        ["policy", *STAGES.values()],
        [
            [
                label,
                *(_number(result.figure(label, stage_metric(stage)).mean) for stage in STAGES),
            ]
            for label in result.labels
        ],
    )
    return Section(
        "Where the time went",
        [
            Picture(
                time_spent(result),
                "Stacked bars: shares of developers' working time by activity; the table has them.",
            ),
            from_terminal(terminal_tables.time_spent(result)),
            Picture(
                incident_time(result),
                "Stacked bars: what an incident's time from opening to resolution consists of; the "
                "table has the hours.",
            ),
            stages,
        ],
    )


def _nights_and_duty(result: Comparison) -> list[Section]:
    """Return how nights and duty fall on persons; nothing where nobody has any."""
    tables = [
        _over_people(result, caption, metrics)
        for caption, metrics in (
            ("Calls at night a month", NIGHTS),
            ("Share of working time on support duty", DUTY),
        )
        if any(result.figure(label, metrics[-1]).mean > 0 for label in result.labels)
    ]
    if not tables:
        return []
    explained = (
        "A mean over all hides who carries the load: in each random future, people are put in order by "
        "what falls on them."
    )
    return [Section("Nights and duty per person", [explained, *tables])]


def _over_people(result: Comparison, caption: str, metrics: Sequence[str]) -> ReportTable:
    rows = [
        [label, *(cell(metrics[-1], result.figure(label, metric)) for metric in metrics)]
        for label in result.labels
    ]
    heads = ("policy", "half of the people at most", "nine in ten at most", "whoever has most")
    return ReportTable(caption, heads, rows)


def _number(value: float) -> str:
    return "–" if math.isnan(value) else f"{value:.1f}"


def _waits(result: Comparison, lived: list[Run]) -> Section:
    return Section(
        "How long incidents waited",
        [
            "A mean hides the long waits. Each line climbs to the share of incidents that were answered "
            "within so long.",
            Picture(
                response_times(lived),
                "Cumulative shares of incidents answered, against time, a line for each policy: "
                + "; ".join(
                    f"{label}: 9 in 10 within "
                    + hours(result.figure(label, "response_hours_p90").mean)
                    for label in result.labels
                )
                + ".",
                f"Replication {lived[0].path.replication}, whose figures lie nearest to the means.",
            ),
        ],
    )


def weeks_in_pictures(result: Comparison) -> Section:
    """Return one sprint of the most ordinary future under two policies."""
    return _weeks(result, lived_through(result))


def lived_through(result: Comparison) -> list[Run]:
    """Return the most ordinary future under each policy."""
    path = sample_path(result.scenario, result.seed, typical_replication(result))
    return [run(path, policy, result.engine) for policy in result.policies]


def _weeks(result: Comparison, lived: list[Run]) -> Section:
    """Return one sprint of the same future, under the policy that answers first and the one that
    delivers most."""
    team, sprint = typical_sprint(lived[0].path)
    known = result.pareto() or result.labels[:1]
    shown = {
        min(known, key=lambda label: result.figure(label, RESPONSE).mean),
        max(known, key=lambda label: result.figure(label, DELIVERY).mean),
    }
    name = result.scenario.teams[team].name
    pictures = [
        Picture(
            sprint_picture(one, team, sprint),
            f"Timeline of sprint {sprint + 1} of team {name} under {title_of(result, label)}: a row "
            "for each developer, coloured by stories, incidents, Scrum events and absence, with a "
            "mark wherever somebody was taken from other work.",
        )
        for label, one in zip(result.labels, lived, strict=True)
        if label in shown
    ]
    return Section(
        "What the weeks look like",
        [
            "One ordinary sprint: the same incidents, stories and sick days under each policy. Nights "
            "and weekends are left out; what is white is idle.",
            *pictures,
        ],
    )


def _assumed(result: Comparison) -> Section:
    blocks: list[Block] = [*story(result.scenario)]
    return Section(
        "What was assumed",
        [*blocks, assumptions(result.scenario), policy_settings(result.policies)],
    )


def method(result: Comparison) -> Section:
    """Return how the figures were computed, and how sure they are."""
    time = result.scenario.time
    design = (
        f"weeks {time.warmup_weeks} to {time.horizon_weeks} are measured, after a warm-up"
        if result.scenario.steady_state
        else f"{time.horizon_weeks} weeks {beginning(result.scenario)} are measured"
    )
    blocks: list[Block] = [
        f"{replications(result)}; in each replication, {design}. One replication is one observation; figures are "
        "means with Student's 95 % intervals, corrected for skewness (Hall). All policies meet the same incidents, "
        "stories and sick days, so that differences are taken path by path.",
        "The intervals say how well chance is averaged out. "
        + _what_they_leave_out(result)
        + " How well the scenario describes the organisation, the past tells: “firelane validate”.",
    ]
    if result.replications > 1:
        blocks.append(_chances(result))
        blocks.append(_all_pairs(result))
    return Section("How sure this is", [block for block in blocks if block])


def _what_they_leave_out(result: Comparison) -> str:
    sets = result.input_sets
    if sets is None:
        return "They do not say what is not known of the organisation, which may move these figures further."
    moved = "; ".join(f"{one.key}: {one.ends}" for one in result.scenario.inputs)
    return (
        f"What is not known was drawn {sets.sets} times, each input anywhere in its range, all at once ({moved}). "
        "The bands are the middle eight in ten of what came of that, without the luck of few replications. Luck is "
        "the middle eight in ten of single years."
    )


def _chances(result: Comparison) -> ReportTable:
    chances, screening_subset = result.front_chances(), result.screening_subset()
    rows = [
        (
            label,
            "–" if math.isnan(chances[label]) else f"{100 * chances[label]:.0f} %",
            "yes" if label in screening_subset else "no",
        )
        for label in result.labels
    ]
    return ReportTable(
        "Who belongs on the front, and who may be the fastest",
        ("policy", "on the front, of resampled studies", "may be the fastest (95 %)"),
        rows,
    )


def _all_pairs(result: Comparison) -> ReportTable | str:
    """Return the table of all pairs at once, for the two figures of the trade-off."""
    if len(result.labels) < 2:
        return ""
    metrics = (DELIVERY, RESPONSE)
    rows = [
        (
            f"{pair.a} – {pair.b}",
            METRICS[pair.metric].label,
            *(f"{end:+.2f}" for end in (pair.mean, pair.all_low, pair.all_high)),
        )
        for pair in result.pairs(metrics)
        if not math.isnan(pair.mean)
    ]
    return ReportTable(
        "Every pair, with intervals that hold for all pairs at once (95 %, Bonferroni)",
        ("pair", "figure", "difference", "from", "to"),
        rows,
    )
