"""What the page draws is made from observations here, as plain data for JSON.

In a picture what is not known is NaN, which becomes null on its way.
"""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from sim.experiment.comparison import HEADLINE
from sim.experiment.input_sets import InputSets
from sim.experiment.statistics import Interval, interval, paired
from sim.experiment.study import Observations, Study, unpacked
from sim.measures.book import ACTIVITIES
from sim.measures.metrics import METRICS, Key, metrics_of
from sim.measures.run import Run, run
from sim.policy.contract import Policy
from sim.report.cautions import bought, without_delivery, worst_severity, worth
from sim.report.finding import certainty, finding
from sim.report.focus_words import changed_from, focused
from sim.report.stints import INCIDENT, stints
from sim.report.story_words import about, stories_of
from sim.result import Result
from sim.sampling.calendars import HOUR, WEEK
from sim.sampling.sample_path import sample_path
from sim.scenario.schema import Scenario
from sim.web.page_state import State, StateError

STAGES_OF_AN_INCIDENT = (
    ("closed", "closed hours"),
    ("first_line", "first line"),
    ("sprint_boundary", "for planning"),
    ("queue", "behind other work"),
    ("suspended", "put aside"),
    ("in_work", "in work"),
)


def picture(
    study: Study,
    observed: Observations,
    pinned: Result | None,
    looked_at: tuple[str, str] = ("", ""),
) -> dict[str, Any]:
    """Return every figure of every policy, what the front is, and the finding.

    `pinned` is the result that the changes are counted from; `looked_at` the ids of the policy in focus and of
    the reference.
    """
    result = result_of(study, observed)
    replications = result.replications
    front = result.pareto()
    chances = result.front_chances()
    return {
        "replications": replications,
        "developers": study.scenario.developers,
        "weeks": study.scenario.time.horizon_weeks,
        "finding": finding(result) + ".",
        "focused": _focused(result, pinned, *looked_at),
        "certainty": certainty(result),
        "worth": worth(result),
        "behind": " ".join(
            filter(
                None,
                [
                    *bought(result.scenario),
                    worst_severity(result),
                    *without_delivery(result),
                    _behind(result),
                ],
            )
        ),
        "policies": [
            {
                "name": policy.label,
                "id": policy.id,
                "title": policy.title or policy.id,
                "overloaded": result.is_overloaded(policy.label),
                "on_front": policy.label in front,
                "front_chance": chances[policy.label],
                "figures": _figures(result, policy.label),
                "change": None if pinned is None else _changes(result, pinned, policy),
            }
            for policy in study.policies
        ],
    }


def _focused(result: Result, pinned: Result | None, focus: str, reference: str) -> list[str]:
    """Return what is said of the policy in focus: what changed since the pin, then against the reference."""
    labels = {policy.id: policy.label for policy in result.policies}
    if focus not in labels or reference not in labels:
        return []
    told = [focused(result, labels[focus], labels[reference])]
    if pinned is not None:
        told.insert(0, changed_from(result, pinned, labels[focus]))
    return [sentence for sentence in told if sentence]


def result_of(study: Study, observed: Observations) -> Result:
    """Return what a study has come to so far."""
    count = observed.values.shape[1]
    return Result(study.scenario, study.policies, count, study.seed, study.engines[0], observed)


def not_known(study: Study, observed: Observations, sets: InputSets) -> dict[str, Any]:
    """Return how far what nobody measured moves the figures of the short table, and what may be said then."""
    result = replace(result_of(study, observed), input_sets=sets)
    return {
        "finding": finding(result) + ".",
        "certainty": certainty(result),
        "sets": sets.sets,
        "policies": {
            label: {
                "behind": result.sets_behind(label),
                "figures": {metric: result.in_sets(label, metric).tolist() for metric in HEADLINE},
            }
            for label in result.labels
        },
    }


def _behind(result: Result) -> str:
    """Say which policies the picture leaves out, as they have no steady state; empty for none."""
    behind = [label for label in result.labels if result.is_overloaded(label)]
    if not behind:
        return ""
    return f"Not in the picture, for incidents pile up under them: {', '.join(behind)}."


_OF_ALL = frozenset(
    [
        *METRICS,
        *(f"incident_{stage}_hours" for stage, _ in STAGES_OF_AN_INCIDENT),
        *(f"developer_{activity}_share" for activity in ACTIVITIES),
    ]
)
_BY_GROUP = frozenset(("response_hours_p50", "response_hours_p90"))


def _figures(result: Result, label: str) -> dict[str, Interval]:
    """A policy's figures that are drawn, as `metric` or `metric|group`: an eighth of all that there are."""
    return {
        key.name if key.group == "all" else f"{key.name}|{key.group}": found
        for key, found in result.figures(label, _is_drawn).items()
    }


def _is_drawn(key: Key) -> bool:
    return key.name in (_OF_ALL if key.group == "all" else _BY_GROUP)


