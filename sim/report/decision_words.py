"""All words of a decision's page and of what the command prints, in one place.

Whoever translates the page translates this file, and `proposals`, `input_names` and `wording`, from which it takes
phrases.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from scipy import stats

from sim.calibrate.backtest import Backtest
from sim.calibrate.figures import LEVEL
from sim.decision.choice import Verdict
from sim.decision.decision import Decision
from sim.decision.first_table import Row
from sim.decision.flips import Flip, Strip
from sim.decision.overload import BEARABLE
from sim.experiment.comparison import DELIVERY, RESPONSE
from sim.experiment.trial import BEFORE, POWER, Showing, Trial
from sim.measures.metrics import METRICS, MONEY
from sim.measures.net_delivery import NET_POINTS
from sim.report.changeover_words import changeover_finding
from sim.report.input_names import AS_IT_IS, name_of, said
from sim.report.parameter_words import told_parameter
from sim.report.proposals import SEVERITIES, number, proposal
from sim.report.wording import hours, listed, percent, short, span
from sim.search.goal import Constraint

FIGURES = {
    "response_sla": "Answered in time",
    "response_hours_fixed_mix": "Time to first answer",
    "response_hours_mean": "Time to first answer",
    "response_hours_p90": "Nine in ten answered within",
    "sprint_goals_met": "Sprint goals met",
    NET_POINTS: "Delivered a year",
    "points_per_sprint": "Points done a sprint",
    MONEY: "Net worth a year",
}

NOTES = {
    "response_hours_fixed_mix": "average, nights included",
    "sprint_goals_met": "of all sprints",
    NET_POINTS: "story points, less what is left open",
    MONEY: "points delivered, less what incidents cost",
}

HEADINGS = {
    "costs": "What it costs and brings",
    "why": "Why this one",
    "clouds": "Clouds: 8 of 10 sets of assumptions.",
    "flips": "What would change the answer",
    "flips_sub": "In the bar: what is best there. Line above: how far off the figure may be. Mark: what was used.",
    "change": "The change-over",
    "pilot": "What a pilot would show",
    "measure": "Measure next",
    "know": "How we know",
    "runner_up": "Runner-up:",
    "surer": "Surer:",
    "least_change": "Least change:",
    "details": "Details, for whoever asks",
    "today": "Today",
    "proposed": "Proposed",
    "not_known": "What we do not know",
    "luck": "Luck of one year",
    "print": "Print one page",
    "ask": "To be decided",
}  # fmt: skip


KEY = (
    "today",
    "proposed",
    "what we do not know: 8 in 10 sets of assumptions",
    "luck: 8 in 10 years",
    "what is required",
)


def title(d: Decision) -> str:
    """What the page is called."""
    return f"Decision paper · production support · {d.scenario.name}"


def named(d: Decision, label: str) -> str:
    """What people call a policy; with what was set where two of the same name stand side by side."""
    policy = d.policy(label)
    name = policy.title or policy.id
    same = [own for own in d.comparison.policies if own.id == policy.id]
    if len(same) < 2 or label == d.today:
        return name if len(same) < 2 else f"{name} as today"
    return f"{name}, newly set"


# ---- the answer ----------------------------------------------------------------------------------


def sentence(d: Decision) -> str:
    """The recommendation, or what stands in the way of one."""
    verdict, name = d.verdict, named(d, d.recommended)
    if verdict is Verdict.CHANGE:
        return f"{proposal(d.policy(d.recommended), d.scenario)}."
    if verdict is Verdict.STAY:
        return (
            f"Stay with {d.policy(d.recommended).title}: no other policy is surely better for you."
        )
    if verdict is Verdict.BROKEN:
        nearest = proposal(d.policy(d.recommended), d.scenario)
        return f"No policy keeps what is required. Closest comes: {nearest[0].lower()}{nearest[1:]} ({name})."
    if verdict is Verdict.ALONE:
        return f"Only {name} was looked at, so that there is nothing to choose from."
    if verdict is Verdict.NOTHING:
        return "There is nothing to decide: no incident reaches a team."
    assert d.overload is not None
    return (
        f"No policy can keep up: by these figures incidents would take {percent(d.overload.share)} of all developers' "
        f"time. Give these two first: {' and '.join(figures_to_give(d))}."
    )


def in_the_terminal(d: Decision, rows: list[Row]) -> Iterator[str]:
    """What the command prints below the sentence."""
    yield deck(d, rows)
    if certainty(d):
        yield certainty(d)
    if d.verdict in (Verdict.OVERLOADED, Verdict.NOTHING):
        return
    yield ""
    yield today_in_words(d)
    yield f"{runner_up_heading(d)} {runner_up(d)}"
    if least_change(d):
        yield f"{HEADINGS['least_change']} {least_change(d)}"
    flips = [flip_in_words(d, flip) for strip in d.strips for flip in strip.flips]
    if changes := " ".join(flips) or no_flips(d):
        yield f"{HEADINGS['flips']}: {changes}"
    yield from price(d)
    if d.trial is not None:
        yield f"{pilot_heading(d.trial)}. {pilot_stop(d.trial)}"
    if told := " ".join(measure_next(d)) or nothing_to_measure(d):
        yield f"{HEADINGS['measure']}: {told}"
    yield f"{HEADINGS['know']}: {known(d)}"
    if ask(d):
        yield f"{HEADINGS['ask']}: {ask(d)}"


def figures_to_give(d: Decision) -> list[str]:
    """The two figures by which an overload is most likely not what it seems."""
    assert d.overload is not None
    own = d.overload
    settled = (
        f"the share that is settled before it reaches a team ({percent(own.settled)} was used)"
    )
    effort = f"the hands-on hours of an incident ({short(own.effort_hours)} were used)"
    people = f"how many developers there are ({own.developers:,} were used)"
    return [effort, settled] if own.settled < 0.9 else [effort, people]


def deck(d: Decision, rows: list[Row]) -> str:
    """What it brings and what it costs, in two or three sentences."""
    if d.verdict is Verdict.OVERLOADED:
        return _mended(d)
    if d.verdict is Verdict.NOTHING:
        return "The scenario has no incidents, or its first line settles all of them."
    told = [*_brings(d, rows), _costs(d, rows)]
    if d.verdict is Verdict.BROKEN:
        told.insert(0, _broken(d))
    return " ".join(part for part in told if part)


def _mended(d: Decision) -> str:
    assert d.overload is not None
    own = d.overload
    return (
        f"Incidents would have to take {percent(BEARABLE)} of that time or less. All else as it is, that would be so with "
        f"{short(own.effort_needed)} hands-on hours an incident, with {percent(own.settled_needed)} settled before they "
        f"reach a team, or with {own.developers_needed:,} developers. Nothing is recommended until that is known. In the scenario these are incidents.*.effort_hours, "
        "first_line.deflect_rate for kinds with first_line = true, and teams.*.developers."
    )


def _broken(d: Decision) -> str:
    shown = " ".join(
        f"Required is: {promise_in_words(promise)}; with it, {value(promise.figure.metric, mean)}."
        for promise, (_, mean, _, _) in zip(
            d.goal.promises, d.choice.promise_kept(d.recommended), strict=True
        )
    )
    return f"{shown} Require less, take on less, or hire: what follows says how far it falls short."


def limit_in_words(promise: Constraint) -> str:
    """The limit of a promise, to the last digit."""
    metric = promise.figure.metric
    return f"{100 * promise.limit:g} %" if METRICS[metric].percent else value(metric, promise.limit)


def promise_in_words(promise: Constraint) -> str:
    """What is asked for, such as `80 % answered in time`."""
    metric = promise.figure.metric
    limit = limit_in_words(promise)
    group = "" if promise.figure.group == "all" else f" ({promise.figure.group})"
    label = FIGURES.get(metric, METRICS[metric].label).lower()
    most = "at most" if promise.at_most else "at least"
    return f"{label}{group} {most} {limit}"


def _brings(d: Decision, rows: list[Row]) -> Iterator[str]:
    changes, now = d.recommended != d.today, _now(d)
    for row in rows:
        metric = row.figure.metric
        if metric == "response_sla" and row.figure.group == "all":
            was = f"; {now} {_in_ten(row.today)} are" if changes else ""
            would = "would be" if changes else "are"
            yield f"{_in_ten(row.proposed, row.not_known).capitalize()} incidents {would} answered in time{was}."
            now = now.removesuffix(AS_SIMULATED)
        elif metric == RESPONSE:
            was = f", {now} {hours(row.today)}" if changes else ""
            yield f"A first answer takes {_with_ends(hours(row.proposed), _hours_ends(row.not_known))}{was}."


AS_SIMULATED = ", as simulated,"


def _now(d: Decision) -> str:
    """How today is spoken of: as simulated, where it was inferred; by its name, where nobody said that it is so."""
    own = d.status_quo
    if own.how == "assumed":
        return f"with {own.policy.title}"
    return f"today{AS_SIMULATED}" if own.how == "inferred" else "today"


def today_heading(d: Decision) -> str:
    """The head of the first column."""
    return HEADINGS["today"] if d.status_quo.how != "assumed" else "Compared with"


def _in_ten(share: float, ends: tuple[float, float] | None = None) -> str:
    """A share as people say it: `eight in ten`, `seven to nine in ten`."""
    if ends is not None and not math.isnan(ends[0]):
        low, high = (round(10 * end) for end in ends)
        if low < high == 10:
            return f"more than {number(low)} in ten"
        if low == 0 < high:
            return f"fewer than {number(high)} in ten"
        if low < high:
            return f"{number(low)} to {number(high)} in ten"
    if share > 0.95:
        return "nearly all" if share < 0.995 else "all"
    if share < 0.05:
        return "hardly any" if share > 0.005 else "no"
    return f"{number(round(10 * share))} in ten"


def _costs(d: Decision, rows: list[Row]) -> str:
    """What it costs in delivery and people."""
    if d.recommended == d.today:
        return ""
    people = people_in_words(d)
    row = next((own for own in rows if own.figure.metric == DELIVERY), None)
    if row is None:
        return f"{people[0].upper()}{people[1:]}."
    share = abs(row.difference / row.today) if row.today else math.nan
    if row.change == 0 or math.isnan(share) or share < HARDLY:
        return f"What is delivered stays about the same, and {people}."
    verb = "costs" if row.change < 0 else "brings"
    more = "of delivery" if row.change < 0 else "more delivery"
    ends = _share_ends(row)
    return f"It {verb} {_with_ends(f'{short(100 * share)} %', ends)} {more}, and {people}."


HARDLY = 0.005
"""Of what is delivered: less than that is about the same."""

WORTHWHILE = 0.05
"""Points a sprint and team: to know what is worth less is worth no effort."""


def _share_ends(row: Row) -> str:
    low, high = row.difference_not_known
    if math.isnan(low) or not row.today:
        return ""
    sign = -1 if row.change < 0 else 1
    first, last = sorted((sign * low / row.today, sign * high / row.today))
    return f"{short(100 * first)} to {short(100 * last)} %"


def people_in_words(d: Decision) -> str:
    """Who leaves a team, as part of a sentence."""
    own = d.staffing
    if own is None or not own.leaving:
        was = d.status_quo
        if was.policy.sized and was.how != "assumed" and d.recommended != d.today:
            return "whoever is in the support team goes back to the teams"
        return "nobody changes teams"
    teams = listed([f"{people} of {team}" for team, people in own.leaving])
    who = (
        "one person leaves a team"
        if own.leave == 1
        else f"{number(own.leave)} people leave their teams"
    )
    return f"{who} for good ({teams})"


def people_heading(d: Decision) -> str:
    """The same as a heading."""
    said = people_in_words(d).partition(" (")[0]
    return f"{said[0].upper()}{said[1:]}"


def people_details(d: Decision) -> str:
    """How many are on duty at a time."""
    own = d.staffing
    if own is None:
        return ""
    told = []
    if own.taking_turns:
        told.append(
            f"{own.taking_turns} of {own.developers} developers take turns; at a time {short(own.at_once)} are on duty, "
            "and return to stories when it is quiet."
        )
    elif own.leaving:
        told.append(
            f"{own.developers - own.leave} of {own.developers} developers stay with their teams."
        )
    else:
        back = people_in_words(d).startswith("whoever")
        stay = "build what is planned" if back else "stay with their teams"
        told.append(f"All {own.developers} developers {stay}, and nobody is on duty.")
    if d.scenario.on_call.cover == "none" and not d.scenario.time.always_open:
        told.append("There is no night cover: what comes in at night waits for the morning.")
    return " ".join(told)


def _with_ends(mean: str, ends: str) -> str:
    return f"{mean} ({ends})" if ends else mean


def _hours_ends(ends: tuple[float, float]) -> str:
    if math.isnan(ends[0]) or hours(ends[0]) == hours(ends[1]):
        return ""
    return span(*ends)


# ---- how sure ------------------------------------------------------------------------------------


def certainty(d: Decision) -> str:
    """How sure it is, or why nothing can be said of that."""
    if d.verdict in (Verdict.OVERLOADED, Verdict.NOTHING):
        return ""
    if d.backtest is not None and (failed := failing(d.backtest)):
        return (
            f"How sure this is cannot be said: the model does not reproduce your past in {len(failed)} of "
            f"{lines_compared(d.backtest)} lines ({listed(failed[:3])}{' and more' if len(failed) > 3 else ''}). Trust the "
            "order of the policies sooner than their figures."
        )
    sets = d.comparison.input_sets
    if sets is None:
        return "The scenario does not say how far off its figures may be, so that nothing is known of that."
    own = d.choice.standings[d.recommended]
    kept = (
        f"What is required is kept in {own.sets_kept} of {sets.sets} sets of assumptions. "
        if d.goal.promises
        else ""
    )
    if d.verdict is Verdict.BROKEN:
        return kept.strip()
    near = [named(d, one) for one in d.choice.near if one != d.recommended][:3]
    alike = (
        f"As good within 1 %: {', '.join(near)}." if near else "No other policy comes within 1 %."
    )
    return f"{kept}{alike}"


def failing(b: Backtest) -> list[str]:
    """The lines of a backtest that are not reproduced, where they are more than chance allows; else none."""
    off = [band.name for band in b.bands[1:] if not band.covers]
    lines = [f"{line.what}: {line.verdict}" for line in b.lines if not line.inside]
    allowed = len(b.lines) - stats.binom.ppf(0.05, len(b.lines), LEVEL) if b.lines else 0
    return [*off, *(lines if len(lines) > allowed else ())]


def lines_compared(b: Backtest) -> int:
    """How many lines a backtest has, its series among them."""
    return len(b.lines) + len(b.bands) - 1


def known(d: Decision) -> str:
    """How the model did on their own past."""
    b = d.backtest
    if b is None:
        return "Nothing of your own past was given, so the model was not held against it. With exports of your trackers it is."
    inside = sum(line.inside for line in b.lines) + sum(bool(band.covers) for band in b.bands[1:])
    first = (
        f"Learned from the first {b.fit_weeks} weeks of your record, the rest was foretold: {inside} of "
        f"{lines_compared(b)} figures lie in the band foretold for {number(round(10 * LEVEL))} in ten."
    )
    if not any(line.what.startswith("response") for line in b.lines):
        first += " First answers are in none of them."
    missed = failing(b)
    return f"{first} Not reproduced: {listed(missed)}." if missed else first


def in_time_means(d: Decision) -> str:
    """Within what time an answer is in time, by severity."""
    promised: dict[int, str] = {}
    for kind in d.scenario.incidents:
        if kind.respond_within_hours is not None:
            clock = " of working time" if kind.clock == "working" else ""
            promised.setdefault(kind.severity, f"{hours(kind.respond_within_hours)}{clock}")
    if not promised:
        return ""
    told = [f"{SEVERITIES[own]} within {promised[own]}" for own in sorted(promised)]
    return f"In time: {'; '.join(told)}."


def today_in_words(d: Decision) -> str:
    """What was taken for today's policy, and why."""
    own = d.status_quo
    name = own.policy.title or own.policy.id
    if own.how == "said":
        return f"Today: {name}, as you said."
    if own.how == "inferred":
        others = f"; {listed(list(own.alike))} would fit as well" if own.alike else ""
        return f"Today, simulated: {name}, whose past comes nearest to yours{others}.{_behind_today(d)}"
    return f"Nobody said how you work today, so it is compared with {name}."


