"""What the page draws, from observations: as plain data for JSON."""

from __future__ import annotations

import math
import shlex
from typing import Any

import numpy as np

from sim.comparison import FEWEST_BEYOND
from sim.experiment import Observations, Study
from sim.ledger import ACTIVITIES
from sim.metrics import METRICS, QUANTILES, Key
from sim.report.wording import finding
from sim.result import Result
from sim.run import run
from sim.sample_path import sample_path
from sim.scenario import Scenario
from sim.statistics import CONFIDENCE, Floats
from sim.trace import Verb
from sim.web.state import State

STAGES_OF_AN_INCIDENT = (
    ("closed", "closed hours"),
    ("first_line", "first line"),
    ("sprint_boundary", "waiting for the sprint boundary"),
    ("queue", "behind other work"),
    ("suspended", "put down"),
    ("in_work", "in work"),
)


def picture(study: Study, observed: Observations, pinned: Observations | None) -> dict[str, Any]:
    """Every figure of every policy, what the front is, and the finding."""
    replications = observed.values.shape[1]
    result = Result(
        study.scenario, study.policies, replications, study.seed, study.lanes[0], observed
    )
    front = result.pareto()
    chances = result.front_chances()
    return {
        "replications": replications,
        "finding": finding(result) + ".",
        "certainty": _certainty(result, front, chances),
        "policies": [
            {
                "name": policy.label,
                "id": policy.id,
                "title": policy.title or policy.id,
                "overloaded": result.is_overloaded(policy.label),
                "on_front": policy.label in front,
                "front_chance": _or_none(chances[policy.label]),
                "figures": _figures(result, n),
                "change": None if pinned is None else _changes(result, pinned, n),
            }
            for n, policy in enumerate(study.policies)
        ],
    }


def _certainty(result: Result, front: list[str], chances: dict[str, float]) -> str:
    if not front:
        return ""
    fastest = result.best("response_hours_mean")
    contenders = [label for label in result.contenders("response_hours_mean") if label != fastest]
    if contenders:
        return (
            f"After {result.replications} random futures, {', '.join(contenders)} may be as fast "
            f"(95 % intervals)."
        )
    sure = min(chances[label] for label in front)
    return (
        f"After {result.replications} random futures it is the fastest with 95 % confidence; each "
        f"policy on the front belongs there with {100 * sure:.0f} % or more."
    )


def _figures(result: Result, policy: int) -> dict[str, Any]:
    """Intervals of a policy's figures, computed together; `metric` or `metric|group`."""
    values = result.observations.values[policy]
    mean, low, high = _intervals(values)
    overloaded = result.is_overloaded(result.labels[policy])
    counted = {
        key.group: mean[n]
        for n, key in enumerate(result.observations.keys)
        if key.name == "incidents_measured"
    }
    figures = {}
    for n, key in enumerate(result.observations.keys):
        name = key.name if key.group == "all" else f"{key.name}|{key.group}"
        given = _may_be_given(key, overloaded, counted)
        parts = (mean[n], low[n], high[n]) if given else (math.nan,) * 3
        figures[name] = [_or_none(float(part)) for part in parts]
    return figures


def _may_be_given(key: Key, overloaded: bool, counted: dict[str, float]) -> bool:
    if key.section != "response" or key.name == "incidents_measured":
        return True
    share = QUANTILES.get(key.name.rpartition("_")[2])
    few = share is not None and counted[key.group] * (1 - share) < FEWEST_BEYOND - 1e-9
    return not (overloaded or few)


