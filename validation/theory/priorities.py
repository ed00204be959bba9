"""Severities: with and without interruption, and what no order of service can change."""

from __future__ import annotations

from collections.abc import Sequence

from validation import closed_forms as known
from validation.case import Answer, Arm, Case, Effort, Lived, Statistic
from validation.laws import emptied
from validation.theory.observed import NO_PREEMPTION, PREEMPTION, figure

CLASSES: tuple[known.Class, ...] = ((0.2, 1.0, 2.0), (0.2, 1.5, 2.8125), (0.1, 2.0, 4.0))
"""Of scenarios/classes.toml: exponential, Erlang-4, constant."""

KINDS = ("first", "second", "third")


def _weighted_waits(arm: int) -> Statistic:
    """Sum over classes of load times mean wait."""

    def statistic(arms: Sequence[Lived]) -> float:
        return sum(
            rate * mean * arms[arm].figure("response_hours_mean", f"kind {kind}")
            for (rate, mean, _), kind in zip(CLASSES, KINDS, strict=True)
        )

    return statistic


def _empties_together(arms: Sequence[Lived]) -> float:
    """Share of the moments at which one order has no work left that are such for the others too."""
    moments = [emptied(one.run) for one in arms]
    common = set(moments[0].tolist()).intersection(*(other.tolist() for other in moments[1:]))
    return len(common) / max(len(own) for own in moments)


_ALL_ALIKE = tuple(f"incidents.{kind}.severity=2" for kind in KINDS)
_REVERSED = tuple(
    f"incidents.{kind}.severity={s}" for kind, s in zip(KINDS, (3, 2, 1), strict=True)
)

CASES: tuple[Case, ...] = (
    Case(
        id="Cobham",
        title="Three classes, an effort begun is finished",
        formula="W0 ÷ (1 − s(k−1))(1 − s(k)), W0 = Σ λE[S²] ÷ 2",
        source="Cobham 1954",
        scenario="classes",
        answers=tuple(
            Answer(f"mean wait, {kind}", wait, figure("response_hours_mean", f"kind {kind}"))
            for kind, wait in zip(KINDS, known.cobham(CLASSES), strict=True)
        ),
        arms=(Arm(NO_PREEMPTION),),
        without=("all of one severity", (Arm(NO_PREEMPTION, _ALL_ALIKE),)),
        long=Effort(2_000, 80),
    ),
    Case(
        id="M/G/1 preemptive",
        title="Three classes, the more urgent interrupts",
        formula="E[S] ÷ (1 − s(k−1)) + Σ(i≤k) λE[S²] ÷ 2(1 − s(k−1))(1 − s(k))",
        source="Conway, Maxwell and Miller 1967",
        scenario="classes",
        answers=tuple(
            Answer(
                f"mean time in system, {kind}",
                time,
                figure("resolution_hours_mean", f"kind {kind}"),
            )
            for kind, time in zip(KINDS, known.preemptive_resume(CLASSES), strict=True)
        ),
        arms=(Arm(PREEMPTION),),
        without=("no preemption", (Arm(NO_PREEMPTION),)),
    ),
    Case(
        id="Kella-Yechiali",
        title="Five servers, one customer in five urgent, no preemption",
        formula="(C ÷ cμ) ÷ (1 − s(k−1))(1 − s(k))",
        source="Davis 1966; Kella and Yechiali 1985",
        scenario="urgent",
        answers=tuple(
            Answer(f"mean wait, {kind}", wait, figure("response_hours_mean", f"kind {kind}"))
            for kind, wait in zip(
                ("urgent", "usual"), known.kella_yechiali(5, (0.8, 3.2)), strict=True
            )
        ),
        arms=(Arm(NO_PREEMPTION),),
        without=("preemption", (Arm(PREEMPTION),)),
        normal=Effort(200, 20),
        long=Effort(2_000, 60),
    ),
    Case(
        id="M/M/5 preemptive",
        title="Five servers, more than half of the customers urgent and interrupting",
        formula="the urgent as M/M/c alone; all together as M/M/c",
        source="Kleinrock 1976, conservation",
        scenario="urgent",
        answers=(
            Answer(
                "mean time in system, urgent",
                1 + known.preemptive_mmc(5, 2.5, 1.5)[0],
                figure("resolution_hours_mean", "kind urgent"),
            ),
            Answer(
                "mean wait, urgent",
                known.preemptive_mmc(5, 2.5, 1.5)[0],
                figure("response_hours_mean", "kind urgent"),
            ),
            Answer(
                "mean time in system, usual",
                1 + known.preemptive_mmc(5, 2.5, 1.5)[1],
                figure("resolution_hours_mean", "kind usual"),
            ),
        ),
        changes=("incidents.urgent.per_week=420", "incidents.usual.per_week=252"),
        arms=(Arm(PREEMPTION),),
        without=("no preemption", (Arm(NO_PREEMPTION),)),
        normal=Effort(200, 20),
        long=Effort(2_000, 60),
    ),
    Case(
        id="conservation",
        title="First come, by severity, severities turned round: the same work waits",
        formula="Σ ρ(k)W(k) = ρW0 ÷ (1 − ρ); and empty at the same seconds",
        source="Kleinrock 1965",
        scenario="classes",
        answers=(
            *(
                Answer(
                    f"Σ ρW, {name}",
                    sum(r * m for r, m, _ in CLASSES)
                    * sum(r * q for r, _, q in CLASSES)
                    / 2
                    / (1 - sum(r * m for r, m, _ in CLASSES)),
                    _weighted_waits(arm),
                )
                for arm, name in enumerate(("first come", "by severity", "turned round"))
            ),
            Answer("moments without work in common", 1.0, _empties_together),
        ),
        arms=(Arm(NO_PREEMPTION, _ALL_ALIKE), Arm(NO_PREEMPTION), Arm(NO_PREEMPTION, _REVERSED)),
        without=(
            "not work-conserving: incidents wait for the planning",
            (Arm("next-sprint", _ALL_ALIKE), Arm(NO_PREEMPTION), Arm(NO_PREEMPTION, _REVERSED)),
        ),
        long=Effort(2_000, 60),
    ),
)
