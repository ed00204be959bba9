"""One server: efforts of every shape, arrivals like clockwork, focus, patience."""

from __future__ import annotations

import math

from validation import closed_forms as known
from validation.case import LONG, NORMAL, Answer, Arm, Case, Effort
from validation.theory.observed import FIRST_COME, LOGNORMAL, effort, figure

HYPEREXPONENTIAL = (
    "incidents.customer.effort_hours={ dist = 'mixture', parts = ["
    "{ share = 0.8, of = { dist = 'exponential', mean = 0.5 } }, "
    "{ share = 0.2, of = { dist = 'exponential', mean = 3.0 } }] }",
)

_AS_EXPONENTIAL = effort(dist="exponential", mean=1.0)


def _mg1(
    id: str,
    title: str,
    square: float,
    changes: tuple[str, ...],
    instead: tuple[str, ...],
    said: str,
    normal: Effort = NORMAL,
    long: Effort = LONG,
) -> Case:
    return Case(
        id=id,
        title=title,
        formula="λE[S²] ÷ 2(1 − ρ)",
        source="Pollaczek 1930, Khinchine 1932",
        scenario="queue",
        answers=(
            Answer(
                "mean wait",
                known.pollaczek_khinchine(0.7, 1.0, square),
                figure("response_hours_mean"),
            ),
        ),
        arms=(Arm(FIRST_COME, changes),),
        without=(said, (Arm(FIRST_COME, instead),)),
        normal=normal,
        long=long,
    )


CASES: tuple[Case, ...] = (
    Case(
        id="M/M/1",
        title="One server, exponential efforts",
        formula="ρ ÷ (μ − λ)",
        source="Kleinrock 1975",
        scenario="queue",
        answers=(
            Answer("mean wait", 0.7 / 0.3, figure("response_hours_mean")),
            Answer("mean time in system", 1 / 0.3, figure("resolution_hours_mean")),
        ),
        arms=(Arm(FIRST_COME),),
        without=("a second server", (Arm(FIRST_COME, ("teams.servers.developers=2",)),)),
        long=Effort(2_000, 60),
    ),
    _mg1(
        "M/D/1",
        "Equal efforts",
        1.0,
        effort(dist="constant", value=1.0),
        _AS_EXPONENTIAL,
        "exponential efforts of the same mean",
    ),
    _mg1(
        "M/E4/1",
        "Erlang efforts of four stages",
        1.25,
        effort(dist="gamma", mean=1.0, cv=0.5),
        _AS_EXPONENTIAL,
        "exponential efforts of the same mean",
    ),
    _mg1(
        "M/LN/1",
        "Lognormal efforts",
        math.e,
        effort(dist="lognormal", **LOGNORMAL),
        _AS_EXPONENTIAL,
        "exponential efforts of the same mean",
        Effort(800, 20),
        Effort(2_000, 160),
    ),
    _mg1(
        "M/H2/1",
        "Two-humped efforts",
        4.0,
        HYPEREXPONENTIAL,
        _AS_EXPONENTIAL,
        "exponential efforts of the same mean",
        Effort(1_000, 20),
        Effort(2_000, 160),
    ),
    Case(
        id="D/M/1",
        title="Arrivals like clockwork, replayed from a log",
        formula="s ÷ μ(1 − s), s = exp(−μ(1 − s)T)",
        source="Kendall 1953",
        scenario="clockwork",
        answers=(Answer("mean wait", known.wait_dm1(1.25), figure("response_hours_mean")),),
        arms=(Arm(FIRST_COME),),
        without=(
            "the same rate at random",
            (Arm(FIRST_COME, ("incidents.customer.per_week=134.4",), scenario="queue"),),
        ),
        every_hours=1.25,
        long=Effort(2_000, 60),
    ),
    Case(
        id="focus",
        title="A team at half focus takes twice the time",
        formula="M/M/1 with mean 1 ÷ focus",
        source="docs/design.md, Effort",
        scenario="queue",
        answers=(
            Answer(
                "mean wait",
                known.pollaczek_khinchine(0.3, 2.0, 8.0),
                figure("response_hours_mean"),
            ),
        ),
        changes=("incidents.customer.per_week=50.4", "teams.servers.focus=0.5"),
        arms=(Arm(FIRST_COME),),
        without=("full focus", (Arm(FIRST_COME, ("teams.servers.focus=1.0",)),)),
        long=Effort(2_000, 60),
    ),
    Case(
        id="M/M/1 + D",
        title="Customers who leave after two hours, more of them than can be served",
        formula="share that leaves, from the density of the virtual wait",
        source="Barrer 1957",
        scenario="queue",
        answers=(
            Answer(
                "share withdrawn",
                known.withdrawn_mm1(1.2, 2.0),
                lambda arms: arms[0].figure("withdrawn") / arms[0].figure("opened"),
            ),
        ),
        changes=(
            "incidents.customer.per_week=201.6",
            f"incidents.customer.abandon_after_days={2 / 24}",
        ),
        arms=(Arm(FIRST_COME),),
        without=(
            "patience of four hours",
            (Arm(FIRST_COME, (f"incidents.customer.abandon_after_days={4 / 24}",)),),
        ),
    ),
)
