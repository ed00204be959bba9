"""The elasticity of sprints: what is delivered of a commitment, and how it moves with what is added on the way.

Of a board in a public tracker only people, the length of its sprints and the rate of added work are told to the model;
what boards have in common (how long an item takes, how uneven effort, presence and additions are, and how added work
is taken up) is fitted on the boards of the other two trackers. Predicted is the distribution of points delivered over
points committed, and its rank correlation, sprint by sprint, with the share of items that were added. The rival is a
forecast that knows no model: all sprints of the other trackers. What it shows is a result, whatever it is, and no
failure of the proofs.

Recordings do not ship (`validation.history` says which they are): `--data FOLDER` or FIRELANE_DATA.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd

from sim.arrays import Bools, Floats
from sim.engine.states import Outcome, Queued
from sim.engine.trace import Event, EventType
from sim.measures.book import SprintAccount
from sim.measures.run import Run, run
from sim.sampling.calendars import WEEK
from sim.sampling.sample_path import sample_path
from sim.scenario.reading import from_table
from sim.scenario.schema import Scenario
from validation.section import Section, percent
from validation.statistics import band, crps, rank_correlation

Progress = Callable[[str, int, int], None]

NAMES = {"apache": "Apache", "jboss": "JBoss", "mongodb": "MongoDB"}
TRACKERS = tuple(NAMES)
NEEDED = tuple(f"sprints_{name}/{name}_iteration_{at}.csv" for name in TRACKERS for at in (0, 80))

FEWEST = 5
"""Sprints with a commitment of a board that is looked at."""

SEEN = 0.8
"""Of a sprint: what was added by then is on record."""

POINTS = {"1": 0.4, "2": 0.3, "3": 0.2, "5": 0.1}
ITEM = sum(float(points) * share for points, share in POINTS.items())
"""Points of an item, on average."""

HOURS_A_WEEK, FOCUS = 40, 0.7

POLICIES = ("interrupt-anyone", "reserved-buffer")
PLANS = ("velocity", "capacity")
ERRORS = (1.9, 4.0, 10.0)
"""In one item of ten the actual effort is more than so many times the estimate; 1.9 is docs/evidence.md, A2."""
AWAY = (0.02, 0.3)
"""Share of working days that people are not there; who gives their spare time is away for more than sickness."""

WARM_UP, SPRINTS = 4, 30
FIT_PATHS, REPLICATIONS = 3, 60

ONE, EACH = "one set for all", "a set for each"
"""Of what boards have in common: how it is fitted."""

BELOW, OF_BOARDS = 0.1, 0.6
"""The score must be so much below the pooled forecast's, on so many of the boards."""
COVERED = (0.85, 0.95)

# ---- what was recorded ---------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Board:
    """What the model is told of a board, and its N sprints."""

    tracker: str
    people: int
    weeks: int
    """of a sprint"""
    added: float
    """share of all items that were added"""
    ratio: Floats
    """(N,) points delivered over points committed"""
    share: Floats
    """(N,) of a sprint's items: added by SEEN of it"""
    items: float
    """of a sprint on average, added ones too"""
    dispersion: float
    """variance over mean of the items added to a sprint"""


def recorded(data: Path) -> list[Board]:
    """Return the boards of all trackers with FEWEST sprints and more that committed to something."""
    return [board for name in TRACKERS for board in boards_of(name, *_tables(data, name))]