def _behind_today(d: Decision) -> str:
    behind, sets = d.comparison.sets_behind(d.today), d.comparison.input_sets
    return (
        f" It cannot keep up in {behind} of {sets.sets} sets of assumptions."
        if sets and behind
        else ""
    )


def why(d: Decision) -> str:
    """By what it was chosen, and what the picture shows."""
    if d.verdict not in (Verdict.CHANGE, Verdict.STAY):
        return HEADINGS["clouds"]
    most = "brings most" if d.scenario.money else "delivers most"
    among = "of what keeps what is required, what" if d.goal.promises else "what"
    rule = f"Chosen: {among} {most}; within 1 % of that, the surest. "
    return rule + HEADINGS["clouds"]


# ---- figures -------------------------------------------------------------------------------------


def figure_name(row: Row) -> str:
    """What a row is called."""
    own = FIGURES.get(row.figure.metric, METRICS[row.figure.metric].label)
    return own if row.figure.group == "all" else f"{own}: {row.figure.group}"


def figure_note(d: Decision, row: Row) -> str:
    """What stands under its name."""
    sets = d.comparison.input_sets
    if row.promise is None:
        return NOTES.get(row.figure.metric, "") if row.figure.group == "all" else ""
    most = "at most" if row.promise.at_most else "at least"
    asked = f"required: {most} {limit_in_words(row.promise)}"
    if sets is None:
        return asked
    return f"{asked}; kept in {d.choice.standings[d.recommended].sets_kept} of {sets.sets} sets"


