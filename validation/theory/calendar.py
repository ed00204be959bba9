"""Hours of the week, sprints, duty and closing time."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from sim.arrays import Ints
from sim.measures.accounts import INCIDENT_STAGES
from sim.measures.run import Run
from sim.policy.contract import QUEUE, Policy
from sim.sampling.calendars import HOUR, WEEK
from sim.scenario.profiles import PROFILES
from validation import closed_forms as known
from validation.case import Answer, Arm, Case, Effort, Lived, Statistic
from validation.theory.observed import FIRST_COME, LOGNORMAL, effort, figure


def _every_third(developer, sprint, p):  # type: ignore[no-untyped-def]
    return sprint.number % 3 == 0


def _queue(incident, team, now, p):  # type: ignore[no-untyped-def]
    return QUEUE


def _on_duty_only(developer, incident, p):  # type: ignore[no-untyped-def]
    return developer.on_duty == 1


EVERY_THIRD = Policy(
    id="every-third-sprint", on_duty=_every_third, route=_queue, takes=_on_duty_only
)
ALWAYS = Policy(id="every-sprint", route=_queue)


def _open_at(run: Run, hour: float) -> Ints:
    """The number in system at an hour of the week, in each measured week."""
    a, org = run.accounts, run.path.organisation
    at = np.arange(org.warmup // WEEK, org.horizon // WEEK) * WEEK + int(hour * HOUR)
    ended = np.sort(np.where(a.ended >= 0, a.ended, org.horizon))
    entered = np.searchsorted(a.opened, at, side="right")
    return np.asarray(entered - np.searchsorted(ended, at, side="right"), dtype=np.int64)


def _mean_open(hour: float) -> Statistic:
    return lambda arms: float(_open_at(arms[0].run, hour).mean())


def _dispersion(means: dict[int, float]) -> Statistic:
    """Variance over weeks by the known mean, averaged over hours of the week; Poisson: 1."""

    def statistic(arms: Sequence[Lived]) -> float:
        run = arms[0].run
        return float(
            np.mean([np.var(_open_at(run, at), ddof=1) / mean for at, mean in means.items()])
        )

    return statistic


def _closed_share(arms: Sequence[Lived]) -> float:
    stages = arms[0].run.accounts.stages.sum(axis=0)
    return float(stages[INCIDENT_STAGES.index("closed_hours")] / stages.sum())


_GAPS = 4 * 16**2 + 64**2
"""Squares of the nights and the weekend of a week with office hours."""

_MEAN_CLOSED = _GAPS / 2 / 168


def _infinite(
    id: str, title: str, limited: Callable[[float], float], changes: tuple[str, ...]
) -> Case:
    exact = {
        hour: known.in_system(PROFILES["service-desk"], 100.0, hour, limited)
        for hour in (12, 18, 36, 60, 84, 108)
    }
    return Case(
        id=id,
        title=title,
        formula="E[λ(t − Se)]E[S], and Poisson",
        source="Eick, Massey and Whitt 1993",
        scenario="ample",
        answers=(
            Answer("open on Monday at noon", exact[12], _mean_open(12)),
            Answer("variance over mean", 1.0, _dispersion(exact)),
            Answer("open on Monday at six", exact[18], _mean_open(18)),
        ),
        changes=(
            "teams.servers.developers=40",
            "incidents.customer.per_week=100",
            "incidents.customer.profile='service-desk'",
            *changes,
        ),
        arms=(Arm(FIRST_COME),),
        without=(
            "a flat profile",
            (Arm(FIRST_COME, ("incidents.customer.profile='round-the-clock'",)),),
        ),
        normal=Effort(300, 20),
        long=Effort(2_000, 50),
    )


_BATCH = ("time.sprint_weeks=1", "incidents.customer.per_week=7.0")

CASES: tuple[Case, ...] = (
    _infinite(
        "Mt/M/∞",
        "Arrivals by the hour of the week, ample staff",
        known.exponential_limited(3.0),
        effort(dist="exponential", mean=3.0),
    ),
    _infinite(
        "Mt/LN/∞",
        "The same with lognormal efforts",
        known.lognormal_limited(3 * LOGNORMAL["median"], 1.0),
        effort(dist="lognormal", median=3 * LOGNORMAL["median"], p90=3 * LOGNORMAL["p90"]),
    ),
    Case(
        id="deferral",
        title="Everything waits for the next sprint of a week, ample staff",
        formula="L ÷ 2",
        source="uniform arrival in a cycle",
        scenario="ample",
        answers=(Answer("mean wait", 84.0, figure("response_hours_mean")),),
        arms=(Arm("next-sprint"),),
        without=("not deferred", (Arm(FIRST_COME),)),
    ),
    Case(
        id="deferral, one server",
        title="The same before one server, which stays behind in bad weeks",
        formula="L ÷ 2 + E[W of D/G/1] + λLE[S] ÷ 2",
        source="Spitzer 1956 for D/G/1",
        scenario="queue",
        answers=(
            Answer(
                "mean wait",
                known.deferral(168.0, 7 / 168, 16.8, known.exponential_beyond(16.8)),
                figure("response_hours_mean"),
            ),
        ),
        changes=(*_BATCH, *effort(dist="exponential", mean=16.8)),
        arms=(Arm("next-sprint"),),
        without=("not deferred", (Arm(FIRST_COME),)),
        normal=Effort(1_000, 40),
        long=Effort(2_000, 80),
    ),
    Case(
        id="quota",
        title="The same with equal efforts: ten a sprint, no more",
        formula="as before; D/G/1 of a Poisson batch",
        source="Spitzer 1956; bulk service, Bailey 1954",
        scenario="queue",
        answers=(
            Answer(
                "mean wait",
                known.deferral(168.0, 8 / 168, 16.8, known.constant_beyond(16.8)),
                figure("response_hours_mean"),
            ),
        ),
        changes=(
            "time.sprint_weeks=1",
            "incidents.customer.per_week=8.0",
            *effort(dist="constant", value=16.8),
        ),
        arms=(Arm("next-sprint"),),
        without=("not deferred", (Arm(FIRST_COME),)),
        normal=Effort(1_000, 40),
        long=Effort(2_000, 60),
    ),
    Case(
        id="every third sprint",
        title="Support in one sprint of three, ample staff",
        formula="(k − 1)²L ÷ 2k",
        source="uniform arrival in a cycle",
        scenario="ample",
        answers=(
            Answer("mean wait", known.every_kth_period(3, 168.0), figure("response_hours_mean")),
        ),
        arms=(Arm(EVERY_THIRD),),
        without=("support in every sprint", (Arm(ALWAYS),)),
        long=Effort(2_000, 60),
    ),
    Case(
        id="closed hours",
        title="Office hours under light load, a working day's effort",
        formula="Σ gap² ÷ 2 ÷ 168; nights inside the work added",
        source="uniform arrival in the week",
        scenario="ample",
        answers=(
            Answer("mean wait", _MEAN_CLOSED, figure("response_hours_mean")),
            Answer("answered at once", 40 / 168, figure("response_sla")),
            Answer(
                "closed share of resolution time",
                (_MEAN_CLOSED + 40 / 168 * 25.6) / (_MEAN_CLOSED + 40 / 168 * 25.6 + 8),
                _closed_share,
            ),
        ),
        changes=("time.always_open=false", *effort(dist="constant", value=8.0)),
        arms=(Arm(FIRST_COME),),
        without=("never closed", (Arm(FIRST_COME, ("time.always_open=true",)),)),
        long=Effort(2_000, 60),
    ),
)
