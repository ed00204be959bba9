"""With everything else switched off, the model is a queue that theory knows.

A case passes where the exact value lies within the 99.9 % interval over replications, and that
interval's half-width is under 5 % of the value; in the long suite, under 1 %.
"""

from __future__ import annotations

import pytest

from validation.case import Case, Verdict, examine, without_mechanism
from validation.theory import CASES

each_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.id.replace(" ", "-"))


def told(verdict: Verdict) -> str:
    lines = [f"broken: {law}" for law in verdict.broken]
    for answer, found in zip(verdict.case.answers, verdict.found, strict=True):
        half = (found.high - found.low) / 2
        lines.append(
            f"{answer.what}: exact {answer.exact:.5g}, found {found.mean:.5g} ± {half:.2g}"
        )
    return "\n".join(lines)


@each_case
def test_the_model_agrees_with_the_formula(case: Case) -> None:
    verdict = examine(case, "normal")
    assert verdict.passes, told(verdict)


@pytest.mark.long
@each_case
def test_without_its_mechanism_the_case_fails(case: Case) -> None:
    """Else it would prove nothing about the mechanism."""
    verdict = examine(without_mechanism(case), "normal")
    assert verdict.refuted, f"it passes even with {case.without[0]}\n{told(verdict)}"


@pytest.mark.long
@each_case
def test_the_model_agrees_with_the_formula_to_one_per_cent(case: Case) -> None:
    verdict = examine(case, "long")
    assert verdict.passes, told(verdict)


def test_there_are_twenty_cases_at_least_and_each_has_its_own_name() -> None:
    assert len(CASES) >= 20
    assert len({case.id for case in CASES}) == len(CASES)