def value(metric: str, own: float, currency: str = "") -> str:
    """A figure in its own unit."""
    if math.isnan(own):
        return "–"
    if METRICS[metric].percent:
        return f"{100 * own:.0f} %"
    if "_hours" in metric:
        return hours(own)
    if metric == MONEY:
        return f"{currency} {own:,.0f}".replace("-", "−").strip()
    if abs(own) >= 1_000:
        return f"{own:,.0f}".replace("-", "−")
    return short(own)


def signed(metric: str, own: float) -> str:
    """A difference in a figure's own unit, with its sign."""
    told = value(metric, abs(own))
    none = math.isnan(own) or told == value(metric, 0.0)
    return told if none else f"{'+' if own > 0 else '−'}{told}"


def ends(metric: str, own: tuple[float, float], currency: str = "") -> str:
    """Between which two values a figure lies."""
    low, high = own
    if math.isnan(low):
        return "–"
    if "_hours" in metric and hours(low) != hours(high):
        return span(low, high)
    if value(metric, low) == value(metric, high):
        return f"hardly moves ({value(metric, high, currency)})"
    first, last = value(metric, low, currency), value(metric, high)
    if METRICS[metric].percent:
        first = first.removesuffix(" %")
    return last if first == last.removesuffix(" %") else f"{first} to {last}"


