"""What stands open and in hand at a moment, in sentences: for the scenario's file and for the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sim.calibrate.today import FAR, FEWEST_CLOSED, LEFT, SLOW, DaysBefore, Forgotten, Today

LONG_SINCE = 7.0
"""Days without openings before the moment that are worth a word."""


def at_words(today: Today) -> str:
    """Say where the moment comes from."""
    return "as given with --today" if today.given else "the last event in the exports"


def open_sentences(today: Today) -> Iterator[str]:
    """Say which tickets are open, and which of them the scenario does not begin with."""
    t = today.tickets
    begins = sum(t.entries.values())
    if today.since_record > LONG_SINCE:
        yield (
            f"the last day of which the exports hold all openings lies {today.since_record:.0f} days before: "
            "if they end there, --today says an earlier moment"
        )
    yield (
        f"{t.count:,} tickets are open then: opened by {today.at}, and no end by then; "
        f"{begins:,} of them in [start], with their last group and severity, and ages in days"
    )
    for name in today.silent:
        yield f"{name[:80]} has no ends and no states: which of its tickets are open it cannot tell"
    if t.waiting:
        yield (
            f"{t.waiting:,} of them wait for somebody else by their state; the model, which knows no "
            "such waiting, works on them"
        )
    if t.with_first_line:
        yield f"{t.with_first_line:,} are with the first line, whose share is settled there: left out"
    yield from _forgotten_sentences(t.forgotten, t.closed)
    if t.dealt:
        yield f"{t.dealt:,} have no group that is a team here: dealt to the teams by incident_share"


def _forgotten_sentences(old: Forgotten, closed: int) -> Iterator[str]:
    if closed < FEWEST_CLOSED:
        yield (
            f"{closed:,} tickets are closed; from {FEWEST_CLOSED} on one can tell which open ones are "
            "older than they become"
        )
        return
    if not old.older:
        yield f"none is older than {SLOW:.0%} of the closed ones of its kind took"
        return
    yield (
        f"{old.older:,} are older than {SLOW:.0%} of the closed ones of their kind took "
        f"({_by_kind(old.slow)}), the oldest {old.oldest:.0f} days"
    )
    far = (
        f"more than {FAR:g} times as old as open ones get by what the closed ones took "
        f"({_by_kind(old.beyond)})"
    )
    if old.left_out:
        yield (
            f"{old.left_out:,} of these are left out, {far}: nobody seems to close them, and people would "
            "begin with them; add them where somebody does"
        )
    if old.stay:
        yield (
            f"{old.stay:,} of these stay, {far}: the record reaches back {old.reach:.0f} days, no further "
            "than that, and cannot tell forgotten from slow"
        )


def sentences_of_before(before: DaysBefore) -> Iterator[str]:
    """Say what the days before tell of the effort, and of forecasts like this one."""
    pace, missed = before.pace, before.missed
    if pace is not None:
        yield (
            f"the effort that is assumed is taken × {pace.factor:.3g}: so, under {before.policy}, of what was "
            f"open {pace.days} days before, {pace.open_then:,} tickets, as many are open now as are"
        )
        if not pace.enough:
            yield "even so far from what is assumed it is not: something else decides how many are closed"
    if missed is None:
        yield (
            "how far forecasts like this one are off cannot be told: the record is too short, or does not say "
            "when tickets ended"
        )
        return
    yield (
        f"{missed.moments} forecasts like this one, from moments {missed.days_apart:g} days apart of the last "
        f"weeks, were off by {missed.missed[0]:+,.0f} on day 1 and {missed.missed[-1]:+,.0f} on day "
        f"{len(missed.missed)}, as far as that is no chance: compare makes it good, and widens its bands"
    )


def _by_kind(days: Mapping[str, float]) -> str:
    return ", ".join(f"{kind} {number:.3g} days" for kind, number in sorted(days.items()))


def story_sentences(today: Today) -> Iterator[str]:
    """Say which stories are in hand, and what is assumed of them."""
    s = today.stories
    if s.entries:
        yield (
            f"{len(s.entries):,} stories are begun and not done; left_hours is assumed: points × "
            f"hours_per_point × {LEFT:g}, as no export tells how far they are"
        )
    if s.unsized:
        yield f"{s.unsized:,} of them have no points: assumed, what half of the stories have at most"
    if s.dealt:
        yield f"{s.dealt:,} of them are of no team here: dealt to the teams by head count"
    if s.untold:
        yield (
            f"{s.untold:,} stories are open of which the exports do not tell whether they were begun "
            "then: none of these is in hand here"
        )
