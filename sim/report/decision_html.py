"""The page of a decision as one file: what a director reads and forwards, and the details folded below."""

from __future__ import annotations

from sim.decision.choice import Verdict
from sim.decision.decision import Decision
from sim.live.part import STATIC, LivePart
from sim.measures.metrics import METRICS
from sim.report import backtest_tables, own_policies
from sim.report import decision_words as words
from sim.report.assumptions import assumptions, policy_settings, story
from sim.report.cautions import cautions
from sim.report.changeover_words import changeover_table
from sim.report.decision_page import first_page
from sim.report.document import Block, Picture, ReportTable, Section, from_terminal, rendered
from sim.report.html import figures_of_policies, method, weeks_in_pictures, where_the_time_went
from sim.report.input_names import name_of
from sim.report.reproduction import how_to_reproduce
from sim.report.wording import hours


def decision_html(d: Decision, command: str, live: LivePart | None = None) -> str:
    """Return a decision as one self-contained HTML file; the same decision gives the same text.

    Args:
        d: from `sim.decision.decision.decided`.
        command: the line that computes it again.
        live: what computes the comparison anew (`sim.live.part.live_part`), shown below the first page.
    """
    return rendered(
        "decision.html",
        page=first_page(d, command),
        heads=words.HEADINGS,
        key=words.KEY,
        details=_details(d, command),
        live=live,
        security=STATIC if live is None else live.policy,
    )


def _details(d: Decision, command: str) -> list[Section]:
    sections = []
    if d.verdict not in (Verdict.OVERLOADED, Verdict.NOTHING):
        sections = [
            _policies(d),
            *_flips(d),
            *_change(d),
            figures_of_policies(d.comparison),
            where_the_time_went(d.comparison),
            weeks_in_pictures(d.comparison),
        ]
    return [
        *sections,
        *_past(d),
        _assumed(d),
        method(d.comparison),
        how_to_reproduce(
            d.scenario,
            command,
            d.comparison.seed,
            own_policies.hashes(d.comparison.policies),
            own_policies.listings(d.comparison.policies),
        ),
    ]


def _policies(d: Decision) -> Section:
    sets = d.comparison.input_sets
    rows = []
    for label, own in sorted(d.choice.standings.items(), key=lambda one: -one[1].score.value):
        policy = d.policy(label)
        rows.append(
            (
                f"{words.named(d, label)}: {policy.about.strip().splitlines()[0]}"
                if policy.about.strip()
                else words.named(d, label),
                label,
                "yes" if own.score.is_feasible else "no",
                f"{own.sets_kept} of {sets.sets}" if sets else "–",
                hours(own.response),
                words.value(d.goal.figure.metric, own.score.value * d.goal.sign),
            )
        )
    heads = (
        "policy", "set to", "keeps what is required", "in sets of assumptions", "first answer",
        METRICS[d.goal.figure.metric].label,
    )  # fmt: skip
    table = ReportTable("Every policy, set as well as was found", heads, rows, words=True)
    return Section("All policies, and how each did", [table, *cautions(d.comparison)])


def _flips(d: Decision) -> list[Section]:
    if not d.strips:
        return []
    rows = [
        (
            name_of(strip.input.key),
            strip.input.key,
            words.used_in_words(d, strip),
            strip.input.ends,
            " ".join(words.flip_in_words(d, flip) for flip in strip.flips) or "nothing changes",
        )
        for strip in d.strips
    ]
    heads = ("input", "key", "used", "may be", "what changes the answer")
    return [
        Section(
            "Every input that may be off, moved alone",
            [ReportTable("What was moved, and what came of it", heads, rows, words=True)],
        )
    ]


def _change(d: Decision) -> list[Section]:
    if d.change is None:
        return []
    told: list[Block] = [words.change_details(d), from_terminal(changeover_table(d.change))]
    return [Section("The change-over, week by week", told)]


def _past(d: Decision) -> list[Section]:
    if d.backtest is None:
        return []
    shown = Picture(
        backtest_tables.picture(d.backtest),
        f"History as dots, the model as bands. {words.known(d)}",
        "Dots are history; bands and bars hold 90 % of the simulated futures.",
    )
    table = from_terminal(backtest_tables.table(d.backtest), words=True)
    return [Section("Held against your past", [words.today_in_words(d), shown, table])]


def _assumed(d: Decision) -> Section:
    return Section(
        "What was read and assumed",
        [
            *story(d.scenario),
            *d.sources.cannot_tell,
            ranges_table(d),
            assumptions(d.scenario),
            policy_settings(d.comparison.policies),
        ],
    )


def ranges_table(d: Decision) -> ReportTable:
    """Return how far off each input may be."""
    rows = [(name_of(one.key), one.key, one.ends) for one in d.scenario.inputs]
    return ReportTable("How far off figures may be", ("input", "key", "may be"), rows, words=True)