def share_changed(row: Row) -> str:
    """By how much what is delivered changes: `−2.0 %`; empty where chance may account for it."""
    if not row.is_a_year or row.figure.metric == MONEY or not row.today or not row.change:
        return ""
    if abs(row.difference / row.today) < HARDLY:
        return ""
    share = 100 * row.difference / row.today
    return f"{'+' if share > 0 else '−'}{short(abs(share))} %"


# ---- runner-up, flips, prices --------------------------------------------------------------------


def runner_up_heading(d: Decision) -> str:
    """What stands before it: whether it comes next, or is surer."""
    label, sets = d.choice.runner_up, d.comparison.input_sets
    if label is None or sets is None or not d.goal.promises:
        return HEADINGS["runner_up"]
    own, other = d.choice.standings[d.recommended], d.choice.standings[label]
    return HEADINGS["surer"] if other.sets_kept > own.sets_kept else HEADINGS["runner_up"]


def runner_up(d: Decision) -> str:
    """Who comes next, and why it is not that."""
    label = d.choice.runner_up
    if label is None:
        if d.verdict is Verdict.STAY:
            return "nothing else keeps what is required."
        return "No other kind of policy keeps what is required."
    policy = d.policy(label)
    return f"{policy.title or policy.id}: {_deeds(d, label)}{_against(d, label)}."


