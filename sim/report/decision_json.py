"""A decision for other programs: everything its page says, as plain data."""

from __future__ import annotations

import math
from typing import Any

from sim.decision.decision import Decision
from sim.decision.first_table import Row, rows
from sim.decision.flips import Strip
from sim.experiment.trial import BEFORE, FEWEST, POWER, Trial
from sim.report import decision_words as words
from sim.report.changeover_words import changeover_json
from sim.scenario.reading import digest


def decision_json(d: Decision) -> dict[str, Any]:
    """Return the decision as JSON holds it; what is not known is null."""
    found = rows(d.comparison, d.goal, d.today, d.recommended)
    figures = [_figure(row) for row in found]
    sets = d.comparison.input_sets
    return {
        "scenario": {"name": d.scenario.name, "sha256": digest(d.scenario)},
        "verdict": str(d.verdict),
        "recommendation": {
            **_policy(d, d.recommended),
            "sentence": words.sentence(d),
            "deck": words.deck(d, found),
            "certainty": words.certainty(d),
            "asked_for": words.ask(d),
        },
        "least_change": words.least_change(d),
        "runner_up": None
        if d.choice.runner_up is None
        else {**_policy(d, d.choice.runner_up), "sentence": words.runner_up(d)},
        "today": {
            **_policy(d, d.today),
            "how": d.status_quo.how,
            "alike": list(d.status_quo.alike),
        },
        "requirements": [str(promise) for promise in d.goal.promises],
        "goal": str(d.goal),
        "figures": figures,
        "costs": [own for own, row in zip(figures, found, strict=True) if row.change < 0],
        "brings": [own for own, row in zip(figures, found, strict=True) if row.change > 0],
        "flips": [flip for strip in d.strips for flip in _flips(d, strip)],
        "prices": [
            {
                "minutes_of_a_developer_for_an_hour_of_waiting": round(turn.minutes, 4),
                "side": "above" if turn.above else "below",
                "then": turn.label,
            }
            for turn in d.turns
        ],
        "staffing": None
        if d.staffing is None
        else {
            "leaving": dict(d.staffing.leaving),
            "on_duty_at_once": round(d.staffing.at_once, 4),
            "taking_turns": d.staffing.taking_turns,
            "developers": d.staffing.developers,
        },
        "measure_next": [
            {"key": own.input.key, "worth": round(own.value, 6), "unit": words.unit_of_worth(d)}
            for own in (d.worth.worths if d.worth else ())
            if own.value > 0
        ],
        "pilot": None if d.trial is None else trial_json(d.trial),
        "changeover": None if d.change is None else changeover_json(d.change),
        "backtest": None
        if d.backtest is None
        else {"sentence": words.known(d), **d.backtest.document()},
        "overload": None if d.overload is None else vars(d.overload),
        "policies": [_standing(d, label) for label in d.comparison.labels],
        "draws": 0 if sets is None else sets.sets,
        "paths_per_draw": 0 if sets is None else sets.paths,
        "replications_as_they_are": d.comparison.replications,
        "seed": d.comparison.seed,
        "assumed": d.sources.assumed,
        "read": d.sources.read,
    }


def _policy(d: Decision, label: str) -> dict[str, Any]:
    policy = d.policy(label)
    return {
        "policy": policy.id,
        "title": policy.title or policy.id,
        "label": label,
        "settings": dict(policy.settings),
    }


def _standing(d: Decision, label: str) -> dict[str, Any]:
    own = d.choice.standings[label]
    return {
        **_policy(d, label),
        "keeps_up": own.score.kept > -math.inf,
        "keeps_requirements": own.score.is_feasible,
        "surely": own.kept.surely,
        "sets_kept": own.sets_kept,
        "value": _or_null(own.score.value * d.goal.sign),
        "response_hours": _or_null(own.response),
        "about_the_same": label in d.choice.near,
    }


def _figure(row: Row) -> dict[str, Any]:
    return {
        "figure": str(row.figure),
        "a_year": row.is_a_year,
        "better": "more" if row.better > 0 else "less",
        "today": _or_null(row.today),
        "proposed": _or_null(row.proposed),
        "not_known": [_or_null(end) for end in row.not_known],
        "luck": [_or_null(end) for end in row.luck],
        "difference": _or_null(row.difference),
        "by_chance": [_or_null(end) for end in row.by_chance],
        "difference_not_known": [_or_null(end) for end in row.difference_not_known],
    }


def _flips(d: Decision, strip: Strip) -> list[dict[str, Any]]:
    sign = strip.input.sign
    return [
        {
            "key": flip.input.key,
            "at": f"{sign}{flip.at:.10g}" if sign else flip.at,
            "used": f"{sign}{strip.used:.10g}" if sign else strip.used,
            "side": "above" if flip.above else "below",
            "then": flip.then or None,
            "checked": {
                "before": f"{sign}{flip.before_at:.10g}",
                "after": f"{sign}{flip.after_at:.10g}",
            },
            "within_its_range": flip.within,
            "sentence": words.flip_in_words(d, flip),
        }
        for flip in strip.flips
    ]


def trial_json(found: Trial) -> dict[str, Any]:
    """Return what a pilot would show, as JSON holds it."""
    return {
        "scenario": found.scenario.name,
        "from": found.before.label,
        "to": found.after.label,
        "teams": list(found.teams),
        "sprints": found.length,
        "sprints_before": BEFORE,
        "power_wanted": POWER,
        "trials": found.trials,
        "seed": found.seed,
        "sentence": f"{words.pilot_heading(found)}.",
        "stop": words.pilot_stop(found),
        "figures": [
            {
                "figure": own.figure,
                "before": _or_null(own.before),
                "then": _or_null(own.then),
                "effect": _or_null(own.effect),
                "shows": own.shows,
                "shows_after_sprints": own.sprints,
                "about_sprints": _or_null(own.about),
                "power": {str(FEWEST + n): round(share, 6) for n, share in enumerate(own.power)},
                "expected": [_or_null(end) for end in own.expected],
                "stop_beyond": _or_null(own.stop),
            }
            for own in found.showings
        ],
    }


def _or_null(value: float) -> float | None:
    return round(value, 6) if math.isfinite(value) else None
