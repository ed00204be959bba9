"""The page of a decision, before it becomes HTML: words, places on scales, and pictures."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from sim.decision.choice import Verdict
from sim.decision.decision import Decision
from sim.decision.first_table import Row, rows
from sim.decision.flips import Strip
from sim.experiment.trial import MOST, Trial
from sim.report import decision_words as words
from sim.report.changeover_picture import net_so_far
from sim.report.document import Picture
from sim.report.families import OTHER, Look, look_of
from sim.report.input_names import AS_IT_IS, name_of
from sim.report.tradeoff import tradeoff

PLAIN = "#7A858F"


@dataclass(frozen=True)
class Name:
    """A policy's name, with the look of its family."""

    text: str
    look: Look


@dataclass(frozen=True)
class FigureRow:
    """A row of the first table: places are per cent of the scale, better to the right; None: not known."""

    name: str
    note: str
    today: str
    proposed: str
    change: str
    not_known: str
    luck: str
    at_today: float | None
    at_proposed: float | None
    band: tuple[float, float] | None
    years: tuple[float, float] | None
    asked: float | None


@dataclass(frozen=True)
class Piece:
    """A piece of a strip."""

    width: float
    text: str
    colour: str


@dataclass(frozen=True)
class StripRow:
    """An input and what is best along it, in per cent of the strip."""

    name: str
    told: str
    """what was used, and what the pieces say where one is too narrow for it"""
    pieces: Sequence[Piece]
    at: float
    likely: tuple[float, float]
    sentences: Sequence[str]


NARROW = 32.0
"""Per cent of a strip in which no name has room."""


@dataclass(frozen=True)
class Bar:
    """How soon a pilot shows a figure; `width` in per cent."""

    name: str
    width: float
    shows: bool
    text: str


@dataclass(frozen=True)
class PastRow:
    """A line of the backtest, in per cent of a scale."""

    name: str
    band: tuple[float, float]
    at: float
    inside: bool


@dataclass(frozen=True)
class FirstPage:
    """All that stands on the first page."""

    title: str
    sentence: str
    deck: str
    certainty: str
    ask: str
    has_answer: bool
    today: Name
    proposed: Name
    today_heading: str
    today_said: str
    rows: Sequence[FigureRow]
    picture: Picture | None
    runner_up_heading: str
    runner_up: str
    least_change: str
    why: str
    strips: Sequence[StripRow]
    steady: str
    prices: Sequence[str]
    people: str
    people_details: str
    change_heading: str
    change: Picture | None
    pilot_heading: str
    pilot_sub: str
    bars: Sequence[Bar]
    pilot_ends: float | None
    pilot_stop: str
    measure: Sequence[str]
    nothing_to_measure: str
    known: str
    past: Sequence[PastRow]
    foot: str
    command: str


SHOWN_STRIPS = 4
"""Inputs on the first page; the details have all."""


def first_page(d: Decision, command: str) -> FirstPage:
    """Return what the first page says and shows."""
    found = rows(d.comparison, d.goal, d.today, d.recommended)
    has_answer = d.verdict not in (Verdict.OVERLOADED, Verdict.NOTHING)
    return FirstPage(
        title=words.title(d),
        sentence=words.sentence(d),
        deck=words.deck(d, found),
        certainty=words.certainty(d),
        ask=words.ask(d),
        has_answer=has_answer,
        today=_name(d, d.today),
        proposed=_name(d, d.recommended),
        today_heading=words.today_heading(d),
        today_said=f"{words.today_in_words(d)} {words.in_time_means(d)}".strip(),
        rows=[_row(d, row) for row in found] if has_answer else [],
        picture=_picture(d) if has_answer and len(d.comparison.labels) > 1 else None,
        runner_up_heading=words.runner_up_heading(d),
        runner_up=words.runner_up(d) if d.verdict is not Verdict.BROKEN else "",
        least_change=words.least_change(d),
        why=words.why(d),
        strips=[_strip(d, one) for one in d.strips[:SHOWN_STRIPS] if one.flips],
        steady=words.no_flips(d) if not any(one.flips for one in d.strips) else "",
        prices=list(words.price(d)),
        people=words.people_heading(d),
        people_details=words.people_details(d),
        change_heading=words.change_heading(d),
        change=_change(d),
        pilot_heading=words.pilot_heading(d.trial) if d.trial else "",
        pilot_sub=words.pilot_sub(d.trial) if d.trial else "",
        bars=_bars(d.trial) if d.trial else [],
        pilot_ends=_along(d.trial.length)
        if d.trial and any(own.shows for own in d.trial.showings)
        else None,
        pilot_stop=words.pilot_stop(d.trial) if d.trial else "",
        measure=words.measure_next(d),
        nothing_to_measure=words.nothing_to_measure(d),
        known=words.known(d),
        past=_past(d),
        foot=words.sources(d),
        command=command,
    )


def _name(d: Decision, label: str) -> Name:
    return Name(words.named(d, label), look_of(d.policy(label)))


# ---- the table -----------------------------------------------------------------------------------


def _row(d: Decision, row: Row) -> FigureRow:
    metric = row.figure.metric
    money = d.scenario.money.currency if d.scenario.money else ""
    place = _Scale.of(row)
    same = d.recommended == d.today
    return FigureRow(
        name=words.figure_name(row),
        note=words.figure_note(d, row),
        today=words.value(metric, row.today, money),
        proposed=words.value(metric, row.proposed, money),
        change="" if same else words.share_changed(row),
        not_known=words.ends(metric, row.not_known, money),
        luck=words.ends(metric, row.luck, money),
        at_today=place(row.today),
        at_proposed=place(row.proposed),
        band=place.between(row.not_known),
        years=place.between(row.luck),
        asked=place(row.promise.limit) if row.promise else None,
    )