def _deeds(d: Decision, label: str) -> str:
    """How soon a policy answers and what it delivers, against the recommended."""
    comparison = d.comparison
    takes = hours(comparison.figure(label, RESPONSE).mean)
    apart = comparison.difference(label, d.recommended, DELIVERY)
    whole = comparison.figure(d.recommended, DELIVERY).mean
    told = [f"answers in {takes}"]
    if whole and not math.isnan(apart.mean):
        if apart.low <= 0 <= apart.high:
            told.append("delivers about as much")
        else:
            told.append(
                f"delivers {short(100 * abs(apart.mean) / whole)} % {'more' if apart.mean > 0 else 'less'}"
            )
    return listed(told)


def least_change(d: Decision) -> str:
    """Today's kind of policy, set so that it keeps what is required: what it would take to stay with it."""
    own = d.policy(d.today).id
    alike = [
        one
        for one in d.choice.able
        if d.policy(one).id == own and one not in (d.today, d.recommended, d.choice.runner_up)
    ]
    if d.verdict is not Verdict.CHANGE or not alike:
        return ""
    label = max(alike, key=lambda one: d.choice.standings[one].score.value)
    sets = d.comparison.input_sets
    kept = (
        f", and keeps it in {d.choice.standings[label].sets_kept} of {sets.sets} sets"
        if sets
        else ""
    )
    return f"{named(d, label)} ({_set_otherwise(d, label)}), {_deeds(d, label)}{kept if d.goal.promises else ''}."