def _tables(data: Path, name: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    at_0, at_80 = (
        pd.read_csv(data / f"sprints_{name}/{name}_iteration_{at}.csv").set_index(
            ["boardid", "sprintid"]
        )
        for at in (0, 80)
    )
    return at_0, at_80.loc[at_0.index]


def boards_of(tracker: str, at_0: pd.DataFrame, at_80: pd.DataFrame) -> list[Board]:
    """Return a tracker's boards, by two photographs of each sprint (the data's README has the columns)."""
    items = at_0.no_issue_starttime + at_0.no_issue_added - at_0.no_issue_removed
    committed = at_0.vel_starttime + at_0.vel_added - at_0.vel_removed
    table = pd.DataFrame(
        {
            "items": items,
            "added": (at_80.no_issue_added - at_0.no_issue_added).clip(lower=0),
            "ratio": (at_0.vel_diff + committed) / committed.where(committed > 0),
            "people": at_0.no_teammember,
            "days": at_0.planday,
        }
    )
    table = each_once(table[(committed > 0) & (items > 0)])
    return [_board(tracker, own) for _, own in table.groupby("boardid") if len(own) >= FEWEST]


def each_once(table: pd.DataFrame) -> pd.DataFrame:
    """Return each sprint on the one of its boards that has most: a tracker shows a sprint on several boards, and one
    that is counted twice would be foretold by itself."""
    sizes = table.groupby("boardid")["items"].transform("size")
    order = table.assign(size=sizes).reset_index()
    order = order.sort_values(["size", "boardid"], ascending=[False, True], kind="stable")
    kept = order.drop_duplicates("sprintid").sort_values(["boardid", "sprintid"])
    return kept.set_index(["boardid", "sprintid"]).drop(columns="size")


def _board(tracker: str, own: pd.DataFrame) -> Board:
    in_all = own["items"] + own.added
    mean = float(own.added.mean())
    return Board(
        tracker=tracker,
        people=max(1, round(float(own.people.median()))),
        weeks=int(np.clip(round(float(own.days.median()) / 7), 1, 8)),
        added=float(own.added.sum() / in_all.sum()),
        ratio=own.ratio.to_numpy(),
        share=(own.added / in_all).to_numpy(),
        items=float(in_all.mean()),
        dispersion=float(own.added.var() / mean) if mean else 1.0,
    )


def pooled(boards: Sequence[Board]) -> Floats:
    """Return the ratios of all sprints of some boards: the forecast without a model."""
    return np.concatenate([board.ratio for board in boards])


# ---- the model -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Common:
    """What boards are taken to have in common."""

    person_weeks: float
    """that an item takes"""
    dispersion: float
    """of what is added"""
    policy: str = POLICIES[0]
    plan_by: str = PLANS[0]
    error: float = ERRORS[0]
    away: float = AWAY[0]


def known_of(boards: Sequence[Board]) -> Common:
    """Return what can be counted: the middle of the boards."""
    person_weeks = [board.people * board.weeks / board.items for board in boards]
    dispersion = float(np.median([board.dispersion for board in boards]))
    return Common(float(np.median(person_weeks)), float(np.clip(dispersion, 1, 100)))


def added_per_week(board: Board, common: Common) -> float:
    """Return how many items come in the middle of sprints, each week: of what people can do, the share that was
    added by the end, at the rate at which it was by SEEN of the sprint."""
    over = board.added / (SEEN * (1 - board.added))
    return board.people / common.person_weeks * over / (1 + over)


def scenario_of(board: Board, common: Common) -> Scenario:
    """Return a team as large as the board's, with sprints as long, to which as much is added."""
    hours = common.person_weeks * HOURS_A_WEEK * FOCUS * (1 - common.away)
    spread = {"dist": "lognormal", "median": 1.0, "p90": common.error}
    mean = float(np.exp((np.log(common.error) / 1.2816) ** 2 / 2))
    return from_table(
        {
            "name": "a board",
            "time": {
                "horizon_weeks": (WARM_UP + SPRINTS + 1) * board.weeks,
                "warmup_weeks": WARM_UP * board.weeks,
                "sprint_weeks": board.weeks,
            },
            "teams": [{"name": "all", "developers": board.people, "focus": FOCUS}],
            "sprints": {"plan_by": common.plan_by},
            "stories": {
                "points": POINTS,
                "hours_per_point": float(np.clip(hours / ITEM / mean, 0.1, 1_000)),
                "error": spread,
            },
            "people": {"sick_share": common.away},
            "incidents": [
                {
                    "kind": "added",
                    "severity": 2,
                    "per_week": added_per_week(board, common),
                    "dispersion": common.dispersion,
                    "profile": "office-hours",
                    "effort_hours": {"dist": "exponential", "mean": hours},
                    "first_line": False,
                }
            ],
        }
    )


def sprints_of(of: Run) -> tuple[Floats, Floats]:
    """Return of each sprint after the warm-up points delivered over committed, and the share of items added by
    SEEN of it: incidents that did not wait for the planning, and stories pulled. An incident is worth an item."""
    a, events = of.accounts, of.events
    rows = a.sprints[0]
    rows = rows[rows[:, SprintAccount.begins] >= 0]
    begins = rows[:, SprintAccount.begins]

    def counted(times: Floats | np.ndarray) -> Floats:
        of_sprint = np.searchsorted(begins, times, side="right") - 1
        return np.bincount(of_sprint[of_sprint >= 0], minlength=len(begins)).astype(float)

    kind, time = events[:, Event.type], events[:, Event.time]
    queued = events[(kind == EventType.QUEUED) & (events[:, Event.value] != Queued.COMMITTED)]
    _, first = np.unique(queued[:, Event.item], return_index=True)
    came = np.concatenate([queued[first, Event.time], time[kind == EventType.PULLED]])
    place = np.maximum(np.searchsorted(begins, came, side="right") - 1, 0)
    length = of.path.scenario.time.sprint_weeks * WEEK
    added = counted(came[came - begins[place] < SEEN * length])
    resolved = counted(a.ended[a.outcome == Outcome.RESOLVED])
    committed = rows[:, SprintAccount.committed_points]
    delivered = rows[:, SprintAccount.done_points] + ITEM * resolved
    measured = np.arange(len(rows)) >= WARM_UP
    measured &= (np.arange(len(rows)) < len(rows) - 1) & (committed > 0)
    in_all = rows[:, SprintAccount.committed] + added
    return (delivered[measured] / committed[measured], added[measured] / in_all[measured])


def simulated(
    board: Board, commons: Sequence[Common], replications: int
) -> list[tuple[Floats, Floats]]:
    """Return the ratios and shares of each replication, which take sets of common values by turns."""
    scenarios = [scenario_of(board, common) for common in commons]
    turns = [(n, n % len(commons)) for n in range(replications)]
    return [
        sprints_of(run(sample_path(scenarios[turn], 1, n), commons[turn].policy))
        for n, turn in turns
    ]


def ratios(runs: Sequence[tuple[Floats, Floats]]) -> Floats:
    """Return all ratios of some runs: the forecast."""
    return np.concatenate([ratio for ratio, _ in runs])


def fitted(boards: Sequence[Board]) -> tuple[Common, list[Common]]:
    """Return the common values by which the boards are forecast best, and those that do best for each board.

    Best is the score over that of the other trackers' sprints among them; of all boards, that in their middle.
    """
    known = known_of(boards)
    choices = [
        Common(known.person_weeks, known.dispersion, *choice)
        for choice in product(POLICIES, PLANS, ERRORS, AWAY)
    ]
    costs = np.array([[_cost(one, common, boards) for one in boards] for common in choices])
    for_all = choices[int(np.argmin(np.median(costs, axis=1)))]
    return for_all, [choices[int(n)] for n in np.argmin(costs, axis=0)]


def _cost(board: Board, common: Common, boards: Sequence[Board]) -> float:
    rival = crps(pooled([one for one in boards if one.tracker != board.tracker]), board.ratio)
    score = crps(ratios(simulated(board, [common], FIT_PATHS)), board.ratio)
    return float(score.mean() / rival.mean())


# ---- holding them against each other -------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Judged:
    """A board that was left out, and how it was foretold."""

    board: Board
    forecast: Floats
    score: float
    """CRPS of the model; of the pooled forecast; of the board's own other sprints"""
    rival: float
    own: float
    held: Floats
    """(N,) 1 where the band of 90 % holds a sprint's ratio"""
    correlation: float
    foretold: Floats
    """(R,) correlations of as many sprints of each replication"""


def judged(
    board: Board, commons: Sequence[Common], others: Sequence[Board], replications: int
) -> Judged:
    """Return how a board that no value was fitted on is foretold."""
    runs = simulated(board, commons, replications)
    forecast = ratios(runs)
    low, high = band(forecast)
    count = len(board.ratio)
    left = [
        crps(np.delete(board.ratio, n), board.ratio[n : n + 1])[0] for n in range(count)
    ]  # each sprint by the board's others
    return Judged(
        board=board,
        forecast=forecast,
        score=float(crps(forecast, board.ratio).mean()),
        rival=float(crps(pooled(others), board.ratio).mean()),
        own=float(np.mean(left)),
        held=((board.ratio >= low) & (board.ratio <= high)).astype(float),
        correlation=rank_correlation(board.share, board.ratio),
        foretold=np.array([rank_correlation(s[:count], r[:count]) for r, s in runs]),
    )


def mean_correlation(found: Sequence[Judged]) -> tuple[float, Floats]:
    """Return the mean correlation within boards, by their sprints: as recorded, and in each replication. Boards to
    which nothing was ever added have none."""
    own = [one for one in found if not np.isnan(one.correlation)]
    weights = np.array([len(one.board.ratio) for one in own], dtype=float)
    each = np.array([one.foretold for one in own])
    known = ~np.isnan(each)
    model = np.nansum(each * weights[:, None], axis=0) / (known * weights[:, None]).sum(axis=0)
    return float(np.average([one.correlation for one in own], weights=weights)), model


def share_better(scores: Sequence[float], rivals: Sequence[float]) -> float:
    """Return the share of boards whose score is at least BELOW under the rival's."""
    return float(np.mean(np.array(scores) <= (1 - BELOW) * np.array(rivals)))


def prove(progress: Progress, data: Path, replications: int = REPLICATIONS) -> Section:
    """Leave one tracker out after the other, and say whether sprints are validated by it."""
    boards = recorded(data)
    rows: list[tuple[str, ...]] = []
    found: dict[str, list[Judged]] = {ONE: [], EACH: []}
    sets: dict[str, Common] = {}
    for n, tracker in enumerate(TRACKERS):
        progress("elasticity", n, len(TRACKERS))
        others = [board for board in boards if board.tracker != tracker]
        for_all, for_each = fitted(others)
        sets[tracker] = for_all
        for way, commons in ((ONE, [for_all]), (EACH, for_each)):
            mine = [
                judged(board, commons, others, replications)
                for board in boards
                if board.tracker == tracker
            ]
            rows.append(_row(NAMES[tracker], way, mine))
            found[way] += mine
    rows += [_row("**all boards**", way, own) for way, own in found.items()]
    return Section(
        id="elasticity",
        title="Does what is delivered move with what is added? The elasticity of sprints",
        before=_before(found[ONE], replications),
        columns=(
            "left out",
            "fitted",
            "boards, sprints",
            "score",
            "pooled",
            "own",
            "10 % below pooled",
            "own would be",
            "in the 90 % band",
            "correlation, recorded",
            "foretold, 90 % band",
        ),
        rows=rows,
        after=_after(found[ONE], found[EACH], sets),
    )


def _row(name: str, way: str, found: Sequence[Judged]) -> tuple[str, ...]:
    score, rival, own = ([getattr(o, of) for o in found] for of in ("score", "rival", "own"))
    observed, model = mean_correlation(found)
    low, high = band(model)
    held = float(np.mean(np.concatenate([one.held for one in found])))
    return (
        name,
        way,
        f"{len(found)}, {sum(len(one.board.ratio) for one in found)}",
        *(f"{np.median(values):.3f}" for values in (score, rival, own)),
        percent(share_better(score, rival)),
        percent(share_better(own, rival)),
        percent(held),
        f"{observed:+.2f}",
        f"{np.mean(model):+.2f} ({low:+.2f} to {high:+.2f})",
    )


def _before(found: Sequence[Judged], replications: int) -> str:
    sprints = sum(len(one.board.ratio) for one in found)
    return (
        f"The {len(found)} boards of three public trackers (sources under Recorded history) with at least {FEWEST} sprints "
        f"that committed to something: {sprints} sprints, each counted once, where a tracker shows many on several boards. "
        "The model is told a board's people (the median seen on issues), the length of its sprints in weeks, and the share "
        f"of its items that were added; a team like that lives through {replications} times {SPRINTS} sprints. What boards "
        "have in common is taken from those of the two other trackers: counted, how long an item takes and how uneven "
        "additions are; fitted, how uneven efforts are, how much people are away, whether velocity or capacity makes the "
        f"plan (that it may be capacity was added when velocity was seen to deliver too much on three boards), and how additions are taken up (`{'`, `'.join(POLICIES)}`). *{ONE}*: the set that does best in the middle of the "
        f"others' boards. *{EACH}*: replications take by turns the set that does best for each of the others' boards, since "
        "boards differ in more than the model is told; it was tried after the first had failed. An added item counts the points of an average one when it is done, "
        "as delivered points of the trackers hold those of added issues. The score is the CRPS, less is better "
        "(Gneiting and Raftery 2007; medians over boards), beside that of the pooled forecast, all sprints of the other "
        "trackers, and of the board's own other sprints, which no forecast from outside knows: it says how much there is to win.\n\n"
        "*What would refute us, stated before the figures:* the score is not at least "
        f"{percent(BELOW)} below the pooled forecast's on at least {percent(OF_BOARDS)} of the boards; or bands of 90 % hold "
        f"less than {percent(COVERED[0])} or more than {percent(COVERED[1])} of the sprints; or the recorded correlation "
        "within boards lies outside the band."
    )


def verdicts(found: Sequence[Judged]) -> list[tuple[bool, str]]:
    """Return whether each of the three conditions holds, and the figure in words."""
    better = share_better([one.score for one in found], [one.rival for one in found])
    held = float(np.mean(np.concatenate([one.held for one in found])))
    observed, model = mean_correlation(found)
    low, high = band(model)
    return [
        (better >= OF_BOARDS, f"scores (a tenth better on {percent(better)} of boards)"),
        (COVERED[0] <= held <= COVERED[1], f"bands (they hold {percent(held)})"),
        (
            low <= observed <= high,
            f"correlation ({observed:+.2f} recorded, {low:+.2f} to {high:+.2f} foretold)",
        ),
    ]


def _in_words(common: Common) -> str:
    """Return what boards were found to have in common."""
    return (
        f"an item takes {common.person_weeks:.2f} person-weeks, one in ten over {common.error:g} times its estimate; people "
        f"are away {percent(common.away)} of days; added items are {common.dispersion:.1f} times as uneven as chance; planned "
        f"by {common.plan_by}, `{common.policy}`"
    )


def _after(one: Sequence[Judged], each: Sequence[Judged], sets: Mapping[str, Common]) -> str:
    lines = []
    for way, found in ((ONE, one), (EACH, each)):
        refuted = [words for holds, words in verdicts(found) if not holds]
        kept = [words for holds, words in verdicts(found) if holds]
        lines.append(
            f"*{way}*: "
            + (f"**refuted** by {', '.join(refuted)}" if refuted else "not refuted")
            + (f"; kept: {', '.join(kept)}." if kept else ".")
        )
    own = share_better([o.own for o in one], [o.rival for o in one])
    weights = [len(o.board.ratio) for o in one]
    lines.append(
        f"By their own other sprints, too, no more than {percent(own)} of boards would be foretold better by a tenth "
        "than by the pooled forecast: there is less to win than the condition asks for."
    )
    for words, of in SPREAD.items():
        model = np.average([of(o.forecast).mean() for o in one], weights=weights)
        real = np.concatenate([of(o.board.ratio) for o in one]).mean()
        lines.append(f"{words} {percent(real)} of the recorded sprints, {percent(model)} of ours.")
    lines.append(
        "So the sign of the elasticity comes out, a little weaker than recorded, and how far sprints spread does not: a team of "
        "the model always has its people and means its plan. What it says of how often a plan is kept is not validated "
        "by these boards."
    )
    return (
        " ".join(lines)
        + "\n\n"
        + " ".join(f"{NAMES[of]} left out, {_in_words(common)}." for of, common in sets.items())
    )


SPREAD: dict[str, Callable[[Floats], Bools]] = {
    "Nothing is delivered in": lambda ratio: ratio == 0,
    "Twice the commitment and more in": lambda ratio: ratio >= 2,
}
"""What becomes of a commitment at either end."""