@dataclass(frozen=True)
class _Scale:
    """Where a value lies between the worst and the best that a row shows, in per cent; spans of time by factors."""

    low: float
    high: float
    log: bool
    better: int

    @staticmethod
    def of(row: Row) -> _Scale:
        shown = [row.today, row.proposed, *row.not_known, *row.luck]
        if row.promise is not None:
            shown.append(row.promise.limit)
        known = [own for own in shown if math.isfinite(own)] or [0.0, 1.0]
        log = "_hours" in row.figure.metric and min(known) > 0
        low, high = min(known), max(known)
        if log:
            low, high = math.log(low), math.log(high)
        return _Scale(low, high, log, row.better)

    def __call__(self, value: float) -> float | None:
        if not math.isfinite(value) or self.high == self.low:
            return None if not math.isfinite(value) else 50.0
        own = math.log(value) if self.log else value
        share = (own - self.low) / (self.high - self.low)
        return round(4 + 92 * (share if self.better > 0 else 1 - share), 2)

    def between(self, ends: tuple[float, float]) -> tuple[float, float] | None:
        first, last = self(ends[0]), self(ends[1])
        if first is None or last is None:
            return None
        low, high = sorted((first, last))
        return low, round(high - low, 2)


# ---- pictures ------------------------------------------------------------------------------------


def _picture(d: Decision) -> Picture:
    shown = ", ".join(
        f"{words.named(d, label)}: {words.value('response_hours_mean', d.choice.standings[label].response)}"
        for label in d.comparison.labels
    )
    return Picture(
        tradeoff(d.comparison, compact=True, against=d.today, strong=_strong(d)),
        f"Time to first answer against delivery, better to the right and up. {shown}.",
    )


MOST_NAMED = 6


def _strong(d: Decision) -> frozenset[str]:
    """Return the policies that the picture shows in colour: those the page speaks of."""
    turns = [turn.label for turn in d.turns]
    spoken_of = [d.recommended, d.today, d.choice.runner_up, *turns, *d.choice.near[:3]]
    return frozenset([*dict.fromkeys(label for label in spoken_of if label)][:MOST_NAMED])


def _change(d: Decision) -> Picture | None:
    if d.change is None:
        return None
    return Picture(net_so_far(d.change), f"{words.change_heading(d)}: {words.change_details(d)}")


# ---- strips --------------------------------------------------------------------------------------


def _strip(d: Decision, strip: Strip) -> StripRow:
    values = strip.places
    log = strip.input.is_by_factors
    at = [math.log(v) if log else v for v in values]
    low, high = at[0], at[-1]

    def place(value: float) -> float:
        own = math.log(value) if log else value
        return round(100 * min(1.0, max(0.0, (own - low) / (high - low))), 2)

    below = [flip for flip in strip.flips if not flip.above]
    above = [flip for flip in strip.flips if flip.above]
    edges = [0.0, *(place(flip.at) for flip in (*below, *above)), 100.0]
    told = [
        *((words.from_where(d, flip), flip.then) for flip in below),
        (words.named(d, d.recommended), d.recommended),
        *((words.from_where(d, flip), flip.then) for flip in above),
    ]
    pieces = [
        Piece(
            round(right - left, 2),
            text if right - left >= NARROW else "",
            look_of(d.policy(label)).colour if label else OTHER.colour,
        )
        for (text, label), left, right in zip(told, edges, edges[1:], strict=False)
    ]
    used = words.used_in_words(d, strip)
    turns = [words.from_where(d, flip) for flip in strip.flips]
    if all(piece.width >= NARROW for piece in pieces):
        turns = []
    elif used == AS_IT_IS:
        used = ""
    first, last = place(strip.input.low), place(strip.input.high)
    return StripRow(
        name_of(strip.input.key),
        "; ".join(part for part in (used, *turns) if part),
        pieces,
        place(strip.used),
        (first, round(last - first, 2)),
        [words.flip_in_words(d, flip) for flip in strip.flips],
    )


# ---- pilot and past ------------------------------------------------------------------------------


def _along(sprints: float) -> float:
    """Return where a number of sprints lies, in per cent: by factors from one sprint to 1,000."""
    return round(min(100.0, 100 * math.log(max(1.0, sprints)) / math.log(1_000)), 2)


def _bars(tried: Trial) -> list[Bar]:
    return [
        Bar(
            words.FIGURES[own.figure],
            _along(own.sprints if own.sprints is not None else max(own.about, MOST)),
            own.shows,
            words.showing(own),
        )
        for own in tried.showings
    ]


def _past(d: Decision) -> list[PastRow]:
    if d.backtest is None:
        return []
    timed = [line for line in d.backtest.lines if line.unit == "hours" and line.low > 0]
    if not timed:
        return []
    ends = [v for line in timed for v in (line.low, line.high, line.observed) if v > 0]
    low, high = math.log(min(ends)), math.log(max(ends))

    def place(value: float) -> float:
        return round(100 * (math.log(value) - low) / ((high - low) or 1.0), 2)

    return [
        PastRow(
            words.past_line(line.what),
            (place(line.low), round(place(line.high) - place(line.low), 2)),
            place(line.observed),
            line.inside,
        )
        for line in timed
        if line.observed > 0
    ][:6]