def _set_otherwise(d: Decision, label: str) -> str:
    """What is set otherwise than today, at most two of it."""
    policy, today = d.policy(label), d.policy(d.today)
    moved = [name for name, value in policy.values.items() if today.values.get(name) != value]
    told = [": ".join(told_parameter(policy, name, policy.values[name])) for name in moved]
    return listed([*told[:2], *(["more"] if len(told) > 2 else [])])


def _against(d: Decision, label: str) -> str:
    own, other = d.choice.standings[d.recommended], d.choice.standings[label]
    sets = d.comparison.input_sets
    if sets is not None and d.goal.promises and other.sets_kept > own.sets_kept:
        return (
            f", and keeps what is required in {other.sets_kept} of {sets.sets} sets of assumptions instead of "
            f"{own.sets_kept}: the one to take if it must be kept"
        )
    if not other.kept.surely and own.kept.surely:
        return ", but may not keep what is required"
    if other.sets_kept < own.sets_kept:
        return f", but keeps what is required in {other.sets_kept} of the sets of assumptions, not in {own.sets_kept}"
    if d.policy(label).sprints is False and d.policy(d.recommended).sprints:
        return ", but plans no sprints: no dates for customers"
    return ""


def flip_in_words(d: Decision, flip: Flip) -> str:
    """A value and which policy takes over there."""
    side = "above" if flip.above else "below"
    then = f"{named(d, flip.then)} is better" if flip.then else "nothing keeps what is required"
    at = said(d.scenario, flip.input, flip.at)
    far = "" if flip.within else " (farther than it is likely to be off)"
    return f"{name_of(flip.input.key)}: {side} {at} {then}{far}."


def from_where(d: Decision, flip: Flip) -> str:
    """From which value on another policy is the answer: `from 5.2: Duty team`."""
    at = said(d.scenario, flip.input, flip.at)
    then = named(d, flip.then) if flip.then else NOTHING_KEEPS
    return f"{'from' if flip.above else 'up to'} {at}: {then}"


def used_in_words(d: Decision, strip: Strip) -> str:
    """What was used of an input."""
    used = said(d.scenario, strip.input, strip.used)
    return used if used == AS_IT_IS else f"{used} used"


def no_flips(d: Decision) -> str:
    """What is said where nothing changes the answer."""
    if not d.scenario.ranges:
        return "The scenario has no [ranges], so nothing was moved."
    if d.verdict not in (Verdict.CHANGE, Verdict.STAY):
        return ""
    if len(d.strips) == 1:
        return "The one figure that may be off, moved half as far again as it may be, makes no other policy surely better."
    return (
        f"None of the {len(d.strips)} figures that may be off, moved alone half as far again as it may be, makes another "
        "policy surely better."
    )


