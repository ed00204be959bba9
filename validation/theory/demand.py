"""How many incidents come, and whose they are."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sim.sampling.calendars import WEEK
from validation import closed_forms as known
from validation.case import Answer, Arm, Case, Effort, Lived, Statistic
from validation.theory.observed import FIRST_COME, figure


def _opened_a_week(arms: Sequence[Lived]) -> float:
    org = arms[0].run.path.organisation
    return arms[0].figure("incidents_measured") / ((org.horizon - org.warmup) / WEEK)


def _weekly_variance(mean: float) -> Statistic:
    def statistic(arms: Sequence[Lived]) -> float:
        opened = arms[0].run.accounts.opened
        weeks = arms[0].run.path.organisation.horizon // WEEK
        return float(np.var(np.bincount(opened // WEEK, minlength=weeks), ddof=1) / mean)

    return statistic


def _deflected_share(arms: Sequence[Lived]) -> float:
    return arms[0].figure("deflected") / arms[0].figure("opened")


CASES: tuple[Case, ...] = (
    Case(
        id="deflection",
        title="A first line that settles four in ten",
        formula="Poisson at λ(1 − d) after M/G/∞: delay + M/M/1",
        source="Mirasol 1963; thinning",
        scenario="queue",
        answers=(
            Answer(
                "mean response",
                0.5 + known.pollaczek_khinchine(0.72, 1.0, 2.0),
                figure("response_hours_mean"),
            ),
            Answer("share deflected", 0.4, _deflected_share),
        ),
        changes=("incidents.customer.per_week=201.6", "first_line.deflect_rate=0.4"),
        arms=(Arm(FIRST_COME),),
        without=("it settles half", (Arm(FIRST_COME, ("first_line.deflect_rate=0.5",)),)),
        long=Effort(2_000, 60),
    ),
    Case(
        id="reopening",
        title="Three in ten come back for half the effort",
        formula="utilisation law: ρ = λE[S]·(1 + qh)",
        source="Denning and Buzen 1978",
        scenario="queue",
        answers=(Answer("utilisation", 0.5 * 1.15, figure("developer_incidents_share")),),
        changes=(
            "incidents.customer.per_week=84",
            "incidents.customer.reopen_rate=0.3",
            "incidents.customer.reopen_effort_share=0.5",
        ),
        arms=(Arm(FIRST_COME),),
        without=("every fix holds", (Arm(FIRST_COME, ("incidents.customer.reopen_rate=0.0",)),)),
    ),
    Case(
        id="unfamiliarity",
        title="One developer for two teams, half as slow again with the other's",
        formula="λE[S²] ÷ 2(1 − ρ), S a mixture",
        source="Pollaczek 1930, Khinchine 1932",
        scenario="four_teams",
        answers=(
            Answer(
                "mean wait",
                known.pollaczek_khinchine(0.5, (1 + 3 * 1.5) / 4, 2 * (1 + 3 * 2.25) / 4),
                figure("response_hours_mean"),
            ),
        ),
        changes=("incidents.customer.per_week=84", "people.unfamiliarity=1.5"),
        arms=(Arm("dedicated-team:people=1"),),
        without=("no difference", (Arm("dedicated-team:people=1", ("people.unfamiliarity=1.0",)),)),
        long=Effort(2_000, 120),
    ),
    Case(
        id="improvement",
        title="A finished improvement that does away with four in ten",
        formula="thinning: λ(1 − r)",
        source="Lewis and Shedler 1979",
        scenario="queue",
        answers=(Answer("opened a week", 60.0, _opened_a_week),),
        changes=(
            "incidents.customer.per_week=100",
            "improvements=[{ name = 'cure', effort_hours = 40.0, reduces = { customer = 0.4 } }]",
        ),
        arms=(Arm(f"{FIRST_COME}:improvement_share=1"),),
        without=("never made", (Arm(f"{FIRST_COME}:improvement_share=0"),)),
    ),
    Case(
        id="dispersion",
        title="Weekly counts that vary three times as much as Poisson",
        formula="gamma-mixed Poisson: variance = D × mean",
        source="Greenwood and Yule 1920",
        scenario="queue",
        answers=(Answer("variance over mean", 3.0, _weekly_variance(10.0)),),
        changes=("incidents.customer.per_week=10", "incidents.customer.dispersion=3"),
        arms=(Arm(FIRST_COME),),
        without=("Poisson", (Arm(FIRST_COME, ("incidents.customer.dispersion=1.0",)),)),
        normal=Effort(1_000, 60),
        long=Effort(2_000, 300),
    ),
)