def _intervals(values: Floats) -> tuple[Floats, Floats, Floats]:
    """Mean and 95 % interval of each column of (R, F), as `sim.statistics.interval` gives them."""
    from scipy.special import stdtrit

    known = ~np.isnan(values)
    n = known.sum(axis=0)
    filled = np.where(known, values, 0.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = filled.sum(axis=0) / n
        spread = np.where(known, values - mean, 0.0)
        deviation = np.sqrt((spread**2).sum(axis=0) / (n - 1))
        half = stdtrit(np.maximum(n - 1, 1), (1 + CONFIDENCE) / 2) * deviation / np.sqrt(n)
    half = np.where(n > 1, half, np.nan)
    return mean, mean - half, mean + half


def _changes(result: Result, pinned: Observations, policy: int) -> dict[str, Any] | None:
    """Paired differences to the pinned state, for the figures that people compare by."""
    if policy >= pinned.values.shape[0]:
        return None
    changes = {}
    for metric in METRICS:
        own = next(
            (k for k in result.observations.keys if (k.name, k.group) == (metric, "all")), None
        )
        if own is None or own not in pinned.keys:
            continue
        before = pinned.of(policy, own)
        mean, low, high = _intervals((result.observations.of(policy, own) - before)[:, np.newaxis])
        then = before[~np.isnan(before)]
        changes[metric] = {
            "before": _or_none(float(then.mean()) if len(then) else math.nan),
            "difference": [_or_none(float(part[0])) for part in (mean, low, high)],
        }
    return changes


def _or_none(value: float) -> float | None:
    return None if math.isnan(value) else value


def meta() -> dict[str, Any]:
    """What figures there are and how they are spoken of."""
    return {
        "metrics": [
            {"id": name, "label": m.label, "better": m.better, "percent": m.percent}
            for name, m in METRICS.items()
        ],
        "activities": list(ACTIVITIES),
        "stages": [
            {"id": f"incident_{name}_hours", "label": label}
            for name, label in STAGES_OF_AN_INCIDENT
        ],
    }


def command(state: State, path: str) -> str:
    """The line that reproduces what is on screen."""
    words = ["firelane", "compare", path]
    words += [part for change in state.changes for part in ("--set", change)]
    words += [part for lever in state.levers for part in ("--lever", lever)]
    words += [part for policy in state.policies for part in ("--policy", policy)]
    words += ["--replications", str(state.replications), "--seed", str(state.seed)]
    return shlex.join(words)


# ---- one sprint ----------------------------------------------------------------------------------

_BEGINS = {
    Verb.STARTED: "incident",
    Verb.STORY_STARTED: "story",
    Verb.IMPROVEMENT_STARTED: "improvement",
    Verb.CEREMONY_BEGAN: "ceremony",
    Verb.LEFT: "absence",
    Verb.REST_BEGAN: "absence",
}
_ENDS = {
    Verb.SUSPENDED,
    Verb.PART_DONE,
    Verb.RESOLVED,
    Verb.STORY_SUSPENDED,
    Verb.STORY_DONE,
    Verb.IMPROVEMENT_SUSPENDED,
    Verb.IMPROVEMENT_DONE,
    Verb.CEREMONY_ENDED,
    Verb.RETURNED,
    Verb.REST_ENDED,
}


def timeline(
    scenario: Scenario, study: Study, policy: int, team: int, sprint: int, replication: int
) -> dict[str, Any]:
    """Who worked on what in one sprint of one team; hours since the sprint began.

    Raises:
        IndexError: for a team or sprint that there is not.
    """
    lived = run(
        sample_path(scenario, study.seed, replication), study.policies[policy], study.lanes[policy]
    )
    org = lived.path.organisation
    length = scenario.time.sprint_weeks * 168.0
    sprints = int(scenario.time.horizon_weeks // scenario.time.sprint_weeks)
    if not (0 <= team < len(scenario.teams) and 0 <= sprint < sprints):
        raise IndexError(f"there are {len(scenario.teams)} teams and {sprints} sprints")
    first, last = sprint * length, (sprint + 1) * length
    members = [int(d) for d in np.flatnonzero(org.team == team)]
    stints = _stints(lived.events, set(members), scenario.time.horizon_weeks * 168.0)
    shown = [
        {**stint, "from": max(stint["from"], first) - first, "to": min(stint["to"], last) - first}
        for stint in stints
        if stint["to"] > first and stint["from"] < last
    ]
    ids = {stint["item"] for stint in shown if stint["what"] == "incident"}
    return {
        "team": scenario.teams[team].name,
        "sprint": sprint,
        "sprints": sprints,
        "hours": length,
        "opens": [
            [max(float(o) / 3600, first) - first, min(float(c) / 3600, last) - first]
            for o, c in zip(org.calendar.opens, org.calendar.closes, strict=True)
            if float(c) / 3600 > first and float(o) / 3600 < last
        ],
        "developers": members,
        "stints": shown,
        "incidents": _stories_of(lived, ids),
    }


def _stints(events: Any, members: set[int], horizon: float) -> list[dict[str, Any]]:
    """From what begins to what ends it, developer by developer."""
    open_: dict[int, dict[str, Any]] = {}
    stints = []
    for time, verb, item, developer, _, _ in events.tolist():
        if developer not in members:
            continue
        hour = time / 3600
        if verb in _BEGINS or verb in _ENDS:
            before = open_.pop(developer, None)
            if before is not None and hour > before["from"]:
                stints.append({**before, "to": hour})
        if verb in _BEGINS:
            open_[developer] = {
                "developer": developer,
                "what": _BEGINS[Verb(verb)],
                "item": item,
                "from": hour,
            }
    return stints + [{**stint, "to": horizon} for stint in open_.values()]


def _stories_of(lived: Any, ids: set[int]) -> dict[str, str]:
    """How each incident fared, in a sentence."""
    table = lived.incidents
    told = {}
    for row in table[table.incident.isin(ids)].to_dict("records"):
        spent = [
            f"{row[f'{name}_hours']:.0f} h {label}"
            for name, label in STAGES_OF_AN_INCIDENT
            if row.get(f"{name}_hours", 0) >= 0.5
        ]
        waited = row["response_hours"]
        opening = f"{row['kind']} (severity {row['severity']})"
        if not math.isnan(waited):
            opening += f" waited {waited:.0f} h for its answer"
        told[str(row["incident"])] = opening + (f": {', '.join(spent)}" if spent else "")
    return told