def price(d: Decision) -> Iterator[str]:
    """What another policy would bring and take: whether that is a good trade, only the reader can say."""
    comparison, stories = d.comparison, d.scenario.stories
    for turn in d.turns:
        assert stories is not None
        points = comparison.difference(d.recommended, turn.label, DELIVERY).mean
        waits = comparison.difference(turn.label, d.recommended, RESPONSE).mean
        work = hours(abs(points) * stories.hours_per_point * stories.error.mean())
        sooner, less = ("sooner", "less") if turn.above else ("later", "more")
        yield (
            f"{named(d, turn.label)} answers {hours(abs(waits))} {sooner} and gets {work} of work {less} done a sprint and "
            f"team: the better trade if an hour that an incident waits is worth {'more' if turn.above else 'less'} than "
            f"{minutes_in_words(turn.minutes)} of a developer's time to you."
        )


def minutes_in_words(minutes: float) -> str:
    """Minutes as people say them."""
    if minutes < 0.75:
        return f"about {max(10 * round(6 * minutes), 5)} seconds"
    return "about a minute" if minutes < 1.5 else f"{short(minutes)} minutes"


# ---- what to do ----------------------------------------------------------------------------------


def ask(d: Decision) -> str:
    """What whoever decides is asked for."""
    if d.verdict is Verdict.CHANGE and d.trial is not None:
        first, then = _confirm(d), _pilot_asked(d.trial)
        return f"{first}Then {then[0].lower()}{then[1:]}" if first else then
    if d.verdict is Verdict.STAY:
        return "Nothing changes. Look again when one of the figures below passes its mark."
    if d.verdict is Verdict.OVERLOADED:
        return "Two figures, before anything is decided."
    if d.verdict is Verdict.BROKEN:
        return "Which gives way: the promise, the demand or the number of people (firelane hire says how many it takes)."
    return ""


def _confirm(d: Decision) -> str:
    """What to say first, where today was inferred and others would fit as well."""
    own = d.status_quo
    if own.how != "inferred" or not own.alike:
        return ""
    like = listed(list(own.alike), "or")
    return f"First, how you work today: like {own.policy.title}, or like {like}{_gains_less(d)}? "


def _gains_less(d: Decision) -> str:
    """That less is gained if they work in one of the other ways: where all of those answer sooner than today's."""
    takes = d.choice.standings[d.today].response
    others = [
        own.response
        for label, own in d.choice.standings.items()
        if d.policy(label).title in d.status_quo.alike
    ]
    return " (then less may be gained)" if others and max(others) < takes else ""


def _pilot_asked(tried: Trial) -> str:
    if not any(own.shows for own in tried.showings):
        return (
            "Whether to change without a pilot: within half a year none would show the difference."
        )
    return f"{pilot_place(tried).capitalize()}, {number(tried.length)} sprints; then look at {_looked_at(tried)}."


def _looked_at(tried: Trial) -> str:
    return listed([FIGURES[own.figure].lower() for own in tried.showings if own.shows])


def pilot_place(tried: Trial) -> str:
    """Where a pilot would be."""
    if len(tried.teams) == len(tried.scenario.teams):
        return "a pilot in all teams" if len(tried.teams) > 1 else "a pilot"
    return f"a pilot in {listed(list(tried.teams))}"


def pilot_heading(tried: Trial) -> str:
    """What a pilot shows and what it cannot."""
    shows = [FIGURES[s.figure].lower() for s in tried.showings if s.shows]
    never = [FIGURES[s.figure].lower() for s in tried.showings if not s.shows]
    if not shows:
        return "No pilot would show it within half a year"
    if not never:
        return "A pilot would show all of it"
    return f"A pilot shows {listed(shows)}, not {listed(never)}"


IN_PRACTICE = 1_000
"""Sprints after which nobody waits for a figure to show."""


def showing(own: Showing) -> str:
    """How soon a figure shows."""
    if own.sprints is not None:
        return f"after {number(own.sprints)} sprints"
    if math.isinf(own.about) or own.about > IN_PRACTICE:
        return "never in practice"
    return f"after about {short(own.about) if own.about < 10 else f'{own.about:,.0f}'} sprints"


