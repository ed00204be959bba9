"""Stories and incidents in one pair of hands."""

from __future__ import annotations

import math

from validation import closed_forms as known
from validation.case import Answer, Arm, Case, Effort, Statistic
from validation.theory.observed import LOGNORMAL, NO_PREEMPTION, PREEMPTION, figure


def _points_share(hours: float) -> Statistic:
    """Share of the time that went into finished stories; eight weeks a sprint."""
    return lambda arms: arms[0].figure("points_per_sprint") * hours / (8 * 168)


_VACATION = ("incidents.customer.per_week=100.8",)

CASES: tuple[Case, ...] = (
    Case(
        id="vacations",
        title="Incidents wait for the end of a story of two hours",
        formula="λE[S²] ÷ 2(1 − ρ) + E[V²] ÷ 2E[V]",
        source="Levy and Yechiali 1975",
        scenario="stories",
        answers=(
            Answer(
                "mean wait", known.vacations(0.6, 1.0, 2.0, 2.0, 4.0), figure("response_hours_mean")
            ),
        ),
        changes=_VACATION,
        arms=(Arm(NO_PREEMPTION),),
        without=("stories are interrupted", (Arm(PREEMPTION),)),
    ),
    Case(
        id="uneven vacations",
        title="The same with lognormal stories",
        formula="as before, E[V²] = eE[V]²",
        source="Levy and Yechiali 1975",
        scenario="stories",
        answers=(
            Answer(
                "mean wait",
                known.vacations(0.6, 1.0, 2.0, 2.0, 4 * math.e),
                figure("response_hours_mean"),
            ),
        ),
        changes=(
            *_VACATION,
            f"stories.error={{ dist = 'lognormal', median = {LOGNORMAL['median']}, "
            f"p90 = {LOGNORMAL['p90']} }}",
        ),
        arms=(Arm(NO_PREEMPTION),),
        without=(
            "equal stories",
            (Arm(NO_PREEMPTION, ("stories.error={ dist = 'constant', value = 1.0 }",)),),
        ),
        long=Effort(2_000, 80),
    ),
    Case(
        id="resumption lag",
        title="A saturated developer finds back for a quarter of an hour each time",
        formula="(1 − r)(1 − λR)",
        source="renewal argument",
        scenario="stories",
        answers=(
            Answer(
                "share of time that reaches stories",
                known.useful_share(0.25, 1.0, 0.25),
                _points_share(2.0),
            ),
            Answer("interruptions a week", 42 * 0.75, figure("interruptions_per_developer_week")),
        ),
        changes=("interruptions.resume_minutes=15.0",),
        arms=(Arm(PREEMPTION),),
        without=("no lag", (Arm(PREEMPTION, ("interruptions.resume_minutes=0.0",)),)),
        lags=True,
    ),
    Case(
        id="switch and lag",
        title="The same with six minutes of switching before the incident",
        formula="(1 ÷ λ − R) ÷ (1 ÷ λ + (s + b) ÷ (1 − r))",
        source="renewal argument, delayed busy period (Conway, Maxwell and Miller 1967)",
        scenario="stories",
        answers=(
            Answer(
                "share of time that reaches stories",
                known.useful_share(0.25, 1.0, 0.25, 0.1),
                _points_share(2.0),
            ),
        ),
        changes=("interruptions.resume_minutes=15.0", "interruptions.switch_minutes=6.0"),
        arms=(Arm(PREEMPTION),),
        without=("no switching", (Arm(PREEMPTION, ("interruptions.switch_minutes=0.0",)),)),
        lags=True,
    ),
    Case(
        id="regressions",
        title="Three in ten finished stories come back as an incident of an hour",
        formula="s ÷ (s + pe)",
        source="conservation of time",
        scenario="stories",
        answers=(Answer("share of time that reaches stories", 2 / 2.3, _points_share(2.0)),),
        changes=(
            "incidents.customer.per_week=0.0",
            "stories.regression_rate=0.3",
            "stories.regression_kind='customer'",
        ),
        arms=(Arm(PREEMPTION),),
        without=("no regressions", (Arm(PREEMPTION, ("stories.regression_rate=0.0",)),)),
    ),
)