def _changes(result: Result, pinned: Result, policy: Policy) -> dict[str, Any] | None:
    """Return paired differences to the pinned state, for the figures that people compare by.

    A policy that is not in the pinned state gets None. Its settings may be others there.
    """
    ids = [one.id for one in pinned.policies]
    if policy.id not in ids:
        return None
    labels = pinned.labels
    there = labels.index(policy.label) if policy.label in labels else ids.index(policy.id)
    here = result.labels.index(policy.label)
    changes = {}
    for metric in METRICS:
        own = next(
            (k for k in result.observations.keys if (k.name, k.group) == (metric, "all")), None
        )
        if own is None or own not in pinned.observations.keys:
            continue
        before = pinned.at_expected_load.of(there, own)
        changes[metric] = {
            "before": interval(before).mean,
            "difference": paired(result.at_expected_load.of(here, own), before),
        }
    return changes


def metrics(scenario: Scenario) -> list[dict[str, Any]]:
    """Return the figures that people compare by, and how they are spoken of."""
    return [
        {
            "id": name,
            "label": m.label,
            "better": m.better,
            "percent": m.percent,
            "grouped": name.startswith(("response_", "resolution_")),
        }
        for name, m in metrics_of(scenario).items()
    ]


def meta() -> dict[str, Any]:
    """Return the parts of where the time went, and how they are spoken of."""
    return {
        "activities": list(ACTIVITIES),
        "stages": [
            {"id": f"incident_{name}_hours", "label": label}
            for name, label in STAGES_OF_AN_INCIDENT
        ],
    }


def groups(scenario: Scenario) -> list[str]:
    """Return the groups of incidents with figures of their own, as `sim.search.goal.FigureName`
    names them."""
    severities = sorted({kind.severity for kind in scenario.incidents})
    kinds = [kind.kind for kind in scenario.incidents]
    return [*(f"severity={n}" for n in severities), *(f"kind={name}" for name in kinds)]


def command(
    name: str, path: str, state: State, policies: Sequence[str], options: Sequence[str]
) -> str:
    """Return the command line that reproduces what is on screen.

    `options` are those of this command alone.
    """
    words = ["firelane", name, path]
    words += [part for change in state.changes for part in ("--set", change)]
    words += [part for lever in state.levers for part in ("--lever", lever)]
    words += [part for policy in policies for part in ("--policy", policy)]
    return shlex.join([*words, *options, "--seed", str(state.seed)])


def played_command(words: Sequence[str], state: State, options: Sequence[str], seed: int) -> str:
    """Return the command line that tells the story of what is played; `words` name it and the two policies."""
    changes = [part for change in state.changes for part in ("--set", change)]
    levers = [part for lever in state.levers for part in ("--lever", lever)]
    return shlex.join(["firelane", *words, *changes, *levers, *options, "--seed", str(seed)])


# ---- one sprint ----------------------------------------------------------------------------------

WHAT = ("stories", "incidents", "improvements", "ceremonies", "absence")
"""Which of `ACTIVITIES` people are seen at, by `sim.report.stints`."""


def check_sprint(scenario: Scenario, team: int, sprint: int) -> None:
    """Refuse a team or a sprint that there is not.

    Raises:
        StateError: saying which there are.
    """
    teams, sprints = len(scenario.teams), _sprints(scenario)
    if not (0 <= team < teams and 0 <= sprint < sprints):
        raise StateError(f"there are {teams} teams and {sprints} sprints")


def _sprints(scenario: Scenario) -> int:
    return int(scenario.time.horizon_weeks // scenario.time.sprint_weeks)


def timeline(
    packed: bytes, policy: int, team: int, sprint: int, replication: int
) -> dict[str, Any]:
    """Return who worked on what in one sprint of one team, in hours since the sprint began.

    `packed` is the study.
    """
    study = unpacked(packed)
    scenario = study.scenario
    lived = run(
        sample_path(scenario, study.seed, replication),
        study.policies[policy],
        study.engines[policy],
    )
    org = lived.path.organisation
    length = scenario.time.sprint_weeks * 168.0
    first, last = sprint * length, (sprint + 1) * length
    members, hours = [int(d) for d in np.flatnonzero(org.team == team)], org.calendar_of(team)
    horizon = scenario.time.horizon_weeks * WEEK
    seen = [
        stint
        for stint in stints(lived.events, horizon)
        if stint.developer in members and stint.ends / HOUR > first and stint.begins / HOUR < last
    ]
    shown = [
        {
            "developer": stint.developer,
            "what": WHAT[stint.what],
            "item": stint.item,
            "from": max(stint.begins / HOUR, first) - first,
            "to": min(stint.ends / HOUR, last) - first,
        }
        for stint in seen
    ]
    ids = {stint.item for stint in seen if stint.what == INCIDENT}
    return {
        "team": scenario.teams[team].name,
        "sprint": sprint,
        "sprints": _sprints(scenario),
        "hours": length,
        "opens": [
            [max(float(o) / HOUR, first) - first, min(float(c) / HOUR, last) - first]
            for o, c in zip(hours.opens, hours.closes, strict=True)
            if float(c) / HOUR > first and float(o) / HOUR < last
        ],
        "developers": members,
        "stints": shown,
        "incidents": _stories_of(lived, ids),
    }


def _stories_of(lived: Run, ids: set[int]) -> dict[str, str]:
    """Return how each incident fared, a sentence or two for each; both sums add up to the second."""
    told = {}
    for number in ids:
        what, [story] = about(lived, number), stories_of([lived], number)
        if story is not None:
            opening = f"{what['kind']} (severity {what['severity']})"
            told[str(number)] = (
                f"{opening}: {story['answer_words']}. {story['split_words']}".strip()
            )
    return told