def pilot_sub(tried: Trial) -> str:
    """How that is known."""
    dotted = " Dotted: the end of the pilot." if any(own.shows for own in tried.showings) else ""
    return (
        f"{percent(POWER)} of {tried.trials:,} simulated pilots tell it from chance by then, beside the {BEFORE} sprints "
        f"before, which are few.{dotted}"
    )


def pilot_stop(tried: Trial) -> str:
    """What to expect, and when to stop."""
    told = []
    for own in tried.showings:
        if not own.shows:
            continue
        better = METRICS[own.figure].better > 0
        told.append(
            f"{FIGURES[own.figure]}: expect {ends(own.figure, own.expected)}; stop if it is "
            f"{'less' if better else 'more'} than {value(own.figure, own.stop)}."
        )
    return " ".join(told)


def change_heading(d: Decision) -> str:
    """When the change has paid."""
    if d.change is None:
        return ""
    even, year = d.change.break_even, d.change.year
    if math.isnan(year.mean):
        return HEADINGS["change"]
    whole = d.comparison.figure(d.today, DELIVERY).mean * 52 / d.scenario.time.sprint_weeks
    if d.scenario.money is None and abs(year.mean) < HARDLY * whole * len(d.scenario.teams):
        return "Change-over: about even"
    if even.week is not None and year.mean > 0:
        return (
            "Change-over: ahead from the first week"
            if even.week == 1
            else f"Change-over: even in week {even.week}"
        )
    if year.high < 0:
        return f"Change-over: behind by {value(NET_POINTS, abs(year.mean))} after a year"
    return "Change-over: about even"


def change_details(d: Decision) -> str:
    """What the way costs, and where it leads."""
    assert d.change is not None
    return f"{changeover_finding(d.change)}."


def past_line(what: str) -> str:
    """A line of the backtest, such as `ordinary incidents, half resolved within`."""
    for quantile, share in (("p50", "half"), ("p90", "nine in ten")):
        what = what.replace(f"response {quantile}, ", f"{share} answered, ")
        what = what.replace(f"resolution {quantile}, ", f"{share} resolved, ")
    for severity, called in SEVERITIES.items():
        what = what.replace(f"severity {severity}", called)
    return what


NOTHING_KEEPS = "none keeps it"


def measure_next(d: Decision) -> list[str]:
    """What is worth knowing before the roll-out, the dearest first."""
    if d.worth is None:
        return []
    unit = (
        "points a sprint and team"
        if d.worth.unit == "net points"
        else f"{d.worth.unit} a sprint and team"
    )
    return [
        f"{name_of(own.input.key)} ({own.input.ends}): worth {short(own.value)} {unit}."
        for own in d.worth.worths[:3]
        if own.value >= WORTHWHILE
    ]


def unit_of_worth(d: Decision) -> str:
    """What a worth is told in."""
    points = d.worth is None or d.worth.unit == "net points"
    return f"{'points' if points or d.worth is None else d.worth.unit} a sprint and team"


def nothing_to_measure(d: Decision) -> str:
    """What is said where no input is worth knowing."""
    if d.worth is None:
        return ""
    none = "Within what each may be off by, no single figure changes the choice, so none is worth a study before the change."
    sets, own = d.comparison.input_sets, d.choice.standings[d.recommended]
    if sets is None or not d.goal.promises or own.sets_kept == sets.sets:
        return none
    return f"{none} Several off at once break what is required: in {sets.sets - own.sets_kept} of {sets.sets} sets."


def sources(d: Decision) -> str:
    """Where the figures come from."""
    own = d.sources
    sets = d.comparison.input_sets
    simulated = f"{d.comparison.replications:,} simulated years"
    if sets is not None:
        simulated = f"{sets.sets} sets of assumptions × {sets.paths} simulated years"
    counts = (
        f" {own.read} figures read from your exports, {own.assumed} assumed."
        if own.read or own.assumed
        else ""
    )
    size = f"{d.scenario.developers} developers, {_incidents_a_week(d)} incidents a week. "
    return f"{size}{simulated}, the same for every policy.{counts}"


def _incidents_a_week(d: Decision) -> str:
    time = d.scenario.time
    came = d.comparison.figure(d.recommended, "opened").mean
    return short(came / time.horizon_weeks)
